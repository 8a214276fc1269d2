"""One's own databases: SQLite files as they are, and what is built from .sql, .csv, .tsv and .parquet files.

A script is one database; the table files of one folder are one database with a table each. What is built goes into
`.databases/` of the data's folder, under a temporary name first, and again only when a source has changed.
"""

from __future__ import annotations

import contextlib
import difflib
import hashlib
import os
import sqlite3
import struct
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from text2sql import table_files
from text2sql.errors import UserError
from text2sql.functions import FUNCTIONS
from text2sql.schema import quoted

CACHE = ".databases"
SQLITE, SCRIPT = (".sqlite", ".sqlite3", ".db"), ".sql"
FORMAT = 1
"""Counted up when the same files give another database."""

SCRIPT_SECONDS = 600.0
SCRIPT_BYTES = 8 << 30
CELL_BYTES = 100_000_000
STEPS_PER_TICK = 100_000
MOST_LISTED = 5

_ACTIONS = """
ALTER_TABLE ANALYZE CREATE_INDEX CREATE_TABLE CREATE_TEMP_INDEX CREATE_TEMP_TABLE CREATE_TEMP_TRIGGER CREATE_TEMP_VIEW
CREATE_TRIGGER CREATE_VIEW DELETE DROP_INDEX DROP_TABLE DROP_TEMP_INDEX DROP_TEMP_TABLE DROP_TEMP_TRIGGER DROP_TEMP_VIEW
DROP_TRIGGER DROP_VIEW INSERT READ RECURSIVE REINDEX SAVEPOINT SELECT UPDATE
"""
_BUILDS = frozenset(getattr(sqlite3, f"SQLITE_{name}") for name in _ACTIONS.split())
"""What a script may do: nothing that reaches out of its own file, as ATTACH, VACUUM INTO and virtual tables could."""
_SKIPPED = {sqlite3.SQLITE_PRAGMA, sqlite3.SQLITE_TRANSACTION}
"""What dumps write and nothing needs here: the whole script is one transaction."""


@dataclass(frozen=True)
class Source:
    """What one database is read from."""

    path: str
    """Relative to the data's folder: that of the file, or of the folder that holds the tables."""
    files: tuple[Path, ...]

    @property
    def kind(self) -> str:
        """The suffix of the files' first, which says how they are read."""
        return self.files[0].suffix.lower()

    @property
    def name(self) -> str:
        """The path without the extension of a file."""
        return self.path.removesuffix(self.files[0].suffix) if self.kind in (*SQLITE, SCRIPT) else self.path


def sources(root: Path) -> list[Source]:
    """Every database below a folder, files before folders of tables; what is hidden is passed over."""
    tables: dict[Path, list[Path]] = {}
    found = []
    for path in _files(root):
        if path.suffix.lower() in (*SQLITE, SCRIPT):
            found.append(Source(path.relative_to(root).as_posix(), (path,)))
        elif path.suffix.lower() in table_files.SUFFIXES:
            tables.setdefault(path.parent, []).append(path)
    for folder, files in tables.items():
        name = folder.relative_to(root).as_posix()
        found.append(Source(root.resolve().name if name == "." else name, tuple(files)))
    return found


def _files(root: Path) -> list[Path]:
    """The files below a folder, without what is hidden."""
    found = []
    for folder, inner, names in os.walk(root):
        inner[:] = [name for name in inner if not name.startswith(".")]
        found += [Path(folder, name) for name in names if not name.startswith(".")]
    return sorted(found)


def opened(root: Path, known: Sequence[Source], name: str) -> tuple[str, Path]:
    """The db_id and the SQLite file of a database as the questions name it, with or without folders and extension.

    It is built if it has to be. Raises UserError when no database or more than one can be meant, or building fails.
    """
    wanted = PurePosixPath(name.strip().replace("\\", "/")).as_posix()
    source = _chosen(wanted, known, root)
    alike = sum(other.name == source.name for other in known) > 1
    return (source.path if alike else source.name), built(root, source)


def _chosen(wanted: str, known: Sequence[Source], root: Path) -> Source:
    """The source that a name means; the whole path counts before its last part, a SQLite file before all others."""
    whole = [source for source in known if wanted in (source.path, source.name)]
    found = whole or [it for it in known if wanted in (PurePosixPath(it.path).name, PurePosixPath(it.name).name)]
    best = [source for source in found if source.kind in SQLITE] or found
    if len(best) > 1:
        raise UserError(f"database {wanted!r} can be {' or '.join(it.path for it in best)}; name it with its path")
    if not best:
        raise UserError(f"no database {wanted!r} in {root}; {_listed(wanted, [source.name for source in known])}")
    return best[0]


def _listed(wanted: str, names: list[str]) -> str:
    """What to say of the databases that there are."""
    if not names:
        return "it has no .sqlite, .db, .sql, .csv or .parquet file"
    close = difflib.get_close_matches(wanted, names, n=1)
    more = f" and {len(names) - MOST_LISTED} more" if len(names) > MOST_LISTED else ""
    return f"did you mean {close[0]!r}?" if close else f"there are {', '.join(names[:MOST_LISTED])}{more}"


