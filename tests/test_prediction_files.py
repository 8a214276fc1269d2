"""Files of predictions and golds as the official evaluator reads them, and `evaluate.py --files`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stack import DEMO

from text2sql.data import load
from text2sql.errors import UserError
from text2sql.prediction_files import read_golds, read_predictions

GOLDS = load(DEMO, "dev")[:3]
GOLD_LINES = [f"{example.gold}\t{example.db_id}" for example in GOLDS]


def golds(tmp_path: Path, text: str = "\n".join(GOLD_LINES)) -> tuple:
    path = tmp_path / "gold.txt"
    path.write_bytes(text.encode())
    return read_golds(path, DEMO), path


def predictions(tmp_path: Path, content: bytes) -> list[str]:
    path = tmp_path / "pred.txt"
    path.write_bytes(content)
    return read_predictions(path, *golds(tmp_path))


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"a\nb\nc\n", ["a", "b", "c"]),
        (b"a\nb\nc", ["a", "b", "c"]),
        (b"a\r\nb\r\nc\r\n", ["a", "b", "c"]),
        (b"\xef\xbb\xbfa\nb\nc", ["a", "b", "c"]),
        (b"a\tdb\nb\t0.5\tx\nc\n", ["a", "b", "c"]),
        (b"a\n\nb\n\nc\n\n", ["a", "b", "c"]),
        (b"a\n\nc\n", ["a", "", "c"]),
        (b"\nb\nc\n", ["", "b", "c"]),
        (b"a\n\n\n", ["a", "", ""]),
        ("a\u2028x\nb\x0c\nc\x85y".encode(), ["a\u2028x", "b", "c\x85y"]),
    ],
)
def test_predictions_are_one_for_each_gold(tmp_path, content, expected):
    assert predictions(tmp_path, content) == expected


@given(
    st.lists(st.sampled_from(["SELECT 1", "SELECT a FROM t"]), min_size=3, max_size=3), st.sampled_from(["\n", "\r\n"])
)
def test_line_ends_and_dialogues_change_nothing(tmp_path_factory, answers, end):
    folder = tmp_path_factory.getbasetemp()
    for between in (end, end + end):
        assert predictions(folder, between.join(answers).encode()) == answers


@pytest.mark.parametrize("content", [b"a\nb\n", b"a\nb\nc\nd\n", b"a\n\n\nb\nc\nd", b""])
def test_another_count_is_refused_with_both(tmp_path, content):
    filled = len(content.split())
    with pytest.raises(UserError, match=f"pred.txt: {filled} predictions and .* has 3 golds"):
        predictions(tmp_path, content)


def test_golds_are_read_with_their_databases(tmp_path):
    found, _ = golds(tmp_path, "\ufeff" + "\r\n\r\n".join(GOLD_LINES))
    assert [(it.gold, it.db_id, it.database, it.index) for it in found] == [
        (it.gold, it.db_id, DEMO / "database" / it.db_id / f"{it.db_id}.sqlite", place)
        for place, it in enumerate(GOLDS)
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no gold in it"),
        (f"{GOLD_LINES[0]}\nSELECT 1\n", "gold.txt: line 2: no tab with a db_id"),
        (f"{GOLD_LINES[0]}\n\nSELECT 1\tnowhere", "gold.txt: line 3: no database .*nowhere.sqlite; set --data.root"),
        ("\tzoo", "line 1: no tab"),
    ],
)
def test_a_bad_gold_is_named_by_its_line(tmp_path, text, words):
    with pytest.raises(UserError, match=words):
        golds(tmp_path, text)


def test_other_encodings_and_missing_files_are_named(tmp_path):
    with pytest.raises(UserError, match="pred.txt: line 2: not UTF-8"):
        predictions(tmp_path, "a\nSELECT 'é'\nc".encode("latin-1"))
    with pytest.raises(UserError, match="none.txt: No such file"):
        read_golds(tmp_path / "none.txt", DEMO)


def test_the_command_scores_files_without_a_model(script, tmp_path):
    (tmp_path / "gold.txt").write_text("\n".join(GOLD_LINES) + "\n")
    (tmp_path / "mine.txt").write_text(f"{GOLDS[0].gold}\n\nSELECT 1\n")
    files = ("--files", tmp_path / "mine.txt", tmp_path / "gold.txt")
    code, said, wrong = script("evaluate.py", *files, "--data.root", DEMO, "--outputs", tmp_path / "out")
    assert code == 0, wrong
    folder = tmp_path / "out" / "files" / "mine"
    lines = [json.loads(line) for line in (folder / "verdicts.jsonl").read_text().splitlines()]
    assert [line["status"] for line in lines] == ["match", "empty", "wrong"]
    found = json.loads((folder / "metrics.json").read_text())
    assert (found["questions"], found["execution_accuracy"], found["exact_match_accuracy"]) == (3, 1 / 3, 1 / 3)
    assert "33.3%" in said and str(folder) in said
    errors = json.loads((folder / "errors.json").read_text())
    assert {name: entry["count"] for name, entry in errors.items()} == found["error_classes"]
    assert [line for line in said.splitlines() if line.startswith("empty answer") and " 1 " in line]
    (entry,) = [json.loads(line) for line in (tmp_path / "out" / "ledger.jsonl").read_text().splitlines()]
    assert entry["execution_accuracy"] == 1 / 3 and entry["run"] == str(folder)


def test_efficiency_is_timed_where_it_is_asked_for(script, tmp_path):
    (tmp_path / "gold.txt").write_text("\n".join(GOLD_LINES) + "\n")
    (tmp_path / "mine.txt").write_text(f"{GOLDS[0].gold}\nSELEC\nSELECT 1\n")
    command = ("evaluate.py", "--files", tmp_path / "mine.txt", tmp_path / "gold.txt", "--data.root", DEMO)
    code, said, wrong = script(*command, "--outputs", tmp_path / "out", "--eval.ves", 12)
    assert code == 0, wrong
    found = json.loads((tmp_path / "out" / "files" / "mine" / "metrics.json").read_text())
    assert (found["ves_repetitions"], found["ves_timed_questions"]) == (12, 1)
    assert 0.1 < found["ves"] < 1 and found["ves_standard_error"] > 0, "a third of the answers is right"
    assert f"VES {found['ves']:.3f} (1: as fast as the golds) from 12 repetitions of 1 right answer:" in said
    (entry,) = [json.loads(line) for line in (tmp_path / "out" / "ledger.jsonl").read_text().splitlines()]
    assert entry["ves"] == found["ves"] and entry["ves_interval"] == found["ves_interval"]
    code, _, wrong = script(*command, "--outputs", tmp_path / "none", "--eval.ves", 1)
    assert code == 2 and wrong.startswith("error: eval.ves: 1, but") and not (tmp_path / "none").exists()


def test_the_command_refuses_in_one_line_and_writes_nothing(script, tmp_path):
    (tmp_path / "gold.txt").write_text("\n".join(GOLD_LINES))
    (tmp_path / "mine.txt").write_text("SELECT 1\n")
    files = ("--files", tmp_path / "mine.txt", tmp_path / "gold.txt")
    code, _, wrong = script("evaluate.py", *files, "--data.root", DEMO, "--outputs", tmp_path / "out")
    assert code == 2 and "1 prediction and" in wrong and "3 golds" in wrong and len(wrong.splitlines()) == 1
    assert not (tmp_path / "out").exists()
