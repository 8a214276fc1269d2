"""Weights & Biases: an offline run where it is asked for, and silence where it isn't."""

from __future__ import annotations

import re

import pytest
from stack import run, steps

import utils

# How a .wandb file holds the loss of a step: its key, then the field tag, the length and the JSON text of the value.
LOSS = re.compile(rb"train/loss\x82\x01.([0-9.]+)", re.DOTALL)


@pytest.mark.slow
def test_offline_mode_in_dot_env_writes_a_run_with_the_loss(sft_tiny, tmp_path):
    (tmp_path / ".env").write_text("WANDB_MODE=offline\nWANDB_PROJECT=demo-project\n")
    settings = (*sft_tiny.settings, "--sft.steps", 2, "--outputs", "outputs")
    run("train_sft.py", "demo", *settings, cwd=tmp_path)
    (record,) = tmp_path.rglob("offline-run-*/run-*.wandb")
    stage = tmp_path / "outputs" / "demo" / "sft"
    assert record.is_relative_to(stage), "the run is kept with the stage's files"
    content = record.read_bytes()
    found = {round(float(value), 4) for value in LOSS.findall(content)}
    assert found >= {round(step["loss"], 4) for step in steps(stage)}
    assert b"demo-project" in content and b"demo-sft" in content


@pytest.mark.slow
def test_without_key_and_mode_nothing_is_asked_and_nothing_is_written(sft_tiny):
    assert not [path for path in sft_tiny.cwd.rglob("*") if "wandb" in path.name.lower()]
    assert "wandb" not in (sft_tiny.done.stdout + sft_tiny.done.stderr).lower()


@pytest.mark.parametrize(
    ("key", "mode", "expected"),
    [("", "", []), ("k", "", ["wandb"]), ("", "offline", ["wandb"]), ("k", "disabled", []), ("", "online", [])],
)
def test_what_is_reported_where(monkeypatch, key, mode, expected):
    monkeypatch.setenv("WANDB_API_KEY", key)
    monkeypatch.setenv("WANDB_MODE", mode)
    monkeypatch.setenv("WANDB_PROJECT", "mine")
    assert utils.report_to() == expected
