"""sql-create-context as a folder in Spider's layout: reading, splitting, overlap, and the command."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path

import pytest
import stack
from hypothesis import given, settings
from hypothesis import strategies as st

from text2sql import create_context, data, leakage
from text2sql.contexts import read_context
from text2sql.create_context import FIELDS, Options, create, main, read
from text2sql.errors import UserError
from text2sql.exact_match import exact_match
from text2sql.records import Schemas
from text2sql.score import score_batch

ROOT = Path(__file__).parents[1]
SOURCE = Path(__file__).with_name("create_context.jsonl")
SPIDER = ROOT.parent / "shared" / "spider_data"
VALIDATION = 0.2
RECORDS = [json.loads(line) for line in SOURCE.read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("data") / "sql_create_context"
    assert main(["--source", str(SOURCE), "--out", str(out), "--validation", str(VALIDATION), "--workers", "1"]) == 0
    return out


def splits(folder: Path) -> dict[str, list[data.Example]]:
    return {split: data.load(folder, split) for split in data.FILES}


# --- the folder -----------------------------------------------------------------------------------------------------
def test_every_row_is_kept_once_or_dropped_with_its_reason(folder: Path) -> None:
    report = json.loads((folder / "report.json").read_text("utf-8"))
    rejected = [json.loads(line) for line in (folder / "rejected.jsonl").read_text("utf-8").splitlines()]
    rows = [record["row"] for name in data.FILES.values() for record in json.loads((folder / name).read_text("utf-8"))]
    assert report["rows"] == len(RECORDS) == report["train"] + report["validation"] + sum(report["dropped"].values())
    assert sorted([*rows, *(line["row"] for line in rejected)]) == [
        *range(len(RECORDS) - 1)
    ]  # the last one is repeated
    assert report["dropped"]["repeated"] == 1
    assert {line["reason"] for line in rejected} >= {
        "the gold selects nothing but constants",
        "the gold can't be parsed as one query",
        "no CREATE TABLE statement in the context",
        create_context.EMPTY,
        "no such column: TYPE",
    }


def test_the_folder_is_in_spiders_layout_and_its_golds_are_fit_for_training(folder: Path) -> None:
    for examples in splits(folder).values():
        kept, rejected = data.preflight(examples, timeout=5)
        assert kept == examples and not rejected


def test_golds_match_themselves_also_by_their_structure_without_tables_json(folder: Path) -> None:
    examples = [it for found in splits(folder).values() for it in found]
    scores = score_batch([(it.gold, it.gold, it.database) for it in examples])
    assert {found.status for found in scores} == {"match"}
    schemas = Schemas(folder)
    join = next(it for it in examples if "JOIN ship" in it.gold)
    assert exact_match(join.gold, join.gold, schemas.of(join)).match


def test_paraphrases_share_their_databases(folder: Path) -> None:
    examples = [it for found in splits(folder).values() for it in found if "'harlow rovers'" in it.gold]
    assert len(examples) == 3
    assert len({it.db_id for it in examples}) == 2  # table_name_12 twice, table_name_71


def test_nothing_is_on_both_sides(folder: Path) -> None:
    contexts = {index: record["context"] for index, record in enumerate(RECORDS)}
    found = {}
    for split, name in data.FILES.items():
        records = json.loads((folder / name).read_text("utf-8"))
        facts = [(it["question"], it["query"], read_context(contexts[it["row"]])) for it in records]
        found[split] = set().union(*(leakage.keys(*fact) for fact in facts))
    assert found["dev"] and found["train"].isdisjoint(found["dev"])


def test_a_second_run_changes_no_file_and_builds_what_is_missing(folder: Path) -> None:
    def snapshot() -> dict[Path, bytes]:
        return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}

    before = snapshot()
    lost = data.load(folder, "train")[0].database.parent
    for path in lost.iterdir():
        path.unlink()
    lost.rmdir()
    (folder / "database" / ".partial-left").mkdir()
    create(read(str(SOURCE)), folder, Options(VALIDATION))
    assert snapshot() == before
    assert not list((folder / "database").glob(".partial*"))


def test_several_processes_write_the_same(folder: Path, tmp_path: Path) -> None:
    rows = read(str(SOURCE)) * 2  # more than FEW
    create(rows, tmp_path / "out", Options(VALIDATION, workers=2))
    assert (tmp_path / "out" / "train_spider.json").read_bytes() == (folder / "train_spider.json").read_bytes()


# --- splitting ------------------------------------------------------------------------------------------------------
tables = st.sampled_from(["ship", "harbour", "baker", "table_name_1", "table_name_2", "table_1_1"])
facts = st.builds(
    lambda question, gold, names, column: (
        f"question {question}?",
        f"SELECT {column} FROM {names[0]} WHERE {column} = {gold}",
        read_context("; ".join(f"CREATE TABLE {name} ({column} VARCHAR)" for name in names)),
    ),
    st.integers(0, 30),
    st.integers(0, 9),
    st.lists(tables, min_size=1, max_size=3, unique=True),
    st.sampled_from("abcdefgh"),
)


@settings(deadline=None)
@given(st.lists(facts, max_size=30), st.randoms(use_true_random=False), st.floats(0.05, 0.6))
def test_a_row_never_changes_sides(rows: list, rng: random.Random, share: float) -> None:
    def sides(some: list) -> list[set[str]]:
        found = leakage.split(some, share)
        assert sorted([*found.train, *found.validation, *found.leaking]) == [*range(len(some))]
        return [{str(some[place]) for place in places} for places in found]

    train, validation, leaking = sides(rows)
    shuffled = rng.sample(rows, len(rows))
    assert sides(shuffled) == [train, validation, leaking]
    some = rows[: len(rows) // 2]
    fewer_train, fewer_validation, fewer_leaking = sides(some)
    names = {str(row) for row in some}
    assert fewer_validation == validation & names
    assert train & names <= fewer_train <= train | leaking
    assert fewer_leaking <= leaking


@settings(deadline=None)
@given(st.lists(facts, max_size=30), st.floats(0.05, 0.6))
def test_no_table_question_or_gold_is_on_both_sides(rows: list, share: float) -> None:
    found = leakage.split(rows, share)
    sides = [
        set().union(*(leakage.keys(*rows[place]) for place in places)) for places in (found.train, found.validation)
    ]
    assert sides[0].isdisjoint(sides[1])


def test_renaming_what_has_no_name_changes_nothing() -> None:
    one = (
        "Which venue?",
        "SELECT venue FROM table_name_1 WHERE a = 'x'",
        "CREATE TABLE table_name_1 (venue TEXT, a TEXT)",
    )
    other = (
        "which VENUE",
        'select venue from table_name_77 where a = "x"',
        "CREATE TABLE table_name_77 (a TEXT, Venue TEXT)",
    )
    assert leakage.keys(*one[:2], read_context(one[2])) == leakage.keys(*other[:2], read_context(other[2]))


# --- Spider dev -----------------------------------------------------------------------------------------------------
@pytest.mark.skipif(not SPIDER.is_dir(), reason="the official Spider is not here")
def test_what_spider_dev_has_too_is_reported_and_dropped_on_demand(
    tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    own = RECORDS[:12]
    theirs = [
        {"question": "How many singers do we have?", "context": "CREATE TABLE x (a TEXT)", "answer": "SELECT a FROM x"},
        {"question": "?", "context": "CREATE TABLE Singer (Id TEXT)", "answer": "SELECT COUNT(*) FROM Singer"},
        {
            "question": "!",
            "context": "CREATE TABLE stadium (capacity INT)",
            "answer": "SELECT MIN(capacity) FROM stadium",
        },
    ]
    source, out = tmp_path / "rows.json", tmp_path / "out"
    source.write_text(json.dumps([*own, *theirs]), "utf-8")
    given_flags = ["--source", str(source), "--out", str(out), "--spider", str(SPIDER), "--validation", "0.3"]
    assert main(given_flags) == 0
    assert "question 1, gold 1, schema 1, any 3" in capsys.readouterr().out
    shares = [json.loads(line)["shares"] for line in (out / "overlap.jsonl").read_text("utf-8").splitlines()]
    assert shares == [["question"], ["gold"], ["schema"]]
    assert main([*given_flags, "--drop-overlap"]) == 0
    report = json.loads((out / "report.json").read_text("utf-8"))
    assert report["dropped"][create_context.IN_SPIDER] == 3


# --- reading --------------------------------------------------------------------------------------------------------
def test_all_kinds_of_files_give_the_same_rows(tmp_path: Path) -> None:
    from pyarrow import Table, parquet

    (tmp_path / "list.json").write_text(json.dumps(RECORDS), "utf-8")
    (tmp_path / "lines.json").write_bytes(SOURCE.read_bytes())
    parquet.write_table(Table.from_pylist(RECORDS), tmp_path / "rows.parquet")
    rows = read(str(SOURCE))
    assert [row.index for row in rows] == [*range(len(RECORDS))]
    assert all(read(str(path)) == rows for path in tmp_path.iterdir())


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("rows.csv", "a,b", "neither 'hub' nor"),
        ("rows.json", "[1, 2", "can't be read"),
        ("rows.json", "[]", "no rows"),
        ("rows.json", '{"question": "q"}', "row 0: field 'context'"),
        ("rows.jsonl", '{"question": "q", "context": "c", "answer": null}', "row 0: field 'answer'"),
        ("rows.parquet", "PAR1", "can't be read"),
    ],
)
def test_a_file_of_another_shape_is_named(name: str, content: str, message: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(content, "utf-8")
    with pytest.raises(UserError, match=message) as caught:
        read(str(tmp_path / name))
    assert name in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "flags",
    [
        ["--source", "missing.json"],
        ["--limit", "-1"],
        ["--validation", "1.5"],
        ["--drop-overlap"],
        ["--spider", "nowhere"],
        ["--limit", "2"],
    ],
)
def test_the_command_says_in_one_line_what_is_wrong(flags: list[str], tmp_path: Path, capsys) -> None:
    assert main(["--source", str(SOURCE), "--out", str(tmp_path), *flags]) == 2
    error = capsys.readouterr().err
    assert error.startswith("error: ") and error.count("\n") == 1
    assert not (tmp_path / "train_spider.json").exists()


@pytest.mark.slow
def test_without_a_network_the_hub_is_named(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "text2sql.create_context", "--out", str(tmp_path)],
        cwd=ROOT,
        env={"PATH": "", "HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].startswith("error: b-mc2/sql-create-context: can't be loaded")


@pytest.mark.slow
def test_the_commands_train_and_evaluate_on_it(folder: Path, tmp_path: Path) -> None:
    call = ("demo", "--outputs", "outputs")
    settings = ("--data.root", folder, "--prompt.sample-values", 0, *stack.EXACT)
    sft = ("--sft.steps", 4, "--sft.questions-per-step", 4, "--sft.questions-per-pass", 4)
    grpo = ("--grpo.steps", 1, "--grpo.questions-per-step", 2, "--grpo.completions-per-question", 4)
    stack.run("train_sft.py", *call, *settings, *sft, cwd=tmp_path)
    stack.run("train_grpo.py", *call, *grpo, cwd=tmp_path)
    stack.run("evaluate.py", *call, cwd=tmp_path)
    run = tmp_path / "outputs" / "demo"
    assert 0 <= stack.steps(run / "grpo")[-1]["exact_share"] <= 1
    examples = data.load(folder, "dev")
    records = [json.loads(line) for line in (run / "eval/grpo/predictions.jsonl").read_text("utf-8").splitlines()]
    again = score_batch([(it["completion"], it["gold"], ex.database) for it, ex in zip(records, examples, strict=True)])
    assert [it["status"] for it in records] == [found.status for found in again]
    golds = (run / "eval/grpo/gold.txt").read_text("utf-8").splitlines()
    assert golds == [f"{it.gold}\t{it.db_id}" for it in examples]


def test_the_fixture_has_the_shape_of_the_data_set() -> None:
    assert all(set(record) == set(FIELDS) for record in RECORDS)
