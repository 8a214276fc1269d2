"""Known failures of a GPU, of vLLM, of the hub and of the disk, each as one line that names the setting to change.

`explain` looks at an error and at all that led to it. What it doesn't know keeps its traceback.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterator
from typing import NamedTuple

from text2sql.errors import UserError


class Known(NamedTuple):
    """A failure that users met before: how it is recognised, and what to do."""

    pattern: str
    """Regular expression over "ErrorType: message"."""
    remedy: str
    source: str
    """A thread about it, or the file of the library that raises it."""


LOCK = "pip install --no-deps -r locks/gpu-py312.txt"

FAILURES = (
    Known(
        r"cumem_allocator\.cpp",
        "vLLM found no memory when it woke up: unset UNSLOTH_VLLM_STANDBY (in .env too), then lower --model.gpu-memory",
        "unslothai/unsloth#3542, #3302, vllm-project/vllm#13941",
    ),
    Known(
        r"No available memory for the cache blocks|cache is needed, which is larger than the available KV cache memory",
        "vLLM has no room for its cache beside the weights: raise --model.gpu-memory, lower --model.max-length, or add "
        "--model.load-in-4bit",
        "vllm-project/vllm#2248, #10439",
    ),
    Known(
        r"Free memory on device .*GPU memory utilization",
        "vLLM may use more memory than is free: lower --model.gpu-memory, or end what else uses the GPU (nvidia-smi)",
        "vllm-project/vllm#20305",
    ),
    Known(
        r"is less than desired CPU memory utilization",
        "vLLM may use more memory than is free: end other programs, or set VLLM_CPU_KVCACHE_SPACE to fewer GB",
        "vllm/v1/worker/cpu_worker.py",
    ),
    Known(
        r"out of memory occurred when warming up sampler",
        "vLLM has no room to start: lower --model.gpu-memory, or --eval.batch when evaluating",
        "huggingface/trl#3523",
    ),
    Known(
        r"DefaultCPUAllocator: (?:can't allocate memory|not enough memory)|^MemoryError",
        "this machine's memory is full: {knobs}",
        "c10/core/impl/alloc_cpu.cpp of PyTorch",
    ),
    Known(
        r"OutOfMemoryError|CUDA out of memory|CUDA error: out of memory|CUBLAS_STATUS_ALLOC_FAILED",
        "GPU memory is full {place}: {knobs}, or add --model.load-in-4bit",
        "huggingface/trl#2927",
    ),
    Known(
        r"Could not find nvcc|nvcc: not found|No such file or directory: '[^']*nvcc'",
        "FlashInfer compiles its kernels and finds no CUDA compiler: set VLLM_USE_FLASHINFER_SAMPLER=0 and "
        "UNSLOTH_VLLM_NO_FLASHINFER=1 (.env is read), or install nvcc",
        "flashinfer-ai/flashinfer#1919, vllm-project/vllm#49497",
    ),
    Known(
        r"undefined symbol|operator torchvision::nms does not exist|version `(?:GLIBCXX|CXXABI)",
        f"a package was built for another torch than the one that is installed: {LOCK}",
        "vllm-project/vllm#13608, #3528",
    ),
    Known(
        r"NVIDIA driver on your system is too old|CUDA driver version is insufficient",
        "the driver is older than torch's CUDA: update it (CUDA 13 needs driver 580 or newer)",
        "unslothai/unsloth#11336",
    ),
    Known(
        r"no kernel image is available for execution on the device",
        "torch or vLLM has no code for this GPU (older than compute capability 7.5, or newer than the lock): "
        "take --model.backend portable --model.rollouts transformers, or newer versions",
        "vllm-project/vllm#4604, #19906",
    ),
    Known(
        r"Bfloat16 is only supported on GPUs with compute capability of at least 8\.0",
        "this GPU doesn't compute in bfloat16: add --model.dtype float32",
        "vllm-project/vllm#1157",
    ),
    Known(
        r"EADDRINUSE|[Aa]ddress already in use",
        "another run listens on the port that this one wants: set MASTER_PORT to another number",
        "huggingface/trl#3979",
    ),
    Known(
        r"requires (?:the latest version of )?bitsandbytes|No module named 'bitsandbytes'|install bitsandbytes",
        f"--model.load-in-4bit needs bitsandbytes: {LOCK}, or drop the flag",
        "bitsandbytes-foundation/bitsandbytes#1100",
    ),
    Known(
        r"GatedRepoError|gated repo|Access to model \S+ is restricted",
        "this model is gated: accept its terms on its page at the hub, then set HF_TOKEN in .env",
        "huggingface/transformers#29177",
    ),
    Known(
        r"couldn't connect to 'https://\S+' to load|LocalEntryNotFoundError|OfflineModeIsEnabled",
        "the model isn't on this machine and the hub is out of reach: give a folder, or unset "
        "HF_HUB_OFFLINE and check the network",
        "transformers/utils/hub.py",
    ),
    Known(
        r"is not a valid model identifier|Cannot find any model weights|RepositoryNotFoundError",
        "there is no such model, neither as a folder nor on the hub (a private one needs HF_TOKEN in .env)",
        "transformers/utils/hub.py",
    ),
    Known(
        r"No space left on device",
        "the disk is full: free some space, or choose another --outputs",
        "errno 28 of the operating system",
    ),
    # Last, because it only says that another process failed, whose own error is in its output.
    Known(
        r"Engine core initialization failed|EngineDeadError|EngineCore encountered an issue",
        "vLLM's engine process ended; its reason is in the lines above, or set VLLM_ENABLE_V1_MULTIPROCESSING=0 and "
        "run the same command again to see it here",
        "vllm-project/vllm#17618, #21882",
    ),
)

# (function or file in the traceback, where that is in words, what lowers the memory there); the innermost frame counts.
PLACES = (
    (
        r"packages/vllm/|_generate|sync_weights",
        "in the rollouts",
        "lower --model.gpu-memory, --grpo.completions-per-pass",
    ),
    (r"_get_per_token_logps|compute_loss|training_step|backward", "in the update", "lower {update}"),
    (r"from_pretrained|load_model|build_trainer", "while the model is loaded", "take a smaller --model.name"),
)
UPDATE = {"sft": "--sft.questions-per-pass", "grpo": "--grpo.completions-per-pass, --model.gpu-memory"}
ALWAYS = ", lower --model.max-length, keep --model.gradient-checkpointing"


def explain(error: BaseException) -> str | None:
    """One line about a known failure, with the setting to change; None for any other error.

    Causes count too, the errors of users' mistakes don't: those speak for themselves.
    """
    texts = [f"{type(link).__name__}: {link}" for link in _chain(error) if not isinstance(link, UserError)]
    for known in FAILURES:
        found = next((text for text in texts if re.search(known.pattern, text)), None)
        if found:
            stage, place, knobs = _where(error)
            said = found.strip().splitlines()[0]
            kept = ". Checkpoints are kept: the command, with that changed, goes on from the last one" if stage else ""
            return f"{known.remedy.format(place=place, knobs=knobs)} ({said[:160]}){kept}"
    return None


def reason(error: BaseException) -> str:
    """Why, inside of a line about a user's mistake: the explanation, else the error's own first line."""
    return explain(error) or (str(error).strip().splitlines() or [type(error).__name__])[0][:200]


def of_loading(base: str, error: OSError) -> UserError:
    """Why a model can't be loaded, as a mistake of the user."""
    return UserError(f"model.name: can't load {base} ({reason(error)})")


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error, then what it came from, each once."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _where(error: BaseException) -> tuple[str | None, str, str]:
    """(stage whose training was running, where the memory ran out in words, what lowers it there)."""
    frames = [frame for link in _chain(error) for frame in traceback.extract_tb(link.__traceback__)]
    names = [f"{frame.filename}:{frame.name}" for frame in reversed(frames)]
    stage = next((stage for stage in UPDATE if any(f"train_{stage}.py:" in name for name in names)), None)
    if stage is None:
        return None, "in the evaluation", f"lower --eval.batch{ALWAYS}"
    matches = ((place, knobs) for name in names for pattern, place, knobs in PLACES if re.search(pattern, name))
    place, knobs = next(matches, ("", "lower {update}"))
    training = stage if any(name.endswith(":run_trainer") for name in names) else None
    return training, f"{place} ({stage})".strip(), knobs.format(update=UPDATE[stage]) + ALWAYS
