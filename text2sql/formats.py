"""Answer formats: what a model is asked to write around its SQL, how training writes it, and what format rewards check.

- `sql`: the query alone; the default.
- `think`: <think>...</think><answer>...</answer>, as in Arctic-Text2SQL-R1 (arXiv 2505.20315) and SQL-R1 (2504.08600).
- `solution`: <start_working_out>...<end_working_out><SOLUTION>...</SOLUTION>, as in Unsloth's GRPO notebook of Gemma 3.

`text2sql.prompt.extract_sql` reads all of them, whichever was asked for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

TASK = "Translate the question into one SQLite query on the given tables."


class Parts(NamedTuple):
    """What a completion in exactly its format holds."""

    reasoning: str
    answer: str


@dataclass(frozen=True)
class Format:
    """One way to answer; without tags the answer is the SQL alone."""

    instruction: str
    """What the system prompt says of it, behind the task."""
    reasoning: tuple[str, str] | None = None
    """The tags around the reasoning."""
    answer: tuple[str, str] | None = None
    """The tags around the SQL."""

    @property
    def system(self) -> str:
        """The system prompt."""
        return f"{TASK} {self.instruction}"

    @property
    def tags(self) -> tuple[str, ...]:
        """Each tag, in the order in which a completion has them."""
        return (*(self.reasoning or ()), *(self.answer or ()))

    def wrap(self, sql: str, reasoning: str) -> str:
        """A completion in this format; the reasoning is left out where the format has none."""
        if not self.tags:
            return sql
        return f"{self.reasoning[0]}\n{reasoning}\n{self.reasoning[1]}\n{self.answer[0]}{sql}{self.answer[1]}"

    def parts(self, completion: str) -> Parts | None:
        """Reasoning and answer of a completion that is exactly in the format: each tag once and in order, with nothing
        but blanks around and between them, and something within each pair. None for any other completion."""
        if not self.tags:
            bare = re.fullmatch(r"\s*((?:select|with|values)\b[^`]*?)[;\s]*", completion, re.I)
            return Parts("", bare[1]) if bare else None
        if any(completion.count(tag) != 1 for tag in self.tags):
            return None
        first, second, third, fourth = map(re.escape, self.tags)
        found = re.fullmatch(rf"\s*{first}(.+?){second}\s*{third}(.+?){fourth}\s*", completion, re.S)
        return Parts(*found.groups()) if found and all(part.strip() for part in found.groups()) else None


FORMATS = {
    "sql": Format("Answer with the SQL query only."),
    "think": Format(
        "First think about the tables and columns that it needs, between <think> and </think>. "
        "Then give the SQL query, between <answer> and </answer>.",
        ("<think>", "</think>"),
        ("<answer>", "</answer>"),
    ),
    "solution": Format(
        "First work out which tables and columns it needs, between <start_working_out> and <end_working_out>. "
        "Then give the SQL query, between <SOLUTION> and </SOLUTION>.",
        ("<start_working_out>", "<end_working_out>"),
        ("<SOLUTION>", "</SOLUTION>"),
    ),
}
"""Name -> format."""
