"""Evaluate a stage of a run on dev.json: pred.txt and gold.txt for the official evaluator, and what each stage gained.

python evaluate.py                        the newest stage of the default run
python evaluate.py demo --eval.stage base
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import utils
from config import Config, flat, parse
from text2sql import data, prompt, report
from text2sql.errors import UserError
from text2sql.score import Score, score_batch

STAGES = report.STAGES
PAYS = ("exact", "invalid", "empty", "partial_base", "partial_scale")
REWARD_KNOBS = ("data.timeout", *(f"grpo.{name}" for name in PAYS))
NO_SQL = "SELECT"
"""What pred.txt holds for an empty answer: the official evaluator takes an empty line for the end of a dialogue."""


def main() -> None:
    config = parse(description=__doc__)
    name = chosen_stage(config)
    folder = config.folder / "eval" / name
    if config.dry_run:
        from backends import dry_run

        return dry_run.show(config, "eval", folder=folder)
    if config.overwrite or not is_current(config, name, folder):
        evaluate(config, name, folder)
    else:
        print(f"{name} is evaluated already: {folder} (--overwrite does it again)")
    print(table(config.folder))


def chosen_stage(config: Config) -> str:
    """The stage to evaluate: the one asked for, else the newest finished one of the run."""
    if config.eval.stage != "newest":
        return config.eval.stage
    finished = [name for name in STAGES[1:] if utils.Stage(config.folder, name).summary()]
    return finished[-1] if finished else "base"


def evaluate(config: Config, name: str, folder: Path) -> None:
    """Generate, score and write the files of one stage."""
    from backends.generation import Sampling, generate
    from backends.loading import plan

    chosen = plan(config.model)
    adapter = adapter_of(config, name)
    examples = data.sample(utils.examples(config, "dev"), config.eval.limit, config.seed)
    print(f"Evaluating {name} on {len(examples)} questions: {chosen}")
    prompts = [utils.row(example, config)["prompt"] for example in examples]
    options = config.eval
    sampling = Sampling(options.temperature, options.max_completion_tokens, options.batch, config.model.max_length)
    started = time.monotonic()
    generated = generate(config.model.name, chosen, prompts, sampling, adapter=adapter)
    scores = score_all(examples, generated.texts, config)
    write_predictions(folder, examples, generated.texts, scores)
    utils.write_json(
        folder / "metrics.json",
        {
            "stage": name,
            **metrics(scores, config),
            "seconds": round(time.monotonic() - started, 1),
            "generation_seconds": round(generated.seconds, 1),
            "tokens_per_second": round(sum(generated.tokens) / generated.seconds, 1) if generated.seconds else None,
            "engine": generated.engine,
            **identity(config, name, adapter),
        },
    )


def adapter_of(config: Config, name: str) -> Path | None:
    """The finished adapter of a stage; None for the base model. A stage trained on a replaced adapter is named."""
    if name == "base":
        return None
    stage = utils.Stage(config.folder, name)
    summary = stage.summary()
    if summary is None:
        raise UserError(f"{stage.folder}: {name} isn't finished; run train_{name}.py, or choose another --eval.stage")
    _warn_if_stale(config, name, summary)
    return stage.folder


def _warn_if_stale(config: Config, name: str, summary: dict[str, Any]) -> None:
    """Say so when GRPO started from another SFT adapter than the one that is there now."""
    sft = utils.Stage(config.folder, "sft").summary()
    origin = summary.get("started_from", {})
    if name == "grpo" and sft and not config.grpo.adapter and origin.get("fingerprint") != sft["adapter"]:
        print("warning: GRPO was trained from another SFT adapter than the run's; train_grpo.py --overwrite renews it")


def is_current(config: Config, name: str, folder: Path) -> bool:
    """Whether metrics.json is there and of this adapter, data and decoding."""
    try:
        known = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    wanted = json.loads(json.dumps(identity(config, name, adapter_of(config, name)), default=str))
    return all(known.get(field) == wanted[field] for field in ("adapter", "model", "data", "decoding", "reward"))


def identity(config: Config, name: str, adapter: Path | None) -> dict[str, Any]:
    """What the figures belong to: adapter, model, data, decoding, reward and versions."""
    summary = utils.Stage(config.folder, name).summary() if adapter else None
    values = flat(config)
    return {
        "recipe": config.recipe,
        "model": config.model.name,
        "adapter": summary["adapter"] if summary else None,
        "data": data_identity(config),
        "decoding": {field: values[f"eval.{field}"] for field in ("temperature", "max_completion_tokens")}
        | {"sample_values": config.prompt.sample_values, "max_length": config.model.max_length},
        "reward": {name: values[name] for name in REWARD_KNOBS},
        "versions": utils.versions(),
    }


def data_identity(config: Config) -> dict[str, Any]:
    """Which questions were evaluated: the file with its hash, and the sample taken from it."""
    file = config.data.root / "dev.json"
    digest = hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else None
    sample = {"limit": config.eval.limit, "seed": config.seed}
    return {"root": str(config.data.root), "file": file.name, "sha256": digest, **sample}


def score_all(examples: Sequence[data.Example], completions: Sequence[str], config: Config) -> list[Score]:
    """Score every completion against its gold, with a progress bar.

    Golds without rows can be matched here, as the official evaluator has it; in training they are dropped.
    """
    from tqdm import tqdm

    size, scores = 32, []
    items = [(text, example.gold, example.database) for text, example in zip(completions, examples, strict=True)]
    for start in tqdm(range(0, len(items), size), desc="scoring", dynamic_ncols=True):
        scores += score_batch(items[start : start + size], timeout=config.data.timeout, keep_empty=True)
    return scores


def metrics(scores: Sequence[Score], config: Config) -> dict[str, Any]:
    """Shares of all questions.

    execution_accuracy: the official test-suite evaluator's verdict on the one database that Spider ships (DISTINCT
    stripped); strict_execution_accuracy: with DISTINCT kept, which is what the reward calls exact.
    """
    from backends.rollouts import reward_of

    count = len(scores)
    reward = reward_of("execution", config.grpo)
    statuses = [score.status for score in scores]
    return {
        "questions": count,
        "execution_accuracy": sum(score.official for score in scores) / count,
        "strict_execution_accuracy": sum(score.strict for score in scores) / count,
        "valid_sql": sum(status in ("match", "wrong") for status in statuses) / count,
        "mean_reward": sum(map(reward, scores)) / count,
        "statuses": {status: statuses.count(status) for status in sorted(set(statuses))},
    }


def write_predictions(
    folder: Path, examples: Sequence[data.Example], completions: Sequence[str], scores: Sequence[Score]
) -> None:
    """pred.txt and gold.txt as the official evaluator reads them, and predictions.jsonl with everything."""
    pairs = list(zip(examples, completions, scores, strict=True))
    utils.write_text(folder / "pred.txt", "".join(f"{prompt.one_line(score.sql) or NO_SQL}\n" for *_, score in pairs))
    golds = (f"{prompt.one_line(example.gold)}\t{example.db_id}\n" for example in examples)
    utils.write_text(folder / "gold.txt", "".join(golds))
    lines = (json.dumps(record(*pair), ensure_ascii=False) + "\n" for pair in pairs)
    utils.write_text(folder / "predictions.jsonl", "".join(lines))


def record(example: data.Example, completion: str, score: Score) -> dict[str, Any]:
    """One line of predictions.jsonl."""
    return {
        "index": example.index,
        "question": example.question,
        "db_id": example.db_id,
        "gold": example.gold,
        "completion": completion,
        "sql": score.sql,
        "status": score.status,
        "execution_match": score.official,
        "strict_match": score.strict,
        "f1": score.f1,
        "error": score.error,
        "rows": score.rows,
        "milliseconds": round(score.milliseconds, 3),
        "volatile": score.volatile,
    }


def table(run: Path) -> str:
    """The run's stages side by side, and where their files are; figures of a replaced adapter are marked."""
    head = f"{'stage':<6}{'EX':>8}{'strict EX':>11}{'valid SQL':>11}{'mean reward':>13}{'train s':>9}{'eval s':>8}"
    stages = report.stages(run)
    files = "(pred.txt, gold.txt, predictions.jsonl, metrics.json)"
    paths = [f"{stage['stage']:<6}{stage['folder']}/ {files}" for stage in stages]
    stale = [f"* {stage['stale']}" for stage in stages if stage["stale"]]
    return "\n".join(["", head, *map(_table_line, stages), "", *paths, *stale])


def _table_line(stage: dict[str, Any]) -> str:
    """One stage: shares in percent, the mean reward, seconds of training and of evaluation."""
    trained = "-" if stage["training_seconds"] is None else f"{stage['training_seconds']:.0f}"
    mark = " *" if stage["stale"] else ""
    return (
        f"{stage['stage']:<6}{stage['execution_accuracy']:>8.1%}{stage['strict_execution_accuracy']:>11.1%}"
        f"{stage['valid_sql']:>11.1%}{stage['mean_reward']:>13.3f}{trained:>9}{stage['seconds']:>8.0f}{mark}"
    )


if __name__ == "__main__":
    utils.run_script(main)
