"""Text as wide as a screen."""

from __future__ import annotations

import textwrap

INDENT, LABEL = 4, 10  # characters
MOST_LINES = 4  # of one text


def cut(text: str, width: int) -> str:
    """At most `width` characters of a line, the last of them … where it goes on."""
    return text if len(text) <= width else text[: width - 1] + "…"


def labelled(label: str, text: str, width: int) -> list[str]:
    """A text behind its label, its blanks made one, on as many lines as it takes, but at most MOST_LINES."""
    start = f"{'':{INDENT}}{label:<{LABEL}}"
    room = {"width": max(width, 2 * len(start)), "max_lines": MOST_LINES, "placeholder": " …"}
    text = " ".join(text.split())
    return textwrap.wrap(text, initial_indent=start, subsequent_indent=" " * len(start), **room) or [start.rstrip()]
