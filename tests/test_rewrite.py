"""What is read out of a statement's text: whether it orders its rows, and the official evaluator's rewriting."""

import pytest

from text2sql.rewrite import official_gold, official_prediction, orders_rows, without_distinct


@pytest.mark.parametrize(
    ("sql", "ordered"),
    [
        ("SELECT a FROM t ORDER BY a", True),
        ("select a from t order\n  by a desc limit 3", True),
        ("SELECT a FROM t ORDER /* why */ BY a", True),
        ("SELECT a FROM t WHERE b IN (SELECT b FROM u) ORDER BY a", True),
        ("SELECT a FROM t UNION SELECT a FROM u ORDER BY 1", True),
        ("SELECT a FROM t WHERE b = (SELECT b FROM u ORDER BY b LIMIT 1)", False),
        ("SELECT rank() OVER (ORDER BY a) FROM t", False),
        ("SELECT * FROM (SELECT a FROM t ORDER BY a)", False),
        ("SELECT 'order by' FROM t", False),
        ('SELECT "order by" FROM t', False),
        ("SELECT a FROM t -- order by a", False),
        ("SELECT ')' , '(' FROM t ORDER BY a", True),
        ("SELECT border, bystander FROM t", False),
    ],
)
def test_orders_rows(sql: str, ordered: bool) -> None:
    assert orders_rows(sql) is ordered


@pytest.mark.parametrize(
    ("sql", "plain"),
    [
        ("SELECT DISTINCT a FROM t", "SELECT  a FROM t"),
        ("SELECT count(distinct a) FROM t", "SELECT count( a) FROM t"),
        ("SELECT 'DISTINCT' , \"distinct\" , [distinct]", "SELECT 'DISTINCT' , \"distinct\" , [distinct]"),
        ("SELECT distinctive FROM t", "SELECT distinctive FROM t"),
        ("SELECT 'it''s DISTINCT' FROM t", "SELECT 'it''s DISTINCT' FROM t"),
        ("SELECT 'open DISTINCT", "SELECT 'open DISTINCT"),
    ],
)
def test_without_distinct(sql: str, plain: str) -> None:
    assert without_distinct(sql) == plain


def test_official_rewriting() -> None:
    assert (
        official_gold("SELECT a FROM t WHERE a ! = 1 AND b > = 2 AND c < = 3")
        == "SELECT a FROM t WHERE a != 1 AND b >= 2 AND c <= 3"
    )
    assert official_gold("SELECT year(curdate()) - age") == "SELECT 2020- age"
    assert official_gold("SELECT a FROM t WHERE b = value") == "SELECT a FROM t WHERE b = value"
    assert official_prediction("SELECT a FROM t WHERE b = value") == "SELECT a FROM t WHERE b = 1"
