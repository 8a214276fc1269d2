"""Files of finished runs -> what people read: a table of the stages, learning curves, the README's results.

python -m text2sql.report table outputs/demo                          the stages as a markdown table
python -m text2sql.report curves outputs/demo --out docs/curves.png   the learning curves
python -m text2sql.report readme README.md LEDGER [--check]           the README's results from a ledger's newest lines
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from text2sql import ledger
from text2sql.errors import UserError
from text2sql.files import write_text
from text2sql.screen import counted

TRAINED = {"sft": "sft", "grpo": "grpo", "best": "grpo/best"}
"""Stage with an adapter -> its folder in the run; best is no stage of its own but what --grpo.eval-every kept."""
STAGES = ("base", *TRAINED)
SHARES = ("execution_accuracy", "strict_execution_accuracy", "valid_sql")
TRAINING = ("seconds", "steps", "questions")
NUMBERS = (*SHARES, "mean_reward", "questions", "seconds")
EVALUATION_FILES = "(pred.txt, gold.txt, predictions.jsonl, errors.json, metrics.json)"
HEAD = ("stage", "EX", "strict EX", "valid SQL", "mean reward", "questions", "training s", "evaluation s")
BLOCK = re.compile(r"(?P<open><!-- results: (?P<run>[\w.-]+) -->\n).*?(?P<close><!-- end -->)", re.DOTALL)


@dataclass(frozen=True)
class Panel:
    """One small chart: `metric` of <stage>/log.jsonl over the steps."""

    stage: str
    metric: str
    title: str
    unit: str
    """Label of the y axis; what begins with % is a share, drawn from 0 to 100."""


PANELS = (
    Panel("sft", "loss", "SFT: loss", "nats a token"),
    Panel("grpo", "reward", "GRPO: mean reward", "reward"),
    Panel("grpo", "exact_share", "GRPO: exact results", "% of completions"),
    Panel("grpo", "valid_share", "GRPO: valid SQL", "% of completions"),
    Panel("grpo", "frac_reward_zero_std", "GRPO: groups of equal rewards", "% of groups"),
    Panel("grpo", "completions/mean_length", "GRPO: completion length", "tokens"),
)
SMOOTH_FROM = 30  # points from which a moving average is drawn over the single steps
INK, FAINT, GRID = "#1f4e79", "#9db7d1", "#e3e3e3"


def stages(run: Path) -> list[dict[str, Any]]:
    """The evaluated stages of a run, in order: the fields of metrics.json and what is known of their training.

    Added to each: stage, folder (of the evaluation), and from <stage>/stage.json training_seconds, training_steps and
    training_questions, which are None for the base model; `stale` is "", or says why the figures are not those of the
    stage's adapter, which may have been trained again since. Raises UserError when no stage is evaluated, or naming the
    file that is unreadable or lacks a number.
    """
    found = [stage for stage in STAGES if _metrics_file(run, stage).is_file()]
    if not found:
        raise UserError(f"{run}: no eval/<stage>/metrics.json in it; run evaluate.py, or name a run's folder")
    return [_stage(Path(run), stage) for stage in found]


def _stage(run: Path, stage: str) -> dict[str, Any]:
    file, trained = _metrics_file(run, stage), run / TRAINED.get(stage, stage) / "stage.json"
    script = "train_sft.py" if stage == "sft" else "train_grpo.py"
    values = _numbers(file, NUMBERS, f"run evaluate.py --eval.stage {stage} --overwrite")
    training, stale = {}, ""
    if stage != "base" and not trained.is_file():
        stale = f"{trained}: no such file, {stage} isn't finished; run {script}, then evaluate.py"
    elif stage != "base":
        training = _numbers(trained, TRAINING, f"run {script} --overwrite, then evaluate.py")
        if training.get("adapter") != values.get("adapter"):
            stale = f"{file}: of another adapter than the one in {trained.parent}; run evaluate.py --eval.stage {stage}"
    extra = {f"training_{name}": training.get(name) for name in TRAINING}
    return {**values, "stage": stage, "folder": file.parent, "stale": stale, **extra}


def _current(run: Path) -> list[dict[str, Any]]:
    """The stages of a run; UserError for the first whose figures are not those of its adapter."""
    found = stages(run)
    for values in found:
        if values["stale"]:
            raise UserError(values["stale"])
    return found


def _metrics_file(run: Path, stage: str) -> Path:
    return Path(run) / "eval" / stage / "metrics.json"


def _numbers(path: Path, names: Sequence[str], remedy: str) -> dict[str, Any]:
    """A JSON object of a file that has to hold these numbers."""
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UserError(f"{path}: {error.strerror}; {remedy}") from None
    except ValueError as error:
        raise UserError(f"{path}: not valid JSON ({error}); {remedy}") from None
    _need_numbers(values, names, path, remedy)
    return values


def _need_numbers(values: Any, names: Sequence[str], path: Path, remedy: str) -> None:
    for name in names:
        if not isinstance(values, dict) or not isinstance(values.get(name), int | float):
            raise UserError(f"{path}: the field {name!r} is missing or no number; {remedy}")


def in_ledger(path: Path, run: str) -> list[dict[str, Any]]:
    """The stages of a run as `stages` gives them, from the newest line of each in a ledger.

    Raises UserError where the ledger has none, or a line lacks a number.
    """
    newest = {entry.get("stage"): entry for entry in ledger.read(path) if entry.get("run") == run}
    found = [{**newest[stage], **_training(newest[stage])} for stage in STAGES if stage in newest]
    if not found:
        raise UserError(
            f"{path}: no line of the run {run!r}; run evaluate.py, and add its lines of outputs/ledger.jsonl"
        )
    for values in found:
        _need_numbers(values, NUMBERS, path, f"evaluate {values['stage']} of {run} again")
    return found


def _training(entry: dict[str, Any]) -> dict[str, Any]:
    training = entry.get("training") or {}
    return {f"training_{name}": training.get(name) for name in TRAINING}


def table(runs: Sequence[Path]) -> str:
    """The stages of one or more runs as a markdown table; with several, the first column is the run's folder.

    Raises UserError as `stages` does, and for figures that are not those of a stage's adapter.
    """
    return _table({run.name: _current(run) for run in runs})


def _table(runs: dict[str, list[dict[str, Any]]]) -> str:
    head = HEAD if len(runs) == 1 else ("run", *HEAD)
    names = 1 if len(runs) == 1 else 2  # columns of text, to the left; numbers go to the right
    rows = [_cells(values) if names == 1 else [run, *_cells(values)] for run, found in runs.items() for values in found]
    rule = [":---"] * names + ["---:"] * (len(head) - names)
    return "".join("| " + " | ".join(cells) + " |\n" for cells in (head, rule, *rows))


def _cells(values: dict[str, Any]) -> list[str]:
    """One stage's row: shares in percent, the mean reward, counts, whole seconds."""
    trained = values["training_seconds"]
    return [
        values["stage"],
        *(f"{values[name]:.1%}" for name in SHARES),
        f"{values['mean_reward']:.3f}",
        f"{values['questions']:,}",
        "-" if trained is None else f"{trained:,.0f}",
        f"{values['seconds']:,.0f}",
    ]


