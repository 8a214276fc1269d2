"""One record a question: what an evaluation keeps of each answer, and the files that hold them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from text2sql import metrics
from text2sql.data import Example, recognise
from text2sql.error_classes import error_class
from text2sql.errors import UserError
from text2sql.exact_match import ExactMatch, Schema, component_scores, schemas
from text2sql.hacking import is_degenerate
from text2sql.judge import Score

FIELDS = ("index", "question", "db_id", "gold", "sql", "status", "execution_match", "strict_match")
"""What a file of records must hold to be read again."""


class Schemas:
    """Spider's schema of each database: from tables.json where the data set has one, else from the database itself."""

    def __init__(self, root: Path) -> None:
        self.tables = recognise(root).tables
        self.of_file: dict[Path, Schema] = {}

    @cached_property
    def by_name(self) -> dict[str, Schema]:
        return schemas(self.tables) if self.tables else {}

    def of(self, example: Example) -> Schema:
        """Raises UserError where neither can be read."""
        if example.db_id in self.by_name:
            return self.by_name[example.db_id]
        if example.database not in self.of_file:
            self.of_file[example.database] = Schema.from_database(example.database)
        return self.of_file[example.database]


def record(example: Example, completion: str, score: Score, match: ExactMatch) -> dict[str, Any]:
    """One line of predictions.jsonl or verdicts.jsonl."""
    found = {
        "index": example.index,
        "question": example.question,
        "db_id": example.db_id,
        "hardness": match.hardness,
        "gold": example.gold,
        "completion": completion,
        "sql": score.sql,
        "status": score.status,
        "execution_match": score.official,
        "strict_match": score.strict,
        "exact_match": match.match,
        "f1": score.f1,
        "error": score.error,
        "rows": score.rows,
        "columns": score.columns,
        "gold_rows": score.gold_rows,
        "gold_columns": score.gold_columns,
        "milliseconds": round(score.milliseconds, 3),
        "volatile": score.volatile,
        "degenerate": is_degenerate(score),
    }
    return {**found, "error_class": error_class(found)}


def figures(records: Sequence[Mapping[str, Any]], found: Sequence[ExactMatch]) -> dict[str, Any]:
    """Those of `text2sql.metrics.figures`, and the component scores of exact set match (Yu et al., EMNLP 2018)."""
    return {**metrics.figures(records), "components": component_scores(found).get("all", {})}


def read(path: Path) -> list[dict[str, Any]]:
    """The records of a file; UserError names the line that is cut short or lacks a field."""
    try:
        text = Path(path).read_text(encoding="utf-8")
    except OSError as error:
        raise UserError(f"{path}: {error.strerror}; run evaluate.py first, or name another folder") from None
    except UnicodeDecodeError as error:
        raise UserError(f"{path}: not UTF-8 ({error.reason}); evaluate again with --overwrite") from None
    found = [_read_line(line, number, path) for number, line in enumerate(text.split("\n"), 1) if line]
    if not found:
        raise UserError(f"{path}: no record in it; evaluate again with --overwrite")
    return found


def _read_line(line: str, number: int, path: Path) -> dict[str, Any]:
    try:
        values = json.loads(line)
    except ValueError as error:
        raise UserError(f"{path}: line {number}: not valid JSON ({error}); evaluate again with --overwrite") from None
    missing = [field for field in FIELDS if not isinstance(values, dict) or field not in values]
    if missing:
        raise UserError(f"{path}: line {number}: no field {missing[0]!r}; evaluate again with --overwrite")
    return values
