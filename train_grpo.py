"""Stage 2: GRPO on the SFT adapter, with vLLM rollouts rewarded by executing the SQL -> outputs/<run>/grpo.

python train_grpo.py                       the default recipe
python train_grpo.py demo --grpo.steps 5   another recipe, one value changed
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import utils
from backends.command_line import parse
from config import Config
from text2sql import data
from text2sql.errors import UserError
from text2sql.formats import FORMATS

PROGRESS = {
    "reward": "reward",
    "exact_share": "exact",
    "valid_share": "valid",
    "frac_reward_zero_std": "dead groups",
    "dev/execution_accuracy": "dev EX",
}


def main() -> None:
    config = parse(description=__doc__)
    if config.dry_run:
        from backends import dry_run

        return dry_run.show(config, "grpo")
    adapter = starting_adapter(config)
    stage = utils.begin(config, "grpo")
    if stage:
        train(config, stage, adapter)


def starting_adapter(config: Config) -> Path:
    """The adapter to refine: --grpo.adapter, else the run's finished SFT adapter."""
    if config.grpo.adapter:
        return config.grpo.adapter
    sft = utils.Stage(config.folder, "sft")
    if sft.summary() is None:
        state = "isn't finished" if sft.last_checkpoint() else "isn't there"
        raise UserError(f"{sft.folder}: the SFT adapter {state}; run train_sft.py first, or set --grpo.adapter")
    return sft.folder


def train(config: Config, stage: utils.Stage, adapter: Path) -> None:
    """Refine the adapter, or go on from the last checkpoint, and save it in the stage's folder."""
    from backends import adapters, presets, step_time
    from backends.choice import plan
    from backends.loading import base_name, load_model

    presets.announce(config, "grpo")
    adapters.check_base(adapter, config.model.name)  # before anything that takes time
    chosen = plan(config.model)
    refuse_wrong_reference(config, chosen)
    print(f"GRPO on {adapter}: {chosen}")
    rows = utils.training_rows(
        config, stage, base_name(config.model.name, chosen), room=config.grpo.max_completion_tokens
    )
    loaded = load_model(config, chosen, adapter=adapter, rollouts=True)
    adapters.guard_model(loaded.model, adapter)
    trainer = build_trainer(config, stage, loaded, rows)
    guard_reference(trainer.model, config.grpo.kl)
    facts = {
        "base": config.model.name,
        "backend": chosen.backend,
        "rollouts": chosen.rollouts,
        "started_from": {"adapter": str(adapter), "fingerprint": adapters.file_fingerprint(adapter)},
        "rewards": config.grpo.weights,
        "questions": len(rows),
    }
    watch = evaluate_on_the_way(config, stage, loaded, trainer, facts) if config.grpo.eval_every else None
    steps = utils.run_trainer(trainer, stage, config)
    if not utils.is_main():
        return
    rollouts = config.grpo.questions_per_step * config.grpo.completions_per_question
    facts |= step_time.figures(stage.log(), rollouts) | ({"stopped": watch.stopped} if watch and watch.stopped else {})
    save(config, stage, loaded, steps=steps, **facts)
    print(step_time.table(facts["seconds_by_part"], steps))
    print(f"GRPO is done in {stage.seconds():.0f} s: {stage.folder}")
    if watch:
        print(verdict(stage, watch.stopped))


def save(config: Config, stage: utils.Stage, loaded, **facts: Any) -> None:
    """Write the adapter as it is now into the stage's folder, then stage.json, which says that it is whole."""
    from backends import adapters

    (stage.folder / utils.FINISHED).unlink(missing_ok=True)
    adapters.save_adapter(loaded.model, loaded.tokenizer, stage.folder)
    fingerprint = adapters.file_fingerprint(stage.folder)
    seconds = utils.Stage(stage.run, "grpo").seconds()
    utils.finish(stage, config, adapter=fingerprint, seconds=seconds, **facts)


def evaluate_on_the_way(config: Config, stage: utils.Stage, loaded, trainer, facts: dict[str, Any]):
    """Let the trainer evaluate a fixed slice of dev.json every grpo.eval_every steps and keep the best adapter."""
    from backends.dev_slice import EX, DevEvaluation, Slice

    options, best = config.grpo, utils.Stage(stage.run, "best")
    chosen = data.sample(utils.examples(config, "dev"), options.eval_questions, config.seed)
    known = best.summary() if stage.last_checkpoint() else None

    def keep(step: int, figures: dict[str, float]) -> None:
        if utils.is_main():
            save(config, best, loaded, steps=step, evaluation=figures, **facts)

    watch = DevEvaluation(
        trainer,
        Slice.of(config, loaded, [utils.row(example, config) for example in chosen]),
        every=options.eval_every,
        patience=options.eval_patience,
        keep=keep,
        best=known["evaluation"][EX] if known else -1.0,
    )
    trainer.add_callback(watch)
    return watch


def verdict(stage: utils.Stage, stopped: str) -> str:
    """What the evaluations during training found, in a line or two."""
    from backends.dev_slice import EX

    best = utils.Stage(stage.run, "best")
    summary = best.summary()
    line = f"Best EX of the evaluations during training: {summary['evaluation'][EX]:.1%} at step {summary['steps']}"
    line += f": {best.folder} (--eval.stage best evaluates it)"
    return f"Stopped early: {stopped}; lower --grpo.learning-rate, or raise --grpo.kl\n{line}" if stopped else line


