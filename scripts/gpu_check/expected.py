"""What the project expects a stage to need of a GPU's memory."""

from __future__ import annotations

from pathlib import Path

import config
from backends import cards, memory, shapes


def gib(stage: str, config_file: Path, way: str) -> float | None:
    """GiB of GPU memory that the stage should need; None where the model's shape isn't known."""
    values, card = config.load(config_file), cards.smallest()
    shape = shapes.shape_of(values.model.name)
    return memory.estimate(stage, values, shape, way, card.gib).total if shape and card else None
