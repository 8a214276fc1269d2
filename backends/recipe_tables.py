"""The tables of docs/recipes.md, made from the recipes and by scoring real completions.

python -m backends.recipe_tables docs/recipes.md
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import utils
from config import PROJECTIONS, RECIPES, Config
from text2sql import files, ledger, report
from text2sql.errors import UserError
from text2sql.formats import FORMATS
from text2sql.prompt import reasoning
from text2sql.score import Score, score

from .rollouts import reward_of

PUBLISHED = ("spider", "sql-r1", "sql-r1-paper", "arctic", "rubric", "gemma")
DESIGNS = (*PUBLISHED, "multi-turn")  # which pays what spider pays
BLOCK = re.compile(r"(?P<open><!-- table: (?P<name>\w+) -->\n).*?(?P<close><!-- end -->)", re.DOTALL)
ROOT = Path(__file__).parents[1]
DATABASE = ROOT / "spider_data" / "demo" / "database" / "zoo" / "zoo.sqlite"
LEDGER = ROOT / "docs" / "results" / "recipes.jsonl"
GOLD = "SELECT name, species FROM animal WHERE weight > 200"
ANSWERS = {
    "right, the gold's text": GOLD,
    "right, another spelling": "SELECT a.name, a.species FROM animal AS a WHERE 200 < a.weight",
    "partial: a column is missing": "SELECT name FROM animal WHERE weight > 200",
    "partial: another number": "SELECT name, species FROM animal WHERE weight > 180",
    "wrong: `SELECT count(*) FROM keeper`": "SELECT count(*) FROM keeper",
    "lazy: `SELECT 1`": "SELECT 1",
    "invalid: no such column": "SELECT nme, species FROM animal WHERE weight > 200",
    "nonsense in the format": "the heavy animals",
    "empty answer in the format": "",
}
ASKED = {
    "SFT": ("sft-sql", "sft-sql-asked-3"),
    "`spider`, GRPO on it": ("spider", "spider-asked-3"),
    "`multi-turn`, GRPO on it": ("multi-turn-asked-1", "multi-turn"),
}
"""Adapter -> its runs in the ledger, with one answer and with three."""
WITHOUT = "the gold's text without the format"


def designs() -> str:
    """What the designs differ in: one row a property, one column a recipe."""
    rows = {title: [cell(RECIPES[name]) for name in DESIGNS] for title, cell in PROPERTIES.items()}
    return _table(["", *(f"`{name}`" for name in DESIGNS)], [[title, *cells] for title, cells in rows.items()])


def pays() -> str:
    """What each recipe pays for each of a few completions to one question, weights included."""
    configs = [RECIPES[name] for name in PUBLISHED]
    rows = [[title, *(_paid(config, _scored(sql, config)) for config in configs)] for title, sql in ANSWERS.items()]
    bare = [_paid(config, score(GOLD, GOLD, DATABASE)) for config in configs]
    return _table(["", *(f"`{name}`" for name in PUBLISHED)], [*rows, [WITHOUT, *bare]])


def budget() -> str:
    """What each design reached on the same small budget, from the newest lines of the ledger that is kept of it."""
    newest = {entry["run"]: entry for entry in ledger.read(LEDGER)}
    started = {form: newest[f"sft-{form}"] for form in FORMATS}
    rows = [[f"SFT, format `{form}`", *_figures(entry), "-"] for form, entry in started.items()]
    for name in DESIGNS:
        before, after = started[RECIPES[name].prompt.format], newest[name]
        gain = after["strict_execution_accuracy"] - before["strict_execution_accuracy"]
        rows.append([f"`{name}`, GRPO on it", *_figures(after), f"{100 * gain:+.1f}"])
    return _table(["", "EX", "strict EX", "valid SQL", "questions", "training s", "strict EX gained, points"], rows)


def turns() -> str:
    """What each adapter of the same budget reaches with one answer to a question, and with several."""
    newest = {entry["run"]: entry for entry in ledger.read(LEDGER)}
    rows = [
        [title, f"{newest[run]['decoding']['turns']}", *_figures(newest[run])[:-1]]
        for title, runs in ASKED.items()
        for run in runs
    ]
    return _table(["adapter", "answers", "EX", "strict EX", "valid SQL", "questions"], rows)


def _figures(entry: dict[str, Any]) -> list[str]:
    shares = (f"{entry[name]:.1%}" for name in report.SHARES)
    return [*shares, f"{entry['questions']}", f"{entry['training']['seconds']:.0f}"]


def _scored(sql: str, config: Config) -> Score:
    """The score of an answer, written in the recipe's format."""
    answer = FORMATS[config.prompt.format].wrap(sql, reasoning(GOLD, DATABASE))
    return score(answer, GOLD, DATABASE, timeout=config.data.timeout)


