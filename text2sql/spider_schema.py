"""The names of a database as Spider's official evaluator sees them: tables, columns, and columns that count as one.

After process_sql.py (Schema) and evaluation.py (build_foreign_key_map) of https://github.com/taoyds/test-suite-sql-eval.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from text2sql.connect import connect, version
from text2sql.errors import UserError


@dataclass(frozen=True, eq=False)
class Schema:
    """Tables, columns and foreign keys; every name is in small letters, a column's full name is `table.column`."""

    tables: Mapping[str, frozenset[str]]
    """Table -> its columns."""
    stands_for: Mapping[str, str]
    """Full name of a column in a foreign key -> that of the column that stands for all that the keys link."""

    @classmethod
    def from_entry(cls, entry: Mapping[str, Any]) -> Schema:
        """Of one entry of tables.json; KeyError, IndexError, TypeError or ValueError where it isn't one."""
        tables = [name.lower() for name in entry["table_names_original"]]
        columns = [(tables[table], name.lower()) for table, name in entry["column_names_original"] if table >= 0]
        first = len(entry["column_names_original"]) - len(columns)  # the asterisk is counted, but belongs to no table
        links = [(child - first, parent - first) for child, parent in entry["foreign_keys"]]
        return cls._of(tables, columns, links)

    @classmethod
    def from_database(cls, database: Path | str) -> Schema:
        """Of a SQLite file, from what it says of its tables; UserError where it can't be read."""
        try:
            with closing(connect(version(database))) as connection:
                return cls._of(*_described(connection))
        except OSError as error:
            raise UserError(f"{database}: {error.strerror}; name a SQLite database") from None
        except sqlite3.Error as error:
            raise UserError(f"{database}: not a readable SQLite database ({error})") from None

    @classmethod
    def _of(cls, tables: Iterable[str], columns: Sequence[tuple[str, str]], links: Iterable[tuple[int, int]]) -> Schema:
        names = {table: frozenset(name for owner, name in columns if owner == table) for table in tables}
        return cls(names, _linked([f"{table}.{name}" for table, name in columns], links))


def _linked(columns: Sequence[str], links: Iterable[tuple[int, int]]) -> dict[str, str]:
    """Column -> the first of its group; `links` are pairs of places in `columns`, in the order of tables.json.

    As in the official code a key joins the first group that has one of its two columns, so two groups that a later key
    links stay two, and a column that got into both belongs to the one that began later.
    """
    groups: list[set[int]] = []
    for link in links:
        group = next((group for group in groups if not group.isdisjoint(link)), None)
        if group is None:
            groups.append(group := set())
        group.update(link)
    return {columns[place]: columns[min(group)] for group in groups for place in group}


def _described(connection: sqlite3.Connection) -> tuple[list[str], list[tuple[str, str]], list[tuple[int, int]]]:
    """Tables, (table, column) pairs and foreign keys as places in those pairs, in SQLite's own order."""
    connection.text_factory = lambda raw: raw.decode(errors="replace")
    tables = [name.lower() for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    columns, primary = [], {}
    for table in tables:
        rows = connection.execute("SELECT name, pk FROM pragma_table_info(?) ORDER BY cid", (table,)).fetchall()
        columns += [(table, name.lower()) for name, _ in rows]
        primary[table] = [name.lower() for name, key in sorted(rows, key=lambda row: row[1]) if key]
    places = {column: place for place, column in enumerate(columns)}
    keys = [key for table in tables for key in _foreign_keys(connection, table, primary)]
    return tables, columns, [(places[a], places[b]) for a, b in keys if a in places and b in places]


def _foreign_keys(connection: sqlite3.Connection, table: str, primary: Mapping[str, list[str]]) -> Iterable[tuple]:
    """((table, column), (parent, column)) of each column in a foreign key; a key may leave its parent's columns out."""
    query = 'SELECT "table", "from", "to", seq FROM pragma_foreign_key_list(?) ORDER BY id, seq'
    for parent, child, column, number in connection.execute(query, (table,)):
        implied = primary.get(parent.lower(), [])[number : number + 1]
        for name in implied if column is None else [column]:
            yield (table, child.lower()), (parent.lower(), name.lower())


def schemas(path: Path | str) -> dict[str, Schema]:
    """Every database of a tables.json: {db_id: Schema}. UserError naming the entry where one isn't as it should be."""
    try:
        entries = json.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise UserError(f"{path}: {error.strerror}; name Spider's tables.json") from None
    except ValueError as error:
        raise UserError(f"{path}: not valid JSON ({error})") from None
    if not isinstance(entries, list):
        raise UserError(f"{path}: a JSON list is needed, with an object for each database")
    return dict(_named(entry, number, path) for number, entry in enumerate(entries))


def _named(entry: Any, number: int, path: Path | str) -> tuple[str, Schema]:
    try:
        return str(entry["db_id"]), Schema.from_entry(entry)
    except KeyError as error:
        raise UserError(f"{path}: entry {number}: field {error} is missing") from None
    except (AttributeError, IndexError, TypeError, ValueError) as error:
        raise UserError(f"{path}: entry {number}: not a database as in Spider's tables.json ({error})") from None
