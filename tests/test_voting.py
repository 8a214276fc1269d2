"""Voting by the results of several samples, and the keys that tell which results are equal, by examples and by laws."""

from __future__ import annotations

import json
import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from text2sql.compare import equal
from text2sql.metrics import Sample, sampled_figures, vote, wilson
from text2sql.result_key import EMPTY_KEY, result_key

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


@settings(deadline=None)
@given(SAMPLES)
def test_the_elected_ran_has_rows_and_most_votes_where_there_is_such_a_sample(samples: list[Sample]) -> None:
    chosen = samples[vote(samples)]
    ran = [sample for sample in samples if sample.status in RAN]
    full = [sample for sample in ran if sample.key != EMPTY_KEY]
    assert not ran or chosen.status in RAN
    assert not full or chosen.key != EMPTY_KEY
    votes = [sample.key for sample in full or ran]
    assert not votes or votes.count(chosen.key) == max(map(votes.count, votes))


@settings(deadline=None)
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


@settings(deadline=None)
@given(RESULTS, st.randoms(use_true_random=False))
def test_the_order_of_rows_counts_only_where_asked(rows: list[tuple], chance: random.Random) -> None:
    shuffled = chance.sample(rows, len(rows))
    assert result_key(shuffled) == result_key(rows)
    alike = [result_key([row]) for row in shuffled] == [result_key([row]) for row in rows]
    assert (result_key(shuffled, ordered=True) == result_key(rows, ordered=True)) == alike


SMALL = st.integers(1, 3).flatmap(
    lambda width: st.lists(st.tuples(*[st.sampled_from([0, 1, 1.0, "1", b"1", None, 0.5, ""])] * width), max_size=3)
)


@settings(max_examples=400, deadline=None)
@given(SMALL, SMALL)
def test_keys_are_equal_where_the_bags_of_rows_are(one: list[tuple], other: list[tuple]) -> None:
    same = sorted(map(repr, normal(one))) == sorted(map(repr, normal(other)))
    assert (result_key(one) == result_key(other)) == same
    assert not same or equal(one, other)


def normal(rows: list[tuple]) -> list[tuple]:
    return [tuple(int(cell) if cell == 1 and isinstance(cell, float) else cell for cell in row) for row in rows]


@settings(deadline=None)
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
