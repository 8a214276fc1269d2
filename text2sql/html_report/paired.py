"""The change between two stages that answered the same questions, and whether it is beyond chance."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from statistics import NormalDist, fmean

Z = NormalDist().inv_cdf(0.975)
FEWEST = 6
"""Groups that must differ before a change can be beyond chance: of fewer, all in one direction, an exact sign test
(McNemar's) doesn't reach 5%."""


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

    @property
    def beyond_chance(self) -> bool:
        """Whether the interval excludes 0 and enough groups differ for that to mean something."""
        return (self.low > 0 or self.high < 0) and self.differing >= FEWEST


def paired_change(before: Sequence[float], after: Sequence[float], groups: Sequence[Hashable]) -> Change | None:
    """The change from `before` to `after`, a value each per question; None without questions.

    The standard error is that of paired differences, clustered by `groups`: phrasings of one question are answered
    alike, and count as little more than one (Miller 2024, "Adding error bars to evals", arXiv:2411.00640, sections 2.2
    and 4.2), with the usual correction G/(G-1) for few groups.
    """
    differences = [new - old for old, new in zip(before, after, strict=True)]
    if not differences:
        return None
    mean = fmean(differences)
    members: dict[Hashable, list[float]] = defaultdict(list)
    for group, difference in zip(groups, differences, strict=True):
        members[group].append(difference)
    margin = Z * _standard_error(list(members.values()), mean)
    return Change(
        mean,
        mean - margin,
        mean + margin,
        won=sum(difference > 0 for difference in differences),
        lost=sum(difference < 0 for difference in differences),
        pairs=len(differences),
        differing=sum(sum(group) != 0 for group in members.values()),
    )


def _standard_error(groups: Sequence[Sequence[float]], mean: float) -> float:
    """Clustered standard error of the mean; infinite for a single group, which says nothing about others."""
    if len(groups) == 1:
        return math.inf if any(value for value in groups[0]) else 0.0
    count = sum(map(len, groups))
    squares = sum((sum(group) - mean * len(group)) ** 2 for group in groups)
    return math.sqrt(squares * len(groups) / (len(groups) - 1)) / count
