"""Failures that users met, with the texts they were given, become one line that names the setting to change."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from stack import REPO, TINY_GRPO, facts, run, run_python, steps

import config
from backends.chat import ChatTokenizer
from backends.failures import FAILURES, explain, reason
from text2sql.errors import UserError
from utils import run_script

LOCKED = "locks/gpu-py312.txt"

# (error, what the line must name). The texts are those of the threads in FAILURES and of the libraries' sources.
MET = [
    (
        ValueError(
            "No available memory for the cache blocks. Try increasing `gpu_memory_utilization` when initializing the "
            "engine."
        ),
        ["--model.gpu-memory", "--model.max-length"],
    ),
    (
        ValueError(
            "To serve at least one request with the model's max seq len (40960), (5.62 GiB KV cache is needed, which "
            "is larger than the available KV cache memory (3.30 GiB). Based on the available memory, the estimated "
            "maximum model length is 24016. Try increasing `gpu_memory_utilization` (which also controls CPU memory on "
            "the CPU backend) or decreasing `max_model_len` when initializing the engine."
        ),
        ["--model.gpu-memory", "--model.max-length"],
    ),
    (
        ValueError(
            "Free memory on device (31.44/47.38 GiB) on startup is less than desired GPU memory utilization (0.95, "
            "45.01 GiB). Decrease GPU memory utilization or reduce GPU memory used by other processes."
        ),
        ["--model.gpu-memory", "nvidia-smi"],
    ),
    (
        RuntimeError(
            "CUDA out of memory occurred when warming up sampler with 1024 dummy requests. Please try lowering "
            "`max_num_seqs` or `gpu_memory_utilization` when initializing the engine."
        ),
        ["--model.gpu-memory", "--eval.batch"],
    ),
    (
        RuntimeError("CUDA Error: out of memory at /workspace/csrc/cumem_allocator.cpp:62"),
        ["UNSLOTH_VLLM_STANDBY", "--model.gpu-memory"],
    ),
    (
        RuntimeError("Could not find nvcc and default cuda_home='/usr/local/cuda' doesn't exist"),
        ["VLLM_USE_FLASHINFER_SAMPLER=0", "UNSLOTH_VLLM_NO_FLASHINFER=1", "nvcc"],
    ),
    (FileNotFoundError(2, "No such file or directory", "nvcc"), ["UNSLOTH_VLLM_NO_FLASHINFER=1"]),
    (
        ImportError("/site-packages/vllm/_C.abi3.so: undefined symbol: _ZN5torch3jit17parseSchemaOrNameERKSsb"),
        ["another torch", LOCKED],
    ),
    (RuntimeError("operator torchvision::nms does not exist"), ["another torch", LOCKED]),
    (
        RuntimeError(
            "The NVIDIA driver on your system is too old (found version 11040). Please update your GPU driver by "
            "downloading and installing a new version from the URL: http://www.nvidia.com/Download/index.aspx"
        ),
        ["driver", "580"],
    ),
    (
        RuntimeError(
            "CUDA error: no kernel image is available for execution on the device\nCUDA kernel errors might be "
            "asynchronously reported at some other API call, so the stacktrace below might be incorrect."
        ),
        ["--model.backend portable", "--model.rollouts transformers"],
    ),
    (
        ValueError(
            "Bfloat16 is only supported on GPUs with compute capability of at least 8.0. Your Tesla T4 GPU has compute "
            "capability 7.5. You can use float16 instead by explicitly setting the`dtype` flag in CLI, for example: "
            "--dtype=half."
        ),
        ["--model.dtype float32"],
    ),
    (
        RuntimeError(
            "The server socket has failed to listen on any local network address. port: 12345, useIpv6: false, code: "
            "-98, name: EADDRINUSE, message: address already in use"
        ),
        ["MASTER_PORT"],
    ),
    (
        ImportError(
            "Using `bitsandbytes` 4-bit quantization requires bitsandbytes: `pip install -U bitsandbytes>=0.46`"
        ),
        ["--model.load-in-4bit", LOCKED],
    ),
    (
        OSError(
            "You are trying to access a gated repo.\nMake sure to have access to it at "
            "https://huggingface.co/google/gemma-7b.\n401 Client Error."
        ),
        ["gated", "HF_TOKEN"],
    ),
    (
        OSError(
            "We couldn't connect to 'https://huggingface.co' to load the files, and couldn't find them in the cached "
            "files.\nCheck your internet connection"
        ),
        ["folder", "HF_HUB_OFFLINE"],
    ),
    (
        OSError(
            "nobody/nothing is not a local folder and is not a valid model identifier listed on "
            "'https://huggingface.co/models'\nIf this is a private repository, make sure to pass a token"
        ),
        ["no such model", "HF_TOKEN"],
    ),
    (OSError(28, "No space left on device"), ["disk", "--outputs"]),
    (
        RuntimeError(
            "Engine core initialization failed. See root cause above. Failed core proc(s): {'EngineCore_0': 1}"
        ),
        ["lines above", "VLLM_ENABLE_V1_MULTIPROCESSING=0"],
    ),
]


@pytest.mark.parametrize(
    ("error", "named"), MET, ids=lambda value: str(value)[:30] if not isinstance(value, list) else ""
)
def test_a_known_failure_is_one_line_with_its_remedy(error, named):
    line = explain(error)
    assert line and "\n" not in line and len(line) < 500
    assert [name for name in named if name not in line] == []
    assert str(error).splitlines()[0][:60] in line, "the library's own words are kept"


def test_each_known_failure_is_met_above_or_is_memory_and_has_a_source():
    texts = [f"{type(error).__name__}: {error}" for error, _ in MET]
    unmet = [known for known in FAILURES if not any(re.search(known.pattern, text) for text in texts)]
    assert all("{knobs}" in known.remedy or "CPU" in known.pattern for known in unmet)
    assert all(known.source for known in FAILURES)


@pytest.mark.parametrize("known", FAILURES, ids=lambda known: known.pattern[:30])
def test_the_flags_of_a_remedy_exist(known):
    flags = set(re.findall(r"--([a-z]+\.[a-z0-9-]+)", known.remedy))
    assert {flag.replace("-", "_") for flag in flags} <= set(config.flat(config.Config()))


@pytest.mark.parametrize("link", ["cause", "context"])
def test_causes_are_looked_at_before_a_general_error(link):
    """vLLM wraps what happened into an error that says nothing."""
    try:
        try:
            raise ValueError("No available memory for the cache blocks. Try increasing `gpu_memory_utilization`.")
        except ValueError as inner:
            if link == "cause":
                raise RuntimeError("Engine core initialization failed. See root cause above.") from inner
            raise RuntimeError("Engine core initialization failed. See root cause above.")  # noqa: B904
    except RuntimeError as error:
        assert "--model.gpu-memory" in explain(error)


def test_a_circle_of_causes_ends():
    one, other = ValueError("one"), ValueError("other")
    one.__cause__, other.__cause__ = other, one
    assert explain(one) is None


@pytest.mark.parametrize(
    "error",
    [ValueError("shapes (2, 3) and (4, 5) not aligned"), KeyError("vllm"), RuntimeError("CUDA error: misaligned")],
)
def test_what_is_not_known_is_not_explained(error):
    assert explain(error) is None


def test_a_users_mistake_speaks_for_itself():
    assert explain(UserError("model.load_in_4bit: install bitsandbytes")) is None


def test_a_gated_model_is_named_with_what_to_do(monkeypatch):
    """The hub's own first line says neither that it is gated nor what to do."""
    hub = pytest.importorskip("huggingface_hub")
    text = (
        "401 Client Error. (Request ID: abc)\n\nCannot access gated repo for url https://huggingface.co/a/gated/x.json."
    )

    def refuse(*_: object) -> None:
        raise OSError(text)

    monkeypatch.setattr(hub, "hf_hub_download", refuse)
    with pytest.raises(UserError) as caught:
        ChatTokenizer.load("a/gated")
    assert str(caught.value).startswith("model.name: can't read tokenizer.json of a/gated (this model is gated: ")
    assert "HF_TOKEN" in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["something else\nin two lines", ""])
