"""Two evaluations of the same questions: counts, the interval, and the test."""

from __future__ import annotations

import itertools
import math
import operator
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from text2sql.errors import UserError
from text2sql.paired import compare, exchange_test, paired_change, table

pairs = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 1), st.integers(0, 5)), min_size=1, max_size=40)


def test_without_groups_the_margin_is_that_of_the_mean_of_the_differences() -> None:
    before, after = [0, 0, 1, 0, 1, 0, 0, 1], [1, 0, 0, 1, 1, 1, 0, 1]
    found = paired_change(before, after, range(8))
    differences = [new - old for old, new in zip(before, after, strict=True)]
    error = statistics.stdev(differences) / math.sqrt(8)
    assert found.difference == pytest.approx(0.25) and (found.won, found.lost, found.pairs) == (3, 1, 8)
    assert found.high - found.difference == pytest.approx(1.959964 * error, rel=1e-6)


@given(pairs, st.integers(2, 5))
def test_phrasings_that_are_answered_alike_add_no_certainty(rows, copies) -> None:
    once = paired_change(*zip(*rows, strict=True))
    again = paired_change(*zip(*(rows * copies), strict=True))
    assert (again.low, again.high) == pytest.approx((once.low, once.high))
    assert again.beyond_chance == once.beyond_chance and again.won == copies * once.won
    assert again.p_value == once.p_value


@given(pairs)
def test_turning_the_stages_around_turns_the_change_around(rows) -> None:
    before, after, groups = zip(*rows, strict=True)
    there, back = paired_change(before, after, groups), paired_change(after, before, groups)
    assert (there.low, there.high) == pytest.approx((-back.high, -back.low))
    assert (there.won, there.lost, there.beyond_chance) == (back.lost, back.won, back.beyond_chance)
    assert there.p_value == back.p_value


@pytest.mark.parametrize(("won", "beyond"), [(0, False), (5, False), (6, True)])
def test_fewer_than_six_that_changed_say_nothing(won: int, beyond: bool) -> None:
    found = paired_change([0] * 100, [1] * won + [0] * (100 - won), range(100))
    assert found.beyond_chance is beyond and (won == 5) <= (found.low > 0)


def test_one_group_alone_is_never_beyond_chance() -> None:
    found = paired_change([0] * 50, [1] * 50, ["same"] * 50)
    assert math.isinf(found.high) and not found.beyond_chance
    assert paired_change([], [], []) is None


@given(pairs)
def test_the_interval_holds_the_difference(rows) -> None:
    before, after, groups = zip(*rows, strict=True)
    found = paired_change(before, after, groups)
    assert found.low <= found.difference <= found.high and 0 < found.p_value <= 1
    assert found.difference == pytest.approx((sum(after) - sum(before)) / len(rows))


def test_rewards_have_an_interval_and_no_p() -> None:
    assert paired_change([0.5, 1.0], [0.75, 1.0], "ab").p_value is None


@given(st.lists(st.integers(-4, 4), max_size=9))
def test_the_exchange_test_is_what_trying_every_exchange_gives(sums: list[int]) -> None:
    totals = [sum(map(operator.mul, sums, signs)) for signs in itertools.product((1, -1), repeat=len(sums))]
    assert exchange_test(sums) == pytest.approx(sum(abs(total) >= abs(sum(sums)) for total in totals) / len(totals))


@pytest.mark.parametrize(
    ("lost", "won", "p"), [(0, 0, 1), (5, 5, 1), (0, 5, 2 / 2**5), (1, 9, 2 * 11 / 2**10), (2, 10, 2 * 79 / 2**12)]
)
def test_where_each_question_is_a_group_it_is_mcnemars(lost: int, won: int, p: float) -> None:
    assert exchange_test([-1] * lost + [1] * won + [0] * 7) == pytest.approx(p)


def test_three_golds_in_three_phrasings_each_are_three_and_not_nine() -> None:
    found = paired_change([0] * 9, [1] * 9, "aaabbbccc")
    assert found.p_value == 2 / 2**3 and not found.beyond_chance
    assert paired_change([0] * 9, [1] * 9, range(9)).p_value == 2 / 2**9


def test_many_groups_come_near_the_normal_distribution() -> None:
    sums = [1] * 700 + [-1] * 650 + [2, -2] * 150
    deviations = (sum(sums) - 1) / math.sqrt(sum(value * value for value in sums))  # totals lie 2 apart
    assert exchange_test(sums) == pytest.approx(2 * statistics.NormalDist().cdf(-deviations), rel=0.01)


def records(rights: str, **more: object) -> list[dict]:
    return [
        {
            "db_id": "zoo",
            "question": f"Question {place}?",
            "gold": f"SELECT {place}",
            "sql": f"SELECT {mark}",
            "status": "match" if mark == "x" else "wrong",
            "execution_match": mark == "x",
            "strict_match": mark == "x",
            "error": "",
            "rows": 1,
            "index": place,
            **more,
        }
        for place, mark in enumerate(rights)
    ]


def test_counts_and_table() -> None:
    one, other = records("xx--x-"), records("x-x-xx")
    found = compare(one, other, "execution_match", ("a", "b"))
    assert (found.won, found.lost, found.pairs, found.p_value) == (2, 1, 6, 1.0)
    said = table(one, other, ("a", "b"))
    assert "EX            50.0%   66.7%   +16.7" in said and "EM" not in said, "EM was not evaluated then"
    assert "valid SQL    100.0%  100.0%    +0.0" in said


@pytest.mark.parametrize(
    ("other", "words"),
    [(records("x"), "a has 2 questions and b has 1"), (records("xx", db_id="hotel"), "line 1 of a and of b are other")],
)
def test_other_questions_are_refused(other: list[dict], words: str) -> None:
    with pytest.raises(UserError, match=words):
        compare(records("xx"), other, "execution_match", ("a", "b"))
