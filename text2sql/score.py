"""Score one prediction against its gold on its database: execute both, compare, and say what happened, once.

Every reward and every metric is a function of the Score, so training and evaluation can't disagree.

    python -m text2sql.score --db world.sqlite --gold "SELECT ..." --pred "SELECT ..."
"""

from __future__ import annotations

import argparse
import dataclasses
import threading
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from text2sql.compare import BELOW_ONE, equal, f1
from text2sql.execute import Limits, Reads, Result, identity, run
from text2sql.prompt import extract_sql
from text2sql.rewrite import official_gold, official_prediction, orders_rows

GOLD_RESULTS = 16_384  # gold results kept, at most, and
GOLD_CELLS = 2_000_000  # the cells of all of them


@dataclass(frozen=True)
class Score:
    """What happened to one prediction."""

    status: str
    """`match`; `wrong` (ran, another result); `invalid` (refused, failed, or over a cap); `timeout`; `empty` (no SQL in
    the completion); `gold_error` (the gold itself did not run, so nothing can be said)."""
    f1: float = 0.0
    """1 for a match, else below 1: see `text2sql.compare.f1`."""
    strict: bool = False
    """The result equals the gold's as the official evaluator sees it with --keep_distinct. A match but for one case:
    two results without rows are equal here, and a match only where `score(..., keep_empty=True)` says."""
    official: bool = False
    """The same after the official default's rewriting, which takes DISTINCT out of both."""
    sql: str = ""
    """The prediction as executed."""
    error: str = ""
    """Why it is invalid, timed out, or has a bad gold; else ""."""
    rows: int = 0
    columns: int = 0
    milliseconds: float = 0.0
    """Time of the prediction's own execution."""
    reads: Reads = frozenset()
    """(table, column) pairs that the prediction reads."""


def score(
    prediction: str,
    gold: str,
    database: Path | str,
    *,
    timeout: float | None = None,
    keep_empty: bool = False,
) -> Score:
    """Score `prediction`, a raw completion or SQL, against the SQL `gold` on the SQLite file `database`.

    `timeout` is in seconds for each of the two (default: that of `Limits`). A gold that fails is never matched. A gold
    without rows isn't either, for any condition that nothing meets would do; with `keep_empty` a prediction without
    rows matches it if it has as many columns and reads the same tables and columns. Never raises for what either SQL
    does.
    """
    sql = extract_sql(prediction)
    if not sql:
        return Score("empty", error="there is no SQL in the completion")
    limits = Limits() if timeout is None else Limits(seconds=timeout)
    expected = _gold_result(database, gold, limits)
    if expected.status != "ok":
        return Score("gold_error", sql=sql, error=f"the gold is {expected.status}: {expected.error}")
    result = run(database, sql, limits)
    found = _judge(result, expected, gold, keep_empty) if result.status == "ok" else Score(result.status)
    return dataclasses.replace(
        found,
        official=_official(sql, gold, database, limits, found),
        sql=sql,
        error=result.error,
        rows=len(result.rows),
        columns=len(result.columns),
        milliseconds=result.milliseconds,
        reads=result.reads,
    )


def score_batch(
    items: Iterable[tuple[str, str, Path | str]], *, timeout: float | None = None, keep_empty: bool = False
) -> list[Score]:
    """Scores of (prediction, gold, database), in order; what is equal in all three is executed once."""
    known: dict[tuple, Score] = {}
    scores = []
    for prediction, gold, database in items:
        key = extract_sql(prediction), gold, str(database)
        if key not in known:
            known[key] = score(prediction, gold, database, timeout=timeout, keep_empty=keep_empty)
        scores.append(known[key])
    return scores


