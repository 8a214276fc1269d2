"""Judge the predictions of one question beside its gold, in this process: execute, compare, say what happened, once.

`text2sql.score` is what to call; `text2sql.workers` runs this in processes of their own.
"""

from __future__ import annotations

import dataclasses
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from text2sql import suite
from text2sql.compare import BELOW_ONE, Table, equal, f1
from text2sql.execute import Limits, Reads, Result, Session, open_session
from text2sql.preview import preview
from text2sql.prompt import extract_sql
from text2sql.result_key import result_key
from text2sql.rewrite import official_gold, official_prediction, orders_rows, plain

VALID = ("match", "wrong")
"""Statuses of SQL that ran beside a gold that ran."""

GOLDS = 16_384  # golds kept, at most, and
GOLD_BYTES = 24_000_000  # about what their results may take


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
    """Time of the prediction's own execution; the gold's where both are the same statement."""
    reads: Reads = frozenset()
    """(table, column) pairs that the prediction reads."""
    volatile: bool = False
    """The prediction asks for chance or for the time, so that it may be judged otherwise next time."""
    key: str = ""
    """`text2sql.result_key.result_key` of the result, where it was asked for."""
    preview: str = ""
    """`text2sql.preview.preview` of the result, where it was asked for."""
    gold_rows: int = 0
    gold_columns: int = 0
    completion: str = field(default="", repr=False, compare=False)
    """What was scored, whole; this and the next two are for rewards, and known to `text2sql.score` only."""
    gold: str = field(default="", repr=False, compare=False)
    database: str = field(default="", repr=False, compare=False)
    """Path of the SQLite file."""


PARTS = ("extraction", "gold", "prediction", "comparison", "official gold", "official prediction")
"""The pieces of the work that may take long."""

Step = tuple[str, str]
"""One of PARTS and the prediction; the prediction is "" where the gold runs."""


@dataclass(frozen=True)
class Task:
    """Predictions of one question, judged in one go: the gold runs once, and so do equal statements."""

    predictions: tuple[str, ...]
    """Completions or SQL."""
    gold: str
    database: str
    """Absolute path of the SQLite file."""
    limits: Limits
    keep_empty: bool = False
    keys: bool = False
    """Whether each Score gets the key of its result."""
    preview: tuple[int, int] | None = None
    """How many rows and characters of its result each Score shows, if any."""
    stopped: Mapping[Step, Result] = field(default_factory=dict)
    """Steps that ended a process before, and what is said of them; they aren't tried again."""

    def fingerprint(self) -> int:
        """Equal for tasks that share a gold."""
        return hash((self.database, self.gold))


Watch = Callable[[str, str], None]
"""Told of each step, its part and its prediction, before it begins."""


def judge(task: Task, watch: Watch = lambda part, prediction: None) -> Iterator[Score]:
    """The scores of the task's predictions, in order. Never raises for what any SQL does.

    Where the database is the first of several (`text2sql.suite`), a prediction is executed on each of them.
    """
    first, others = _Group(task, watch), None
    for prediction in task.predictions:
        score = first.score(prediction)
        if score.status in VALID:
            others = _beside(first) if others is None else others
            score = _on_all(score, others, prediction) if others else score
        yield score


def _beside(first: _Group) -> list[_Group]:
    """The same question on the other databases, where there are several."""
    databases = suite.paths(first.task.database, first.session.databases)[1:]
    return [_Group(dataclasses.replace(first.task, database=str(path)), first.watch) for path in databases]


