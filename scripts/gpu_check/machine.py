"""What the figures were measured on."""

from __future__ import annotations

import os
import platform
from pathlib import Path

import utils
from backends import cards, choice
from text2sql import ledger

REPO = Path(__file__).parents[2]


def described(cpu: bool) -> dict[str, object]:
    """Card, driver, processor, memory, versions and commit."""
    card = None if cpu else cards.smallest()
    return {
        "card": card and {name: getattr(card, name) for name in ("name", "gib", "driver", "capability")},
        "processor": _field(Path("/proc/cpuinfo"), "model name"),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "system": platform.platform(),
        "python": platform.python_version(),
        "nvcc": choice.has_nvcc(),
        "versions": utils.versions(),
        "commit": ledger.commit()["commit"],
    }


def used_gib() -> float:
    """GiB in use on the card, by whatever program; 0 without one."""
    card = cards.smallest()
    return card.used if card else 0.0


def process_gib(pid: int) -> float:
    """GiB of main memory that a process has held at most; 0 once it is gone."""
    kilobytes = _field(Path(f"/proc/{pid}/status"), "VmHWM")
    return int(kilobytes.split()[0]) / 2**20 if kilobytes else 0.0


def _field(file: Path, name: str) -> str | None:
    """The value behind the first "name :" of a file of the kernel."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except OSError:
        return None
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(name)), None)
