"""Every knob of SQL RLVR, as frozen dataclasses, and the configuration of every recipe.

A bare ``python train_sft.py`` runs the default recipe, ``python train_sft.py demo --sft.steps 20`` another one with a
value changed. Knobs are in the user's words (questions a step, completions a question); the trainers' own batch
arithmetic is derived from them. The resolved configuration is saved in the run folder, where later stages find it.
"""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

import recipes
from backends import knobs
from backends.knobs import Range
from text2sql.errors import UserError
from text2sql.files import write_json

# The paths to edit on your machine.
SPIDER = Path("spider_data")
OUTPUTS = Path("outputs")

PROJECTIONS = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")


Count = Annotated[int, Range(0)]
Positive = Annotated[int, Range(1)]
Share = Annotated[float, Range(0, 1)]
NotNegative = Annotated[float, Range(0)]
PAY = Range(-1000, 1000)
Pay = Annotated[float, PAY]


@dataclass(frozen=True)
class Data:
    """Where the questions and databases are."""

    root: Path = SPIDER
    """Folder of the data: Spider's layout, BIRD's, or your own questions.jsonl (docs/your-data.md)."""
    archive: Path | None = None
    """A spider_data.zip that you downloaded by hand; installed into the root after its checksum is verified."""
    train_limit: Count = 0
    """Training questions used, spread evenly over the file; 0 is all of them."""
    include_others: bool = False
    """Train on train_others.json as well (its databases are empty in the official release)."""
    keep_empty: bool = False
    """Keep training questions whose gold returns no rows (two empty results would look alike, so they are dropped)."""
    timeout: Annotated[float, Range(0.01, 3600)] = 5.0
    """Seconds that one SQL query may run."""


@dataclass(frozen=True)
class Prompt:
    """What the model reads."""

    sample_values: Annotated[int, Range(0, 20)] = 3
    """Values of each column shown beside the schema."""
    format: Literal["sql", "think", "solution"] = "sql"
    """How to answer: the SQL alone, in <answer> behind <think>, or in <SOLUTION> behind <start_working_out>."""
    turns: Annotated[int, Range(1, 16)] = 1
    """Answers that the model may give: after each but the last it reads the error or the first rows of its SQL."""


@dataclass(frozen=True)
class Model:
    """The model, its adapter and the backend that runs both."""

    name: str = "unsloth/Qwen3-4B-Instruct-2507"
    """A model on the Hugging Face hub, a folder, or SmolLM2-135M-Instruct (embedded: needs no download)."""
    backend: Literal["auto", "unsloth", "portable"] = "auto"
    """unsloth, portable (Transformers + PEFT), or auto: unsloth where it is installed and one process runs."""
    rollouts: Literal["auto", "vllm", "transformers"] = "auto"
    """What generates in GRPO and in evaluation: vllm, transformers (slower), or auto: vllm where it can be had."""
    max_length: Annotated[int, Range(64)] = 2048
    """Tokens of prompt and completion together; longer questions are dropped from training and listed."""
    load_in_4bit: bool = False
    """QLoRA: keep the frozen base weights in 4 bits (GPU only)."""
    dtype: Literal["auto", "bfloat16", "float32"] = "auto"
    """Precision of the base weights; auto is bfloat16 where the hardware computes in it, else float32."""
    lora_rank: Annotated[int, Range(1, 1024)] = 32
    """Rank r of the LoRA adapter."""
    lora_alpha: Annotated[float, Range(0.01)] = 64
    """LoRA scaling: the adapter's output is multiplied by alpha / r."""
    lora_dropout: Share = 0.0
    """Dropout in front of the adapter."""
    lora_targets: tuple[str, ...] = PROJECTIONS
    """Linear layers that get an adapter."""
    gradient_checkpointing: bool = True
    """Recompute activations in the backward pass: less memory, more time."""
    deepspeed: Literal["off", "zero2", "zero2-offload"] = "off"
    """DeepSpeed ZeRO-2, with the optimizer in CPU memory or not (portable backend on a GPU; it isn't in the lock)."""
    gpu_memory: Annotated[float, Range(0.05, 0.98)] = 0.55
    """Share of GPU memory that vLLM may use."""


