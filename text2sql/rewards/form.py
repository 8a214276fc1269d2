"""Rewards for the format of a completion, whatever its SQL does."""

from __future__ import annotations

import functools
from collections.abc import Callable

from text2sql.formats import FORMATS
from text2sql.score import Score


def unless_gold_fails(reward: Callable[..., float]) -> Callable[..., float]:
    """The reward, which pays 0 to everybody where the gold itself did not run."""

    @functools.wraps(reward)
    def paid(score: Score, **options) -> float:
        return 0.0 if score.status == "gold_error" else reward(score, **options)

    return paid


@unless_gold_fails
def format_exact(score: Score, *, form: str = "sql") -> float:
    """1 when the completion is exactly in the answer format, else 0."""
    return float(FORMATS[form].parts(score.completion) is not None)


@unless_gold_fails
def format_tags(score: Score, *, form: str = "sql") -> float:
    """0.5 for each tag of the format that occurs exactly once, -0.5 for each other one."""
    return sum(0.5 if score.completion.count(tag) == 1 else -0.5 for tag in FORMATS[form].tags)