def _on_all(score: Score, others: list[_Group], prediction: str) -> Score:
    """One score for several databases: right if right on each; where it doesn't run or the gold doesn't, only that.

    F1 is the mean. Two empty results say little, so they match where another database has rows for the gold.
    """
    scores = [score]
    for group in others:
        scores.append(group.score(prediction))
        if scores[-1].status not in VALID:
            return scores[-1]
    strict = all(it.strict for it in scores)
    matches = strict and (any(it.rows for it in scores) or all(it.status == "match" for it in scores))
    keys = [it.key for it in scores]
    return dataclasses.replace(
        score,
        status="match" if matches else "wrong",
        f1=1.0 if matches else min(sum(it.f1 for it in scores) / len(scores), BELOW_ONE),
        strict=strict,
        official=all(it.official for it in scores),
        milliseconds=sum(it.milliseconds for it in scores),
        volatile=any(it.volatile for it in scores),
        key=keys[0] if len(set(keys)) == 1 else " ".join(keys),
    )


class _Verdict(NamedTuple):
    status: str
    f1: float = 0.0
    strict: bool = False


class _Group:
    """What the predictions of one question share: the session, the gold, and what is known already."""

    def __init__(self, task: Task, watch: Watch) -> None:
        self.task, self.watch = task, watch
        self.by_sql: dict[str, Score] = {}
        self.official_by_sql: dict[str, bool] = {}

    def score(self, prediction: str) -> Score:
        """The score of one prediction, executed unless an earlier one was the same statement."""
        if self._stopped("extraction", prediction):
            return Score("invalid", sql=prediction, error="it takes too long to find the SQL in the completion")
        sql = extract_sql(prediction)
        if not sql:
            return Score("empty", error="there is no SQL in the completion")
        key = plain(sql)
        found = self.by_sql.get(key)
        if found is None:
            found = self.by_sql[key] = self._judged(prediction, sql, key)
        return found if found.sql == sql else dataclasses.replace(found, sql=sql)

    def _judged(self, prediction: str, sql: str, key: str) -> Score:
        gold = self.gold()
        if gold.result.status != "ok":
            return Score("gold_error", sql=sql, error=f"the gold is {gold.result.status}: {gold.result.error}")
        result = gold.result if key == gold.key else self._run("prediction", prediction, sql)
        verdict = self._compared(gold, result, prediction) if result.status == "ok" else _Verdict(result.status)
        return Score(
            *verdict,
            official=self._official(gold, sql, result, verdict, prediction),
            sql=sql,
            error=result.error,
            rows=len(result.rows),
            columns=len(result.columns),
            milliseconds=result.milliseconds,
            reads=result.reads,
            volatile=result.volatile,
            key=result_key(result.rows) if self.task.keys and result.status == "ok" else "",
            preview=self._preview(result),
            gold_rows=len(gold.result.rows),
            gold_columns=len(gold.result.columns),
        )

    def _preview(self, result: Result) -> str:
        if self.task.preview is None or result.status != "ok":
            return ""
        rows, characters = self.task.preview
        return preview(result.columns, result.rows, most_rows=rows, characters=characters)

    def _compared(self, gold: Gold, result: Result, prediction: str) -> _Verdict:
        """Status, F1 and strict verdict of a prediction that ran, beside a gold that ran."""
        if self._stopped("comparison", prediction):
            return _Verdict("wrong")
        table = gold.table if result is gold.result else Table(result.rows)
        same = matches = table is gold.table or equal(gold.table, table, ordered=gold.ordered)
        if same and not gold.result.rows:
            as_wide = len(result.columns) == len(gold.result.columns)
            matches = self.task.keep_empty and as_wide and result.reads == gold.result.reads
        if matches:
            return _Verdict("match", f1=1.0, strict=True)
        return _Verdict("wrong", f1=min(f1(gold.table, table), BELOW_ONE), strict=same)

    def _official(self, gold: Gold, sql: str, result: Result, verdict: _Verdict, prediction: str) -> bool:
        """The official default's verdict; executes again only where its rewriting changes one of the two."""
        rewritten = official_prediction(sql)
        if (rewritten, gold.official_sql) == (sql, gold.sql) or result.status == "timeout":
            return verdict.strict
        key = plain(rewritten)
        if key not in self.official_by_sql:
            again = result if rewritten == sql else None
            self.official_by_sql[key] = self._official_verdict(gold, rewritten, key, again, prediction)
        return self.official_by_sql[key]

    def _official_verdict(self, gold: Gold, sql: str, key: str, result: Result | None, prediction: str) -> bool:
        if not self._official_gold(gold):
            return False
        if key == plain(gold.official_sql):
            return True
        result = result or self._run("official prediction", prediction, sql)
        return result.status == "ok" and equal(gold.official_table, Table(result.rows), ordered=gold.official_ordered)

    def gold(self) -> Gold:
        """The gold with its result; only one that ran is kept, for what stopped another (a lock) may pass."""
        key = self._key(self.task.gold)
        kept = _golds.get(key)
        if kept is None:
            kept = Gold(self.task.gold, self._run("gold", "", self.task.gold))
            if kept.result.status == "ok":
                _golds.put(key, kept)
        return kept

    def _official_gold(self, gold: Gold) -> bool:
        """Whether the rewritten gold runs; its result is kept with the gold."""
        if gold.official_result is None:
            unchanged = gold.official_sql == gold.sql
            found = gold.result if unchanged else self._run("official gold", "", gold.official_sql)
            if found.status != "ok":
                return False
            gold.official_result = found
            _golds.put(self._key(gold.sql), gold)  # larger now
        return True

    def _key(self, sql: str) -> tuple:
        return (None if isinstance(self.session, Result) else self.session.version), sql

    @cached_property
    def session(self) -> Session | Result:
        """The open database, or why it can't be opened."""
        return open_session(self.task.database)

    def _run(self, part: str, prediction: str, sql: str) -> Result:
        if isinstance(self.session, Result):
            return self.session
        return self._stopped(part, prediction) or self.session.query(sql, self.task.limits)

    def _stopped(self, part: str, prediction: str) -> Result | None:
        """What is known of a step that ended a process before; else it begins, and that is told."""
        known = self.task.stopped.get((part, prediction)) if self.task.stopped else None
        if known is None:
            self.watch(part, prediction)
        return known


