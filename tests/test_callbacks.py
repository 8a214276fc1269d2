"""What watches a training run: the log file over resumes, the hand-off guard, dead groups, the progress bar."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest

from text2sql.errors import UserError

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from backends.callbacks import DeadGroups, HandOffGuard, LogFile, Progress  # noqa: E402


def state(step: int, *, main: bool = True, steps: int = 10) -> SimpleNamespace:
    return SimpleNamespace(global_step=step, is_world_process_zero=main, max_steps=steps)


def lines(path) -> list[dict]:
    return [json.loads(line) for line in path.read_text().splitlines()]


# --- the log file -------------------------------------------------------------------------------------------------


def log(path, *steps: int, start: int = 0, main: bool = True) -> None:
    """A call of training that begins after step `start` and logs the steps."""
    callback = LogFile(path)
    callback.on_train_begin(None, state(start, main=main), None)
    for step in steps:
        callback.on_log(None, state(step, main=main), None, logs={"loss": step / 10})


def test_every_log_is_a_line_with_step_and_seconds(tmp_path):
    log(tmp_path / "log.jsonl", 1, 2)
    found = lines(tmp_path / "log.jsonl")
    assert [(line["step"], line["loss"]) for line in found] == [(1, 0.1), (2, 0.2)]
    assert 0 <= found[0]["seconds"] <= found[1]["seconds"]


def test_a_resume_drops_the_steps_that_are_repeated(tmp_path):
    log(tmp_path / "log.jsonl", 1, 2, 3, 4, 5)
    log(tmp_path / "log.jsonl", 4, 5, 6, start=3)
    assert [line["step"] for line in lines(tmp_path / "log.jsonl")] == [1, 2, 3, 4, 5, 6]


def test_a_resume_drops_the_line_that_a_kill_cut_short(tmp_path):
    path = tmp_path / "log.jsonl"
    log(path, 1, 2)
    path.write_text(path.read_text() + '{"step": 3, "seconds": 4.2, "lo')
    log(path, 3, start=2)
    assert [line["step"] for line in lines(path)] == [1, 2, 3]


def test_seconds_go_on_from_the_last_line_that_is_kept(tmp_path):
    path = tmp_path / "log.jsonl"
    kept = [{"step": 1, "seconds": 100.0}, {"step": 2, "seconds": 5000.0}]
    path.write_text("".join(json.dumps(line) + "\n" for line in kept))
    log(path, 2, start=1)
    assert 100 <= lines(path)[-1]["seconds"] < 5000


def test_a_run_from_the_beginning_starts_an_empty_log(tmp_path):
    path = tmp_path / "log.jsonl"
    log(path, 1, 2, 3)
    log(path)
    assert path.read_text() == ""


def test_only_the_first_process_writes(tmp_path):
    log(tmp_path / "log.jsonl", 1, 2, main=False)
    assert not (tmp_path / "log.jsonl").exists()


# --- the hand-off guard -------------------------------------------------------------------------------------------


class Adapted(torch.nn.Module):
    """A linear layer with LoRA tensors under PEFT's names."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.base = torch.nn.Linear(4, 4)
        self.lora_A = torch.nn.ModuleDict({"default": torch.nn.Linear(4, 2, bias=False)})
        self.lora_B = torch.nn.ModuleDict({"default": torch.nn.Linear(2, 4, bias=False)})
        self.base.requires_grad_(False)

    def forward(self, x):
        return self.base(x) + self.lora_B["default"](self.lora_A["default"](x))

    def lora(self):
        return [*self.lora_A.parameters(), *self.lora_B.parameters()]


def one_step(guard, model, optimizer, *, backward=True, update=True, scale=1.0):
    """A training step with the hooks in the trainer's order."""
    optimizer.zero_grad()
    if backward:
        (model(torch.ones(3, 4)).pow(2).sum() * scale).backward()
    guard.on_pre_optimizer_step(None, state(1), None, model=model, optimizer=optimizer)
    if update:
        optimizer.step()
    guard.on_step_end(None, state(1), None, model=model)


def guarded(learning_rate=0.1):
    model = Adapted()
    optimizer = torch.optim.AdamW(model.lora(), lr=learning_rate)
    guard = HandOffGuard()
    guard.on_train_begin(None, state(0), None, model=model, optimizer=optimizer)
    return guard, model, optimizer


