"""The main job with the real SmolLM2, Unsloth and vLLM: SFT, GRPO on the same adapter, evaluation, by its commands."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

import pytest
import stack
from stack import DEMO, Done, Run, completions, facts, run, run_python, steps

GRPO = (
    *("--grpo.steps", 2, "--grpo.questions-per-step", 2, "--grpo.completions-per-question", 4),
    *("--grpo.completions-per-pass", 8, "--grpo.save-every", 1),
    *("--grpo.eval-every", 1, "--grpo.eval-questions", 12),
    *("--grpo.rewards", "execution", "stack.letters", 0.5),
)
QUESTIONS = 12
ADAPTER = "adapter_model.safetensors"


@dataclass(frozen=True)
class Pipeline:
    """All stages of one run."""

    sft: Run
    grpo: Done
    evaluation: Done

    @property
    def folder(self) -> Path:
        return self.sft.folder

    def again(self, script: str, *args: object, code: int = 0) -> Done:
        """The script once more in the same place; the settings come from the run."""
        return run(script, "demo", "--outputs", "outputs", *args, cwd=self.sft.cwd, code=code)


@pytest.fixture(scope="module")
def pipeline(sft_real) -> Pipeline:
    """GRPO on the SFT adapter, then the evaluation of the newest stage; their settings come from the run's folder."""
    call = ("demo", "--outputs", "outputs")
    grpo = run("train_grpo.py", *call, *GRPO, cwd=sft_real.cwd)
    evaluation = run("evaluate.py", *call, "--eval.limit", QUESTIONS, cwd=sft_real.cwd)
    return Pipeline(sft_real, grpo, evaluation)


