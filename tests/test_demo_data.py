"""The demo data: what is committed comes from its sources, has Spider's layout, and covers what it promises."""

import importlib
import json
import re
import shutil
import sqlite3
import subprocess
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[1] / "spider_data"
SOURCE, DEMO = FOLDER / "demo_source", FOLDER / "demo"
SPIDER = FOLDER.parents[1] / "shared" / "spider_data"
sys.path.insert(0, str(FOLDER))
build_demo = importlib.import_module("build_demo")
demo_checks = importlib.import_module("demo_checks")

FILES = {"train": "train_spider.json", "dev": "dev.json"}
NAMESAKES = {"cinema", "farm"}  # Spider has databases of these names, with other tables and rows
FEATURES = {  # pattern over the gold, least number of questions in train and in dev
    "join of two tables": (r"^(?!.*JOIN.*JOIN).*\bJOIN\b", 90, 25),
    "join of three tables": (r"JOIN.*JOIN", 2, 2),
    "GROUP BY": (r"GROUP BY", 70, 20),
    "HAVING": (r"HAVING count\(\*\)", 20, 5),
    "ORDER BY without LIMIT": (r"ORDER BY(?!.*LIMIT)", 24, 6),
    "LIMIT 1": (r"LIMIT 1$", 40, 10),
    "LIMIT n": (r"LIMIT [2-9]$", 10, 4),
    "INTERSECT": (r"INTERSECT", 6, 2),
    "EXCEPT or UNION": (r"EXCEPT|UNION", 2, 2),
    "NULL": (r"IS (NOT )?NULL", 20, 5),
    "nested comparison": (r"> \(SELECT avg", 20, 5),
    "nested NOT IN": (r"NOT IN \(SELECT", 20, 5),
    "apostrophe": (r"''", 15, 4),
    "accent": (r"[^\x00-\x7f]", 15, 4),
    "DISTINCT": (r"DISTINCT", 20, 6),
    "two aggregates": (r"(min|max|avg|sum)\(\w+\), (min|max|avg|sum)\(", 10, 4),
    "AND, OR": (r"WHERE \w+ [=<>] \S.* (AND|OR) ", 15, 6),
    "LIKE, BETWEEN": (r"LIKE|BETWEEN", 15, 6),
}


@pytest.fixture(scope="module")
def rebuilt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("spider") / "demo"
    build_demo.build(SOURCE, out)
    return out


def read(split: str) -> list[dict]:
    return json.loads((DEMO / FILES[split]).read_text(encoding="utf-8"))


def plain(question: str) -> str:
    return re.sub(r"\W", "", question).casefold()


def databases(split: str) -> set[str]:
    return {record["db_id"] for record in read(split)}


# --- what is committed ------------------------------------------------------------------------------------------------
def test_committed_demo_is_what_the_sources_give(rebuilt: Path) -> None:
    assert build_demo.difference(rebuilt, DEMO) is None


def test_building_twice_gives_the_same_bytes(rebuilt: Path, tmp_path: Path) -> None:
    build_demo.build(SOURCE, tmp_path / "demo")
    for path in (p for p in rebuilt.rglob("*") if p.is_file()):
        assert path.read_bytes() == (tmp_path / "demo" / path.relative_to(rebuilt)).read_bytes(), path.name


def test_there_are_enough_questions_on_enough_databases() -> None:
    assert len(databases("train")) >= 12 and len(read("train")) >= 600
    assert databases("dev") == {"hospital", "music_shop", "cycling_club"} and len(read("dev")) >= 200


def test_training_never_sees_a_dev_database() -> None:
    assert databases("train").isdisjoint(databases("dev"))
    tables = {entry["db_id"] for entry in json.loads((DEMO / "tables.json").read_text(encoding="utf-8"))}
    assert tables == databases("train") | databases("dev") == {path.name for path in (DEMO / "database").iterdir()}


def test_no_question_twice_and_several_phrasings_of_one_sql() -> None:
    records = read("train") + read("dev")
    assert len({record["question"].casefold() for record in records}) == len(records)
    assert 2 <= len(records) / len({(record["db_id"], record["query"]) for record in records}) <= 3


@pytest.mark.parametrize("split", FILES)
def test_every_gold_returns_something(split: str) -> None:
    for record in read(split):
        path = DEMO / "database" / record["db_id"] / f"{record['db_id']}.sqlite"
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            rows = connection.execute(record["query"]).fetchall()
        assert rows and rows not in ([(0,)], [(None,)]), record["query"]


@pytest.mark.parametrize("feature", FEATURES)
def test_feature_is_in_train_and_dev(feature: str) -> None:
    pattern, train, dev = FEATURES[feature]
    for split, least in (("train", train), ("dev", dev)):
        assert sum(bool(re.search(pattern, record["query"])) for record in read(split)) >= least, split


