"""Databases that are made of a context and a gold: always the same, and such that the gold selects something."""

from __future__ import annotations

import json
import random
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from text2sql import suite
from text2sql.contexts import tables_of
from text2sql.databases import FILLINGS, Suite, build, identity, write
from text2sql.demands import Demands
from text2sql.kinds import Families
from text2sql.mending import mend
from text2sql.mutants import mutants
from text2sql.query_tree import parsed
from text2sql.schema import describe
from text2sql.scopes import Scopes
from text2sql.score import score, score_batch

ROWS = [json.loads(line) for line in Path(__file__).with_name("create_context.jsonl").read_text("utf-8").splitlines()]


def mended() -> list[tuple[str, str]]:
    """The (context, answer) pairs of the fixture that can be mended and met."""
    found = []
    for row in ROWS:
        try:
            mend(row["context"], row["answer"])
        except ValueError:
            continue
        found.append((row["context"], row["answer"]))
    return [pair for pair in dict.fromkeys(found) if "= 209" not in pair[1]]


def made(context: str, answer: str) -> Suite:
    return build(*mend(context, answer), identity(context, answer))


def written(context: str, answer: str, folder: Path) -> tuple[Path, str]:
    """The first database of a row, and its gold."""
    name = identity(context, answer)
    write(made(context, answer).files, folder / name)
    return folder / name / f"{name}.sqlite", mend(context, answer)[1]


@pytest.mark.parametrize(("context", "answer"), mended())
def test_a_gold_selects_something_on_each_filling_whatever_the_order_of_rows(context: str, answer: str) -> None:
    found = made(context, answer)
    assert len(found.files) == FILLINGS
    assert all(gold.selects and gold.stable for gold in found.golds)


@pytest.mark.parametrize(("context", "answer"), mended()[::4])
def test_the_same_row_gives_the_same_bytes_and_its_fillings_differ(context: str, answer: str) -> None:
    random.seed(0)
    first = made(context, answer)
    random.seed(1)
    assert made(context, answer) == first
    assert len(set(first.files)) == FILLINGS


def test_other_processes_give_the_same_bytes() -> None:
    code = (
        "import hashlib, sys; sys.path.insert(0, sys.argv[1]); from tests.test_databases import made, mended; "
        "print([hashlib.sha256(b''.join(made(*pair).files)).hexdigest() for pair in mended()[::3]])"
    )
    root = str(Path(__file__).parents[1])
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code, root],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1 and len(outputs.pop()) > 500


columns = st.sampled_from(["a", "b", "c", "d"])
texts = st.sampled_from(["'x'", "'1.5%'", "'o''brien'", "2.5", "'2016-03-01'", "''"])
constants = st.integers(-50, 3000).map(str) | texts
likes = st.builds("{} {} {!r}".format, columns, st.sampled_from(["LIKE", "NOT LIKE"]), st.text("ab%_", max_size=4))
members = st.sampled_from(["IN", "NOT IN"])
singles = st.sampled_from(["=", "<>", "<", "<=", ">", ">="])
constant_lists = st.lists(constants, min_size=1).map(", ".join)
queries_of_one = st.sampled_from(["SELECT c FROM u", "SELECT e FROM u", "SELECT MAX(e) FROM u WHERE c > 'k'"])
conditions = st.recursive(
    st.builds("{} {} {}".format, columns, singles, constants)
    | likes
    | st.builds("{} {} ({})".format, columns, members, constant_lists | queries_of_one)
    | st.builds("{} {} ({})".format, columns, singles, queries_of_one)
    | st.just("a IS NULL"),
    lambda inner: (
        st.builds("({} {} {})".format, inner, st.sampled_from(["AND", "OR"]), inner) | st.builds("NOT {}".format, inner)
    ),
    max_leaves=4,
)
selected = st.sampled_from(["a", "b, c", "COUNT(*)", "MAX(a)", "SUM(b)", "COUNT(DISTINCT c)", "DISTINCT d"])
tails = st.sampled_from(["", " ORDER BY a", " ORDER BY b DESC LIMIT 1", " GROUP BY d HAVING COUNT(*) >= 2", " LIMIT 3"])
queries = st.builds("SELECT {} FROM t WHERE {}{}".format, selected, conditions, tails)


