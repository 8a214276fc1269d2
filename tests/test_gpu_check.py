"""The check of a GPU: what it concludes from figures, how it goes on, and all of it that a CPU can run."""

from __future__ import annotations

import argparse
import dataclasses
import json
import random
import subprocess
import sys
from pathlib import Path

import pytest
from stack import REPO, environment, run_python

import config
from backends import cards, knobs
from scripts.gpu_check import __main__ as command
from scripts.gpu_check import checks, commands, compare, machine, results
from scripts.gpu_check.stacks import LARGE, ON_CPU, ON_GPU, SMALL, STACKS


def rows(shift: float, seed: int = 0) -> list[list[float]]:
    """Log-probabilities of 8 completions of 12 tokens, lower by `shift`."""
    noise = random.Random(seed)
    return [[-1.0 - noise.random() - shift for _ in range(12)] for _ in range(8)]


TOKENS = {"base": rows(1.5), "before": rows(0.8), "after": rows(0.0)}


def test_rollouts_of_the_updated_adapter_are_recognised():
    found = compare.followed(TOKENS, rows(0.02))
    assert found["reason"] == "" and found["figures"]["tokens"] == 96
    assert found["figures"]["mean_difference_to_the_engine"]["after"] == pytest.approx(0.02, abs=1e-4)
    assert compare.followed(TOKENS, None)["reason"] == "", (
        "an engine that tells no log-probabilities is judged by tokens"
    )


@pytest.mark.parametrize("stale", ["base", "before"])
def test_rollouts_of_an_older_model_are_recognised(stale):
    """Its tokens are likelier under itself, and the engine's own numbers are its own."""
    swapped = TOKENS | {"after": TOKENS[stale], stale: TOKENS["after"]}
    assert stale in compare.followed(swapped, None)["reason"]
    assert "not the updated model's" in compare.followed(TOKENS, TOKENS[stale])["reason"]


def test_an_update_too_small_to_tell_is_no_proof():
    alike = {name: rows(0.0) for name in TOKENS}
    assert "not clearly likelier" in compare.followed(alike, None)["reason"]


def test_greedy_answers_must_be_the_merged_models_and_not_the_bases():
    base, ours = ["SELECT a FROM b"] * 4, ["WITH x AS (y)"] * 4
    judge = compare.agreement
    assert judge({"vllm": ours, "transformers": ours, "base": base}, "vllm")["reason"] == ""
    assert "base model's" in judge({"vllm": base, "transformers": ours, "base": base}, "vllm")["reason"]
    other = ["DELETE FROM z"] * 4
    assert "merged model's" in judge({"vllm": ours, "transformers": other, "base": base}, "vllm")["reason"]
    assert judge({"transformers": ours, "base": base}, "transformers")["reason"] == ""
    assert "base model's" in judge({"transformers": [""] * 4, "base": [""] * 4}, "transformers")["reason"]


def test_what_a_check_needs_is_chosen_with_it():
    assert command.wanted(SMALL, STACKS[1], ["smollm2", "greedy"]) == ["sft", "follows", "greedy"]
    assert command.wanted(LARGE, STACKS[1], ["smollm2"]) == []
    assert command.wanted(LARGE, STACKS[0], []) == list(checks.CHECKS)
    assert command.wanted(SMALL, STACKS[1], ["trl"]) == [], "a word is a whole name: trl-vllm is another stack"
    order = list(checks.CHECKS)
    assert all(order.index(need) < order.index(name) for name, needs in checks.NEEDS.items() for need in needs)


@pytest.fixture
def work(tmp_path) -> checks.Job:
    options = argparse.Namespace(cpu=True, out=tmp_path)
    return command.job(SMALL, STACKS[0], options)


def broken(_: checks.Job) -> dict:
    raise ZeroDivisionError("a check's own fault")


def refused(_: checks.Job) -> dict:
    raise checks.Failed("not so")


