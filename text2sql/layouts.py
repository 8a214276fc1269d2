"""Which data set a folder holds, told by the files that are there, and its questions as examples.

A layout is one small function that looks for its files: Spider and its variants, BIRD, and one's own questions.jsonl.
"""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from text2sql import own_databases
from text2sql.errors import UserError
from text2sql.rewrite import plain

SPLITS = ("train", "dev")
SPIDER = {"train": "train_spider.json", "dev": "dev.json"}
OTHERS = "train_others.json"
DEV_SHARE = 0.2
"""Share of the different SQL that goes to dev where a questions.jsonl doesn't say so itself."""
REMEDY = (
    "run `make spider` for Spider or `python -m text2sql.create_context` for sql-create-context,"
    " or name a folder in one of the layouts with --data.root"
)
MOST_LISTED = 3


@dataclass(frozen=True)
class Example:
    """One question with its gold SQL; `index` counts the records (.json) or lines (.jsonl) of `source` from 0."""

    question: str
    gold: str
    db_id: str
    database: Path
    index: int
    source: str
    evidence: str = ""
    """What one has to know for the answer, on one line, as BIRD gives it."""

    def place(self) -> str:
        """Where the question stands, as an editor finds it."""
        return _place(self.source, self.index)


@dataclass(frozen=True)
class Fields:
    """How a layout names what a question consists of."""

    question: str = "question"
    gold: str = "query"
    db: str = "db_id"
    evidence: str = "evidence"


@dataclass(frozen=True)
class Dataset:
    """A folder that was recognised."""

    root: Path
    layout: str
    files: Mapping[str, Path]
    """Split -> its file of questions; one file for both splits is divided."""
    find: Callable[[str], tuple[str, Path]]
    """A database as the questions name it -> its db_id and file. UserError where none can be meant."""
    fields: Fields = field(default_factory=Fields)
    tables: Path | None = None
    """Spider's tables.json of these databases."""
    only: str = ""
    """The one database that is meant where a question names none."""
    remedy: str = REMEDY
    built_from: Sequence[own_databases.Source] = ()
    """What one's own databases are read from."""

    def __str__(self) -> str:
        names = dict.fromkeys(str(path.relative_to(self.root)) for path in self.files.values())
        return f"{self.root}: {self.layout} ({', '.join(names)})"

    def splits(self) -> list[str]:
        """The splits that the data set has."""
        return [split for split in SPLITS if split in self.files]


def recognise(root: Path | str) -> Dataset:
    """The data set in a folder; UserError says what was looked for where there is none."""
    root = Path(root)
    for layout in LAYOUTS:
        if found := layout(root):
            return found
    if not root.is_dir():
        raise UserError(f"{root}: no such folder; {REMEDY}")
    raise UserError(f"{root}: no data set in it, looked for {'; '.join(LAYOUTS.values())}; {REMEDY}")


def _own(root: Path) -> Dataset | None:
    """questions.jsonl, or questions.train.jsonl and questions.dev.jsonl, beside one's own databases."""
    one = root / "questions.jsonl"
    several = {split: root / f"questions.{split}.jsonl" for split in SPLITS}
    files = dict.fromkeys(SPLITS, one) if one.is_file() else {s: path for s, path in several.items() if path.is_file()}
    if not files:
        return None
    known = own_databases.sources(root)
    return Dataset(
        root,
        "your own questions",
        files,
        functools.cache(lambda name: own_databases.opened(root, known, name)),
        Fields("question", "sql", "db"),
        only=known[0].name if len(known) == 1 else "",
        remedy="see docs/your-data.md",
        built_from=known,
    )


def _bird(root: Path) -> Dataset | None:
    """BIRD (Li et al., NeurIPS 2023): train/train.json and dev_<date>/dev.json as they are unpacked, or Mini-Dev."""
    found = {split: path for split in SPLITS for path in _bird_files(root, split)}
    if not found:
        return None
    folders = [path.parent / f"{split}_databases" for split, path in found.items()]
    remedy = f"unzip the databases into {' and '.join(map(str, folders))}"
    return Dataset(root, "BIRD", found, _in_folders(folders), Fields(gold="SQL"), remedy=remedy)


def _bird_files(root: Path, split: str) -> list[Path]:
    """The file of a split; the last one counts, which is the newest release."""
    names = [f"{split}/{split}.json", f"{split}.json", f"{split}_*/{split}.json"]
    names += ["mini_dev_sqlite.json", "MINIDEV/mini_dev_sqlite.json"] if split == "dev" else []
    paths = [path for name in reversed(names) for path in sorted(root.glob(name))]
    marks = f"{split}_databases*", f"{split}_tables.json"
    return [path for path in paths if any(found for mark in marks for found in path.parent.glob(mark))]


