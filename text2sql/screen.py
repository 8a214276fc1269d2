"""Text as people read it: numbers with their nouns, and texts, tables and columns as wide as a screen."""

from __future__ import annotations

import itertools
import textwrap
from collections.abc import Sequence

INDENT, LABEL = 4, 10  # characters
MOST_LINES = 4  # of one text
NULL = "NULL"
GAP = "  "  # between columns
NARROWEST = 4  # column of a table


def counted(number: int, noun: str) -> str:
    """1 step, 2 steps, 1,034 questions."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def cut(text: str, width: int) -> str:
    """At most `width` characters of a text, the last of them … where it goes on."""
    return text if len(text) <= width else text[: max(0, width - 1)] + "…"[:width]


def labelled(label: str, text: str, width: int) -> list[str]:
    """A text behind its label, its blanks made one, on as many lines as it takes, but at most MOST_LINES."""
    start = f"{'':{INDENT}}{label:<{LABEL}}"
    return wrapped(text, width, first=start, rest=" " * len(start)) or [start.rstrip()]


def wrapped(text: str, width: int, *, first: str = "", rest: str = "") -> list[str]:
    """At most MOST_LINES lines of a text, its blanks made one, behind what the first and the other lines begin with."""
    return textwrap.wrap(
        " ".join(text.split()),
        width=max(width, 2 * len(first)),
        initial_indent=first,
        subsequent_indent=rest,
        max_lines=MOST_LINES,
        placeholder=" …",
    )


def grid(
    columns: Sequence[str], rows: Sequence[Sequence[str | None]], numeric: Sequence[bool], width: int
) -> list[str]:
    """A table's lines: the head, a rule, the rows, with numbers to the right; of columns that don't fit in the first
    ones, and longer cells cut."""
    cells = [[NULL if cell is None else " ".join(cell.split()) for cell in row] for row in (columns, *rows)]
    fits = max(1, (width + len(GAP)) // (NARROWEST + len(GAP)))
    cells = [row[:fits] for row in cells]
    widths = _widths([max(map(len, column)) for column in zip(*cells, strict=True)], width)
    right = [*numeric, *[False] * len(columns)]  # without a row nothing is known of a column
    lines = [GAP.join(_cell(*each) for each in zip(row, widths, right, strict=False)).rstrip() for row in cells]
    return [lines[0], "-" * min(width, sum(widths) + len(GAP) * (len(widths) - 1)), *lines[1:]]


def _widths(wanted: list[int], width: int) -> list[int]:
    """The widths of columns that together fit; the widest gives way first."""
    most = width - len(GAP) * (len(wanted) - 1)
    while sum(wanted) > most and max(wanted) > 1:
        widest = wanted.index(max(wanted))
        wanted[widest] -= 1
    return wanted


def _cell(text: str, width: int, right: bool) -> str:
    return f"{cut(text, width):>{width}}" if right else f"{cut(text, width):<{width}}"


def beside(blocks: Sequence[Sequence[str]], width: int) -> list[str]:
    """Blocks of lines side by side, each as wide as the others and no line of it wider than `share` says."""
    room = share(len(blocks), width)
    rows = itertools.zip_longest(*blocks, fillvalue="")
    return [GAP.join(f"{line:<{room}}" for line in row).rstrip() for row in rows]


def share(blocks: int, width: int) -> int:
    """The width of each of so many blocks side by side."""
    return (width - len(GAP) * (blocks - 1)) // blocks
