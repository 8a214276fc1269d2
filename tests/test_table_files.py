"""Tables from .csv, .tsv and .parquet: the values that were written, with types; what is wrong by file and line."""

from __future__ import annotations

import csv
import datetime
import decimal
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from text2sql import own_databases
from text2sql.errors import UserError
from text2sql.own_databases import Source
from text2sql.table_files import DELIMITERS, read


def rows(path: Path) -> tuple[list[tuple[str, str]], list[tuple]]:
    """Columns and rows of a file."""
    table = read(path)
    return table.columns, list(table.rows)


def table(tmp_path: Path, content: str | bytes, name: str = "t.csv") -> tuple[list[tuple[str, str]], list[tuple]]:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return rows(path)


def test_types_follow_from_all_cells(tmp_path):
    content = """id,price,zip,phone,when,nothing,mixed,big,year
1,10.5,01234,+49,2020-01-31,,1,9223372036854775807,2020
-2,3,75001,17,2020-02-01,,a,9223372036854775808,1999
,1e3,,0,,,,0,0
"""
    columns, found = table(tmp_path, content)
    kinds = {"id": "INTEGER", "price": "REAL", "zip": "TEXT", "phone": "TEXT", "when": "TEXT", "nothing": "TEXT"}
    assert dict(columns) == kinds | {"mixed": "TEXT", "big": "TEXT", "year": "INTEGER"}
    assert found[0] == (1, 10.5, "01234", "+49", "2020-01-31", None, "1", "9223372036854775807", 2020)
    assert found[2] == (None, 1000.0, None, "0", None, None, None, "0", 0)


def test_an_integer_that_a_float_cannot_hold_makes_text(tmp_path):
    columns, found = table(tmp_path, "a,b\n0.5,99999999999999999999\n9007199254740993,1\n")
    assert columns == [("a", "TEXT"), ("b", "TEXT")]
    assert found == [("0.5", "99999999999999999999"), ("9007199254740993", "1")]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(tmp_path, delimiter):
    content = f'\ufeffname{delimiter}note\r\nAnn{delimiter}"a, b; c\td|e"\r\n\r\nBob{delimiter}x\r\n'
    columns, found = table(tmp_path, content)
    assert columns == [("name", "TEXT"), ("note", "TEXT")]
    assert found == [("Ann", "a, b; c\td|e"), ("Bob", "x")]


def test_a_tsv_is_separated_by_tabs_whatever_else_is_in_it(tmp_path):
    assert table(tmp_path, "a,b\tc\n1,2\t3\n", "t.tsv")[0] == [("a,b", "TEXT"), ("c", "INTEGER")]


def test_one_column_needs_no_delimiter(tmp_path):
    assert table(tmp_path, "first name\nAnn\nBob\n") == ([("first name", "TEXT")], [("Ann",), ("Bob",)])


def test_names_and_cells_may_hold_lines_and_quotes(tmp_path):
    columns, found = table(tmp_path, '"my ""x""","select"\n"two\nlines",1\n')
    assert columns == [('my "x"', "TEXT"), ("select", "INTEGER")] and found == [("two\nlines", 1)]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", r"t\.csv:1: no header"),
        ("a,b\n1,2\n1,2,3\n", r"t\.csv:3: 3 cells, but the header has 2"),
        ('a,b\n"x\ny",2\n1\n', r"t\.csv:4: 1 cells, but the header has 2"),
        ("1,Ann\n2,Bob\n", r"t\.csv:1: 1 is no column's name; write the names into the first line"),
        (",a\n0,1\n", r"t\.csv:1: column 1 has no name"),
        ("a,b,A\n1,2,3\n", r"t\.csv:1: two columns are called 'a'"),
        ('a,b\n1,2\n3,"x\n', r"t\.csv:3: unexpected end of data"),
        (b"a,b\n1,\xe9\n", r"t\.csv:\d: not UTF-8"),
    ],
)
def test_what_is_wrong_is_one_line_with_the_line_of_the_file(tmp_path, content, message):
    with pytest.raises(UserError, match=message) as caught:
        table(tmp_path, content)
    assert "\n" not in str(caught.value)


