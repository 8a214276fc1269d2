"""What a stage needs of a GPU's memory, by arithmetic: no torch, no GPU, nothing loaded. docs/memory.md explains it.

Sizes are in GiB (2**30 bytes) unless a name says bytes. Sequences are taken at their longest, model.max_length, so
real batches need less.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from .generation import GPU_MEMORY
from .knobs import changed, flat
from .shapes import Shape

if TYPE_CHECKING:
    from config import Config, Model

Stage = Literal["sft", "grpo", "eval"]
Way = Literal["shared", "twice", "alone"]
"""Rollouts: by vLLM on the trainer's weights (Unsloth), by vLLM on weights of its own (TRL), or by Transformers."""

GIB = 2**30
CARDS = {24: 22.0, 48: 44.4, 80: 79.1, 141: 139.8}
"""GB in the name of a card -> GiB that CUDA finds on the smallest card of that name (L4, L40S, H100, H200)."""

CACHE, COPY = "vLLM's KV cache", "vLLM's copy of the weights"
ENGINE = "vLLM's activations and CUDA graphs"

SAME_NAME = 1.1
"""A card is called by the next lower name up to this much more memory; 40 GiB are not called 24 GB."""

RESERVE = 0.05
"""Share of the card that stays free: pieces of memory too small to use, and what the arithmetic overlooks."""
AIM = 0.9
"""Share of the card that a preset fills: its arithmetic has been confirmed on no GPU yet."""
CONTEXT = 0.5
"""CUDA context and libraries of a process."""
GRAPHS = 0.5
"""CUDA graphs of vLLM."""
VLLM_BATCHED_TOKENS, VLLM_SEQUENCES = 8192, 256
"""vLLM's own defaults: tokens and sequences of the batch that it measures itself with."""
TRL_TILE = 4096 * 32768 * 4
"""Bytes of the tile of logits (tokens x vocabulary, float32) in TRL 1.15's fused head."""
UNSLOTH_LOGITS = 2 * GIB
"""Most bytes of logits at once in Unsloth's SFT loss, which takes what is free into account."""
LOGIT_BYTES = 16
"""Of one logit where they are kept: in bfloat16 and float32, its softmax, and the gradients."""
ADAPTER_BYTES = 16
"""Of one trained parameter: itself, its gradient and AdamW's two moments, in float32."""
FOUR_BIT_BYTES = 4.127 / 8
"""Of one parameter in NF4 with double quantisation (QLoRA, arXiv 2305.14314, section 3)."""
BACKWARD = 1.5
"""A layer in its backward pass against what its forward pass keeps."""
SHORTEST = 512
"""Shortest model.max_length that is proposed; Spider's median prompt has about 600 tokens."""


def usable(gb: int) -> float:
    """GiB that CUDA finds on a card of `gb` GB."""
    return CARDS.get(gb, 0.92 * gb)


def name_of(gib: float) -> int:
    """GB by which a card of `gib` GiB is called; one without a common name by its GiB."""
    return next((gb for gb, least in CARDS.items() if 0.99 * least <= gib <= SAME_NAME * least), int(gib))


@dataclass(frozen=True)
class Estimate:
    """What one stage needs, by part."""

    parts: dict[str, float]
    """Part -> GiB, in the order of the table."""
    card: float
    """GiB of the card."""
    kv_tokens: float
    """Tokens that fit into vLLM's KV cache; infinite where no vLLM runs."""
    longest: int
    """Tokens of the longest sequence."""

    @property
    def total(self) -> float:
        return sum(self.parts.values())

    @property
    def fits(self) -> bool:
        return self.total <= (1 - RESERVE) * self.card and self.kv_tokens >= self.longest

    def __str__(self) -> str:
        lines = [f"  {name:<44}{size:>7.2f}" for name, size in self.parts.items()]
        return "\n".join([*lines, f"  {f'total, of {self.card:.1f} GiB':<44}{self.total:>7.2f}"])


