"""SQL-R1, twice: `sql-r1` is a GRPO-on-Spider design that was built on the paper, `sql-r1-paper` the paper itself.

`sql-r1`: values of the public repository GameChaser782/rl-text2sql in its first form (README.md, reward.py; its later
configurations name Qwen2.5-Coder-3B-Instruct, 2 completions and temperature 0.8). Reward: 1.0 for the gold's result,
else 0.3 times the overlap of SELECT, FROM and WHERE parts and keywords. Its ablations are flags:
--grpo.completions-per-question 2 or 8, and --grpo.rewards execution for no partial credit. Deviations:
- CodeLlama-7b-Instruct-hf, since the base model has no chat template.
- SFT comes first, as everywhere here; the KL reference is its adapter.
- Overlap is taken from parse trees, names resolved behind aliases, where the source splits texts and adds the overlap
  of all tokens. A result is equal as the official evaluator means it, not as a set of rows in small letters.
- Its 100 warm-up steps are 4 % of the steps here, three epochs of Spider. Dropout 0.05 and top-p 0.9 are of its
  configuration.

`sql-r1-paper`: SQL-R1 (arXiv 2504.08600), values of the authors' train.sh and synsql.py: format +1 or -1, execution
+2 or -2, result +3 or -3, and a length reward of at most 1.5 for right answers alone; batch 8, 8 completions at
temperature 1.1, learning rate 3e-7, KL 0.001, responses of 2,048 tokens. Deviations:
- LoRA instead of all weights, on one GPU instead of eight; Spider instead of SynSQL-2.5M.
- Their cold start is SFT on synthetic reasoning; ours writes in its place which tables and columns the gold reads.
- The SQL stands bare in <answer>; theirs is in a code fence there, which is read as well.
- The learning rate is theirs, for all weights; LoRA takes more, such as --grpo.learning-rate 1e-5.
"""

ATTENTION = ["q_proj", "k_proj", "v_proj", "o_proj"]

_SPIDER = {
    "model.name": "codellama/CodeLlama-7b-Instruct-hf",
    "model.backend": "portable",
    "model.load_in_4bit": True,
    "model.lora_rank": 16,
    "model.lora_alpha": 32,
    "model.lora_dropout": 0.05,
    "model.lora_targets": ATTENTION,
    "grpo.epochs": 3.0,
    "grpo.learning_rate": 1e-5,
    "grpo.warmup": 0.04,
    "grpo.completions_per_question": 4,
    "grpo.questions_per_step": 8,
    "grpo.completions_per_pass": 4,
    "grpo.temperature": 0.7,
    "grpo.top_p": 0.9,
    "grpo.kl": 0.1,
    "grpo.rewards": ["execution", "components", "0.3"],
    "grpo.exact": 1.0,
    "grpo.invalid": 0.0,
    "grpo.empty": 0.0,
    "grpo.partial_scale": 0.0,
}

_PAPER = {
    "prompt.format": "think",
    "model.name": "Qwen/Qwen2.5-Coder-7B-Instruct",
    "model.backend": "portable",
    "model.max_length": 6144,
    "grpo.learning_rate": 3e-7,
    "grpo.warmup": 0.0,
    "grpo.completions_per_pass": 4,
    "grpo.max_completion_tokens": 2048,
    "grpo.temperature": 1.1,
    "grpo.kl": 0.001,
    "grpo.rewards": ["r1_format", "r1_execution", "r1_result", "r1_length"],
    "eval.max_completion_tokens": 2048,
}

CHANGES = {"sql-r1": _SPIDER, "sql-r1-paper": _PAPER}

SUMMARIES = {
    "sql-r1": "GRPO on Spider after SQL-R1: CodeLlama-7B, QLoRA, execution and 0.3 x overlap of clauses",
    "sql-r1-paper": "SQL-R1 itself (arXiv 2504.08600): <think> and <answer>; format, execution, result and length",
}
