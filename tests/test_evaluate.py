"""Evaluation: files that the official evaluator can read, figures, what they belong to, and the table."""

from __future__ import annotations

import json
import shutil
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stack import DEMO

import backends.choice
import backends.generation
import evaluate
import utils
from backends.choice import Plan
from config import RECIPES, Config
from text2sql import evaluation, prediction_files, report
from text2sql.data import Example, load
from text2sql.errors import UserError
from text2sql.score import Score, score

PLAN = Plan("portable", "cpu", "float32", "Transformers generate", "test")


@pytest.fixture
def settings(tmp_path) -> Config:
    demo = RECIPES["demo"]
    return replace(
        demo, outputs=tmp_path, data=replace(demo.data, root=DEMO), eval=replace(demo.eval, limit=6), run="run"
    )


def finish(settings: Config, name: str, adapter: str = "a", **facts) -> utils.Stage:
    stage = utils.begin(settings, name)
    write_adapter(stage.folder, settings.model.name)
    utils.finish(stage, settings, adapter=adapter, seconds=12.0, **facts)
    return stage


def write_adapter(folder: Path, base: str) -> None:
    """An adapter's files, without a tensor in them."""
    (folder / "adapter_config.json").write_text(json.dumps({"base_model_name_or_path": base, "r": 4}))
    (folder / "adapter_model.safetensors").write_bytes((2).to_bytes(8, "little") + b"{}")


@pytest.fixture
def answers(monkeypatch):
    """Replaces the model: answers are the golds, but for the first, second and third question; asked calls are kept."""
    asked = []

    def generate(name, chosen, prompts, sampling, *, adapter=None, databases=()):
        asked.append(adapter)
        golds = [example.gold for example in evaluate.data.sample(load(DEMO, "dev"), len(prompts), 42)]
        texts = ["", "SELECT\n  1 -- one\n", "SELEC x\ty", *golds[3:]]
        completions = [[backends.generation.Completion(text, 5)] * sampling.samples for text in texts]
        return backends.generation.Generated(completions, 2.0, "fake")

    monkeypatch.setattr(backends.generation, "generate", generate)
    monkeypatch.setattr(backends.choice, "plan", lambda model, **_: PLAN)
    return asked


def lines(file: Path) -> list[str]:
    """As the official evaluator reads it."""
    with file.open(encoding="utf-8") as handle:
        return [line.strip() for line in handle.readlines()]


# --- the files ----------------------------------------------------------------------------------------------------


def test_a_stage_is_evaluated_into_five_files(settings, answers):
    folder = settings.folder / "eval" / "base"
    evaluate.evaluate(settings, "base", folder)
    assert sorted(path.name for path in folder.iterdir()) == [
        "errors.json",
        "gold.txt",
        "metrics.json",
        "pred.txt",
        "predictions.jsonl",
    ]
    pred, gold = lines(folder / "pred.txt"), lines(folder / "gold.txt")
    assert pred[:3] == ["SELECT", "SELECT 1", "SELEC x y"]
    chosen = evaluate.data.sample(load(DEMO, "dev"), 6, settings.seed)
    assert [line.split("\t")[1] for line in gold] == [example.db_id for example in chosen]
    assert pred[3:] == [line.split("\t")[0] for line in gold[3:]]
    records = [json.loads(line) for line in (folder / "predictions.jsonl").read_text().splitlines()]
    assert [record["index"] for record in records] == [example.index for example in chosen]
    assert [record["status"] for record in records] == ["empty", "wrong", "invalid", "match", "match", "match"]
    assert records[1]["completion"] == "SELECT\n  1 -- one\n" and records[1]["rows"] == 1
    assert 'near "SELEC"' in records[2]["error"] and records[3]["gold"] == chosen[3].gold
    found = json.loads((folder / "metrics.json").read_text())
    assert (found["questions"], found["execution_accuracy"], found["engine"]) == (6, 0.5, "fake")
    assert found["exact_match_accuracy"] == 0.5 and sum(row["questions"] for row in found["by_hardness"].values()) == 6
    assert all(record["exact_match"] == (record["status"] == "match") for record in records)
    errors = json.loads((folder / "errors.json").read_text())
    assert {name: entry["count"] for name, entry in errors.items()} == found["error_classes"]
    assert errors["syntax"]["examples"][0]["prediction"] == "SELEC x\ty"
    assert found["tokens_per_second"] == 15.0 and found["adapter"] is None and found["stage"] == "base"


