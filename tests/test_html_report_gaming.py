"""Whether the reward is being gamed, as report.html tells it: planted hacking is said, a healthy run isn't accused."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path
from random import Random

import fake_run
import pytest
from fake_run import embedded, written
from hypothesis import given
from hypothesis import strategies as st

from text2sql.html_report import charts, curves, story

HEALTHY = {
    "exact_share": (0.3, 0.6),
    "official_gap": (0.02, 0.02),
    "degenerate_share": (0.0, 0.0),
    "hollow_format_share": (0.3, 0.1),
    "duplicate_share": (0.3, 0.6),
}
"""Metric -> where it begins and ends."""
NO_SIGN = "No sign that GRPO teaches it: "


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return fake_run.make(tmp_path / "tale")


def plant(run: Path, steps: int = 60, **ends: tuple[float, float]) -> str:
    """Log a run that moves between these ends, with noise; returns the verdict on it."""
    chance = Random(7)

    def noisy(first: float, last: float):
        noise = 0.02 if first or last else 0.0
        return lambda step: max(0.0, first + (last - first) * step / steps + chance.gauss(0, noise))

    fake_run.log(run, "grpo", steps, **{metric: noisy(*known) for metric, known in (HEALTHY | ends).items()})
    return story.gaming(curves.read(run))


@pytest.mark.parametrize("steps", [9, 60, 1000])
def test_a_healthy_run_is_not_accused(run: Path, steps: int) -> None:
    said = plant(run, steps)
    assert said.startswith(NO_SIGN) and "degenerate answers (none)" in said and "no proof" in said
    assert re.search(r"format without substance \(down from 2\d\.\d% to 1\d\.\d%\)", said)
    assert re.search(r"duplicate rollouts \(up from 3\d\.\d% to 5\d\.\d%, as exact results\)", said)
    assert re.search(r"official less strict \(flat near [12]\.\d%\)", said)


@pytest.mark.parametrize("steps", [9, 60, 1000])
@pytest.mark.parametrize(
    ("planted", "sign"),
    [
        ({"official_gap": (0.02, 0.3)}, "official less strict (up from "),
        ({"degenerate_share": (0.0, 0.5)}, "degenerate answers (up from "),
        ({"degenerate_share": (0.4, 0.4)}, "degenerate answers (flat near "),
        ({"hollow_format_share": (0.1, 0.7)}, "format without substance (up from "),
    ],
)
def test_planted_hacking_is_said_and_nothing_else(run: Path, planted: dict, sign: str, steps: int) -> None:
    said = plant(run, steps, **planted)
    signs, _, rest = said.partition(" Read such rollouts before you trust the reward. ")
    assert signs.startswith(f"There are signs of it: {sign}") and signs.count("(") == 1
    assert rest.startswith("The others: ") and rest.count("(") == 3
    page = unescape(written(run))
    assert page.count(said) == 1 and page.index("Is the reward being gamed?") < page.index(said)


def test_rollouts_that_repeat_what_is_wrong_are_said_with_a_perhaps(run: Path) -> None:
    said = plant(run, duplicate_share=(0.3, 0.9), exact_share=(0.3, 0.3))
    assert said.startswith("Perhaps: duplicate rollouts (up from ") and ", unlike exact results). The policy" in said
    assert said.partition(" The others: ")[2].count("(") == 3


def test_all_of_it_at_once(run: Path) -> None:
    worst = dict.fromkeys(("official_gap", "degenerate_share", "hollow_format_share", "duplicate_share"), (0.05, 0.8))
    said = plant(run, **worst, exact_share=(0.5, 0.1))
    assert said.startswith("There are signs of it: ") and said.count("(up from ") == 4 and "others" not in said
    assert "unlike exact results" in said and said.endswith("trust the reward.")


def test_degenerate_answers_that_become_fewer_are_no_sign(run: Path) -> None:
    assert plant(run, degenerate_share=(0.5, 0.1)).startswith(NO_SIGN)


@pytest.mark.parametrize("steps", [1, 8])
def test_few_steps_tell_nothing(run: Path, steps: int) -> None:
    said = plant(run, steps, degenerate_share=(0.0, 0.9))
    assert said == f"Too early to tell: {steps} logged step{'s' * (steps > 1)}, and a trend takes 9."


def test_a_run_from_before_these_figures_still_has_its_page(run: Path) -> None:
    assert "has none of the figures that tell" in written(run)
    fake_run.log(run, "grpo", 20, reward=1.0, exact_share=0.5)
    page = written(run)
    assert "has none of the figures that tell" in page and 'data-chart="reward"' in page
    fake_run.log(run, "grpo", 20, official_gap=0.1)
    assert story.gaming(curves.read(run)).startswith(f"{NO_SIGN}official less strict (flat near 10.0%). ")


def test_the_four_signs_stand_together_each_on_a_scale_of_its_own(run: Path) -> None:
    plant(run, official_gap=(-0.1, 0.02))
    before, _, section = written(run).partition('<section id="gaming">')
    section = section.partition("</section>")[0]
    drawn = {
        name: float(top) for name, top in re.findall(r'data-chart="(\w+)">.*?data-limits="\S+ \S+ \S+ (\S+)"', section)
    }
    assert list(drawn) == ["gap", "degenerate", "hollow", "duplicates"]
    assert drawn["gap"] < 0.1 and drawn["degenerate"] < 0.06 and 0.6 < drawn["duplicates"] < 0.8
    assert 'data-chart="shares"' in before and not re.search('data-chart="(gap|hollow)"', before)
    assert all(name in embedded(written(run))["charts"] for name in drawn)


@pytest.mark.parametrize("ends", [(0.0, 0.0), (0.0, 0.04), (0.0, 0.12), (-0.07, 0.2), (0.2, 1.0)])
def test_such_a_scale_has_a_few_whole_percents(run: Path, ends: tuple[float, float]) -> None:
    figure = pytest.importorskip("matplotlib.figure").Figure()
    fake_run.log(run, "grpo", 20, official_gap=lambda step: ends[step > 10])
    (chart,) = curves.read(run)
    axes = figure.add_axes(charts._box())
    charts._fit(axes, chart)
    low, high = axes.get_ylim()
    shown = [100 * tick for tick in axes.get_yticks() if low <= tick <= high]
    assert low <= ends[0] and ends[1] <= high and 3 <= len(shown) <= 7
    assert shown == pytest.approx([round(tick) for tick in shown])


def test_evaluations_during_training_are_points_from_step_0(run: Path) -> None:
    path = run / "grpo" / "log.jsonl"
    fake_run.log(run, "grpo", 20, reward=1.0)
    shares = [
        {"dev/execution_accuracy": 0.5, "dev/strict_execution_accuracy": 0.5 - step / 100} for step in (0, 10, 20)
    ]
    lines = [{"step": 10 * place, **known} for place, known in enumerate(shares)]
    path.write_text(json.dumps(lines[0]) + "\n" + path.read_text() + "".join(json.dumps(it) + "\n" for it in lines[1:]))
    (chart,) = (chart for chart in curves.read(run) if chart.panel.name == "dev")
    assert [(line.label, line.steps) for line in chart.lines] == [("EX", [0, 10, 20]), ("strict EX", [0, 10, 20])]
    assert chart.lines[1].values == pytest.approx([0.5, 0.4, 0.3])
    page = written(run)
    assert 'data-chart="dev"' in page and "strict EX from 50% at step 0 to 30% at step 20" in page


@given(st.lists(st.floats(0, 1), min_size=9, max_size=60))
def test_a_trend_backwards_is_the_opposite(values: list[float]) -> None:
    known, back = curves.trend(values), curves.trend(values[::-1])
    assert {known.way, back.way} in ({"up", "down"}, {"flat"}, {"none"})
    assert (known.early, known.late) == pytest.approx((back.late, back.early))
    rises = {"up": known.late - known.early, "down": known.early - known.late}
    assert rises.get(known.way, 1) > curves.POINT


@given(st.floats(0.02, 1), st.integers(9, 300))
def test_a_step_of_a_steady_share_is_a_trend_and_its_level_none(level: float, count: int) -> None:
    assert curves.trend([level] * count).way == "flat" and curves.trend([0.0] * count).way == "none"
    assert curves.trend([level + 0.02 * (place >= count // 2) for place in range(count)]).way == "up"
