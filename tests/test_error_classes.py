"""Error classes: one case for each, their precedence, what SQLite says, and published predictions."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import corpus
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from text2sql import error_classes
from text2sql.clauses import compared
from text2sql.error_classes import CLASSES, error_class, summary, text
from text2sql.execute import Limits, run
from text2sql.score import score_batch

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(__file__).parents[1].parent / "shared"
VERDICTS = SHARED / "official_verdicts"

NAME = "SELECT name FROM singer"
JOIN = "SELECT T1.name FROM singer AS T1 JOIN song AS T2 ON T1.id = T2.singer_id"
OLDER = f"{NAME} WHERE age > 20"
BY_COUNTRY = "SELECT country, count(*) FROM singer GROUP BY country"
OLDEST = f"{NAME} ORDER BY age DESC LIMIT 1"
BOTH = f"{NAME} WHERE country = 'A' INTERSECT {NAME} WHERE country = 'B'"

# name: (gold, prediction, class)
CASES = {
    "another table": (NAME, "SELECT name FROM stadium", "wrong table"),
    "one column more": (NAME, "SELECT name, age FROM singer", "extra columns"),
    "one column less": ("SELECT name, age FROM singer", NAME, "missing columns"),
    "no join": (JOIN, NAME, "missing join"),
    "a needless join": (NAME, JOIN, "extra join"),
    "a table of a subquery": (f"{NAME} WHERE id IN (SELECT singer_id FROM song)", NAME, "missing join"),
    "once where the gold joins twice": (
        "SELECT T1.name FROM singer AS T1 JOIN singer AS T2 ON T1.id = T2.boss",
        NAME,
        "missing join",
    ),
    "another join in place of one with itself": (
        "SELECT T1.name FROM singer AS T1 JOIN singer AS T2 ON T1.id = T2.boss",
        JOIN,
        "extra join",
    ),
    "AND for INTERSECT": (BOTH, f"{NAME} WHERE country = 'A' AND country = 'B'", "set operation"),
    "UNION for INTERSECT": (BOTH, BOTH.replace("INTERSECT", "UNION"), "set operation"),
    "UNION ALL": (BOTH.replace("INTERSECT", "UNION"), BOTH.replace("INTERSECT", "UNION ALL"), "set operation"),
    "max for min": ("SELECT min(age) FROM singer", "SELECT max(age) FROM singer", "wrong aggregate"),
    "no aggregate": ("SELECT count(*) FROM singer", NAME, "wrong aggregate"),
    "the subquery's aggregate": (
        f"{NAME} WHERE age = (SELECT max(age) FROM singer)",
        f"{NAME} WHERE age = (SELECT min(age) FROM singer)",
        "wrong aggregate",
    ),
    "another column": (NAME, "SELECT song_name FROM singer", "wrong column"),
    "an aggregate of another column": ("SELECT avg(age) FROM singer", "SELECT avg(id) FROM singer", "wrong column"),
    "the same name of another table": (JOIN, JOIN.replace("T1.name", "T2.name"), "wrong column"),
    "DISTINCT of another column": (
        "SELECT count(DISTINCT name) FROM singer",
        "SELECT count(DISTINCT country) FROM singer",
        "missing DISTINCT",
    ),
    "a subquery for LIMIT": (OLDEST, f"{NAME} WHERE age = (SELECT max(age) FROM singer)", "nested query"),
    "a query with a name": (NAME, "WITH x AS (SELECT name FROM singer) SELECT name FROM x", "nested query"),
    "a join for IN": (f"{NAME} WHERE id IN (SELECT singer_id FROM song)", JOIN, "nested query"),
    "IN with itself": (
        "SELECT id FROM singer GROUP BY country HAVING count(*) > 2",
        "SELECT id FROM singer WHERE country IN (SELECT country FROM singer GROUP BY country HAVING count(*) > 2)",
        "nested query",
    ),
    "a join for IN with LIMIT": (
        f"{NAME} WHERE id IN (SELECT singer_id FROM song ORDER BY year LIMIT 1)",
        f"{JOIN} WHERE T2.year > 3 ORDER BY T2.year LIMIT 1",
        "nested query",
    ),
    "joined on another column": (JOIN, JOIN.replace("T2.singer_id", "T2.id"), "wrong join"),
    "joined on nothing": (JOIN, "SELECT T1.name FROM singer AS T1 JOIN song AS T2", "wrong join"),
    "LEFT JOIN": (JOIN, JOIN.replace("JOIN", "LEFT JOIN"), "wrong join"),
    "IN on another column": (JOIN, f"{NAME} WHERE id IN (SELECT id FROM song)", "wrong join"),
    "another number": (OLDER, f"{NAME} WHERE age > 30", "wrong filter value"),
    "other capitals": (f"{NAME} WHERE country = 'France'", f'{NAME} WHERE country = "france"', "wrong filter value"),
    "other capitals in a join for IN": (
        f"{JOIN} WHERE T2.title = 'Hey'",
        f"{NAME} WHERE id IN (SELECT singer_id FROM song WHERE title = 'hey')",
        "wrong filter value",
    ),
    "an option more": (f"{NAME} WHERE age IN (1, 2)", f"{NAME} WHERE age IN (1, 2, 3)", "wrong filter value"),
    "a text without its sign": (f"{NAME} WHERE name LIKE '%a%'", f"{NAME} WHERE name LIKE 'a'", "wrong filter value"),
    "at least for more": (OLDER, f"{NAME} WHERE age >= 20", "wrong filter"),
    "another column of a condition": (OLDER, f"{NAME} WHERE id > 20", "wrong filter"),
    "no condition": (OLDER, NAME, "wrong filter"),
    "OR for AND": (
        f"{NAME} WHERE age > 20 AND country = 'A'",
        f"{NAME} WHERE age > 20 OR country = 'A'",
        "wrong filter",
    ),
    "the other column of a join with itself": (
        "SELECT T2.name FROM singer AS T1 JOIN singer AS T2 ON T1.boss = T2.id WHERE T1.id > 3",
        "SELECT T2.name FROM singer AS T1 JOIN singer AS T2 ON T1.boss = T2.id WHERE T1.boss > 3",
        "wrong filter",
    ),
    "no HAVING": (f"{BY_COUNTRY} HAVING count(*) > 2", BY_COUNTRY, "wrong filter"),
    "grouped by another column": (BY_COUNTRY, BY_COUNTRY.replace("BY country", "BY name"), "wrong grouping"),
    "not grouped": (BY_COUNTRY, "SELECT country, count(*) FROM singer", "wrong grouping"),
    "grouped by the side that a LEFT JOIN may leave empty": (
        f"{JOIN} GROUP BY T1.id".replace("JOIN", "LEFT JOIN"),
        f"{JOIN} GROUP BY T2.singer_id".replace("JOIN", "LEFT JOIN"),
        "wrong grouping",
    ),
    "the other direction": (OLDEST, OLDEST.replace("DESC", "ASC"), "wrong order"),
    "ordered by another column": (OLDEST, OLDEST.replace("age", "id"), "wrong order"),
    "not ordered": (f"{NAME} ORDER BY age", NAME, "wrong order"),
    "another limit": (OLDEST, OLDEST.replace("LIMIT 1", "LIMIT 3"), "wrong limit"),
    "an offset": (OLDEST, OLDEST + " OFFSET 1", "wrong limit"),
    "no DISTINCT": ("SELECT DISTINCT name FROM singer", NAME, "missing DISTINCT"),
    "a needless DISTINCT": ("SELECT count(*) FROM singer", "SELECT count(DISTINCT name) FROM singer", "extra DISTINCT"),
    "a text for the number that it is joined to": (
        JOIN.replace("T1.name", "T1.id"),
        JOIN.replace("T1.name", "T2.singer_id"),
        "wrong column",
    ),
}

ERRORS = {
    "no such column: T1.nam": "no such column",
    "no such table: singers": "no such table",
    "no such function: YEAR": "no such function",
    "ambiguous column name: id": "ambiguous column",
    "misuse of aggregate: count()": "misused aggregate",
    'near "no such table": syntax error': "syntax",
    "incomplete input": "syntax",
    "You can only execute one statement at a time.": "several statements",
    "DROP is not a query: only one SELECT is run, read-only": "refused",
    "the function load_extension() is not allowed": "refused",
    "string or blob too big": "too large",
    "the result has more than 100,000 rows of 2 columns": "too large",
    "SELECTs to the left and right of UNION do not have the same number of result columns": "set operation",
    "sub-select returns 2 columns - expected 1": "nested query",
    "it takes too long to find the SQL in the completion": "timeout",
    "cannot open the database x.sqlite: no such file": "other",
}


def wrong(gold: str, sql: str, **facts) -> dict:
    return {"gold": gold, "sql": sql, "status": "wrong", "error": "", "strict_match": False, **facts}


@pytest.mark.parametrize("case", CASES)
def test_each_class(case: str) -> None:
    gold, sql, expected = CASES[case]
    assert error_class(wrong(gold, sql)) == expected


def test_an_order_that_the_gold_does_not_ask_for_matters_only_with_a_limit() -> None:
    assert error_class(wrong(NAME, f"{NAME} ORDER BY age")) == "other"
    assert error_class(wrong(f"{NAME} LIMIT 3", f"{NAME} ORDER BY age LIMIT 3")) == "wrong order"


@pytest.mark.parametrize("error", ERRORS)
def test_what_sqlite_said(error: str) -> None:
    assert error_class({"gold": NAME, "sql": "x", "status": "invalid", "error": error}) == ERRORS[error]


@pytest.mark.parametrize(
    ("status", "expected"),
    [("timeout", "timeout"), ("empty", "empty answer"), ("gold_error", "broken gold"), ("match", "")],
)
def test_what_the_status_says(status: str, expected: str) -> None:
    assert error_class({"gold": NAME, "sql": NAME, "status": status, "error": "stopped"}) == expected


def test_right_is_the_strict_verdict() -> None:
    assert error_class(wrong(NAME, "SELECT name FROM stadium", strict_match=True)) == ""
    official = wrong(BY_COUNTRY, "SELECT DISTINCT country, count(*) FROM singer GROUP BY name", execution_match=True)
    assert error_class(official) == "extra DISTINCT"  # nothing else tells the two verdicts apart
    assert error_class(official | {"execution_match": False}) == "wrong grouping"


def test_sizes_decide_where_nothing_differs_or_nothing_can_be_parsed() -> None:
    for gold, sql in ((NAME, NAME), ("VALUES (1)", NAME)):
        assert error_class(wrong(gold, sql, rows=3, gold_rows=2)) == "extra rows"
        assert error_class(wrong(gold, sql, rows=0, gold_rows=2)) == "missing rows"
        assert error_class(wrong(gold, sql, rows=2, gold_rows=2)) == "other"
        assert error_class(wrong(gold, sql, columns=2, gold_columns=1, rows=3, gold_rows=2)) == "extra columns"
    star = wrong(NAME, "SELECT * FROM singer")
    assert error_class(star) == "wrong column"  # how many columns * stands for is not known here
    assert error_class(star | {"columns": 3, "gold_columns": 1}) == "extra columns"


# --- laws -------------------------------------------------------------------------------------------------------------
QUERIES = sorted({sql for case in CASES.values() for sql in case[:2]})


def classes(gold: str, sql: str) -> list[str]:
    """All classes that fit, in order."""
    return list(error_classes._by_clauses(*compared(gold, sql), {}))


@settings(deadline=None)
@given(st.sampled_from(QUERIES), st.sampled_from(QUERIES))
def test_the_classes_that_fit_come_in_the_documented_order(one: str, other: str) -> None:
    gold, ours = compared(one, other)
    ours = ours._replace(members=gold.members, exact_columns=gold.exact_columns)  # the documented exceptions
    places = [list(CLASSES).index(name) for name in error_classes._by_clauses(gold, ours, {})]
    assert places == sorted(set(places))
    assert error_class(wrong(one, other)) == next(iter(classes(one, other)), "other")


@settings(deadline=None)
@given(st.sampled_from(QUERIES), st.sampled_from(QUERIES))
def test_gold_and_prediction_exchanged_exchange_missing_and_extra(gold: str, sql: str) -> None:
    there, back = classes(gold, sql), classes(sql, gold)
    assert ("missing columns" in there) == ("extra columns" in back)
    assert ("wrong table" in there) == ("wrong table" in back)
    assert "missing join" not in there or "extra join" in back
    assert "extra DISTINCT" not in there or "missing DISTINCT" in back


@settings(deadline=None)
@given(st.sampled_from(QUERIES))
def test_a_query_beside_itself_differs_in_nothing(sql: str) -> None:
    assert classes(sql, sql) == []


@settings(deadline=None)
@given(st.sampled_from(["T1", "a", "x", "Singer", '"s t"']), st.sampled_from(["T2", "b", "song"]), st.booleans())
def test_the_names_of_aliases_do_not_matter(one: str, other: str, upper: bool) -> None:
    sql = f"SELECT {one}.name FROM singer AS {one} JOIN song AS {other} ON {one}.id = {other}.singer_id"
    assert classes(JOIN, sql.upper() if upper else sql) == []


@pytest.mark.parametrize("name", ["execute.sql", "hostile_syntax.sql", "hostile_writes.sql"])
def test_what_the_engine_says_of_many_statements_has_a_class(tmp_path: Path, name: str) -> None:
    database = corpus.create(tmp_path / "city.sqlite", corpus.SCHEMA + corpus.LARGER)
    found: Counter[str] = Counter()
    for case in corpus.read(name):
        if case.status == "invalid":
            result = run(database, case.sql, Limits(seconds=0.5))
            found[error_class({"gold": NAME, "sql": case.sql, "status": result.status, "error": result.error})] += 1
    assert {"syntax", "refused"} <= found.keys() <= CLASSES.keys()
    assert found["other"] < 0.2 * found.total(), found


def test_the_parser_is_imported_only_where_a_query_is_parsed() -> None:
    record = {"gold": NAME, "sql": NAME, "status": "invalid", "error": "no such column: x"}
    code = f"""
