"""Run one model-written SQL statement on a SQLite database: read-only, within limits, and whatever it does.

Four guards, cheapest first: the file is opened with ``mode=ro`` (https://sqlite.org/uri.html), an authorizer lets only
reading through (https://sqlite.org/c3ref/set_authorizer.html), SQLite's own limits bound the statement and each cell
(https://sqlite.org/limits.html), and a progress handler stops what takes too long
(https://sqlite.org/c3ref/progress_handler.html). The handler counts virtual machine steps, so that a verdict does not
depend on the speed of the machine; wall time is the second line. What no handler stops, one long call inside SQLite, is
for `text2sql.workers`, which runs this in processes of their own.
"""

from __future__ import annotations

import contextlib
import marshal
import os
import re
import sqlite3
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path

from text2sql import suite
from text2sql.connect import Version, connect, version
from text2sql.functions import FUNCTIONS, is_volatile

Reads = frozenset[tuple[str, str]]

OPEN_DATABASES = 64  # connections kept per thread; each costs a file descriptor and up to 2 MB of page cache
STEPS_PER_SECOND = 25_000_000  # what a second of the limit allows at most; slow machines do 40 million a second
STEPS_PER_TICK = 4_000  # measured: a progress handler costs 2% at 4,000 steps, 24% at 50
ROWS_PER_CHUNK = 100  # at most, and about
BYTES_PER_CHUNK = 1_000_000
LONGEST_ROW = 1_000_000_000  # bytes; SQLite's own limit
TOO_BIG, NOT_TEXT = "string or blob too big", "Could not decode to UTF-8"  # SQLite's and Python's words
SEVERAL = "You can only execute one statement at a time."

ENGINE_LIMITS = {
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
    sqlite3.SQLITE_LIMIT_COLUMN: 2_000,
    sqlite3.SQLITE_LIMIT_COMPOUND_SELECT: 100,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 500,
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 256,
    sqlite3.SQLITE_LIMIT_VDBE_OP: 250_000,
    sqlite3.SQLITE_LIMIT_WORKER_THREADS: 0,
}

PRAGMAS = frozenset({"data_version"})  # full-text search asks for it by itself; it only tells whether the file changed

# What a statement that begins as a query may still try to do.
WRITES = {sqlite3.SQLITE_DELETE: "DELETE", sqlite3.SQLITE_INSERT: "INSERT", sqlite3.SQLITE_UPDATE: "UPDATE"}

_CALLBACK_FAILED = (sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_AUTH)
_BLANK = r"(?>[\s\ufeff]+|--[^\n]*|/\*.*?(?:\*/|\Z))"
_FIRST_WORDS = re.compile(rf"(?:{_BLANK}|;)*(\w*)(?:{_BLANK}+(?:query{_BLANK}+plan{_BLANK}+)?(\w*))?", re.I | re.S)
_EMPTY_STATEMENTS = re.compile(rf"(?:;{_BLANK}*)+\Z", re.S)
_QUERIES = ("SELECT", "WITH", "VALUES")
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
    """Bytes of all cells of a result, a few of each for its kind and length included."""
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
    bytes: int = 0
    """About the bytes of all cells, written one after the other."""
    volatile: bool = False
    """The statement asks for chance or for the time, so that another run may give another result."""


class _RefusedError(ValueError):
    """The statement is not a query, or its result is over a cap."""


# sqlite3.Warning (several statements, before Python 3.12) is no sqlite3.Error; ValueError covers NUL and lone
# surrogates.
_FAULTS = (sqlite3.Error, sqlite3.Warning, ValueError, OverflowError, MemoryError)


def run(database: Path | str, sql: str, limits: Limits = DEFAULT_LIMITS, *, backwards: bool = False) -> Result:
    """Run `sql`, one statement that returns rows, on the SQLite file `database`; `Result.status` says how it went.

    With `backwards` SQLite gives rows without an ORDER BY in another order than it would
    (https://sqlite.org/pragma.html#pragma_reverse_unordered_selects). Only KeyboardInterrupt and its like are raised.
    The connection is kept for the next call of the same thread.
    """
    opened = open_session(database)
    return opened if isinstance(opened, Result) else opened.query(sql, limits, backwards=backwards)


def open_session(database: Path | str) -> Session | Result:
    """The calling thread's session on a file, or a Result that says why there is none."""
    try:
        return _session(database)
    except (OSError, *_FAULTS) as error:
        return Result("invalid", error=f"cannot open the database {database}: {_reason(error)}")


def _reason(error: BaseException) -> str:
    if isinstance(error, MemoryError):
        return "out of memory"
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


