"""The keywords that reach TRL, and batch sizes that come out as the user's words say (names: test_contract.py)."""

from __future__ import annotations

import inspect
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

import train_grpo
import train_sft
import utils
from config import RECIPES, check
from text2sql.errors import UserError


@pytest.fixture(params=RECIPES)
def settings(request, tmp_path):
    return replace(RECIPES[request.param], outputs=tmp_path)


def arguments(config, name, vllm=True, dtype="float32"):
    stage = utils.Stage(config.folder, name)
    if name == "sft":
        return train_sft.arguments(config, stage, dtype)
    return train_grpo.arguments(config, stage, dtype, vllm=vllm)


@pytest.mark.parametrize(("name", "cls"), [("sft", "SFTConfig"), ("grpo", "GRPOConfig")])
def test_every_keyword_is_one_of_trls(settings, name, cls):
    trl = pytest.importorskip("trl")
    parameters = inspect.signature(getattr(trl, cls)).parameters
    assert set(arguments(settings, name)) <= set(parameters)


@pytest.mark.parametrize("name", ["sft", "grpo"])
def test_trl_accepts_the_values_and_keeps_them(settings, name):
    trl = pytest.importorskip("trl")
    given_ = arguments(settings, name, vllm=False)
    made = getattr(trl, {"sft": "SFTConfig", "grpo": "GRPOConfig"}[name])(**given_)
    derived = {"report_to"}  # a list may come back as another list
    changed = {key: getattr(made, key) for key, value in given_.items() if getattr(made, key) != value}
    assert changed.keys() <= derived, changed
    assert made.warmup_steps < 1, "a share of the steps"


@pytest.mark.parametrize("name", ["sft", "grpo"])
def test_as_many_checkpoints_are_kept_as_asked_for(settings, name):
    more = replace(settings, **{name: replace(getattr(settings, name), keep=5)})
    assert (arguments(settings, name)["save_total_limit"], arguments(more, name)["save_total_limit"]) == (2, 5)


# --- arithmetic ---------------------------------------------------------------------------------------------------


@given(st.integers(1, 64), st.integers(1, 64), st.integers(2, 16), st.integers(1, 64), st.sampled_from([1, 2, 4]))
def test_a_step_holds_what_the_user_said(tmp_path_factory, questions, sft_pass, group, grpo_pass, world):
    demo = RECIPES["demo"]
    config = replace(
        demo,
        outputs=tmp_path_factory.getbasetemp(),
        sft=replace(demo.sft, questions_per_step=questions, questions_per_pass=sft_pass),
        grpo=replace(
            demo.grpo, questions_per_step=questions, completions_per_question=group, completions_per_pass=grpo_pass
        ),
    )
    fits = {"sft": questions % (sft_pass * world) == 0, "grpo": questions * group % (grpo_pass * world) == 0}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WORLD_SIZE", str(world))
        for name, items in (("sft", questions), ("grpo", questions * group)):
            if not fits[name]:
                with pytest.raises(UserError, match="doesn't divide the"):
                    arguments(config, name)
                continue
            found = arguments(config, name)
            size, passes = found["per_device_train_batch_size"], found["gradient_accumulation_steps"]
            assert size * passes * world == items and passes >= 1
            if name == "grpo":
                assert (size * passes * world) % found["num_generations"] == 0, "TRL's own condition"


@given(st.integers(1, 64), st.integers(1, 64))
def test_config_and_trainer_agree_on_one_process(tmp_path_factory, step, size):
    """What check() lets through, the arithmetic accepts, and the size that check() proposes works."""
    demo = RECIPES["demo"]
    config = replace(demo, outputs=tmp_path_factory.getbasetemp())
    config = replace(config, sft=replace(demo.sft, questions_per_step=step, questions_per_pass=size))
    try:
        check(config)
    except UserError as error:
        assert step % size
        proposed = int(str(error).rpartition("; ")[2].split()[0])
        check(replace(config, sft=replace(config.sft, questions_per_pass=proposed)))
        assert step % proposed == 0
    else:
        assert step % size == 0 and arguments(config, "sft")["gradient_accumulation_steps"] == step // size


