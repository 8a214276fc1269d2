"""The data behind report.html: changes between stages, what the files of a run say, results, curves, rollouts."""

from __future__ import annotations

import json
import math
import re
from html import unescape
from pathlib import Path
from xml.etree import ElementTree

import fake_run
import pytest
from fake_run import embedded, written
from hypothesis import given
from hypothesis import strategies as st

from text2sql import execute, html_report, result_tables
from text2sql.errors import UserError
from text2sql.html_report import answers, charts, curves, results, rollouts, story
from text2sql.html_report.gather import gather
from text2sql.layouts import recognise

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return fake_run.make(tmp_path / "outputs" / "tale")


# --- what the files say -----------------------------------------------------------------------------------------------


def test_stages_have_their_figures_and_changes(run: Path) -> None:
    base, sft, grpo = gather(run).stages
    assert {stage.name: stage.figures["ex"] for stage in (base, sft, grpo)} == fake_run.EX
    assert not base.changes and (sft.changes["ex"].won, sft.changes["ex"].lost) == (3, 0)
    assert (grpo.changes["ex"].won, grpo.changes["ex"].lost) == (1, 1)
    assert grpo.changes["strict"].difference == pytest.approx(1 / 8) and sft.figures["em"] == 3 / 8
    reward = grpo.figures["reward"] - sft.figures["reward"]
    assert grpo.changes["reward"].difference == pytest.approx(reward)


def test_the_sentences_say_what_changed_and_what_is_wrong(run: Path) -> None:
    first, second, third = story.lead(gather(run))
    assert first.startswith("SFT raised EX from 12.5% to 50.0% (+37.5 points, 95% CI ") and "not beyond chance" in first
    assert second.startswith("GRPO left EX at 50.0% (+0.0 points, 95% CI −")
    assert third == (
        "4 of 8 answers are still wrong: 2 run but return another result, 1 took too long, 1 does not run. "
        "The most frequent reasons: condition (2), timeout (1), unknown column (1)."
    )


def test_a_large_change_is_beyond_chance(run: Path) -> None:
    for stage in fake_run.STAGES:
        lines = fake_run.grow(fake_run.records(stage), 80)
        fake_run.evaluated(run, stage, [line | {"gold": f"SELECT {line['index']}"} for line in lines])
    first, *_ = story.lead(gather(run))
    assert first.endswith("): beyond chance.")


def test_outcomes_and_kinds_of_errors() -> None:
    answer = answers.Answer("", "", "match", right=False, strict=True)
    assert answer.outcome == "wrong" and answer.reason == answers.UNKNOWN
    kinds = {
        "no such column: T2.x": "no such column",
        'near "The": syntax error': "syntax error",
        "incomplete input": "syntax error",
        "CREATE is not a query: only one SELECT is run, read-only": "not a query",
        "stopped after 125,000,000 steps": "stopped: too many steps",
        "stopped after 5 s": "stopped: too long",
        "misuse of aggregate: count()": "misuse of aggregate",
        "datatype mismatch": "datatype mismatch",
        "": "unknown",
    }
    assert {error: answers.kind_of_error(error) for error in kinds} == kinds


def without(lines: list[dict], *fields: str) -> list[dict]:
    return [{name: value for name, value in line.items() if name not in fields} for line in lines]


def test_files_from_before_the_later_fields_are_shown_as_unknown(run: Path) -> None:
    for stage in fake_run.STAGES:
        fake_run.evaluated(run, stage, without(fake_run.records(stage), *fake_run.LATER))
    html = written(run)
    assert "The error class is unknown" in html and "The hardness is unknown" in html
    assert re.search(r"<th scope=\"row\">EM.*?</th>(<td class=\"faint\">unknown</td>){3}", html)
    found = embedded(html)
    assert "Why SQL does not run" in html and "no such column" in html
    assert found["hardness"] == ["unknown"] and found["questions"][4]["answers"]["sft"]["class"] == "unknown"


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda lines: lines[2].pop("sql"), "line 3: the field 'sql' is missing or no str"),
        (lambda lines: lines[0].update(execution_match=1), "line 1: the field 'execution_match' is missing or no bool"),
        (lambda lines: lines[1].update(hardness=3), "line 2: the field 'hardness' is no str"),
        (lambda lines: lines[3].update(question="Other?"), "line 4: 'question' is not the one that other stages"),
    ],
)
def test_a_damaged_prediction_is_one_line_with_its_remedy(run: Path, damage, words: str) -> None:
    lines = fake_run.records("sft")
    damage(lines)
    fake_run.write_lines(run / "eval" / "sft" / "predictions.jsonl", lines)
    with pytest.raises(UserError, match=r"eval/sft/predictions\.jsonl.*--eval\.stage sft --overwrite") as caught:
        written(run)
    assert words in str(caught.value) and "\n" not in str(caught.value) and not (run / "report.html").exists()


