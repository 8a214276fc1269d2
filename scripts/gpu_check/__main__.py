"""Check the GPU path of this project on this machine: one command, no network, one JSON.

python -m scripts.gpu_check                        everything; repeated, it goes on with what isn't ok yet
python -m scripts.gpu_check --only smollm2 unsloth    checks whose name holds every word
python -m scripts.gpu_check --cpu                  what of it a CPU can run
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from backends import cards
from text2sql.errors import UserError

from . import machine, results
from .checks import CHECKS, NEEDS, Failed, Job, Skipped
from .commands import Place
from .stacks import LARGE, MODELS, ON_CPU, ON_GPU, STACKS, Stack


def main() -> None:
    """Exit 1 if a check failed."""
    options = arguments()
    if not options.cpu and cards.smallest() is None:
        raise UserError("gpu_check: NVIDIA's driver finds no GPU; add --cpu to run what a CPU can")
    report = results.Report(options.out / "gpu_check.json", machine.described(options.cpu), again=options.again)
    for model in MODELS:
        for stack in STACKS:
            names = wanted(model, stack, options.only)
            if names:
                check_all(job(model, stack, options), names, report)
    print(report.table())
    print(f"{report.path}: please send it as docs/gpu.md says")
    sys.exit(report.failed())


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cpu", action="store_true", help="run on the CPU, with few and small steps")
    parser.add_argument(
        "--only", nargs="+", default=[], metavar="WORD", help="checks whose model/stack/check has these"
    )
    parser.add_argument("--again", action="store_true", help="repeat what was ok")
    parser.add_argument(
        "--out", type=Path, default=Path("outputs/gpu_check"), help="folder of the runs and of the JSON"
    )
    return parser.parse_args()


def wanted(model: str, stack: Stack, words: list[str]) -> list[str]:
    """The checks whose name holds every word, and those that they need, in order."""
    chosen = {name for name in CHECKS if all(word in f"{model}/{stack.name}/{name}".split("/") for word in words)}
    chosen |= {need for name in chosen for need in NEEDS[name]}
    return [name for name in CHECKS if name in chosen]


def job(model: str, stack: Stack, options: argparse.Namespace) -> Job:
    """A stack with a model, whose folder is made when it is first needed."""
    budget = ON_CPU if options.cpu else ON_GPU
    place = Place((options.out / model / stack.name).resolve(), options.cpu, budget.seconds)
    return Job(
        model,
        options.out.resolve() / "models" / LARGE if model == LARGE else "SmolLM2-135M-Instruct",
        stack,
        budget,
        place,
    )


def check_all(work: Job, names: list[str], report: results.Report) -> None:
    """Run one check after the other, also behind one that failed; a check whose needs aren't ok is skipped."""
    for name in names:
        key = (work.model, work.stack.name, name)
        if report.is_ok(*key):
            continue
        lacking = [need for need in NEEDS[name] if not report.is_ok(work.model, work.stack.name, need)]
        with report.timed(*key) as entry:
            try:
                if lacking:
                    raise Skipped(f"needs {', '.join(lacking)}")
                prepare(work)
                measured = {need: report.figure(work.model, work.stack.name, need, "peak_gib") for need in NEEDS[name]}
                entry["figures"] = CHECKS[name](work, measured) if name == "memory" else CHECKS[name](work)
            except Skipped as why:
                entry |= {"status": "skipped", "reason": str(why)}
            except Failed as why:
                entry |= {"status": "failed", "reason": str(why)}
            except Exception as error:  # a check of its own fault must not end the others
                entry |= {"status": "failed", "reason": f"{type(error).__name__}: {error}"}


def prepare(work: Job) -> None:
    """Write the random model once."""
    if work.model != LARGE or Path(work.folder).is_dir():
        return
    done = work.place.module("random_model", work.folder, *(["--tiny"] if work.place.cpu else []), log="random_model")
    if done.code != 0:
        raise Failed(f"the random model can't be written: {done.last} ({done.log})")


if __name__ == "__main__":
    from utils import run_script

    run_script(main)
