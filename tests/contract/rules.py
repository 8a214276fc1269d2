"""What goes wrong silently on a GPU, as rules over our sources' syntax trees; each says why. check.py applies them.

A rule takes a module's tree, whose nodes know their `parent`, and its path, and yields problems in words.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path

HERE = Path(__file__).resolve().parent


@lru_cache
def dump(kind: str) -> dict:
    """tests/contract/KIND.json."""
    return json.loads((HERE / f"{kind}.json").read_text(encoding="utf-8"))


def known(api: str, kind: str) -> set[str] | None:
    """A call's parameter names on a machine of this kind; None where there is no such call."""
    names = dump(kind)["apis"].get(api)
    return None if names is None else set(names)


def target(call: ast.Call) -> str:
    """What is called, without the path to its object; for functools.partial, what it is made of."""
    name = ast.unparse(call.args[0] if ast.unparse(call.func) == "functools.partial" else call.func)
    return name if "(" in name else ".".join(name.split(".")[-2:])


def function_of(node: ast.AST) -> ast.AST:
    """The function, or the module, in which a node stands."""
    while not isinstance(node, ast.FunctionDef | ast.Module):
        node = node.parent
    return node


def of(tree: ast.AST, *names: str) -> list[ast.Call]:
    """The calls of these names, in the order of the file."""
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and target(node) in names]
    return sorted(found, key=lambda call: call.lineno)


def passed(call: ast.Call) -> set[str]:
    return {keyword.arg for keyword in call.keywords if keyword.arg}


def adapter_is_passed_to_the_engine(tree: ast.Module, path: str) -> Iterator[str]:
    """Without lora_request vLLM answers with the base model (unslothai/unsloth#3802)."""
    for call in of(tree, "llm.generate", "model.fast_generate"):
        if "lora_request" not in passed(call):
            yield f"line {call.lineno}: {target(call)} without lora_request answers with the base model"


def sampling_has_no_seed(tree: ast.Module, path: str) -> Iterator[str]:
    """A seed makes all completions of a question equal."""
    for call in of(tree, "SamplingParams"):
        if "seed" in passed(call) or "max_tokens" not in passed(call):
            yield f"line {call.lineno}: SamplingParams needs max_tokens (its default is 16) and no seed"


def only_the_trained_adapter_is_saved(tree: ast.Module, path: str) -> Iterator[str]:
    """With a KL penalty the frozen reference would be written too."""
    for call in of(tree, "model.save_pretrained"):
        if path != "backends/smollm2.py" and "selected_adapters" not in passed(call):
            yield f"line {call.lineno}: model.save_pretrained without selected_adapters saves the reference too"


def unsloth_loads_what_is_asked_for(tree: ast.Module, path: str) -> Iterator[str]:
    """Its default is 4-bit weights; an adapter's folder is a model_name for it."""
    for call in of(tree, "FastLanguageModel.from_pretrained"):
        missing = {"load_in_4bit", "max_seq_length", "dtype", "fast_inference"} - passed(call)
        yield from (f"line {call.lineno}: FastLanguageModel.from_pretrained without {name}" for name in sorted(missing))
        names = [ast.unparse(keyword.value) for keyword in call.keywords if keyword.arg == "model_name"]
        if "adapter" not in "".join(names):
            yield f"line {call.lineno}: FastLanguageModel.from_pretrained isn't given the adapter's folder"


def an_adapter_is_attached_once(tree: ast.Module, path: str) -> Iterator[str]:
    """get_peft_model on a model that has an adapter is refused, or adds a fresh one (unslothai/unsloth#2288)."""
    for call in of(tree, "FastLanguageModel.get_peft_model", "get_peft_model", "_fresh_adapter"):
        inside = function_of(call)
        if target(call) == "get_peft_model" and getattr(inside, "name", "") == "_fresh_adapter":
            continue
        if not _guarded(call, "adapter is None"):
            yield f"line {call.lineno}: {target(call)} outside `if adapter is None` meets a model with an adapter"


def _guarded(node: ast.AST, condition: str) -> bool:
    """Whether a node stands in the body of an if with this condition."""
    while not isinstance(node, ast.Module):
        above = node.parent
        if isinstance(above, ast.If) and node in above.body and ast.unparse(above.test) == condition:
            return True
        node = above
    return False


def the_adapter_is_trainable(tree: ast.Module, path: str) -> Iterator[str]:
    """PEFT loads adapters for inference unless it is told otherwise; only merging wants that."""
    for call in of(tree, "PeftModel.from_pretrained"):
        if path == "backends/loading.py" and "is_trainable" not in passed(call):
            yield f"line {call.lineno}: PeftModel.from_pretrained without is_trainable trains nothing"


