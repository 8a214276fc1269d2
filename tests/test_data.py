"""text2sql.data: the official files, read, checked, sampled; golds that teach nothing are left out."""

import json
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from text2sql import data
from text2sql.data import Rejected, load, preflight, sample, write_rejected
from text2sql.errors import UserError

ROOT = Path(__file__).parents[1]
SPIDER = ROOT.parent / "shared" / "spider_data"
DEMO = ROOT / "spider_data" / "demo"


def record(question="How many?", query="SELECT count(*) FROM t", db_id="full", **more) -> dict:
    return {"question": question, "query": query, "db_id": db_id, **more}


def write(root: Path, name: str, records: object) -> None:
    (root / name).write_text(records if isinstance(records, str) else json.dumps(records), encoding="utf-8")


@pytest.fixture
def root(tmp_path):
    for name, script in (
        ("full", "CREATE TABLE t (a); INSERT INTO t VALUES (1), (2);"),
        ("bare", "CREATE TABLE t (a);"),
    ):
        (tmp_path / "database" / name).mkdir(parents=True)
        with closing(sqlite3.connect(tmp_path / "database" / name / f"{name}.sqlite")) as connection:
            connection.executescript(script)
    return tmp_path


def test_examples_come_in_the_order_of_the_file(root):
    write(root, "train_spider.json", [record(), record("  What\n is\t a ? ", " SELECT a FROM t ", "bare", sql={})])
    first, second = load(root, "train")
    assert (first.index, first.source, first.db_id) == (0, "train_spider.json", "full")
    assert (second.question, second.gold, second.index) == ("What is a ?", "SELECT a FROM t", 1)
    assert second.database == root / "database" / "bare" / "bare.sqlite"


def test_the_other_training_file_is_added_on_request(root):
    write(root, "train_spider.json", [record("a")])
    write(root, "train_others.json", [record("b")])
    write(root, "dev.json", [record("c")])
    assert [example.question for example in load(root, "train")] == ["a"]
    assert [example.question for example in load(root, "train", include_others=True)] == ["a", "b"]
    assert [example.question for example in load(root, "dev", include_others=True)] == ["c"]


@pytest.mark.parametrize(
    "content, message",
    [
        ("{", r"dev\.json: not valid JSON"),
        ("[]", r"dev\.json: a JSON list of records is needed"),
        ({"question": "x"}, r"dev\.json: a JSON list of records is needed"),
        ([record(), {"question": "x", "db_id": "full"}], r"dev\.json: record 1: field 'query' is missing"),
        ([record(question=" ")], r"dev\.json: record 0: field 'question' is missing, empty or not a text"),
        ([record(db_id=3)], r"dev\.json: record 0: field 'db_id'"),
        (["x"], r"dev\.json: record 0: field 'question'"),
    ],
)
def test_a_wrong_file_is_named_with_the_record_and_the_field(root, content, message):
    write(root, "dev.json", content)
    with pytest.raises(UserError, match=message):
        load(root, "dev")


def test_a_missing_file_is_named_with_the_remedy(root):
    with pytest.raises(UserError, match=r"train_spider\.json: no such file; run `make spider` .*--data\.root"):
        load(root, "train")


def test_an_unknown_split(root):
    with pytest.raises(UserError, match="'test' is not one of train, dev"):
        load(root, "test")


def test_missing_databases_are_named_once(root):
    write(
        root,
        "dev.json",
        [record(), record(db_id="gone"), record(db_id="gone"), *(record(db_id=f"x{i}") for i in range(4))],
    )
    with pytest.raises(UserError) as caught:
        load(root, "dev")
    message = str(caught.value)
    assert message.count("gone.sqlite") == 1 and "gone.sqlite (2 examples of dev.json)" in message
    assert "full.sqlite" not in message and "and 2 more" in message and "\n" not in message


@given(st.integers(1, 300), st.integers(1, 300), st.integers())
def test_a_sample_is_spread_evenly_and_in_order(total, limit, seed):
    chosen = sample(range(total), limit, seed)
    assert chosen == sample(range(total), limit, seed)
    assert len(set(chosen)) == len(chosen) == min(limit, total)
    assert chosen == sorted(chosen) and chosen[0] >= 0 and chosen[-1] < total
    gaps = {after - before for before, after in zip(chosen, chosen[1:], strict=False)}
    assert not gaps or max(gaps) - min(gaps) <= 1


