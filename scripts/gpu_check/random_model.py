"""Write a model with random weights in the shape of Qwen3-4B and with SmolLM2's tokenizer, without a download.

python -m scripts.gpu_check.random_model FOLDER [--tiny]
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

QWEN3_4B = {
    "hidden_size": 2560,
    "intermediate_size": 9728,
    "num_hidden_layers": 36,
    "num_attention_heads": 32,
    "num_key_value_heads": 8,
    "head_dim": 128,
    "vocab_size": 151936,
    "max_position_embeddings": 40960,
    "rms_norm_eps": 1e-6,
    "tie_word_embeddings": True,
}
"""Of its config.json, as published by the model's authors."""
TINY = {
    "hidden_size": 128,
    "intermediate_size": 256,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "num_key_value_heads": 1,
    "head_dim": 64,
    "vocab_size": 49408,
    "max_position_embeddings": 2048,
}
SHARPNESS = 8.0
"""Standard deviation of the logits: random weights of the usual size would draw all tokens alike."""


def write(folder: Path, *, tiny: bool = False) -> None:
    """Save the model; the folder appears under its name when it is whole."""
    import torch
    from transformers import Qwen3Config, Qwen3ForCausalLM

    from backends import smollm2

    tokenizer = smollm2.prepare()
    folder.parent.mkdir(parents=True, exist_ok=True)
    partial = folder.with_name(folder.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    config = Qwen3Config(**QWEN3_4B | (TINY if tiny else {}), **smollm2.SPECIAL_IDS)
    torch.manual_seed(0)
    torch.set_default_dtype(torch.bfloat16)
    with torch.device("cuda" if torch.cuda.is_available() else "cpu"):
        model = Qwen3ForCausalLM(config)
    _sharpen(model, words=49152)
    model.generation_config.update(**smollm2.SPECIAL_IDS)
    model.save_pretrained(partial)
    for name in ("tokenizer.json", "tokenizer_config.json", "chat_template.jinja"):
        shutil.copy(tokenizer / name, partial)
    partial.rename(folder)


def _sharpen(model, words: int) -> None:
    """Let the logits of the tokenizer's words spread and those of other ids be 0, so that these are never drawn."""
    import torch

    with torch.no_grad():
        embedding = model.get_input_embeddings().weight
        embedding[words:] = 0
        # A state behind the last norm has length sqrt(hidden); a logit deviates by that times the embedding's entries.
        width = embedding[:words].float().std() * embedding.shape[1] ** 0.5
        model.model.norm.weight.fill_(SHARPNESS / float(width))


if __name__ == "__main__":
    write(Path(sys.argv[1]), tiny="--tiny" in sys.argv[2:])
