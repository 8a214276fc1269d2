"""Run the project's commands as a user would, offline, and watch their memory."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from . import machine
from .machine import REPO

ENVIRONMENT = {
    "HF_HUB_OFFLINE": "1",
    "UNSLOTH_DISABLE_STATISTICS": "1",
    "VLLM_NO_USAGE_STATS": "1",
    "WANDB_MODE": "disabled",
    "PYTHONPATH": str(REPO),
}


@dataclass(frozen=True)
class Done:
    """A command that ended."""

    code: int
    said: str
    errors: str
    seconds: float
    peak_gib: float
    """On a GPU the most that was in use on the card beyond what was before; on a CPU the process's largest size."""
    log: Path

    @property
    def last(self) -> str:
        """What it said last of its errors."""
        lines = [line for line in self.errors.splitlines() if line.strip()]
        return lines[-1][:300] if lines else f"exit {self.code}"


@dataclass(frozen=True)
class Place:
    """Where commands run and leave their output."""

    folder: Path
    cpu: bool
    seconds: int
    """Longest command."""

    def script(self, name: str, *args: object, log: str, until: Path | None = None) -> Done:
        """Run train_sft.py and the like; with `until` it is killed when that file is there and whole."""
        return self._run([str(REPO / name), *map(str, args)], log, until)

    def module(self, name: str, *args: object, log: str, until: Path | None = None) -> Done:
        """Run a module of this package."""
        return self._run(["-m", f"scripts.gpu_check.{name}", *map(str, args)], log, until)

    def _run(self, command: list[str], log: str, until: Path | None) -> Done:
        self.folder.mkdir(parents=True, exist_ok=True)
        out, err = (self.folder / f"{log}.{kind}.txt" for kind in ("out", "err"))
        before = 0.0 if self.cpu else machine.used_gib()
        started = time.monotonic()
        with out.open("w") as said, err.open("w") as errors:
            process = subprocess.Popen(
                [sys.executable, *command],
                cwd=self.folder,
                env=self._environment(),
                stdout=said,
                stderr=errors,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
            peak = self._watch(process, until, started)
        seconds = time.monotonic() - started
        peak = max(0.0, peak - before)
        return Done(process.returncode, out.read_text(), err.read_text(), round(seconds, 1), round(peak, 2), err)

    def _environment(self) -> dict[str, str]:
        hidden = {"CUDA_VISIBLE_DEVICES": ""} if self.cpu else {}
        return {**os.environ, **ENVIRONMENT, **hidden}

    def _watch(self, process: subprocess.Popen, until: Path | None, started: float) -> float:
        """Wait for the end, which may be ours to make; the largest memory seen, in GiB."""
        peak, looked = 0.0, 0.0
        while process.poll() is None:
            now = time.monotonic()
            if now - looked > 0.5:
                looked = now
                used = machine.process_gib(process.pid) if self.cpu else machine.used_gib()
                peak = max(peak, used)
            if now - started > self.seconds or (until is not None and _whole(until)):
                os.killpg(process.pid, signal.SIGKILL)
            time.sleep(0.02)
        process.wait()
        return peak


def _whole(file: Path) -> bool:
    try:
        json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return True
