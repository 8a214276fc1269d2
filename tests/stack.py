"""What the slow tests share: the commands that users type, run as subprocesses, and readers of what they leave."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

REPO = Path(__file__).parents[1]
DEMO = REPO / "spider_data" / "demo"
SECONDS = 540
"""Longest command; a hung one fails its test with its output."""

# float32 so that every machine computes the same; tests of the automatic choice are elsewhere.
EXACT = ("--model.dtype", "float32")

# A tiny model on few questions: an epoch is 4 steps, so 6 steps cross its end.
TINY_SFT = (
    *("--data.train-limit", "16", "--sft.questions-per-step", "4", "--sft.questions-per-pass", "2"),
    *("--sft.steps", "6", "--sft.save-every", "2", "--sft.log-every", "1", "--sft.learning-rate", "5e-3"),
)
TINY_GRPO = (
    *("--grpo.questions-per-step", "2", "--grpo.completions-per-question", "4", "--grpo.completions-per-pass", "8"),
    *("--grpo.max-completion-tokens", "12", "--grpo.rewards", "execution", "stack.letters"),
)


@dataclass(frozen=True)
class Run:
    """A run that commands made: its folder, where they ran, and what the last one said."""

    folder: Path
    cwd: Path
    done: Done
    settings: tuple[str, ...]


@dataclass(frozen=True)
class Done:
    """A command that ended."""

    code: int
    stdout: str
    stderr: str


def letters(score) -> float:
    """A user's own reward, by its dotted path: it differs within a group even where a model only writes broken SQL."""
    return len(score.sql) % 7 / 7


def environment(**extra: str) -> dict[str, str]:
    """A quiet environment without keys: one thread, no network, tests/ importable."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("WANDB", "TEXT2SQL"))}
    kept |= {"OMP_NUM_THREADS": "1", "OMP_WAIT_POLICY": "PASSIVE", "HF_HUB_OFFLINE": "1", "COLUMNS": "120"}
    paths = [path for path in (extra.pop("PYTHONPATH", ""), str(REPO / "tests")) if path]
    return kept | {"PYTHONPATH": os.pathsep.join(paths)} | extra


def start(script: str, *args: object, cwd: Path, **extra: str) -> subprocess.Popen:
    """Start a script in `cwd`, in a process group of its own as a terminal does, its output in files of `cwd`."""
    cwd.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, str(REPO / script), *map(str, args)]
    with (cwd / "stdout.txt").open("w") as out, (cwd / "stderr.txt").open("w") as err:
        return subprocess.Popen(
            command,
            cwd=cwd,
            env=environment(**extra),
            stdout=out,
            stderr=err,
            text=True,
            start_new_session=True,
            preexec_fn=_hear_ctrl_c,
        )


def _hear_ctrl_c() -> None:
    """What a shell starts in the background ignores it, and so would all that is started from there."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def wait(process: subprocess.Popen, cwd: Path) -> Done:
    """The end of a process that start() began; one that hangs is killed."""
    try:
        code = process.wait(SECONDS)
    except BaseException:
        os.killpg(process.pid, signal.SIGKILL)
        raise
    return Done(code, (cwd / "stdout.txt").read_text(), (cwd / "stderr.txt").read_text())


def run(script: str, *args: object, cwd: Path, code: int = 0, **extra: str) -> Done:
    """Run a script to its end; AssertionError with its last output when it doesn't exit with `code`."""
    done = wait(start(script, *args, cwd=cwd, **extra), cwd)
    assert done.code == code, f"{script} {args} exited with {done.code}\n{done.stdout[-3000:]}\n{done.stderr[-5000:]}"
    return done


def run_python(source: str, *args: object, cwd: Path, code: int = 0, **extra: str) -> Done:
    """Run Python source that imports the project."""
    cwd.mkdir(parents=True, exist_ok=True)
    file = cwd / "source.py"
    file.write_text(f"import sys\nsys.path.insert(0, {str(REPO)!r})\n{source}")
    return run(str(file), *args, cwd=cwd, code=code, **extra)


def stop_at(process: subprocess.Popen, file: Path, number: signal.Signals) -> None:
    """Send a signal to the process's group as soon as a file is there and holds whole JSON."""
    deadline = time.monotonic() + SECONDS
    while not _is_json(file):
        assert process.poll() is None, f"the command ended with {process.returncode} before {file} was there"
        assert time.monotonic() < deadline, f"{file} never came"
        time.sleep(0.02)
    os.killpg(process.pid, number)


def _is_json(file: Path) -> bool:
    try:
        json.loads(file.read_text())
    except (OSError, ValueError):
        return False
    return True


def steps(folder: Path) -> list[dict]:
    """The log lines of training steps, without the summary at the end."""
    return [line for line in lines(folder) if "loss" in line]


def lines(folder: Path) -> list[dict]:
    """Everything that a stage logged."""
    return [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]


def facts(folder: Path) -> dict:
    """stage.json of a finished stage."""
    return json.loads((folder / "stage.json").read_text())


def weights(folder: Path) -> dict:
    """Name -> float32 array of a saved adapter."""
    from safetensors.numpy import load_file

    return load_file(folder / "adapter_model.safetensors")


def completions(folder: Path, step: int) -> dict[str, list]:
    """The columns that TRL kept of a step's rollouts."""
    import pyarrow.parquet as parquet

    return parquet.read_table(folder / "completions" / f"completions_{step:05d}.parquet").to_pydict()


@pytest.fixture(scope="session")
def sft_real(tmp_path_factory) -> Run:
    """SFT of the embedded SmolLM2 for 3 steps of 4 questions on the demo data."""
    cwd = tmp_path_factory.mktemp("sft_real")
    settings = ("--sft.questions-per-step", "4", "--sft.questions-per-pass", "4", "--sft.log-every", "1")
    where = ("--outputs", "outputs", "--data.root", DEMO)
    done = run("train_sft.py", "demo", *where, *EXACT, *settings, "--sft.steps", 3, cwd=cwd)
    return Run(cwd / "outputs" / "demo", cwd, done, settings)


@pytest.fixture(scope="session")
def sft_tiny(tiny_model, tmp_path_factory) -> Run:
    """SFT of the tiny model for 6 steps without interruption."""
    cwd = tmp_path_factory.mktemp("sft_tiny")
    settings = ("--model.name", str(tiny_model), "--data.root", str(DEMO), *EXACT, *TINY_SFT)
    done = run("train_sft.py", "demo", "--outputs", "outputs", *settings, cwd=cwd)
    return Run(cwd / "outputs" / "demo", cwd, done, settings)
