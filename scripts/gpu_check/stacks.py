"""What is checked: three ways to train, two models, and how much of each."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Stack:
    """One way to train, as the project's flags name it."""

    name: str
    backend: str
    rollouts: str
    way: str
    """As the estimate of memory calls it: rollouts on the trainer's weights, on a second copy, or without vLLM."""

    @property
    def flags(self) -> tuple[str, ...]:
        return ("--model.backend", self.backend, "--model.rollouts", self.rollouts)


STACKS = (
    Stack("trl", "portable", "transformers", "alone"),
    Stack("trl-vllm", "portable", "vllm", "twice"),
    Stack("unsloth", "unsloth", "vllm", "shared"),
)

SMALL, LARGE = "smollm2", "qwen3"
MODELS = {
    SMALL: "SmolLM2-135M-Instruct, embedded",
    LARGE: "random weights in the shape of Qwen3-4B; on a CPU a tiny one of the same architecture",
}


@dataclass(frozen=True)
class Budget:
    """How much of everything; a step is `questions` questions, in GRPO with `completions` completions each."""

    sft_steps: int
    grpo_steps: int
    questions: int
    completions: int
    completion_tokens: int
    max_length: int
    evaluated: int
    """Questions that each evaluation answers."""
    seconds: int
    """Longest command."""
    dtype: str

    def data(self, root: str) -> tuple[object, ...]:
        """Flags of both stages."""
        return ("--data.root", root, "--model.dtype", self.dtype, "--model.max-length", self.max_length)

    @property
    def sft(self) -> tuple[object, ...]:
        size = ("--sft.questions-per-step", self.questions, "--sft.questions-per-pass", self.questions)
        return (*size, "--sft.steps", self.sft_steps, "--sft.log-every", 1)

    @property
    def grpo(self) -> tuple[object, ...]:
        rollouts = self.questions * self.completions
        return (
            *("--grpo.questions-per-step", self.questions, "--grpo.completions-per-question", self.completions),
            *("--grpo.completions-per-pass", min(rollouts, 8), "--grpo.max-completion-tokens", self.completion_tokens),
            *("--grpo.steps", self.grpo_steps, "--grpo.warmup", 0),
            # Random weights write no SQL that runs, and equal rewards of a group would teach nothing.
            *("--grpo.rewards", "execution", "scripts.gpu_check.letters.letters"),
        )


ON_GPU = Budget(20, 10, 8, 8, 128, 1024, 64, 900, "auto")
ON_CPU = Budget(3, 2, 2, 4, 12, 512, 8, 540, "float32")
