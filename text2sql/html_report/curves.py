"""The logs of SFT and GRPO -> curves, few enough points to draw: 8 steps as well as 5,000."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

from text2sql.html_report.answers import json_lines

MOST_POINTS = 300  # drawn of a curve; more is finer than the eye
SMOOTH_FROM = 30  # points from which a moving average is drawn over the single steps
LEAST_STEPS = 9  # from which a trend is told
ERRORS, POINT = (
    3,
    0.01,
)  # what a trend exceeds; simulated: noise does in 2 of 100 runs of 9 steps, in 0 or 1 of 30 and more


@dataclass(frozen=True)
class Panel:
    """One chart: metrics of <stage>/log.jsonl over the optimizer steps."""

    name: str
    stage: str
    title: str
    unit: str
    """Of the y axis; "%" is a share, logged from 0 to 1."""
    metrics: tuple[tuple[str, str], ...]
    """(metric in the log, its name for people)."""
    reading: str
    """How to read it, in one sentence."""
    gaming: bool = False
    """Whether it is a sign that the reward is gamed; such charts stand together, and their axes end where they do."""


PANELS = (
    Panel(
        "sft-loss",
        "sft",
        "SFT: loss on the gold SQL",
        "nats a token",
        (("loss", "loss"),),
        "Falls fast, then flattens; a rise at the end would mean too high a learning rate.",
    ),
    Panel(
        "reward",
        "grpo",
        "GRPO: mean reward",
        "reward",
        (("reward", "mean reward"),),
        "What GRPO maximises. Each step asks other questions, so it jumps; only its trend counts.",
    ),
    Panel(
        "parts",
        "grpo",
        "GRPO: parts of the reward",
        "reward",
        (
            ("reward_parts/exact", "exact result"),
            ("reward_parts/partial", "partial credit"),
            ("reward_parts/invalid", "does not run"),
            ("reward_parts/empty", "no SQL"),
        ),
        "What each outcome adds to the mean of the execution reward; together they are it.",
    ),
    Panel(
        "shares",
        "grpo",
        "GRPO: completions that run and that match",
        "% of completions",
        (("valid_share", "runs"), ("exact_share", "exact result")),
        "Sampled at the training temperature, so lower than the greedy answers of the evaluation.",
    ),
    Panel(
        "dev",
        "grpo",
        "GRPO: greedy answers to dev questions",
        "% of questions",
        (("dev/execution_accuracy", "EX"), ("dev/strict_execution_accuracy", "strict EX")),
        "The same questions each time, first before any step; worth more than the reward where the two disagree.",
    ),
    Panel(
        "length",
        "grpo",
        "GRPO: length of completions",
        "tokens",
        (("completions/mean_length", "mean length"),),
        "A jump or a collapse means that the model found a way around the task.",
    ),
    Panel(
        "dead",
        "grpo",
        "GRPO: questions without a signal",
        "% of groups",
        (("frac_reward_zero_std", "all rewards equal"),),
        "Groups whose completions all earn the same teach nothing; near 100% training stands still.",
    ),
    Panel(
        "entropy",
        "grpo",
        "GRPO: entropy of the policy",
        "nats a token",
        (("entropy", "entropy"),),
        "How varied the samples are; near 0 nothing new is tried.",
    ),
    Panel(
        "kl",
        "grpo",
        "GRPO: KL to the reference",
        "nats a token",
        (("kl", "KL"),),
        "How far the policy has moved from the SFT adapter.",
    ),
    Panel(
        "gap",
        "grpo",
        "Official less strict",
        "% of completions",
        (("official_gap", "official less strict"),),
        "Right only because the official verdict takes DISTINCT out; a rise means that DISTINCT is being forgotten.",
        gaming=True,
    ),
    Panel(
        "degenerate",
        "grpo",
        "Degenerate answers",
        "% of completions",
        (("degenerate_share", "degenerate"),),
        "SQL that runs and looks at no data, such as SELECT 1; a rise means that running alone pays.",
        gaming=True,
    ),
    Panel(
        "hollow",
        "grpo",
        "Format without substance",
        "% of completions",
        (("hollow_format_share", "hollow format"),),
        "In the answer format, but the SQL is missing, fails or is degenerate; it falls where the task is learned.",
        gaming=True,
    ),
    Panel(
        "duplicates",
        "grpo",
        "Duplicate rollouts",
        "% of completions",
        (("duplicate_share", "duplicates"),),
        "Another completion of the group has the same SQL; a rise is fine only where exact results rise with it.",
        gaming=True,
    ),
)


@dataclass(frozen=True)
class Line:
    """One metric: `values` are means of neighbouring steps where there are many, `smooth` their moving average."""

    metric: str
    label: str
    steps: list[float]
    values: list[float]
    smooth: list[float]
    """As long as `values`; empty below SMOOTH_FROM logged steps."""
    logged: int
    """Steps that were logged."""
    first: float
    last: float

    @property
    def steps_a_point(self) -> int:
        """How many logged steps a point stands for."""
        return _bucket(self.logged)

    @property
    def window(self) -> int:
        """Logged steps in the moving average."""
        return _window(self.logged)


@dataclass(frozen=True)
class Trend:
    """How a share moved from the mean of its first third of points to that of its last."""

    way: str
    """`up`, `down`, `flat`, `none` (0 throughout), or `unknown` where there are too few points."""
    early: float
    late: float


@dataclass(frozen=True)
class Chart:
    """A panel with what was logged of it."""

    panel: Panel
    lines: list[Line]


def read(run: Path) -> list[Chart]:
    """The panels that the run's logs have something for. Raises UserError for a damaged log."""
    logs = {stage: _entries(run, stage) for stage in ("sft", "grpo")}
    charts = []
    for panel in PANELS:
        lines = [line for metric, label in panel.metrics if (line := _line(logs[panel.stage], metric, label))]
        if lines:
            charts.append(Chart(panel, lines))
    return charts


