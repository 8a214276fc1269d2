"""Mend one row of sql-create-context: a gold and the tables of its context, such that SQLite runs the one on the other.

What parsers and name cleaners left behind in the data set is put right where there is one way to do so; the rest is
refused with its reason.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

from text2sql.contexts import Column, Tables, ddl, read_context
from text2sql.prompt import one_line
from text2sql.query_tree import COMPARISONS, is_text, leftmost, parsed
from text2sql.schema import RESERVED
from text2sql.scopes import Scopes

if TYPE_CHECKING:
    from sqlglot.expressions import Expression

MOST_MISSING = 12  # columns that a context lacks
_THOUSANDS = re.compile(r"\b(\d{1,3}) OFFSET (\d{3})\b(?!\s*,)", re.I)
_NO_COLUMN = re.compile(r"no such column: (?:(\w+)\.)?(.+)")
_YEARS = re.compile(
    r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|(?P<before>\b(?:where|and|or|select|min\(|max\(|avg\(|sum\(|count\()\s*)"""
    r"""(?P<year>(?:1[89]|20)\d\d)(?=\)|\s+from\b|\s*(?:=|<>|!=|[<>]=?)\s*['"\d])""",
    re.I,
)
_WORDS = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|\w+|\s+|.""", re.S)


def mend(context: str, answer: str) -> tuple[Tables, str]:
    """The tables of a context and the gold, mended. Raises ValueError, which says what can't be.

    - `WHERE a < 11 OFFSET 485` was `11,485`: an OFFSET without its LIMIT is no SQL.
    - A text in double quotes gets single ones, for SQLite would take it for a column of that name.
    - A column called `group` or `order` is quoted.
    - `WHERE 2008 = 'a'` compares no constants: it is a column called `2008`, which the context lacks.
    - A column that the context lacks is added where only one table can have it.
    """
    tables = read_context(context)
    gold = one_line(answer).rstrip("; ")
    if not re.search(r"\blimit\b", gold, re.I):
        gold = _THOUSANDS.sub(r"\1\2", gold)
    gold = _quote_reserved(gold, tables)
    gold, years = _quote_years(gold)
    tree = parsed(gold)
    if tree is None:
        raise ValueError("the gold can't be parsed as one query")
    if not any(node.key in ("column", "star", "count") for item in leftmost(tree).expressions for node in item.walk()):
        raise ValueError("the gold selects nothing but constants")
    quoted = [node for node in tree.walk() if node.key == "column" and not node.table and node.this.args.get("quoted")]
    tables = _with_columns(tables, [*years, *_compared(quoted, tables)])
    gold = _with_texts(gold, tree, quoted, tables)
    return _completed(tables, gold, Scopes(tree, tables)), gold


def _quote_reserved(gold: str, tables: Tables) -> str:
    """The gold with quotes around reserved words that are columns; before BY they aren't."""
    names = {column.name.lower() for table in tables.values() for column in table.columns} | set(tables)
    names &= RESERVED
    if not names:
        return gold
    tokens = _WORDS.findall(gold)
    for place, token in enumerate(tokens):
        follows = next((word.lower() for word in tokens[place + 1 :] if not word.isspace()), "")
        if token.lower() in names and follows != "by":
            tokens[place] = f'"{token}"'
    return "".join(tokens)


def _quote_years(gold: str) -> tuple[str, list[str]]:
    """The gold with quotes around numbers that stand where a column does, and those numbers."""
    years: list[str] = []

    def quote(match: re.Match) -> str:
        if not match["year"]:
            return match[0]
        years.append(match["year"])
        return f'{match["before"]}"{match["year"]}"'

    return _YEARS.sub(quote, gold), years


def _with_columns(tables: Tables, names: Iterable[str]) -> Tables:
    """The tables with more columns in the only one of them. Raises ValueError where there are several."""
    different = {name.lower(): name for name in names}
    if different and len(tables) > 1:
        raise ValueError(f"no table is known to have the column: {', '.join(different.values())}")
    return {
        key: replace(
            table,
            columns=table.columns + tuple(Column(name) for name in different.values() if not table.column(name)),
        )
        for key, table in tables.items()
    }


def _compared(quoted: list[Expression], tables: Tables) -> list[str]:
    """Names that the context lacks, of columns that are compared with something: `WHERE "german" = 'ja'`."""
    names = [node.name for node in quoted if node.parent.key in COMPARISONS and node.arg_key == "this"]
    return [name for name in names if not any(table.column(name) for table in tables.values())]


def _with_texts(gold: str, tree: Expression, quoted: list[Expression], tables: Tables) -> str:
    """The gold, on one line so that places in its tree are those in its text, with texts in single quotes."""
    known = {column.name.lower() for table in tables.values() for column in table.columns}
    known |= {node.alias.lower() for node in tree.walk() if node.key == "alias"}
    places = []
    for node in quoted:
        start, end = node.this.meta["start"], node.this.meta["end"] + 1
        name = gold[start + 1 : end - 1]
        if gold[start] == '"' and (is_text(node) or name.lower() not in known):
            places.append((start, end, name.replace('""', '"').replace("'", "''")))
    for start, end, text in sorted(places, reverse=True):
        gold = f"{gold[:start]}'{text}'{gold[end:]}"
    return gold


def _completed(tables: Tables, gold: str, scopes: Scopes) -> Tables:
    """The tables with what the gold asks for and the context lacks. Raises ValueError for any other fault."""
    tables = dict(tables)
    for _ in range(MOST_MISSING):
        error = _fault(tables, gold)
        if not error:
            return tables
        missing = _NO_COLUMN.fullmatch(error)
        if missing is None:
            break
        named = {scopes.table(atom) for atom in range(len(scopes.atoms))}
        table = scopes.named(missing[1]) if missing[1] else named.pop() if len(named) == 1 else None
        if table is None:
            break
        tables |= _with_columns({table: tables[table]}, [missing[2]])
    raise ValueError(error)


def _fault(tables: Tables, gold: str) -> str:
    """What SQLite says against the gold on these tables, or ""."""
    with closing(sqlite3.connect(":memory:")) as connection:
        try:
            for statement in ddl(tables.values()):
                connection.execute(statement)
            connection.execute(f"EXPLAIN {gold}")
        except (sqlite3.Error, sqlite3.Warning, ValueError) as error:
            return str(error)
    return ""
