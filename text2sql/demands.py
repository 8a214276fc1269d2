"""What a gold demands of the rows that it selects: tests of single columns, and columns that have to be equal.

A row for each table that the query mentions, with values that pass all tests of one alternative of each OR, is a
witness: the query selects something where its rows are. What breaks one demand only is a near miss, which a query with
another condition selects.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from text2sql.query_tree import COMPOUND, leftmost
from text2sql.scopes import Scopes, Slot

if TYPE_CHECKING:
    from sqlglot.expressions import Expression

Value = int | float | str
MOST_ALTERNATIVES = 6
NEGATED = {
    **{"eq": "neq", "gt": "lte", "lt": "gte", "like": "not like", "in": "not in"},
    **{"between": "not between", "null": "not null", "glob": "not glob"},
}
NEGATED |= {no: yes for yes, no in NEGATED.items()}
FLIPPED = {"gt": "lt", "lt": "gt", "gte": "lte", "lte": "gte"}
ARITHMETIC = ("add", "sub", "mul", "div", "mod", "neg")


class Pattern(str):
    """A text with the wild cards of LIKE."""


class Test(NamedTuple):
    """A column beside constants."""

    slot: Slot
    operator: str
    """A key of NEGATED, "gte" and "lte" among them."""
    values: tuple[Value, ...]


class Link(NamedTuple):
    """Two columns that have to be equal."""

    one: Slot
    other: Slot


Alternative = tuple[Test | Link, ...]
"""Demands that all have to be met."""


class Demands:
    """The demands of one query, read out of its tree."""

    def __init__(self, scopes: Scopes) -> None:
        self.scopes = scopes
        self.forbidden: list[Link] = []
        """What NOT IN, NOT EXISTS and EXCEPT exclude."""
        self.counts: set[int] = set()
        """Numbers that a COUNT is compared with."""
        self.numeric: set[Slot] = set()
        """Columns that are added up or calculated with."""
        self.clauses = [found for node in self._clauses() if (found := self._alternatives(node, True)) != [()]]
        self.groups = [slot for node in scopes.nodes if node.key == "group" for slot in self._slots(node.expressions)]
        self.selected = [slot for select in scopes.selects for slot in self._selected(select)]
        self.ordered = self._ordered()
        self.extremes = self._extremes()
        self.limit = max(
            (_whole(node.expression) for node in scopes.nodes if node.key in ("limit", "offset")), default=0
        )
        self._compound()
        self._shared_names()
        for node in scopes.nodes:
            if node.key in ("sum", "avg", *ARITHMETIC):
                self.numeric.update(self._slots([node]))

    def tests(self) -> Iterator[Test]:
        """All tests of all alternatives."""
        for alternative in itertools.chain.from_iterable(self.clauses):
            yield from (demand for demand in alternative if isinstance(demand, Test))

    def links(self) -> Iterator[Link]:
        """All pairs that are compared, the forbidden ones too."""
        for alternative in itertools.chain.from_iterable(self.clauses):
            yield from (demand for demand in alternative if isinstance(demand, Link))
        yield from self.forbidden

    # --- clauses ----------------------------------------------------------------------------------------------------
    def _clauses(self) -> Iterator[Expression]:
        """Each WHERE, HAVING and ON, and each USING as equalities."""
        for node in self.scopes.nodes:
            if node.key in ("where", "having"):
                yield node.this
            elif node.key == "join" and node.args.get("on"):
                yield node.args["on"]

    def _alternatives(self, node: Expression, positive: bool) -> list[Alternative]:
        """The ways to make a condition true, or false; [()] for one that nothing is known of."""
        if node.key == "paren":
            return self._alternatives(node.this, positive)
        if node.key == "not":
            return self._alternatives(node.this, not positive)
        if node.key in ("and", "or"):
            sides = [self._alternatives(side, positive) for side in (node.this, node.expression)]
            if (node.key == "and") == positive:
                return [one + other for one, other in itertools.product(*sides)][:MOST_ALTERNATIVES]
            return (sides[0] + sides[1])[:MOST_ALTERNATIVES]
        found = self._demand(node, positive)
        if isinstance(found, Link) and self._forbids(found):
            self.forbidden.append(found)
            found = None
        return [(found,)] if found else [()]

    def _demand(self, node: Expression, positive: bool) -> Test | Link | None:
        """One comparison as a demand."""
        read: dict[str, Callable] = {"between": self._between, "in": self._in, "is": self._is}
        if node.key in read:
            return read[node.key](node, positive)
        if node.key not in NEGATED and node.key not in FLIPPED:
            return None
        operator = node.key if positive else NEGATED.get(node.key, node.key)
        one, other = self._operand(node.this), self._operand(node.expression)
        if isinstance(other, tuple) and not isinstance(one, tuple):
            one, other, operator = other, one, FLIPPED.get(operator, operator)
        if isinstance(one, tuple) and isinstance(other, tuple):
            return Link(one, other) if operator == "eq" else None
        if isinstance(one, tuple) and other is not None:
            return Test(one, operator, (Pattern(other) if "like" in operator else other,))
        return None

    def _between(self, node: Expression, positive: bool) -> Test | None:
        slot, low, high = (self._operand(node.args[name]) for name in ("this", "low", "high"))
        if not isinstance(slot, tuple) or isinstance(low, tuple | None) or isinstance(high, tuple | None):
            return None
        return Test(slot, "between" if positive else "not between", (low, high))

    def _in(self, node: Expression, positive: bool) -> Test | Link | None:
        slot, query = self._operand(node.this), node.args.get("query")
        if not isinstance(slot, tuple):
            return None
        if query is None:
            values = tuple(
                value for item in node.expressions if not isinstance(value := self._operand(item), tuple | None)
            )
            return Test(slot, "in" if positive else "not in", values) if values else None
        inner = self.scopes.projected(query, 0)
        if inner and not positive:
            self.forbidden.append(Link(slot, inner))
        return Link(slot, inner) if inner and positive else None

    def _is(self, node: Expression, positive: bool) -> Test | None:
        slot = self._operand(node.this)
        null = node.expression.key == "null"
        return Test(slot, "null" if positive else "not null", ()) if isinstance(slot, tuple) and null else None

    def _operand(self, node: Expression | None) -> Slot | Value | None:
        """A column, also inside of a function; a constant; or the column that a query in parentheses selects."""
        if node is None or node.key == "null":
            return None
        if node.key == "literal":
            return node.this if node.is_string else number(node.this)
        if node.key == "neg" and node.this.key == "literal" and not node.this.is_string:
            return -number(node.this.this)
        if node.key == "column":
            return self.scopes.slot(node)
        if node.key == "subquery":
            return self.scopes.projected(node, 0)
        if node.key == "count":
            self._count(node)
            return None
        found = self._slots([node])
        return found[0] if len(found) == 1 else None

    def _count(self, node: Expression) -> None:
        """Keep what a COUNT is compared with."""
        parent = node.parent
        for name in ("this", "expression", "low", "high"):
            other = parent.args.get(name) if parent is not None else None
            if getattr(other, "key", "") == "literal" and not other.is_string:
                self.counts.add(int(number(other.this)))

    def _forbids(self, link: Link) -> bool:
        """Whether one side stands in a query whose rows are taken away, and the other doesn't."""
        return self._region(link.one) != self._region(link.other)

    def _region(self, slot: Slot) -> int:
        """The innermost query around an atom whose rows are taken away, or 0."""
        node = self.scopes.atoms[slot[0]]
        while node.parent is not None:
            parent = node.parent
            taken = parent.key == "except" and node.arg_key == "expression"
            taken |= parent.key == "not" and node.key in ("in", "exists")
            taken |= parent.key == "neq" and node.key == "subquery"
            if taken:
                return id(parent)
            node = parent
        return 0

    # --- the rest of the query --------------------------------------------------------------------------------------
    def _slots(self, nodes: list[Expression]) -> list[Slot]:
        """The columns in some nodes, but for those of nested queries."""
        columns = (
            inner
            for node in nodes
            for inner in node.walk(prune=lambda it: it.key in ("select", "subquery"))
            if inner.key == "column"
        )
        return list(dict.fromkeys(filter(None, map(self.scopes.slot, columns))))

    def _selected(self, select: Expression) -> Iterator[Slot]:
        """The columns that a SELECT selects, those of a star too."""
        yield from self._slots(select.expressions)
        if any(node.is_star and node.key != "count" for node in select.expressions):
            for source in self.scopes.sources[id(select)].values():
                atom = self.scopes.number.get(id(source))
                if atom is not None:
                    yield from ((atom, it.name.lower()) for it in self.scopes.tables[self.scopes.table(atom)].columns)

    def _ordered(self) -> list[Slot]:
        """The last key of each ORDER BY: equal ones would leave the order open."""
        lasts = [node.expressions[-1] for node in self.scopes.nodes if node.key == "order" and node.expressions]
        return self._slots([last for last in lasts if not any(it.key == "count" for it in last.walk())])

    def _extremes(self) -> dict[Slot, int]:
        """Columns of which only the greatest (1) or smallest (-1) value shows: MAX, MIN, and ORDER BY with LIMIT."""
        found: dict[Slot, int] = {}
        for node in self.scopes.nodes:
            if node.key in ("max", "min"):
                found |= dict.fromkeys(self._slots([node]), 1 if node.key == "max" else -1)
            elif node.key == "ordered" and node.parent.parent.args.get("limit"):
                found |= dict.fromkeys(self._slots([node]), 1 if node.args.get("desc") else -1)
        return found

    def _compound(self) -> None:
        """INTERSECT demands equal columns, EXCEPT forbids them."""
        for node in self.scopes.nodes:
            if node.key not in COMPOUND or node.key == "union":
                continue
            for place in range(len(leftmost(node).expressions)):
                pair = [self.scopes.projected(side, place) for side in (node.this, node.expression)]
                if None in pair:
                    continue
                if node.key == "intersect":
                    self.clauses.append([(Link(*pair),)])
                else:
                    self.forbidden.append(Link(*pair))

    def _shared_names(self) -> None:
        """USING and NATURAL JOIN demand that columns of one name are equal."""
        for join in self.scopes.nodes:
            joined = self.scopes.number.get(id(join.this)) if join.key == "join" else None
            if joined is None or not (join.args.get("using") or join.args.get("method")):
                continue
            tables, table = self.scopes.tables, self.scopes.table
            names = [it.name.lower() for it in join.args.get("using") or tables[table(joined)].columns]
            for name, before in itertools.product(names, range(joined)):
                if all(tables[table(atom)].column(name) for atom in (before, joined)):
                    self.clauses.append([(Link((before, name), (joined, name)),)])


