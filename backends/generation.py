"""Generate completions for many prompts with any stage's adapter: vLLM, or Transformers where vLLM is missing."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from text2sql.errors import UserError

from . import failures, vllm_cpu
from .adapters import adapter_rank
from .choice import Plan, processes
from .dialogue import Dialogue, Rollout
from .loading import base_name, import_backend, import_vllm


@dataclass(frozen=True)
class Sampling:
    """How completions are drawn; no seed, which would make all completions of a question equal."""

    temperature: float = 0.0
    """0 is greedy decoding."""
    max_tokens: int = 256
    batch: int = 64
    """Completions that are generated at the same time."""
    max_length: int = 2048
    """Tokens of prompt and completion together."""
    samples: int = 1
    """Completions of each prompt."""
    turns: int = 1
    """Most answers of a completion; after each but the last the model reads what its SQL gave."""
    timeout: float = 5.0
    """Seconds that one SQL query may run in between."""


class Completion(NamedTuple):
    """One answer of the model; of several in a row the one that counts, with the tokens of all."""

    text: str
    tokens: int
    """Its end token included."""
    logprob: float | None = None
    """Mean log-probability of its tokens; None where only one sample is drawn, which needs none."""
    ids: Sequence[int] = ()
    """Token ids of the answer."""


Complete = Callable[[list[list[int]], int], list[list[Completion]]]
"""An engine that is ready: token ids of prompts, and how many completions of each."""


@dataclass(frozen=True)
class Generated:
    """Completions in the order of their prompts, and what they cost."""

    completions: list[list[Completion]]
    """The samples of each prompt."""
    seconds: float
    """Generation alone, without loading."""
    engine: str

    @property
    def tokens(self) -> int:
        """Of all completions."""
        return sum(completion.tokens for samples in self.completions for completion in samples)


GPU_MEMORY = 0.9
"""Share of a GPU that vLLM gets in evaluation, which has nothing else on it."""
RANKS = (8, 16, 32, 64, 128, 256, 320, 512)
"""What vLLM takes for the largest rank of an adapter."""


def _refuse_processes() -> None:
    """Evaluation runs in one process, which keeps one GPU busy by itself; UserError when it is started in several."""
    if processes() > 1:
        raise UserError(f"WORLD_SIZE: evaluation takes 1 process, not {processes()}; start it as python evaluate.py")


def generate(
    name: str,
    chosen: Plan,
    prompts: Sequence[list[dict]],
    sampling: Sampling,
    *,
    adapter: Path | None = None,
    databases: Sequence[Path] = (),
) -> Generated:
    """The completions of each conversation, by the base model or with a LoRA adapter on it.

    `databases`, one a prompt, are what several turns are answered from. A prompt that leaves no room for a completion
    gets empty ones. Raises UserError when the model can't be loaded, or in one of several processes.
    """
    _refuse_processes()
    import_backend(chosen)
    if chosen.vllm:
        import_vllm()
    base = base_name(name, chosen)
    token_ids = tokenize(base, prompts)
    fits = [position for position, ids in enumerate(token_ids) if len(ids) < sampling.max_length]
    wanted = [token_ids[position] for position in fits]
    engine = _vllm if chosen.vllm else _transformers
    complete = engine(base, chosen, sampling, adapter) if wanted else lambda *_: []
    started = time.monotonic()
    if sampling.turns == 1:
        found = complete(wanted, sampling.samples)
    else:
        found = _in_turns(complete, base, wanted, [databases[position] for position in fits], sampling)
    seconds = time.monotonic() - started
    completions = [[Completion("", 0)] * sampling.samples for _ in prompts]
    for position, samples in zip(fits, found, strict=True):
        completions[position] = samples
    return Generated(completions, seconds, "vllm" if chosen.vllm else "transformers")


def tokenize(base: str, prompts: Sequence[list[dict]]) -> list[list[int]]:
    """Token ids of each conversation with the chat template's opening of the answer, as the trainers make them."""
    from transformers import AutoTokenizer

    from .chat import ChatTokenizer

    accepted = ChatTokenizer.load(base).accepted
    try:
        tokenizer = AutoTokenizer.from_pretrained(base)
    except OSError as error:
        raise failures.of_loading(base, error) from error
    return [
        tokenizer.apply_chat_template(accepted(messages), add_generation_prompt=True, tokenize=True, return_dict=True)[
            "input_ids"
        ]
        for messages in prompts
    ]


def _in_turns(
    complete: Complete, base: str, token_ids: list[list[int]], databases: list[Path], sampling: Sampling
) -> list[list[Completion]]:
    """The completions where the model may answer again; each sample is a dialogue of its own."""
    from transformers import AutoTokenizer

    def ask(prompts: list[list[int]]) -> tuple[list[list[int]], list[list[float]]]:
        answers = [answer for (answer,) in complete(prompts, 1)]
        return [list(each.ids) for each in answers], [[each.logprob or 0.0] * each.tokens for each in answers]

    count = sampling.samples
    dialogue = Dialogue(AutoTokenizer.from_pretrained(base), sampling.turns, sampling.max_length, sampling.timeout)
    again = [ids for ids in token_ids for _ in range(count)], [path for path in databases for _ in range(count)]
    found = [_of_rollout(rollout, count > 1) for rollout in dialogue.hold(*again, ask)]
    return [found[start : start + count] for start in range(0, len(found), count)]


def _of_rollout(rollout: Rollout, with_logprob: bool) -> Completion:
    written = sum(rollout.mask)
    logprob = sum(rollout.logprobs) / max(1, written) if with_logprob else None
    return Completion(rollout.final, written, logprob, rollout.ids)