def _judge(result: Result, expected: Result, gold: str, keep_empty: bool) -> Score:
    """Status, F1 and strict verdict of a prediction that ran, beside a gold that ran."""
    same = equal(expected.rows, result.rows, ordered=orders_rows(gold))
    if same and not expected.rows:
        matches = keep_empty and result.reads == expected.reads and len(result.columns) == len(expected.columns)
    else:
        matches = same
    if matches:
        return Score("match", f1=1.0, strict=True)
    return Score("wrong", f1=min(f1(expected.rows, result.rows), BELOW_ONE), strict=same)


def _official(sql: str, gold: str, database: Path | str, limits: Limits, found: Score) -> bool:
    """The official default's verdict; executes again only where its rewriting changes one of the two."""
    rewritten_sql, rewritten_gold = official_prediction(sql), official_gold(gold)
    if (rewritten_sql, rewritten_gold) == (sql, gold) or found.status == "timeout":
        return found.strict
    expected = _gold_result(database, rewritten_gold, limits)
    result = run(database, rewritten_sql, limits)
    if expected.status != "ok" or result.status != "ok":
        return False
    return equal(expected.rows, result.rows, ordered=orders_rows(rewritten_gold))


class _Results:
    """Results of golds that ran, bounded in number and in cells, the least recently used dropped first."""

    def __init__(self, results: int, cells: int) -> None:
        self.most_results, self.most_cells, self.cells = results, cells, 0
        self.by_key: OrderedDict[tuple, Result] = OrderedDict()
        self.lock = threading.Lock()

    def get(self, key: tuple) -> Result | None:
        """The result kept under `key`, if any."""
        with self.lock:
            if key in self.by_key:
                self.by_key.move_to_end(key)
            return self.by_key.get(key)

    def put(self, key: tuple, result: Result) -> None:
        """Keep a result, and drop the oldest ones that no longer fit beside it."""
        with self.lock:
            self.cells += _cells(result) - _cells(self.by_key.pop(key, None))
            self.by_key[key] = result
            while len(self.by_key) > self.most_results or self.cells > self.most_cells:
                self.cells -= _cells(self.by_key.popitem(last=False)[1])


def _cells(result: Result | None) -> int:
    return len(result.rows) * len(result.columns) if result else 0


_golds = _Results(GOLD_RESULTS, GOLD_CELLS)


def _gold_result(database: Path | str, gold: str, limits: Limits) -> Result:
    """The gold's result; only one that ran is kept, since what stopped another (a lock, a busy machine) may pass."""
    try:
        key = (identity(database), gold)
    except (OSError, ValueError):
        return run(database, gold, limits)
    kept = _golds.get(key)
    if kept is None:
        kept = run(database, gold, limits)
        if kept.status == "ok":
            _golds.put(key, kept)
    return kept


def _main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m text2sql.score", description="Score one prediction against its gold."
    )
    parser.add_argument("--db", required=True, type=Path, metavar="PATH", help="SQLite database file, only read")
    parser.add_argument("--gold", required=True, metavar="SQL", help="the right answer")
    parser.add_argument(
        "--pred", required=True, metavar="SQL", help="the prediction: SQL, or a model's whole completion"
    )
    parser.add_argument("--timeout", type=float, metavar="SECONDS", help="for each statement (default: 5)")
    parser.add_argument("--keep-empty", action="store_true", help="let a gold without rows be matched")
    options = parser.parse_args()
    if not options.db.is_file():
        parser.error(f"--db {options.db}: there is no such file; give the path of a SQLite database")
    result = score(options.pred, options.gold, options.db, timeout=options.timeout, keep_empty=options.keep_empty)
    print(_for_people(result))


def _for_people(result: Score) -> str:
    """One line a field, with the values that a person reads."""
    shown = dataclasses.asdict(result) | {
        "f1": f"{result.f1:.3f}",
        "milliseconds": f"{result.milliseconds:.2f}",
        "reads": ", ".join(f"{table}.{column or '*'}" for table, column in sorted(result.reads)),
    }
    return "\n".join(f"{name:<13}{value}".rstrip() for name, value in shown.items())


if __name__ == "__main__":
    _main()
