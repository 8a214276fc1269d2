"""Several answers to one question: after each the model reads what its SQL gave, and may answer again.

The tokens go on in one sequence, so that GRPO trains all answers of a rollout at once; what the model read in between
is marked, for it isn't the model's and gets no loss.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from text2sql.errors import UserError
from text2sql.feedback import feedback_batch, final_answer, is_finished

if TYPE_CHECKING:
    from config import Config

_ANSWER = "SELECT 1"

Ask = Callable[[list[list[int]]], tuple[list[list[int]], list[list[float]] | None]]
"""Token ids of prompts -> token ids of one completion each, and their log-probabilities where the engine has them."""


@dataclass
class Rollout:
    """What was said about one question after its prompt."""

    prompt: list[int]
    ids: list[int] = field(default_factory=list)
    """Every token after the prompt: the model's answers, and between them what it read."""
    mask: list[int] = field(default_factory=list)
    """1 for each token that the model wrote, 0 for one that it read."""
    logprobs: list[float] = field(default_factory=list)
    """Of each token; 0.0 where the model only read it, or where they are unknown."""
    answers: list[str] = field(default_factory=list)

    @property
    def final(self) -> str:
        """The answer that counts."""
        return final_answer(self.answers)

    def wrote(self, ids: Sequence[int], logprobs: Sequence[float] | None, text: str) -> None:
        self._extend(ids, 1, logprobs)
        self.answers.append(text)

    def read(self, ids: Sequence[int]) -> None:
        self._extend(ids, 0, None)

    def _extend(self, ids: Sequence[int], mark: int, logprobs: Sequence[float] | None) -> None:
        self.ids += ids
        self.mask += [mark] * len(ids)
        self.logprobs += logprobs or [0.0] * len(ids)


@dataclass(frozen=True)
class Dialogue:
    """How a model is asked again."""

    tokenizer: Any
    """The model's, with its chat template."""
    turns: int
    """Most answers to a question."""
    max_length: int
    """Tokens of prompt, answers and feedback together."""
    timeout: float
    """Seconds that one SQL query may run."""

    @classmethod
    def of(cls, config: Config, tokenizer) -> Dialogue:
        """As the configuration has it."""
        return cls(tokenizer, config.prompt.turns, config.model.max_length, config.data.timeout)

    def hold(self, prompts: Sequence[list[int]], databases: Sequence[Path | str], ask: Ask) -> list[Rollout]:
        """The rollouts of these prompts, all of them a turn at a time, so that the engine gets whole batches.

        One ends when it repeats its query or says that it is done, when an answer is cut off, and when no room is left.
        """
        rollouts = [Rollout(list(prompt)) for prompt in prompts]
        opened = list(zip(rollouts, databases, strict=True))
        for turn in range(self.turns):
            if turn:
                opened = self._go_on(opened)
            if not opened:
                break
            completions, logprobs = ask([rollout.prompt + rollout.ids for rollout, _ in opened])
            texts = self.tokenizer.batch_decode(completions, skip_special_tokens=True)
            for place, (rollout, _) in enumerate(opened):
                rollout.wrote(completions[place], logprobs[place] if logprobs else None, texts[place])
        return rollouts

    def _go_on(self, opened: list[tuple[Rollout, Path | str]]) -> list[tuple[Rollout, Path | str]]:
        """The dialogues that have another turn, the feedback in them."""
        again = [pair for pair in opened if not is_finished(pair[0].answers)]
        told = feedback_batch([(rollout.answers[-1], db) for rollout, db in again], timeout=self.timeout)
        going = []
        for (rollout, database), message in zip(again, told, strict=True):
            end, *more = self._between(message)
            room = self.max_length - len(rollout.prompt) - len(rollout.ids) - len(more)
            if rollout.ids and rollout.ids[-1] == end and room > 0:
                rollout.read(more)
                going.append((rollout, database))
        return going

    def _between(self, message: str) -> list[int]:
        """Token ids from the end token of an answer to the opening of the next one, the message in between.

        They are taken out of a short conversation: rendering a real one again would change earlier answers where a
        template leaves out their reasoning.
        """
        told = [("user", "?"), ("assistant", _ANSWER), ("user", message)]
        messages = [{"role": role, "content": content} for role, content in told]
        text = self.tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
        ids = self.tokenizer(text.partition(_ANSWER)[2], add_special_tokens=False)["input_ids"]
        if not ids or ids[0] not in self.tokenizer.all_special_ids:
            raise UserError("prompt.turns: this model's chat template has no end token for an answer; set it to 1")
        return ids


def rollouts_of(dialogue: Dialogue, rows: Sequence[dict[str, Any]]) -> Callable[[list, Any], dict[str, list]]:
    """The function that TRL calls for the rollouts of a step, in place of one generation.

    TRL hands over prompts alone, each as often as it wants completions, so the databases are looked up by the prompt.
    The rewards get the answer that counts as the column `answer`, and `turns`, how many there were.
    """
    databases = {json.dumps(row["prompt"]): row["database"] for row in rows}

    def rollout(prompts: list, trainer) -> dict[str, list]:
        token_ids, *_ = trainer._tokenize_prompts(prompts)
        ask = partial(_ask_trainer, trainer)
        found = dialogue.hold(token_ids, [databases[json.dumps(prompt)] for prompt in prompts], ask)
        return {
            "prompt_ids": [rollout.prompt for rollout in found],
            "completion_ids": [rollout.ids for rollout in found],
            "logprobs": [rollout.logprobs for rollout in found] if trainer.use_vllm else None,
            "env_mask": [rollout.mask for rollout in found],
            "answer": [rollout.final for rollout in found],
            "turns": [len(rollout.answers) for rollout in found],
        }

    return rollout


def _ask_trainer(trainer, prompts: list[list[int]]) -> tuple[list[list[int]], list[list[float]] | None]:
    """One answer to each prompt by the trainer's engine and sampling, as TRL's own loop over tool calls asks for it."""
    return trainer._generate_single_turn(prompts, None, {}, num_generations=1)
