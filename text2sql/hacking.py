"""Signs that a policy games its reward: shares of Scores that a rising reward doesn't show.

A verifier that only looks at results admits answers which never solve the task, and RLVR finds them (Helff et al. 2026,
"LLMs Gaming Verifiers", arXiv 2604.15149); Arctic-Text2SQL-R1 (arXiv 2505.20315) keeps its reward plain for fear of it.
Each share here is of all the scores, 0 where there are none, and says what it can't see.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from text2sql.formats import FORMATS
from text2sql.judge import VALID, Score
from text2sql.rewrite import plain, words

_BUILT_IN = ("json_each", "json_tree")
"""Table-valued functions of SQLite, which are read like tables; the names of its own tables begin with sqlite_."""


def is_degenerate(score: Score) -> bool:
    """Whether the SQL ran and looks at none of the data: constants, SELECT 1, count(*) without a table; also where the
    result happens to match.

    What it reads is what SQLite's authorizer was asked for. A table in FROM of which no column is used gives nothing
    but a number of rows: that is an answer where COUNT says it, as 281 of Spider's 8,031 golds do, and else a constant
    in each row, as no gold is. A column that is read and changes nothing, as in SELECT 1 FROM t WHERE a > 0, passes.
    """
    if score.status not in VALID:
        return False
    reads = [pair for pair in score.reads if not pair[0].startswith("sqlite_") and pair[0] not in _BUILT_IN]
    return not any(column for _, column in reads) and not (reads and "COUNT" in words(score.sql))


def is_hollow(score: Score, form: str) -> bool:
    """Whether the completion is exactly in the answer format `form` and its SQL is missing, doesn't run or is
    degenerate: it earns what a format reward pays, and has no substance. In the format `sql` it is bare SQL."""
    empty = score.status in ("empty", "invalid", "timeout") or is_degenerate(score)
    return empty and FORMATS[form].parts(score.completion) is not None


def official_gap(scores: Sequence[Score]) -> float:
    """The official share less the strict one: what is right only because the official verdict takes DISTINCT out.

    The `strict_gap` of an evaluation, for rollouts. Below 0 where the official rewriting breaks right SQL.
    """
    return _share(scores, lambda score: score.official) - _share(scores, lambda score: score.strict)


def degenerate_share(scores: Sequence[Score]) -> float:
    """The share for which `is_degenerate` holds."""
    return _share(scores, is_degenerate)


def hollow_format_share(scores: Sequence[Score], form: str) -> float:
    """The share for which `is_hollow` holds."""
    return _share(scores, lambda score: is_hollow(score, form))


def duplicate_share(scores: Sequence[Score], group: int) -> float:
    """The share of rollouts whose SQL another rollout of their group has too, whatever the text around it.

    Groups are runs of `group` scores. SQL is compared as `text2sql.rewrite.plain` has it, and no SQL equals no SQL.
    A policy that is right with certainty repeats itself as well, so it says little where exact results rise with it.
    """
    groups = [scores[start : start + group] for start in range(0, len(scores), group)]
    counts = [Counter(plain(score.sql) for score in members) for members in groups]
    repeated = sum(count for counted in counts for count in counted.values() if count > 1)
    return repeated / len(scores) if scores else 0.0


def _share(scores: Sequence[Score], holds: Callable[[Score], bool]) -> float:
    return sum(map(holds, scores)) / len(scores) if scores else 0.0
