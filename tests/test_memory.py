"""The arithmetic of GPU memory: its anchors, its laws, and what PyTorch, PEFT and Transformers count themselves."""

from __future__ import annotations

import json
import math
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backends import memory, shapes
from backends.knobs import changed, flat
from config import PROJECTIONS, RECIPES, check

SPIDER = RECIPES["spider"]
QWEN = shapes.TABLE["qwen3-4b"]
PARAMETERS = {
    "qwen3-4b": 4_022_468_096,
    "qwen3-8b": 8_190_735_360,
    "qwen3-1.7b": 1_720_574_976,
    "qwen3-0.6b": 596_049_920,
    "qwen2.5-coder-7b": 7_615_616_512,
    "qwen2.5-coder-1.5b": 1_543_714_304,
    "qwen2.5-coder-3b": 3_085_938_688,
    "codellama-7b": 6_738_546_688,
    "llama-3.1-8b": 8_030_261_248,
    "gemma-3-1b": 999_885_952,
    "smollm2-135m": 134_515_008,
}
"""As the models' own cards on the hub count them."""

TRAINING = ("sft", "grpo")
WAYS = ("shared", "twice", "alone")


# --- shapes -------------------------------------------------------------------------------------------------------


def test_the_known_figures_of_qwen3_4b():
    assert round(memory.weights(QWEN, False), 2) == 7.49
    assert QWEN.kv_bytes == 144 * 1024
    assert round(QWEN.lora_parameters(32, PROJECTIONS) / 1e6, 1) == 66.1


@pytest.mark.parametrize("name", shapes.TABLE)
def test_parameters_are_those_of_the_published_models(name):
    assert shapes.TABLE[name].parameters == PARAMETERS[name]


@pytest.mark.parametrize("name", RECIPES)
def test_every_recipes_model_has_a_shape_before_it_is_here(name, monkeypatch, tmp_path):
    monkeypatch.setenv("SQL_RLVR_CACHE", str(tmp_path))
    monkeypatch.setattr("huggingface_hub.try_to_load_from_cache", lambda *_: None)
    assert shapes.shape_of(RECIPES[name].model.name) is not None


