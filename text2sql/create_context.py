"""Turn b-mc2/sql-create-context into a folder in Spider's layout, with databases that it doesn't have itself.

    python -m text2sql.create_context --source hub --out spider_data/sql_create_context
    python train_grpo.py --data.root spider_data/sql_create_context

https://huggingface.co/datasets/b-mc2/sql-create-context: 78,577 rows {"question", "context", "answer"} of WikiSQL and
Spider, CC BY 4.0. A row's databases are made of its context and its gold alone, so an interrupted run goes on where it
stopped, and the same row has the same databases everywhere.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from multiprocessing import Pool
from pathlib import Path
from typing import Any, NamedTuple

from text2sql import leakage
from text2sql.contexts import Tables
from text2sql.data import FILES, sample
from text2sql.databases import FILLINGS, PARTIAL, VERSION, build, identity, write
from text2sql.errors import UserError
from text2sql.files import write_json, write_lines
from text2sql.mending import mend
from text2sql.score import score_batch
from text2sql.workers import WORKERS

NAME = "b-mc2/sql-create-context"
FIELDS = ("question", "context", "answer")
VALIDATION = 0.03
BATCH = 512  # rows scored at a time
FEW = 64  # rows that need no other processes
EMPTY = "the gold selects nothing on any filling"
UNUSUAL = "the gold is of a form that isn't read"
LEAKING = "it shares a table, its question or its gold with validation"
IN_SPIDER = "it is in Spider dev too"


class Row(NamedTuple):
    """One row of the data set; `index` counts from 0 in the source."""

    question: str
    context: str
    answer: str
    index: int


class Converted(NamedTuple):
    """A row with its database, or the reason why it has none."""

    row: Row
    db_id: str
    gold: str
    tables: Tables
    reason: str = ""


class Options(NamedTuple):
    """How to convert."""

    validation: float = VALIDATION
    """Share of the tables that is held out."""
    spider: Path | None = None
    """Folder of the official Spider, to compare with its dev.json."""
    drop_overlap: bool = False
    workers: int = 1


class Report(NamedTuple):
    """What became of the rows."""

    rows: int
    dropped: Counter[str]
    """Reason -> rows."""
    train: int
    validation: int
    overlap: dict[str, int] | None
    """Rows that Spider dev has too, by what they share; None where it wasn't asked for."""


# --- reading --------------------------------------------------------------------------------------------------------
def read(source: str) -> list[Row]:
    """The rows of "hub", or of a .json, .jsonl or .parquet file in the data set's shape.

    Raises UserError naming the file, the row and the field.
    """
    records = _from_hub() if source == "hub" else _from_file(Path(source))
    return [_row(record, index, source) for index, record in enumerate(records)]


def _row(record: Any, index: int, source: str) -> Row:
    for field in FIELDS:
        if not isinstance(record, dict) or not isinstance(record.get(field), str):
            raise UserError(
                f"{source}: row {index}: field {field!r} is missing or no text; {', '.join(FIELDS)} are needed"
            )
    return Row(" ".join(record["question"].split()), record["context"], record["answer"], index)


def _from_hub() -> Iterable[dict]:
    from datasets import load_dataset

    try:
        return load_dataset(NAME, split="train")
    except Exception as error:  # no network, no such revision, a full disk: each of its own kind
        reason = str(error).partition("\n")[0]
        raise UserError(f"{NAME}: can't be loaded ({reason}); name a downloaded file with --source") from None


def _from_file(path: Path) -> Iterable[dict]:
    readers = {".json": _from_json, ".jsonl": _from_lines, ".parquet": _from_parquet}
    if path.suffix not in readers:
        raise UserError(f"--source {path}: neither 'hub' nor a {', '.join(readers)} file")
    if not path.is_file():
        raise UserError(f"--source {path}: no such file")
    try:
        found = readers[path.suffix](path)
    except (OSError, ValueError) as error:
        raise UserError(f"{path}: can't be read ({str(error).partition(chr(10))[0]}); download it again") from None
    if not isinstance(found, list) or not found:
        raise UserError(f"{path}: no rows in it; a list of {{{', '.join(FIELDS)}}} is needed")
    return found


