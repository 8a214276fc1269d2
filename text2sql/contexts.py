"""CREATE TABLE statements as b-mc2/sql-create-context writes them -> tables; whatever is broken in them is mended.

https://huggingface.co/datasets/b-mc2/sql-create-context: names may be reserved words, a table may stand there twice
with some of its columns each, and a column twice in different capitals. SQLite refuses all of these.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from text2sql.errors import UserError
from text2sql.schema import quoted

_NAME = r'"(?:[^"]|"")+"|`[^`]+`|\[[^\]]+\]|[^\s"`(),;\[]+'
_PART = _NAME.replace(r"[^\s", r"[^\s.")  # of a name like main.singer
_CREATE = re.compile(
    rf"create\s+(?:temp(?:orary)?\s+)?table\s+(?:if\s+not\s+exists\s+)?(?:(?:{_PART})\s*\.\s*)*({_PART})\s*\(", re.I
)
_TOKEN = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|\[[^\]]*\]|[(),]|[^\s'"`(),\[]+|.""", re.S)
_TABLE_CONSTRAINT = re.compile(
    r"(?:constraint\s+\S+\s+)?(?:primary\s+key|foreign\s+key|unique(?:\s+(?:key|index)\s*\w*)?|check|key|index)\s*\(",
    re.I,
)
_REFERENCES = re.compile(rf"references\s+({_NAME})\s*(?:\(\s*({_NAME})\s*\))?", re.I)
_WORDS = """
primary not null unique default check references collate constraint generated as autoincrement auto_increment comment
key on
"""
_AFTER_TYPE = frozenset(_WORDS.split())
"""Words that end a column's type."""
NUMBERS = re.compile(r"int|real|floa|doub|num|dec|serial|money", re.I)


@dataclass(frozen=True)
class Column:
    """A column with its declared type, "" where there is none."""

    name: str
    type: str = ""


@dataclass(frozen=True)
class Table:
    """A table's columns, its primary key, and the columns that refer to another table's."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    references: tuple[tuple[str, str, str], ...] = ()
    """(column, other table, its column or "") triples."""

    def column(self, name: str) -> Column | None:
        """The column of this name in any capitals."""
        return next((column for column in self.columns if column.name.lower() == name.lower()), None)


Tables = dict[str, Table]
"""Name in small letters -> table, in the order of the context."""


def read_context(text: str) -> Tables:
    """The tables of a context. Raises ValueError, which says why, where there is none or one can't be read."""
    tables: Tables = {}
    for match in _CREATE.finditer(text):
        table = _table(_bare(match[1]), list(_definitions(text, match.end())))
        known = tables.get(table.name.lower())
        tables[table.name.lower()] = _merged(known, table) if known else table
    if not tables:
        raise ValueError("no CREATE TABLE statement in the context")
    return tables


def ddl(tables: Iterable[Table]) -> Iterator[str]:
    """A CREATE TABLE statement of each, as SQLite reads it; references to what is not there are left out."""
    tables = {table.name.lower(): table for table in tables}
    for table in tables.values():
        parts = [f"{quoted(column.name)} {column.type}".rstrip() for column in table.columns]
        parts += [f"PRIMARY KEY ({', '.join(map(quoted, table.key))})"] if table.key else []
        for name, other, target in table.references:
            if other.lower() in tables and (not target or tables[other.lower()].column(target)):
                where = f"{quoted(other)}({quoted(target)})" if target else quoted(other)
                parts.append(f"FOREIGN KEY ({quoted(name)}) REFERENCES {where}")
        yield f"CREATE TABLE {quoted(table.name)} ({', '.join(parts)})"


def is_number(declared: str) -> bool:
    """Whether a declared type is one of numbers."""
    return bool(NUMBERS.search(declared))


def _definitions(text: str, start: int) -> Iterator[str]:
    """What stands between the commas of one pair of parentheses. Raises ValueError where it isn't closed."""
    depth, part = 0, ""
    for match in _TOKEN.finditer(text, start):
        token = match[0]
        if depth == 0 and token in (",", ")"):
            yield part.strip()
            part = ""
            if token == ")":
                return
            continue
        depth += (token == "(") - (token == ")")
        part += token
    raise ValueError("a CREATE TABLE statement without its end")


def _table(name: str, definitions: list[str]) -> Table:
    columns: dict[str, Column] = {}
    key: tuple[str, ...] = ()
    references = []
    for definition in filter(None, definitions):
        if _TABLE_CONSTRAINT.match(definition):
            inside = re.findall(_NAME, definition.partition("(")[2].partition(")")[0])
            key = tuple(map(_bare, inside)) if re.search(r"primary\s+key", definition, re.I) else key
            names = inside if re.search(r"foreign\s+key", definition, re.I) and len(inside) == 1 else []
        else:
            column, rest = _column(definition)
            known = columns.get(column.name.lower())
            columns[column.name.lower()] = _stronger(known, column) if known else column
            key = (column.name,) if re.search(r"\bprimary\s+key\b", rest, re.I) else key
            names = [column.name]
        found = _REFERENCES.search(definition)
        references += [(_bare(name), _bare(found[1]), _bare(found[2] or "")) for name in names if found]
    if not columns:
        raise ValueError(f"the table {name} has no columns")
    key = key if all(part.lower() in columns for part in key) else ()
    return Table(name, tuple(columns.values()), key, tuple(it for it in references if it[0].lower() in columns))


def _column(definition: str) -> tuple[Column, str]:
    """A column, and what is said of it behind its name."""
    name, *words = (token for token in _TOKEN.findall(definition) if not token.isspace())
    kind: list[str] = []
    for word in words:
        if word.lower() in _AFTER_TYPE:
            break
        kind.append(word)
    declared = re.sub(r"\s*\(.*", "", " ".join(kind))
    return Column(_bare(name), declared if re.fullmatch(r"[\w ]*", declared) else ""), " ".join(words)


def _merged(one: Table, other: Table) -> Table:
    """A table that the context has twice, with the columns of both."""
    columns = {column.name.lower(): column for column in one.columns}
    for column in other.columns:
        known = columns.get(column.name.lower())
        columns[column.name.lower()] = _stronger(known, column) if known else column
    return replace(
        one, columns=tuple(columns.values()), key=one.key or other.key, references=one.references + other.references
    )


def _stronger(one: Column, other: Column) -> Column:
    """Of a column's two types the one of numbers, for VARCHAR only says that nothing is known."""
    return replace(one, type=other.type) if is_number(other.type) and not is_number(one.type) else one


def _bare(name: str) -> str:
    """A name without its quotes."""
    name = name.strip()
    if name[:1] in ('"', "`") and name[-1:] == name[:1] and len(name) > 1:
        return name[1:-1].replace(name[0] * 2, name[0])
    return name[1:-1] if name[:1] == "[" and name[-1:] == "]" else name


def tables_of(database: Path) -> Tables:
    """The tables of a database of ours. Raises UserError for an unreadable file, ValueError for one without tables."""
    statements = "SELECT sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
    try:
        with closing(sqlite3.connect(f"{Path(database).resolve().as_uri()}?mode=ro", uri=True)) as connection:
            return read_context(";\n".join(sql for (sql,) in connection.execute(statements)))
    except sqlite3.Error as error:
        raise UserError(f"{database}: not a readable SQLite database ({error})") from None
