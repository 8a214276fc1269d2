"""Hold our sources against the dumped parameter names: what is wrong with them, in words. No library is imported.

``problems(sources)`` reads every call by its syntax tree, runs the functions that build keyword dictionaries, and knows
what goes wrong silently on a GPU (each rule says why). Sources are texts, so that a planted mistake can be tried.
"""

from __future__ import annotations

import ast
import contextlib
import sys
import types
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

from . import rules
from .rules import function_of, known, target

ROOT = Path(__file__).resolve().parents[2]
KINDS = ("cpu", "gpu")
LIBRARIES = {"unsloth", "trl", "transformers", "peft", "vllm"}

# Call in our sources -> what it is held against.
CALLS = {
    "FastLanguageModel.from_pretrained": ("unsloth.FastLanguageModel.from_pretrained",),
    "FastLanguageModel.get_peft_model": ("unsloth.FastLanguageModel.get_peft_model",),
    "SFTConfig": ("trl.SFTConfig", "unsloth.SFTConfig"),
    "GRPOConfig": ("trl.GRPOConfig", "unsloth.GRPOConfig"),
    "SFTTrainer": ("trl.SFTTrainer", "unsloth.SFTTrainer"),
    "GRPOTrainer": ("trl.GRPOTrainer", "unsloth.GRPOTrainer"),
    "trainer.train": ("transformers.Trainer.train",),
    "Trainer.log": ("transformers.Trainer.log",),
    "trainer._generate_single_turn": (
        "trl.GRPOTrainer._generate_single_turn",
        "unsloth.GRPOTrainer._generate_single_turn",
    ),
    "engine.generate": ("trl.VLLMGeneration.generate",),
    "LLM": ("vllm.LLM",),
    "SamplingParams": ("vllm.SamplingParams",),
    "LoRARequest": ("vllm.LoRARequest",),
    "llm.generate": ("vllm.LLM.generate",),
    "AutoModelForCausalLM.from_pretrained": ("transformers.AutoModelForCausalLM.from_pretrained",),
    "AutoTokenizer.from_pretrained": ("transformers.AutoTokenizer.from_pretrained",),
    "BitsAndBytesConfig": ("transformers.BitsAndBytesConfig",),
    "GgufConfig": ("transformers.GgufConfig",),
    "model.generate": ("transformers.model.generate",),
    "model.compute_transition_scores": ("transformers.model.compute_transition_scores",),
    "model.save_pretrained": ("peft.PeftModel.save_pretrained",),
    "tokenizer.apply_chat_template": ("transformers.tokenizer.apply_chat_template",),
    "tokenizer.batch_decode": ("transformers.tokenizer.batch_decode",),
    "tokenizer.pad": ("transformers.tokenizer.pad",),
    "tokenizer.save_pretrained": ("transformers.tokenizer.save_pretrained",),
    "LoraConfig": ("peft.LoraConfig",),
    "get_peft_model": ("peft.get_peft_model",),
    "set_peft_model_state_dict": ("peft.set_peft_model_state_dict",),
    "PeftModel.from_pretrained": ("peft.PeftModel.from_pretrained",),
}
# Methods whose every call must be in CALLS, whatever the object is called.
METHODS = {"from_pretrained", "save_pretrained", "generate", "fast_generate", "apply_chat_template", "get_peft_model"}
METHODS |= {"_generate_single_turn", "load_lora", "save_lora", "load_adapter"}
# Functions that build keyword dictionaries; they are run below instead of being read.
BUILDERS = {"arguments", "engine_options", "vllm_cpu.engine_options"}
# Passed explicitly beside the fields whose defaults differ: Unsloth derives them from others, or TRL changed them.
EXPLICIT = {
    "SFTConfig": {"max_length", "completion_only_loss", "packing", "padding_free", "gradient_checkpointing"},
    "GRPOConfig": {"num_generations", "epsilon", "epsilon_high", "temperature", "top_p", "top_k", "scale_rewards"}
    | {"max_completion_length", "num_iterations", "use_vllm", "gradient_checkpointing"},
}


