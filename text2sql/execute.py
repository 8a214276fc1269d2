"""Run one model-written SQL statement on a SQLite database: read-only, within limits, and whatever it does.

Four guards, cheapest first: the file is opened with ``mode=ro`` (https://sqlite.org/uri.html), an authorizer lets only
reading through (https://sqlite.org/c3ref/set_authorizer.html), SQLite's own limits bound the statement and each cell
(https://sqlite.org/limits.html), and a progress handler stops what takes too long
(https://sqlite.org/c3ref/progress_handler.html). The handler counts virtual machine steps, so that a verdict does not
depend on the speed of the machine; wall time is the second line.
"""

from __future__ import annotations

import contextlib
import os
import re
import sqlite3
import threading
import time
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

Reads = frozenset[tuple[str, str]]

OPEN_DATABASES = 64  # connections kept per thread; each costs a file descriptor and up to 2 MB of page cache
STEPS_PER_SECOND = 25_000_000  # what a second of the limit allows at most; slow machines do 40 million a second
STEPS_PER_TICK = 4_000  # measured: a progress handler costs 2% at 4,000 steps, 24% at 50
ROWS_PER_CHUNK = 100
BUSY_SECONDS = 1.0  # how long to wait for another process that writes to the database

ENGINE_LIMITS = {
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
    sqlite3.SQLITE_LIMIT_COLUMN: 2_000,
    sqlite3.SQLITE_LIMIT_COMPOUND_SELECT: 100,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 500,
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 256,
    sqlite3.SQLITE_LIMIT_VDBE_OP: 250_000,
    sqlite3.SQLITE_LIMIT_WORKER_THREADS: 0,
}

# Core, date and time, aggregate and window, mathematical, JSON and full-text search functions, all of which only
# compute: https://sqlite.org/lang_corefunc.html, lang_datefunc, lang_aggfunc, windowfunctions, lang_mathfunc, json1,
# fts5, fts3.
_FUNCTION_NAMES = """
    abs changes char coalesce concat concat_ws format glob hex if ifnull iif instr last_insert_rowid length like
    likelihood likely lower ltrim max min nullif octet_length printf quote random randomblob replace round rtrim
    sign soundex sqlite_source_id sqlite_version substr substring subtype total_changes trim typeof unhex unicode
    unistr unistr_quote unlikely upper zeroblob
    current_date current_time current_timestamp date datetime julianday strftime time timediff unixepoch
    avg count group_concat median percentile percentile_cont percentile_disc string_agg sum total cume_dist
    dense_rank first_value lag last_value lead nth_value ntile percent_rank rank row_number
    acos acosh asin asinh atan atan2 atanh ceil ceiling cos cosh degrees exp floor ln log log10 log2 mod pi pow
    power radians sin sinh sqrt tan tanh trunc
    -> ->> json json_array json_array_insert json_array_length json_error_position json_extract json_group_array
    json_group_object json_insert json_object json_patch json_pretty json_quote json_remove json_replace json_set
    json_type json_valid jsonb jsonb_array jsonb_extract jsonb_group_array jsonb_group_object jsonb_insert
    jsonb_object jsonb_patch jsonb_remove jsonb_replace jsonb_set
    bm25 highlight match matchinfo offsets snippet
"""
FUNCTIONS = frozenset(_FUNCTION_NAMES.split())
PRAGMAS = frozenset({"data_version"})  # full-text search asks for it by itself; it only tells whether the file changed

# What a statement that begins as a query may still try to do.
WRITES = {sqlite3.SQLITE_DELETE: "DELETE", sqlite3.SQLITE_INSERT: "INSERT", sqlite3.SQLITE_UPDATE: "UPDATE"}

_CALLBACK_FAILED = (sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_AUTH)
_BLANK_OR_COMMENT = re.compile(r"(?:\s+|--[^\n]*|/\*.*?(?:\*/|\Z))*", re.DOTALL)
_VIRTUAL_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE 'CREATE VIRTUAL TABLE%'"


@dataclass(frozen=True)
class Limits:
    """What one statement may cost; the largest gold result of Spider has 20,662 rows."""

    seconds: float = 5.0
    """Wall time, over the preparation, the run and the fetching."""
    steps: int | None = None
    """Virtual machine steps, counted by the `STEPS_PER_TICK`; None is `STEPS_PER_SECOND` for each of `seconds`, so 125
    million. The heaviest gold of Spider takes 16 million, the heaviest published prediction that ends 18 million."""
    rows: int = 100_000
    """Rows of a result."""
    cells: int = 1_000_000
    """Rows times columns of a result."""
    result_bytes: int = 64_000_000
    """Characters and bytes of all cells of a result."""
    cell_bytes: int = 1_000_000
    """Bytes of one text or blob, and of one row in the file (SQLITE_LIMIT_LENGTH)."""
    sql_bytes: int = 100_000
    """Bytes of the statement itself."""

    def step_budget(self) -> int:
        """The steps that a statement may take."""
        return int(min(self.seconds, 1e6) * STEPS_PER_SECOND) if self.steps is None else self.steps