def _paid(config: Config, found: Score) -> str:
    rewards = ((reward_of(name, config.grpo, config.prompt.format), by) for name, by in config.grpo.weights.items())
    return f"{sum(by * reward(found) for reward, by in rewards):.2f}"


def _rewards(config: Config) -> str:
    values = config.grpo
    names = [f"{by:g} x `{name}`" if by != 1 else f"`{name}`" for name, by in values.weights.items()]
    if "execution" in values.weights:
        partial = f"{values.partial_base:g} + {values.partial_scale:g} x F1" if values.partial_scale else ""
        wrong = partial or f"{values.partial_base:g}"
        names.append(f"(execution: {values.exact:g}; else {wrong}; invalid {values.invalid:g}; empty {values.empty:g})")
    return " + ".join(names).replace(" + (", " (")


def _layers(config: Config) -> str:
    model = config.model
    layers = "seven projections" if model.lora_targets == PROJECTIONS else f"{len(model.lora_targets)} of attention"
    dropout = f", dropout {model.lora_dropout:g}" if model.lora_dropout else ""
    return f"r {model.lora_rank}, alpha {model.lora_alpha:g}{dropout}, {layers}{', 4 bits' * model.load_in_4bit}"


def _length(options) -> str:
    return f"{options.steps} steps" if options.steps else f"{options.epochs:g} epoch{'s' * (options.epochs > 1)}"


PROPERTIES = {
    "model": lambda config: config.model.name,
    "data": lambda config: f"`{config.data.root}`",
    "answer format": lambda config: f"`{config.prompt.format}`",
    "answers to a question": lambda config: f"{config.prompt.turns}",
    "LoRA": _layers,
    "SFT": lambda config: f"{_length(config.sft)}, {config.sft.learning_rate:g}",
    "GRPO": lambda config: _length(config.grpo),
    "learning rate": lambda config: f"{config.grpo.learning_rate:g}, {config.grpo.schedule}",
    "warm-up, decay, clipping": lambda config: " / ".join(
        f"{value:g}" for value in (config.grpo.warmup, config.grpo.weight_decay, config.grpo.max_grad_norm)
    ),
    "questions x completions": lambda config: (
        f"{config.grpo.questions_per_step} x {config.grpo.completions_per_question}"
    ),
    "tokens of a completion": lambda config: f"{config.grpo.max_completion_tokens:,}",
    "temperature, top-p": lambda config: f"{config.grpo.temperature:g}, {config.grpo.top_p:g}",
    "KL": lambda config: f"{config.grpo.kl:g}",
    "rewards": _rewards,
}
"""Row of the comparison -> its cell, from a configuration."""


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = (head, [":---"] * len(head), *rows)
    return "".join("| " + " | ".join(cells) + " |\n" for cells in lines)


def filled(text: str) -> str:
    """A page with each block between `<!-- table: NAME -->` and `<!-- end -->` made anew."""
    makers = {"designs": designs, "pays": pays, "budget": budget, "turns": turns}
    unknown = [match["name"] for match in BLOCK.finditer(text) if match["name"] not in makers]
    if unknown:
        raise UserError(f"table: there is no {unknown[0]!r}, choose one of {', '.join(makers)}")
    return BLOCK.sub(lambda match: f"{match['open']}\n{makers[match['name']]()}\n{match['close']}", text)


def _main() -> None:
    parser = argparse.ArgumentParser(prog="python -m backends.recipe_tables", description=__doc__.splitlines()[0])
    parser.add_argument("page", type=Path, help="the page whose tables are renewed")
    page = parser.parse_args().page
    files.write_text(page, filled(page.read_text(encoding="utf-8")))


if __name__ == "__main__":
    utils.run_script(_main)
