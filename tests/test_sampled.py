"""Several answers to a question: which one is taken, what is counted, and what is kept."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from stack import DEMO

import backends.choice
import backends.generation
import evaluate
from backends.choice import Plan
from backends.generation import Completion, Generated
from config import RECIPES, check
from text2sql import evaluation, sampled
from text2sql.data import load, sample
from text2sql.errors import UserError

EXAMPLES = sample(load(DEMO, "dev"), 3, 42)
WRONG = "SELECT 'no such answer'"


def scored(asked, texts):
    return evaluation.scored(asked, texts, timeout=5, keys=True)


def drawn(gold: str) -> list[Completion]:
    """Right twice in different words, wrong once and most probable, and broken once."""
    texts = [(WRONG, -0.1), (gold, -2.0), ("SELEC", -0.2), (f"SELECT * FROM ({gold})", -1.0)]
    return [Completion(text, 5, logprob) for text, logprob in texts]


@pytest.fixture
def answers() -> list[sampled.Answers]:
    return sampled.judged(EXAMPLES, [drawn(example.gold) for example in EXAMPLES], scored)


def test_samples_stay_with_their_question(answers):
    for example, answer in zip(EXAMPLES, answers, strict=True):
        assert answer.texts[1] == example.gold
        assert [score.status for score in answer.scores] == ["wrong", "match", "invalid", "match"]
        assert answer.samples[1].key == answer.samples[3].key != answer.samples[0].key


def test_the_vote_is_right_where_the_likeliest_is_not(answers):
    found = sampled.figures(answers)
    assert found["vote_accuracy"] == found["oracle_recall"] == 1
    assert found["pass_at_k"]["1"] == 0.5 and found["pass_at_k"]["4"] == 1
    assert "4 samples a question: pass@1 50.0%" in sampled.text(found)


def test_lines_hold_every_sample_and_the_chosen_one(answers):
    lines = list(sampled.lines(EXAMPLES, answers, [3, 1, 0]))
    assert [line["chosen"] for line in lines] == [3, 1, 0]
    assert [sample["logprob"] for sample in lines[0]["samples"]] == [-0.1, -2.0, -0.2, -1.0]
    assert json.loads(json.dumps(lines)) == lines


@pytest.fixture
def config(tmp_path, monkeypatch):
    """A run whose model is replaced; what it was asked for is checked."""
    demo = RECIPES["demo"]
    options = replace(demo.eval, limit=3, samples=4)

    def generate(name, chosen, prompts, sampling, *, adapter=None, databases=()):
        assert (sampling.samples, sampling.temperature) == (4, 0.8)
        return Generated([drawn(example.gold) for example in EXAMPLES], 2.0, "fake")

    monkeypatch.setattr(backends.generation, "generate", generate)
    monkeypatch.setattr(backends.choice, "plan", lambda model, **_: Plan("portable", "cpu", "float32", "none", "test"))
    return replace(demo, outputs=tmp_path, data=replace(demo.data, root=DEMO), eval=options, run="run")


@pytest.mark.parametrize(("vote", "accuracy", "chosen"), [(False, 0, 0), (True, 1, 3)])
def test_an_evaluation_takes_the_first_sample_or_the_votes(config, vote, accuracy, chosen, capsys):
    config = replace(config, eval=replace(config.eval, vote=vote))
    folder = config.folder / "eval" / "base"
    evaluate.evaluate(config, "base", folder)
    found = json.loads((folder / "metrics.json").read_text())
    assert found["execution_accuracy"] == accuracy and found["sampled"]["oracle_recall"] == 1
    assert found["decoding"]["samples"] == 4 and found["decoding"]["vote"] is vote
    assert found["decoding"]["temperature"] == 0.8 and found["tokens_per_second"] == 30.0
    lines = [json.loads(line) for line in (folder / "samples.jsonl").read_text().splitlines()]
    assert [line["chosen"] for line in lines] == [chosen] * 3 and len(lines[0]["samples"]) == 4
    assert len((folder / "pred.txt").read_text().splitlines()) == 3
    assert "pass@1 50.0%" in capsys.readouterr().out


def test_a_vote_of_two_is_refused(config):
    with pytest.raises(UserError, match="eval.samples: 2, but --eval.vote needs at least 3"):
        check(replace(config, eval=replace(config.eval, samples=2, vote=True)))