def write(folder: Path, golds: list[str], sqls: list[str]) -> tuple[list[str], list[str]]:
    prediction_files.write(
        folder, [{"sql": sql, "gold": gold, "db_id": "db"} for gold, sql in zip(golds, sqls, strict=True)]
    )
    return [(folder / name).read_bytes().decode().split("\n") for name in ("pred.txt", "gold.txt")]


texts = st.text("SELECT 'a\"`[]-*/;\t\n\r\x0b\x1c\x85\u2028é", max_size=30)


@given(st.lists(texts, min_size=1, max_size=5))
def test_any_answers_give_one_line_each(tmp_path_factory, sqls):
    folder = tmp_path_factory.getbasetemp() / "any_answers"
    pred, gold = write(folder, ["SELECT 1"] * len(sqls), sqls)
    assert pred.pop() == gold.pop() == ""
    assert len(pred) == len(gold) == len(sqls)
    assert all(line.strip() and not set(line) & set("\t\r\n") for line in pred)
    assert lines(folder / "pred.txt") == [line.strip() for line in pred]


def test_white_space_in_a_literal_becomes_blanks_and_tabs_never_stay(tmp_path):
    gold = "SELECT 'a\tb'\nFROM t\tWHERE x = 'c\nd' -- why"
    pred, golds = write(tmp_path, [gold], [gold])
    assert pred[0] == "SELECT 'a b' FROM t WHERE x = 'c d'"
    assert golds[0].split("\t") == [pred[0], "db"]


# --- the figures --------------------------------------------------------------------------------------------------


def figures(scores: list[Score], settings: Config, form: str = "") -> dict:
    """The metrics of scores, whatever was asked."""
    examples = load(DEMO, "dev")[: len(scores)]
    answers = [score.sql for score in scores]
    return evaluation.judged(examples, answers, enumerate(scores), evaluate.judging(settings, form)).figures


def test_figures_are_shares_of_all_questions(settings):
    scores = [Score("match", f1=1, strict=True, official=True), Score("wrong", f1=0.5, official=True)]
    scores += [Score("invalid"), Score("timeout"), Score("empty")]
    found = figures(scores, settings)
    assert (found["execution_accuracy"], found["strict_execution_accuracy"], found["valid_sql"]) == (0.4, 0.2, 0.4)
    assert found["mean_reward"] == pytest.approx((5 + 0.5 - 1 - 1 - 2) / 5)
    assert found["statuses"] == {"empty": 1, "invalid": 1, "match": 1, "timeout": 1, "wrong": 1}


def test_official_and_strict_differ_by_distinct(settings, tmp_path):
    database = tmp_path / "a.sqlite"
    with sqlite3.connect(database) as connection:
        connection.executescript("CREATE TABLE t (x); INSERT INTO t VALUES (1), (1)")
    found = figures([score("SELECT x FROM t", "SELECT DISTINCT x FROM t", database)], settings)
    assert (found["execution_accuracy"], found["strict_execution_accuracy"], found["strict_gap"]) == (1, 0, 1)


def test_answers_without_substance_are_counted(settings):
    database = load(DEMO, "train")[0].database
    scores = [score(sql, "SELECT 1", database) for sql in ("SELECT 1", "SELECT nothing", "So: SELECT 2")]
    found = figures(scores, settings, "sql")
    assert found["degenerate_share"] == pytest.approx(2 / 3) == found["hollow_format_share"]
    assert "hollow_format_share" not in figures(scores, settings), "nobody asked for a format"


def test_the_mean_reward_is_the_runs_reward(settings):
    paid = replace(settings, grpo=replace(settings.grpo, exact=1.0))
    assert figures([Score("match")], paid)["mean_reward"] == 1


def test_an_empty_gold_is_matched_by_a_query_that_reads_the_same(settings, tmp_path):
    database = tmp_path / "a.sqlite"
    with sqlite3.connect(database) as connection:
        connection.executescript("CREATE TABLE t (x, y); INSERT INTO t VALUES (1, 2)")
    gold = Example("q", "SELECT x FROM t WHERE x > 5", "a", database, 0, "dev.json")
    said = ["SELECT x FROM t WHERE x > 6", "SELECT y FROM t WHERE y > 6", gold.gold]
    scores = dict(evaluation.scored([gold] * 3, said, timeout=5))
    assert [scores[place].status for place in range(3)] == ["match", "wrong", "match"]


# --- which stage, and whether it is known already -------------------------------------------------------------------