def _from_json(path: Path) -> Any:
    text = path.read_text(encoding="utf-8")
    return json.loads(text) if text.lstrip().startswith("[") else _from_lines(path)


def _from_lines(path: Path) -> list:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]


def _from_parquet(path: Path) -> list:
    from pyarrow import parquet

    return parquet.read_table(path).to_pylist()


# --- converting -----------------------------------------------------------------------------------------------------
def convert(row: Row, databases: Path) -> Converted:
    """Mend a row and build its databases, unless they are there already."""
    db_id = identity(row.context, row.answer)
    try:
        tables, gold = mend(row.context, row.answer)
        folder = databases / db_id
        if not folder.is_dir():
            made = build(tables, gold, db_id)
            if not made.golds[0].selects:
                raise ValueError(EMPTY)
            write(made.files, folder)
    except (AttributeError, IndexError, KeyError, RecursionError, TypeError, ValueError) as error:
        return Converted(row, db_id, "", {}, str(error) if isinstance(error, ValueError) else UNUSUAL)
    return Converted(row, db_id, gold, tables)


def _convert(job: tuple[Row, Path]) -> Converted:
    return convert(*job)


def _converted(rows: Sequence[Row], databases: Path, workers: int) -> Iterator[Converted]:
    """The rows in order, with a progress bar; several processes share them."""
    from tqdm import tqdm

    jobs = [(row, databases) for row in rows]
    bar = {"total": len(jobs), "desc": "databases", "dynamic_ncols": True, "disable": len(jobs) < FEW}
    if workers == 1 or len(jobs) < FEW:
        yield from tqdm(map(_convert, jobs), **bar)
        return
    with Pool(workers) as pool:
        yield from tqdm(pool.imap(_convert, jobs, chunksize=32), **bar)


def _checked(found: Sequence[Converted], databases: Path) -> Iterator[Converted]:
    """The rows, without those whose gold the scorer does not match with itself on all its databases."""
    for start in range(0, len(found), BATCH):
        batch = found[start : start + BATCH]
        items = [(it.gold, it.gold, databases / it.db_id / f"{it.db_id}.sqlite") for it in batch]
        for it, score in zip(batch, score_batch(items), strict=True):
            bad = "the gold asks for chance or for the time" if score.volatile else score.error or score.status
            yield it if score.status == "match" and not score.volatile else it._replace(reason=bad)


def create(rows: Sequence[Row], out: Path, options: Options) -> Report:
    """Write the folder: databases first, train_spider.json last; what is there already stays.

    Raises UserError as `leakage.overlap` does, and where no row is left for a side.
    """
    databases = out / "database"
    databases.mkdir(parents=True, exist_ok=True)
    for left_over in databases.glob(f"{PARTIAL}*"):
        shutil.rmtree(left_over, ignore_errors=True)
    found = list(_converted(_different(rows), databases, options.workers))
    dropped = [it for it in found if it.reason]
    kept = _parted(_checked([it for it in found if not it.reason], databases), dropped)
    shared = leakage.overlap(_facts(kept), options.spider) if options.spider else None
    if shared:
        write_lines(out / "overlap.jsonl", _shared(kept, shared))
    if shared and options.drop_overlap:
        places = shared.any()
        kept = _parted(
            (it._replace(reason=IN_SPIDER) if place in places else it for place, it in enumerate(kept)), dropped
        )
    sides = leakage.split(_facts(kept), options.validation)
    if not sides.train or not sides.validation:
        raise UserError(f"{out}: no row is left for {'validation' if sides.train else 'training'}; take more rows")
    dropped += [kept[place]._replace(reason=LEAKING) for place in sides.leaking]
    counts = shared and {name: len(places) for name, places in [*shared._asdict().items(), ("any", shared.any())]}
    reasons = Counter({"repeated": len(rows) - len(found)}) + Counter(_short(it.reason) for it in dropped)
    report = Report(len(rows), reasons, len(sides.train), len(sides.validation), counts)
    write_lines(out / "rejected.jsonl", map(_rejected, dropped))
    write_json(out / "report.json", {**report._asdict(), "fillings": FILLINGS, "version": VERSION})
    for name, places in (("dev", sides.validation), ("train", sides.train)):
        write_json(out / FILES[name], [_record(kept[place]) for place in places])
    return report


