"""Read the questions of a data set as examples, and check their golds before training.

`python -m text2sql.data install` installs the official Spider, `python -m text2sql.data check FOLDER` says what a
folder holds and what is wrong with it.
"""

import argparse
import os
import random
import sqlite3
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from text2sql import files, layouts, schema
from text2sql.download import install_spider, is_installed
from text2sql.errors import UserError
from text2sql.layouts import Example, recognise
from text2sql.score import Score, score_batch

__all__ = [
    *("Example", "Rejected", "install_spider", "is_installed", "load", "preflight"),
    *("recognise", "sample", "write_rejected"),
]

FILES = layouts.SPIDER


@dataclass(frozen=True)
class Rejected:
    """An example that is not fit for training; `reason` is one word of REASONS, `detail` says more."""

    example: Example
    reason: str
    detail: str


REASONS = {
    "invalid": "the gold does not run",
    "timeout": "the gold was stopped",
    "empty": "the gold returns no rows, so any empty result would equal it",
    "volatile": "the gold asks for chance or for the time, so its result is another one each time",
    "no_rows": "no table of the database holds a row, so no result tells a right query from a wrong one",
}


def load(root: Path, split: str, *, include_others: bool = False) -> list[Example]:
    """The examples of a split ("train" or "dev") in the order of the file; `include_others` adds train_others.json.

    Raises UserError naming the file, the record and the field when something is missing or not as it should be.
    """
    dataset = recognise(root)
    examples, mistakes = layouts.read(dataset, split, include_others=include_others)
    if mistakes:
        rest = f" (and {len(mistakes) - 1} more: python -m text2sql.data check {root})" if len(mistakes) > 1 else ""
        raise UserError(mistakes[0] + rest)
    if lost := layouts.missing(examples, dataset.remedy):
        raise UserError(lost)
    return examples


def sample(examples: Sequence[Example], limit: int | None, seed: int) -> list[Example]:
    """`limit` examples spread evenly over all of them, in their order; the seed moves the grid. None or 0 takes all."""
    if limit is not None and limit < 0:
        raise UserError(f"limit: {limit} is below 0; 0 takes all examples")
    if not limit or limit >= len(examples):
        return list(examples)
    shift = random.Random(seed).random()
    return [examples[int((number + shift) * len(examples) / limit)] for number in range(limit)]


def preflight(
    examples: Sequence[Example], *, timeout: float, keep_empty: bool = False
) -> tuple[list[Example], list[Rejected]]:
    """Run each gold, at most `timeout` seconds: the examples to train on, and the others with the reasons.

    `keep_empty` keeps golds that return nothing. The same SQL on the same database runs once.
    """
    full = {database: _holds_rows(database) for database in {example.database for example in examples}}
    pairs = dict.fromkeys((example.database, example.gold) for example in examples)
    verdicts = dict.fromkeys(pairs, ("no_rows", ""))
    verdicts |= _verdicts([pair for pair in pairs if full[pair[0]]], timeout, keep_empty)
    kept, rejected = [], []
    for example in examples:
        reason, detail = verdicts[example.database, example.gold]
        if reason:
            rejected.append(Rejected(example, reason, detail or REASONS[reason]))
        else:
            kept.append(example)
    return kept, rejected


def _holds_rows(database: Path) -> bool:
    """Whether a database holds a row; an unreadable one passes, for the gold's own error says more."""
    try:
        return schema.has_rows(database)
    except sqlite3.Error:
        return True


def _verdicts(
    pairs: list[tuple[Path, str]], timeout: float, keep_empty: bool
) -> dict[tuple[Path, str], tuple[str, str]]:
    """(database, gold) -> the reason to reject it with its detail, or two empty texts.

    Each gold is scored as a prediction is, so that what hangs in it is stopped as well.
    """
    scores = score_batch([(gold, "SELECT 1", database) for database, gold in pairs], timeout=timeout)
    return {pair: _reason(found, keep_empty) for pair, found in zip(pairs, scores, strict=True)}


def _reason(found: Score, keep_empty: bool) -> tuple[str, str]:
    if found.status not in ("match", "wrong"):
        return ("timeout" if found.status == "timeout" else "invalid"), found.error
    if found.volatile:
        return "volatile", ""
    return ("", "") if found.rows or keep_empty else ("empty", "")


def write_rejected(path: Path, rejected: Sequence[Rejected]) -> None:
    """Write one JSON object a line, with the example, the reason and the detail; complete or not at all."""
    files.write_lines(
        path,
        (
            {
                "source": item.example.source,
                "index": item.example.index,
                "db_id": item.example.db_id,
                "question": item.example.question,
                "gold": item.example.gold,
                "reason": item.reason,
                "detail": item.detail,
            }
            for item in rejected
        ),
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Install Spider or check a folder from the command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m text2sql.data", description="Data sets for training.")
    commands = parser.add_subparsers(dest="command", required=True)
    install = commands.add_parser("install", help="install the official Spider files")
    install.add_argument("--root", type=Path, default=Path("spider_data"), help="the folder to install into")
    install.add_argument("--archive", type=Path, help="a spider_data.zip that is already here; default: download it")
    check = commands.add_parser("check", help="say what a folder holds, what is wrong with it, and show one prompt")
    check.add_argument("folder", type=Path, help="what --data.root will name")
    check.add_argument("--timeout", type=float, default=5.0, help="seconds that one query may run (--data.timeout)")
    options = parser.parse_args(arguments)
    try:
        return _install(options) if options.command == "install" else _check(options)
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:  # the reader has seen enough, as `| head` has
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141


def _install(options: argparse.Namespace) -> int:
    if is_installed(options.root):
        print(f"Spider is already installed in {options.root}")
    else:
        print(f"Spider is installed in {install_spider(options.root, archive=options.archive)}")
    return 0


def _check(options: argparse.Namespace) -> int:
    from text2sql import data_check  # it stands on this module

    return data_check.run(options.folder, timeout=options.timeout)


if __name__ == "__main__":
    sys.exit(main())
