"""Compare evaluations for people: the paired table, and the questions that were won and lost, with their results."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from text2sql import paired, records
from text2sql.errors import UserError
from text2sql.layouts import Dataset
from text2sql.metrics import VALID
from text2sql.report import STAGES
from text2sql.result_tables import Replay, Table, dataset
from text2sql.screen import INDENT, beside, counted, grid, labelled, share, wrapped

FILES = ("predictions.jsonl", "verdicts.jsonl")
ROWS = 5  # shown of a result
NARROWEST = 24  # characters of a result beside another one; on a narrower screen they stand below one another


def of_run(run: Path) -> dict[str, Path]:
    """The evaluations of a run by their names, in the order of its stages; UserError where there are not two."""
    paths = {f"{run.name}/{stage}": run / "eval" / stage / FILES[0] for stage in STAGES}
    found = {name: path for name, path in paths.items() if path.is_file()}
    if len(found) < 2:
        raise UserError(f"{run}: {counted(len(found), 'stage')} evaluated, comparing takes two; run evaluate.py")
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


@dataclass(frozen=True)
class Comparison:
    """How evaluations are compared."""

    root: Path
    """Folder of the data set, where metrics.json beside the records doesn't name one that is there."""
    timeout: float
    """Seconds that one statement may run."""
    show: int
    """Questions shown of those won and of those lost."""
    width: int
    """Characters of a line."""

    def texts(self, evaluations: dict[str, Path]) -> Iterator[str]:
        """Each evaluation beside the one before it: the paired table, the questions won, the questions lost."""
        found = [(name, path, records.read(path)) for name, path in evaluations.items()]
        for (one, path, first), (other, _, second) in zip(found, found[1:], strict=False):
            yield paired.table(first, second, (one, other))
            replay = Replay(_dataset(path, self.root), self.timeout)
            for title, right in (("won", 1), ("lost", 0)):
                yield from self._changed(title, first, second, right, replay)

    def _changed(
        self, title: str, first: Sequence[dict], second: Sequence[dict], right: int, replay: Replay
    ) -> Iterator[str]:
        """The questions that only the second (right=1) or the first (right=0) has right."""
        found = [
            pair
            for pair in zip(first, second, strict=True)
            if pair[right]["execution_match"] and not pair[1 - right]["execution_match"]
        ]
        yield f"\n{title}: {len(found)}" + (f", the first {self.show}" if len(found) > self.show else "")
        for pair in found[: self.show]:
            yield "\n".join(self._question(*pair, replay))

    def _question(self, one: dict[str, Any], other: dict[str, Any], replay: Replay) -> Iterator[str]:
        """The question, the three statements, and their results side by side."""
        answers = {"first": one, "second": other}
        yield f"  {one['db_id']}: {one['question'] or '(question unknown)'}"
        for name, sql in {"gold": one["gold"], **{name: record["sql"] for name, record in answers.items()}}.items():
            yield from labelled(name, sql or "(no SQL)", self.width)
        room = self.width - INDENT
        width = share(3, room) if share(3, room) >= NARROWEST else room
        blocks = [_block("gold", replay.table(one["db_id"], one["gold"]), width)]
        blocks += [_answered(name, record, replay, width) for name, record in answers.items()]
        lines = beside(blocks, room) if width < room else [line for block in blocks for line in block]
        yield from ("", *(f"{'':{INDENT}}{line}".rstrip() for line in lines), "")


def _dataset(path: Path, root: Path) -> Dataset | None:
    """The data set that a file of records was made with."""
    try:
        known = json.loads(path.with_name("metrics.json").read_text(encoding="utf-8"))["data"]["root"]
    except (OSError, ValueError, KeyError, TypeError):
        known = ""
    return (dataset(path.parent, str(known)) if known else None) or dataset(path.parent, str(root))


def _answered(name: str, record: dict[str, Any], replay: Replay, width: int) -> list[str]:
    """The result of an answer; it is executed again only if it ran in the evaluation."""
    name = f"{name}, {record['status'].replace('_', ' ')}"
    if record["status"] not in VALID:
        return _block(name, {"error": record["error"]}, width)
    table = replay.table(record["db_id"], record["sql"])
    changed = "error" not in table and table["count"] != record["rows"] and not record.get("volatile")
    return _block(name, table, width, f" now, {record['rows']:,} in the evaluation" if changed else "")


def _block(name: str, table: Table, width: int, note: str = "") -> list[str]:
    """The first rows of a result under its name."""
    if "error" in table:
        return wrapped(f"{name}: {table['error']}", width)
    rows, hidden = table["rows"][:ROWS], table["count"] - ROWS
    lines = [f"{name}: {counted(table['count'], 'row')}{note}", *grid(table["columns"], rows, table["numeric"], width)]
    return [*lines, f"… {hidden:,} more"] if hidden > 0 else lines
