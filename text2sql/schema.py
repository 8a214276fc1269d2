"""Read a SQLite database and write it as compact prompt text."""

import math
import re
import sqlite3
from collections import defaultdict
from collections.abc import Callable
from contextlib import closing
from functools import lru_cache
from pathlib import Path

from text2sql.errors import UserError

SCANNED_ROWS = 10_000
"""Sample values come from the first so many rows of a table, so that a huge table costs no full scan."""

VALUE_LENGTH = 40
"""A longer sample value is cut to this many characters."""

_WORDS = """
add all alter and as autoincrement between case cast check collate commit constraint create cross current_date
current_time current_timestamp default deferrable delete distinct drop else escape except exists foreign from full group
having if in index inner insert intersect into is isnull join left limit natural not nothing notnull null on or order
outer primary raise references returning right select set table then to transaction union unique update using values
when where
"""
RESERVED = frozenset(_WORDS.split())
"""Names that SQLite cannot read bare, or would read as something else."""


def describe(database: Path, *, sample_values: int = 3) -> str:
    """The tables of a database as CREATE TABLE statements, one column a line, with primary and foreign keys.

    Up to `sample_values` distinct values of each column follow as a comment on its line; 0 writes no comments. Foreign
    keys to tables or columns that do not exist are left out. The text is cached until the file changes.
    Raises UserError when the file is missing or is no SQLite database.
    """
    return _read(_describe, database, sample_values)


def names(database: Path) -> dict[str, tuple[str, ...]]:
    """Table -> its columns, as the database spells them; cached and failing as `describe` is."""
    return _read(_names, database)


def _read(reader: Callable, database: Path, *options: int):
    """What a cached reader finds in a database file of this time and size."""
    database = Path(database)
    try:
        stat = database.stat()
        return reader(database.resolve(), stat.st_mtime_ns, stat.st_size, *options)
    except FileNotFoundError:
        raise UserError(f"{database}: no such database file") from None
    except sqlite3.Error as error:
        raise UserError(f"{database}: not a readable SQLite database ({error})") from None


def has_rows(database: Path) -> bool:
    """Whether any table holds a row, as not all of Spider's do. Raises sqlite3.Error for an unreadable file."""
    with closing(_open(Path(database).resolve())) as connection:
        names = map(always_quoted, _tables(connection))
        return any(connection.execute(f"SELECT 1 FROM {name} LIMIT 1").fetchone() for name in names)


def _open(database: Path) -> sqlite3.Connection:
    """A read-only connection that takes any bytes for text."""
    connection = sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)
    connection.text_factory = lambda raw: raw.decode(errors="replace")
    return connection


@lru_cache(maxsize=1024)
def _describe(database: Path, mtime_ns: int, size: int, sample_values: int) -> str:
    """`describe` without the cache's bookkeeping; the time and the size only tell a changed file apart."""
    with closing(_open(database)) as connection:
        tables = _tables(connection)
        return "\n".join(_create_table(connection, name, tables, sample_values) for name in tables)


@lru_cache(maxsize=1024)
def _names(database: Path, mtime_ns: int, size: int) -> dict[str, tuple[str, ...]]:
    with closing(_open(database)) as connection:
        return {table: tuple(row[1] for row in rows) for table, rows in _tables(connection).items()}


def _tables(connection: sqlite3.Connection) -> dict[str, list[tuple]]:
    """Each table's rows of PRAGMA table_xinfo, in the order of creation."""
    names = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND lower(name) NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
    ).fetchall()
    found = {}
    for (name,) in names:
        try:
            rows = connection.execute("SELECT * FROM pragma_table_xinfo(?)", (name,)).fetchall()
        except sqlite3.OperationalError:  # a virtual table whose module is not here cannot be queried either
            continue
        found[name] = [row for row in rows if row[6] != 1]  # 1 marks the hidden columns of virtual tables
    return found


def _create_table(connection: sqlite3.Connection, table: str, tables: dict[str, list[tuple]], samples: int) -> str:
    """One CREATE TABLE statement."""
    keys = [row[1] for row in sorted(tables[table], key=lambda row: row[5]) if row[5]]
    single, composite = _foreign_keys(connection, table, tables)
    lines = []
    for _, column, kind, *_ in tables[table]:
        parts = [quoted(column), _type_name(kind), "PRIMARY KEY" if keys == [column] else "", *single[column]]
        lines.append((" ".join(filter(None, parts)), _samples(connection, table, column, samples)))
    if len(keys) > 1:
        lines.append((f"PRIMARY KEY ({_listed(keys)})", ""))
    lines += [(constraint, "") for constraint in composite]
    commas = [","] * (len(lines) - 1) + [""]
    body = "".join(f"{line}{comma}{comment}\n" for (line, comment), comma in zip(lines, commas, strict=True))
    return f"CREATE TABLE {quoted(table)} (\n{body});"


