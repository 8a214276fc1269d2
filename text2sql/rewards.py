"""Rewards: small pure functions of a Score. Any of them, or one of your own, is chosen by name with `resolve`."""

from __future__ import annotations

import difflib
import importlib
import inspect
import logging
import math
import os
from collections.abc import Callable
from pathlib import Path

from text2sql.errors import UserError
from text2sql.score import Score, score

Reward = Callable[[Score], float]

TIMEOUT_VARIABLE = "TEXT2SQL_TIMEOUT"
_log = logging.getLogger(__name__)


def execution(
    score: Score,
    *,
    exact: float = 5.0,
    invalid: float = -1.0,
    empty: float = -2.0,
    base: float = 0.0,
    scale: float = 1.0,
) -> float:
    """Pay for the result of executing the SQL: `exact` for a match, else `base + scale * f1` with f1 in [0, 1).

    SQL that fails or is stopped costs `invalid`, a completion without SQL `empty`. A broken gold pays 0 to everybody,
    so its group teaches nothing. The origin of this reward paid partial credit as -0.5 + 2 * f1: base=-0.5, scale=2.
    """
    if score.status == "wrong":
        return base + scale * score.f1
    return {"match": exact, "invalid": invalid, "timeout": invalid, "empty": empty, "gold_error": 0.0}[score.status]


def score_sql(prediction: str, gold: str, database: Path | str) -> float:
    """The default reward of one pair. Never raises: what can't be scored at all is logged and pays 0, as a broken gold.

    The time limit of one statement is the environment variable TEXT2SQL_TIMEOUT, in seconds, where it is set.
    """
    try:
        return execution(score(prediction, gold, database, timeout=_timeout()))
    except Exception:
        _log.exception("could not score %r on %s", prediction, database)
        return 0.0


def _timeout() -> float | None:
    """TEXT2SQL_TIMEOUT in seconds, or None where it is unset or no positive number."""
    text = os.environ.get(TIMEOUT_VARIABLE, "").strip()
    try:
        seconds = float(text) if text else math.nan
    except ValueError:
        seconds = math.nan
    if seconds > 0:
        return seconds
    if text:
        _log.warning("%s=%s is no positive number of seconds; the default is used", TIMEOUT_VARIABLE, text)
    return None


def resolve(name: str) -> Reward:
    """The reward called `name`: one of this module, or a function of your own by its dotted path,
    "package.module.function".

    Raises UserError, which names what is close, where there is none.
    """
    if "." in name:
        return _imported(name)
    known = {key: value for key, value in globals().items() if _is_reward(value)}
    if name in known:
        return known[name]
    close = difflib.get_close_matches(name, known, n=3, cutoff=0.5) or sorted(known)
    raise UserError(
        f"no reward {name!r} in text2sql.rewards: did you mean {' or '.join(close)}? Your own: pkg.module.fn"
    )


def _is_reward(value: object) -> bool:
    """Whether it is a public function of this module whose first argument is the score."""
    if not inspect.isfunction(value) or value.__module__ != __name__ or value.__name__.startswith("_"):
        return False
    return next(iter(inspect.signature(value).parameters), None) == "score"


def _imported(path: str) -> Reward:
    module_name, _, name = path.rpartition(".")
    try:
        module = importlib.import_module(module_name)
    except (ImportError, ValueError) as error:
        raise UserError(f"reward {path!r}: cannot import the module {module_name!r} ({error})") from error
    found = getattr(module, name, None)
    if callable(found):
        return found
    close = difflib.get_close_matches(name, vars(module), n=3, cutoff=0.5)
    hint = f"; did you mean {' or '.join(close)}?" if close else ""
    raise UserError(f"reward {path!r}: the module {module_name!r} has no function {name!r}{hint}")
