"""Texts and tables keep within their width, whatever they hold."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from text2sql.screen import beside, counted, cut, grid, labelled, share

words = st.text("ab \n\té-", max_size=40)
widths = st.integers(24, 130)
tables = st.integers(1, 9).flatmap(
    lambda n: st.tuples(
        st.lists(words, min_size=n, max_size=n),
        st.lists(st.lists(st.none() | words, min_size=n, max_size=n), max_size=4),
        st.lists(st.booleans(), min_size=n, max_size=n),
    )
)


def test_one_is_no_plural() -> None:
    assert [counted(number, "step") for number in (0, 1, 2, 1034)] == ["0 steps", "1 step", "2 steps", "1,034 steps"]


@given(tables, widths)
def test_a_table_keeps_its_rows_and_its_width(table, width) -> None:
    columns, rows, numeric = table
    lines = grid(columns, rows, numeric if rows else [], width)
    assert len(lines) == 2 + len(rows) and max(map(len, lines)) <= width


def test_a_table_reads_well() -> None:
    assert grid(["name", "age"], [["Ada\nL.", "36"], [None, "7"]], [False, True], 40) == [
        "name    age",
        "-----------",
        "Ada L.   36",
        "NULL      7",
    ]
    assert grid(["a" * 20, "b"], [["x" * 20, "1"]], [False, True], 12) == ["aaaaaaaa…  b", "-" * 12, "xxxxxxxx…  1"]


@given(st.lists(st.lists(st.text("ab", max_size=12), max_size=4), min_size=1, max_size=3))
def test_blocks_side_by_side_keep_every_line(blocks) -> None:
    lines = beside(blocks, 40)
    room = share(len(blocks), 40)
    for place, block in enumerate(blocks):
        column = [line[place * (room + 2) :][:room].rstrip() for line in lines]
        assert column[: len(block)] == block and not any(column[len(block) :])


@given(words, widths)
def test_a_labelled_text_keeps_its_words_and_its_width(text, width) -> None:
    lines = labelled("gold", text, max(width, 60))
    assert max(map(len, lines)) <= max(width, 60)
    assert " ".join(" ".join(lines).split()).replace("gold", "", 1).replace(" ", "") == "".join(text.split())


def test_a_long_text_ends_in_dots() -> None:
    lines = labelled("gold", "word " * 200, 80)
    assert len(lines) == 4 and lines[-1].endswith(" …") and all(line.startswith("    ") for line in lines)
    assert (cut("abcdef", 4), cut("abcd", 4)) == ("abc…", "abcd")
