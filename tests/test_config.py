"""Knobs: recipes, the command line's answers to mistakes, and the configuration that a run keeps."""

from __future__ import annotations

import ast
import dataclasses
import json
import subprocess
import sys
import typing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import config
import recipes
from backends import command_line, knobs
from backends.knobs import Range
from config import RECIPES, Config
from text2sql.errors import UserError

SOURCE = Path(config.__file__).read_text("utf-8")
CLASSES = [node for node in ast.parse(SOURCE).body if isinstance(node, ast.ClassDef)]


@pytest.fixture
def parse(tmp_path, monkeypatch):
    """command_line.parse in an empty folder, so that no run of this checkout is found, and without a GPU."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("backends.cards.found", list)
    return lambda *args: command_line.parse(list(args))


def test_the_default_recipe_is_the_one_that_the_readme_promises(parse):
    found = parse()
    assert (found.recipe, found.model.name) == ("spider", "unsloth/Qwen3-4B-Instruct-2507")
    assert (found.model.lora_rank, found.model.lora_alpha, len(found.model.lora_targets)) == (32, 64, 7)
    assert (found.sft.epochs, found.sft.learning_rate, found.sft.questions_per_step) == (1, 2e-4, 8)
    assert (found.grpo.learning_rate, found.grpo.completions_per_question) == (5e-6, 8)
    assert (found.grpo.temperature, found.grpo.kl, found.grpo.rewards) == (1.0, 0, ("execution",))
    assert (found.prompt.sample_values, found.grpo.exact, found.grpo.invalid, found.grpo.empty) == (3, 5, -1, -2)
    assert found.grpo.questions_per_step >= 8


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_is_valid_and_knows_its_name(name, parse):
    assert parse(name) == RECIPES[name]
    assert RECIPES[name].recipe == name and RECIPES[name].folder == Path("outputs") / name


def test_one_flag_changes_one_value(parse):
    found = parse("demo", "--grpo.steps", "5")
    assert config.differences(found, RECIPES["demo"]) == {"grpo.steps": (5, RECIPES["demo"].grpo.steps)}


@pytest.mark.parametrize(
    ("flag", "meant"),
    [("--grpo.step", "--grpo.steps"), ("--grpo.temprature", "--grpo.temperature"), ("--sft.epoch", "--sft.epochs")],
)
def test_a_mistyped_flag_suggests_the_right_one(flag, meant, parse, capsys):
    with pytest.raises(SystemExit) as stopped:
        parse("demo", flag, "1")
    assert stopped.value.code == 2
    assert flag in (said := capsys.readouterr().err) and f" {meant} " in said


@pytest.mark.parametrize(
    ("flag", "value", "words"),
    [
        ("--grpo.steps", "-5", "grpo.steps: -5 is out of range, it must be at least 0"),
        ("--grpo.temperature", "11", "grpo.temperature: 11.0 is out of range, it must be from 0.01 to 10"),
        ("--grpo.top-p", "nan", "grpo.top_p: nan is out of range, it must be from 0.01 to 1"),
        ("--sft.learning-rate", "inf", "sft.learning_rate: inf is out of range, it must be at least 0"),
        ("--sft.warmup", "2", "sft.warmup: 2.0 is out of range, it must be from 0 to 1"),
        ("--seed", "-1", "seed: -1 is out of range, it must be at least 0"),
        ("--model.lora-rank", "0", "model.lora_rank: 0 is out of range, it must be from 1 to 1024"),
        ("--sft.questions-per-pass", "0", "sft.questions_per_pass: 0 is out of range, it must be at least 1"),
    ],
)
def test_a_bad_value_names_field_value_and_range(flag, value, words, parse):
    with pytest.raises(UserError) as refused:
        parse("demo", flag, value)
    assert str(refused.value) == words


@pytest.mark.parametrize(
    ("flag", "value"), [("--grpo.steps", "five"), ("--eval.stage", "gpro"), ("--data.timeout", "")]
)
def test_an_unreadable_value_names_its_flag(flag, value, parse, capsys):
    with pytest.raises(SystemExit) as stopped:
        parse("demo", flag, value)
    assert stopped.value.code == 2 and flag in (said := capsys.readouterr().err) and value in said


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("dmo", "did you mean demo?"),
        ("spider_small", "did you mean spider-small?"),
        ("x", "spider, spider-small, demo"),
    ],
)
def test_an_unknown_recipe_suggests_one(name, hint, parse):
    with pytest.raises(UserError, match=f"recipe: there is no recipe '{name}'; .*{hint.replace('?', '.')}"):
        parse(name)


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("--sft.questions-per-pass", "3"), "sft.questions_per_pass: 3 doesn't divide the 8 of one step; 2 does"),
        (("--sft.questions-per-pass", "16"), "sft.questions_per_pass: 16 doesn't divide the 8 of one step; 8 does"),
        (("--sft.questions-per-step", "7"), "sft.questions_per_pass: 4 doesn't divide the 7 of one step; 1 does"),
        (("--grpo.completions-per-pass", "12"), "grpo.completions_per_pass: 12 doesn't divide the 16 of one step; 8"),
    ],
)
def test_a_step_that_is_no_whole_number_of_passes_is_refused_with_one_that_is(args, words, parse):
    with pytest.raises(UserError) as refused:
        parse("demo", *args)
    assert words in str(refused.value)


def test_the_step_that_was_proposed_is_accepted(parse):
    assert parse("demo", "--sft.questions-per-pass", "2").sft.questions_per_pass == 2
    assert parse("demo", "--grpo.completions-per-pass", "16").grpo.completions_per_pass == 16


@pytest.mark.parametrize(
    ("words", "weights"),
    [
        (("execution",), {"execution": 1}),
        (("execution", "1.0", "format_exact", "0.5"), {"execution": 1, "format_exact": 0.5}),
        (("execution", "my.module.length", "-.25"), {"execution": 1, "my.module.length": -0.25}),
        (("execution", "2e1", "my.module.length"), {"execution": 20, "my.module.length": 1}),
    ],
)
def test_a_weight_stands_behind_its_reward(parse, words, weights):
    assert parse("demo", "--grpo.rewards", *words).grpo.weights == weights
    assert list(parse("demo", "--grpo.rewards", *words).grpo.weights) == list(weights)


# --- the configuration that a run keeps ---------------------------------------------------------------------------


def test_later_stages_find_the_saved_values(parse, capsys):
    saved = parse("demo", "--grpo.steps", "5", "--sft.learning-rate", "3e-4")
    config.save(saved, saved.folder / "config.json")
    capsys.readouterr()
    assert parse("demo") == saved
    said = capsys.readouterr().out
    assert "outputs/demo/config.json" in said and "grpo.steps=5" in said and "sft.learning_rate=0.0003" in said
    assert parse("demo", "--grpo.steps", "7") == replace(saved, grpo=replace(saved.grpo, steps=7))


def test_a_run_is_found_by_its_name_and_outputs_folder(parse):
    saved = parse("demo", "--run", "mine", "--outputs", "elsewhere", "--seed", "7")
    assert saved.folder == Path("elsewhere/mine")
    config.save(saved, saved.folder / "config.json")
    assert parse("demo", "--run", "mine", "--outputs", "elsewhere").seed == 7
    assert parse("--run=mine", "--outputs=elsewhere") == saved, "the recipe is known from the run"
    assert parse("demo").seed == RECIPES["demo"].seed


def test_a_run_of_another_recipe_is_refused(parse):
    config.save(replace(RECIPES["demo"], run="mine"), Path("outputs/mine/config.json"))
    with pytest.raises(
        UserError, match="run: outputs/mine was made with recipe demo, not spider; choose another --run"
    ):
        parse("spider", "--run", "mine")


def test_what_belongs_to_one_command_is_not_saved(parse):
    said = parse("demo", "--dry-run", "--overwrite", "--eval.stage", "base", "--eval.limit", "9")
    assert (said.dry_run, said.overwrite, said.eval.stage) == (True, True, "base")
    config.save(said, said.folder / "config.json")
    found = parse("demo")
    assert (found.dry_run, found.overwrite, found.eval.stage, found.eval.limit) == (False, False, "newest", 9)
    assert not list(said.folder.glob("*.partial"))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"recipe": "demo", "sft"', "config.json"),
        ('{"recipe": "demo", "sft": {"learnig_rate": 1}}', "unknown field sft.learnig_rate"),
        ("[]", "config.json"),
        ('{"sft": null}', "config.json"),
        ('{"recipe": "demo", "seed": "x"}', "seed"),
        ('{"recipe": "demo", "seed": -3}', "seed: -3 is out of range"),
    ],
)
def test_a_damaged_saved_configuration_is_named(text, reason, parse, tmp_path):
    file = tmp_path / "outputs" / "demo" / "config.json"
    file.parent.mkdir(parents=True)
    file.write_text(text)
    with pytest.raises(UserError) as refused:
        parse("demo")
    assert reason in str(refused.value)


def test_a_field_that_an_older_version_did_not_have_takes_its_default(tmp_path):
    file = tmp_path / "config.json"
    file.write_text('{"recipe": "demo", "sft": {"steps": 3}}')
    found = config.load(file)
    assert (found.sft.steps, found.sft.epochs, found.grpo) == (3, config.Sft().epochs, config.Grpo())


def _valid(hint: object) -> st.SearchStrategy:
    """Any valid value of a field's type."""
    if dataclasses.is_dataclass(hint):
        return _configs(hint)
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Annotated:
        low, high = args[1].low, args[1].high
        high = 10**6 if high is None else high
        return st.integers(int(low), int(high)) if args[0] is int else st.floats(low, high)
    if origin is typing.Literal:
        return st.sampled_from(args)
    if origin is tuple:
        return st.lists(_valid(args[0]), max_size=3).map(tuple)
    names = st.text("aé'\"\\ /.-ß中", min_size=1, max_size=8)
    paths = names.map(Path)
    simple = {bool: st.booleans(), float: st.floats(-1e9, 1e9), str: names, Path: paths}
    return simple[hint] if hint in simple else st.none() | paths


