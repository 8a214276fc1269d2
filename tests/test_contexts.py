"""CREATE TABLE statements, broken ones too, and the golds on them."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from text2sql.contexts import Column, ddl, read_context, tables_of
from text2sql.errors import UserError
from text2sql.mending import mend


def columns(context: str) -> dict[str, list[tuple[str, str]]]:
    return {name: [tuple_of(it) for it in table.columns] for name, table in read_context(context).items()}


def tuple_of(column: Column) -> tuple[str, str]:
    return column.name, column.type


@pytest.mark.parametrize(
    ("context", "expected"),
    [
        ("CREATE TABLE head (age INTEGER)", {"head": [("age", "INTEGER")]}),
        ("create table if not exists main.T (a, B text);", {"t": [("a", ""), ("B", "text")]}),
        ("CREATE TABLE t (group TEXT, key INT)", {"t": [("group", "TEXT"), ("key", "INT")]}),
        ('CREATE TABLE "a b" ("c d" VARCHAR(20) NOT NULL, `e` DECIMAL(10, 2) DEFAULT 3, [f] INT)',
         {"a b": [("c d", "VARCHAR"), ("e", "DECIMAL"), ("f", "INT")]}),
        ("CREATE TABLE t (a VARCHAR, A INTEGER)", {"t": [("a", "INTEGER")]}),
        ("CREATE TABLE t (a TEXT); CREATE TABLE T (b TEXT, a INT)", {"t": [("a", "INT"), ("b", "TEXT")]}),
        ("CREATE TABLE t (a TEXT CHECK (a IN ('x,)', 'y')), UNIQUE (a), PRIMARY KEY (a))", {"t": [("a", "TEXT")]}),
    ],
)  # fmt: skip
def test_tables_are_read(context: str, expected: dict) -> None:
    assert columns(context) == expected


@pytest.mark.parametrize("context", ["", "SELECT 1", "CREATE TABLE t ()", "CREATE TABLE t (a INT", "CREATE TABLE"])
def test_what_is_no_table_is_refused(context: str) -> None:
    with pytest.raises(ValueError, match=r"CREATE TABLE|columns"):
        read_context(context)


def test_keys_are_kept_and_references_to_nothing_are_not() -> None:
    context = (
        "CREATE TABLE ward (id INTEGER PRIMARY KEY); "
        "CREATE TABLE stay (ward INT, bed INT REFERENCES bed(id), FOREIGN KEY (ward) REFERENCES ward(id))"
    )
    assert list(ddl(read_context(context).values())) == [
        "CREATE TABLE ward (id INTEGER, PRIMARY KEY (id))",
        "CREATE TABLE stay (ward INT, bed INT, FOREIGN KEY (ward) REFERENCES ward(id))",
    ]


names = st.text(
    st.characters(codec="utf-8", exclude_characters="\x00", exclude_categories=["Cs"]), min_size=1, max_size=8
)


@given(st.lists(names, min_size=1, max_size=5), names)
def test_any_quoted_names_are_read_as_sqlite_reads_them(fields: list[str], table: str) -> None:
    def quoted(name: str) -> str:
        return '"' + name.replace('"', '""') + '"'

    context = f"CREATE TABLE {quoted(table)} ({', '.join(f'{quoted(name)} TEXT' for name in fields)})"
    with closing(sqlite3.connect(":memory:")) as connection:
        for statement in ddl(read_context(context).values()):
            connection.execute(statement)
        found = [row[0] for row in connection.execute("SELECT name FROM pragma_table_info(?)", (table,))]
    assert [name.lower() for name in found] == list(dict.fromkeys(name.lower() for name in fields))


@given(st.text(max_size=60) | st.text("CREATE TABLE(),;\"'`[] ax", max_size=60))
def test_any_text_is_read_or_refused(context: str) -> None:
    try:
        assert read_context(f"CREATE TABLE {context}")
    except ValueError as error:
        assert str(error)


def test_a_file_that_is_no_database_is_named(tmp_path) -> None:
    path = tmp_path / "x.sqlite"
    path.write_text("not a database at all, but long enough to be looked at")
    with pytest.raises(UserError, match=r"x\.sqlite"):
        tables_of(path)


T = "CREATE TABLE t (a VARCHAR, b VARCHAR, nation VARCHAR)"


@pytest.mark.parametrize(
    ("answer", "gold"),
    [
        ('SELECT a FROM t WHERE b = "x"', "SELECT a FROM t WHERE b = 'x'"),
        ('SELECT a FROM t WHERE b = "o\'brien";', "SELECT a FROM t WHERE b = 'o''brien'"),
        ('SELECT a FROM t WHERE b = "nation"', "SELECT a FROM t WHERE b = 'nation'"),
        ('SELECT "a" FROM t WHERE "b" = 1', 'SELECT "a" FROM t WHERE "b" = 1'),
        ('SELECT a FROM t WHERE b IN ("x", "y")', "SELECT a FROM t WHERE b IN ('x', 'y')"),
        ('SELECT t."a" FROM t', 'SELECT t."a" FROM t'),
        ("SELECT a FROM t WHERE b < 11 OFFSET 485", "SELECT a FROM t WHERE b < 11485"),
        ("SELECT a FROM t LIMIT 11 OFFSET 485", "SELECT a FROM t LIMIT 11 OFFSET 485"),
        ("SELECT  a\nFROM t -- all", "SELECT a FROM t"),
    ],
)
def test_a_gold_is_mended(answer: str, gold: str) -> None:
    assert mend(T, answer)[1] == gold


ONE, TWO = "CREATE TABLE t (a VARCHAR)", "CREATE TABLE t (Id VARCHAR); CREATE TABLE u (Id VARCHAR)"
JOIN = "SELECT T1.a FROM t AS T1 JOIN u AS T2 ON T1.k = T2.k"


@pytest.mark.parametrize(
    ("context", "answer", "gold", "added"),
    [
        (ONE, 'SELECT 2009 FROM t WHERE 2008 = "a"', "SELECT \"2009\" FROM t WHERE \"2008\" = 'a'", {"2009", "2008"}),
        (ONE, 'SELECT a FROM t WHERE "german" = "ja"', "SELECT a FROM t WHERE \"german\" = 'ja'", {"german"}),
        (TWO, JOIN, JOIN, {"a", "k"}),
        ("CREATE TABLE t (order TEXT)", "SELECT order FROM t", 'SELECT "order" FROM t', set()),
        ("CREATE TABLE t (group TEXT)", "SELECT group FROM t GROUP BY 1", 'SELECT "group" FROM t GROUP BY 1', set()),
    ],
)  # fmt: skip
def test_columns_that_are_missing_are_added(context: str, answer: str, gold: str, added: set[str]) -> None:
    tables, found = mend(context, answer)
    given_columns = {column.name for column in read_context(context)["t"].columns}
    assert found == gold
    assert {column.name for column in tables["t"].columns} - given_columns == added


@pytest.mark.parametrize(
    ("context", "answer", "reason"),
    [
        (T, "SELECT 1 AS st_leg FROM t", "nothing but constants"),
        (T, "SELECT AVG(a) AS $__ FROM t", "syntax error"),
        (T, "SELECT a FROM u", "no such table"),
        (T, "SELECT a FROM t; SELECT b FROM t", "can't be parsed"),
        (T, "DELETE FROM t", "can't be parsed"),
        (TWO, "SELECT c FROM t JOIN u ON t.Id = u.Id", "no such column: c"),
    ],
)  # fmt: skip
def test_what_has_several_readings_or_none_is_refused(context: str, answer: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        mend(context, answer)