class _Sessions(threading.local):
    """The calling thread's open databases, path -> (process, session), the least recently used one first."""

    def __init__(self) -> None:
        self.by_path: OrderedDict[str, tuple[int, Session]] = OrderedDict()


_sessions = _Sessions()


def _session(database: Path | str) -> Session:
    """The kept session of this thread, or a new one where the file changed or the process forked."""
    kept, path = _sessions.by_path, os.fspath(database)
    process, found = os.getpid(), version(path)
    if path in kept and kept[path][0] == process and kept[path][1].version == found:
        kept.move_to_end(path)
        return kept[path][1]
    kept.pop(path, None)
    kept[path] = process, Session(found)
    if len(kept) > OPEN_DATABASES:
        kept.popitem(last=False)
    return kept[path][1]


class Session:
    """One read-only connection and its guard. Statements are not cached: only preparing one tells what it reads."""

    def __init__(self, found: Version) -> None:
        self.version = found
        self.guard = _Guard()
        self.limits: Limits | None = None  # those that the connection has now
        self.backwards = False
        self.longest_row: int | None = None  # bytes, once measured
        self.connection = connect(found)
        self.databases = suite.size(self.connection)
        self._bound()
        self._connect_virtual_tables()
        self.connection.execute("PRAGMA query_only = ON")
        self._authorize()
        self._watch()

    def __del__(self) -> None:
        if hasattr(self, "connection"):
            self.connection.close()

    def _bound(self) -> None:
        for category, value in ENGINE_LIMITS.items():
            self.connection.setlimit(category, value)

    def _authorize(self) -> None:
        self.connection.set_authorizer(self.guard.authorize)

    def _watch(self) -> None:
        self.connection.set_progress_handler(self.guard.tick, STEPS_PER_TICK)

    def _turn(self, backwards: bool) -> None:
        self.connection.set_authorizer(None)
        self.connection.execute(f"PRAGMA reverse_unordered_selects = {int(backwards)}")
        self.backwards = backwards
        self._authorize()

    def _connect_virtual_tables(self) -> None:
        """Declare json_each and the file's own virtual tables, which the authorizer would take for writing."""
        own = [row[0].replace('"', '""') for row in self.connection.execute(_VIRTUAL_TABLES)]
        for name in ["json_each", "json_tree", *own]:
            with contextlib.suppress(sqlite3.Error):
                self.connection.execute(f'SELECT 1 FROM "{name}" LIMIT 0')

    def query(self, sql: str, limits: Limits, *, backwards: bool = False) -> Result:
        """Run one statement; what it does is in the Result, and only KeyboardInterrupt is raised."""
        if backwards != self.backwards:
            self._turn(backwards)
        started = time.perf_counter()
        result = self._query(sql, limits)
        if result.error == SEVERAL and _EMPTY_STATEMENTS.search(sql):
            result = self._query(_EMPTY_STATEMENTS.sub("", sql), limits)
        if result.error.startswith(NOT_TEXT) and self.connection.text_factory is str:
            self.connection.text_factory = _text  # slower, so only for databases that need it
            result = self._query(sql, limits)
        if result.error == TOO_BIG and self._holds_longer_rows(limits):
            result = self._query(sql, limits, cell_bytes=self.longest_row)
        object.__setattr__(result, "milliseconds", 1000 * (time.perf_counter() - started))  # ours alone until now
        return result

    def _query(self, sql: str, limits: Limits, cell_bytes: int | None = None) -> Result:
        self._set_lengths(limits, cell_bytes)
        guard = self.guard
        guard.start(limits)
        try:
            with contextlib.closing(self.connection.cursor()) as cursor:
                cursor.execute(sql)
                if cursor.description is None or not (guard.reads or _kind(sql) in _QUERIES):
                    raise _RefusedError(_not_a_query(sql))  # nobody is asked before a VACUUM that is explained
                columns = tuple([column[0] for column in cursor.description])
                rows, size = _fetch(cursor, limits)
            volatile = is_volatile(sql, guard.calls)
            return Result("ok", rows, columns, bytes=size, reads=frozenset(guard.reads), volatile=volatile)
        except _FAULTS as error:
            return guard.failure(error, sql)

    def _set_lengths(self, limits: Limits, cell_bytes: int | None) -> None:
        """The longest cell and statement, where they are not those of the last query."""
        if limits is not self.limits or cell_bytes:
            self.connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, cell_bytes or limits.cell_bytes)
            self.connection.setlimit(sqlite3.SQLITE_LIMIT_SQL_LENGTH, limits.sql_bytes)
            self.limits = None if cell_bytes else limits

    def _holds_longer_rows(self, limits: Limits) -> bool:
        """Whether the database itself holds a row over the limit, which then must be readable; measured once."""
        if self.version.size <= limits.cell_bytes:  # the file is smaller than that
            return False
        if self.longest_row is None:
            self.longest_row = self._measure(limits)
        return self.longest_row > limits.cell_bytes

    def _measure(self, limits: Limits) -> int:
        """Bytes of the longest row of any table, with some room; 0 where it can't be told within the limits."""
        self._set_lengths(limits, LONGEST_ROW)
        longest = 0
        for (table,) in self.connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            columns = self.connection.execute(f"SELECT * FROM {_quoted(table)} LIMIT 0").description
            sizes = " + ".join(f"ifnull(length(CAST({_quoted(column[0])} AS BLOB)), 8)" for column in columns)
            self.guard.start(limits)
            with contextlib.suppress(*_FAULTS):
                found = self.connection.execute(f"SELECT max({sizes}) FROM {_quoted(table)}").fetchone()[0]
                longest = max(longest, found or 0)
        return min(2 * longest, LONGEST_ROW)  # a query may join two of them in one row


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")


