"""Choose how this machine runs a model, load it with its LoRA adapter, and save the adapter.

Two backends behind one seam: ``unsloth`` (GPU and CPU) and ``portable`` (Transformers + PEFT, also for several
processes). Nothing outside this package knows which one runs.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import sys
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from text2sql.errors import UserError

from . import smollm2
from .adapters import adapter_rank, check_base

if TYPE_CHECKING:
    from config import Config, Model


@dataclass(frozen=True)
class Plan:
    """What runs the model here: backend, device, precision and rollout engine, with the reason in words."""

    backend: str
    device: str
    dtype: str
    rollouts: str
    why: str

    def __str__(self) -> str:
        return f"{self.backend} on {self.device} in {self.dtype}, rollouts by {self.rollouts} ({self.why})"


@dataclass
class Loaded:
    """A model with its LoRA adapter, ready to train."""

    model: Any
    tokenizer: Any
    plan: Plan
    base: str
    """Folder or hub name of the base model."""


def plan(model: Model) -> Plan:
    """Choose backend, device, precision and rollout engine by probing; a named backend overrides the choice.

    Raises UserError when the named backend isn't installed or can't run as asked.
    """
    import torch

    cuda = torch.cuda.is_available()
    processes = int(os.environ.get("WORLD_SIZE", "1"))
    backend, why = _backend(model.backend, processes)
    device = "cuda" if cuda else "cpu"
    if model.load_in_4bit and not cuda:
        raise UserError("model.load_in_4bit: 4-bit weights need a GPU; drop the flag on this machine")
    dtype = _dtype(model.dtype, device)
    has_vllm = importlib.util.find_spec("vllm") is not None
    rollouts = "vLLM" if has_vllm else "Transformers generate, slower, because vLLM isn't installed"
    return Plan(backend, device, dtype, rollouts, why)


def _backend(wanted: str, processes: int) -> tuple[str, str]:
    """The backend and why it was chosen."""
    installed = importlib.util.find_spec("unsloth") is not None
    if wanted == "unsloth" and not installed:
        raise UserError("model.backend: unsloth isn't installed; install the lock, or take --model.backend portable")
    if wanted != "auto":
        return wanted, "asked for by --model.backend"
    if processes > 1:
        return "portable", f"{processes} processes"
    return ("unsloth", "installed, one process") if installed else ("portable", "unsloth isn't installed")


def _dtype(wanted: str, device: str) -> str:
    """bfloat16 where the hardware computes in it, else float32."""
    if wanted != "auto":
        return wanted
    if device == "cuda":
        import torch

        return "bfloat16" if torch.cuda.is_bf16_supported() else "float32"
    return "bfloat16" if _cpu_has_bfloat16() else "float32"


def _cpu_has_bfloat16() -> bool:
    """Whether the processor multiplies bfloat16 natively; emulation is about four times slower than float32."""
    try:
        flags = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return False
    return any(flag in flags for flag in ("avx512_bf16", "amx_bf16", " bf16 "))


def import_backend(chosen: Plan) -> None:
    """Import unsloth before trl, transformers and peft, which it patches; set what must be set before that."""
    os.environ.setdefault("UNSLOTH_DISABLE_STATISTICS", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    if chosen.device == "cpu":
        from .vllm_cpu import set_environment

        set_environment()
    _quiet()
    if chosen.backend == "unsloth":
        with _without_extension_probe(chosen.device == "cpu"):
            import unsloth  # noqa: F401


def _quiet() -> None:
    """Hide what repeats on every start and asks for nothing: progress of loading weights, known version notes."""
    warnings.filterwarnings("ignore", message="TRL currently supports vLLM")
    warnings.filterwarnings("ignore", message=".*reduce_op. is deprecated")


@contextlib.contextmanager
def _without_extension_probe(on_cpu: bool) -> Iterator[None]:
    """Hide vLLM's AVX-512 extension while Unsloth is imported on a CPU.

    Unsloth loads it to find broken CUDA builds. vLLM itself picks the extension that fits the processor; loading the
    other one kills the process with an illegal instruction where AVX-512 is missing.
    """
    name = "vllm._C"
    hide = on_cpu and name not in sys.modules
    if hide:
        sys.modules[name] = None
    try:
        yield
    finally:
        if hide:
            sys.modules.pop(name, None)


def base_name(name: str) -> str:
    """A model's folder or hub name; the embedded model is unpacked first."""
    if name != smollm2.NAME:
        return name
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    return str(smollm2.prepare())


