"""What the trainers really feed the model, decoded: loss on exactly the completion, one prompt in every stage."""

from __future__ import annotations

from dataclasses import replace

import pytest
from stack import DEMO

import train_grpo
import train_sft
import utils
from config import RECIPES
from text2sql.score import score_batch

torch = pytest.importorskip("torch")

PLAN = ("portable", "cpu", "float32", "Transformers generate", "test")


@pytest.fixture(scope="module")
def settings(tiny_model, tmp_path_factory):
    """The demo recipe with the tiny model on few questions; 3 sample values as in the default recipe."""
    demo = RECIPES["demo"]
    return replace(
        demo,
        outputs=tmp_path_factory.mktemp("outputs"),
        data=replace(demo.data, root=DEMO, train_limit=12),
        prompt=replace(demo.prompt, sample_values=3),
        model=replace(demo.model, name=str(tiny_model), lora_rank=4, max_length=1024),
    )


@pytest.fixture(scope="module")
def loaded(settings):
    from backends.choice import Plan
    from backends.loading import load_model

    return load_model(settings, Plan(*PLAN))


@pytest.fixture(scope="module")
def rows(settings, tiny_model):
    return utils.training_rows(settings, utils.begin(settings, "sft"), str(tiny_model))


@pytest.fixture(scope="module")
def sft(settings, loaded, rows):
    """The real SFTTrainer."""
    return train_sft.build_trainer(settings, utils.Stage(settings.folder, "sft"), loaded, rows)


@pytest.fixture(scope="module")
def grpo(settings, loaded, rows):
    """The real GRPOTrainer, with two rewards."""
    two = replace(settings, grpo=replace(settings.grpo, rewards=("execution", "stack.letters")))
    return train_grpo.build_trainer(two, utils.Stage(settings.folder, "grpo"), loaded, rows)


def test_the_loss_covers_the_completion_with_its_end_token_and_nothing_else(sft, loaded, rows, tiny_model):
    from backends.chat import ChatTokenizer

    shown = ChatTokenizer.load(str(tiny_model))
    dataset = sft.train_dataset
    batch = sft.data_collator([dataset[number] for number in range(len(rows))])
    tokenizer = loaded.tokenizer
    assert batch["input_ids"].shape == batch["labels"].shape and len(rows) == 12
    for ids, labels, mask, row in zip(batch["input_ids"], batch["labels"], batch["attention_mask"], rows, strict=True):
        trained = labels != -100
        assert tokenizer.decode(ids[trained]) == tokenizer.decode(labels[trained])
        said = tokenizer.decode(labels[trained])
        assert said == row["completion"][0]["content"] + "<|im_end|>\n"
        unseen = tokenizer.decode(ids[~trained & mask.bool()])
        assert unseen.endswith("<|im_start|>assistant\n") and row["prompt"][1]["content"] in unseen
        assert (unseen, said) == shown.split(row["prompt"], row["completion"])[:2], "what --dry-run shows"
        assert not trained[mask == 0].any(), "no loss on padding"


def test_batches_are_padded_to_different_lengths(sft, rows):
    """Else the test above would say nothing about padding."""
    assert len({len(sft.train_dataset[number]["input_ids"]) for number in range(len(rows))}) > 3


def test_every_stage_reads_the_same_prompt_tokens(sft, grpo, loaded, rows, tiny_model):
    from backends.chat import ChatTokenizer
    from backends.generation import tokenize

    evaluated = tokenize(str(tiny_model), [row["prompt"] for row in rows])
    rolled_out = grpo._tokenize_prompts([example["prompt"] for example in grpo.train_dataset])[0]
    shown = ChatTokenizer.load(str(tiny_model))
    for number, row in enumerate(rows):
        example = sft.train_dataset[number]
        trained = [token for token, loss in zip(example["input_ids"], example["labels"], strict=True) if loss == -100]
        assert trained == evaluated[number] == list(rolled_out[number])
        assert loaded.tokenizer.decode(trained) == shown.render(row["prompt"], answer=True)


def test_the_trainers_got_the_steps_arithmetic(sft, grpo, settings):
    per_step = sft.args.per_device_train_batch_size * sft.args.gradient_accumulation_steps
    assert per_step == settings.sft.questions_per_step
    rollouts = grpo.args.per_device_train_batch_size * grpo.args.gradient_accumulation_steps
    assert rollouts == settings.grpo.questions_per_step * settings.grpo.completions_per_question
    assert grpo.args.generation_batch_size == rollouts
    assert grpo.num_generations == settings.grpo.completions_per_question


def test_the_trainers_have_our_watchers_and_print_no_dictionaries(sft, grpo):
    watchers = [{type(callback).__name__ for callback in t.callback_handler.callbacks} for t in (sft, grpo)]
    assert all({"HandOffGuard", "LogFile", "Progress"} <= names for names in watchers)
    assert "DeadGroups" in watchers[1]
    assert not [name for names in watchers for name in names if name in ("PrinterCallback", "ProgressCallback")]


def test_without_kl_the_trainer_keeps_no_reference(grpo):
    assert grpo.ref_model is None and list(grpo.model.peft_config) == ["default"]
    train_grpo.guard_reference(grpo.model, 0.0)


def test_trl_hands_one_batch_to_all_rewards_and_it_is_executed_once(grpo, rows, monkeypatch):
    from backends import rollouts

    calls = []

    def counted(items, **options):
        calls.append(list(items))
        return score_batch(calls[-1], **options)

    monkeypatch.setattr(rollouts, "score_batch", counted)
    inputs = [{**grpo.train_dataset[0]} for _ in range(4)]
    texts = [inputs[0]["gold"], "SELECT 1", "nonsense", ""]
    answers = [[{"role": "assistant", "content": text}] for text in texts]
    paid = grpo._calculate_rewards(inputs, [item["prompt"] for item in inputs], answers, [[1]] * 4)
    assert [len(items) for items in calls] == [4]
    assert paid.shape == (4, 2) and grpo.reward_func_names == ["execution", "letters"]
    assert paid[0, 0] == 5 and 0 <= paid[1, 0] < 1 and paid[2:, 0].tolist() == [-1, -2]
    expected = [len(text) % 7 / 7 for text in texts]
    assert paid[:, 1].tolist() == pytest.approx(expected, abs=1e-6)
