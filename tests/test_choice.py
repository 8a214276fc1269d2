"""Which backend, device, precision and rollout engine a machine gets, for every machine; and what stands in the way."""

from __future__ import annotations

import itertools
import os
import sys
from dataclasses import replace

import pytest
from stack import run_python

from backends import choice, loading
from backends.choice import Machine, Plan, choose
from backends.generation import Sampling, generate
from config import Model
from text2sql.errors import UserError

ALL = frozenset(choice.PROBED)
H100 = Machine(cuda=True, bfloat16=True, memory_gb=79, processes=1, packages=ALL)
LAPTOP = Machine(cuda=False, bfloat16=False, memory_gb=0, processes=1, packages=frozenset({"unsloth", "vllm"}))
AUTO = Model()

MACHINES = [
    Machine(cuda, True, 79 if cuda else 0, processes, frozenset(installed))
    for cuda, processes in itertools.product((True, False), (1, 2))
    for installed in ((), ("unsloth",), ("vllm",), ("unsloth", "vllm"))
]


def name(machine: Machine) -> str:
    where = "cuda" if machine.cuda else "cpu"
    return "-".join([where, str(machine.processes), *sorted(machine.packages)])


@pytest.mark.parametrize("machine", MACHINES, ids=name)
def test_every_machine_gets_the_best_that_it_can_run(machine):
    found = choose(AUTO, machine)
    unsloth = "unsloth" in machine.packages and machine.processes == 1
    assert found.backend == ("unsloth" if unsloth else "portable")
    assert found.device == ("cuda" if machine.cuda else "cpu")
    assert found.vllm == ("vllm" in machine.packages)
    said = str(found)
    assert "\n" not in said and found.backend in said and found.device in said
    reason = f"{machine.processes} processes" if machine.processes > 1 else "installed"
    assert reason in found.why
    assert found.vllm or "because vLLM isn't installed" in said


@pytest.mark.parametrize("machine", MACHINES, ids=name)
@pytest.mark.parametrize("backend", ["unsloth", "portable"])
def test_a_named_backend_is_taken_or_refused(machine, backend):
    model = replace(AUTO, backend=backend)
    if backend == "unsloth" and "unsloth" not in machine.packages:
        with pytest.raises(UserError, match=r"model\.backend: unsloth isn't installed; take --model\.backend port"):
            choose(model, machine)
        return
    found = choose(model, machine)
    assert (found.backend, found.why) == (backend, "asked for by --model.backend")


@pytest.mark.parametrize("machine", MACHINES, ids=name)
@pytest.mark.parametrize("rollouts", ["vllm", "transformers"])
def test_a_named_rollout_engine_is_taken_or_refused(machine, rollouts):
    model = replace(AUTO, rollouts=rollouts)
    if rollouts == "vllm" and "vllm" not in machine.packages:
        with pytest.raises(UserError, match=r"model\.rollouts: vLLM isn't installed; .*--model\.rollouts trans"):
            choose(model, machine)
        return
    found = choose(model, machine)
    assert found.vllm == (rollouts == "vllm")
    assert found.vllm or "as asked for by --model.rollouts" in str(found)


def test_precision_follows_the_hardware_unless_it_is_named():
    assert choose(AUTO, H100).dtype == choose(AUTO, replace(LAPTOP, bfloat16=True)).dtype == "bfloat16"
    assert choose(AUTO, LAPTOP).dtype == choose(replace(AUTO, dtype="float32"), H100).dtype == "float32"


@pytest.mark.parametrize("machine", [replace(H100, bfloat16=False), H100], ids=["old", "new"])
def test_float32_on_a_gpu_is_for_the_portable_backend(machine):
    """Unsloth would compute in half precision all the same."""
    model = replace(AUTO, dtype="float32")
    found = choose(model, machine)
    assert found.backend == "portable" and "not in float32" in found.why
    with pytest.raises(UserError, match=r"model\.backend: .*float32; take --model\.backend portable"):
        choose(replace(model, backend="unsloth"), machine)
    assert choose(replace(model, backend="unsloth"), LAPTOP).backend == "unsloth"


FOUR_BIT = replace(AUTO, load_in_4bit=True)


def test_4_bit_weights_on_a_gpu_are_shared_with_vllm_by_unsloth():
    found = choose(FOUR_BIT, H100)
    assert (found.backend, found.rollouts) == ("unsloth", "vLLM")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"cuda": False}, r"model\.load_in_4bit: 4-bit weights need a GPU; drop the flag"),
        ({"packages": ALL - {"bitsandbytes"}}, r"model\.load_in_4bit: bitsandbytes isn't installed; pip install"),
    ],
)
@pytest.mark.parametrize("backend", ["unsloth", "portable"])
def test_4_bit_weights_are_refused_where_they_cant_be_had(change, words, backend):
    machine, model = replace(H100, **change), replace(FOUR_BIT, backend=backend)
    with pytest.raises(UserError, match=words):
        choose(model, machine)
    assert choose(model, machine, training=False).vllm, "an adapter that was trained on them is evaluated anywhere"


