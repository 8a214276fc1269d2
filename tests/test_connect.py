"""Opening a database changes nothing: not the file, not its folder; in WAL mode, locked, and on any path."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from corpus import create

from text2sql.connect import connect, version
from text2sql.execute import run
from text2sql.score import score

COUNT = "SELECT count(*) FROM city"


def snapshot(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture
def wal(tmp_path: Path) -> Path:
    """A database in WAL mode that nobody has open: its two side files are gone."""
    path = create(tmp_path / "city.sqlite")
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA journal_mode = WAL").fetchone() == ("wal",)
        connection.execute("INSERT INTO city VALUES (4, 'Rome', 3, 1)")
        connection.commit()
    assert [file.name for file in tmp_path.iterdir()] == ["city.sqlite"]
    return path


@pytest.fixture
def writer(wal: Path) -> Iterator[sqlite3.Connection]:
    """Another program with the database open, and changes that are in the log only."""
    with closing(sqlite3.connect(wal)) as connection:
        connection.execute("PRAGMA wal_autocheckpoint = 0")
        connection.execute("INSERT INTO city VALUES (5, 'Bern', 3, 1)")
        connection.commit()
        yield connection


def test_wal_without_a_log_is_read_without_a_trace(wal: Path) -> None:
    before = snapshot(wal.parent)
    assert score("SELECT 4", COUNT, wal).status == "match"
    assert run(wal, COUNT).rows == [(4,)]
    assert snapshot(wal.parent) == before


def test_wal_in_a_folder_without_write_permission(wal: Path) -> None:
    """Root may write anywhere, so another user tries."""
    wal.parent.chmod(0o555)
    wal.chmod(0o444)
    code = f"from text2sql.execute import run; print(run({str(wal)!r}, {COUNT!r}).rows)"
    drop = "import os; os.setgid(65534); os.setuid(65534); " if os.geteuid() == 0 else ""
    for folder in wal.parents:
        if not os.access(folder, os.X_OK) or not folder.stat().st_mode & 1:
            pytest.skip("another user can't get to the temporary folder")
    done = subprocess.run(
        [sys.executable, "-c", drop + code], capture_output=True, text=True, cwd=Path(__file__).parents[1]
    )
    wal.parent.chmod(0o755)
    if "Permission denied" in done.stderr or "ModuleNotFoundError" in done.stderr:
        pytest.skip("another user can't read the project")
    assert done.stdout == "[(4,)]\n", done.stderr


def test_what_is_in_the_log_is_read_from_a_copy(writer: sqlite3.Connection, wal: Path) -> None:
    before, temporary = snapshot(wal.parent), set(os.listdir(tempfile.gettempdir()))
    assert run(wal, COUNT).rows == [(5,)]
    assert score("SELECT 5", COUNT, wal).status == "match"
    assert snapshot(wal.parent) == before
    assert not {name for name in set(os.listdir(tempfile.gettempdir())) - temporary if name.startswith("text2sql-")}


def test_each_change_of_a_writer_is_seen(writer: sqlite3.Connection, wal: Path) -> None:
    for count in (6, 7, 8):
        writer.execute("INSERT INTO city (name) VALUES ('more')")
        writer.commit()
        assert run(wal, COUNT).rows == [(count,)]
        assert score(f"SELECT {count}", COUNT, wal).status == "match"
    writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert run(wal, COUNT).rows == [(8,)]


def test_a_locked_database_is_said(tmp_path: Path) -> None:
    path = create(tmp_path / "city.sqlite")
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        found = score("SELECT 3", COUNT, path)
        assert (found.status, "database is locked" in found.error) == ("gold_error", True)
        other.execute("ROLLBACK")
    assert score("SELECT 3", COUNT, path).status == "match"


def test_a_reader_locks_nobody_out(tmp_path: Path) -> None:
    path = create(tmp_path / "city.sqlite")
    assert score("SELECT 3", COUNT, path).status == "match"
    with closing(sqlite3.connect(path, timeout=0)) as other:
        other.execute("DELETE FROM city")
        other.commit()
    assert score("SELECT 0", COUNT, path).status == "match"


def test_a_crashed_writers_journal_is_left_alone(tmp_path: Path) -> None:
    """SQLite would roll it back, which is writing."""
    path = create(tmp_path / "city.sqlite")
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA cache_size = 1")
        other.execute("PRAGMA synchronous = OFF")
        other.execute("BEGIN")
        other.execute("INSERT INTO river SELECT hex(zeroblob(5000)), 1 FROM city a, city b, city c")
        crashed = tmp_path / "crashed"
        crashed.mkdir()
        for file in (path, path.with_name("city.sqlite-journal")):
            (crashed / file.name).write_bytes(file.read_bytes())
    before = snapshot(crashed)
    found = score("SELECT 3", COUNT, crashed / "city.sqlite")
    assert snapshot(crashed) == before
    assert found.status in ("match", "gold_error") and bool(found.error) == (found.status == "gold_error")


def test_a_database_that_vanishes_is_said_and_may_come_back(tmp_path: Path) -> None:
    path = create(tmp_path / "city.sqlite")
    assert score("SELECT 3", COUNT, path).status == "match"
    content = path.read_bytes()
    path.unlink()
    found = score("SELECT 3", COUNT, path)
    assert (found.status, "No such file" in found.error) == ("gold_error", True)
    assert not list(tmp_path.iterdir())
    path.write_bytes(content)
    assert score("SELECT 3", COUNT, path).status == "match"


def test_versions_differ_where_the_file_does(tmp_path: Path) -> None:
    path = create(tmp_path / "city.sqlite")
    first = version(path)
    assert version(path) == first == version(str(path))
    create(path, "CREATE TABLE more (x); INSERT INTO more VALUES (zeroblob(99999))")
    assert version(path) != first
    with closing(connect(version(path))) as connection, pytest.raises(sqlite3.OperationalError, match="readonly"):
        connection.execute("DROP TABLE more")


def test_cells_longer_than_the_limit_are_read_where_the_database_holds_them(tmp_path: Path) -> None:
    """The cap is for what a query makes; a book that is stored in one cell can be asked for."""
    path = create(
        tmp_path / "books.sqlite",
        "CREATE TABLE book (id INTEGER, body TEXT); INSERT INTO book VALUES (1, 'short'),"
        " (2, replace(hex(zeroblob(750000)), '00', 'ab'))",
    )
    assert run(path, "SELECT length(body) FROM book ORDER BY id").rows == [(5,), (1_500_000,)]
    assert run(path, "SELECT body FROM book WHERE id = 2").rows[0][0][:4] == "abab"
    assert run(path, "SELECT hex(zeroblob(600000))").status == "ok"
    assert run(path, "SELECT hex(zeroblob(40000000))").error == "string or blob too big"
    assert run(create(tmp_path / "none.sqlite"), "SELECT hex(zeroblob(600000))").status == "invalid"
