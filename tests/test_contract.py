"""Our calls of Unsloth, TRL, vLLM, PEFT and Transformers are ones that they have, also on a GPU that isn't here.

tests/contract/*.json hold the real parameter names (`make contract` writes them); tests/contract/check.py compares.
"""

from __future__ import annotations

import re

import pytest
from contract import check, dump, rules


@pytest.mark.parametrize("kind", check.KINDS)
def test_the_dump_is_of_the_versions_that_the_lock_pins(kind):
    found, wanted = rules.dump(kind)["versions"], dump.locked(kind)
    differing = {name: (found.get(name), version) for name, version in wanted.items() if found.get(name) != version}
    assert not differing, f"(dump, locks/{dump.LOCKS[kind]}) differ, run `make contract`: {differing}"


def test_a_lock_that_moved_on_is_noticed(monkeypatch):
    monkeypatch.setattr(dump, "locked", lambda kind: rules.dump(kind)["versions"] | {"trl": "1.16.0"})
    with pytest.raises(AssertionError, match=r"run `make contract`: .*'trl': \('1.15.0', '1.16.0'\)"):
        test_the_dump_is_of_the_versions_that_the_lock_pins("gpu")


def test_our_sources_keep_the_contract():
    assert check.problems(check.sources()) == []


def test_every_call_that_is_checked_is_made():
    made = {name for text in check.sources().values() for name in check.CALLS if f"{name}(" in text}
    assert made == set(check.CALLS)
    dumped = {api for kind in check.KINDS for api in rules.dump(kind)["apis"]}
    read = {"trl.reward_function", "transformers.TrainerCallback", "transformers.TrainerCallback.on_event"}
    read |= {f"unsloth.{name}.other_defaults" for name in check.EXPLICIT}
    assert dumped == {api for apis in check.CALLS.values() for api in apis} | read


def test_names_that_the_libraries_removed_are_not_in_the_dump():
    """Else nothing below would be found; they are what guides on the web still name."""
    gone = {
        "GRPOConfig": ("max_prompt_length", "warmup_ratio", "save_safetensors", "logging_dir", "overwrite_output_dir"),
        "SFTConfig": ("group_by_length", "warmup_ratio", "dataset_text_field_name"),
    }
    for name, fields in gone.items():
        for api in (f"trl.{name}", f"unsloth.{name}"):
            assert not rules.known(api, "gpu") & set(fields) and "learning_rate" in rules.known(api, "gpu")
    assert "max_seq_length" not in rules.known("trl.SFTConfig", "gpu"), "max_length is its name"
    assert not rules.known("vllm.SamplingParams", "gpu") & {"guided_decoding", "best_of"}
    assert not rules.known("vllm.LLM", "gpu") & {"swap_space", "num_scheduler_steps"}
    assert not rules.known("trl.GRPOTrainer", "gpu") & {"tokenizer", "config"}


# --- planted mistakes -----------------------------------------------------------------------------------------------

GRPO, SFT, UTILS = "train_grpo.py", "train_sft.py", "utils.py"
LOADING, GENERATION, ADAPTERS = "backends/loading.py", "backends/generation.py", "backends/adapters.py"


def without(field: str) -> tuple[str, str]:
    """The line of a dictionary that passes a field, and nothing in its place."""
    return rf'\n +"{field}": [^\n]*(\n {{12}}[^\n]*)*(\n {{8}}\))?,?', ""


def also(before: str, added: str) -> tuple[str, str]:
    """A text, and the same with something added in front."""
    return re.escape(before), added + before


