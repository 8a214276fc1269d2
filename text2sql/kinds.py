"""The kind of each column's values, by what a gold compares them with: nearly all columns of WikiSQL say VARCHAR."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from text2sql.contexts import Column, Table, Tables, is_number
from text2sql.demands import Demands, Test, Value, number
from text2sql.scopes import Slot

INTEGER, REAL, TEXT, DATE = "INTEGER", "REAL", "VARCHAR", "DATE"

Place = tuple[str, str]
"""A table and a column, both in small letters."""

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_REAL = re.compile(r"real|floa|doub|num|dec|money", re.I)
_ORDER = ("gt", "gte", "lt", "lte", "between", "not between")


class Families:
    """Columns whose values are compared with one another, each family with one kind and one pool of values."""

    def __init__(self, tables: Tables, demands: Demands) -> None:
        self.tables, self.table = tables, demands.scopes.table
        self.parent: dict[Place, Place] = {
            (name, column.name.lower()): (name, column.name.lower())
            for name, table in tables.items()
            for column in table.columns
        }
        for one, other in self._pairs(demands):
            self.parent[self.of(other)] = self.of(one)
        self.tests: dict[Place, list[Test]] = {}
        for test in demands.tests():
            self.tests.setdefault(self.of(self.place(test.slot)), []).append(test)
        self.numeric = {self.of(self.place(slot)) for slot in demands.numeric}
        self.kinds = {root: self._kind(root) for root in map(self.of, self.parent)}

    def place(self, slot: Slot) -> Place:
        """The table and column of a slot."""
        return self.table(slot[0]), slot[1]

    def of(self, place: Place) -> Place:
        """The column that stands for a family."""
        while self.parent[place] != place:
            place = self.parent[place]
        return place

    def kind(self, place: Place) -> str:
        """INTEGER, REAL, VARCHAR or DATE."""
        return self.kinds[self.of(place)]

    def literals(self, place: Place) -> list[Value]:
        """The constants that a family is compared with."""
        return list(dict.fromkeys(value for test in self.tests.get(self.of(place), ()) for value in test.values))

    def typed(self) -> Tables:
        """The tables with the types that the values have."""
        return {name: replace(table, columns=tuple(self._typed(name, table))) for name, table in self.tables.items()}

    def _typed(self, name: str, table: Table) -> Iterable[Column]:
        for column in table.columns:
            kind = self.kind((name, column.name.lower()))
            wrong = is_number(column.type) != (kind in (INTEGER, REAL)) or not column.type
            yield replace(column, type=kind) if wrong else column

    def _pairs(self, demands: Demands) -> Iterable[tuple[Place, Place]]:
        for link in demands.links():
            yield self.place(link.one), self.place(link.other)
        for name, table in self.tables.items():
            for column, other, target in table.references:
                parent = self.tables.get(other.lower())
                wanted = target or (parent.key[0] if parent and len(parent.key) == 1 else "")
                if parent and parent.column(wanted):
                    yield (name, column.lower()), (other.lower(), wanted.lower())

    def _kind(self, root: Place) -> str:
        members = [place for place in self.parent if self.of(place) == root]
        declared = [self.tables[table].column(column).type for table, column in members]
        tests = self.tests.get(root, [])
        texts = [value for test in tests for value in test.values if isinstance(value, str)]
        bare = [value for test in tests for value in test.values if not isinstance(value, str)]
        numbers = any(map(is_number, declared))
        if any(
            not is_numeric(text) and not _is_pattern(test, text, numbers) for test in tests for text in _texts(test)
        ):
            dates = texts and all(_DATE.fullmatch(text) for text in texts)
            return DATE if dates and any("date" in kind.lower() for kind in declared) else TEXT
        values = [*bare, *(number(text) for text in texts if is_numeric(text))]
        if bare or root in self.numeric or numbers:
            fractions = any(isinstance(value, float) for value in values) or any(map(_REAL.search, declared))
            return REAL if fractions else INTEGER
        return DATE if any(re.match(r"date|timestamp", kind, re.I) for kind in declared) else TEXT


def _texts(test: Test) -> list[str]:
    return [value for value in test.values if isinstance(value, str)]


def is_numeric(text: str) -> bool:
    """Whether a text is a plain number."""
    return bool(re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)", text))


def _is_pattern(test: Test, text: str, numbers: bool) -> bool:
    """Whether a text is a pattern of digits for a column of numbers."""
    return numbers and "like" in test.operator and bool(re.fullmatch(r"[\d.%_]+", text))
