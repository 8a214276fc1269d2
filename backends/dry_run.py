"""What a command would do: configuration, one prompt with its loss mask, the gold's reward, files; without torch."""

from __future__ import annotations

from pathlib import Path

import utils
from config import RECIPES, Config
from text2sql import data
from text2sql.score import score

from . import cards, command_line, presets, smollm2
from .chat import ChatTokenizer, local_name
from .rollouts import reward_of

WRITES = {
    "sft": ("adapter_model.safetensors", "stage.json", "log.jsonl", "rejected.jsonl", "checkpoint-*"),
    "grpo": ("adapter_model.safetensors", "stage.json", "log.jsonl", "rejected.jsonl", "checkpoint-*", "completions/*"),
    "eval": ("pred.txt", "gold.txt", "predictions.jsonl", "metrics.json"),
}


def show(config: Config, stage: str, folder: Path | None = None) -> None:
    """Print the dry run of a stage ("sft", "grpo" or "eval"). Nothing is downloaded, unpacked or written, but for the
    databases that a folder's own files are built into.
    """
    recipe = RECIPES.get(config.recipe, config)
    print(command_line.values(config, recipe, "recipe"))
    print("\nGPU: " + ("; ".join(map(str, cards.found())) or "none found"))
    presets.announce(config, stage)
    if config.data.archive or utils.needs_download(config):
        print(
            f"\nWould install the official Spider (206 MB) into {config.data.root}; a prompt is shown once it is there"
        )
    else:
        _show_example(config, stage)
    folder = folder or config.folder / stage
    print("\nWould write: " + ", ".join(f"{folder}/{name}" for name in WRITES[stage]))


def _show_example(config: Config, stage: str) -> None:
    """One question of the data: its prompt, its gold, and what the rewards pay for the gold."""
    example = data.sample(utils.examples(config, "dev" if stage == "eval" else "train"), 1, config.seed)[0]
    _show_prompt(config.model.name, utils.row(example, config), stage)
    answer = utils.row(example, config)["completion"][0]["content"]
    verdict = score(answer, example.gold, example.database, timeout=config.data.timeout, keep_empty=True)
    print(f"[gold of {example.db_id}]\n{example.gold}")
    for name, weight in config.grpo.weights.items():
        paid = reward_of(name, config.grpo, config.prompt.format)(verdict)
        print(f"reward {name} of the gold: {paid:g} ({verdict.status}){f', weight {weight:g}' * (weight != 1)}")


def _show_prompt(model: str, row: dict, stage: str) -> None:
    """The rendered prompt and, for SFT, the completion that gets the loss; plain messages until the model is here."""
    if model == smollm2.NAME and not smollm2.is_prepared():
        print(f"\n{model} isn't unpacked yet (python -m backends.smollm2), so here are the plain messages:")
        print("\n".join(f"[{message['role']}]\n{message['content']}" for message in row["prompt"] + row["completion"]))
        return
    tokenizer = ChatTokenizer.load(local_name(model))
    masked, trained, before, after = tokenizer.split(row["prompt"], row["completion"])
    print(f"\n[prompt: {before} tokens, no loss]\n{masked}")
    if stage == "sft":
        print(f"[completion: {after} tokens, loss]\n{trained}")
