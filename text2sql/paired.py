"""Compare two evaluations of the same questions, question by question.

Spider asks most of its questions in two phrasings or more, which share a gold and are answered alike: on its dev set
1,034 questions share 563 golds. Methods for independent pairs, as McNemar's test and Newcombe's interval are, take such
answers for more evidence than they are. So a group of questions that share a gold is one unit here: in the standard
error by its clustered form, which that of Obuchowski (Statistics in Medicine 17, 1998, pages 1495-1507) is for
proportions and that of Miller (2024, arXiv:2411.00640, sections 2.2 and 4.2) for evaluations of language models, and in
the test by exchanging the two systems group by group.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from text2sql.errors import UserError
from text2sql.metrics import VALID, Z
from text2sql.screen import counted

FIELDS = {"EX": "execution_match", "strict EX": "strict_match", "EM": "exact_match", "valid SQL": "valid"}
FEWEST = 6
"""Groups that must differ before a change can be beyond chance: of fewer, all in one direction, the test doesn't reach
5%."""


@dataclass(frozen=True)
class Change:
    """The mean of the paired differences with its 95% confidence interval, in the measure's own unit."""

    difference: float
    low: float
    high: float
    won: int
    """Questions whose value rose."""
    lost: int
    """Questions whose value fell."""
    pairs: int
    differing: int
    """Groups of questions whose values changed on the whole."""
    p_value: float | None
    """`exchange_test`; None where the values are no whole numbers."""

    @property
    def beyond_chance(self) -> bool:
        """Whether the interval excludes 0 and enough groups differ for that to mean something."""
        return (self.low > 0 or self.high < 0) and self.differing >= FEWEST


def paired_change(before: Sequence[float], after: Sequence[float], groups: Sequence[Hashable]) -> Change | None:
    """The change from `before` to `after`, a value each per question; None without questions.

    The interval is that of the mean of the paired differences, its standard error clustered by `groups` with the usual
    correction G/(G-1) for few groups; where every question is a group, it is the usual one.
    """
    differences = [new - old for old, new in zip(before, after, strict=True)]
    if not differences:
        return None
    mean = fmean(differences)
    members: dict[Hashable, list[float]] = defaultdict(list)
    for group, difference in zip(groups, differences, strict=True):
        members[group].append(difference)
    sums = [math.fsum(group) for group in members.values()]
    margin = Z * _standard_error(sums, [len(group) for group in members.values()], mean)
    return Change(
        mean,
        mean - margin,
        mean + margin,
        won=sum(difference > 0 for difference in differences),
        lost=sum(difference < 0 for difference in differences),
        pairs=len(differences),
        differing=sum(total != 0 for total in sums),
        p_value=exchange_test(map(int, sums)) if all(map(float.is_integer, sums)) else None,
    )


def _standard_error(sums: Sequence[float], sizes: Sequence[int], mean: float) -> float:
    """Clustered standard error of the mean; infinite for a single group, which says nothing about others."""
    count = len(sums)
    if count == 1:
        return math.inf if sums[0] else 0.0
    squares = math.fsum((total - mean * size) ** 2 for total, size in zip(sums, sizes, strict=True))
    return math.sqrt(squares * count / (count - 1)) / sum(sizes)


def exchange_test(sums: Iterable[int]) -> float:
    """The exact two-sided p-value of whole-number differences, summed by group: the share of all ways to exchange the
    two systems in some of the groups, each as likely as any other where they are equal, that differ at least as much.

    Where every question is a group of its own, this is McNemar's exact test (Psychometrika 12, 1947).
    """
    changed = [total for total in sums if total]
    chances = {0: 1.0}  # difference -> its probability
    for size, groups in Counter(map(abs, changed)).items():
        steps = [(size * (2 * risen - groups), math.comb(groups, risen) / 2**groups) for risen in range(groups + 1)]
        further: dict[int, float] = defaultdict(float)
        for total, chance in chances.items():
            for step, likely in steps:
                further[total + step] += chance * likely
        chances = further
    seen = abs(sum(changed))
    return min(1.0, math.fsum(chance for total, chance in chances.items() if abs(total) >= seen))


def compare(
    first: Sequence[Mapping[str, Any]], second: Sequence[Mapping[str, Any]], field: str, names: tuple[str, str]
) -> Change:
    """The change of a share from one list of records to another, by `field`, one of FIELDS.values().

    Raises UserError naming both where they don't hold the same questions in the same order.
    """
    check_same(first, second, names)
    groups = [(record["db_id"], record["gold"]) for record in first]
    return paired_change([is_right(it, field) for it in first], [is_right(it, field) for it in second], groups)


def is_right(record: Mapping[str, Any], field: str) -> bool:
    """Whether a record counts; `valid` is that its SQL ran."""
    return record["status"] in VALID if field == "valid" else bool(record[field])


def check_same(first: Sequence[Mapping[str, Any]], second: Sequence[Mapping[str, Any]], names: tuple[str, str]) -> None:
    """Raise UserError unless both evaluated the same golds."""
    if len(first) != len(second):
        raise UserError(
            f"compare: {names[0]} has {counted(len(first), 'question')} and {names[1]} has {len(second)}; "
            "evaluate both with the same --eval.limit and --data.root"
        )
    for place, (one, other) in enumerate(zip(first, second, strict=True), 1):
        if (one["db_id"], one["gold"]) != (other["db_id"], other["gold"]):
            raise UserError(
                f"compare: line {place} of {names[0]} and of {names[1]} are other questions; "
                "evaluate both on the same data with the same seed"
            )


def table(first: Sequence[Mapping[str, Any]], second: Sequence[Mapping[str, Any]], names: tuple[str, str]) -> str:
    """The shares side by side, the gain in points with its interval, questions won and lost, and the test's p."""
    groups = len({(record["db_id"], record["gold"]) for record in first})
    head = f"{names[0]} -> {names[1]}, {counted(len(first), 'question')} with {counted(groups, 'gold')}"
    lines = [head, f"{'':<11}{'first':>8}{'second':>8}{'gain':>8}  {'95% interval':<18}{'won':>5}{'lost':>6}{'p':>9}"]
    for name, field in FIELDS.items():
        if field == "valid" or all(field in record for record in (*first, *second)):  # else older than the figure
            shares = (_share(records, field) for records in (first, second))
            lines.append(_row(name, *shares, compare(first, second, field, names)))
    return "\n".join(lines)


def _share(records: Sequence[Mapping[str, Any]], field: str) -> float:
    return sum(is_right(record, field) for record in records) / len(records)


def _row(name: str, first: float, second: float, found: Change) -> str:
    interval = f"{100 * found.low:+.1f} to {100 * found.high:+.1f}"
    return (
        f"{name:<11}{first:>8.1%}{second:>8.1%}{100 * found.difference:>+8.1f}  {interval:<18}"
        f"{found.won:>5}{found.lost:>6}{found.p_value:>9.2g}"
    )
