"""The checks of one stack with one model: each returns its figures, or raises Failed or Skipped with the reason."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import Any

from . import compare, expected
from .commands import Done, Place
from .machine import REPO
from .planted import MISTAKES
from .stacks import Budget, Stack

RECIPE = "demo"
LARGE_RATE = 3e-3
"""Learning rate of the update that rollouts must follow: AdamW moves every weight by about as much."""


class Failed(Exception):
    """The check ran, and what it checks isn't so."""


class Skipped(Exception):
    """The check can't run here."""


@dataclass(frozen=True)
class Job:
    """One stack with one model."""

    model: str
    folder: Path | str
    """The model's folder, or its name where it is embedded."""
    stack: Stack
    budget: Budget
    place: Place

    @property
    def outputs(self) -> Path:
        return self.place.folder / "outputs"

    def stage(self, run: str, name: str) -> Path:
        return self.outputs / run / name

    def train(self, name: str, run: str, *more: object, log: str, record: tuple | None = None, **how) -> Done:
        """A training command; `record` is (file, pause) where its rollouts are to be kept."""
        flags = getattr(self.budget, name)
        args = (*self.common(run), *flags, *more)
        if record:
            return self.place.module("recorded", *record, REPO / f"train_{name}.py", *args, log=log, **how)
        return self.place.script(f"train_{name}.py", *args, log=log, **how)

    def common(self, run: str) -> tuple[object, ...]:
        data = self.budget.data(str(REPO / "spider_data" / "demo"))
        name = ("--model.name", self.folder)
        return (RECIPE, "--outputs", self.outputs, "--run", run, *name, *data, *self.stack.flags)

    def again(self, run: str, name: str) -> None:
        """Forget a stage, so that a check that is repeated measures again."""
        shutil.rmtree(self.stage(run, name), ignore_errors=True)


def sft(job: Job) -> dict[str, Any]:
    """SFT runs, its loss falls, and its adapter is saved."""
    job.again("main", "sft")
    done = _succeeded(job.train("sft", "main", log="sft"))
    lines = _steps(job.stage("main", "sft"))
    losses = [line["loss"] for line in lines]
    if len(lines) != job.budget.sft_steps or not losses[-1] < losses[0]:
        raise Failed(f"{len(lines)} steps, loss {losses[0]:.3f} -> {losses[-1]:.3f}")
    facts, seconds = _facts(job.stage("main", "sft")), _seconds_after_first(lines)
    tokens = lines[-1]["num_tokens"] - lines[0]["num_tokens"]
    return {
        "first_loss": round(losses[0], 3),
        "last_loss": round(losses[-1], 3),
        "seconds_a_step": round(seconds / (len(lines) - 1), 3),
        "tokens_a_second": round(tokens / seconds, 1),
        "backend": facts["backend"],
        **_cost(done),
    }


def hand_off(job: Job) -> dict[str, Any]:
    """GRPO on an adapter that is attached for inference only, or on a fresh one, is refused in one line."""
    said = {}
    for mistake, (_, expected_words) in MISTAKES.items():
        run = f"planted-{mistake}"
        job.again(run, "grpo")
        args = (*job.common(run), *job.budget.grpo, "--grpo.adapter", job.stage("main", "sft"))
        done = job.place.module("planted", mistake, REPO / "train_grpo.py", *args, log=run)
        if done.code != 2 or expected_words not in done.last:
            raise Failed(f"{mistake}: exit {done.code}, {done.last}")
        said[mistake] = done.seconds
    return {"seconds_until_refused": said}


