"""The two files of Spider's official evaluator: one predicted query a line, and one gold query with its db_id.

The format is that of evaluation.py of https://github.com/taoyds/test-suite-sql-eval: what stands behind a tab in a line
of predictions is ignored, and blank lines part dialogues. A file of single questions may hold a blank line for an empty
answer instead; which of the two is meant follows from the number of golds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from text2sql.data import Example, recognise
from text2sql.errors import UserError
from text2sql.files import write_text
from text2sql.layouts import Dataset
from text2sql.prompt import one_line
from text2sql.screen import counted

MAGIC = b"SQLite format 3\0"  # what a database begins with: https://sqlite.org/fileformat.html
NO_SQL = "SELECT"
"""What pred.txt holds for an empty answer: the official evaluator takes an empty line for the end of a dialogue."""


def read_golds(path: Path, root: Path) -> list[Example]:
    """The golds as examples without questions; their databases are those of `root`, a folder in any layout.

    Raises UserError naming the file and the line that can't be read, or whose database is missing or none of SQLite's.
    """
    numbered = [(number, line) for number, line in enumerate(_lines(path), 1) if line.strip()]
    if not numbered:
        raise UserError(f"{path}: no gold in it; a line is a query, a tab and a db_id")
    dataset = recognise(root)
    examples = [_example(line, number, place, path, dataset) for place, (number, line) in enumerate(numbered)]
    for database in {example.database for example in examples}:
        _check(database)
    return examples


def _check(database: Path) -> None:
    """A whole evaluation of golds that can't run would look like an answer."""
    try:
        with database.open("rb") as file:
            head = file.read(len(MAGIC))
    except OSError as error:
        raise UserError(f"{database}: {error.strerror}; set --data.root to a folder that can be read") from None
    if head not in (b"", MAGIC):  # an empty file is an empty database
        raise UserError(f"{database}: it isn't a SQLite database; put the data set's own file there")


def _example(line: str, number: int, place: int, path: Path, dataset: Dataset) -> Example:
    gold, _, db_id = (part.strip() for part in line.rpartition("\t"))
    if not gold or not db_id:
        raise UserError(f"{path}: line {number}: no tab with a db_id behind the query: {line.strip()[:60]!r}")
    db_id, database = dataset.find(db_id)
    if not database.is_file():
        raise UserError(f"{path}: line {number}: no database {database}; set --data.root to the folder that holds it")
    return Example("", gold, db_id, database, place, path.name)


def read_predictions(path: Path, golds: Sequence[Example], gold_path: Path) -> list[str]:
    """One prediction for each gold, "" for an empty answer.

    Raises UserError with both counts when there are more or fewer.
    """
    lines = [line.partition("\t")[0].strip() for line in _lines(path)]
    filled = [line for line in lines if line]
    if len(filled) == len(golds):
        return filled
    if len(lines) == len(golds):
        return lines
    blank = len(lines) - len(filled)
    raise UserError(
        f"{path}: {counted(len(filled), 'prediction')} and {counted(blank, 'blank line')}, but {gold_path} has "
        f"{counted(len(golds), 'gold')}; "
        "write one line for each, in their order"
    )


def write(folder: Path, records: Sequence[Mapping[str, Any]]) -> None:
    """pred.txt and gold.txt of a folder, a line for each record."""
    predictions = (one_line(record["sql"]) or NO_SQL for record in records)
    golds = (f"{one_line(record['gold'])}\t{record['db_id']}" for record in records)
    for name, lines in (("pred.txt", predictions), ("gold.txt", golds)):
        write_text(folder / name, "".join(f"{line}\n" for line in lines))


def _lines(path: Path) -> list[str]:
    """The lines of a UTF-8 file with or without a byte order mark, with any line ends; no other character ends one."""
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise UserError(f"{path}: line {line}: not UTF-8 ({error.reason}); save the file as UTF-8") from None
    except OSError as error:
        raise UserError(f"{path}: {error.strerror}; name the file of predictions, then the file of golds") from None
    lines = text.split("\n")
    return lines[:-1] if lines[-1] == "" else lines
