"""The comparison of two results: examples of what is equal, and the laws of equality and of partial credit."""

import itertools
import math
import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from text2sql.compare import equal, f1

NAN, INF = math.nan, math.inf

EQUAL = {
    "same": ([(1, "a")], [(1, "a")]),
    "rows in another order": ([(1,), (2,), (2,)], [(2,), (1,), (2,)]),
    "columns in another order": ([(1, "a"), (2, "b")], [("b", 2), ("a", 1)]),
    "columns with equal cells": ([(1, 2, 3), (2, 1, 4), (3, 3, 5)], [(2, 1, 3), (1, 2, 4), (3, 3, 5)]),
    "no rows": ([], []),
    "NULL": ([(None,)], [(None,)]),
    "integer and real": ([(1,)], [(1.0,)]),
    "minus zero": ([(0.0,)], [(-0.0,)]),
    "last bits": ([(0.1 + 0.2,)], [(0.3,)]),
    "within 1e-9": ([(1e6,)], [(1e6 * (1 + 9e-10),)]),
    "across a rounding boundary": ([(0.12345678949999999,)], [(0.12345678950000001,)]),
    "last bits in two columns and another order": ([(0.3, 1), (0.30000000000000004, 2)], [(2, 0.3), (1, 0.3)]),
    "whole sum and integer": ([(3,), (0.3,)], [(0.1 + 0.2,), (3.0,)]),
    "infinity": ([(INF,)], [(INF,)]),
    "not a number": ([(NAN, 1)], [(-NAN, 1)]),
    "bytes": ([(b"a",)], [(b"a",)]),
}

DIFFERENT = {
    "number of rows": ([(1,)], [(1,), (1,)]),
    "how often": ([(1,), (1,), (2,)], [(1,), (2,), (2,)]),
    "no rows and one": ([], [(None,)]),
    "number of columns": ([(1, 1)], [(1,)]),
    "cells scrambled among rows": ([(1, "a"), (2, "b")], [(1, "b"), (2, "a")]),
    "a permutation for each row": ([(1, 2), (3, 4)], [(1, 2), (4, 3)]),
    "text and integer": ([("1",)], [(1,)]),
    "text and bytes": ([("a",)], [(b"a",)]),
    "NULL and zero": ([(None,)], [(0,)]),
    "NULL and empty text": ([(None,)], [("",)]),
    "case": ([("a",)], [("A",)]),
    "composed and decomposed": ([("\u00fc",)], [("u\u0308",)]),
    "trailing blank": ([("a",)], [("a ",)]),
    "beyond 2**53": ([(2**53 + 1,)], [(2.0**53,)]),
    "beyond 1e-9": ([(1.0,)], [(1.0 + 2e-9,)]),
    "beyond 1e-9 in small steps": ([(1.0,), (1 + 8e-10,), (1 + 16e-10,)], [(1.0,), (1.0,), (1.0,)]),
    "integers within 1e-9": ([(10**10,)], [(10**10 + 1,)]),
    "integer and a real nearby": ([(1,)], [(1 + 1e-12,)]),
    "zero and nearly": ([(0.0,)], [(1e-300,)]),
    "infinities": ([(INF,)], [(-INF,)]),
    "not a number and NULL": ([(NAN,)], [(None,)]),
}


@pytest.mark.parametrize("case", EQUAL)
def test_equal(case: str) -> None:
    gold, prediction = EQUAL[case]
    assert equal(gold, prediction)
    assert equal(prediction, gold)


@pytest.mark.parametrize("case", DIFFERENT)
def test_different(case: str) -> None:
    gold, prediction = DIFFERENT[case]
    assert not equal(gold, prediction)
    assert not equal(prediction, gold)
    assert not equal(gold, prediction, ordered=True)


def test_order_counts_only_where_asked() -> None:
    gold, prediction = [(1, "a"), (2, "b")], [("b", 2), ("a", 1)]
    assert equal(gold, prediction)
    assert not equal(gold, prediction, ordered=True)
    assert equal(gold, prediction[::-1], ordered=True)
    assert equal([(0.3, 1)], [(1, 0.1 + 0.2)], ordered=True)