def grpo(job: Job) -> dict[str, Any]:
    """GRPO refines the SFT adapter with the rollout engine of this stack; seconds by part, tokens a second."""
    job.again("main", "grpo")
    done = _succeeded(job.train("grpo", "main", log="grpo"))
    lines, facts = _steps(job.stage("main", "grpo")), _facts(job.stage("main", "grpo"))
    start = facts["started_from"]["fingerprint"]
    if start != _facts(job.stage("main", "sft"))["adapter"] or facts["adapter"] == start:
        raise Failed("the adapter isn't a refined SFT adapter")
    if ("vLLM" if job.stack.rollouts == "vllm" else "Transformers") not in facts["rollouts"].split(",")[0]:
        raise Failed(f"rollouts by {facts['rollouts']}")
    parts, steps = facts["seconds_by_part"], len(lines)
    differences = [line["sampling/sampling_logp_difference/mean"] for line in lines if _SAMPLING in line]
    return {
        "seconds_a_step": round(sum(parts.values()) / steps, 3),
        "seconds_a_step_after_the_first": round(_seconds_after_first(lines) / (steps - 1), 3),
        "seconds_by_part": parts,
        "reward_share": round(parts["reward"] / sum(parts.values()), 4),
        "rollout_tokens_a_second": facts["rollout_tokens_per_second"],
        "logprob_difference_of_engine_and_trainer": round(mean(differences), 5) if differences else None,
        **_cost(done),
    }


_SAMPLING = "sampling/sampling_logp_difference/mean"


def follows(job: Job) -> dict[str, Any]:
    """After one large update the next step's rollouts are those of the updated adapter, and not of an older one."""
    job.again("large", "grpo")
    record = job.place.folder / "rollouts.json"
    more = ("--grpo.adapter", job.stage("main", "sft"), "--grpo.learning-rate", LARGE_RATE)
    more = (*more, "--grpo.steps", 2, "--grpo.save-every", 1, "--grpo.temperature", 1.0, "--grpo.top-p", 1.0)
    _succeeded(job.train("grpo", "large", *more, log="large", record=(record, 0)))
    before, after = job.stage("main", "sft"), job.stage("large", "grpo") / "checkpoint-1"
    base = job.folder if isinstance(job.folder, Path) else _unpacked()
    dtype = "float32" if job.budget.dtype == "float32" else "bfloat16"
    done = _succeeded(job.place.module("likelihood", base, dtype, record, 1, before, after, log="likelihood"))
    engine = json.loads(record.read_text(encoding="utf-8"))["steps"][1]["logprobs"]
    names = ("base", "before", "after")
    tokens = dict(zip(names, json.loads(done.said.splitlines()[-1]), strict=True))
    found = compare.followed(tokens, engine)
    if found["reason"]:
        raise Failed(found["reason"])
    return found["figures"]


def greedy(job: Job) -> dict[str, Any]:
    """evaluate.py's greedy answers with the largely updated adapter: not the base model's, and the merged model's."""
    engines = {"vllm", "transformers"} if job.stack.rollouts == "vllm" else {"transformers"}
    answers, speed = {}, {}
    for engine in sorted(engines, reverse=True):
        answers[engine], speed[engine] = _evaluated(job, "grpo", engine)
    answers["base"], _ = _evaluated(job, "base", job.stack.rollouts)
    agreement = compare.agreement(answers, job.stack.rollouts)
    if agreement["reason"]:
        raise Failed(agreement["reason"])
    return {**agreement["figures"], "tokens_a_second": speed}


def _evaluated(job: Job, stage: str, engine: str) -> tuple[list[str], float | None]:
    """The completions of an evaluation, and its tokens a second."""
    args = [*job.common("large"), "--eval.stage", stage, "--eval.limit", job.budget.evaluated, "--overwrite"]
    args[args.index("--model.rollouts") + 1] = engine
    length = ("--eval.max-completion-tokens", job.budget.completion_tokens)
    _succeeded(job.place.script("evaluate.py", *args, *length, log=f"eval-{stage}-{engine}"))
    folder = job.outputs / "large" / "eval" / stage
    lines = (folder / "predictions.jsonl").read_text(encoding="utf-8").splitlines()
    metrics = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
    return [json.loads(line)["completion"] for line in lines], metrics["tokens_per_second"]


def resume(job: Job) -> dict[str, Any]:
    """GRPO that is killed behind a checkpoint goes on from it with the same command, to the same number of steps."""
    job.again("killed", "grpo")
    stage = job.stage("killed", "grpo")
    more = ("--grpo.adapter", job.stage("main", "sft"), "--grpo.steps", 4, "--grpo.save-every", 2)
    until = stage / "checkpoint-2" / "trainer_state.json"
    record = (job.place.folder / "killed.json", 3)
    killed = job.train("grpo", "killed", *more, log="killed", record=record, until=until)
    if killed.code >= 0:
        raise Failed(f"it ended before it could be killed: {killed.last}")
    done = _succeeded(job.train("grpo", "killed", *more, log="resumed"))
    numbers = [line["step"] for line in _steps(stage)]
    if "checkpoint-2" not in done.said or numbers != [1, 2, 3, 4] or _facts(stage)["steps"] != 4:
        raise Failed(f"steps {numbers}; {done.said.splitlines()[-1:]}")
    return {"steps": numbers, **_cost(done)}


