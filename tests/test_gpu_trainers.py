"""What Unsloth patches for a GPU takes our values, and so do vLLM's engine and sampling.

UNSLOTH_ALLOW_CPU=1 imports Unsloth as it is on a GPU. How far that goes without one: the patched configurations are
made from our values for every recipe that Unsloth may run (only use_cpu and dataloader_pin_memory differ: Transformers
insists), and our scripts build the patched SFTTrainer and GRPOTrainer on a tiny Qwen3 with an adapter and train a step
with each, without Unsloth's compiled kernels, which need Triton.
FastLanguageModel.from_pretrained ends where it asks the driver for the GPU, so loading, shared weights and LoRA
requests wait for one.
"""

from __future__ import annotations

import pytest
from stack import run_python

from config import RECIPES

SHAPED = """
import os
from dataclasses import replace
from pathlib import Path

os.environ |= {"UNSLOTH_ALLOW_CPU": "1", "UNSLOTH_COMPILE_DISABLE": "1", "VLLM_LOGGING_LEVEL": "ERROR"}
from backends import loading
from backends.choice import Plan

chosen = Plan("unsloth", "cpu", "bfloat16", "Transformers generate, slower, because of the test", "test")
loading.import_backend(chosen)
from unsloth.models import rl

for kind in ("sft_trainer", "grpo_trainer"):
    rl._patch_trl_rl_trainers(kind)
import train_grpo, train_sft, trl, utils
from config import RECIPES
"""

CONFIGURATIONS = """
for recipe in (recipe for recipe in RECIPES.values() if recipe.model.backend != "portable"):
    sft, grpo = utils.Stage(recipe.folder, "sft"), utils.Stage(recipe.folder, "grpo")
    made = [(trl.SFTConfig, train_sft.arguments(recipe, sft, "bfloat16", "cuda"))]
    for vllm in (True, False):
        for loss in ("dapo", "grpo", "dr_grpo", "bnpo"):
            one = replace(recipe, grpo=replace(recipe.grpo, loss=loss))
            made.append((trl.GRPOConfig, train_grpo.arguments(one, grpo, "bfloat16", "cuda", vllm=vllm)))
    for cls, values in made:
        values |= {"use_cpu": True, "dataloader_pin_memory": False}
        kept = cls(**values)
        assert hasattr(kept, "unsloth_num_chunks"), "Unsloth's own"
        utils.tell_changes(kept, values)
        print("made", cls.__name__)
demo = RECIPES["demo"]
wrong = {"use_cpu": True, "dataloader_pin_memory": False, "completions_typo": 1, "per_device_train_batch_size": 3}
values = train_grpo.arguments(demo, utils.Stage(demo.folder, "grpo"), "bfloat16", "cuda", vllm=False) | wrong
utils.tell_changes(trl.GRPOConfig(**values), values)
"""

TRAINERS = """
import functools

import torch
from transformers import AutoTokenizer, Qwen3Config, Qwen3ForCausalLM
from unsloth import FastLanguageModel

shape = {"hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2, "num_key_value_heads": 2, "head_dim": 32}
ids = {"vocab_size": 49152, "pad_token_id": 2, "eos_token_id": 2, "bos_token_id": 1, "intermediate_size": 128}
demo = RECIPES["demo"]
config = replace(demo, outputs=Path("outputs"), sft=replace(demo.sft, steps=1, warmup=0.0))
config = replace(config, grpo=replace(demo.grpo, steps=1))
model = loading._fresh_adapter(Qwen3ForCausalLM(Qwen3Config(**shape, **ids)).to(torch.bfloat16), config)
for name in ("for_training", "for_inference"):  # as from_pretrained leaves a model
    setattr(model, name, functools.partial(getattr(FastLanguageModel, name), model))
model.max_seq_length = config.model.max_length
tokenizer = AutoTokenizer.from_pretrained(sys.argv[1])
loaded = loading.Loaded(model, tokenizer, chosen, "tiny")
said = lambda role, text: [{"role": role, "content": text}]
rows = [
    {"prompt": said("user", f"How many {i}?"), "completion": said("assistant", "SELECT 1"), "gold": "SELECT 1"}
    | {"database": "nowhere.sqlite"}
    for i in range(16)
]
for name, script in (("sft", train_sft), ("grpo", train_grpo)):
    stage = utils.Stage(config.folder, name)
    stage.folder.mkdir(parents=True)
    trainer = script.build_trainer(config, stage, loaded, rows)
    tensors = [tensor for tensor in trainer.model.parameters() if tensor.requires_grad]
    print("built", type(trainer).__name__, "with", len(tensors), "tensors in", *{str(t.dtype) for t in tensors})
    if name == "sft":
        labels = trainer.data_collator([trainer.train_dataset[0]])["labels"][0]
        print("loss on", repr(tokenizer.decode(labels[labels != -100])))
    before = [tensor.detach().clone() for tensor in tensors]
    trainer.train()
    changed = sum(bool((a != b).any()) for a, b in zip(before, tensors, strict=True))
    print("trained", name, "for", trainer.state.global_step, "step, changed", changed)
"""


