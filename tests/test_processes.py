"""Several training processes: the portable backend, the same batch spread over them, files written once."""

from __future__ import annotations

import subprocess
import sys

import pytest
from stack import REPO, SECONDS, environment, facts, steps


def launch(script: str, *args: object, cwd) -> str:
    """Run a script in two processes as torchrun does; its output."""
    command = [sys.executable, "-m", "torch.distributed.run", "--nproc_per_node", "2", "--", str(REPO / script)]
    done = subprocess.run(
        [*command, *map(str, args)], cwd=cwd, env=environment(), capture_output=True, text=True, timeout=SECONDS
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return done.stdout


@pytest.mark.slow
def test_two_processes_train_as_one_does(sft_tiny, tmp_path):
    """Two processes with a question each a pass see the batches of one process, so losses agree step by step."""
    settings = (*sft_tiny.settings, "--sft.questions-per-pass", "1")
    said = launch("train_sft.py", "demo", "--outputs", tmp_path, *settings, cwd=tmp_path)
    alone, together = steps(sft_tiny.folder / "sft"), steps(tmp_path / "demo" / "sft")
    assert "portable" in said and "2 processes" in said
    assert facts(tmp_path / "demo" / "sft")["backend"] == "portable"
    assert [line["step"] for line in together] == [line["step"] for line in alone]
    assert [line["loss"] for line in together] == pytest.approx([line["loss"] for line in alone], abs=2e-3)