def four_bit(job: Job) -> dict[str, Any]:
    """QLoRA: SFT and GRPO with 4-bit base weights; on a CPU the flag is refused in one line."""
    flag, record = "--model.load-in-4bit", job.place.folder / "four_bit.json"
    for name in ("sft", "grpo"):
        job.again("4bit", name)
    more = (flag, "--sft.steps", 3)
    done = job.train("sft", "4bit", *more, log="4bit-sft", record=(record, 0))
    if job.place.cpu:
        if done.code != 2 or "model.load_in_4bit" not in done.last:
            raise Failed(f"exit {done.code}: {done.last}")
        return {"refused": done.last}
    _succeeded(done)
    layers = json.loads(record.read_text(encoding="utf-8"))["layers"]
    quantized = sum(count for kind, count in layers.items() if "4bit" in kind.lower())
    if not quantized:
        raise Failed("no layer of the model has 4-bit weights")
    rollouts = ("--model.rollouts", "auto")  # outside of Unsloth vLLM can't follow 4-bit weights
    refined = _succeeded(job.train("grpo", "4bit", flag, *rollouts, "--grpo.steps", 2, log="4bit-grpo"))
    return {"layers_in_4_bits": quantized, "sft_peak_gib": done.peak_gib, **_cost(refined)}


def memory(job: Job, measured: dict[str, float | None]) -> dict[str, Any]:
    """The peak of each stage isn't above its estimate by more than a tenth."""
    if job.place.cpu:
        raise Skipped("the estimate is of a GPU's memory")
    estimates = {name: expected.gib(name, job.outputs / "main" / "config.json", job.stack.way) for name in measured}
    if None in estimates.values():
        raise Skipped("no estimate for this model")
    figures = {name: {"peak_gib": peak, "estimate_gib": round(estimates[name], 2)} for name, peak in measured.items()}
    above = [name for name, peak in measured.items() if peak is not None and peak > 1.1 * estimates[name]]
    if above:
        raise Failed(f"more than estimated: {figures}")
    return figures


CHECKS: dict[str, Callable[..., dict[str, Any]]] = {
    "sft": sft,
    "hand-off": hand_off,
    "grpo": grpo,
    "follows": follows,
    "greedy": greedy,
    "resume": resume,
    "4-bit": four_bit,
    "memory": memory,
}
NEEDS = {
    "sft": (),
    "hand-off": ("sft",),
    "grpo": ("sft",),
    "follows": ("sft",),
    "greedy": ("sft", "follows"),
    "resume": ("sft",),
    "4-bit": (),
    "memory": ("sft", "grpo"),
}
"""Check -> the checks whose files or figures it uses."""


def _succeeded(done: Done) -> Done:
    if done.code == 2 and "can't fit" in done.last:
        raise Skipped(done.last)
    if done.code != 0:
        raise Failed(f"exit {done.code}: {done.last} ({done.log})")
    return done


def _facts(stage: Path) -> dict[str, Any]:
    return json.loads((stage / "stage.json").read_text(encoding="utf-8"))


def _steps(stage: Path) -> list[dict[str, Any]]:
    """The log lines of steps, without the summary at the end."""
    lines = [json.loads(line) for line in (stage / "log.jsonl").read_text(encoding="utf-8").splitlines()]
    return [line for line in lines if "loss" in line]


def _seconds_after_first(lines: list[dict[str, Any]]) -> float:
    """Of all steps but the first, which compiles and warms up."""
    return max(1e-9, lines[-1]["seconds"] - lines[0]["seconds"])


def _cost(done: Done) -> dict[str, Any]:
    return {"seconds_in_all": done.seconds, "peak_gib": done.peak_gib}


def _unpacked() -> Path:
    from backends import smollm2

    return smollm2.prepare()