def _configs(cls: type) -> st.SearchStrategy:
    """A dataclass with a valid value in every field."""
    hints = typing.get_type_hints(cls, include_extras=True)
    return st.builds(cls, **{name: _valid(hint) for name, hint in hints.items()})


@given(_configs(Config))
def test_any_configuration_comes_back_as_it_was_saved(tmp_path_factory, written):
    file = tmp_path_factory.getbasetemp() / "roundtrip" / "config.json"
    config.save(written, file)
    read = config.load(file)
    kept = replace(written, dry_run=False, overwrite=False, eval=replace(written.eval, stage="newest"))
    assert read == kept
    assert config.differences(read, written).keys() <= {"eval.stage"}
    assert [type(value) for value in config.flat(read).values()] == [type(v) for v in config.flat(written).values()]
    assert all(bounds.holds(value) for _, value, bounds in knobs.bounded(read))


# --- the dataclasses themselves -----------------------------------------------------------------------------------


@pytest.mark.parametrize("cls", CLASSES, ids=lambda node: node.name)
def test_every_field_has_a_docstring_below_it(cls):
    """By AST, because a string below a field is where people, editors and --help read it; a part has its class's."""
    assert ast.get_docstring(cls)
    body = [*cls.body, None]
    nested = {node.name for node in CLASSES}
    fields = [(node, after) for node, after in zip(body, body[1:], strict=False) if isinstance(node, ast.AnnAssign)]
    assert fields, "it has fields"
    for node, after in fields:
        if ast.unparse(node.annotation) in nested:
            continue
        text = after.value.value if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant) else ""
        assert isinstance(text, str) and text.endswith(".") and len(text) > 10, f"{cls.name}.{node.target.id}"


