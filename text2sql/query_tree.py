"""A parsed query whose parts can be compared: every name with the table behind its alias, every expression in one
spelling, whichever of several ways it is written in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache, cached_property
from typing import TYPE_CHECKING

from text2sql.rewrite import plain

if TYPE_CHECKING:
    from sqlglot.dialects.dialect import Dialect
    from sqlglot.expressions import Expression
    from sqlglot.parser import Parser

LONGEST = 5_000  # characters of a statement that is parsed; the longest gold of Spider has 577
PARSER_STEPS = 20_000  # tokens that the parser may go over, again and again; the heaviest prediction at hand took 120
LONGEST_NAME = 2_000  # characters of one column's spelling, which grows with each query that it passes through
COMPOUND = ("union", "intersect", "except")
STATEMENTS = ("select", "subquery", *COMPOUND)
COMPARISONS = ("eq", "neq", "gt", "gte", "lt", "lte", "like", "glob", "in", "between")
SYMMETRIC = ("and", "or", "eq", "neq")
COUNT = "count(*)"
UNKNOWN = "?."  # before a column whose table isn't known
_QUERY = re.compile(r"[\s(]*(?:select|with)\b")

Source = "str | Expression | None"
"""What an alias stands for: a table's name, a query, or nothing known."""


def parsed(sql: str) -> Expression | None:
    """The tree of one query, or None for what can't be parsed as one, or is too long or too tangled to be worth it."""
    text = plain(sql)
    if len(text) > LONGEST or not _QUERY.match(text):
        return None
    dialect, parser = _parser()
    try:
        trees = [tree for tree in parser(dialect=dialect).parse(dialect.tokenize(text), text) if tree is not None]
    except Exception:  # ParseError and TokenError are promised, but what a model writes finds others
        return None
    return trees[0] if len(trees) == 1 and trees[0].key in STATEMENTS else None


@cache
def _parser() -> tuple[Dialect, type[Parser]]:
    """SQLite's dialect, and its parser with a budget: sqlglot tries again for each of several JOINs without ON, and
    each try may double its time."""
    from sqlglot.dialects import SQLite

    dialect = SQLite()

    class Bounded(type(dialect.parser())):
        steps = PARSER_STEPS

        def _advance(self, times: int = 1) -> None:
            self.steps -= 1
            if self.steps < 0:
                raise OverflowError("too many steps")
            super()._advance(times)

    return dialect, Bounded


