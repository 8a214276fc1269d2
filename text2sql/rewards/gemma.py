"""The answer reward of Unsloth's GRPO notebook of Gemma 3, whose answers are numbers, carried over to SQL."""

from __future__ import annotations

import re

from text2sql.formats import FORMATS
from text2sql.prompt import bare
from text2sql.rewards.form import unless_gold_fails
from text2sql.score import Score

_NUMBER = re.compile(r"\b\d+(?:\.\d+)?\b")
NEAR = ((0.1, 0.5), (0.2, 0.25))
"""How far the numbers may be off, relatively, and what that pays."""


@unless_gold_fails
def answer_text(score: Score, *, form: str = "sql") -> float:
    """3 for the gold's text, 1.5 for its text but for white space, or for its result; 0 without the format.

    Of other SQL, what is the gold but for its numbers pays 0.5 where all of them are within 10 %, 0.25 within 20 %,
    else -1; the rest pays -0.5. The notebook compares one number with one number, and knows no result: there another
    spelling of the right answer is wrong, which for SQL would be most right answers.
    """
    parts = FORMATS[form].parts(score.completion)
    if parts is None:
        return 0.0
    gold, answer = bare(score.gold), parts.answer
    if answer in (gold, score.gold):
        return 3.0
    if score.status == "match":
        return 1.5
    return _nearness(" ".join(answer.split()), gold)


def _nearness(answer: str, gold: str) -> float:
    """What is paid for a wrong answer."""
    if _NUMBER.sub("?", answer) != _NUMBER.sub("?", gold):
        return -0.5
    pairs = zip(map(float, _NUMBER.findall(answer)), map(float, _NUMBER.findall(gold)), strict=True)
    far = max((abs(ours / theirs - 1) if theirs else 1.0 for ours, theirs in pairs if ours != theirs), default=1.0)
    return next((pay for most, pay in NEAR if far <= most + 1e-9), -1.0)