def on_screen(run: Path) -> str:
    """A run's stages side by side, and where their files are; figures of a replaced adapter are marked."""
    head = f"{'stage':<6}{'EX':>8}{'strict EX':>11}{'valid SQL':>11}{'mean reward':>13}{'train s':>9}{'eval s':>8}"
    found = stages(run)
    paths = [f"{values['stage']:<6}{values['folder']}/ {EVALUATION_FILES}" for values in found]
    stale = [f"* {values['stale']}" for values in found if values["stale"]]
    return "\n".join(["", head, *map(_line, found), "", *paths, *stale])


def _line(values: dict[str, Any]) -> str:
    """One stage: shares in percent, the mean reward, seconds of training and of evaluation."""
    trained = "-" if values["training_seconds"] is None else f"{values['training_seconds']:.0f}"
    mark = " *" if values["stale"] else ""
    return (
        f"{values['stage']:<6}{values['execution_accuracy']:>8.1%}{values['strict_execution_accuracy']:>11.1%}"
        f"{values['valid_sql']:>11.1%}{values['mean_reward']:>13.3f}{trained:>9}{values['seconds']:>8.0f}{mark}"
    )


def caption(found: Sequence[dict[str, Any]]) -> str:
    """One line that says what the figures of a run's stages belong to: model, data, decoding, training, versions."""
    facts = [str(found[-1].get("model", "")), *_questions(found[-1])]
    facts += [_trained(values) for values in found if values["training_steps"] is not None]
    facts.append(", ".join(f"{name} {version}" for name, version in found[-1].get("versions", {}).items()))
    return "; ".join(filter(None, facts)) + "."