def _entries(run: Path, stage: str) -> list[dict]:
    path = run / stage / "log.jsonl"
    remedy = f"run train_{stage}.py --overwrite"
    return [entry for _, entry in json_lines(path, remedy)] if path.is_file() else []


def _line(entries: Sequence[dict], metric: str, label: str) -> Line | None:
    points = [
        (float(entry["step"]), float(entry[metric])) for entry in entries if _finite(entry, "step", metric)
    ]  # the closing summary line has no metrics
    if not points:
        return None
    steps, values = map(list, zip(*points, strict=True))
    smooth = moving_average(values, _window(len(values))) if len(values) >= SMOOTH_FROM else []
    size = _bucket(len(values))
    parts = (thinned(steps, size), thinned(values, size), thinned(smooth, size))
    return Line(metric, label, *parts, logged=len(values), first=values[0], last=values[-1])


def _finite(entry: dict, *names: str) -> bool:
    return all(isinstance(entry.get(name), int | float) and math.isfinite(entry[name]) for name in names)


def _bucket(count: int) -> int:
    return -(-count // MOST_POINTS)


def _window(count: int) -> int:
    """Points of the moving average: a tenth of all, at least five, an odd number."""
    return max(5, count // 10) | 1


def thinned(values: Sequence[float], size: int) -> list[float]:
    """The means of `size` neighbours each; the last group may be smaller."""
    groups = (values[start : start + size] for start in range(0, len(values), size))
    return [sum(group) / len(group) for group in groups]


def moving_average(values: Sequence[float], window: int) -> list[float]:
    """Centred moving average; towards the ends of fewer points, as many on either side, so that a steep beginning stays
    as high as it was."""
    sums, last = [0.0, *accumulate(values)], len(values) - 1
    reach = (min(window // 2, at, last - at) for at in range(len(values)))
    return [(sums[at + half + 1] - sums[at - half]) / (2 * half + 1) for at, half in enumerate(reach)]


def trend(values: Sequence[float]) -> Trend:
    """The way of a share: it has moved where the means of its first and its last third differ by more than POINT and by
    more than ERRORS standard errors of that difference, which is told from the scatter within the thirds."""
    if len(values) < LEAST_STEPS:
        return Trend("unknown", math.nan, math.nan)
    third = len(values) // 3
    ends = values[:third], values[-third:]
    early, late = map(statistics.fmean, ends)
    error = math.sqrt(sum(map(statistics.variance, ends)) / third)
    if not any(values):
        return Trend("none", early, late)
    if abs(late - early) <= max(POINT, ERRORS * error):
        return Trend("flat", early, late)
    return Trend("up" if late > early else "down", early, late)
