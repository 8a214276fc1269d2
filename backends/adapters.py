"""LoRA adapters as files and tensors: read, hash, save, and guard the hand-off from one stage to the next."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from text2sql.errors import UserError

WEIGHTS = "adapter_model.safetensors"
SETTINGS = "adapter_config.json"
FIELDS = ("base_model_name_or_path", "r")
"""What is read of the settings."""
AGAIN = "train that stage again with --overwrite"


def settings(adapter: Path) -> dict[str, Any]:
    """An adapter folder's adapter_config.json; UserError when the folder holds no whole adapter."""
    try:
        values = json.loads((adapter / SETTINGS).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UserError(
            f"{adapter / SETTINGS}: no readable LoRA adapter there; train SFT first, or set --grpo.adapter"
        ) from error
    missing = [name for name in FIELDS if not isinstance(values, dict) or name not in values]
    if missing:
        raise UserError(f"{adapter / SETTINGS}: no field {missing[0]!r}, so no LoRA adapter of PEFT; {AGAIN}")
    if not (adapter / WEIGHTS).is_file():
        raise UserError(f"{adapter / WEIGHTS}: the adapter's weights are missing; {AGAIN}")
    if not _is_whole(adapter / WEIGHTS):
        raise UserError(f"{adapter / WEIGHTS}: the adapter's weights are cut short or damaged; {AGAIN}")
    return values


def _is_whole(weights: Path) -> bool:
    """Whether a safetensors file is as long as its header says: eight bytes with the header's own length, the header
    as JSON, and the tensors (https://github.com/huggingface/safetensors, "Format")."""
    size = weights.stat().st_size
    with weights.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if length > size:
            return False
        try:
            tensors = json.loads(file.read(length))
            ends = [tensor["data_offsets"][1] for name, tensor in tensors.items() if name != "__metadata__"]
        except (ValueError, AttributeError, KeyError, TypeError, IndexError):
            return False
    return size == 8 + length + max(ends, default=0)


def check_base(adapter: Path, base: str) -> None:
    """Raise UserError unless the adapter is whole and was trained on this base model, a folder or a hub name."""
    recorded = settings(adapter)["base_model_name_or_path"]
    if _model(recorded) != _model(base):
        raise UserError(
            f"{adapter / SETTINGS}: this adapter was trained on {recorded}, but --model.name is {base}; "
            f"set --model.name {recorded}, or train the stage again with --overwrite"
        )


def _model(name: str) -> str:
    """A model's own name, without its folder or owner; Unsloth records the 4-bit copy that it loads by itself."""
    return Path(name).name.lower().removesuffix("-bnb-4bit").removesuffix("-unsloth")


def adapter_rank(adapter: Path) -> int:
    """The rank r of an adapter."""
    return settings(adapter)["r"]


def lora_parameters(model, adapter: str = "default") -> dict[str, Any]:
    """Name -> LoRA tensor of the named adapter in a PEFT model."""
    return {name: tensor for name, tensor in model.named_parameters() if "lora_" in name and f".{adapter}." in name}


def fingerprint(tensors: dict[str, Any]) -> str:
    """SHA-256 of named tensors in float32, the same before saving and after loading, whatever the wrapper's prefix."""
    digest = hashlib.sha256()
    for name in sorted(tensors, key=_plain):
        values = tensors[name].detach().float().cpu().contiguous()
        digest.update(_plain(name).encode())
        digest.update(values.numpy().tobytes())
    return digest.hexdigest()


def _plain(name: str) -> str:
    """A LoRA tensor's name without the adapter's name, which files leave out."""
    return name.replace(".default.", ".")


def file_fingerprint(adapter: Path) -> str:
    """The fingerprint of a saved adapter."""
    from safetensors.torch import load_file

    settings(adapter)
    return fingerprint({name: tensor for name, tensor in load_file(adapter / WEIGHTS).items() if "lora_" in name})


def save_adapter(model, tokenizer, target: Path) -> None:
    """Write the trained adapter and its tokenizer into `target`, each file renamed into place when whole."""
    partial = target / ".saving"
    shutil.rmtree(partial, ignore_errors=True)
    model.save_pretrained(partial, selected_adapters=["default"])
    tokenizer.save_pretrained(partial)
    for file in sorted(partial.iterdir()):
        if file.is_file():
            os.replace(file, target / file.name)
    shutil.rmtree(partial)


def restore(model, folder: Path) -> None:
    """Put the LoRA tensors of a folder into a model that has the same adapter."""
    from peft import set_peft_model_state_dict
    from safetensors.torch import load_file

    settings(folder)
    set_peft_model_state_dict(model, load_file(folder / WEIGHTS), adapter_name="default")


@contextlib.contextmanager
def precision_kept(model) -> Iterator[None]:
    """Build a trainer in this: TRL rounds the adapter of a 4-bit model to bfloat16, where small updates vanish."""
    before = {name: tensor.dtype for name, tensor in lora_parameters(model).items()}
    yield
    for name, tensor in lora_parameters(model).items():
        tensor.data = tensor.data.to(before[name])


def guard_model(model, adapter: Path) -> None:
    """The model trains exactly the LoRA tensors of `adapter`, and they hold what its file holds; else UserError.

    Catches the two usual ways of loading that train nothing or the wrong thing: an adapter attached for inference
    only, and ``model.load_adapter``, after which the model is no PEFT model that could save what it trains.
    """
    if not hasattr(model, "get_base_model"):
        raise UserError(
            f"{adapter}: the adapter was attached with model.load_adapter, after which PEFT neither trains nor saves "
            "it; load it with PeftModel.from_pretrained(model, adapter, is_trainable=True)"
        )
    trainable = {name for name, tensor in model.named_parameters() if tensor.requires_grad}
    lora = {name for name in trainable if "lora_" in name}
    if not lora:
        raise UserError(
            f"{adapter}: the adapter is loaded for inference only, no LoRA tensor is trainable, so training would "
            "change nothing; load it with is_trainable=True"
        )
    if trainable - lora:
        raise UserError(
            f"{adapter}: {len(trainable - lora)} base weights are trainable beside the adapter (for example "
            f"{min(trainable - lora)}); load it with PeftModel.from_pretrained, which freezes them"
        )
    if fingerprint({name: model.get_parameter(name) for name in lora}) != file_fingerprint(adapter):
        raise UserError(
            f"{adapter}: the loaded LoRA tensors are not the ones in this file; a fresh adapter was attached"
        )


def guard_optimizer(model, optimizer) -> None:
    """The optimizer holds every trainable LoRA tensor; else UserError."""
    held = {id(tensor) for group in optimizer.param_groups for tensor in group["params"]}
    missing = [name for name, tensor in lora_parameters(model).items() if id(tensor) not in held]
    if missing or not held:
        raise UserError(
            f"the optimizer doesn't hold {len(missing)} LoRA tensors (such as {min(missing, default='all')}),"
            " so training would change nothing; build the trainer after the adapter is loaded"
        )
