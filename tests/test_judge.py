"""Judging in one process: what is executed, how often, and what is kept of golds."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from corpus import create
from hypothesis import given
from hypothesis import strategies as st

from text2sql import judge as module
from text2sql.execute import DEFAULT_LIMITS, Result, Session, run
from text2sql.judge import PARTS, Gold, Task, _Golds, judge

GOLD = "SELECT name FROM city"


@pytest.fixture
def city(tmp_path: Path) -> Path:
    return create(tmp_path / "city.sqlite")


@pytest.fixture
def executed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The statements that are executed."""
    found: list[str] = []
    query = Session.query
    monkeypatch.setattr(Session, "query", lambda self, sql, limits: found.append(sql) or query(self, sql, limits))
    monkeypatch.setattr(module, "_golds", _Golds(100, 1_000_000))
    return found


def task(city: Path, *predictions: str, gold: str = GOLD, **options) -> Task:
    return Task(predictions, gold, str(city), DEFAULT_LIMITS, **options)


def test_equal_statements_are_executed_once(city: Path, executed: list[str]) -> None:
    other = "SELECT people FROM city"
    texts = (GOLD, other, "select  people from City;", f"```sql\n{other}\n```", GOLD.lower())
    assert [found.status for found in judge(task(city, *texts))] == ["match", "wrong", "wrong", "wrong", "match"]
    assert Counter(executed) == {GOLD: 1, other: 1}


def test_literals_and_quoted_names_tell_statements_apart(city: Path, executed: list[str]) -> None:
    texts = (
        "SELECT 'a'",
        "SELECT 'A'",
        "SELECT 'a  b'",
        "SELECT 'a b'",
        'SELECT "Name" FROM city',
        "SELECT x'ff'",
        "SELECT x 'ff'",
    )
    list(judge(task(city, *texts)))
    assert set(texts) <= set(executed)


def test_a_gold_is_executed_once_for_all_tasks(city: Path, executed: list[str]) -> None:
    for _ in range(3):
        list(judge(task(city, "SELECT 1")))
    assert Counter(executed) == {GOLD: 1, "SELECT 1": 3}


def test_a_gold_that_fails_is_tried_again(city: Path, executed: list[str]) -> None:
    for _ in range(2):
        (found,) = judge(task(city, "SELECT 1", gold="SELECT nothing"))
        assert found.status == "gold_error"
    assert executed == ["SELECT nothing"] * 2


def test_the_official_verdict_executes_only_what_its_rewriting_changes(city: Path, executed: list[str]) -> None:
    gold = "SELECT DISTINCT name FROM city"
    found = list(judge(task(city, gold, "SELECT name FROM city", "SELECT people FROM city", gold=gold)))
    assert [score.official for score in found] == [True, True, False]
    assert Counter(executed) == {
        gold: 1,
        "SELECT  name FROM city": 1,
        "SELECT name FROM city": 1,
        "SELECT people FROM city": 1,
    }


def test_each_step_is_told_before_it_begins(city: Path) -> None:
    steps: list[tuple[str, str]] = []
    text = "SELECT DISTINCT people FROM city"
    list(judge(task(city, text, gold="SELECT DISTINCT name FROM city"), lambda *step: steps.append(step)))
    assert {part for part, _ in steps} == set(PARTS)
    assert {prediction for part, prediction in steps if "gold" not in part} == {text}
    assert {prediction for part, prediction in steps if "gold" in part} == {""}


def test_a_step_that_ended_a_process_is_not_tried_again(city: Path, executed: list[str]) -> None:
    over = Result("timeout", error="stopped")
    stopped = {("prediction", "SELECT 1"): over, ("extraction", "SELECT 2"): over, ("comparison", "SELECT 3"): over}
    found = list(judge(task(city, "SELECT 1", "SELECT 2", "SELECT 3", GOLD, stopped=stopped)))
    assert [score.status for score in found] == ["timeout", "invalid", "wrong", "match"]
    assert executed == [GOLD, "SELECT 3"]
    (found,) = judge(task(city, "SELECT 1", stopped={("gold", ""): over}, gold="SELECT 5"))
    assert (found.status, found.error) == ("gold_error", "the gold is timeout: stopped")


def gold(rows: int) -> Gold:
    return Gold("SELECT 1", Result("ok", [(0,)] * rows, ("a",), bytes=5 * rows))


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 300)), max_size=40))
def test_kept_golds_are_bounded_in_number_and_bytes(puts: list[tuple[int, int]]) -> None:
    kept = _Golds(golds=4, size=60_000)
    for key, rows in puts:
        kept.put((key,), gold(rows))
        assert len(kept.by_key) <= 4 and kept.bytes <= 60_000
        assert kept.bytes == sum(size for size, _ in kept.by_key.values())
        fits = gold(rows).size() <= 60_000
        assert (kept.get((key,)) is not None) is fits


def test_the_least_recently_used_gold_goes_first() -> None:
    kept = _Golds(golds=2, size=1_000_000)
    kept.put((1,), gold(1))
    kept.put((2,), gold(1))
    assert kept.get((1,)) is not None
    kept.put((3,), gold(1))
    assert [kept.get((key,)) is not None for key in (1, 2, 3)] == [True, False, True]


def test_a_huge_result_is_judged_and_not_kept(city: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_golds", _Golds(100, 1_000_000))
    many = "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t LIMIT 50000) SELECT n FROM t"
    assert len(run(city, many).rows) == 50_000
    (found,) = judge(task(city, many + " ORDER BY n DESC", gold=many))
    assert found.status == "match" and not module._golds.by_key