def test_after_a_failed_check_the_others_go_on_and_those_that_need_it_are_skipped(work, tmp_path, monkeypatch, capsys):
    made = {"sft": lambda _: {"peak_gib": 1.0}, "hand-off": broken, "grpo": refused, "memory": lambda *_: {}}
    monkeypatch.setattr(checks, "CHECKS", made)
    monkeypatch.setattr(command, "CHECKS", made)
    report = results.Report(tmp_path / "found.json", {"card": None})
    command.check_all(work, list(made), report)
    found = {entry["check"]: entry for entry in json.loads((tmp_path / "found.json").read_text())["checks"]}
    assert [found[name]["status"] for name in made] == ["ok", "failed", "failed", "skipped"]
    assert found["hand-off"]["reason"] == "ZeroDivisionError: a check's own fault"
    assert found["memory"]["reason"] == "needs grpo"
    assert report.failed() == 1 and "not so" in report.table()

    made |= {"hand-off": lambda _: {}, "grpo": lambda _: {"peak_gib": 2.0}, "sft": broken}
    again = results.Report(tmp_path / "found.json", {"card": None})
    command.check_all(work, list(made), again)
    assert again.failed() == 0, "what was ok isn't repeated, the rest is"
    assert results.Report(tmp_path / "found.json", {"card": "another"}).entries == {}, "of another machine"
    repeated = results.Report(tmp_path / "found.json", {"card": None}, again=True)
    command.check_all(work, ["sft"], repeated)
    assert repeated.failed() == 1


@pytest.mark.parametrize(("peak", "why"), [(21.9, ""), (22.1, "more than estimated")])
def test_the_peak_of_memory_may_be_a_tenth_above_the_estimate(work, monkeypatch, peak, why):
    on_gpu = dataclasses.replace(work, place=dataclasses.replace(work.place, cpu=False))
    monkeypatch.setattr(checks.expected, "gib", lambda stage, *_: {"sft": 10.0, "grpo": 20.0}[stage])
    measured = {"sft": 5.0, "grpo": peak}
    if why:
        with pytest.raises(checks.Failed, match=why):
            checks.memory(on_gpu, measured)
    else:
        assert checks.memory(on_gpu, measured)["grpo"] == {"peak_gib": peak, "estimate_gib": 20.0}
    with pytest.raises(checks.Skipped, match="of a GPU's memory"):
        checks.memory(work, measured)
    monkeypatch.setattr(checks.expected, "gib", lambda *_: None)
    with pytest.raises(checks.Skipped, match="no estimate"):
        checks.memory(on_gpu, measured)


def test_the_estimate_is_that_of_the_run_on_this_card(tmp_path, monkeypatch):
    from scripts.gpu_check import expected
    from scripts.gpu_check.random_model import QWEN3_4B

    (tmp_path / "config.json").write_text(json.dumps({"model_type": "qwen3", **QWEN3_4B}))
    run = knobs.changed(config.RECIPES["demo"], {"model.name": str(tmp_path), "grpo.completions_per_pass": 8})
    config.save(run, tmp_path / "run" / "config.json")
    card = cards.Card(0, "GPU-1", "NVIDIA H100 80GB HBM3", 79.1, 0.5, "580.1", 9.0)
    monkeypatch.setattr(cards, "smallest", lambda: card)
    sft, grpo, twice = (
        expected.gib(stage, tmp_path / "run" / "config.json", way)
        for stage, way in (("sft", "shared"), ("grpo", "shared"), ("grpo", "twice"))
    )
    assert 7.5 < sft < 0.55 * 79.1 < grpo < twice, "weights; vLLM's share of the card; weights twice"
    assert (machine.described(cpu=False)["card"]["name"], machine.used_gib()) == ("NVIDIA H100 80GB HBM3", 0.5)
    monkeypatch.setattr(cards, "smallest", lambda: None)
    assert expected.gib("sft", tmp_path / "run" / "config.json", "shared") is None


def test_what_the_card_is_too_small_for_is_skipped_and_any_other_end_is_a_failure(tmp_path):
    refused = "error: model.name: GRPO of it can't fit: 30.1 GiB are needed; take a card of 48 GB\n"
    ends = [(2, refused, checks.Skipped), (2, "error: no adapter\n", checks.Failed), (-9, "", checks.Failed)]
    for code, errors, kind in ends:
        with pytest.raises(kind):
            checks._succeeded(commands.Done(code, "", errors, 1.0, 0.0, tmp_path))
    assert checks._succeeded(commands.Done(0, "fine", refused, 1.0, 0.0, tmp_path)).said == "fine"


def test_a_command_is_killed_at_its_time_limit_and_its_memory_is_seen(tmp_path, monkeypatch):
    (tmp_path / "hold.py").write_text("import time\nheld = bytearray(200 * 2**20)\ntime.sleep(60)\n")
    monkeypatch.setattr(commands, "REPO", tmp_path)
    done = commands.Place(tmp_path / "run", cpu=True, seconds=3).script("hold.py", log="hold")
    assert done.code < 0 and done.seconds < 30
    assert 0.19 < done.peak_gib < 1


