"""The part of the page about training: learning curves, rollouts early and late, and what the figures belong to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from text2sql.html_report import charts, story
from text2sql.html_report.curves import ERRORS, POINT, Chart
from text2sql.html_report.gather import Run
from text2sql.html_report.markup import Html, element, join
from text2sql.html_report.rollouts import Group, Pair, Rollouts, Sample
from text2sql.screen import counted

MOST_SAMPLES = 8  # different completions shown of a group
MARKS = {"match": "✓", "wrong": "✗", "invalid": "!", "timeout": "◷", "empty": "∅", "gold_error": "?"}


def curves(run: Run) -> Html:
    """A figure for each panel of the logs, without the signs of gaming."""
    found = [chart for chart in run.charts if not chart.panel.gaming]
    if not found:
        return element(
            "p", "There is no sft/log.jsonl or grpo/log.jsonl with a logged step in this run.", class_="faint"
        )
    return _figures(found)


def gaming(run: Run) -> Html:
    """Whether the reward is being gamed: what the numbers say, and the figures that they are of."""
    found = [chart for chart in run.charts if chart.panel.gaming]
    if not found:
        said = "grpo/log.jsonl has none of the figures that tell: this run had no GRPO, or is older than they are."
        return element("p", said, class_="faint")
    verdict = element("p", story.gaming(run.charts), class_="lead")
    note = (
        f"Up or down: the means of the first and the last third of the steps differ by more than {100 * POINT:g} point "
        f"and than {ERRORS} standard errors. Each chart has a scale of its own."
    )
    return join(verdict, element("p", note, class_="note"), _figures(found))


def _figures(found: list[Chart]) -> Html:
    return element("div", *map(_figure, found), class_="charts")


def _figure(chart: Chart) -> Html:
    title = element("h3", chart.panel.title)
    drawn = element("div", Html(charts.svg(chart)), class_="plot", data_chart=chart.panel.name)
    caption = element("figcaption", title, _legend(chart))
    reading = element("p", chart.panel.reading, _smoothing(chart), class_="note")
    return element("figure", caption, drawn, reading)


def _legend(chart: Chart) -> Html | None:
    """The names of several lines, each with its colour and dash."""
    if len(chart.lines) < 2:
        return None
    items = [
        element("li", element("i", class_=f"line line-{place}"), line.label)
        for place, line in enumerate(chart.lines, 1)
    ]
    return element("ul", *items, class_="legend")


def _smoothing(chart: Chart) -> str:
    """What the pale and the dark line are, in a chart that has both."""
    line = max(chart.lines, key=lambda line: line.logged)
    if not line.smooth:
        return ""
    pale = f"the mean of each {line.steps_a_point} steps" if line.steps_a_point > 1 else "each logged step"
    return f" Pale: {pale}; dark: moving average of {line.window:,}."


def chart_data(run: Run) -> dict[str, Any]:
    """What page.js shows under the pointer: chart -> its axes' box in the SVG's units, and its lines."""
    box = [charts.LEFT, charts.TOP, charts.WIDTH - charts.RIGHT, charts.HEIGHT - charts.BOTTOM]
    return {
        chart.panel.name: {"box": box, "unit": chart.panel.unit, "lines": _line_data(chart)} for chart in run.charts
    }


def _line_data(chart: Chart) -> list[dict[str, Any]]:
    return [
        {"label": line.label, "steps": _short(line.steps), "values": _short(line.smooth or line.values)}
        for line in chart.lines
    ]


def _short(values: list[float]) -> list[float]:
    return [float(f"{value:.5g}") for value in values]


def rollouts(run: Run) -> Html:
    """Groups of completions, early beside late."""
    found = run.rollouts
    if not found.pairs:
        return element("p", found.missing, class_="faint")
    note = element("p", _choice(found), class_="note")
    if found.same_questions:
        return join(note, element("div", *map(_pair, found.pairs), class_="pairs"))
    early, late = ([_pair(pair) for pair in found.pairs if getattr(pair, end)] for end in ("early", "late"))
    return join(
        note, element("div", *(element("div", *side, class_="pairs") for side in (early, late)), class_="sides")
    )


def _choice(found: Rollouts) -> str:
    first, last = found.steps or (0, 0)
    if found.same_questions:
        return (
            f"The same questions the first and the last time they were asked, between steps {first:,} and {last:,}; "
            "chosen evenly, without looking at the outcome."
        )
    return (
        f"No question was asked twice in steps {first:,} to {last:,}, so these are other questions: "
        "some of the first step, then some of the last."
    )


def _pair(pair: Pair) -> Html:
    groups = [_group(name, group) for name, group in (("Early", pair.early), ("Late", pair.late)) if group]
    sides = element("div", *groups, class_="sides" if len(groups) > 1 else None)
    return element("section", element("h3", pair.question), sides, class_="panel pair")


def _group(name: str, group: Group) -> Html:
    head = f"{name}: step {group.step:,}, {group.matches} of {group.size} match"
    items = [_sample(sample) for sample in group.samples[:MOST_SAMPLES]]
    more = len(group.samples) - MOST_SAMPLES
    rest = element("p", f"{more} more different completions", class_="faint") if more > 0 else None
    return element("div", element("h4", head), element("ul", *items, class_="samples"), rest)


def _sample(sample: Sample) -> Html:
    """One completion: mark, SQL, how often, what it earned."""
    status = sample.status or "wrong"
    mark = element("span", MARKS.get(status, "?"), class_=f"mark out-{'right' if status == 'match' else status}")
    earned = ", ".join(_earned(name, value, len(sample.rewards)) for name, value in sample.rewards)
    if sample.advantage is not None:
        earned += f", advantage {story.minus(f'{sample.advantage:+.2f}')}"
    times = f"{sample.count} times · " if sample.count > 1 else None
    facts = element("small", times, earned, f" · {sample.error}" if sample.error else None)
    return element("li", mark, element("code", sample.sql or "(nothing)"), facts)


def _earned(name: str, value: float, count: int) -> str:
    return f"{name if count > 1 else 'reward'} {story.minus(f'{value:.2f}')}"


def facts(run: Run) -> Html:
    """What the figures belong to, as a list of names and values."""
    values = run.last.values
    data, decoding = values.get("data") or {}, values.get("decoding") or {}
    named = {
        "Model": values.get("model"),
        "Recipe": values.get("recipe"),
        "Data": _data(data, values["questions"]),
        "Data sha256": data.get("sha256"),
        **{f"{stage.label} adapter": stage.values.get("adapter") for stage in run.stages},
        "Decoding": _spelt(decoding),
        "Reward": _spelt(values.get("reward") or {}),
        "Engine": values.get("engine"),
        "Versions": " ".join(f"{name} {version}" for name, version in (values.get("versions") or {}).items()),
    }
    rows = [join(element("dt", name), element("dd", known)) for name, known in named.items() if known]
    return element("dl", *rows, class_="facts")


def _data(data: dict[str, Any], questions: int) -> str:
    """Folder and file, without the rest of the path, which is one machine's; and the sample."""
    file = "/".join(filter(None, (Path(str(data.get("root", ""))).name, data.get("file"))))
    return f"{counted(questions, 'question')} spread evenly over {file}" if data.get("limit") else file


def _spelt(values: dict[str, Any]) -> str:
    return ", ".join(f"{name.rpartition('.')[2].replace('_', ' ')} {value}" for name, value in values.items())
