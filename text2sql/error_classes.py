"""Name what is wrong with a wrong answer, so that a person can act on it: one class each, by a fixed precedence.

What SQLite said comes first. Of a query that ran, its clauses are compared with the gold's (`text2sql.clauses`), and it
gets the first of `CLASSES` that fits: what makes a match impossible, then what it reads, what it selects, and its other
clauses. Two exceptions: DISTINCT comes first where it is all that the strict verdict has against it, and where nothing
else differs, a join in place of IN is called a nested query, and a column in place of the one that it is joined to a
wrong column. Where the statements can't be parsed, or don't differ, the numbers of columns and rows decide.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from text2sql.clauses import Clauses, compared
from text2sql.screen import cut, labelled

CLASSES = {
    "broken gold": "the gold itself does not run, so nothing can be said",
    "empty answer": "there is no SQL in the completion",
    "timeout": "it was stopped after its time or its steps",
    "too large": "the statement, its result, or a cell is over a cap",
    "several statements": "more than one statement",
    "refused": "not a query, or a function or table that is not allowed",
    "no such column": "a column that its tables don't have",
    "no such table": "a table that the database doesn't have",
    "no such function": "a function that SQLite doesn't have, often another dialect's",
    "ambiguous column": "a column that several of its tables have, without saying which",
    "misused aggregate": "an aggregate where none may stand, such as max(count(*)) or in WHERE",
    "syntax": "SQLite can't parse it",
    "wrong table": "it reads another table instead of one of the gold's",
    "extra columns": "more columns than the gold selects",
    "missing columns": "fewer columns than the gold selects",
    "missing join": "the gold reads a table that it doesn't, or reads it more often",
    "extra join": "it reads a table that the gold doesn't, or reads it more often",
    "wrong filter value": "the gold's conditions with another value, often one in other capitals",
    "set operation": "UNION, INTERSECT or EXCEPT where the gold has none or another, or the other way round",
    "wrong aggregate": "another aggregate function is selected, or none",
    "wrong column": "another column is selected",
    "nested query": "a query within it where the gold has none, or the other way round",
    "wrong join": "the same tables, joined on other columns or by another kind of join",
    "wrong filter": "another condition, one too many, or one too few",
    "wrong grouping": "another GROUP BY",
    "wrong order": "another ORDER BY, or none",
    "wrong limit": "another LIMIT, or none",
    "missing DISTINCT": "no DISTINCT where the gold has one",
    "extra DISTINCT": "DISTINCT where the gold has none",
    "extra rows": "nothing of the above, and more rows than the gold gives",
    "missing rows": "nothing of the above, and fewer rows than the gold gives",
    "other": "nothing of the above",
}
"""Class -> what it means, in the order of precedence."""

BY_STATUS = {"gold_error": "broken gold", "empty": "empty answer", "timeout": "timeout"}
BY_ERROR = (
    ("syntax", r"(syntax error|incomplete input)$|^unrecognized token|null character|binding|^variable number"),
    ("several statements", r"one statement at a time"),
    ("refused", r" (is|are) not allowed|is not a query|^there is no statement|^not authorized|may not be modified"),
    ("no such column", r"^no such column|^cannot join using column"),
    ("no such table", r"^no such table"),
    ("no such function", r"^no such (window )?function|arguments (to|on) function|^unable to use function"),
    ("ambiguous column", r"^ambiguous column"),
    ("misused aggregate", r"^misuse of|^aggregate functions are not allowed"),
    ("set operation", r"same number of result columns|should come after [A-Z ]+ not before"),
    ("nested query", r"^sub-select returns|^row value misused"),
    ("wrong join", r"unknown join type|ON clause references|a NATURAL join may not"),
    ("wrong grouping", r"GROUP BY (term out of range|clause is required)"),
    ("wrong order", r"ORDER BY term"),
    ("timeout", r"^it takes too long"),
    (
        "too large",
        r"too (big|large|many|complex)|more than [\d,]+ rows|larger than|out of memory|overflow|ends the process",
    ),
)
"""Class -> what the error of a statement that did not run says, the first that is found in it."""


def error_class(record: Mapping[str, Any]) -> str:
    """The class of a wrong answer, one of `CLASSES`, or "" for a right one.

    `record` has the fields of a line of predictions.jsonl, of which gold, sql, status, error, execution_match and
    strict_match are read. Right means the strict verdict: what only the official one takes for right has its DISTINCT
    wrong. The numbers of rows and columns sharpen the answer where they are given: rows, columns, gold_rows and
    gold_columns. Never raises for what the statements hold.
    """
    status = record["status"]
    if status == "match" or record.get("strict_match"):
        return ""
    if status != "wrong":
        return BY_STATUS.get(status) or _class_of_error(record.get("error") or "")
    clauses = compared(record["gold"], record["sql"])
    found = _by_clauses(*clauses, record) if clauses else _by_size(record)
    return next(found, "other")


def _class_of_error(error: str) -> str:
    return next((name for name, pattern in BY_ERROR if re.search(pattern, error, re.IGNORECASE)), "other")


def _by_clauses(gold: Clauses, ours: Clauses, record: Mapping[str, Any]) -> Iterator[str]:
    """The classes that fit, the one with the highest precedence first."""
    if record.get("execution_match"):
        yield from _distinct(gold, ours)
    lacks, adds = gold.tables - ours.tables, ours.tables - gold.tables
    unread, unasked = lacks.keys() - ours.tables.keys(), adds.keys() - gold.tables.keys()
    alike = (gold.compounds, gold.nested) == (ours.compounds, ours.nested)  # else their nested parts tell nothing
    as_often = alike and gold.members == ours.members  # else the same tables may be read more often for it
    inner_aggregate = alike and gold.inner_aggregates != ours.inner_aggregates
    inner_column = alike and gold.inner_columns != ours.inner_columns
    if unread and unasked:
        yield "wrong table"
    yield from _width(record.get("gold_columns") or gold.width, record.get("columns") or ours.width)
    checks = {
        "missing join": unread or (as_often and lacks and not unasked),
        "extra join": unasked or (as_often and adds),
        "wrong filter value": _other_values(gold, ours),
        "set operation": gold.compounds != ours.compounds,
        "wrong aggregate": gold.aggregates != ours.aggregates or inner_aggregate,
        "wrong column": gold.columns != ours.columns or inner_column,
        "nested query": gold.nested != ours.nested,
        "wrong join": gold.sides != ours.sides or (None not in (gold.joins, ours.joins) and gold.joins != ours.joins),
        "wrong filter": gold.values != ours.values,
        "wrong grouping": gold.groups != ours.groups,
        "wrong order": gold.orders != ours.orders and (gold.orders or ours.limits),
        "wrong limit": gold.limits != ours.limits,
    }
    yield from (name for name, fits in checks.items() if fits)
    yield from _distinct(gold, ours)
    if gold.members != ours.members:
        yield "nested query"  # a join repeats rows where IN does not
    if gold.exact_columns != ours.exact_columns:
        yield "wrong column"  # one may be a text and the other a number
    yield from _by_size(record)


def _other_values(gold: Clauses, ours: Clauses) -> bool:
    """Whether the conditions are the same but for their values, or all their values the same but for capitals."""
    if gold.filters == ours.filters:
        return gold.values != ours.values
    return gold.literals != ours.literals and _folded(gold.literals) == _folded(ours.literals)


def _folded(literals: frozenset[str]) -> set[str]:
    return {literal.casefold() for literal in literals}


def _distinct(gold: Clauses, ours: Clauses) -> Iterator[str]:
    if gold.distinct - ours.distinct:
        yield "missing DISTINCT"
    elif ours.distinct - gold.distinct:
        yield "extra DISTINCT"


def _width(gold: int | None, ours: int | None) -> Iterator[str]:
    if gold and ours and gold != ours:
        yield "extra columns" if ours > gold else "missing columns"


def _by_size(record: Mapping[str, Any]) -> Iterator[str]:
    """The classes that the numbers of columns and rows tell."""
    yield from _width(record.get("gold_columns"), record.get("columns"))
    gold, ours = record.get("gold_rows"), record.get("rows")
    if None not in (gold, ours) and gold != ours:
        yield "extra rows" if ours > gold else "missing rows"


SHOWN = 5  # classes that have an example on the screen


def summary(records: Iterable[Mapping[str, Any]], examples: int = 3) -> dict[str, dict[str, Any]]:
    """Class -> count, meaning and up to `examples` examples (db_id, question, gold, prediction, error), the most
    frequent class first.

    The class is the record's `error_class` where it has one; right answers are left out.
    """
    found: dict[str, list[Mapping[str, Any]]] = {}
    for record in records:
        name = record["error_class"] if "error_class" in record else error_class(record)
        if name:
            found.setdefault(name, []).append(record)
    order = sorted(found, key=lambda name: (-len(found[name]), list(CLASSES).index(name)))
    return {
        name: {
            "count": len(found[name]),
            "meaning": CLASSES[name],
            "examples": list(map(_example, found[name][:examples])),
        }
        for name in order
    }


def _example(record: Mapping[str, Any]) -> dict[str, str]:
    return {
        "db_id": record.get("db_id", ""),
        "question": record.get("question", ""),
        "gold": record["gold"],
        "prediction": record["sql"],
        "error": record.get("error") or "",
    }


def text(found: Mapping[str, Mapping[str, Any]], width: int, shown: int = SHOWN) -> str:
    """A `summary` on a screen of so many characters: each class with its count, the first ones with an example."""
    wrong = sum(entry["count"] for entry in found.values())
    lines = [f"{'why answers are wrong':<24}{'count':>7}{'share':>8}  what that means"] if found else []
    for place, (name, entry) in enumerate(found.items()):
        row = f"{name:<24}{entry['count']:>7,}{entry['count'] / wrong:>8.1%}  {entry['meaning']}"
        lines += [cut(row, width), *(_shown(entry["examples"][0], width) if place < shown else [])]
    return "\n".join(lines)


def _shown(example: Mapping[str, str], width: int) -> Iterator[str]:
    parts = (("question", "question"), ("gold", "gold"), ("prediction", "answer"), ("error", "error"))
    return (line for field, label in parts if example[field] for line in labelled(label, example[field], width))
