"""Answers to questions -> records and figures: what every evaluation does, with a model or without one."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from text2sql import error_classes, files, hacking, metrics, prediction_files, records
from text2sql.data import Example
from text2sql.exact_match import exact_match
from text2sql.execute import Limits
from text2sql.score import Score, score_each


@dataclass(frozen=True)
class Settings:
    """What an evaluation's figures depend on besides the answers."""

    root: Path
    """Folder in Spider's layout, with tables.json where there is one."""
    timeout: float
    """Seconds that one statement may run."""
    reward: Callable[[Score], float]
    ves: int = 0
    """Repetitions of the timing for the valid efficiency score; 0 is no score."""
    form: str = ""
    """The answer format that was asked for; "" where it isn't known, as of a file of predictions."""


@dataclass(frozen=True)
class Judged:
    """What became of the answers."""

    records: list[dict[str, Any]]
    """One a question, in the questions' order."""
    figures: dict[str, Any]
    """Those of `text2sql.records.figures`, the mean reward, the shares of `text2sql.hacking` that one answer a question
    has, and the efficiency where it is asked for."""

    @cached_property
    def errors(self) -> dict[str, dict[str, Any]]:
        """What is wrong with the wrong answers: `text2sql.error_classes.summary`."""
        return error_classes.summary(self.records)


def scored(
    examples: Sequence[Example], completions: Sequence[str], *, timeout: float, keys: bool = False
) -> Iterator[tuple[int, Score]]:
    """(place, score) of each completion as soon as it is known, behind a progress bar.

    Golds without rows can be matched here, as the official evaluator has it; in training they are dropped. `keys` are
    for voting: see `text2sql.score.score_batch`.
    """
    from tqdm import tqdm

    items = [(text, example.gold, example.database) for text, example in zip(completions, examples, strict=True)]
    found = score_each(items, timeout=timeout, keep_empty=True, keys=keys)
    return iter(tqdm(found, desc="scoring", total=len(items), dynamic_ncols=True))


def judged(
    examples: Sequence[Example], completions: Sequence[str], scores: Iterable[tuple[int, Score]], settings: Settings
) -> Judged:
    """Records and figures of one answer a question.

    Each record is made when its score comes, so with `scored` while the workers execute what is next.
    """
    schemas, found = records.Schemas(settings.root), {}
    for place, score in scores:
        match = exact_match(score.sql, examples[place].gold, schemas.of(examples[place]))
        found[place] = score, match, records.record(examples[place], completions[place], score, match)
    answers, matches, kept = zip(*(found[place] for place in range(len(examples))), strict=True)
    reward = math.fsum(map(settings.reward, answers)) / len(answers)
    timed = efficiency(examples, kept, settings) if settings.ves else {}
    figures = {**records.figures(kept, matches), "mean_reward": reward, **_signs(answers, settings.form), **timed}
    return Judged(list(kept), figures)


def _signs(answers: Sequence[Score], form: str) -> dict[str, float]:
    """The signs of reward hacking beside strict_gap; that of the format where one was asked for."""
    hollow = {"hollow_format_share": hacking.hollow_format_share(answers, form)} if form else {}
    return {"degenerate_share": hacking.degenerate_share(answers), **hollow}


def efficiency(
    examples: Sequence[Example], kept: Sequence[Mapping[str, Any]], settings: Settings
) -> dict[str, float | int | list[float]]:
    """The valid efficiency score, `text2sql.metrics.ves`, of answers whose records say that they are right.

    Timed in this process, one statement after the other, while the workers have nothing to do.
    """
    from tqdm import tqdm

    limits = Limits(seconds=settings.timeout)
    pairs = tqdm(zip(examples, kept, strict=True), desc="timing", total=len(kept), dynamic_ncols=True)
    times = [
        metrics.measure(example.database, record["gold"], record["sql"], settings.ves, limits)
        if record["execution_match"]
        else None
        for example, record in pairs
    ]
    return {**metrics.ves(times), "ves_repetitions": settings.ves}


def of_files(pred: Path, gold: Path, settings: Settings) -> Judged:
    """Judge a file of predictions in the official format; UserError as `text2sql.prediction_files` has it."""
    examples = prediction_files.read_golds(gold, settings.root)
    predictions = prediction_files.read_predictions(pred, examples, gold)
    return judged(examples, predictions, scored(examples, predictions, timeout=settings.timeout), settings)


def write(folder: Path, found: Judged, facts: Mapping[str, Any], name: str = "predictions.jsonl") -> None:
    """The records, errors.json with examples of each error class, and last metrics.json with the facts."""
    files.write_lines(folder / name, found.records)
    files.write_json(folder / "errors.json", found.errors)
    files.write_json(folder / "metrics.json", facts)


def text(name: str, figures: dict[str, Any]) -> str:
    """The figures on the screen, by hardness and in all."""
    lines = [f"{name:<20}{'questions':>10}{'EX':>8}{'strict EX':>11}{'EM':>8}"]
    lines += [_line(level, row) for level, row in [*figures["by_hardness"].items(), ("all", figures)]]
    lines += [metrics.ves_text(figures)] if "ves" in figures else []
    return "\n".join([*lines, f"valid SQL {figures['valid_sql']:.1%}, {figures['seconds']} s"])


def _line(name: str, row: dict[str, Any]) -> str:
    match = row["exact_match_accuracy"]
    shares = f"{row['execution_accuracy']:>8.1%}{row['strict_execution_accuracy']:>11.1%}"
    return f"{name:<20}{row['questions']:>10,}{shares}{'-' if match is None else f'{match:.1%}':>8}"
