"""Ours with up to three answers to a question: after each the model reads its error or its first rows, then goes on.

GRPO trains every answer of a rollout at once; what the model read in between gets no loss, and the reward is that of
the last answer. The setting is that of interactive Text-to-SQL agents (InterCode, arXiv 2306.14898), the masking that
of Search-R1 (arXiv 2503.09516). Deviations:
- No tool calls: the feedback is a user's turn, so that any chat template does. It never tells what the gold returns.
- A rollout ends when the model repeats its query or says that it is done.
- SFT comes first and knows single answers only.
"""

CHANGES = {"multi-turn": {"prompt.turns": 3, "model.max_length": 3072}}

SUMMARIES = {"multi-turn": "the default with three answers to a question, errors and first rows read in between"}
