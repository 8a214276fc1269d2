"""--help and --dry-run of each script: without torch, with all that a user wants to see before training."""

from __future__ import annotations

import json
import re

import pytest
from stack import REPO, run_python

from config import RECIPES
from text2sql.data import load, sample

SCRIPTS = ("train_sft.py", "train_grpo.py", "evaluate.py")
HEAVY = ("torch", "transformers", "trl", "peft", "unsloth", "vllm", "datasets")

RUNNER = f"""
import atexit, runpy
script, sys.argv = sys.argv[1], [sys.argv[1], *sys.argv[2:]]
heavy = {HEAVY!r}
atexit.register(lambda: print("HEAVY", sorted(set(heavy) & set(sys.modules))))
runpy.run_path(script, run_name="__main__")
"""


@pytest.fixture
def without_torch(tmp_path):
    """Run a script in an empty folder; its output, after asserting that nothing heavy was imported at its exit."""

    def run(script: str, *args: object, code: int = 0):
        done = run_python(RUNNER, REPO / script, *args, cwd=tmp_path / "cwd", code=code)
        assert done.stdout.endswith("HEAVY []\n")
        return done

    return run


def test_the_runner_notices_torch(tmp_path):
    """Else the tests below would say nothing."""
    (tmp_path / "heavy.py").write_text("import torch")
    assert "HEAVY ['torch']" in run_python(RUNNER, tmp_path / "heavy.py", cwd=tmp_path).stdout


@pytest.mark.parametrize("script", SCRIPTS)
def test_help_lists_the_knobs_with_their_words(script, without_torch):
    said = without_torch(script, "--help").stdout
    assert "--grpo.completions-per-question" in said and "--dry-run" in said
    assert f"[{'|'.join(RECIPES)}]" in said
    assert "Rollouts of one question" in said, "the fields' docstrings"
    assert f"python {script} demo" in said or "python train_sft.py demo" in said, "the script's own examples"


DEMO = ("demo", "--dry-run", "--data.root", REPO / "spider_data" / "demo")


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_dry_run_shows_configuration_prompt_and_reward_and_writes_nothing(script, smollm2, without_torch, tmp_path):
    done = without_torch(script, *DEMO, "--grpo.steps", 5, "--outputs", "new")
    said = done.stdout
    assert done.stderr == ""
    assert "grpo.steps = 5   (recipe: 8)\n" in said and "sft.epochs = 1.0\n" in said
    split = "dev" if script == "evaluate.py" else "train"
    (example,) = sample(load(REPO / "spider_data" / "demo", split), 1, 42)
    tokens, prompt = re.search(
        r"\[prompt: (\d+) tokens, no loss\]\n(.*?<\|im_start\|>assistant\n)", said, re.S
    ).groups()
    assert prompt.startswith("<|im_start|>system\n") and "CREATE TABLE" in prompt and example.question in prompt
    assert 50 < int(tokens) < len(prompt)
    assert f"[gold of {example.db_id}]\n{example.gold}\n" in said
    assert "reward execution of the gold: 5 (match)" in said
    assert "Would write: new/demo/" in said
    assert sorted(path.name for path in (tmp_path / "cwd").iterdir()) == ["source.py", "stderr.txt", "stdout.txt"]


def test_the_dry_run_of_sft_shows_the_loss_mask(smollm2, without_torch):
    said = without_torch("train_sft.py", *DEMO).stdout
    (example,) = sample(load(REPO / "spider_data" / "demo", "train"), 1, 42)
    tokens, trained = re.search(r"\[completion: (\d+) tokens, loss\]\n(.*?)\n\n\[gold", said, re.S).groups()
    assert trained == example.gold + "<|im_end|>" and 3 < int(tokens) < len(trained)
    assert said.index("no loss]") < said.index("tokens, loss]")


def test_the_dry_run_tells_which_files_each_stage_would_write(smollm2, without_torch):
    for script, name in (("train_sft.py", "sft"), ("train_grpo.py", "grpo")):
        line = without_torch(script, *DEMO, "--run", "r").stdout.splitlines()[-2]
        assert f"outputs/r/{name}/adapter_model.safetensors" in line and f"outputs/r/{name}/log.jsonl" in line
    assert "outputs/r/eval/base/pred.txt" in without_torch("evaluate.py", *DEMO, "--run", "r").stdout


def test_the_dry_run_takes_the_values_of_the_run(smollm2, without_torch, tmp_path):
    saved = tmp_path / "cwd" / "outputs" / "demo" / "config.json"
    saved.parent.mkdir(parents=True)
    values = {"recipe": "demo", "prompt": {"sample_values": 2}, "model": {"name": "SmolLM2-135M-Instruct"}}
    saved.write_text(json.dumps(values))
    said = without_torch("train_grpo.py", *DEMO).stdout
    assert "prompt.sample_values = 2   (recipe: 0)" in said
    assert re.search(r"name TEXT,? -- '", said)


def test_every_reward_of_the_recipe_is_shown(smollm2, without_torch):
    said = without_torch("train_grpo.py", *DEMO, "--grpo.rewards", "execution", "stack.letters").stdout
    assert "reward execution of the gold: 5 (match)\nreward stack.letters of the gold: 0." in said


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("dmo",), "error: recipe: there is no recipe 'dmo'; did you mean demo?\n"),
        ((*DEMO, "--grpo.steps", "-1"), "error: grpo.steps: -1 is out of range, it must be at least 0\n"),
        ((*DEMO, "--grpo.rewards", "executio"), "did you mean execution"),
        (("demo", "--dry-run", "--data.root", "nowhere"), "error: nowhere: no such folder; run `make spider`"),
        ((*DEMO, "--model.name", "some/folder"), "error: model.name: some/folder is neither a folder nor within reach"),
    ],
)
def test_a_users_mistake_is_one_line_and_exit_2(args, words, smollm2, without_torch):
    done = without_torch("train_grpo.py", *args, code=2)
    assert words in done.stderr and done.stderr.count("\n") == 1 and done.stderr.startswith("error: ")


def test_a_dry_run_downloads_and_unpacks_nothing(script, tmp_path):
    """Without Spider and without the unpacked model it says what it would do."""
    empty = {"SQL_RLVR_CACHE": str(tmp_path / "cache")}
    code, said, err = script("train_sft.py", *DEMO, "--outputs", "o", **empty)
    assert (code, err) == (0, "") and "isn't unpacked yet" in said and "[assistant]" in said
    code, said, err = script("train_sft.py", "--dry-run", cwd=tmp_path, **empty)
    assert (code, err) == (0, "") and "Would install the official Spider" in said
    assert not (tmp_path / "cache").exists() and not (tmp_path / "spider_data").exists()
