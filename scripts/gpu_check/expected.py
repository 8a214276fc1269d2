"""What the project expects a stage to need of a GPU's memory."""

from __future__ import annotations

from pathlib import Path

from . import machine


def gib(stage: str, config_file: Path, way: str) -> float | None:
    """GiB of GPU memory that the stage should need; None where the model's shape isn't known."""
    import config
    from backends import memory, shapes

    card = machine.card()
    values = config.load(config_file)
    shape = shapes.shape_of(values.model.name)
    return (
        None if shape is None or card is None else memory.estimate(stage, values, shape, way, card["memory_gib"]).total
    )
