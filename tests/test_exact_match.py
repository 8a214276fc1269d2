"""Exact set match: components and peculiarities (cases/exact_match.txt), laws, hardness, and the official table."""

from __future__ import annotations

import dataclasses
import json
import random
import re
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from spider import JOIN, SCHEMA, columns, parts, values, write
from stack import DEMO

from text2sql.exact_match import (
    COMPONENTS,
    LEVELS,
    Count,
    ExactMatch,
    Schema,
    component_scores,
    exact_match,
    hardness,
    parse,
    schemas,
)

CASES = re.findall(
    r"^gold: (.*)\npred: ?(.*)\n-> (.*)$",
    (Path(__file__).parent / "cases" / "exact_match.txt").read_text("utf-8"),
    re.M,
)


def matches(prediction: str, gold: str, **options) -> bool:
    return exact_match(prediction, gold, SCHEMA, **options).match


def verdict(found: ExactMatch) -> str:
    """As the cases spell it."""
    if not found.components:
        return f"unreadable gold: {found.error.removeprefix('the gold: ')}"
    if found.error:
        return f"unreadable: {found.error}"
    wrong = [name for name, count in found.components.items() if not count.correct]
    return "match" if found.match else f"wrong: {', '.join(wrong) or 'tables'}"


@pytest.mark.parametrize(("gold", "prediction", "expected"), CASES, ids=[case[1][:60] or "empty" for case in CASES])
def test_a_case(gold: str, prediction: str, expected: str) -> None:
    found = verdict(exact_match(prediction, gold, SCHEMA))
    kind, _, words = expected.partition(": ")
    assert found == expected or (kind.startswith("unreadable") and found.startswith(f"{kind}: ") and words in found)


def test_every_case_of_the_file_is_read() -> None:
    text = (Path(__file__).parent / "cases" / "exact_match.txt").read_text("utf-8")
    assert len(CASES) == text.count("\n-> ") > 80
    wrong = {name for _, _, found in CASES for name in found.removeprefix("wrong: ").split(", ")}
    assert wrong > set(COMPONENTS)


# --- laws


@given(parts())
def test_a_query_matches_itself_in_any_spelling(query: dict) -> None:
    sql = write(**query)
    assert matches(sql, sql)
    assert matches(f"  {sql.replace(' ', '  ')}\n;", sql)
    assert matches(re.sub(r"'[^']*'|(\w+)", lambda found: found[0].upper(), sql), sql)


@given(parts(), st.randoms(use_true_random=False))
def test_the_order_of_items_conditions_and_tables_does_not_matter(query: dict, chance: random.Random) -> None:
    other = {**query, "tables": "concert JOIN singer ON singer.id = concert.singer_id"}
    for name in ("items", "conditions"):
        other[name] = chance.sample(query[name], len(query[name]))
    assert matches(write(**other), write(**query))


@given(parts(), st.lists(values, min_size=3, max_size=3))
def test_a_value_does_not_matter(query: dict, others: list[str]) -> None:
    pairs = zip(query["conditions"], others, strict=False)
    changed = [(left, word, right if right.startswith("(") else other) for (left, word, right), other in pairs]
    assert matches(write(**{**query, "conditions": changed}), write(**query))


@given(parts(), columns, st.sampled_from(["items", "conditions", "groups"]), st.data())
def test_a_changed_column_matters(query: dict, other: str, where: str, data: st.DataObject) -> None:
    assume(query[where])
    place = data.draw(st.integers(0, len(query[where]) - 1))
    old = query[where][place]
    assume(canonical(other) != canonical(old[0] if where == "conditions" else old))
    new = (other, *old[1:]) if where == "conditions" else other
    changed = [*query[where][:place], new, *query[where][place + 1 :]]
    assert not matches(write(**{**query, where: changed}), write(**query))


def canonical(column: str) -> str:
    return SCHEMA.stands_for.get(column, column)


@given(parts(), parts())
def test_a_match_goes_both_ways(one: dict, other: dict) -> None:
    assert matches(write(**one), write(**other)) == matches(write(**other), write(**one))


@given(parts(), parts())
def test_a_match_has_every_component_correct(one: dict, other: dict) -> None:
    found = exact_match(write(**one), write(**other), SCHEMA)
    assert list(found.components) == list(COMPONENTS) and not found.error
    assert not found.match or all(count.correct for count in found.components.values())
    for name in set(COMPONENTS) - {"and/or"}:
        count = found.components[name]
        assert 0 <= count.matched <= min(count.predicted, count.gold)


