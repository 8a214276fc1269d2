"""Several databases beside each other: one score, right only where right on each."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from text2sql import suite
from text2sql.execute import open_session
from text2sql.result_key import EMPTY_KEY
from text2sql.score import score, score_batch

GOLD = "SELECT name FROM ship WHERE built > 1990"


def build(folder: Path, *fillings: list[tuple[str, int]], marked: int | None = None) -> Path:
    """A folder of databases with these ships; the path of the first."""
    folder.mkdir(parents=True)
    paths = suite.paths(folder / f"{folder.name}.sqlite", len(fillings))
    for path, ships in zip(paths, fillings, strict=True):
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("CREATE TABLE ship (name TEXT, built INTEGER)")
            connection.executemany("INSERT INTO ship VALUES (?, ?)", ships)
            if path == paths[0]:
                suite.mark(connection, marked or len(fillings))
            connection.commit()
    return paths[0]


@pytest.fixture
def ships(tmp_path: Path) -> Path:
    return build(
        tmp_path / "ships",
        [("Ada", 1995), ("Bo", 1980)],
        [("Ada", 1991), ("Cy", 1990), ("Cy", 1991)],
        [("Bo", 1980)],
    )


def test_the_files_are_those_that_the_official_evaluator_executes_on(ships: Path) -> None:
    assert sorted(path.name for path in ships.parent.iterdir()) == ["ships.sqlite", "ships_1.sqlite", "ships_2.sqlite"]
    assert suite.paths(ships, 3) == [ships, ships.with_name("ships_1.sqlite"), ships.with_name("ships_2.sqlite")]


@pytest.mark.parametrize(
    ("prediction", "status"),
    [
        (GOLD, "match"),
        ("SELECT ship.name FROM ship WHERE 1990 < built", "match"),
        ("SELECT name FROM ship WHERE built >= 1990", "wrong"),  # only the second database has a ship of 1990
        ("SELECT name FROM ship WHERE name = 'Ada'", "wrong"),
        ("SELECT nme FROM ship", "invalid"),
        ("DROP TABLE ship", "invalid"),
        ("", "empty"),
    ],
)
def test_a_prediction_is_right_only_if_it_is_right_on_each(ships: Path, prediction: str, status: str) -> None:
    assert score(prediction, GOLD, ships).status == status


def test_right_on_the_first_alone_is_right_for_an_ordinary_database(ships: Path, tmp_path: Path) -> None:
    alone = build(tmp_path / "alone", [("Ada", 1995), ("Bo", 1980)])
    prediction = "SELECT name FROM ship WHERE name = 'Ada'"
    assert score(prediction, GOLD, alone).status == "match"
    assert score(prediction, GOLD, ships).status == "wrong"


def test_f1_is_the_mean_and_below_that_of_a_match(ships: Path) -> None:
    near = score("SELECT name FROM ship WHERE built >= 1990", GOLD, ships)
    far = score("SELECT name FROM ship WHERE built < 1900", GOLD, ships)
    assert far.f1 < near.f1 < 1.0
    assert (near.strict, near.official) == (False, False)


def test_two_empty_results_count_where_another_database_has_rows(ships: Path, tmp_path: Path) -> None:
    assert score(GOLD, GOLD, ships).status == "match"  # the third database has no row for it
    void = build(tmp_path / "void", [("Bo", 1980)], [("Cy", 1970)])
    assert score(GOLD, GOLD, void).status == "wrong"
    assert score(GOLD, GOLD, void, keep_empty=True).status == "match"


def test_the_gold_must_run_on_each(ships: Path) -> None:
    with closing(sqlite3.connect(ships.with_name("ships_2.sqlite"))) as connection:
        connection.execute("DROP TABLE ship")
    found = score(GOLD, GOLD, ships)
    assert found.status == "gold_error" and "no such table" in found.error


def test_a_missing_database_is_named(tmp_path: Path) -> None:
    first = build(tmp_path / "ships", [("Ada", 1995)], marked=2)
    found = score("SELECT 1", GOLD, first)
    assert found.status == "gold_error" and "ships_1.sqlite" in found.error


def test_samples_agree_where_they_do_on_each_database(ships: Path) -> None:
    predictions = [GOLD, "SELECT name FROM ship WHERE 1990 < built", "SELECT name FROM ship WHERE name = 'Ada'"]
    first, second, third = (it.key for it in score_batch([(sql, GOLD, ships) for sql in predictions], keys=True))
    assert first == second != third
    nothing = score_batch([("SELECT name FROM ship WHERE 0", GOLD, ships)], keys=True)[0]
    assert nothing.key == EMPTY_KEY


def test_neither_another_application_nor_a_number_makes_a_suite(tmp_path: Path) -> None:
    path = build(tmp_path / "alone", [("Ada", 1995)])
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA application_id = 7")
        connection.execute("PRAGMA user_version = 5")
    assert open_session(path).databases == 1
    assert score(GOLD, GOLD, path).status == "match"
