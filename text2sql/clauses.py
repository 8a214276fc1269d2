"""A query and its gold as comparable facts: the tables, columns, joins and conditions that each of them has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from text2sql.query_tree import COMPOUND, Query, is_nested, is_text, leftmost, owner, parsed

if TYPE_CHECKING:
    from sqlglot.expressions import Expression

AGGREGATES = ("avg", "count", "groupconcat", "max", "min", "sum", "total")

Joins = frozenset[frozenset[str]]
"""Sets of columns that are joined to one another."""


class Clauses(NamedTuple):
    """What one query is made of; the parts are equal for queries that differ only in how they are written."""

    width: int | None
    """Columns of the result; None where there is a star."""
    tables: Counter[str]
    compounds: Counter[str]
    """union, union all, intersect, except."""
    nested: int
    """Queries within queries, common table expressions included, but for `members`."""
    members: int
    """Those that only say which values a column may have, as a join would: `id IN (SELECT singer_id FROM concert)`."""
    aggregates: Counter[str]
    """Names of the aggregate functions that are selected."""
    columns: Counter[str]
    """What is selected, without DISTINCT; a column is the same as the one that the gold joins it to."""
    exact_columns: Counter[str]
    """The same, but it isn't: one may be a text and the other a number."""
    inner_aggregates: Counter[str]
    inner_columns: Counter[str]
    """The same of nested queries that are no members."""
    joins: Joins | None
    """By ON, USING, WHERE or a member; None where a NATURAL JOIN leaves it open."""
    sides: Counter[str]
    """LEFT, RIGHT, FULL."""
    filters: Counter[str]
    """The other conditions of WHERE, HAVING and ON, with ? for each value, and (query) for a nested query."""
    values: Counter[str]
    """The same with the values."""
    literals: frozenset[str]
    """The values alone."""
    groups: Counter[frozenset[str]]
    orders: Counter[tuple[str, ...]]
    limits: Counter[str]
    distinct: Counter[str]
    """Where DISTINCT stands and may change the result."""


@lru_cache(maxsize=1024)  # a gold's phrasings are often answered alike
def compared(gold: str, prediction: str) -> tuple[Clauses, Clauses] | None:
    """The clauses of both, or None where one can't be parsed as a query, or is too long or too deep for it."""
    trees = parsed(gold), parsed(prediction)
    if None in trees:
        return None
    try:
        return _both(*map(Query, trees))
    except (AttributeError, IndexError, KeyError, RecursionError, TypeError, ValueError):
        return None  # an unusual tree: no class is better than no evaluation


def _both(gold: Query, prediction: Query) -> tuple[Clauses, Clauses]:
    """The clauses of both, with names resolved by what both of them say."""
    queries = gold, prediction
    known = gold.owned() | prediction.owned()
    for query in queries:
        query.learn(known=known)
    loose = gold.unresolved() | prediction.unresolved()
    for query in queries:
        query.learn(loose=loose)
    exact = [(_joins(query), Counter(_selected(query, query.top))) for query in queries]
    same = _same(_equalities(gold, inner=True))
    for query in queries:
        query.learn(same=same)
    return _clauses(gold, *exact[0]), _clauses(prediction, *exact[1])


def _clauses(query: Query, joins: Joins | None, columns: Counter[str]) -> Clauses:
    members = [member for _, condition in _conditions(query) if (member := _member(condition))]
    nested = [select for select in query.selects if is_nested(select) and select not in members]
    first = query.top[0].expressions
    tables = (node.name.lower() for node in query.all("table"))
    return Clauses(
        width=None if any(node.is_star for node in first) else len(first),
        tables=Counter(name for name in tables if name not in query.shared),
        compounds=Counter(node.key + " all" * (not node.args.get("distinct")) for node in query.all(*COMPOUND)),
        nested=len(nested),
        members=len(members),
        aggregates=Counter(_aggregates(query.top)),
        columns=Counter(_selected(query, query.top)),
        exact_columns=columns,
        inner_aggregates=Counter(_aggregates(nested)),
        inner_columns=Counter(_selected(query, nested)),
        joins=joins,
        sides=Counter(join.args["side"].upper() for join in query.all("join") if join.args.get("side")),
        filters=Counter(_filters(query, values=False)),
        values=Counter(_filters(query, values=True)),
        literals=frozenset(_literals(query)),
        groups=Counter(frozenset(_keys(query, node, "group")) for node in query.nodes if node.args.get("group")),
        orders=Counter(tuple(_keys(query, node, "order")) for node in query.nodes if node.args.get("order")),
        limits=Counter(_limit(query, node) for node in query.nodes if node.args.get("limit")),
        distinct=Counter(_distinct(query)),
    )


# --- what is selected -----------------------------------------------------------------------------------------------
def _selected(query: Query, selects: list[Expression]) -> Iterator[str]:
    return (query.spell(node) for select in selects for node in select.expressions)


def _aggregates(selects: list[Expression]) -> Iterator[str]:
    for select in selects:
        for selected in select.expressions:
            for node in selected.walk(prune=lambda inner: inner.key == "select"):
                name = node.name.lower() if node.key == "anonymous" else node.key
                if name in AGGREGATES:
                    yield name


