"""Statements as plain text with what the engine must say of them (tests/cases/*.sql), and the database they run on."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path
from typing import NamedTuple

CASES = Path(__file__).parent / "cases"

SCHEMA = """
CREATE TABLE city (id INTEGER PRIMARY KEY, name TEXT, people INTEGER, area REAL);
INSERT INTO city VALUES (1, 'Lima', 30, 2672.3), (2, 'Zürich', 4, 87.9), (3, 'Oslo', 7, NULL);
CREATE TABLE river (name TEXT, city_id INTEGER REFERENCES city);
CREATE VIEW small AS SELECT name FROM city WHERE people < 10;
"""

LARGER = """
CREATE TABLE person (id INTEGER PRIMARY KEY, name TEXT, born TEXT, city_id INTEGER);
WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t LIMIT 1000)
INSERT INTO person SELECT n, 'person ' || n, date('1990-01-01', n || ' days'), 1 + n % 3 FROM t;
CREATE TABLE note (id INTEGER PRIMARY KEY, body TEXT);
WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t LIMIT 10)
INSERT INTO note SELECT n, substr(replace(hex(zeroblob(25010)), '00', 'ab'), n, 50000) FROM t;
"""


class Case(NamedTuple):
    status: str
    """ok, invalid, timeout, or stopped: one of the last two, whichever limit is met first."""
    words: str
    """What the error contains."""
    sql: str

    def __str__(self) -> str:
        return f"{self.sql[:60]!r}"

    def expects(self, status: str) -> bool:
        return status in {"stopped": ("invalid", "timeout")}.get(self.status, (self.status,))


def read(name: str) -> list[Case]:
    """The cases of a file: a line "-- status: words", then a statement, up to the next such line."""
    text = (CASES / name).read_text("utf-8")
    parts = re.split(r"^-- (ok|invalid|timeout|stopped):(.*)\n", text, flags=re.MULTILINE)[1:]
    return [Case(status, words.strip(), _statement(sql)) for status, words, sql in zip(*[iter(parts)] * 3, strict=True)]


def _statement(text: str) -> str:
    """Without the comment that belongs to the group of cases below it."""
    return re.sub(r"\n\n(?:--[^\n]*\n*)+\Z", "", text).strip()


def create(path: Path, script: str = SCHEMA) -> Path:
    connection = sqlite3.connect(path)
    connection.executescript(script)
    connection.close()
    return path
