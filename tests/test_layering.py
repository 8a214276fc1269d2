"""Who may import whom: the scripts stand on utils, utils on config and backends, all on text2sql, which stands on the
standard library, its modules on those before them only."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "text2sql"
SUBPACKAGES = ("html_report", "rewards")


def module(path: Path) -> str:
    """`score` for text2sql/score.py, `html_report.page` for text2sql/html_report/page.py."""
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts)


MODULES = sorted(module(path) for path in PACKAGE.rglob("*.py") if path.stem != "__init__")

# Module -> the modules of text2sql that it may import.
ALLOWED = {
    "errors": set(),
    "files": {"errors"},
    "rewrite": set(),
    "compare": set(),
    "connect": set(),
    "functions": set(),
    "suite": set(),
    "execute": {"connect", "functions", "suite"},
    "schema": {"errors", "execute"},
    "spider_schema": {"connect", "errors"},
    "spider_sql": {"spider_schema"},
    "exact_match": {"spider_schema", "spider_sql"},
    "preview": {"schema", "screen"},
    "feedback": {"prompt", "rewrite", "schema", "score", "screen"},
    "formats": set(),
    "hacking": {"formats", "judge", "rewrite"},
    "prompt": {"errors", "formats", "schema"},
    "download": {"errors", "files"},
    "judge": {"compare", "execute", "preview", "prompt", "result_key", "rewrite", "suite"},
    "workers": {"execute", "judge"},
    "score": {"execute", "judge", "workers"},
    "table_files": {"errors"},
    "own_databases": {"errors", "functions", "schema", "table_files"},
    "layouts": {"errors", "own_databases", "rewrite"},
    "prediction_files": {"data", "errors", "files", "layouts", "prompt", "screen"},
    "evaluation": {
        *("data", "error_classes", "exact_match", "execute", "files", "hacking"),
        *("metrics", "prediction_files", "records", "score"),
    },
    "comparison": {"errors", "layouts", "metrics", "paired", "records", "report", "result_tables", "screen"},
    "records": {"data", "error_classes", "errors", "exact_match", "hacking", "judge", "metrics"},
    "ledger": {"errors"},
    "sampled": {"data", "judge", "metrics", "screen"},
    "paired": {"errors", "metrics", "screen"},
    "gold_check": {"compare", "data", "execute", "judge", "rewrite", "score", "screen"},
    "data": {"data_check", "download", "errors", "files", "layouts", "schema", "score"},
    "data_check": {"data", "gold_check", "layouts", "own_databases", "prompt"},
    "rewards.form": {"formats", "score"},
    "rewards.overlap": {"clauses", "rewrite"},
    "rewards.outcome": {"score"},
    "rewards.sql_r1": {"formats", "metrics", "rewards.form", "rewards.overlap", "score"},
    "rewards.rubric": {"errors", "metrics", "query_tree", "rewards.form", "rewards.overlap", "schema", "score"},
    "rewards.gemma": {"formats", "prompt", "rewards.form", "score"},
    "report": {"errors", "files", "ledger", "screen"},
    "html_report.answers": {"errors"},
    "html_report.markup": set(),
    "html_report.curves": {"html_report.answers"},
    "html_report.charts": {"html_report.curves"},
    "html_report.rollouts": set(),
    "result_tables": {"errors", "execute", "layouts", "screen"},
    "html_report.results": {"html_report.answers", "layouts", "result_tables"},
    "html_report.gather": {
        *("layouts", "paired", "report", "result_tables", "rewards", "score"),
        *(f"html_report.{name}" for name in ("answers", "curves", "results", "rollouts")),
    },
    "html_report.story": {"paired", "screen", *(f"html_report.{name}" for name in ("answers", "curves", "gather"))},
    "html_report.summary": {"paired", "screen", *(f"html_report.{name}" for name in ("gather", "markup", "story"))},
    "html_report.breakdown": {f"html_report.{name}" for name in ("answers", "gather", "markup", "story")},
    "html_report.training": {
        "screen",
        *(f"html_report.{name}" for name in ("charts", "curves", "gather", "markup", "rollouts", "story")),
    },
    "html_report.page": {
        *("files", "screen"),
        *(f"html_report.{name}" for name in ("answers", "breakdown", "gather", "markup")),
        *(f"html_report.{name}" for name in ("story", "summary", "training")),
    },
    "query_tree": {"rewrite"},
    "contexts": {"errors", "schema"},
    "scopes": {"contexts", "query_tree"},
    "mending": {"contexts", "prompt", "query_tree", "schema", "scopes"},
    "demands": {"query_tree", "scopes"},
    "kinds": {"contexts", "demands", "scopes"},
    "values": {"demands", "kinds"},
    "fill": {"contexts", "demands", "kinds", "scopes", "values"},
    "databases": {
        *("compare", "contexts", "demands", "fill", "kinds", "query_tree", "rewrite", "schema", "scopes", "suite"),
    },
    "leakage": {"contexts", "errors", "query_tree"},
    "create_context": {
        *("contexts", "data", "databases", "errors", "files", "leakage", "mending", "score", "workers"),
    },
    "mutants": {
        "contexts",
        "data",
        "demands",
        "errors",
        "files",
        "fill",
        "judge",
        "query_tree",
        "scopes",
        "score",
        "values",
    },
    "clauses": {"query_tree"},
    "error_classes": {"clauses", "screen"},
    "screen": set(),
    "result_key": set(),
    "metrics": {"errors", "execute", "judge", "result_key", "score", "screen"},
}

SCRIPTS = ("train_sft", "train_grpo", "evaluate")
OURS = {"config", "utils", "backends", "recipes", "text2sql", *SCRIPTS}
HEAVY = {"torch", "transformers", "trl", "peft", "unsloth", "vllm", "datasets", "accelerate", "numpy"}

# File -> our packages and modules that it may import; a backend may name config's classes in its types besides.
TOP_LEVEL = {
    "config": {"backends", "recipes", "text2sql"},
    "utils": {"config", "backends", "text2sql"},
    **dict.fromkeys(SCRIPTS, {"config", "utils", "backends", "text2sql"}),
}
BACKENDS = sorted(path.stem for path in (ROOT / "backends").glob("*.py"))
LAZY = {"callbacks": {"transformers"}, "dev_slice": {"transformers"}}
"""What a backend's file may import when it is loaded; it is loaded inside functions itself."""
SHOWS = {
    "dry_run": {"config", "utils"},
    "command_line": {"config", "recipes", "utils"},
    "recipe_tables": {"config", "utils"},
    "doctor": {"config", "utils"},
    "machine": {"utils"},
}
"""Pieces of every script: reading its arguments, its second main, which shows what it would do, and the doctor."""