def estimate(stage: Stage, config: Config, shape: Shape, way: Way, card: float) -> Estimate:
    """The memory of a stage on a card of `card` GiB.

    TRL merges the adapter into vLLM's own copy of the weights, which takes 16 bits; with 4 Transformers generates.
    """
    if way == "twice" and stage == "grpo" and config.model.load_in_4bit:
        way = "alone"
    parts = {"sft": _sft, "grpo": _grpo, "eval": _evaluation}[stage](config, shape, way, card)
    cache = parts.get(CACHE)
    tokens = float("inf") if cache is None else cache * GIB / shape.kv_bytes
    return Estimate(parts, card, tokens, config.model.max_length)


def _sft(config: Config, shape: Shape, way: Way, card: float) -> dict[str, float]:
    tokens = config.sft.questions_per_pass * config.model.max_length
    chunks = min(UNSLOTH_LOGITS, logit_bytes(shape, tokens)) if way == "shared" else fused_logit_bytes(shape, tokens)
    return _training(config, shape) | {"activations": activations(config, shape, tokens), "logits": chunks / GIB}


def _grpo(config: Config, shape: Shape, way: Way, card: float) -> dict[str, float]:
    model, grpo = config.model, config.grpo
    tokens = grpo.completions_per_pass * model.max_length
    parts = _training(config, shape, references=1 if grpo.kl else 0)
    head = fused_logit_bytes(shape, tokens)
    if way == "shared":
        head = logit_bytes(shape, grpo.completions_per_pass * min(grpo.max_completion_tokens, model.max_length)) / 4
    work = {"activations": activations(config, shape, tokens), "logits": head / GIB}
    if way == "alone":
        cache = rollouts(config) * model.max_length * shape.kv_bytes / GIB
        return parts | {"activations and logits, or KV cache if larger": max(sum(work.values()), cache)}
    four_bit = model.load_in_4bit and way == "shared"
    own = weights(shape, four_bit)  # a second copy takes a place of its own, a shared one its place in vLLM's share
    engine = engine_extra(shape, model.lora_rank if way == "shared" else 0, model.lora_targets)
    copy = {COPY: own} if way == "twice" else {}
    cache = {CACHE: max(0.0, model.gpu_memory * card - own - engine)}
    return parts | copy | cache | {ENGINE: engine} | work


def _evaluation(config: Config, shape: Shape, way: Way, card: float) -> dict[str, float]:
    """The base model in 16 bits, with the adapter beside it."""
    own = weights(shape, False)
    sequence = config.model.max_length * shape.kv_bytes / GIB
    if way == "alone":
        return {"weights": own, "KV cache": config.eval.batch * sequence, "CUDA context": CONTEXT}
    engine = engine_extra(shape, config.model.lora_rank, config.model.lora_targets)
    cache = max(0.0, GPU_MEMORY * card - own - engine - CONTEXT)
    return {
        "weights": own,
        CACHE: cache,
        ENGINE: engine,
        "CUDA context": CONTEXT,
    }


def _training(config: Config, shape: Shape, references: int = 0) -> dict[str, float]:
    """What every training needs whatever its batch is; `references` are frozen copies of the adapter."""
    model = config.model
    adapter = shape.lora_parameters(model.lora_rank, model.lora_targets)
    return {
        "weights": weights(shape, model.load_in_4bit, 4 if model.dtype == "float32" else 2),
        "adapter, its gradient and optimizer states": adapter * (ADAPTER_BYTES + 4 * references) / GIB,
        "CUDA context": CONTEXT,
    }


def weights(shape: Shape, four_bit: bool, bytes_each: int = 2) -> float:
    """The base model's weights; 4 bits are for the decoder layers' matrices, the embeddings stay as they are."""
    small = shape.linear_parameters if four_bit else 0
    return ((shape.parameters - small) * bytes_each + small * FOUR_BIT_BYTES) / GIB


