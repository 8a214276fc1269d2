"""Rewards: small pure functions of a Score. Any of them, or one of your own, is chosen by name with `resolve`.

A reward's first parameter is the `score`; `form`, where it has one, is the answer format that the run asks for. Where a
gold itself fails, every reward here pays 0, so that its group teaches nothing.

- `outcome`: what executing the SQL gave; the default, and with other values those of Arctic and of `sql-r1`.
- `form`: whether a completion is in its format, and which tags it has.
- `sql_r1`: overlap of clauses where the result is another one; format, execution, result and length of the paper.
- `rubric`: syntax, keywords, schema references, execution, meaning; each from 0 to 1.
- `gemma`: the answer's text beside the gold's.
"""

from __future__ import annotations

import difflib
import importlib
import inspect
from collections.abc import Callable

from text2sql.errors import UserError
from text2sql.rewards.form import format_exact, format_tags
from text2sql.rewards.gemma import answer_text
from text2sql.rewards.outcome import execution, score_sql
from text2sql.rewards.rubric import executable, keyword_order, schema_references, semantic, syntax
from text2sql.rewards.sql_r1 import components, r1_execution, r1_format, r1_length, r1_result

__all__ = [
    "Reward",
    "answer_text",
    "components",
    "executable",
    "execution",
    "format_exact",
    "format_tags",
    "keyword_order",
    "r1_execution",
    "r1_format",
    "r1_length",
    "r1_result",
    "resolve",
    "schema_references",
    "score_sql",
    "semantic",
    "syntax",
]

Reward = Callable[..., float]


def resolve(name: str) -> Reward:
    """The reward called `name`: one of this package, or a function of your own by its dotted path,
    "package.module.function".

    Raises UserError, which names what is close, where there is none.
    """
    if "." in name:
        return _imported(name)
    known = {key: globals()[key] for key in __all__ if _is_reward(globals()[key])}
    if name in known:
        return known[name]
    close = difflib.get_close_matches(name, known, n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(close)}?" if close else f"there are {', '.join(sorted(known))}."
    raise UserError(f"no reward {name!r} in text2sql.rewards: {hint} Your own: pkg.module.fn")


def _is_reward(value: object) -> bool:
    """Whether it is a public function of this package whose first argument is the score."""
    if not inspect.isfunction(value) or not value.__module__.startswith(__name__) or value.__name__.startswith("_"):
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
