"""The classic interface: load_environment, Parser, Rubric, and an environment of one turn or of several.

vf-eval text-to-sql -m MODEL -b http://localhost:8000/v1
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import verifiers as vf

from text2sql import data
from text2sql.feedback import feedback, final_answer, is_finished
from text2sql.prompt import extract_sql
from text2sql.score import Score, score_batch_async
from text_to_sql.questions import RIGHT, RUBRIC, ask, check, questions, weighted


def load_environment(
    data_root: str | Path | None = None,
    *,
    split: str = "train",
    eval_split: str = "dev",
    limit: int = 0,
    format: str = "sql",
    rewards: Mapping[str, float] | Sequence[str] = RUBRIC,
    pass_threshold: float = RIGHT,
    max_turns: int = 1,
    sample_values: int = 3,
    feedback_rows: int = 5,
    feedback_characters: int = 1000,
    timeout: float = 5.0,
    seed: int = 0,
) -> vf.Environment:
    """The environment: one answer a question, or with `max_turns` above 1 up to so many, each after the feedback.

    `data_root` is a folder in any layout of docs/your-data.md, by default the embedded demo. Of `split` and of
    `eval_split` `limit` questions are taken, spread evenly (0: all); questions whose gold fails or returns nothing
    aren't trained on. `format` is how the model is asked to answer: sql, think or solution. `rewards` are names in
    text2sql.rewards or dotted paths of your own functions, with weights or each with weight 1; `pass_threshold` is the
    sum from which an answer counts for pass@k. `timeout` is in seconds for each statement. Raises UserError naming what
    is wrong.
    """
    check(max_turns, format)

    def dataset(name: str, checked: bool) -> Any:
        chosen = questions(data_root, name, limit=limit, seed=seed, timeout=timeout, checked=checked)
        return _dataset(chosen, sample_values, format)

    parser = SQLParser()
    options = {
        "dataset": lambda: dataset(split, True),
        "eval_dataset": lambda: dataset(eval_split, False),
        "parser": parser,
        "rubric": ExecutionRubric(weighted(rewards, format), parser, timeout),
        "pass_threshold": pass_threshold,
    }
    if max_turns == 1:
        return vf.SingleTurnEnv(**options)
    told = {"rows": feedback_rows, "characters": feedback_characters, "timeout": timeout}
    return FeedbackEnv(max_turns=max_turns, told=told, **options)


def _dataset(examples: Sequence[data.Example], sample_values: int, form: str) -> Any:
    """One row a question; the rubric finds the gold in `answer` and the path of the database in `info`."""
    from datasets import Dataset

    return Dataset.from_list(
        [
            {
                "prompt": ask(example, sample_values, form),
                "question": example.question,
                "answer": example.gold,
                "info": {"db_id": example.db_id, "database": str(example.database.resolve())},
            }
            for example in examples
        ]
    )


class SQLParser(vf.Parser):
    """The SQL of an answer; of a conversation that of the last answer which doesn't only say "done"."""

    def __init__(self) -> None:
        super().__init__(extract_fn=extract_sql)

    def answers(self, completion: Sequence[Any]) -> list[str]:
        """The texts of the model's own messages, in order."""
        contents = [self._message_field(message, "content") for message in self.get_assistant_messages(completion)]
        return [self._content_to_text(content) for content in contents]

    def final(self, completion: str | Sequence[Any]) -> str:
        """The text that counts, as the model wrote it; "" when there is none."""
        return completion if isinstance(completion, str) else final_answer(self.answers(completion))

    def parse_answer(self, completion: str | Sequence[Any]) -> str:
        """The SQL that counts; "" when there is none."""
        return self.parse(self.final(completion))


class ExecutionRubric(vf.Rubric):
    """Weighted rewards of one Score, and two metrics: execution accuracy, official and strict.

    Each rollout is executed once, in a worker process beside the event loop; its Score is in state["score"].
    """

    def __init__(
        self, rewards: Mapping[str, tuple[Callable[[Score], float], float]], parser: SQLParser, timeout: float
    ) -> None:
        functions = [_of_state(name, reward) for name, (reward, _) in rewards.items()]
        super().__init__(functions, [weight for _, weight in rewards.values()], parser)
        self.timeout = timeout
        self.add_metric(execution_accuracy)
        self.add_metric(strict_execution_accuracy)

    async def score_rollout(self, state: vf.State) -> None:
        """Reward and metrics of one rollout."""
        await self._execute([state])
        await super().score_rollout(state)

    async def score_group(self, states: list[vf.State]) -> None:
        """Rewards, metrics and advantages of the rollouts of one question; equal answers run once."""
        await self._execute(states)
        await super().score_group(states)

    async def _execute(self, states: Sequence[vf.State]) -> None:
        items = [
            (self.parser.final(state["completion"] or ""), state["answer"], state["info"]["database"])
            for state in states
        ]
        # Golds without rows can be matched, as the official evaluator has it; training has none.
        scores = await score_batch_async(items, timeout=self.timeout, keep_empty=True)
        for state, score in zip(states, scores, strict=True):
            state["score"] = score


def _of_state(name: str, reward: Callable[[Score], float]) -> Callable[[vf.State], Awaitable[float]]:
    """A reward as a function of the rollout's state, called `name` as verifiers reports it, beside the event loop."""

    async def paid(state: vf.State) -> float:
        return float(await asyncio.to_thread(reward, state["score"]))

    paid.__name__ = name
    return paid


def execution_accuracy(state: vf.State) -> float:
    """1 where the result is the gold's by the official evaluator's default, which ignores DISTINCT."""
    return float(state["score"].official)


def strict_execution_accuracy(state: vf.State) -> float:
    """1 where the result is the gold's with DISTINCT kept."""
    return float(state["score"].strict)


class FeedbackEnv(vf.MultiTurnEnv):
    """Each answer but the last is followed by its error or the first rows of its result; the last one is paid for.

    A conversation ends when the model repeats its query or says "done", or after `max_turns` answers. `told` are the
    options of `text2sql.feedback.feedback`.
    """

    def __init__(self, *, told: Mapping[str, Any], **options: Any) -> None:
        super().__init__(**options)
        self.told = told

    @vf.stop
    async def finished(self, state: vf.State) -> bool:
        """Whether the model's last answer ends the conversation."""
        answers = self._answers(state)
        return bool(answers) and is_finished(answers)

    async def env_response(self, messages: vf.Messages, state: vf.State, **_: Any) -> vf.Messages:
        """What the last answer did, as the user's next message."""
        text = await asyncio.to_thread(feedback, self._answers(state)[-1], state["info"]["database"], **self.told)
        return [vf.UserMessage(content=text)]

    def _answers(self, state: vf.State) -> list[str]:
        return self.parser.answers([message for step in state["trajectory"] for message in step["completion"]])
