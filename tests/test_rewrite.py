"""What is read out of a statement's text: whether it orders its rows, and the official evaluator's rewriting."""

import pytest

from text2sql.rewrite import official_gold, official_prediction, orders_rows, plain, without_distinct


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


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("SELECT Name FROM Singer", "select name\n\tfrom singer ; ", True),
        ("SELECT a -- why\nFROM t", "select a /* what */ from t", True),
        ("SELECT a -- why\nFROM t", "SELECT a -- what\nFROM t", True),
        ("SELECT a -- x\n FROM t", "SELECT a -- x FROM t", False),
        ("SELECT 'A'", "SELECT 'a'", False),
        ("SELECT 'a  b'", "SELECT 'a b'", False),
        ("SELECT 'it''s A'", "SELECT 'it''s a'", False),
        ('SELECT "A"', 'SELECT "a"', False),
        ("SELECT `A`, [B]", "SELECT `a`, [b]", False),
        ("SELECT x'ff'", "SELECT x 'ff'", False),
        ("SELECT '--' , A", "SELECT '--' , a", True),
        ("SELECT 'open A", "SELECT 'open a", False),
        ("SELECT 1 - -1", "SELECT 1 --1", False),
    ],
)
def test_statements_that_are_equal_in_plain_form_are_the_same(one: str, other: str, same: bool) -> None:
    assert (plain(one) == plain(other)) is same


def test_official_rewriting() -> None:
    assert (
        official_gold("SELECT a FROM t WHERE a ! = 1 AND b > = 2 AND c < = 3")
        == "SELECT a FROM t WHERE a != 1 AND b >= 2 AND c <= 3"
    )
    assert official_gold("SELECT year(curdate()) - age") == "SELECT 2020- age"
    assert official_gold("SELECT a FROM t WHERE b = value") == "SELECT a FROM t WHERE b = value"
    assert official_prediction("SELECT a FROM t WHERE b = value") == "SELECT a FROM t WHERE b = 1"