DEFAULT_LIMITS = Limits()


@dataclass(frozen=True)
class Result:
    """What running one statement gave.

    Cells are None, int, float, str or bytes. Bytes that are not UTF-8 become lone surrogates (PEP 383), so different
    bytes stay different; encode with `errors="surrogateescape"` before writing them to a file.
    """

    status: str
    """`ok`, `invalid` (refused, failed, or over a cap; `error` says which) or `timeout` (over the time or the
    steps)."""
    rows: list[tuple] = field(default_factory=list)
    columns: tuple[str, ...] = ()
    error: str = ""
    milliseconds: float = 0.0
    reads: Reads = frozenset()
    """(table, column) pairs that the statement reads, in lower case; the column is "" where only rows are counted."""


class _RefusedError(ValueError):
    """The statement is not a query, or its result is over a cap."""


# sqlite3.Warning (several statements, before Python 3.12) is no sqlite3.Error; ValueError covers NUL and lone
# surrogates.
_FAULTS = (sqlite3.Error, sqlite3.Warning, ValueError, OverflowError, MemoryError)


def run(database: Path | str, sql: str, limits: Limits = DEFAULT_LIMITS) -> Result:
    """Run `sql`, one statement that returns rows, on the SQLite file `database`; `Result.status` says how it went.

    Only KeyboardInterrupt and its like are raised. The connection is kept for the next call of the same thread.
    """
    started = time.perf_counter()
    try:
        result = _session(database).query(sql, limits)
    except (OSError, *_FAULTS) as error:
        result = Result("invalid", error=f"cannot open the database {database}: {_reason(error)}")
    return replace(result, milliseconds=1000 * (time.perf_counter() - started))


def identity(database: Path | str) -> tuple:
    """Path, device, inode, time of change and size: equal for two calls only if the file is the same. Raises
    OSError."""
    status = os.stat(database)
    return os.fspath(database), status.st_dev, status.st_ino, status.st_mtime_ns, status.st_size


def _reason(error: BaseException) -> str:
    if isinstance(error, MemoryError):
        return "out of memory"
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


class _Sessions(threading.local):
    """The calling thread's open databases, path -> (identity, session), the least recently used one first."""

    def __init__(self) -> None:
        self.by_path: OrderedDict[str, tuple[tuple, _Session]] = OrderedDict()


_sessions = _Sessions()


def _session(database: Path | str) -> _Session:
    """The kept session of this thread, or a new one where the file changed or the process forked."""
    kept, path = _sessions.by_path, os.fspath(database)
    version = (os.getpid(), *identity(database))
    if path in kept and kept[path][0] == version:
        kept.move_to_end(path)
        return kept[path][1]
    kept.pop(path, None)
    kept[path] = (version, _Session(database))
    if len(kept) > OPEN_DATABASES:
        kept.popitem(last=False)
    return kept[path][1]


class _Session:
    """One read-only connection and its guard. Statements are not cached: only preparing one tells what it reads."""

    def __init__(self, database: Path | str) -> None:
        self.guard = _Guard()
        self.connection = sqlite3.connect(
            f"{Path(database).absolute().as_uri()}?mode=ro",
            uri=True,
            timeout=BUSY_SECONDS,
            isolation_level=None,
            cached_statements=0,
            check_same_thread=False,  # used by one thread, but closed by whichever collects it
        )
        for category, value in ENGINE_LIMITS.items():
            self.connection.setlimit(category, value)
        self.connection.text_factory = lambda text: text.decode("utf-8", "surrogateescape")
        self._connect_virtual_tables()
        self.connection.execute("PRAGMA query_only = ON")
        self.connection.set_authorizer(self.guard.authorize)
        self.connection.set_progress_handler(self.guard.tick, STEPS_PER_TICK)

    def __del__(self) -> None:
        if hasattr(self, "connection"):
            self.connection.close()

    def _connect_virtual_tables(self) -> None:
        """Declare json_each and the file's own virtual tables, which the authorizer would take for writing."""
        own = [row[0].replace('"', '""') for row in self.connection.execute(_VIRTUAL_TABLES)]
        for name in ["json_each", "json_tree", *own]:
            with contextlib.suppress(sqlite3.Error):
                self.connection.execute(f'SELECT 1 FROM "{name}" LIMIT 0')

    def query(self, sql: str, limits: Limits) -> Result:
        """Run one statement; what it does is in the Result, and only KeyboardInterrupt is raised."""
        self.connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, limits.cell_bytes)
        self.connection.setlimit(sqlite3.SQLITE_LIMIT_SQL_LENGTH, limits.sql_bytes)
        self.guard.start(limits)
        try:
            with contextlib.closing(self.connection.cursor()) as cursor:
                cursor.execute(sql)
                if cursor.description is None:
                    raise _RefusedError(_not_a_query(sql))
                columns = tuple(column[0] for column in cursor.description)
                return Result("ok", _fetch(cursor, limits), columns, reads=frozenset(self.guard.reads))
        except _FAULTS as error:
            return self.guard.failure(error, sql)


