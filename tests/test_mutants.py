"""Mutants of golds: what is changed, what is left out as equivalent, and the measurement."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from text2sql.contexts import read_context
from text2sql.create_context import Options, create, read
from text2sql.data import load
from text2sql.mutants import main, measure, mutants

TABLES = read_context(
    "CREATE TABLE baker (id INTEGER, name TEXT, age INTEGER); CREATE TABLE loaf (baker_id INTEGER, flour TEXT)"
)
SOURCE = Path(__file__).with_name("create_context.jsonl")


def changed(gold: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for mutant in mutants(gold, TABLES):
        found.setdefault(mutant.kind, set()).add(mutant.sql.replace('"', ""))
    return found


def test_each_part_of_a_query_is_changed() -> None:
    gold = "SELECT name FROM baker WHERE age > 30 AND name LIKE '%a%' ORDER BY age DESC LIMIT 3"
    found = changed(gold)
    assert set(found) == {
        *("operator", "condition", "connective", "literal", "column", "distinct", "order", "limit", "negation"),
    }
    assert "SELECT name FROM baker WHERE age >= 30 AND name LIKE '%a%' ORDER BY age DESC LIMIT 3" in found["operator"]
    assert "SELECT name FROM baker WHERE age > 30 ORDER BY age DESC LIMIT 3" in found["condition"]
    assert "SELECT name FROM baker WHERE age > 30 AND name LIKE 'a%' ORDER BY age DESC LIMIT 3" in found["literal"]
    assert "SELECT id FROM baker WHERE age > 30 AND name LIKE '%a%' ORDER BY age DESC LIMIT 3" in found["column"]
    assert "SELECT name FROM baker WHERE age > 30 AND name LIKE '%a%' ORDER BY age DESC" in found["limit"]


def test_joins_groups_and_set_operations_are_changed() -> None:
    gold = (
        "SELECT T1.name FROM baker AS T1 LEFT JOIN loaf AS T2 ON T1.id = T2.baker_id GROUP BY T1.id "
        "HAVING COUNT(*) >= 2 EXCEPT SELECT name FROM baker WHERE age IN (SELECT MAX(age) FROM baker)"
    )
    assert set(changed(gold)) == {
        *("join", "join key", "operator", "literal", "condition", "column", "set operation", "negation", "aggregate"),
    }


@pytest.mark.parametrize(
    ("gold", "kind"),
    [
        ("SELECT COUNT(name) FROM baker", "column"),  # no name is missing
        ("SELECT MAX(age) FROM baker", "distinct"),
        ("SELECT id FROM baker", "distinct"),  # a key
        ("SELECT name, COUNT(*) FROM baker GROUP BY name", "distinct"),
        ("SELECT name FROM baker UNION SELECT flour FROM loaf", "distinct"),
        ("SELECT name FROM baker ORDER BY age LIMIT 1", "distinct"),
        ("SELECT COUNT(*) FROM baker ORDER BY age LIMIT 1", "order"),
        ("SELECT COUNT(*) FROM baker LIMIT 1", "limit"),
        ("SELECT COUNT(*) FROM baker WHERE id = (SELECT baker_id FROM loaf ORDER BY flour LIMIT 1)", "limit"),
    ],
)
def test_what_is_equivalent_is_left_out(gold: str, kind: str) -> None:
    assert kind not in changed(gold)


def test_a_column_is_not_replaced_by_one_that_a_join_makes_equal() -> None:
    gold = "SELECT T2.flour FROM baker AS T1 JOIN loaf AS T2 ON T1.id = T2.baker_id GROUP BY T2.baker_id"
    assert all("GROUP BY t2.baker_id" in sql or "GROUP BY t2.flour" in sql for sql in changed(gold)["column"])


def test_mutants_are_always_the_same_and_parse() -> None:
    gold = "SELECT name FROM baker WHERE age > 30 AND id IN (SELECT baker_id FROM loaf WHERE flour <> 'rye')"
    assert mutants(gold, TABLES) == mutants(gold, TABLES)
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript("CREATE TABLE baker (id, name, age); CREATE TABLE loaf (baker_id, flour)")
        for mutant in mutants(gold, TABLES):
            connection.execute(mutant.sql)
    assert mutants("no query", TABLES) == []


def test_the_command_measures_a_folder_and_lists_what_was_not_caught(tmp_path: Path, capsys) -> None:
    create(read(str(SOURCE)), tmp_path, Options(validation=0.2))
    found = measure(load(tmp_path, "train"))
    assert found.empty == 0 and found.unread == 0
    assert found.caught.total() / found.made.total() >= 0.95
    assert len(found.survivors) == found.made.total() - found.caught.total()
    listed = tmp_path / "survivors.jsonl"
    assert main([str(tmp_path), "--survivors", str(listed)]) == 0
    assert f"{found.made.total():,}" in capsys.readouterr().out.splitlines()[-1]
    lines = [json.loads(line) for line in listed.read_text("utf-8").splitlines()]
    assert [line["mutant"] for line in lines] == [mutant.sql for _, mutant in found.survivors]


def test_a_folder_that_is_not_there_is_named(tmp_path: Path, capsys) -> None:
    assert main([str(tmp_path / "nothing")]) == 2
    assert "nothing" in capsys.readouterr().err
