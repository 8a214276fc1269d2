"""The table by part of a GRPO run: nothing counts twice, and the parts add up to the wall time."""

from __future__ import annotations

import json
import shutil
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stack import TINY_GRPO, Run, facts, run, run_python, steps

from backends.step_time import METHODS, PARTS, PREFIX, Clock, figures, table, totals, watch


class Time:
    """A clock that moves when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Trainer:
    """A trainer whose methods take known seconds, called as TRL's calls its own."""

    def __init__(self, time: Time, *, vllm: bool = True) -> None:
        self.time, self.logged = time, []
        if vllm:
            self.vllm_generation = SimpleNamespace(sync_weights=lambda: self.take(3))

    def take(self, seconds: float) -> None:
        self.time.now += seconds

    def _prepare_inputs(self) -> None:
        self.take(1)
        self._generate()
        self._calculate_rewards()
        self._get_per_token_logps_and_entropies()

    def _generate(self) -> None:
        self.take(10)
        if hasattr(self, "vllm_generation"):
            self.vllm_generation.sync_weights()
        self.take(10)

    def _calculate_rewards(self) -> str:
        self.take(2)
        return "rewards"

    def _get_per_token_logps_and_entropies(self) -> None:
        self.take(4)

    def step(self, clock: Clock) -> None:
        self.take(0.5)
        clock.enter("update")
        self._prepare_inputs()
        self._get_per_token_logps_and_entropies()
        self.take(20)
        clock.leave()
        self.take(0.25)
        self.log({"loss": 1.0})

    def log(self, logs: dict, start_time: float | None = None) -> None:
        self.logged.append(logs)


def timed(**how) -> tuple[Trainer, Clock]:
    time = Time()
    trainer, clock = Trainer(time, **how), Clock(now=time)
    watch(trainer, clock)
    return trainer, clock


def test_each_part_gets_its_own_seconds_and_none_of_those_inside_it():
    trainer, clock = timed()
    trainer.step(clock)
    assert trainer.logged == [
        {"loss": 1.0}
        | {
            "time/rollout": 20,
            "time/sync": 3,
            "time/reward": 2,
            "time/logprobs": 4,
            "time/update": 24,
            "time/other": 1.75,
        }
    ]


def test_a_trainer_without_vllm_has_no_weight_sync_and_each_step_starts_at_zero():
    trainer, clock = timed(vllm=False)
    for _ in range(2):
        trainer.step(clock)
    assert trainer.logged[0] == trainer.logged[1] and "time/sync" not in trainer.logged[0]


def test_timed_methods_still_return_and_still_raise():
    trainer, clock = timed()
    assert trainer._calculate_rewards() == "rewards"
    trainer.vllm_generation = None
    with pytest.raises(AttributeError):
        trainer._generate()
    trainer.take(5)
    assert clock.lap() == {"other": 5, "reward": 2, "rollout": 10}, "the part that raised was left"


def test_background_work_is_waited_for_before_the_time_is_read():
    time = Time()

    def settle() -> None:
        time.now, pending["kernel"] = time.now + pending["kernel"], 0

    pending = {"kernel": 0}
    clock = Clock(now=time, settle=settle)
    with clock.part("logprobs"):
        pending["kernel"] = 7  # queued, and the call returns at once
    assert clock.lap()["logprobs"] == 7


EVENTS = st.lists(
    st.one_of(st.sampled_from([*PARTS, "leave", "lap"]), st.floats(0, 100).map(lambda value: round(value, 3)))
)


@given(EVENTS)
def test_whatever_nests_the_laps_add_up_to_the_wall_time(events):
    time = Time()
    clock, depth, laps = Clock(now=time), 0, []
    for event in [*events, "lap"]:
        if isinstance(event, float):
            time.now += event
        elif event == "lap":
            laps.append(clock.lap())
        elif event == "leave":
            if depth:
                clock.leave()
                depth -= 1
        else:
            clock.enter(event)
            depth += 1
    assert sum(sum(lap.values()) for lap in laps) == pytest.approx(time.now)
    assert all(seconds >= 0 for lap in laps for seconds in lap.values())


