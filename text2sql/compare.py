"""Compare two query results: are they equal, and if not, how much of one is in the other.

Equal is what the official test-suite evaluator means by it (exec_eval.py of
https://github.com/taoyds/test-suite-sql-eval): bags of rows under any one permutation of the columns, in order only
where the gold orders. Beyond it, two reals are equal within 1e-9 relative, because the last bits of a sum depend on the
order of adding. An integer equals a real only where the numbers are equal; text, bytes and NULL equal only their own
kind.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain
from zlib import crc32

Cell = None | int | float | str | bytes
Rows = Sequence[tuple[Cell, ...]]
Column = tuple[Cell, ...]

TOLERANCE = 1e-9
BELOW_ONE = 0.999  # the most a result earns that is no match, such as the right rows in the wrong order
SEARCH_STEPS = 5_000_000  # rows looked at while searching the permutation of columns that hold the same cells
TIE_STEPS = 2_000_000  # rows looked at while telling apart columns that overlap equally, for the F1
MOST_PAIRS = 10_000  # pairs of different columns that are compared for the F1; Spider's widest gold has 19 columns


def equal(gold: Rows, prediction: Rows, *, ordered: bool = False) -> bool:
    """Whether two results are equal; two without rows are, whatever their columns (so the official evaluator).

    Cost is linear in cells but for columns with the same cells in another arrangement, whose search is bounded: a
    result built to defeat it counts as different.
    """
    if len(gold) != len(prediction):
        return False
    if not gold or gold == prediction:
        return True
    if len(gold[0]) != len(prediction[0]):
        return False
    if _permuted(gold, prediction, ordered):
        return True
    near_gold, near_prediction = same_reals(gold, prediction)
    return near_gold is not gold and _permuted(near_gold, near_prediction, ordered)


def f1(gold: Rows, prediction: Rows) -> float:
    """Share of cells that the results have in common, in [0, 1]; row order and column order never change it.

    Columns are aligned one to one, greedily by the overlap of their cells, until one result has none left. A row that
    both results have over the aligned columns counts with its aligned cells, as often as both have it. Precision
    divides the cells so matched by all cells of the prediction, recall by all of the gold, so rows too many, columns
    too many and columns missing all cost.
    """
    if not gold or not prediction:
        return 0.0
    gold, prediction = same_reals(gold, prediction)
    pairs = _align(gold, prediction)
    matched = len(pairs) * _overlap(
        Counter(tuple(row[i] for i, _ in pairs) for row in gold),
        Counter(tuple(row[j] for _, j in pairs) for row in prediction),
    )
    return 2 * matched / (len(gold) * len(gold[0]) + len(prediction) * len(prediction[0]))


def same_reals(gold: Rows, prediction: Rows) -> tuple[Rows, Rows]:
    """Both results with each real replaced by one that stands for all reals within the tolerance."""
    reals = {cell for row in chain(gold, prediction) for cell in row if type(cell) is float}
    stands_for = _groups(reals)
    if not stands_for and not any(map(math.isnan, reals)):
        return gold, prediction
    return _replaced(gold, stands_for), _replaced(prediction, stands_for)


def _replaced(rows: Rows, stands_for: dict[float, float]) -> Rows:
    """The rows with the reals that stand for others; SQLite has no NaN, yet one equals any other here."""

    def cell_for(cell: Cell) -> Cell | tuple:
        if type(cell) is not float:
            return cell
        return ("NaN",) if math.isnan(cell) else stands_for.get(cell, cell)

    return [tuple([cell_for(cell) for cell in row]) for row in rows]


def _groups(reals: Iterable[float]) -> dict[float, float]:
    """Real -> the real that stands for it, for those that have near neighbours.

    Groups are made of the numbers at hand, from the smallest up, so that no boundary of a rounding grid falls between
    two neighbours, and no two numbers of a group are further apart than the tolerance.
    """
    stands_for: dict[float, float] = {}
    members: list[float] = []
    for real in sorted(real for real in reals if not math.isnan(real)):
        if members and not math.isclose(members[0], real, rel_tol=TOLERANCE):
            stands_for |= _named(members)
            members = []
        members.append(real)
    return stands_for | _named(members)


def _named(members: list[float]) -> dict[float, float]:
    """A group's reals -> its whole number, if it has one, so that an equal integer finds it; else its first."""
    if len(members) < 2:
        return {}
    return dict.fromkeys(members, next(filter(float.is_integer, members), members[0]))


