"""Evaluation during GRPO: the greedy answers to a fixed slice of dev.json, the best adapter, and an early stop."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from transformers import Trainer, TrainerCallback

from text2sql.judge import VALID
from text2sql.score import Score, score_batch

from .dialogue import Dialogue
from .generation import Sampling, generate_batch, tokenize

if TYPE_CHECKING:
    from config import Config

EX, STRICT = "dev/execution_accuracy", "dev/strict_execution_accuracy"


@dataclass(frozen=True)
class Slice:
    """The questions that every evaluation during training asks."""

    prompts: list[list[int]]
    """Token ids, the chat template's opening of the answer included."""
    golds: list[tuple[str, str]]
    """(gold, database) of each prompt."""
    sampling: Sampling
    dialogue: Dialogue

    @classmethod
    def of(cls, config: Config, loaded, rows: Sequence[dict[str, Any]]) -> Slice:
        """The slice of these rows, answered greedily within the lengths and turns of the configuration."""
        options = config.eval
        sampling = Sampling(0.0, options.max_completion_tokens, options.batch, config.model.max_length)
        prompts = tokenize(loaded.base, [row["prompt"] for row in rows])
        golds = [(row["gold"], row["database"]) for row in rows]
        return cls(prompts, golds, sampling, Dialogue.of(config, loaded.tokenizer))

    def figures(self, completions: Sequence[str]) -> dict[str, float]:
        """Shares of the completions by the verdicts of the evaluation; golds without rows can be matched."""
        items = [(text, *gold) for text, gold in zip(completions, self.golds, strict=True)]
        scores = score_batch(items, timeout=self.dialogue.timeout, keep_empty=True)
        return {
            EX: _share(scores, lambda score: score.official),
            STRICT: _share(scores, lambda score: score.strict),
            "dev/valid_sql": _share(scores, lambda score: score.status in VALID),
        }


def _share(scores: Sequence[Score], holds: Callable[[Score], bool]) -> float:
    return sum(map(holds, scores)) / len(scores)


class DevEvaluation(TrainerCallback):
    """Evaluates before the first step, every `every` steps and after the last one; logs, and keeps the best adapter.

    `keep(step, figures)` is called where EX is above that of every evaluation before, `best` being the one that was
    kept before a resume. Training ends after `patience` evaluations in a row, each with a higher mean training reward
    and a lower strict EX than the one before it: the policy is learning what the reward pays, not what is asked.
    """

    def __init__(
        self,
        trainer,
        questions: Slice,
        *,
        every: int,
        patience: int,
        keep: Callable[[int, dict[str, float]], None],
        best: float = -1.0,
    ) -> None:
        self.trainer, self.questions, self.every, self.patience = trainer, questions, every, patience
        self.keep, self.best, self.stopped = keep, best, ""

    def on_train_begin(self, args, state, control, **kwargs):
        if state.global_step == 0:
            self._evaluate(state, control)

    def on_step_end(self, args, state, control, **kwargs):
        if state.global_step % self.every and state.global_step < state.max_steps:
            return
        self._evaluate(state, control)
        if hacked(state.log_history, self.patience):
            self.stopped = (
                f"strict EX fell {self.patience} times in a row while the reward rose, at step {state.global_step}"
            )
            control.should_training_stop = True

    def _evaluate(self, state, control) -> None:
        """One evaluation. Every process answers, since all of them synchronise weights; the first one's figures count.

        Trainer.log is called itself: TRL's would take the step's metrics along. It ends the wish to log the step.
        """
        from accelerate.utils import broadcast_object_list

        (figures,) = broadcast_object_list([self.questions.figures(greedy(self.trainer, self.questions))])
        asked = control.should_log
        Trainer.log(self.trainer, dict(figures))
        control.should_log = asked
        if figures[EX] > self.best:
            self.best = figures[EX]
            self.keep(state.global_step, figures)


def hacked(history: Sequence[dict[str, Any]], patience: int) -> bool:
    """Whether each of the last `patience` evaluations had a higher reward and a lower strict EX than the one before.

    The reward of an evaluation is the mean of the steps that were logged since the one before it.
    """
    evaluations = list(_evaluations(history))[-patience - 1 :]
    pairs = list(zip(evaluations, evaluations[1:], strict=False))
    return len(pairs) == patience and all(
        before[0] is not None and after[0] is not None and after[0] > before[0] and after[1] < before[1]
        for before, after in pairs
    )


def _evaluations(history: Sequence[dict[str, Any]]) -> Iterator[tuple[float | None, float]]:
    """(mean reward since the evaluation before, strict EX) of each evaluation in a trainer's log history."""
    rewards: list[float] = []
    for entry in history:
        if "reward" in entry:
            rewards.append(entry["reward"])
        if STRICT in entry:
            yield (sum(rewards) / len(rewards) if rewards else None), entry[STRICT]
            rewards = []


def greedy(trainer, questions: Slice) -> list[str]:
    """The greedy answers of the weights that are being trained; a prompt without room for one gets ""."""
    fits = [place for place, ids in enumerate(questions.prompts) if len(ids) < questions.sampling.max_length]
    prompts = [questions.prompts[place] for place in fits]
    databases = [questions.golds[place][1] for place in fits]
    ask = partial(_by_vllm if trainer.use_vllm else _by_transformers, trainer, questions.sampling)
    rollouts = questions.dialogue.hold(prompts, databases, lambda asked: (ask(asked), None))
    texts = {place: rollout.final for place, rollout in zip(fits, rollouts, strict=True)}
    return [texts.get(place, "") for place in range(len(questions.prompts))]


def _by_vllm(trainer, sampling: Sampling, prompts: list[list[int]]) -> list[list[int]]:
    """By the trainer's own rollout engine, with this step's weights; Unsloth passes its adapter in the same call."""
    engine = trainer.vllm_generation
    if trainer._last_loaded_step != trainer.state.global_step:
        engine.sync_weights()
        trainer._last_loaded_step = trainer.state.global_step  # the next rollouts need no second copy
    decoding = {"temperature": 0.0, "top_p": 1.0, "max_completion_length": sampling.max_tokens}
    with _changed(engine, **decoding):
        return engine.generate(prompts, None, num_generations=1)[1]


@contextlib.contextmanager
def _changed(engine, **values: object) -> Iterator[None]:
    """An object with other attributes for a while."""
    before = {name: getattr(engine, name) for name in values}
    vars(engine).update(values)
    try:
        yield
    finally:
        vars(engine).update(before)


def _by_transformers(trainer, sampling: Sampling, prompts: list[list[int]]) -> list[list[int]]:
    """By the model itself, in evaluation mode meanwhile."""
    model = trainer.accelerator.unwrap_model(trainer.model)
    training, tokenizer = model.training, trainer.processing_class
    side, tokenizer.padding_side = tokenizer.padding_side, "left"
    model.eval()
    try:
        starts = range(0, len(prompts), sampling.batch)
        batches = [
            generate_batch(model, tokenizer, prompts[start : start + sampling.batch], sampling) for start in starts
        ]
        return [list(completion.ids) for batch in batches for (completion,) in batch]
    finally:
        model.train(training)
        tokenizer.padding_side = side
