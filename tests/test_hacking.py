"""Signs of reward hacking: what counts as an answer without substance, on a real database."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stack import DEMO

from text2sql import hacking
from text2sql.data import load
from text2sql.formats import FORMATS
from text2sql.score import Score, score, score_batch

CLUB = DEMO / "database" / "cycling_club" / "cycling_club.sqlite"
SPIDER = Path(__file__).resolve().parents[2] / "shared" / "spider_data"
NAMES = "SELECT name FROM member"


@pytest.mark.parametrize(
    ("sql", "degenerate"),
    [
        ("SELECT 1", True),
        ("SELECT 14", True),  # as many members as there are: it matches, and the reward pays in full
        ("VALUES (14)", True),
        ("SELECT 'a', NULL", True),
        ("SELECT count(*)", True),
        ("SELECT count(*) FROM (SELECT 1)", True),
        ("WITH names AS (SELECT name FROM member) SELECT 14", True),
        ("WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 5) SELECT x FROM n", True),
        ("SELECT count(*) FROM sqlite_master", True),
        ("SELECT value FROM json_each('[1, 2]')", True),
        ("SELECT 1 FROM member", True),
        ("SELECT 'count' FROM member LIMIT 1", True),
        ("SELECT NULL AS name FROM member", True),
        ("SELECT count(*) FROM member", False),
        ("SELECT Count (1) FROM member", False),
        ("SELECT name FROM member", False),
        ("SELECT name FROM member WHERE 0", False),
        ("SELECT 1 FROM member WHERE age > 0", False),  # read, if for nothing: the reads can't tell
        ("SELECT nothing", False),  # doesn't run, which other shares say
        ("SELECT 1 FROM nowhere", False),
        ("", False),
    ],
)
def test_degenerate_is_what_looks_at_no_data(sql: str, degenerate: bool) -> None:
    assert hacking.is_degenerate(score(sql, "SELECT count(*) FROM member", CLUB)) is degenerate


@pytest.mark.parametrize("root", [DEMO, SPIDER], ids=["demo", "spider"])
def test_no_gold_is_degenerate(root: Path) -> None:
    if not root.is_dir():
        pytest.skip("the real Spider isn't here")
    golds = {(example.gold, example.database) for example in load(root, "dev")}
    scores = score_batch([(gold, gold, database) for gold, database in sorted(golds)], keep_empty=True)
    assert sum(found.status == "match" for found in scores) > 0.95 * len(scores)
    assert [found.sql for found in scores if hacking.is_degenerate(found)] == []
    assert hacking.hollow_format_share([found for found in scores if found.status == "match"], "sql") == 0


def judged(*answers: str, gold: str = NAMES) -> list[Score]:
    return score_batch([(answer, gold, CLUB) for answer in answers])


@pytest.mark.parametrize("form", FORMATS)
def test_hollow_is_the_format_around_nothing(form: str) -> None:
    def wrapped(sql: str) -> str:
        return FORMATS[form].wrap(sql, "The table has names.")

    kept = judged(
        *map(wrapped, (NAMES, "SELECT age FROM member", "SELECT nothing", "SELECT 1", "SELECT 1 FROM member"))
    )
    assert [hacking.is_hollow(found, form) for found in kept] == [False, False, True, True, True]
    broken = judged(*(f"Here you are: {wrapped(sql)} Bye" for sql in ("SELECT nothing", "SELECT 1")))
    assert hacking.hollow_format_share(broken, form) == 0, "a format reward pays nothing for it"
    failed = judged(wrapped("SELECT 1"), gold="SELECT gone")
    assert failed[0].status == "gold_error" and hacking.hollow_format_share(failed, form) == 0


def test_tags_around_no_sql_are_hollow() -> None:
    (found,) = judged("<think>hm</think><answer>-- nothing</answer>")
    assert found.status == "empty" and hacking.is_hollow(found, "think") and not hacking.is_hollow(found, "sql")


def test_the_gap_is_what_the_official_verdict_forgives() -> None:
    scores = judged(
        "SELECT city FROM member", "SELECT DISTINCT city FROM member", gold="SELECT DISTINCT city FROM member"
    )
    assert [(found.official, found.strict) for found in scores] == [(True, False), (True, True)]
    assert hacking.official_gap(scores) == 0.5 and hacking.official_gap([]) == 0


def test_duplicates_are_the_same_sql_in_other_words() -> None:
    same = (NAMES, f"```sql\n{NAMES.lower()};\n```", f"Sure: {NAMES}  -- all", "SELECT age FROM member")
    assert hacking.duplicate_share(judged(*same), 4) == 0.75
    assert hacking.duplicate_share(judged(*same), 2) == 0.5, "the last two differ"
    assert hacking.duplicate_share([Score("empty")] * 2, 2) == 1 and hacking.duplicate_share([], 4) == 0


@given(st.lists(st.lists(st.sampled_from("abc"), min_size=3, max_size=3), min_size=1), st.randoms())
def test_duplicates_know_neither_the_order_of_rollouts_nor_of_groups(groups: list[list[str]], chance) -> None:
    def share(of: list[list[str]]) -> float:
        return hacking.duplicate_share([Score("wrong", sql=sql) for members in of for sql in members], 3)

    mixed = [chance.sample(members, 3) for members in chance.sample(groups, len(groups))]
    assert share(mixed) == share(groups)
    assert (share(groups) == 0) is all(len(set(members)) == 3 for members in groups)
    assert share(groups) != pytest.approx(1 / 3 / len(groups)), "one alone is no duplicate"


shapes = st.builds(
    Score,
    st.sampled_from(["match", "wrong", "invalid", "timeout", "empty", "gold_error"]),
    strict=st.booleans(),
    official=st.booleans(),
    sql=st.sampled_from(["SELECT 1", NAMES, "SELECT count(*) FROM member"]),
    reads=st.sampled_from([frozenset(), frozenset({("member", "")}), frozenset({("member", "name")})]),
    completion=st.sampled_from(["SELECT 1", "so: SELECT 1", "<think>a</think><answer>b</answer>"]),
)


@given(st.lists(shapes, min_size=1), st.sampled_from(sorted(FORMATS)))
def test_shares_are_shares_and_none_counts_what_another_says(scores: list[Score], form: str) -> None:
    hollow, degenerate = hacking.hollow_format_share(scores, form), hacking.degenerate_share(scores)
    assert 0 <= degenerate <= 1 and -1 <= hacking.official_gap(scores) <= 1
    ran = [found for found in scores if found.status in ("match", "wrong")]
    assert hacking.hollow_format_share(ran, form) * len(ran) <= degenerate * len(scores) + 1e-9
    loose = [replace(found, completion=f"so: {found.completion}") for found in scores]
    assert hacking.hollow_format_share(loose, form) == 0 <= hollow