def test_smollm2s_estimate_is_the_size_of_its_file(smollm2):
    with (smollm2 / "model.safetensors").open("rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        tensors = [tensor for name, tensor in json.loads(file.read(length)).items() if name != "__metadata__"]
    shape = shapes.shape_of(str(smollm2))
    assert shape == shapes.TABLE["smollm2-135m"]
    assert sum(math.prod(tensor["shape"]) for tensor in tensors) == shape.parameters
    ends = max(tensor["data_offsets"][1] for tensor in tensors)
    assert ends / memory.GIB == memory.weights(shape, False)


def test_a_shape_is_read_from_the_hubs_cache(tmp_path, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    folder = tmp_path / "models--some--model"
    (folder / "snapshots" / "abc").mkdir(parents=True)
    (folder / "refs").mkdir()
    (folder / "refs" / "main").write_text("abc")
    assert shapes.shape_of("some/model") is None
    values = {"model_type": "qwen2", "hidden_size": 64, "num_attention_heads": 4, "num_hidden_layers": 2}
    values |= {"num_key_value_heads": 2, "intermediate_size": 128, "vocab_size": 1000, "tie_word_embeddings": False}
    (folder / "snapshots" / "abc" / "config.json").write_text(json.dumps(values))
    found = shapes.shape_of("some/model")
    assert found == shapes.Shape(64, 2, 4, 2, 16, 128, 1000, False, attention_bias=True)


@pytest.mark.parametrize("values", [{"num_experts": 8, "hidden_size": 8}, {"model_type": "mamba", "hidden_size": 8}])
def test_what_is_no_dense_decoder_has_no_shape(values):
    assert shapes.read(values) is None


@pytest.mark.slow
@pytest.mark.parametrize(
    ("family", "name"),
    [("Qwen3", "qwen3-4b"), ("Qwen2", "qwen2.5-coder-3b")] + [("Llama", "llama-3.1-8b"), ("Gemma3", "gemma-3-1b")],
)
def test_transformers_and_peft_count_the_same(family, name):
    """On the meta device, so nothing is allocated."""
    torch = pytest.importorskip("torch")
    import transformers
    from peft import LoraConfig, get_peft_model

    shape = shapes.TABLE[name]
    config = getattr(transformers, f"{family}{'Text' if family == 'Gemma3' else ''}Config")(**_values(shape))
    assert shapes.read(config.to_dict()) == shape
    with torch.device("meta"):
        model = getattr(transformers, f"{family}ForCausalLM")(config)
        assert model.num_parameters() == shape.parameters
        adapted = get_peft_model(model, LoraConfig(r=16, target_modules=["q_proj", "down_proj"], task_type="CAUSAL_LM"))
    assert adapted.get_nb_trainable_parameters()[0] == shape.lora_parameters(16, ["q_proj", "down_proj"])


def _values(shape: shapes.Shape) -> dict:
    return {
        "hidden_size": shape.hidden,
        "num_hidden_layers": shape.layers,
        "num_attention_heads": shape.heads,
        "num_key_value_heads": shape.kv_heads,
        "head_dim": shape.head_dim,
        "intermediate_size": shape.intermediate,
        "vocab_size": shape.vocabulary,
        "tie_word_embeddings": shape.tied,
    }


@pytest.mark.slow
@pytest.mark.parametrize("family", ["Llama", "Qwen3"])
def test_a_layer_keeps_what_pytorch_keeps(family):
    """Counted as the storages that autograd saves, of a second layer: in bfloat16, the adapter in float32."""
    kept = [_saved_bytes(family, layers) for layers in (1, 2)]
    (less, _), (more, shape) = kept
    model = changed(SPIDER, {"model.lora_rank": 8}).model
    copies = 2 * shape.lora_parameters(8, PROJECTIONS) / 2  # the adapter in bfloat16, however many tokens there are
    assert 256 * memory.layer_bytes(shape, model) == pytest.approx(more - less - copies, rel=0.01)


def _saved_bytes(family: str, layers: int) -> tuple[int, shapes.Shape]:
    torch = pytest.importorskip("torch")
    import transformers
    from peft import LoraConfig, get_peft_model

    shape = shapes.Shape(384, layers, 16, 8, 32, 768, 512, True, qk_norm=family == "Qwen3")
    config = getattr(transformers, f"{family}Config")(**_values(shape), use_cache=False)
    model = getattr(transformers, f"{family}ForCausalLM")(config).to(torch.bfloat16)
    model = get_peft_model(model, LoraConfig(r=8, target_modules=list(PROJECTIONS), task_type="CAUSAL_LM"))
    parameters = {value.untyped_storage().data_ptr() for value in model.parameters()}
    saved, held = {}, []

    def keep(tensor):
        storage = tensor.untyped_storage()
        held.append(tensor)  # else its address would be given to another one
        saved[storage.data_ptr()] = storage.nbytes()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda t: t), torch.autocast("cpu", torch.bfloat16):
        model(torch.zeros((1, 256), dtype=torch.long))
    return sum(size for address, size in saved.items() if address not in parameters), shape


# --- estimates ----------------------------------------------------------------------------------------------------


def need(stage: str, way: str = "shared", card: float = 80, **fields) -> memory.Estimate:
    values = {name.replace("__", "."): value for name, value in fields.items()}
    return memory.estimate(stage, changed(SPIDER, values), QWEN, way, card)


def test_the_parts_are_what_the_document_says():
    parts = need("sft", "twice", sft__questions_per_pass=2, model__max_length=1024).parts
    tokens, gib = 2 * 1024, 2**30
    layer = 18 * 2560 + 6 * 4096 + 4 * 1024 + 8 * 9728 + 4 * (4096 + 1024) + 2 * 32 * 7
    assert parts["weights"] == 4_022_468_096 * 2 / gib
    assert parts["adapter, its gradient and optimizer states"] == 66_060_288 * 16 / gib
    assert parts["activations"] == tokens * (36 * 2 * 2560 + 1.5 * layer) / gib
    assert parts["logits"] == (4096 * 32768 * 4 + tokens * 4 * 2560) / gib


def test_trl_keeps_the_weights_twice_and_unsloth_once():
    shared, twice = need("grpo").parts, need("grpo", "twice").parts
    assert twice[memory.COPY] == shared["weights"] == twice["weights"]
    assert memory.COPY not in shared


def test_vllms_share_is_its_weights_its_own_needs_and_the_cache():
    for way, own in (("shared", "weights"), ("twice", memory.COPY)):
        parts = need("grpo", way, card=44.4, model__gpu_memory=0.5).parts
        assert parts[own] + parts[memory.ENGINE] + parts[memory.CACHE] == pytest.approx(22.2)


def test_four_bits_shrink_the_layers_matrices_only():
    bits = memory.weights(QWEN, True) * 2**30 * 8
    rest = QWEN.parameters - QWEN.linear_parameters
    assert bits == pytest.approx(16 * rest + 4.127 * QWEN.linear_parameters)
    assert need("eval", model__load_in_4bit=True) == need("eval"), "evaluation takes the model in 16 bits"


def test_with_four_bits_trl_has_no_vllm():
    assert memory.CACHE not in need("grpo", "twice", model__load_in_4bit=True).parts


def test_checkpointing_saves_most_of_the_activations():
    all_layers = need("sft", model__gradient_checkpointing=False).parts["activations"]
    assert need("sft").parts["activations"] < all_layers / 10


def test_a_kl_penalty_keeps_a_frozen_copy_of_the_adapter():
    name = "adapter, its gradient and optimizer states"
    assert need("grpo", grpo__kl=0.1).parts[name] / need("grpo").parts[name] == pytest.approx(20 / 16)


@given(st.integers(1, 100_000))
def test_logits_in_chunks_need_no_more_than_all_at_once(tokens):
    whole = memory.logit_bytes(QWEN, tokens)
    assert memory.fused_logit_bytes(QWEN, tokens) < whole == 16 * 151_936 * tokens


def test_a_cache_below_the_longest_sequence_does_not_fit():
    tight = need("grpo", card=139.8, model__gpu_memory=0.066, grpo__completions_per_pass=1)
    assert tight.total < 60 and tight.kv_tokens < 2048 and not tight.fits


# --- settings that fit --------------------------------------------------------------------------------------------

FITS = st.builds(
    memory.Fit,
    st.builds(
        lambda step, group, length: changed(
            SPIDER,
            {"grpo.questions_per_step": step, "grpo.completions_per_question": group, "model.max_length": length}
            | {"sft.questions_per_step": step, "sft.questions_per_pass": 1, "grpo.completions_per_pass": 1},
        ),
        st.integers(1, 16),
        st.integers(2, 16),
        st.sampled_from([512, 1000, 2048, 4096]),
    ),
    st.sampled_from(list(shapes.TABLE.values())),
    st.sampled_from(WAYS),
    st.floats(4, 200),
)
NAMES = {*memory.PASSES.values()} | {
    *("model.gpu_memory", "model.max_length", "model.load_in_4bit", "model.gradient_checkpointing"),
}


@settings(max_examples=50)
@given(FITS)
def test_a_preset_fits_and_divides_a_step_and_leaves_alone_what_is_learned(finder):
    found = finder.preset()
    assert found.keys() <= NAMES
    check(changed(finder.config, found))
    if "grpo.completions_per_pass" in found:
        assert all(finder.estimate(stage, found).total <= memory.AIM * finder.card for stage in TRAINING)
        assert finder.estimate("grpo", found).fits
    else:
        assert found.keys() == {"eval.batch"} and not finder.estimate("grpo", {}).fits


@settings(max_examples=50)
@given(FITS, st.sets(st.sampled_from(sorted(NAMES))))
def test_a_preset_leaves_fixed_fields_alone(finder, fixed):
    assert not finder.preset(fixed).keys() & fixed


@settings(max_examples=50)
@given(FITS, st.sampled_from(["sft", "grpo", "eval"]))
def test_what_is_proposed_fits_and_nothing_with_fewer_changes_does(finder, stage):
    found = finder.nearest(stage)
    if found is None:
        assert not finder.estimate(stage, {}).fits
        return
    assert finder.estimate(stage, found).fits
    check(changed(finder.config, found))
    if finder.estimate(stage, {}).fits:
        assert found == {}
    elif len(found) > 1 and "model.gpu_memory" not in found:
        assert not any(finder.estimate(stage, {name: value}).fits for name, value in found.items())


@settings(max_examples=50)
@given(FITS, st.floats(1, 2))
def test_a_larger_card_takes_what_a_smaller_one_takes(finder, factor):
    larger = memory.Fit(finder.config, finder.shape, finder.way, finder.card * factor)
    if "grpo.completions_per_pass" in finder.preset():
        assert given_up(larger) <= given_up(finder), "questions count before precision"


def given_up(finder: memory.Fit) -> tuple[int, bool]:
    """What a preset takes away: tokens of the context, and then 16-bit weights."""
    found = finder.preset()
    length = finder.config.model.max_length
    return length - found.get("model.max_length", length), found.get("model.load_in_4bit", False)


def test_precision_is_given_up_before_questions_and_after_passes():
    cards = {gib: memory.Fit(SPIDER, QWEN, "shared", gib).preset() for gib in (22, 14.7, 8)}
    first, second, third = cards.values()
    assert first["grpo.completions_per_pass"] == 4 and "model.load_in_4bit" not in first
    assert second["model.load_in_4bit"] is True and "model.max_length" not in second
    assert third["model.load_in_4bit"] is True and "sft.questions_per_pass" in third


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({"model.gpu_memory": 0.9, "grpo.completions_per_pass": 4}, {"model.gpu_memory"}),
        ({"model.gpu_memory": 0.65, "grpo.completions_per_pass": 16}, {"grpo.completions_per_pass"}),
        (
            {"model.gpu_memory": 0.65, "model.gradient_checkpointing": False, "grpo.completions_per_pass": 2},
            {"model.gradient_checkpointing"},
        ),
    ],
)
def test_the_nearest_change_is_the_one_that_was_wrong(changes, wanted):
    finder = memory.Fit(changed(SPIDER, changes), QWEN, "shared", 22)
    assert finder.nearest("grpo").keys() - {"model.gpu_memory"} == wanted - {"model.gpu_memory"}
    assert finder.estimate("grpo", finder.nearest("grpo")).fits


