"""Several answers to one question: what the model reads in between, what is masked, when it ends, what counts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import stack
from hypothesis import given, settings
from hypothesis import strategies as st
from stack import DEMO, EXACT, completions, facts, run, steps

pytest.importorskip("transformers")

from backends.dialogue import Dialogue, rollouts_of  # noqa: E402

ZOO = DEMO / "database" / "zoo" / "zoo.sqlite"
END = "<|im_end|>"
BETWEEN = "\n<|im_start|>user\n{}<|im_end|>\n<|im_start|>assistant\n"


@pytest.fixture(scope="module")
def tokenizer(smollm2: Path):
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(smollm2)


@pytest.fixture(scope="module")
def held(tokenizer):
    """held(answers, turns, max_length): the rollout of one question whose answers are given, and what was asked."""

    def hold(answers: list[str], turns: int = 5, max_length: int = 2000):
        asked: list[str] = []
        planned = iter(answers)

        def ask(prompts):
            asked.extend(tokenizer.decode(ids) for ids in prompts)
            ids = tokenizer(next(planned), add_special_tokens=False)["input_ids"]
            return [ids], [[-0.5] * len(ids)]

        dialogue = Dialogue(tokenizer, turns, max_length, timeout=5.0)
        prompt = tokenizer("Question?", add_special_tokens=False)["input_ids"]
        (rollout,) = dialogue.hold([prompt], [ZOO], ask)
        return rollout, asked

    return hold


def test_the_model_reads_its_error_in_a_user_turn_of_its_template(held, tokenizer):
    rollout, asked = held([f"SELECT nme FROM animal{END}", f"SELECT count(*) FROM animal{END}"], turns=2)
    told = BETWEEN.format("Error: no such column: nme\n\nAnswer again with a query that runs.")
    assert asked == ["Question?", f"Question?SELECT nme FROM animal{END}{told}"]
    assert tokenizer.decode(rollout.ids) == f"SELECT nme FROM animal{END}{told}SELECT count(*) FROM animal{END}"
    assert (
        rollout.answers == ["SELECT nme FROM animal", "SELECT count(*) FROM animal"]
        and rollout.final == rollout.answers[1]
    )


def test_only_what_the_model_wrote_is_trained(held, tokenizer):
    rollout, _ = held([f"SELECT 1{END}", f"SELECT 2{END}"], turns=2)
    written = [token for token, mark in zip(rollout.ids, rollout.mask, strict=True) if mark]
    assert tokenizer.decode(written) == f"SELECT 1{END}SELECT 2{END}"
    assert len(rollout.ids) == len(rollout.mask) == len(rollout.logprobs)
    assert {(mark, logprob) for mark, logprob in zip(rollout.mask, rollout.logprobs, strict=True)} == {
        (1, -0.5),
        (0, 0.0),
    }


@pytest.mark.parametrize(
    ("answers", "turns", "asked", "final"),
    [
        ([f"SELECT 1{END}", f"select 1{END}"], 5, 2, "select 1"),  # the query again: it is content
        ([f"SELECT 1{END}", f"Done.{END}"], 5, 2, "SELECT 1"),
        ([f"SELECT 1{END}", f"SELECT 2{END}", f"SELECT 3{END}"], 3, 3, "SELECT 3"),
        ([f"SELECT 1{END}"], 1, 1, "SELECT 1"),
        (["SELECT a, b, c"], 5, 1, "SELECT a, b, c"),  # cut off: no turn has ended
        ([""], 5, 1, ""),
    ],
)
def test_when_it_ends_and_what_counts(held, answers, turns, asked, final):
    rollout, prompts = held(answers, turns)
    assert (len(prompts), rollout.final) == (asked, final)


def test_without_room_for_another_answer_it_ends(held):
    rollout, asked = held([f"SELECT 1{END}", f"SELECT 2{END}"], max_length=40)
    assert len(asked) == 1 and rollout.mask == [1] * len(rollout.ids)


@settings(max_examples=30)
@given(st.lists(st.sampled_from(["SELECT 1", "SELECT 2", "SELECT x", "done", "no"]), min_size=1, max_size=4))
def test_a_rollout_is_its_answers_in_order_and_starts_and_ends_with_one(held, tokenizer, answers):
    rollout, asked = held([answer + END for answer in answers], turns=len(answers))
    assert rollout.answers == answers[: len(asked)]
    assert rollout.mask[0] == rollout.mask[-1] == 1
    assert asked[-1] + answers[len(asked) - 1] + END == tokenizer.decode(rollout.prompt + rollout.ids)


def test_a_template_without_an_end_token_is_refused(tokenizer, smollm2):
    from transformers import AutoTokenizer

    from text2sql.errors import UserError

    plain = AutoTokenizer.from_pretrained(smollm2)
    plain.chat_template = "{% for message in messages %}{{ message.content }}\n{% endfor %}"
    with pytest.raises(UserError, match="prompt.turns: .* has no end token"):
        Dialogue(plain, 2, 100, 5.0)._between("again")


def test_each_rollout_is_answered_from_its_own_database(tokenizer):
    """TRL gives prompts only; one that two databases share would be answered from the wrong one."""
    rows = [{"prompt": [{"role": "user", "content": name}], "database": f"{name}.sqlite"} for name in ("one", "two")]
    seen = {}

    class Trainer:
        use_vllm = False

        def _tokenize_prompts(self, prompts):
            return [tokenizer(prompt[0]["content"])["input_ids"] for prompt in prompts], None, {}

    dialogue = Dialogue(tokenizer, 2, 100, 5.0)
    object.__setattr__(dialogue, "hold", lambda prompts, databases, ask: seen.update(databases=databases) or [])
    rollouts_of(dialogue, rows)([rows[1]["prompt"], rows[0]["prompt"], rows[1]["prompt"]], Trainer())
    assert seen["databases"] == ["two.sqlite", "one.sqlite", "two.sqlite"]


@pytest.fixture(scope="module")
def multi_turn(sft_real, tmp_path_factory):
    """A step of GRPO with two answers to a question, evaluated on the way and afterwards."""
    cwd = tmp_path_factory.mktemp("multi_turn")
    run(
        *("train_grpo.py", "demo", "--outputs", "outputs", "--data.root", DEMO, *EXACT, "--prompt.turns", 2),
        *("--grpo.adapter", sft_real.folder / "sft", "--grpo.steps", 1, "--grpo.questions-per-step", 2),
        *("--grpo.rewards", "execution", "stack.letters", 0.5, "--grpo.eval-every", 1, "--grpo.eval-questions", 6),
        cwd=cwd,
    )
    run("evaluate.py", "demo", "--outputs", "outputs", "--eval.limit", 6, cwd=cwd)
    return cwd / "outputs" / "demo"


@pytest.mark.slow
def test_grpo_trains_on_answers_that_follow_feedback(multi_turn):
    (step,) = steps(multi_turn / "grpo")
    assert 1 < step["turns"] <= 2 and step["grad_norm"] > 0
    kept = completions(multi_turn / "grpo", 1)
    assert any("\nassistant\n" in turn["content"] for (turn,) in kept["completion"])
    for (turn,), sql in zip(kept["completion"], kept["sql"], strict=True):
        first, _, rest = turn["content"].partition("\nuser\n")
        assert not rest or "Error: " in rest or "The query r" in rest, "the model read what its SQL gave"
        assert sql in (rest.rpartition("assistant\n")[2] or first), "the reward is that of the last answer"


@pytest.mark.slow
def test_every_evaluation_has_as_many_turns_as_training(multi_turn):
    metrics = json.loads((multi_turn / "eval" / "grpo" / "metrics.json").read_text())
    assert metrics["decoding"]["turns"] == 2
    on_the_way = [line for line in stack.lines(multi_turn / "grpo") if "dev/valid_sql" in line]
    assert on_the_way[-1]["dev/valid_sql"] == metrics["valid_sql"]
    assert facts(multi_turn / "grpo")["adapter"] == metrics["adapter"]
