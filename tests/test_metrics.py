"""Figures: shares with their intervals, pass@k, voting, keys of results, and efficiency, by examples and by laws."""

from __future__ import annotations

import itertools
import json
import math
import random
import statistics
from pathlib import Path

import corpus
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from text2sql import metrics
from text2sql.compare import equal
from text2sql.errors import UserError
from text2sql.execute import Limits, Result
from text2sql.metrics import (
    Sample,
    Times,
    figures,
    measure,
    oracle_recall,
    pass_at,
    pass_at_k,
    sampled_figures,
    ves,
    vote,
    wilson,
)
from text2sql.result_key import EMPTY_KEY, result_key
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
@given(st.lists(st.booleans(), min_size=1, max_size=8), st.data())
def test_pass_at_k_is_its_definition(right: list[bool], data: st.DataObject) -> None:
    """The share of the ways to take k of the samples in which one is right."""
    k = data.draw(st.integers(1, len(right)))
    ways = [any(taken) for taken in itertools.combinations(right, k)]
    assert pass_at_k(len(right), sum(right), k) == pytest.approx(sum(ways) / len(ways))


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


@given(RIGHTS)
def test_pass_at_all_samples_is_the_oracle(rights: list[list[bool]]) -> None:
    found, samples = pass_at(rights), len(rights[0])
    assert list(found) == sorted({*(k for k in (1, 2, 4, 8) if k <= samples), samples})
    assert list(found.values()) == sorted(found.values())
    assert found[samples] == pytest.approx(oracle_recall(rights))
    assert found[1] == pytest.approx(statistics.fmean(itertools.chain(*rights)))


def test_questions_with_fewer_samples_bound_k() -> None:
    assert list(pass_at([[True] * 8, [False] * 3])) == [1, 2, 3]


# --- voting -----------------------------------------------------------------------------------------------------------
A, B = result_key([(1,)]), result_key([(2,)])
RAN = ("match", "wrong", "ok")

ELECTED = {
    "the majority": ([Sample(A, "wrong"), Sample(B, "match"), Sample(B, "ok")], 1),
    "a tie by log-probability": ([Sample(A, "match", -2.0), Sample(B, "match", -1.0)], 1),
    "a tie by the mean": (
        [Sample(A, "ok", -1.0), Sample(A, "ok", -9.0), Sample(B, "ok", -2.0), Sample(B, "ok", -3.0)],
        2,
    ),
    "a tie by which is first": ([Sample(B, "match", -1.0), Sample(A, "match", -1.0)], 0),
    "the likeliest of its group": ([Sample(A, "ok", -3.0), Sample(B, "ok", -0.1), Sample(A, "ok", -2.0)], 2),
    "one that ran among failures": ([Sample("x", "invalid", -0.1)] * 3 + [Sample(A, "wrong", -9.0)], 3),
    "rows before many without": ([Sample(EMPTY_KEY, "match", 0.0)] * 3 + [Sample(A, "wrong", -9.0)], 3),
    "nothing but empty ones": ([Sample(A, "timeout"), Sample(EMPTY_KEY, "wrong")], 1),
    "nothing that ran": ([Sample(A, "invalid", -2.0), Sample(B, "empty", -1.0), Sample(B, "timeout", -2.0)], 1),
    "unknown log-probabilities": ([Sample(A, "ok", None), Sample(B, "ok", math.nan), Sample(B, "ok", None)], 1),
    "one": ([Sample(None, "empty")], 0),
}


@pytest.mark.parametrize("case", ELECTED)
def test_who_is_elected(case: str) -> None:
    samples, index = ELECTED[case]
    assert vote(samples) == index


SAMPLES = st.lists(
    st.builds(
        Sample,
        st.sampled_from([A, B, EMPTY_KEY]),
        st.sampled_from(["match", "wrong", "ok", "invalid", "timeout", "empty", "gold_error"]),
        st.one_of(st.none(), st.floats(-9, 0), st.just(math.nan)),
    ),
    min_size=1,
    max_size=9,
)


@given(SAMPLES)
def test_the_elected_ran_has_rows_and_most_votes_where_there_is_such_a_sample(samples: list[Sample]) -> None:
    chosen = samples[vote(samples)]
    ran = [sample for sample in samples if sample.status in RAN]
    full = [sample for sample in ran if sample.key != EMPTY_KEY]
    assert not ran or chosen.status in RAN
    assert not full or chosen.key != EMPTY_KEY
    votes = [sample.key for sample in full or ran]
    assert not votes or votes.count(chosen.key) == max(map(votes.count, votes))


@given(SAMPLES, st.randoms(use_true_random=False))
def test_the_vote_looks_at_no_order_and_no_verdict(samples: list[Sample], chance: random.Random) -> None:
    powers = chance.sample(range(len(samples)), len(samples))  # no two groups of a size have the same mean
    samples = [sample._replace(logprob=-(2.0**power)) for sample, power in zip(samples, powers, strict=True)]
    shuffled = chance.sample(samples, len(samples))
    assert shuffled[vote(shuffled)] == samples[vote(samples)]
    unjudged = [sample._replace(status="ok" if sample.status in RAN else sample.status) for sample in samples]
    assert vote(unjudged) == vote(samples)


def test_nobody_to_elect() -> None:
    with pytest.raises(ValueError, match="no sample"):
        vote([])


def test_the_figures_of_several_samples() -> None:
    samples = [[Sample(A, "match"), Sample(B, "wrong"), Sample(B, "wrong")], [Sample(A, "match")] * 3]
    rights = [[True, False, False], [True, True, True]]
    found = sampled_figures(samples, rights)
    assert (found["questions"], found["samples"]) == (2, 3)
    assert (found["vote_accuracy"], found["oracle_recall"]) == (0.5, 1.0)
    assert found["pass_at_k"] == pytest.approx({"1": 2 / 3, "2": (2 / 3 + 1) / 2, "3": 1.0})
    assert found["intervals"] == {"vote_accuracy": list(wilson(1, 2)), "oracle_recall": list(wilson(2, 2))}
    assert json.loads(json.dumps(found)) == found


