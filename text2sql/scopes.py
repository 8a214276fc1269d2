"""Which table's column each name in a parsed query is, with the tables known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from text2sql.contexts import Tables
from text2sql.query_tree import leftmost, owner

if TYPE_CHECKING:
    from sqlglot.expressions import Expression

Slot = tuple[int, str]
"""A column of one of the query's rows: the number of the atom, and the column's name in small letters."""


class Scopes:
    """The tables that a query names, each mention an atom of its own, and what its columns are."""

    def __init__(self, tree: Expression, tables: Tables) -> None:
        self.tree, self.tables = tree, tables
        self.nodes = list(tree.walk())
        self.selects = [node for node in self.nodes if node.key == "select"]
        self.columns = [node for node in self.nodes if node.key == "column"]
        self.shared = {node.alias.lower(): node.this for node in self.nodes if node.key == "cte"}
        self.atoms: list[Expression] = []
        self.number: dict[int, int] = {}  # id of an atom's node -> its place
        self.sources: dict[int, dict[str, Expression]] = {id(select): {} for select in self.selects}
        for node in self.nodes:
            if node.key in ("table", "subquery") and node.parent is not None and node.parent.key in ("from", "join"):
                self._add(node)

    def _add(self, node: Expression) -> None:
        name, select = node.name.lower(), owner(node)
        if node.key == "table" and name not in self.shared and name in self.tables:
            self.number[id(node)] = len(self.atoms)
            self.atoms.append(node)
        if select is not None:
            self.sources[id(select)][node.alias_or_name.lower()] = node

    def table(self, atom: int) -> str:
        """The name of an atom's table, in small letters."""
        return self.atoms[atom].name.lower()

    def slot(self, column: Expression) -> Slot | None:
        """What a column is, in its own query or in one around it; None for what is no table's."""
        name, alias, select = column.name.lower(), column.table.lower(), owner(column)
        while select is not None:
            for key, source in self.sources[id(select)].items():
                found = self._in(source, name) if alias in ("", key) else None
                if found:
                    return found
            if not alias and (found := self._aliased(select, name, column)):
                return found
            select = owner(select)
        return None

    def named(self, alias: str) -> str | None:
        """The table that an alias stands for anywhere in the query."""
        for sources in self.sources.values():
            node = sources.get(alias.lower())
            if node is not None and id(node) in self.number:
                return node.name.lower()
        return None

    def projected(self, query: Expression, place: int) -> Slot | None:
        """The column that a query selects at a place, where it is one."""
        select = leftmost(query.unnest())
        if place >= len(select.expressions):
            return None
        node = select.expressions[place].unalias()
        while node.key in ("max", "min", "paren", "distinct") and node.this is not None:
            node = node.this
        return self.slot(node) if node.key == "column" else None

    def _in(self, source: Expression, name: str) -> Slot | None:
        """A column of one source."""
        if id(source) in self.number:
            atom = self.number[id(source)]
            return (atom, name) if self.tables[self.table(atom)].column(name) else None
        inner = self.shared.get(source.name.lower()) if source.key == "table" else source.this
        return self._selected(leftmost(inner), name) if inner is not None and inner.key != "table" else None

    def _selected(self, select: Expression, name: str) -> Slot | None:
        for node in select.expressions:
            if node.is_star:
                found = (self._in(source, name) for source in self.sources[id(select)].values())
                return next(filter(None, found), None)
            if node.alias_or_name.lower() == name and node.unalias().key == "column":
                return self.slot(node.unalias())
        return None

    def _aliased(self, select: Expression, name: str, column: Expression) -> Slot | None:
        """The column that is selected under this name."""
        for node in select.expressions:
            if (
                node.key == "alias"
                and node.alias.lower() == name
                and node.this.key == "column"
                and node.this is not column
            ):
                return self.slot(node.this)
        return None
