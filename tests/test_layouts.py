"""Layouts of data sets: Spider's variants, BIRD, and one's own questions, small files of the real shape."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import small_data
from hypothesis import given
from hypothesis import strategies as st
from small_data import BIRD_GOLD, write

from text2sql import prompt
from text2sql.data import load, recognise
from text2sql.errors import UserError
from text2sql.layouts import LAYOUTS, divided
from text2sql.prediction_files import read_golds
from text2sql.rewrite import plain


@pytest.fixture
def bird(tmp_path: Path) -> Path:
    return small_data.bird(tmp_path / "bird")


@pytest.fixture
def spider(tmp_path: Path) -> Path:
    return small_data.spider(tmp_path / "spider_data")


@pytest.fixture
def own(tmp_path: Path) -> Path:
    return small_data.own(tmp_path / "mine")


def test_bird_is_read_as_it_is(bird):
    found = recognise(bird)
    assert str(found) == f"{bird}: BIRD (train/train.json, dev_20240627/dev.json)"
    (train,), (first, second) = load(bird, "train"), load(bird, "dev")
    assert (train.db_id, train.gold, train.source, train.index) == ("movies", BIRD_GOLD, "train.json", 0)
    assert first.evidence == "eligible rate = `Free Meal Count` / `Enrollment`" and second.evidence == ""
    assert first.database == bird / "dev_20240627" / "dev_databases" / "schools" / "schools.sqlite"


def test_a_folder_of_bird_alone_and_mini_dev(bird):
    dev = bird / "dev_20240627"
    assert [example.db_id for example in load(dev, "dev")] == ["schools"] * 2
    assert recognise(dev).splits() == ["dev"]
    (dev / "dev.json").rename(dev / "mini_dev_sqlite.json")
    assert str(recognise(dev)) == f"{dev}: BIRD (mini_dev_sqlite.json)" and len(load(dev, "dev")) == 2


def test_databases_of_bird_that_are_not_unzipped_are_asked_for(bird):
    databases = bird / "dev_20240627" / "dev_databases"
    databases.rename(bird / "moved")
    (bird / "dev_20240627" / "dev_databases.zip").touch()
    with pytest.raises(UserError, match=r"no such database: .*schools\.sqlite \(2 examples of dev\.json\); unzip the"):
        load(bird, "dev")


def test_evidence_is_a_line_before_the_question_and_without_it_nothing_changes(bird):
    first, second = load(bird, "dev")
    asked = prompt.messages(first.question, first.database, evidence=first.evidence)[1]["content"]
    assert asked.endswith(f"\n);\n\nEvidence: {first.evidence}\nQuestion: {first.question}")
    plain_ = prompt.messages(second.question, second.database)
    assert prompt.messages(second.question, second.database, evidence=second.evidence) == plain_
    assert "vidence" not in plain_[1]["content"]
    assert plain_[1]["content"].replace("\n\nQ", f"\n\nEvidence: {first.evidence}\nQ") == asked


def test_names_in_backticks_survive(bird):
    (example,) = load(bird, "train")
    answer = prompt.completion(example.gold)[0]["content"]
    assert answer == prompt.extract_sql(answer) == prompt.extract_sql(f"```sql\n{answer};\n```") == example.gold
    assert '"County Name" TEXT' in prompt.messages("?", example.database)[1]["content"]


@pytest.mark.parametrize("place", ["spider_data/variant", "variant", "variant/Spider-Syn"])
def test_spider_syn_has_its_own_questions_on_spiders_databases(spider, place):
    root = small_data.spider_syn(spider.parent / place)
    root = root.parent if root.name == "Spider-Syn" else root  # a checkout of the authors' repository
    assert recognise(root).layout == "Spider-Syn" and recognise(root).splits() == ["train", "dev"]
    for split in ("train", "dev"):
        (example,) = load(root, split)
        assert example.question == "How many vocalists?" and example.database.is_file()


def test_spider_dk_adds_databases_of_its_own(spider):
    root = small_data.spider_dk(spider / "Spider-DK")
    assert recognise(root).layout == "Spider-DK" and recognise(root).tables == root / "tables.json"
    old, new = load(root, "dev")
    assert old.database.resolve() == (spider / "database" / "concert" / "concert.sqlite").resolve()
    assert new.database == root / "database" / "new_concert" / "new_concert.sqlite"
    with pytest.raises(UserError, match="Spider-DK has no train questions, only dev; train on another data set"):
        load(root, "train")


def test_spider_realistic_stands_in_a_folder_of_its_own(spider):
    root = small_data.spider_realistic(spider / "spider-realistic")
    assert str(recognise(root)) == f"{root}: Spider-Realistic (spider-realistic.json)"
    assert recognise(root).tables == spider / "tables.json"
    assert [example.question for example in load(root, "dev")] == ["How many people sing?"]
    assert recognise(spider).layout == "Spider's layout"


def test_spider_stays_spider_with_its_variants_in_its_folder(spider):
    for variant, name in (("spider_syn", "Spider-Syn"), ("spider_dk", "Spider-DK"), ("spider_realistic", "realistic")):
        getattr(small_data, variant)(spider / name)
    small_data.spider_realistic(spider)
    assert recognise(spider).layout == "Spider's layout"
    assert load(spider, "dev")[0].question == "How many singers?"


def test_a_variant_without_spider_beside_it_says_where_to_put_it(tmp_path):
    write(tmp_path / "dk" / "Spider-DK.json", [small_data.spider_record()])
    with pytest.raises(UserError, match="put the folder into that of Spider, or Spider's database folder into"):
        load(tmp_path / "dk", "dev")


def test_an_unknown_folder_is_one_line_with_all_that_was_looked_for(tmp_path):
    (tmp_path / "data.json").write_text("[]")
    with pytest.raises(UserError) as caught:
        recognise(tmp_path)
    said = str(caught.value)
    assert "\n" not in said and "make spider" in said and all(what in said for what in LAYOUTS.values())
    with pytest.raises(UserError, match="nowhere: no such folder"):
        recognise(tmp_path / "nowhere")


# --- one's own questions ----------------------------------------------------------------------------------------------


def test_own_questions_are_divided_by_their_sql(own):
    train, dev = load(own, "train"), load(own, "dev")
    assert sorted(example.index for example in train + dev) == list(range(10)) and train and dev
    assert not {plain(example.gold) for example in train} & {plain(example.gold) for example in dev}
    last = [example for example in train + dev if example.index >= 8]
    assert {example.db_id for example in last} == {"shop"} and last[0].evidence == "dear is dear"
    assert last[0].database == own / ".databases" / "shop.sqlite"
    assert last[0].place() == "questions.jsonl:9"


def test_a_column_split_decides(own):
    records = [json.loads(line) for line in (own / "questions.jsonl").read_text().splitlines()]
    for number, record in enumerate(records):
        record["split"] = "dev" if number < 2 else "train"
    write(own / "questions.jsonl", records)
    assert [example.index for example in load(own, "dev")] == [0, 1] and len(load(own, "train")) == 8


def test_two_files_are_two_splits(own):
    lines = (own / "questions.jsonl").read_text().splitlines()
    (own / "questions.jsonl").unlink()
    (own / "questions.train.jsonl").write_text("\n".join(lines[:7]))
    assert recognise(own).splits() == ["train"] and len(load(own, "train")) == 7
    (own / "questions.dev.jsonl").write_text("\n".join(lines[6:]))
    assert len(load(own, "train")) == 7 and [example.index for example in load(own, "dev")] == [0, 1, 2, 3]


def test_the_database_may_be_left_out_where_there_is_one(tmp_path):
    (tmp_path / "t.csv").write_text("a\n1\n")
    write(tmp_path / "questions.jsonl", [{"question": f"{n}?", "sql": f"SELECT a + {n} FROM t"} for n in range(2)])
    assert {example.db_id for split in ("train", "dev") for example in load(tmp_path, split)} == {tmp_path.name}


def test_golds_of_a_file_find_their_databases(own, bird, tmp_path):
    for root, db_id in ((own, "shop"), (bird, "schools"), (bird, "movies")):
        (tmp_path / "gold.txt").write_text(f"SELECT 1\t{db_id}\n")
        (example,) = read_golds(tmp_path / "gold.txt", root)
        assert example.db_id == db_id and example.database.is_file()


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", r"questions\.jsonl:11: not valid JSON"),
        ("[1]", r"questions\.jsonl:11: field 'question' is missing, empty or not a text"),
        ('{"db": "zoo", "question": "?"}', r"questions\.jsonl:11: field 'sql' is missing"),
        ('{"question": "?", "sql": "x"}', r"questions\.jsonl:11: field 'db' is missing"),
        (
            '{"db": "zo", "question": "?", "sql": "x"}',
            r"jsonl:11: no database 'zo' in .*; there are zoo/zoo, shop",
        ),
        ('{"db": "zoo", "question": "?", "sql": "x", "split": "test"}', r"jsonl:11: field 'split': 'test' is neither"),
        ('{"db": "zoo", "question": "\udce9", "sql": "x"}', r"questions\.jsonl:11: not UTF-8"),
    ],
)
def test_a_wrong_line_is_named(own, line, message):
    with (own / "questions.jsonl").open("a", encoding="utf-8", errors="surrogateescape") as file:
        file.write(line)
    with pytest.raises(UserError, match=message) as caught:
        load(own, "train")
    assert "\n" not in str(caught.value)


def test_a_wrong_table_is_named_once_with_the_first_question_that_needs_it(own):
    (own / "shop" / "item.csv").write_text("name,price\ncup\n")
    with pytest.raises(UserError) as caught:
        load(own, "train")
    assert str(caught.value) == (
        f"{own}/questions.jsonl:9: {own}/shop/item.csv:2: 1 cells, but the header has 2; "
        "put a text with ',' in it into quotes"
    )


GOLDS = st.lists(st.sampled_from(["SELECT 1", "select  1;", "SELECT 2"]) | st.text(min_size=1), min_size=1)


@given(GOLDS, GOLDS)
def test_the_split_is_a_function_of_the_sql(golds, more):
    """The same SQL is on one side, both sides have some where there are two, and others don't move it."""
    sides = divided(golds)
    assert sides == divided(golds[::-1]) and set(sides) == {plain(gold) for gold in golds}
    if len(sides) > 1:
        assert set(sides.values()) == {"train", "dev"}
    free = [f"SELECT {number}" for number in range(50)]  # many, so that no side has to be filled up
    larger = divided(free + golds + more)
    smaller = divided(free + golds)
    assert {gold: larger[gold] for gold in smaller} == smaller


def test_about_a_fifth_goes_to_dev():
    sides = list(divided([f"SELECT {number}" for number in range(2000)]).values())
    assert 350 < sides.count("dev") < 450