def _spider_syn(root: Path) -> Dataset | None:
    """Spider-Syn (Gan et al., ACL 2021): Spider's questions in other words, on Spider's databases; or its checkout."""
    folder = root if any((root / name).is_file() for name in SPIDER.values()) else root / "Spider-Syn"
    files = {split: folder / name for split, name in SPIDER.items() if _holds(folder / name, '"SpiderSynQuestion"')}
    return _variant(root, "Spider-Syn", files, Fields("SpiderSynQuestion"))


def _spider(root: Path) -> Dataset | None:
    """The official Spider (Yu et al., EMNLP 2018), or one's own data in its layout."""
    files = {split: root / name for split, name in SPIDER.items()}
    if not any(path.exists() for path in (*files.values(), root / "database")):
        return None
    return Dataset(root, "Spider's layout", files, _in_folders([root / "database"]), tables=_first(root, "tables.json"))


def _spider_dk(root: Path) -> Dataset | None:
    """Spider-DK (Gan et al., EMNLP 2021): domain knowledge, on three databases of its own and on Spider's."""
    return _variant(root, "Spider-DK", {"dev": root / "Spider-DK.json"})


def _spider_realistic(root: Path) -> Dataset | None:
    """Spider-Realistic (Deng et al., NAACL 2021): no column names in the questions, on Spider's databases."""
    return _variant(root, "Spider-Realistic", {"dev": root / "spider-realistic.json"})


def _variant(root: Path, name: str, files: dict[str, Path], fields: Fields | None = None) -> Dataset | None:
    """A variant of Spider, whose databases are in its own folder, in one above it, or in spider_data beside it."""
    files = {split: path for split, path in files.items() if path.is_file()}
    if not files or ("train" not in files and (root / "dev.json").is_file()):  # Spider itself, with the file in it
        return None
    above = root.absolute().parents[:2]
    homes = [root, *above, *(folder / "spider_data" for folder in above)]
    remedy = f"put the folder into that of Spider, or Spider's database folder into {root}"
    tables = next((found for home in homes if (found := _first(home, "tables.json"))), None)
    find = _in_folders([home / "database" for home in homes])
    return Dataset(root, name, files, find, fields or Fields(), tables, remedy=remedy)


LAYOUTS: dict[Callable[[Path], Dataset | None], str] = {
    _own: "questions.jsonl (your own)",
    _bird: "dev.json with dev_databases/ (BIRD)",
    _spider_syn: "dev.json with SpiderSynQuestion (Spider-Syn)",
    _spider_dk: "Spider-DK.json",
    _spider_realistic: "spider-realistic.json",
    _spider: "train_spider.json, dev.json or database/ (Spider)",
}
"""Layout -> what it is recognised by. The first that finds its files is taken."""


def _in_folders(folders: Sequence[Path]) -> Callable[[str], tuple[str, Path]]:
    """Finds <db_id>/<db_id>.sqlite in the first of the folders that has it, else names that of the first folder."""

    def find(db_id: str) -> tuple[str, Path]:
        paths = [folder / db_id / f"{db_id}.sqlite" for folder in folders]
        return db_id, next((path for path in paths if path.is_file()), paths[0])

    return find


def _first(folder: Path, name: str) -> Path | None:
    return folder / name if (folder / name).is_file() else None


def _holds(path: Path, text: str) -> bool:
    """Whether the beginning of a file has this text."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return text.encode() in file.read(4096)


def read(dataset: Dataset, split: str, *, include_others: bool = False) -> tuple[list[Example], list[str]]:
    """The examples of a split in the order of its file, and what is wrong with the others, each with its place.

    Raises UserError where a file can't be read at all, or the data set lacks the split.
    """
    if split not in SPLITS:
        raise UserError(f"split: {split!r} is not one of {', '.join(SPLITS)}")
    if split not in dataset.files:
        raise UserError(
            f"{dataset.root}: {dataset.layout} has no {split} questions, only {', '.join(dataset.files)}; "
            "train on another data set, and evaluate on this one with --data.root"
        )
    paths = [dataset.files[split], *[dataset.root / OTHERS] * (include_others and split == "train")]
    mistakes: dict[str, str] = {}
    found = [pair for path in paths for pair in _examples(dataset, path, mistakes)]
    if len(set(dataset.files.values())) < len(dataset.files):
        sides = _sides(found, mistakes)
        found = [pair for pair, side in zip(found, sides, strict=True) if side == split]
    return [example for example, _ in found], [f"{place}: {mistake}" for mistake, place in mistakes.items()]


def _examples(dataset: Dataset, path: Path, mistakes: dict[str, str]) -> Iterator[tuple[Example, dict]]:
    """The examples of one file with their records; `mistakes` gets each mistake with the first place that has it."""
    for index, record in _records(path, dataset, mistakes):
        try:
            yield _example(dataset, record, index, path), record
        except UserError as error:
            mistakes.setdefault(str(error), _place(path, index))


def _place(path: Path | str, index: int) -> str:
    return f"{path}:{index + 1}" if str(path).endswith(".jsonl") else f"{path}: record {index}"


def _records(path: Path, dataset: Dataset, mistakes: dict[str, str]) -> Iterator[tuple[int, Any]]:
    """The records of a JSON list, or of the lines of a .jsonl file that aren't blank."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise UserError(f"{path}: no such file; {dataset.remedy}") from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise UserError(f"{path}:{line}: not UTF-8 ({error.reason}); save the file as UTF-8") from None
    if path.suffix == ".jsonl":
        yield from _lines(text, path, mistakes)
    else:
        yield from enumerate(_list(text, path, dataset.fields))


