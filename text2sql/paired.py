"""Compare two evaluated stages question by question: what one gained over the other, and whether that can be chance."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from text2sql.errors import UserError
from text2sql.metrics import VALID, wilson

Record = Mapping[str, Any]

FIELDS = {
    "execution_match": "EX",
    "strict_match": "strict EX",
    "exact_match": "EM",
    "valid": "valid SQL",
}
"""Field of a record -> its name in a table; valid is whether the status says that the answer ran."""
IDENTITY = ("index", "db_id", "question", "gold")
AGAIN = "evaluate both stages with the same data and --eval.limit"
WIDTH = 120  # of a line in a terminal


@dataclass(frozen=True)
class Paired:
    """How two stages, a and b, answered the same questions, by one yes-or-no field."""

    field: str
    both: int
    only_a: int
    only_b: int
    neither: int
    low: float
    """Lower end of the 95% confidence interval of `difference`."""
    high: float
    p_value: float
    """Of McNemar's test: how likely so uneven a split is if each question that differs might be won by either."""
    won: tuple[tuple[Record, Record], ...]
    """(a's record, b's record) of each question that only b has right."""
    lost: tuple[tuple[Record, Record], ...]
    """The same of those that only a has right."""

    @property
    def questions(self) -> int:
        return self.both + self.only_a + self.only_b + self.neither

    @property
    def share_a(self) -> float:
        return (self.both + self.only_a) / self.questions

    @property
    def share_b(self) -> float:
        return (self.both + self.only_b) / self.questions

    @property
    def difference(self) -> float:
        """b's share minus a's."""
        return (self.only_b - self.only_a) / self.questions


def paired(
    a_records: Sequence[Record],
    b_records: Sequence[Record],
    field: str = "execution_match",
    names: tuple[str, str] = ("a", "b"),
) -> Paired:
    """Compare the records of two stages by `field`, one of `FIELDS`; their order doesn't matter.

    The interval of the difference is Newcombe's hybrid score interval for paired data, his method 10 (Statistics in
    Medicine 17, 1998, 2635-2650); the test is McNemar's (Psychometrika 12, 1947), two-sided and exact.
    Raises UserError, with the stages' `names`, where the questions differ or a record lacks the field.
    """
    pairs = _matched(a_records, b_records, names)
    holds = _reader(field, names)
    groups: dict[tuple[bool, bool], list[tuple[Record, Record]]] = {}
    for a, b in pairs:
        groups.setdefault((holds(a, 0), holds(b, 1)), []).append((a, b))
    won, lost = groups.get((False, True), []), groups.get((True, False), [])
    both, neither = len(groups.get((True, True), ())), len(groups.get((False, False), ()))
    low, high = newcombe(both, len(won), len(lost), neither)
    p_value = mcnemar(len(won), len(lost))
    return Paired(field, both, len(lost), len(won), neither, low, high, p_value, tuple(won), tuple(lost))


def _reader(field: str, names: tuple[str, str]) -> Callable[[Record, int], bool]:
    """Reads the field of a record of stage 0 or 1."""

    def holds(record: Record, stage: int) -> bool:
        if field == "valid":
            return record["status"] in VALID
        if record.get(field) is None:
            remedy = "evaluate it again with --overwrite"
            raise UserError(f"{names[stage]}: question {record['index']} has no field {field!r}; {remedy}")
        return bool(record[field])

    return holds


def _matched(a: Sequence[Record], b: Sequence[Record], names: tuple[str, str]) -> list[tuple[Record, Record]]:
    """The two records of each question, in a's order."""
    by_question = [_by_question(records, name) for records, name in zip((a, b), names, strict=True)]
    if by_question[0].keys() != by_question[1].keys():
        facts = " and ".join(map(_facts, names, (a, b)))
        only = min(by_question[0].keys() ^ by_question[1].keys(), key=str)
        where = names[0] if only in by_question[0] else names[1]
        raise UserError(f"{facts}: not the same questions and golds, such as {only[0]} only in {where}; {AGAIN}")
    if not a:
        raise UserError(f"{names[0]} and {names[1]}: there is no question in them; {AGAIN}")
    return [(record, by_question[1][key]) for key, record in by_question[0].items()]


def _by_question(records: Sequence[Record], name: str) -> dict[tuple, Record]:
    found = {tuple(record[field] for field in IDENTITY): record for record in records}
    if len(found) < len(records):
        raise UserError(f"{name}: a question occurs twice among its {len(records)}; compare one answer a question")
    return found


def _facts(name: str, records: Sequence[Record]) -> str:
    databases = len({record["db_id"] for record in records})
    return f"{name} ({len(records):,} questions on {databases} databases)"