class _Guard:
    """What SQLite asks while a statement runs, and what was answered.

    SQLite swallows what its callbacks raise, and a signal handler (Ctrl-C) runs inside them as likely as anywhere, even
    before their first line. So a stop or a refusal that the guard knows nothing of is taken for a KeyboardInterrupt.
    """

    def start(self, limits: Limits) -> None:
        """Forget the last statement and start the clock."""
        self.reads: set[tuple[str, str]] = set()
        self.calls: set[str] = set()
        self.refused, self.expired = "", ""
        self.limits = limits
        self.ticks_left = limits.step_budget() // STEPS_PER_TICK
        self.deadline = time.monotonic() + limits.seconds

    def authorize(self, action: int, first: str | None, second: str | None, *_: str | None) -> int:
        """Answer for one thing that the statement being prepared would do."""
        if action == sqlite3.SQLITE_READ:
            self.reads.add(((first or "").lower(), (second or "").lower()))
        elif action == sqlite3.SQLITE_FUNCTION and (second or "").lower() in FUNCTIONS:
            self.calls.add(second.lower())
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
        if self.refused and _first_words(sql)[0] not in (*_QUERIES, "EXPLAIN"):
            return Result("invalid", error=_not_a_query(sql))
        if not self.refused and getattr(error, "sqlite_errorcode", None) in _CALLBACK_FAILED:
            raise KeyboardInterrupt
        return Result("invalid", error=self.refused or _reason(error))


def _fetch(cursor: sqlite3.Cursor, limits: Limits) -> tuple[list[tuple], int]:
    """All rows and their bytes, read in chunks so that a flood ends at the cap and not at the end of the memory."""
    rows: list[tuple] = []
    width = len(cursor.description)
    most, size, count = min(limits.rows, limits.cells // width), 0, 1
    while chunk := cursor.fetchmany(count):
        rows += chunk
        if len(rows) > most:
            raise _RefusedError(f"the result has more than {most:,} rows of {width} columns")
        size += len(marshal.dumps(chunk))  # measured: six times faster than adding lengths cell by cell
        if size > limits.result_bytes:
            raise _RefusedError(f"the result is larger than {limits.result_bytes:,} bytes")
        count = max(1, min(ROWS_PER_CHUNK, BYTES_PER_CHUNK * len(rows) // size))
    return rows, size


def _first_words(sql: str) -> tuple[str, str]:
    """The first two words of a statement, in capitals, "" where there is none: EXPLAIN [QUERY PLAN] and SELECT."""
    first, second = _FIRST_WORDS.match(sql).groups(default="")
    return first.upper(), second.upper()


def _kind(sql: str) -> str:
    """The word that says what a statement does: SELECT, DROP, or ""; of an EXPLAIN what is explained."""
    first, second = _first_words(sql)
    return second if first == "EXPLAIN" else first


def _not_a_query(sql: str) -> str:
    word = _kind(sql)
    return f"{word} is not a query: only one SELECT is run, read-only" if word else "there is no statement"


def _is_reading(action: int, first: str | None, second: str | None) -> bool:
    if action == sqlite3.SQLITE_PRAGMA:
        return (first or "").lower() in PRAGMAS and second is None
    return action in (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_RECURSIVE)


def _refusal(action: int, first: str | None, second: str | None) -> str:
    if action == sqlite3.SQLITE_FUNCTION:
        return f"the function {second}() is not allowed"
    if action == sqlite3.SQLITE_PRAGMA or (first or "").startswith("sqlite_"):
        return "tables and functions of SQLite's own are not allowed"
    return f"{WRITES.get(action, 'this')} is not allowed: only one SELECT is run, read-only"
