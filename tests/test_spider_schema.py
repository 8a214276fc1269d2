"""Schemas for exact set match: out of tables.json and out of the file, and columns that count as one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from corpus import create
from spider import COLUMNS, ENTRY, SCHEMA, SCRIPT

from text2sql.errors import UserError
from text2sql.spider_schema import Schema, schemas


def entry(links: list[list[int]]) -> dict:
    names = [[-1, "*"], [0, "A"], [0, "B"], [1, "C"], [1, "D"], [2, "E"]]
    return {
        "db_id": "x",
        "table_names_original": ["T", "U", "V"],
        "column_names_original": names,
        "foreign_keys": links,
    }


def linked(*links: list[int]) -> dict[str, str]:
    return dict(Schema.from_entry(entry(list(links))).stands_for)


def test_names_are_in_small_letters() -> None:
    assert SCHEMA.tables == {table: frozenset(names) for table, names in COLUMNS.items()}


def test_the_file_says_the_same_and_views_are_no_tables(tmp_path: Path) -> None:
    found = Schema.from_database(create(tmp_path / "concerts.sqlite", SCRIPT))
    assert (found.tables, found.stands_for) == (SCHEMA.tables, SCHEMA.stands_for)


def test_a_file_may_have_any_names_and_dangling_keys(tmp_path: Path) -> None:
    script = """
        CREATE TABLE "order" (id INTEGER PRIMARY KEY AUTOINCREMENT, "group", far REFERENCES nowhere, w REFERENCES v);
        CREATE TABLE "a b" (x, y, z REFERENCES "order"(none), PRIMARY KEY (x, y));
        CREATE TABLE v (p, q, FOREIGN KEY (p, q) REFERENCES "a b");
    """
    found = Schema.from_database(create(tmp_path / "odd.sqlite", script))
    assert found.tables["order"] == {"id", "group", "far", "w"} and found.tables["sqlite_sequence"] == {"name", "seq"}
    assert found.stands_for == {"a b.x": "a b.x", "v.p": "a b.x", "a b.y": "a b.y", "v.q": "a b.y"}


def test_the_first_of_the_linked_columns_stands_for_all() -> None:
    assert linked([3, 1]) == {"t.a": "t.a", "u.c": "t.a"}
    assert linked([1, 3], [5, 3]) == {"t.a": "t.a", "u.c": "t.a", "v.e": "t.a"}
    assert linked([4, 2], [3, 1]) == {"t.b": "t.b", "u.d": "t.b", "t.a": "t.a", "u.c": "t.a"}


def test_groups_that_a_later_key_links_stay_two() -> None:
    """As in the official code, where the column in both belongs to the group that began later."""
    assert linked([3, 1], [5, 4], [4, 3]) == {"t.a": "t.a", "u.c": "t.a", "u.d": "u.d", "v.e": "u.d"}


def test_a_file_of_schemas(tmp_path: Path) -> None:
    path = tmp_path / "tables.json"
    path.write_text(json.dumps([ENTRY, entry([])]), encoding="utf-8")
    found = schemas(path)
    assert list(found) == ["concerts", "x"] and found["concerts"].tables == SCHEMA.tables


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[", "not valid JSON"),
        ("{}", "a JSON list is needed"),
        ("[1]", "entry 0: not a database"),
        ('[{"db_id": "x"}]', "entry 0: field 'table_names_original' is missing"),
        (json.dumps([ENTRY, {**ENTRY, "foreign_keys": [[1]]}]), "entry 1: not a database"),
        (json.dumps([{**ENTRY, "foreign_keys": [[1, 99]]}]), "entry 0: not a database"),
        (json.dumps([{**ENTRY, "column_names_original": [[7, "a"]]}]), "entry 0: not a database"),
        (json.dumps([{**ENTRY, "table_names_original": [1]}]), "entry 0: not a database"),
    ],
)
def test_a_bad_file_of_schemas_is_one_line(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "tables.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UserError) as caught:
        schemas(path)
    assert str(caught.value).startswith(f"{path}: ") and words in str(caught.value) and "\n" not in str(caught.value)


def test_a_missing_file_is_one_line(tmp_path: Path) -> None:
    for read in (schemas, Schema.from_database):
        with pytest.raises(UserError, match=r"nothing\.x: No such file or directory; name "):
            read(tmp_path / "nothing.x")
    (tmp_path / "text.sqlite").write_text("no database" * 100)
    with pytest.raises(UserError, match=r"text\.sqlite: not a readable SQLite database"):
        Schema.from_database(tmp_path / "text.sqlite")


def test_real_schemas_are_those_of_their_files(real_spider: Path) -> None:
    """On all but the few databases whose tables.json names other keys or tables than the file."""
    listed = schemas(real_spider / "tables.json")
    differing = set()
    for name, schema in listed.items():
        found = Schema.from_database(real_spider / "database" / name / f"{name}.sqlite")
        if (found.tables, found.stands_for) != (schema.tables, schema.stands_for):
            differing.add(name)
    assert differing <= {"store_product", "imdb", "baseball_1", "restaurants", "soccer_1", "loan_1"}
    assert len(listed) > 150