def _lines(text: str, path: Path, mistakes: dict[str, str]) -> Iterator[tuple[int, Any]]:
    for index, line in enumerate(text.split("\n")):
        if not line.strip():
            continue
        try:
            yield index, json.loads(line)
        except ValueError as error:
            mistakes.setdefault(f"not valid JSON ({error})", _place(path, index))


def _list(text: str, path: Path, fields: Fields) -> list:
    try:
        records = json.loads(text)
    except ValueError as error:
        raise UserError(f"{path}: not valid JSON ({error})") from None
    if not isinstance(records, list) or not records:
        wanted = ", ".join((fields.question, fields.gold, fields.db))
        raise UserError(f"{path}: a JSON list of records is needed, with {wanted} in each")
    return records


def _example(dataset: Dataset, record: Any, index: int, path: Path) -> Example:
    """One record as an Example; UserError, without the place, where it can't be one."""
    fields = dataset.fields
    if dataset.only and isinstance(record, dict):
        record.setdefault(fields.db, dataset.only)
    for name in (fields.question, fields.gold, fields.db):
        value = record.get(name) if isinstance(record, dict) else None
        if not isinstance(value, str) or not value.strip():
            raise UserError(f"field {name!r} is missing, empty or not a text")
    evidence = record.get(fields.evidence)
    known = " ".join(evidence.split()) if isinstance(evidence, str) else ""
    db_id, database = dataset.find(record[fields.db])
    question, gold = record[fields.question], record[fields.gold]
    return Example(" ".join(question.split()), gold.strip(), db_id, database, index, path.name, known)


def _sides(found: Sequence[tuple[Example, dict]], mistakes: dict[str, str]) -> list[str]:
    """The split of each question of one file: what its field `split` says, else that of its SQL."""
    own = [record.get("split") for _, record in found]
    free = [example.gold for (example, _), said in zip(found, own, strict=True) if said is None]
    by_gold = divided(free)
    for (example, _), said in zip(found, own, strict=True):
        if said is not None and said not in SPLITS:
            mistakes.setdefault(f"field 'split': {said!r} is neither train nor dev", example.place())
    return [by_gold[plain(it.gold)] if said is None else said for (it, _), said in zip(found, own, strict=True)]


def divided(golds: Sequence[str], dev_share: float = DEV_SHARE) -> dict[str, str]:
    """SQL in plain form -> "train" or "dev", by its hash: the same SQL is never on both sides, and new questions
    don't move old ones. A side that would stay empty gets the SQL that is next to it.
    """
    order = sorted({plain(gold) for gold in golds}, key=_fraction)
    count = sum(_fraction(gold) < dev_share for gold in order)
    if len(order) > 1:
        count = min(max(count, 1), len(order) - 1)
    return {gold: "dev" if place < count else "train" for place, gold in enumerate(order)}


def _fraction(text: str) -> float:
    """A number in [0, 1) that depends on the text only."""
    return int.from_bytes(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:6], "big") / 2**48


def missing(examples: Sequence[Example], remedy: str = REMEDY) -> str:
    """What to say where database files are missing, each named once; "" where none is."""
    wanted: dict[tuple[Path, str], int] = {}
    for example in examples:
        key = example.database, example.source
        wanted[key] = wanted.get(key, 0) + 1
    lost = [f"{path} ({count} examples of {name})" for (path, name), count in wanted.items() if not path.is_file()]
    more = f" and {len(lost) - MOST_LISTED} more" if len(lost) > MOST_LISTED else ""
    return f"no such database: {', '.join(lost[:MOST_LISTED])}{more}; {remedy}" if lost else ""
