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
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from zlib import crc32

Cell = None | int | float | str | bytes
Rows = Sequence[tuple[Cell, ...]]
Column = tuple[Cell, ...]

TOLERANCE = 1e-9
BELOW_ONE = 0.999  # the most a result earns that is no match, such as the right rows in the wrong order
SEARCH_STEPS = 5_000_000  # rows looked at while searching the permutation of columns that hold the same cells
REFINEMENTS = 4  # rounds in which columns are told apart by what surrounds them, in results of up to
REFINED_CELLS = 10_000  # cells; one round in larger ones
TIE_STEPS = 500_000  # rows looked at while telling apart columns that overlap equally, for the F1
ALIGN_STEPS = 20_000_000  # cells looked at while comparing pairs of columns for the F1; Spider's golds need 50,000


class Table:
    """A result with what comparing it needs, each piece made at its first use and kept: a gold is compared often."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows

    @staticmethod
    def of(rows: Rows | Table) -> Table:
        return rows if isinstance(rows, Table) else Table(rows)

    @cached_property
    def width(self) -> int:
        return len(self.rows[0]) if self.rows else 0

    @cached_property
    def bag(self) -> Counter:
        """Each row, and how often it occurs."""
        return Counter(self.rows)

    @cached_property
    def columns(self) -> list[Column]:
        return list(zip(*self.rows, strict=True))

    @cached_property
    def column_bags(self) -> list[Counter]:
        """Each column's cells, and how often each occurs."""
        return [Counter(column) for column in self.columns]

    @cached_property
    def signature(self) -> list[int]:
        """A sum for each column, sorted: equal for results that some order of rows and columns makes the same."""
        return sorted(sum(map(hash, column)) for column in self.columns)

    @cached_property
    def reals(self) -> set[float]:
        """All its floating-point numbers."""
        found: set[float] = set()
        for column in self.columns:
            if float in set(map(type, column)):
                found.update(cell for cell in column if type(cell) is float)
        return found


def equal(gold: Rows | Table, prediction: Rows | Table, *, ordered: bool = False) -> bool:
    """Whether two results are equal; two without rows are, whatever their columns (so the official evaluator).

    Cost is linear in cells but for columns with the same cells in another arrangement, whose search is bounded: a
    result built to defeat it counts as different.
    """
    gold, prediction = Table.of(gold), Table.of(prediction)
    if len(gold.rows) != len(prediction.rows):
        return False
    if not gold.rows or gold.rows == prediction.rows:
        return True
    if gold.width != prediction.width:
        return False
    if _permuted(gold, prediction, ordered):
        return True
    near_gold, near_prediction = same_reals(gold, prediction)
    return near_gold is not gold and _permuted(near_gold, near_prediction, ordered)


def f1(gold: Rows | Table, prediction: Rows | Table) -> float:
    """Share of cells that the results have in common, in [0, 1]; row order and column order never change it.

    Columns are aligned one to one, greedily by the overlap of their cells, until one result has none left. A row that
    both results have over the aligned columns counts with its aligned cells, as often as both have it. Precision
    divides the cells so matched by all cells of the prediction, recall by all of the gold, so rows too many, columns
    too many and columns missing all cost. A constant earns its share in a column where that value is in the majority.
    """
    gold, prediction = Table.of(gold), Table.of(prediction)
    if not gold.rows or not prediction.rows:
        return 0.0
    gold, prediction = same_reals(gold, prediction)
    pairs = _align(gold, prediction)
    if not pairs:
        return 0.0
    matched = len(pairs) * _overlap(
        Counter(zip(*(gold.columns[i] for i, _ in pairs), strict=True)),
        Counter(zip(*(prediction.columns[j] for _, j in pairs), strict=True)),
    )
    return 2 * matched / (len(gold.rows) * gold.width + len(prediction.rows) * prediction.width)


def same_reals(gold: Table, prediction: Table) -> tuple[Table, Table]:
    """Both results with each real replaced by one that stands for all reals within the tolerance."""
    reals = gold.reals | prediction.reals
    stands_for = _groups(reals)
    if not stands_for and not any(map(math.isnan, reals)):
        return gold, prediction
    return Table(_replaced(gold.rows, stands_for)), Table(_replaced(prediction.rows, stands_for))


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