# file, (pattern, replacement), words that the check must say
PLANTED = {
    # names that were removed, or never were
    "max_prompt_length": (GRPO, also('"temperature":', '"max_prompt_length": 512, '), "no max_prompt_length"),
    "warmup_ratio": (UTILS, also('"warmup_steps":', '"warmup_ratio": 0.1, '), "no warmup_ratio"),
    "save_safetensors": (UTILS, also('"save_steps":', '"save_safetensors": True, '), "no save_safetensors"),
    "logging_dir": (UTILS, also('"report_to":', '"logging_dir": "logs", '), "no logging_dir"),
    "overwrite_output_dir": (UTILS, also('"run_name":', '"overwrite_output_dir": True, '), "no overwrite_output_dir"),
    "group_by_length": (UTILS, also('"seed":', '"group_by_length": True, '), "no group_by_length"),
    "max_seq_length in SFTConfig": (SFT, ('"max_length"', '"max_seq_length"'), "no max_seq_length"),
    "a typo in a trainer's values": (GRPO, ('"num_generations"', '"num_generation"'), "no num_generation "),
    "a typo in a call": (LOADING, ("max_seq_length=", "max_seq_len="), "no max_seq_len "),
    "a typo in a dictionary": (LOADING, ('"max_lora_rank"', '"max_lora_ranks"'), "no max_lora_ranks"),
    "tokenizer= of SFT": (SFT, ("processing_class=", "tokenizer="), "no tokenizer"),
    "tokenizer= of GRPO": (GRPO, ("processing_class=", "tokenizer="), "no tokenizer"),
    "guided_decoding": (GENERATION, ("max_tokens=sampling", "guided_decoding=None, max_tokens=sampling"), "no guided"),
    "swap_space": (GENERATION, also('"max_num_seqs":', '"swap_space": 4, '), "no swap_space"),
    "torch_dtype of BitsAndBytesConfig": (LOADING, ("bnb_4bit_compute_dtype=", "compute_dtype="), "no compute_dtype"),
    "rank of LoraConfig": (LOADING, (r"LoraConfig\(\n +r=", "LoraConfig(rank="), "no rank in peft.LoraConfig"),
    "a hook's name": ("backends/callbacks.py", ("def on_step_end", "def on_step_ended"), "no hook"),
    "a hook's argument": ("backends/callbacks.py", ("optimizer=None", "optim=None"), "gets no optim"),
    "a reward's argument": ("backends/rollouts.py", ("log_metric=None", "log_metrics=None"), "gets no log_metrics"),
    "an unknown call": (LOADING, also("    install()", "    PeftModel.from_config()\n"), "not in the contract"),
    "keywords from elsewhere": (SFT, (r"SFTConfig\(\*\*values\)", "SFTConfig(**rows[0])"), "can't be checked"),
    # the adapter
    "generate without lora_request": (GENERATION, (", lora_request=[^\n]*", ")"), "answers with the base model"),
    "get_peft_model on an adapter": (LOADING, ("if adapter is None:\n        mo", "if True:\n        mo"), "meets a"),
    "a fresh adapter on it": (LOADING, ("if adapter is None:\n        return", "if 1:\n        return"), "meets a"),
    "the base for the adapter": (LOADING, (r"str\(adapter or base\)", "base"), "isn't given the adapter's folder"),
    "an adapter for inference": (LOADING, (", is_trainable=True", ""), "trains nothing"),
    "load_adapter": (LOADING, also("    install()", "    model.load_adapter(adapter)\n"), "not in the contract"),
    "saving the reference too": (ADAPTERS, (r", selected_adapters=\[[^\]]*\]", ""), "saves the reference"),
    "a sampler's seed": (GENERATION, (r"SamplingParams\(\n", "SamplingParams(seed=42,\n"), "no seed"),
    "16 tokens": (GENERATION, (r"\n +max_tokens=[^\n]*(\n +logprobs)", r"\1"), "max_tokens"),
    "4 bits by default": (LOADING, (r"\n +load_in_4bit=options[^\n]*", ""), "without load_in_4bit"),
    # the order of imports
    "transformers too early": (LOADING, also("    from unsloth", "    import transformers\n"), "before unsloth"),
    "peft before unsloth": ("backends/choice.py", also("    import torch", "    import peft\n"), "and imports peft"),
    "trl before unsloth": (UTILS, also("from text2sql import", "import trl\n"), "and imports trl"),
    "settings after unsloth": (LOADING, (r"    set_environment\(chosen\)\n", ""), "before its settings"),
    "the trainer before the model": (
        SFT,
        (r"(    loaded = load_model[^\n]*\n)(    trainer = [^\n]*\n)", r"\2\1"),
        "build_trainer is called before load_model",
    ),
    # Unsloth's other defaults
    "KL against the base model": (GRPO, (r"    refuse_wrong_reference\(config, chosen\)\n", ""), "KL penalty"),
    "DAPO with masked completions": (GRPO, without("mask_truncated_completions"), "mask_truncated_completions isn't"),
    "DAPO with a higher clip": (GRPO, without("epsilon_high"), "epsilon_high isn't passed"),
}  # fmt: skip
DEFAULTS = {
    GRPO: (
        *("beta", "loss_type", "per_device_train_batch_size", "per_device_eval_batch_size", "logging_steps"),
        *("gradient_accumulation_steps", "generation_kwargs", "router_aux_loss_coef", "scale_rewards", "temperature"),
        "vllm_importance_sampling_correction",
    ),
    SFT: (
        *("per_device_train_batch_size", "per_device_eval_batch_size", "gradient_accumulation_steps", "logging_steps"),
        *("padding_free", "packing", "completion_only_loss", "max_length"),
    ),
    UTILS: (
        *("seed", "learning_rate", "warmup_steps", "weight_decay", "optim", "bf16", "logging_nan_inf_filter"),
        *("include_num_input_tokens_seen", "torch_empty_cache_steps", "eval_accumulation_steps"),
    ),
}
PLANTED |= {
    f"{field} left to the default of Unsloth": (path, without(field), f": {field} isn't passed")
    for path, fields in DEFAULTS.items()
    for field in fields
}


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_mistake_is_found(name):
    path, (pattern, replacement), words = PLANTED[name]
    texts = check.sources()
    spoiled = re.sub(pattern, replacement, texts[path])
    assert spoiled != texts[path], "nothing was planted"
    found = check.problems(texts | {path: spoiled})
    assert any(words in problem for problem in found), found


def test_every_default_that_differs_is_planted():
    planted = {field for fields in DEFAULTS.values() for field in fields} | {"mask_truncated_completions"}
    for name in check.EXPLICIT:
        assert rules.known(f"unsloth.{name}.other_defaults", "gpu") <= planted
