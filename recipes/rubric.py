"""A rubric of five criteria on sql-create-context, with Llama-3.1-8B-Instruct and QLoRA.

Two public designs train in this way, with the verifiers library: chrisjcc/text-to-sql-refine-tuning (syntax 0.4,
keywords 0.3, format 0.3) and chrisjcc/text-to-sql-coder (syntax 0.2, execution 0.6, semantics 0.2). The trainer's
values are those of the first one's training.yaml. Neither has rows to execute anything on; `python -m
text2sql.create_context` builds databases with rows for this data, so that a result means something.

Deviations:
- The weights are ours: neither source has all five criteria. Meaning has 0.6, as execution has in the second one; the
  other four have 0.1 each, so that a right answer always earns more than a wrong one, whatever its keywords.
- Syntax is SQLite's own verdict, for what it refuses that of a parser. Keywords count in the order of the gold's, not
  by their number, which pays for long queries.
- SFT comes first; the KL reference is its adapter. Its 100 warm-up steps are 3 % of the steps here, as its ratio
  says.
"""

_RUBRIC = {
    "data.root": "spider_data/sql_create_context",
    "prompt.sample_values": 0,  # the databases are filled with the golds' literals, which would stand in the prompt
    "model.name": "unsloth/Meta-Llama-3.1-8B-Instruct",
    "model.backend": "portable",
    "model.load_in_4bit": True,
    "model.lora_rank": 16,
    "model.lora_alpha": 32,
    "model.lora_dropout": 0.05,
    "grpo.epochs": 3.0,
    "grpo.schedule": "cosine",
    "grpo.warmup": 0.03,
    "grpo.completions_per_question": 4,
    "grpo.questions_per_step": 8,
    "grpo.completions_per_pass": 4,
    "grpo.temperature": 0.7,
    "grpo.top_p": 0.9,
    "grpo.kl": 0.05,
    "grpo.rewards": [
        *("syntax", "0.1", "keyword_order", "0.1", "schema_references", "0.1", "executable", "0.1", "semantic", "0.6"),
    ],
}

CHANGES = {"rubric": _RUBRIC}

SUMMARIES = {"rubric": "five weighted criteria on sql-create-context: Llama-3.1-8B-Instruct, QLoRA"}
