"""Evaluation during GRPO: the best adapter is kept beside the last, and a run ends when only its reward rises."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from backends import dev_slice  # noqa: E402
from backends.dev_slice import EX, STRICT, DevEvaluation, hacked  # noqa: E402


def history(*evaluations: tuple[float, float]) -> list[dict]:
    """A trainer's log: before each evaluation two steps whose mean reward is the first value, then its strict EX."""
    return [
        entry
        for reward, strict in evaluations
        for entry in ({"reward": reward - 1}, {"reward": reward + 1}, {EX: strict, STRICT: strict})
    ]


@pytest.mark.parametrize(
    ("evaluations", "patience", "stops"),
    [
        ([(1, 0.5), (2, 0.4)], 1, True),
        ([(1, 0.5), (2, 0.5)], 1, False),  # strict EX must fall
        ([(1, 0.5), (1, 0.4)], 1, False),  # the reward must rise
        ([(1, 0.5), (2, 0.6)], 1, False),
        ([(1, 0.5), (2, 0.4)], 2, False),  # not twice yet
        ([(1, 0.5), (2, 0.4), (3, 0.3)], 2, True),
        ([(1, 0.5), (2, 0.4), (1, 0.3), (2, 0.2)], 2, False),  # not in a row
        ([(1, 0.5), (2, 0.4), (1, 0.3), (2, 0.2), (3, 0.1)], 2, True),
        ([], 1, False),
    ],
)
def test_it_is_hacking_when_the_reward_rises_and_strict_ex_falls(evaluations, patience, stops):
    assert hacked(history(*evaluations), patience) is stops


def test_an_evaluation_without_steps_before_it_says_nothing():
    first = [{EX: 0.5, STRICT: 0.5}]
    assert not hacked(first + history((9, 0.1)), 1)
    assert hacked(first + history((9, 0.4), (10, 0.3)), 1)


@given(st.lists(st.tuples(st.floats(-5, 5), st.floats(0, 1)), max_size=6), st.integers(1, 5))
def test_a_longer_patience_never_stops_earlier(evaluations, patience):
    assert not hacked(history(*evaluations), patience + 1) or hacked(history(*evaluations), patience)
    assert not hacked(history(*evaluations), max(1, len(evaluations)))


@pytest.fixture
def training(monkeypatch):
    """A function that runs the callback over steps whose (reward, strict EX) is given; what was kept, and the steps."""

    def train(*planned: tuple[float, float], patience: int = 2, best: float = -1.0, start: int = 0):
        state = SimpleNamespace(global_step=start, max_steps=start + len(planned) - 1, log_history=[])
        control = SimpleNamespace(should_log=True, should_training_stop=False)
        monkeypatch.setattr(dev_slice, "greedy", lambda *_: state.global_step)
        monkeypatch.setattr(dev_slice.Trainer, "log", lambda _, logs: state.log_history.append(logs))
        questions = SimpleNamespace(figures=lambda step: dict.fromkeys((EX, STRICT), planned[step - start][1]))
        kept = []
        keep = lambda step, figures: kept.append((step, figures[EX]))  # noqa: E731
        watch = DevEvaluation(None, questions, every=1, patience=patience, keep=keep, best=best)
        watch.on_train_begin(None, state, control)
        for reward, _ in planned[1:]:
            state.log_history.append({"reward": reward})
            state.global_step += 1
            watch.on_step_end(None, state, control)
            assert control.should_log, "the step's own metrics are still to be logged"
            if control.should_training_stop:
                break
        return kept, state.global_step, watch.stopped

    return train


def test_the_adapter_before_training_counts_and_a_tie_keeps_the_earlier_one(training):
    kept, last, stopped = training((0, 0.5), (1, 0.4), (2, 0.5), (1, 0.6), (2, 0.6))
    assert kept == [(0, 0.5), (3, 0.6)] and last == 4 and stopped == ""


def test_training_ends_when_only_the_reward_rises(training):
    kept, last, stopped = training((0, 0.5), (1, 0.5), (2, 0.4), (3, 0.3), (4, 0.2), patience=2)
    assert kept == [(0, 0.5)] and last == 3
    assert stopped == "strict EX fell 2 times in a row while the reward rose, at step 3"


def test_after_a_resume_the_best_adapter_of_before_stays(training):
    kept, _, _ = training((0, 0.9), (1, 0.5), (2, 0.6), (2, 0.8), best=0.7, start=10)
    assert kept == [(13, 0.8)], "and nothing is evaluated again at the step that it goes on from"