class Gold:
    """A gold's result, ready to be compared with again and again."""

    def __init__(self, sql: str, result: Result) -> None:
        self.sql, self.result = sql, result
        self.key = plain(sql)
        self.table = Table(result.rows)
        self.ordered = orders_rows(sql)
        self.official_result: Result | None = None

    @cached_property
    def official_sql(self) -> str:
        return official_gold(self.sql)

    @cached_property
    def official_table(self) -> Table:
        return self.table if self.official_result is self.result else Table(self.official_result.rows)

    @cached_property
    def official_ordered(self) -> bool:
        return orders_rows(self.official_sql)

    def size(self) -> int:
        """About the bytes that it takes."""
        again = self.official_result if self.official_result is not self.result else None
        return 4_000 + sum(
            _BYTES_A_CELL * len(it.rows) * len(it.columns) + it.bytes for it in (self.result, again) if it
        )


_BYTES_A_CELL = 100  # measured: an object, its places in a row, a bag and a column


class _Golds:
    """Golds that ran, bounded in number and in bytes, the least recently used dropped first."""

    def __init__(self, golds: int, size: int) -> None:
        self.most, self.most_bytes, self.bytes = golds, size, 0
        self.by_key: OrderedDict[tuple, tuple[int, Gold]] = OrderedDict()

    def get(self, key: tuple) -> Gold | None:
        """The gold kept under `key`, if any."""
        if key not in self.by_key:
            return None
        self.by_key.move_to_end(key)
        return self.by_key[key][1]

    def put(self, key: tuple, gold: Gold) -> None:
        """Keep a gold, and drop the oldest ones that no longer fit beside it."""
        self.bytes -= self.by_key.pop(key, (0, None))[0]
        self.by_key[key] = gold.size(), gold
        self.bytes += gold.size()
        while len(self.by_key) > self.most or self.bytes > self.most_bytes:
            self.bytes -= self.by_key.popitem(last=False)[1][0]


_golds = _Golds(GOLDS, GOLD_BYTES)
