"""Comparing the clauses of two queries: what means the same, and text that must neither hang nor raise."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from text2sql.clauses import compared
from text2sql.error_classes import CLASSES, error_class
from text2sql.query_tree import parsed

NAME = "SELECT name FROM singer"
JOIN = "SELECT T1.name FROM singer AS T1 JOIN song AS T2 ON T1.id = T2.singer_id"
OLDER = f"{NAME} WHERE age > 20"
BY_COUNTRY = "SELECT country, count(*) FROM singer GROUP BY country"

# Pairs that mean the same, so that no clause of theirs differs.
SAME = {
    "aliases": (JOIN, "select singer.NAME from song join singer on song.singer_id = singer.id"),
    "no alias where one table has it": (f"{JOIN} AND T2.title = 'x'", f"{JOIN} AND title = 'x'".replace("T1.n", "n")),
    "USING": (
        "SELECT a.x FROM a JOIN b ON a.id = b.id WHERE b.y = 1 AND a.z = 2",
        "SELECT a.x FROM a JOIN b USING (id) WHERE b.y = 1 AND a.z = 2",
    ),
    "a column of USING": ("SELECT a.id FROM a JOIN b ON a.id = b.id", "SELECT id FROM a JOIN b USING (id)"),
    "a comma": (JOIN, "SELECT singer.name FROM singer, song WHERE song.singer_id = singer.id"),
    "the other side of a comparison": (OLDER, f"{NAME} WHERE 20 < age"),
    "BETWEEN": (f"{NAME} WHERE age BETWEEN 2 AND 3", f"{NAME} WHERE age <= 3 AND 2.0 <= age"),
    "IN one": (f"{NAME} WHERE age IN (2)", f"{NAME} WHERE age = '2'"),
    "the order of IN": (f"{NAME} WHERE age IN (2, 3)", f"{NAME} WHERE age IN (3, 2)"),
    "NOT": (f"{NAME} WHERE age != 2", f"{NAME} WHERE NOT (age = 2)"),
    "the order of OR": (f"{NAME} WHERE age = 2 OR age = 3", f"{NAME} WHERE (age = 3 OR age = 2)"),
    "double quotes": (f"{NAME} WHERE country = 'A'", f'{NAME} WHERE "country" = "A"'),
    "a count": (f"{BY_COUNTRY} HAVING count(*) > 2", f"{BY_COUNTRY} HAVING count(id) >= 3"),
    "an alias in ORDER BY": (
        f"{BY_COUNTRY} ORDER BY count(*)",
        "SELECT country, count(*) AS n FROM singer GROUP BY 1 ORDER BY n",
    ),
    "a joined column": (f"{JOIN} GROUP BY T1.id", f"{JOIN} GROUP BY T2.singer_id"),
    "a column of a subquery": (
        "SELECT x.name FROM (SELECT name, age FROM singer) AS x WHERE x.age > 2",
        "SELECT y.n FROM (SELECT age AS a, name AS n FROM singer) AS y WHERE a > 2",
    ),
    "DISTINCT within IN": (
        "SELECT a FROM t WHERE b IN (SELECT c FROM u)",
        "SELECT a FROM t WHERE b IN (SELECT DISTINCT c FROM u)",
    ),
    "comments": (NAME, "SELECT name -- the name\nFROM /* all */ singer;"),
}


def wrong(gold: str, sql: str, **facts) -> dict:
    return {"gold": gold, "sql": sql, "status": "wrong", "error": "", "strict_match": False, **facts}


@pytest.mark.parametrize("case", SAME)
def test_what_means_the_same_differs_in_no_clause(case: str) -> None:
    for gold, sql in (SAME[case], SAME[case][::-1]):
        clauses = compared(gold, sql)
        differing = [name for name, one, other in zip(clauses[0]._fields, *clauses, strict=True) if one != other]
        assert set(differing) <= {"literals", "exact_columns"}, differing
        assert error_class(wrong(gold, sql)) == "other"


# --- hostile text -----------------------------------------------------------------------------------------------------
HOSTILE = {
    "long": "SELECT '" + 100_000 * "x" + "'",
    "deep parentheses": "SELECT " + 2_000 * "(" + "1" + 2_000 * ")",
    "not closed": "SELECT " + 50_000 * "(",
    "deep NOT": "SELECT " + 1_200 * "NOT " + "1",
    "deep CASE": "SELECT " + 200 * "CASE WHEN 1 THEN " + "1" + 200 * " END",
    "deep subqueries": "SELECT " + 300 * "(SELECT " + "1" + 300 * ")",
    "many joins without ON": "SELECT 1 FROM a" + 60 * " JOIN b",
    "joins within joins": "SELECT 1 FROM " + 40 * "(a JOIN x, " + "t" + 40 * ")",
    "columns that double": "SELECT a FROM " + 60 * "(SELECT a + a AS a FROM " + "t" + 60 * ")",
    "a recursive query": "WITH RECURSIVE t AS (SELECT a + a AS a FROM t) SELECT a FROM t",
    "many conditions": "SELECT 1 FROM t WHERE " + 600 * "a = 1 AND " + "a = 1",
    "many tables": "SELECT 1 FROM " + ", ".join(f"t{i}" for i in range(800)),
    "no SQL": "\x00\ud800 '\"`[",
    "another statement": "EXPLAIN SELECT 1",
    "a dialect's own": "SELECT * FROM t PIVOT (sum(a) FOR b IN ('c')) MATCH_RECOGNIZE (",
}


@pytest.mark.timeout(60)  # what this is about is that it ends
@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_text_gets_a_class(case: str) -> None:
    facts = {"rows": 2, "gold_rows": 1}
    assert error_class(wrong(NAME, HOSTILE[case], **facts)) in CLASSES
    assert error_class(wrong(HOSTILE[case], HOSTILE[case], **facts)) == "extra rows"


@pytest.mark.timeout(60)
def test_the_parser_stops_after_its_budget() -> None:
    assert parsed(HOSTILE["many joins without ON"]) is None
    assert parsed("SELECT 1 FROM a" + 60 * " JOIN b ON 1") is not None


WORDS = (
    "( ) , . * = < SELECT FROM WHERE GROUP BY ORDER LIMIT JOIN ON USING AS IN NOT AND OR BETWEEN UNION EXCEPT WITH "
    "DISTINCT count max CASE WHEN THEN END NULL IS LIKE EXISTS a b t1 'x' \"y\" 1 2.5 VALUES OVER RECURSIVE"
)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.sampled_from(WORDS.split()), max_size=40).map(" ".join),
    st.one_of(st.text(max_size=30), st.sampled_from([NAME, JOIN, OLDER, BY_COUNTRY])),
)
def test_any_text_gets_a_class(words: str, gold: str) -> None:
    for sql in (words, f"SELECT {words}", f"SELECT a FROM t WHERE {words}"):
        assert error_class(wrong(gold, sql)) in CLASSES
