"""Where a GRPO step's seconds go: rollout, weight sync, reward, log-probabilities, update, and the rest.

TRL times its methods for Weights & Biases only, nested ones twice, and Unsloth's trainer leaves some untimed. So the
trainer's own methods are wrapped, on the instance, which serves both trainers: a part inside another one stops the
outer one's clock, and the parts of a step add up to its wall time.
"""

from __future__ import annotations

import contextlib
import functools
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

PREFIX = "time/"
OTHER = "other"
PARTS = {
    "rollout": "rollout",
    "sync": "weight sync",
    "reward": "reward",
    "logprobs": "reference and old logprobs",
    "update": "update",
    OTHER: "other",
}
"""Part -> its name in the table. The update is forward and backward pass of the loss, clipping and the optimizer;
the rest is data, tokenizing, logging, checkpoints and evaluation during training."""

# (the trainer's attribute that has it, or None for the trainer itself; method) -> part.
METHODS = {
    (None, "_prepare_inputs"): OTHER,
    (None, "_generate"): "rollout",
    ("vllm_generation", "sync_weights"): "sync",
    ("vllm_generation", "_unsloth_load_lora"): "sync",  # where vLLM shares the trainer's base weights
    (None, "_calculate_rewards"): "reward",
    (None, "_get_per_token_logps_and_entropies"): "logprobs",
}


class Clock:
    """Seconds by part; while a part runs inside another one, only the inner one's clock runs."""

    def __init__(
        self, now: Callable[[], float] = time.perf_counter, settle: Callable[[], object] = lambda: None
    ) -> None:
        """`settle` waits for work that runs in the background, as CUDA kernels do, before the time is read."""
        self.now, self.settle = now, settle
        self.running = [OTHER]
        self.seconds: dict[str, float] = {}
        self.since = now()

    def start(self) -> None:
        """Forget everything; time that isn't inside of a part counts as other from here on."""
        self.running, self.seconds, self.since = [OTHER], {}, self.now()

    def enter(self, part: str) -> None:
        self._read()
        self.running.append(part)

    def leave(self) -> None:
        self._read()
        self.running.pop()

    @contextlib.contextmanager
    def part(self, name: str) -> Iterator[None]:
        self.enter(name)
        try:
            yield
        finally:
            self.leave()

    def lap(self) -> dict[str, float]:
        """Seconds by part since the last lap; they sum to the wall time since then."""
        self._read()
        seconds, self.seconds = self.seconds, {}
        return seconds

    def _read(self) -> None:
        self.settle()
        now = self.now()
        part = self.running[-1]
        self.seconds[part] = self.seconds.get(part, 0.0) + now - self.since
        self.since = now


def watch(trainer, clock: Clock) -> None:
    """Time the parts of a GRPO trainer, and add each log's seconds by part to what it logs."""
    for (holder, method), part in METHODS.items():
        owner = getattr(trainer, holder, None) if holder else trainer
        if hasattr(owner, method):
            setattr(owner, method, _timed(getattr(owner, method), clock, part))
    log = trainer.log

    @functools.wraps(log)
    def with_seconds(logs: dict, *args, **kwargs):
        logs.update({PREFIX + part: round(seconds, 4) for part, seconds in clock.lap().items()})
        return log(logs, *args, **kwargs)

    trainer.log = with_seconds


def _timed(method: Callable, clock: Clock, part: str) -> Callable:
    """The method under the clock; the log-probabilities of the loss itself belong to the update."""

    @functools.wraps(method)
    def timed(*args, **kwargs):
        if part == "logprobs" and clock.running[-1] == "update":
            return method(*args, **kwargs)
        with clock.part(part):
            return method(*args, **kwargs)

    return timed


def settle(device: str) -> Callable[[], object]:
    """What waits for the device's work: a CUDA kernel is only queued when the call that started it returns."""
    if device != "cuda":
        return lambda: None
    import torch

    return torch.cuda.synchronize


def figures(log: Path, completions: int) -> dict[str, Any]:
    """What stage.json keeps of a log with `completions` a step: seconds by part, and tokens that rollouts wrote."""
    seconds = totals(log)
    lengths = [line["completions/mean_length"] for line in _lines(log) if "completions/mean_length" in line]
    tokens = round(sum(lengths) * completions)
    speed = round(tokens / seconds["rollout"], 1) if seconds.get("rollout") else None
    return {"seconds_by_part": seconds, "rollout_tokens": tokens, "rollout_tokens_per_second": speed}


def totals(log: Path) -> dict[str, float]:
    """Seconds by part over a whole log.jsonl, in the order of the table; empty where nothing was timed."""
    lines = _lines(log)
    sums = {part: sum(line.get(PREFIX + part, 0.0) for line in lines) for part in PARTS}
    return {part: round(seconds, 3) for part, seconds in sums.items()} if any(sums.values()) else {}


def table(seconds: dict[str, float], steps: int) -> str:
    """The seconds by part, their share, and how many a step."""
    whole = sum(seconds.values()) or 1.0
    lines = [f"{'part':<28}{'seconds':>10}{'share':>8}{'s a step':>10}"]
    for name, value in [*((PARTS[part], value) for part, value in seconds.items()), ("all", sum(seconds.values()))]:
        lines.append(f"{name:<28}{value:>10.1f}{value / whole:>8.1%}{value / max(1, steps):>10.2f}")
    return "\n".join(lines)


def _lines(log: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()] if log.is_file() else []