def load_model(config: Config, chosen: Plan, *, adapter: Path | None = None, rollouts: bool = False) -> Loaded:
    """The base model with a fresh LoRA adapter, or with `adapter` attached and trainable.

    With `rollouts` the model is loaded so that vLLM can share its weights where the backend can (Unsloth on a GPU).
    Raises UserError when the adapter is missing or belongs to another base model.
    """
    import_backend(chosen)
    base = base_name(config.model.name)
    if adapter is not None:
        _check_adapter(adapter, base, config.model.lora_rank)
    load = _load_unsloth if chosen.backend == "unsloth" else _load_portable
    try:
        model, tokenizer = load(config, chosen, base, adapter, rollouts)
    except OSError as error:
        raise UserError(f"model.name: can't load {base} ({str(error).splitlines()[0]})") from error
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    model.config.use_cache = False
    return Loaded(model, tokenizer, chosen, base)


def _check_adapter(adapter: Path, base: str, rank: int) -> None:
    """The adapter is one, of this base model, and of no higher rank than the recipe's, which vLLM is started with."""
    check_base(adapter, base)
    if adapter_rank(adapter) > rank:
        needed = adapter_rank(adapter)
        raise UserError(f"model.lora_rank: {rank}, but {adapter} has rank {needed}; set --model.lora-rank {needed}")


def _load_unsloth(config: Config, chosen: Plan, base: str, adapter: Path | None, rollouts: bool):
    """Unsloth's own loader; an adapter's folder goes to from_pretrained, which attaches it trainable."""
    import torch
    from unsloth import FastLanguageModel

    options = config.model
    share = rollouts and chosen.device == "cuda" and chosen.rollouts == "vLLM"
    engine = {"max_lora_rank": options.lora_rank, "gpu_memory_utilization": options.gpu_memory} if share else {}
    model, tokenizer = FastLanguageModel.from_pretrained(
        model_name=str(adapter or base),
        max_seq_length=options.max_length,
        dtype=getattr(torch, chosen.dtype),
        load_in_4bit=options.load_in_4bit,
        fast_inference=share,
        use_gradient_checkpointing="unsloth" if options.gradient_checkpointing else False,
        **engine,
    )
    if adapter is None:
        model = FastLanguageModel.get_peft_model(
            model,
            r=options.lora_rank,
            target_modules=list(options.lora_targets),
            lora_alpha=options.lora_alpha,
            lora_dropout=options.lora_dropout,
            bias="none",
            use_gradient_checkpointing="unsloth" if options.gradient_checkpointing else False,
            random_state=config.seed,
        )
    return model, tokenizer


def _load_portable(config: Config, chosen: Plan, base: str, adapter: Path | None, rollouts: bool):
    """Transformers and PEFT; works in several processes."""
    import torch
    from peft import PeftModel
    from transformers import AutoModelForCausalLM, AutoTokenizer

    from .chunked_loss import install

    install()
    quantization = {"quantization_config": _four_bit(chosen)} if config.model.load_in_4bit else {}
    model = AutoModelForCausalLM.from_pretrained(base, dtype=getattr(torch, chosen.dtype), **quantization)
    tokenizer = AutoTokenizer.from_pretrained(base, padding_side="right")
    if adapter is None:
        return _fresh_adapter(model, config), tokenizer
    return PeftModel.from_pretrained(model, str(adapter), is_trainable=True), tokenizer


def _four_bit(chosen: Plan):
    """The QLoRA quantisation (arXiv 2305.14314)."""
    import torch
    from transformers import BitsAndBytesConfig

    compute = getattr(torch, chosen.dtype)
    return BitsAndBytesConfig(
        load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_use_double_quant=True, bnb_4bit_compute_dtype=compute
    )


def _fresh_adapter(model, config: Config):
    """A new LoRA adapter (arXiv 2106.09685), seeded so that a run can be repeated."""
    import torch
    from peft import LoraConfig, get_peft_model

    options = config.model
    torch.manual_seed(config.seed)
    lora = LoraConfig(
        r=options.lora_rank,
        lora_alpha=options.lora_alpha,
        lora_dropout=options.lora_dropout,
        target_modules=list(options.lora_targets),
        bias="none",
        task_type="CAUSAL_LM",
    )
    return get_peft_model(model, lora)