@dataclass(frozen=True)
class Sft:
    """Stage 1: supervised fine-tuning on gold SQL, loss on the completion only."""

    epochs: Annotated[float, Range(0.001)] = 1.0
    """Passes over the training questions."""
    steps: Count = 0
    """Optimizer steps; 0 follows from the epochs."""
    learning_rate: NotNegative = 2e-4
    """Peak learning rate."""
    schedule: Literal["linear", "cosine", "constant"] = "linear"
    """Learning rate after the warm-up."""
    warmup: Share = 0.05
    """Share of the steps in which the learning rate rises."""
    weight_decay: NotNegative = 0.0
    """Weight decay of AdamW."""
    adam_beta1: Annotated[float, Range(0, 0.9999)] = 0.9
    """Decay of AdamW's mean of gradients."""
    adam_beta2: Annotated[float, Range(0, 0.9999)] = 0.999
    """Decay of AdamW's mean of their squares."""
    max_grad_norm: NotNegative = 1.0
    """Gradient clipping; 0 is none."""
    questions_per_step: Positive = 8
    """Questions in one optimizer step, over all processes."""
    questions_per_pass: Positive = 8
    """Questions that one forward pass of one process takes; lower it when memory is short."""
    save_every: Positive = 50
    """Steps between two checkpoints."""
    keep: Positive = 2
    """Newest checkpoints kept."""
    log_every: Positive = 5
    """Steps between two log lines."""


@dataclass(frozen=True)
class Grpo:
    """Stage 2: GRPO (arXiv 2402.03300) on the same adapter, rewarded by executing the SQL."""

    adapter: Path | None = None
    """The adapter to refine; by default the run's SFT adapter."""
    epochs: Annotated[float, Range(0.001)] = 1.0
    """Passes over the training questions."""
    steps: Count = 0
    """Optimizer steps; 0 follows from the epochs."""
    learning_rate: NotNegative = 5e-6
    """Peak learning rate."""
    schedule: Literal["linear", "cosine", "constant"] = "constant"
    """Learning rate after the warm-up."""
    warmup: Share = 0.05
    """Share of the steps in which the learning rate rises."""
    weight_decay: NotNegative = 0.0
    """Weight decay of AdamW."""
    adam_beta1: Annotated[float, Range(0, 0.9999)] = 0.9
    """Decay of AdamW's mean of gradients."""
    adam_beta2: Annotated[float, Range(0, 0.9999)] = 0.999
    """Decay of AdamW's mean of their squares."""
    max_grad_norm: NotNegative = 1.0
    """Gradient clipping; 0 is none."""
    completions_per_question: Annotated[int, Range(2, 256)] = 8
    """Rollouts of one question, whose rewards are compared (the group)."""
    questions_per_step: Positive = 8
    """Questions in one optimizer step, over all processes."""
    completions_per_pass: Positive = 8
    """Completions that one forward pass of one process takes; lower it when memory is short."""
    max_completion_tokens: Annotated[int, Range(8)] = 256
    """Longest rollout in tokens."""
    temperature: Annotated[float, Range(0.01, 10)] = 1.0
    """Sampling temperature of the rollouts."""
    top_p: Annotated[float, Range(0.01, 1)] = 1.0
    """Nucleus sampling of the rollouts."""
    kl: NotNegative = 0.0
    """Weight of the KL penalty against the SFT adapter; 0 needs no reference model."""
    clip: Annotated[float, Range(0, 1)] = 0.2
    """Clipping range epsilon of the policy ratio."""
    loss: Literal["grpo", "dapo", "dr_grpo", "bnpo"] = "dapo"
    """How token losses are averaged."""
    rewards: tuple[str, ...] = ("execution",)
    """Names in text2sql.rewards or dotted paths of your own functions Score -> float, a weight behind each but 1."""
    exact: Pay = 5.0
    """Reward of a result equal to the gold's."""
    invalid: Pay = -1.0
    """Reward of SQL that fails, is interrupted, or is not one read-only query."""
    empty: Pay = -2.0
    """Reward when nothing is left to execute."""
    partial_base: Pay = 0.0
    """Reward of a wrong result without overlap."""
    partial_scale: Pay = 1.0
    """Reward that is added for full overlap: base + scale * F1."""
    dead_steps: Positive = 20
    """Stop after so many steps in a row in which every group's rewards were equal (nothing is learned then)."""
    save_every: Positive = 25
    """Steps between two checkpoints."""
    keep: Positive = 2
    """Newest checkpoints kept; the best adapter is kept besides, with eval_every."""
    eval_every: Count = 0
    """Steps between two evaluations during training, which keep the best adapter in grpo/best; 0 is none."""
    eval_questions: Positive = 64
    """Questions of such an evaluation, spread evenly over dev.json and answered greedily."""
    eval_patience: Positive = 3
    """Stop after so many evaluations in a row in each of which the reward rose and strict EX fell."""

    @property
    def weights(self) -> dict[str, float]:
        """Reward -> its weight. Raises UserError for a number that isn't behind a name, and for a name said twice."""
        found: dict[str, float] = {}
        for before, word in zip(("", *self.rewards), self.rewards, strict=False):
            if (weight := _number(word)) is None:
                if word in found:
                    raise UserError(f"grpo.rewards: {word} is named twice")
                found[word] = 1.0
            elif before not in found:
                raise UserError(f"grpo.rewards: {word} has no reward's name before it, such as `execution {word}`")
            else:
                found[before] = weight
        return found


