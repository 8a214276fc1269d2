"""The default reward: what executing the SQL gave, as one number."""

from __future__ import annotations

import logging
import math
import os
from pathlib import Path

from text2sql.score import Score, score

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
