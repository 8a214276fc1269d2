"""`evaluate.py --compare`: which evaluations, the table, the questions won and lost, and what all three return."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from stack import DEMO

from text2sql import evaluation, files
from text2sql.comparison import Comparison, named
from text2sql.data import Example

ROOT = Path(__file__).parents[1]
SQL = {"-": "SELECT name FROM animal LIMIT 2", "!": "SELECT nam FROM animal", " ": ""}
ZOO = DEMO / "database" / "zoo" / "zoo.sqlite"


def records(marks: str) -> list[dict]:
    """What an evaluation keeps of right (x), wrong (-), failing (!) and empty answers to questions about the zoo."""
    golds = [f"SELECT name, weight FROM animal ORDER BY weight LIMIT {place + 6}" for place in range(len(marks))]
    asked = [Example(f"Question {place}?", gold, "zoo", ZOO, place, "dev.json") for place, gold in enumerate(golds)]
    answers = [SQL.get(mark, gold) for mark, gold in zip(marks, golds, strict=True)]
    scores = evaluation.scored(asked, answers, timeout=5)
    return evaluation.judged(asked, answers, scores, evaluation.Settings(DEMO, 5, lambda score: 0.0)).records


@pytest.fixture
def outputs(tmp_path: Path) -> Path:
    for stage, marks in (("base", "--!-"), ("sft", "xx! "), ("grpo", "x-x!")):
        files.write_lines(tmp_path / "demo" / "eval" / stage / "predictions.jsonl", records(marks))
    return tmp_path


def compared(outputs: Path, *names: str, root: Path = DEMO, show: int = 5, width: int = 120) -> str:
    return "\n".join(Comparison(root, 5, show, width).texts(named(names, outputs)))


# --- the command ------------------------------------------------------------------------------------------------------
def test_the_command_compares_a_runs_stages(script, outputs: Path) -> None:
    code, said, wrong = script("evaluate.py", "demo", "--compare", "--outputs", outputs)
    assert (code, wrong) == (0, "")
    assert "demo/base -> demo/sft, 4 questions with 4 golds" in said and "demo/sft -> demo/grpo, 4" in said
    assert "won: 2" in said and "lost: 1" in said and "zoo: Question 1?" in said
    assert f"second    {SQL['-']}" in said and "second, wrong: 2 rows" in said


def test_the_command_compares_any_two(script, outputs: Path) -> None:
    folder = outputs / "demo" / "eval" / "grpo"
    code, said, _ = script("evaluate.py", "--compare", "demo/base", folder, "--show", 1, "--outputs", outputs)
    assert code == 0 and f"demo/base -> {folder}, 4 questions" in said
    assert "won: 2, the first 1" in said and "Question 0?" in said and "Question 2?" not in said


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--compare", "demo/sft"], "1 evaluation named"),
        (["--compare", "demo/sft", "demo/none"], "demo/none is no evaluation"),
        (["--compare", "demo/sft", "demo/base", "--show", "-1"], "--show: -1"),
        (["--report", "--show", "3"], "--show: 3; it is how many questions --compare shows"),
    ],
)
def test_the_command_refuses_in_one_line(script, outputs: Path, arguments: list[str], words: str) -> None:
    code, _, wrong = script("evaluate.py", *arguments, "--outputs", outputs)
    assert code == 2 and words in wrong and len(wrong.splitlines()) == 1


def test_a_reader_that_has_seen_enough_is_no_error(outputs: Path) -> None:
    for stage, marks in (("base", "-"), ("sft", "x")):
        long = [{**record, "question": "?" * 50_000} for record in records(marks * 40)]
        files.write_lines(outputs / "demo" / "eval" / stage / "predictions.jsonl", long)
    command = f"{sys.executable} evaluate.py --compare demo/base demo/sft --show 40 --outputs {outputs} | head -n 1"
    done = subprocess.run(command, shell=True, cwd=ROOT, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("demo/base -> demo/sft, 40 questions with 40 golds\n", "")


def test_a_truncated_file_is_named(script, outputs: Path) -> None:
    path = outputs / "demo" / "eval" / "sft" / "predictions.jsonl"
    path.write_text(path.read_text()[:-20])
    code, _, wrong = script("evaluate.py", "demo", "--compare", "--outputs", outputs)
    assert code == 2 and f"{path}: line 4: not valid JSON" in wrong and len(wrong.splitlines()) == 1


# --- what all three return --------------------------------------------------------------------------------------------
def test_results_stand_side_by_side(outputs: Path) -> None:
    said = compared(outputs, "demo/base", "demo/sft")
    heads = [line for line in said.splitlines() if "gold: " in line]
    assert [" ".join(line.split()) for line in heads] == [
        "gold: 6 rows first, wrong: 2 rows second, match: 6 rows",
        "gold: 7 rows first, wrong: 2 rows second, match: 7 rows",
    ]
    assert said.count("… 1 more") == 2 and said.count("… 2 more") == 2, "five rows are shown"
    assert max(map(len, said.splitlines())) <= 120


def test_what_did_not_run_is_said_and_not_run_again(outputs: Path) -> None:
    said = compared(outputs, "demo/sft", "demo/grpo")
    assert "first, invalid: no such column: nam" in said and "second, wrong: 2 rows" in said
    backwards = compared(outputs, "demo/grpo", "demo/sft")
    assert "second, invalid: no such column: nam" in backwards and "won: 1" in backwards and "lost: 1" in backwards


def test_on_a_narrow_screen_results_stand_below_one_another(outputs: Path) -> None:
    said = compared(outputs, "demo/base", "demo/sft", width=60)
    assert "    gold: 6 rows\n    name" in said and "    first, wrong: 2 rows\n    name" in said
    assert max(map(len, said.splitlines()[7:])) <= 60


def test_the_databases_are_those_that_metrics_json_names(outputs: Path, tmp_path: Path) -> None:
    gone = compared(outputs, "demo/base", "demo/sft", root=tmp_path)
    assert "gold: the database zoo is no" in gone and "first, wrong: the database" in gone
    files.write_json(outputs / "demo" / "eval" / "base" / "metrics.json", {"data": {"root": str(DEMO)}})
    assert "gold: 6 rows" in compared(outputs, "demo/base", "demo/sft", root=tmp_path)


def test_changed_data_are_told(outputs: Path) -> None:
    path = outputs / "demo" / "eval" / "base" / "predictions.jsonl"
    files.write_lines(path, [{**record, "rows": 3} for record in records("--!-")])
    assert "first, wrong: 2 rows now, 3 in the" in compared(outputs, "demo/base", "demo/sft")