def newcombe(both: int, only_b: int, only_a: int, neither: int) -> tuple[float, float]:
    """The 95% interval of (only_b - only_a) / all, inside [-1, 1]: Newcombe's method 10 for paired proportions.

    It puts Wilson's intervals of the two shares together as if they were the sides of a triangle, whose angle is given
    by their correlation phi, which is corrected for continuity where it is positive.
    """
    count = both + only_b + only_a + neither
    shares = [(both + only) / count for only in (only_b, only_a)]
    (low_b, high_b), (low_a, high_a) = (wilson(both + only, count) for only in (only_b, only_a))
    below_b, above_b, below_a, above_a = shares[0] - low_b, high_b - shares[0], shares[1] - low_a, high_a - shares[1]
    phi, difference = _correlation(both, only_b, only_a, neither), (only_b - only_a) / count
    below = math.sqrt(max(0.0, below_b**2 - 2 * phi * below_b * above_a + above_a**2))
    above = math.sqrt(max(0.0, above_b**2 - 2 * phi * above_b * below_a + below_a**2))
    return max(-1.0, difference - below), min(1.0, difference + above)


def _correlation(both: int, only_b: int, only_a: int, neither: int) -> float:
    """Phi of the two answers; 0 where one of them is always or never right."""
    margins = (both + only_b) * (only_a + neither) * (both + only_a) * (only_b + neither)
    cross = both * neither - only_b * only_a
    if cross > 0:
        cross = max(0.0, cross - (both + only_b + only_a + neither) / 2)
    return cross / math.sqrt(margins) if margins else 0.0


def mcnemar(only_a: int, only_b: int) -> float:
    """The exact two-sided p-value of a split of the questions that differ: twice the binomial tail, at most 1."""
    count = only_a + only_b
    tail = sum(math.comb(count, right) for right in range(min(only_a, only_b) + 1))
    return min(1.0, 2 * tail / 2**count)


# --- for the terminal -----------------------------------------------------------------------------------------------
def comparisons(
    a_records: Sequence[Record], b_records: Sequence[Record], names: tuple[str, str] = ("a", "b")
) -> list[Paired]:
    """`paired` by each of `FIELDS` that every record of both stages has."""
    records = [*a_records, *b_records]
    fields = [name for name in FIELDS if name == "valid" or all(record.get(name) is not None for record in records)]
    return [paired(a_records, b_records, field, names) for field in fields]


def comparison_text(names: tuple[str, str], pairs: Sequence[Paired], shown: int | None = 10) -> str:
    """What `comparisons` found, as text: a table with a line a field, and the questions that EX won and lost.

    Of won and lost questions `shown` each are written out with gold and both answers, all of them where it is None.
    """
    a, b = (name[:12] for name in names)
    head = f"{'':<10}{a:>13}{b:>13}{'difference (95% interval)':>30}{'won':>6}{'lost':>6}{'both':>6}{'none':>6}{'p':>8}"
    lines = [head, *map(_line, pairs)]
    lines += ["", f"won, lost: right only in {names[1]}, only in {names[0]}; p: McNemar's exact test"]
    for pair in pairs:
        if pair.field == "execution_match":
            lines += _listed(f"Won: right only in {names[1]}", pair.won, names, shown)
            lines += _listed(f"Lost: right only in {names[0]}", pair.lost, names, shown)
    return "\n".join(lines)


def _line(pair: Paired) -> str:
    span = f"{100 * pair.difference:+.1f} ({100 * pair.low:+.1f} to {100 * pair.high:+.1f}) points"
    counts = "".join(f"{count:>6}" for count in (pair.only_b, pair.only_a, pair.both, pair.neither))
    return f"{FIELDS[pair.field]:<10}{pair.share_a:>13.1%}{pair.share_b:>13.1%}{span:>30}{counts}{_p(pair.p_value):>8}"


def _p(value: float) -> str:
    return "<0.001" if value < 0.001 else f"{value:.3f}"


def _listed(title: str, pairs: Sequence[tuple[Record, Record]], names: tuple[str, str], shown: int | None) -> list[str]:
    chosen = pairs[:shown]
    rest = f", {len(chosen)} of them here" if len(chosen) < len(pairs) else ""
    return [
        "",
        f"{title} ({len(pairs)} questions{rest})",
        *(line for pair in chosen for line in _question(pair, names)),
    ]


def _question(pair: tuple[Record, Record], names: tuple[str, str]) -> list[str]:
    """One question with its gold and the two answers, each wrapped under its label."""
    a, b = pair
    indent = max(map(len, (*names, "gold"))) + 4
    answers = (("gold", a["gold"]), (names[0], _answer(a)), (names[1], _answer(b)))
    return [f"  {a['index']} [{a['db_id']}] {a['question']}", *(_wrapped(*answer, indent) for answer in answers)]


def _wrapped(label: str, text: str, indent: int) -> str:
    first, other = f"    {label}".ljust(indent + 2), " " * (indent + 2)
    options = {"break_long_words": False, "break_on_hyphens": False}  # else a copied query would be another one
    return textwrap.fill(" ".join(text.split()), WIDTH, initial_indent=first, subsequent_indent=other, **options)


def _answer(record: Record) -> str:
    """The SQL, or why there is none, and what went wrong."""
    return (record["sql"] or "(no SQL)") + (f"  -- {record['error']}" if record.get("error") else "")
