"""Arctic-Text2SQL-R1 (arXiv 2505.20315) at 3B: 1.0 for the gold's result, 0.1 for SQL that runs, 0.0 for any other.

Values of the paper: 16 completions at temperature 0.8, KL 0.001, clip 0.2, 256 completions a step. Values of the LoRA
adaptation in snowflakedb/ArcticTraining (projects/arctic_text2sql_r1_training, grpo-qwen-3b.yaml), where the paper
trains all weights of 7B to 32B models: model, LoRA, AdamW, schedule, 3 epochs. Its DeepSpeed ZeRO-2 with the
optimizer in CPU memory is one flag: --model.deepspeed zero2-offload (pip install deepspeed).

The reward needs no function of its own: it is `execution` with other values. Deviations:
- Spider instead of the paper's filtered BIRD, Spider and synthetic data; schema and values as every recipe shows
  them.
- SFT comes first, with which tables and columns the gold reads as its reasoning; the paper starts from OmniSQL's
  checkpoints, the adaptation from the instruction-tuned model. The KL reference is the SFT adapter.
- A result is equal as the official evaluator means it. SQL that can be found outside of <answer> is executed too.
- Reasoning may take 1,024 tokens; neither source names the number.
"""

_ARCTIC = {
    "prompt.format": "think",
    "model.name": "Qwen/Qwen2.5-Coder-3B-Instruct",
    "model.backend": "portable",
    "model.max_length": 4096,
    "model.lora_rank": 16,
    "model.lora_alpha": 32,
    "model.lora_dropout": 0.05,
    "grpo.epochs": 3.0,
    "grpo.learning_rate": 1e-6,
    "grpo.schedule": "cosine",
    "grpo.warmup": 0.1,
    "grpo.weight_decay": 0.01,
    "grpo.completions_per_question": 16,
    "grpo.questions_per_step": 16,
    "grpo.max_completion_tokens": 1024,
    "grpo.temperature": 0.8,
    "grpo.kl": 0.001,
    "grpo.exact": 1.0,
    "grpo.invalid": 0.0,
    "grpo.empty": 0.0,
    "grpo.partial_base": 0.1,
    "grpo.partial_scale": 0.0,
    "eval.max_completion_tokens": 1024,
}

CHANGES = {"arctic": _ARCTIC}

SUMMARIES = {"arctic": "Arctic-Text2SQL-R1 (arXiv 2505.20315) at 3B: <think> and <answer>; 1.0, 0.1 or 0.0"}
