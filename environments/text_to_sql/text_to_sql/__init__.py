"""Text-to-SQL for verifiers (https://github.com/PrimeIntellect-ai/verifiers): this project's data, prompt, executor and
rewards. docs/verifiers.md of the repository tells how to evaluate and to train with it.

Two interfaces: `load_environment` for verifiers 0.3, where it is the classic one, and the Taskset with its Env for 0.3
and later. Each is imported when it is asked for, because verifiers 0.4 has only the second one.
"""

from typing import Any

__all__ = ["TextToSQLEnv", "TextToSQLTaskset"]  # where verifiers looks for a taskset


def __getattr__(name: str) -> Any:
    if name == "load_environment":
        from text_to_sql.classic import load_environment

        return load_environment
    if name in __all__:
        from text_to_sql import taskset

        return getattr(taskset, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