def _different(rows: Iterable[Row]) -> list[Row]:
    """The rows without those that stand further up already."""
    return list({row[:3]: row for row in reversed(list(rows))}.values())[::-1]


def _parted(rows: Iterable[Converted], dropped: list[Converted]) -> list[Converted]:
    """The rows without a reason; the others go to `dropped`."""
    kept = []
    for row in rows:
        (dropped if row.reason else kept).append(row)
    return kept


def _facts(rows: Iterable[Converted]) -> list[tuple[str, str, Tables]]:
    return [(it.row.question, it.gold, it.tables) for it in rows]


def _shared(kept: Sequence[Converted], found: leakage.Overlap) -> Iterator[dict[str, Any]]:
    """The rows that Spider dev has too, with what they share."""
    for place in sorted(found.any()):
        names = [name for name, places in found._asdict().items() if place in places]
        yield {"row": kept[place].row.index, "shares": names, "question": kept[place].row.question}


def _short(reason: str) -> str:
    """A reason without the names in it, to be counted."""
    return re.sub(r"(: | \().*|\bnear \".*", "", reason) or "syntax error"


def _record(found: Converted) -> dict[str, Any]:
    """A question as Spider's files have it."""
    return {"question": found.row.question, "query": found.gold, "db_id": found.db_id, "row": found.row.index}


def _rejected(found: Converted) -> dict[str, Any]:
    return {"row": found.row.index, "reason": found.reason, **dict(zip(FIELDS, found.row[:3], strict=True))}


# --- command --------------------------------------------------------------------------------------------------------
def text(report: Report) -> str:
    """What a person reads."""
    lines = [
        f"rows: {report.rows:,}; training {report.train:,}, validation {report.validation:,}, "
        f"dropped {report.dropped.total():,}"
    ]
    lines += [f"  {count:>7,} {reason}" for reason, count in report.dropped.most_common()]
    if report.overlap is not None:
        shared = ", ".join(f"{name} {count:,}" for name, count in report.overlap.items())
        lines.append(f"rows that Spider dev has too, by what they share: {shared}")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Convert from the command line; returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m text2sql.create_context", description=f"Turn {NAME} into a folder in Spider's layout."
    )
    parser.add_argument(
        "--source", default="hub", help="hub (default), or a .json, .jsonl or .parquet file of its shape"
    )
    parser.add_argument("--out", type=Path, default=Path("spider_data/sql_create_context"), help="the folder to write")
    parser.add_argument("--limit", type=int, default=0, help="rows, spread evenly over the source (default: all)")
    parser.add_argument("--validation", type=float, default=VALIDATION, help="share of the tables that is held out")
    parser.add_argument("--spider", type=Path, help="the official Spider: report what its dev.json has too")
    parser.add_argument("--drop-overlap", action="store_true", help="drop these rows, to evaluate on Spider dev later")
    parser.add_argument("--workers", type=int, default=WORKERS, help="processes that build databases")
    given = parser.parse_args(arguments)
    options = Options(given.validation, given.spider, given.drop_overlap, given.workers)
    try:
        _check(given.limit, options)
        print(text(create(sample(read(given.source), given.limit, 0), given.out, options)))
    except (UserError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(f"Train on it with --data.root {given.out}")
    return 0


def _check(limit: int, options: Options) -> None:
    if limit < 0 or options.workers < 1:
        raise UserError("--limit and --workers: 0 takes all rows, and one process is needed at least")
    if not 0 < options.validation < 1:
        raise UserError(f"--validation: {options.validation} is no share between 0 and 1")
    if options.drop_overlap and not options.spider:
        raise UserError("--drop-overlap: name the folder of the official Spider with --spider")


if __name__ == "__main__":
    sys.exit(main())
