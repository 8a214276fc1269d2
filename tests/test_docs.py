"""The documents name what exists: flags, make targets, files, recipes and their values."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from config import RECIPES, Config, flat

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")] + sorted(
    (ROOT / "docs").glob("*.md")
)
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))


@pytest.fixture(params=PAGES, ids=lambda path: path.name)
def page(request: pytest.FixtureRequest) -> str:
    return request.param.read_text(encoding="utf-8")


def test_flags_are_fields_of_the_configuration(page: str) -> None:
    flags = set(re.findall(r"--([a-z]+\.)(?:no-)?([a-z0-9-]+)", page))
    assert {(part + field).replace("-", "_") for part, field in flags} - {"field.name"} <= set(flat(Config()))


def test_make_targets_exist(page: str) -> None:
    named = set(re.findall(r"(?:`|^|\n)make ([a-z-]+)", page))
    assert named <= TARGETS


def test_links_lead_to_files(page: str) -> None:
    links = {link.partition("#")[0] for link in re.findall(r"\]\(([^)]+)\)", page) if "://" not in link}
    missing = {link for link in links if not (ROOT / link).exists() and not (ROOT / "docs" / link).exists()}
    assert not missing - (set() if (ROOT / "docs" / "results").is_dir() else {"docs/curves.png"})


def test_python_files_that_are_named_with_their_folder_exist(page: str) -> None:
    files = set(re.findall(r"\b(?:backends|text2sql|tests|spider_data)/\w+\.py\b", page))
    assert all((ROOT / file).is_file() for file in files), files


def test_the_file_tree_shows_every_module() -> None:
    tree = (ROOT / "README.md").read_text(encoding="utf-8").partition("## The files")[2].partition("## ")[0]
    modules = [path for folder in ("text2sql", "backends") for path in (ROOT / folder).glob("*.py")]
    names = {path.name for path in [*modules, *ROOT.glob("*.py")]} - {"__init__.py", "errors.py"}
    assert {name for name in names if name not in tree} == set()


@pytest.mark.parametrize("name", RECIPES)
def test_the_table_of_recipes_has_their_values(name: str) -> None:
    config = RECIPES[name]
    sft, grpo = config.sft, config.grpo
    cells = [
        f"`{name}`{' (default)' if name == 'spider' else ''}",
        config.model.name.rpartition("/")[2],
        f"`{config.data.root}`",
        f"{_length(sft)}, {sft.questions_per_step} questions a step, {sft.learning_rate:g}",
        f"{_length(grpo)}, {grpo.questions_per_step} questions x {grpo.completions_per_question} completions a step, "
        f"{grpo.learning_rate:g}",
    ]
    assert f"| {' | '.join(cells)} |\n" in (ROOT / "README.md").read_text(encoding="utf-8")


def _length(options) -> str:
    return f"{options.steps} steps" if options.steps else f"{options.epochs:g} epoch{'s' * (options.epochs > 1)}"


def test_the_tables_of_the_recipes_are_what_their_command_makes() -> None:
    from backends.recipe_tables import filled

    page = (ROOT / "docs" / "recipes.md").read_text(encoding="utf-8")
    assert page.count("<!-- table: ") == 4 and filled(page) == page, "python -m backends.recipe_tables docs/recipes.md"
