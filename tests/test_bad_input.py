"""Bad input to evaluate.py, as users meet it: one clear line, exit 2, nothing half-written."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from stack import DEMO

from text2sql.data import load

EXAMPLES = load(DEMO, "dev")[:4]
DB = EXAMPLES[0].db_id


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data set of one's own, and files of golds and predictions for it."""
    data = tmp_path / "data"
    (data / "database" / DB).mkdir(parents=True)
    shutil.copy(EXAMPLES[0].database, data / "database" / DB)
    questions = [{"question": it.question, "query": it.gold, "db_id": DB} for it in EXAMPLES]
    for name in ("dev.json", "train_spider.json"):
        (data / name).write_text(json.dumps(questions), encoding="utf-8")
    (tmp_path / "gold.txt").write_text("".join(f"{it.gold}\t{DB}\n" for it in EXAMPLES), encoding="utf-8")
    (tmp_path / "pred.txt").write_text("".join(f"{it.gold}\n" for it in EXAMPLES), encoding="utf-8")
    return tmp_path


def replace(path: Path, old: str, new: str, encoding: str = "utf-8") -> None:
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding=encoding)


def break_database(folder: Path) -> None:
    (folder / "data" / "database" / DB / f"{DB}.sqlite").write_text("this is a text, and no database of SQLite's")


CASES = {
    "no predictions": (lambda at: (at / "pred.txt").unlink(), "pred.txt: No such file or directory"),
    "no golds": (lambda at: (at / "gold.txt").unlink(), "gold.txt: No such file or directory"),
    "a folder": (lambda at: ((at / "pred.txt").unlink(), (at / "pred.txt").mkdir()), "pred.txt: Is a directory"),
    "no data": (lambda at: shutil.rmtree(at / "data"), "data: no such folder"),
    "Latin-1": (lambda at: replace(at / "pred.txt", "SELECT", "SELECT 'é',", "latin-1"), "pred.txt: line 1: not UTF-8"),
    "UTF-16": (lambda at: replace(at / "gold.txt", "x", "x", "utf-16"), "gold.txt: line 1: not UTF-8"),
    "truncated predictions": (
        lambda at: (at / "pred.txt").write_text("\n".join((at / "pred.txt").read_text().split("\n")[:2])),
        "pred.txt: 2 predictions and 0 blank lines, but",
    ),
    "truncated golds": (
        lambda at: (at / "gold.txt").write_text(f"SELECT 1\t{DB}\nSEL"),
        "gold.txt: line 2: no tab",
    ),
    "unknown db_id": (lambda at: replace(at / "gold.txt", f"\t{DB}", "\tnowhere"), "line 1: no database"),
    "no SQLite": (break_database, f"{DB}.sqlite: it isn't a SQLite database"),
}


@pytest.mark.parametrize("case", CASES)
def test_files(script: Callable, folder: Path, case: str) -> None:
    spoil, words = CASES[case]
    spoil(folder)
    command = ("--files", folder / "pred.txt", folder / "gold.txt", "--data.root", folder / "data")
    refused(script, folder, words, *command)


DATA_CASES = {
    "no folder": (lambda at: shutil.rmtree(at / "data"), "data: no such folder"),
    "no dev.json": (lambda at: (at / "data" / "dev.json").unlink(), "dev.json"),
    "Latin-1": (lambda at: replace(at / "data" / "dev.json", "How", "Hów", "latin-1"), "dev.json:1: not"),
    "truncated": (lambda at: (at / "data" / "dev.json").write_text('[{"question": "How'), "dev.json: not"),
    "unknown db_id": (lambda at: replace(at / "data" / "dev.json", f'"{DB}"', '"nowhere"'), "nowhere"),
    "no SQLite": (break_database, f"{DB}.sqlite: not a readable SQLite database"),
}


@pytest.mark.parametrize("case", DATA_CASES)
def test_a_stage(script: Callable, folder: Path, case: str) -> None:
    spoil, words = DATA_CASES[case]
    spoil(folder)
    command = ("demo", "--eval.stage", "base", "--model.backend", "portable", "--data.root", folder / "data")
    refused(script, folder, words, *command)


@pytest.mark.parametrize("case", [case for case in DATA_CASES if case != "no SQLite"])
def test_a_check_of_the_golds(script: Callable, folder: Path, case: str) -> None:
    spoil, words = DATA_CASES[case]
    spoil(folder)
    refused(script, folder, words, "--check-gold", "--data.root", folder / "data")


def refused(script: Callable, folder: Path, words: str, *command: object) -> None:
    """The command ends in one line with these words, and writes nothing."""
    code, _, wrong = script("evaluate.py", *command, "--outputs", folder / "out")
    assert code == 2 and words in wrong and len(wrong.splitlines()) == 1, wrong
    assert wrong.startswith("error: ") and not (folder / "out").exists()


def test_outputs_that_cannot_be_written(script: Callable, folder: Path) -> None:
    (folder / "out").write_text("a file in the folder's place")
    command = ("--files", folder / "pred.txt", folder / "gold.txt", "--data.root", folder / "data")
    code, _, wrong = script("evaluate.py", *command, "--outputs", folder / "out")
    assert code == 2 and wrong.splitlines()[-1].startswith(
        f"error: {folder}/out/files/pred/verdicts.jsonl: it can't be"
    )