@pytest.mark.parametrize(
    ("backend", "packages", "reason"),
    [
        ("unsloth", ALL - {"vllm_bnb_plugin"}, "vLLM needs vllm-bnb-plugin for 4-bit weights"),
        ("portable", ALL, "vLLM can't follow 4-bit weights outside Unsloth"),
    ],
)
def test_4_bit_rollouts_that_vllm_cant_draw_are_drawn_by_transformers(backend, packages, reason):
    machine, model = replace(H100, packages=packages), replace(FOUR_BIT, backend=backend)
    found = choose(model, machine)
    assert not found.vllm and f"because {reason}" in str(found)
    with pytest.raises(UserError, match=f"model.rollouts: {reason}"):
        choose(replace(model, rollouts="vllm"), machine)


def test_standby_is_named_and_refused_on_a_small_gpu():
    found = choose(AUTO, replace(H100, standby=True))
    assert "UNSLOTH_VLLM_STANDBY overrides model.gpu_memory" in found.why
    small = replace(H100, memory_gb=23.6, standby=True)
    with pytest.raises(UserError, match="UNSLOTH_VLLM_STANDBY: .* 24 GiB; unset it"):
        choose(AUTO, small)
    assert choose(AUTO, small, training=False).vllm and choose(AUTO, replace(small, standby=False)).vllm


# --- what is set before the libraries are imported ------------------------------------------------------------------

NAMES = (
    *(
        "UNSLOTH_DISABLE_STATISTICS",
        "UNSLOTH_VLLM_STANDBY",
        "UNSLOTH_VLLM_NO_FLASHINFER",
        "VLLM_USE_FLASHINFER_SAMPLER",
    ),
    *("VLLM_NO_USAGE_STATS", "TOKENIZERS_PARALLELISM", "PYTORCH_ALLOC_CONF", *loading.vllm_cpu.SETTINGS),
)


@pytest.fixture
def settings(monkeypatch):
    """What a call leaves in the environment, which starts without any of NAMES and is put back."""
    for each in NAMES:
        monkeypatch.setenv(each, "")
        monkeypatch.delenv(each)
    return lambda: {each: os.environ[each] for each in NAMES if each in os.environ}


def planned(device: str) -> Plan:
    return Plan("unsloth", device, "bfloat16", "vLLM", "test")


@pytest.mark.parametrize("nvcc", [True, False])
def test_a_gpu_gets_no_standby_and_flashinfer_only_with_nvcc(settings, monkeypatch, nvcc):
    monkeypatch.setattr(loading, "has_nvcc", lambda: nvcc)
    loading.set_environment(planned("cuda"))
    found = settings()
    assert found["UNSLOTH_VLLM_STANDBY"] == "0" and found["UNSLOTH_DISABLE_STATISTICS"] == "1"
    without = {"UNSLOTH_VLLM_NO_FLASHINFER": "1", "VLLM_USE_FLASHINFER_SAMPLER": "0"}
    assert {each: found[each] for each in without if each in found} == ({} if nvcc else without)
    assert not set(found) & set(loading.vllm_cpu.SETTINGS)


def test_the_users_own_settings_win(settings, monkeypatch):
    monkeypatch.setenv("UNSLOTH_VLLM_STANDBY", "1")
    monkeypatch.setenv("UNSLOTH_VLLM_NO_FLASHINFER", "0")
    loading.set_environment(planned("cuda"))
    assert settings()["UNSLOTH_VLLM_STANDBY"] == "1" and settings()["UNSLOTH_VLLM_NO_FLASHINFER"] == "0"


def test_a_cpu_gets_vllms_settings_for_one(settings):
    loading.set_environment(planned("cpu"))
    assert loading.vllm_cpu.SETTINGS.items() <= settings().items()
    assert "UNSLOTH_VLLM_STANDBY" not in settings()


@pytest.mark.parametrize(("asked", "expected"), [(None, "expandable_segments:True"), ("0", "expandable_segments:True")])
def test_memory_segments_may_grow(settings, monkeypatch, asked, expected):
    if asked is not None:
        monkeypatch.setenv("UNSLOTH_VLLM_STANDBY", asked)
    choice.set_allocator()
    assert settings()["PYTORCH_ALLOC_CONF"] == expected


def test_standby_excludes_segments_that_grow(settings, monkeypatch):
    monkeypatch.setenv("UNSLOTH_VLLM_STANDBY", "1")
    choice.set_allocator()
    assert "PYTORCH_ALLOC_CONF" not in settings() and choice.standby()


def test_nvcc_is_looked_for_in_cudas_home(monkeypatch, tmp_path):
    monkeypatch.setattr(choice.shutil, "which", lambda program: None)
    monkeypatch.setenv("CUDA_HOME", str(tmp_path))
    monkeypatch.delenv("CUDA_PATH", raising=False)
    usual = os.path.isfile("/usr/local/cuda/bin/nvcc")
    assert choice.has_nvcc() == usual
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "nvcc").touch()
    assert choice.has_nvcc()


