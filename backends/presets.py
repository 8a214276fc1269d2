"""--gpu: settings that fit a card's memory; derived when a run begins, saved with it, and checked by every stage."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING

from text2sql.errors import UserError

from . import cards, choice, memory
from .knobs import changed, flat
from .shapes import Shape, shape_of

if TYPE_CHECKING:
    from config import Config

NAMES = {"sft": "SFT", "grpo": "GRPO", "eval": "evaluation"}
WAYS = {
    "shared": "vLLM on the trainer's weights",
    "twice": "vLLM on weights of its own",
    "alone": "Transformers",
}


def named(args: Collection[str]) -> set[str]:
    """Dotted names of the fields that command-line flags set: --model.load-in-4bit, --sft.steps=3, --a.no-b."""
    flags = (arg[2:].partition("=")[0].replace("-", "_") for arg in args if arg.startswith("--"))
    return {flag.replace(".no_", ".") for flag in flags}


def applied(config: Config, flags: Collection[str], *, fresh: bool) -> Config:
    """The configuration with the settings for its card; what the user's flags name stays.

    Auto asks the driver, and changes nothing without a GPU. A run that was saved (not `fresh`) keeps its settings until
    --gpu is given again. Raises UserError for a --gpu that names no memory.
    """
    if not fresh and "gpu" not in flags:
        return config
    here = cards.smallest()
    card = asked(config.gpu, here)
    shape = shape_of(config.model.name) if card else None
    if card is None or shape is None:
        return config
    fixed = set(flags) & set(flat(config))
    settings = fit(config, shape, memory.usable(card), here).preset(fixed) | {"gpu": str(card)}
    found = changed(config, settings)
    different = [f"{name}={value}" for name, value in settings.items() if flat(config)[name] != value]
    if different:
        print(f"Settings for {card} GB: {', '.join(different)}")
    return found


def asked(gpu: str, here: cards.Card | None) -> int | None:
    """The GB that --gpu names, or of the card that is here; None for auto without one."""
    if gpu == "auto":
        return memory.name_of(here.gib) if here else None
    if not gpu.isdecimal() or not 1 <= int(gpu) <= 2000:
        known = ", ".join(map(str, memory.CARDS))
        raise UserError(f"gpu: {gpu!r} is neither auto nor GB of memory; cards have {known}, or another number")
    return int(gpu)


def fit(config: Config, shape: Shape, card: float, here: cards.Card | None) -> memory.Fit:
    """What finds settings of this configuration on a card of `card` GiB, with the backend that would run there.

    `here` is this machine's card: asking the driver may take seconds, so it is asked once.
    """
    machine = _machine(card, here)
    chosen = choice.choose(config.model, machine)
    way = "alone" if not chosen.vllm else "shared" if chosen.backend == "unsloth" else "twice"
    four_bits = "bitsandbytes" in machine.packages and (way != "shared" or "vllm_bnb_plugin" in machine.packages)
    settled = changed(config, {"model.dtype": chosen.dtype})
    return memory.Fit(settled, shape, way, card, machine.processes, four_bits)


def _machine(card: float, here: cards.Card | None) -> choice.Machine:
    """The machine with that card: this one if it has one, else one with all that the GPU lock installs."""
    return choice.Machine(
        cuda=True,
        bfloat16=here is None or here.capability >= 8,
        memory_gb=card,
        processes=choice.processes(),
        packages=choice.installed() if here else frozenset(choice.PROBED),
        standby=choice.standby(),
    )


def announce(config: Config, stage: memory.Stage) -> None:
    """Print what the stage will need, before anything is loaded; nothing without a GPU and without --gpu.

    Raises UserError, with the nearest settings that fit, where it can't fit.
    """
    here = cards.smallest()
    wanted = asked(config.gpu, here)
    if wanted is None:
        return
    there = memory.name_of(here.gib) if here else wanted
    shape = shape_of(config.model.name)
    if shape is None:
        print(f"No estimate of the memory: the shape of {config.model.name} isn't known")
        return
    if there != wanted:
        print(f"Settings for {wanted} GB on a card of {there} GB: they stay as they are until you say --gpu {there}")
    finder = fit(config, shape, memory.usable(there), here)
    found = finder.estimate(stage, {})
    print(f"Memory of {NAMES[stage]} in GiB, estimated for the longest sequences{_how(finder, stage)}:\n{found}")
    if not found.fits:
        raise UserError(refusal(finder, stage))


def _how(finder: memory.Fit, stage: memory.Stage) -> str:
    """Who generates the rollouts."""
    if stage != "grpo":
        return ""
    vllm = memory.CACHE in finder.estimate(stage, {}).parts
    return f", rollouts by {WAYS[finder.way if vllm else 'alone']}"


def refusal(finder: memory.Fit, stage: memory.Stage) -> str:
    """Why a stage can't fit and what comes nearest, in a line."""
    found, nearest = finder.estimate(stage, {}), finder.nearest(stage)
    limit = (1 - memory.RESERVE) * finder.card
    why = f"{found.total:.1f} GiB are needed, {limit:.1f} of the card's {finder.card:.1f} can be used"
    if found.total <= limit:
        why = f"vLLM's KV cache would hold {max(0, int(found.kv_tokens))} tokens, fewer than model.max_length"
    larger = next((gb for gb in memory.CARDS if memory.usable(gb) > finder.card and _takes(finder, stage, gb)), None)
    ways = [flags(nearest)] if nearest else []
    ways += [f"a card of {larger} GB"] if larger else []
    remedy = (
        "take " + ", or ".join(ways) if ways else "no setting and no single card helps, take a smaller --model.name"
    )
    field = next(iter(nearest), "model.name") if nearest else "model.name"
    return f"{field}: {NAMES[stage]} of {finder.config.model.name} can't fit: {why}; {remedy}"


