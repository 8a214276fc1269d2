"""What gold and predictions return, executed again when the report is made: the first rows, and how two results differ.

Only statements that ran in the evaluation are run: what was stopped there stays stopped.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from text2sql import execute
from text2sql.html_report.answers import RAN, Answer, Question
from text2sql.preview import cut

ROWS = 10  # shown of a result
COLUMNS = 12
CELL = 80  # characters
TOTAL_SECONDS = 120.0  # for all statements of a report together
TOTAL_CHARACTERS = 6_000_000  # of all results; later ones show their size only
ORDERED_WRONGLY = 0.999  # the F1 of the right rows in the wrong order

Table = dict[str, Any]
"""A result as the page shows it: columns, numeric (a bool a column), rows of texts and None, count; or error."""


@dataclass(frozen=True)
class _Ran:
    """Where a result is in `Results.tables`, and its size; None where there is no result."""

    place: int
    count: int | None = None
    width: int | None = None


@dataclass
class Results:
    """Results of statements on the databases of one folder; each statement is run once, each result kept once."""

    folder: Path | None
    """The folder with <db_id>/<db_id>.sqlite, or None where it wasn't found."""
    seconds: float = execute.DEFAULT_LIMITS.seconds
    tables: list[Table] = field(default_factory=list)
    changed: int = 0
    """Answers whose number of rows is no longer the one of the evaluation."""

    def __post_init__(self) -> None:
        self._ran: dict[tuple[str, str], _Ran] = {}
        self._places: dict[str, int] = {}
        self._deadline = time.monotonic() + TOTAL_SECONDS
        self._left = TOTAL_CHARACTERS

    def of_gold(self, question: Question) -> int | None:
        """The place of the gold's result; None where the evaluation found that the gold fails."""
        if any(answer.status == "gold_error" for answer in question.answers.values()):
            return None
        return self._run(question.db_id, question.gold).place

    def of(self, question: Question, answer: Answer) -> int | None:
        """The place of the result of an answer; None where it didn't run in the evaluation."""
        if answer.status not in RAN:
            return None
        ran = self._run(question.db_id, answer.sql)
        if ran.count is not None and answer.rows is not None and not answer.volatile:
            self.changed += ran.count != answer.rows
        return ran.place

    def difference(self, question: Question, answer: Answer) -> str:
        """How the result of a wrong answer differs from the gold's, in words; "" where that can't be said."""
        if answer.right or answer.status not in RAN:
            return ""
        gold, other = self._run(question.db_id, question.gold), self._run(question.db_id, answer.sql)
        if gold.count is None or other.count is None:
            return ""
        return _difference(gold, other, answer.f1)

    def _run(self, db_id: str, sql: str) -> _Ran:
        if (db_id, sql) not in self._ran:
            self._ran[db_id, sql] = self._executed(db_id, sql)
        return self._ran[db_id, sql]

    def _executed(self, db_id: str, sql: str) -> _Ran:
        if reason := self._unavailable(db_id):
            return _Ran(self._keep({"error": reason}))
        limits = execute.Limits(seconds=min(self.seconds, self._deadline - time.monotonic()))
        result = execute.run(self._database(db_id), sql, limits)
        if result.status != "ok":
            return _Ran(self._keep({"error": f"it does not run now: {result.error}"}))
        return _Ran(self._keep(shown(result)), len(result.rows), len(result.columns))

    def _unavailable(self, db_id: str) -> str:
        """Why nothing is run on a database, if so."""
        if self.folder is None or not self._database(db_id).is_file():
            return f"the database {db_id}.sqlite is no longer where the evaluation read it"
        if time.monotonic() >= self._deadline:
            return f"not run: {TOTAL_SECONDS:g} s were spent on running the queries before it"
        return ""

    def _database(self, db_id: str) -> Path:
        return Path(self.folder or "") / db_id / f"{db_id}.sqlite"

    def _keep(self, table: Table) -> int:
        """The table's place; equal ones share it, and what no longer fits into the page loses its rows."""
        text = json.dumps(table)
        if text in self._places:
            return self._places[text]
        self._left -= len(text)
        if self._left < 0 and table.get("rows"):
            table = table | {"rows": [], "cut": True}
        self.tables.append(table)
        self._places[text] = len(self.tables) - 1
        return len(self.tables) - 1


def _difference(gold: _Ran, other: _Ran, f1: float) -> str:
    if other.width != gold.width:
        return "more columns" if (other.width or 0) > (gold.width or 0) else "fewer columns"
    if f1 >= ORDERED_WRONGLY:
        return "right rows, wrong order"
    if other.count != gold.count:
        return "no rows" if not other.count else "more rows" if other.count > (gold.count or 0) else "fewer rows"
    return "as many rows, other values"


def shown(result: execute.Result) -> Table:
    """The first ROWS rows and COLUMNS columns of a result, each cell as a text of at most CELL characters."""
    rows = [row[:COLUMNS] for row in result.rows[:ROWS]]
    return {
        "columns": [cut(name, CELL) for name in result.columns[:COLUMNS]],
        "width": len(result.columns),
        "numeric": [all(isinstance(cell, int | float | None) for cell in column) for column in zip(*rows, strict=True)],
        "rows": [[_cell(cell) for cell in row] for row in rows],
        "count": len(result.rows),
    }


def _cell(value: object) -> str | None:
    """A cell as people read it; None is SQL's NULL."""
    if value is None:
        return None
    if isinstance(value, bytes):
        return cut(f"x'{value[:CELL].hex()}'", CELL) + f" ({len(value):,} bytes)"
    return cut(value, CELL) if isinstance(value, str) else repr(value)


def databases(run: Path, root: str, given: Path | None = None) -> Path | None:
    """The folder of the databases: of `given`, else of `root` as the evaluation knew it, from here or from a folder
    that the run lies in. None where there is none."""
    candidates: Sequence[Path] = [Path(given)] if given else [Path(root), *(at / root for at in run.resolve().parents)]
    return next((folder / "database" for folder in candidates if (folder / "database").is_dir()), None)
