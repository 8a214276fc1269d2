"""Text-to-SQL for verifiers (https://github.com/PrimeIntellect-ai/verifiers): this project's data, prompt, executor and
rewards. docs/verifiers.md of the repository tells how to evaluate and to train with it.

`load_environment` is the classic interface, of verifiers 0.1 to 0.3.
"""

from text_to_sql.classic import load_environment

__all__ = ["load_environment"]
