"""Files are whole or not there."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from text2sql.errors import UserError
from text2sql.files import write_json, write_lines, write_text


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


@given(st.text())
def test_a_text_is_read_as_it_was_written(tmp_path_factory, text):
    path = tmp_path_factory.getbasetemp() / "texts" / "a.txt"
    write_text(path, text)
    assert path.read_bytes() == text.encode() and names(path.parent) == ["a.txt"]


def test_a_lone_surrogate_is_no_reason_to_write_nothing(tmp_path):
    write_lines(tmp_path / "a.jsonl", [{"sql": "a\ud800b\u2028"}])
    assert (tmp_path / "a.jsonl").read_text("utf-8").split("\n") == ['{"sql": "a?b\u2028"}', ""]


def test_json_knows_paths_and_folders_are_made(tmp_path):
    write_json(tmp_path / "new" / "a.json", {"text": "é", "path": Path("x")})
    assert json.loads((tmp_path / "new" / "a.json").read_text("utf-8")) == {"text": "é", "path": "x"}
    assert names(tmp_path / "new") == ["a.json"]


def test_what_was_there_stays_where_writing_fails(tmp_path, monkeypatch):
    path = tmp_path / "a.txt"
    write_text(path, "old")

    def full(source, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(UserError, match=r"a\.txt: it can't be written \(No space left on device\)"):
        write_text(path, "new")
    assert path.read_text() == "old" and names(tmp_path) == ["a.txt"]


def test_a_file_in_the_folders_place_is_named(tmp_path):
    write_text(tmp_path / "taken", "")
    with pytest.raises(UserError, match="taken/a.txt: it can't be written"):
        write_text(tmp_path / "taken" / "a.txt", "new")
