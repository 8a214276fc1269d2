"""The rewards of the recipes: what each pays for each outcome, and laws that hold whatever a model writes."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stack import DEMO

from backends.rollouts import reward_of
from config import RECIPES
from text2sql import rewards
from text2sql.formats import FORMATS
from text2sql.rewards.overlap import keywords, overlap
from text2sql.score import Score, score

ZOO = DEMO / "database" / "zoo" / "zoo.sqlite"
GOLD = "SELECT name, species FROM animal WHERE weight > 200"
ENDLESS = "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT count(*) FROM t"
ANSWERS = {
    "match": GOLD,
    "wrong": "SELECT name FROM animal WHERE weight > 200",
    "invalid": "SELECT nme, species FROM animal WHERE weight > 200",
    "timeout": ENDLESS,
    "empty": "",
}
STATUSES = (*ANSWERS, "gold_error")
NAMES = sorted(name for name in rewards.__all__ if name not in ("Reward", "resolve", "score_sql"))
DESIGNS = [name for name in RECIPES if name not in ("spider-small", "demo")]


def scored(sql: str, form: str = "sql", gold: str = GOLD) -> Score:
    return score(FORMATS[form].wrap(sql, "Because."), gold, ZOO, timeout=0.3)


@cache
def outcome(status: str, form: str) -> Score:
    """A real score of each status, its completion in the format."""
    found = scored(ANSWERS.get(status, GOLD), form, GOLD if status != "gold_error" else "SELECT nothing FROM nowhere")
    assert found.status == status
    return found


def paid(recipe: str, found: Score) -> float:
    """What a recipe pays in all."""
    config = RECIPES[recipe]
    pays = {name: reward_of(name, config.grpo, config.prompt.format) for name in config.grpo.weights}
    return sum(weight * pays[name](found) for name, weight in config.grpo.weights.items())


TABLE = {  # match, wrong, invalid, timeout, empty; in the format `think`
    "format_exact": (1, 1, 1, 1, 0),
    "format_tags": (2, 2, 2, 2, 2),
    "answer_text": (3, -0.5, -0.5, -0.5, 0),
    "r1_format": (1, 1, 1, 1, -1),
    "r1_execution": (2, 2, -2, -2, 0),
    "r1_result": (3, -3, 0, 0, 0),
    "syntax": (1, 1, 1, 1, 0),
    "executable": (1, 1, 0, 0, 0),
    "execution": (5, 0.6, -1, -1, -2),
    "keyword_order": (1, 1, 1, 2 / 7, 0),
}


@pytest.mark.parametrize("name", TABLE)
def test_what_a_reward_pays_for_each_outcome(name):
    pay = reward_of(name, RECIPES["spider"].grpo, "think")
    found = [pay(outcome(status, "think")) for status in ANSWERS]
    assert found == pytest.approx(TABLE[name], abs=0.11 if name == "execution" else 1e-9)


def test_rewards_that_grade():
    match, wrong, invalid, timeout, empty = (outcome(status, "think") for status in ANSWERS)
    assert rewards.components(match) == rewards.components(empty) == 0
    assert 0.8 < rewards.components(wrong) < 1 and 0.7 < rewards.components(invalid) < 1
    assert rewards.semantic(match) == 1 and rewards.semantic(empty) == 0
    assert rewards.semantic(wrong) == pytest.approx(0.8 * rewards.components(wrong))
    assert rewards.schema_references(match) == rewards.schema_references(wrong) == 1
    assert rewards.schema_references(invalid) == 3 / 4, "animal, species and weight exist, nme doesn't"
    assert rewards.schema_references(empty) == 0
    length = rewards.r1_length(match, form="think")
    assert length == pytest.approx(1 + 0.5 * (len("Because.") + len(GOLD)) / 2048)
    assert not any(rewards.r1_length(score, form="think") for score in (wrong, invalid, timeout, empty))


def test_without_its_format_sql_r1_pays_for_nothing_else():
    bare = scored(GOLD)
    pays = [rewards.resolve(f"r1_{name}")(bare, form="think") for name in ("format", "execution", "result", "length")]
    assert pays == [-1, 0, 0, 0]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("form", FORMATS)
def test_a_broken_gold_pays_nobody(name, form):
    assert reward_of(name, RECIPES["spider"].grpo, form)(outcome("gold_error", form)) == 0


@pytest.mark.parametrize(
    ("answer", "pay"),
    [
        (GOLD, 3.0),
        (f" {GOLD}\n", 1.5),
        ("select NAME, species from animal where 200 < weight", 1.5),
        (GOLD.replace("200", "181"), 0.5),
        (GOLD.replace("200", "220.0"), 0.5),
        (GOLD.replace("200", "165"), 0.25),
        (GOLD.replace("200", "900"), -1.0),
        (GOLD.replace("name", "id"), -0.5),
        ("nonsense", -0.5),
    ],
)
def test_what_the_answer_of_gemma_pays(answer, pay):
    found = scored(answer, "solution")
    assert (found.status == "match") == (pay >= 1.5), "the demo's zoo tells all of them apart"
    assert rewards.answer_text(found, form="solution") == pay
    assert rewards.answer_text(found, form="think") == 0


@pytest.mark.parametrize(
    ("text", "exact", "tags"),
    [
        ("<think>a</think><answer>SELECT 1</answer>", 1, 2),
        ("<answer>SELECT 1</answer>", 0, 0),
        ("<think>a<think>b</think><answer>SELECT 1</answer>", 0, 1),
        ("SELECT 1", 0, -2),
    ],
)
def test_the_approximate_format_counts_each_tag(text, exact, tags):
    found = Score("wrong", completion=text)
    assert (rewards.format_exact(found, form="think"), rewards.format_tags(found, form="think")) == (exact, tags)
    assert rewards.format_tags(found, form="sql") == 0


def test_rubrics_look_at_what_does_not_run():
    broken, unknown, half = scored("SELECT FROM animal WHERE"), scored("SELECT a FROM b"), scored("SELECT name FROM b")
    assert [rewards.syntax(found) for found in (broken, unknown, half)] == [0, 1, 1]
    assert [rewards.schema_references(found) for found in (unknown, half)] == [0, 0.5]
    named = scored("WITH c AS (SELECT name AS n FROM animal) SELECT n, nothing FROM c")
    assert named.status == "invalid" and rewards.schema_references(named) == 4 / 5, "what the query names itself exists"
    quoted = scored('SELECT nme FROM animal WHERE species = "nowhere"')
    assert rewards.schema_references(quoted) == 2 / 3, "a text in double quotes is no column"


@pytest.mark.parametrize(
    ("sql", "gold", "share"),
    [
        ("SELECT a FROM t", "select A from T", 1),
        ("SELECT x.a FROM t AS x", "SELECT a FROM t", 1),
        ("SELECT a FROM t WHERE b = 1", "SELECT a FROM t", (1 + 1 + 0 + 2 / 3) / 4),
        ("SELECT a, b FROM t", "SELECT a FROM t", (1 / 2 + 1 + 1) / 3),
        ("SELECT a FROM s", "SELECT a FROM t", (0 + 0 + 1) / 3),
        ("nonsense", "SELECT a FROM t", 0),
        ("SELECT FROM WHERE", "SELECT a FROM t", 2 / 3 / 4),
    ],
)
def test_overlap(sql, gold, share):
    assert overlap(sql, gold) == pytest.approx(share)


def test_keywords_stand_outside_of_literals_and_names():
    assert keywords("select \"from\" from t -- where\nwhere a = 'limit' order by max(b)") == [
        *("SELECT", "FROM", "WHERE", "ORDER", "MAX")
    ]


# --- laws ---------------------------------------------------------------------------------------------------------

words = ["SELECT", "name", "*", "FROM", "animal", "keeper", "nowhere", "WHERE", "weight", ">", "200", "(", ")", ","]
words += ["JOIN", "ON", "GROUP BY", "ORDER BY", "LIMIT 1", "count(*)", "'x'", '"y"', "AS a", "UNION", "<answer>", ";"]
texts = st.one_of(st.lists(st.sampled_from(words), max_size=15).map(" ".join), st.text(max_size=40))
forms = st.sampled_from(sorted(FORMATS))


def synthetic(status: str, sql: str, form: str, f1: float) -> Score:
    """As the scorer would give it."""
    error = "no such column: x" if status == "invalid" else ""
    text = FORMATS[form].wrap(sql, "Because.")
    f1 = {"match": 1.0, "wrong": f1}.get(status, 0.0)
    return Score(status, f1=f1, sql=sql, error=error, completion=text, gold=GOLD, database=str(ZOO))


@given(st.sampled_from(STATUSES), texts, texts, forms, forms, st.floats(0, 0.999))
def test_every_reward_is_bounded_whatever_the_completion(status, sql, completion, written, asked, f1):
    found = synthetic(status, sql, written, f1)
    odd = Score(status, f1=f1, sql=sql, completion=completion, gold=GOLD, database=str(ZOO))
    for name in NAMES:
        pay = reward_of(name, RECIPES["spider"].grpo, asked)
        for each in (found, odd):
            assert -3 <= pay(each) <= 5 and (status != "gold_error" or pay(each) == 0), name


answers = texts.filter(
    lambda text: text.strip() and not any(tag in text for form in FORMATS.values() for tag in form.tags)
)


@pytest.mark.parametrize("recipe", DESIGNS)
@given(answers, answers, st.sampled_from(STATUSES[1:-1]), st.floats(0, 0.999))
def test_right_always_pays_more_than_another_answer_in_the_same_format(recipe, right, other, status, f1):
    """Whatever both look like: the right one may share no clause with its gold, the other one nearly all of them."""
    form = RECIPES[recipe].prompt.format
    worse = paid(recipe, synthetic(status, other if status != "empty" else "", form, f1))
    assert paid(recipe, synthetic("match", right, form, 1.0)) > worse


@pytest.mark.parametrize("recipe", DESIGNS)
def test_every_recipe_pays_the_gold_most_and_a_broken_gold_nothing(recipe):
    form = RECIPES[recipe].prompt.format
    pays = {status: paid(recipe, outcome(status, form)) for status in STATUSES}
    assert pays["gold_error"] == 0
    others = [pays[status] for status in ("wrong", "invalid", "timeout", "empty")]
    assert pays["match"] > max(others), pays
    assert pays["wrong"] >= pays["invalid"], pays
