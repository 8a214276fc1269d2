"""Build the databases of one row of sql-create-context: its tables, filled several times over."""

from __future__ import annotations

import hashlib
import random
import shutil
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from text2sql import suite
from text2sql.compare import equal
from text2sql.contexts import Tables, ddl
from text2sql.demands import Demands
from text2sql.fill import Filling, Row, witnesses_for
from text2sql.kinds import Families
from text2sql.query_tree import parsed
from text2sql.rewrite import orders_rows
from text2sql.schema import always_quoted
from text2sql.scopes import Scopes

VERSION = 1
"""Part of each database's name; another one where the same row gives other bytes."""

FILLINGS = 4
ATTEMPTS = 8  # to fill a database such that the gold selects something, and the same in whatever order rows are read
PAGE_BYTES = 1024
PARTIAL = ".partial-"  # begins the name of a folder that is being written
MOST_STEPS = 20_000_000  # of SQLite's virtual machine, for a gold on one filling


class Gold(NamedTuple):
    """How a gold does on a filling; the greater the better."""

    selects: bool
    """It returns a row with a value in it, or counts something."""
    stable: bool
    """It returns the same when SQLite reads the tables backwards."""


class Suite(NamedTuple):
    """The databases of one row."""

    files: list[bytes]
    golds: list[Gold]


def identity(context: str, answer: str) -> str:
    """The name of a row's databases, by what they are made of."""
    text = f"{VERSION} {FILLINGS}\n{context.strip()}\n{answer.strip()}"
    return f"cc_{hashlib.blake2b(text.encode('utf-8', 'surrogatepass'), digest_size=8).hexdigest()}"


def build(tables: Tables, gold: str, seed: str, count: int = FILLINGS) -> Suite:
    """The databases for a gold, the same bytes for the same arguments; on the first one the gold does best.

    Raises ValueError where the gold fails on a filled database.
    """
    demands = Demands(Scopes(parsed(gold), tables))
    families = Families(tables, demands)
    typed, found = families.typed(), []
    for number in range(count):
        best: tuple[Gold, bytes] | None = None
        for attempt in range(ATTEMPTS):
            rng = random.Random(f"{seed} {number} {attempt}")
            rows = Filling(demands, families, rng, number, bold=attempt % 3 < 2).fill(witnesses_for(demands, rng))
            result, data = _database(typed, rows, gold, count if number == 0 else 0)
            if best is None or result > best[0]:
                best = result, data
            if all(result):
                break
        found.append(best)
    return Suite([data for _, data in found], [result for result, _ in found])


def write(files: list[bytes], folder: Path) -> None:
    """The files of `Suite.files` in a folder of its own, which has its name when it is complete."""
    temporary = Path(tempfile.mkdtemp(prefix=PARTIAL, dir=folder.parent))
    temporary.chmod(0o755)
    for path, data in zip(suite.paths(temporary / f"{folder.name}.sqlite", len(files)), files, strict=True):
        path.write_bytes(data)
    try:
        temporary.replace(folder)
    except OSError:  # another process was faster, with the same bytes
        shutil.rmtree(temporary, ignore_errors=True)
        if not folder.is_dir():
            raise


def _database(tables: Tables, rows: dict[str, list[Row]], gold: str, marked: int) -> tuple[Gold, bytes]:
    """One database as the bytes of its file, and how the gold does on it."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.execute(f"PRAGMA page_size = {PAGE_BYTES}")
        for statement in ddl(tables.values()):
            connection.execute(statement)
        _insert(connection, tables, rows)
        if marked:
            suite.mark(connection, marked)
        return _tried(connection, gold), connection.serialize()


def _insert(connection: sqlite3.Connection, tables: Tables, rows: dict[str, list[Row]]) -> None:
    for name, table in tables.items():
        columns = [column.name.lower() for column in table.columns]
        marks = ", ".join("?" * len(columns))
        into = f"INSERT OR IGNORE INTO {always_quoted(table.name)} VALUES ({marks})"
        connection.executemany(into, [[row[column] for column in columns] for row in rows[name]])


def _tried(connection: sqlite3.Connection, gold: str) -> Gold:
    """Raises ValueError where the gold fails or takes too long."""
    connection.set_progress_handler(lambda: 1, MOST_STEPS)
    try:
        forwards = connection.execute(gold).fetchall()
        connection.execute("PRAGMA reverse_unordered_selects = 1")
        backwards = connection.execute(gold).fetchall()
        connection.execute("PRAGMA reverse_unordered_selects = 0")
    except (sqlite3.Error, sqlite3.Warning, OverflowError) as error:
        raise ValueError(f"the gold fails on a filled database: {error}") from None
    selects = any(value not in (None, 0) for row in forwards for value in row)
    return Gold(selects, equal(forwards, backwards, ordered=orders_rows(gold)))