def _takes(finder: memory.Fit, stage: memory.Stage, gb: int) -> bool:
    """Whether a card takes the stage with its own preset."""
    other = replace(finder, card=memory.usable(gb))
    return other.estimate(stage, other.preset()).fits


def flags(settings: dict[str, object]) -> str:
    """Settings as a user types them."""
    names = {name: "--" + name.replace("_", "-") for name in settings}
    return " ".join(names[name] if value is True else f"{names[name]} {value}" for name, value in settings.items())


COLUMNS = {
    "4 bits": "model.load_in_4bit",
    "context": "model.max_length",
    "vLLM's share": "model.gpu_memory",
    "SFT pass": "sft.questions_per_pass",
    "GRPO pass": "grpo.completions_per_pass",
    "eval.batch": "eval.batch",
}


def table(config: Config) -> str:
    """The presets of a configuration on the usual cards, and what each stage then needs in GiB, as Markdown."""
    head = ["GPU", "rollouts by", *COLUMNS, *(f"{name} GiB" for name in NAMES.values())]
    shape = shape_of(config.model.name)
    if shape is None:
        raise UserError(f"model.name: the shape of {config.model.name} isn't known until the model is here")
    rows = [
        _row(memory.Fit(config, shape, how, memory.usable(gb)), gb)
        for how in ("shared", "twice")
        for gb in memory.CARDS
    ]
    lines = [head, [":---"] * 2 + ["---:"] * (len(head) - 2), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _row(finder: memory.Fit, gb: int) -> list[str]:
    settings = finder.preset()
    values = flat(changed(finder.config, settings))
    needs = [finder.estimate(stage, settings) for stage in NAMES]
    vllm = memory.CACHE in finder.estimate("grpo", settings).parts
    cells = [str(values[name]) for name in COLUMNS.values()]
    totals = [f"{found.total:.1f}" if found.fits else "-" for found in needs]
    return [f"{gb} GB", WAYS[finder.way if vllm else "alone"], *cells, *totals]
