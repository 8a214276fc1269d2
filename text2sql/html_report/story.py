"""What the stages changed, in plain sentences and numbers as people write them."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from text2sql.html_report.answers import UNKNOWN, Question
from text2sql.html_report.curves import LEAST_STEPS, Chart, Trend, trend
from text2sql.html_report.gather import MEASURES, Measure, Run, Stage
from text2sql.paired import Change
from text2sql.screen import counted

OUTCOMES = {
    "right": "right",
    "wrong": "runs, another result",
    "invalid": "does not run",
    "timeout": "stopped, too long",
    "empty": "no SQL",
    "gold_error": "the gold fails",
}
EX, REWARD = MEASURES[0], MEASURES[-1]
DEGENERATE, REPEATS = "degenerate_share", "duplicate_share"
MUCH = 0.05  # a share of degenerate answers that needs no rise to be worth a look
SIGNS = {
    "official_gap": "official less strict",
    DEGENERATE: "degenerate answers",
    "hollow_format_share": "format without substance",
    REPEATS: "duplicate rollouts",
}
"""Metric of grpo/log.jsonl that may tell of a gamed reward -> its name in a sentence."""


def value(measure: Measure, number: float) -> str:
    """A figure: shares in percent, rewards with three decimals."""
    return f"{number:.1%}" if measure.share else minus(f"{number:.3f}")


def signed(measure: Measure, number: float) -> str:
    """A change: points of shares with one decimal, rewards with two."""
    if not math.isfinite(number):
        return "∞" if number > 0 else "−∞"
    text = f"{100 * number:+.1f}" if measure.share else f"{number:+.2f}"
    return minus(text.replace("-", "+") if not float(text) else text)


def minus(text: str) -> str:
    """With the typographic minus."""
    return text.replace("-", "−")


def interval(measure: Measure, change: Change) -> str:
    """The 95% confidence interval of a change."""
    return f"{signed(measure, change.low)} to {signed(measure, change.high)}"


def seconds(number: float | None) -> str:
    """A duration: 94 s, 6 min 39 s, 2 h 05 min; a dash where there was none."""
    if number is None:
        return "–"
    whole = round(number)
    if whole < 120:
        return f"{whole} s"
    if whole < 7200:
        return f"{whole // 60} min {whole % 60:02} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02} min"


def lead(run: Run) -> list[str]:
    """The sentences on top: what each stage changed, whether that is beyond chance, and what is still wrong."""
    first = run.stages[0]
    sentences = [] if len(run.stages) > 1 else [f"The {in_text(first)} answers {value(EX, first.figures['ex'])} right."]
    pairs = zip(run.stages, run.stages[1:], strict=False)
    return [*sentences, *(_changed(before, after) for before, after in pairs), *_still_wrong(run)]


def in_text(stage: Stage) -> str:
    """A stage's name within a sentence."""
    return "base model" if stage.name == "base" else stage.label


def _changed(before: Stage, after: Stage) -> str:
    """One stage against the one before it: EX, its interval, the verdict, and GRPO's own aim."""
    old, new = before.figures["ex"], after.figures["ex"]
    verb = "raised" if new > old else "lowered" if new < old else "left"
    ends = f"{value(EX, old)} to {value(EX, new)}"
    said = f"{after.label} {verb} EX {'from ' + ends if new != old else 'at ' + value(EX, new)}"
    change = after.changes.get("ex")
    if change is None:
        return f"{said} ({signed(EX, new - old)} points); without its predictions nobody can say whether by chance."
    return f"{said} ({signed(EX, new - old)} points, 95% CI {interval(EX, change)}): {verdict(change)}.{_aim(after)}"


def verdict(change: Change) -> str:
    """Whether a change is beyond chance, in a few words that stand after a colon."""
    if change.beyond_chance:
        return "beyond chance"
    if not change.won and not change.lost:
        return "no answer changed its verdict"
    return "not beyond chance"


def _aim(stage: Stage) -> str:
    """What happened to the reward, where that isn't the same story as EX."""
    change, ex = stage.changes.get("reward"), stage.changes["ex"]
    if (
        stage.name != "grpo"
        or change is None
        or (change.beyond_chance, change.difference > 0)
        == (
            ex.beyond_chance,
            ex.difference > 0,
        )
    ):
        return ""
    how = "beyond chance" if change.beyond_chance else "not beyond chance"
    return f" Its own aim, the mean reward, changed by {signed(REWARD, change.difference)}, {how}."


