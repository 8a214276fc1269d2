"""Stage 1: LoRA SFT on the gold SQL of the training questions -> outputs/<run>/sft.

python train_sft.py                       the default recipe
python train_sft.py demo --sft.steps 20   another recipe, one value changed
"""

from __future__ import annotations

from typing import Any

import utils
from backends.command_line import parse
from config import Config

PROGRESS = {"loss": "loss", "learning_rate": "lr", "grad_norm": "grad"}


def main() -> None:
    config = parse(description=__doc__)
    if config.dry_run:
        from backends import dry_run

        return dry_run.show(config, "sft")
    stage = utils.begin(config, "sft")
    if stage:
        train(config, stage)


def train(config: Config, stage: utils.Stage) -> None:
    """Train a fresh adapter, or go on from the last checkpoint, and save it in the stage's folder."""
    from backends import adapters, presets
    from backends.choice import plan
    from backends.loading import base_name, load_model

    presets.announce(config, "sft")
    chosen = plan(config.model)
    print(f"SFT of {config.model.name}: {chosen}")
    rows = utils.training_rows(config, stage, base_name(config.model.name, chosen))
    loaded = load_model(config, chosen)
    trainer = build_trainer(config, stage, loaded, rows)
    steps = utils.run_trainer(trainer, stage, config)
    if not utils.is_main():
        return
    adapters.save_adapter(loaded.model, loaded.tokenizer, stage.folder)
    utils.finish(
        stage,
        config,
        base=config.model.name,
        backend=chosen.backend,
        adapter=adapters.file_fingerprint(stage.folder),
        steps=steps,
        questions=len(rows),
        seconds=stage.seconds(),
    )
    print(f"SFT is done in {stage.seconds():.0f} s: {stage.folder}")


def arguments(config: Config, stage: utils.Stage, dtype: str, device: str = "cuda") -> dict[str, Any]:
    """Every keyword of trl.SFTConfig that this stage sets."""
    options = config.sft
    return {
        **utils.trainer_arguments(config, stage, dtype, device),
        "per_device_train_batch_size": options.questions_per_pass,
        "per_device_eval_batch_size": options.questions_per_pass,
        "gradient_accumulation_steps": utils.accumulation(
            options.questions_per_step, options.questions_per_pass, "sft.questions_per_pass"
        ),
        "logging_steps": options.log_every,
        "max_length": config.model.max_length,
        "completion_only_loss": True,
        "packing": False,
        "padding_free": False,
    }


def build_trainer(config: Config, stage: utils.Stage, loaded, rows: list[dict[str, Any]]):
    """TRL's SFTTrainer (Unsloth's where it is imported) on conversational prompt and completion columns."""
    from datasets import Dataset
    from trl import SFTConfig, SFTTrainer

    from backends.adapters import precision_kept
    from backends.callbacks import HandOffGuard, LogFile, Progress, report_with

    columns = [{"prompt": row["prompt"], "completion": row["completion"]} for row in rows]
    values = arguments(config, stage, loaded.plan.dtype, loaded.plan.device)
    with precision_kept(loaded.model):
        trainer = SFTTrainer(
            model=loaded.model,
            args=SFTConfig(**values),
            train_dataset=Dataset.from_list(columns),
            processing_class=loaded.tokenizer,
        )
    utils.tell_changes(trainer.args, values)
    report_with(trainer, [HandOffGuard(), LogFile(stage.log()), Progress("SFT", PROGRESS)])
    return trainer


if __name__ == "__main__":
    utils.run_script(main)