# --- keys of results --------------------------------------------------------------------------------------------------
CELLS = st.one_of(
    st.none(),
    st.integers(-3, 3),
    st.integers(),
    st.floats(),
    st.sampled_from([0.5, 1.0, -0.0, "1", "", b"1", "\udcff"]),
    st.text(max_size=2),
    st.binary(max_size=2),
)
RESULTS = st.integers(1, 4).flatmap(lambda width: st.lists(st.tuples(*[CELLS] * width), max_size=6))


@given(RESULTS, st.randoms(use_true_random=False))
def test_the_order_of_rows_counts_only_where_asked(rows: list[tuple], chance: random.Random) -> None:
    shuffled = chance.sample(rows, len(rows))
    assert result_key(shuffled) == result_key(rows)
    alike = [result_key([row]) for row in shuffled] == [result_key([row]) for row in rows]
    assert (result_key(shuffled, ordered=True) == result_key(rows, ordered=True)) == alike


SMALL = st.integers(1, 3).flatmap(
    lambda width: st.lists(st.tuples(*[st.sampled_from([0, 1, 1.0, "1", b"1", None, 0.5, ""])] * width), max_size=3)
)


@settings(max_examples=400)
@given(SMALL, SMALL)
def test_keys_are_equal_where_the_bags_of_rows_are(one: list[tuple], other: list[tuple]) -> None:
    same = sorted(map(repr, normal(one))) == sorted(map(repr, normal(other)))
    assert (result_key(one) == result_key(other)) == same
    assert not same or equal(one, other)


def normal(rows: list[tuple]) -> list[tuple]:
    return [tuple(int(cell) if cell == 1 and isinstance(cell, float) else cell for cell in row) for row in rows]


@given(st.floats(-9e8, 9e8), st.sampled_from([1 + 1e-15, 1 - 1e-15]))
def test_the_last_bits_of_a_real_count_only_at_a_rounding_boundary(real: float, factor: float) -> None:
    near = real * factor
    assert equal([(real,)], [(near,)])
    assert (result_key([(real,)]) == result_key([(near,)])) == (float(f"{real:.8e}") == float(f"{near:.8e}"))


SAME_KEY = {
    "a sum": ([(0.1 + 0.2,)], [(0.3,)]),
    "a whole sum": ([(0.1 + 0.2 + 2.7,)], [(3,)]),
    "an integer and a real": ([(2**40, "a")], [(2.0**40, "a")]),
    "minus zero": ([(-0.0,)], [(0,)]),
    "infinity": ([(math.inf,)], [(math.inf,)]),
    "no rows": ([], iter(())),
}
OTHER_KEY = {
    "kinds": ([(1,)], [("1",)]),
    "text and bytes": ([("1",)], [(b"1",)]),
    "NULL and its name": ([(None,)], [("None",)]),
    "where a text ends": ([("a", "b")], [("ab", "")]),
    "where a row ends": ([(1, 2)], [(1,), (2,)]),
    "how often": ([(1,), (1,), (2,)], [(1,), (2,), (2,)]),
    "the order of columns": ([(1, 2)], [(2, 1)]),
    "large integers": ([(10**17,)], [(10**17 + 1,)]),
    "large whole reals": ([(1e10,)], [(1e10 + 1,)]),
    "infinities": ([(math.inf,)], [(-math.inf,)]),
    "a rounding boundary": ([(0.12345678949999999,)], [(0.12345678950000001,)]),  # the loss that is documented
}


@pytest.mark.parametrize("case", SAME_KEY)
def test_same_key(case: str) -> None:
    one, other = SAME_KEY[case]
    assert result_key(one) == result_key(other)


@pytest.mark.parametrize("case", OTHER_KEY)
def test_other_key(case: str) -> None:
    one, other = OTHER_KEY[case]
    assert result_key(one) != result_key(other)


def test_a_key_is_the_same_in_every_process() -> None:
    assert result_key([("é", 1, 2.5, None, b"\x00")]) == "94444d22e67d69026c39191a53985fa9"


# --- efficiency -------------------------------------------------------------------------------------------------------
def test_ves_is_the_square_root_of_the_ratio_over_all_questions() -> None:
    twice = Times([2.0] * 3, [1.0] * 3)
    found = ves([twice, Times([1.0] * 5, [4.0] * 5), None, None])
    assert found == {
        "ves": pytest.approx((math.sqrt(2) + 0.5) / 4),
        "ves_standard_deviation": 0.0,
        "ves_timed_questions": 2,
        "ves_repetitions": 3,
    }
    assert ves([None])["ves"] == 0.0 and ves([None])["ves_repetitions"] == 0


def test_the_deviation_is_that_of_one_repetition() -> None:
    noisy = Times([1.0, 4.0], [1.0, 1.0])  # roots of the ratios: 1 and 2
    assert ves([noisy])["ves_standard_deviation"] == pytest.approx(statistics.stdev([1, 2]))
    assert ves([noisy] * 4)["ves_standard_deviation"] == pytest.approx(statistics.stdev([1, 2]) / 2)


def test_outliers_are_dropped_as_bird_drops_them() -> None:
    steady = [1.0] * 30
    assert ves([Times([*steady, 1000.0], [1.0] * 31)])["ves"] == 1.0
    few = Times([1.0, 1.0, 1000.0], [1.0] * 3)  # no value of three lies beyond 3 standard deviations
    assert ves([few])["ves"] == pytest.approx(math.sqrt(334))


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