def test_a_column_that_is_text_because_of_one_cell_is_noted(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("name,total,code\nx,1.5,A1\ny,NA,2\nz,n/a,3\n")
    assert read(path).notes == [f"{path}:3: column total is text, because 'NA' is no number"]


NUMBER = re.compile(r"\s*-?[0-9.]+(?:[eE][+-]?[0-9]+)?\s*")
TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1)
CELLS = {
    "INTEGER": st.integers(-(2**63), 2**63 - 1),
    "REAL": st.floats(allow_nan=False, allow_infinity=False),
    "TEXT": TEXTS.filter(lambda text: not NUMBER.fullmatch(text)),
}


@st.composite
def tables(draw: Any) -> tuple[list[tuple[str, str]], list[list]]:
    """Columns with their types, and rows with None in them."""
    names = draw(st.lists(TEXTS.map(lambda text: f"c{text}".strip()), min_size=1, max_size=4, unique_by=str.lower))
    kinds = [draw(st.sampled_from(sorted(CELLS))) for _ in names]
    row = st.tuples(*(st.none() | CELLS[kind] for kind in kinds)).map(list)
    return list(zip(names, kinds, strict=True)), draw(st.lists(row, max_size=8))


@given(tables(), st.sampled_from(DELIMITERS), st.booleans())
def test_values_imported_are_the_values_written(tmp_path_factory, written, delimiter, quotes_all):
    """Where only what must be is quoted, another delimiter in a text can be taken for the delimiter."""
    columns, cells = written
    texts = [name for name, _ in columns] + [cell for row in cells for cell in row if isinstance(cell, str)]
    assume(quotes_all or not any(mark in text for mark in DELIMITERS for text in texts))
    root = tmp_path_factory.mktemp("csv")
    path = root / "my table.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=delimiter, quoting=csv.QUOTE_ALL if quotes_all else csv.QUOTE_MINIMAL)
        writer.writerows([[name for name, _ in columns], *cells])
    with closing(sqlite3.connect(own_databases.built(root, Source("t", (path,))))) as connection:
        found = connection.execute('SELECT * FROM "my table"').fetchall()
        described = connection.execute("SELECT name, type FROM pragma_table_info('my table')").fetchall()
    assert found == [tuple(row) for row in cells]
    filled = [any(row[place] is not None for row in cells) for place in range(len(columns))]
    assert described == [(name, kind if some else "TEXT") for (name, kind), some in zip(columns, filled, strict=True)]


def test_parquet_types_become_those_of_sqlite(tmp_path):
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    moment = datetime.datetime(2020, 1, 2, 3, 4, 5)
    columns = {
        "i": pyarrow.array([1, None], pyarrow.int32()),
        "f": pyarrow.array([0.5, float("nan")]),
        "b": pyarrow.array([True, False]),
        "s": pyarrow.array(["x", ""]),
        "bytes": pyarrow.array([b"\0", None]),
        "day": pyarrow.array([datetime.date(2020, 1, 2), None]),
        "at": pyarrow.array([moment, None], pyarrow.timestamp("ns")),
        "price": pyarrow.array([decimal.Decimal("1.25"), None]),
        "list": pyarrow.array([[1, 2], None]),
        "kind": pyarrow.array(["a", "a"]).dictionary_encode(),
    }
    path = tmp_path / "t.parquet"
    parquet.write_table(pyarrow.table(columns), path)
    kinds = ("INTEGER", "REAL", "INTEGER", "TEXT", "BLOB", "TEXT", "TEXT", "REAL", "TEXT", "TEXT")
    assert read(path).columns == list(zip(columns, kinds, strict=True))
    with closing(sqlite3.connect(own_databases.built(tmp_path, Source("t", (path,))))) as connection:
        first, second = connection.execute("SELECT * FROM t").fetchall()
    assert first == (1, 0.5, 1, "x", b"\0", "2020-01-02", "2020-01-02 03:04:05", 1.25, "[1, 2]", "a")
    assert second == (None, None, 0, "", None, None, None, None, None, "a")


def test_a_broken_parquet_file_is_named(tmp_path):
    pytest.importorskip("pyarrow")
    with pytest.raises(UserError, match=r"t\.parquet: not a readable Parquet file"):
        table(tmp_path, b"PAR1 no", "t.parquet")