def level(sql: str) -> str:
    """How hard a gold is, by a rule of our own: its clauses outside brackets, nesting and set operations."""
    outer = re.sub(r"\(SELECT (?:[^()]|\([^()]*\))*\)", "", sql)
    clauses = len(re.findall(r"\b(?:WHERE|GROUP BY|ORDER BY|LIMIT|JOIN)\b", outer))
    nested = outer != sql
    if clauses >= 4 or (nested and " AND " in outer):
        return "extra"
    if clauses == 3 or nested or re.search(r"INTERSECT|UNION|EXCEPT", sql):
        return "hard"
    return "medium" if clauses == 2 else "easy"


@pytest.mark.parametrize(("split", "least"), [("train", 1), ("dev", 2)])
def test_every_database_has_questions_of_the_four_levels(split: str, least: int) -> None:
    golds = {(record["db_id"], record["query"]) for record in read(split)}
    for db_id in databases(split):
        found = Counter(level(sql) for name, sql in golds if name == db_id)
        assert all(found[name] >= least for name in ("easy", "medium", "hard", "extra")), (db_id, found)


# --- the layout -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("split", FILES)
def test_gold_file_has_the_json_files_queries_in_order(split: str) -> None:
    lines = (DEMO / f"{split}_gold.sql").read_text(encoding="utf-8").splitlines()
    assert lines == [f"{record['query']}\t{record['db_id']}" for record in read(split)]


def test_tables_json_describes_the_databases() -> None:
    for entry in json.loads((DEMO / "tables.json").read_text(encoding="utf-8")):
        names, original = entry["table_names_original"], entry["column_names_original"]
        path = DEMO / "database" / entry["db_id"] / f"{entry['db_id']}.sqlite"
        with closing(sqlite3.connect(path)) as connection:
            found = [[t, row[1]] for t, n in enumerate(names) for row in connection.execute(f"PRAGMA table_info({n})")]
        assert [[-1, "*"], *found] == original
        assert len(original) == len(entry["column_names"]) == len(entry["column_types"])
        assert set(entry["column_types"]) <= {"text", "number", "time", "boolean", "others"}
        assert [original[i][1] for i in entry["primary_keys"]] == ["id"] * len(names)
        for child, parent in entry["foreign_keys"]:
            assert original[child][1] == f"{names[original[parent][0]]}_id" and original[parent][1] == "id"


@pytest.mark.skipif(not SPIDER.is_dir(), reason="the real Spider is not here")
def test_layout_is_that_of_the_real_spider() -> None:
    for name in ("train_spider.json", "dev.json", "tables.json"):
        real, demo = (json.loads((root / name).read_text(encoding="utf-8"))[0] for root in (SPIDER, DEMO))
        assert set(real) - {"sql"} == set(demo)
        assert {key: type(value) for key, value in real.items() if key != "sql"} == {
            k: type(v) for k, v in demo.items()
        }


@pytest.mark.skipif(not SPIDER.is_dir(), reason="the real Spider is not here")
def test_nothing_is_taken_from_the_real_spider() -> None:
    real, demo = (
        {entry["db_id"]: entry for entry in json.loads((root / "tables.json").read_text(encoding="utf-8"))}
        for root in (SPIDER, DEMO)
    )
    assert real.keys() & demo.keys() <= NAMESAKES
    schemas = [
        {tuple(name.casefold() for _, name in entry["column_names_original"]) for entry in entries.values()}
        for entries in (real, demo)
    ]
    assert schemas[0].isdisjoint(schemas[1])
    names = ("train_spider.json", "train_others.json", "dev.json")
    spider = {plain(r["question"]) for name in names for r in json.loads((SPIDER / name).read_text(encoding="utf-8"))}
    for record in read("train") + read("dev"):
        trivial = re.fullmatch(r"SELECT count\(\*\) FROM \w+", record["query"])
        assert trivial or plain(record["question"]) not in spider, record["question"]


def test_tokens() -> None:
    sql = "SELECT T1.name FROM a AS T1 WHERE T1.x >= 4.5 AND T1.y = 'Ann O''Neil' LIMIT 3"
    assert build_demo.SQL_TOKEN.findall(sql)[-9:] == [
        "T1.x",
        ">=",
        "4.5",
        "AND",
        "T1.y",
        "=",
        "'Ann O''Neil'",
        "LIMIT",
        "3",
    ]
    assert build_demo.without_values(sql)[:4] == ["select", "t1", ".", "name"]
    assert build_demo.without_values(sql)[-3:] == ["value", "limit", "value"]
    assert build_demo.QUESTION_TOKEN.findall("Who is Zoë O'Hara, aged 4.5?") == [
        "Who",
        "is",
        "Zoë",
        "O'Hara",
        ",",
        "aged",
        "4.5",
        "?",
    ]


# --- the builder's checks ---------------------------------------------------------------------------------------------
def edited(tmp_path: Path, name: str, old: str, new: str) -> tuple[Path, int]:
    """A copy of the sources with one change, and the number of the changed line."""
    source = tmp_path / "demo_source"
    shutil.copytree(SOURCE, source)
    text = (source / name).read_text(encoding="utf-8")
    assert text.count(old) == 1
    (source / name).write_text(text.replace(old, new), encoding="utf-8")
    return source, text[: text.index(old)].count("\n") + 1


