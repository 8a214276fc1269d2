"""Figures: shares with their intervals, pass@k and efficiency, by examples and by laws."""

from __future__ import annotations

import itertools
import json
import math
import statistics
from pathlib import Path

import corpus
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from text2sql import metrics
from text2sql.errors import UserError
from text2sql.execute import Limits, Result
from text2sql.metrics import (
    Times,
    figures,
    measure,
    oracle_recall,
    pass_at,
    pass_at_k,
    sampled_figures,
    ves,
    wilson,
)
from text2sql.score import Score


def record(official: bool = True, strict: bool | None = None, status: str = "", **fields) -> dict:
    strict = official if strict is None else strict
    return {
        "db_id": "zoo",
        "hardness": "easy",
        "status": status or ("match" if strict else "wrong"),
        "execution_match": official,
        "strict_match": strict,
        "exact_match": official,
        "f1": 1.0 if strict else 0.5,
        "error_class": "" if strict else "wrong filter",
        **fields,
    }


RECORDS = [
    record(),
    record(hardness="hard", exact_match=None),
    record(strict=False, hardness="extra", error_class="missing DISTINCT"),
    record(False, db_id="bank", exact_match=False),
    record(False, status="timeout", f1=0.0, error_class="timeout", db_id="bank", exact_match=False),
    record(False, status="invalid", f1=0.0, error_class="wrong filter", db_id="bank", hardness="", exact_match=False),
]


# --- figures --------------------------------------------------------------------------------------------------------
def test_the_figures_of_a_few_records() -> None:
    found = figures(RECORDS)
    assert (found["questions"], found["timeouts"], found["exact_match_questions"]) == (6, 1, 5)
    assert found["execution_accuracy"] == 3 / 6 and found["strict_execution_accuracy"] == 2 / 6
    assert found["strict_gap"] == pytest.approx(1 / 6)
    assert found["exact_match_accuracy"] == 2 / 5 and found["valid_sql"] == 4 / 6
    assert found["mean_f1"] == pytest.approx((1 + 1 + 0.5 + 0.5) / 6)
    assert found["statuses"] == {"invalid": 1, "match": 2, "timeout": 1, "wrong": 2}
    assert list(found["error_classes"].items()) == [("wrong filter", 2), ("missing DISTINCT", 1), ("timeout", 1)]
    assert found["intervals"]["execution_accuracy"] == list(wilson(3, 6))
    assert found["intervals"]["exact_match_accuracy"] == list(wilson(2, 5))


def test_groups_are_in_order_and_hold_only_what_is_known() -> None:
    found = figures(RECORDS)
    assert list(found["by_hardness"]) == ["easy", "hard", "extra", "unknown"]
    assert list(found["by_database"]) == ["bank", "zoo"]
    assert found["by_hardness"]["extra"] == {
        "questions": 1,
        "execution_accuracy": 1.0,
        "strict_execution_accuracy": 0.0,
        "exact_match_accuracy": 1.0,
        "interval": list(wilson(1, 1)),
    }
    assert sum(group["questions"] for group in found["by_database"].values()) == 6


def test_figures_stay_the_same_in_json() -> None:
    found = figures(RECORDS)
    assert json.loads(json.dumps(found, allow_nan=False)) == found


def test_scores_have_figures_too() -> None:
    scores = [Score("match", f1=1.0, strict=True, official=True), Score("wrong", f1=0.5, official=True), Score("empty")]
    found = figures(scores)
    assert (found["execution_accuracy"], found["strict_execution_accuracy"]) == (2 / 3, 1 / 3)
    assert found["mean_f1"] == 0.5 and found["valid_sql"] == 2 / 3
    assert found["exact_match_accuracy"] is None and "exact_match_accuracy" not in found["intervals"]
    assert found["by_hardness"] == found["by_database"] == found["error_classes"] == {}


def test_no_question_is_one_line() -> None:
    for compute in (figures, lambda nothing: sampled_figures(nothing, nothing), ves):
        with pytest.raises(UserError, match="there is no question"):
            compute([])


