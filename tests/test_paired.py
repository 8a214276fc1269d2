"""Two stages on the same questions: counts, interval and test against fixed numbers, laws, refusals, and the text."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from text2sql.errors import UserError
from text2sql.paired import FIELDS, comparison_text, comparisons, mcnemar, newcombe, paired


def record(index: int, right: bool, **fields) -> dict:
    return {
        "index": index,
        "db_id": f"db{index % 3}",
        "question": f"Question {index}?",
        "gold": f"SELECT {index}",
        "sql": f"SELECT {index if right else -index}",
        "status": "match" if right else "wrong",
        "execution_match": right,
        "strict_match": right,
        "exact_match": right,
        "error": "",
        **fields,
    }


def stage(rights: list[bool], **fields) -> list[dict]:
    return [record(index, right, **fields) for index, right in enumerate(rights)]


# (both, only b, only a, neither) -> interval of b - a. The first is printed by the R package contingencytables for
# Cavo et al. (2012) as -0.1186 to -0.0046, the second, Bentur et al. (2009), as -0.507 to -0.026 by Fagerland et al.
# (2014); all are what the formula gives with the Wilson intervals of statsmodels 0.15.0.
NEWCOMBE = {
    (59, 6, 16, 80): (-0.11862119563870999, -0.004625113933050061),
    (1, 1, 7, 12): (-0.506920226686141, -0.025559124164859837),
    (14, 5, 0, 22): (0.011483241383033221, 0.2264926843512112),
    (36, 12, 2, 0): (0.05692958400323875, 0.3404276029749408),
    (53, 0, 1, 0): (-0.09771437488781953, 0.049621661889404076),
    (0, 0, 0, 5): (-0.43448246478317487, 0.43448246478317487),
    (135, 8, 15, 96): (-0.06489934304124442, 0.00997839014767661),
}

# (only a, only b) -> p of scipy.stats.binomtest(only_a, only_a + only_b), scipy 1.17.1.
MCNEMAR = {
    (6, 16): 0.052478790283203125,
    (1, 7): 0.0703125,
    (5, 0): 0.0625,
    (12, 2): 0.012939453125,
    (8, 15): 0.21003961563110352,
    (120, 141): 0.21565006963665598,
    (3, 3): 1.0,
    (0, 0): 1.0,
}


@pytest.mark.parametrize("counts", NEWCOMBE)
def test_newcombe(counts: tuple[int, ...]) -> None:
    assert newcombe(*counts) == pytest.approx(NEWCOMBE[counts], rel=1e-9)


@pytest.mark.parametrize("counts", MCNEMAR)
def test_mcnemar(counts: tuple[int, int]) -> None:
    assert mcnemar(*counts) == pytest.approx(MCNEMAR[counts], rel=1e-12)


COUNTS = st.tuples(*[st.integers(0, 200)] * 4).filter(any)


@settings(deadline=None)
@given(COUNTS)
def test_the_interval_holds_the_difference_and_mirrors(counts: tuple[int, int, int, int]) -> None:
    both, only_b, only_a, neither = counts
    low, high = newcombe(*counts)
    assert -1 <= low <= (only_b - only_a) / sum(counts) <= high <= 1
    assert low < high
    assert newcombe(both, only_a, only_b, neither) == pytest.approx((-high, -low), abs=1e-9)
    assert newcombe(neither, only_a, only_b, both) == pytest.approx((-high, -low), abs=1e-9)  # of wrong answers


@settings(deadline=None)
@given(st.integers(0, 300), st.integers(0, 300))
def test_the_p_value_is_a_symmetric_chance(one: int, other: int) -> None:
    assert 0 < mcnemar(one, other) == mcnemar(other, one) <= 1
    assert mcnemar(one, one) == 1.0
    if one < other:
        assert mcnemar(one, other + 1) < mcnemar(one, other) or mcnemar(one, other) == 1.0
        tail = math.fsum(math.comb(one + other, i) / 2 ** (one + other) for i in range(one + 1))
        assert mcnemar(one, other) == pytest.approx(min(1.0, 2 * tail), rel=1e-9)


RIGHTS = st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=30)


@settings(deadline=None)
@given(RIGHTS, st.randoms(use_true_random=False))
def test_exchanging_the_stages_mirrors_the_comparison(rights: list[tuple[bool, bool]], chance: random.Random) -> None:
    a, b = stage([one for one, _ in rights]), stage([other for _, other in rights])
    there = paired(a, chance.sample(b, len(b)))  # whatever the order
    back = paired(b, a)
    assert (there.both, there.neither, there.p_value) == (back.both, back.neither, back.p_value)
    assert (there.only_a, there.only_b) == (back.only_b, back.only_a)
    assert there.difference == -back.difference == pytest.approx(there.share_b - there.share_a)
    assert (there.low, there.high) == pytest.approx((-back.high, -back.low), abs=1e-9)
    assert there.questions == len(rights)
    assert [(one["index"], other["index"]) for one, other in there.won] == [
        (index, index) for index, right in enumerate(rights) if right == (False, True)
    ]
    assert [(other, one) for one, other in there.won] == list(back.lost)
    assert all(one["execution_match"] and not other["execution_match"] for one, other in there.lost)


def test_fields_are_read_from_their_own_stage() -> None:
    a = stage([True, True], strict_match=False, status="invalid")
    b = stage([False, True])
    assert (paired(a, b).only_a, paired(a, b, "strict_match").only_b) == (1, 1)
    assert paired(a, b, "valid").only_b == 2
    same = paired(a, a)
    assert (same.difference, same.p_value, same.won, same.lost) == (0.0, 1.0, (), ())


# --- refusals ---------------------------------------------------------------------------------------------------------
def test_other_questions_are_refused_with_the_facts_of_both() -> None:
    a, b = stage([True] * 5), stage([True] * 4)
    with pytest.raises(UserError) as told:
        paired(a, b, names=("runs/sft", "runs/grpo"))
    assert str(told.value) == (
        "runs/sft (5 questions on 3 databases) and runs/grpo (4 questions on 3 databases): not the same questions and "
        "golds, such as 4 only in runs/sft; evaluate both stages with the same data and --eval.limit"
    )


@pytest.mark.parametrize("field", ["index", "db_id", "question", "gold"])
def test_a_question_is_all_of_its_facts(field: str) -> None:
    a, b = stage([True] * 3), stage([True] * 3)
    b[1][field] = 99 if field == "index" else "another"
    with pytest.raises(UserError, match="not the same questions"):
        paired(a, b)


def test_what_cannot_be_compared_is_one_line() -> None:
    records = stage([True, False])
    with pytest.raises(UserError, match="a: a question occurs twice among its 4"):
        paired(records * 2, records)
    with pytest.raises(UserError, match="there is no question in them"):
        paired([], [])
    with pytest.raises(UserError, match=r"b: question 0 has no field 'exact_match'; evaluate it again"):
        paired(records, stage([True, False], exact_match=None), "exact_match")


# --- the text ---------------------------------------------------------------------------------------------------------
def test_the_table_and_the_questions_won_and_lost() -> None:
    a, b = stage([True, True, False, False]), stage([True, False, True, False])
    b[1].update(sql="", error="there is no SQL")
    b[2]["sql"] = "SELECT  'a-b'\n " + "FROM a_table_with_a_name " * 9
    b[3]["status"] = "invalid"
    text = comparison_text(("sft", "grpo"), comparisons(a, b))
    head, *rows = text.splitlines()
    assert head.split() == ["sft", "grpo", "difference", "(95%", "interval)", "won", "lost", "both", "none", "p"]
    assert [row[:10].rstrip() for row in rows[:4]] == list(FIELDS.values())
    low, high = (100 * end for end in newcombe(1, 1, 1, 1))
    assert rows[0][10:].split() == f"50.0% 50.0% +0.0 ({low:+.1f} to {high:+.1f}) points 1 1 1 1 1.000".split()
    assert rows[3][10:].split()[:3] == ["100.0%", "75.0%", "-25.0"]
    won, lost = text.partition("\n\nWon: ")[2].split("\n\nLost: ")
    title, question, gold, old, *new = won.splitlines()
    assert (title, question) == ("right only in grpo (1 questions)", "  2 [db2] Question 2?")
    assert (gold, old) == ("    gold  SELECT 2", "    sft   SELECT -2")
    assert len(new) == 3 and " ".join(" ".join(new).split()) == f"grpo {' '.join(b[2]['sql'].split())}"
    assert lost.splitlines()[2:] == [
        "    gold  SELECT 1",
        "    sft   SELECT 1",
        "    grpo  (no SQL) -- there is no SQL",
    ]
    assert max(map(len, text.splitlines())) <= 120


def test_only_some_questions_are_written_out() -> None:
    a, b = stage([False] * 12), stage([True] * 12)
    pairs = comparisons(a, b)
    text = comparison_text(("a", "b"), pairs, shown=3)
    assert "Won: right only in b (12 questions, 3 of them here)" in text and text.count("Question ") == 3
    assert comparison_text(("a", "b"), pairs, shown=None).count("Question ") == 12
    assert "Lost: right only in a (0 questions)" in text
    assert "<0.001" in text


def test_a_field_that_is_not_known_everywhere_is_left_out() -> None:
    a, b = stage([True, False]), stage([True, False], exact_match=None)
    assert [pair.field for pair in comparisons(a, b)] == ["execution_match", "strict_match", "valid"]
    assert "EM" not in comparison_text(("a", "b"), comparisons(a, b)).split()
