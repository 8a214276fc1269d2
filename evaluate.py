"""Evaluate a stage of a run on dev.json: pred.txt and gold.txt for the official evaluator, and what each stage gained.

python evaluate.py                                          the newest stage of the default run
python evaluate.py demo --eval.stage base
python evaluate.py --files pred.txt gold.txt --data.root DIR   score any system's predictions, without a model
python evaluate.py --check-gold --data.root DIR                run every gold of a data set, train and dev
python evaluate.py demo --compare                              the stages of a run against one another
python evaluate.py --compare demo/sft other/sft                two stages of any runs, or two folders of evaluations
python evaluate.py demo --report                               report.html of a run: figures, curves, every example
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import utils
from config import Config, flat, parse
from text2sql import data, files, gold_check, ledger, paired, prediction_files, prompt, records, report, sampled
from text2sql import metrics as metrics_of
from text2sql.errors import UserError
from text2sql.exact_match import ExactMatch
from text2sql.score import Score, score_batch

STAGES = report.STAGES
PAYS = ("exact", "invalid", "empty", "partial_base", "partial_scale")
REWARD_KNOBS = ("data.timeout", *(f"grpo.{name}" for name in PAYS))
NO_SQL = "SELECT"
"""What pred.txt holds for an empty answer: the official evaluator takes an empty line for the end of a dialogue."""


def main() -> None:
    mode, rest = modes(sys.argv[1:])
    config = parse(rest, description=__doc__)
    if mode.files:
        return evaluate_files(*mode.files, config)
    if mode.check_gold:
        return check_gold(config)
    if mode.compare is not None:
        return compare(mode.compare, config)
    if mode.report:
        return write_report(config)
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


def modes(arguments: list[str]) -> tuple[argparse.Namespace, list[str]]:
    """What else than a stage is to be evaluated, and the arguments that are settings."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False, usage="see --help")
    one = parser.add_mutually_exclusive_group()
    one.add_argument("--files", nargs=2, type=Path, metavar=("PRED", "GOLD"))
    one.add_argument("--check-gold", action="store_true")
    one.add_argument("--compare", nargs="*", metavar="RUN/STAGE")
    one.add_argument("--report", action="store_true")
    mode, rest = parser.parse_known_args(arguments)
    if mode.compare is not None and len(mode.compare) not in (0, 2):
        raise UserError(f"--compare: {len(mode.compare)} evaluations are named; name two, or none for a run's stages")
    return mode, rest


def evaluate_files(pred: Path, gold: Path, config: Config) -> None:
    """Score a file of predictions in the official format: verdicts.jsonl, metrics.json and a line of the ledger."""
    started = time.monotonic()
    examples = prediction_files.read_golds(gold, config.data.root)
    predictions = prediction_files.read_predictions(pred, examples, gold)
    scores = score_all(examples, predictions, config)
    found, kept = judged(examples, predictions, scores, config)
    folder = config.outputs / "files" / pred.stem
    facts = {
        "files": {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in (pred, gold)},
        **metrics(kept, found, scores, config),
        "seconds": round(time.monotonic() - started, 2),
        "versions": utils.versions(),
    }
    files.write_lines(folder / "verdicts.jsonl", kept)
    files.write_json(folder / "metrics.json", facts)
    ledger.append(config.outputs / ledger.NAME, str(folder), facts, None)
    print(files_table(pred, facts))
    print(f"{folder}/ (verdicts.jsonl, metrics.json)")


def files_table(pred: Path, facts: dict[str, Any]) -> str:
    """The figures of a file, by hardness and in all."""
    head = f"{pred.name:<20}{'questions':>10}{'EX':>8}{'strict EX':>11}{'EM':>8}"
    rows = [*facts["by_hardness"].items(), ("all", facts)]
    lines = [
        f"{level:<20}{row['questions']:>10,}{row['execution_accuracy']:>8.1%}{row['strict_execution_accuracy']:>11.1%}"
        f"{row['exact_match_accuracy']:>8.1%}"
        for level, row in rows
    ]
    return "\n".join([head, *lines, f"valid SQL {facts['valid_sql']:.1%}, {facts['seconds']} s"])


def check_gold(config: Config) -> None:
    """Check a data set's golds; exit 1 where one fails."""
    found = gold_check.check(config.data.root, timeout=config.data.timeout)
    path = config.outputs / "check_gold" / f"{config.data.root.name}.jsonl"
    lines = [
        {
            "kind": it.kind,
            "split": it.split,
            "detail": it.detail,
            **vars(it.example),
            "database": str(it.example.database),
        }
        for it in found.problems
    ]
    files.write_lines(path, lines)
    print(gold_check.text(found))
    print(f"{path} has each one")
    if any(problem.kind == "failing" for problem in found.problems):
        sys.exit(1)


def compare(names: list[str], config: Config) -> None:
    """Print paired tables of two evaluations, or of a run's stages in turn, and the questions that changed."""
    found = {name: records.read(evaluation_file(name, config)) for name in names or evaluated_stages(config)}
    steps = list(found.items())
    for (one, first), (other, second) in zip(steps, steps[1:], strict=False):
        print(paired.table(first, second, (one, other)))
        for title, right in (("won", 1), ("lost", 0)):
            print(changed_questions(title, first, second, right))


def write_report(config: Config) -> None:
    """Write report.html of a run from its files."""
    from text2sql import html_report

    path = html_report.write(config.folder, config.folder / "report.html")
    print(f"{path}: open it in a browser, it needs no network")


