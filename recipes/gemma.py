"""Unsloth's GRPO notebook of Gemma 3 1B, carried over from arithmetic (GSM8K) to SQL on sql-create-context.

Format <start_working_out>...<end_working_out><SOLUTION>...</SOLUTION>. Rewards: 3.0 for the exact format, 0.5 or -0.5
for each of its four tags, and for the answer 3.0, 1.5, 0.5, 0.25, -0.5 or -1.0 (text2sql.rewards.answer_text says for
what). The trainer's values are the notebook's: 50 steps of one question with 4 completions, AdamW 0.9 and 0.99,
weight decay 0.1, clipping at 0.1, LoRA of rank and alpha 8. Later notebooks of the same authors pay 5.0 and -1.0 in
place of 3.0 and -0.5 and leave the first tag out; these are the ones of Gemma 3.

Deviations:
- Near numbers are those within SQL that is otherwise the gold's, and the gold's result in another spelling pays 1.5:
  the notebook's answer is one number, which has no other spelling.
- 50 steps of SFT come first, which teach the format; the notebook starts from the instruction-tuned model.
"""

_GEMMA = {
    "data.root": "spider_data/sql_create_context",
    "prompt.sample_values": 0,  # the databases are filled with the golds' literals, which would stand in the prompt
    "prompt.format": "solution",
    "model.name": "unsloth/gemma-3-1b-it",
    "model.max_length": 1024,
    "model.lora_rank": 8,
    "model.lora_alpha": 8,
    "sft.steps": 50,
    "grpo.steps": 50,
    "grpo.schedule": "cosine",
    "grpo.warmup": 0.1,
    "grpo.weight_decay": 0.1,
    "grpo.adam_beta2": 0.99,
    "grpo.max_grad_norm": 0.1,
    "grpo.completions_per_question": 4,
    "grpo.questions_per_step": 1,
    "grpo.completions_per_pass": 4,
    "grpo.max_completion_tokens": 512,
    "grpo.rewards": ["format_exact", "3", "format_tags", "answer_text"],
    "eval.max_completion_tokens": 512,
}

CHANGES = {"gemma": _GEMMA}

SUMMARIES = {"gemma": "format and answer rewards of the Gemma 3 GRPO notebook on sql-create-context: gemma-3-1b-it"}
