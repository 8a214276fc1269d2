"""What rows of sql-create-context share: a split without leakage, and what stands in Spider dev as well.

The data set has one part only, and it repeats itself: a gold has two or more questions, a table many of both, and
WikiSQL's tables lost their names (`table_name_45` is any of some hundred). So a row's side follows from a hash of its
tables, not of its place: what is asked about one table is on one side, in whatever order or selection the rows come. Of
several tables the one with the smallest hash decides; rows that still share a table, a question or a gold with a row
that is held out are dropped from training.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

from text2sql.contexts import Tables
from text2sql.errors import UserError
from text2sql.query_tree import parsed

_NAMELESS = re.compile(r"table_name_\d+", re.I)
_PLACEHOLDER = re.compile(r"\btable_(?:name_\d+|\d+_\d+)\b", re.I)

Key = tuple[str, str]
"""What two rows may share: one of KINDS, and its normal form."""
KINDS = ("question", "gold", "table")


class Sides(NamedTuple):
    """Places of rows."""

    train: list[int]
    validation: list[int]
    leaking: list[int]
    """Left out: they share something with a validation row."""


class Overlap(NamedTuple):
    """Places of rows that stand in Spider dev as well, by what they have in common."""

    question: set[int]
    gold: set[int]
    schema: set[int]
    """All their tables, with all their columns, are those of one database."""

    def any(self) -> set[int]:
        """Those that have anything in common."""
        return self.question | self.gold | self.schema


def keys(question: str, gold: str, tables: Tables) -> set[Key]:
    """What another row must not share with this one across the split."""
    return {("question", letters(question)), ("gold", spelled(gold)), *_tables(tables)}


def is_held_out(tables: Tables, share: float) -> bool:
    """Whether a row belongs to validation, which gets about this share of the tables."""
    return min(map(_fraction, _tables(tables))) < share


def split(rows: Sequence[tuple[str, str, Tables]], share: float) -> Sides:
    """Part (question, gold, tables). A row never changes sides when others come or go; it may only start or cease to
    leak."""
    validation = [place for place, (_, _, tables) in enumerate(rows) if is_held_out(tables, share)]
    held = set(validation)
    shared = {key for place in validation for key in keys(*rows[place])}
    rest = [place for place in range(len(rows)) if place not in held]
    leaking = [place for place in rest if not shared.isdisjoint(keys(*rows[place]))]
    out = set(leaking)
    return Sides([place for place in rest if place not in out], validation, leaking)


def overlap(rows: Sequence[tuple[str, str, Tables]], spider: Path) -> Overlap:
    """What stands in Spider dev as well. Raises UserError where its files can't be read."""
    dev, schemas = _spider_dev(Path(spider))
    questions = {letters(record["question"]) for record in dev}
    golds = {spelled(record["query"]) for record in dev}
    return Overlap(
        {place for place, (question, _, _) in enumerate(rows) if letters(question) in questions},
        {place for place, (_, gold, _) in enumerate(rows) if spelled(gold) in golds},
        {place for place, (_, _, tables) in enumerate(rows) if _is_inside(tables, schemas)},
    )


def letters(text: str) -> str:
    """A text without capitals, blanks and marks; signs of comparison and the like stay."""
    return re.sub(r"[\s\"'`.,;:?!_()\-]+", " ", text.casefold()).strip()


def spelled(gold: str) -> str:
    """A gold in one spelling, with one name for all tables that have none."""
    tree = parsed(gold)
    text = tree.sql(dialect="sqlite") if tree is not None else gold
    return _PLACEHOLDER.sub("t", re.sub(r"[\"'`]", "'", " ".join(text.casefold().split())))


def _tables(tables: Tables) -> set[Key]:
    """Each table by its name, or by its columns where it has none."""
    return {("table", _columns(tables, name) if _NAMELESS.fullmatch(name) else letters(name)) for name in tables}


def _columns(tables: Tables, name: str) -> str:
    return ", ".join(sorted(letters(column.name) for column in tables[name].columns))


def _fraction(key: Key) -> float:
    """A number from 0 to 1, the same for a key everywhere."""
    return int.from_bytes(blake2b("\t".join(key).encode("utf-8", "surrogatepass"), digest_size=8).digest()) / 2**64


Schema = dict[str, set[str]]
"""Table -> its columns, as `letters`."""


def _spider_dev(root: Path) -> tuple[list[dict], list[Schema]]:
    path = root / "dev.json"
    try:
        dev = json.loads(path.read_text(encoding="utf-8"))
        names = sorted({record["db_id"] for record in dev})
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserError(f"{path}: can't be read ({error}); name the folder of the official Spider files") from None
    return dev, [_schema(root / "database" / name / f"{name}.sqlite") for name in names]


def _schema(database: Path) -> Schema:
    try:
        with closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            rows = {
                name: connection.execute("SELECT name FROM pragma_table_info(?)", (name,)).fetchall() for name in names
            }
    except sqlite3.Error as error:
        raise UserError(f"{database}: not a readable SQLite database ({error}); install Spider again") from None
    return {letters(name): {letters(column) for (column,) in columns} for name, columns in rows.items()}


def _is_inside(tables: Tables, schemas: Iterable[Schema]) -> bool:
    wanted = {letters(name): {letters(column.name) for column in table.columns} for name, table in tables.items()}
    return any(all(columns <= schema.get(name, set()) for name, columns in wanted.items()) for schema in schemas)