@given(st.text("SELECTselct from*()'\"`;,.=<>!- \n\0é_1", max_size=80))
def test_any_text_is_judged(text: str) -> None:
    found = exact_match(text, "SELECT name FROM singer", SCHEMA)
    assert found.match <= (not found.error)
    assert "\n" not in exact_match("SELECT name FROM singer", text, SCHEMA).error


@pytest.mark.parametrize(
    ("prediction", "gold"),
    [
        ("SELECT country FROM singer", "SELECT DISTINCT country FROM singer"),
        ("SELECT count(country) FROM singer", "SELECT count(DISTINCT country) FROM singer"),
        (
            "SELECT name FROM singer UNION SELECT name FROM stadium",
            "SELECT name FROM singer UNION SELECT DISTINCT name FROM stadium",
        ),
    ],
)
def test_distinct_counts_if_asked_for(prediction: str, gold: str) -> None:
    assert matches(prediction, gold)
    assert not matches(prediction, gold, keep_distinct=True)
    assert matches(gold, gold, keep_distinct=True)


# --- the record


def test_the_items_of_components_are_counted() -> None:
    gold = "SELECT name, age, max(id) FROM singer WHERE age > 1 AND id = 2 GROUP BY name, age ORDER BY age LIMIT 1"
    prediction = "SELECT age, min(id) FROM singer WHERE id = 3 OR age < 1 OR name = 'a' GROUP BY age"
    found = exact_match(prediction, gold, SCHEMA)
    assert found.components == {
        "select": Count(2, 3, 1),
        "select(no AGG)": Count(2, 3, 2),
        "where": Count(3, 2, 1),
        "where(no OP)": Count(3, 2, 2),
        "group(no Having)": Count(1, 2, 1),
        "group": Count(1, 1, 0),
        "order": Count(0, 1, 0),
        "and/or": Count(1, 1, 0),
        "IUEN": Count(0, 0, 0),
        "keywords": Count(3, 5, 2),
    }
    assert (found.match, found.hardness, found.error) == (False, "extra", "")
    with pytest.raises(dataclasses.FrozenInstanceError):
        found.match = True


def test_an_unreadable_prediction_is_compared_as_the_empty_query() -> None:
    found = exact_match("SELECT", "SELECT name FROM singer", SCHEMA)
    assert found.components["select"] == Count(0, 1, 0) and found.components["where"].correct
    assert found.hardness == "easy" and found.error == "FROM is missing, at token 1 (select)"
    assert not exact_match("SELECT", "SELECT FROM", SCHEMA).match


def test_nothing_matches_an_unreadable_gold() -> None:
    gold = "SELECT name FROM singer WHERE age IS NULL"
    found = exact_match(gold, gold, SCHEMA)
    assert found == ExactMatch(False, {}, "", "the gold: no column of this name, at token 8 (null)")


# --- hardness

AND, OR = " AND id = 1", " OR id = 1"
HARDNESS = {
    "SELECT name FROM singer": "easy",
    "SELECT name FROM singer WHERE age > 1": "easy",
    "SELECT max(age) FROM singer": "easy",
    "SELECT name, age FROM singer WHERE age > 1": "medium",
    "SELECT max(age), min(age) FROM singer": "medium",
    "SELECT name FROM singer WHERE age > 1" + AND: "medium",
    "SELECT name FROM singer WHERE age > 1" + OR: "medium",
    "SELECT name FROM singer WHERE name LIKE 'a'": "medium",
    "SELECT name FROM singer ORDER BY age LIMIT 1": "medium",
    f"SELECT name FROM {JOIN} WHERE age > 1": "medium",
    f"SELECT name FROM {JOIN} ORDER BY age LIMIT 1": "hard",
    "SELECT name FROM singer WHERE age > (SELECT avg(age) FROM singer)": "hard",
    "SELECT name FROM singer EXCEPT SELECT name FROM stadium": "hard",
    "SELECT name FROM singer WHERE age > 1 EXCEPT SELECT name FROM stadium": "hard",
    "SELECT name, age FROM singer EXCEPT SELECT name, id FROM stadium": "extra",
    f"SELECT name FROM {JOIN} WHERE age > 1 ORDER BY age LIMIT 1": "extra",
    "SELECT name, age FROM singer WHERE age > 1" + AND + " ORDER BY name": "extra",
    "SELECT name, max(age), min(age) FROM singer WHERE age > 1" + AND + " GROUP BY name": "hard",
    "SELECT name FROM singer WHERE id IN (SELECT id FROM singer EXCEPT SELECT singer_id FROM concert)": "hard",
    "SELECT name FROM singer WHERE id IN (SELECT id FROM singer) INTERSECT SELECT name FROM stadium": "extra",
    # A NOT counts as an aggregate, as does what connects conditions after HAVING; an aggregate in a condition doesn't.
    "SELECT max(age) FROM singer WHERE name NOT IN ('a')": "medium",
    "SELECT name FROM singer GROUP BY name HAVING count(*) > 1": "easy",
    "SELECT max(age) FROM singer GROUP BY name HAVING count(*) > 1 AND max(age) > 1": "medium",
    "SELECT name FROM singer ORDER BY max(age) - min(age)": "medium",
}


