"""The ledger: one line for every evaluation there was, whatever became of its folder."""

from __future__ import annotations

import datetime
import json
import os
import platform
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from text2sql.errors import UserError

NAME = "ledger.jsonl"
EVALUATOR = "SQL RLVR, test-suite semantics on one database"


def append(path: Path, run: str, metrics: Mapping[str, Any], training: Mapping[str, Any] | None) -> None:
    """Add one evaluation: when, of which commit and machine, its metrics, and what is known of the stage's training.

    The line is written by one call that appends, so that several processes may share the file.
    """
    now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    facts = {"time": now, **commit(), "run": run, "evaluator": EVALUATOR}
    entry = {**facts, **metrics, "training": training, "machine": machine()}
    path.parent.mkdir(parents=True, exist_ok=True)
    line = json.dumps(entry, ensure_ascii=False, default=str) + "\n"
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        os.write(descriptor, line.encode())
    finally:
        os.close(descriptor)


def read(path: Path) -> list[dict[str, Any]]:
    """The entries, oldest first; a last line that a kill cut short is left out. UserError names a broken one."""
    try:
        rows = path.read_text(encoding="utf-8").split("\n")
    except OSError as error:
        raise UserError(f"{path}: {error.strerror}; evaluate.py writes it") from None
    entries = []
    for number, row in enumerate(rows, 1):
        try:
            entries += [json.loads(row)] if row else []
        except ValueError as error:
            if number < len(rows):
                raise UserError(f"{path}: line {number}: not valid JSON ({error}); remove that line") from None
    return entries


def machine() -> dict[str, Any]:
    """What ran it: system, processor, cores and Python."""
    model = next((line.partition(":")[2].strip() for line in _cpuinfo() if line.startswith("model name")), "")
    facts = {"system": platform.system(), "processor": model or platform.machine(), "cores": os.cpu_count()}
    return {**facts, "python": platform.python_version()}


def _cpuinfo() -> list[str]:
    try:
        return Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return []


def commit() -> dict[str, Any]:
    """The checkout's commit, and whether files that git tracks differ from it; None where there is no git."""
    here = Path(__file__).resolve().parent
    head = _git(here, "rev-parse", "HEAD")
    changed = _git(here, "status", "--porcelain", "--untracked-files=no") if head else None
    return {"commit": head, "dirty": None if changed is None else bool(changed)}


def _git(folder: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None
