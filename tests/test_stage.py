"""A stage on disk: when it is trained, when it is done already, and when it may not be overwritten."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from stack import DEMO

import train_grpo
import utils
from config import RECIPES, load
from text2sql.errors import UserError
from utils import Stage


@pytest.fixture
def settings(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    demo = RECIPES["demo"]
    return replace(demo, outputs=Path("outputs"), data=replace(demo.data, root=DEMO))


def finished(config, name="sft", **facts) -> Stage:
    stage = utils.begin(config, name)
    utils.remember(config)
    utils.finish(stage, config, **{"adapter": "a" * 64, "seconds": 1.0} | facts)
    return stage


def test_a_new_stage_gets_its_folder_and_the_run_its_configuration(settings):
    stage = utils.begin(settings, "sft")
    assert stage.folder == Path("outputs/demo/sft") and stage.folder.is_dir()
    assert not Path("outputs/demo/config.json").exists(), "a mistyped path would be remembered"
    utils.remember(settings)
    assert load(Path("outputs/demo/config.json")) == settings
    assert stage.summary() is None and stage.last_checkpoint() is None and stage.seconds() == 0


def test_an_unfinished_stage_goes_on_with_new_settings(settings):
    utils.begin(settings, "sft")
    (Path("outputs/demo/sft") / "log.jsonl").write_text('{"step": 1, "seconds": 2.5}\n')
    longer = replace(settings, sft=replace(settings.sft, steps=9))
    assert utils.begin(longer, "sft").seconds() == 2.5
    utils.remember(longer)
    assert load(Path("outputs/demo/config.json")).sft.steps == 9


def test_a_finished_stage_is_left_alone(settings, capsys):
    finished(settings)
    assert utils.begin(settings, "sft") is None
    assert "sft is finished: outputs/demo/sft (--overwrite trains it again)" in capsys.readouterr().out


def test_a_finished_stage_of_other_settings_is_refused_by_name(settings):
    finished(settings)
    other = replace(settings, seed=1, sft=replace(settings.sft, learning_rate=1e-5))
    with pytest.raises(UserError) as refused:
        utils.begin(other, "sft")
    for words in (
        "outputs/demo/sft: sft was finished with another",
        "seed",
        "sft.learning_rate",
        "--overwrite",
        "--run",
    ):
        assert words in str(refused.value)
    assert "sft.epochs" not in str(refused.value)
    assert load(Path("outputs/demo/config.json")) == settings, "the refused settings are not saved"


@pytest.mark.parametrize(
    "change",
    [
        {"grpo": replace(RECIPES["demo"].grpo, steps=99)},
        {"eval": replace(RECIPES["demo"].eval, limit=3)},
        {"dry_run": True},
    ],
)
def test_what_a_stage_does_not_depend_on_may_change(settings, change):
    finished(settings)
    assert utils.begin(replace(settings, **change), "sft") is None


def test_the_settings_of_a_stage_survive_the_round_trip_through_its_file(settings):
    odd = replace(settings, data=replace(settings.data, archive=Path("x/é.zip")), model=RECIPES["spider"].model)
    finished(odd)
    assert utils.begin(odd, "sft") is None


def test_overwrite_deletes_that_stage_and_no_other(settings):
    sft, grpo = finished(settings), finished(settings, "grpo")
    (sft.folder / "adapter_model.safetensors").write_text("old")
    again = utils.begin(replace(settings, overwrite=True, seed=5), "sft")
    assert again == sft and again.summary() is None and list(again.folder.iterdir()) == []
    assert grpo.summary() is not None


def test_only_the_first_process_deletes_and_writes(settings, monkeypatch):
    stage = finished(settings)
    monkeypatch.setenv("RANK", "1")
    utils.begin(replace(settings, overwrite=True), "sft")
    assert stage.summary() is not None
    utils.remember(replace(settings, run="other"))
    assert not Path("outputs/other/config.json").exists()


def test_stage_json_holds_facts_settings_and_versions(settings):
    found = finished(settings, steps=7).summary()
    assert (found["steps"], found["adapter"], found["config"]["sft.questions_per_step"]) == (7, "a" * 64, 8)
    assert not [name for name in found["config"] if name.startswith(("grpo.", "eval."))]
    assert found["versions"] == utils.versions()


def test_a_damaged_stage_json_is_named(settings):
    stage = utils.begin(settings, "sft")
    (stage.folder / "stage.json").write_text('{"config": {')
    with pytest.raises(UserError, match=r"stage\.json: not readable .*--overwrite"):
        utils.begin(settings, "sft")


def test_seconds_are_those_of_the_last_log(tmp_path):
    stage = Stage(tmp_path, "sft")
    stage.folder.mkdir()
    stage.log().write_text('{"step": 1, "seconds": 2.0}\n{"step": 2, "seconds": 31.06}\n')
    assert stage.seconds() == 31.1


def checkpoint(
    stage: Stage, step: int, *, state='{"global_step": 1}', files=("adapter_model.safetensors", "optimizer.pt")
):
    folder = stage.folder / f"checkpoint-{step}"
    folder.mkdir(parents=True)
    for name in files:
        (folder / name).touch()
    if state is not None:
        (folder / "trainer_state.json").write_text(state)
    return folder


def test_the_newest_whole_checkpoint_is_taken_over_half_written_ones(tmp_path, capsys):
    stage = Stage(tmp_path, "grpo")
    checkpoint(stage, 9)
    whole = checkpoint(stage, 10)
    checkpoint(stage, 11, state=None)
    checkpoint(stage, 12, state='{"global_')
    checkpoint(stage, 13, files=("optimizer.pt",))
    checkpoint(stage, 100, files=("adapter_model.safetensors",))
    assert stage.last_checkpoint() == whole
    assert utils.resume_from(stage) == str(whole)
    assert f"going on from {whole}" in capsys.readouterr().out


def test_without_checkpoint_training_starts_from_the_beginning(tmp_path, capsys):
    stage = Stage(tmp_path, "grpo")
    checkpoint(stage, 2, state=None)
    assert utils.resume_from(stage) is None
    assert capsys.readouterr().out == ""


# --- from one stage to the next -----------------------------------------------------------------------------------


def test_grpo_starts_from_the_runs_finished_sft_adapter(settings):
    with pytest.raises(UserError, match="the SFT adapter isn't there; run train_sft.py first, or set --grpo.adapter"):
        train_grpo.starting_adapter(settings)
    stage = utils.begin(settings, "sft")
    checkpoint(stage, 5)
    with pytest.raises(UserError, match="the SFT adapter isn't finished"):
        train_grpo.starting_adapter(settings)
    assert train_grpo.starting_adapter(replace(settings, grpo=replace(settings.grpo, adapter=Path("my")))) == Path("my")
    utils.finish(stage, settings)
    assert train_grpo.starting_adapter(settings) == stage.folder


# --- the training rows --------------------------------------------------------------------------------------------


def test_questions_that_are_too_long_are_dropped_and_listed(settings, smollm2):
    from backends.chat import ChatTokenizer

    tokenizer = ChatTokenizer.load(str(smollm2))
    stage = utils.begin(settings, "sft")
    everything = utils.training_rows(settings, stage, str(smollm2))
    lengths = [sum(tokenizer.split(row["prompt"], row["completion"])[2:]) for row in everything]
    limit = sorted(lengths)[len(lengths) // 2]
    short = replace(settings, model=replace(settings.model, max_length=limit))
    rows = utils.training_rows(short, stage, str(smollm2))
    assert rows == [row for row, length in zip(everything, lengths, strict=True) if length <= limit]
    listed = [json.loads(line) for line in (stage.folder / "rejected.jsonl").read_text().splitlines()]
    assert len(listed) == len(everything) - len(rows) > 0
    assert {item["reason"] for item in listed} == {"too_long"}
    assert "over model.max_length" in listed[0]["detail"]


def test_rollouts_need_room_beside_the_prompt(settings, smollm2):
    from backends.chat import ChatTokenizer

    tokenizer = ChatTokenizer.load(str(smollm2))
    stage = utils.begin(settings, "grpo")
    few = replace(settings, data=replace(settings.data, train_limit=20))
    prompts = [tokenizer.count(row["prompt"]) for row in utils.training_rows(few, stage, str(smollm2))]
    tight = replace(few, model=replace(few.model, max_length=max(prompts) + 63))
    assert len(utils.training_rows(tight, stage, str(smollm2), room=63)) == 20
    kept = utils.training_rows(tight, stage, str(smollm2), room=64)
    assert len(kept) == sum(count < max(prompts) for count in prompts) < 20


def test_no_question_left_is_an_error_that_says_where_to_look(settings, smollm2):
    none = replace(settings, model=replace(settings.model, max_length=64))
    with pytest.raises(UserError, match=r"no training question is left; see .*rejected\.jsonl"):
        utils.training_rows(none, utils.begin(none, "sft"), str(smollm2))


def test_an_archive_is_installed_into_the_spider_folder_only(settings, tmp_path):
    """Into another folder it would replace that folder's files."""
    changed = replace(settings, data=replace(settings.data, root=tmp_path, archive=tmp_path / "spider_data.zip"))
    with pytest.raises(UserError, match="data.archive"):
        utils.examples(changed, "train")