def _trained(values: dict[str, Any]) -> str:
    steps, questions = (counted(values[f"training_{name}"], name[:-1]) for name in ("steps", "questions"))
    return f"{values['stage'].upper()} {steps} (drawing from {questions})"


def _questions(values: dict[str, Any]) -> list[str]:
    """What was asked and how it was decoded; of the data's folder only the name, as the rest is one machine's."""
    data, decoding = values.get("data", {}), values.get("decoding", {})
    file = "/".join(filter(None, (Path(data.get("root", "")).name, data.get("file"))))
    chosen = f"{counted(values['questions'], 'question')} spread evenly over {file}" if data.get("limit") else file
    temperature = decoding.get("temperature")
    return [chosen, "" if temperature is None else f"temperature {temperature:g}" if temperature else "greedy"]


def readme(text: str, path: Path) -> str:
    """The README's text with every block between `<!-- results: RUN -->` and `<!-- end -->` made from a ledger.

    Raises UserError when there is no such block, one isn't closed, or the ledger has no line of a run.
    """
    runs = [match["run"] for match in BLOCK.finditer(text)]
    if not runs or len(runs) != text.count("<!-- results: "):
        raise UserError("README: it needs blocks between '<!-- results: RUN -->' and '<!-- end -->', each closed")
    return BLOCK.sub(lambda match: f"{match['open']}{_block(path, match['run'])}{match['close']}", text)


def _block(path: Path, run: str) -> str:
    found = in_ledger(path, run)
    return f"\n{_table({run: found})}\n{caption(found)}\n\n"


def curves(run: Path, out: Path) -> list[str]:
    """Draw the run's learning curves as a PNG file, a panel for each metric that was logged; returns their titles.

    Raises UserError when the run has no log with one of the metrics.
    """
    series = {panel: points for panel in PANELS if (points := _points(Path(run) / panel.stage / "log.jsonl", panel))}
    if not series:
        raise UserError(f"{run}: no sft/log.jsonl or grpo/log.jsonl with a logged step; train first, or name a run")
    _draw(series, out, Path(run).name)
    return [panel.title for panel in series]


def _points(log: Path, panel: Panel) -> list[tuple[int, float]]:
    """(step, value) of a metric; the last line of a log may be cut short by a kill, and is then left out."""
    lines = log.read_text(encoding="utf-8").splitlines() if log.is_file() else []
    points = []
    for number, line in enumerate(lines, 1):
        try:
            entry = json.loads(line)
        except ValueError as error:
            if number == len(lines):
                break
            raise UserError(f"{log}: line {number} is not valid JSON ({error}); train again with --overwrite") from None
        if entry.get(panel.metric) is not None:
            points.append((entry["step"], entry[panel.metric]))
    return points


