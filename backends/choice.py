"""What runs the model on this machine: backend, device, precision and rollout engine, chosen by probing.

``probe`` finds the facts, ``choose`` decides from them alone, so that every machine's choice can be tested on any.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from text2sql.errors import UserError

if TYPE_CHECKING:
    from config import Model


@dataclass(frozen=True)
class Machine:
    """The facts that decide."""

    cuda: bool
    bfloat16: bool
    """Whether GPU or processor multiply bfloat16 natively; emulation is about four times slower than float32."""
    memory_gb: float
    """Of the first GPU, in GiB; 0 without one."""
    processes: int
    packages: frozenset[str]
    """Which of PROBED are installed."""
    standby: bool = False
    """Whether UNSLOTH_VLLM_STANDBY asks that vLLM and training share memory by turns."""


PROBED = ("unsloth", "vllm", "bitsandbytes", "vllm_bnb_plugin", "deepspeed")
STANDBY_GB = 30
"""Below this, standby runs out of memory when vLLM wakes up (unslothai/unsloth#3542)."""


@dataclass(frozen=True)
class Plan:
    """What runs the model here: backend, device, precision and rollout engine, with the reason in words."""

    backend: str
    device: str
    dtype: str
    rollouts: str
    """vLLM, or Transformers generate with the reason."""
    why: str

    @property
    def vllm(self) -> bool:
        """Whether vLLM generates."""
        return self.rollouts.startswith("vLLM")

    def __str__(self) -> str:
        return f"{self.backend} on {self.device} in {self.dtype}, rollouts by {self.rollouts} ({self.why})"


def plan(model: Model, *, training: bool = True) -> Plan:
    """The choice for this machine; evaluation (not `training`) needs no 4-bit weights and no backend that trains.

    Raises UserError when what --model.backend, --model.rollouts or --model.load-in-4bit ask for can't run here.
    """
    return choose(model, probe(), training=training)


def probe() -> Machine:
    """Look at this machine. Packages are only found, not imported: Unsloth must be the first that is."""
    set_allocator()
    import torch

    cuda = torch.cuda.is_available()
    return Machine(
        cuda=cuda,
        bfloat16=torch.cuda.is_bf16_supported(including_emulation=False) if cuda else _cpu_has_bfloat16(),
        memory_gb=torch.cuda.get_device_properties(0).total_memory / 2**30 if cuda else 0.0,
        processes=processes(),
        packages=installed(),
        standby=standby(),
    )


def processes() -> int:
    """Training processes, as torchrun and accelerate count them; each has a GPU of its own."""
    return int(os.environ.get("WORLD_SIZE", "1"))


def installed() -> frozenset[str]:
    """Which of PROBED are installed."""
    return frozenset(name for name in PROBED if importlib.util.find_spec(name) is not None)


def standby() -> bool:
    """Whether vLLM is to hand its memory to training between rollouts; Unsloth reads it when it is imported."""
    return os.environ.get("UNSLOTH_VLLM_STANDBY", "0") != "0"


def set_allocator() -> None:
    """PyTorch reads this when the GPU is first asked; segments that can grow break less memory into pieces.

    Unsloth sets it too, but when it is imported the probe has asked already. vLLM's standby excludes it.
    """
    if not standby():
        os.environ.setdefault("PYTORCH_ALLOC_CONF", "expandable_segments:True")


def _cpu_has_bfloat16() -> bool:
    """Whether the processor multiplies bfloat16 natively."""
    try:
        flags = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return False
    return any(flag in flags for flag in ("avx512_bf16", "amx_bf16", " bf16 "))


def has_nvcc() -> bool:
    """Whether CUDA's compiler is within reach: vLLM's FlashInfer compiles its kernels when it is first used."""
    homes = [os.environ.get("CUDA_HOME"), os.environ.get("CUDA_PATH"), "/usr/local/cuda"]
    return shutil.which("nvcc") is not None or any((Path(home) / "bin" / "nvcc").is_file() for home in homes if home)


def choose(model: Model, machine: Machine, *, training: bool = True) -> Plan:
    """The choice on a machine with these facts; UserError as in `plan`."""
    device = "cuda" if machine.cuda else "cpu"
    dtype = ("bfloat16" if machine.bfloat16 else "float32") if model.dtype == "auto" else model.dtype
    backend, why = _backend(model, machine, dtype)
    four_bit = model.load_in_4bit and training
    if four_bit:
        _check_four_bit(machine)
    if model.deepspeed != "off" and training:
        _check_deepspeed(backend, machine)
    if machine.cuda and machine.standby and backend == "unsloth" and training:
        why += f", {_check_standby(machine)}"
    return Plan(backend, device, dtype, _rollouts(model.rollouts, machine, backend, four_bit), why)


def _backend(model: Model, machine: Machine, dtype: str) -> tuple[str, str]:
    """The backend and why it was chosen."""
    obstacle = ""
    if "unsloth" not in machine.packages:
        obstacle = "unsloth isn't installed"
    elif machine.cuda and dtype == "float32":
        obstacle = "Unsloth computes in half precision on a GPU, so not in float32"
    if model.backend == "unsloth" and obstacle:
        raise UserError(f"model.backend: {obstacle}; take --model.backend portable, or auto")
    if model.backend != "auto":
        return model.backend, "asked for by --model.backend"
    if machine.processes > 1:
        return "portable", f"{machine.processes} processes"
    return ("portable", obstacle) if obstacle else ("unsloth", "installed, one process")


def _check_four_bit(machine: Machine) -> None:
    """QLoRA needs a GPU and bitsandbytes."""
    if not machine.cuda:
        raise UserError(
            "model.load_in_4bit: 4-bit weights need a GPU; drop the flag here, or say --model.no-load-in-4bit"
        )
    if "bitsandbytes" not in machine.packages:
        raise UserError("model.load_in_4bit: bitsandbytes isn't installed; pip install bitsandbytes, or drop the flag")


def _check_deepspeed(backend: str, machine: Machine) -> None:
    """DeepSpeed is an extra of the portable backend on GPUs."""
    if not machine.cuda:
        raise UserError("model.deepspeed: it needs a GPU; set --model.deepspeed off on this machine")
    if backend != "portable":
        raise UserError("model.deepspeed: Unsloth has no ZeRO; set --model.backend portable")
    if "deepspeed" not in machine.packages:
        raise UserError("model.deepspeed: DeepSpeed isn't installed; pip install deepspeed, or --model.deepspeed off")


def _check_standby(machine: Machine) -> str:
    """What standby does to the configuration."""
    if machine.memory_gb < STANDBY_GB:
        raise UserError(
            f"UNSLOTH_VLLM_STANDBY: it runs out of memory on a GPU of {machine.memory_gb:.0f} GiB; unset it"
        )
    return "UNSLOTH_VLLM_STANDBY overrides model.gpu_memory"


def _rollouts(wanted: str, machine: Machine, backend: str, four_bit: bool) -> str:
    """The rollout engine, in words; vLLM wherever it is installed and can follow the adapter."""
    obstacle = ""
    if "vllm" not in machine.packages:
        obstacle = "vLLM isn't installed"
    elif four_bit and backend == "portable":
        obstacle = "vLLM can't follow 4-bit weights outside Unsloth"
    elif four_bit and "vllm_bnb_plugin" not in machine.packages:
        obstacle = "vLLM needs vllm-bnb-plugin for 4-bit weights"
    if wanted == "vllm" and obstacle:
        raise UserError(f"model.rollouts: {obstacle}; take --model.rollouts transformers, or --model.rollouts auto")
    if wanted == "transformers":
        return "Transformers generate, slower, as asked for by --model.rollouts"
    return f"Transformers generate, slower, because {obstacle}" if obstacle else "vLLM"
