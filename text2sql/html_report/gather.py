"""The files of a run -> plain data for the report; nothing here knows of HTML."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from text2sql import report, rewards
from text2sql.html_report import answers, curves, rollouts
from text2sql.html_report.answers import RAN, Answer, Question
from text2sql.html_report.results import Results
from text2sql.layouts import Dataset
from text2sql.paired import Change, paired_change
from text2sql.result_tables import dataset
from text2sql.score import Score

NAMES = {"base": "Base", "sft": "SFT", "grpo": "GRPO"}
KNOBS = {"exact": "exact", "invalid": "invalid", "empty": "empty", "partial_base": "base", "partial_scale": "scale"}
CLOSE = 1e-6  # figures of metrics.json and of predictions.jsonl that differ by more are of different runs


@dataclass(frozen=True)
class Measure:
    """One row of the headline table."""

    name: str
    label: str
    field: str
    """In metrics.json."""
    share: bool
    of: Callable[[Answer, dict[str, float]], float | None]
    """The value of one answer, None where its file doesn't say; the second argument are the reward's values."""
    meaning: str


def _known(value: bool | None) -> float | None:
    return None if value is None else float(value)


def _reward(answer: Answer, pays: dict[str, float]) -> float:
    return rewards.execution(Score(answer.status, f1=answer.f1), **pays)


MEASURES = (
    Measure(
        "ex",
        "EX",
        "execution_accuracy",
        True,
        lambda answer, _: float(answer.right),
        "execution accuracy, the official verdict: the result equals the gold's, DISTINCT left out of both",
    ),
    Measure(
        "strict",
        "Strict EX",
        "strict_execution_accuracy",
        True,
        lambda answer, _: _known(answer.strict),
        "execution accuracy with DISTINCT kept",
    ),
    Measure(
        "em",
        "EM",
        "exact_match_accuracy",
        True,
        lambda answer, _: _known(answer.exact),
        "exact set match: the SQL has the gold's clauses",
    ),
    Measure(
        "valid",
        "Valid SQL",
        "valid_sql",
        True,
        lambda answer, _: float(answer.status in RAN),
        "answers that run",
    ),
    Measure("reward", "Mean reward", "mean_reward", False, _reward, "what GRPO maximises"),
)


@dataclass(frozen=True)
class Stage:
    """One evaluated stage: its figures, and their change against the stage before it."""

    name: str
    values: dict[str, Any]
    """metrics.json, and what `text2sql.report.stages` adds to it."""
    figures: dict[str, float]
    """Measure -> value; measures that aren't known are missing."""
    changes: dict[str, Change]
    """Measure -> its change from the stage before, over the questions that both answered."""

    @property
    def label(self) -> str:
        return NAMES[self.name]


@dataclass(frozen=True)
class Run:
    """Everything that the report shows."""

    name: str
    stages: list[Stage]
    questions: list[Question]
    results: Results
    charts: list[curves.Chart]
    rollouts: rollouts.Rollouts
    notes: list[str] = field(default_factory=list)
    """What is missing, old or contradictory, in sentences."""

    @property
    def last(self) -> Stage:
        return self.stages[-1]

    def answered(self, stage: str) -> list[Question]:
        """The questions that a stage has answers to."""
        return [question for question in self.questions if stage in question.answers]


def gather(run: Path, root: Path | None = None) -> Run:
    """Read a run's folder; `root` is the data's folder where it isn't the one that metrics.json names.

    Raises UserError when no stage is evaluated, or naming the file that is damaged.
    """
    run = Path(run)
    metrics = [values for values in report.stages(run) if values["stage"] in NAMES]
    questions = answers.read(run, [values["stage"] for values in metrics])
    stages = [_stage(values, before, questions) for before, values in zip([None, *metrics], metrics, strict=False)]
    named = str(metrics[-1].get("data", {}).get("root", ""))
    data = dataset(run, named, root)
    notes = [*_notes(stages, questions), *_no_databases(data, questions, named)]
    results = Results(data, _seconds(metrics[-1]))
    return Run(run.resolve().name, stages, questions, results, curves.read(run), rollouts.read(run), notes)


def _stage(values: dict[str, Any], before: dict[str, Any] | None, questions: list[Question]) -> Stage:
    figures = {
        measure.name: known for measure in MEASURES if (known := _figure(measure, values, questions)) is not None
    }
    changes = {}
    for measure in MEASURES if before else ():
        change = _change(measure, before, values, questions)
        if change:
            changes[measure.name] = change
    return Stage(values["stage"], values, figures, changes)


def _figure(measure: Measure, values: dict[str, Any], questions: list[Question]) -> float | None:
    """What metrics.json says; else the mean over all answers, where each of them tells."""
    if isinstance(values.get(measure.field), int | float):
        return float(values[measure.field])
    found = _values(measure, values, [question for question in questions if values["stage"] in question.answers])
    return sum(found) / len(found) if found else None


def _values(measure: Measure, values: dict[str, Any], questions: list[Question]) -> list[float] | None:
    """The measure of each question's answer of one stage; None if a single one is unknown."""
    pays = _pays(values)
    found = [measure.of(question.answers[values["stage"]], pays) for question in questions]
    return None if None in found else found


def _pays(values: dict[str, Any]) -> dict[str, float]:
    """The reward's values that an evaluation was made with, as arguments of `rewards.execution`."""
    known = values.get("reward") or {}
    return {name: known[f"grpo.{knob}"] for knob, name in KNOBS.items() if f"grpo.{knob}" in known}


def _change(measure: Measure, before: dict, after: dict, questions: list[Question]) -> Change | None:
    both = [question for question in questions if {before["stage"], after["stage"]} <= question.answers.keys()]
    old, new = _values(measure, before, both), _values(measure, after, both)
    if old is None or new is None or (measure.name == "reward" and _pays(before) != _pays(after)):
        return None
    return paired_change(old, new, [question.group for question in both])


def _seconds(values: dict[str, Any]) -> float:
    """The time limit of one statement in the evaluation."""
    known = (values.get("reward") or {}).get("data.timeout")
    return float(known) if isinstance(known, int | float) and known > 0 else Results.seconds


def _notes(stages: list[Stage], questions: list[Question]) -> list[str]:
    notes = [stage.values["stale"] for stage in stages if stage.values["stale"]]
    for stage in stages:
        asked = [question for question in questions if stage.name in question.answers]
        remedy = f"run evaluate.py --eval.stage {stage.name} --overwrite"
        if not asked:
            notes.append(f"eval/{stage.name}/predictions.jsonl is not there, so its answers aren't shown; {remedy}")
        elif not _agree(stage, asked):
            notes.append(f"eval/{stage.name}: predictions.jsonl and metrics.json are of different runs; {remedy}")
    sizes = {stage.values["questions"] for stage in stages}
    if len(sizes) > 1:
        notes.append("The stages were evaluated on different numbers of questions; changes count what both answered")
    return notes


def _agree(stage: Stage, asked: list[Question]) -> bool:
    """Whether predictions.jsonl gives the EX of metrics.json."""
    share = sum(question.answers[stage.name].right for question in asked) / len(asked)
    return len(asked) == stage.values["questions"] and math.isclose(share, stage.figures["ex"], abs_tol=CLOSE)


def _no_databases(data: Dataset | None, questions: list[Question], named: str) -> list[str]:
    if data is not None or not questions:
        return []
    return [f"The databases are no longer in {Path(named).name or 'their folder'}, so no results are shown"]