# Of scipy.stats.binomtest(right, count).proportion_ci(method="wilson"), scipy 1.17.1.
WILSON = {
    (81, 263): (0.2552885198782742, 0.36620957698280004),
    (15, 148): (0.06238639953073629, 0.16048724172330803),
    (0, 20): (0.0, 0.16112515805281935),
    (1, 29): (0.006113214292762667, 0.17175521879320282),
    (20, 20): (0.8388748419471808, 1.0),
    (861, 1034): (0.8087154063473304, 0.8541989474324644),
}


@pytest.mark.parametrize("counts", WILSON)
def test_wilson_is_what_scipy_computes(counts: tuple[int, int]) -> None:
    assert wilson(*counts) == pytest.approx(WILSON[counts], rel=1e-12)


COUNTS = st.integers(0, 3_000).flatmap(lambda count: st.tuples(st.integers(0, count), st.just(count)))


@settings(deadline=None)
@given(COUNTS)
def test_an_interval_holds_its_share_and_mirrors(counts: tuple[int, int]) -> None:
    right, count = counts
    low, high = wilson(right, count)
    assert 0 <= low < high <= 1
    assert count == 0 or low <= right / count <= high
    assert wilson(count - right, count) == pytest.approx((1 - high, 1 - low), abs=1e-12)
    assert wilson(10 * right, 10 * count)[1] - wilson(10 * right, 10 * count)[0] <= high - low


def test_a_share_that_cannot_be_is_refused() -> None:
    for right, count in ((2, 1), (-1, 3), (0, -1)):
        with pytest.raises(ValueError, match="no share"):
            wilson(right, count)


# --- pass@k -----------------------------------------------------------------------------------------------------------
@settings(deadline=None)
@given(st.lists(st.booleans(), min_size=1, max_size=8), st.data())
def test_pass_at_k_is_its_definition(right: list[bool], data: st.DataObject) -> None:
    """The share of the ways to take k of the samples in which one is right."""
    k = data.draw(st.integers(1, len(right)))
    ways = [any(taken) for taken in itertools.combinations(right, k)]
    assert pass_at_k(len(right), sum(right), k) == pytest.approx(sum(ways) / len(ways))


