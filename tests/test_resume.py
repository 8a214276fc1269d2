"""Kill a stage, run the same command again: it goes on from the last whole checkpoint as if nothing had happened."""

from __future__ import annotations

import shutil
import signal
from pathlib import Path

import pytest
from stack import TINY_GRPO, Run, completions, facts, run, start, steps, stop_at, wait, weights

from utils import Stage

STATE = "trainer_state.json"


def checkpoint(folder: Path, step: int) -> Path:
    """A checkpoint folder with the files that make it whole."""
    path = folder / f"checkpoint-{step}"
    path.mkdir(parents=True)
    for name in (STATE, "adapter_model.safetensors", "optimizer.pt"):
        (path / name).write_text("{}")
    return path


def test_the_newest_whole_checkpoint_is_chosen_by_its_number(tmp_path):
    stage = Stage(tmp_path, "sft")
    assert stage.last_checkpoint() is None
    for step in (9, 10, 100):
        checkpoint(stage.folder, step)
    assert stage.last_checkpoint() == stage.folder / "checkpoint-100"


@pytest.mark.parametrize("lacks", [STATE, "adapter_model.safetensors", "optimizer.pt"])
def test_a_checkpoint_that_lacks_a_file_is_passed_over(tmp_path, lacks):
    stage = Stage(tmp_path, "sft")
    whole, broken = checkpoint(stage.folder, 2), checkpoint(stage.folder, 4)
    (broken / lacks).unlink()
    assert stage.last_checkpoint() == whole


def test_a_checkpoint_with_half_a_state_is_passed_over(tmp_path):
    stage = Stage(tmp_path, "sft")
    whole, broken = checkpoint(stage.folder, 2), checkpoint(stage.folder, 4)
    (broken / STATE).write_text('{"global_step": 4, "log_hist')
    assert stage.last_checkpoint() == whole


@pytest.fixture(scope="module")
def stopped_sft(sft_tiny, tmp_path_factory):
    """The uninterrupted run's command: killed after checkpoint 2, stopped with Ctrl-C after checkpoint 4, finished.

    Before the second call the newest checkpoint is one that a kill left half-written.
    """
    cwd = tmp_path_factory.mktemp("stopped_sft")
    stage = cwd / "outputs" / "demo" / "sft"
    command = ("train_sft.py", "demo", "--outputs", "outputs", *sft_tiny.settings)
    killed = _stopped(command, cwd, stage / "checkpoint-2", signal.SIGKILL)
    for newer in stage.glob("checkpoint-[3-9]"):
        shutil.rmtree(newer)
    half = shutil.copytree(stage / "checkpoint-2", stage / "checkpoint-4")
    (half / STATE).write_text((half / STATE).read_text()[:100])
    interrupted = _stopped(command, cwd, half, signal.SIGINT)
    return {"killed": killed, "interrupted": interrupted, "finished": run(*command, cwd=cwd), "stage": stage}


def _stopped(command: tuple, cwd: Path, folder: Path, number: signal.Signals):
    """Run a command and stop it when a checkpoint is whole; it pauses between steps, so that this is never too late."""
    process = start("tests/patient.py", *command, cwd=cwd)
    stop_at(process, folder / STATE, number)
    return wait(process, cwd)


@pytest.mark.slow
def test_a_killed_run_goes_on_from_the_last_whole_checkpoint(stopped_sft):
    assert stopped_sft["killed"].code == -signal.SIGKILL
    assert "going on from outputs/demo/sft/checkpoint-2\n" in stopped_sft["interrupted"].stdout
    assert "going on from outputs/demo/sft/checkpoint-4\n" in stopped_sft["finished"].stdout


@pytest.mark.slow
def test_ctrl_c_is_one_line_and_exit_130(stopped_sft):
    interrupted = stopped_sft["interrupted"]
    assert interrupted.code == 130
    assert interrupted.stderr.endswith("\nstopped; the same command goes on from the last checkpoint\n")
    assert "Traceback" not in interrupted.stderr and "KeyboardInterrupt" not in interrupted.stderr


@pytest.mark.slow
def test_a_resumed_run_equals_an_uninterrupted_one(stopped_sft, sft_tiny):
    """Same steps, same questions in the same order (their losses differ), same learning rates, same adapter."""
    whole, resumed = steps(sft_tiny.folder / "sft"), steps(stopped_sft["stage"])
    assert [line["step"] for line in resumed] == [line["step"] for line in whole] == [1, 2, 3, 4, 5, 6]
    for name in ("loss", "learning_rate", "epoch"):
        assert [line[name] for line in resumed] == pytest.approx([line[name] for line in whole], abs=1e-4), name
    losses = sorted(line["loss"] for line in whole)
    assert min(high - low for low, high in zip(losses, losses[1:], strict=False)) > 1e-3, "losses tell steps apart"
    seconds = [line["seconds"] for line in resumed]
    assert seconds == sorted(seconds), "seconds go on over all calls"
    one, other = weights(sft_tiny.folder / "sft"), weights(stopped_sft["stage"])
    assert one.keys() == other.keys()
    assert max(abs(one[name] - other[name]).max() for name in one) < 1e-4
    assert facts(stopped_sft["stage"])["steps"] == 6


