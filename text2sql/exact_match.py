"""Exact set match, component scores and hardness, as Spider's official evaluator defines them.

After evaluation.py of https://github.com/taoyds/test-suite-sql-eval with --etype match (Yu et al., EMNLP 2018): two
queries match if each clause holds the same set of things. Values, the number of LIMIT, conditions of joins and DISTINCT
don't count, and columns that foreign keys link are one. What is peculiar in it is in docs/parity.md.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from text2sql.spider_schema import Schema, schemas
from text2sql.spider_sql import Column, Condition, Conditions, ParseError, Query, Term, parse

__all__ = ["COMPONENTS", "LEVELS", "Count", "ExactMatch", "Schema"]
__all__ += ["component_scores", "exact_match", "hardness", "parse", "schemas"]

COMPONENTS = (
    "select",
    "select(no AGG)",
    "where",
    "where(no OP)",
    "group(no Having)",
    "group",
    "order",
    "and/or",
    "IUEN",
    "keywords",
)
"""In the order of the official table."""

LEVELS = ("easy", "medium", "hard", "extra")


class Count(NamedTuple):
    """The items of one component."""

    predicted: int
    gold: int
    matched: int

    @property
    def correct(self) -> bool:
        """All match: accuracy, recall and F1 of one pair are 1 then, else 0."""
        return self.predicted == self.gold == self.matched


@dataclass(frozen=True)
class ExactMatch:
    """What exact set match says of one prediction."""

    match: bool
    components: Mapping[str, Count]
    """One of each COMPONENTS; none where the gold can't be read."""
    hardness: str
    """The gold's: one of LEVELS, or "" where it can't be read."""
    error: str = ""
    """Why the prediction (or the gold) can't be read, one line; else ""."""


def exact_match(prediction: str, gold: str, schema: Schema, *, keep_distinct: bool = False) -> ExactMatch:
    """Compare a predicted query with the gold one by the official definition. Raises nothing, whatever they are.

    A prediction outside of the official grammar is compared as the empty query, and never matches. Nor does anything
    match a gold that is outside of it, where the official code stops. In the prediction each `value`, its placeholder,
    is 1, as there. `keep_distinct` makes SELECT DISTINCT and count(DISTINCT ...) count, of which the official code can
    only be set to do the second.
    """
    wanted = _read(gold, schema, keep_distinct)
    if wanted.error:
        return ExactMatch(False, {}, "", f"the gold: {wanted.error}")
    predicted = _read(prediction.replace("value", "1"), schema, keep_distinct)
    pair = predicted.query, wanted.query
    components = _components(*pair)
    return ExactMatch(not predicted.error and _match(*pair, components), components, wanted.hardness, predicted.error)


# --- what is left of a query for the comparison


class _Read(NamedTuple):
    """A query as it is compared; the empty one, and why, where it can't be read."""

    query: Query
    hardness: str
    error: str = ""


@lru_cache(maxsize=2048)  # a gold is asked for in several phrasings, which are often answered alike
def _read(sql: str, schema: Schema, keep_distinct: bool) -> _Read:
    try:
        query = parse(sql, schema)
    except ParseError as error:
        return _Read(_comparable(Query(), schema, keep_distinct), "", str(error))
    return _Read(_comparable(query, schema, keep_distinct), hardness(query))


def _comparable(query: Query, schema: Schema, keep_distinct: bool) -> Query:
    """The query without values, and with one name for columns that foreign keys link."""
    names = {name: other for name, other in schema.stands_for.items() if name.partition(".")[0] in query.tables}
    return _renamed(_without_values(query), names, keep_distinct)


def _without_values(query: Query) -> Query:
    """Of values only subqueries are left. Those of a subquery in FROM stay, as in the official code."""
    return query._replace(
        joins=_conditions_without_values(query.joins),
        where=_conditions_without_values(query.where),
        having=_conditions_without_values(query.having),
        operand=query.operand and _without_values(query.operand),
    )


def _conditions_without_values(conditions: Conditions) -> Conditions:
    units = [
        unit._replace(
            value=_without_values(unit.value) if isinstance(unit.value, Query) else None,
            upper=_without_values(unit.upper) if isinstance(unit.upper, Query) else None,
        )
        for unit in conditions.units
    ]
    return conditions._replace(units=tuple(units))


