"""`python -m text2sql.data check FOLDER`: what a folder holds, what is wrong with it and where, and one prompt."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from text2sql import gold_check, layouts, own_databases, prompt
from text2sql.data import Example, Rejected, load, preflight, recognise, sample

MOST = 20
"""Mistakes and databases that are listed."""
MOST_OF_A_KIND = 5
SEED = 42


def run(root: Path, *, timeout: float) -> int:
    """Print what is found; the exit status is 2 where training could not work, else 0. Raises UserError as `load`."""
    dataset = recognise(root)
    print(dataset)
    if mistakes := _mistakes(dataset):
        return _fail(mistakes)
    examples = {split: load(root, split) for split in dataset.splits()}
    print("\n".join(_databases(examples) + _notes(dataset, examples)))
    print(gold_check.text(gold_check.check(root, timeout=timeout), MOST_OF_A_KIND))
    if "train" not in examples:
        print(f"{dataset.layout} is for evaluation only; evaluate on it with --data.root {root}")
        return _show(examples["dev"])
    kept, rejected = preflight(examples["train"], timeout=timeout)
    if not kept:
        return _fail([_named(item) for item in rejected] or [f"{root}: there is no training question"])
    print(f"fit for training: {len(kept):,} of {len(examples['train']):,} questions")
    if not examples.get("dev"):
        print(f"nothing to evaluate on: {root} has no dev questions")
    return _show(kept)


def _mistakes(dataset: layouts.Dataset) -> list[str]:
    """Everything that keeps the questions from being read, each once."""
    found: list[str] = []
    for split in dataset.splits():
        examples, mistakes = layouts.read(dataset, split)
        found += mistakes + [lost for lost in [layouts.missing(examples, dataset.remedy)] if lost]
    return list(dict.fromkeys(found))


def _fail(mistakes: Sequence[str]) -> int:
    """Name the first mistakes; the status of a folder that can't be trained on."""
    for mistake in mistakes[:MOST]:
        print(f"error: {mistake}", file=sys.stderr)
    if len(mistakes) > MOST:
        print(f"error: and {len(mistakes) - MOST} more", file=sys.stderr)
    return 2


def _named(item: Rejected) -> str:
    return f"{item.example.place()}: {item.reason}: {' '.join(item.detail.split())}"


def _databases(examples: dict[str, list[Example]]) -> list[str]:
    """One line for each split: how many questions on which databases."""
    lines = []
    for split, questions in examples.items():
        names = sorted({example.db_id for example in questions})
        more = f" and {len(names) - MOST} more" if len(names) > MOST else ""
        lines.append(f"{split}: {len(questions):,} questions on {', '.join(names[:MOST]) or 'no database'}{more}")
    return lines


def _notes(dataset: layouts.Dataset, examples: dict[str, list[Example]]) -> list[str]:
    """What may surprise in the databases that are asked about."""
    used = {example.db_id for questions in examples.values() for example in questions}
    known = [source for source in dataset.built_from if used & {source.name, source.path}]
    return [f"note: {note}" for source in known for note in own_databases.notes(source)][:MOST]


def _show(examples: Sequence[Example]) -> int:
    """Print the prompt and the answer of one question, as a model reads and writes them."""
    for example in sample(examples, 1, SEED)[:1]:
        conversation = prompt.messages(example.question, example.database, evidence=example.evidence)
        for message in conversation + prompt.completion(example.gold):
            print(f"\n[{message['role']}]\n{message['content']}")
    return 0