def unsloth_is_imported_first(tree: ast.Module, path: str) -> Iterator[str]:
    """It patches the others, and reads its settings, while it is imported."""
    for node in [each for each in ast.walk(tree) if isinstance(each, ast.FunctionDef)]:
        at = {name: min(lines) for name, lines in _imports(node).items()}
        late = {name for name in ("trl", "transformers", "peft") if at.get(name, 1e9) < at.get("unsloth", -1)}
        yield from (f"line {at[name]}: {node.name} imports {name} before unsloth" for name in sorted(late))
        yield from _before(node, "import_backend", ("_check_adapter", "tokenize", "_load_unsloth", "_load_portable"))
        yield from _before(node, "load_model", ("build_trainer",))
        settings = [call.lineno for call in of(node, "set_environment")]
        if node.name == "import_backend" and (not settings or settings[0] > at.get("unsloth", 0)):
            yield f"line {node.lineno}: import_backend imports unsloth before its settings are in the environment"
    early = _imports(tree).keys() & {"trl", "transformers", "peft"} if path in EARLY else set()
    yield from (f"it runs before unsloth is imported, and imports {name}" for name in sorted(early))


EARLY = ("backends/choice.py", "utils.py", "config.py", "backends/chat.py", "backends/knobs.py", "evaluate.py")


def _imports(tree: ast.AST) -> dict[str, list[int]]:
    """Package -> lines in which it is imported."""
    found: dict[str, list[int]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom) and not getattr(node, "level", 0):
            modules = [node.module] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
            for module in modules:
                found.setdefault(module.partition(".")[0], []).append(node.lineno)
    return found


def _before(node: ast.FunctionDef, first: str, later: tuple[str, ...]) -> Iterator[str]:
    """In a function that calls `first`, it comes before the calls in `later`."""
    begun = of(node, first)
    if begun:
        early = [call for call in of(node, *later) if call.lineno < begun[0].lineno]
        yield from (f"line {call.lineno}: {target(call)} is called before {first}" for call in early)


def the_reference_is_the_sft_adapter(tree: ast.Module, path: str) -> Iterator[str]:
    """Unsloth on a GPU compares with the base model, so a KL penalty is refused there."""
    if path == "train_grpo.py":
        refused, loaded = of(tree, "refuse_wrong_reference"), of(tree, "load_model")
        if not refused or refused[0].lineno > loaded[0].lineno:
            yield "a KL penalty under Unsloth on a GPU isn't refused before the model is loaded"


def callbacks_have_real_hooks(tree: ast.Module, path: str) -> Iterator[str]:
    """A misspelt hook is never called, and a misspelt argument is always None."""
    hooks, given = known("transformers.TrainerCallback", "gpu"), known("transformers.TrainerCallback.on_event", "gpu")
    for cls in (node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)):
        if "TrainerCallback" not in map(ast.unparse, cls.bases):
            continue
        for method in (node for node in cls.body if isinstance(node, ast.FunctionDef) and node.name[:3] == "on_"):
            wanted = {argument.arg for argument in (*method.args.args, *method.args.kwonlyargs)} - {"self"}
            yield from (f"{cls.name}.{method.name} gets no {name}" for name in sorted(wanted - given))
            if method.name not in hooks:
                yield f"{cls.name}.{method.name} is no hook of TrainerCallback"


def rewards_take_what_trl_gives(tree: ast.Module, path: str) -> Iterator[str]:
    """Beside the columns that train_grpo.py hands over, and those that its dialogues add."""
    given = known("trl.reward_function", "gpu") | {"gold", "database"} | {"answer", "turns"}
    for node in (each for each in ast.walk(tree) if isinstance(each, ast.FunctionDef) and each.name == "scored"):
        wanted = {argument.arg for argument in (*node.args.args, *node.args.kwonlyargs)}
        yield from (f"line {node.lineno}: a reward function gets no {name}" for name in sorted(wanted - given))


RULES: tuple[Callable[[ast.Module, str], Iterator[str]], ...] = (
    adapter_is_passed_to_the_engine,
    sampling_has_no_seed,
    only_the_trained_adapter_is_saved,
    unsloth_loads_what_is_asked_for,
    an_adapter_is_attached_once,
    the_adapter_is_trainable,
    unsloth_is_imported_first,
    the_reference_is_the_sft_adapter,
    callbacks_have_real_hooks,
    rewards_take_what_trl_gives,
)