@pytest.mark.slow
def test_overwrite_trains_again(sft_tiny, tmp_path):
    folder = shutil.copytree(sft_tiny.folder, tmp_path / "demo")
    before = facts(folder / "sft")
    (folder / "sft" / "left_over").touch()
    run(*("train_sft.py", "demo", "--outputs", tmp_path, "--overwrite", "--sft.steps", 1), cwd=tmp_path / "cwd")
    after = facts(folder / "sft")
    assert (before["steps"], after["steps"]) == (6, 1)
    assert after["adapter"] != before["adapter"]
    assert [line["step"] for line in steps(folder / "sft")] == [1]
    assert not list((folder / "sft").glob("checkpoint-[2-9]")) and not (folder / "sft" / "left_over").exists()


def _grpo(sft_tiny: Run, cwd: Path) -> tuple:
    """The command of a GRPO run with a KL penalty on the tiny SFT adapter."""
    shutil.copytree(sft_tiny.folder, cwd / "outputs" / "demo")
    settings = ("--grpo.steps", 4, "--grpo.save-every", 2, "--grpo.kl", 0.05, "--grpo.learning-rate", 3e-3)
    return ("train_grpo.py", "demo", "--outputs", "outputs", *TINY_GRPO, *settings, "--grpo.warmup", 0)


@pytest.fixture(scope="module")
def whole_grpo(sft_tiny, tmp_path_factory) -> Path:
    """GRPO of 4 steps without interruption."""
    cwd = tmp_path_factory.mktemp("whole_grpo")
    run(*_grpo(sft_tiny, cwd), cwd=cwd)
    return cwd / "outputs" / "demo" / "grpo"


@pytest.fixture(scope="module")
def resumed_grpo(sft_tiny, tmp_path_factory) -> Path:
    """The same, killed after checkpoint 2."""
    cwd = tmp_path_factory.mktemp("resumed_grpo")
    command = _grpo(sft_tiny, cwd)
    stage = cwd / "outputs" / "demo" / "grpo"
    assert _stopped(command, cwd, stage / "checkpoint-2", signal.SIGKILL).code == -signal.SIGKILL
    assert not (stage / "stage.json").exists()
    assert "going on from outputs/demo/grpo/checkpoint-2\n" in run(*command, cwd=cwd).stdout
    return stage


@pytest.mark.slow
def test_resumed_grpo_has_the_same_steps_and_questions(whole_grpo, resumed_grpo):
    """Rollouts are sampled without a seed, so their questions are compared and not their texts."""
    for stage in (whole_grpo, resumed_grpo):
        assert [line["step"] for line in steps(stage)] == [1, 2, 3, 4]
    whole, resumed = (
        [sorted(map(str, completions(stage, step)["prompt"])) for step in (1, 2, 3, 4)]
        for stage in (whole_grpo, resumed_grpo)
    )
    assert resumed == whole
    assert [len(set(prompts)) for prompts in whole] == [2] * 4
    assert len({str(prompts) for prompts in whole}) == 4, "every step asks other questions"


@pytest.mark.slow
def test_resumed_grpo_keeps_the_starting_adapter_the_optimizer_and_the_reference(whole_grpo, resumed_grpo, sft_tiny):
    import torch

    start_of = facts(sft_tiny.folder / "sft")["adapter"]
    for stage in (whole_grpo, resumed_grpo):
        assert facts(stage)["started_from"]["fingerprint"] == start_of != facts(stage)["adapter"]
        state = torch.load(stage / "checkpoint-4" / "optimizer.pt", weights_only=True)["state"]
        assert {int(values["step"]) for values in state.values()} == {4}, "a fresh optimizer would have counted 2"
        kl = [line["kl"] for line in steps(stage)]
        assert kl[0] == pytest.approx(0, abs=1e-5), "the reference is the SFT adapter"
        assert min(kl[1:]) > 1e-5, "after a resume the policy is the checkpoint's, the reference still SFT's"


@pytest.mark.slow
def test_rollouts_follow_the_adapter_after_a_resume(resumed_grpo):
    """vLLM's and the trainer's probabilities of the same tokens agree, so vLLM runs the adapter of the checkpoint."""
    for line in steps(resumed_grpo):
        assert line["sampling/sampling_logp_difference/mean"] < 0.01, line["step"]


@pytest.mark.slow
def test_a_kill_between_the_last_step_and_the_end_costs_no_further_step(sft_tiny, tmp_path):
    """Only stage.json is missing: the same command finishes the stage with the same adapter."""
    shutil.copytree(sft_tiny.folder, tmp_path / "demo")
    (tmp_path / "demo" / "sft" / "stage.json").unlink()
    run("train_sft.py", "demo", "--outputs", tmp_path, *sft_tiny.settings, cwd=tmp_path)
    assert facts(tmp_path / "demo" / "sft") == facts(sft_tiny.folder / "sft") | {
        "seconds": facts(tmp_path / "demo" / "sft")["seconds"]
    }
    assert [line["step"] for line in steps(tmp_path / "demo" / "sft")] == [
        line["step"] for line in steps(sft_tiny.folder / "sft")
    ]
