"""The chat template rendered without torch is, byte for byte, what the trainers and the evaluation render with it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stack import DEMO

from backends.chat import ChatTokenizer
from backends.smollm2 import RENDERED
from text2sql import data, prompt
from text2sql.errors import UserError


@pytest.fixture(scope="module")
def ours(smollm2) -> ChatTokenizer:
    return ChatTokenizer.load(str(smollm2))


@pytest.fixture(scope="module")
def theirs(smollm2):
    """The tokenizer that training and evaluation use."""
    return pytest.importorskip("transformers").AutoTokenizer.from_pretrained(smollm2)


def conversations(root, split, count, sample_values):
    """(prompt, completion) of questions spread over a split."""
    examples = data.sample(data.load(root, split), count, 0)
    ask = [prompt.messages(item.question, item.database, sample_values=sample_values) for item in examples]
    return list(zip(ask, [prompt.completion(item.gold) for item in examples], strict=True))


def assert_equal(ours, theirs, pairs):
    for ask, answer in pairs:
        assert ours.render(ask, answer=True) == theirs.apply_chat_template(
            ask, tokenize=False, add_generation_prompt=True
        )
        assert ours.render(ask + answer, answer=False) == theirs.apply_chat_template(ask + answer, tokenize=False)
        ids = theirs.apply_chat_template(ask, add_generation_prompt=True, return_dict=True)["input_ids"]
        assert ours.count(ask) == len(ids)
        whole = theirs.apply_chat_template(ask + answer, return_dict=True)["input_ids"]
        masked, trained, before, after = ours.split(ask, answer)
        assert (before, before + after) == (len(ids), len(whole))
        assert theirs.decode(whole[:before]) == masked and theirs.decode(whole[before:]) == trained


@pytest.mark.parametrize("sample_values", [0, 3])
@pytest.mark.parametrize("split", ["train", "dev"])
def test_demo_prompts_are_the_same_bytes_and_tokens(ours, theirs, split, sample_values):
    assert_equal(ours, theirs, conversations(DEMO, split, 30, sample_values))


@pytest.mark.parametrize("split", ["train", "dev"])
def test_spider_prompts_are_the_same_bytes_and_tokens(ours, theirs, split, real_spider):
    assert_equal(ours, theirs, conversations(real_spider, split, 40, 3))


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60), st.text("<|im_end>system\nü中 '\"{}%-", max_size=40))
def test_any_text_is_rendered_the_same(ours, theirs, question, gold):
    ask = [{"role": "system", "content": prompt.SYSTEM}, {"role": "user", "content": question}]
    assert_equal_text(ours, theirs, ask, [{"role": "assistant", "content": gold}])


def assert_equal_text(ours, theirs, ask, answer):
    assert ours.render(ask, answer=True) == theirs.apply_chat_template(ask, tokenize=False, add_generation_prompt=True)
    assert ours.render(ask + answer, answer=False) == theirs.apply_chat_template(ask + answer, tokenize=False)


def test_the_published_template(ours):
    conversation = [{"role": "system", "content": "S"}, {"role": "user", "content": "U"}]
    assert ours.render(conversation, answer=True) == RENDERED


def test_loss_begins_with_the_sql_and_ends_with_the_end_token(ours):
    ((ask, answer),) = conversations(DEMO, "train", 1, 3)
    masked, trained, before, after = ours.split(ask, answer)
    assert masked.endswith("<|im_start|>assistant\n") and ask[1]["content"] in masked
    assert trained == answer[0]["content"] + "<|im_end|>\n"
    assert before > after > 3


@pytest.mark.parametrize("form", ["think", "solution"])
def test_reasoning_gets_the_loss_too(ours, form):
    example = data.load(DEMO, "train")[0]
    ask = prompt.messages(example.question, example.database, form=form)
    answer = prompt.completion(example.gold, example.database, form=form)
    masked, trained, _, _ = ours.split(ask, answer)
    assert trained == answer[0]["content"] + "<|im_end|>\n" and masked.endswith("<|im_start|>assistant\n")
    assert "The query needs" in trained and "The query needs" not in masked


def test_evaluation_reads_the_same_tokens(ours, theirs, smollm2):
    from backends.generation import tokenize

    asked = [ask for ask, _ in conversations(DEMO, "dev", 8, 3)]
    for ask, ids in zip(asked, tokenize(str(smollm2), asked), strict=True):
        assert theirs.decode(ids) == ours.render(ask, answer=True)
        assert len(ids) == ours.count(ask)


def test_a_model_without_chat_template_is_refused(smollm2, tmp_path):
    for name in ("tokenizer.json", "tokenizer_config.json"):
        (tmp_path / name).write_bytes((smollm2 / name).read_bytes())
    with pytest.raises(UserError, match=r"model\.name: .* has no chat template; choose an instruction-tuned model"):
        ChatTokenizer.load(str(tmp_path))


def test_a_template_inside_tokenizer_config_is_read_too(smollm2, ours, tmp_path):
    values = json.loads((smollm2 / "tokenizer_config.json").read_text())
    values["chat_template"] = (smollm2 / "chat_template.jinja").read_text()
    (tmp_path / "tokenizer_config.json").write_text(json.dumps(values))
    (tmp_path / "tokenizer.json").write_bytes((smollm2 / "tokenizer.json").read_bytes())
    ((ask, answer),) = conversations(DEMO, "dev", 1, 0)
    assert ChatTokenizer.load(str(tmp_path)).split(ask, answer) == ours.split(ask, answer)


TEMPLATES = {
    "indented blocks": "{% for m in messages %}\n    {% if m.role == 'user' %}\n  {{ m.content }}\n    {% endif %}\n"
    "{% endfor %}",
    "loop controls": "{% for m in messages %}{{ m.content }}{% if loop.first %}{% break %}{% endif %}{% endfor %}",
    "json": "{{ messages | tojson }} {{ messages[-1].content | tojson(indent=2) }}",
    "tokens": "{{ bos_token }}{{ messages[-1]['content'] | trim }}{{ eos_token }}{% if tools %}tools{% endif %}",
    "answer": "{{ messages[0].content }}{% if add_generation_prompt %}<answer>{% endif %}",
    "year": "{{ strftime_now('%Y') }}",
}


@pytest.mark.parametrize("name", TEMPLATES)
def test_other_models_templates_are_rendered_the_same(name, smollm2, theirs, tmp_path):
    for file in ("tokenizer.json", "tokenizer_config.json"):
        (tmp_path / file).write_bytes((smollm2 / file).read_bytes())
    (tmp_path / "chat_template.jinja").write_text(TEMPLATES[name])
    ask = prompt.messages(' "Wie heißt <er>? ', DEMO / "database" / "museum" / "museum.sqlite", sample_values=3)
    ours = ChatTokenizer.load(str(tmp_path))
    for answer in (True, False):
        expected = theirs.apply_chat_template(
            ours.accepted(ask), chat_template=TEMPLATES[name], tokenize=False, add_generation_prompt=answer
        )
        assert expected and ours.render(ask, answer=answer) == expected


USER_ONLY = (
    "{% for m in messages %}{% if m.role == 'system' %}{{ REFUSE }}{% endif %}"
    "{% if (m.role == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('roles must alternate') }}{% endif %}"
    "<start_of_turn>{{ m.role }}\n{{ m.content | trim }}<end_of_turn>\n{% endfor %}"
    "{% if add_generation_prompt %}<start_of_turn>assistant\n{% endif %}"
)


@pytest.fixture
def with_template(smollm2, tmp_path):
    """with_template(source) is SmolLM2's tokenizer with another chat template, in a folder of its own."""

    def load(source: str) -> ChatTokenizer:
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        folder.mkdir()
        for name in ("tokenizer.json", "tokenizer_config.json"):
            (folder / name).write_bytes((smollm2 / name).read_bytes())
        (folder / "chat_template.jinja").write_text(source)
        return ChatTokenizer.load(str(folder))

    return load


