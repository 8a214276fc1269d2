"""What a model is told after each of its answers, when it may answer again: the error, or the first rows.

Nothing of it depends on the gold, which isn't given here: whether the result is right is for the model to see.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from pathlib import Path

from text2sql.prompt import extract_sql
from text2sql.rewrite import plain
from text2sql.schema import printable
from text2sql.score import Score, score_batch
from text2sql.screen import cut

CORRECT = "Answer again with a query that runs."
CONFIRM = "Answer again if this does not answer the question; repeat the query if it does."

_ANY_GOLD = "SELECT 1"
_DONE = re.compile(r"\W*done\W*", re.I)
_log = logging.getLogger(__name__)


def feedback(
    completion: str, database: Path | str, *, rows: int = 5, characters: int = 1000, timeout: float | None = None
) -> str:
    """The message that follows a completion (or SQL): its error in one line, or its size and its first rows.

    Up to `rows` rows and `characters` characters are shown, and one sentence says what to answer next. `timeout` is in
    seconds, by default that of `text2sql.execute.Limits`. The SQL runs in a worker process, as when it is scored. Equal
    arguments give equal messages: of a query that asks for chance or for the time no rows are shown. Never raises:
    what can't be run at all is logged.
    """
    return feedback_batch([(completion, database)], rows=rows, characters=characters, timeout=timeout)[0]


def feedback_batch(
    items: Sequence[tuple[str, Path | str]], *, rows: int = 5, characters: int = 1000, timeout: float | None = None
) -> list[str]:
    """`feedback` for many pairs of a completion and its database, by all worker processes."""
    tasks = [(completion, _ANY_GOLD, database) for completion, database in items]
    try:
        scores = score_batch(tasks, timeout=timeout, preview=(rows, characters))
    except Exception:
        _log.exception("could not run %s", ", ".join(f"{completion!r} on {db}" for completion, db in items))
        return [f"Error: the query could not be run.\n\n{CORRECT}"] * len(items)
    return [_message(score, rows, characters) for score in scores]


def _message(score: Score, rows: int, characters: int) -> str:
    if score.status in ("match", "wrong"):
        return f"{_result(score, rows)}\n\n{CONFIRM}"
    error = "the database could not be read" if score.status == "gold_error" else score.error
    return f"Error: {cut(printable(error), characters)}\n\n{CORRECT}"


def _result(score: Score, rows: int) -> str:
    """The size of a result, and what is shown of it."""
    if score.volatile:
        return "The query runs, but its result depends on chance or on the time."
    size = f"{score.rows:,} row{'s' * (score.rows != 1)}"
    if not 0 < rows < score.rows:
        return f"The query returns {size}:\n{score.preview}"
    return f"The query returns {size}, of which the first {rows}:\n{score.preview}"


def is_finished(answers: Sequence[str]) -> bool:
    """Whether the last of a model's answers ends the conversation: it says "done", or repeats the query before it."""
    if _says_done(answers[-1]):
        return True
    return len(answers) > 1 and plain(extract_sql(answers[-1])) == plain(extract_sql(answers[-2]))


def final_answer(answers: Sequence[str]) -> str:
    """The answer that counts: the last one that doesn't only say "done"; "" when there is none."""
    return next((answer for answer in reversed(answers) if not _says_done(answer)), "")


def _says_done(answer: str) -> bool:
    return bool(_DONE.fullmatch(answer))
