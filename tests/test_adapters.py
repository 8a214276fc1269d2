"""The hand-off from SFT to GRPO: the adapter that goes on is the one that was saved, it is trainable, and all of it."""

from __future__ import annotations

import contextlib
import json
import shutil
from dataclasses import replace

import pytest
from stack import REPO, run_python

from config import RECIPES
from text2sql.errors import UserError

torch = pytest.importorskip("torch")

from backends import adapters  # noqa: E402
from backends.choice import Plan  # noqa: E402
from backends.loading import load_model  # noqa: E402

PLAN = Plan("portable", "cpu", "float32", "Transformers generate", "test")


@pytest.fixture(scope="module")
def settings(tiny_model):
    demo = RECIPES["demo"]
    return replace(demo, model=replace(demo.model, name=str(tiny_model), lora_rank=4, dtype="float32"))


@pytest.fixture(scope="module")
def trained(settings):
    """A model with an adapter that differs from a fresh one: B isn't zero."""
    loaded = load_model(settings, PLAN)
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for name, tensor in loaded.model.named_parameters():
            if "lora_" in name:
                tensor.copy_(torch.randn(tensor.shape, generator=generator) / 10)
    return loaded


@pytest.fixture(scope="module")
def saved(trained, tmp_path_factory):
    """Its folder."""
    folder = tmp_path_factory.mktemp("run") / "sft"
    folder.mkdir()
    adapters.save_adapter(trained.model, trained.tokenizer, folder)
    return folder


@pytest.fixture
def base(tiny_model):
    """The bare base model."""
    from transformers import AutoModelForCausalLM

    return AutoModelForCausalLM.from_pretrained(tiny_model, dtype=torch.float32)


def test_our_loader_continues_the_saved_adapter(settings, trained, saved):
    model = load_model(settings, PLAN, adapter=saved).model
    adapters.guard_model(model, saved)
    assert model is not trained.model
    expected = adapters.fingerprint(adapters.lora_parameters(trained.model))
    assert adapters.fingerprint(adapters.lora_parameters(model)) == adapters.file_fingerprint(saved) == expected
    assert all(tensor.requires_grad for tensor in adapters.lora_parameters(model).values())


def test_an_adapter_for_inference_only_is_refused(base, saved):
    from peft import PeftModel

    model = PeftModel.from_pretrained(base, str(saved))
    with pytest.raises(UserError) as refused:
        adapters.guard_model(model, saved)
    assert "loaded for inference only" in str(refused.value) and "is_trainable=True" in str(refused.value)
    assert "training would change nothing" in str(refused.value) and str(saved) in str(refused.value)


@pytest.mark.parametrize("options", [{}, {"is_trainable": True}])
def test_load_adapter_on_the_base_model_is_refused(base, saved, options):
    """Without is_trainable it freezes everything, with it the LoRA tensors do train: neither leaves a PEFT model."""
    base.load_adapter(str(saved), **options)
    with pytest.raises(UserError) as refused:
        adapters.guard_model(base, saved)
    assert "attached with model.load_adapter" in str(refused.value) and str(saved) in str(refused.value)
    assert "load it with PeftModel.from_pretrained(model, adapter, is_trainable=True)" in str(refused.value)


def test_trainable_base_weights_beside_the_adapter_are_refused(settings, saved):
    model = load_model(settings, PLAN, adapter=saved).model
    model.get_base_model().lm_head.weight.requires_grad_(True)
    with pytest.raises(UserError, match="1 base weights are trainable beside the adapter .*embed_tokens"):
        adapters.guard_model(model, saved)


def test_a_fresh_adapter_is_refused(settings, saved):
    with pytest.raises(UserError, match="not the ones in this file; a fresh adapter was attached"):
        adapters.guard_model(load_model(settings, PLAN).model, saved)


def test_an_adapter_of_which_only_a_part_trains_is_refused(settings, saved):
    model = load_model(settings, PLAN, adapter=saved).model
    next(iter(adapters.lora_parameters(model).values())).requires_grad_(False)
    with pytest.raises(UserError):
        adapters.guard_model(model, saved)


