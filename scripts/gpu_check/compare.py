"""Whose are these tokens: does a rollout engine answer with the newest adapter, an older one, or the base model."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile
from statistics import mean
from typing import Any

CLEAR = 0.1
"""Nats a token by which the right model must explain its own tokens better than a wrong one."""
NEAR = 0.25
"""Share of the distance to a wrong model that the engine's own log-probabilities may be off."""


def followed(tokens: dict[str, list[list[float]]], engine: list[list[float]] | None) -> dict[str, Any]:
    """Figures, and the reason if the rollouts aren't those of the model called `after`.

    `tokens` has the log-probabilities of the same tokens under "base", "before" and "after" the update, `engine` those
    of the engine that drew them, where it tells. Tokens drawn from a model are likelier under it than under any other,
    by the KL divergence of the two (Cover and Thomas, Elements of Information Theory, theorem 2.6.3).
    """
    flat = {name: [value for row in rows for value in row] for name, rows in tokens.items()}
    figures: dict[str, Any] = {"tokens": len(flat["after"])}
    figures["mean_logprob"] = {name: round(mean(values), 4) for name, values in flat.items()}
    own = figures["mean_logprob"]["after"]
    wrong = [name for name in ("base", "before") if own - figures["mean_logprob"][name] < CLEAR]
    reason = f"the rollouts are not clearly likelier than under the model {' and '.join(wrong)}" if wrong else ""
    if engine is not None:
        drawn = [value for row in engine for value in row]
        off = {name: _distance(drawn, values) for name, values in flat.items()}
        figures["mean_difference_to_the_engine"] = off
        if not reason and off["after"] > NEAR * min(off["base"], off["before"]):
            reason = f"the engine's log-probabilities are not the updated model's: {off}"
    return {"figures": figures, "reason": reason}


def _distance(one: Sequence[float], other: Sequence[float]) -> float:
    return round(mean(abs(left - right) for left, right in zip(one, other, strict=True)), 5)


def agreement(answers: dict[str, list[str]], engine: str) -> dict[str, Any]:
    """Figures, and the reason if the adapter's greedy answers are the base model's, or engine and Transformers differ.

    Numbers differ in their last bits from engine to engine, and one near tie changes all that follows; so shares of
    equal characters from the beginning are compared.
    """
    to_base = _agree(answers[engine], answers["base"])
    figures = {"equal_to_base": to_base}
    if to_base > 0.9:
        return {"figures": figures, "reason": f"{to_base:.0%} of the adapter's answers are the base model's"}
    if engine == "transformers":
        return {"figures": figures, "reason": ""}
    merged = figures["equal_to_merged_model"] = _agree(answers[engine], answers["transformers"])
    clear = merged > 0.5 and merged > to_base
    reason = "" if clear else f"{merged:.0%} of the engine's answers are the merged model's, {to_base:.0%} the base's"
    return {"figures": figures, "reason": reason}


def _agree(one: list[str], other: list[str]) -> float:
    """Mean share of characters that are equal from the beginning on."""
    shares = [_prefix(left, right) / max(1, len(left), len(right)) for left, right in zip(one, other, strict=True)]
    return round(
        mean(share if left or right else 1.0 for share, left, right in zip(shares, one, other, strict=True)), 4
    )


def _prefix(one: str, other: str) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