def _permuted(gold: Rows, prediction: Rows, ordered: bool) -> bool:
    """Whether some permutation of the columns makes the rows the same; results of the same shape, with rows."""
    if ordered:
        return Counter(zip(*gold, strict=True)) == Counter(zip(*prediction, strict=True))
    if Counter(gold) == Counter(prediction):
        return True
    left, right = _columns(gold), _columns(prediction)
    bags = _numbered(frozenset(Counter(column).items()) for column in left + right)
    left_bags, right_bags = bags[: len(left)], bags[len(left) :]
    if Counter(left_bags) != Counter(right_bags):
        return False
    twins = Counter(left_bags)
    order = sorted(range(len(left)), key=lambda i: twins[left_bags[i]])
    candidates = [[j for j, bag in enumerate(right_bags) if bag == left_bags[i]] for i in order]
    return _search([left[i] for i in order], right, candidates)


def _search(left: list[Column], right: list[Column], candidates: list[list[int]]) -> bool:
    """Depth first: give each left column one of its candidates while the bags of the rows so far stay equal.

    Of candidates that are equal cell by cell one is tried.
    """
    levels, content = _levels(left), _numbered(right)
    stack = [(0, [0] * len(left[0]), 0, j) for j in candidates[0]]
    budget = SEARCH_STEPS
    while stack and budget > 0:
        depth, rows, used, j = stack.pop()
        names, counts = levels[depth]
        rows = [names.get(pair, -1) for pair in zip(rows, right[j], strict=True)]
        budget -= len(rows)
        if Counter(rows) != counts:
            continue
        if depth + 1 == len(left):
            return True
        used |= 1 << j
        free = {content[k]: k for k in candidates[depth + 1] if not used >> k & 1}
        stack += [(depth + 1, rows, used, k) for k in free.values()]
    return False


def _levels(columns: list[Column]) -> list[tuple[dict, Counter]]:
    """For the first 1, 2, ... columns: (number of the row so far, next cell) -> its number, and how often each
    occurs."""
    levels, rows = [], [0] * len(columns[0])
    for column in columns:
        names: dict[tuple, int] = {}
        rows = [names.setdefault(pair, len(names)) for pair in zip(rows, column, strict=True)]
        levels.append((names, Counter(rows)))
    return levels


def _align(gold: Rows, prediction: Rows) -> list[tuple[int, int]]:
    """Pairs (gold column, prediction column), each column at most once, those with the largest overlap first.

    Columns equal cell by cell are one, with several places. Where too many differ, none are aligned.
    """
    places = _places(gold), _places(prediction)
    if len(places[0]) * len(places[1]) > MOST_PAIRS:
        return []
    columns = list(places[0]), list(places[1])
    overlaps = _overlaps(*columns)
    tie_break = _TieBreak(gold, prediction, columns) if _ambiguous(overlaps) else None
    pairs: list[tuple[int, int]] = []
    while overlaps:
        most = max(overlaps.values())
        tied = [pair for pair, overlap in overlaps.items() if overlap == most]
        i, j = tie_break.choose(tied) if tie_break else tied[0]
        left, right = places[0][columns[0][i]], places[1][columns[1][j]]
        pairs.append((left.pop(), right.pop()))
        if not left or not right:
            overlaps = {(a, b): n for (a, b), n in overlaps.items() if (left or a != i) and (right or b != j)}
    return pairs


