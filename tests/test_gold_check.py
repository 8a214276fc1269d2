"""The check of a data set's golds, and `evaluate.py --check-gold`."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest
from stack import DEMO

from text2sql.gold_check import KINDS, check, text

SLOW = "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t LIMIT 9000000) SELECT max(n) FROM t"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in ("shop", "farm"):
        folder = tmp_path / "data" / "database" / name
        folder.mkdir(parents=True)
        with sqlite3.connect(folder / f"{name}.sqlite") as connection:
            connection.executescript("CREATE TABLE t (a, b); INSERT INTO t VALUES (1, 2), (2, 2), (3, 1)")
    return tmp_path / "data"


def write(root: Path, train: list[tuple[str, str, str]], dev: list[tuple[str, str, str]]) -> None:
    for name, rows in (("train_spider.json", train), ("dev.json", dev)):
        records = [{"question": question, "query": query, "db_id": db} for question, query, db in rows]
        (root / name).write_text(json.dumps(records))


GOOD = ("How many?", "SELECT count(*) FROM t", "shop")


def test_each_kind_of_problem_is_found(root):
    train = [
        GOOD,
        ("Broken?", "SELECT c FROM t", "shop"),
        ("None?", "SELECT a FROM t WHERE a > 9", "shop"),
        ("Some order?", "SELECT a FROM t LIMIT 1", "shop"),
        ("Chance?", "SELECT a FROM t ORDER BY random()", "shop"),
        ("how  MANY ", "select COUNT(*) from t", "shop"),
        ("Ages?", "SELECT a FROM t", "shop"),
    ]
    dev = [
        ("How many", "SELECT count(a) FROM t", "shop"),
        ("All?", "SELECT a  FROM t;", "shop"),
        ("All?", "SELECT b FROM t", "farm"),
    ]
    write(root, train, dev)
    found = check(root, timeout=1)
    kinds = {kind: [(it.split, it.example.index) for it in found.problems if it.kind == kind] for kind in KINDS}
    assert kinds["failing"] == [("train", 1)]
    assert kinds["empty"] == [("train", 2)]
    assert kinds["unstable"] == [("train", 3)]
    assert kinds["volatile"] == [("train", 4)]
    assert kinds["duplicate"] == [("train", 5)]
    assert kinds["leak"] == [("dev", 0), ("dev", 1)]
    assert found.shared_databases == ["shop"] and found.golds == {"train": 7, "dev": 3}
    said = text(found)
    assert "no such column: c" in said and "databases in both splits: shop" in said


def test_a_slow_gold_is_found(root):
    write(root, [GOOD, ("Slow?", SLOW, "shop")], [("All?", "SELECT a FROM t", "farm")])
    found = check(root, timeout=60)
    assert {it.kind for it in found.problems if it.example.index == 1} <= {"slow"}


def test_the_demo_data_is_clean_and_matches_itself(script, tmp_path):
    code, said, wrong = script("evaluate.py", "--check-gold", "--data.root", DEMO, "--outputs", tmp_path)
    assert (code, wrong) == (0, "")
    assert "train 816, dev 254; 100.0% of those that run match themselves" in said
    assert (tmp_path / "check_gold" / "demo.jsonl").read_text() == ""


def test_a_failing_gold_is_exit_1_and_listed(script, root, tmp_path):
    write(root, [GOOD, ("Broken?", "SELECT c FROM t", "shop")], [("All?", "SELECT a FROM t", "farm")])
    code, said, _ = script("evaluate.py", "--check-gold", "--data.root", root, "--outputs", tmp_path / "out")
    assert code == 1 and "failing: train 1" in said
    (line,) = (tmp_path / "out" / "check_gold" / "data.jsonl").read_text().splitlines()
    found = json.loads(line)
    assert (found["kind"], found["split"], found["index"], found["gold"]) == ("failing", "train", 1, "SELECT c FROM t")


@pytest.mark.slow
def test_spiders_golds(real_spider):
    found = check(real_spider, timeout=5)
    assert found.execution_accuracy == 1
    assert [it.example.index for it in found.problems if it.kind == "failing"] == [3153, 4513, 4514]
    assert found.shared_databases == [] and not any(it.kind == "leak" for it in found.problems)
