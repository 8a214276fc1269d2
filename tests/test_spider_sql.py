"""The official grammar: tokens, structure, and texts that nothing can be made of."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spider import SCHEMA, parts, write

from text2sql.spider_sql import (
    DEEPEST,
    LONGEST,
    Column,
    Condition,
    Conditions,
    Item,
    Order,
    ParseError,
    Query,
    Term,
    parse,
    tokenize,
)

TOKENS = {
    "SELECT Name FROM T": "select name from t",
    "count(*)": "count ( * )",
    "a,b , c": "a , b , c",
    "IN (1,2, 3)": "in ( 1,2 , 3 )",
    "a>=1": "a > =1",
    "a >= 1": "a >= 1",
    "a < = 1": "a <= 1",
    "a != 1": "a != 1",
    "a!= 1": "a != 1",
    "a <> 1": "a < > 1",
    "a=1": "a=1",
    "a = -1.5": "a = -1.5",
    "a*b/c-d+e": "a * b/c-d+e",
    "a -- b": "a -- b",
    "a--b": "a -- b",
    "t1.name": "t1.name",
    "t1.*": "t1. *",
    "a; b;": "a ; b ;",
    "ORDER BY a.": "order by a .",
    "a. Then": "a . then",
    "a...": "a ...",
    "1.5": "1.5",
    "`a`": "` a `",
    "```sql": "`` ` sql",
    "[a] {b} 5% #c": "[ a ] { b } 5 % # c",
    "a:b a:1": "a : b a:1",
    "“a” ‘b’": "“ a ” ‘ b ’",
    "cannot gonna": "can not gon na",
    "a\tb\nc\u00a0d": "a b c d",
    "x='a'": "x='",
    "'a''b'": "''",
    "'a'.b": "'.b",
    "": "",
}


@pytest.mark.parametrize("text", TOKENS)
def test_tokens(text: str) -> None:
    assert tokenize(text) == TOKENS[text].split()


def test_a_literal_is_one_token_in_its_own_letters() -> None:
    assert tokenize("a = 'It is, 5% > (X).' AND b LIKE \"%Y\" ") == [
        *("a", "=", '"It is, 5% > (X)."', "and"),
        *("b", "like", '"%Y"'),
    ]
    assert tokenize("('A','')") == ["(", '"A"', ",", '""', ")"]
    assert tokenize("x='A' 'B' 'C''D' 'E'") == ["x='", '"B"', "''", '"E"'], "each literal is given to its own word"


def test_any_quote_pairs_with_the_next() -> None:
    assert tokenize("'a\" b") == ['"a"', "b"]
    assert tokenize("\"it's\" 'nice' '") == ["'s'nice'"], "one word: a literal, s, a literal, nice, a literal"
    with pytest.raises(ParseError, match="a quote is not closed"):
        tokenize("name = 'it's'")


def column(name: str, aggregate: str = "", distinct: bool = False) -> Column:
    return Column(aggregate, name, distinct)


def test_a_query_with_everything() -> None:
    sql = """
        SELECT DISTINCT T1.name, count(DISTINCT T2.id), avg(age - T2.year)
        FROM singer AS T1 JOIN concert AS T2 ON T1.id = T2.singer_id AND year > 2000
        WHERE age NOT BETWEEN 1 AND 2.5 OR T1.country IN (SELECT name FROM stadium)
        GROUP BY T1.id, T1.name HAVING sum(age) > -3 ORDER BY max(year) DESC, title LIMIT 5;
        EXCEPT (SELECT * FROM (SELECT name FROM stadium WHERE name LIKE 'A%'))
    """
    name = Item("", Term(column("stadium.name")))
    like = Condition(False, "like", Term(column("stadium.name")), '"A%"')
    assert parse(sql, SCHEMA) == Query(
        select=(
            Item("", Term(column("singer.name"))),
            Item("count", Term(column("concert.id", distinct=True))),
            Item("avg", Term(column("singer.age"), "-", column("concert.year"))),
        ),
        distinct=True,
        tables=("singer", "concert"),
        joins=Conditions(
            (
                Condition(False, "=", Term(column("singer.id")), column("concert.singer_id")),
                Condition(False, ">", Term(column("concert.year")), 2000.0),
            ),
            ("and",),
        ),
        where=Conditions(
            (
                Condition(True, "between", Term(column("singer.age")), 1.0, 2.5),
                Condition(False, "in", Term(column("singer.country")), Query((name,), tables=("stadium",))),
            ),
            ("or",),
        ),
        group_by=(column("singer.id"), column("singer.name")),
        having=Conditions((Condition(False, ">", Term(column("singer.age", "sum")), -3.0),)),
        order_by=Order("desc", (Term(column("concert.year", "max")), Term(column("concert.title")))),
        limit=True,
        set_operator="except",
        operand=Query(
            select=(Item("", Term(column("*"))),),
            tables=(Query((name,), tables=("stadium",), where=Conditions((like,))),),
        ),
    )


def test_a_bare_column_belongs_to_the_first_table_that_has_it() -> None:
    first = [parse(f"SELECT id FROM {tables}", SCHEMA).select[0].term.left.name for tables in ("singer", "stadium")]
    both = parse("SELECT name, year, name FROM stadium JOIN concert JOIN singer", SCHEMA).select
    assert first == ["singer.id", "stadium.id"]
    assert [item.term.left.name for item in both] == ["stadium.name", "concert.year", "stadium.name"]


def test_values_are_kept() -> None:
    sql = "SELECT * FROM singer WHERE name = 'Al' AND age > 1e3 AND id != (5) AND age = id"
    values = [unit.value for unit in parse(sql, SCHEMA).where.units]
    assert values == ['"Al"', 1000.0, 5.0, column("singer.id")]


def test_a_reason_is_one_short_line() -> None:
    for text in ("x" * 500, "'a\nb' FROM", "SELECT \0 FROM singer", "SELECT 'a\nb\u2028c' FROM singer"):
        with pytest.raises(ParseError) as caught:
            parse(text, SCHEMA)
        assert len(str(caught.value).splitlines()) == 1 and str(caught.value).isprintable()
        assert len(str(caught.value)) < 120


# --- what hostile text does


def nested(depth: int) -> str:
    return "SELECT name FROM singer WHERE id IN ( " * (depth - 1) + "SELECT name FROM singer" + " )" * (depth - 1)


DEEP = {
    "in a condition": nested,
    "in FROM": lambda depth: "SELECT * FROM ( " * (depth - 1) + "SELECT * FROM singer" + " )" * (depth - 1),
    "behind set operators": lambda depth: " UNION ".join(["SELECT * FROM singer"] * depth),
}


@pytest.mark.parametrize("kind", DEEP)
def test_queries_are_nested_up_to_a_bound(kind: str) -> None:
    query = parse(DEEP[kind](DEEPEST), SCHEMA)
    assert hash(query) == hash(parse(DEEP[kind](DEEPEST).lower(), SCHEMA)), "nor is it too deep for what comes after"
    with pytest.raises(ParseError, match="queries within one another"):
        parse(DEEP[kind](DEEPEST + 1), SCHEMA)


UNITS = [
    "(",
    ")",
    "select ",
    "select (",
    "from ",
    "from (",
    "as ",
    "a as b ",
    "'",
    "' ",
    ".",
    "a. ",
    "= ",
    "`",
    ",",
    "-",
]
UNITS += [
    "select * from ( ",
    "select * from singer union ",
    "select id from singer where id in ( ",
    "cannot",
    "é",
    "\0",
]
UNITS += ["select * from singer where id = ", "select name , from singer ", "not ", "9"]


@pytest.mark.parametrize("unit", UNITS)
def test_a_hundred_kilobytes_of_anything_end_in_a_parse_error(unit: str) -> None:
    text = unit * (LONGEST // len(unit))
    if unit == "select name , from singer ":
        text = text.replace("singer", "singers", 1)
    for hostile in (text, "SELECT name FROM singer WHERE " + text[:-100], "SELECT " + text[:-100]):
        with pytest.raises(ParseError):
            parse(hostile, SCHEMA)


@pytest.mark.parametrize(
    "tail", ["JOIN concert ", "WHERE id = 1" + " AND id = 1" * 8_000, "ORDER BY id" + " , id" * 18_000, ";" * 90_000]
)
def test_a_long_query_is_read(tail: str) -> None:
    assert parse(f"SELECT * FROM singer {tail}", SCHEMA).tables[0] == "singer"
    assert parse(f"SELECT * FROM singer {tail * (50_000 // len(tail) + 1)}", SCHEMA).tables[0] == "singer"


def test_a_longer_text_is_not_read_at_all() -> None:
    with pytest.raises(ParseError, match="longer than 100,000 characters"):
        parse("SELECT name FROM singer" + " " * LONGEST, SCHEMA)


WORDS = "select from where group by having order limit union except join on as and or not between in like is ( ) , ;"
WORDS += " = > >= != - * 1 2.5 'x' singer concert name id singer.id t1 t1.id max count distinct desc none value . ' \""


@given(st.lists(st.sampled_from(WORDS.split()), max_size=30).map(" ".join))
def test_any_words_are_read_or_refused(text: str) -> None:
    for sql in (text, f"SELECT id FROM singer {text}"):
        try:
            query = parse(sql, SCHEMA)
        except ParseError:
            continue
        assert query == parse(sql, SCHEMA) and isinstance(query, Query)


@given(parts(), st.integers(0, 40), st.sampled_from(WORDS.split()))
def test_a_word_too_many_is_no_other_error(query: dict, place: int, word: str) -> None:
    words = write(**query).split(" ")
    try:
        assert isinstance(parse(" ".join([*words[:place], word, *words[place:]]), SCHEMA), Query)
    except ParseError as error:
        assert str(error)