def _draw(series: dict[Panel, list[tuple[int, float]]], out: Path, title: str) -> None:
    """A grid of at most three panels a row; drawn without a display or global state."""
    from matplotlib.figure import Figure

    width = min(3, len(series))
    height = -(-len(series) // width)
    figure = Figure(figsize=(4 * width, 2.6 * height + 0.5), dpi=150, facecolor="white", layout="constrained")
    axes = figure.subplots(height, width, squeeze=False).flat
    smoothed = [_draw_panel(axis, panel, points) for axis, (panel, points) in zip(axes, series.items(), strict=False)]
    for axis in list(axes)[len(series) :]:
        axis.set_visible(False)
    note = "   (pale: what was logged, dark: its moving average)" if any(smoothed) else ""
    figure.suptitle(f"Run {title}{note}", fontsize=10, x=0.01, ha="left")
    out.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(out, format="png")


def _draw_panel(axis: Any, panel: Panel, points: list[tuple[int, float]]) -> bool:
    """One curve with its axes; returns whether a moving average lies over it."""
    steps, values = zip(*points, strict=True)
    smooth = len(points) >= SMOOTH_FROM
    axis.plot(steps, values, **({"color": FAINT} if smooth else {"color": INK, "marker": "o", "markersize": 3}))
    if smooth:
        axis.plot(steps, _average(values, _window(len(values))), color=INK, linewidth=1.8)
    _style(axis, panel)
    return smooth


def _style(axis: Any, panel: Panel) -> None:
    from matplotlib.ticker import MaxNLocator, PercentFormatter

    axis.set_title(panel.title, fontsize=9, loc="left")
    axis.set_xlabel(f"{panel.stage.upper()} step", fontsize=8)
    axis.set_ylabel(panel.unit, fontsize=8)
    axis.xaxis.set_major_locator(MaxNLocator(nbins=6, integer=True))
    if panel.unit.startswith("%"):
        axis.set_ylim(-0.03, 1.03)
        axis.yaxis.set_major_formatter(PercentFormatter(xmax=1, decimals=0, symbol=""))
    elif panel.unit != "reward":
        axis.set_ylim(bottom=0)
    axis.grid(color=GRID, linewidth=0.6)
    axis.set_axisbelow(True)
    axis.spines[["top", "right"]].set_visible(False)
    axis.tick_params(labelsize=8, length=0)


def _window(count: int) -> int:
    """Points of the moving average: a sixth of all, an odd number."""
    return count // 6 | 1


def _average(values: Sequence[float], window: int) -> list[float]:
    """Centred moving average; at the ends, of the points that there are."""
    half = window // 2
    parts = [values[max(0, middle - half) : middle + half + 1] for middle in range(len(values))]
    return [sum(part) / len(part) for part in parts]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one of the commands; returns the exit status: 1 for a README that --check finds old, 2 for a user's error."""
    options = _parser().parse_args(arguments)
    try:
        return options.command(options)
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m text2sql.report", description="Tables and curves of runs.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    one = commands.add_parser("table", help="print the stages of runs as a markdown table")
    one.add_argument("runs", nargs="+", type=Path, metavar="RUN_FOLDER")
    one.set_defaults(command=_table_command)
    two = commands.add_parser("curves", help="draw the learning curves of a run as a PNG file")
    two.add_argument("run", type=Path, metavar="RUN_FOLDER")
    two.add_argument("--out", type=Path, default=Path("curves.png"), metavar="FILE", help="default: curves.png")
    two.set_defaults(command=_curves_command)
    three = commands.add_parser("readme", help="rewrite the README's results from a ledger")
    three.add_argument("readme", type=Path, metavar="README")
    three.add_argument("ledger", type=Path, metavar="LEDGER", help="file of evaluations, such as outputs/ledger.jsonl")
    three.add_argument("--check", action="store_true", help="write nothing; exit 1 when the README would change")
    three.set_defaults(command=_readme_command)
    return parser


def _table_command(options: argparse.Namespace) -> int:
    print(table(options.runs), end="")
    return 0


def _curves_command(options: argparse.Namespace) -> int:
    titles = curves(options.run, options.out)
    print(f"{options.out}: {'; '.join(titles)}")
    return 0


def _readme_command(options: argparse.Namespace) -> int:
    try:
        old = options.readme.read_text(encoding="utf-8")
    except OSError as error:
        raise UserError(f"{options.readme}: {error.strerror}") from None
    new = readme(old, options.ledger)
    if options.check:
        print(f"{options.readme}: {'as in' if new == old else 'differs from'} {options.ledger}")
        return int(new != old)
    write_text(options.readme, new)
    return 0


if __name__ == "__main__":
    sys.exit(main())