class _Guard:
    """What SQLite asks while a statement runs, and what was answered.

    SQLite swallows what its callbacks raise, and a signal handler (Ctrl-C) runs inside them as likely as anywhere, even
    before their first line. So a stop or a refusal that the guard knows nothing of is taken for a KeyboardInterrupt.
    """

    def start(self, limits: Limits) -> None:
        """Forget the last statement and start the clock."""
        self.reads: set[tuple[str, str]] = set()
        self.refused, self.expired = "", ""
        self.limits = limits
        self.ticks_left = limits.step_budget() // STEPS_PER_TICK
        self.deadline = time.monotonic() + limits.seconds

    def authorize(self, action: int, first: str | None, second: str | None, *_: str | None) -> int:
        """Answer for one thing that the statement being prepared would do."""
        if action == sqlite3.SQLITE_READ:
            self.reads.add(((first or "").lower(), (second or "").lower()))
        elif not _is_reading(action, first, second):
            self.refused = self.refused or _refusal(action, first, second)
            return sqlite3.SQLITE_DENY
        return sqlite3.SQLITE_OK

    def tick(self) -> bool:
        """Called every STEPS_PER_TICK steps; True stops the statement."""
        self.ticks_left -= 1
        if self.ticks_left < 0:
            self.expired = f"stopped after {self.limits.step_budget():,} steps"
        elif time.monotonic() > self.deadline:
            self.expired = f"stopped after {self.limits.seconds:g} s"
        return bool(self.expired)

    def failure(self, error: BaseException, sql: str) -> Result:
        """The Result of a statement that raised `error`."""
        if self.expired:
            return Result("timeout", error=self.expired)
        if self.refused and _leading_word(sql) not in ("SELECT", "WITH", "VALUES", "EXPLAIN"):
            return Result("invalid", error=_not_a_query(sql))
        if not self.refused and getattr(error, "sqlite_errorcode", None) in _CALLBACK_FAILED:
            raise KeyboardInterrupt
        return Result("invalid", error=self.refused or _reason(error))


def _fetch(cursor: sqlite3.Cursor, limits: Limits) -> list[tuple]:
    """All rows, read in chunks so that a flood ends at the cap and not at the end of the memory."""
    rows: list[tuple] = []
    width = len(cursor.description)
    most, size = min(limits.rows, limits.cells // width), 0
    while chunk := cursor.fetchmany(ROWS_PER_CHUNK):
        rows += chunk
        size += _size(chunk)
        if len(rows) > most:
            raise _RefusedError(f"the result has more than {most:,} rows of {width} columns")
        if size > limits.result_bytes:
            raise _RefusedError(f"the result is larger than {limits.result_bytes:,} bytes")
    return rows


def _size(rows: Iterable[tuple]) -> int:
    return sum(len(cell) for row in rows for cell in row if isinstance(cell, str | bytes))


def _leading_word(sql: str) -> str:
    """The first word of a statement, in capitals, after blanks and comments: SELECT, DROP, or ""."""
    word = re.match(r"\w*", sql[_BLANK_OR_COMMENT.match(sql).end() :])
    return word.group().upper()


def _not_a_query(sql: str) -> str:
    word = _leading_word(sql)
    return f"{word} is not a query: only one SELECT is run, read-only" if word else "there is no statement"


def _is_reading(action: int, first: str | None, second: str | None) -> bool:
    if action == sqlite3.SQLITE_FUNCTION:
        return (second or "").lower() in FUNCTIONS
    if action == sqlite3.SQLITE_PRAGMA:
        return (first or "").lower() in PRAGMAS and second is None
    return action in (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_RECURSIVE)


def _refusal(action: int, first: str | None, second: str | None) -> str:
    if action == sqlite3.SQLITE_FUNCTION:
        return f"the function {second}() is not allowed"
    if action == sqlite3.SQLITE_PRAGMA or (first or "").startswith("sqlite_"):
        return "tables and functions of SQLite's own are not allowed"
    return f"{WRITES.get(action, 'this')} is not allowed: only one SELECT is run, read-only"