class Query:
    """One parsed query, and the spelling of its parts.

    There is no schema here: which of several tables an unqualified column belongs to is taken from what is `known`, and
    the columns of which that can't be told for the query or the one beside it are compared without their table.
    """

    def __init__(self, tree: Expression) -> None:
        self.nodes = list(tree.walk())
        self.selects = self.all("select")
        self.top = [select for select in self.selects if not is_nested(select)]
        self.shared = {node.alias.lower(): node.this for node in self.all("cte")}
        self.known: set[tuple[str, str]] = set()
        self.loose: set[str] = set()
        self.same: dict[str, str] = {}
        self.names: dict[int, str] = {}  # id of a column -> its spelling

    def learn(
        self,
        known: Iterable[tuple[str, str]] = (),
        loose: Iterable[str] = (),
        same: dict[str, str] | None = None,
    ) -> None:
        """Take in (table, column) pairs that exist, columns to compare without a table, and what stands for others."""
        self.known |= set(known)
        self.loose |= set(loose)
        self.same = same or {}
        self.names.clear()

    def all(self, *keys: str) -> list[Expression]:
        """The nodes of these kinds."""
        return [node for node in self.nodes if node.key in keys]

    # --- names --------------------------------------------------------------------------------------------------------
    @cached_property
    def sources(self) -> dict[int, dict[str, Source]]:
        """id of each SELECT -> alias -> what it reads."""
        found: dict[int, dict[str, Source]] = {id(select): {} for select in self.selects}
        for node in self.all("table", "subquery"):
            select = owner(node)
            if select is None or (node.key == "subquery" and node.parent.key not in ("from", "join")):
                continue
            name = node.name.lower()
            source = node.this if node.key == "subquery" else self.shared.get(name, name)
            found[id(select)][node.alias_or_name.lower()] = source
        return found

    def _source(self, select: Expression | None, alias: str) -> Source:
        """What an alias stands for, in this query or in one around it."""
        while select is not None:
            if alias in self.sources[id(select)]:
                return self.sources[id(select)][alias]
            select = owner(select)
        return None

    def owned(self) -> set[tuple[str, str]]:
        """(table, column) pairs that the query itself tells."""
        names = (self.name(column).partition(".") for column in self.all("column"))
        return {(table, name) for table, dot, name in names if dot and table != "?"}

    def unresolved(self) -> set[str]:
        """Columns whose table isn't known."""
        names = map(self.name, self.all("column"))
        return {name.removeprefix(UNKNOWN) for name in names if name.startswith(UNKNOWN)}

    def name(self, column: Expression) -> str:
        """table.column, ?.column, or the spelling of what it stands for. Raises ValueError when that explodes."""
        if id(column) not in self.names:
            name = self.names[id(column)] = self._name(column)
            if len(name) > LONGEST_NAME:
                raise ValueError("a column that is made of too many")
        return self.names[id(column)]

    def _name(self, column: Expression) -> str:
        name, select = column.name.lower(), owner(column)
        if select is None or name == "*":
            return f"{UNKNOWN}{name}"
        if column.table:
            return self.column_of(self._source(select, column.table.lower()), name)
        aliased = self._aliased(select, name, column)
        if aliased is not None:
            return aliased
        if is_text(column):
            return _value(column.name)
        sources = list(self.sources[id(select)].values())
        if len(sources) > 1:
            sources = [source for source in sources if self.has(source, name)]
        return self.column_of(sources[0] if len(sources) == 1 else None, name)

    def _aliased(self, select: Expression, name: str, column: Expression) -> str | None:
        """What is selected under this name, for a column outside of what is selected."""
        if _clause(column) == "expressions":
            return None
        found = (node.this for node in select.expressions if node.key == "alias" and node.alias.lower() == name)
        return next(map(self.spell, found), None)

    def has(self, source: Source, name: str) -> bool:
        """Whether a table or a query is known to have a column."""
        if source is None or isinstance(source, str):
            return (source, name) in self.known
        return any(node.alias_or_name.lower() == name for node in leftmost(source).expressions)

    def column_of(self, source: Source, name: str) -> str:
        """The spelling of a table's column, or of what a query selects under its name."""
        if source is None or (isinstance(source, str) and name in self.loose):
            return f"{UNKNOWN}{name}"
        if isinstance(source, str):
            return self.same.get(f"{source}.{name}", f"{source}.{name}")
        inner = leftmost(source)
        for node in inner.expressions:
            if node.alias_or_name.lower() == name:
                return self.spell(node)
        below = list(self.sources[id(inner)].values())
        return self.column_of(below[0] if len(below) == 1 else None, name)

    # --- spelling -----------------------------------------------------------------------------------------------------
    def spell(self, node: Expression, values: bool = True) -> str:
        """One spelling for what means the same; with ? for each value unless `values`. All counts are alike."""
        if node.key in ("paren", "alias"):
            return self.spell(node.this, values)
        if node.key == "column":
            name = self.name(node)
            return "?" if name.startswith("'") and not values else name
        if node.key == "literal":
            return _value(node.this) if values else "?"
        if node.key in (*STATEMENTS, "values"):
            return "(query)"
        return COUNT if node.key == "count" else self._spell_operator(node, values)

    def _spell_operator(self, node: Expression, values: bool) -> str:
        key, parts = node.key, list(self._parts(node, values))
        if key in ("lt", "lte", "gt", "gte"):
            return _bound(*(parts if key[0] == "l" else reversed(parts)), strict=key[1:] == "t")
        if key == "not" and parts[0].startswith("eq("):
            return f"n{parts[0]}"
        if key == "in" and not node.args.get("query"):
            key, parts = (
                ("eq", parts) if len(parts) == 2 else (key, [parts[0], *(sorted(parts[1:]) if values else "?")])
            )
        if key == "anonymous":
            key, *parts = parts
        return f"{key}({','.join(sorted(parts) if key in SYMMETRIC else parts)})"

    def _parts(self, node: Expression, values: bool) -> Iterator[str]:
        for name, part in node.args.items():
            for item in part if isinstance(part, list) else [part]:
                if hasattr(item, "key"):
                    yield self.spell(item, values)
                elif item:
                    yield name if item is True else str(item).lower()


def _bound(low: str, high: str, strict: bool) -> str:
    """low < high or low <= high; a count above 2 is one of at least 3."""
    if not strict or COUNT not in (low, high):
        return f"{'lt' if strict else 'lte'}({low},{high})"
    shifted = [_shifted(side, by) for side, by in ((low, 1), (high, -1))]
    return f"lte({low},{shifted[1]})" if low == COUNT else f"lte({shifted[0]},{high})"


def _shifted(value: str, by: int) -> str:
    try:
        return _value(str(float(value.strip("'")) + by))
    except ValueError:
        return value


def _value(text: str) -> str:
    """A literal; SQLite takes most numbers for equal to their text."""
    try:
        return f"'{float(text)!r}'" if len(text) < 16 else f"'{text}'"
    except ValueError:
        return f"'{text}'"


# --- where a node stands --------------------------------------------------------------------------------------------
def owner(node: Expression) -> Expression | None:
    """The SELECT that a node stands in; for the ORDER BY of a UNION, its first one."""
    while node.parent is not None:
        if node.parent.key == "select":
            return node.parent
        if node.parent.key in COMPOUND and node.arg_key == "order":
            return leftmost(node.parent)
        node = node.parent
    return None


def is_nested(select: Expression) -> bool:
    """Whether a SELECT's rows are not the result's own."""
    node = select.parent
    while node is not None and node.key not in ("select", "cte"):
        node = node.parent
    return node is not None


def leftmost(node: Expression) -> Expression:
    """The SELECT that names the columns of a query."""
    while node.key != "select":
        node = node.this
    return node


def is_text(column: Expression) -> bool:
    """Whether a name in double quotes is a text, as SQLite takes it where there is no such column: here, where a column
    is compared with it."""
    if column.table or not column.this.args.get("quoted") or column.parent is None:
        return False
    return column.parent.key in COMPARISONS and column.arg_key != "this"


def _clause(node: Expression) -> str | None:
    """The clause of its SELECT that a node stands in."""
    while node.parent is not None and node.parent.key != "select":
        node = node.parent
    return node.arg_key if node.parent is not None else None
