"""Files that hold one table each, .csv, .tsv and .parquet, with the types that SQLite gives their columns."""

from __future__ import annotations

import csv
import datetime
import decimal
import json
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from text2sql.errors import UserError

SUFFIXES = (".csv", ".tsv", ".parquet")
DELIMITERS = ",;\t|"
LOOKED_AT = 100
"""Rows that tell the delimiter."""
LONGEST_CELL = 100_000_000
"""Characters; the csv module's own limit is 131,072."""

_INTEGER = re.compile(r"0|-?[1-9][0-9]*")
_REAL = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_YEAR = re.compile(r"[12][0-9]{3}")


@dataclass(frozen=True)
class Table:
    """What a file holds."""

    columns: list[tuple[str, str]]
    """(name, INTEGER, REAL, TEXT or BLOB)."""
    rows: Iterator[tuple]
    """Cells as SQLite stores them; raises UserError, with the line, at the first row that can't be read."""
    notes: list[str]
    """Columns that are text because of one cell among numbers, each with the line of that cell."""


def read(path: Path) -> Table:
    """The table in a file. Raises UserError, with the line of a text file, where it holds none."""
    return _parquet(path) if path.suffix.lower() == ".parquet" else _csv(path)


def _csv(path: Path) -> Table:
    """A table of text: a header, then rows of as many cells, in UTF-8 with or without a byte order mark.

    An empty cell is NULL. A column is INTEGER or REAL if all its cells are, written as a number is (007 and +49 are
    text); all else is TEXT as it stands there, dates too.
    """
    delimiter = "\t" if path.suffix.lower() == ".tsv" else _delimiter(path)
    header = _header(path, delimiter)
    types, notes = _types(path, delimiter, header)
    convert = [_CONVERT[kind] for kind in types]
    rows = (
        tuple([change(cell) if cell else None for change, cell in zip(convert, row, strict=True)])
        for _, row in _rows(path, delimiter, len(header))
    )
    return Table(list(zip(header, types, strict=True)), rows, notes)


_CONVERT: dict[str, Callable[[str], Any]] = {"INTEGER": int, "REAL": float, "TEXT": str}


