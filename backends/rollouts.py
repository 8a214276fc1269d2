"""Rewards for TRL: each rollout is executed once, and every reward of the recipe is a pure function of its Score."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from text2sql import hacking, rewards
from text2sql.judge import VALID
from text2sql.score import Score, score_batch

if TYPE_CHECKING:
    from config import Config


class ScoredRewards:
    """The reward functions of a recipe over one shared execution of each batch of rollouts."""

    def __init__(self, config: Config, opened: str = "") -> None:
        """`opened` is the tag with which the chat template itself begins each answer, as some do with <think>."""
        self.options, self.data, self.form = config.grpo, config.data, config.prompt.format
        self.opened = opened
        self.batch: list | None = None
        self.scores: list[Score] = []

    def functions(self) -> list[Callable[..., list[float]]]:
        """One function for each configured reward, as TRL calls them; the first one logs the shares of the batch."""
        return [self._function(name, number == 0) for number, name in enumerate(self.options.weights)]

    def _function(self, name: str, logs: bool) -> Callable[..., list[float]]:
        reward = reward_of(name, self.options, self.form)

        def scored(
            completions, gold, database, answer=None, turns=None, log_extra=None, log_metric=None, **columns
        ) -> list[float]:
            answers = answer or completions  # of a dialogue the answer that counts
            scores = self._scores(answers, gold, database)
            if logs and log_metric:
                self._log(answers, scores, log_extra, log_metric)
            if logs and log_metric and turns:
                log_metric("turns", sum(turns) / len(turns))
            return [float(reward(score)) for score in scores]

        scored.__name__ = name.rpartition(".")[2]
        return scored

    def _scores(self, completions: list, gold: list[str], database: list[str]) -> list[Score]:
        """The batch's scores; TRL hands the same list to each reward, so it is executed for the first one only."""
        if self.batch is not completions:
            texts = [self.opened + text_of(completion) for completion in completions]
            self.scores = score_batch(
                list(zip(texts, gold, database, strict=True)),
                timeout=self.data.timeout,
                keep_empty=self.data.keep_empty,
            )
            self.batch = completions
        return self.scores

    def _log(self, completions: list, scores: list[Score], log_extra: Callable, log_metric: Callable) -> None:
        """Columns beside TRL's stored completions, and the shares of the batch."""
        log_extra("sql", [score.sql for score in scores])
        log_extra("status", [score.status for score in scores])
        log_extra("error", [score.error for score in scores])
        for name, value in batch_metrics(completions, scores, self.options, self.form).items():
            log_metric(name, value)


def text_of(completion: Any) -> str:
    """A completion's text, conversational or plain."""
    return completion if isinstance(completion, str) else completion[-1]["content"]


def reward_of(name: str, options, form: str = "sql") -> Callable[[Score], float]:
    """The reward called `name`: the default one with the recipe's values, one that asks for a `form` with it."""
    reward = rewards.resolve(name)
    if reward is rewards.execution:
        values = {"exact": options.exact, "invalid": options.invalid, "empty": options.empty}
        return functools.partial(reward, **values, base=options.partial_base, scale=options.partial_scale)
    return functools.partial(reward, form=form) if "form" in inspect.signature(reward).parameters else reward


def batch_metrics(completions: list, scores: list[Score], options, form: str = "sql") -> dict[str, float]:
    """Shares of a batch of rollouts, signs of reward hacking among them, and the parts of its mean reward.

    `form` is the answer format that was asked for; groups are runs of completions_per_question.

    reward_parts/x is what outcome x adds to the mean default reward, so that the parts sum to it.
    """
    count = len(scores)
    statuses = [score.status for score in scores]
    pay = reward_of("execution", options)
    shares = {
        "exact_share": statuses.count("match") / count,
        "valid_share": sum(status in VALID for status in statuses) / count,
        "timeout_share": statuses.count("timeout") / count,
        "empty_share": statuses.count("empty") / count,
        "strict_share": sum(score.strict for score in scores) / count,
        "official_share": sum(score.official for score in scores) / count,
        "official_gap": hacking.official_gap(scores),
        "degenerate_share": hacking.degenerate_share(scores),
        "hollow_format_share": hacking.hollow_format_share(scores, form),
        "duplicate_share": hacking.duplicate_share(scores, options.completions_per_question),
        "partial_f1": _mean([score.f1 for score in scores if score.status == "wrong"]),
        "distinct_completions": _distinct(completions, options.completions_per_question),
        "completions_per_question": float(options.completions_per_question),
    }
    parts = {"exact": ("match",), "partial": ("wrong",), "invalid": ("invalid", "timeout"), "empty": ("empty",)}
    return shares | {
        f"reward_parts/{part}": sum(pay(score) for score in scores if score.status in members) / count
        for part, members in parts.items()
    }


def _distinct(completions: list, group: int) -> float:
    """Mean share of different completions within a group: 1 / group when all of them are equal."""
    texts = [text_of(completion) for completion in completions]
    groups = [texts[start : start + group] for start in range(0, len(texts), group)]
    return _mean([len(set(members)) / len(members) for members in groups])


def _mean(values: list[float]) -> float:
    return sum(values) / len(values) if values else 0.0