def _renamed(query: Query, names: Mapping[str, str], keep_distinct: bool) -> Query:
    """The query with other names for columns, and without DISTINCT, but as it is in the subqueries of its conditions.

    The names are those of the outermost query's tables; the official code has them for the queries behind INTERSECT,
    UNION and EXCEPT too.
    """

    def column(it: Column) -> Column:
        return Column(it.aggregate, names.get(it.name, it.name), keep_distinct and it.distinct)

    def term(it: Term) -> Term:
        return Term(column(it.left), it.operator, it.right and column(it.right))

    def conditions(them: Conditions) -> Conditions:
        return them._replace(units=tuple([unit._replace(term=term(unit.term)) for unit in them.units]))

    order = query.order_by
    return query._replace(
        select=tuple([item._replace(term=term(item.term)) for item in query.select]),
        distinct=keep_distinct and query.distinct,
        joins=conditions(query.joins),
        where=conditions(query.where),
        group_by=tuple([column(it) for it in query.group_by]),
        having=conditions(query.having),
        order_by=order and order._replace(terms=tuple([term(it) for it in order.terms])),
        operand=query.operand and _renamed(query.operand, names, keep_distinct),
    )


# --- the comparison


def _match(predicted: Query, gold: Query, components: Mapping[str, Count]) -> bool:
    """Every component is correct and the tables are the same, in any order."""
    if not all(count.correct for count in components.values()):
        return False
    return not gold.tables or Counter(predicted.tables) == Counter(gold.tables)


def _components(predicted: Query, gold: Query) -> dict[str, Count]:
    """The counts of each of COMPONENTS, in that order."""
    pair = predicted, gold
    found = (
        _bags(*[[(query.distinct, item) for item in query.select] for query in pair]),
        _bags(*[[(query.distinct, item.term) for item in query.select] for query in pair]),
        _bags(*[query.where.units for query in pair]),
        _bags(*[[unit.term for unit in query.where.units] for query in pair]),
        _bags(*[[column.name.rpartition(".")[2] for column in query.group_by] for query in pair]),
        _clauses(*[query.group_by and ([it.name for it in query.group_by], query.having) for query in pair]),
        _clauses(*[query.order_by and (query.order_by, query.limit) for query in pair]),
        _connectors(*[set(query.where.connectors) for query in pair]),
        _operands(predicted, gold),
        _bags(*[_keywords(query) for query in pair]),
    )
    return dict(zip(COMPONENTS, found, strict=True))


def _bags(predicted: Collection[Hashable], gold: Collection[Hashable]) -> Count:
    """Items that may stand in any order."""
    if predicted == gold:  # most often, and ten times faster than counting
        return Count(len(gold), len(gold), len(gold))
    return Count(len(predicted), len(gold), (Counter(predicted) & Counter(gold)).total())


def _clauses(predicted: object, gold: object) -> Count:
    """A clause that is there or not, in whole."""
    return Count(int(bool(predicted)), int(bool(gold)), int(bool(gold) and predicted == gold))


def _connectors(predicted: set[str], gold: set[str]) -> Count:
    """One item if AND and OR occur in both or neither. Else the official code takes each side's number for the other's,
    and so does this, for the averages in its table depend on which of them are 0."""
    return Count(1, 1, 1) if predicted == gold else Count(len(gold), len(predicted), 0)


def _operands(predicted: Query, gold: Query) -> Count:
    """The query behind INTERSECT, UNION or EXCEPT, which has to match exactly."""
    matched = False
    if predicted.operand and predicted.set_operator == gold.set_operator:
        pair = predicted.operand, gold.operand
        matched = _match(*pair, _components(*pair))
    return Count(int(bool(predicted.operand)), int(bool(gold.operand)), int(matched))