def test_a_run_without_evaluations_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"no eval/<stage>/metrics\.json in it; run evaluate\.py"):
        html_report.write(tmp_path, tmp_path / "report.html")
    assert not list(tmp_path.iterdir())


def test_what_is_missing_or_contradictory_is_said_on_top(run: Path) -> None:
    (run / "eval" / "base" / "predictions.jsonl").unlink()
    fake_run.evaluated(run, "grpo", fake_run.records("grpo")[:6])
    fake_run.write_lines(run / "eval" / "sft" / "predictions.jsonl", fake_run.records("grpo"))
    fake_run.write_json(run / "sft" / "stage.json", {"adapter": "other", "seconds": 1.0, "steps": 1, "questions": 1})
    notes = "\n".join(gather(run).notes)
    assert "eval/base/predictions.jsonl is not there" in notes and "run evaluate.py --eval.stage base" in notes
    assert "of another adapter" in notes and "different numbers of questions" in notes
    assert "Read this with care" in written(run)


def test_the_small_files_of_a_run_are_enough_for_a_page(run: Path) -> None:
    for path in run.glob("eval/*/predictions.jsonl"):
        path.unlink()
    html = written(run)
    assert html.count("without its predictions nobody can say whether by chance") == 2


# --- results ----------------------------------------------------------------------------------------------------------


def test_results_are_executed_again_and_shown_side_by_side(run: Path) -> None:
    found = embedded(written(run))
    question = found["questions"][2]
    gold, theirs = (found["tables"][place] for place in (question["result"], question["answers"]["grpo"]["result"]))
    assert gold["columns"] == ["name"] and gold["count"] == 4 and gold["rows"][0] == ["Bruno Maes"]
    assert theirs["count"] == 5 and question["answers"]["grpo"]["difference"] == "more rows"
    assert "result" not in question["answers"]["base"]
    names = found["tables"][found["questions"][3]["result"]]
    assert names["count"] == 14 and len(names["rows"]) == result_tables.ROWS
    assert found["questions"][4]["answers"]["sft"]["difference"] == "fewer columns"


