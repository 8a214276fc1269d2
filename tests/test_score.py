"""The Score of one prediction: its status, verdicts and figures; batches; the cache of golds; the command."""

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from text2sql.execute import run
from text2sql.score import Score, score, score_batch

ROOT = Path(__file__).parents[1]
ENDLESS = "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT count(*) FROM t"
NOBODY = "SELECT name FROM singer WHERE age > 100"


@pytest.fixture
def singers(tmp_path: Path) -> Path:
    database = tmp_path / "singers.sqlite"
    connection = sqlite3.connect(database)
    connection.executescript(
        "CREATE TABLE singer (name TEXT, age INTEGER, country TEXT);"
        "INSERT INTO singer VALUES ('Joe', 52, 'NL'), ('Rose', 41, 'FR'), ('John', 43, 'FR'), ('Tim', 32, 'US');"
    )
    connection.close()
    return database


@pytest.mark.parametrize(
    ("prediction", "gold", "status", "strict", "official"),
    [
        ("SELECT name FROM singer", "SELECT name FROM singer", "match", True, True),
        ("SELECT age, name FROM singer", "SELECT name, age FROM singer", "match", True, True),
        ("```sql\nSELECT name FROM singer;\n```", "SELECT name FROM singer;", "match", True, True),
        ("SELECT name FROM singer ORDER BY age", "SELECT name FROM singer", "match", True, True),
        ("SELECT name FROM singer", "SELECT name FROM singer ORDER BY age", "wrong", False, False),
        ("SELECT country FROM singer", "SELECT DISTINCT country FROM singer", "wrong", False, True),
        ("SELECT country FROM singer GROUP BY country", "SELECT DISTINCT country FROM singer", "match", True, False),
        ("SELECT age FROM singer", "SELECT name FROM singer", "wrong", False, False),
        ("SELECT name FROM singer WHERE age ! = 52", "SELECT name FROM singer WHERE age != 52", "invalid", False, True),
        ("SELECT nme FROM singer", "SELECT name FROM singer", "invalid", False, False),
        ("SELECT name FROM singer; SELECT 1", "SELECT name FROM singer", "invalid", False, False),
        ("DROP TABLE singer", "SELECT name FROM singer", "invalid", False, False),
        ("", "SELECT name FROM singer", "empty", False, False),
        ("```sql\n-- nothing\n```", "SELECT name FROM singer", "empty", False, False),
        ("SELECT name FROM singer", "SELECT nme FROM singer", "gold_error", False, False),
        ("SELECT nme FROM singer", "SELECT nme FROM singer", "gold_error", False, False),
        ("SELECT name FROM singer", "", "gold_error", False, False),
    ],
)
def test_verdicts(singers: Path, prediction: str, gold: str, status: str, strict: bool, official: bool) -> None:
    result = score(prediction, gold, singers)
    assert (result.status, result.strict, result.official) == (status, strict, official), result
    assert (result.f1 == 1) == (status == "match")
    assert bool(result.error) == (status not in ("match", "wrong"))


def test_a_score_says_what_was_executed(singers: Path) -> None:
    result = score("SQL: SELECT name, age FROM singer WHERE age > 40;", "SELECT name FROM singer", singers)
    assert result.sql.startswith("SELECT name, age FROM singer WHERE age > 40")
    assert (result.rows, result.columns) == (3, 2)
    assert result.reads == {("singer", "name"), ("singer", "age")}
    assert result.milliseconds > 0
    assert result.f1 == pytest.approx(2 * 3 / (4 + 6))


def test_right_rows_in_the_wrong_order_earn_less_than_a_match(singers: Path) -> None:
    result = score("SELECT name FROM singer ORDER BY age", "SELECT name FROM singer ORDER BY age DESC", singers)
    assert result.status == "wrong"
    assert 0.99 < result.f1 < 1


def test_a_hanging_query_is_stopped_and_a_hanging_gold_pays_nobody(singers: Path) -> None:
    stopped = score(ENDLESS, "SELECT name FROM singer", singers, timeout=0.2)
    assert (stopped.status, stopped.f1, stopped.strict, stopped.official) == ("timeout", 0, False, False)
    assert 1 < stopped.milliseconds < 700
    broken = score("SELECT name FROM singer", ENDLESS, singers, timeout=0.2)
    assert broken.status == "gold_error"
    assert "timeout" in broken.error


@pytest.mark.parametrize("name", ["none.sqlite", "text.sqlite"])
def test_without_a_database_the_gold_is_at_fault(tmp_path: Path, name: str) -> None:
    (tmp_path / "text.sqlite").write_text("no database" * 500)
    result = score("SELECT 1", "SELECT 1", tmp_path / name)
    assert result.status == "gold_error"
    assert name in result.error