@pytest.mark.slow
def test_unsloths_configurations_keep_our_values(tmp_path):
    done = run_python(SHAPED + CONFIGURATIONS, cwd=tmp_path)
    warned = [line for line in done.stdout.splitlines() if line.startswith("warning")]
    ours = sum(recipe.model.backend != "portable" for recipe in RECIPES.values())
    assert ours > 2 and done.stdout.count("made SFTConfig") == ours
    assert done.stdout.count("made GRPOConfig") == ours * 2 * 4
    assert warned == [
        "warning: the trainer takes per_device_train_batch_size=4 instead of 3",
        "warning: the trainer takes completions_typo=None instead of 1",
    ], "what it does change is told"


@pytest.mark.slow
def test_unsloths_trainers_are_built_by_our_scripts_and_train(tmp_path, smollm2):
    """2 layers x 7 projections x 2 tensors, of which SFT's first step moves one: the other needs it to be no zero.

    GRPO's rewards are all equal on a database that isn't there, so its step runs and moves nothing.
    """
    said = run_python(SHAPED + TRAINERS, smollm2, cwd=tmp_path).stdout
    assert "built UnslothSFTTrainer with 28 tensors in torch.float32" in said
    assert "loss on 'SELECT 1<|im_end|>\\n'" in said
    assert "trained sft for 1 step, changed 14" in said
    assert "built UnslothGRPOTrainer with 28 tensors in torch.float32" in said
    assert "trained grpo for 1 step, changed 0" in said
    assert "warning: the trainer takes" not in said


@pytest.mark.slow
def test_vllm_takes_the_engines_values_and_the_samplings(tmp_path, smollm2):
    source = """
import os
from pathlib import Path

os.environ["VLLM_LOGGING_LEVEL"] = "ERROR"
from backends import generation, vllm_cpu
from backends.choice import Plan

generation.adapter_rank = lambda adapter: 24
from vllm import SamplingParams
from vllm.engine.arg_utils import EngineArgs
from vllm.lora.request import LoRARequest

for device, adapter in (("cuda", Path("adapter")), ("cuda", None), ("cpu", None)):
    chosen = Plan("unsloth", device, "bfloat16", "vLLM", "test")
    values = generation.engine_options(sys.argv[1], chosen, generation.Sampling(), adapter)
    kept = EngineArgs(**values)
    assert {name: getattr(kept, name) for name in values} == values
    print(device, sorted(values))
request = generation._lora_request(Path("runs/grpo"))
assert (request.lora_name, request.lora_path) == ("grpo", str(Path("runs/grpo").absolute()))
assert generation._lora_request(None) is None
for samples in (1, 4):
    drawn = SamplingParams(n=samples, temperature=0.8, max_tokens=64, logprobs=0 if samples > 1 else None)
    assert drawn.seed is None
"""
    done = run_python(source, smollm2, cwd=tmp_path)
    on_gpu = next(line for line in done.stdout.splitlines() if line.startswith("cuda"))
    assert "'enable_lora'" in on_gpu and "'gpu_memory_utilization'" in on_gpu and "'max_lora_rank'" in on_gpu