def _places(rows: Rows) -> dict[Column, list[int]]:
    """Each different column -> where it stands in the result."""
    places: dict[Column, list[int]] = {}
    for place, column in enumerate(_columns(rows)):
        places.setdefault(column, []).append(place)
    return places


def _overlaps(left: list[Column], right: list[Column]) -> dict[tuple[int, int], int]:
    """How many cells each pair of columns has in common, in any order of the rows."""
    bags = [Counter(column) for column in left], [Counter(column) for column in right]
    return {(i, j): _overlap(a, b) for i, a in enumerate(bags[0]) for j, b in enumerate(bags[1])}


def _ambiguous(overlaps: dict[tuple[int, int], int]) -> bool:
    """Whether some column overlaps two others equally, so that which one it gets must not depend on their order."""
    positive = [(pair, overlap) for pair, overlap in overlaps.items() if overlap]
    return any(len({(pair[side], overlap) for pair, overlap in positive}) < len(positive) for side in (0, 1))


class _TieBreak:
    """Tells pairs of columns of equal overlap apart by what does not depend on any order: the rows around their cells.

    First by the rows that both results have over the columns paired so far and this pair, while the budget lasts; then
    by the overlap of the columns' contexts, then by the contexts themselves.
    """

    def __init__(self, gold: Rows, prediction: Rows, columns: tuple[list[Column], list[Column]]) -> None:
        self.columns = columns
        self.contexts = _contexts(gold, columns[0]), _contexts(prediction, columns[1])
        self.prints = [[crc32(repr(sorted(bag.items())).encode()) for bag in side] for side in self.contexts]
        self.rows = [0] * len(gold), [0] * len(prediction)  # each row's number over the columns paired so far
        self.budget = TIE_STEPS

    def choose(self, tied: list[tuple[int, int]]) -> tuple[int, int]:
        """The pair that fits best, which the next choice builds on."""
        pair = max(tied, key=self._rank) if len(tied) > 1 else tied[0]
        names: dict[tuple, int] = {}
        self.rows = tuple([names.setdefault(row, len(names)) for row in rows] for rows in self._extended(*pair))
        return pair

    def _rank(self, pair: tuple[int, int]) -> tuple[int, ...]:
        i, j = pair
        self.budget -= len(self.rows[0]) + len(self.rows[1])
        joint = _overlap(*map(Counter, self._extended(i, j))) if self.budget > 0 else 0
        return joint, _overlap(self.contexts[0][i], self.contexts[1][j]), self.prints[0][i], self.prints[1][j]

    def _extended(self, i: int, j: int) -> tuple[Iterable[tuple], Iterable[tuple]]:
        """The rows of both results over the columns paired so far and this pair."""
        return zip(self.rows[0], self.columns[0][i], strict=True), zip(self.rows[1], self.columns[1][j], strict=True)


def _contexts(rows: Rows, columns: list[Column]) -> list[Counter]:
    """For each column the bag of (cell, the cells of its row in any order), as checksums, equal in every process."""
    around = [sum(crc32(_spelled(cell)) for cell in row) for row in rows]
    return [Counter(zip((crc32(_spelled(cell)) for cell in column), around, strict=True)) for column in columns]


def _spelled(cell: Cell) -> bytes:
    """One spelling for cells that are equal: a whole real is written as its integer."""
    whole = type(cell) is float and cell.is_integer()
    return repr(int(cell) if whole else cell).encode("utf-8", "surrogatepass")


def _overlap(one: Counter, other: Counter) -> int:
    """Size of what two bags have in common."""
    if len(other) < len(one):
        one, other = other, one
    return sum(min(count, other[item]) for item, count in one.items() if item in other)


def _columns(rows: Rows) -> list[Column]:
    return list(zip(*rows, strict=True))


def _numbered(items: Iterable) -> list[int]:
    """Each item's number, equal for equal items."""
    numbers: dict = {}
    return [numbers.setdefault(item, len(numbers)) for item in items]