@pytest.mark.parametrize("sql", HARDNESS)
def test_hardness(sql: str) -> None:
    assert hardness(parse(sql, SCHEMA)) == HARDNESS[sql]
    assert exact_match("SELECT", sql, SCHEMA).hardness == HARDNESS[sql]


# --- the table


def test_the_table_has_the_official_averages() -> None:
    pairs = [
        ("SELECT name FROM singer WHERE age > 1", "SELECT name FROM singer WHERE age > 2"),
        ("SELECT name FROM singer WHERE id > 1", "SELECT name FROM singer WHERE age > 2"),
        ("SELECT name FROM singer WHERE id > 1", "SELECT name FROM singer"),
        ("SELECT", "SELECT name FROM singer"),
        ("SELECT name FROM singer ORDER BY id", "SELECT name, age FROM singer"),
        ("SELECT name FROM singer", "SELECT name FROM singer WHERE age IS NULL"),
    ]
    table = component_scores(exact_match(prediction, gold, SCHEMA) for prediction, gold in pairs)
    assert list(table) == [*LEVELS, "all"] and all(list(row) == list(COMPONENTS) for row in table.values())
    assert table["easy"]["where"] == {"accuracy": 1 / 3, "recall": 0.5, "F1": pytest.approx(0.4)}
    assert table["easy"]["select"] == {"accuracy": 1.0, "recall": 0.75, "F1": pytest.approx(6 / 7)}
    assert table["all"]["select"] == {"accuracy": 0.75, "recall": 0.6, "F1": pytest.approx(2 / 3)}
    assert table["medium"]["order"] == {"accuracy": 0.0, "recall": 0.0, "F1": 1.0}, "so it is in the official table"
    assert table["hard"]["select"] == {"accuracy": 0.0, "recall": 0.0, "F1": 0.0}


def test_and_or_are_counted_crosswise_where_they_differ() -> None:
    found = exact_match("SELECT name FROM singer WHERE age > 1 AND id = 1", "SELECT name FROM singer", SCHEMA)
    assert found.components["and/or"] == Count(0, 1, 0)
    table = component_scores([found])
    assert table["easy"]["and/or"] == {"accuracy": 0.0, "recall": 0.0, "F1": 1.0}


# --- real golds


def demo_questions() -> list[dict]:
    return [line for name in ("train_spider", "dev") for line in json.loads((DEMO / f"{name}.json").read_text("utf-8"))]


def test_both_sources_of_a_schema_give_the_same_verdicts_on_the_demo() -> None:
    listed = schemas(DEMO / "tables.json")
    read = {name: Schema.from_database(DEMO / "database" / name / f"{name}.sqlite") for name in listed}
    questions = demo_questions()
    pairs = list(zip(questions, questions[1:] + questions[:1], strict=True))
    found = {"match": 0, "unreadable": 0}
    for question, other in [*pairs, *zip(questions, questions, strict=True)]:
        arguments = other["query"], question["query"]
        one = exact_match(*arguments, listed[question["db_id"]])
        assert one == exact_match(*arguments, read[question["db_id"]])
        found["match"] += one.match
        found["unreadable"] += not one.components
    assert found["match"] > len(questions) > found["unreadable"] > 0


def test_the_dev_golds_match_themselves_whatever_their_values_and_have_the_official_hardness(real_spider: Path) -> None:
    listed = schemas(real_spider / "tables.json")
    levels = dict.fromkeys(LEVELS, 0)
    for question in json.loads((real_spider / "dev.json").read_text("utf-8")):
        gold = question["query"]
        changed = re.sub(r"'[^']*'|\"[^\"]*\"", "'another'", gold)
        kept = re.search(r"from\s*\(", gold, re.IGNORECASE)  # values count there
        found = exact_match(gold if kept else changed, gold, listed[question["db_id"]])
        assert found.match, gold
        levels[found.hardness] += 1
    assert levels == {"easy": 248, "medium": 446, "hard": 174, "extra": 166}
