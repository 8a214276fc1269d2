"""text2sql.schema: what a model reads about a database."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from text2sql import schema
from text2sql.errors import UserError
from text2sql.schema import describe, quoted

SHARED = Path(__file__).parents[1].parent / "shared" / "spider_data" / "database"
# https://sqlite.org/lang_keywords.html
KEYWORDS = """
abort action add after all alter always analyze and as asc attach autoincrement before begin between by cascade case
cast check collate column commit conflict constraint create cross current current_date current_time current_timestamp
database default deferrable deferred delete desc detach distinct do drop each else end escape except exclude exclusive
exists explain fail filter first following for foreign from full generated glob group groups having if ignore immediate
in index indexed initially inner insert instead intersect into is isnull join key last left like limit match
materialized natural no not nothing notnull null nulls of offset on or order others outer over partition plan pragma
preceding primary query raise range recursive references regexp reindex release rename replace restrict returning right
rollback row rows savepoint select set table temp temporary then ties to transaction trigger unbounded union unique
update using vacuum values view virtual when where window with without
"""


def build(path: Path, script: str) -> Path:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(script)
    return path


def columns(connection: sqlite3.Connection) -> dict[str, list[str]]:
    """Each table's columns; names are decoded as `describe` decodes them."""
    connection.text_factory = lambda raw: raw.decode(errors="replace")
    tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    return {
        name: [row[1] for row in connection.execute("SELECT * FROM pragma_table_info(?)", (name,))]
        for name in tables
        if not name.lower().startswith("sqlite_")
    }


def rebuilt(text: str) -> dict[str, list[str]]:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(text)
        return columns(connection)


def test_the_whole_text_of_a_small_database(tmp_path):
    database = build(
        tmp_path / "zoo.sqlite",
        """CREATE TABLE keeper (id INTEGER PRIMARY KEY AUTOINCREMENT, name VARCHAR(20) NOT NULL DEFAULT 'x', pay REAL);
        CREATE TABLE animal (id INT, keeper INT REFERENCES keeper, cage, PRIMARY KEY (id, keeper));
        INSERT INTO keeper VALUES (1, 'O''Hara', 1.5), (2, 'x', 2.0), (3, 'Zoë', 2.0);
        """,
    )
    assert describe(database, sample_values=2) == (
        "CREATE TABLE keeper (\n"
        "id INTEGER PRIMARY KEY, -- 1, 2\n"
        "name VARCHAR, -- 'O''Hara', 'x'\n"
        "pay REAL -- 1.5, 2.0\n"
        ");\n"
        "CREATE TABLE animal (\n"
        "id INT,\n"
        "keeper INT REFERENCES keeper(id),\n"
        "cage,\n"
        "PRIMARY KEY (id, keeper)\n"
        ");"
    )


def test_no_sample_values_no_comments(tmp_path):
    database = build(tmp_path / "a.sqlite", "CREATE TABLE t (a TEXT); INSERT INTO t VALUES ('x');")
    assert describe(database, sample_values=0) == "CREATE TABLE t (\na TEXT\n);"


@pytest.mark.parametrize(
    "constraint, expected",
    [
        ("FOREIGN KEY (B) REFERENCES PARENT (ID)", "b INT REFERENCES Parent(Id)"),
        ("FOREIGN KEY (b) REFERENCES nowhere (id)", "b INT\n"),
        ("FOREIGN KEY (b) REFERENCES parent (missing)", "b INT\n"),
        (
            "FOREIGN KEY (b) REFERENCES parent (id), FOREIGN KEY (b) REFERENCES parent (id)",
            "b INT REFERENCES Parent(Id)\n",
        ),
        ("FOREIGN KEY (a, b) REFERENCES parent (id, x)", "FOREIGN KEY (a, b) REFERENCES Parent(Id, x)\n"),
        ("FOREIGN KEY (b) REFERENCES child (a)", "b INT REFERENCES child(a)\n"),
    ],
)
def test_foreign_keys(tmp_path, constraint, expected):
    script = f"CREATE TABLE Parent (Id INT PRIMARY KEY, x INT); CREATE TABLE child (a INT, b INT, {constraint});"
    text = describe(build(tmp_path / "a.sqlite", script))
    assert expected in text
    assert text.count("REFERENCES") == expected.count("REFERENCES")
    assert rebuilt(text) == {"Parent": ["Id", "x"], "child": ["a", "b"]}


def test_sample_values_are_short_distinct_literals_on_one_line(tmp_path):
    database = build(
        tmp_path / "a.sqlite",
        f"""CREATE TABLE t (a, b, c, d);
        INSERT INTO t VALUES (NULL, 'two' || char(10) || 'lines', 9e999, x'00ff'), ('{"y" * 60}', '', -9e999, NULL),
        (CAST(x'e9' AS TEXT), '', 7, NULL), (4, 'it''s', 7, NULL), (5, 'z', 8, NULL);""",
    )
    lines = describe(database).splitlines()
    assert lines[1] == f"a, -- '{'y' * 40}…', '\ufffd', 4"
    assert lines[2] == "b, -- 'two lines', '', 'it''s'"
    assert lines[3] == "c, -- 9e999, -9e999, 7"
    assert lines[4] == "d -- X'00ff'"


