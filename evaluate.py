"""Evaluate a stage of a run on dev.json: pred.txt and gold.txt for the official evaluator, and what each stage gained.

python evaluate.py                                          the newest stage of the default run
python evaluate.py demo --eval.stage base
python evaluate.py --files pred.txt gold.txt --data.root DIR   score any system's predictions, without a model
python evaluate.py --check-gold --data.root DIR                run every gold of a data set, train and dev
python evaluate.py demo --compare                              the stages of a run against one another
python evaluate.py --compare demo/sft other/sft --show 20      two stages of any runs, or two folders of evaluations
python evaluate.py demo --report                               report.html of a run: figures, curves, every example
"""

from __future__ import annotations

import argparse
import functools
import gc
import json
import shutil
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import utils
from backends.command_line import parse
from config import Config, flat
from text2sql import (
    comparison,
    data,
    error_classes,
    evaluation,
    files,
    gold_check,
    ledger,
    metrics,
    prediction_files,
    report,
    sampled,
)
from text2sql.errors import UserError
from text2sql.screen import counted

if TYPE_CHECKING:
    from backends.generation import Generated

PAYS = ("exact", "invalid", "empty", "partial_base", "partial_scale")
SHOWN = 5
"""Questions that --compare shows, won and lost each."""
REWARD_KNOBS = ("data.timeout", *(f"grpo.{name}" for name in PAYS))


def main() -> None:
    mode, rest = modes(sys.argv[1:])
    config = parse(rest, description=__doc__)
    if mode.files:
        return evaluate_files(*mode.files, config)
    if mode.check_gold:
        return check_gold(config)
    if mode.compare is not None:
        return compare(mode.compare, mode.show, config)
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
    print(report.on_screen(config.folder))


def modes(arguments: list[str]) -> tuple[argparse.Namespace, list[str]]:
    """What else than a stage is to be evaluated, and the arguments that are settings."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False, usage="see --help")
    one = parser.add_mutually_exclusive_group()
    one.add_argument("--files", nargs=2, type=Path, metavar=("PRED", "GOLD"))
    one.add_argument("--check-gold", action="store_true")
    one.add_argument("--compare", nargs="*", metavar="RUN/STAGE")
    one.add_argument("--report", action="store_true")
    parser.add_argument("--show", type=int)
    mode, rest = parser.parse_known_args(arguments)
    if mode.compare is not None and len(mode.compare) not in (0, 2):
        count = counted(len(mode.compare), "evaluation")
        raise UserError(f"--compare: {count} named; name two, or none for a run's stages")
    if mode.show is not None and (mode.compare is None or mode.show < 0):
        raise UserError(f"--show: {mode.show}; it is how many questions --compare shows, won and lost each, 0 or more")
    mode.show = SHOWN if mode.show is None else mode.show
    return mode, rest


def evaluate_files(pred: Path, gold: Path, config: Config) -> None:
    """Score a file of predictions in the official format: verdicts.jsonl, metrics.json and a line of the ledger."""
    gc.freeze()  # imports and records stay: to look for garbage among them took a fifth of the time
    gc.set_threshold(100_000)
    started = time.monotonic()
    found = evaluation.of_files(pred, gold, judging(config))
    folder = config.outputs / "files" / pred.stem
    facts = {
        "data": {"root": str(config.data.root)},
        "files": {str(path): files.sha256(path) for path in (pred, gold)},
        **found.figures,
        "seconds": round(time.monotonic() - started, 2),
        "versions": utils.versions(),
    }
    evaluation.write(folder, found, facts, "verdicts.jsonl")
    ledger.append(config.outputs / ledger.NAME, str(folder), facts, None)
    print(evaluation.text(pred.name, facts))
    print_errors(found)
    print(f"{folder}/ (verdicts.jsonl, errors.json, metrics.json)")


def print_errors(found: evaluation.Judged) -> None:
    """Print why answers are wrong, as wide as the screen."""
    print("", error_classes.text(found.errors, columns()), "", sep="\n")


def check_gold(config: Config) -> None:
    """Check a data set's golds; exit 1 where one fails."""
    found = gold_check.check(config.data.root, timeout=config.data.timeout)
    path = config.outputs / "check_gold" / f"{config.data.root.name}.jsonl"
    files.write_lines(path, gold_check.lines(found))
    print(gold_check.text(found))
    print(f"{path} has each one")
    if any(problem.kind == "failing" for problem in found.problems):
        sys.exit(1)


def compare(names: list[str], show: int, config: Config) -> None:
    """Print paired tables of two evaluations, or of a run's stages in turn, and the questions that changed."""
    named = comparison.named(names, config.outputs) if names else comparison.of_run(config.folder)
    for text in comparison.Comparison(config.data.root, config.data.timeout, show, columns()).texts(named):
        print(text)


def columns() -> int:
    """Characters of a line of the screen."""
    return shutil.get_terminal_size((120, 24)).columns


def write_report(config: Config) -> None:
    """Write report.html of a run from its files."""
    from text2sql import html_report

    path = html_report.write(config.folder, config.folder / "report.html")
    print(f"{path}: open it in a browser, it needs no network")