def test_every_class_is_frozen():
    for node in CLASSES:
        field = dataclasses.fields(getattr(config, node.name))[0].name
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(getattr(config, node.name)(), field, None)


def test_every_number_has_a_range():
    numbers = {name for name, value in config.flat(Config()).items() if type(value) in (int, float)}
    ranged = {name for name, _, _ in knobs.bounded(Config())}
    assert numbers == ranged


@given(st.floats(), st.integers(-5, 5), st.none() | st.integers(6, 9))
def test_a_range_holds_what_it_says(value, low, high):
    inside = value - low >= 0 and value < float("inf") and (high is None or value <= high)
    assert Range(low, high).holds(value) is inside


def test_flat_names_are_the_flags(script):
    code, out, err = script("train_sft.py", "demo", "--help")
    assert (code, err) == (0, "")
    missing = [name for name in config.flat(Config()) if f"--{name.replace('_', '-')}" not in out]
    assert missing == []


def test_the_saved_file_is_readable_json(tmp_path):
    config.save(RECIPES["demo"], tmp_path / "new" / "config.json")
    values = json.loads((tmp_path / "new" / "config.json").read_text("utf-8"))
    assert values["data"]["root"] == "spider_data/demo" and values["grpo"]["rewards"] == ["execution"]
    assert not {"dry_run", "overwrite"} & values.keys()