def test_budgets_give_whole_steps_and_flags_that_exist():
    from backends.command_line import parse

    for budget in (ON_CPU, ON_GPU):
        flags = [*budget.data("somewhere"), *budget.sft, *budget.grpo]
        config = parse(["demo", "--run", "nowhere", *map(str, flags)])
        assert config.grpo.steps == budget.grpo_steps and config.sft.steps == budget.sft_steps >= 3


def test_the_machine_is_described_without_a_gpu(monkeypatch):
    monkeypatch.setattr(cards, "found", list)
    found = machine.described(cpu=False)
    assert found["card"] is None and machine.used_gib() == 0
    assert found["cores"] > 0 and found["memory_gib"] > 0.5 and found["versions"]["sqlite"]


SAMPLES = """
import torch
from pathlib import Path
from transformers import AutoModelForCausalLM
from scripts.gpu_check import random_model
random_model.write(Path("model"), tiny=True)
model = AutoModelForCausalLM.from_pretrained("model", dtype=torch.float32)
torch.manual_seed(1)
prompt = torch.randint(0, 49152, (16, 8))
drawn = model.generate(prompt, do_sample=True, top_k=0, max_new_tokens=24, eos_token_id=None)[:, 8:]
spread = model(prompt).logits[..., :49152].std(-1).mean()
print(int(drawn.max()), float(spread), model.config.model_type, model.config.vocab_size)
"""


@pytest.mark.slow
def test_the_random_model_draws_only_words_that_its_tokenizer_has(smollm2, tmp_path):
    highest, spread, kind, vocabulary = run_python(SAMPLES, cwd=tmp_path).stdout.split()[-4:]
    assert (kind, int(vocabulary)) == ("qwen3", 49408) and int(highest) < 49152
    assert float(spread) == pytest.approx(8, rel=0.25)


def test_the_shape_is_that_of_qwen3_4b():
    from scripts.gpu_check.random_model import QWEN3_4B as shape

    heads = (2 * shape["num_attention_heads"] + 2 * shape["num_key_value_heads"]) * shape["head_dim"]
    layer = shape["hidden_size"] * (heads + 3 * shape["intermediate_size"])
    total = shape["vocab_size"] * shape["hidden_size"] + shape["num_hidden_layers"] * layer
    assert total / 1e9 == pytest.approx(4.02, abs=0.01)


def test_without_a_gpu_the_command_says_so_in_one_line(tmp_path):
    call = [sys.executable, "-m", "scripts.gpu_check", "--out", str(tmp_path)]
    done = subprocess.run(call, cwd=REPO, env=environment(PATH=""), capture_output=True, text=True)
    (line,) = done.stderr.splitlines()
    assert done.returncode == 2 and line.startswith("error: gpu_check: ") and "--cpu" in line
    assert not list(tmp_path.iterdir())


CALL = """
sys.argv = ["gpu_check", "--cpu", "--out", sys.argv[1], "--only", "qwen3", "trl-vllm", sys.argv[2]]
from scripts.gpu_check.__main__ import main
main()
"""


@pytest.fixture(scope="module")
def out(smollm2, tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("gpu_check") / "out"


@pytest.mark.slow
@pytest.mark.parametrize("check", checks.CHECKS)
def test_all_that_a_cpu_can_run_is_ok(check, out):
    """TRL with vLLM on the tiny model of Qwen3's architecture; each call goes on where the last one ended."""
    done = run_python(CALL, out, check, cwd=out.parent)
    found = {entry["check"]: entry for entry in json.loads((out / "gpu_check.json").read_text())["checks"]}
    status = "skipped" if check == "memory" else "ok"
    assert (found[check]["status"], found["sft"]["status"]) == (status, "ok"), done.stdout
    assert ("trl-vllm/sft ..." in done.stdout) == (check == "sft"), "what is ok isn't repeated"
    figures = found[check]["figures"]
    if check == "grpo":
        assert figures["seconds_by_part"].keys() >= {"rollout", "sync", "reward", "update"}
        assert 0 < figures["reward_share"] < 0.5 and figures["peak_gib"] > 0.5
    if check == "follows":
        assert figures["mean_logprob"]["after"] > max(figures["mean_logprob"][name] for name in ("base", "before"))
    assert (out / "models" / LARGE / "config.json").is_file()