def number(text: str) -> int | float:
    """A number as written in SQL; a whole one as an int."""
    found = float(text)
    return int(found) if found.is_integer() and abs(found) < 2**53 else found


def _whole(node: Expression | None) -> int:
    return int(node.this) if node is not None and node.key == "literal" and node.this.isdecimal() else 0


def passes(test: Test, value: Value | None) -> bool:
    """Whether a value passes a test, compared as a column of its own kind compares."""
    if value is None or test.operator in ("null", "not null"):
        return (test.operator == "null") == (value is None) and test.operator in ("null", "not null")
    wanted = [_as(value, constant) for constant in test.values]
    if test.operator in ("like", "not like", "glob", "not glob"):
        return _matches(str(test.values[0]), str(value), test.operator) == (not test.operator.startswith("not"))
    first = wanted[0]
    return {
        "eq": lambda: value == first,
        "neq": lambda: value != first,
        "gt": lambda: value > first,
        "gte": lambda: value >= first,
        "lt": lambda: value < first,
        "lte": lambda: value <= first,
        "in": lambda: value in wanted,
        "not in": lambda: value not in wanted,
        "between": lambda: first <= value <= wanted[1],
        "not between": lambda: not first <= value <= wanted[1],
    }[test.operator]()


def _as(value: Value, constant: Value) -> Value:
    """A constant in the kind of a value, so that the two compare."""
    if isinstance(value, str):
        return str(constant)
    try:
        return number(str(constant))
    except ValueError:
        return float("inf")  # SQLite sorts texts behind numbers


def _matches(pattern: str, value: str, operator: str) -> bool:
    many, one = ("*", "?") if "glob" in operator else ("%", "_")
    parts = (".*" if sign == many else "." if sign == one else re.escape(sign) for sign in pattern)
    return bool(re.fullmatch("".join(parts), value, re.S | (0 if "glob" in operator else re.I)))
