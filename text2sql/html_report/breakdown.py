"""Where the answers are right, and why the others are wrong: tables with a column for each stage."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from text2sql.html_report import story
from text2sql.html_report.answers import HARDNESS, UNKNOWN, Answer, Question
from text2sql.html_report.gather import Run
from text2sql.html_report.markup import Html, element, examples_link

MOST_ROWS = 12  # rows of a table; more are folded away


@dataclass(frozen=True)
class Part:
    """One row: a part of the questions or of the wrong answers, and the filter that shows it."""

    label: str
    filters: dict[str, str]
    counts: list[tuple[int, int] | None]
    """For each stage (counted, of how many); None where the stage wasn't asked."""


def by_hardness(run: Run) -> Html:
    """EX by the official hardness of the gold."""
    if all(question.hardness == UNKNOWN for question in run.questions):
        return _unknown("EX by hardness", "hardness", run)
    order = {name: place for place, name in enumerate((*HARDNESS, UNKNOWN))}
    parts = _right_by(run, lambda question: question.hardness, "hardness")
    parts.sort(key=lambda part: order.get(part.label, len(order)))
    return _table("EX by hardness", "Spider's hardness of the gold SQL; right answers of all.", "hardness", run, parts)


def by_database(run: Run) -> Html:
    """EX by database, those with the most wrong answers of the last stage first."""
    parts = _right_by(run, lambda question: question.db_id, "db")
    parts.sort(key=lambda part: (-_missed(part), part.label))
    return _table("EX by database", "Most wrong answers first.", "database", run, parts)


def _missed(part: Part) -> int:
    right, asked = part.counts[-1] or (0, 0)
    return asked - right


def _right_by(run: Run, key: Callable[[Question], str], name: str) -> list[Part]:
    """A part for each value of `key`, with right answers of those asked."""
    groups: dict[str, list[Question]] = {}
    for question in run.questions:
        groups.setdefault(key(question), []).append(question)
    return [
        Part(label, {name: label}, [_right(group, stage.name) for stage in run.stages])
        for label, group in groups.items()
    ]


def _right(questions: Iterable[Question], stage: str) -> tuple[int, int] | None:
    found = [question.answers[stage].right for question in questions if stage in question.answers]
    return (sum(found), len(found)) if found else None


def reasons(run: Run) -> Html:
    """Tables of why answers are wrong: error class, what SQLite said in files without one, how results differ."""
    differences = _differences(run)
    tables = [
        _reason_table(run, "Error class", "What is wrong with the SQL.", "class", lambda _, answer: answer.reason),
        _reason_table(
            run,
            "How wrong results differ",
            "Answers that run, beside the gold's result.",
            "result",
            lambda question, answer: differences.get((question.index, answer.sql), ""),
        ),
        _reason_table(
            run,
            "Why SQL does not run",
            "What SQLite, or the guard before it, says.",
            "message",
            lambda _, answer: answer.message,
        ),
    ]
    return Html("\n".join(table for table in tables if table))


def _differences(run: Run) -> dict[tuple[int, str], str]:
    return {
        (question.index, answer.sql): run.results.difference(question, answer)
        for question in run.questions
        for answer in question.answers.values()
    }


def _reason_table(run: Run, title: str, note: str, kind: str, reason: Callable[[Question, Answer], str]) -> Html | None:
    """Counts of one kind of reason, the most frequent of the last stage first; None where there is nothing."""
    counts = [
        Counter(reason(question, question.answers[stage.name]) for question in run.answered(stage.name))
        for stage in run.stages
    ]
    labels = {label for counted in counts for label in counted if label}
    if not labels or (labels == {UNKNOWN} and kind != "class"):
        return None
    if labels == {UNKNOWN}:
        return _unknown(title, "error class", run)
    order = sorted(labels, key=lambda label: (*(-counted[label] for counted in reversed(counts)), label))
    sizes = [_not_right(run, stage.name) for stage in run.stages]
    parts = [
        Part(
            story.spoken(label),
            {"why": f"{kind}:{label}"},
            [None if size is None else (counted[label], size) for counted, size in zip(counts, sizes, strict=True)],
        )
        for label in order
    ]
    return _table(title, note, "reason", run, parts, shares=False)


def _not_right(run: Run, stage: str) -> int | None:
    """Answers of a stage that aren't right; None where it wasn't asked."""
    asked = run.answered(stage)
    return sum(not question.answers[stage].right for question in asked) if asked else None


def verdicts(run: Run) -> Html:
    """The official verdict against the strict one, which keeps DISTINCT."""
    kinds = (
        ("right by both", "both", lambda answer: answer.right and answer.strict),
        ("official only", "official_only", lambda answer: answer.right and answer.strict is False),
        ("strict only", "strict_only", lambda answer: answer.strict and not answer.right),
    )
    parts = []
    for label, status, holds in kinds:
        counts = []
        for stage in run.stages:
            found = [bool(holds(question.answers[stage.name])) for question in run.answered(stage.name)]
            counts.append((sum(found), len(found)) if found else None)
        parts.append(Part(label, {"status": status}, counts))
    note = "“Official only” forgets or adds a DISTINCT, which the official evaluator takes out of both."
    return _table("Official against strict", note, "verdict", run, parts, shares=False)


def _unknown(title: str, what: str, run: Run) -> Html:
    remedy = f"evaluate.py --eval.stage {run.last.name} --overwrite adds it"
    said = f"The {what} is unknown: predictions.jsonl is older than this field; {remedy}."
    return element("section", element("h3", title), element("p", said, class_="faint"), class_="panel")


def _table(title: str, note: str, kind: str, run: Run, parts: list[Part], *, shares: bool = True) -> Html:
    """A panel with a table: a bar for each share, and in words the share or its count."""
    stages = [element("th", stage.label, scope="col", class_=f"stage-{stage.name}") for stage in run.stages]
    head = element("thead", element("tr", element("th", kind, scope="col"), *stages))
    rows = [_row(run, part, shares) for part in parts]
    name = element("caption", title, class_="hidden")
    shown = element("table", name, head, element("tbody", *rows[:MOST_ROWS]), class_="bars")
    rest = None
    if len(rows) > MOST_ROWS:
        more = element("table", element("tbody", *rows[MOST_ROWS:]), class_="bars")
        rest = element("details", element("summary", f"{len(rows) - MOST_ROWS:,} more"), more)
    return element("section", element("h3", title), element("p", note, class_="note"), shown, rest, class_="panel")


def _row(run: Run, part: Part, shares: bool) -> Html:
    cells = [_cell(stage.name, part, counted, shares) for stage, counted in zip(run.stages, part.counts, strict=True)]
    return element("tr", element("th", part.label, scope="row"), *cells)


def _cell(stage: str, part: Part, counted: tuple[int, int] | None, shares: bool) -> Html:
    """A bar of the share, and the share with its count, or the count alone; it leads to the examples."""
    if counted is None:
        return element("td", "–", class_="faint")
    count, size = counted
    share = min(1, count / size) if size else 0
    number = element("b", f"{share:.0%}" if shares else f"{count:,}")
    under = element("small", f"{count:,}/{size:,}") if shares else None
    bar = element("i", class_=f"bar stage-{stage}", style=f"width:{100 * share:.1f}%") if count else None
    label = element("span", number, under, class_="count")
    link = examples_link(label, f"Show these examples of {part.label}", stage=stage, **part.filters)
    return element("td", bar, link if count or shares else label)
