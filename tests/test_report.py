"""Reports from small fake run folders: the table, the curves, and the README's blocks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from text2sql import report
from text2sql.errors import UserError

ROOT = Path(__file__).resolve().parents[1]
TRAINED_AGAIN = {"adapter": "other", "seconds": 1.0, "steps": 1, "questions": 1}
EX = {"base": 0.0236, "sft": 0.4124, "grpo": 0.4281}


def write(path: Path, value: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value), encoding="utf-8")


STAGES = ("base", "sft", "grpo")


def metrics(stage: str) -> dict:
    return {
        "stage": stage,
        "questions": 1034,
        "execution_accuracy": EX[stage],
        "strict_execution_accuracy": EX[stage] - 0.01,
        "valid_sql": 0.75,
        "mean_reward": 0.6976,
        "seconds": 61.4,
        "model": "SmolLM2-135M-Instruct",
        "adapter": None if stage == "base" else stage,
        "data": {"root": "spider_data/demo", "file": "dev.json", "limit": 0},
        "decoding": {"temperature": 0.0},
        "versions": {"trl": "1.15.0"},
    }


def evaluated(run: Path, stage: str) -> None:
    """Write what evaluate.py and, for a trained stage, its training left of one stage."""
    write(run / "eval" / stage / "metrics.json", metrics(stage))
    if stage != "base":
        write(run / stage / "stage.json", {"adapter": stage, "seconds": 1234.5, "steps": 102, "questions": 816})


@pytest.fixture
def run(tmp_path: Path) -> Path:
    folder = tmp_path / "results" / "demo"
    for stage in STAGES:
        evaluated(folder, stage)
    return folder


def log(run: Path, stage: str, steps: int, **values: float) -> None:
    """A log of `steps` steps, and the summary line that the trainers write at the end."""
    lines = [{"step": step, "seconds": 2.0 * step, **values} for step in range(1, steps + 1)]
    path = run / stage / "log.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(line) + "\n" for line in [*lines, {"step": steps, "train_loss": 1.0}]))


GRPO = {
    "reward": 1.5,
    "exact_share": 0.3,
    "valid_share": 0.8,
    "frac_reward_zero_std": 0.2,
    "completions/mean_length": 21.0,
}


# --- table -----------------------------------------------------------------------------------------------------------
def test_table_has_a_row_a_stage_in_order(run: Path) -> None:
    head, rule, *rows = report.table([run]).splitlines()
    assert head == "| stage | EX | strict EX | valid SQL | mean reward | questions | training s | evaluation s |"
    assert rule.count("---") == len(report.HEAD)
    assert rows[0] == "| base | 2.4% | 1.4% | 75.0% | 0.698 | 1,034 | - | 61 |"
    assert rows[1] == "| sft | 41.2% | 40.2% | 75.0% | 0.698 | 1,034 | 1,234 | 61 |"
    assert [row.split()[1] for row in rows] == ["base", "sft", "grpo"]


def test_a_stage_that_was_not_evaluated_has_no_row(run: Path) -> None:
    (run / "eval" / "sft" / "metrics.json").unlink()
    assert [values["stage"] for values in report.stages(run)] == ["base", "grpo"]


def test_several_runs_are_named_in_the_first_column(run: Path) -> None:
    other = run.with_name("other")
    evaluated(other, "base")
    lines = report.table([run, other]).splitlines()
    assert lines[0].startswith("| run | stage |") and lines[-1].startswith("| other | base |")
    assert {line.count("|") for line in lines} == {len(report.HEAD) + 2}


def test_stages_say_where_the_files_are_and_what_training_took(run: Path) -> None:
    base, sft, _ = report.stages(run)
    assert sft["folder"] == run / "eval" / "sft"
    assert (base["training_seconds"], sft["training_seconds"], sft["training_steps"]) == (None, 1234.5, 102)


def test_stages_name_figures_of_another_adapter_but_can_be_shown(run: Path) -> None:
    write(run / "sft" / "stage.json", TRAINED_AGAIN)
    (run / "grpo" / "stage.json").unlink()
    base, sft, grpo = report.stages(run)
    assert not base["stale"] and "sft/metrics.json: of another adapter" in sft["stale"]
    assert "grpo isn't finished" in grpo["stale"] and grpo["training_seconds"] is None


def test_table_prints(run: Path, capsys: pytest.CaptureFixture) -> None:
    assert report.main(["table", str(run)]) == 0
    assert capsys.readouterr().out == report.table([run])


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda run: (run / "sft" / "stage.json").unlink(), "sft/stage.json: no such file, sft isn't finished"),
        (lambda run: write(run / "grpo/stage.json", TRAINED_AGAIN), "grpo/metrics.json: of another adapter than"),
        (lambda run: (run / "eval/grpo/metrics.json").write_text('{"seco'), "grpo/metrics.json: not valid JSON"),
        (lambda run: write(run / "eval/base/metrics.json", {}), "base/metrics.json: the field 'execution_accuracy'"),
        (lambda run: write(run / "grpo/stage.json", {"seconds": "5"}), "grpo/stage.json: the field 'seconds'"),
        (lambda run: run.rename(run.with_name("moved")), "demo: no eval/<stage>/metrics.json"),
    ],
)
def test_a_missing_or_broken_file_is_one_line(run: Path, damage, words: str, capsys: pytest.CaptureFixture) -> None:
    damage(run)
    assert report.main(["table", str(run)]) == 2
    told = capsys.readouterr()
    assert told.err.startswith("error: ") and words in told.err
    assert told.err.count("\n") == 1 and not told.out


# --- curves ----------------------------------------------------------------------------------------------------------
def is_png(path: Path) -> bool:
    return path.read_bytes().startswith(b"\x89PNG\r\n\x1a\n") and path.stat().st_size > 10_000


def test_curves_of_both_stages(run: Path, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    log(run, "sft", 20, loss=0.5)
    log(run, "grpo", 40, **GRPO)  # long enough for a moving average
    out = tmp_path / "docs" / "curves.png"
    assert report.curves(run, out) == [panel.title for panel in report.PANELS]
    assert is_png(out)


def test_curves_of_one_stage_only(run: Path, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    pytest.importorskip("matplotlib")
    log(run, "sft", 3, loss=0.5)
    out = tmp_path / "sft.png"
    assert report.main(["curves", str(run), "--out", str(out)]) == 0
    assert capsys.readouterr().out == f"{out}: SFT: loss\n" and is_png(out)


def test_a_log_that_a_kill_cut_short_is_read_to_its_last_whole_line(run: Path) -> None:
    log(run, "sft", 3, loss=0.5)
    with (run / "sft" / "log.jsonl").open("a") as file:
        file.write('{"step": 4, "lo')
    points = report._points(run / "sft" / "log.jsonl", report.PANELS[0])
    assert points == [(1, 0.5), (2, 0.5), (3, 0.5)]


def test_a_broken_line_within_a_log_is_named(run: Path) -> None:
    log(run, "sft", 3, loss=0.5)
    path = run / "sft" / "log.jsonl"
    path.write_text("{broken\n" + path.read_text())
    with pytest.raises(UserError, match=r"log\.jsonl: line 1 is not valid JSON"):
        report._points(path, report.PANELS[0])


def test_a_run_without_logs_is_one_line(run: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"demo: no sft/log\.jsonl or grpo/log\.jsonl"):
        report.curves(run, tmp_path / "none.png")
    assert not (tmp_path / "none.png").exists()


@pytest.mark.parametrize("count", [30, 31, 100])
def test_the_average_keeps_a_line_inside_and_its_mean(count: int) -> None:
    window = report._window(count)
    values = [float(step) for step in range(count)]
    smooth = report._average(values, window)
    inner = slice(window // 2, count - window // 2)
    assert window % 2 == 1 and smooth[inner] == values[inner]
    assert sum(smooth) == pytest.approx(sum(values))


def test_the_best_adapter_has_its_row_from_its_folder_within_grpos(run: Path) -> None:
    write(run / "eval" / "best" / "metrics.json", {**metrics("grpo"), "stage": "best", "adapter": "best"})
    write(run / "grpo" / "best" / "stage.json", {"adapter": "best", "seconds": 99.0, "steps": 50, "questions": 816})
    assert "| best |" in report.table([run]) and report.stages(run)[-1]["training_seconds"] == 99.0
    (run / "grpo" / "best" / "stage.json").unlink()
    assert "run train_grpo.py, then evaluate.py" in report.stages(run)[-1]["stale"]


# --- README ----------------------------------------------------------------------------------------------------------
def entries(*, runs: tuple[str, ...] = ("demo",), **changed: object) -> list[dict]:
    """Lines of a ledger for all stages of the runs, one evaluated twice."""
    training = {"seconds": 1234.5, "steps": 102, "questions": 816}
    found = [{"run": "demo", **metrics("sft"), "execution_accuracy": 0.99, "training": training}]
    for run in runs:
        for stage in STAGES:
            found.append({"run": run, **metrics(stage), "training": None if stage == "base" else training, **changed})
    return found


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    return ledger(tmp_path, entries())


def ledger(folder: Path, lines: list[dict]) -> Path:
    path = folder / "ledger.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


OLD = "# Title\n\n<!-- results: demo -->\nstale\n<!-- end -->\n\nText 42%.\n"


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "README.md"
    path.write_text(OLD, encoding="utf-8")
    return path


def test_readme_blocks_are_rewritten_and_a_second_time_changes_nothing(run: Path, kept: Path, page: Path) -> None:
    command = ["readme", str(page), str(kept)]
    assert report.main(command) == 0
    once = page.read_text(encoding="utf-8")
    assert "stale" not in once and report.table([run]) in once, "the newest line of each stage, as in the run's folder"
    assert once.startswith("# Title\n\n<!-- results: demo -->\n") and once.endswith("<!-- end -->\n\nText 42%.\n")
    assert f"\n{report.caption(report.in_ledger(kept, 'demo'))}\n" in once
    assert report.main(command) == 0 and page.read_text(encoding="utf-8") == once
    assert [path.name for path in page.parent.glob("README*")] == ["README.md"]


def test_caption_says_what_the_figures_belong_to(run: Path, kept: Path, tmp_path: Path) -> None:
    said = (
        "SmolLM2-135M-Instruct; demo/dev.json; greedy; SFT 102 steps (drawing from 816 questions); "
        "GRPO 102 steps (drawing from 816 questions); trl 1.15.0."
    )
    assert report.caption(report.in_ledger(kept, "demo")) == report.caption(report.stages(run)) == said
    data, decoding = {"root": "/here/spider_data", "file": "dev.json", "limit": 1034}, {"temperature": 0.7}
    other = ledger(tmp_path, entries(data=data, decoding=decoding))
    sampled = report.caption(report.in_ledger(other, "demo"))
    assert "1,034 questions spread evenly over spider_data/dev.json; temperature 0.7; SFT" in sampled


def test_check_is_1_before_and_0_after_and_writes_nothing(kept: Path, page: Path) -> None:
    command = ["readme", str(page), str(kept)]
    assert report.main([*command, "--check"]) == 1
    assert page.read_text(encoding="utf-8") == OLD
    report.main(command)
    assert report.main([*command, "--check"]) == 0
    ledger(page.parent, entries(mean_reward=2.0))
    assert report.main([*command, "--check"]) == 1


def test_blocks_do_not_run_into_each_other(tmp_path: Path) -> None:
    kept = ledger(tmp_path, entries(runs=("demo", "small"))[:-2])
    text = report.readme(OLD + OLD.replace("demo", "small"), kept)
    assert text.count("| sft |") == 1 and text.count("| base |") == 2 and text.count("Text 42%.") == 2


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("no block", "needs blocks between"),
        ("<!-- results: demo -->\nnever closed", "each closed"),
        (OLD.replace("demo", "absent"), "ledger.jsonl: no line of the run 'absent'"),
    ],
)
def test_a_readme_that_cannot_be_filled_stays_as_it_is(
    kept: Path, page: Path, text: str, words: str, capsys: pytest.CaptureFixture
) -> None:
    page.write_text(text, encoding="utf-8")
    assert report.main(["readme", str(page), str(kept)]) == 2
    assert words in capsys.readouterr().err and page.read_text(encoding="utf-8") == text


def test_a_line_without_a_number_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="the field 'valid_sql' is missing or no number; evaluate base of demo again"):
        report.in_ledger(ledger(tmp_path, entries(valid_sql="most")), "demo")


def test_no_readme_is_one_line(kept: Path, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    assert report.main(["readme", str(tmp_path / "none.md"), str(kept)]) == 2
    assert capsys.readouterr().err == f"error: {tmp_path / 'none.md'}: No such file or directory\n"


def test_every_figure_of_our_readme_comes_from_its_file() -> None:
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    assert report.readme(page, ROOT / "docs" / "results" / "ledger.jsonl") == page
