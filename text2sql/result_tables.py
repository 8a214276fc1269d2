"""What the statements of an evaluation return, executed again: the first rows, for the report and for the screen."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from text2sql import execute
from text2sql.errors import UserError
from text2sql.layouts import Dataset, recognise
from text2sql.screen import cut

ROWS = 10  # shown of a result
COLUMNS = 12
CELL = 80  # characters
TOTAL_SECONDS = 120.0  # for all statements together

Table = dict[str, Any]
"""A result as people see it: columns, width (of all columns), numeric (a bool a column), rows of texts and None, count
(of all rows); or error."""


@dataclass
class Replay:
    """Executes statements on the databases of a data set, for TOTAL_SECONDS in all.

    Only for statements that ran in the evaluation: what was stopped there stays stopped.
    """

    data: Dataset | None
    """None where it wasn't found."""
    seconds: float = execute.DEFAULT_LIMITS.seconds

    def __post_init__(self) -> None:
        self._deadline = time.monotonic() + TOTAL_SECONDS

    def table(self, db_id: str, sql: str) -> Table:
        """The result of a statement, or the error that says why there is none."""
        if reason := self._unavailable(db_id):
            return {"error": reason}
        limits = execute.Limits(seconds=min(self.seconds, self._deadline - time.monotonic()))
        result = execute.run(self._database(db_id) or "", sql, limits)
        return shown(result) if result.status == "ok" else {"error": f"it does not run now: {result.error}"}

    def _unavailable(self, db_id: str) -> str:
        """Why nothing is run on a database, if so."""
        if not self._database(db_id):
            return f"the database {db_id} is no longer where the evaluation read it"
        if time.monotonic() >= self._deadline:
            return f"not run: {TOTAL_SECONDS:g} s were spent on running the queries before it"
        return ""

    def _database(self, db_id: str) -> Path | None:
        """Its file, or None where it is gone or can't be built any more."""
        with contextlib.suppress(UserError):
            _, path = self.data.find(db_id) if self.data else (db_id, None)
            return path if path and path.is_file() else None
        return None


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


def dataset(run: Path, root: str, given: Path | None = None) -> Dataset | None:
    """The data set in `given`, else in `root` as the evaluation knew it, from here or from a folder that the run lies
    in. None where there is none."""
    candidates: Sequence[Path] = [Path(given)] if given else [Path(root), *(at / root for at in run.resolve().parents)]
    for folder in candidates:
        with contextlib.suppress(UserError):
            return recognise(folder)
    return None