def evaluated_stages(config: Config) -> list[str]:
    """The run's evaluations, as --compare names them."""
    stages = [name for name in STAGES if (config.folder / "eval" / name / "predictions.jsonl").is_file()]
    if len(stages) < 2:
        raise UserError(f"{config.folder}: {len(stages)} stages are evaluated, comparing takes two; run evaluate.py")
    return [f"{config.folder.name}/{name}" for name in stages]


def evaluation_file(name: str, config: Config) -> Path:
    """The records of RUN/STAGE, of a folder, or the file itself."""
    run, _, stage = name.rpartition("/")
    folders = [Path(name), config.outputs / run / "eval" / stage]
    files = [folder / file for folder in folders for file in ("predictions.jsonl", "verdicts.jsonl")]
    found = next((path for path in (Path(name), *files) if path.is_file()), None)
    if found is None:
        raise UserError(f"--compare: {name} is no evaluation; name RUN/STAGE, such as demo/sft, or its folder")
    return found


def changed_questions(title: str, first: Sequence[dict], second: Sequence[dict], right: int, most: int = 5) -> str:
    """The questions that only the second (right=1) or the first (right=0) has right, with both answers."""
    changed = [
        pair
        for pair in zip(first, second, strict=True)
        if pair[right]["execution_match"] and not pair[1 - right]["execution_match"]
    ]
    lines = [f"\n{title}: {len(changed)}" + (f", the first {most}" if len(changed) > most else "")]
    for one, other in changed[:most]:
        lines += [f"  {one['db_id']}: {one['question']}", f"    gold    {prompt.one_line(one['gold'])}"]
        lines += [f"    {name:<8}{outcome(record)}" for name, record in (("first", one), ("second", other))]
    return "\n".join(lines)


def outcome(record: dict[str, Any]) -> str:
    """An answer and what came of it, on one line."""
    given = record["error"] or f"{record['rows']} rows"
    return f"{prompt.one_line(record['sql']) or '(no SQL)'}   [{record['status']}: {given}]"


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
    sampling = Sampling(
        options.drawn_at, options.max_completion_tokens, options.batch, config.model.max_length, options.samples
    )
    started = time.monotonic()
    generated = generate(config.model.name, chosen, prompts, sampling, adapter=adapter)
    answers = sampled.judged(examples, generated.completions, lambda *items: score_all(*items, config))
    places = [metrics_of.vote(answer.samples) if options.vote else 0 for answer in answers]
    texts = [answer.texts[place] for answer, place in zip(answers, places, strict=True)]
    scores = [answer.scores[place] for answer, place in zip(answers, places, strict=True)]
    found, kept = judged(examples, texts, scores, config)
    write_predictions(folder, kept)
    if options.samples > 1:
        files.write_lines(folder / "samples.jsonl", sampled.lines(examples, answers, places))
    facts = {
        "stage": name,
        **metrics(kept, found, scores, config),
        **({"sampled": sampled.figures(answers)} if options.samples > 1 else {}),
        "seconds": round(time.monotonic() - started, 1),
        "generation_seconds": round(generated.seconds, 1),
        "tokens_per_second": round(generated.tokens / generated.seconds, 1) if generated.seconds else None,
        "engine": generated.engine,
        **identity(config, name, adapter),
    }
    files.write_json(folder / "metrics.json", facts)
    ledger.append(config.outputs / ledger.NAME, config.folder.name, facts, training(config, name))
    if options.samples > 1:
        print(sampled.text(facts["sampled"]))


def training(config: Config, name: str) -> dict[str, Any] | None:
    """What the ledger keeps of a stage's training; None for the base model."""
    summary = utils.Stage(config.folder, name).summary() if name != "base" else None
    return {field: summary.get(field) for field in ("steps", "questions", "seconds")} if summary else None


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
        "decoding": {field: values[f"eval.{field}"] for field in ("max_completion_tokens", "samples", "vote")}
        | {"temperature": config.eval.drawn_at}
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

    size, scores = 256, []  # a bar that moves, and few waits for the slowest of a batch
    items = [(text, example.gold, example.database) for text, example in zip(completions, examples, strict=True)]
    options = {"timeout": config.data.timeout, "keep_empty": True, "keys": config.eval.samples > 1}
    for start in tqdm(range(0, len(items), size), desc="scoring", dynamic_ncols=True):
        scores += score_batch(items[start : start + size], **options)
    return scores


def judged(
    examples: Sequence[data.Example], completions: Sequence[str], scores: Sequence[Score], config: Config
) -> tuple[list[ExactMatch], list[dict[str, Any]]]:
    """Exact set match of each answer, and its record."""
    found = records.matches(examples, scores, config.data.root)
    return found, [records.record(*each) for each in zip(examples, completions, scores, found, strict=True)]


def metrics(
    kept: Sequence[dict[str, Any]], found: Sequence[ExactMatch], scores: Sequence[Score], config: Config
) -> dict[str, Any]:
    """The figures of `text2sql.records.figures`, and the mean of the run's default reward."""
    from backends.rollouts import reward_of

    reward = reward_of("execution", config.grpo)
    return {**records.figures(kept, found), "mean_reward": sum(map(reward, scores)) / len(scores)}


def write_predictions(folder: Path, kept: Sequence[dict[str, Any]]) -> None:
    """pred.txt and gold.txt as the official evaluator reads them, and predictions.jsonl with everything."""
    predictions = (f"{prompt.one_line(record['sql']) or NO_SQL}\n" for record in kept)
    files.write_text(folder / "pred.txt", "".join(predictions))
    golds = (f"{prompt.one_line(record['gold'])}\t{record['db_id']}\n" for record in kept)
    files.write_text(folder / "gold.txt", "".join(golds))
    files.write_lines(folder / "predictions.jsonl", kept)


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