def layer_bytes(shape: Shape, model: Model) -> int:
    """Bytes that one decoder layer keeps of each token for its backward pass, in bfloat16 with LoRA in float32.

    The factors are what PyTorch keeps, counted; tests/test_memory.py counts again. They have no attention matrix, which
    FlashAttention recomputes. (Korthikanti et al., arXiv 2205.05198, count the plain transformer in section 4.1.)
    """
    norms = 4 * (shape.queries + shape.keys) if shape.qk_norm else 0
    adapters = 2 * model.lora_rank * len(model.lora_targets)
    return 18 * shape.hidden + 6 * shape.queries + 4 * shape.keys + 8 * shape.intermediate + norms + adapters


def activations(config: Config, shape: Shape, tokens: int) -> float:
    """Activations of one pass over `tokens` tokens at their peak, in the backward pass.

    With gradient checkpointing (arXiv 1604.06174) each layer's input and one whole layer, else all layers.
    """
    each, wide = layer_bytes(shape, config.model), config.model.dtype == "float32"
    kept = shape.layers * 2 * shape.hidden if config.model.gradient_checkpointing else (shape.layers - 1) * each
    return tokens * (kept + BACKWARD * each) * (2 if wide else 1) / GIB


def logit_bytes(shape: Shape, tokens: int) -> int:
    """Bytes of the loss where the logits of all tokens are there at once."""
    return LOGIT_BYTES * shape.vocabulary * tokens


def fused_logit_bytes(shape: Shape, tokens: int) -> int:
    """Bytes of the loss in TRL's fused head: a tile of logits, and the hidden states' gradient in float32."""
    return min(TRL_TILE, 4 * shape.vocabulary * tokens) + 4 * shape.hidden * tokens


def engine_extra(shape: Shape, rank: int, targets: Iterable[str]) -> float:
    """What vLLM needs beside weights and KV cache: its adapter, the batch it measures itself with, CUDA graphs."""
    batch = VLLM_BATCHED_TOKENS * 2 * (4 * shape.hidden + 2 * shape.queries + 3 * shape.intermediate)
    sampling = VLLM_SEQUENCES * shape.vocabulary * 8
    return (2 * shape.lora_parameters(rank, targets) + batch + sampling) / GIB + GRAPHS


def rollouts(config: Config) -> int:
    """Completions of one optimizer step."""
    return config.grpo.questions_per_step * config.grpo.completions_per_question


# --- the settings that fit ----------------------------------------------------------------------------------------

PASSES = {"sft": "sft.questions_per_pass", "grpo": "grpo.completions_per_pass", "eval": "eval.batch"}
ROOMY, SLACK = 1.5, 2.0
"""A KV cache that is never short: times all rollouts at their longest, and GiB more. vLLM's other needs are guesses."""
AT_ONCE = (256, 128, 64, 32, 16, 8, 4, 2, 1)
"""Completions that evaluation may generate at once."""


