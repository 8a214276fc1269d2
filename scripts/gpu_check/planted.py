"""Run train_grpo.py with a mistake that many runs had: it must be refused before anything is trained.

python -m scripts.gpu_check.planted inference|fresh SCRIPT [ARGUMENT ...]
"""

from __future__ import annotations

import runpy
import sys


def _for_inference(model) -> None:
    """The adapter is attached, but nothing of it is trained."""
    model.requires_grad_(False)


def _fresh(model) -> None:
    """Another adapter of the same shape is attached, as get_peft_model would make it."""
    for name, tensor in model.named_parameters():
        if "lora_B" in name:
            tensor.data.zero_()


MISTAKES = {
    "inference": (_for_inference, "the adapter is loaded for inference only"),
    "fresh": (_fresh, "a fresh adapter was attached"),
}
"""Name -> what is done to the loaded model, and what the refusal must say."""


def main() -> None:
    from backends import loading

    spoil, _ = MISTAKES[sys.argv[1]]
    sys.argv[:] = sys.argv[2:]
    load_model = loading.load_model

    def spoiled(*args, **kwargs):
        loaded = load_model(*args, **kwargs)
        spoil(loaded.model)
        return loaded

    loading.load_model = spoiled
    runpy.run_path(sys.argv[0], run_name="__main__")


if __name__ == "__main__":
    main()