@pytest.fixture(scope="module")
def predictions(pipeline) -> list[dict]:
    lines = (pipeline.folder / "eval" / "grpo" / "predictions.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


@pytest.fixture(scope="module")
def metrics(pipeline) -> dict:
    return json.loads((pipeline.folder / "eval" / "grpo" / "metrics.json").read_text(encoding="utf-8"))


@pytest.mark.slow
def test_sft_learns(sft_real):
    lines = steps(sft_real.folder / "sft")
    assert [line["step"] for line in lines] == [1, 2, 3]
    assert 1 < lines[0]["loss"] < 4, "the pretrained model's loss on SQL, not a random one's (about 10.8)"
    assert lines[-1]["loss"] < lines[0]["loss"] - 0.1
    stage = facts(sft_real.folder / "sft")
    assert (stage["backend"], stage["steps"], stage["base"]) == ("unsloth", 3, "SmolLM2-135M-Instruct")


@pytest.mark.slow
def test_grpo_refines_the_sft_adapter(pipeline):
    from backends.adapters import file_fingerprint, settings

    sft, grpo = facts(pipeline.folder / "sft"), facts(pipeline.folder / "grpo")
    assert grpo["started_from"] == {"adapter": "outputs/demo/sft", "fingerprint": sft["adapter"]}
    assert sft["adapter"] == file_fingerprint(pipeline.folder / "sft")
    assert grpo["adapter"] == file_fingerprint(pipeline.folder / "grpo") != sft["adapter"]
    assert (grpo["rollouts"], grpo["backend"], grpo["steps"]) == ("vLLM", "unsloth", 2)
    one, other = settings(pipeline.folder / "sft"), settings(pipeline.folder / "grpo")
    assert [one[name] for name in ("r", "lora_alpha")] == [other[name] for name in ("r", "lora_alpha")] == [32, 64]


@pytest.mark.slow
def test_every_grpo_step_logs_what_tells_whether_it_learns(pipeline):
    lines = steps(pipeline.folder / "grpo")
    assert [line["step"] for line in lines] == [1, 2]
    for line in lines:
        parts = [line[f"reward_parts/{part}"] for part in ("exact", "partial", "invalid", "empty")]
        assert sum(parts) == pytest.approx(line["rewards/execution/mean"], abs=1e-4)
        total = line["rewards/execution/mean"] + 0.5 * line["rewards/letters/mean"]
        assert line["reward"] == pytest.approx(total, abs=1e-4)
        assert 0 <= line["exact_share"] <= line["valid_share"] <= 1
        assert 0.25 <= line["distinct_completions"] <= 1
        assert 1 - line["distinct_completions"] <= line["duplicate_share"] + 1e-6, "equal texts have equal SQL"
        assert line["official_gap"] == pytest.approx(line["official_share"] - line["strict_share"], abs=1e-4)
        assert 0 <= line["degenerate_share"] <= line["valid_share"] and 0 <= line["hollow_format_share"] <= 1
        assert line["frac_reward_zero_std"] in (0, 0.5, 1)
        assert 1 <= line["completions/mean_length"] <= 64
        assert 0 <= line["completions/clipped_ratio"] <= 1
        assert line["grad_norm"] > 0
    assert max(line["distinct_completions"] for line in lines) > 0.25, "sampling with one seed gives equal groups"


SHARES = ("execution_accuracy", "strict_execution_accuracy", "valid_sql")


@pytest.mark.slow
def test_the_figures_on_the_way_are_those_of_the_evaluation(pipeline, metrics):
    """vLLM's greedy answers with the weights in training are those that the saved adapter gives afterwards."""
    found = [line for line in stack.lines(pipeline.folder / "grpo") if "dev/valid_sql" in line]
    assert (
        [line["step"] for line in found]
        == [0, 1, 2]
        == [0, *(line["step"] for line in steps(pipeline.folder / "grpo"))]
    )
    assert {name: found[-1][f"dev/{name}"] for name in SHARES} == {name: metrics[name] for name in SHARES}
    assert any(line["dev/valid_sql"] > 0 for line in found), "else equal figures would say nothing"


@pytest.mark.slow
def test_the_best_adapter_is_kept_beside_the_last(pipeline):
    from backends.adapters import file_fingerprint

    found = [line for line in stack.lines(pipeline.folder / "grpo") if "dev/execution_accuracy" in line]
    best, last = facts(pipeline.folder / "grpo" / "best"), facts(pipeline.folder / "grpo")
    first_best = max(found, key=lambda line: line["dev/execution_accuracy"])
    assert (best["steps"], best["evaluation"]["dev/execution_accuracy"]) == (
        first_best["step"],
        first_best["dev/execution_accuracy"],
    )
    assert best["adapter"] == file_fingerprint(pipeline.folder / "grpo" / "best")
    trained = {0: last["started_from"]["fingerprint"], 2: last["adapter"]}
    assert best["adapter"] == trained.get(best["steps"], best["adapter"])
    assert f"at step {best['steps']}: outputs/demo/grpo/best (--eval.stage best evaluates it)" in pipeline.grpo.stdout


@pytest.mark.slow
def test_rollouts_are_kept_with_their_sql_status_and_error(pipeline):
    for line in steps(pipeline.folder / "grpo"):
        kept = completions(pipeline.folder / "grpo", line["step"])
        assert len(kept["status"]) == len(kept["sql"]) == len(kept["error"]) == 8
        assert len({str(prompt) for prompt in kept["prompt"]}) == 2
        assert kept["status"].count("match") / 8 == pytest.approx(line["exact_share"])
        valid = sum(status in ("match", "wrong") for status in kept["status"])
        assert valid / 8 == pytest.approx(line["valid_share"])
        for status, sql, error in zip(kept["status"], kept["sql"], kept["error"], strict=True):
            assert bool(error) == (status in ("invalid", "timeout", "empty", "gold_error"))
            assert bool(sql) == (status != "empty")


@pytest.mark.slow
def test_vllm_rolls_out_with_the_adapter(pipeline):
    """vLLM's and the trainer's log-probabilities of a token agree; the base model's would be off by tenths."""
    for line in steps(pipeline.folder / "grpo"):
        assert line["sampling/sampling_logp_difference/mean"] < 0.01


@pytest.mark.slow
def test_the_official_evaluator_can_read_the_files(pipeline, predictions):
    folder = pipeline.folder / "eval" / "grpo"
    pred = (folder / "pred.txt").read_text(encoding="utf-8").split("\n")
    gold = (folder / "gold.txt").read_text(encoding="utf-8").split("\n")
    assert pred.pop() == gold.pop() == "", "both end with a line break"
    assert len(pred) == len(gold) == len(predictions) == QUESTIONS
    assert all(line.strip() and "\t" not in line for line in pred)
    dev = json.loads((DEMO / "dev.json").read_text(encoding="utf-8"))
    assert [record["index"] for record in predictions] == sorted({record["index"] for record in predictions})
    for line, answer, record in zip(gold, pred, predictions, strict=True):
        entry = dev[record["index"]]
        assert line.split("\t") == [entry["query"], entry["db_id"]]
        assert (record["question"], record["db_id"]) == (entry["question"], entry["db_id"])
        assert answer.split() == (record["sql"].split() or ["SELECT"])


@pytest.mark.slow
def test_metrics_are_those_of_the_predictions_and_name_the_grpo_adapter(pipeline, predictions, metrics):
    assert metrics["adapter"] == facts(pipeline.folder / "grpo")["adapter"]
    assert (metrics["stage"], metrics["model"], metrics["engine"]) == ("grpo", "SmolLM2-135M-Instruct", "vllm")
    assert metrics["questions"] == QUESTIONS == sum(metrics["statuses"].values())
    assert metrics["execution_accuracy"] == pytest.approx(mean(record["execution_match"] for record in predictions))
    assert metrics["strict_execution_accuracy"] == pytest.approx(mean(record["strict_match"] for record in predictions))
    statuses = [record["status"] for record in predictions]
    assert metrics["statuses"] == {status: statuses.count(status) for status in set(statuses)}
    rewards = {"match": 5.0, "invalid": -1.0, "timeout": -1.0, "empty": -2.0}
    paid = [rewards.get(record["status"], record["f1"]) for record in predictions]
    assert metrics["mean_reward"] == pytest.approx(mean(paid))
    assert metrics["degenerate_share"] == pytest.approx(mean(record["degenerate"] for record in predictions))
    hollow = sum(status in ("invalid", "timeout", "empty") for status in statuses) / QUESTIONS
    assert 0 <= metrics["hollow_format_share"] <= hollow + metrics["degenerate_share"]
    assert metrics["seconds"] >= metrics["generation_seconds"] > 0 and metrics["tokens_per_second"] > 0
    assert metrics["versions"].keys() >= {"torch", "trl", "unsloth", "vllm"}
    assert any(record["completion"] for record in predictions)
    assert all(record["error"] for record in predictions if record["status"] in ("invalid", "empty"))


@pytest.mark.slow
def test_the_evaluation_ends_with_the_table_and_the_paths(pipeline, metrics):
    head, line, _, path = pipeline.evaluation.stdout.rstrip("\n").splitlines()[-4:]
    assert " ".join(head.split()) == "stage EX strict EX valid SQL mean reward train s eval s"
    cells = line.split()
    assert cells[0] == "grpo"
    assert cells[1] == f"{metrics['execution_accuracy']:.1%}"
    assert float(cells[4]) == pytest.approx(metrics["mean_reward"], abs=1e-3)
    assert float(cells[5]) == pytest.approx(facts(pipeline.folder / "grpo")["seconds"], abs=1)
    assert path.startswith("grpo  outputs/demo/eval/grpo/ ") and "pred.txt" in path


@pytest.mark.slow
@pytest.mark.parametrize("name", ["sft", "grpo"])
def test_a_finished_stage_is_not_done_again(pipeline, name):
    adapter = pipeline.folder / name / ADAPTER
    before = adapter.stat().st_mtime_ns, (pipeline.folder / name / "log.jsonl").read_text()
    done = pipeline.again(f"train_{name}.py")
    assert f"{name} is finished: outputs/demo/{name}" in done.stdout
    assert (adapter.stat().st_mtime_ns, (pipeline.folder / name / "log.jsonl").read_text()) == before


@pytest.mark.slow
def test_an_evaluation_is_not_done_again(pipeline):
    file = pipeline.folder / "eval" / "grpo" / "metrics.json"
    before = file.stat().st_mtime_ns
    done = pipeline.again("evaluate.py", "--eval.limit", QUESTIONS)
    assert "grpo is evaluated already" in done.stdout and re.search(r"^grpo +\d", done.stdout, re.MULTILINE)
    assert file.stat().st_mtime_ns == before


@pytest.mark.slow
def test_samples_are_drawn_by_vllm_and_voted_on(pipeline):
    call = ("--eval.stage", "sft", "--eval.samples", 4, "--eval.vote", "--eval.limit", 4)
    done = pipeline.again("evaluate.py", *call)
    folder = pipeline.folder / "eval" / "sft"
    lines = [json.loads(line) for line in (folder / "samples.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(lines) == 4 and all(len(line["samples"]) == 4 for line in lines)
    texts = [[sample["completion"] for sample in line["samples"]] for line in lines]
    assert any(len(set(samples)) > 1 for samples in texts), "one seed for all would give equal samples"
    assert all(sample["logprob"] < 0 for line in lines for sample in line["samples"])
    found = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
    assert found["sampled"]["samples"] == 4 and set(found["sampled"]["pass_at_k"]) == {"1", "2", "4"}
    records = [json.loads(line) for line in (folder / "predictions.jsonl").read_text(encoding="utf-8").splitlines()]
    for line, record in zip(lines, records, strict=True):
        assert record["completion"] == line["samples"][line["chosen"]]["completion"]
    assert "4 samples a question: pass@1" in done.stdout


@pytest.mark.slow
@pytest.mark.parametrize(("name", "flag", "value"), [("sft", "learning-rate", 0.5), ("grpo", "temperature", 0.7)])
def test_changed_settings_of_a_finished_stage_are_refused_in_one_line(pipeline, name, flag, value):
    adapter = pipeline.folder / name / ADAPTER
    before = adapter.stat().st_mtime_ns
    done = pipeline.again(f"train_{name}.py", f"--{name}.{flag}", value, code=2)
    (line,) = done.stderr.splitlines()
    assert line.startswith("error: ") and f"{name}.{flag.replace('-', '_')}" in line and "--overwrite" in line
    assert adapter.stat().st_mtime_ns == before
    assert f"{name} is finished" in pipeline.again(f"train_{name}.py").stdout, "the refused value was not kept"


GENERATE = """
import dataclasses, json, shutil
from pathlib import Path
from safetensors.torch import load_file, save_file
import utils
from backends.generation import Sampling, generate
from backends.choice import plan
from config import RECIPES
from text2sql import data

config = RECIPES["demo"]
strong = Path(shutil.copytree(sys.argv[2], "strong"))
tensors = load_file(strong / "adapter_model.safetensors")
larger = {name: tensor * 3 if "lora_B" in name else tensor for name, tensor in tensors.items()}
save_file(larger, strong / "adapter_model.safetensors")
examples = data.sample(data.load(Path(sys.argv[1]), "dev"), 8, 42)
prompts = [utils.row(example, config)["prompt"] for example in examples]
exact = dataclasses.replace(config.model, dtype="float32", backend="portable")
vllm = dataclasses.replace(plan(exact), rollouts="vLLM")
transformers = dataclasses.replace(vllm, rollouts="Transformers generate")
runs = [("vllm", vllm, strong), ("transformers", transformers, strong), ("base", transformers, None)]
for name, chosen, adapter in runs:
    found = generate(config.model.name, chosen, prompts, Sampling(max_tokens=24, max_length=512), adapter=adapter)
    answers = [samples[0] for samples in found.completions]
    texts, tokens = [answer.text for answer in answers], [answer.tokens for answer in answers]
    Path(name + ".json").write_text(json.dumps([found.engine, texts, tokens]))
"""


@pytest.mark.slow
def test_vllm_and_transformers_give_the_same_greedy_answers_with_an_adapter(sft_real, tmp_path):
    """The adapter is the SFT one made three times stronger, so that the base model's answers are others."""
    run_python(GENERATE, DEMO, sft_real.folder / "sft", cwd=tmp_path)
    names = ("vllm", "transformers", "base")
    found = {name: json.loads((tmp_path / f"{name}.json").read_text()) for name in names}
    assert [found[name][0] for name in names] == ["vllm", "transformers", "transformers"]
    texts = {name: found[name][1] for name in names}
    assert all(len(answers) == 8 for answers in texts.values())
    pairs = list(zip(texts["vllm"], texts["transformers"], texts["base"], strict=True))
    assert sum(one != other for one, other, _ in pairs) <= 1, "one near tie may fall the other way"
    assert sum(one != base for one, _, base in pairs) >= 6, "the adapter was applied"
    lengths = zip(found["vllm"][2], found["transformers"][2], strict=True)
    assert sum(one != other for one, other in lengths) <= 1


def test_a_wrong_path_is_not_remembered(script, tmp_path):
    """A mistake in one command must not follow the run into the next one."""
    command = ("train_sft.py", "demo", "--outputs", tmp_path, "--data.root", "nowhere")
    code, _, said = script(*command)
    assert code == 2 and "nowhere: no such folder" in said.splitlines()[-1] and "Traceback" not in said
    assert not (tmp_path / "demo" / "config.json").exists()
