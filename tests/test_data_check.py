"""`python -m text2sql.data check`, and the three commands on each layout, by their --dry-run."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import small_data
from stack import REPO

from text2sql import data


def check(root: Path, capsys: pytest.CaptureFixture) -> tuple[int, str, str]:
    """Exit status, output and errors of the command."""
    code = data.main(["check", str(root)])
    return code, *capsys.readouterr()


@pytest.fixture
def own(tmp_path: Path) -> Path:
    return small_data.own(tmp_path / "mine")


def append(root: Path, *records: dict | str) -> None:
    with (root / "questions.jsonl").open("a", encoding="utf-8") as file:
        file.writelines((record if isinstance(record, str) else json.dumps(record)) + "\n" for record in records)


def test_a_folder_that_is_fit_is_described_and_one_prompt_shown(own, capsys):
    code, said, wrong = check(own, capsys)
    assert (code, wrong) == (0, "")
    assert said.startswith(
        f"{own}: your own questions (questions.jsonl)\nbuilding {own}/.databases/shop.sqlite from shop\n"
    )
    assert check(own, capsys)[1].startswith(f"{own}: your own questions (questions.jsonl)\ntrain: ")
    assert "100.0% of those that run match themselves" in said and "fit for training: " in said
    assert (
        "\n[user]\nCREATE TABLE " in said
        and "\nQuestion: " in said
        and "\n[assistant]\nSELECT " in said.upper()
        or said
    )


def test_it_is_one_command_that_needs_nothing_else(own):
    command = [sys.executable, "-m", "text2sql.data", "check", str(own)]
    done = subprocess.run(command, cwd=REPO, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stderr) == (0, "") and "fit for training" in done.stdout


def test_problems_are_listed_with_their_lines(own, capsys):
    same = {"db": "zoo", "question": "Twice?", "sql": "SELECT count(*) FROM animal"}
    split = {"db": "zoo", "question": "Leak?", "sql": "SELECT max(id) FROM animal"}
    append(
        own,
        {"db": "zoo", "question": "Broken?", "sql": "SELECT nowhere FROM animal"},
        {"db": "zoo", "question": "None?", "sql": "SELECT id FROM animal WHERE id > 5"},
        *(same, same),
        *(split | {"split": "train"}, split | {"split": "dev"}),
    )
    code, said, wrong = check(own, capsys)
    assert (code, wrong) == (0, "")
    assert "  questions.jsonl:11: no such column: nowhere\n" in said
    assert "  questions.jsonl:12: SELECT id FROM animal WHERE id > 5\n" in said
    assert "  questions.jsonl:14: as questions.jsonl:13\n" in said
    assert "  questions.jsonl:16: the question is that of questions.jsonl:15\n" in said


def test_every_line_that_cannot_be_read_is_an_error_and_the_status_2(own, capsys):
    append(own, "{", {"db": "zoo", "question": "?"}, {"db": "zoos", "question": "?", "sql": "SELECT 1"})
    (own / "shop" / "item.csv").write_text("name,price\ncup\n")
    code, _, wrong = check(own, capsys)
    assert code == 2
    first, *rest = sorted(wrong.splitlines())
    assert first.startswith(f"error: {own}/questions.jsonl:11: not valid JSON")
    assert rest == [
        f"error: {own}/questions.jsonl:12: field 'sql' is missing, empty or not a text",
        f"error: {own}/questions.jsonl:13: no database 'zoos' in {own}; there are zoo/zoo, shop",
        f"error: {own}/questions.jsonl:9: {own}/shop/item.csv:2: 1 cells, but the header has 2; "
        "put a text with ',' in it into quotes",
    ]
    with pytest.raises(data.UserError, match=r"\(and 3 more: python -m text2sql\.data check "):
        data.load(own, "train")


def test_a_folder_without_a_gold_that_teaches_is_status_2(own, capsys):
    records = [{"db": "zoo", "question": f"{n}?", "sql": f"SELECT x{n} FROM animal"} for n in range(30)]
    small_data.write(own / "questions.jsonl", records)
    code, said, wrong = check(own, capsys)
    assert code == 2 and "[user]" not in said
    assert wrong.startswith("error: questions.jsonl:") and ": invalid: no such column: x" in wrong.splitlines()[0]
    assert wrong.splitlines()[-1].startswith("error: and ") and wrong.count("\n") == 21


def test_a_column_that_is_nearly_a_number_is_noted(own, capsys):
    (own / "shop" / "item.csv").write_text("name,price\ncup,2.5\npot,n/a\n")
    _, said, _ = check(own, capsys)
    assert f"note: {own}/shop/item.csv:3: column price is text, because 'n/a' is no number\n" in said


def test_a_variant_of_spider_is_for_evaluation(tmp_path, capsys):
    small_data.spider(tmp_path)
    root = small_data.spider_dk(tmp_path / "Spider-DK")
    code, said, wrong = check(root, capsys)
    assert (code, wrong) == (0, "") and "Spider-DK is for evaluation only" in said and "golds: dev 2; 100.0%" in said


def test_an_unknown_folder_is_status_2(tmp_path, capsys):
    code, said, wrong = check(tmp_path, capsys)
    assert (code, said) == (2, "") and wrong.startswith(f"error: {tmp_path}: no data set in it, looked for ")


LAYOUTS = {
    "bird": ("BIRD (train/train.json, dev_20240627/dev.json)", "What share is free?", small_data.BIRD_GOLD),
    "own": ("your own questions (questions.jsonl)", "Question: ", "[gold of "),
    "spider": ("Spider's layout (train_spider.json, dev.json)", "How many singers?", "SELECT count(*) FROM singer"),
    "spider_syn": ("Spider-Syn (train_spider.json, dev.json)", "How many vocalists?", "SELECT count(*) FROM singer"),
    "spider_dk": ("Spider-DK (Spider-DK.json)", "How many singers?", "SELECT count(*) FROM singer"),
    "spider_realistic": ("Spider-Realistic (spider-realistic.json)", "How many people sing?", "SELECT count(*)"),
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_the_commands_read_each_layout(name, script, tmp_path):
    root = tmp_path / "spider_data" / name if name != "spider" else tmp_path / "spider_data"
    if name.startswith("spider_"):
        small_data.spider(tmp_path / "spider_data")
    getattr(small_data, name)(root)
    layout, question, gold = LAYOUTS[name]
    trains = name not in ("spider_dk", "spider_realistic")
    for command in ("train_sft.py", "evaluate.py"):
        code, said, wrong = script(command, "demo", "--data.root", root, "--outputs", tmp_path, "--dry-run")
        if command == "train_sft.py" and not trains:
            assert code == 2 and "has no train questions, only dev" in wrong and wrong.count("\n") == 1
            continue
        assert (code, wrong) == (0, "") and f"{root}: {layout}\n" in said
        assert question in said and gold in said and "reward execution of the gold: 5 (match)" in said
        if command == "train_sft.py":
            assert ("Evidence: eligible rate = `Free Meal Count` / `Enrollment`\nQuestion: " in said) == (
                name == "bird"
            )


@pytest.mark.parametrize("name", ["own", "bird"])
def test_predictions_of_any_system_are_scored_on_each_layout(name, script, tmp_path):
    root = getattr(small_data, name)(tmp_path / "data")
    golds = [example for split in ("train", "dev") for example in data.load(root, split)]
    (tmp_path / "gold.txt").write_text("".join(f"{example.gold}\t{example.db_id}\n" for example in golds))
    (tmp_path / "pred.txt").write_text("".join(f"{example.gold}\n" for example in golds))
    files = (tmp_path / "pred.txt", tmp_path / "gold.txt")
    code, said, _ = script("evaluate.py", "--files", *files, "--data.root", root, "--outputs", tmp_path)
    assert code == 0 and "100.0%" in said
    facts = json.loads((tmp_path / "files" / "pred" / "metrics.json").read_text())
    assert facts["execution_accuracy"] == 1 and facts["questions"] == len(golds)