@settings(deadline=None)
@given(st.integers(1, 5_000).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n))))
def test_pass_at_k_grows_with_k_from_the_share_to_certainty(counts: tuple[int, int]) -> None:
    samples, right = counts
    ks = sorted({1, 2, 7, samples // 2, samples} & set(range(1, samples + 1)))
    values = [pass_at_k(samples, right, k) for k in ks]
    assert values == sorted(values) and values[0] >= 0 and values[-1] == float(right > 0)
    assert values[0] == pytest.approx(right / samples)


def test_pass_at_k_of_figures_worked_out_by_hand() -> None:
    assert pass_at_k(10, 3, 5) == pytest.approx(1 - 21 / 252)  # C(7, 5) of C(10, 5)
    for counts in ((3, 4, 1), (3, -1, 1), (3, 1, 0), (3, 1, 4), (0, 0, 1)):
        with pytest.raises(ValueError, match="not defined"):
            pass_at_k(*counts)


RIGHTS = st.integers(1, 9).flatmap(
    lambda n: st.lists(st.lists(st.booleans(), min_size=n, max_size=n), min_size=1, max_size=6)
)


@settings(deadline=None)
@given(RIGHTS)
def test_pass_at_all_samples_is_the_oracle(rights: list[list[bool]]) -> None:
    found, samples = pass_at(rights), len(rights[0])
    assert list(found) == sorted({*(k for k in (1, 2, 4, 8) if k <= samples), samples})
    assert list(found.values()) == sorted(found.values())
    assert found[samples] == pytest.approx(oracle_recall(rights))
    assert found[1] == pytest.approx(statistics.fmean(itertools.chain(*rights)))


def test_questions_with_fewer_samples_bound_k() -> None:
    assert list(pass_at([[True] * 8, [False] * 3])) == [1, 2, 3]


# --- efficiency -------------------------------------------------------------------------------------------------------
def test_ves_is_the_square_root_of_the_ratio_over_all_questions() -> None:
    twice = Times([2.0] * 3, [1.0] * 3)
    found = ves([twice, Times([1.0] * 5, [4.0] * 5), None, None])
    assert found == {
        "ves": pytest.approx((math.sqrt(2) + 0.5) / 4),
        "ves_standard_deviation": 0.0,
        "ves_standard_error": 0.0,
        "ves_interval": pytest.approx([0.0, (math.sqrt(2) + 0.5) / 4 + 0.6535], abs=1e-4),
        "ves_timed_questions": 2,
        "ves_repetitions": 3,
    }
    assert ves([None])["ves"] == 0.0 and ves([None])["ves_repetitions"] == 0


def test_the_deviation_is_that_of_one_repetition() -> None:
    noisy = Times([1.0, 4.0], [1.0, 1.0])  # roots of the ratios: 1 and 2
    assert ves([noisy])["ves_standard_deviation"] == pytest.approx(statistics.stdev([1, 2]))
    assert ves([noisy] * 4)["ves_standard_deviation"] == pytest.approx(statistics.stdev([1, 2]) / 2)


def test_the_standard_error_falls_with_the_repetitions_and_the_interval_does_not() -> None:
    once, often = ([Times([1.0, 4.0] * times, [1.0] * 2 * times)] * 3 + [None] for times in (5, 20))
    few, many = ves(once), ves(often)
    assert few["ves_standard_error"] / many["ves_standard_error"] == pytest.approx(2, rel=0.06)
    assert few["ves_interval"] == pytest.approx(many["ves_interval"])
    low, high = many["ves_interval"]
    assert 0 <= low < many["ves"] < high


def test_outliers_are_dropped_as_bird_drops_them() -> None:
    steady = [1.0] * 30
    assert ves([Times([*steady, 1000.0], [1.0] * 31)])["ves"] == 1.0
    few = Times([1.0, 1.0, 1000.0], [1.0] * 3)  # no value of three lies beyond 3 standard deviations
    assert ves([few])["ves"] == pytest.approx(math.sqrt(334))


@settings(deadline=None)
@given(st.lists(st.one_of(st.none(), st.floats(0.001, 10)), min_size=1, max_size=9), st.floats(0.1, 10))
def test_as_fast_as_the_gold_is_the_share_of_right_answers(seconds: list[float | None], faster: float) -> None:
    times = [None if second is None else Times([second] * 12, [second] * 12) for second in seconds]
    share = sum(second is not None for second in seconds) / len(seconds)
    assert ves(times)["ves"] == pytest.approx(share)
    sped = [pair and Times(pair.gold, [second / faster for second in pair.prediction]) for pair in times]
    assert ves(sped)["ves"] == pytest.approx(share * math.sqrt(faster))


def test_times_that_cannot_be() -> None:
    for times in (Times([], []), Times([1.0], [0.0]), Times([1.0, 1.0], [1.0]), Times([-1.0], [1.0])):
        with pytest.raises(ValueError):
            ves([times])


def test_measured_times(tmp_path: Path) -> None:
    database = corpus.create(tmp_path / "city.sqlite")
    times = measure(database, "SELECT name FROM city", "SELECT name FROM city WHERE 1", repeats=12)
    assert len(times.gold) == len(times.prediction) == 12 and min(*times.gold, *times.prediction) > 0
    assert ves([times])["ves_repetitions"] == 12
    assert measure(database, "SELECT name FROM city", "SELECT nam FROM city", repeats=2) is None
    assert measure(database, "SELECT nam FROM city", "SELECT name FROM city", repeats=2) is None


def test_measuring_takes_turns_after_a_first_run_of_each(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def run(database: str, sql: str, limits: Limits) -> Result:
        asked.append(sql)
        return Result("ok", milliseconds=1000.0 * len(asked))

    monkeypatch.setattr(metrics, "run", run)
    assert measure("x", "gold", "ours", repeats=2) == Times([3.0, 5.0], [4.0, 6.0])
    assert asked == ["gold", "ours"] * 3