def test_the_newest_finished_stage_is_chosen(settings):
    assert evaluate.chosen_stage(settings) == "base"
    utils.begin(settings, "sft")
    assert evaluate.chosen_stage(settings) == "base", "an unfinished stage has no adapter"
    finish(settings, "sft")
    assert evaluate.chosen_stage(settings) == "sft"
    finish(settings, "grpo")
    assert evaluate.chosen_stage(settings) == "grpo"
    assert evaluate.chosen_stage(replace(settings, eval=replace(settings.eval, stage="sft"))) == "sft"


def test_an_unfinished_stage_is_refused(settings):
    utils.begin(settings, "grpo")
    with pytest.raises(UserError, match=r"grpo isn't finished; run train_grpo\.py, or choose another --eval\.stage"):
        evaluate.adapter_of(settings, "grpo")


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (
            lambda folder: write_adapter(folder, "someone/Other-1B"),
            "adapter_config.json: this adapter was trained on someone/Other-1B, but --model.name is "
            "SmolLM2-135M-Instruct; set --model.name someone/Other-1B",
        ),
        (lambda folder: (folder / "adapter_config.json").unlink(), "adapter_config.json: no readable LoRA adapter"),
        (lambda folder: (folder / "adapter_model.safetensors").unlink(), "weights are missing; train that stage again"),
        (lambda folder: (folder / "adapter_model.safetensors").write_bytes(b"12"), "weights are cut short or damaged"),
    ],
)
def test_the_command_refuses_an_adapter_that_does_not_fit(script, settings, damage, words):
    finish(settings, "sft")
    damage(settings.folder / "sft")
    before = sorted(settings.outputs.rglob("*"))
    command = ("evaluate.py", "demo", "--outputs", settings.outputs, "--run", "run", "--data.root", DEMO)
    code, said, wrong = script(*command, "--eval.stage", "sft", "--eval.limit", 2)
    assert code == 2 and words in wrong and len(wrong.splitlines()) == 1 and said == ""
    assert sorted(settings.outputs.rglob("*")) == before, "nothing is loaded, nothing is written"


def test_each_stage_is_generated_with_its_own_adapter(settings, answers):
    stages = [None, finish(settings, "sft").folder, finish(settings, "grpo").folder, finish(settings, "best").folder]
    for name in report.STAGES:
        evaluate.evaluate(settings, name, settings.folder / "eval" / name)
    assert answers == stages


def test_the_best_adapter_is_evaluated_where_it_is_asked_for_and_never_by_itself(settings, answers, capsys):
    for name in ("sft", "grpo", "best"):
        finish(settings, name, adapter=name, steps=2, questions=6)
    assert evaluate.chosen_stage(settings) == "grpo"
    best = replace(settings, eval=replace(settings.eval, stage="best"))
    evaluate.evaluate(best, evaluate.chosen_stage(best), settings.folder / "eval" / "best")
    assert answers == [settings.folder / "grpo" / "best"]
    assert json.loads((settings.folder / "eval" / "best" / "metrics.json").read_text())["adapter"] == "best"
    assert "best" in report.on_screen(settings.folder)


def test_a_best_adapter_that_was_never_kept_is_named_with_its_flag(settings):
    with pytest.raises(UserError, match=r"best isn't finished; run train_grpo\.py with --grpo\.eval-every"):
        evaluate.adapter_of(settings, "best")


def test_grpo_from_a_replaced_sft_adapter_is_named(settings, capsys):
    finish(settings, "sft", adapter="one")
    finish(settings, "grpo", adapter="two", started_from={"fingerprint": "one"})
    evaluate.adapter_of(settings, "grpo")
    assert capsys.readouterr().out == ""
    finish(replace(settings, overwrite=True), "sft", adapter="new")
    capsys.readouterr()
    evaluate.adapter_of(settings, "grpo")
    assert "warning: GRPO was trained from another SFT adapter than the run's" in capsys.readouterr().out
    evaluate.adapter_of(replace(settings, grpo=replace(settings.grpo, adapter=Path("own"))), "grpo")
    evaluate.adapter_of(settings, "sft")
    assert capsys.readouterr().out == ""


def test_figures_are_current_until_what_they_belong_to_changes(settings, answers):
    finish(settings, "sft", adapter="one")
    folder = settings.folder / "eval" / "sft"
    assert not evaluate.is_current(settings, "sft", folder)
    evaluate.evaluate(settings, "sft", folder)
    assert evaluate.is_current(settings, "sft", folder)
    for part, change in [
        ("eval", {"limit": 7}),
        ("eval", {"temperature": 0.5}),
        ("eval", {"max_completion_tokens": 9}),
        ("prompt", {"sample_values": 1}),
        ("model", {"name": "another"}),
        ("data", {"root": Path("elsewhere")}),
    ]:
        other = replace(settings, **{part: replace(getattr(settings, part), **change)})
        assert not evaluate.is_current(other, "sft", folder), change
    assert evaluate.is_current(replace(settings, eval=replace(settings.eval, batch=1)), "sft", folder)
    finish(replace(settings, overwrite=True), "sft", adapter="two")
    assert not evaluate.is_current(settings, "sft", folder)