def test_a_step_that_changes_the_adapter_passes_and_ends_the_watch():
    guard, model, optimizer = guarded()
    one_step(guard, model, optimizer)
    one_step(guard, model, optimizer, update=False)  # watched once only: hashing every step would cost


def test_an_adapter_that_does_not_change_stops_the_run():
    guard, model, optimizer = guarded()
    with pytest.raises(UserError, match="the adapter didn't change in step 1 although it had a gradient"):
        one_step(guard, model, optimizer, update=False)


def test_an_adapter_without_gradient_stops_the_run():
    guard, model, optimizer = guarded()
    with pytest.raises(UserError, match="no LoRA tensor of the adapter gets a gradient"):
        one_step(guard, model, optimizer, backward=False)


@pytest.mark.parametrize("quiet", [{"learning_rate": 0.0}, {"scale": 0.0}])
def test_a_step_without_learning_rate_or_advantage_is_waited_out(quiet):
    """The first step of a warm-up has a learning rate of 0; a dead batch of GRPO a gradient of 0."""
    guard, model, optimizer = guarded(quiet.get("learning_rate", 0.1))
    one_step(guard, model, optimizer, scale=quiet.get("scale", 1.0), update=False)
    for group in optimizer.param_groups:
        group["lr"] = 0.1
    with pytest.raises(UserError, match="didn't change"):
        one_step(guard, model, optimizer, update=False)


def test_an_optimizer_of_other_tensors_stops_the_run_before_its_first_step():
    model = Adapted()
    with pytest.raises(UserError, match="the optimizer doesn't hold 1 LoRA tensors"):
        HandOffGuard().on_train_begin(
            None, state(0), None, model=model, optimizer=torch.optim.SGD(model.lora()[:1], lr=1)
        )


# --- dead groups --------------------------------------------------------------------------------------------------


def watch(patience, *logs):
    callback = DeadGroups(patience)
    for entry in logs:
        callback.on_log(None, state(1), None, logs=entry)


DEAD = {"frac_reward_zero_std": 1.0, "distinct_completions": 0.9, "completions_per_question": 8.0, "exact_share": 0.0}
ALIVE = {**DEAD, "frac_reward_zero_std": 0.99}


def test_groups_that_stay_dead_stop_the_run():
    watch(3, DEAD, DEAD)
    with pytest.raises(UserError, match=r"grpo: no group had two different rewards in 3 steps"):
        watch(3, DEAD, DEAD, DEAD)


def test_one_living_group_starts_the_count_again():
    watch(3, DEAD, DEAD, ALIVE, DEAD, DEAD, ALIVE)


def test_logs_without_the_share_do_not_count():
    watch(2, DEAD, {"train_runtime": 3.0}, None, ALIVE, DEAD)
    with pytest.raises(UserError, match="in 2 steps"):
        watch(2, DEAD, {"train_runtime": 3.0}, DEAD)


@pytest.mark.parametrize(
    ("seen", "remedy"),
    [
        ({"distinct_completions": 1 / 8}, "raise --grpo.temperature"),
        ({"exact_share": 1.0}, "choose harder questions"),
        ({}, "train SFT longer, or check the golds with --dry-run"),
    ],
)
def test_the_reason_fits_what_was_seen(seen, remedy):
    with pytest.raises(UserError) as stopped:
        watch(1, DEAD | seen)
    assert str(stopped.value).endswith(remedy)


# --- the bar ------------------------------------------------------------------------------------------------------


def test_the_bar_shows_step_total_and_the_chosen_figures(capsys):
    bar = Progress("GRPO", {"reward": "reward", "exact_share": "exact"})
    bar.on_train_begin(None, state(4), None)
    bar.on_step_end(None, state(5), None)
    bar.on_log(None, state(5), None, logs={"reward": 1.23456, "grad_norm": 9.0})
    bar.on_train_end(None, state(5), None)
    said = capsys.readouterr().err
    assert "GRPO" in said and "5/10" in said and "reward=1.23" in said
    assert "grad" not in said and "exact" not in said


def test_other_processes_show_no_bar(capsys):
    bar = Progress("SFT", {"loss": "loss"})
    for hook in (bar.on_train_begin, bar.on_step_end, bar.on_log, bar.on_train_end):
        hook(None, state(1, main=False), None)
    assert capsys.readouterr().err == ""
