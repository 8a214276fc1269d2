"""Two evaluations of the same questions: counts, the interval, the test, and `evaluate.py --compare`."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from text2sql.errors import UserError
from text2sql.metrics import wilson
from text2sql.paired import Paired, compare, table

ROOT = Path(__file__).parents[1]
counts = st.integers(0, 300)
pairs = st.builds(Paired, counts, counts, counts, counts).filter(lambda found: found.questions > 0)


@given(pairs)
def test_the_interval_holds_the_gain_and_stays_within_its_bounds(found: Paired) -> None:
    low, high = found.interval()
    assert -1 - 1e-9 <= low <= found.gain <= high <= 1 + 1e-9
    assert found.gain == pytest.approx(found.second - found.first)


@given(pairs)
def test_swapping_mirrors(found: Paired) -> None:
    other = Paired(found.both, found.only_second, found.only_first, found.neither)
    assert other.interval() == pytest.approx(tuple(-end for end in reversed(found.interval())), abs=1e-12)
    assert other.p_value() == found.p_value()


@given(pairs)
def test_p_is_a_probability_and_falls_with_the_difference(found: Paired) -> None:
    assert 0 < found.p_value() <= 1
    further = Paired(found.both, found.only_first, found.only_first + found.only_second + 1, found.neither)
    wider = Paired(found.both, found.only_first, further.only_second + 1, found.neither)
    assert wider.p_value() <= further.p_value()


@pytest.mark.parametrize(
    ("lost", "won", "p"), [(0, 0, 1), (5, 5, 1), (0, 5, 2 / 2**5), (1, 9, 2 * 11 / 2**10), (2, 10, 2 * 79 / 2**12)]
)
def test_mcnemar_is_the_binomial(lost: int, won: int, p: float) -> None:
    assert Paired(3, lost, won, 4).p_value() == pytest.approx(p)


def test_wilsons_interval() -> None:
    """Solves |share - p| = z sqrt(p (1 - p) / n), which is its definition."""
    for right, questions in ((0, 10), (1, 10), (5, 10), (81, 263), (10, 10)):
        low, high = wilson(right, questions)
        share = right / questions
        for end in (low, high):
            if 1e-9 < end < 1 - 1e-9:
                deviation = abs(share - end) / math.sqrt(end * (1 - end) / questions)
                assert deviation == pytest.approx(1.959964, abs=1e-5)
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=1e-4)  # an example of Newcombe's, 1998, page 861


def test_equal_answers_have_a_narrower_interval_than_unrelated_ones() -> None:
    related, unrelated = Paired(50, 2, 4, 44).interval(), Paired(28, 24, 26, 22).interval()
    assert related[1] - related[0] < unrelated[1] - unrelated[0]


def records(rights: str, **more: object) -> list[dict]:
    return [
        {
            "db_id": "zoo",
            "question": f"Question {place}?",
            "gold": f"SELECT {place}",
            "sql": f"SELECT {mark}",
            "status": "match" if mark == "x" else "wrong",
            "execution_match": mark == "x",
            "strict_match": mark == "x",
            "error": "",
            "rows": 1,
            "index": place,
            **more,
        }
        for place, mark in enumerate(rights)
    ]


def test_counts_and_table() -> None:
    one, other = records("xx--x-"), records("x-x-xx")
    found = compare(one, other, "execution_match", ("a", "b"))
    assert found == Paired(2, 1, 2, 1)
    said = table(one, other, ("a", "b"))
    assert "EX            50.0%   66.7%   +16.7" in said and "EM" not in said, "EM was not evaluated then"
    assert "valid SQL    100.0%  100.0%    +0.0" in said


@pytest.mark.parametrize(
    ("other", "words"),
    [(records("x"), "a has 2 questions and b has 1"), (records("xx", db_id="hotel"), "line 1 of a and of b are other")],
)
def test_other_questions_are_refused(other: list[dict], words: str) -> None:
    with pytest.raises(UserError, match=words):
        compare(records("xx"), other, "execution_match", ("a", "b"))


@pytest.fixture
def outputs(tmp_path: Path) -> Path:
    for stage, rights in (("base", "----"), ("sft", "xx--"), ("grpo", "x-x-")):
        folder = tmp_path / "demo" / "eval" / stage
        folder.mkdir(parents=True)
        lines = records(rights, exact_match=False)
        (folder / "predictions.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    return tmp_path


def test_the_command_compares_a_runs_stages(script, outputs: Path) -> None:
    code, said, wrong = script("evaluate.py", "demo", "--compare", "--outputs", outputs)
    assert (code, wrong) == (0, "")
    assert "demo/base -> demo/sft, 4 questions" in said and "demo/sft -> demo/grpo, 4 questions" in said
    assert "won: 2" in said and "lost: 1" in said and "zoo: Question 1?" in said
    assert "second  SELECT -   [wrong: 1 rows]" in said


def test_the_command_compares_any_two(script, outputs: Path) -> None:
    folder = outputs / "demo" / "eval" / "grpo"
    code, said, _ = script("evaluate.py", "--compare", "demo/base", folder, "--outputs", outputs)
    assert code == 0 and f"demo/base -> {folder}, 4 questions" in said


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["demo/sft"], "1 evaluations are named"),
        (["demo/sft", "demo/none"], "demo/none is no evaluation"),
    ],
)
def test_the_command_refuses_in_one_line(script, outputs: Path, names: list[str], words: str) -> None:
    code, _, wrong = script("evaluate.py", "--compare", *names, "--outputs", outputs)
    assert code == 2 and words in wrong and len(wrong.splitlines()) == 1


def test_a_reader_that_has_seen_enough_is_no_error(outputs: Path) -> None:
    lines = records("-x" * 4000, exact_match=False)
    path = outputs / "demo" / "eval" / "sft" / "predictions.jsonl"
    path.write_text("".join(json.dumps({**line, "question": "?" * 50_000}) + "\n" for line in lines[:40]))
    (outputs / "demo" / "eval" / "base" / "predictions.jsonl").write_text(path.read_text().replace("true", "false"))
    command = f"{sys.executable} evaluate.py --compare demo/base demo/sft --outputs {outputs} | head -n 1"
    done = subprocess.run(command, shell=True, cwd=ROOT, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("demo/base -> demo/sft, 40 questions\n", "")


def test_a_truncated_file_is_named(script, outputs: Path) -> None:
    path = outputs / "demo" / "eval" / "sft" / "predictions.jsonl"
    path.write_text(path.read_text()[:-20])
    code, _, wrong = script("evaluate.py", "demo", "--compare", "--outputs", outputs)
    assert code == 2 and f"{path}: line 4: not valid JSON" in wrong
