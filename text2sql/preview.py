"""The first rows of a result as text that a model reads."""

from __future__ import annotations

from collections.abc import Sequence

from text2sql.schema import literal, printable
from text2sql.screen import cut


def preview(columns: Sequence[str], rows: Sequence[tuple], *, most_rows: int, characters: int) -> str:
    """The names of the columns, then up to `most_rows` rows, one a line, cells as SQL writes them and long ones cut.

    At most `characters` characters; the last is … where more would follow.
    """
    lines = [map(printable, columns), *(map(literal, row) for row in rows[:most_rows])]
    return cut("\n".join(" | ".join(cells) for cells in lines), characters)