@pytest.mark.parametrize(
    ("prediction", "matches"),
    [
        (NOBODY, True),
        ("SELECT name FROM singer WHERE age > 200", True),
        ("SELECT name FROM singer WHERE country = 'XX'", False),
        ("SELECT name, age FROM singer WHERE age > 100", False),
        ("SELECT 1 WHERE 0", False),
        ("SELECT name FROM singer WHERE age > 50", False),
    ],
)
def test_two_empty_results_match_only_where_kept_and_alike(singers: Path, prediction: str, matches: bool) -> None:
    assert score(prediction, NOBODY, singers).status == "wrong"
    assert score(prediction, NOBODY, singers).f1 == 0
    kept = score(prediction, NOBODY, singers, keep_empty=True)
    assert (kept.status == "match", kept.f1 == 1) == (matches, matches)
    empty = run(singers, prediction).rows == []
    assert kept.strict == kept.official == empty  # the official evaluator calls any two empty results equal


def test_a_batch_is_in_order(singers: Path) -> None:
    right, wrong = "SELECT name FROM singer", "SELECT age FROM singer"
    items = [(right, right, singers), (wrong, right, singers), (f"```sql\n{right}\n```", right, str(singers))]
    items += [("", right, singers), (wrong, wrong, singers)]
    assert [result.status for result in score_batch(items * 3)] == ["match", "wrong", "match", "empty", "match"] * 3
    assert score_batch([]) == []


def test_equal_predictions_share_a_verdict_and_keep_their_text(singers: Path) -> None:
    gold = "SELECT name FROM singer"
    texts = [
        gold,
        "select NAME\n from singer ;",
        f"```sql\n{gold}\n```",
        "SELECT 'Name' FROM singer",
        "SELECT 'name' FROM singer",
    ]
    found = score_batch([(text, gold, singers) for text in texts])
    assert [result.status for result in found] == ["match"] * 3 + ["wrong"] * 2
    assert [result.sql for result in found] == [gold, "select NAME\n from singer", gold, *texts[3:]]


def test_a_changed_database_changes_the_verdict(singers: Path) -> None:
    gold = "SELECT max(age) FROM singer"
    assert [score("SELECT 52", gold, singers).status for _ in range(3)] == ["match"] * 3
    connection = sqlite3.connect(singers)
    connection.executescript("INSERT INTO singer VALUES ('Nana', 86, 'GR'); PRAGMA user_version = 7; VACUUM")
    connection.close()
    assert score("SELECT 52", gold, singers).status == "wrong"
    assert score("SELECT 86", gold, singers).status == "match"


@pytest.mark.parametrize(
    ("sql", "volatile"),
    [
        ("SELECT name FROM singer ORDER BY random()", True),
        ("SELECT current_timestamp", True),
        ("SELECT date('now')", True),
        ("SELECT strftime('%Y')", True),
        ("SELECT name FROM singer WHERE age > date() - 1", True),
        ("SELECT date('2020-01-01'), strftime('%Y', '2020-01-01')", False),
        ("SELECT 'now', name FROM singer", False),
    ],
)
def test_what_depends_on_chance_or_time_is_flagged(singers: Path, sql: str, volatile: bool) -> None:
    assert score(sql, "SELECT name FROM singer", singers).volatile is volatile


@pytest.mark.parametrize("pair", [(None, "SELECT 1"), ("SELECT 1", None), (b"SELECT 1", "SELECT 1")])
def test_what_is_no_text_is_refused_by_its_place(singers: Path, pair: tuple) -> None:
    with pytest.raises(TypeError, match="item 1"):
        score_batch([("SELECT 1", "SELECT 1", singers), (*pair, singers)])


def test_a_relative_path_is_that_of_the_caller(singers: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(singers.parent)
    assert score("SELECT 52", "SELECT max(age) FROM singer", singers.name).status == "match"


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "text2sql.score", *arguments], cwd=ROOT, capture_output=True, text=True
    )


def test_the_command_prints_the_score(singers: Path) -> None:
    done = command("--db", str(singers), "--gold", "SELECT name FROM singer", "--pred", "SELECT name, age FROM singer")
    lines = dict(line.split(maxsplit=1) for line in done.stdout.splitlines() if " " in line)
    assert (done.returncode, done.stderr) == (0, "")
    assert (lines["status"], lines["f1"], lines["rows"], lines["reads"]) == (
        "wrong",
        "0.667",
        "4",
        "singer.age, singer.name",
    )


def test_the_command_names_a_missing_database(tmp_path: Path) -> None:
    done = command("--db", str(tmp_path / "none.sqlite"), "--gold", "SELECT 1", "--pred", "SELECT 1")
    assert done.returncode == 2
    assert "none.sqlite: there is no such file" in done.stderr


def test_a_score_is_frozen() -> None:
    with pytest.raises(AttributeError):
        Score("match").status = "wrong"
