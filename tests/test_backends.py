"""Two backends behind one seam, and what happens where vLLM or a processor's feature is missing."""

from __future__ import annotations

import json
import math
import types

import pytest
from stack import DEMO, EXACT, TINY_GRPO, facts, lines, run, run_python, steps

from text2sql.errors import UserError

WITHOUT_VLLM = """
from importlib.machinery import PathFinder

found = PathFinder.find_spec

def find_spec(name, path=None, target=None):
    return None if name.partition(".")[0] == "vllm" else found(name, path, target)

PathFinder.find_spec = staticmethod(find_spec)
"""


@pytest.fixture(scope="module")
def no_vllm(tmp_path_factory):
    """PYTHONPATH that makes vLLM unfindable, as on a machine without it."""
    folder = tmp_path_factory.mktemp("without_vllm")
    (folder / "sitecustomize.py").write_text(WITHOUT_VLLM)
    return str(folder)


@pytest.fixture(scope="module")
def portable_grpo(sft_tiny, tiny_model, no_vllm, tmp_path_factory):
    """GRPO of one step on the portable backend, with a KL penalty and without vLLM."""
    cwd = tmp_path_factory.mktemp("portable_grpo")
    done = run(
        *("train_grpo.py", "demo", "--outputs", "outputs", "--model.name", tiny_model, "--data.root", DEMO, *EXACT),
        *("--model.backend", "portable", "--grpo.adapter", sft_tiny.folder / "sft", "--data.train-limit", 16),
        *(*TINY_GRPO, "--grpo.steps", 1, "--grpo.kl", 0.1, "--grpo.learning-rate", 1e-3, "--grpo.warmup", 0),
        *("--grpo.eval-every", 1, "--grpo.eval-questions", 6, "--eval.max-completion-tokens", 8),
        cwd=cwd,
        PYTHONPATH=no_vllm,
    )
    return types.SimpleNamespace(folder=cwd / "outputs" / "demo", cwd=cwd, done=done)


@pytest.mark.slow
def test_both_backends_begin_with_the_same_loss(sft_real, tmp_path):
    """At step 1 LoRA's B is zero, so the loss is the base model's on the same questions."""
    run(
        *("train_sft.py", "demo", "--outputs", tmp_path, "--data.root", DEMO, *EXACT, *sft_real.settings),
        *("--sft.steps", 1, "--model.backend", "portable"),
        cwd=tmp_path / "cwd",
    )
    portable, unsloth = steps(tmp_path / "demo" / "sft"), steps(sft_real.folder / "sft")
    assert facts(tmp_path / "demo" / "sft")["backend"] == "portable"
    assert facts(sft_real.folder / "sft")["backend"] == "unsloth"
    assert portable[0]["num_tokens"] == unsloth[0]["num_tokens"]
    assert portable[0]["loss"] == pytest.approx(unsloth[0]["loss"], abs=1e-3)
    assert portable[0]["grad_norm"] == pytest.approx(unsloth[0]["grad_norm"], rel=0.5)
    assert abs(unsloth[0]["loss"] - unsloth[1]["loss"]) > 1e-2, "other questions would have given another loss"


@pytest.mark.slow
def test_portable_grpo_compares_with_the_sft_adapter(portable_grpo, sft_tiny):
    """SFT moved the tiny model far from the base, so a KL of 0 at step 1 means that SFT's adapter is the reference."""
    sft_steps = steps(sft_tiny.folder / "sft")
    assert sft_steps[0]["loss"] - sft_steps[-1]["loss"] > 0.3
    (only,) = steps(portable_grpo.folder / "grpo")
    assert only["kl"] == pytest.approx(0, abs=1e-5)
    assert "KL reference: the SFT adapter" in portable_grpo.done.stdout
    stage = facts(portable_grpo.folder / "grpo")
    assert (stage["backend"], stage["steps"]) == ("portable", 1)
    assert stage["started_from"]["fingerprint"] == facts(sft_tiny.folder / "sft")["adapter"] != stage["adapter"]


@pytest.mark.slow
def test_grpo_without_vllm_says_that_it_generates_with_transformers(portable_grpo):
    assert "rollouts by Transformers generate, slower, because vLLM isn't installed" in portable_grpo.done.stdout
    stage = facts(portable_grpo.folder / "grpo")
    assert stage["rollouts"].startswith("Transformers generate")
    assert "vllm" not in json.dumps(steps(portable_grpo.folder / "grpo"))


@pytest.mark.slow
def test_evaluation_without_vllm_says_that_it_generates_with_transformers(portable_grpo, no_vllm):
    done = run(
        *("evaluate.py", "demo", "--outputs", "outputs", "--eval.limit", 6, "--eval.max-completion-tokens", 8),
        cwd=portable_grpo.cwd,
        PYTHONPATH=no_vllm,
    )
    assert "because vLLM isn't installed" in done.stdout
    folder = portable_grpo.folder / "eval" / "grpo"
    found = json.loads((folder / "metrics.json").read_text())
    assert (found["engine"], found["questions"]) == ("transformers", 6)
    assert found["adapter"] == facts(portable_grpo.folder / "grpo")["adapter"]
    assert len((folder / "pred.txt").read_text().splitlines()) == 6
    on_the_way = [line for line in lines(portable_grpo.folder / "grpo") if "dev/valid_sql" in line]
    assert [line["step"] for line in on_the_way] == [0, 1] and on_the_way[-1]["dev/valid_sql"] == found["valid_sql"]