def sources() -> dict[str, str]:
    """Path below the repository -> text of everything that calls the libraries."""
    paths = [*ROOT.glob("*.py"), *(ROOT / "backends").glob("*.py")]
    return {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in sorted(paths)}


def problems(texts: dict[str, str]) -> list[str]:
    """Everything that is wrong with these sources, each in a line."""
    found = [problem for path, text in texts.items() for problem in file_problems(path, text)]
    return found + list(dictionaries(texts))


@cache
def file_problems(path: str, text: str) -> tuple[str, ...]:
    """What is wrong with the calls of one file."""
    tree = ast.parse(text, path)
    for node in ast.walk(tree):
        for child in ast.iter_child_nodes(node):
            child.parent = node
    return tuple(f"{path}: {problem}" for rule in (calls, *rules.RULES) for problem in rule(tree, path))


# --- calls ----------------------------------------------------------------------------------------------------------


def calls(tree: ast.Module, path: str) -> Iterator[str]:
    """Keywords that a call of a library hasn't got, and calls that nobody knows."""
    imported, ours = imported_names(tree, LIBRARIES), imported_names(tree, {"backends", "text2sql"})
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        name = target(call)
        if name in CALLS:
            yield from keyword_problems(call, name)
        elif name.partition(".")[0] not in ours and _looks_like_one(name, imported):
            yield f"line {call.lineno}: {name} is not in the contract; add it to CALLS and to dump.py"


def _looks_like_one(name: str, imported: set[str]) -> bool:
    """Whether a call goes to a library, by what was imported or by the method's name."""
    if "(" in name or "." not in name:
        return name in imported
    return name.partition(".")[0] in imported or name.rpartition(".")[2] in METHODS


def imported_names(tree: ast.Module, packages: set[str]) -> set[str]:
    """What is imported from these packages by name."""
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and not node.level]
    chosen = [node for node in nodes if node.module.partition(".")[0] in packages]
    return {alias.asname or alias.name for node in chosen for alias in node.names}


def keyword_problems(call: ast.Call, name: str) -> Iterator[str]:
    """Keywords that are written out exist everywhere; those of a dictionary, which depend on the machine, on a GPU."""
    for keyword in call.keywords:
        written = keyword.arg is not None
        names = {keyword.arg} if written else dictionary_keys(keyword.value, call)
        if names is None:
            yield f"line {call.lineno}: {name}(**{ast.unparse(keyword.value)}) can't be checked; name its keywords"
            continue
        for api in CALLS[name]:
            for kind in KINDS if written else ("gpu",):
                unknown = names - (known(api, kind) if known(api, kind) is not None else names)
                yield from (f"line {call.lineno}: {name} has no {each} in {api} ({kind})" for each in sorted(unknown))


def dictionary_keys(value: ast.expr, where: ast.AST) -> set[str] | None:
    """Keys of a dictionary that is written in the same function; empty for a builder's; None if they can't be told."""
    if isinstance(value, ast.Dict):
        parts = [{key.value} if isinstance(key, ast.Constant) else None for key in value.keys if key]
        parts += [dictionary_keys(part, where) for key, part in zip(value.keys, value.values, strict=True) if not key]
    elif isinstance(value, ast.IfExp):
        parts = [dictionary_keys(part, where) for part in (value.body, value.orelse)]
    elif isinstance(value, ast.BinOp):
        parts = [dictionary_keys(part, where) for part in (value.left, value.right)]
    elif isinstance(value, ast.Call):
        return set() if ast.unparse(value.func) in BUILDERS else None
    elif isinstance(value, ast.Name):
        parts = [dictionary_keys(part, where) for part in assigned(value.id, where)] or [None]
    else:
        return None
    return None if None in parts else set().union(*parts)


