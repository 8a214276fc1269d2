"""A small run's folder for the tests of the report: eight questions on a demo database, each with its own story."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from stack import DEMO

from text2sql import html_report

STAGES = ("base", "sft", "grpo")
HOSTILE = "</script><script>window.broken = 1</script><img src=x onerror='window.broken = 2'>&amp;\u2028<!--"
LATER = ("exact_match", "hardness", "error_class", "volatile")
"""Fields that older files lack."""

COUNT, CITY = "SELECT count(*) FROM member", "SELECT DISTINCT city FROM member"
NAMES, OLD = "SELECT name FROM member", "SELECT name FROM member WHERE age > 50"
RIGHT = {"status": "match", "execution_match": True, "strict_match": True, "error_class": ""}
WRONG = {"status": "wrong", "execution_match": False, "strict_match": False, "error_class": "condition"}
INVALID = {"status": "invalid", "error": "no such column: T2.x", "error_class": "unknown_column"}
TIMEOUT = {"status": "timeout", "error": "stopped after 5 s", "error_class": "timeout"}
EMPTY = {"status": "empty", "error": "there is no SQL in the completion", "error_class": "empty"}
OFFICIAL_ONLY = {"status": "wrong", "execution_match": True, "strict_match": False, "error_class": "distinct"}

# Question, gold, hardness, and what each stage answered: SQL and verdict.
CASES: tuple[tuple[str, str, str, tuple[tuple[str, dict[str, Any]], ...]], ...] = (
    ("How many members are there?", COUNT, "easy", ((COUNT, RIGHT), (COUNT, RIGHT), (COUNT, RIGHT))),
    ("Count the members.", COUNT, "easy", (("The answer is 14.", INVALID), (COUNT, RIGHT), (COUNT, RIGHT))),
    ("Who is over 50?", OLD, "easy", (("SELECT x", INVALID), (OLD, RIGHT), (OLD.replace("50", "45"), WRONG))),
    ("List all names.", NAMES, "easy", (("", EMPTY), (OLD, WRONG), (NAMES, RIGHT))),
    (
        "Names and ages?",
        "SELECT name, age FROM member",
        "medium",
        (("SELECT T2.x", INVALID), (NAMES, WRONG), (NAMES, WRONG)),
    ),
    ("Which cities?", CITY, "medium", (("SELECT x", INVALID), (CITY[:7] + CITY[16:], OFFICIAL_ONLY), (CITY, RIGHT))),
    ("Very old?", OLD.replace("50", "99"), "hard", (("SELECT x", INVALID), (NAMES, WRONG), (NAMES * 2, TIMEOUT))),
    (
        f"{HOSTILE} what?",
        f"{NAMES} WHERE city = '{HOSTILE}'",
        "extra",
        ((HOSTILE, INVALID), (HOSTILE, INVALID), (HOSTILE, INVALID)),
    ),
)
EX = {"base": 1 / 8, "sft": 4 / 8, "grpo": 4 / 8}


def record(index: int, question: str, gold: str, hardness: str, sql: str, verdict: dict[str, Any]) -> dict[str, Any]:
    """One line of predictions.jsonl with all fields."""
    status = verdict["status"]
    plain = {"execution_match": False, "strict_match": False, "f1": float(status == "match"), "error": "", "rows": 0}
    asked = {"index": index, "question": question, "db_id": "cycling_club", "gold": gold, "hardness": hardness}
    answer = {"completion": sql, "sql": sql, "milliseconds": 0.05, "volatile": False, "exact_match": sql == gold}
    rows = {"rows": None} if status in ("match", "wrong") else {}
    return {**asked, **answer, **plain, **rows, **verdict}


def records(stage: str) -> list[dict[str, Any]]:
    """The eight lines of one stage."""
    place = STAGES.index(stage)
    return [record(index, *case[:3], *case[3][place]) for index, case in enumerate(CASES)]


def metrics(stage: str, lines: list[dict[str, Any]]) -> dict[str, Any]:
    """metrics.json that goes with predictions."""
    pays = {"match": 5.0, "invalid": -1.0, "timeout": -1.0, "empty": -2.0, "gold_error": 0.0}
    count = len(lines)
    return {
        "stage": stage,
        "questions": count,
        "execution_accuracy": sum(line["execution_match"] for line in lines) / count,
        "strict_execution_accuracy": sum(line["strict_match"] for line in lines) / count,
        "valid_sql": sum(line["status"] in ("match", "wrong") for line in lines) / count,
        "mean_reward": sum(pays.get(line["status"], line["f1"]) for line in lines) / count,
        "seconds": 61.4,
        "model": "tiny/model",
        "adapter": None if stage == "base" else f"hash-of-{stage}",
        "data": {"root": str(DEMO), "file": "dev.json", "sha256": "5a5a", "limit": 0},
        "decoding": {"temperature": 0.0},
        "reward": {"data.timeout": 5.0, "grpo.exact": 5.0, "grpo.invalid": -1.0, "grpo.empty": -2.0},
        "versions": {"trl": "1.15.0"},
    }


def write_lines(path: Path, lines: Iterable[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")


def write_json(path: Path, value: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value), encoding="utf-8")


def evaluated(run: Path, stage: str, lines: list[dict[str, Any]]) -> None:
    """What evaluate.py leaves of a stage, and what its training left."""
    write_json(run / "eval" / stage / "metrics.json", metrics(stage, lines))
    write_lines(run / "eval" / stage / "predictions.jsonl", lines)
    if stage != "base":
        facts = {"adapter": f"hash-of-{stage}", "seconds": 1234.5, "steps": 102, "questions": 816}
        write_json(run / stage / "stage.json", facts)


def make(run: Path) -> Path:
    """The whole run, without logs and rollouts."""
    for stage in STAGES:
        evaluated(run, stage, records(stage))
    return run


def written(run: Path) -> str:
    """The run's report."""
    return html_report.write(run, run / "report.html").read_text(encoding="utf-8")


