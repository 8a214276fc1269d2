"""The rewards of SQL-R1 (arXiv 2504.08600), and the partial credit of the GRPO-on-Spider design that was built on it.

Of the paper's four rewards all but the first count only for a completion in the format, as in the authors' code. There
a length is in characters, and 2,048 of them is the longest that is paid for; a gold that fails pays its format, here 0.
"""

from __future__ import annotations

from text2sql.formats import FORMATS, Parts
from text2sql.metrics import VALID
from text2sql.rewards.form import unless_gold_fails
from text2sql.rewards.overlap import overlap
from text2sql.score import Score

LONGEST = 2_048


@unless_gold_fails
def components(score: Score) -> float:
    """How much of the gold's clauses and keywords the SQL has, from 0 to 1, where its result is another one; else 0."""
    return 0.0 if score.status in ("match", "empty") else overlap(score.sql, score.gold)


def _formatted(score: Score, form: str) -> Parts | None:
    """Reasoning and answer, where the completion has its format and SQL in it."""
    return FORMATS[form].parts(score.completion) if score.status != "empty" else None


@unless_gold_fails
def r1_format(score: Score, *, form: str = "sql") -> float:
    """1 when the completion is in its format and holds SQL, else -1."""
    return 1.0 if _formatted(score, form) else -1.0


@unless_gold_fails
def r1_execution(score: Score, *, form: str = "sql") -> float:
    """2 when the SQL ran, -2 when it did not, 0 without the format."""
    return (2.0 if score.status in VALID else -2.0) if _formatted(score, form) else 0.0


@unless_gold_fails
def r1_result(score: Score, *, form: str = "sql") -> float:
    """3 when the result is the gold's, -3 when it is another one, 0 without the format or a result."""
    return {"match": 3.0, "wrong": -3.0}.get(score.status, 0.0) if _formatted(score, form) else 0.0


@unless_gold_fails
def r1_length(score: Score, *, form: str = "sql") -> float:
    """For the gold's result alone: up to 0.5 for the length of reasoning and answer, and the SQL's share of the answer.

    It favours long reasoning, and answers that hold nothing but SQL.
    """
    parts = _formatted(score, form)
    if parts is None or score.status != "match":
        return 0.0
    length = len(parts.reasoning.strip()) + len(parts.answer.strip())
    return 0.5 * min(1.0, length / LONGEST) + len(score.sql) / len(parts.answer.strip())