def test_the_probe_finds_what_is_here(monkeypatch, settings):
    torch = pytest.importorskip("torch")
    monkeypatch.setenv("WORLD_SIZE", "3")
    found = choice.probe()
    assert (found.cuda, found.processes) == (torch.cuda.is_available(), 3)
    assert (found.memory_gb > 0) == found.cuda
    assert found.packages <= ALL


# --- what is installed and broken -----------------------------------------------------------------------------------


def broken(tmp_path, monkeypatch, package: str, error: str) -> None:
    """A package that is found, and raises when it is imported."""
    (tmp_path / package).mkdir()
    (tmp_path / package / "__init__.py").write_text(f"raise {error}\n")
    monkeypatch.syspath_prepend(tmp_path)
    for loaded in [each for each in sys.modules if each.partition(".")[0] == package]:
        monkeypatch.delitem(sys.modules, loaded)


ERRORS = [
    "ImportError('libcudart.so.13: cannot open shared object file\\nmore')",
    "RuntimeError('operator torchvision::nms does not exist')",
]


@pytest.mark.parametrize("error", ERRORS)
@pytest.mark.parametrize(
    ("package", "load", "field"),
    [
        ("unsloth", lambda: loading.import_backend(planned("cuda")), "model.backend"),
        ("vllm", loading.import_vllm, "model.rollouts"),
    ],
)
def test_a_broken_package_is_explained_in_one_line(tmp_path, monkeypatch, settings, package, load, field, error):
    broken(tmp_path, monkeypatch, package, error)
    with pytest.raises(UserError) as caught:
        load()
    said, (kind, _, rest) = str(caught.value), error.partition("('")
    assert said.startswith(f"{field}: {package} is installed but can't be imported ({kind}: {rest[:20]}")
    assert "\n" not in said and "locks/" in said and f"--{field} " in said


def test_evaluation_is_refused_in_several_processes(monkeypatch, settings):
    monkeypatch.setenv("WORLD_SIZE", "2")
    with pytest.raises(UserError, match="WORLD_SIZE: evaluation takes 1 process, not 2; start it as python"):
        generate("nowhere", planned("cuda"), [], Sampling())


# --- adapters -------------------------------------------------------------------------------------------------------


@pytest.fixture
def adapter(tmp_path):
    """Makes a folder that looks like an adapter of a base model."""

    def make(base: str, rank: int = 8):
        (tmp_path / "adapter_config.json").write_text(f'{{"base_model_name_or_path": "{base}", "r": {rank}}}')
        (tmp_path / "adapter_model.safetensors").write_bytes((2).to_bytes(8, "little") + b"{}")
        return tmp_path

    return make


QWEN = "unsloth/Qwen3-4B-Instruct-2507"


@pytest.mark.parametrize(
    "recorded",
    [QWEN, "Qwen/Qwen3-4B-Instruct-2507", f"{QWEN}-unsloth-bnb-4bit", f"{QWEN}-bnb-4bit".lower(), "/models/" + QWEN],
)
def test_an_adapter_fits_its_model_under_the_names_that_unsloth_gives_it(adapter, recorded):
    """Unsloth trains its own 4-bit copy of a model, and the adapter records that one's name."""
    loading._check_adapter(adapter(recorded), QWEN, rank=8)


@pytest.mark.parametrize("recorded", ["unsloth/Qwen3-4B-bnb-4bit", "unsloth/Qwen3-8B-Instruct-2507"])
def test_an_adapter_of_another_model_is_refused(adapter, recorded):
    with pytest.raises(UserError, match="this adapter was trained on"):
        loading._check_adapter(adapter(recorded), QWEN, rank=8)


def test_a_whole_model_beside_the_adapter_is_refused(adapter):
    folder = adapter(QWEN)
    (folder / "config.json").write_text("{}")
    with pytest.raises(UserError, match=r"config\.json: an adapter's folder must hold no whole model; move this file"):
        loading._check_adapter(folder, QWEN, rank=8)


@pytest.mark.slow
def test_unsloth_is_the_first_library_that_a_script_imports(sft_tiny, tmp_path):
    """It patches the others. Training runs to its end, so that every import has happened."""
    source = """
import importlib.abc

first = []

class Recorder(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name in ("unsloth", "trl", "transformers", "peft") and name not in first:
            first.append(name)

sys.meta_path.insert(0, Recorder())
import train_grpo, utils
sys.argv = ["train_grpo.py", *sys.argv[1:]]
utils.run_script(train_grpo.main)
print("imported in this order:", *first)
"""
    done = run_python(
        source,
        *("demo", "--outputs", tmp_path, *sft_tiny.settings, "--grpo.adapter", sft_tiny.folder / "sft"),
        *("--grpo.steps", 1, "--grpo.questions-per-step", 1, "--grpo.completions-per-question", 2),
        *("--grpo.completions-per-pass", 2, "--grpo.max-completion-tokens", 8),
        cwd=tmp_path / "cwd",
    )
    order = done.stdout.rpartition("imported in this order: ")[2].split()
    assert order[0] == "unsloth" and set(order) == {"unsloth", "trl", "transformers", "peft"}