def _permuted(gold: Table, prediction: Table, ordered: bool) -> bool:
    """Whether some permutation of the columns makes the rows the same; results of the same shape, with rows."""
    if gold.signature != prediction.signature:
        return False
    if ordered:
        return Counter(gold.columns) == Counter(prediction.columns)
    if gold.bag == prediction.bag:
        return True
    left, right = gold.columns, prediction.columns
    bags = _numbered(frozenset(bag.items()) for bag in gold.column_bags + prediction.column_bags)
    left_bags, right_bags = bags[: len(left)], bags[len(left) :]
    if Counter(left_bags) != Counter(right_bags):
        return False
    twins = Counter(left_bags)
    order = sorted(range(len(left)), key=lambda i: twins[left_bags[i]])
    candidates = [[j for j, bag in enumerate(right_bags) if bag == left_bags[i]] for i in order]
    if max(twins.values()) == 1:
        permuted = zip(*[right[places[0]] for places in candidates], strict=True)
        return Counter(permuted) == Counter(zip(*[left[i] for i in order], strict=True))
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


def _align(gold: Table, prediction: Table) -> list[tuple[int, int]]:
    """Pairs (gold column, prediction column), each column at most once, those with the largest overlap first.

    Columns equal cell by cell are one, with several places. Where too much would have to be compared, none are aligned.
    """
    left, right = _places(gold), _places(prediction)
    bags = [[table.column_bags[at[0]] for at in side.values()] for table, side in ((gold, left), (prediction, right))]
    if sum(min(len(one), len(other)) for one in bags[0] for other in bags[1]) > ALIGN_STEPS:
        return []
    overlaps = {(i, j): _overlap(a, b) for i, a in enumerate(bags[0]) for j, b in enumerate(bags[1])}
    places = list(left.values()), list(right.values())
    pairs = _greedy(overlaps, places, _unrelated)
    if pairs is None:
        pairs = _greedy(overlaps, places, _TieBreak(gold, prediction, (list(left), list(right))).choose)
    return pairs


Pairs = list[tuple[int, int]]


def _greedy(overlaps: dict, places: tuple[list, list], choose: Callable[[Pairs], tuple | None]) -> Pairs | None:
    """The places of the columns that are paired, while `choose` picks one of the pairs with the largest overlap.

    None if it can't. No pairs at all if one of them has nothing in common, for no row can be the same then.
    """
    left, right = ([list(at) for at in side] for side in places)
    pairs: Pairs = []
    while overlaps:
        most = max(overlaps.values())
        if most == 0:
            return []
        chosen = choose([pair for pair, overlap in overlaps.items() if overlap == most])
        if chosen is None:
            return None
        i, j = chosen
        pairs.append((left[i].pop(), right[j].pop()))
        if not left[i] or not right[j]:
            overlaps = {(a, b): n for (a, b), n in overlaps.items() if (left[i] or a != i) and (right[j] or b != j)}
    return pairs


def _unrelated(tied: Pairs) -> tuple[int, int] | None:
    """The first of pairs that have no column in common, all of which will be chosen; None where it matters which."""
    apart = all(len({pair[side] for pair in tied}) == len(tied) for side in (0, 1))
    return tied[0] if apart else None


def _places(table: Table) -> dict[Column, list[int]]:
    """Each different column -> where it stands in the result."""
    places: dict[Column, list[int]] = {}
    for place, column in enumerate(table.columns):
        places.setdefault(column, []).append(place)
    return places