def test_values_go_where_they_belong(settings):
    sft, grpo = arguments(settings, "sft"), arguments(settings, "grpo")
    assert (sft["learning_rate"], grpo["learning_rate"]) == (settings.sft.learning_rate, settings.grpo.learning_rate)
    assert (sft["completion_only_loss"], sft["packing"], sft["max_length"]) == (True, False, settings.model.max_length)
    assert sft["seed"] == sft["data_seed"] == grpo["seed"] == settings.seed
    assert sft["output_dir"] == str(settings.folder / "sft") and grpo["output_dir"] == str(settings.folder / "grpo")
    assert (grpo["beta"], grpo["temperature"]) == (settings.grpo.kl, settings.grpo.temperature)
    assert grpo["reward_weights"] == list(settings.grpo.weights.values()) and grpo["remove_unused_columns"] is False
    assert grpo["max_completion_length"] == settings.grpo.max_completion_tokens
    assert grpo["vllm_max_model_length"] == settings.model.max_length
    assert not [key for key in arguments(settings, "grpo", vllm=False) if key.startswith("vllm_")]


def test_steps_and_weights_follow_the_knobs(settings):
    own = replace(
        settings,
        sft=replace(settings.sft, steps=7),
        grpo=replace(settings.grpo, steps=0, rewards=("execution", "a.b", "0.25")),
    )
    assert arguments(own, "sft")["max_steps"] == 7
    assert arguments(own, "grpo")["max_steps"] == -1
    assert arguments(own, "grpo")["reward_weights"] == [1.0, 0.25]


def test_the_optimizers_values_are_the_knobs(settings):
    for name in ("sft", "grpo"):
        options, found = getattr(settings, name), arguments(settings, name)
        assert (found["adam_beta1"], found["adam_beta2"]) == (options.adam_beta1, options.adam_beta2)
        assert (found["weight_decay"], found["max_grad_norm"]) == (options.weight_decay, options.max_grad_norm)
        assert found["deepspeed"] is None


@pytest.mark.parametrize(("wanted", "offload"), [("zero2", None), ("zero2-offload", "cpu")])
def test_deepspeed_takes_everything_else_from_the_trainer(settings, wanted, offload):
    chosen = replace(settings, model=replace(settings.model, deepspeed=wanted))
    found = arguments(chosen, "grpo")["deepspeed"]
    assert found["zero_optimization"]["stage"] == 2
    assert found["zero_optimization"].get("offload_optimizer", {}).get("device") == offload
    assert "auto" in found["bf16"].values() and found["gradient_accumulation_steps"] == "auto"


def test_half_precision_only_where_the_weights_are(settings):
    assert [arguments(settings, "sft", dtype=dtype)["bf16"] for dtype in ("float32", "bfloat16")] == [False, True]


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, []),
        ({"WANDB_API_KEY": "k"}, ["wandb"]),
        ({"WANDB_API_KEY": "k", "WANDB_MODE": "disabled"}, []),
        ({"WANDB_MODE": "offline"}, ["wandb"]),
        ({"WANDB_MODE": "online"}, []),
        ({"WANDB_API_KEY": ""}, []),
    ],
)
def test_reports_go_to_wandb_only_with_a_key_or_offline(settings, monkeypatch, environment, expected):
    for name in ("WANDB_API_KEY", "WANDB_MODE", "WANDB_PROJECT", "WANDB_DIR"):
        monkeypatch.setenv(name, "")  # so that what the call sets is undone
        monkeypatch.delenv(name)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert arguments(settings, "sft")["report_to"] == expected
    import os

    assert os.environ.get("WANDB_PROJECT") == ("sql-rlvr" if expected else None)
    assert os.environ["WANDB_DIR"] == str(settings.folder / "sft")
