"""What the figures were measured on."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from pathlib import Path

REPO = Path(__file__).parents[2]


def described(cpu: bool) -> dict[str, object]:
    """Card, driver, processor, memory, versions and commit."""
    import utils

    return {
        "card": None if cpu else card(),
        "processor": _field(Path("/proc/cpuinfo"), "model name"),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "system": platform.platform(),
        "python": platform.python_version(),
        "nvcc": shutil.which("nvcc") is not None,
        "versions": utils.versions(),
        "commit": _commit(),
    }


def card() -> dict[str, object] | None:
    """The first GPU's name, memory in GiB and driver; None without one."""
    values = _smi("name,memory.total,driver_version,compute_cap")
    if values is None:
        return None
    name, memory, driver, capability = values
    return {"name": name, "memory_gib": round(int(memory) / 1024, 2), "driver": driver, "capability": capability}


def used_gib() -> float | None:
    """GiB in use on the first GPU, by whatever program."""
    values = _smi("memory.used")
    return int(values[0]) / 1024 if values else None


def _smi(fields: str) -> list[str] | None:
    command = ["nvidia-smi", f"--query-gpu={fields}", "--format=csv,noheader,nounits"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return [value.strip() for value in done.stdout.splitlines()[0].split(",")]


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


def _commit() -> str | None:
    try:
        done = subprocess.run(["git", "rev-parse", "HEAD"], cwd=REPO, capture_output=True, text=True, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()