def refuse_wrong_reference(config: Config, chosen) -> None:
    """With a KL penalty the reference must be the SFT adapter, which Unsloth on a GPU replaces by the base model."""
    if config.grpo.kl > 0 and chosen.backend == "unsloth" and chosen.device == "cuda":
        raise UserError(
            f"grpo.kl: {config.grpo.kl} needs the SFT adapter as reference, but Unsloth on a GPU compares with the base"
            " model; set --grpo.kl 0 or --model.backend portable"
        )


def guard_reference(model, kl: float) -> None:
    """A KL penalty has a frozen copy of the SFT adapter to compare with; without one no copy is kept."""
    reference = "ref" in getattr(model, "peft_config", {})
    if (kl > 0) != reference:
        state = "has no copy" if kl > 0 else "keeps an unused copy"
        raise UserError(f"grpo.kl: {kl}, but the trainer {state} of the SFT adapter as reference; set --grpo.kl 0")
    print("KL reference: the SFT adapter" if reference else "KL reference: none (grpo.kl is 0)")


def arguments(config: Config, stage: utils.Stage, dtype: str, device: str = "cuda", *, vllm: bool) -> dict[str, Any]:
    """Every keyword of trl.GRPOConfig that this stage sets."""
    from backends.choice import standby

    options = config.grpo
    rollouts = options.questions_per_step * options.completions_per_question
    engine = {
        "vllm_mode": "colocate",
        "vllm_model_impl": "vllm",
        "vllm_max_model_length": config.model.max_length,
        "vllm_gpu_memory_utilization": config.model.gpu_memory,
        "vllm_enable_sleep_mode": device == "cuda" and standby(),
        "vllm_importance_sampling_correction": True,
    }
    return {
        **utils.trainer_arguments(config, stage, dtype, device),
        "per_device_train_batch_size": options.completions_per_pass,
        "per_device_eval_batch_size": options.completions_per_pass,
        "gradient_accumulation_steps": utils.accumulation(
            rollouts, options.completions_per_pass, "grpo.completions_per_pass"
        ),
        "num_generations": options.completions_per_question,
        "max_completion_length": options.max_completion_tokens,
        "temperature": options.temperature,
        "top_p": options.top_p,
        "top_k": -1 if vllm else 0,  # all tokens
        "beta": options.kl,
        "epsilon": options.clip,
        "epsilon_high": options.clip,
        "num_iterations": 1,
        "loss_type": options.loss,
        "scale_rewards": "none" if options.loss == "dr_grpo" else "group",  # arXiv 2503.20783
        "mask_truncated_completions": False,
        "reward_weights": list(options.weights.values()),
        "router_aux_loss_coef": None,
        "generation_kwargs": None,
        "shuffle_dataset": True,
        "remove_unused_columns": False,
        "logging_steps": 1,
        "log_completions": True,
        "use_vllm": vllm,
        **(engine if vllm else {}),
    }


def build_trainer(config: Config, stage: utils.Stage, loaded, rows: list[dict[str, Any]]):
    """TRL's GRPOTrainer (Unsloth's where it is imported) with rollouts by vLLM and the execution rewards."""
    import trl.trainer.grpo_trainer
    from datasets import Dataset
    from trl import GRPOConfig, GRPOTrainer

    from backends import step_time
    from backends.adapters import precision_kept
    from backends.callbacks import DeadGroups, HandOffGuard, LogFile, Progress, StepTimes, report_with
    from backends.rollouts import ScoredRewards

    vllm = loaded.plan.vllm
    if vllm and loaded.plan.device == "cpu":
        from backends.vllm_cpu import use_in_trl

        use_in_trl(loaded.plan.dtype)
    trl.trainer.grpo_trainer.print_prompt_completions_sample = _print_nothing  # completions/*.parquet has them all
    columns = [{name: row[name] for name in ("prompt", "gold", "database")} for row in rows]
    values = arguments(config, stage, loaded.plan.dtype, loaded.plan.device, vllm=vllm)
    with precision_kept(loaded.model):
        trainer = GRPOTrainer(
            model=loaded.model,
            args=GRPOConfig(**values),
            reward_funcs=ScoredRewards(config, opened=_opened(config, loaded.base)).functions(),
            train_dataset=Dataset.from_list(columns),
            processing_class=loaded.tokenizer,
            rollout_func=_dialogues(config, loaded, rows),
        )
    utils.tell_changes(trainer.args, values)
    clock = step_time.Clock(settle=step_time.settle(loaded.plan.device))
    step_time.watch(trainer, clock)
    watchers = [HandOffGuard(), LogFile(stage.log()), DeadGroups(config.grpo.dead_steps), StepTimes(clock)]
    report_with(trainer, [*watchers, Progress("GRPO", PROGRESS)])
    return trainer


def _dialogues(config: Config, loaded, rows: list[dict[str, Any]]):
    """What generates the rollouts where the model may answer more than once; None is one answer, by TRL itself."""
    if config.prompt.turns == 1:
        return None
    from backends.dialogue import Dialogue, rollouts_of

    os.environ.setdefault("TRL_EXPERIMENTAL_SILENCE", "1")  # its warning that this may change; the lock pins it
    return rollouts_of(Dialogue.of(config, loaded.tokenizer), rows)


def _opened(config: Config, base: str) -> str:
    """The format's first tag where the chat template writes it, so that the model doesn't."""
    from backends.chat import ChatTokenizer

    first = FORMATS[config.prompt.format].tags[:1]
    return "".join(tag for tag in first if ChatTokenizer.load(base).opens(tag))


def _print_nothing(*_: object, **__: object) -> None:
    """Stands in for TRL's table of completions, which scrolls the progress bar away at every step."""


if __name__ == "__main__":
    utils.run_script(main)
