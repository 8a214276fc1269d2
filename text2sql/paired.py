"""Compare two evaluations of the same questions, question by question."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from text2sql.errors import UserError
from text2sql.metrics import VALID, wilson

FIELDS = {"EX": "execution_match", "strict EX": "strict_match", "EM": "exact_match", "valid SQL": "valid"}


@dataclass(frozen=True)
class Paired:
    """How often two systems are right on the same questions."""

    both: int
    only_first: int
    """Lost: right in the first alone."""
    only_second: int
    """Won: right in the second alone."""
    neither: int

    @property
    def questions(self) -> int:
        return self.both + self.only_first + self.only_second + self.neither

    @property
    def first(self) -> float:
        """Share of the first."""
        return (self.both + self.only_first) / self.questions

    @property
    def second(self) -> float:
        return (self.both + self.only_second) / self.questions

    @property
    def gain(self) -> float:
        """Share of the second less that of the first."""
        return (self.only_second - self.only_first) / self.questions

    def interval(self) -> tuple[float, float]:
        """95% confidence interval of the gain: the score interval for paired proportions, method 10 of Newcombe,
        Statistics in Medicine 17 (1998), pages 2635-2650."""
        first, second = (wilson(self.both + only, self.questions) for only in (self.only_first, self.only_second))
        down = self.second - second[0], first[1] - self.first
        up = second[1] - self.second, self.first - first[0]
        phi = self._correlation()
        below, above = (math.sqrt(max(0.0, a * a - 2 * phi * a * b + b * b)) for a, b in (down, up))
        return self.gain - below, self.gain + above

    def _correlation(self) -> float:
        """Phi with Newcombe's correction for continuity where it is positive."""
        rows = (self.both + self.only_first) * (self.only_second + self.neither)
        product = rows * (self.both + self.only_second) * (self.only_first + self.neither)
        excess = self.both * self.neither - self.only_first * self.only_second
        if excess > 0:
            excess = max(excess - self.questions / 2, 0)
        return excess / math.sqrt(product) if product else 0.0

    def p_value(self) -> float:
        """McNemar's exact two-sided test (Psychometrika 12, 1947): that won and lost are equally likely."""
        changed, fewer = self.only_first + self.only_second, min(self.only_first, self.only_second)
        return min(1.0, 2 * sum(math.comb(changed, k) for k in range(fewer + 1)) / 2**changed)


def compare(
    first: Sequence[Mapping[str, Any]], second: Sequence[Mapping[str, Any]], field: str, names: tuple[str, str]
) -> Paired:
    """Count where two lists of records are right by `field`, one of FIELDS.values().

    Raises UserError naming both where they don't hold the same questions in the same order.
    """
    check_same(first, second, names)
    counts = {(one, other): 0 for one in (True, False) for other in (True, False)}
    for one, other in zip(first, second, strict=True):
        counts[is_right(one, field), is_right(other, field)] += 1
    return Paired(counts[True, True], counts[True, False], counts[False, True], counts[False, False])


def is_right(record: Mapping[str, Any], field: str) -> bool:
    """Whether a record counts; `valid` is that its SQL ran."""
    return record["status"] in VALID if field == "valid" else bool(record[field])


def check_same(first: Sequence[Mapping[str, Any]], second: Sequence[Mapping[str, Any]], names: tuple[str, str]) -> None:
    """Raise UserError unless both evaluated the same golds."""
    if len(first) != len(second):
        raise UserError(
            f"compare: {names[0]} has {len(first)} questions and {names[1]} has {len(second)}; "
            "evaluate both with the same --eval.limit and --data.root"
        )
    for place, (one, other) in enumerate(zip(first, second, strict=True), 1):
        if (one["db_id"], one["gold"]) != (other["db_id"], other["gold"]):
            raise UserError(
                f"compare: line {place} of {names[0]} and of {names[1]} are other questions; "
                "evaluate both on the same data with the same seed"
            )


def table(first: Sequence[Mapping[str, Any]], second: Sequence[Mapping[str, Any]], names: tuple[str, str]) -> str:
    """The shares side by side, the gain with its interval, questions won and lost, and McNemar's p."""
    head = f"{names[0]} -> {names[1]}, {len(first):,} questions"
    lines = [head, f"{'':<11}{'first':>8}{'second':>8}{'gain':>8}  {'95% interval':<18}{'won':>5}{'lost':>6}{'p':>9}"]
    for name, field in FIELDS.items():
        if field != "valid" and not all(field in record for record in (*first, *second)):
            continue  # evaluated before this figure existed
        found = compare(first, second, field, names)
        low, high = found.interval()
        lines.append(
            f"{name:<11}{found.first:>8.1%}{found.second:>8.1%}{100 * found.gain:>+8.1f}"
            f"  {f'{100 * low:+.1f} to {100 * high:+.1f}':<18}{found.only_second:>5}{found.only_first:>6}"
            f"{found.p_value():>9.2g}"
        )
    return "\n".join(lines)
