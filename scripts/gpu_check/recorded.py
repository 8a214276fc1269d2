"""Run a training script and keep its rollouts token by token, and what kind of layers its model has.

python -m scripts.gpu_check.recorded RECORD.json PAUSE SCRIPT [ARGUMENT ...]

PAUSE is how many seconds to wait after each step, in which a test can end the script.
"""

from __future__ import annotations

import json
import runpy
import sys
import time
from collections import Counter
from pathlib import Path


def main() -> None:
    import utils

    path, pause = Path(sys.argv[1]), float(sys.argv[2])
    sys.argv[:] = sys.argv[3:]
    run_trainer = utils.run_trainer

    def recording(trainer, *rest):
        _record(trainer, path)
        _pause(trainer, pause)
        return run_trainer(trainer, *rest)

    utils.run_trainer = recording
    runpy.run_path(sys.argv[0], run_name="__main__")


def _record(trainer, path: Path) -> None:
    """Write the model's kinds of layers at once, and the rollouts of each step when they are there."""
    kinds = Counter(type(module).__name__ for module in trainer.model.modules())
    record = {"layers": dict(kinds), "steps": []}
    path.write_text(json.dumps(record), encoding="utf-8")
    generate = getattr(trainer, "_generate", None)
    if generate is None:
        return

    def kept(*args, **kwargs):
        output = generate(*args, **kwargs)
        record["steps"].append({"prompts": output[0], "completions": output[1], "logprobs": _numbers(output[4])})
        path.write_text(json.dumps(record), encoding="utf-8")
        return output

    trainer._generate = kept


def _numbers(rows) -> list[list[float]] | None:
    """An engine's log-probabilities; None where it tells none, or not of all tokens."""
    try:
        return [[float(value) for value in row] for row in rows]
    except TypeError:
        return None


def _pause(trainer, seconds: float) -> None:
    from transformers import TrainerCallback

    class Pause(TrainerCallback):
        def on_step_begin(self, *_: object, **__: object) -> None:
            time.sleep(seconds)

    if seconds:
        trainer.add_callback(Pause())


if __name__ == "__main__":
    main()
