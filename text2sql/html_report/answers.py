"""predictions.jsonl of the stages -> questions, each with the answer of every stage."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from text2sql.errors import UserError

HARDNESS = ("easy", "medium", "hard", "extra")
UNKNOWN = "unknown"
RAN = ("match", "wrong")

# Field -> its type; the others came later, and files from before are read too.
NEEDED = {"question": str, "db_id": str, "gold": str, "sql": str, "status": str, "execution_match": bool}
LATER = {"strict_match": bool, "exact_match": bool, "hardness": str, "error_class": str, "volatile": bool}


@dataclass(frozen=True)
class Answer:
    """What one stage answered to a question. None is unknown: the file is older than the field."""

    sql: str
    completion: str
    status: str
    """match, wrong, invalid, timeout, empty or gold_error, as in `text2sql.score.Score`."""
    right: bool
    """The official verdict, which EX counts."""
    strict: bool | None = None
    exact: bool | None = None
    """The official EM."""
    error_class: str | None = None
    """"" when right."""
    f1: float = 0.0
    error: str = ""
    rows: int | None = None
    milliseconds: float | None = None
    volatile: bool = False

    @property
    def outcome(self) -> str:
        """`right`, or how the answer fails: its status, `wrong` for a match that the official verdict denies."""
        return "right" if self.right else "wrong" if self.status == "match" else self.status

    @property
    def reason(self) -> str:
        """The error class, "" for a right answer, UNKNOWN in files from before there were classes."""
        if self.error_class is None:
            return "" if self.right else UNKNOWN
        return self.error_class

    @property
    def message(self) -> str:
        """The kind of the error, its text without the names in it; "" where a known class says it already."""
        failed = self.status in ("invalid", "timeout")
        return kind_of_error(self.error) if failed and self.error_class is None else ""


@dataclass(frozen=True)
class Question:
    """One question of dev.json and what each evaluated stage answered; a stage that wasn't asked has no answer."""

    index: int
    text: str
    db_id: str
    gold: str
    hardness: str = UNKNOWN
    answers: dict[str, Answer] = field(default_factory=dict)

    @property
    def group(self) -> tuple[str, str]:
        """Equal for the phrasings of one question, whose answers aren't independent."""
        return self.db_id, self.gold


_KINDS = (
    (re.compile(r"^near .*: syntax error|^incomplete input|^unrecognized token|^unterminated", re.S), "syntax error"),
    (re.compile(r"^(\w+) is not a query\b.*", re.S), "not a query"),
    (re.compile(r"^the function .* is not allowed", re.S), "function not allowed"),
    (re.compile(r"^stopped after [\d,]+ steps"), "stopped: too many steps"),
    (re.compile(r"^stopped after"), "stopped: too long"),
    (
        re.compile(r"^(no such \w+|ambiguous column name|misuse of aggregate|wrong number of arguments)\b.*", re.S),
        r"\1",
    ),
)


def kind_of_error(error: str) -> str:
    """`no such column` for "no such column: T2.color", and the like; at most 60 characters of other messages."""
    for pattern, kind in _KINDS:
        if match := pattern.match(error):
            return match.expand(kind)
    return error.partition(":")[0][:60] or UNKNOWN


def json_lines(path: Path, remedy: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """(line number, object) of a JSON lines file; a last line that a kill cut short is left out.

    Raises UserError for any other line that isn't an object.
    """
    lines = path.read_text(encoding="utf-8").split("\n")
    last = max((number for number, line in enumerate(lines, 1) if line.strip()), default=0)
    for number, line in enumerate(lines, 1):
        try:
            value = json.loads(line) if line.strip() else None
        except ValueError as error:
            if number == last:
                return
            raise UserError(f"{path}: line {number} is not valid JSON ({error}); {remedy}") from None
        if isinstance(value, dict):
            yield number, value
        elif value is not None or line.strip():
            raise UserError(f"{path}: line {number} is no JSON object; {remedy}")


def read(run: Path, stages: Sequence[str]) -> list[Question]:
    """The questions of the stages' predictions.jsonl, by their index; stages without the file have no answers.

    Raises UserError naming file, line and field where a record isn't as it should be, or where two stages asked
    different questions under one index.
    """
    found: dict[int, Question] = {}
    for stage in stages:
        path = run / "eval" / stage / "predictions.jsonl"
        if path.is_file():
            _read_stage(path, stage, found)
    return [found[index] for index in sorted(found)]


def _read_stage(path: Path, stage: str, found: dict[int, Question]) -> None:
    remedy = f"run evaluate.py --eval.stage {stage} --overwrite"
    for number, record in json_lines(path, remedy):
        _check(record, path, number, remedy)
        index = record.get("index", number - 1)
        question = found.setdefault(index, _question(record, index))
        if (question.text, *question.group) != (record["question"], record["db_id"], record["gold"]):
            raise UserError(f"{path}: line {number}: 'question' is not the one that other stages were asked; {remedy}")
        question.answers[stage] = _answer(record)


def _check(record: dict[str, Any], path: Path, number: int, remedy: str) -> None:
    for name, kind in NEEDED.items():
        if not isinstance(record.get(name), kind):
            raise UserError(f"{path}: line {number}: the field {name!r} is missing or no {kind.__name__}; {remedy}")
    for name, kind in LATER.items():
        if record.get(name) is not None and not isinstance(record[name], kind):
            raise UserError(f"{path}: line {number}: the field {name!r} is no {kind.__name__}; {remedy}")


def _question(record: dict[str, Any], index: int) -> Question:
    return Question(index, record["question"], record["db_id"], record["gold"], record.get("hardness") or UNKNOWN)


def _answer(record: dict[str, Any]) -> Answer:
    return Answer(
        sql=record["sql"],
        completion=str(record.get("completion", "")),
        status=record["status"],
        right=record["execution_match"],
        strict=record.get("strict_match"),
        exact=record.get("exact_match"),
        error_class=record.get("error_class"),
        f1=_number(record.get("f1")) or 0.0,
        error=str(record.get("error") or ""),
        rows=record.get("rows"),
        milliseconds=_number(record.get("milliseconds")),
        volatile=bool(record.get("volatile")),
    )


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None