def _distinct(query: Query) -> Iterator[str]:
    for node in query.all("distinct"):
        if node.parent.key != "select":
            yield f"{node.parent.key}({','.join(map(query.spell, node.expressions))})"
        elif not is_nested(node.parent):
            yield "select"
        elif node.parent.parent.parent.key not in ("in", "eq"):  # where it changes nothing
            yield "inner select"


# --- joins and conditions -------------------------------------------------------------------------------------------
def _conditions(query: Query) -> Iterator[tuple[Expression, Expression]]:
    """The single conditions of all WHERE, HAVING and ON, each behind the clause that it stands in."""
    clauses = [(node, node.this) for node in query.all("where", "having")]
    clauses += [(node, node.args["on"]) for node in query.all("join") if node.args.get("on")]
    return ((clause, condition) for clause, whole in clauses for condition in _conjuncts(whole))


def _conjuncts(node: Expression) -> Iterator[Expression]:
    """The parts of a condition that all have to hold, in order."""
    stack = [node]
    while stack:
        node = stack.pop()
        if node.key == "paren":
            stack.append(node.this)
        elif node.key == "and":
            stack += [node.expression, node.this]
        else:
            yield node


def _filters(query: Query, values: bool) -> Iterator[str]:
    for _, condition in _conditions(query):
        if condition.key == "between":
            low, middle, high = (query.spell(condition.args[name], values) for name in ("low", "this", "high"))
            yield from (f"lte({low},{middle})", f"lte({middle},{high})")
        elif not _is_join(condition) and not _member(condition):
            yield query.spell(condition, values)


def _literals(query: Query) -> Iterator[str]:
    for _, condition in _conditions(query):
        for node in condition.walk(prune=lambda inner: inner.key == "select"):
            if node.key == "literal" or (node.key == "column" and is_text(node)):
                yield query.spell(node)


def _is_join(condition: Expression) -> bool:
    """Whether it says that two columns are equal."""
    sides = (condition.this, condition.expression) if condition.key == "eq" else ()
    return bool(sides) and all(side.key == "column" and not is_text(side) for side in sides)


def _member(condition: Expression) -> Expression | None:
    """The SELECT of a column's allowed values, where a condition is just that: IN or = a query for one column."""
    query = condition.args.get("query" if condition.key == "in" else "expression")
    if condition.key not in ("in", "eq") or query is None or query.key != "subquery" or condition.this.key != "column":
        return None
    select = query.unnest()
    plain = select.key == "select" and not select.args.get("limit") and len(select.expressions) == 1
    return select if plain and select.expressions[0].unalias().key == "column" else None


def _equalities(query: Query, inner: bool = False) -> list[tuple[str, str]]:
    """Pairs of columns that have to be equal; with `inner` without those of LEFT JOINs and their like."""
    pairs = []
    for clause, condition in _conditions(query):
        member = _member(condition)
        other = member.expressions[0].unalias() if member else condition.expression if _is_join(condition) else None
        if other is None or (inner and clause.args.get("side")):
            continue
        pair = query.name(condition.this), query.name(other)
        if not (member and pair[0] == pair[1]):  # x IN (SELECT x ...) chooses among its own table's rows
            pairs.append(pair)
    return pairs + [pair for join in query.all("join") for pair in _using(query, join)]


def _using(query: Query, join: Expression) -> Iterator[tuple[str, str]]:
    """The pairs of a USING: a column of the table that is joined, and of one before it that has the column."""
    sources = dict(query.sources[id(owner(join))])
    joined = sources.pop(join.this.alias_or_name.lower(), None)
    for column in join.args.get("using") or ():
        name = column.name.lower()
        having = [source for source in sources.values() if query.has(source, name)] or list(sources.values())
        yield query.column_of(having[0] if having else None, name), query.column_of(joined, name)


def _joins(query: Query) -> Joins | None:
    if any(join.args.get("method") for join in query.all("join")):
        return None
    return frozenset(map(frozenset, _classes(_equalities(query))))


def _classes(pairs: Iterable[tuple[str, str]]) -> list[set[str]]:
    """The sets of names that the pairs connect."""
    classes: list[set[str]] = []
    for pair in pairs:
        touched = [found for found in classes if not found.isdisjoint(pair)]
        classes = [found for found in classes if found.isdisjoint(pair)] + [set(pair).union(*touched)]
    return classes


def _same(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Column -> the one that stands for all that it is joined to; a table joined to itself has different rows."""
    apart = [pair for pair in pairs if pair[0].partition(".")[0] != pair[1].partition(".")[0]]
    return {name: min(found) for found in _classes(apart) for name in found}


# --- GROUP BY, ORDER BY, LIMIT --------------------------------------------------------------------------------------
def _keys(query: Query, node: Expression, clause: str) -> Iterator[str]:
    """What is grouped or ordered by; a number stands for what is selected there."""
    selected = leftmost(node).expressions
    for key in node.args[clause].expressions:
        inner, end = (key.this, " desc" * bool(key.args.get("desc"))) if key.key == "ordered" else (key, "")
        place = int(inner.this) - 1 if inner.key == "literal" and inner.this.isdecimal() else -1
        yield query.spell(selected[place] if 0 <= place < len(selected) else inner) + end


def _limit(query: Query, node: Expression) -> str:
    parts = (node.args.get("limit"), node.args.get("offset"))
    return " offset ".join(query.spell(part.expression) for part in parts if part)
