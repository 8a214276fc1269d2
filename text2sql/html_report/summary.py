"""The upper half of the page: what each stage changed, and the table of all figures."""

from __future__ import annotations

from collections import Counter

from text2sql.html_report import story
from text2sql.html_report.gather import MEASURES, Measure, Run, Stage
from text2sql.html_report.markup import Html, element, examples_link, join, lines
from text2sql.paired import Change
from text2sql.screen import counted

NEUTRAL = 0.0005  # a smaller change is shown as none


def lead(run: Run) -> Html:
    """The sentences on top; the first one, or the first of each stage, stands out."""
    changed = len(run.stages) - 1 or 1
    sentences = story.lead(run)
    return lines(
        [
            element("p", sentence, class_="lead" if place < changed else "sublead")
            for place, sentence in enumerate(sentences)
        ]
    )


def notes(run: Run) -> Html:
    """What is missing or contradictory; nothing where all is well."""
    found = list(run.notes)
    if run.results.changed:
        found.append(
            f"{counted(run.results.changed, 'result')} with another number of rows than in the evaluation: data changed"
        )
    if not found:
        return Html("")
    items = [element("li", note, ".") for note in found]
    return element("aside", element("strong", "Read this with care"), element("ul", *items), class_="notes")


def flow(run: Run) -> Html:
    """The stages side by side, and between them what was won and lost."""
    pieces = [_card(run, run.stages[0])]
    for before, after in zip(run.stages, run.stages[1:], strict=False):
        pieces += [_step(before, after), _card(run, after)]
    return element("div", *pieces, _legend(run), class_="flow")


def _card(run: Run, stage: Stage) -> Html:
    """One stage: its EX in large, and its answers by outcome."""
    parts = (element("h3", stage.label), element("p", story.value(story.EX, stage.figures["ex"]), class_="big"))
    asked = run.answered(stage.name)
    right = sum(question.answers[stage.name].right for question in asked)
    under = f"{right:,} of {len(asked):,} right" if asked else f"EX on {counted(stage.values['questions'], 'question')}"
    caption = element("p", under, class_="under")
    return element("div", *parts, caption, _stack(run, stage), class_=f"card stage-{stage.name}")


def _stack(run: Run, stage: Stage) -> Html | None:
    """The stage's answers as one bar, a segment for each outcome, which leads to its examples."""
    asked = run.answered(stage.name)
    counts = Counter(question.answers[stage.name].outcome for question in asked)
    segments = []
    for name, label in story.OUTCOMES.items():
        if counts[name]:
            title = f"{counts[name]:,} {label} ({counts[name] / len(asked):.1%})"
            status = {"wrong": "result"}.get(name, name)
            link = examples_link(element("span", title, class_="hidden"), title, stage=stage.name, status=status)
            segments.append(element("li", link, class_=f"out-{name}", style=f"flex-grow:{counts[name]}"))
    return element("ul", *segments, class_="stack") if segments else None


def _legend(run: Run) -> Html | None:
    seen = {answer.outcome for question in run.questions for answer in question.answers.values()}
    items = [
        element("li", element("i", class_=f"out-{name}"), label)
        for name, label in story.OUTCOMES.items()
        if name in seen
    ]
    return element("ul", *items, class_="legend") if items else None


def _step(before: Stage, after: Stage) -> Html:
    """The change between two stages: points, interval, verdict, answers won and lost."""
    change = after.changes.get("ex")
    difference = after.figures["ex"] - before.figures["ex"]
    points = element(
        "p", story.signed(story.EX, change.difference if change else difference), " points", class_="points"
    )
    if change is None:
        return element("div", points, class_="step")
    mark = "beyond" if change.beyond_chance else "within"
    return element(
        "div",
        points,
        element("p", f"95% CI {story.interval(story.EX, change)}", class_="interval"),
        element("p", story.verdict(change), class_=f"verdict {mark}"),
        element("p", _moved(change.won, "won", after), " · ", _moved(change.lost, "lost", after), class_="moved"),
        class_="step",
    )


def _moved(count: int, way: str, stage: Stage) -> Html:
    title = f"The questions that {stage.label} {'made right' if way == 'won' else 'made wrong'}"
    return examples_link(f"{count:,} {way}", title, moved=f"{way}:{stage.name}")


def table(run: Run) -> Html:
    """All figures: a row for each measure, a column for each stage, under each figure its change."""
    head = element("tr", element("th", "", scope="col"), *(_column_head(stage) for stage in run.stages))
    rows = [_row(run, measure) for measure in MEASURES]
    caption = element("caption", "Figures of the stages, with their change from the stage before", class_="hidden")
    return element("table", caption, element("thead", head), element("tbody", *rows, *_counts(run)), class_="figures")


def _column_head(stage: Stage) -> Html:
    return element("th", stage.label, scope="col", class_=f"stage-{stage.name}")


def _row(run: Run, measure: Measure) -> Html:
    cells = []
    for place, stage in enumerate(run.stages):
        if measure.name not in stage.figures:
            cells.append(element("td", "unknown", class_="faint"))
            continue
        before = run.stages[place - 1].figures.get(measure.name) if place else None
        number = element("span", story.value(measure, stage.figures[measure.name]), class_="number")
        cells.append(element("td", number, _against(measure, stage, before)))
    return element("tr", _row_head(measure.label, measure.meaning), *cells)


def _row_head(label: str, meaning: str) -> Html:
    return element("th", label, element("small", meaning), scope="row")


def _against(measure: Measure, stage: Stage, before: float | None) -> Html | None:
    """The change under a figure, with an arrow where it is beyond chance."""
    change = stage.changes.get(measure.name)
    if change is None:
        if before is None:
            return None
        return element("span", story.signed(measure, stage.figures[measure.name] - before), class_="change")
    span = element("span", f"({story.interval(measure, change)})", class_="interval")
    return element("span", _arrow(change), story.signed(measure, change.difference), " ", span, class_=_kind(change))


def _arrow(change: Change) -> str:
    return ("▲ " if change.difference > 0 else "▼ ") if change.beyond_chance else ""


def _kind(change: Change) -> str:
    if not change.beyond_chance or abs(change.difference) < NEUTRAL:
        return "change"
    return "change better" if change.difference > 0 else "change worse"


def _counts(run: Run) -> list[Html]:
    """The rows that no change is counted for."""
    values = [stage.values for stage in run.stages]
    rows = {
        "Questions": [f"{known['questions']:,}" for known in values],
        "Training": [_training(known) for known in values],
        "Evaluation": [story.seconds(known["seconds"]) for known in values],
    }
    meanings = {"Questions": "asked of each stage", "Training": "wall clock", "Evaluation": "wall clock"}
    return [
        element("tr", _row_head(name, meanings[name]), *(element("td", cell) for cell in cells))
        for name, cells in rows.items()
    ]


def _training(values: dict) -> Html:
    """The time, and under it the steps."""
    time, steps = story.seconds(values["training_seconds"]), values["training_steps"]
    under = None if steps is None else element("span", counted(steps, "step"), class_="change")
    return join(element("span", time, class_="number"), under)
