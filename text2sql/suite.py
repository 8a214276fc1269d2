"""Several databases of one schema side by side, as one: a prediction is right if it is right on each.

The layout is that of distilled test suites (Zhong et al., EMNLP 2020): database/<db_id>/<db_id>.sqlite, and
<db_id>_1.sqlite, <db_id>_2.sqlite, ... beside it; https://github.com/taoyds/test-suite-sql-eval executes on every
.sqlite file of the folder. An example names the first one, whose header says how many there are, so that an ordinary
database costs nothing and is never taken for one of several.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

APPLICATION = 0x54325351
"""application_id of a first database (https://sqlite.org/pragma.html#pragma_application_id); its user_version is the
number of databases."""


def mark(connection: sqlite3.Connection, count: int) -> None:
    """Make a database the first of `count`."""
    connection.execute(f"PRAGMA application_id = {APPLICATION}")
    connection.execute(f"PRAGMA user_version = {count}")


def size(connection: sqlite3.Connection) -> int:
    """How many databases belong to the one that is open, itself included."""
    if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION:
        return 1
    return max(1, connection.execute("PRAGMA user_version").fetchone()[0])


def paths(first: Path | str, count: int) -> list[Path]:
    """The files of all databases, the first one first."""
    first = Path(first)
    return [first, *(first.with_name(f"{first.stem}_{number}{first.suffix}") for number in range(1, count))]