def embedded(html: str) -> dict[str, Any]:
    """The data of a report, as its scripts read it."""
    return json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', html, re.S)[1])


def grow(lines: list[dict[str, Any]], count: int) -> list[dict[str, Any]]:
    """`count` lines out of few, each with an index and a question of its own."""
    return [
        lines[index % len(lines)] | {"index": index, "question": f"Question number {index:,}?"}
        for index in range(count)
    ]


def log(run: Path, stage: str, steps: int, **values: Any) -> None:
    """A log of `steps` steps, and the closing line of the trainers; a value may be a function of the step."""
    lines = [
        {"step": step, **{name: value(step) if callable(value) else value for name, value in values.items()}}
        for step in range(1, steps + 1)
    ]
    write_lines(run / stage / "log.jsonl", [*lines, {"step": steps, "train_loss": 1.0}])


GRPO_LOG = {
    "reward": lambda step: step / 10,
    "reward_parts/exact": 1.0,
    "reward_parts/partial": 0.1,
    "reward_parts/invalid": -0.4,
    "reward_parts/empty": 0.0,
    "valid_share": 0.8,
    "exact_share": 0.3,
    "frac_reward_zero_std": 0.25,
    "completions/mean_length": 21.0,
    "entropy": 0.3,
    "kl": 0.01,
    "dev/execution_accuracy": 0.5,
    "dev/strict_execution_accuracy": 0.4,
    "official_gap": 0.01,
    "degenerate_share": 0.0,
    "hollow_format_share": 0.2,
    "duplicate_share": 0.5,
}


def rollouts(run: Path, steps: dict[int, list[tuple[str, str, str, float]]]) -> None:
    """completions/*.parquet as TRL writes them: step -> (question, SQL, status, reward) of each completion."""
    import pyarrow as arrow
    from pyarrow import parquet

    folder = run / "grpo" / "completions"
    folder.mkdir(parents=True, exist_ok=True)
    for step, completions in steps.items():
        rows = [
            {
                "step": step,
                "prompt": [{"role": "user", "content": f"CREATE TABLE t (a);\n\nQuestion: {question}"}],
                "completion": [{"role": "assistant", "content": sql}],
                "execution": reward,
                "error": "",
                "sql": sql,
                "status": status,
                "advantage": reward / 10,
            }
            for question, sql, status, reward in completions
        ]
        parquet.write_table(arrow.Table.from_pylist(rows), folder / f"completions_{step:05d}.parquet")
