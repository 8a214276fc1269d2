"""Rewards as TRL calls them: one execution a batch, whatever the rewards, and shares that add up."""

from __future__ import annotations

import sys
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stack import DEMO

from backends import rollouts
from backends.rollouts import ScoredRewards, batch_metrics, reward_of
from config import RECIPES, Grpo
from text2sql import data
from text2sql.errors import UserError
from text2sql.score import Score, score_batch

EXAMPLE = data.load(DEMO, "train")[0]
OPTIONS = Grpo(completions_per_question=4)


def configured(**values):
    return replace(RECIPES["demo"], grpo=replace(RECIPES["demo"].grpo, completions_per_question=4, **values))


def chat(*texts: str) -> list:
    return [[{"role": "assistant", "content": text}] for text in texts]


def call(functions, completions, **options):
    """As TRL calls: the same list for each function."""
    count = len(completions)
    return [
        function(
            prompts=[None] * count,
            completions=completions,
            completion_ids=None,
            gold=[EXAMPLE.gold] * count,
            database=[str(EXAMPLE.database)] * count,
            trainer_state=None,
            **options,
        )
        for function in functions
    ]


@pytest.fixture
def executed(monkeypatch):
    """The batches that were executed."""
    calls = []

    def counted(items, **options):
        calls.append((list(items), options))
        return score_batch(calls[-1][0], **options)

    monkeypatch.setattr(rollouts, "score_batch", counted)
    return calls


