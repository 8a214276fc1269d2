"""What gold and predictions return, executed again when the report is made, and how two results differ."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from text2sql.html_report.answers import RAN, Answer, Question
from text2sql.layouts import Dataset
from text2sql.result_tables import Replay, Table

TOTAL_CHARACTERS = 6_000_000  # of all results; later ones show their size only
ORDERED_WRONGLY = 0.999  # the F1 of the right rows in the wrong order


@dataclass(frozen=True)
class _Ran:
    """Where a result is in `Results.tables`, and its size; None where there is no result."""

    place: int
    count: int | None = None
    width: int | None = None


@dataclass
class Results:
    """Results of statements on the databases of a data set; each statement is run once, each result kept once."""

    data: Dataset | None
    """None where it wasn't found."""
    seconds: float = Replay.seconds
    tables: list[Table] = field(default_factory=list)
    changed: int = 0
    """Answers whose number of rows is no longer the one of the evaluation."""

    def __post_init__(self) -> None:
        self._ran: dict[tuple[str, str], _Ran] = {}
        self._places: dict[str, int] = {}
        self._replay = Replay(self.data, self.seconds)
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
            table = self._replay.table(db_id, sql)
            self._ran[db_id, sql] = _Ran(self._keep(table), table.get("count"), table.get("width"))
        return self._ran[db_id, sql]

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
