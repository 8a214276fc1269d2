"""A reward that differs within a group even where a model writes nothing that runs."""

from __future__ import annotations


def letters(score) -> float:
    """From the SQL's length alone, between 0 and 1."""
    return len(score.sql) % 7 / 7