def test_efficiency_that_is_not_known_is_timed(settings, answers):
    folder = settings.folder / "eval" / "base"
    asked = replace(settings, eval=replace(settings.eval, ves=3))
    evaluate.evaluate(settings, "base", folder)
    assert evaluate.is_current(settings, "base", folder) and not evaluate.is_current(asked, "base", folder)
    evaluate.evaluate(asked, "base", folder)
    found = json.loads((folder / "metrics.json").read_text())
    assert (found["ves_repetitions"], found["ves_timed_questions"]) == (3, 3)
    assert evaluate.is_current(asked, "base", folder) and evaluate.is_current(settings, "base", folder)


def test_damaged_figures_are_made_again(settings, answers):
    folder = settings.folder / "eval" / "base"
    evaluate.evaluate(settings, "base", folder)
    (folder / "metrics.json").write_text('{"stage": ')
    assert not evaluate.is_current(settings, "base", folder)


# --- the table ----------------------------------------------------------------------------------------------------


def test_the_table_shows_the_stages_that_were_evaluated(settings, answers):
    with pytest.raises(UserError, match=r"run evaluate\.py"):
        report.on_screen(settings.folder)
    finish(settings, "sft", steps=3, questions=9)
    for name in ("sft", "base"):
        evaluate.evaluate(settings, name, settings.folder / "eval" / name)
    _, head, base, sft, _, *paths = report.on_screen(settings.folder).splitlines()
    assert base.split()[:4] == ["base", "50.0%", "50.0%", "66.7%"] and base.split()[5] == "-"
    assert sft.split()[0] == "sft" and sft.split()[5] == "12"
    assert float(base.split()[4]) == pytest.approx((15 - 2 - 1) / 6, abs=0.2)
    assert len(head) == len(base) == len(sft)
    assert [path.split()[:2] for path in paths] == [
        [name, f"{settings.folder}/eval/{name}/"] for name in ("base", "sft")
    ]


def test_the_table_marks_figures_of_a_replaced_adapter(settings, answers):
    finish(settings, "sft", adapter="old", steps=3, questions=9)
    evaluate.evaluate(settings, "sft", settings.folder / "eval" / "sft")
    finish(replace(settings, overwrite=True), "sft", adapter="new", steps=3, questions=9)
    _, _, sft, *_, reason = report.on_screen(settings.folder).splitlines()
    assert sft.endswith(" *") and reason.startswith("* ") and "another adapter" in reason


def test_another_reward_is_another_evaluation(settings, answers):
    folder = settings.folder / "eval" / "base"
    evaluate.evaluate(settings, "base", folder)
    assert evaluate.is_current(settings, "base", folder)
    assert not evaluate.is_current(replace(settings, grpo=replace(settings.grpo, invalid=-3.0)), "base", folder)


def test_main_evaluates_once(settings, answers, monkeypatch, capsys):
    import sys

    command = ["evaluate.py", "demo", "--outputs", settings.outputs, "--run", "run", "--data.root", DEMO]
    monkeypatch.setattr(sys, "argv", [str(part) for part in [*command, "--eval.limit", 6]])
    evaluate.main()
    assert "Evaluating base on 6 questions" in capsys.readouterr().out
    evaluate.main()
    said = capsys.readouterr().out
    assert "base is evaluated already" in said and "50.0%" in said and len(answers) == 1
    monkeypatch.setattr(sys, "argv", [*sys.argv, "--overwrite"])
    evaluate.main()
    assert len(answers) == 2


def test_changed_questions_are_another_evaluation(settings, answers, tmp_path):
    shutil.copytree(DEMO, tmp_path / "data")
    settings = replace(settings, data=replace(settings.data, root=tmp_path / "data"))
    folder = settings.folder / "eval" / "base"
    evaluate.evaluate(settings, "base", folder)
    assert evaluate.is_current(settings, "base", folder)
    dev = tmp_path / "data" / "dev.json"
    dev.write_text(dev.read_text("utf-8").replace("How many", "How very many"), "utf-8")
    assert not evaluate.is_current(settings, "base", folder)