def test_several_processes_share_a_step():
    found = memory.Fit(SPIDER, QWEN, "twice", 79.1, processes=4).preset()
    assert found["sft.questions_per_pass"] == 2 and 16 % found["grpo.completions_per_pass"] == 0


@pytest.mark.parametrize(
    ("mebibytes", "name"),
    [
        (23034, 24),
        (24564, 24),
        (46068, 48),
        (49140, 48),
        (81559, 80),
        (81920, 80),
        (143771, 141),
        (40960, 40),
        (15360, 15),
    ],
)
def test_cards_are_known_by_their_names(mebibytes, name):
    """MiB as nvidia-smi has them: L4, RTX 4090, L40S, A6000, H100, A100, H200, A100 40 GB, T4."""
    assert memory.name_of(mebibytes / 1024) == name


def test_the_table_adds_up():
    found = need("grpo", card=22)
    lines = str(found).splitlines()
    assert lines[-1].startswith("  total, of 22.0 GiB") and len(lines) == len(found.parts) + 1
    sizes = [float(line.split()[-1]) for line in lines]
    assert sum(sizes[:-1]) == pytest.approx(sizes[-1], abs=0.05)
    assert flat(SPIDER)["model.gpu_memory"] * 22 - found.parts["weights"] - found.parts[memory.ENGINE] == pytest.approx(
        found.parts[memory.CACHE]
    )