@dataclass(frozen=True)
class Eval:
    """Evaluation of one stage."""

    stage: Literal["newest", "base", "sft", "grpo", "best"] = "newest"
    """Which stage of the run to evaluate; best is the adapter that --grpo.eval-every kept."""
    limit: Count = 0
    """Questions evaluated, spread evenly over the dev split; 0 is all of them."""
    temperature: Annotated[float, Range(0, 10)] = 0.0
    """0 is greedy decoding."""
    max_completion_tokens: Annotated[int, Range(8)] = 256
    """Longest completion in tokens."""
    batch: Positive = 64
    """Completions that are generated at the same time."""
    samples: Annotated[int, Range(1, 256)] = 1
    """Completions of each question; several are drawn at temperature 0.8 where none is given."""
    vote: bool = False
    """Answer with the sample whose result most samples agree on, instead of the first one."""
    ves: Annotated[int, Range(0, 10_000)] = 0
    """Times that each right answer and its gold are run and timed, for the valid efficiency score; 0 is no score."""

    @property
    def drawn_at(self) -> float:
        """The temperature that is used: samples at 0 would all be equal."""
        return self.temperature or (0.8 if self.samples > 1 else 0.0)


@dataclass(frozen=True)
class Config:
    """One run: base model -> SFT -> GRPO -> evaluation."""

    recipe: str = "spider"
    """Name of the recipe that these values started from."""
    run: str = ""
    """Folder of the run below the outputs folder; by default the recipe's name."""
    outputs: Path = OUTPUTS
    """Folder that holds all runs."""
    seed: Count = 42
    """Seed of initialisation and data order."""
    gpu: str = "auto"
    """GB of the card that the memory settings are made for: 24, 48, 80, 141 or another number; auto asks the driver."""
    data: Data = field(default_factory=Data)
    prompt: Prompt = field(default_factory=Prompt)
    model: Model = field(default_factory=Model)
    sft: Sft = field(default_factory=Sft)
    grpo: Grpo = field(default_factory=Grpo)
    eval: Eval = field(default_factory=Eval)
    dry_run: bool = False
    """Print the configuration, one prompt with its loss mask and the gold's reward; load no model, write nothing."""
    overwrite: bool = False
    """Do this stage again although it is finished; its old files are deleted."""

    @property
    def folder(self) -> Path:
        """The run's folder."""
        return self.outputs / (self.run or self.recipe)