def test_the_recipe_comes_first(parse):
    with pytest.raises(UserError, match="demo must come first"):
        parse("--grpo.steps", "5", "demo")
    with pytest.raises(UserError, match="demo must come first"):
        parse("--dry-run", "demo")
    assert parse("--run", "demo").run == "demo"
    with pytest.raises(UserError, match="name the recipe as the first word"):
        parse("demo", "--recipe", "spider")


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (("--grpo.rewards",), "grpo.rewards: it is empty"),
        (("--model.lora-targets",), "model.lora_targets: it is empty"),
        (("--grpo.rewards", "execution", "mine.execution"), "same last name"),
        (("--grpo.rewards", "execution", "execution"), "execution is named twice"),
        (("--grpo.rewards", "0.5", "execution"), "0.5 has no reward's name before it, such as `execution 0.5`"),
        (("--grpo.rewards", "execution", "1", "0.5"), "0.5 has no reward's name before it"),
        (("--grpo.rewards", "execution", "nan"), "the weight nan of execution is out of range, it must be from -1000"),
        (("--grpo.exact", "nan"), "grpo.exact: nan is out of range"),
    ],
)
def test_values_that_mean_nothing_are_refused(parse, flags, words):
    with pytest.raises(UserError, match=words):
        parse("demo", *flags)


@pytest.mark.parametrize(
    ("saved", "rewards"),
    [
        ({"rewards": ["execution"], "reward_weights": []}, ("execution",)),
        (
            {"rewards": ["execution", "mine.short"], "reward_weights": [1.0, 0.5]},
            ("execution", "1.0", "mine.short", "0.5"),
        ),
    ],
)
def test_a_run_of_an_older_version_goes_on_with_its_weights(saved, rewards, tmp_path):
    path = tmp_path / "config.json"
    path.write_text(json.dumps({"recipe": "demo", "grpo": saved}))
    assert config.load(path).grpo.rewards == rewards
    assert list(config.load(path).grpo.weights.values()) == (saved["reward_weights"] or [1.0])


# --- the recipes, listed and shown --------------------------------------------------------------------------------


def answer(*words: str, folder: Path) -> subprocess.CompletedProcess:
    command = [sys.executable, str(Path(config.__file__)), *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True)


def test_every_recipe_is_listed_with_a_line(tmp_path):
    lines = answer("list", folder=tmp_path).stdout.splitlines()
    assert [line.split()[0] for line in lines] == list(RECIPES) and all(len(line.split()) > 3 for line in lines)


def test_a_recipe_is_shown_with_what_differs_from_the_default(tmp_path):
    shown = answer("show", "demo", "--grpo.steps", "3", folder=tmp_path).stdout
    assert "grpo.steps = 3   (default: 0)" in shown and "grpo.kl = 0.0\n" in shown
    changed = {line.split(" = ")[0] for line in shown.splitlines() if "(default: " in line}
    assert {"recipe", "data.root", "grpo.steps"} <= changed <= {"recipe", *recipes.CHANGES["demo"]}


@pytest.mark.parametrize("words", [(), ("shwo", "demo"), ("list", "demo")])
def test_another_word_is_answered_with_the_two_that_there_are(words, tmp_path):
    done = answer(*words, folder=tmp_path)
    assert done.returncode == 2 and "python config.py list" in done.stderr and len(done.stderr.splitlines()) == 1


def test_a_changed_value_must_exist_and_fit():
    with pytest.raises(ValueError, match="unknown field grpo.stepz"):
        knobs.changed(Config(), {"grpo.stepz": 1})
    with pytest.raises(ValueError, match="grpo.loss: 'ppo' is none of grpo, dapo"):
        knobs.changed(Config(), {"grpo.loss": "ppo"})
