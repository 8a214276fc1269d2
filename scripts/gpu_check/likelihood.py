"""Log-probabilities of recorded completions under the base model and under adapters merged into it, by Transformers.

python -m scripts.gpu_check.likelihood MODEL DTYPE RECORD.json STEP [ADAPTER ...]

Prints a JSON list: for the base model, then for each adapter, the log-probability of every token of every completion.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path


def main() -> None:
    model, dtype, record, step, *adapters = sys.argv[1:]
    rollouts = json.loads(Path(record).read_text(encoding="utf-8"))["steps"][int(step)]
    pairs = list(zip(rollouts["prompts"], rollouts["completions"], strict=True))
    print(json.dumps([logprobs(model, dtype, adapter, pairs) for adapter in (None, *adapters)]))


def logprobs(base: str, dtype: str, adapter: str | None, pairs: list[tuple[list[int], list[int]]]) -> list[list[float]]:
    """Of each token of each completion after its prompt, at temperature 1."""
    import torch

    model = load(base, dtype, adapter)
    found = []
    for prompt, completion in pairs:
        ids = torch.tensor([[*prompt, *completion]], device=model.device)
        with torch.inference_mode():
            logits = model(ids).logits[0, len(prompt) - 1 : -1].float()
        found.append(logits.log_softmax(-1).gather(-1, ids[0, len(prompt) :, None])[:, 0].tolist())
    return found


def load(base: str, dtype: str, adapter: str | None):
    """The model in Transformers, the adapter merged."""
    import torch
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    device = "cuda" if torch.cuda.is_available() else "cpu"
    model = AutoModelForCausalLM.from_pretrained(base, dtype=getattr(torch, dtype)).to(device).eval()
    return PeftModel.from_pretrained(model, adapter).merge_and_unload() if adapter else model


if __name__ == "__main__":
    main()