def test_what_was_stopped_in_the_evaluation_is_not_run_again(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr(execute, "run", lambda path, sql, limits: asked.append(sql) or execute.Result("ok"))
    written(run)
    assert fake_run.NAMES * 2 not in asked and fake_run.HOSTILE not in asked and fake_run.COUNT in asked
    assert len(asked) == len(set(asked))


def test_a_database_that_is_gone_is_said(run: Path, tmp_path: Path) -> None:
    for stage in fake_run.STAGES:
        path = run / "eval" / stage / "metrics.json"
        known = json.loads(path.read_text())
        fake_run.write_json(path, known | {"data": {"root": str(tmp_path / "gone")}})
    html = written(run)
    assert "The databases are no longer in gone" in html
    assert embedded(html)["tables"] == [
        {"error": "the database cycling_club is no longer where the evaluation read it"}
    ]
    again = html_report.write(run, run / "report.html", data_root=fake_run.DEMO).read_text(encoding="utf-8")
    assert embedded(again)["tables"][0]["count"] == 1


def test_databases_are_found_from_the_folder_that_the_run_lies_in(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = run.parents[1] / "my_data" / "database"
    folder.mkdir(parents=True)
    monkeypatch.chdir("/")
    assert result_tables.dataset(run, "my_data").find("x") == ("x", folder / "x" / "x.sqlite")
    assert result_tables.dataset(run, "other") is None


def question(gold: str = "SELECT 1", **answered: answers.Answer) -> answers.Question:
    return answers.Question(0, "?", "cycling_club", gold, answers=answered)


def ran(sql: str, **fields) -> answers.Answer:
    return answers.Answer(sql, sql, "wrong", right=False, **fields)


def test_cells_are_texts_and_null_stays_null() -> None:
    found = results.Results(recognise(fake_run.DEMO))
    sql = "SELECT NULL, 1, 1.0, 'a' || char(0), x'00ff', 'x' || printf('%.*c', 200, 'y')"
    table = found.tables[found.of(question(), ran(sql))]
    assert table["rows"] == [[None, "1", "1.0", "a\0", "x'00ff' (2 bytes)", "x" + "y" * 78 + "…"]]
    assert table["numeric"] == [True, True, True, False, False, False] and table["width"] == 6


def test_a_result_that_changed_or_fails_now_is_said() -> None:
    found = results.Results(recognise(fake_run.DEMO))
    found.of(question(), ran(fake_run.COUNT, rows=1))
    assert found.changed == 0
    found.of(question(), ran(fake_run.COUNT, rows=2))
    found.of(question(), ran("SELECT random()", rows=2, volatile=True))
    assert found.changed == 1
    assert found.tables[found.of(question(), ran("SELECT gone"))] == {
        "error": "it does not run now: no such column: gone"
    }


def test_time_and_room_for_results_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(results, "TOTAL_CHARACTERS", 200)
    found = results.Results(recognise(fake_run.DEMO))
    first, second = (found.tables[found.of(question(), ran(sql))] for sql in (fake_run.COUNT, fake_run.NAMES))
    assert first["rows"] and not second["rows"] and second["cut"] and second["count"] == 14
    monkeypatch.setattr(result_tables, "TOTAL_SECONDS", 0.0)
    late = results.Results(recognise(fake_run.DEMO))
    assert late.tables[late.of(question(), ran(fake_run.COUNT))]["error"].startswith("not run: 0 s were spent")


@pytest.mark.parametrize(
    ("sql", "f1", "words"),
    [
        ("SELECT name, age FROM member", 0.5, "more columns"),
        ("SELECT name FROM member WHERE age > 99", 0.0, "no rows"),
        ("SELECT name FROM member WHERE age > 50", 0.5, "fewer rows"),
        ("SELECT name FROM member UNION ALL SELECT 1", 0.5, "more rows"),
        ("SELECT city FROM member", 0.0, "as many rows, other values"),
        ("SELECT name FROM member ORDER BY 1 DESC", 0.999, "right rows, wrong order"),
    ],
)
def test_how_a_result_differs(sql: str, f1: float, words: str) -> None:
    found = results.Results(recognise(fake_run.DEMO))
    answer = ran(sql, f1=f1)
    assert found.difference(question("SELECT name FROM member ORDER BY 1"), answer) == words


# --- curves and rollouts ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("steps", [1, 8, 299, 5000])
def test_curves_of_any_length(run: Path, steps: int) -> None:
    fake_run.log(run, "sft", steps, loss=lambda step: 1 / step)
    fake_run.log(run, "grpo", steps, **fake_run.GRPO_LOG)
    found = curves.read(run)
    assert [chart.panel for chart in found] == list(curves.PANELS)
    for line in (line for chart in found for line in chart.lines):
        assert len(line.steps) == len(line.values) <= curves.MOST_POINTS and line.logged == steps
        assert len(line.smooth) == (len(line.values) if steps >= curves.SMOOTH_FROM else 0)
    assert found[1].lines[0].last == steps / 10


def test_charts_are_whole_svg_in_the_colours_of_the_page(run: Path) -> None:
    fake_run.log(run, "sft", 40, loss=lambda step: 1 / step)
    fake_run.log(run, "grpo", 8, **fake_run.GRPO_LOG)
    seen: list[str] = []
    for chart in curves.read(run):
        drawn = charts.svg(chart)
        tree = ElementTree.fromstring(drawn.replace("xlink:href", "href"))
        texts = [element.text for element in tree.iter("text")]
        assert chart.panel.unit in texts and f"{chart.panel.stage.upper()} step" in texts
        assert not re.search(r"#0000|(?:stroke|fill): #", drawn) and "font-family" not in drawn
        seen += [element.get("id") for element in tree.iter() if element.get("id")]
        assert charts.svg(chart) == drawn
    assert len(seen) == len(set(seen))


@pytest.mark.parametrize("values", [[], [math.nan, math.inf], ["x", None]])
def test_what_is_no_number_is_not_drawn(run: Path, values: list) -> None:
    fake_run.write_lines(
        run / "sft" / "log.jsonl", [{"step": 1 + at, "loss": value} for at, value in enumerate(values)]
    )
    assert curves.read(run) == []


def test_a_log_is_read_to_its_last_whole_line_and_damage_before_it_is_named(run: Path) -> None:
    fake_run.log(run, "sft", 3, loss=0.5)
    path = run / "sft" / "log.jsonl"
    path.write_text(path.read_text() + '{"step": 4, "lo')
    assert curves.read(run)[0].lines[0].logged == 3
    path.write_text("{broken\n" + path.read_text())
    with pytest.raises(UserError, match=r"sft/log\.jsonl: line 1 is not valid JSON .*train_sft\.py --overwrite"):
        curves.read(run)


@given(st.lists(st.floats(-100, 100), min_size=1, max_size=400), st.integers(1, 40))
def test_averages_stay_within_the_values(values: list[float], window: int) -> None:
    for found in (curves.moving_average(values, window | 1), curves.thinned(values, window)):
        assert min(values) - 1e-6 <= min(found) and max(found) <= max(values) + 1e-6
    assert curves.moving_average(values, 1) == pytest.approx(values, abs=1e-6)


@pytest.mark.parametrize(("count", "window"), [(30, 5), (31, 1), (100, 11), (5, 501)])
def test_the_average_keeps_a_line_to_its_ends(count: int, window: int) -> None:
    line = [3.0 - step for step in range(count)]
    assert curves.moving_average(line, window) == pytest.approx(line)


def test_the_same_question_early_and_late(run: Path) -> None:
    pytest.importorskip("pyarrow")
    early = [("How many?", "SELECT x", "invalid", -1.0)] * 3 + [("How many?", "SELECT 1", "wrong", 0.0)]
    late = [("How many?", "SELECT 2", "match", 5.0)] * 4
    fake_run.rollouts(run, {1: early, 2: [("Once?", "SELECT 3", "match", 5.0)], 40: late})
    found = rollouts.read(run)
    (pair,) = found.pairs
    assert pair.question == "How many?" and found.same_questions and found.steps == (1, 40)
    assert [(sample.sql, sample.count) for sample in pair.early.samples] == [("SELECT 1", 1), ("SELECT x", 3)]
    assert (pair.early.step, pair.early.matches, pair.late.step, pair.late.matches) == (1, 0, 40, 4)
    assert "step 40, 4 of 4 match" in written(run)


def test_other_questions_where_none_came_twice(run: Path) -> None:
    pytest.importorskip("pyarrow")
    fake_run.rollouts(run, {step: [(f"Question {step}?", "SELECT 1", "match", 5.0)] * 2 for step in (1, 2, 3)})
    (run / "grpo" / "completions" / "completions_00004.parquet").write_bytes(b"PAR1 cut short")
    found = rollouts.read(run)
    assert [(pair.question, bool(pair.early)) for pair in found.pairs] == [
        ("Question 1?", True),
        ("Question 3?", False),
    ]
    assert not found.same_questions and "No question was asked twice in steps 1 to 3" in written(run)


def test_without_rollouts_or_their_reader_the_page_says_so(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "No rollouts were kept" in written(run)
    (run / "grpo" / "completions").mkdir()
    (run / "grpo" / "completions" / "completions_00001.parquet").write_bytes(b"")
    assert "hold none" in rollouts.read(run).missing
    monkeypatch.setattr(rollouts.importlib.util, "find_spec", lambda name: None)
    assert "pyarrow isn't installed" in unescape(written(run))
