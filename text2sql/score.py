"""Score one prediction against its gold on its database: execute both, compare, and say what happened, once.

Every reward and every metric is a function of the Score, so training and evaluation can't disagree.

    python -m text2sql.score --db world.sqlite --gold "SELECT ..." --pred "SELECT ..."
"""

from __future__ import annotations

import argparse
import dataclasses
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from text2sql import workers as processes
from text2sql.execute import Limits
from text2sql.judge import Score, Task

__all__ = ["Score", "score", "score_batch", "score_batch_async", "score_each"]

Item = tuple[str, str, Path | str]
"""Prediction, gold, database."""


def score(
    prediction: str,
    gold: str,
    database: Path | str,
    *,
    timeout: float | None = None,
    keep_empty: bool = False,
) -> Score:
    """Score `prediction`, a raw completion or SQL, against the SQL `gold` on the SQLite file `database`.

    `timeout` is in seconds for each of the two (default: that of `Limits`). A gold that fails is never matched. A gold
    without rows isn't either, for any condition that nothing meets would do; with `keep_empty` a prediction without
    rows matches it if it has as many columns and reads the same tables and columns. Never raises for what either SQL
    does; both are executed in a worker process, which is ended and replaced if it must be.
    """
    return score_batch([(prediction, gold, database)], timeout=timeout, keep_empty=keep_empty)[0]


def score_batch(
    items: Iterable[Item],
    *,
    workers: int | None = None,
    timeout: float | None = None,
    keep_empty: bool = False,
    keys: bool = False,
    preview: tuple[int, int] | None = None,
) -> list[Score]:
    """Scores of (prediction, gold, database), in order, by at most `workers` processes (default: one a core, up to 8).

    With `keys` each has the key of its result, by which equal answers to a question are found; with `preview`, a number
    of rows and one of characters, the first rows of its result as text.

    The processes outlive the batch. A gold is executed once until its database changes, and equal predictions of one
    question once in a batch. Safe to call from several threads.
    """
    options = {"timeout": timeout, "keep_empty": keep_empty, "keys": keys, "preview": preview}
    found = dict(score_each(items, workers=workers, **options))
    return [found[place] for place in range(len(found))]


def score_each(
    items: Iterable[Item],
    *,
    workers: int | None = None,
    timeout: float | None = None,
    keep_empty: bool = False,
    keys: bool = False,
    preview: tuple[int, int] | None = None,
) -> Iterator[tuple[int, Score]]:
    """As `score_batch`, but (place, score) of each item as soon as it is known, in any order.

    The workers go on while the caller does something with a score, so that its work costs little time.
    """
    if workers is not None and workers < 1:
        raise ValueError(f"workers: {workers} is below 1")
    limits = Limits() if timeout is None else Limits(seconds=timeout)
    places = _places(list(items))
    options = limits, keep_empty, keys, preview
    tasks = [Task(tuple(at), gold, os.path.abspath(db), *options) for (gold, db), at in places.items()]
    members = list(places.values())
    for number, found in processes.pool.each(tasks, workers or processes.WORKERS):
        for (prediction, same), score in zip(members[number].items(), found, strict=True):
            known = _known(score, prediction, tasks[number])
            yield from ((place, known) for place in same)


def _known(score: Score, completion: str, task: Task) -> Score:
    """A copy that holds what was scored, which no worker has to send; `dataclasses.replace` would take much longer."""
    copy = object.__new__(Score)
    copy.__dict__.update(score.__dict__, completion=completion, gold=task.gold, database=task.database)
    return copy


async def score_batch_async(items: Iterable[Item], **options) -> list[Score]:
    """`score_batch` for a trainer that rolls out on an event loop, which goes on meanwhile."""
    import asyncio  # who awaits has it already; for the others it is a tenth of the start

    return await asyncio.to_thread(score_batch, items, **options)


def _places(items: list[Item]) -> dict[tuple[str, str], dict[str, list[int]]]:
    """(gold, database) of each question -> its different predictions -> the places of each in the batch."""
    found: dict[tuple[str, str], dict[str, list[int]]] = {}
    for place, (prediction, gold, database) in enumerate(items):
        if not (isinstance(prediction, str) and isinstance(gold, str)):
            raise TypeError(f"item {place}: prediction and gold must be texts, not {prediction!r:.40} and {gold!r:.40}")
        found.setdefault((gold, os.fsdecode(database)), {}).setdefault(prediction, []).append(place)
    return found


def _main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m text2sql.score", description="Score one prediction against its gold."
    )
    parser.add_argument("--db", required=True, type=Path, metavar="PATH", help="SQLite database file, only read")
    parser.add_argument("--gold", required=True, metavar="SQL", help="the right answer")
    parser.add_argument(
        "--pred", required=True, metavar="SQL", help="the prediction: SQL, or a model's whole completion"
    )
    parser.add_argument("--timeout", type=float, metavar="SECONDS", help="for each statement (default: 5)")
    parser.add_argument("--keep-empty", action="store_true", help="let a gold without rows be matched")
    options = parser.parse_args()
    if not options.db.is_file():
        parser.error(f"--db {options.db}: there is no such file; give the path of a SQLite database")
    result = score(options.pred, options.gold, options.db, timeout=options.timeout, keep_empty=options.keep_empty)
    print(_for_people(result))


def _for_people(result: Score) -> str:
    """One line a field, with the values that a person reads."""
    given = ("completion", "gold", "database")
    shown = {name: value for name, value in dataclasses.asdict(result).items() if name not in given} | {
        "f1": f"{result.f1:.3f}",
        "milliseconds": f"{result.milliseconds:.2f}",
        "reads": ", ".join(f"{table}.{column or '*'}" for table, column in sorted(result.reads)),
    }
    return "\n".join(f"{name:<13}{value}".rstrip() for name, value in shown.items())


if __name__ == "__main__":
    _main()