@pytest.mark.slow
def test_unsloths_loader_and_ours_agree_on_right_and_wrong(settings, trained, saved, tmp_path):
    """In a process of its own: importing unsloth patches TRL, transformers and PEFT for good."""
    source = """
from dataclasses import replace
from pathlib import Path
from backends import adapters
from backends.choice import Plan
from backends.loading import load_model
from config import RECIPES
from text2sql.errors import UserError

base, saved, again = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
demo = RECIPES["demo"]
config = replace(demo, model=replace(demo.model, name=base, lora_rank=4))
plan = Plan("unsloth", "cpu", "float32", "vLLM", "test")
loaded = load_model(config, plan, adapter=saved, rollouts=True)
adapters.guard_model(loaded.model, saved)
again.mkdir()
adapters.save_adapter(loaded.model, loaded.tokenizer, again)
assert adapters.file_fingerprint(again) == adapters.file_fingerprint(saved)
print("right", adapters.fingerprint(adapters.lora_parameters(loaded.model)))
try:
    adapters.guard_model(load_model(config, plan).model, saved)
except UserError as error:
    print("refused", error)
"""
    said = run_python(source, settings.model.name, saved, tmp_path / "again", cwd=tmp_path / "cwd").stdout
    assert f"right {adapters.file_fingerprint(saved)}" in said
    assert f"refused {saved}: the loaded LoRA tensors are not the ones in this file" in said
    assert not (tmp_path / "again" / "config.json").exists()


def test_saving_leaves_an_adapter_and_nothing_else(saved):
    names = {path.name for path in saved.iterdir()}
    assert {"adapter_model.safetensors", "adapter_config.json", "tokenizer.json", "chat_template.jinja"} <= names
    assert "config.json" not in names, "Unsloth would take the folder for a whole model"
    assert not [name for name in names if name.startswith(".") or "partial" in name or name == "ref"]


def test_saving_again_replaces_every_file(trained, saved, tmp_path):
    folder = shutil.copytree(saved, tmp_path / "sft")
    (folder / ".saving").mkdir()
    (folder / ".saving" / "adapter_model.safetensors").write_text("half")
    (folder / "adapter_model.safetensors").write_text("old")
    (folder / "log.jsonl").write_text("kept")
    adapters.save_adapter(trained.model, trained.tokenizer, folder)
    assert adapters.file_fingerprint(folder) == adapters.file_fingerprint(saved)
    assert not (folder / ".saving").exists() and (folder / "log.jsonl").read_text() == "kept"


def test_the_reference_copy_is_not_saved(settings, saved, tmp_path):
    loaded = load_model(settings, PLAN, adapter=saved)
    loaded.model.load_adapter(str(saved), adapter_name="ref")
    adapters.save_adapter(loaded.model, loaded.tokenizer, tmp_path)
    assert not (tmp_path / "ref").exists()
    assert adapters.file_fingerprint(tmp_path) == adapters.file_fingerprint(saved)


def test_the_fingerprint_sees_every_value_and_name():
    tensors = {"a.lora_A.weight": torch.arange(6.0).reshape(2, 3), "a.lora_B.weight": torch.zeros(3, 2)}
    before = adapters.fingerprint(tensors)
    assert adapters.fingerprint(dict(reversed(tensors.items()))) == before
    assert (
        adapters.fingerprint({name.replace(".weight", ".default.weight"): t for name, t in tensors.items()}) == before
    )
    assert adapters.fingerprint({name: tensor.bfloat16() for name, tensor in tensors.items()}) == before
    changed = {**tensors, "a.lora_B.weight": torch.tensor([[0.0, 0], [0, 1e-9], [0, 0]])}
    assert adapters.fingerprint(changed) != before
    assert adapters.fingerprint({name.replace("a.", "b."): tensor for name, tensor in tensors.items()}) != before


