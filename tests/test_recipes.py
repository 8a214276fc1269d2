"""Every published design by its name on a CPU: SFT, GRPO with its own rewards, evaluation, with the real SmolLM2."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from stack import DEMO, EXACT, REPO, completions, environment, facts, run_python, steps

from config import RECIPES
from text2sql.formats import FORMATS

SMALL = (
    *("--outputs", "outputs", "--data.root", DEMO, "--data.train-limit", 6, "--prompt.sample-values", 0, *EXACT),
    *("--model.name", "SmolLM2-135M-Instruct", "--model.rollouts", "transformers"),
)
SFT = ("--sft.steps", 2, "--sft.questions-per-step", 2, "--sft.questions-per-pass", 2, "--sft.log-every", 1)
GRPO = (
    *("--grpo.steps", 1, "--grpo.questions-per-step", 1, "--grpo.completions-per-question", 2),
    *("--grpo.completions-per-pass", 2, "--grpo.max-completion-tokens", 32),
)
EVALUATION = ("--eval.limit", 2, "--eval.max-completion-tokens", 32, "--eval.batch", 2)
WHOLE = ("--model.no-load-in-4bit",)
"""Four bits need a GPU."""

STAGES = """
import gc, json
import evaluate, train_grpo, train_sft
for script, arguments in json.loads(sys.argv[1]):
    sys.argv = [f"{script}.py", *arguments]
    {"train_sft": train_sft, "train_grpo": train_grpo, "evaluate": evaluate}[script].main()
    gc.collect()
"""


@pytest.fixture(scope="module", params=["spider", "sql-r1", "sql-r1-paper", "arctic", "rubric", "gemma", "multi-turn"])
def finished(request, tmp_path_factory):
    """(recipe, its run's folder) after all stages, whose commands run in one process to import the libraries once."""
    name = request.param
    cwd = tmp_path_factory.mktemp(name)
    small = (*SMALL, *(WHOLE if RECIPES[name].model.load_in_4bit else ()))
    later = ("--outputs", "outputs")
    calls = [
        ("train_sft", [name, *map(str, (*small, *SFT))]),
        ("train_grpo", [name, *map(str, (*later, *GRPO))]),
        ("evaluate", [name, *map(str, (*later, *EVALUATION))]),
    ]
    run_python(STAGES, json.dumps(calls), cwd=cwd)
    return name, cwd / "outputs" / name


@pytest.mark.slow
def test_a_design_runs_from_its_name_to_its_evaluation(finished):
    name, folder = finished
    recipe = RECIPES[name]
    (line,) = steps(folder / "grpo")
    weights = recipe.grpo.weights
    total = sum(weight * line[f"rewards/{reward}/mean"] for reward, weight in weights.items())
    assert line["reward"] == pytest.approx(total, abs=1e-4)
    stage = facts(folder / "grpo")
    assert stage["rewards"] == weights and stage["steps"] == 1
    assert stage["config"]["prompt.format"] == recipe.prompt.format
    assert (line["kl"] == pytest.approx(0, abs=1e-4)) if recipe.grpo.kl else "kl" not in line
    kept = completions(folder / "grpo", 1)
    assert set(weights) <= set(kept) and len(kept["completion"]) == 2
    figures = json.loads((folder / "eval" / "grpo" / "metrics.json").read_text(encoding="utf-8"))
    assert figures["questions"] == 2 and figures["recipe"] == name
    assert [line["loss"] > 0 for line in steps(folder / "sft")] == [True, True]


@pytest.mark.slow
def test_a_design_asks_for_its_format(finished):
    name, folder = finished
    asked = completions(folder / "grpo", 1)["prompt"][0]
    assert FORMATS[RECIPES[name].prompt.format].system in (asked if isinstance(asked, str) else asked[0]["content"])


@pytest.mark.slow
def test_the_comparison_on_a_small_budget_says_commands_that_exist(smollm2, tmp_path):
    """Each of its commands as a dry run, which reads every flag and shows a prompt."""
    dry = tmp_path / "python"
    dry.write_text(f'#!/bin/sh\nexec {sys.executable} "$@" --dry-run\n')
    dry.chmod(0o755)
    command = ["bash", str(REPO / "scripts" / "compare_recipes.sh")]
    done = subprocess.run(command, env=environment(PYTHON=str(dry), RUN=""), capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    wrote = [line for line in done.stdout.splitlines() if line.startswith("Would write: ")]
    assert len(wrote) == 2 * 3 + 2 * 7
    assert all(f"outputs/recipes/{name}/grpo/" in done.stdout for name in RECIPES if RECIPES[name].grpo.kl)


def test_the_small_budgets_table_compares_each_design_with_its_formats_sft(tmp_path, monkeypatch):
    from backends import recipe_tables

    def line(run: str, strict: float, seconds: int) -> str:
        shares = {"execution_accuracy": 0.6, "strict_execution_accuracy": strict, "valid_sql": 0.75}
        return json.dumps({"run": run, **shares, "questions": 100, "training": {"seconds": seconds}})

    lines = [line(f"sft-{form}", 0.5, 300) for form in FORMATS] + [line("arctic", 0.1, 1)]
    lines += [line(name, 0.5 + place / 100, 60) for place, name in enumerate(recipe_tables.DESIGNS)]
    (tmp_path / "recipes.jsonl").write_text("\n".join(lines))
    monkeypatch.setattr(recipe_tables, "LEDGER", tmp_path / "recipes.jsonl")
    rows = recipe_tables.filled("<!-- table: budget -->\n<!-- end -->").splitlines()
    assert "| SFT, format `think` | 60.0% | 50.0% | 75.0% | 100 | 300 | - |" in rows
    assert "| `arctic`, GRPO on it | 60.0% | 53.0% | 75.0% | 100 | 60 | +3.0 |" in rows
    assert len(rows) == 4 + 2 + 3 + 7, "the newest line of each run counts"