def test_no_limit_takes_all_and_the_seed_matters():
    assert sample(range(5), None, 1) == sample(range(5), 0, 1) == sample(range(5), 9, 1) == list(range(5))
    assert len({tuple(sample(range(1000), 10, seed)) for seed in range(20)}) > 10
    with pytest.raises(UserError, match="below 0"):
        sample(range(5), -1, 0)


def test_preflight_keeps_what_teaches_and_says_why_not(root):
    endless = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT count(*) FROM c"
    golds = ["SELECT a FROM t", "SELECT b FROM t", "SELECT a FROM t WHERE a > 9", "DELETE FROM t", endless]
    write(root, "dev.json", [*(record(query=gold) for gold in golds), record(db_id="bare")])
    kept, rejected = preflight(load(root, "dev"), timeout=0.2)
    assert [example.gold for example in kept] == golds[:1]
    reasons = [(item.example.index, item.reason) for item in rejected]
    assert reasons == [(1, "invalid"), (2, "empty"), (3, "invalid"), (4, "timeout"), (5, "no_rows")]
    assert "no such column: b" in rejected[0].detail and all(item.detail for item in rejected)


def test_preflight_keeps_empty_results_on_request(root):
    write(root, "dev.json", [record(query="SELECT a FROM t WHERE a > 9"), record(db_id="bare")])
    kept, rejected = preflight(load(root, "dev"), timeout=1, keep_empty=True)
    assert [example.index for example in kept] == [0]
    assert [item.reason for item in rejected] == ["no_rows"]


def test_preflight_runs_the_same_gold_once(root, monkeypatch):
    write(root, "dev.json", [record("a"), record("b"), record("c", db_id="bare"), record("d", "SELECT 1")])
    ran, score_batch = [], data.score_batch
    monkeypatch.setattr(data, "score_batch", lambda items, **rest: ran.extend(items) or score_batch(items, **rest))
    kept, _ = preflight(load(root, "dev"), timeout=1)
    assert len(kept) == 3
    assert [(gold, database.stem) for gold, _, database in ran] == [
        ("SELECT count(*) FROM t", "full"),
        ("SELECT 1", "full"),
    ]


def test_preflight_drops_golds_that_change_by_themselves(root):
    golds = ["SELECT a FROM t ORDER BY random()", "SELECT date('now')", "SELECT date('2020-01-01')"]
    write(root, "dev.json", [record(query=gold) for gold in golds])
    kept, rejected = preflight(load(root, "dev"), timeout=1)
    assert [example.index for example in kept] == [2]
    assert [(item.example.index, item.reason) for item in rejected] == [(0, "volatile"), (1, "volatile")]


def test_preflight_names_a_file_that_is_no_database(root):
    (root / "database" / "full" / "full.sqlite").write_text("x" * 2000)
    write(root, "dev.json", [record()])
    kept, (rejected,) = preflight(load(root, "dev"), timeout=1)
    assert not kept and rejected.reason == "invalid" and "not a database" in rejected.detail


def test_rejected_examples_are_written_one_a_line(root):
    write(root, "dev.json", [record("Où?"), record("b")])
    first, second = load(root, "dev")
    path = root / "rejected.jsonl"
    write_rejected(path, [Rejected(first, "empty", "why"), Rejected(second, "invalid", "x\ny")])
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert lines[0] == {
        "source": "dev.json",
        "index": 0,
        "db_id": "full",
        "question": "Où?",
        "gold": "SELECT count(*) FROM t",
        "reason": "empty",
        "detail": "why",
    }
    assert lines[1]["detail"] == "x\ny"
    write_rejected(path, [])
    assert path.read_text() == "" and not list(root.glob("*.tmp"))


@pytest.mark.skipif(not SPIDER.is_dir(), reason="the real Spider is not here")
def test_the_real_spider():
    train, dev = load(SPIDER, "train", include_others=True), load(SPIDER, "dev")
    assert (len(train), len(dev)) == (8659, 1034)
    kept, rejected = preflight(train, timeout=10)
    assert len(kept) == 6621
    assert Counter(item.reason for item in rejected) == {"no_rows": 1855, "empty": 180, "invalid": 3}
    kept, rejected = preflight(dev, timeout=10)
    assert (len(kept), {item.reason for item in rejected}) == (985, {"empty"})


@pytest.mark.skipif(not (DEMO / "dev.json").is_file(), reason="the demo data is not built yet")
def test_every_gold_of_the_demo_is_fit_for_training():
    for split in ("train", "dev"):
        examples = load(DEMO, split)
        assert preflight(examples, timeout=5) == (examples, [])
