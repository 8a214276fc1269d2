"""What both trainers report and watch: the log file, the progress bar, the hand-off guard and dead groups."""

from __future__ import annotations

import json
import time
from pathlib import Path

from transformers import PrinterCallback, TrainerCallback

from text2sql.errors import UserError
from text2sql.files import write_lines

from .adapters import fingerprint, guard_optimizer, lora_parameters
from .step_time import Clock


class LogFile(TrainerCallback):
    """Appends every log with its step and the seconds of training to a JSON Lines file.

    After a resume the lines of steps that will be repeated are dropped, and the seconds go on from the last line kept.
    """

    def __init__(self, path: Path) -> None:
        self.path, self.started = path, time.monotonic()

    def on_train_begin(self, args, state, control, **kwargs):
        if not state.is_world_process_zero:
            return
        lines = self.path.read_text(encoding="utf-8").splitlines() if self.path.exists() else []
        resumed = state.global_step > 0
        kept = [entry for entry in map(_entry, lines) if resumed and entry and entry["step"] <= state.global_step]
        write_lines(self.path, kept)
        self.started = time.monotonic() - (kept[-1]["seconds"] if kept else 0.0)

    def on_log(self, args, state, control, logs=None, **kwargs):
        if state.is_world_process_zero:
            seconds = round(time.monotonic() - self.started, 2)
            with self.path.open("a", encoding="utf-8") as file:
                file.write(json.dumps({"step": state.global_step, "seconds": seconds, **(logs or {})}) + "\n")


def _entry(line: str) -> dict | None:
    """A log line, or None for one that a kill cut short."""
    try:
        return json.loads(line)
    except ValueError:
        return None


def report_with(trainer, callbacks: list[TrainerCallback]) -> None:
    """Give a trainer our callbacks in place of the one that prints every log as a dictionary."""
    trainer.remove_callback(PrinterCallback)
    for callback in callbacks:
        trainer.add_callback(callback)


class Progress(TrainerCallback):
    """A bar with the time left and the few figures that tell whether the run learns."""

    def __init__(self, name: str, shown: dict[str, str]) -> None:
        self.name, self.shown, self.bar = name, shown, None
        self.known: dict[str, str] = {}

    def on_train_begin(self, args, state, control, **kwargs):
        from tqdm import tqdm

        if state.is_world_process_zero:
            self.bar = tqdm(total=state.max_steps, initial=state.global_step, desc=self.name, dynamic_ncols=True)

    def on_step_end(self, args, state, control, **kwargs):
        if self.bar is not None:
            self.bar.update(state.global_step - self.bar.n)

    def on_log(self, args, state, control, logs=None, **kwargs):
        if self.bar is not None:
            new = {short: logs[name] for name, short in self.shown.items() if logs and logs.get(name) is not None}
            self.known |= {short: f"{value:.3g}" for short, value in new.items()}
            self.bar.set_postfix(self.known)

    def on_train_end(self, args, state, control, **kwargs):
        if self.bar is not None:
            self.bar.close()
            self.bar = None


class StepTimes(TrainerCallback):
    """Tells the clock when a step begins and ends; what its methods don't take of it is the update."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock

    def on_train_begin(self, args, state, control, **kwargs):
        self.clock.start()

    def on_step_begin(self, args, state, control, **kwargs):
        self.clock.enter("update")

    def on_step_end(self, args, state, control, **kwargs):
        self.clock.leave()


class HandOffGuard(TrainerCallback):
    """Stops a run that trains nothing: the optimizer must hold the LoRA tensors, and the first update change them."""

    def __init__(self) -> None:
        self.before: str | None = None
        self.expects_change = False

    def on_train_begin(self, args, state, control, model=None, optimizer=None, **kwargs):
        guard_optimizer(model, optimizer)
        self.before = fingerprint(lora_parameters(model))

    def on_pre_optimizer_step(self, args, state, control, model=None, optimizer=None, **kwargs):
        if self.before is None:
            return
        gradients = [tensor.grad for tensor in lora_parameters(model).values()]
        if all(gradient is None for gradient in gradients):
            raise UserError("no LoRA tensor of the adapter gets a gradient, so training would change nothing")
        learning_rate = max(group["lr"] for group in optimizer.param_groups)
        self.expects_change = learning_rate > 0 and any(g is not None and bool(g.any()) for g in gradients)

    def on_step_end(self, args, state, control, model=None, **kwargs):
        if self.before is None or not self.expects_change:
            return
        if fingerprint(lora_parameters(model)) == self.before:
            raise UserError(f"the adapter didn't change in step {state.global_step} although it had a gradient")
        self.before = None


class DeadGroups(TrainerCallback):
    """Stops a GRPO run in which all rewards of every group stay equal: no advantage, no gradient, nothing learned."""

    def __init__(self, patience: int) -> None:
        self.patience, self.dead = patience, 0

    def on_log(self, args, state, control, logs=None, **kwargs):
        share = (logs or {}).get("frac_reward_zero_std")
        if share is None:
            return
        self.dead = self.dead + 1 if share == 1 else 0
        if self.dead >= self.patience:
            raise UserError(f"grpo: no group had two different rewards in {self.dead} steps; {_cause(logs)}")


def _cause(logs: dict[str, float]) -> str:
    """Why groups are dead, from what was logged."""
    if logs.get("distinct_completions", 1.0) <= 1 / max(2.0, logs.get("completions_per_question", 2.0)):
        return "all completions of a question are equal: raise --grpo.temperature"
    if logs.get("exact_share") == 1:
        return "every completion is right already: choose harder questions"
    return "all completions earn the same: train SFT longer, or check the golds with --dry-run"