def is_permuted(gold: list[tuple], prediction: list[tuple], ordered: bool) -> bool:
    """The definition itself: try every permutation of the columns."""
    if not gold or not prediction or len(gold[0]) != len(prediction[0]):
        return not gold and not prediction
    key = list if ordered else lambda rows: sorted(rows, key=repr)
    permutations = itertools.permutations(range(len(gold[0])))
    return any(key(gold) == key([tuple(row[i] for i in order) for row in prediction]) for order in permutations)


SMALL = st.integers(1, 4).flatmap(lambda width: st.lists(st.tuples(*[st.integers(0, 1)] * width), max_size=5))


@settings(max_examples=400, deadline=None)
@given(SMALL, SMALL, st.booleans())
def test_equal_is_its_definition(gold: list[tuple], prediction: list[tuple], ordered: bool) -> None:
    assert equal(gold, prediction, ordered=ordered) == is_permuted(gold, prediction, ordered)


def shuffled(rows: list[tuple], chance: random.Random) -> list[tuple]:
    """The same result with rows and columns in another order."""
    rows = chance.sample(rows, len(rows))
    order = chance.sample(range(len(rows[0])), len(rows[0])) if rows else []
    return [tuple(row[i] for i in order) for row in rows]


CELLS = st.one_of(
    st.none(),
    st.integers(-3, 3),
    st.integers(),
    st.floats(),
    st.sampled_from([0.5, 1.0, "1", "", b"1"]),
    st.text(max_size=2),
)
RESULTS = st.integers(1, 5).flatmap(lambda width: st.lists(st.tuples(*[CELLS] * width), max_size=8))
CHANCE = st.randoms(use_true_random=False)


@settings(deadline=None)
@given(RESULTS, CHANCE)
def test_a_shuffled_result_is_equal_and_earns_everything(rows: list[tuple], chance: random.Random) -> None:
    other = shuffled(rows, chance)
    assert equal(rows, other)
    assert equal(other, rows)
    assert f1(rows, other) == (1.0 if rows else 0.0)


@settings(max_examples=400, deadline=None)
@given(st.one_of(SMALL, RESULTS), st.one_of(SMALL, RESULTS), CHANCE)
def test_f1_does_not_depend_on_any_order(gold: list[tuple], prediction: list[tuple], chance: random.Random) -> None:
    value = f1(gold, prediction)
    assert 0 <= value <= 1
    assert f1(shuffled(gold, chance), shuffled(prediction, chance)) == value
    assert value < 1 or equal(gold, prediction)


SYMMETRIC = [
    (
        [(0, 0, 0, 0)] * 4 + [(0, 0, 1, 1)],
        [(0, 0, 0, 0), (0, 0, 0, 0), (0, 1, 1, 0), (1, 0, 0, 0), (1, 0, 0, 1)],
    ),
    (
        [(1, 0, 0, 1, 0), (0, 1, 1, 1, 1), (1, 1, 0, 1, 0), (0, 0, 1, 1, 0)],
        [(0, 0, 0, 0, 1), (1, 1, 0, 1, 0), (0, 0, 1, 1, 1)],
    ),
    ([(1, 1, 0, 1, 0), (0, 1, 1, 0, 1), (0, 0, 1, 1, 0), (0, 0, 0, 0, 1), (1, 0, 1, 1, 1)], [(1, 1, 0, 1, 0)]),
]


@pytest.mark.parametrize("pair", SYMMETRIC)
def test_columns_that_only_their_surroundings_tell_apart(pair: tuple) -> None:
    chance = random.Random(0)
    assert len({f1(shuffled(pair[0], chance), shuffled(pair[1], chance)) for _ in range(50)}) == 1


def varied(rows: int, columns: int) -> list[tuple]:
    """A result whose values differ: a name, a number, a real, in turn."""
    kinds = [
        lambda i: f"name {i}",
        lambda i: 100 + i,
        lambda i: i / 7 + 0.01,
        lambda i: f"place {i * i}",
        lambda i: 5000 - 3 * i,
    ]
    return [tuple(kinds[j](i) for j in range(columns)) for i in range(rows)]


