"""Records of an evaluation: what a line holds, the figures of many, and files that are cut short."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from stack import DEMO

from text2sql import evaluation, files, records
from text2sql.data import load
from text2sql.errors import UserError
from text2sql.exact_match import LEVELS

EXAMPLES = load(DEMO, "dev")[:40]


@pytest.fixture(scope="module")
def kept() -> list[dict]:
    """Every second answer is the gold, the others ask for one row of it."""
    answers = [it.gold if place % 2 else f"SELECT * FROM ({it.gold}) LIMIT 1" for place, it in enumerate(EXAMPLES)]
    scores = evaluation.scored(EXAMPLES, answers, timeout=5)
    found = evaluation.judged(EXAMPLES, answers, scores, evaluation.Settings(DEMO, 5, lambda score: 0.0))
    assert found.figures["components"].keys() > {"select", "where", "group", "order"}
    return found.records


def test_shares_are_those_of_the_records(kept):
    found = records.figures(kept, [])
    assert found["questions"] == 40
    for share, field in (("execution_accuracy", "execution_match"), ("exact_match_accuracy", "exact_match")):
        assert found[share] == sum(record[field] for record in kept) / 40
    assert found["exact_match_accuracy"] < found["execution_accuracy"] < 1, (
        "one row of one row is right, though not in text"
    )
    levels = found["by_hardness"]
    assert set(levels) <= {*LEVELS, "unknown"}
    assert sum(row["questions"] for row in levels.values()) == 40
    total = sum(row["questions"] * row["execution_accuracy"] for row in levels.values())
    assert total == pytest.approx(40 * found["execution_accuracy"])


def test_schemas_come_from_the_database_where_there_is_no_tables_json(tmp_path):
    (tmp_path / "database").mkdir()
    of_file, of_database = records.Schemas(DEMO), records.Schemas(tmp_path)
    for example in EXAMPLES:
        assert of_database.of(example).tables == of_file.of(example).tables


def test_records_are_read_as_they_were_written(kept, tmp_path):
    path = tmp_path / "predictions.jsonl"
    odd = {**kept[0], "question": "Où?\u2028\x85", "sql": "SELECT '\n'"}
    files.write_lines(path, [odd, *kept])
    assert records.read(path) == [odd, *kept]


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda text: text[:-40], "line 40: not valid JSON"),
        (lambda text: text + json.dumps({"index": 1}) + "\n", "line 41: no field 'question'"),
        (lambda text: text + "[]\n", "line 41: no field 'index'"),
        (lambda text: "", "no record in it"),
    ],
)
def test_a_damaged_file_is_one_line_with_the_remedy(kept, tmp_path, spoil, words):
    path = tmp_path / "predictions.jsonl"
    files.write_lines(path, kept)
    path.write_text(spoil(path.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(UserError, match=words) as caught:
        records.read(path)
    assert str(path) in str(caught.value) and "--overwrite" in str(caught.value)


def test_a_missing_or_undecodable_file_is_named(tmp_path):
    with pytest.raises(UserError, match="No such file"):
        records.read(tmp_path / "none.jsonl")
    (tmp_path / "latin.jsonl").write_bytes(b'{"index": "\xe9"}')
    with pytest.raises(UserError, match="latin.jsonl: not UTF-8"):
        records.read(Path(tmp_path / "latin.jsonl"))
