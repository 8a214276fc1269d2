"""Answer formats: what is wrapped comes out again, and what counts as exactly in a format."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from text2sql import data, schema
from text2sql.formats import FORMATS
from text2sql.prompt import SYSTEM, bare, completion, extract_sql, messages, reasoning

ROOT = Path(__file__).parents[1]
DEMO = ROOT / "spider_data" / "demo"
ZOO = DEMO / "database" / "zoo" / "zoo.sqlite"

literals = st.text(max_size=30).filter(lambda text: "</" not in text and "<" not in text)
names = st.sampled_from(["name", "weight", '"born in"', "t.x", "count(*)", "max(a)"])
queries = st.builds(
    lambda columns, table, literal, tail: f"SELECT {', '.join(columns)} FROM {table} WHERE a = '{literal}'{tail}",
    st.lists(names, min_size=1, max_size=3),
    st.sampled_from(["animal", "keeper AS t", "(SELECT * FROM b)"]),
    literals.map(lambda text: text.replace("'", "''")),
    st.sampled_from(["", " ORDER BY a DESC LIMIT 1", " GROUP BY a HAVING count(*) > 2", " AND b < 3"]),
)


@pytest.mark.parametrize("name", FORMATS)
@given(queries, st.text(max_size=40).filter(lambda text: "<" not in text))
def test_what_is_wrapped_comes_out_again(name, sql, thought):
    assert extract_sql(FORMATS[name].wrap(sql, thought)) == sql


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("split", ["train", "dev"])
def test_what_training_wants_is_exactly_in_the_format_and_holds_the_gold(name, split):
    for example in data.load(DEMO, split):
        answer = completion(example.gold, example.database, form=name)[0]["content"]
        assert extract_sql(answer) == bare(example.gold)
        parts = FORMATS[name].parts(answer)
        assert parts.answer == bare(example.gold) and bool(parts.reasoning) == (name != "sql")


def test_golds_of_spider_come_out_of_every_format(real_spider):
    for record in json.loads((real_spider / "train_spider.json").read_text(encoding="utf-8")):
        for form in FORMATS.values():
            assert extract_sql(form.wrap(bare(record["query"]), "Because.")) == bare(record["query"])


def test_the_default_format_is_the_query_alone():
    assert SYSTEM == (
        "Translate the question into one SQLite query on the given tables. Answer with the SQL query only."
    )
    assert messages("How many?", ZOO) == messages("How many?", ZOO, form="sql")
    assert messages("How many?", ZOO)[0]["content"] == SYSTEM
    assert completion("SELECT 1;") == completion("SELECT 1;", ZOO, form="sql")


@pytest.mark.parametrize("name", ["think", "solution"])
def test_the_system_prompt_names_the_tags_in_their_order(name):
    system = messages("How many?", ZOO, form=name)[0]["content"]
    places = [system.index(tag) for tag in FORMATS[name].tags]
    assert places == sorted(places) and len(places) == 4
    assert messages("How many?", ZOO, form=name)[1] == messages("How many?", ZOO)[1]


def test_reasoning_names_what_the_gold_reads_and_nothing_from_its_literals():
    assert {"keeper", "animal"} == schema.names(ZOO).keys()
    gold = "SELECT a.NAME FROM animal AS a WHERE a.species = 'weight keeper'"
    assert reasoning(gold, ZOO) == "The query needs animal (name, species)."
    both = reasoning("SELECT `animal`.[weight] FROM animal JOIN keeper ON 1", ZOO)
    assert both == "The query needs keeper (no column) and animal (weight)."
    assert reasoning("SELECT count(*) FROM animal", ZOO) == "The query needs animal (no column)."
    assert reasoning("SELECT 1", ZOO) == "The query needs no table."


THINK = "<think>\nbecause\n</think>\n<answer>SELECT 1</answer>"


@pytest.mark.parametrize(
    ("name", "text", "exact"),
    [
        ("sql", "SELECT 1", True),
        ("sql", " with x as (select 1) select * from x;\n", True),
        ("sql", "```sql\nSELECT 1\n```", False),
        ("sql", "SQL: SELECT 1", False),
        ("sql", "I don't know", False),
        ("sql", "", False),
        ("think", THINK, True),
        ("think", f"\n {THINK}\n", True),
        ("think", THINK.replace("</think>\n", "</think>"), True),
        ("think", THINK.replace("<think>", ""), False),
        ("think", THINK.replace("</answer>", ""), False),
        ("think", THINK + " and so on", False),
        ("think", "So: " + THINK, False),
        ("think", THINK.replace("<answer>", "then <answer>"), False),
        ("think", THINK.replace("because", " "), False),
        ("think", THINK.replace("because", "<answer>"), False),
        ("think", THINK + THINK, False),
        ("think", "<answer>SELECT 1</answer><think>because</think>", False),
        ("think", THINK.replace("SELECT 1", "nonsense"), True),
        ("solution", "<start_working_out>a<end_working_out><SOLUTION>SELECT 1</SOLUTION>", True),
        ("solution", "<start_working_out>a<end_working_out><solution>SELECT 1</solution>", False),
        ("solution", THINK, False),
    ],
)
def test_what_is_exactly_in_a_format(name, text, exact):
    assert (FORMATS[name].parts(text) is not None) is exact
