"""Stands for NVIDIA's driver in tests: an nvidia-smi on PATH that answers for the cards it is told."""

from __future__ import annotations

import os
from pathlib import Path

DRIVER = "580.95.05"
CARDS = {"L4": (23034, 8.9), "H100": (81559, 9.0), "H200": (143771, 9.0), "T4": (15360, 7.5), "A100": (40960, 8.0)}
"""Card -> MiB as its nvidia-smi has them, compute capability."""


def plant(folder: Path, *names: str, code: int = 0, used: int = 3, driver: str = DRIVER) -> dict[str, str]:
    """Write nvidia-smi into a folder; the environment in which it is found."""
    rows = [
        f"{index}, GPU-{index}{index}-abc, NVIDIA {name}, {CARDS[name][0]}, {used}, {driver}, {CARDS[name][1]}"
        for index, name in enumerate(names)
    ]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "rows").write_text("".join(f"{row}\n" for row in rows))
    file = folder / "nvidia-smi"
    file.write_text(f'#!/bin/sh\necho "$*" >> "{folder}/asked"\ncat "{folder}/rows"\nexit {code}\n')
    file.chmod(0o755)
    return {"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}