RECIPES: dict[str, Config] = {
    name: knobs.changed(Config(recipe=name), changes) for name, changes in recipes.CHANGES.items()
}
"""Recipe -> its configuration."""


ONE_CALL = ("dry_run", "overwrite")
"""Fields that belong to one command and are not saved with the run."""


def check(config: Config) -> None:
    """Raise UserError, naming the field, the value and the range, for the first number that is out of its range."""
    for name, value, bounds in knobs.bounded(config):
        if not bounds.holds(value):
            raise UserError(f"{name}: {value} is out of range, it must be {bounds}")
    _check_batches(config)
    if config.eval.vote and config.eval.samples < 3:
        raise UserError(f"eval.samples: {config.eval.samples}, but --eval.vote needs at least 3 to agree or not")
    for name, values in (("grpo.rewards", config.grpo.rewards), ("model.lora_targets", config.model.lora_targets)):
        if not values:
            raise UserError(f"{name}: it is empty, name at least one")
    weights = config.grpo.weights
    if len({name.rpartition(".")[2] for name in weights}) < len(weights):
        raise UserError(f"grpo.rewards: two of {', '.join(weights)} have the same last name, rename one function")
    for name, weight in weights.items():
        if not PAY.holds(weight):
            raise UserError(f"grpo.rewards: the weight {weight} of {name} is out of range, it must be {PAY}")


def save(config: Config, path: Path) -> None:
    """Write a configuration as JSON, without the fields of one call."""
    values = {name: value for name, value in dataclasses.asdict(config).items() if name not in ONE_CALL}
    values["eval"] = {**values["eval"], "stage": "newest"}
    write_json(path, values)


def load(path: Path) -> Config:
    """Read a configuration that save() wrote; UserError names the file and the field that can't be read."""
    try:
        return knobs.build(Config, _renewed(json.loads(path.read_text(encoding="utf-8"))))
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise UserError(
            f"{path}: can't read the saved configuration ({error}); delete the file or choose another --run"
        ) from error


def _renewed(values: dict) -> dict:
    """The fields of a saved configuration as they are named now; up to 0.2 the weights of rewards stood apart."""
    grpo = values.get("grpo") if isinstance(values, dict) else None
    weights = grpo.pop("reward_weights", None) if isinstance(grpo, dict) else None
    if weights:
        pairs = zip(grpo["rewards"], map(str, weights), strict=True)
        return {**values, "grpo": {**grpo, "rewards": [word for pair in pairs for word in pair]}}
    return values


def differences(one: Config, other: Config) -> dict[str, tuple[object, object]]:
    """Fields in which two configurations differ: name -> (value in one, value in other)."""
    left, right = flat(one), flat(other)
    return {name: (left[name], right[name]) for name in left if left[name] != right[name]}


def flat(config: Config) -> dict[str, object]:
    """Dotted field name -> value, without the fields of one call."""
    return {name: value for name, value in knobs.flat(config).items() if name not in ONE_CALL}


def _number(word: str) -> float | None:
    """The number that a word is, if it is one."""
    try:
        return float(word)
    except ValueError:
        return None


def _check_batches(config: Config) -> None:
    """A step must be a whole number of forward passes."""
    sft, grpo = config.sft, config.grpo
    rollouts = grpo.questions_per_step * grpo.completions_per_question
    for field_name, step, size in (
        ("sft.questions_per_pass", sft.questions_per_step, sft.questions_per_pass),
        ("grpo.completions_per_pass", rollouts, grpo.completions_per_pass),
    ):
        if step % size:
            fits = max(divisor for divisor in range(1, size) if step % divisor == 0)
            raise UserError(f"{field_name}: {size} doesn't divide the {step} of one step; {fits} does")


if __name__ == "__main__":
    from backends import command_line

    command_line.main()
