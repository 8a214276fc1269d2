"""A rubric for SQL: what can be said of a query with and without its result, each criterion from 0 to 1.

Its criteria are those of the designs that train with rubrics on sql-create-context (recipes/rubric.py names them), with
the database's own answer where they look at the text alone.
"""

from __future__ import annotations

import re

from text2sql.errors import UserError
from text2sql.metrics import VALID
from text2sql.query_tree import is_text, parsed
from text2sql.rewards.form import unless_gold_fails
from text2sql.rewards.overlap import keywords, overlap
from text2sql.schema import names
from text2sql.score import Score

UNLIKE = 0.8  # the most that another result earns for its meaning
_BROKEN = re.compile("syntax error|incomplete input|unrecognized token", re.IGNORECASE)


@unless_gold_fails
def syntax(score: Score) -> float:
    """1 when the SQL is one well-formed query, be its names wrong, else 0."""
    if score.status != "invalid":
        return float(score.status != "empty")
    return float(not _BROKEN.search(score.error) and parsed(score.sql) is not None)


@unless_gold_fails
def keyword_order(score: Score) -> float:
    """The longest run of the gold's keywords that the SQL has in the same order, as a share of the longer one's."""
    ours, golds = keywords(score.sql), keywords(score.gold)
    return _common(ours, golds) / max(1, len(ours), len(golds))


@unless_gold_fails
def schema_references(score: Score) -> float:
    """The share of tables and columns in the SQL that exist in the database; 0 for what can't be parsed."""
    if score.status in VALID:
        return 1.0
    tree = parsed(score.sql)
    if tree is None:
        return 0.0
    known = _references(tree, score.database)
    return sum(known) / max(1, len(known))


@unless_gold_fails
def executable(score: Score) -> float:
    """1 when the SQL ran, else 0."""
    return float(score.status in VALID)


@unless_gold_fails
def semantic(score: Score) -> float:
    """1 for the gold's result, else 0.8 times the overlap of clauses and keywords with the gold's."""
    if score.status in ("match", "empty"):
        return float(score.status == "match")
    return UNLIKE * overlap(score.sql, score.gold)


def _references(tree, database: str) -> list[bool]:
    """Whether each table and column of a parsed query exists; what the query itself names does."""
    nodes = list(tree.walk())
    own = {node.alias.lower() for node in nodes if node.key in ("cte", "alias", "subquery") and node.alias}
    try:
        schema = names(database)
    except UserError:
        schema = {}
    tables = own | {table.lower() for table in schema}
    columns = own | {column.lower() for columns in schema.values() for column in columns} | {"*", "rowid"}
    return [
        node.name.lower() in (tables if node.key == "table" else columns)
        for node in nodes
        if node.key == "table" or (node.key == "column" and not is_text(node))
    ]


def _common(one: list[str], other: list[str]) -> int:
    """Length of the longest common subsequence."""
    row = [0] * (len(other) + 1)
    for word in one:
        before = row
        row = [0]
        for place, word_there in enumerate(other):
            row.append(before[place] + 1 if word == word_there else max(row[place], before[place + 1]))
    return row[-1]
