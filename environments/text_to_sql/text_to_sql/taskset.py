"""The interface of verifiers 0.3 and later, for prime-rl: a Taskset, its Task, and an Env of several turns.

vf-eval text-to-sql --env.agent.harness.id null -m MODEL
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import verifiers.v1 as vf

from text2sql.feedback import feedback, final_answer, is_finished
from text2sql.score import score_batch_async
from text_to_sql.questions import RUBRIC, ask, check, questions, weighted


class TextToSQLTaskConfig(vf.TaskConfig):
    """How answers are told about and paid for, under --env.taskset.task."""

    weights: dict[str, float] = RUBRIC
    """Rewards, names in text2sql.rewards or dotted paths of your own functions, and their weights."""
    format: str = "sql"
    """How the model is asked to answer: sql, think or solution."""
    max_turns: int = 1
    """Answers to a question; each but the last is followed by its feedback."""
    feedback_rows: int = 5
    feedback_characters: int = 1000
    timeout: float = 5.0
    """Seconds for each statement."""


class TextToSQLConfig(vf.TasksetConfig):
    """Which questions are asked, under --env.taskset."""

    data_root: str | None = None
    """A folder in any layout of docs/your-data.md; the embedded demo by default."""
    split: str = "train"
    """train, without the questions whose gold fails or returns nothing, or dev."""
    limit: int = 0
    """Questions, spread evenly over the split; 0 takes all."""
    sample_values: int = 3
    """Values of each column shown beside the schema."""
    seed: int = 0
    task: TextToSQLTaskConfig = TextToSQLTaskConfig()


class TextToSQLData(vf.TaskData):
    """A question with its gold and the path of its database; only the prompt is shown."""

    question: str
    gold: str
    database: str


class TextToSQLTask(vf.Task[TextToSQLData, vf.State, TextToSQLTaskConfig]):
    """One question."""

    async def score(self, trace: vf.Trace, runtime: vf.Runtime | None = None) -> None:
        """Execute the answer that counts once, record each reward of its Score, and what else is plugged in."""
        answer = final_answer(answers(trace))
        item = (answer, self.data.gold, self.data.database)
        [score] = await score_batch_async([item], timeout=self.config.timeout, keep_empty=True)
        for name, (reward, weight) in weighted(self.config.weights, self.config.format).items():
            trace.record_reward(name, await asyncio.to_thread(reward, score), weight)
        trace.record_metric("execution_accuracy", score.official)
        trace.record_metric("strict_execution_accuracy", score.strict)
        await super().score(trace, runtime)


class TextToSQLTaskset(vf.Taskset[TextToSQLTask, TextToSQLConfig]):
    """The questions of a split."""

    def load(self) -> Iterator[TextToSQLTask]:
        """One task a question, in the order of the file."""
        config, task = self.config, self.config.task
        check(task.max_turns, task.format)
        weighted(task.weights, task.format)
        limits = {"limit": config.limit, "seed": config.seed, "timeout": task.timeout}
        chosen = questions(config.data_root, config.split, checked=config.split == "train", **limits)
        for index, example in enumerate(chosen):
            system, user = ask(example, config.sample_values, task.format)
            data = TextToSQLData(
                idx=index,
                system_prompt=system["content"],
                prompt=user["content"],
                question=example.question,
                gold=example.gold,
                database=str(example.database.resolve()),
            )
            yield TextToSQLTask(data, task)


class TextToSQLEnv(vf.SingleAgentEnv):
    """Each answer but the last is followed by its error or the first rows of its result."""

    async def run(self, task: TextToSQLTask, agents: vf.Agents) -> None:
        """The conversation: it ends when the model repeats its query or says "done", or after `max_turns` answers."""
        config = task.config
        if config.max_turns == 1:
            await agents.agent.run(task)
            return
        told = {"rows": config.feedback_rows, "characters": config.feedback_characters, "timeout": config.timeout}
        async with agents.agent.interaction(task) as interaction:
            segment = await interaction.turn()
            while not segment.terminated:
                said = answers(interaction.trace)
                if len(said) >= config.max_turns or is_finished(said):
                    break
                message = await asyncio.to_thread(feedback, said[-1], task.data.database, **told)
                segment = await interaction.turn(message)


def answers(trace: vf.Trace) -> list[str]:
    """The texts of the model's own messages, in order."""
    return [message.content or "" for message in trace.assistant_messages]
