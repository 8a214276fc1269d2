"""Curves -> SVG for the page, drawn by matplotlib; colours are the page's, so that they follow light and dark."""

from __future__ import annotations

import io
import re
from html import escape
from typing import Any

from text2sql.html_report.curves import Chart, Line

WIDTH, HEIGHT = 344, 210  # points, which are the viewBox's units
LEFT, RIGHT, TOP, BOTTOM = 42, 8, 26, 40  # margins around the axes
LEAST_TOP = 0.05  # the lowest upper end of an axis that ends where its lines do
DASHES = ("-", (0, (5, 2)), (0, (1.2, 1.6)), (0, (6, 2, 1.2, 2)))

# Placeholder in matplotlib's output -> the page's colour.
COLOURS = {
    "#000001": "var(--chart-ink)",
    "#000002": "var(--chart-grid)",
    "#000003": "var(--series-1)",
    "#000004": "var(--series-2)",
    "#000005": "var(--series-3)",
    "#000006": "var(--series-4)",
    "#000007": "var(--sft)",
    "#000008": "var(--grpo)",
}
INK, GRID, *SERIES, SFT, GRPO = COLOURS
_STYLE = {
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 12,
    "path.simplify": True,
    "axes.unicode_minus": True,
}


def svg(chart: Chart) -> str:
    """The chart as one <svg> element, named for screen readers by what it shows."""
    import matplotlib
    from matplotlib.figure import Figure

    with matplotlib.rc_context(_STYLE | {"svg.hashsalt": chart.panel.name}):
        figure = Figure(figsize=(WIDTH / 72, HEIGHT / 72), dpi=72)
        axes = figure.add_axes(_box())
        for number, line in enumerate(chart.lines):
            _draw(axes, line, colour(chart, number), DASHES[number])
        _frame(axes, chart)
        target = io.StringIO()
        figure.savefig(target, format="svg", transparent=True, metadata=dict.fromkeys(("Date", "Creator")))
    return _inline(target.getvalue(), chart.panel.name, _spoken(chart), limits(axes))


def colour(chart: Chart, number: int) -> str:
    """The placeholder of a line's colour: its stage's where it is alone, else one of the series."""
    if len(chart.lines) > 1:
        return SERIES[number]
    return SFT if chart.panel.stage == "sft" else GRPO


def _box() -> tuple[float, float, float, float]:
    """Left, bottom, width and height of the axes as shares of the figure, the same in every chart."""
    width, height = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
    return LEFT / WIDTH, BOTTOM / HEIGHT, width / WIDTH, height / HEIGHT


def _draw(axes: Any, line: Line, ink: str, dash: Any) -> None:
    """One curve: single steps with points; many steps pale, with their moving average over them."""
    if line.smooth:
        axes.plot(line.steps, line.values, color=ink, linewidth=0.9, alpha=0.3)
        axes.plot(line.steps, line.smooth, color=ink, linewidth=2, linestyle=dash)
    else:
        axes.plot(line.steps, line.values, color=ink, linewidth=2, linestyle=dash, marker="o", markersize=4)


def _frame(axes: Any, chart: Chart) -> None:
    """Axes with units, a faint grid, no box."""
    from matplotlib.ticker import MaxNLocator, PercentFormatter

    axes.set_xlabel(f"{chart.panel.stage.upper()} step", color=INK, fontsize=12, labelpad=3)
    axes.set_title(chart.panel.unit, color=INK, fontsize=12, loc="left", x=(2 - LEFT) / (WIDTH - LEFT - RIGHT))
    axes.xaxis.set_major_locator(MaxNLocator(nbins=6, integer=True))
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5))
    if chart.panel.gaming:
        _fit(axes, chart)
    elif chart.panel.unit.startswith("%"):
        axes.set_ylim(-0.03, 1.03)
        axes.set_yticks([0, 0.25, 0.5, 0.75, 1])
        axes.yaxis.set_major_formatter(PercentFormatter(xmax=1, decimals=0, symbol=""))
    elif chart.panel.unit == "reward":
        axes.axhline(0, color=INK, linewidth=0.6)
    else:
        axes.set_ylim(bottom=0, top=axes.get_ylim()[1] or 1)
    axes.grid(color=GRID, linewidth=0.7)
    axes.set_axisbelow(True)
    axes.spines[:].set_visible(False)
    axes.tick_params(colors=INK, labelsize=12, length=0)


def _fit(axes: Any, chart: Chart) -> None:
    """An axis of percents that ends where the lines do, for shares of which a few points matter; whole percents."""
    from matplotlib.ticker import MaxNLocator, PercentFormatter

    values = [value for line in chart.lines for value in line.values]
    low, high = min(0, *values), max(LEAST_TOP, *values)
    axes.set_ylim(low - 0.03 * (high - low), high + 0.03 * (high - low))
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 5, 10]))
    axes.yaxis.set_major_formatter(PercentFormatter(xmax=1, decimals=0, symbol=""))


def limits(axes: Any) -> list[float]:
    """What the axes show: left, right, bottom, top, in the data's units."""
    return [float(f"{value:.6g}") for value in (*axes.get_xlim(), *axes.get_ylim())]


def _spoken(chart: Chart) -> str:
    """The chart in words: where each line begins and ends."""
    scale, sign = (100, "%") if chart.panel.unit.startswith("%") else (1, f" {chart.panel.unit}")
    ends = [
        f"{line.label} from {scale * line.first:.3g}{sign} at step {line.steps[0]:.0f} to "
        f"{scale * line.last:.3g}{sign} at step {line.steps[-1]:.0f}"
        for line in chart.lines
    ]
    return f"{chart.panel.title}: {'; '.join(ends)}."


def _inline(drawn: str, name: str, spoken: str, shown: list[float]) -> str:
    """Matplotlib's file as an element of a page: no prolog, ids that don't collide, the page's fonts and colours."""
    body = drawn[drawn.index(">", drawn.index("<svg")) + 1 : drawn.rindex("</svg>")]
    body = re.sub(r"<metadata>.*?</metadata>|<style.*?</style>|<!--.*?-->", "", body, flags=re.S)
    body = re.sub(r"font-family: [^;\"]*; ?", "", re.sub(r"font: ([\d.]+px) [^;\"]*", r"font-size: \1", body))
    body = re.sub(r' transform="rotate\(-0 [^"]*"', "", body)
    body = re.sub(r'(id="|href="#|url\(#)', rf"\g<1>{name}-", body)
    body = re.sub(r"\s*\n\s*", "\n", body)
    for placeholder, used in COLOURS.items():
        body = body.replace(placeholder, used)
    box = f'viewBox="0 0 {WIDTH} {HEIGHT}" data-limits="{" ".join(map(str, shown))}"'
    return f'<svg class="chart" role="img" aria-label="{escape(spoken)}" {box}>{body.strip()}</svg>'
