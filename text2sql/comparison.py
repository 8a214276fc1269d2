"""Compare evaluations for people: the paired table, and the questions that were won and lost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from text2sql import paired, prompt, records
from text2sql.errors import UserError
from text2sql.report import STAGES

FILES = ("predictions.jsonl", "verdicts.jsonl")
SHOWN = 5  # questions won and lost, each


def of_run(run: Path) -> dict[str, Path]:
    """The evaluations of a run by their names, in the order of its stages; UserError where there are not two."""
    paths = {f"{run.name}/{stage}": run / "eval" / stage / FILES[0] for stage in STAGES}
    found = {name: path for name, path in paths.items() if path.is_file()}
    if len(found) < 2:
        raise UserError(f"{run}: {len(found)} stages are evaluated, comparing takes two; run evaluate.py")
    return found


def named(names: Sequence[str], outputs: Path) -> dict[str, Path]:
    """The files of evaluations that are named as RUN/STAGE, by their folder, or by the file itself."""
    return {name: _named(name, outputs) for name in names}


def _named(name: str, outputs: Path) -> Path:
    run, _, stage = name.rpartition("/")
    paths = [folder / file for folder in (Path(name), outputs / run / "eval" / stage) for file in FILES]
    found = next((path for path in (Path(name), *paths) if path.is_file()), None)
    if found is None:
        raise UserError(f"--compare: {name} is no evaluation; name RUN/STAGE, such as demo/sft, or its folder")
    return found


def texts(evaluations: dict[str, Path]) -> Iterator[str]:
    """Each evaluation beside the one before it: the paired table, the questions won, the questions lost."""
    found = [(name, records.read(path)) for name, path in evaluations.items()]
    for (one, first), (other, second) in zip(found, found[1:], strict=False):
        yield paired.table(first, second, (one, other))
        for title, right in (("won", 1), ("lost", 0)):
            yield changed(title, first, second, right)


def changed(title: str, first: Sequence[dict], second: Sequence[dict], right: int, most: int = SHOWN) -> str:
    """The questions that only the second (right=1) or the first (right=0) has right, with both answers."""
    found = [
        pair
        for pair in zip(first, second, strict=True)
        if pair[right]["execution_match"] and not pair[1 - right]["execution_match"]
    ]
    lines = [f"\n{title}: {len(found)}" + (f", the first {most}" if len(found) > most else "")]
    for one, other in found[:most]:
        lines += [f"  {one['db_id']}: {one['question']}", f"    gold    {prompt.one_line(one['gold'])}"]
        lines += [f"    {name:<8}{outcome(record)}" for name, record in (("first", one), ("second", other))]
    return "\n".join(lines)


def outcome(record: dict[str, Any]) -> str:
    """An answer and what came of it, on one line."""
    given = record["error"] or f"{record['rows']} rows"
    return f"{prompt.one_line(record['sql']) or '(no SQL)'}   [{record['status']}: {given}]"