@settings(max_examples=60, deadline=None)
@given(queries)
def test_any_gold_that_sqlite_runs_on_its_context_runs_on_its_databases(gold: str) -> None:
    context = "CREATE TABLE t (a VARCHAR, b INTEGER, c VARCHAR, d REAL); CREATE TABLE u (c VARCHAR, e INTEGER)"
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(context)
        connection.execute(gold)
    tables, mended_gold = mend(context, gold)
    for data in build(tables, mended_gold, "seed", count=2).files:
        with closing(sqlite3.connect(":memory:")) as connection:
            connection.deserialize(data)
            connection.execute(mended_gold).fetchall()


@pytest.mark.parametrize(
    ("context", "gold", "kinds"),
    [
        ("CREATE TABLE t (a VARCHAR, b VARCHAR)", "SELECT a FROM t WHERE b > 1993.0", ["VARCHAR", "INTEGER"]),
        ("CREATE TABLE t (a VARCHAR, b VARCHAR)", "SELECT a FROM t WHERE b < 2.5", ["VARCHAR", "REAL"]),
        ("CREATE TABLE t (a VARCHAR, b VARCHAR)", "SELECT AVG(a) FROM t WHERE b = '7'", ["INTEGER", "VARCHAR"]),
        ("CREATE TABLE t (a INTEGER, b INTEGER)", "SELECT a FROM t WHERE b = 't5'", ["INTEGER", "VARCHAR"]),
        ("CREATE TABLE t (a DATE, b FLOAT)", "SELECT b FROM t WHERE a > '2016-03-01'", ["DATE", "FLOAT"]),
        ("CREATE TABLE t (a VARCHAR, b VARCHAR)", "SELECT a FROM t WHERE b LIKE '19%'", ["VARCHAR", "VARCHAR"]),
        ("CREATE TABLE t (a, b INTEGER)", "SELECT a FROM t WHERE a = b", ["INTEGER", "INTEGER"]),
    ],
)  # fmt: skip
def test_types_follow_from_what_columns_are_compared_with(context: str, gold: str, kinds: list[str]) -> None:
    tables, gold = mend(context, gold)
    typed = Families(tables, Demands(Scopes(parsed(gold), tables))).typed()
    assert [column.type for column in typed["t"].columns] == kinds


def test_the_prompt_shows_the_tables_and_the_scorer_takes_all_fillings(tmp_path: Path) -> None:
    context = (
        "CREATE TABLE harbour (harbour_id VARCHAR, name VARCHAR); CREATE TABLE ship (harbour_id VARCHAR, built VARCHAR)"
    )
    answer = "SELECT T1.name FROM harbour AS T1 JOIN ship AS T2 ON T1.harbour_id = T2.harbour_id WHERE T2.built > 1990"
    database, gold = written(context, answer, tmp_path)
    assert describe(database, sample_values=0).splitlines() == [
        *("CREATE TABLE harbour (", "harbour_id VARCHAR,", "name VARCHAR", ");"),
        *("CREATE TABLE ship (", "harbour_id VARCHAR,", "built INTEGER", ");"),
    ]
    right = "SELECT name FROM ship JOIN harbour USING (harbour_id) WHERE built >= 1991"
    wrong = "SELECT name FROM harbour WHERE harbour_id IN (SELECT harbour_id FROM ship WHERE built > 1990)"
    assert score(right, gold, database).status == "match"
    assert score(wrong, gold, database).status == "wrong"  # a harbour with two such ships comes twice


def test_keys_are_unique_so_that_a_row_has_one_partner(tmp_path: Path) -> None:
    context, answer = next(pair for pair in mended() if "GROUP BY T1.id" in pair[1])
    first, _ = written(context, answer, tmp_path)
    for path in suite.paths(first, FILLINGS):
        with closing(sqlite3.connect(path)) as connection:
            assert connection.execute("SELECT COUNT(*) - COUNT(DISTINCT id) FROM baker").fetchone() == (0,)


def test_nearly_all_mutants_of_the_fixture_are_caught(tmp_path: Path) -> None:
    items = []
    for context, answer in mended():
        database, gold = written(context, answer, tmp_path)
        items += [(mutant.sql, gold, database) for mutant in mutants(gold, tables_of(database))]
    statuses = [found.status for found in score_batch(items)]
    ran = [status for status in statuses if status in ("match", "wrong")]
    assert len(ran) > 300
    assert ran.count("wrong") / len(ran) >= 0.95


def test_a_folder_that_another_process_wrote_stays(tmp_path: Path) -> None:
    context, answer = mended()[0]
    first, _ = written(context, answer, tmp_path)
    before = first.stat().st_ino
    written(context, answer, tmp_path)
    assert first.stat().st_ino == before
    assert [path.name for path in tmp_path.iterdir()] == [first.parent.name]