@pytest.mark.slow
def test_unsloth_is_imported_without_loading_vllms_avx512_extension(tmp_path):
    """Loading vllm._C kills a process on a processor without AVX-512; here any attempt ends the process at once."""
    source = """
import os

class Trap:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name == "vllm._C":
            os._exit(132)

sys.meta_path.insert(0, Trap)
from backends.choice import Plan
from backends.loading import import_backend
import_backend(Plan("unsloth", "cpu", "float32", "vLLM", "test"))
print("imported", "unsloth" in sys.modules, "hidden", sys.modules.get("vllm._C", "no") is None)
"""
    assert "imported True hidden False" in run_python(source, cwd=tmp_path).stdout


@pytest.mark.parametrize(
    ("backend", "device", "kl", "refused"),
    [("unsloth", "cuda", 0.1, True), ("unsloth", "cuda", 0.0, False), ("unsloth", "cpu", 0.1, False)]
    + [("portable", "cuda", 0.1, False)],
)
def test_a_kl_penalty_is_refused_where_the_reference_would_be_the_base_model(backend, device, kl, refused):
    from dataclasses import replace

    import train_grpo
    from backends.choice import Plan
    from config import RECIPES

    config = replace(RECIPES["demo"], grpo=replace(RECIPES["demo"].grpo, kl=kl))
    chosen = Plan(backend, device, "float32", "vLLM", "test")
    if not refused:
        return train_grpo.refuse_wrong_reference(config, chosen)
    with pytest.raises(UserError, match=r"grpo\.kl: 0\.1 needs the SFT adapter as reference.*--grpo\.kl 0 or"):
        train_grpo.refuse_wrong_reference(config, chosen)


@pytest.mark.parametrize(("kl", "adapters"), [(0.1, ("default",)), (0.0, ("default", "ref"))])
def test_a_trainer_with_the_wrong_number_of_references_is_refused(kl, adapters):
    import train_grpo

    model = types.SimpleNamespace(peft_config=dict.fromkeys(adapters))
    with pytest.raises(UserError, match=r"grpo\.kl"):
        train_grpo.guard_reference(model, kl)


@pytest.mark.parametrize("softcap", [None, 5.0])
@pytest.mark.parametrize("chunk_size", [4, 1000])
def test_chunked_log_probs_equal_the_direct_computation(chunk_size, softcap):
    torch = pytest.importorskip("torch")
    from backends.chunked_loss import ChunkedLogProb

    generator = torch.Generator().manual_seed(0)
    hidden, weight = (torch.randn(size, 16, generator=generator, requires_grad=True) for size in (10, 37))
    bias = torch.randn(37, generator=generator)
    scale, temperature = 0.7, 1.3
    logits = (hidden @ weight.T + bias) * scale
    logits = softcap * torch.tanh(logits / softcap) if softcap else logits
    logits = logits / temperature
    probs = torch.softmax(logits, -1)
    labels = torch.randint(0, 37, (10,), generator=generator)
    labels[::2] = logits.argmax(-1)[::2]  # so that is_top1 is true for some and false for others
    expected = {
        "log_probs": torch.log(probs[torch.arange(10), labels]),
        "entropy": -(probs * probs.log()).sum(-1),
        "log_sum_sq_probs": (probs**2).sum(-1).log(),
        "mean_logits": logits.mean(-1),
    }

    found = ChunkedLogProb.apply(
        hidden, weight, bias, labels, temperature, chunk_size, softcap, scale, (*expected, "is_top1")
    )
    for (name, values), part in zip(expected.items(), found, strict=False):
        torch.testing.assert_close(part, values, rtol=1e-4, atol=1e-5, msg=name)
    assert found[4].tolist() == (logits.argmax(-1) == labels).tolist()
    assert 0 < sum(found[4].tolist()) < 10

    upstream = torch.randn(10, generator=generator)
    ours = torch.autograd.grad((found[0] * upstream).sum(), (hidden, weight))
    direct = torch.autograd.grad((expected["log_probs"] * upstream).sum(), (hidden, weight))
    for one, other in zip(ours, direct, strict=True):
        assert math.isfinite(one.abs().sum()) and one.abs().sum() > 0
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-5)


def test_chunked_log_probs_leave_out_what_nobody_asked_for():
    torch = pytest.importorskip("torch")
    from backends.chunked_loss import ChunkedLogProb

    hidden, weight = torch.ones(3, 4), torch.eye(4)
    labels = torch.zeros(3, dtype=torch.long)
    log_probs, entropy, *others = ChunkedLogProb.apply(
        hidden, weight, None, labels, 1.0, 2, None, 1.0, ("log_probs", "entropy")
    )
    assert log_probs.tolist() == pytest.approx([-math.log(4)] * 3)
    assert entropy.tolist() == pytest.approx([math.log(4)] * 3)
    assert others == [None, None, None]