# Fetching a file, drawing and parsing SQL, imported inside the function that needs it or for its types only; what is
# read and scored needs none of them.
EXTRAS = {
    "download": {"gdown", "huggingface_hub", "tqdm"},
    "report": {"matplotlib"},
    "evaluation": {"tqdm"},
    "table_files": {"pyarrow"},
    "query_tree": {"sqlglot"},
    **dict.fromkeys(("scopes", "mending", "demands", "mutants"), {"sqlglot"}),
    "create_context": {"datasets", "pyarrow", "tqdm"},
    "clauses": {"sqlglot"},
    "html_report.charts": {"matplotlib"},
    "html_report.rollouts": {"pyarrow"},
}


def imported(path: Path, *, when_loaded: bool = False) -> set[str]:
    """Full names of the modules that a file imports, also in functions; `text2sql.x` for `from text2sql import x`, and
    so for what is imported from a subpackage."""
    packages = {"text2sql", *(f"text2sql.{name}" for name in SUBPACKAGES)}
    tree = ast.parse(path.read_text("utf-8"))
    names = set()
    for node in tree.body if when_loaded else ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            origin = ".".join(filter(None, ["text2sql" if node.level else "", node.module]))
            names |= {f"{origin}.{alias.name}" for alias in node.names} if origin in packages else {origin}
    return names


@pytest.mark.parametrize("name", MODULES)
def test_a_module_imports_only_what_is_below_it(name: str) -> None:
    path = PACKAGE.joinpath(*name.split(".")).with_suffix(".py")
    own = {full.removeprefix("text2sql.") for full in imported(path) if full.startswith("text2sql.")}
    assert own <= ALLOWED.get(name, own)


@pytest.mark.parametrize("name", [*MODULES, "__init__", *(f"{package}.__init__" for package in SUBPACKAGES)])
def test_only_the_standard_library_is_imported(name: str) -> None:
    path = PACKAGE.joinpath(*name.split(".")).with_suffix(".py")
    own = sys.stdlib_module_names | {"text2sql"}
    assert {full.split(".")[0] for full in imported(path, when_loaded=True)} <= own
    assert {full.split(".")[0] for full in imported(path)} <= own | EXTRAS.get(name, set())


