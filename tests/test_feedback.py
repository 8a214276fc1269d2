"""What a model is told after an answer: its error in one line or the first rows, never anything of the gold."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest
from corpus import create
from hypothesis import given
from hypothesis import strategies as st

from text2sql.feedback import CONFIRM, CORRECT, feedback, final_answer, is_finished
from text2sql.preview import preview
from text2sql.score import score_batch

ENDLESS = "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT count(*) FROM t"
CELLS = st.none() | st.integers() | st.floats() | st.text(st.characters()) | st.binary()


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return create(tmp_path_factory.mktemp("feedback") / "city.sqlite")


@pytest.mark.parametrize(
    ("completion", "message"),
    [
        (
            "SELECT name, area FROM city",
            "The query returns 3 rows:\nname | area\n'Lima' | 2672.3\n'Zürich' | 87.9\n'Oslo' | NULL",
        ),
        ("```sql\nselect count(*) from city;\n```", "The query returns 1 row:\ncount(*)\n3"),
        ("SELECT name FROM city WHERE people > 99", "The query returns 0 rows:\nname"),
        ("SELECT x'00ff' AS b, 'it''s' || char(10) AS t", "The query returns 1 row:\nb | t\nX'00ff' | 'it''s '"),
        ("SELECT CAST(x'ff41' AS TEXT)", "The query returns 1 row:\nCAST(x'ff41' AS TEXT)\n' A'"),
        ("SELECT random()", "The query runs, but its result depends on chance or on the time."),
    ],
)
def test_a_query_that_runs(city: Path, completion: str, message: str) -> None:
    assert feedback(completion, city) == f"{message}\n\n{CONFIRM}"


def test_no_more_rows_and_characters_than_asked_for(city: Path) -> None:
    query = "SELECT id, name FROM city ORDER BY id DESC"
    shown = "The query returns 3 rows, of which the first 2:\nid | name\n3 | 'Oslo'\n2 | 'Zürich'"
    assert feedback(query, city, rows=2) == f"{shown}\n\n{CONFIRM}"
    assert feedback(query, city, rows=2, characters=12) == f"{shown[: shown.index('3 |')]}3…\n\n{CONFIRM}"
    assert feedback(query, city, rows=0) == f"The query returns 3 rows:\nid | name\n\n{CONFIRM}"


@pytest.mark.parametrize(
    ("completion", "error"),
    [
        ("SELECT nme FROM city", "no such column: nme"),
        ("SELECT name FROM\ntown", "no such table: town"),
        ("DELETE FROM city", "DELETE is not a query: only one SELECT is run, read-only"),
        ("I do not know.", 'near "I": syntax error'),
        ("", "there is no SQL in the completion"),
        (ENDLESS, "stopped after "),
        ("SELECT instr(printf('%.*c', 900000, 'a'), printf('%.*c', 450000, 'a') || 'b')", "stopped after 0.2 s"),
    ],
)
def test_a_query_that_fails(city: Path, completion: str, error: str) -> None:
    first, _, rest = feedback(completion, city, timeout=0.2).partition("\n\n")
    assert first.startswith(f"Error: {error}") and "\n" not in first and rest == CORRECT


def test_what_cannot_be_run_at_all_is_logged(city: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    missing = feedback("SELECT 1 + 1", tmp_path / "none.sqlite")
    assert missing == f"Error: the database could not be read\n\n{CORRECT}", "no path of this machine"
    assert feedback(None, city) == f"Error: the query could not be run.\n\n{CORRECT}"
    assert "could not run None" in caplog.text


@given(
    st.text()
    | st.text().map("SELECT ".__add__)
    | st.sampled_from(["name", "id", "*"]).map("SELECT {} FROM city".format)
)
def test_any_answer_gets_the_same_short_message_again(city: Path, completion: str) -> None:
    message = feedback(completion, city, characters=200)
    assert message == feedback(completion, city, characters=200)
    assert message.endswith((CORRECT, CONFIRM)) and len(message) < 200 + 200
    assert message.encode("utf-8"), "a tokenizer can read it"


def test_the_gold_is_not_even_given() -> None:
    assert "gold" not in inspect.signature(feedback).parameters


@given(
    st.lists(st.text(st.characters()), min_size=1, max_size=4).flatmap(
        lambda names: st.tuples(st.just(names), st.lists(st.tuples(*[CELLS] * len(names)), max_size=6))
    ),
    st.integers(0, 6),
    st.integers(0, 300),
)
def test_a_preview_is_one_line_a_row_within_its_limits(table: tuple[list, list], rows: int, characters: int) -> None:
    whole = preview(*table, most_rows=rows, characters=100_000)
    assert len(whole.split("\n")) == 1 + min(rows, len(table[1])) and whole.replace("\n", "").isprintable()
    part = preview(*table, most_rows=rows, characters=characters)
    assert len(part) <= characters
    assert part == whole or whole.startswith(part.removesuffix("…"))


def test_a_score_shows_its_result_only_where_asked(city: Path) -> None:
    item = ("SELECT name FROM city", "SELECT id FROM city", city)
    assert [score.preview for score in score_batch([item])] == [""]
    assert [score.preview for score in score_batch([item], preview=(1, 100))] == ["name\n'Lima'"]


@pytest.mark.parametrize(
    ("answers", "finished", "final"),
    [
        (["SELECT 1"], False, "SELECT 1"),
        (["SELECT 1", "SELECT 2"], False, "SELECT 2"),
        (["SELECT 1", "```sql\nselect  1;\n```"], True, "```sql\nselect  1;\n```"),
        (["SELECT 'a'", "SELECT 'A'"], False, "SELECT 'A'"),
        (["SELECT 1", "SELECT 2", "SELECT 1"], False, "SELECT 1"),
        (["SELECT 1", "Done."], True, "SELECT 1"),
        (["done"], True, ""),
        (["SELECT 1", "I am not done: SELECT 2"], False, "I am not done: SELECT 2"),
        (["", ""], True, ""),
    ],
)
def test_when_a_conversation_ends_and_what_counts(answers: list[str], finished: bool, final: str) -> None:
    assert is_finished(answers) is finished
    assert final_answer(answers) == final
