"""HTML that can't be broken out of: every text is escaped unless it is Html already."""

from __future__ import annotations

import html
import json
from urllib.parse import urlencode

VOID = ("br", "hr", "img", "input", "meta")


class Html(str):
    """Text that is HTML, made by `element` or `join`."""


def element(name: str, *content: object, **attributes: object) -> Html:
    """<name ...>content</name>. Content is escaped unless it is Html; None is left out.

    Attributes: `class_` for class, `_` for a dash; None and False leave one out, True writes its name alone.
    """
    written = "".join(_attribute(key, value) for key, value in attributes.items() if value not in (None, False))
    return Html(f"<{name}{written}>" if name in VOID else f"<{name}{written}>{join(*content)}</{name}>")


def _attribute(name: str, value: object) -> str:
    dashed = name.rstrip("_").replace("_", "-")
    return f" {dashed}" if value is True else f' {dashed}="{html.escape(str(value))}"'


def join(*content: object) -> Html:
    """Pieces of content one after the other, escaped unless they are Html; None is left out."""
    return Html(
        "".join(piece if isinstance(piece, Html) else html.escape(str(piece)) for piece in content if piece is not None)
    )


def lines(pieces: list[Html]) -> Html:
    """Elements, each on a line of its own."""
    return Html("\n".join(pieces))


def json_block(value: object) -> Html:
    """JSON for a <script> element: <, > and & are escaped, so that nothing in it ends the script or begins a comment;
    what isn't ASCII (U+2028 and lone surrogates among it) is written as \\u escapes."""
    written = json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return Html(written.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e"))


def examples_link(label: object, title: str = "", **filters: str) -> Html:
    """A link that shows the examples that pass these filters, whose names examples.js knows."""
    return element("a", label, href="#" + urlencode(filters, errors="replace"), title=title or None)
