"""Open a SQLite database such that reading it changes nothing: not the file, nor its folder, nor a writer's work."""

from __future__ import annotations

import contextlib
import os
import resource
import shutil
import sqlite3
import tempfile
from pathlib import Path
from typing import NamedTuple

BUSY_SECONDS = 1.0  # how long to wait for another process that writes to the database
WAL = b"\x02"  # in bytes 18 and 19 of the header: https://sqlite.org/fileformat.html


class Version(NamedTuple):
    """Equal for two moments only if the file was the same."""

    path: str
    device: int
    inode: int
    changed: int
    """Time of change in nanoseconds."""
    size: int
    """Bytes."""
    log: tuple[int, ...]
    """Time of change and size of the write-ahead log; () where there is none or it is empty."""


def version(database: Path | str) -> Version:
    """What the file is now. Raises OSError where there is none, ValueError for a path with NUL."""
    path = os.fspath(database)
    status = os.stat(path)
    return Version(path, status.st_dev, status.st_ino, status.st_mtime_ns, status.st_size, _log(path))


def _log(path: str) -> tuple[int, ...]:
    try:
        status = os.stat(f"{path}-wal")
    except OSError:
        return ()
    return (status.st_mtime_ns, status.st_size) if status.st_size else ()


def connect(found: Version) -> sqlite3.Connection:
    """A read-only connection to the file, which waits for no writer longer than BUSY_SECONDS.

    A database in WAL mode (https://sqlite.org/wal.html) gets two more files from any reader, and can't be read at all
    in a folder without write permission. So one that nobody has changes in the log for is opened as immutable, and of
    another one a private copy. Raises OSError and sqlite3.Error.
    """
    if not _is_write_ahead(found.path):
        return _open(found.path, "mode=ro")
    return _open_snapshot(found.path) if found.log else _open(found.path, "immutable=1")


def _is_write_ahead(path: str) -> bool:
    with open(path, "rb") as file:
        header = file.read(20)
    return header.startswith(b"SQLite format 3") and WAL in header[18:20]


def _open(path: str, parameters: str) -> sqlite3.Connection:
    return sqlite3.connect(
        f"{Path(path).absolute().as_uri()}?{parameters}",
        uri=True,
        timeout=BUSY_SECONDS,
        isolation_level=None,
        cached_statements=0,
        check_same_thread=False,  # used by one thread, but closed by whichever collects it
    )


def _open_snapshot(path: str) -> sqlite3.Connection:
    """A copy of the database with what its log holds; the copy has no name any more when this returns."""
    folder = Path(tempfile.mkdtemp(prefix="text2sql-"))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))  # a worker lives under a small limit
    try:
        copy = folder / "database"
        shutil.copyfile(path, copy)
        shutil.copyfile(f"{path}-wal", f"{copy}-wal")
        with contextlib.closing(sqlite3.connect(copy)) as connection:
            connection.execute("PRAGMA journal_mode = DELETE")  # writes the log into the file
        connection = _open(str(copy), "immutable=1")
        connection.execute("SELECT 1 FROM sqlite_master").fetchone()  # SQLite opens the file at the first query
        return connection
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        shutil.rmtree(folder, ignore_errors=True)