def cut_short(file, to: int) -> None:
    file.write_bytes(file.read_bytes()[:to])


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda folder: (folder / "adapter_config.json").unlink(), "no readable LoRA adapter there; train SFT first"),
        (lambda folder: (folder / "adapter_config.json").write_text("{"), "no readable LoRA adapter there"),
        (lambda folder: (folder / "adapter_config.json").write_text("{}"), "no field 'base_model_name_or_path'"),
        (lambda folder: (folder / "adapter_model.safetensors").unlink(), "the adapter's weights are missing"),
        (lambda folder: cut_short(folder / "adapter_model.safetensors", -1), "weights are cut short or damaged"),
        (lambda folder: cut_short(folder / "adapter_model.safetensors", 20), "weights are cut short or damaged"),
        (lambda folder: cut_short(folder / "adapter_model.safetensors", 0), "weights are cut short or damaged"),
    ],
)
def test_a_folder_without_whole_adapter_is_refused(saved, tmp_path, settings, damage, words):
    folder = shutil.copytree(saved, tmp_path / "sft")
    damage(folder)
    with pytest.raises(UserError, match=words):
        load_model(settings, PLAN, adapter=folder)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        (
            "base_model_name_or_path",
            "someone/Other-1B",
            "trained on someone/Other-1B, but --model.name is .*set --model.name someone/Other-1B",
        ),
        ("r", 64, r"model\.lora_rank: 4, but .* has rank 64; set --model\.lora-rank 64"),
    ],
)
def test_an_adapter_of_another_model_or_a_higher_rank_is_refused(saved, tmp_path, settings, field, value, words):
    folder = shutil.copytree(saved, tmp_path / "sft")
    file = folder / "adapter_config.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {field: value}))
    with pytest.raises(UserError, match=words):
        load_model(settings, PLAN, adapter=folder)


@pytest.mark.parametrize(
    ("recorded", "name", "same"),
    [
        ("/cache/SmolLM2-135M-Instruct", "SmolLM2-135M-Instruct", True),
        ("unsloth/qwen3-4b-instruct-2507-unsloth-bnb-4bit", "unsloth/Qwen3-4B-Instruct-2507", True),
        ("unsloth/Qwen3-4B-bnb-4bit", "Qwen/Qwen3-4B", True),
        ("unsloth/Qwen3-4B", "unsloth/Qwen3-4B-Instruct-2507", False),
    ],
)
def test_a_base_model_is_known_by_its_own_name(saved, tmp_path, recorded, name, same):
    folder = shutil.copytree(saved, tmp_path / "sft")
    file = folder / "adapter_config.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"base_model_name_or_path": recorded}))
    with contextlib.nullcontext() if same else pytest.raises(UserError, match="was trained on"):
        adapters.check_base(folder, name)


def test_the_optimizer_must_hold_every_lora_tensor(settings):
    model = load_model(settings, PLAN).model
    lora = list(adapters.lora_parameters(model).values())
    adapters.guard_optimizer(model, torch.optim.SGD(lora, lr=1))
    with pytest.raises(UserError, match="the optimizer doesn't hold 1 LoRA tensors .*would change nothing"):
        adapters.guard_optimizer(model, torch.optim.SGD(lora[1:], lr=1))
    stale = [tensor.detach().clone() for tensor in lora]
    with pytest.raises(UserError, match=f"doesn't hold {len(lora)} LoRA tensors"):
        adapters.guard_optimizer(model, torch.optim.SGD(stale, lr=1))


def test_a_fresh_adapter_is_the_same_for_the_same_seed(settings):
    prints = [
        adapters.fingerprint(adapters.lora_parameters(load_model(replace(settings, seed=seed), PLAN).model))
        for seed in (1, 1, 2)
    ]
    assert prints[0] == prints[1] != prints[2]


def test_the_repository_holds_no_adapter():
    """A saved adapter in the checkout would be trained on by a newcomer's first run."""
    assert not list((REPO / "spider_data" / "demo").rglob("adapter_*"))
