"""vLLM's CPU build as the rollout engine of TRL, and as the engine of evaluation.

TRL pushes new weights with ``model.load_weights``. On a CPU vLLM packs its linear layers at start and that call finds
no loadable tensors, so here weights go through vLLM's own in-place reload, which restores the loadable form first.
"""

from __future__ import annotations

import logging

KV_CACHE_GB = "1"
SETTINGS = {
    "VLLM_CPU_KVCACHE_SPACE": KV_CACHE_GB,
    "VLLM_ENABLE_V1_MULTIPROCESSING": "0",  # the engine in this process: its weights are within reach
    "VLLM_CPU_OMP_THREADS_BIND": "nobind",  # no pinning: training uses the same cores
    "VLLM_LOGGING_LEVEL": "ERROR",
}
"""What vLLM reads when it is imported."""


def engine_options(dtype: str) -> dict[str, object]:
    """Keywords of vllm.LLM on a CPU: no graph compilation (it takes longer than the demo's rollouts)."""
    return {"dtype": dtype, "enforce_eager": True, "enable_prefix_caching": True}


def push_weights(llm, named_tensors) -> None:
    """Replace the engine's weights by (name, tensor) pairs under their Hugging Face names."""
    runner = llm.llm_engine.model_executor.driver_worker.model_runner
    with _quiet():
        runner.reload_weights(weights_iterator=((name, tensor.detach()) for name, tensor in named_tensors))
    llm.reset_prefix_cache()


class _quiet:
    """Silence the reload's warnings about tied heads, which are filled through their embedding."""

    def __enter__(self) -> None:
        logging.disable(logging.WARNING)

    def __exit__(self, *exc: object) -> None:
        logging.disable(logging.NOTSET)


def use_in_trl(dtype: str) -> None:
    """Let TRL's colocated vLLM run on this CPU: engine options, and weights through push_weights."""
    import functools

    import trl.generation.vllm_generation as generation
    import trl.trainer.grpo_trainer as grpo
    from vllm import LLM

    class CpuGeneration(generation.VLLMGeneration):
        def sync_weights(self) -> None:
            push_weights(self.llm, self._iter_named_params())

    generation.LLM = functools.partial(LLM, **engine_options(dtype))
    grpo.VLLMGeneration = CpuGeneration
