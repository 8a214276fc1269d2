"""What each interface of verifiers is given: the questions, and the rewards of a Score with their weights."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from text2sql import data
from text2sql.errors import UserError
from text2sql.formats import FORMATS
from text2sql.prompt import messages
from text2sql.rewards import resolve
from text2sql.score import Score

RUBRIC = {"syntax": 0.1, "keyword_order": 0.1, "schema_references": 0.1, "executable": 0.1, "semantic": 0.6}
"""The rewards of the recipe `rubric`."""
RIGHT = 0.9
"""By this rubric only the gold's result earns so much."""


def check(max_turns: int, form: str) -> None:
    """Raises UserError for what no environment can do."""
    if max_turns < 1:
        raise UserError(f"max_turns: {max_turns} is below 1, the number of answers to a question")
    if form not in FORMATS:
        raise UserError(f"format: {form!r} is not one of {', '.join(FORMATS)}")


def questions(
    data_root: str | Path | None, split: str, *, limit: int, seed: int, timeout: float, checked: bool
) -> list[data.Example]:
    """`limit` questions of a split, spread evenly (0: all), of a folder or of the embedded demo.

    `checked` leaves out those whose gold fails or returns nothing. Raises UserError naming file, record and field.
    """
    examples = data.sample(data.load(Path(data_root) if data_root else _demo(), split), limit, seed)
    return data.preflight(examples, timeout=timeout)[0] if checked else examples


def ask(example: data.Example, sample_values: int, form: str) -> list[dict]:
    """The conversation that asks for one question's SQL, as the trainers of this project ask for it."""
    return messages(
        example.question, example.database, sample_values=sample_values, form=form, evidence=example.evidence
    )


def _demo() -> Path:
    """The embedded demo: beside this package where a wheel installed it, else in the repository."""
    home = Path(__file__).resolve().parent
    installed, repository = home.with_name("text_to_sql_demo"), home.parents[2] / "spider_data" / "demo"
    return installed if installed.is_dir() else repository


def weighted(
    rewards: Mapping[str, float] | Sequence[str], form: str
) -> dict[str, tuple[Callable[[Score], float], float]]:
    """Name -> reward and weight; a reward that asks for the answer format gets it. Raises UserError for other names."""
    weights = rewards if isinstance(rewards, Mapping) else dict.fromkeys(rewards, 1.0)
    found = {name.rpartition(".")[2]: (_reward(name, form), float(weight)) for name, weight in weights.items()}
    if not found or len(found) < len(weights):
        raise UserError(
            f"rewards: {', '.join(weights) or 'none'}: name at least one, and no two with the same last name"
        )
    return found


def _reward(name: str, form: str) -> Callable[[Score], float]:
    reward = resolve(name)
    return functools.partial(reward, form=form) if "form" in inspect.signature(reward).parameters else reward
