"""Several answers to each question: judged together, voted on, and counted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from text2sql import metrics
from text2sql.data import Example
from text2sql.judge import Score
from text2sql.metrics import Sample
from text2sql.screen import counted


class Drawn(Protocol):
    """A completion as the model gave it."""

    text: str
    logprob: float | None


@dataclass(frozen=True)
class Answers:
    """The samples of one question, in the order in which they were drawn."""

    texts: list[str]
    scores: list[Score]
    logprobs: list[float | None]

    @property
    def samples(self) -> list[Sample]:
        """What the vote looks at."""
        pairs = zip(self.scores, self.logprobs, strict=True)
        return [Sample(score.key, score.status, logprob) for score, logprob in pairs]


def judged(
    examples: Sequence[Example],
    completions: Sequence[Sequence[Drawn]],
    scored: Callable[[list[Example], list[str]], Iterable[tuple[int, Score]]],
) -> list[Answers]:
    """Score all samples of all questions in one go, by `scored`, such as `text2sql.evaluation.scored`."""
    counts = [len(samples) for samples in completions]
    asked = [example for example, count in zip(examples, counts, strict=True) for _ in range(count)]
    drawn = [completion for samples in completions for completion in samples]
    found = dict(scored(asked, [completion.text for completion in drawn]))
    scores = (found[place] for place in range(len(drawn)))
    return [
        Answers([it.text for it in samples], [next(scores) for _ in samples], [it.logprob for it in samples])
        for samples in completions
    ]


def figures(answers: Sequence[Answers]) -> dict[str, Any]:
    """pass@k, the vote's accuracy and the oracle's, by the official verdict."""
    rights = [[score.official for score in answer.scores] for answer in answers]
    return metrics.sampled_figures([answer.samples for answer in answers], rights)


def lines(examples: Sequence[Example], answers: Sequence[Answers], places: Sequence[int]) -> Iterator[dict[str, Any]]:
    """One line of samples.jsonl for each question; `chosen` is the place of the sample that was taken."""
    for example, answer, place in zip(examples, answers, places, strict=True):
        each = zip(answer.texts, answer.scores, answer.logprobs, strict=True)
        yield {
            "index": example.index,
            "question": example.question,
            "db_id": example.db_id,
            "gold": example.gold,
            "chosen": place,
            "samples": [
                {
                    "completion": text,
                    "sql": score.sql,
                    "status": score.status,
                    "execution_match": score.official,
                    "strict_match": score.strict,
                    "result": score.key,
                    "logprob": logprob,
                    "error": score.error,
                }
                for text, score, logprob in each
            ],
        }


def text(found: dict[str, Any]) -> str:
    """The figures on one line."""
    passed = ", ".join(f"pass@{k} {share:.1%}" for k, share in found["pass_at_k"].items())
    return f"{counted(found['samples'], 'sample')} a question: {passed}; vote {found['vote_accuracy']:.1%}"
