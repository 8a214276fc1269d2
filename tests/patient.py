"""Run a script of the project with a pause after each training step, in which a test can stop it.

python tests/patient.py train_sft.py demo ...
"""

from __future__ import annotations

import runpy
import sys
import time
from pathlib import Path

REPO = Path(__file__).parents[1]
SECONDS = 2.0


def main() -> None:
    script = str(REPO / sys.argv[1])
    sys.argv[:2] = [script]
    sys.path.insert(0, str(REPO))
    import utils

    run_trainer = utils.run_trainer

    def patiently(trainer, *rest):
        from transformers import TrainerCallback

        class Pause(TrainerCallback):
            def on_step_begin(self, *_: object, **__: object) -> None:
                time.sleep(SECONDS)

        trainer.add_callback(Pause())
        return run_trainer(trainer, *rest)

    utils.run_trainer = patiently
    runpy.run_path(script, run_name="__main__")


if __name__ == "__main__":
    main()