def assigned(name: str, where: ast.AST) -> list[ast.expr]:
    """What the surrounding function assigns to a name."""
    nodes = ast.walk(function_of(where))
    stores = (node for node in nodes if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign) and node.value)
    targets = [(node.value, node.targets if isinstance(node, ast.Assign) else [node.target]) for node in stores]
    return [value for value, names in targets if any(ast.unparse(each) == name for each in names)]


# --- dictionaries ---------------------------------------------------------------------------------------------------


def dictionaries(texts: dict[str, str]) -> Iterator[str]:
    """What is wrong with the keyword dictionaries that these sources build for a GPU."""
    with loaded(texts) as modules:
        for name, values in trainer_values(modules):
            yield from (f"{name}: {problem}" for problem in trainer_problems(name, values))
        for values in engine_values(modules):
            for kind in KINDS:
                unknown = set(values) - known("vllm.LLM", kind)
                yield from (f"engine_options: vllm.LLM has no {each} ({kind})" for each in sorted(unknown))


def trainer_problems(name: str, values: dict) -> Iterator[str]:
    """Fields that a configuration hasn't got, and fields that are left to defaults that differ."""
    for api, kinds in ((f"trl.{name}", KINDS), (f"unsloth.{name}", ("gpu",))):
        for kind in kinds:
            yield from (f"{api} has no {each} ({kind})" for each in sorted(set(values) - known(api, kind)))
    needed = known(f"unsloth.{name}.other_defaults", "gpu") | EXPLICIT[name]
    needed = {each for each in needed if values.get("use_vllm") or not each.startswith("vllm_")}
    yield from (f"{each} isn't passed, and Unsloth's value is another" for each in sorted(needed - set(values)))


def trainer_values(modules: dict[str, types.ModuleType]) -> Iterator[tuple[str, dict]]:
    """(configuration class, its keywords) of every recipe, as on a GPU."""
    import config

    utils = modules["utils"]
    for recipe in config.RECIPES.values():
        recipe = replace(recipe, outputs=Path("outputs"))
        sft, grpo = utils.Stage(recipe.folder, "sft"), utils.Stage(recipe.folder, "grpo")
        for device in ("cuda", "cpu"):
            yield "SFTConfig", modules["train_sft"].arguments(recipe, sft, "bfloat16", device)
            for vllm in (True, False):
                yield "GRPOConfig", modules["train_grpo"].arguments(recipe, grpo, "bfloat16", device, vllm=vllm)


def engine_values(modules: dict[str, types.ModuleType]) -> Iterator[dict]:
    """Keywords of vllm.LLM on a GPU with and without an adapter, and on a CPU."""
    from backends.choice import Plan

    generation = modules["backends.generation"]
    generation.adapter_rank = lambda adapter: 24
    for device, adapter in (("cuda", Path("adapter")), ("cuda", None), ("cpu", None)):
        chosen = Plan("unsloth", device, "bfloat16", "vLLM", "contract")
        yield generation.engine_options("model", chosen, generation.Sampling(), adapter)
    yield modules["backends.vllm_cpu"].engine_options("bfloat16")


BUILT = ("utils", "train_sft", "train_grpo", "backends.vllm_cpu", "backends.generation")


@contextlib.contextmanager
def loaded(texts: dict[str, str]) -> Iterator[dict[str, types.ModuleType]]:
    """The modules that build dictionaries, made from these texts; what is imported otherwise is put back."""
    import backends.generation  # noqa: F401
    import train_grpo  # noqa: F401

    before = {name: sys.modules.get(name) for name in BUILT}
    try:
        yield {name: _module(name, texts) for name in BUILT}
    finally:
        sys.modules.update({name: module for name, module in before.items() if module is not None})


def _module(name: str, texts: dict[str, str]) -> types.ModuleType:
    path = name.replace(".", "/") + ".py"
    module = types.ModuleType(name)
    module.__package__ = name.rpartition(".")[0]
    sys.modules[name] = module
    exec(compile(texts[path], path, "exec"), module.__dict__)
    return module