def _keywords(query: Query) -> set[str]:
    order, conditions = query.order_by, [query.joins, query.where, query.having]
    units = [unit for them in conditions for unit in them.units]
    clauses = {
        "where": query.where.units,
        "group": query.group_by,
        "having": query.having.units,
        "order": order,
        order.direction if order else "": order,
        "limit": query.limit,
        query.set_operator: query.operand,
        "or": any("or" in them.connectors for them in conditions),
        "not": any(unit.negated for unit in units),
    }
    return {word for word, there in clauses.items() if there} | {unit.operator for unit in units} & {"in", "like"}


# --- hardness


def hardness(gold: Query) -> str:
    """How hard a query is, one of LEVELS: the official rule on what it has of clauses, nested queries and the rest."""
    clauses, nested, rest = _clause_count(gold), _nested_count(gold), _rest_count(gold)
    if clauses <= 1 and rest == 0 and nested == 0:
        return "easy"
    if nested == 0 and ((clauses <= 1 and rest <= 2) or (clauses <= 2 and rest < 2)):
        return "medium"
    if nested == 0 and ((clauses <= 2 and rest > 2) or (clauses == 3 and rest <= 2)):
        return "hard"
    return "hard" if clauses <= 1 and rest == 0 and nested == 1 else "extra"


def _conditions(query: Query) -> tuple[list[Condition], list[str]]:
    """All comparisons of a query, those of joins included, and all AND and OR; not those of its subqueries."""
    them = query.joins, query.where, query.having
    return [unit for it in them for unit in it.units], [word for it in them for word in it.connectors]


def _clause_count(query: Query) -> int:
    """WHERE, GROUP BY, ORDER BY, LIMIT, and each join, OR and LIKE."""
    units, connectors = _conditions(query)
    clauses = [query.where.units, query.group_by, query.order_by, query.limit]
    likes = sum(unit.operator == "like" for unit in units)
    return sum(map(bool, clauses)) + max(len(query.tables) - 1, 0) + connectors.count("or") + likes


def _nested_count(query: Query) -> int:
    """Queries in conditions and behind INTERSECT, UNION and EXCEPT, of the outermost level."""
    values = [value for unit in _conditions(query)[0] for value in (unit.value, unit.upper)]
    return sum(isinstance(value, Query) for value in [*values, query.operand])


def _rest_count(query: Query) -> int:
    """One each for several aggregates, selected columns, conditions, grouping columns.

    For an aggregate the official code takes also each NOT of WHERE and HAVING and each AND and OR of HAVING, and none
    that stands within a condition.
    """
    terms = query.order_by.terms if query.order_by else ()
    columns = [*query.group_by, *(it for term in terms for it in (term.left, term.right) if it)]
    aggregates = sum(bool(it.aggregate) for it in [*query.select, *columns])
    aggregates += sum(unit.negated for unit in query.where.units + query.having.units) + len(query.having.connectors)
    return sum(count > 1 for count in (aggregates, len(query.select), len(query.where.units), len(query.group_by)))


# --- many pairs


def component_scores(records: Iterable[ExactMatch]) -> dict[str, dict[str, dict[str, float]]]:
    """The official table: {level or "all": {component: {"accuracy", "recall", "F1"}}}, each in [0, 1].

    Accuracy is the share of correct pairs among those whose prediction has the component, recall among those whose gold
    has it, F1 their harmonic mean, and by the official rule 1 where both are 0. A level without a pair has zeros. Pairs
    whose gold can't be read are left out.
    """
    readable = [record for record in records if record.components]
    levels = {level: [record for record in readable if record.hardness == level] for level in LEVELS}
    return {
        level: {name: _scores([record.components[name] for record in chosen]) for name in COMPONENTS}
        for level, chosen in {**levels, "all": readable}.items()
    }


def _scores(counts: list[Count]) -> dict[str, float]:
    correct = [count.correct for count in counts]
    accuracy = _mean([right for right, count in zip(correct, counts, strict=True) if count.predicted])
    recall = _mean([right for right, count in zip(correct, counts, strict=True) if count.gold])
    both = accuracy + recall
    return {"accuracy": accuracy, "recall": recall, "F1": 2 * accuracy * recall / both if both else float(bool(counts))}


def _mean(values: list[bool]) -> float:
    return sum(values) / len(values) if values else 0.0