GOLD = "-> SELECT name FROM animal WHERE weight > 200\n"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (GOLD, "-> SELECT nam FROM animal WHERE weight > 200\n", "the SQL fails: no such column: nam"),
        (GOLD, "-> SELECT name FROM animal WHERE weight > 200;\n", "no semicolon"),
        (GOLD, "-> SELECT name FROM animal WHERE weight>200\n", "spaces around operators"),
        (GOLD, "-> select name FROM animal WHERE weight > 200\n", "keyword select in upper case"),
        (GOLD, "-> SELECT lower(name) FROM animal WHERE weight > 200\n", "lower(...)"),
        (GOLD, "-> SELECT name,weight FROM animal WHERE weight > 200\n", "a comma is followed by one space"),
        (GOLD, "-> SELECT T1.name FROM animal AS T1 WHERE T1.weight > 200\n", "aliases in joins only"),
        (GOLD, "-> SELECT name FROM animal WHERE weight > 200000\n", "the SQL returns no row"),
        (GOLD, "-> SELECT count(*) FROM animal WHERE weight > 200000\n", "nothing but NULL or 0"),
        (GOLD, "-> SELECT name FROM animal WHERE weight > 200 ORDER BY species LIMIT 1\n", "a tie in species"),
        (GOLD, "-> SELECT name FROM animal ORDER BY weight LIMIT 1\n", "NULL among the first 1 values of weight"),
        (GOLD, f"{GOLD}-> SELECT 1\n", "a blank line is missing"),
        (GOLD, "\n", "no '-> SQL' line"),
    ],
)
def test_a_bad_gold_is_named_with_its_line(tmp_path: Path, old: str, new: str, message: str) -> None:
    source, line = edited(tmp_path, "zoo.questions.txt", old, new)
    line += new.count("\n") - 1
    with pytest.raises(demo_checks.SourceError, match=re.escape(message)) as error:
        build_demo.build(source, tmp_path / "demo")
    assert str(error.value).startswith(f"demo_source/zoo.questions.txt:{line}: ")
    assert not list(tmp_path.glob("demo")) and not list(tmp_path.glob(".demo*"))


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        ("zoo.questions.txt", "How many keepers are there?", "How many bakers are there?", "the question is also at"),
        ("zoo.questions.txt", "with a weight above 200.", "that are heavy.", "does not name the value 200"),
        ("zoo.questions.txt", "List every animal's name and", "List every animal_name and", "no underscore"),
        (
            "zoo.questions.txt",
            "Count all animals.",
            "Count all animals in alphabetical order.",
            "the SQL has no ORDER BY",
        ),
        ("zoo.questions.txt", "Count all animals.", "Count all\tanimals.", "no tab"),
        ("zoo.sql", "    (3, 'Kito', 'giraffe'", "    (3, 'Kito', giraffe", "no such column"),
        ("zoo.sql", "    weight REAL,", "    weight DOUBLE,", "types INTEGER, REAL and TEXT"),
        ("zoo.sql", "-- A zoo:", "\n-- A zoo:", "the first line is a comment"),
        ("zoo.sql", "'otter', 9.5, 10)", "'otter', 9.5, 99)", "FOREIGN KEY constraint failed"),
    ],
)
def test_other_mistakes_are_named(tmp_path: Path, name: str, old: str, new: str, message: str) -> None:
    source, _ = edited(tmp_path, name, old, new)
    with pytest.raises(demo_checks.SourceError, match=re.escape(message)) as error:
        build_demo.build(source, tmp_path / "demo")
    assert re.match(r"demo_source/\w+\.(sql|questions\.txt):\d+: ", str(error.value)) and "\n" not in str(error.value)


def test_a_dev_sql_may_not_be_in_train(tmp_path: Path) -> None:
    source, _ = edited(tmp_path, "zoo.questions.txt", "Count all animals.", "Count all the animals.")
    for old in source.glob("zoo.*"):  # a second hospital, in train
        shutil.copy(source / old.name.replace("zoo", "hospital"), old)
    path = source / "zoo.questions.txt"
    path.write_text(re.sub(r"(?m)^(?=[A-Z])", "Doctor, ", path.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(demo_checks.SourceError, match=r"this SQL of a dev database is also in train"):
        demo_checks.check_set(demo_checks.read_databases(source))


def test_check_exits_with_1_and_the_difference(tmp_path: Path, monkeypatch, capsys) -> None:
    shutil.copytree(DEMO, tmp_path / "demo")
    monkeypatch.setattr(build_demo, "DEMO", tmp_path / "demo")
    monkeypatch.setattr(sys, "argv", ["build_demo.py", "--check"])
    assert build_demo.main() == 0
    with closing(sqlite3.connect(tmp_path / "demo" / "database" / "zoo" / "zoo.sqlite")) as connection, connection:
        connection.execute("UPDATE animal SET weight = 1 WHERE name = 'Raja'")
    assert build_demo.main() == 1
    assert "database/zoo/zoo.sqlite" in capsys.readouterr().out


def test_command_line_check_of_the_committed_demo() -> None:
    command = [sys.executable, str(FOLDER / "build_demo.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (0, "the demo is up to date\n"), done.stderr