def built(root: Path, source: Source) -> Path:
    """The SQLite file of a source: itself, or the one built from it."""
    if source.kind in SQLITE:
        return source.files[0]
    target, mark = root / CACHE / f"{source.path}.sqlite", _mark(source)
    if _mark_of(target) == mark:
        return target
    print(f"building {target} from {source.path}")
    try:
        (root / CACHE).mkdir(exist_ok=True)
        (root / CACHE / ".gitignore").write_text("*\n", encoding="utf-8")
        target.parent.mkdir(parents=True, exist_ok=True)
        with _new(target) as connection:
            _run(source.files[0], connection) if source.kind == SCRIPT else _import(source.files, connection)
            connection.execute(f"PRAGMA user_version = {mark[0]}")
            connection.execute(f"PRAGMA application_id = {mark[1]}")
    except OSError as error:
        raise UserError(
            f"{error.filename or target}: {error.strerror}; databases are built in {root / CACHE}"
        ) from None
    return target


def notes(source: Source) -> list[str]:
    """What may surprise in the tables of a source."""
    if source.kind not in table_files.SUFFIXES:
        return []
    return [note for path in source.files for note in table_files.read(path).notes]


def _mark(source: Source) -> tuple[int, int]:
    """What changes with a source's files: two numbers that SQLite keeps in a database's header for its users."""
    facts = [(path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in source.files]
    return struct.unpack(">ii", hashlib.sha256(repr((FORMAT, facts)).encode()).digest()[:8])


def _mark_of(database: Path) -> tuple[int, int] | None:
    """The mark of a database that was built; user_version and application_id in https://sqlite.org/fileformat.html."""
    try:
        with database.open("rb") as file:
            return struct.unpack(">i4xi", file.read(72)[60:72])
    except (OSError, struct.error):
        return None


@contextlib.contextmanager
def _new(target: Path) -> Iterator[sqlite3.Connection]:
    """An empty database under a temporary name, in one transaction; it gets its name when all went well."""
    partial = target.with_name(f"{target.name}.{os.getpid()}.partial")
    partial.unlink(missing_ok=True)
    connection = sqlite3.connect(partial, isolation_level=None, cached_statements=16)
    try:
        for setting in ("journal_mode = MEMORY", "synchronous = OFF", "temp_store = MEMORY"):
            connection.execute(f"PRAGMA {setting}")
        connection.execute("BEGIN")
        yield connection
        connection.execute("COMMIT")
        connection.close()
        os.replace(partial, target)
    finally:
        connection.close()
        partial.unlink(missing_ok=True)


def _import(files: Sequence[Path], connection: sqlite3.Connection) -> None:
    """One table of each file."""
    for path in files:
        table = table_files.read(path)
        columns = ", ".join(f"{quoted(name)} {kind}" for name, kind in table.columns)
        places = ", ".join("?" * len(table.columns))
        try:
            connection.execute(f"CREATE TABLE {quoted(path.stem)} ({columns})")
            connection.executemany(f"INSERT INTO {quoted(path.stem)} VALUES ({places})", table.rows)
        except (sqlite3.Error, OverflowError, UnicodeEncodeError) as error:
            raise UserError(f"{path}: can't be a table ({error})") from None


def _run(script: Path, connection: sqlite3.Connection) -> None:
    """Run a script that nobody has vouched for, in the connection's own file and within limits."""
    deadline = time.monotonic() + SCRIPT_SECONDS
    page = connection.execute("PRAGMA page_size").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {SCRIPT_BYTES // page}")
    connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, CELL_BYTES)
    connection.set_authorizer(_authorize)
    connection.set_progress_handler(lambda: time.monotonic() > deadline, STEPS_PER_TICK)
    for line, statement in _statements(script):
        try:
            connection.executescript(statement)
        except (sqlite3.Error, sqlite3.Warning, ValueError) as error:
            late = f"stopped after {SCRIPT_SECONDS:g} s" if time.monotonic() > deadline else str(error)
            raise UserError(f"{script}:{line}: {late}; a script is SQLite's own SQL, in its own file only") from None
    connection.set_progress_handler(None, 0)
    connection.set_authorizer(None)


def _authorize(action: int, first: str | None, second: str | None, *_: str | None) -> int:
    """Allow what builds this database, skip what dumps write around it, deny the rest."""
    if action in _BUILDS or (action == sqlite3.SQLITE_FUNCTION and _is_known(second)):
        return sqlite3.SQLITE_OK
    ends_badly = action == sqlite3.SQLITE_TRANSACTION and first == "ROLLBACK"
    return sqlite3.SQLITE_IGNORE if action in _SKIPPED and not ends_badly else sqlite3.SQLITE_DENY


def _is_known(function: str | None) -> bool:
    """Whether a function only computes; those that begin with sqlite_ are what ALTER TABLE itself calls."""
    return (function or "").lower() in FUNCTIONS or (function or "").startswith("sqlite_")


def _statements(script: Path) -> Iterator[tuple[int, str]]:
    """The statements of a script with the line that each begins on; several of one line stay together."""
    lines: list[str] = []
    begins = number = 0
    try:
        with script.open(encoding="utf-8-sig") as file:
            for number, line in enumerate(file, 1):
                if not lines and not line.strip():
                    continue
                begins = begins if lines else number
                lines.append(line)
                if line.rstrip().endswith(";") and sqlite3.complete_statement("".join(lines)):
                    yield begins, "".join(lines)
                    lines.clear()
    except UnicodeDecodeError as error:
        raise UserError(f"{script}: not UTF-8 ({error.reason}); save the file as UTF-8") from None
    if lines:
        yield begins, "".join(lines)