def test_an_unknown_reason_is_the_errors_first_line(text):
    assert reason(ValueError(text)) == (text.split("\n")[0] or "ValueError")


def raised(script: str, *calls: str) -> Exception:
    """Out of memory at the end of the given chain of calls, in a script's own file."""
    torch = pytest.importorskip("torch")
    text = "CUDA out of memory. Tried to allocate 1.16 GiB. GPU 0 has a total capacity of 23.64 GiB."
    lines = [f"def {name}():\n    {after}()" for name, after in zip(calls, calls[1:], strict=False)]
    source = "\n".join([*lines, f"def {calls[-1]}():\n    raise Full(text)", f"{calls[0]}()"])
    try:
        exec(compile(source, f"/home/me/{script}", "exec"), {"Full": torch.OutOfMemoryError, "text": text})
    except torch.OutOfMemoryError as error:
        return error
    raise AssertionError


PLACES = [
    (
        "train_sft.py",
        ("main", "run_trainer", "training_step", "backward"),
        "in the update (sft)",
        "--sft.questions-per-pass",
    ),
    (
        *("train_grpo.py", ("main", "run_trainer", "training_step", "_prepare_inputs", "_generate", "forward")),
        *("in the rollouts (grpo)", "--model.gpu-memory"),
    ),
    (
        *(
            "train_grpo.py",
            ("run_trainer", "training_step", "_generate_and_score", "_get_per_token_logps_and_entropies"),
        ),
        *("in the update (grpo)", "--grpo.completions-per-pass"),
    ),
    ("train_grpo.py", ("main", "train", "load_model"), "while the model is loaded (grpo)", "--model.name"),
    ("evaluate.py", ("main", "generate"), "in the evaluation", "--eval.batch"),
]