def _vllm(base: str, chosen: Plan, sampling: Sampling, adapter: Path | None) -> Complete:
    """vLLM, which batches all prompts itself.

    On a GPU the adapter is applied per request; on a CPU, where that is several times slower, it is merged.
    """
    from vllm import LLM, SamplingParams

    per_request = adapter if chosen.device == "cuda" else None
    llm = LLM(**engine_options(base, chosen, sampling, per_request))
    if adapter and not per_request:
        vllm_cpu.push_weights(llm, merged_weights(base, chosen, adapter))

    def complete(token_ids: list[list[int]], samples: int) -> list[list[Completion]]:
        params = SamplingParams(
            n=samples,
            temperature=sampling.temperature,
            max_tokens=sampling.max_tokens,
            logprobs=0 if sampling.samples > 1 else None,  # of the drawn tokens alone
        )
        prompts = [{"prompt_token_ids": ids} for ids in token_ids]
        outputs = llm.generate(prompts, params, use_tqdm=True, lora_request=_lora_request(per_request))
        return [[_completion(found) for found in output.outputs] for output in outputs]

    return complete


def engine_options(base: str, chosen: Plan, sampling: Sampling, adapter: Path | None) -> dict[str, object]:
    """Keywords of vllm.LLM, with an adapter that is applied per request or none."""
    options = {
        "model": base,
        "dtype": chosen.dtype,
        "max_model_len": sampling.max_length,
        "max_num_seqs": sampling.batch,
        "enable_prefix_caching": True,  # samples of a question share their prompt, its questions their schema
    }
    if chosen.device == "cpu":
        return {**options, **vllm_cpu.engine_options(chosen.dtype)}
    options["gpu_memory_utilization"] = GPU_MEMORY
    if adapter:
        options |= {"enable_lora": True, "max_lora_rank": next(rank for rank in RANKS if rank >= adapter_rank(adapter))}
    return options


def _lora_request(adapter: Path | None):
    """What makes vLLM answer with the adapter; without it the base model answers."""
    from vllm.lora.request import LoRARequest

    return LoRARequest(adapter.name, 1, str(adapter.absolute())) if adapter else None


def _completion(found) -> Completion:
    """One of vLLM's outputs."""
    count, total = len(found.token_ids), found.cumulative_logprob
    return Completion(found.text, count, None if total is None or not count else total / count, found.token_ids)


def merged_weights(base: str, chosen: Plan, adapter: Path) -> Iterator[tuple[str, object]]:
    """(name, tensor) of the base model's weights with the adapter merged into them."""
    return _hf_model(base, chosen, adapter).named_parameters()


def _hf_model(base: str, chosen: Plan, adapter: Path | None):
    """The model in Transformers, the adapter merged."""
    import torch
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(base, dtype=getattr(torch, chosen.dtype)).to(chosen.device)
    return PeftModel.from_pretrained(model, str(adapter)).merge_and_unload() if adapter else model


def _transformers(base: str, chosen: Plan, sampling: Sampling, adapter: Path | None) -> Complete:
    """Transformers, in batches of similar length, padded on the left."""
    from tqdm import tqdm
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(base, padding_side="left")
    tokenizer.pad_token = tokenizer.pad_token or tokenizer.eos_token
    model = _hf_model(base, chosen, adapter).eval()

    def complete(token_ids: list[list[int]], samples: int) -> list[list[Completion]]:
        order = sorted(range(len(token_ids)), key=lambda position: len(token_ids[position]))
        done: dict[int, list[Completion]] = {}
        for start in tqdm(range(0, len(order), sampling.batch), desc="generating", dynamic_ncols=True):
            positions = order[start : start + sampling.batch]
            prompts = [token_ids[position] for position in positions]
            done.update(zip(positions, generate_batch(model, tokenizer, prompts, sampling, samples), strict=True))
        return [done[position] for position in range(len(token_ids))]

    return complete


def generate_batch(
    model, tokenizer, token_ids: list[list[int]], sampling: Sampling, samples: int = 1
) -> list[list[Completion]]:
    """The completions of each prompt of one batch."""
    import torch

    batch = tokenizer.pad({"input_ids": token_ids}, return_tensors="pt").to(model.device)
    how = {"temperature": sampling.temperature, "do_sample": True} if sampling.temperature else {"do_sample": False}
    how |= {"max_new_tokens": sampling.max_tokens, "pad_token_id": tokenizer.pad_token_id, "use_cache": True}
    how |= {"num_return_sequences": samples, "output_scores": sampling.samples > 1, "return_dict_in_generate": True}
    with torch.inference_mode():
        output = model.generate(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"], **how)
    rows = output.sequences[:, batch["input_ids"].shape[1] :].tolist()
    written = [row[: _length(row, model, tokenizer)] for row in rows]
    lengths = [len(row) for row in written]
    logprobs = _mean_logprobs(model, output, lengths) if sampling.samples > 1 else [None] * len(lengths)
    texts = tokenizer.batch_decode(rows, skip_special_tokens=True)
    found = [Completion(*each) for each in zip(texts, lengths, logprobs, written, strict=True)]
    return [found[start : start + samples] for start in range(0, len(found), samples)]


def _mean_logprobs(model, output, lengths: list[int]) -> list[float]:
    """Each sequence's mean log-probability of its tokens."""
    scores = model.compute_transition_scores(output.sequences, output.scores, normalize_logits=True).tolist()
    return [sum(row[:length]) / max(1, length) for row, length in zip(scores, lengths, strict=True)]


def _length(row: list[int], model, tokenizer) -> int:
    """Tokens up to the first end token."""
    ends = model.generation_config.eos_token_id or tokenizer.eos_token_id
    ends = ends if isinstance(ends, list) else [ends]
    return next((position + 1 for position, token in enumerate(row) if token in ends), len(row))