@pytest.fixture
def own(tmp_path, monkeypatch):
    """A user's module with two rewards."""
    (tmp_path / "own_rewards.py").write_text(
        "def short(score):\n    return 1 / (1 + len(score.sql))\n\n"
        "def valid(score):\n    return score.status == 'match'\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    yield "own_rewards"
    sys.modules.pop("own_rewards", None)


def test_what_a_batch_pays_and_in_which_order():
    answers = chat(EXAMPLE.gold, "SELECT 1", "SELEC", "```sql\n```")
    ((match, wrong, invalid, empty),) = call(ScoredRewards(configured()).functions(), answers)
    assert (match, invalid, empty) == (5, -1, -2) and 0 <= wrong < 1
    assert call(ScoredRewards(configured()).functions(), answers[::-1])[0] == [empty, invalid, wrong, match]


def test_plain_texts_are_scored_like_conversations():
    assert call(ScoredRewards(configured()).functions(), [EXAMPLE.gold, ""]) == [[5, -2]]


def test_each_batch_is_executed_once_however_many_rewards(executed, own):
    names = ("execution", f"{own}.short", f"{own}.valid")
    functions = ScoredRewards(configured(rewards=names)).functions()
    assert [function.__name__ for function in functions] == ["execution", "short", "valid"]
    first, second = chat(EXAMPLE.gold, "SELECT 1"), chat("SELECT 1", EXAMPLE.gold)
    paid = call(functions, first)
    assert len(executed) == 1 and len(executed[0][0]) == 2
    assert paid[0][0] == 5 and paid[1] == [1 / (1 + len(EXAMPLE.gold)), 1 / 9] and paid[2] == [1, 0]
    assert all(type(value) is float for column in paid for value in column)
    again = call(functions, second)
    assert len(executed) == 2, "a new batch is executed, and not answered from the last one"
    assert [column[::-1] for column in again] == paid


def test_an_equal_but_different_batch_is_executed_again(executed):
    """Only the very same list is known: an equal one may belong to other golds."""
    functions = ScoredRewards(configured()).functions()
    call(functions, chat("SELECT 1"))
    call(functions, chat("SELECT 1"))
    assert len(executed) == 2


def test_time_limit_and_empty_golds_come_from_the_configuration(executed):
    config = configured()
    call(ScoredRewards(replace(config, data=replace(config.data, timeout=0.7))).functions(), chat("SELECT 1"))
    call(ScoredRewards(replace(config, data=replace(config.data, keep_empty=True))).functions(), chat("SELECT 1"))
    assert [options for _, options in executed] == [
        {"timeout": 0.7, "keep_empty": False},
        {"timeout": 5.0, "keep_empty": True},
    ]


def test_what_an_outcome_pays_is_a_knob():
    values = {"exact": 1.0, "invalid": -3.0, "empty": -4.0, "partial_base": -0.5, "partial_scale": 2.0}
    answers = chat(EXAMPLE.gold, "SELEC", "")
    assert call(ScoredRewards(configured(**values)).functions(), answers) == [[1, -3, -4]]
    assert reward_of("execution", Grpo(**values))(Score("wrong", f1=0.25)) == 0


def test_a_reward_that_asks_for_the_format_gets_the_runs_own(own):
    config = configured(rewards=("format_exact", "3", "execution"))
    config = replace(config, prompt=replace(config.prompt, format="think"))
    formatted = f"<think>so</think><answer>{EXAMPLE.gold}</answer>"
    answers = chat(formatted, EXAMPLE.gold, formatted.removeprefix("<think>"))
    assert call(ScoredRewards(config).functions(), answers) == [[1, 0, 0], [5, 5, 5]], "weights are TRL's to apply"
    opened = ScoredRewards(config, opened="<think>").functions()
    assert call(opened, answers[2:]) == [[1], [5]], "the chat template wrote the first tag"
    assert reward_of(f"{own}.valid", config.grpo, "think")(Score("match")) is True


def test_an_unknown_reward_stops_before_training():
    with pytest.raises(UserError, match="execution"):
        ScoredRewards(configured(rewards=("executon",))).functions()
    with pytest.raises(UserError, match="cannot import the module 'no_such_module'"):
        ScoredRewards(configured(rewards=("no_such_module.reward",))).functions()


def test_only_the_first_reward_logs_and_logs_columns_of_the_batch(own):
    columns, metrics = [], []
    functions = ScoredRewards(configured(rewards=("execution", f"{own}.short"))).functions()
    answers = chat(EXAMPLE.gold, "SELECT nothing_like_it", "", EXAMPLE.gold)
    call(
        functions,
        answers,
        log_extra=lambda name, values: columns.append((name, values)),
        log_metric=lambda name, value: metrics.append((name, value)),
    )
    assert [name for name, _ in columns] == ["sql", "status", "error"]
    kept = dict(columns)
    assert kept["sql"] == [EXAMPLE.gold, "SELECT nothing_like_it", "", EXAMPLE.gold]
    assert kept["status"] == ["match", "invalid", "empty", "match"]
    assert "nothing_like_it" in kept["error"][1] and kept["error"][0] == ""
    found = dict(metrics)
    assert len(found) == len(metrics), "nothing is logged twice"
    assert (found["exact_share"], found["valid_share"], found["empty_share"]) == (0.5, 0.5, 0.25)
    assert (found["distinct_completions"], found["completions_per_question"]) == (0.75, 4.0)


scores = st.one_of(
    st.floats(0, 0.999).map(lambda f1: Score("wrong", f1=f1)),
    st.sampled_from(["match", "invalid", "timeout", "empty", "gold_error"]).map(Score),
)
pays = st.floats(-10, 10)


@given(
    st.lists(scores, min_size=1, max_size=24),
    st.builds(Grpo, exact=pays, invalid=pays, empty=pays, partial_base=pays, partial_scale=pays),
)
def test_reward_parts_sum_to_the_mean_reward(batch, options):
    found = batch_metrics(["x"] * len(batch), batch, options)
    parts = {name: value for name, value in found.items() if name.startswith("reward_parts/")}
    mean = sum(map(reward_of("execution", options), batch)) / len(batch)
    assert sum(parts.values()) == pytest.approx(mean, abs=1e-9)
    assert parts.keys() == {f"reward_parts/{part}" for part in ("exact", "partial", "invalid", "empty")}
    count = len(batch)
    for share, status in (("exact_share", "match"), ("timeout_share", "timeout"), ("empty_share", "empty")):
        assert found[share] * count == pytest.approx([score.status for score in batch].count(status))


def test_shares_of_a_mixed_batch():
    batch = [Score("match", f1=1, strict=True, official=True), Score("wrong", f1=0.5, official=True)]
    batch += [
        Score("wrong", f1=0.1),
        Score("timeout"),
        Score("invalid"),
        Score("empty"),
        Score("match"),
        Score("empty"),
    ]
    found = batch_metrics(chat(*"aabbbbcd"), batch, OPTIONS)
    assert (found["exact_share"], found["valid_share"], found["timeout_share"]) == (0.25, 0.5, 0.125)
    assert (found["strict_share"], found["official_share"], found["empty_share"]) == (0.125, 0.25, 0.25)
    assert found["partial_f1"] == pytest.approx(0.3)
    assert found["reward_parts/exact"] == 10 / 8 and found["reward_parts/invalid"] == -2 / 8
    assert found["reward_parts/empty"] == -4 / 8 and found["reward_parts/partial"] == pytest.approx(0.6 / 8)
    assert found["distinct_completions"] == (2 / 4 + 3 / 4) / 2


@pytest.mark.parametrize(
    ("texts", "share"), [("aaaa", 0.25), ("abcd", 1.0), ("aaaabcde", (0.25 + 1) / 2), ("aabbccdd", 0.5), ("ab", 1.0)]
)
def test_distinct_completions_are_counted_within_each_group(texts, share):
    found = batch_metrics(chat(*texts), [Score("empty")] * len(texts), OPTIONS)
    assert found["distinct_completions"] == pytest.approx(share)


def test_signs_of_reward_hacking_are_logged_in_the_runs_own_format():
    config = configured(rewards=("executable", "format_exact"))
    config = replace(config, prompt=replace(config.prompt, format="think"))
    answers = [f"<think>so</think><answer>{sql}</answer>" for sql in ("SELECT 1", "select  1;", "SELECT nothing")]
    found = {}
    log = {"log_extra": lambda name, values: None, "log_metric": found.__setitem__}
    paid = call(ScoredRewards(config).functions(), chat(*answers, "SELECT 1"), **log)
    assert paid == [[1, 1, 0, 1], [1, 1, 1, 0]], "nearly all of both rewards for nothing"
    assert (found["degenerate_share"], found["hollow_format_share"], found["duplicate_share"]) == (0.75, 0.75, 0.75)
    assert found["official_gap"] == found["official_share"] - found["strict_share"] == 0


def test_a_batch_without_partial_credit_has_a_partial_f1_of_zero():
    assert batch_metrics(chat("a"), [Score("match", f1=1)], OPTIONS)["partial_f1"] == 0