def test_sample_values_do_not_scan_a_huge_table(tmp_path, monkeypatch):
    monkeypatch.setattr(schema, "SCANNED_ROWS", 2)
    script = "CREATE TABLE t (a); INSERT INTO t VALUES (1), (1), (2);"
    assert "-- 1\n" in describe(build(tmp_path / "a.sqlite", script))


def test_only_the_tables_of_the_user_are_described(tmp_path):
    script = """CREATE TABLE t (a INTEGER PRIMARY KEY AUTOINCREMENT); INSERT INTO t VALUES (1);
    CREATE VIEW v AS SELECT a FROM t; CREATE VIEW broken AS SELECT gone FROM t;"""
    assert rebuilt(describe(build(tmp_path / "a.sqlite", script))) == {"t": ["a"]}


def test_the_file_is_read_again_when_it_changes(tmp_path):
    database = build(tmp_path / "a.sqlite", "CREATE TABLE t (a);")
    before = describe(database)
    build(database, "CREATE TABLE u (b);")
    os.utime(database, ns=(1, 1))
    assert describe(database) == before + "\nCREATE TABLE u (\nb\n);"


def test_a_file_name_with_the_signs_of_uris(tmp_path):
    database = build(tmp_path / "what? 100%25#1&mode=rwc.sqlite", "CREATE TABLE t (a);")
    bytes_before = database.read_bytes()
    assert "CREATE TABLE t" in describe(database)
    assert database.read_bytes() == bytes_before
    assert list(tmp_path.iterdir()) == [database]


def test_a_missing_file_is_named_and_not_created(tmp_path):
    with pytest.raises(UserError, match=r"gone\.sqlite: no such database file"):
        describe(tmp_path / "gone.sqlite")
    assert not list(tmp_path.iterdir())


def test_a_file_that_is_no_database_is_named(tmp_path):
    (tmp_path / "text.sqlite").write_text("not a database, but long enough to be taken for one" * 40)
    with pytest.raises(UserError, match=r"text\.sqlite: not a readable SQLite database"):
        describe(tmp_path / "text.sqlite")


@pytest.mark.parametrize("word", KEYWORDS.split())
def test_keywords_are_quoted_where_sqlite_needs_it(word):
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute(f"CREATE TABLE {quoted(word)} ({quoted(word)} INT)")
        connection.execute(f"INSERT INTO {quoted(word)} VALUES (7)")
        query = f"SELECT {quoted(word)} FROM {quoted(word)} WHERE {quoted(word)} = 7 ORDER BY {quoted(word)}"
        assert connection.execute(query).fetchall() == [(7,)]


def test_plain_names_stay_bare():
    assert [quoted(name) for name in ("name", "T_1", "größe", "date", "key")] == ["name", "T_1", "größe", "date", "key"]
    assert [quoted(name) for name in ("1st", "a b", 'a"b', "Order", "")] == [
        '"1st"',
        '"a b"',
        '"a""b"',
        '"Order"',
        '""',
    ]


names = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    table=names.filter(lambda name: not name.lower().startswith("sqlite_")), column=names, value=st.text(max_size=60)
)
def test_any_name_and_value_gives_a_script_that_sqlite_reads(tmp_path, table, column, value):
    database = tmp_path / "any.sqlite"
    database.unlink(missing_ok=True)
    quoted_table, quoted_column = ('"' + name.replace('"', '""') + '"' for name in (table, column))
    with closing(sqlite3.connect(database)) as connection:
        connection.execute(f"CREATE TABLE {quoted_table} ({quoted_column} TEXT)")
        connection.execute(f"INSERT INTO {quoted_table} VALUES (?)", (value.encode("utf-8", "replace").decode(),))
        connection.commit()
    os.utime(database, ns=(hash((table, column, value)) % 10**15,) * 2)
    text = describe(database)
    assert len(text.split("\n")) == 3
    assert rebuilt(text) == {table: [column]}


@pytest.mark.skipif(not SHARED.is_dir(), reason="the real Spider is not here")
@pytest.mark.parametrize("sample_values", [0, 3])
def test_every_database_of_spider(sample_values):
    databases = sorted(SHARED.glob("*/*.sqlite"))
    assert len(databases) == 166
    for database in databases:
        text = describe(database, sample_values=sample_values)
        with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as connection:
            assert rebuilt(text) == columns(connection), database
        assert "" not in text.split("\n")
        assert sample_values or "--" not in text