def chosen_stage(config: Config) -> str:
    """The stage to evaluate: the one asked for, else the newest finished one of the run."""
    if config.eval.stage != "newest":
        return config.eval.stage
    finished = [name for name in ("sft", "grpo") if utils.Stage(config.folder, name).summary()]
    return finished[-1] if finished else "base"


def evaluate(config: Config, name: str, folder: Path) -> None:
    """Generate, score and write the files of one stage."""
    from backends.adapters import check_base

    options, adapter = config.eval, adapter_of(config, name)
    rules = judging(config, config.prompt.format)
    if adapter:
        check_base(adapter, config.model.name)
    examples = data.sample(utils.examples(config, "dev"), options.limit, config.seed)
    started = time.monotonic()
    generated = generate(config, name, examples, adapter)
    scored = functools.partial(evaluation.scored, timeout=rules.timeout, keys=options.samples > 1)
    answers = sampled.judged(examples, generated.completions, scored)
    places = [metrics.vote(answer.samples) if options.vote else 0 for answer in answers]
    texts = [answer.texts[place] for answer, place in zip(answers, places, strict=True)]
    scores = [answer.scores[place] for answer, place in zip(answers, places, strict=True)]
    found = evaluation.judged(examples, texts, enumerate(scores), rules)
    prediction_files.write(folder, found.records)
    if options.samples > 1:
        files.write_lines(folder / "samples.jsonl", sampled.lines(examples, answers, places))
    facts = {
        "stage": name,
        **found.figures,
        **({"sampled": sampled.figures(answers)} if options.samples > 1 else {}),
        "seconds": round(time.monotonic() - started, 1),
        "generation_seconds": round(generated.seconds, 1),
        "tokens_per_second": round(generated.tokens / generated.seconds, 1) if generated.seconds else None,
        "engine": generated.engine,
        **identity(config, name, adapter),
    }
    evaluation.write(folder, found, facts)
    ledger.append(config.outputs / ledger.NAME, config.folder.name, facts, training(config, name))
    print_errors(found)
    if options.ves:
        print(metrics.ves_text(facts))
    if options.samples > 1:
        print(sampled.text(facts["sampled"]))


def generate(config: Config, name: str, examples: list[data.Example], adapter: Path | None) -> Generated:
    """The stage's answers to the examples."""
    from backends import choice, generation, presets

    presets.announce(config, "eval")
    options, chosen = config.eval, choice.plan(config.model, training=False)
    print(f"Evaluating {name} on {counted(len(examples), 'question')}: {chosen}")
    prompts = [utils.row(example, config)["prompt"] for example in examples]
    sampling = generation.Sampling(
        temperature=options.drawn_at,
        max_tokens=options.max_completion_tokens,
        batch=options.batch,
        max_length=config.model.max_length,
        samples=options.samples,
        turns=config.prompt.turns,
        timeout=config.data.timeout,
    )
    databases = [example.database for example in examples]
    return generation.generate(config.model.name, chosen, prompts, sampling, adapter=adapter, databases=databases)


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
        remedy = "train_grpo.py with --grpo.eval-every" if name == "best" else f"train_{name}.py"
        raise UserError(f"{stage.folder}: {name} isn't finished; run {remedy}, or choose another --eval.stage")
    _warn_if_stale(config, name, summary)
    return stage.folder


def _warn_if_stale(config: Config, name: str, summary: dict[str, Any]) -> None:
    """Say so when GRPO started from another SFT adapter than the one that is there now."""
    sft = utils.Stage(config.folder, "sft").summary()
    origin = summary.get("started_from", {})
    if name == "grpo" and sft and not config.grpo.adapter and origin.get("fingerprint") != sft["adapter"]:
        print("warning: GRPO was trained from another SFT adapter than the run's; train_grpo.py --overwrite renews it")


def is_current(config: Config, name: str, folder: Path) -> bool:
    """Whether metrics.json is there and of this adapter, data and decoding, with VES where it is asked for."""
    try:
        known = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    if known.get("ves_repetitions", 0) < config.eval.ves:
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
        | {"temperature": config.eval.drawn_at, "max_length": config.model.max_length}
        | {field: values[f"prompt.{field}"] for field in ("sample_values", "format", "turns")},
        "reward": {name: values[name] for name in REWARD_KNOBS},
        "versions": utils.versions(),
    }


def data_identity(config: Config) -> dict[str, Any]:
    """Which questions were evaluated: the file with its hash, and the sample taken from it."""
    file = _dev_file(config.data.root)
    sample = {"limit": config.eval.limit, "seed": config.seed}
    return {"root": str(config.data.root), "file": file.name, "sha256": files.sha256(file), **sample}


def _dev_file(root: Path) -> Path:
    """The file of the evaluation's questions; reading it will say what is wrong where there is none."""
    try:
        return data.recognise(root).files["dev"]
    except (UserError, KeyError):
        return root / "dev.json"


def judging(config: Config, form: str = "") -> evaluation.Settings:
    """How answers are judged: the data set, the time limit, the run's reward, and the format that was asked for."""
    from backends.rollouts import reward_of

    if config.eval.ves == 1:
        raise UserError("eval.ves: 1, but how much the times vary takes at least 2 to tell; BIRD takes 100")
    reward = reward_of("execution", config.grpo)
    return evaluation.Settings(config.data.root, config.data.timeout, reward, config.eval.ves, form)


if __name__ == "__main__":
    utils.run_script(main)