def _still_wrong(run: Run) -> list[str]:
    """How many answers of the last stage are wrong, and in which ways."""
    asked = run.answered(run.last.name)
    wrong = [question for question in asked if not question.answers[run.last.name].right]
    if not wrong:
        return ["Every answer is right."] if asked else []
    ways = Counter(question.answers[run.last.name].outcome for question in wrong)
    parts = [f"{count:,} {_plural(way, count)}" for way, count in ways.most_common()]
    return [f"{len(wrong):,} of {len(asked):,} answers are still wrong: {', '.join(parts)}{_reasons(run, wrong)}."]


def _plural(way: str, count: int) -> str:
    many = {
        "wrong": "run but return another result",
        "invalid": "do not run",
        "timeout": "took too long",
        "empty": "have no SQL",
        "gold_error": "have a gold that fails",
    }
    one = {
        "wrong": "runs but returns another result",
        "invalid": "does not run",
        "timeout": "took too long",
        "empty": "has no SQL",
        "gold_error": "has a gold that fails",
    }
    return (one if count == 1 else many).get(way, way)


def _reasons(run: Run, wrong: list[Question]) -> str:
    """The most frequent error classes, where they are known."""
    classes = Counter(question.answers[run.last.name].reason for question in wrong)
    classes.pop("", None)
    classes.pop(UNKNOWN, None)
    if not classes:
        return ""
    named = ", ".join(f"{spoken(name)} ({count:,})" for name, count in classes.most_common(3))
    return f". The most frequent reasons: {named}"


def spoken(name: str) -> str:
    """An identifier of a file as words."""
    return name.replace("_", " ")


def gaming(charts: Sequence[Chart]) -> str:
    """Whether GRPO's reward is being gamed, as far as the trends of its signs tell; at least one of them is drawn."""
    lines = {line.metric: line for chart in charts for line in chart.lines}
    trends = {metric: trend(lines[metric].values) for metric in SIGNS if metric in lines}
    if any(known.way == "unknown" for known in trends.values()):
        steps = min(lines[metric].logged for metric in trends)
        return f"Too early to tell: {counted(steps, 'logged step')}, and a trend takes {LEAST_STEPS}."
    learned = "exact_share" in lines and trend(lines["exact_share"].values).way == "up"
    said = {metric: f"{SIGNS[metric]} ({_moved(metric, known, learned)})" for metric, known in trends.items()}
    signs = [metric for metric, known in trends.items() if _is_sign(metric, known, learned)]
    rest = ", ".join(said[metric] for metric in trends if metric not in signs)
    if not signs:
        return f"No sign that GRPO teaches it: {rest}. That is no proof: the figures see only what they count."
    seen = ", ".join(said[metric] for metric in signs)
    others = f" The others: {rest}." if rest else ""
    if signs == [REPEATS]:
        return f"Perhaps: {seen}. The policy has settled on its answers, or it collapses.{others}"
    return f"There are signs of it: {seen}. Read such rollouts before you trust the reward.{others}"


def _is_sign(metric: str, known: Trend, learned: bool) -> bool:
    """Whether it rises; duplicates where exact results don't, for else the policy repeats what is right. Degenerate
    answers needn't rise to be one: hardly any question asks for them."""
    if metric == DEGENERATE and known.way == "flat" and known.late > MUCH:
        return True
    return known.way == "up" and not (metric == REPEATS and learned)


def _moved(metric: str, known: Trend, learned: bool) -> str:
    """A trend in a few words; of duplicates that rise, whether exact results do too."""
    if known.way == "none":
        return "none"
    if known.way == "flat":
        return f"flat near {_percent((known.early + known.late) / 2)}"
    beside = f", {'as' if learned else 'unlike'} exact results" if (metric, known.way) == (REPEATS, "up") else ""
    return f"{known.way} from {_percent(known.early)} to {_percent(known.late)}{beside}"


def _percent(share: float) -> str:
    return minus(f"{share:.1%}")
