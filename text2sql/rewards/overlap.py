"""How much of a gold's text a query has: clauses from the parse trees of both, keywords from their words."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache

from text2sql.clauses import compared
from text2sql.rewrite import words

KEYWORDS = frozenset(
    {
        *("SELECT", "DISTINCT", "FROM", "JOIN", "WHERE", "GROUP", "HAVING", "ORDER", "LIMIT"),
        *("UNION", "INTERSECT", "EXCEPT", "COUNT", "SUM", "AVG", "MAX", "MIN"),
    }
)
PARTS = ("columns", "tables", "values")  # what SELECT, FROM and WHERE (or ON and HAVING) hold


def keywords(sql: str) -> list[str]:
    """The query's keywords, in order."""
    return [word for word in words(sql) if word in KEYWORDS]


@lru_cache(maxsize=8_192)
def overlap(sql: str, gold: str) -> float:
    """Mean of four Jaccard overlaps, from 0 to 1: what is selected, the tables, the conditions, and the keywords.

    A part that neither has is left out. Names are compared with their tables, behind any alias; of a query that can't
    be parsed only the keywords count.
    """
    shares = [_jaccard(Counter(set(keywords(sql))), Counter(set(keywords(gold))))]
    both = compared(gold, sql)
    if both is None:
        return shares[0] / (1 + len(PARTS))
    pairs = ((getattr(both[0], part), getattr(both[1], part)) for part in PARTS)
    shares += [_jaccard(*pair) for pair in pairs if any(pair)]
    return sum(shares) / len(shares)


def _jaccard(one: Counter, other: Counter) -> float:
    """What both have, as a share of what any has."""
    return (one & other).total() / max(1, (one | other).total())
