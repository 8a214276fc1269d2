"""Read Spider's files, or one's own in the same layout, into examples; check their golds before training.

The layout is that of the official archive: train_spider.json, dev.json, database/<db_id>/<db_id>.sqlite.
`python -m text2sql.data --root spider_data` installs the official Spider there.
"""

import argparse
import json
import random
import sqlite3
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from text2sql import files, schema
from text2sql.download import install_spider, is_installed
from text2sql.errors import UserError
from text2sql.score import Score, score_batch

__all__ = ["Example", "Rejected", "install_spider", "is_installed", "load", "preflight", "sample", "write_rejected"]

FILES = {"train": "train_spider.json", "dev": "dev.json"}
OTHERS = "train_others.json"
FIELDS = ("question", "query", "db_id")
REMEDY = "run `make spider` to install Spider, or name a folder in its layout with --data.root"


@dataclass(frozen=True)
class Example:
    """One question with its gold SQL; `index` counts from 0 in the file named `source`."""

    question: str
    gold: str
    db_id: str
    database: Path
    index: int
    source: str


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
    if split not in FILES:
        raise UserError(f"split: {split!r} is not one of {', '.join(FILES)}")
    names = [FILES[split]] + [OTHERS] * (include_others and split == "train")
    examples = [example for name in names for example in _read(Path(root) / name)]
    _check_databases(examples)
    return examples


def _read(path: Path) -> list[Example]:
    """The examples of one file."""
    try:
        records = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UserError(f"{path}: no such file; {REMEDY}") from None
    except ValueError as error:
        raise UserError(f"{path}: not valid JSON ({error})") from None
    if not isinstance(records, list) or not records:
        raise UserError(f"{path}: a JSON list of records is needed, with {', '.join(FIELDS)} in each")
    return [_example(record, index, path) for index, record in enumerate(records)]


def _example(record: dict, index: int, path: Path) -> Example:
    """One record as an Example."""
    for field in FIELDS:
        value = record.get(field) if isinstance(record, dict) else None
        if not isinstance(value, str) or not value.strip():
            raise UserError(f"{path}: record {index}: field {field!r} is missing, empty or not a text")
    question, gold, db_id = (record[field] for field in FIELDS)
    database = path.parent / "database" / db_id / f"{db_id}.sqlite"
    return Example(" ".join(question.split()), gold.strip(), db_id, database, index, path.name)


def _check_databases(examples: Sequence[Example]) -> None:
    """Raise UserError if a database file is missing; each is named once."""
    wanted = Counter((example.database, example.source) for example in examples)
    missing = [f"{path} ({count} examples of {name})" for (path, name), count in wanted.items() if not path.is_file()]
    if missing:
        more = f" and {len(missing) - 3} more" if len(missing) > 3 else ""
        raise UserError(f"no such database: {', '.join(missing[:3])}{more}; {REMEDY}")


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
    """Install Spider from the command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m text2sql.data", description="Install the official Spider files.")
    parser.add_argument("--root", type=Path, default=Path("spider_data"), help="the folder to install into")
    parser.add_argument("--archive", type=Path, help="a spider_data.zip that is already here; default: download it")
    options = parser.parse_args(arguments)
    try:
        if is_installed(options.root):
            print(f"Spider is already installed in {options.root}")
        else:
            print(f"Spider is installed in {install_spider(options.root, archive=options.archive)}")
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