class _TieBreak:
    """Tells pairs of columns of equal overlap apart by what does not depend on any order: the rows around their cells.

    First by the rows that both results have over the columns paired so far and this pair, while the budget lasts; then
    by the overlap of the columns' contexts, then by all that surrounds each of the two, last by each row so far with
    all that surrounds it.
    """

    def __init__(self, gold: Table, prediction: Table, columns: tuple[list[Column], list[Column]]) -> None:
        self.sides = _Surroundings(gold, columns[0]), _Surroundings(prediction, columns[1])
        self.rows = [0] * len(gold.rows), [0] * len(prediction.rows)  # a number for each row's cells so far
        self.budget = TIE_STEPS

    def choose(self, tied: list[tuple[int, int]]) -> tuple[int, int]:
        """The pair that fits best, which the next choice builds on."""
        for rank in (self._rank, self._rank_of_rows):
            if len(tied) > 1:
                ranks = [rank(*pair) for pair in tied]
                best = max(ranks)
                tied = [pair for pair, found in zip(tied, ranks, strict=True) if found == best]
        self.rows = self._extended(*tied[0])
        return tied[0]

    def _rank(self, i: int, j: int) -> tuple[int, ...]:
        left, right = self.sides
        joint = _overlap(*map(Counter, self._extended(i, j))) if self._may() else 0
        return joint, _overlap(left.contexts[i], right.contexts[j]), left.prints[i], right.prints[j]

    def _rank_of_rows(self, i: int, j: int) -> tuple[int, ...]:
        if not self._may():
            return ()
        rows = zip(self._extended(i, j), self.sides, strict=True)
        return tuple(_bag_number(numbers, side.around) for numbers, side in rows)

    def _may(self) -> bool:
        self.budget -= len(self.rows[0]) + len(self.rows[1])
        return self.budget > 0

    def _extended(self, i: int, j: int) -> tuple[list[int], list[int]]:
        """The rows' numbers in both results, over the columns paired so far and this pair."""
        left, right = self.sides
        return (
            list(map(hash, zip(self.rows[0], left.cells[i], strict=True))),
            list(map(hash, zip(self.rows[1], right.cells[j], strict=True))),
        )


class _Surroundings:
    """What surrounds each column of a result, in numbers that no order changes and that are equal in every process.

    `cells`: each column's cells as checksums. `contexts`: its bag of (cell, the cells of its row in any order).
    `prints` and `around`: a number for each column and each row, other ones where the rest of the result tells them
    apart; rounds of the colour refinement of Weisfeiler and Leman (1968) over rows and columns.
    """

    def __init__(self, table: Table, columns: list[Column]) -> None:
        spelled = {column: _numbers(column) for column in columns}
        everywhere = [spelled[column] for column in table.columns]
        colours = dict.fromkeys(columns, 0)
        self.cells, self.contexts = list(spelled.values()), []
        for _ in range(REFINEMENTS if len(table.rows) * table.width <= REFINED_CELLS else 1):
            row_of = [colours[column] for column in table.columns]
            self.around = [_bag_number(row, row_of) for row in zip(*everywhere, strict=True)]
            bags = {column: Counter(zip(spelled[column], self.around, strict=True)) for column in columns}
            self.contexts = self.contexts or list(bags.values())
            colours = {column: hash(frozenset(bag.items())) for column, bag in bags.items()}
        self.prints = list(colours.values())


def _numbers(column: Column) -> list[int]:
    """A checksum for each cell."""
    known = {cell: crc32(_spelled(cell)) for cell in set(column)}
    return [known[cell] for cell in column]


def _bag_number(ones: Iterable[int], others: Iterable[int]) -> int:
    """A number for the bag of pairs (a sum of their hashes would be the same for many bags)."""
    return hash(tuple(sorted(zip(ones, others, strict=True))))


def _spelled(cell: Cell) -> bytes:
    """One spelling for cells that are equal: a whole real is written as its integer."""
    whole = type(cell) is float and cell.is_integer()
    return repr(int(cell) if whole else cell).encode("utf-8", "surrogatepass")


def _overlap(one: Counter, other: Counter) -> int:
    """Size of what two bags have in common."""
    return sum([min(one[item], other[item]) for item in one.keys() & other.keys()])


def _numbered(items: Iterable) -> list[int]:
    """Each item's number, equal for equal items."""
    numbers: dict = {}
    return [numbers.setdefault(item, len(numbers)) for item in items]
