"""Rewards: what each status pays, the default reward of a pair, and finding a reward by its name."""

import sqlite3
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from text2sql.errors import UserError
from text2sql.rewards import execution, resolve, score_sql
from text2sql.score import Score

GOLD = "SELECT name FROM singer"
ENDLESS = "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT count(*) FROM t"


@pytest.fixture
def singers(tmp_path: Path) -> Path:
    database = tmp_path / "singers.sqlite"
    connection = sqlite3.connect(database)
    connection.executescript("CREATE TABLE singer (name, age); INSERT INTO singer VALUES ('Joe', 52), ('Rose', 41)")
    connection.close()
    return database


def test_what_each_status_pays() -> None:
    pays = {"match": 5, "invalid": -1, "timeout": -1, "empty": -2, "gold_error": 0}
    assert {status: execution(Score(status, f1=1.0)) for status in pays} == pays
    assert execution(Score("wrong", f1=0.25)) == 0.25
    assert execution(Score("wrong", f1=0.25), base=-0.5, scale=2) == 0
    assert (
        execution(Score("match"), exact=1)
        == execution(Score("invalid"), invalid=1)
        == execution(Score("empty"), empty=1)
        == 1
    )


@settings(deadline=None)
@given(st.floats(0, 0.999))
def test_partial_credit_stays_between_invalid_and_a_match(f1: float) -> None:
    assert execution(Score("invalid")) < execution(Score("wrong", f1=f1)) < 1 < execution(Score("match"))


@pytest.mark.parametrize(
    ("prediction", "reward"),
    [
        (GOLD, 5),
        ("```sql\nselect name from singer\n```", 5),
        ("SELECT name FROM singer WHERE age > 50", pytest.approx(2 / 3)),
        ("SELECT age FROM singer", 0),
        ("SELECT nothing FROM singer", -1),
        ("DELETE FROM singer", -1),
        ("I do not know.", -1),
        ("", -2),
        ("```sql\n```", -2),
    ],
)
def test_reward_of_a_pair(singers: Path, prediction: str, reward: float) -> None:
    assert score_sql(prediction, GOLD, singers) == reward


def test_a_broken_gold_pays_nobody(singers: Path, tmp_path: Path) -> None:
    assert score_sql("SELECT x FROM nowhere", "SELECT x FROM nowhere", singers) == 0
    assert score_sql(GOLD, GOLD, tmp_path / "none.sqlite") == 0
    assert score_sql("SELECT name FROM singer WHERE 0", "SELECT name FROM singer WHERE 0", singers) == 0


@pytest.mark.parametrize("pair", [(None, GOLD), (GOLD, None), (7, 7), (b"SELECT 1", "SELECT 1")])
def test_never_raises(singers: Path, pair: tuple, caplog: pytest.LogCaptureFixture) -> None:
    assert score_sql(*pair, singers) <= 0
    assert score_sql(GOLD, GOLD, None) == 0
    assert "could not score" in caplog.text


def test_the_time_limit_is_the_environments(singers: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEXT2SQL_TIMEOUT", "0.2")
    started = time.monotonic()
    assert score_sql(ENDLESS, GOLD, singers) == -1
    assert time.monotonic() - started < 1


@pytest.mark.parametrize("text", ["soon", "-1", "0", "nan"])
def test_a_bad_time_limit_is_said_and_not_used(
    singers: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, text: str
) -> None:
    monkeypatch.setenv("TEXT2SQL_TIMEOUT", text)
    assert score_sql(GOLD, GOLD, singers) == 5
    assert f"TEXT2SQL_TIMEOUT={text} is no positive number" in caplog.text


def test_resolve_by_name_and_by_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "my_rewards.py").write_text("def harsh(score):\n    return -100.0\n\nlimit = 3\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert resolve("execution") is execution
    assert resolve("text2sql.rewards.execution") is execution
    assert resolve("my_rewards.harsh")(Score("match")) == -100
    sys.modules.pop("my_rewards")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("executon", "did you mean execution"),
        ("score_sql", "there are answer_text, .*, execution, "),
        ("resolve", "no reward 'resolve'"),
        ("text2sql.rewards.executio", "did you mean execution"),
        ("no_such_package.harsh", "cannot import the module 'no_such_package'"),
        ("text2sql.rewards.__all__", "no function"),
        ("", "no reward ''"),
        (".x", "cannot import"),
    ],
)
def test_resolve_names_what_is_close(name: str, words: str) -> None:
    with pytest.raises(UserError, match=words):
        resolve(name)
