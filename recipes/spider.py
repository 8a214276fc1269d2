"""Ours: SFT on Spider, then GRPO with the graded execution reward; on a GPU, on a CPU, and as a demo of minutes."""

_SMALL = {
    "prompt.sample_values": 0,
    "model.name": "SmolLM2-135M-Instruct",
    "model.max_length": 1024,
    "model.gradient_checkpointing": False,
    "sft.learning_rate": 1e-3,
    "sft.questions_per_pass": 2,
    "sft.save_every": 25,
    "grpo.learning_rate": 2e-5,
    "grpo.warmup": 0.0,
    "grpo.completions_per_pass": 2,
    "grpo.max_completion_tokens": 96,
    "grpo.save_every": 10,
    "eval.max_completion_tokens": 128,
}

_DEMO = {
    "data.root": "spider_data/demo",
    "model.max_length": 512,
    "sft.steps": 60,
    "sft.questions_per_pass": 4,
    "grpo.steps": 8,
    "grpo.learning_rate": 5e-5,
    "grpo.questions_per_step": 4,
    "grpo.completions_per_question": 4,
    "grpo.completions_per_pass": 8,
    "grpo.max_completion_tokens": 64,
    "grpo.save_every": 4,
    "eval.max_completion_tokens": 64,
}

CHANGES = {"spider": {}, "spider-small": _SMALL, "demo": {**_SMALL, **_DEMO}}

SUMMARIES = {
    "spider": "the default, for one GPU: Qwen3-4B, LoRA SFT, then GRPO with the graded execution reward",
    "spider-small": "the same on the real Spider with SmolLM2-135M, for hours on a CPU",
    "demo": "the same on the embedded data, for minutes on a CPU",
}