def test_totals_are_those_of_the_log_over_all_calls(tmp_path):
    log = tmp_path / "log.jsonl"
    lines = [
        {"step": 1, "time/rollout": 3.0, "time/reward": 0.5, "completions/mean_length": 10.0},
        {"step": 2, "time/rollout": 1.0, "time/update": 4.0, "completions/mean_length": 20.0},
        {"step": 2, "time/other": 1.5, "train_runtime": 9.0},
    ]
    log.write_text("".join(json.dumps(line) + "\n" for line in lines))
    seconds = {"rollout": 4.0, "sync": 0, "reward": 0.5, "logprobs": 0, "update": 4.0, "other": 1.5}
    assert totals(log) == seconds and list(totals(log)) == list(PARTS)
    assert figures(log, 8) == {
        "seconds_by_part": seconds,
        "rollout_tokens": 240,
        "rollout_tokens_per_second": 60.0,
    }
    rows = [line.split() for line in table(seconds, 2).splitlines()]
    assert ["reward", "0.5", "5.0%", "0.25"] in rows and ["all", "10.0", "100.0%", "5.00"] in rows


def test_a_run_without_times_has_an_empty_table(tmp_path):
    assert totals(tmp_path / "log.jsonl") == {}
    assert figures(tmp_path / "log.jsonl", 8)["rollout_tokens_per_second"] is None
    assert table({}, 0).splitlines()[1].split() == ["all", "0.0", "0.0%", "0.00"]


ENGINES = {"vLLM": ("unsloth", "vllm"), "Transformers": ("portable", "transformers")}


@pytest.fixture(scope="module", params=ENGINES)
def grpo(request, sft_tiny, tmp_path_factory) -> Run:
    """GRPO of 2 steps on the tiny SFT adapter, by Unsloth with vLLM and by TRL with Transformers."""
    cwd = tmp_path_factory.mktemp("grpo_timed")
    shutil.copytree(sft_tiny.folder, cwd / "outputs" / "demo")
    backend, rollouts = ENGINES[request.param]
    settings = ("--grpo.steps", 2, "--model.backend", backend, "--model.rollouts", rollouts)
    done = run("train_grpo.py", "demo", "--outputs", "outputs", *TINY_GRPO, *settings, cwd=cwd)
    return Run(cwd / "outputs" / "demo" / "grpo", cwd, done, (rollouts,))


@pytest.mark.slow
def test_the_parts_of_a_real_step_add_up_to_its_wall_time(grpo):
    """Each line's parts are the seconds since the line before."""
    before = 0.0
    for line in steps(grpo.folder):
        parts = {part: line[PREFIX + part] for part in PARTS if PREFIX + part in line}
        assert sum(parts.values()) == pytest.approx(line["seconds"] - before, abs=0.1)
        before = line["seconds"]


@pytest.mark.slow
def test_a_real_trainer_calls_every_part_that_it_has(grpo):
    """Without vLLM there is nothing to bring up to date, and no other engine's probabilities to correct for."""
    absent = set() if grpo.settings == ("vllm",) else {"sync", "logprobs"}
    for line in steps(grpo.folder):
        assert {part for part in PARTS if line.get(PREFIX + part, 0) > 0} == set(PARTS) - absent
    seconds = facts(grpo.folder)["seconds_by_part"]
    assert seconds == totals(grpo.folder / "log.jsonl")
    assert seconds["update"] > seconds["reward"] and facts(grpo.folder)["rollout_tokens"] > 0
    assert table(seconds, 2) in grpo.done.stdout


PATCHED = """
import os
os.environ |= {"UNSLOTH_ALLOW_CPU": "1", "UNSLOTH_DISABLE_STATISTICS": "1", "VLLM_LOGGING_LEVEL": "ERROR"}
sys.modules["vllm._C"] = None  # a processor without AVX-512 can't load this one
import inspect, json, trl, unsloth
from unsloth.models import rl, rl_replacements
rl._patch_trl_rl_trainers("grpo_trainer")
files = {inspect.getsourcefile(cls) for cls in trl.GRPOTrainer.__mro__ if "Unsloth" in cls.__name__}
print(json.dumps([open(file).read() for file in [*files, rl_replacements.__file__]]))
"""


@pytest.mark.slow
def test_unsloths_trainer_for_a_gpu_calls_the_timed_methods_through_the_trainer(tmp_path):
    """It is made from TRL's source when it is imported; a call by another way would go past the clock."""
    pytest.importorskip("unsloth")
    source = "".join(json.loads(run_python(PATCHED, cwd=tmp_path).stdout.splitlines()[-1]))
    calls = {name: f"self.{holder + '.' if holder else ''}{name}(" for holder, name in METHODS}
    calls["_unsloth_load_lora"] = 'getattr(self, "_unsloth_load_lora", None)'
    calls.pop("_prepare_inputs")  # Transformers' training step calls it, and the tests above see that
    assert "class _UnslothGRPOTrainer" in source
    assert {name for name, call in calls.items() if call not in source} == set()