def test_the_engine_is_there() -> None:
    assert {"execute", "score", "rewards.outcome", "html_report.page"} <= set(MODULES)


def test_every_module_of_a_subpackage_has_its_rule() -> None:
    folders = {path.parent.name for path in PACKAGE.rglob("*.py")} - {"text2sql"}
    assert folders == set(SUBPACKAGES)
    assert {name for name in MODULES if "." in name} == {name for name in ALLOWED if "." in name}


def test_importing_takes_milliseconds_and_nothing_heavy() -> None:
    code = "import sys, text2sql.rewards; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-S", "-c", code], cwd=PACKAGE.parent, capture_output=True, text=True, check=True
    )
    assert not {"torch", "numpy", "transformers", "config", "utils"} & set(done.stdout.split())


def top(names: set[str]) -> set[str]:
    return {name.split(".")[0] for name in names}


def runtime(path: Path, *, when_loaded: bool = False) -> set[str]:
    """Packages that a file imports, without what stands under `if TYPE_CHECKING`; siblings of a package as its own."""
    tree = ast.parse(path.read_text("utf-8"))
    names: set[str] = set()
    stack: list[ast.AST] = [tree]
    while stack:
        node = stack.pop()
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        if when_loaded and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(path.parent.name if node.level else node.module or "")
        stack += ast.iter_child_nodes(node)
    return top(names)


@pytest.mark.parametrize("name", TOP_LEVEL)
def test_scripts_and_their_helpers_import_only_what_is_below_them(name: str) -> None:
    assert runtime(ROOT / f"{name}.py") & OURS <= TOP_LEVEL[name]


@pytest.mark.parametrize("name", BACKENDS)
def test_backends_import_text2sql_and_one_another(name: str) -> None:
    path = ROOT / "backends" / f"{name}.py"
    assert runtime(path) & OURS <= {"text2sql", "backends"} | SHOWS.get(name, set())
    assert top(imported(path)) & OURS <= {"text2sql", "backends", "config"} | SHOWS.get(name, set())


def test_the_knobs_that_config_is_made_of_import_nothing_of_ours() -> None:
    assert not runtime(ROOT / "backends" / "knobs.py") & OURS
    tree = ast.parse((ROOT / "config.py").read_text("utf-8"))
    loaded = [ast.unparse(node) for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    assert [line for line in loaded if "backends" in line] == [
        "from backends import knobs",
        "from backends.knobs import Range",
    ]


@pytest.mark.parametrize("path", [*(ROOT / f"{name}.py" for name in TOP_LEVEL), *(ROOT / "backends").glob("*.py")])
def test_heavy_imports_stand_inside_functions(path: Path) -> None:
    assert runtime(path, when_loaded=True) & HEAVY <= LAZY.get(path.stem, set())
    others = runtime(path, when_loaded=True) - sys.stdlib_module_names - OURS
    assert others <= LAZY.get(path.stem, set()), "nothing else to install for --help either"


def test_utils_does_nothing_when_it_is_imported() -> None:
    """Another library imports a module of this name, so the file may only define; run as a script it is the doctor."""
    quiet = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef, ast.Assign)
    *body, last = ast.parse((ROOT / "utils.py").read_text("utf-8")).body[1:]
    assert ast.unparse(last).startswith("if __name__ == '__main__':")
    for node in body:
        assert isinstance(node, quiet), ast.unparse(node)
        if isinstance(node, ast.Assign):
            ast.literal_eval(node.value)


@pytest.mark.parametrize("name", ["utils", *SCRIPTS])
def test_importing_a_script_leaves_the_process_as_it_is(name: str, tmp_path: Path) -> None:
    code = f"""
import os, signal, sys, threading
sys.path.insert(0, {str(ROOT)!r})
before = dict(os.environ), signal.getsignal(signal.SIGINT), list(sys.path), threading.active_count()
import {name}
assert before == (dict(os.environ), signal.getsignal(signal.SIGINT), list(sys.path), threading.active_count())
print(*sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    loaded = done.stdout.splitlines()
    assert len(loaded) == 1 and done.stderr == "" and not list(tmp_path.iterdir())
    assert not (HEAVY | {"tyro"}) & set(loaded[0].split())