@pytest.mark.parametrize("refuses", ["{{ raise_exception('no system role') }}", ""], ids=["refuses", "passes over"])
def test_a_template_without_system_role_gets_that_text_in_the_users_turn(refuses, with_template, theirs):
    """As those of Gemma 2 do; one that only passes over it would train and ask without the instruction."""
    source = USER_ONLY.replace("{{ REFUSE }}", refuses + ("{% continue %}" if not refuses else ""))
    source = source.replace("(loop.index0 % 2 == 0)", "(m.role == 'user')") if not refuses else source
    ours = with_template(source)
    ((ask, answer),) = conversations(DEMO, "train", 1, 0)
    (turn,) = ours.accepted(ask)
    assert turn == {"role": "user", "content": f"{ask[0]['content']}\n\n{ask[1]['content']}"}
    masked, trained, before, after = ours.split(ask, answer)
    assert turn["content"] in masked and trained == f"{answer[0]['content']}<end_of_turn>\n" and before > after > 3
    ids = theirs.apply_chat_template([turn], chat_template=source, add_generation_prompt=True, return_dict=True)
    assert ours.count(ask) == len(ids["input_ids"]), "what the trainers get is what was counted"


def test_a_template_with_a_system_role_gets_the_conversation_as_it_is(ours):
    ((ask, _),) = conversations(DEMO, "train", 1, 0)
    assert ours.accepted(ask) is ask
    assert ours.accepted(ask[1:]) == ask[1:]


def test_a_template_that_opens_the_reasoning_itself_is_known(ours, with_template):
    opening = with_template("{% for m in messages %}{{ m.content }}{% endfor %}assistant:\n<think>\n")
    assert opening.opens("<think>") and not opening.opens("<start_working_out>")
    assert not ours.opens("<think>")


def test_a_folder_without_tokenizer_is_refused(tmp_path):
    with pytest.raises(UserError, match=r"model\.name: .* has no tokenizer\.json"):
        ChatTokenizer.load(str(tmp_path))


def test_a_template_that_refuses_says_why(smollm2, tmp_path):
    for name in ("tokenizer.json", "tokenizer_config.json"):
        (tmp_path / name).write_bytes((smollm2 / name).read_bytes())
    (tmp_path / "chat_template.jinja").write_text("{{ raise_exception('no system role') }}")
    with pytest.raises(UserError, match=r"its chat template refuses the conversation \(no system role\)"):
        ChatTokenizer.load(str(tmp_path)).count([{"role": "system", "content": "S"}])