@dataclass(frozen=True)
class Fit:
    """Finds settings of a configuration that fit on a card of `card` GiB; `processes` share a step.

    Without `four_bits` it doesn't propose them.
    """

    config: Config
    shape: Shape
    way: Way
    card: float
    processes: int = 1
    four_bits: bool = True

    def estimate(self, stage: Stage, changes: dict) -> Estimate:
        """The estimate with some fields changed."""
        return estimate(stage, changed(self.config, changes), self.shape, self.way, self.card)

    def preset(self, fixed: Collection[str] = ()) -> dict[str, object]:
        """Dotted field name -> value of the settings with which training fits; fields in `fixed` are left alone.

        What a step learns stays as it is; how it is split follows from the memory. Where passes of 1 don't help,
        layers are recomputed, then weights go into 4 bits, and only then long questions are dropped. Where nothing
        fits only evaluation's batch is set.
        """
        group = self.config.grpo.completions_per_question
        much = max(group, rollouts(self.config) // self.processes // 4)
        for caches in ((much, group), (1,)):
            for concession in self._concessions(fixed):
                for cache in caches:
                    if (found := self._split(concession, fixed, cache)) is not None:
                        return found | self._eval_batch(found, fixed)
        return self._eval_batch({}, fixed)

    def nearest(self, stage: Stage) -> dict[str, object] | None:
        """The fewest changes with which the stage fits, the cheapest of them; None where nothing helps."""
        passes = PASSES[stage]
        choices = self._choices() | {passes: self._sizes(stage)}
        if stage == "eval":
            choices = {name: choices[name] for name in ("model.max_length", passes)}
        for changes in sorted(self._changes(choices), key=len):
            for found in (changes, changes | self._share(changes, ())) if stage == "grpo" else (changes,):
                if self.estimate(stage, found).fits:
                    return found
        return None

    def _split(self, concession: dict, fixed: Collection[str], cache: int) -> dict[str, object] | None:
        """The largest passes that fit beside a KV cache of `cache` sequences, and all that is left for the cache."""
        found = dict(concession)
        for stage in ("sft", "grpo"):
            sizes = [None] if PASSES[stage] in fixed else self._sizes(stage)
            tried = (found | ({PASSES[stage]: size} if size else {}) for size in sizes)
            if stage == "grpo":
                tried = (changes | self._share(changes, fixed) for changes in tried)
            fitting = next((changes for changes in tried if self._holds(stage, changes, cache)), None)
            if fitting is None:
                return None
            found = fitting
        return found

    def _holds(self, stage: Stage, changes: dict, cache: int) -> bool:
        """Whether the stage fits, with room for `cache` sequences in vLLM."""
        found = self.estimate(stage, changes)
        return found.total <= AIM * self.card and found.kv_tokens >= cache * found.longest

    def _eval_batch(self, changes: dict, fixed: Collection[str]) -> dict[str, int]:
        """The largest power of two of completions whose keys and values evaluation holds at once."""
        if PASSES["eval"] in fixed:
            return {}
        for size in AT_ONCE:
            found = self.estimate("eval", changes | {PASSES["eval"]: size})
            if found.fits and found.kv_tokens >= size * found.longest:
                break
        return {PASSES["eval"]: size}

    def _share(self, changes: dict, fixed: Collection[str]) -> dict[str, float]:
        """vLLM's share of the card: its weights, and a KV cache of ROOMY or of as much as there is."""
        config = changed(self.config, changes)
        found = estimate("grpo", config, self.shape, self.way, self.card)
        if CACHE not in found.parts or "model.gpu_memory" in fixed:
            return {}
        parts = found.parts
        room = AIM * self.card - (found.total - parts[CACHE])
        wanted = ROOMY * rollouts(config) / self.processes * found.longest * self.shape.kv_bytes / GIB + SLACK
        own = parts.get(COPY, parts["weights"]) + parts[ENGINE]
        share = min(math.ceil(100 * (own + wanted) / self.card), math.floor(100 * (own + room) / self.card)) / 100
        return {"model.gpu_memory": min(0.98, max(0.05, share))}

    def _sizes(self, stage: Stage) -> list[int]:
        """Passes into which a step divides, or batches of an evaluation, the largest first."""
        if stage == "eval":
            return [size for size in AT_ONCE if size <= self.config.eval.batch]
        step = self.config.sft.questions_per_step if stage == "sft" else rollouts(self.config)
        share = step // self.processes or 1
        return [size for size in range(share, 0, -1) if share % size == 0]

    def _choices(self) -> dict[str, list]:
        """What can be given up for memory: long questions, precision, time; the dearest first."""
        model = self.config.model
        return {
            "model.max_length": [model.max_length, *_multiples_below(model.max_length)],
            "model.load_in_4bit": [model.load_in_4bit, self.four_bits or model.load_in_4bit],
            "model.gradient_checkpointing": [model.gradient_checkpointing, True],
        }

    def _concessions(self, fixed: Collection[str]) -> list[dict]:
        return list(self._changes({name: values for name, values in self._choices().items() if name not in fixed}))

    def _changes(self, choices: dict[str, list]) -> Iterator[dict]:
        """Every combination as what it changes, the last field first."""
        now = flat(self.config)
        for values in itertools.product(*choices.values()):
            yield {name: value for name, value in zip(choices, values, strict=True) if value != now[name]}


def _multiples_below(length: int) -> range:
    """Shorter contexts to propose."""
    return range((length - 1) // 256 * 256, SHORTEST - 1, -256)