def _foreign_keys(connection: sqlite3.Connection, table: str, tables: dict) -> tuple[dict[str, list[str]], list[str]]:
    """The REFERENCES clauses of single columns, and the constraints over several columns."""
    links = defaultdict(list)
    for row in connection.execute("SELECT * FROM pragma_foreign_key_list(?)", (table,)):
        links[row[0]].append(row)
    single, composite = defaultdict(list), []
    for _, rows in sorted(links.items(), reverse=True):  # SQLite numbers them from the last to the first
        rows.sort(key=lambda row: row[1])
        columns = _resolve([row[3] for row in rows], tables[table])
        clause = _references(rows, tables)
        if columns and clause and len(columns) == 1:
            single[columns[0]] += [clause] * (clause not in single[columns[0]])
        elif columns and clause:
            composite.append(f"FOREIGN KEY ({_listed(columns)}) {clause}")
    return single, list(dict.fromkeys(composite))


def _references(rows: list[tuple], tables: dict[str, list[tuple]]) -> str:
    """The REFERENCES clause of one foreign key, in the spelling of the parent's own definition; "" when dangling."""
    parent = next((name for name in tables if name.lower() == rows[0][2].lower()), None)
    if parent is None:
        return ""
    implied = [row[1] for row in sorted(tables[parent], key=lambda row: row[5]) if row[5]]
    wanted = implied if rows[0][4] is None else [row[4] for row in rows]
    columns = _resolve(wanted, tables[parent])
    return f"REFERENCES {quoted(parent)}({_listed(columns)})" if len(columns) == len(rows) else ""


def _resolve(wanted: list[str], columns: list[tuple]) -> list[str]:
    """Column names as the table spells them; empty when one of them does not exist."""
    spelling = {row[1].lower(): row[1] for row in columns}
    return [spelling[name.lower()] for name in wanted] if all(name.lower() in spelling for name in wanted) else []


def _samples(connection: sqlite3.Connection, table: str, column: str, count: int) -> str:
    """The comment with the first distinct values of a column, or ""."""
    if count < 1:
        return ""
    name, source = always_quoted(column), always_quoted(table)
    rows = connection.execute(
        f"SELECT DISTINCT {name} FROM (SELECT {name} FROM {source} LIMIT {SCANNED_ROWS})"
        f" WHERE {name} IS NOT NULL LIMIT {count}"
    )
    values = ", ".join(literal(value) for (value,) in rows)
    return f" -- {values}" if values else ""


def literal(value: int | float | str | bytes | None) -> str:
    """A value as SQL writes it, short and on one line: a newline would end the comment that it stands in."""
    if value is None:
        return "NULL"
    if isinstance(value, str):
        cut = value if len(value) <= VALUE_LENGTH else value[:VALUE_LENGTH] + "…"
        return "'" + printable(cut).replace("'", "''") + "'"
    if isinstance(value, bytes):
        return f"X'{value[: VALUE_LENGTH // 2].hex()}'"
    return repr(value) if math.isfinite(value) else "9e999" if value > 0 else "-9e999"


def printable(text: str) -> str:
    """A text on one line, with a space for each character that can't be printed; a lone surrogate is one."""
    return "".join(c if c.isprintable() else " " for c in text)


def quoted(name: str) -> str:
    """An identifier, in double quotes only where SQLite needs them."""
    plain = re.fullmatch(r"[^\W\d]\w*", name) and name.lower() not in RESERVED
    return name if plain else always_quoted(name)


def always_quoted(name: str) -> str:
    """An identifier in double quotes."""
    return '"' + name.replace('"', '""') + '"'


def _listed(names: list[str]) -> str:
    """Identifiers, quoted where needed, with commas between."""
    return ", ".join(map(quoted, names))


def _type_name(declared: str) -> str:
    """A declared type without its length, which SQLite ignores; "" for one that holds anything but words."""
    name = " ".join(re.sub(r"\(.*", "", declared, flags=re.S).split())
    return name if re.fullmatch(r"[\w ]*", name) else ""
