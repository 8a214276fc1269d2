"""GRPO's rollouts (completions/*.parquet) -> the same questions early and late in training."""

from __future__ import annotations

import dataclasses
import importlib.util
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

EACH_END = 100  # files read from the beginning and from the end; a long run has thousands
GROUPS = 6  # questions shown
ALONE = 3  # questions shown of each end, where none was asked twice
OURS = ("step", "prompt", "completion", "error", "sql", "status", "advantage")
"""Columns that are no reward; every other one is named after its reward."""


@dataclass(frozen=True)
class Sample:
    """Equal completions of one group, counted."""

    sql: str
    status: str
    error: str
    rewards: tuple[tuple[str, float], ...]
    advantage: float | None
    count: int = 1


@dataclass(frozen=True)
class Group:
    """All completions of one question in one step, best first."""

    step: int
    samples: list[Sample]

    @property
    def size(self) -> int:
        return sum(sample.count for sample in self.samples)

    @property
    def matches(self) -> int:
        """Completions with the gold's result."""
        return sum(sample.count for sample in self.samples if sample.status == "match")


@dataclass(frozen=True)
class Pair:
    """A question with its first and its last group; one of them is None where it was asked once."""

    question: str
    early: Group | None
    late: Group | None


@dataclass(frozen=True)
class Rollouts:
    pairs: list[Pair]
    steps: tuple[int, int] | None = None
    """The first and the last step with rollouts."""
    missing: str = ""
    """Why there is nothing to show, if so."""

    @property
    def same_questions(self) -> bool:
        """Whether early and late show the same questions."""
        return any(pair.early and pair.late for pair in self.pairs)


def read(run: Path) -> Rollouts:
    """Questions of the early steps that were asked again in the late ones, spread evenly over those there are; where
    none was, the questions of the first and of the last step. The choice doesn't look at how they went."""
    files = sorted((run / "grpo" / "completions").glob("*.parquet"))
    if not files:
        return Rollouts([], missing="No rollouts were kept: there is no grpo/completions/ in the run.")
    if importlib.util.find_spec("pyarrow") is None:
        return Rollouts([], missing="The rollouts are in Parquet files, and pyarrow isn't installed to read them.")
    chosen = files if len(files) <= 2 * EACH_END else files[:EACH_END] + files[-EACH_END:]
    groups = _by_question(row for file in chosen for row in _rows(file))
    if not groups:
        return Rollouts([], missing="The files of the rollouts hold none.")
    steps = [step for at in groups.values() for step in at]
    return Rollouts(_pairs(groups, min(steps), max(steps)), (min(steps), max(steps)))


def _rows(file: Path) -> list[dict[str, Any]]:
    """The completions of one file; none of a file that a kill left damaged."""
    from pyarrow import ArrowException
    from pyarrow.parquet import ParquetFile

    try:
        with ParquetFile(file) as opened:
            return opened.read().to_pylist()
    except (OSError, ArrowException):
        return []


def _by_question(rows: Iterable[dict[str, Any]]) -> dict[str, dict[int, list[dict[str, Any]]]]:
    """Prompt -> step -> completions, in the order in which the questions were first asked."""
    found: dict[str, dict[int, list[dict[str, Any]]]] = {}
    for row in rows:
        found.setdefault(_text(row.get("prompt")), {}).setdefault(int(row.get("step") or 0), []).append(row)
    return found


def _text(said: object) -> str:
    """The last message of a conversation, or the text that it is."""
    if isinstance(said, list):
        said = said[-1].get("content") if said else ""
    return str(said or "")


def _pairs(groups: dict[str, dict[int, list]], first: int, last: int) -> list[Pair]:
    again = {prompt: at for prompt, at in groups.items() if len(at) > 1}
    if again:
        return [
            Pair(_question(prompt), _group(min(at), at[min(at)]), _group(max(at), at[max(at)]))
            for prompt, at in evenly(list(again.items()), GROUPS)
        ]
    ends = [(prompt, at) for prompt, at in groups.items() if first in at or last in at]
    early = [Pair(_question(prompt), _group(first, at[first]), None) for prompt, at in ends if first in at][:ALONE]
    late = [Pair(_question(prompt), None, _group(last, at[last])) for prompt, at in ends if last in at and last > first]
    return early + late[:ALONE]


def evenly(items: Sequence, most: int) -> list:
    """At most `most` items, spread evenly over all of them."""
    if len(items) <= most:
        return list(items)
    return [items[number * len(items) // most] for number in range(most)]


def _question(prompt: str) -> str:
    """The question at the end of a prompt of `text2sql.prompt`; the whole of another one."""
    return prompt.rpartition("Question:")[2].strip() or prompt


def _group(step: int, rows: list[dict[str, Any]]) -> Group:
    counted = Counter(map(_sample, rows))
    samples = [dataclasses.replace(sample, count=count) for sample, count in counted.items()]
    return Group(step, sorted(samples, key=lambda sample: (-_earned(sample), -sample.count)))


def _sample(row: dict[str, Any]) -> Sample:
    rewards = tuple(
        (name, float(value)) for name, value in row.items() if name not in OURS and isinstance(value, int | float)
    )
    advantage = row.get("advantage")
    return Sample(
        str(row.get("sql") or _text(row.get("completion"))),
        str(row.get("status") or ""),
        str(row.get("error") or ""),
        rewards,
        None if advantage is None else float(advantage),
    )


def _earned(sample: Sample) -> float:
    """What a group's completions are ordered by; the advantage knows the rewards' weights, their columns don't."""
    return sum(value for _, value in sample.rewards) if sample.advantage is None else sample.advantage
