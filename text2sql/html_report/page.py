"""The page: sections, data, style and script put into template.html, and written as one file."""

from __future__ import annotations

import base64
import hashlib
from importlib import resources
from pathlib import Path
from string import Template
from typing import Any

from text2sql.files import write_text
from text2sql.html_report import breakdown, story, summary, training
from text2sql.html_report.answers import HARDNESS, Answer, Question
from text2sql.html_report.gather import Run, gather
from text2sql.html_report.markup import Html, element, json_block
from text2sql.screen import cut

SCRIPTS = ("page.js", "filters.js", "example.js", "examples.js")
LONGEST_SQL = 10_000  # characters shown
LONGEST_TEXT = 4_000  # of a completion or an error


def write(run: Path, target: Path, *, data_root: Path | None = None) -> Path:
    """Write the report of a run's folder to `target`, whole or not at all; returns `target`.

    `data_root` is the data set's folder, where the queries are executed again to show their results; the default
    is the one that metrics.json names. The same files give the same bytes. Raises UserError when no stage is evaluated,
    or naming the file of the run that is damaged.
    """
    target = Path(target)
    write_text(target, page(gather(run, data_root)))
    return target


def page(run: Run) -> str:
    """The whole document."""
    known = data(run)  # first, for executing the queries tells whether the databases have changed
    script = "(() => {\n" + "\n".join(_file(name) for name in SCRIPTS) + "})();\n"
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    parts = {
        "title": element("title", f"{run.name}: what SFT and GRPO changed"),
        "policy": f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'",
        "style": _file("style.css"),
        "name": element("h1", run.name),
        "model": element("p", str(run.last.values.get("model", "")), class_="model"),
        "lead": summary.lead(run),
        "notes": summary.notes(run),
        "flow": summary.flow(run),
        "figures": summary.table(run),
        "reasons": breakdown.reasons(run),
        "breakdown": Html("\n").join([breakdown.by_hardness(run), breakdown.by_database(run), breakdown.verdicts(run)]),
        "curves": training.curves(run),
        "gaming": training.gaming(run),
        "rollouts": training.rollouts(run),
        "facts": training.facts(run),
        "data": json_block(known),
        "script": script,
    }
    return Template(_file("template.html")).substitute(parts)


def _file(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")


def data(run: Run) -> dict[str, Any]:
    """What the scripts read: stages, questions with their answers, results, curves."""
    questions = [_question(run, question) for question in run.questions]
    found = {question.hardness for question in run.questions}
    return {
        "stages": [{"name": stage.name, "label": stage.label} for stage in run.stages],
        "outcomes": story.OUTCOMES,
        "hardness": [*(name for name in HARDNESS if name in found), *sorted(found - set(HARDNESS))],
        "questions": questions,
        "tables": run.results.tables,
        "charts": training.chart_data(run),
    }


def _question(run: Run, question: Question) -> dict[str, Any]:
    return {
        "index": question.index,
        "question": question.text,
        "db": question.db_id,
        "hardness": question.hardness,
        "gold": cut(question.gold, LONGEST_SQL),
        "result": run.results.of_gold(question),
        "answers": {stage: _answer(run, question, answer) for stage, answer in question.answers.items()},
    }


def _answer(run: Run, question: Question, answer: Answer) -> dict[str, Any]:
    """An answer for examples.js; fields with nothing to say are left out, which saves a third of a large page."""
    fields = {
        "sql": cut(answer.sql, LONGEST_SQL),
        "status": answer.status,
        "outcome": answer.outcome,
        "strict": answer.strict,
        "exact": answer.exact,
        "class": answer.reason,
        "f1": round(answer.f1, 3) or None,
        "error": cut(answer.error, LONGEST_TEXT),
        "message": answer.message,
        "difference": run.results.difference(question, answer),
        "result": run.results.of(question, answer),
        "milliseconds": answer.milliseconds,
        "volatile": answer.volatile or None,
        "completion": cut(answer.completion, LONGEST_TEXT) if answer.completion.strip() != answer.sql else None,
    }
    return {name: value for name, value in fields.items() if value not in (None, "")}
