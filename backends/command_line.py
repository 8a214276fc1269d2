"""The commands' arguments: a recipe's name first, then flags that change single values of it.

python config.py list                      every recipe in a line
python config.py show demo --grpo.steps 5  a recipe's resolved values, and where they differ from the default
python config.py memory spider             the settings for cards of 24, 48, 80 and 141 GB, and what they need
"""

from __future__ import annotations

import difflib
import sys
from pathlib import Path

from config import ONE_CALL, RECIPES, Config, check, differences, flat, load
from recipes import SUMMARIES
from text2sql.errors import UserError

from . import presets


def parse(argv: list[str] | None = None, *, description: str = "") -> Config:
    """Read the command line: ``[recipe] [--field.name value ...] [--dry-run] [--overwrite]``.

    Values come from the recipe, then from the run folder if an earlier stage saved its configuration there, then from
    the settings for the card (--gpu), then from the command line. Raises UserError for an unknown recipe or a value out
    of range; tyro exits with 2, and suggests the flag that was meant, for anything that it can't read.
    """
    import tyro

    args = list(sys.argv[1:] if argv is None else argv)
    named = args.pop(0) if args and not args[0].startswith("-") else None
    _refuse_late_recipe(args)
    start = _starting_point(named, args)
    fresh = start is RECIPES.get(start.recipe)
    prog = f"{Path(sys.argv[0]).name} [{'|'.join(RECIPES)}]"
    config = tyro.cli(
        Config,
        args=args,
        default=start,
        prog=prog,
        description=description,
    )
    if config.recipe != start.recipe:
        raise UserError(f"--recipe: name the recipe as the first word instead: {sys.argv[0]} {config.recipe}")
    config = presets.applied(config, presets.named(args), fresh=fresh)
    check(config)
    return config


def _refuse_late_recipe(args: list[str]) -> None:
    """A recipe's name behind the flags would be taken for a stray word."""
    for before, word in zip(["", *args], args, strict=False):
        alone = not before.startswith("--") or before[2:].replace("-", "_") in ONE_CALL
        if word in RECIPES and alone:
            raise UserError(f"recipe: {word} must come first: {Path(sys.argv[0]).name} {word} ...")


def _starting_point(named: str | None, args: list[str]) -> Config:
    """The saved configuration of the run that the arguments name, else the recipe's."""
    if named is not None and named not in RECIPES:
        close = difflib.get_close_matches(named, RECIPES, n=1)
        hint = f"did you mean {close[0]}?" if close else "choose one of: " + ", ".join(RECIPES)
        raise UserError(f"recipe: there is no recipe {named!r}; {hint}")
    recipe = RECIPES[named or "spider"]
    folder = Path(_flag(args, "outputs") or recipe.outputs) / (_flag(args, "run") or recipe.run or recipe.recipe)
    saved = folder / "config.json"
    if not saved.exists():
        return recipe
    config = load(saved)
    if named and config.recipe != named:
        raise UserError(f"run: {folder} was made with recipe {config.recipe}, not {named}; choose another --run")
    changed = differences(config, RECIPES.get(config.recipe, config))
    if changed:
        print(f"Settings of {saved}: " + ", ".join(f"{name}={new}" for name, (new, _) in changed.items()))
    return config


def _flag(args: list[str], name: str) -> str | None:
    """The value of ``--name value`` or ``--name=value`` among the arguments."""
    for position, arg in enumerate(args):
        if arg == f"--{name}" and position + 1 < len(args):
            return args[position + 1]
        if arg.startswith(f"--{name}="):
            return arg.partition("=")[2]
    return None


def values(config: Config, other: Config, name: str) -> str:
    """Every value of a configuration in a line, with the other one's, called `name`, where it differs."""
    changed = differences(config, other)
    marks = {field: f"   ({name}: {theirs})" for field, (_, theirs) in changed.items()}
    return "\n".join(f"{field} = {value}{marks.get(field, '')}" for field, value in flat(config).items())


def main() -> None:
    """Answer ``python config.py list``, ``show RECIPE [--flag value ...]`` and ``memory RECIPE [...]``."""
    import utils

    utils.run_script(_list_or_show)


def _list_or_show() -> None:
    match sys.argv[1:]:
        case ["list"]:
            print("\n".join(f"{name:<14}{SUMMARIES[name]}" for name in RECIPES))
        case ["show", *arguments]:
            config = parse(arguments, description=__doc__)
            print(values(config, Config(), "default"))
        case ["memory", *arguments]:
            print(presets.table(parse(arguments, description=__doc__)))
        case _:
            raise UserError("config.py: say `python config.py list`, `show RECIPE`, or `memory RECIPE`")