def _records(path: Path, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Each row with the line that it begins on; blank lines are passed over."""
    csv.field_size_limit(LONGEST_CELL)
    line = 1
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, delimiter=delimiter, strict=True)
            for row in reader:
                if row:
                    yield line, row
                line = reader.line_num + 1
    except UnicodeDecodeError as error:
        raise UserError(f"{path}:{line}: not UTF-8 at or after this line ({error.reason}); save it as UTF-8") from None
    except csv.Error as error:
        raise UserError(f"{path}:{line}: {error}; a quote within quotes is written twice") from None


def _delimiter(path: Path) -> str:
    """The one that gives the first rows the same number of cells, the more the better; a comma where none does."""
    return max(DELIMITERS, key=lambda delimiter: _fitness(path, delimiter))


def _fitness(path: Path, delimiter: str) -> tuple[bool, int]:
    """Whether all of the first rows have the same number of cells, above 1, and how many the header has."""
    widths: list[int] = []
    try:
        widths += (len(row) for (_, row), _ in zip(_records(path, delimiter), range(LOOKED_AT), strict=False))
    except UserError:
        widths.append(0)  # the reader says later what is wrong
    return len(set(widths)) == 1 and widths[0] > 1, widths[0] if widths else 0


def _header(path: Path, delimiter: str) -> list[str]:
    """The names of the columns."""
    line, row = next(_records(path, delimiter), (1, []))
    names = [name.strip() for name in row]
    if not names:
        raise UserError(f"{path}:{line}: no header; write the names of the columns into the first line")
    if "" in names:
        raise UserError(f"{path}:{line}: column {names.index('') + 1} has no name in the header")
    number = next((name for name in names if _REAL.fullmatch(name) and not _YEAR.fullmatch(name)), None)
    if number:
        raise UserError(f"{path}:{line}: {number} is no column's name; write the names into the first line")
    lowered = [name.lower() for name in names]
    twice = next((name for name in names if lowered.count(name.lower()) > 1), None)
    if twice:
        raise UserError(f"{path}:{line}: two columns are called {twice!r}; rename one")
    return names


def _rows(path: Path, delimiter: str, width: int) -> Iterator[tuple[int, list[str]]]:
    """The rows below the header with their lines."""
    records = _records(path, delimiter)
    next(records)
    for line, row in records:
        if len(row) != width:
            remedy = f"put a text with {delimiter!r} in it into quotes"
            raise UserError(f"{path}:{line}: {len(row)} cells, but the header has {width}; {remedy}")
        yield line, row


def _types(path: Path, delimiter: str, header: list[str]) -> tuple[list[str], list[str]]:
    """INTEGER, REAL or TEXT of each column, and what to say of those that are TEXT because of few cells."""
    width, notes = len(header), []
    integer, real, filled = [True] * width, [True] * width, [False] * width
    open_ones = list(range(width))  # columns that can still be numbers
    for line, row in _rows(path, delimiter, width):
        for place in [place for place in open_ones if row[place]]:
            cell = row[place]
            integer[place] = integer[place] and _is_integer(cell)
            real[place] = real[place] and _is_real(cell)
            if not (integer[place] or real[place]):
                open_ones.remove(place)
                said = f"{path}:{line}: column {header[place]} is text, because {cell[:40]!r} is no number"
                notes += [said] * filled[place]
            filled[place] = True
    kinds = zip(integer, real, filled, strict=True)
    types = ["TEXT" if not some else "INTEGER" if whole else "REAL" if real else "TEXT" for whole, real, some in kinds]
    return types, notes


def _is_integer(cell: str) -> bool:
    """Whether the cell is an integer of at most 64 bits, as SQLite's are."""
    cell = cell.strip()
    return len(cell) <= 20 and bool(_INTEGER.fullmatch(cell)) and -(2**63) <= int(cell) < 2**63


def _is_real(cell: str) -> bool:
    """Whether the cell is a number that a float holds: a longer integer would lose digits."""
    cell = cell.strip()
    if not _REAL.fullmatch(cell) or not math.isfinite(float(cell)):
        return False
    return not _INTEGER.fullmatch(cell) or float(cell) == int(cell)


def _parquet(path: Path) -> Table:
    """A Parquet file, batch by batch."""
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError:
        raise UserError(f"{path}: pyarrow isn't installed; pip install pyarrow, or save the table as .csv") from None
    try:
        file = parquet.ParquetFile(path)
    except (OSError, pyarrow.ArrowException) as error:
        raise UserError(f"{path}: not a readable Parquet file ({error})") from None
    columns = [(column.name, _sqlite_type(column.type)) for column in file.schema_arrow]
    return Table(columns, _parquet_rows(file, path), [])


def _parquet_rows(file: Any, path: Path) -> Iterator[tuple]:
    import pyarrow

    try:
        for batch in file.iter_batches():
            yield from zip(*map(_cells, batch.columns), strict=True)
    except (OSError, pyarrow.ArrowException) as error:
        raise UserError(f"{path}: broken Parquet file ({error})") from None


def _sqlite_type(kind: Any) -> str:
    """The type of a column by its Arrow type."""
    from pyarrow import types

    if types.is_dictionary(kind):
        return _sqlite_type(kind.value_type)
    if types.is_integer(kind) or types.is_boolean(kind):
        return "INTEGER"
    if types.is_floating(kind) or types.is_decimal(kind):
        return "REAL"
    return "BLOB" if types.is_binary(kind) or types.is_large_binary(kind) else "TEXT"


def _cells(column: Any) -> list:
    """The cells of a column as SQLite stores them; times of nanoseconds lose all below a microsecond."""
    from pyarrow import timestamp, types

    if types.is_timestamp(column.type) and column.type.unit == "ns":
        column = column.cast(timestamp("us", tz=column.type.tz), safe=False)
    return [_cell(value) for value in column.to_pylist()]


def _cell(value: Any) -> Any:
    """One value: dates and times as ISO text, decimals as real, lists and records as JSON."""
    if isinstance(value, datetime.datetime):
        return value.isoformat(" ")
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, decimal.Decimal):
        return float(value)
    if isinstance(value, list | dict | tuple):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value) if isinstance(value, datetime.timedelta) else value
