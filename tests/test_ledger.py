"""The ledger: one line an evaluation, whoever else writes, and what a kill leaves."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from text2sql import ledger
from text2sql.errors import UserError

ROOT = Path(__file__).parents[1]
WRITER = """
import sys
from pathlib import Path
from text2sql import ledger
for number in range(50):
    ledger.append(Path(sys.argv[1]), sys.argv[2], {"stage": "sft", "number": number, "long": "x" * 5000}, None)
"""


def test_an_entry_says_when_what_and_on_which_machine(tmp_path):
    path = tmp_path / "outputs" / "ledger.jsonl"
    ledger.append(path, "demo", {"stage": "sft", "execution_accuracy": 0.5}, {"steps": 3})
    (entry,) = ledger.read(path)
    assert (entry["run"], entry["stage"], entry["training"]) == ("demo", "sft", {"steps": 3})
    assert entry["time"].endswith("+00:00") and entry["machine"]["cores"] >= 1
    commit = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True)
    assert entry["commit"] == (commit.stdout.strip() if commit.returncode == 0 else None)
    assert entry["dirty"] in ((True, False) if entry["commit"] else (None,))


def test_processes_that_write_at_once_lose_nothing(tmp_path):
    path = tmp_path / "ledger.jsonl"
    command = [sys.executable, "-c", WRITER, str(path)]
    writers = [subprocess.Popen([*command, name], cwd=ROOT) for name in ("a", "b")]
    assert [writer.wait() for writer in writers] == [0, 0]
    entries = ledger.read(path)
    assert sorted((entry["run"], entry["number"]) for entry in entries) == [(n, i) for n in "ab" for i in range(50)]


def test_a_line_cut_short_is_left_out_at_the_end_and_named_elsewhere(tmp_path):
    path = tmp_path / "ledger.jsonl"
    path.write_text('{"run": "a"}\n{"run": "b')
    assert ledger.read(path) == [{"run": "a"}]
    path.write_text('{"run": "a\n{"run": "b"}\n')
    with pytest.raises(UserError, match="line 1: not valid JSON"):
        ledger.read(path)
    with pytest.raises(UserError, match="evaluate.py writes it"):
        ledger.read(tmp_path / "none.jsonl")
