"""The GPUs of this machine, asked of NVIDIA's driver without torch: by nvidia-smi, else by its library NVML."""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import subprocess
from dataclasses import dataclass

FIELDS = ("index", "uuid", "name", "memory.total", "memory.used", "driver_version", "compute_cap")
SECONDS = 20
"""nvidia-smi takes some of them where the driver is loaded only then; one that hangs is given up."""


@dataclass(frozen=True)
class Card:
    """One GPU."""

    index: int
    uuid: str
    name: str
    gib: float
    used: float
    """GiB that processes hold now."""
    driver: str
    capability: float
    """Compute capability; from 8.0 on the card computes in bfloat16."""

    def __str__(self) -> str:
        return f"{self.name}, {self.gib:.1f} GiB"


def found() -> list[Card]:
    """The GPUs that CUDA would show to this process; empty where there are none, or no driver answers."""
    return _visible(_by_command() if shutil.which("nvidia-smi") else _by_library("libnvidia-ml.so.1"))


def smallest() -> Card | None:
    """The card that settings have to fit: with several processes each gets one."""
    return min(found(), key=lambda card: card.gib, default=None)


def _by_command() -> list[Card]:
    command = ["nvidia-smi", f"--query-gpu={','.join(FIELDS)}", "--format=csv,noheader,nounits"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS)
    except (OSError, subprocess.TimeoutExpired):
        return []
    lines = done.stdout.splitlines() if done.returncode == 0 else []
    return [card for line in lines if (card := _card([value.strip() for value in line.split(",")]))]


def _card(values: list[str]) -> Card | None:
    """A line of nvidia-smi, sizes in MiB; None where the card doesn't say what it is (a device in error)."""
    try:
        index, uuid, name, total, used, driver, capability = values
        return Card(int(index), uuid, name, float(total) / 1024, float(used) / 1024, driver, float(capability))
    except ValueError:
        return None


class _Memory(ctypes.Structure):
    """nvmlMemory_t, in bytes."""

    _fields_ = [("total", ctypes.c_ulonglong), ("free", ctypes.c_ulonglong), ("used", ctypes.c_ulonglong)]


def _by_library(name: str) -> list[Card]:
    """The same from NVML, which containers have without nvidia-smi."""
    try:
        nvml = ctypes.CDLL(name)
    except OSError:
        return []
    count = ctypes.c_uint()
    if nvml.nvmlInit_v2() or nvml.nvmlDeviceGetCount_v2(ctypes.byref(count)):
        return []
    with contextlib.ExitStack() as stack:
        stack.callback(nvml.nvmlShutdown)
        return [_from_library(nvml, index) for index in range(count.value)]


def _from_library(nvml: ctypes.CDLL, index: int) -> Card:
    device, memory = ctypes.c_void_p(), _Memory()
    major, minor = ctypes.c_int(), ctypes.c_int()
    nvml.nvmlDeviceGetHandleByIndex_v2(index, ctypes.byref(device))
    nvml.nvmlDeviceGetMemoryInfo(device, ctypes.byref(memory))
    nvml.nvmlDeviceGetCudaComputeCapability(device, ctypes.byref(major), ctypes.byref(minor))
    texts = [ctypes.create_string_buffer(96) for _ in range(3)]
    nvml.nvmlDeviceGetUUID(device, texts[0], 96)
    nvml.nvmlDeviceGetName(device, texts[1], 96)
    nvml.nvmlSystemGetDriverVersion(texts[2], 96)
    uuid, name, driver = (text.value.decode() for text in texts)
    sizes = (memory.total / 2**30, memory.used / 2**30)
    return Card(index, uuid, name, *sizes, driver, major.value + minor.value / 10)


def _visible(cards: list[Card]) -> list[Card]:
    """What CUDA_VISIBLE_DEVICES leaves of them, by number or by the beginning of a UUID."""
    wanted = os.environ.get("CUDA_VISIBLE_DEVICES")
    if wanted is None:
        return cards
    names = [name.strip() for name in wanted.split(",") if name.strip()]
    return [card for card in cards if any(name == str(card.index) or _is_uuid(name, card) for name in names)]


def _is_uuid(name: str, card: Card) -> bool:
    return name.startswith("GPU-") and card.uuid.startswith(name)