import sys
from text2sql.error_classes import error_class
assert error_class({record!r}) == "no such column"
print("sqlglot" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


# --- the summary ------------------------------------------------------------------------------------------------------
def test_the_summary_counts_and_shows_examples() -> None:
    records = [wrong(NAME, f"SELECT name FROM t{i}", question=f"q{i}") for i in range(5)]
    records += [wrong(NAME, NAME, question="right", status="match"), wrong(NAME, "SELECT age FROM singer")]
    records += [wrong(NAME, "x", question="bad", status="invalid", error="no such column: x")]
    found = summary(records)
    assert [(name, entry["count"]) for name, entry in found.items()] == [
        ("wrong table", 5),
        ("no such column", 1),
        ("wrong column", 1),
    ]
    assert [example["question"] for example in found["wrong table"]["examples"]] == ["q0", "q1", "q2"]
    assert found["no such column"]["examples"] == [
        {"db_id": "", "question": "bad", "gold": NAME, "prediction": "x", "error": "no such column: x"}
    ]
    assert summary([{**record, "error_class": error_class(record)} for record in records]) == found
    assert summary([]) == {} and all(CLASSES.values())


def test_the_screen_shows_counts_and_examples_within_its_width() -> None:
    records = [wrong(NAME, f"SELECT {'name, ' * i}name FROM singer", question=f"q{i}") for i in range(1, 40)]
    records += [wrong(NAME, "x", question="bad", status="invalid", error="no such column: x")]
    found = summary(records)
    lines = text(found, 80).splitlines()
    assert max(map(len, lines)) <= 80 and len(lines) == 1 + 2 + 3 + 4
    assert lines[1].split()[:4] == ["extra", "columns", "39", "97.5%"]
    assert lines[2:5] == ["    question  q1", f"    gold      {NAME}", "    answer    SELECT name, name FROM singer"]
    assert lines[-1] == "    error     no such column: x"
    assert len(text(found, 80, shown=0).splitlines()) == 3 and text({}, 80) == ""


def test_numbers_of_gold_columns_tell_what_a_star_hides() -> None:
    record = wrong("SELECT * FROM singer", "SELECT name FROM singer", columns=1)
    assert error_class({**record, "gold_columns": 3}) == "missing columns" != error_class(record)


# --- published predictions --------------------------------------------------------------------------------------------
def published(every: int) -> list[dict]:
    """Records of every so-manyth published prediction of Spider's dev questions."""
    lines = [line for path in sorted(VERDICTS.glob("*.jsonl")) for line in path.read_text("utf-8").splitlines()]
    lines = [line for line in map(json.loads, lines) if line["certain"]][::every]
    files = [SHARED / "spider_data" / "database" / line["db_id"] / f"{line['db_id']}.sqlite" for line in lines]
    scores = score_batch([(line["pred"], line["gold"], file) for line, file in zip(lines, files, strict=True)])
    return [
        {
            "gold": line["gold"],
            "sql": score.sql,
            "status": score.status,
            "error": score.error,
            "strict_match": score.strict,
            "execution_match": score.official,
        }
        for line, score in zip(lines, scores, strict=True)
    ]


def assert_classes_tell(records: list[dict]) -> None:
    found = Counter(map(error_class, records))
    right = found.pop("")
    assert right == sum(record["strict_match"] for record in records)
    assert found.keys() <= CLASSES.keys() and len(found) > 15
    assert found["other"] < 0.02 * sum(found.values()), found
    assert max(found.values()) < 0.25 * sum(found.values()), found


needs_verdicts = pytest.mark.skipif(not VERDICTS.is_dir(), reason="the published predictions are not on this machine")


@needs_verdicts
def test_classes_of_published_predictions() -> None:
    assert_classes_tell(published(every=10))


@needs_verdicts
@pytest.mark.slow
def test_classes_of_all_published_predictions() -> None:
    assert_classes_tell(published(every=1))
