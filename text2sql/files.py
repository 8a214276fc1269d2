"""Write files that others read: under a temporary name, then renamed, so that nobody ever sees half of one."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from text2sql.errors import UserError


def sha256(path: Path) -> str | None:
    """The SHA-256 of a file in hexadecimal; None where there is no such file."""
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else None


def write_text(path: Path, text: str) -> None:
    """Write a text in UTF-8, and its folder where there is none; a lone surrogate becomes a question mark.

    Raises UserError naming the file where it can't be written; what was there before stays then.
    """
    partial = path.with_name(path.name + ".partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.write_text(text, encoding="utf-8", errors="replace", newline="\n")
        os.replace(partial, path)
    except OSError as error:
        raise UserError(f"{path}: it can't be written ({error.strerror}); make room there, or name another") from error
    finally:
        with contextlib.suppress(OSError):  # there is none where all went well
            partial.unlink()


def write_json(path: Path, value: Any) -> None:
    """Write JSON for people to read; what JSON doesn't know, such as a path, as its text."""
    write_text(path, json.dumps(value, indent=2, ensure_ascii=False, default=str) + "\n")


def write_lines(path: Path, values: Iterable[Any]) -> None:
    """Write JSON Lines: one value a line."""
    write_text(path, "".join(json.dumps(value, ensure_ascii=False) + "\n" for value in values))