@pytest.mark.parametrize(("script", "calls", "place", "knob"), PLACES)
def test_out_of_memory_says_where_and_which_knob(script, calls, place, knob):
    line = explain(raised(script, *calls))
    assert line.startswith(f"GPU memory is full {place}: ") and knob in line and "--model.load-in-4bit" in line
    assert "1.16 GiB" in line
    assert ("Checkpoints are kept" in line) == ("run_trainer" in calls)
    flags = re.findall(r"--([a-z]+\.[a-z0-9-]+)", line)
    assert {flag.replace("-", "_") for flag in flags} <= set(config.flat(config.Config()))


def test_this_machines_own_allocator_is_understood():
    torch = pytest.importorskip("torch")
    with pytest.raises(RuntimeError) as caught:
        torch.empty(2**50)
    assert explain(caught.value).startswith("this machine's memory is full: lower ")


def test_a_known_failure_ends_a_script_with_one_line_and_an_unknown_one_with_its_traceback(
    tmp_path, capsys, monkeypatch
):
    monkeypatch.chdir(tmp_path)

    def known() -> None:
        raise RuntimeError("Could not find nvcc")

    with pytest.raises(SystemExit) as ended:
        run_script(known)
    assert ended.value.code == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("error: FlashInfer compiles its kernels")

    def unknown() -> None:
        raise RuntimeError("never seen before")

    with pytest.raises(RuntimeError, match="never seen before"):
        run_script(unknown)


PLANT = """
import runpy
import utils
run_trainer = utils.run_trainer

def plant(trainer, *rest):
    import torch
    step = trainer.training_step

    def training_step(*args, **kwargs):
        if trainer.state.global_step == 2:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 1.16 GiB.")
        return step(*args, **kwargs)

    trainer.training_step = training_step
    return run_trainer(trainer, *rest)

utils.run_trainer = plant
script = sys.argv[1]
del sys.argv[0]
runpy.run_path(script, run_name="__main__")
"""


@pytest.mark.slow
def test_out_of_memory_keeps_the_checkpoints_and_the_changed_command_goes_on(sft_tiny, tmp_path):
    """What the line advises works: half as many completions in a pass, from the last checkpoint to the end."""
    shutil.copytree(sft_tiny.folder, tmp_path / "outputs" / "demo")
    call = ("demo", "--outputs", "outputs", *TINY_GRPO, "--grpo.steps", 4, "--grpo.save-every", 2)
    done = run_python(PLANT, Path(REPO, "train_grpo.py"), *call, cwd=tmp_path, code=1)
    last = done.stderr.splitlines()[-1]
    assert last.startswith("error: GPU memory is full in the update (grpo): lower --grpo.completions-per-pass")
    assert "Traceback" not in done.stderr and "Checkpoints are kept" in last
    again = run("train_grpo.py", *call, "--grpo.completions-per-pass", 4, cwd=tmp_path)
    stage = tmp_path / "outputs" / "demo" / "grpo"
    assert "going on from outputs/demo/grpo/checkpoint-2\n" in again.stdout
    assert [line["step"] for line in steps(stage)] == [1, 2, 3, 4] and facts(stage)["steps"] == 4