SIZES = {"rows": st.integers(12, 60), "columns": st.integers(2, 5)}


@settings(max_examples=40, deadline=None)
@given(**SIZES, chance=CHANCE)
def test_tricks_earn_under_a_fifth(rows: int, columns: int, chance: random.Random) -> None:
    gold = varied(rows, columns)
    scrambled = list(
        zip(*[column[i:] + column[:i] for i, column in enumerate(map(list, zip(*gold, strict=True)))], strict=True)
    )
    tricks = {
        "cells scrambled among rows": scrambled,
        "one row repeated": [gold[chance.randrange(rows)]] * rows,
        "a flood that contains the gold": gold + [(i,) * columns for i in range(20 * rows)],
        "one column copied over all": [(row[0],) * columns for row in gold],
        "one column copied over twice as many": [(row[1],) * 2 * columns for row in gold],
        "every cell in one wide row": [tuple(itertools.chain(*gold))],
        "constants": [(1,) * columns] * rows,
    }
    for name, prediction in tricks.items():
        assert f1(gold, prediction) < 0.2, name


@settings(max_examples=40, deadline=None)
@given(**SIZES, chance=CHANCE)
def test_nearly_right_earns_nearly_all(rows: int, columns: int, chance: random.Random) -> None:
    gold = varied(rows, columns)
    missing = chance.randrange(rows)
    assert f1(gold, shuffled(gold[:missing] + gold[missing + 1 :], chance)) > 0.9
    narrower = [row[:-1] for row in gold]
    assert f1(gold, shuffled(narrower, chance)) == pytest.approx(2 * (columns - 1) / (2 * columns - 1))
    wider = [(*row, "extra") for row in gold]
    assert f1(gold, shuffled(wider, chance)) == pytest.approx(2 * columns / (2 * columns + 1))


def test_f1_of_the_figures_in_the_documentation() -> None:
    gold = varied(20, 3)
    assert f1(gold, gold[1:]) == pytest.approx(38 / 39)
    assert f1(gold, [row[:2] for row in gold]) == pytest.approx(0.8)
    assert f1(gold, [("another", *gold[0][1:]), *gold[1:]]) == pytest.approx(0.95)
    assert f1(gold, []) == f1([], gold) == f1([], []) == 0
    assert f1([(0.1 + 0.2, "a")], [("a", 0.3)]) == 1
    skewed = [("yes",)] * 8 + [("no",)] * 2
    assert f1(skewed, [("yes",)] * 10) == pytest.approx(0.8)  # a majority constant earns its share


def test_columns_of_equal_overlap_are_told_apart_by_their_rows() -> None:
    home, away = list(range(10)), list(range(9, -1, -1))
    gold = list(zip(home, away, strict=True))
    gold[0] = (0, 5)
    near = [(away, home) for home, away in gold[:-1]]
    assert f1(gold, near) > 0.9


@pytest.mark.parametrize("ordered", [False, True])
def test_wide_results_of_equal_columns_do_not_explode(ordered: bool) -> None:
    wide = [(i % 3,) * 300 for i in range(300)]
    one_hot = [tuple(int(i == j) for j in range(120)) for i in range(120)]
    turned = [row[7:] + row[:7] for row in one_hot]
    started = time.monotonic()
    assert equal(wide, wide[3:] + wide[:3], ordered=ordered)
    assert equal(one_hot, turned, ordered=ordered)
    assert not equal(wide, [*wide[:-1], (2,) * 299 + (1,)], ordered=ordered)
    assert time.monotonic() - started < 5


def test_a_search_built_to_explode_ends() -> None:
    chance = random.Random(1)
    gold = [tuple(chance.sample([0, 1] * 12, 24)) for _ in range(24)]
    gold += [tuple(1 - cell for cell in row) for row in gold]  # every column has as many zeros as ones
    other = [tuple(chance.sample(row, 24)) for row in gold[:24]]
    other += [tuple(1 - cell for cell in row) for row in other]
    started = time.monotonic()
    assert not equal(gold, other)
    assert time.monotonic() - started < 5
