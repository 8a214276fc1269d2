"""The Makefile's promises that can be checked without installing: the list, the stamp, words for a wrong Python."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder with what `make install` reads, and no environment."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    shutil.copytree(ROOT / "locks", tmp_path / "locks")
    return tmp_path


def make(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    return subprocess.run(
        ["make", *arguments],
        cwd=folder,
        env=clean,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=60,
    )


def test_bare_make_lists_the_targets(checkout):
    listed = make(checkout)
    names = {line.split()[1] for line in listed.stdout.splitlines() if line.startswith("  make ")}
    assert {"help", "demo", "test", "test-fast", "lint", "spider", "demo-data", "clean", "install"} <= names
    assert listed.stdout == make(checkout, "help").stdout


def test_demo_runs_the_stages_in_order(checkout):
    lines = make(checkout, "--dry-run", "demo", "DEMO_FLAGS=--flag").stdout.splitlines()
    stages = [line.removeprefix(".venv/bin/python ") for line in lines if ".py demo" in line]
    assert stages == [
        "evaluate.py demo --eval.stage base --flag",
        "train_sft.py demo --flag",
        "evaluate.py demo --eval.stage sft --flag",
        "train_grpo.py demo --flag",
        "evaluate.py demo --eval.stage grpo --flag",
        "evaluate.py demo --report --flag",
    ]


def test_unusable_python_stops_with_words(checkout):
    stopped = make(checkout, "test", "PYTHON=/bin/false")
    assert stopped.returncode == 2
    assert "needs Python 3.11 or 3.12 with its venv module" in stopped.stderr
    assert not (checkout / ".venv").exists()


def test_second_install_does_nothing_until_a_lock_changes(checkout):
    stamp = checkout / ".venv" / ".installed"
    stamp.parent.mkdir()
    stamp.touch()
    assert make(checkout, "install", "PYTHON=/bin/false").returncode == 0
    os.utime(stamp, (0, 0))
    assert make(checkout, "install", "PYTHON=/bin/false").returncode == 2


def test_the_tests_need_verifiers_and_nothing_else_does(checkout):
    installs = "pip install -qq --disable-pip-version-check --no-deps -r locks/verifiers.txt"
    assert installs in make(checkout, "--dry-run", "test").stdout
    assert installs not in make(checkout, "--dry-run", "demo").stdout


def test_clean_keeps_environment_data_and_other_runs(checkout):
    kept = [".venv/lib/__pycache__/a.pyc", "outputs/mine/log", "spider_data/tables.json"]
    gone = ["outputs/demo/log", "text2sql/__pycache__/a.pyc", "unsloth_compiled_cache/a.py"]
    for name in [*kept, *gone]:
        (checkout / name).parent.mkdir(parents=True)
        (checkout / name).touch()
    assert make(checkout, "clean").returncode == 0
    assert [(checkout / name).exists() for name in [*kept, *gone]] == [True] * len(kept) + [False] * len(gone)


def test_doctor_installs_nothing(checkout):
    stopped = make(checkout, "doctor")
    assert stopped.returncode == 2 and "make: .venv/bin/python isn't there; run make install first" in stopped.stderr
    python = checkout / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\necho "$@"\n')
    python.chmod(0o755)
    assert make(checkout, "doctor", "DOCTOR_FLAGS=demo --gpu 24").stdout == "utils.py doctor demo --gpu 24\n"
