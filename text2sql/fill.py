"""Fill the tables of a context with rows on which its gold selects something and other queries select something else.

As in distilled test suites (Zhong et al., EMNLP 2020, https://arxiv.org/abs/2010.02840) a question gets several
fillings, and a prediction is right if it is right on each. There they are random and kept if they tell the gold from
its neighbours; here they are made from what the gold demands (`text2sql.demands`): some witnesses, a near miss for each
demand, rows without a partner, groups of different sizes, repeated rows, and others.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Sequence

from text2sql.contexts import Tables
from text2sql.demands import Demands, Link, Test, Value, passes
from text2sql.kinds import INTEGER, REAL, Families, Place
from text2sql.scopes import Slot
from text2sql.values import any_value, beyond, edges, failing, passing

MOST_WITNESSES = 14
MOST_COPIES = 250  # of one witness, in groups
MOST_NEAR = 12  # of one near miss
OTHERS = 4  # rows of each table that are about nothing

Row = dict[str, Value | None]
"""Column in small letters -> value."""


class Filling:
    """One set of rows for the tables of a context.

    Where only the greatest or smallest value shows, near misses stand out, and a row that passes, which the number of
    the filling chooses. Without `bold` only a witness does: where the table's greatest value is asked for, near misses
    may hide all that the gold selects.
    """

    def __init__(
        self, demands: Demands, families: Families, rng: random.Random, number: int = 0, bold: bool = True
    ) -> None:
        self.demands, self.families, self.rng, self.number, self.bold = demands, families, rng, number, bold
        self.tables: Tables = families.tables
        self.rows: dict[str, list[Row]] = {name: [] for name in self.tables}
        self.keys = {name: key for name in self.tables if (key := key_of(self.tables, name))}
        self.taken: dict[Place, set] = {(name, key): set() for name, key in self.keys.items()}
        self.pools: dict[Place, list[Value]] = {}
        alone = demands.ordered if number % 2 else demands.ordered + demands.groups
        self.singles = {families.of(families.place(slot)) for slot in alone}
        self.largest = 1  # rows of a group
        self.slots: list[Slot] = [
            (atom, column.name.lower())
            for atom in range(len(demands.scopes.atoms))
            for column in self.tables[demands.scopes.table(atom)].columns
        ]

    def fill(self, witnesses: int) -> dict[str, list[Row]]:
        """The rows, in an order that says nothing."""
        for number in range(witnesses):
            self._witness(number)
        self._edges()
        self._near_misses()
        for name, table in self.tables.items():
            for _ in range(self.rng.randint(1, OTHERS)):
                self._add(name, {column.name.lower(): self._any(name, column.name) for column in table.columns})
        if not self.bold:
            self._plain(self._choice(0), stands_out=True)
        for rows in self.rows.values():
            self.rng.shuffle(rows)
        return self.rows

    # --- witnesses --------------------------------------------------------------------------------------------------
    def _witness(self, number: int) -> None:
        """Rows that the gold selects, and copies of them which share some values."""
        demands = self._choice(number)
        classes = self._classes(demands)
        values = self._values(classes, demands)
        inserted = [values]
        copies = self._copies(number)
        self.largest = max(self.largest, copies + 1)
        twin = self.rng.random() < 0.4 and set(self.demands.ordered) <= set(self.demands.selected)
        for _ in range(copies):
            shared = {root: value for root, value in values.items() if self._is_shared(root, classes, twin)}
            inserted.append(self._values(classes, demands, shared))
        if number == 0 and set(self.demands.ordered) <= set(self.demands.selected):
            inserted += self._twins(classes, demands, inserted)
        for values in inserted:
            self._insert(classes, values)

    def _twins(
        self, classes: dict[Slot, list[Slot]], demands: list[Test | Link], rows: list[dict[Slot, Value | None]]
    ) -> list[dict[Slot, Value | None]]:
        """The rows once more with other keys, in other groups: without those, two results are alike."""
        apart = [
            root
            for root, members in classes.items()
            if any(self._is_key(slot) or slot in self.demands.groups for slot in members)
        ]
        found, known = [], {}
        for row in rows:
            kept = {root: value for root, value in row.items() if root not in apart}
            kept |= {root: known[root, row[root]] for root in apart if (root, row[root]) in known}
            found.append(self._values(classes, demands, kept))
            known |= {(root, row[root]): found[-1][root] for root in apart}
        return found

    def _choice(self, number: int) -> list[Test | Link]:
        """One alternative of each clause, another one each time."""
        chosen: list[Test | Link] = []
        for ways in self.demands.clauses:
            chosen += ways[number % len(ways)] if number < len(ways) else self.rng.choice(ways)
        return chosen

    def _copies(self, number: int) -> int:
        """How many copies: where the gold groups, so many that groups have different sizes, those of HAVING too."""
        if not self.demands.groups:
            return self.rng.choice([0, 0, 1, 2])
        counts = self.demands.counts or {1}
        sizes = sorted({size for count in counts for size in (count - 1, count, count + 1)} | {number + 1})
        size = sizes[number % len(sizes)] if number < 2 * len(sizes) else self.rng.randint(1, 5)
        return max(0, min(MOST_COPIES, size - 1))

    def _is_shared(self, root: Slot, classes: dict[Slot, list[Slot]], twin: bool) -> bool:
        """Whether a copy has the value too: what is grouped by always, keys and what is selected often."""
        members = classes[root]
        if any(slot in members for slot in self.demands.groups):
            return True
        if any(self._is_key(slot) for slot in members):
            return self.rng.random() < 0.6
        if any(slot in members for slot in self.demands.selected):
            return twin or self.rng.random() < 0.5 * (not any(slot in self.demands.ordered for slot in members))
        return self.rng.random() < 0.3 * (not any(slot in self.demands.ordered for slot in members))

    # --- near misses ------------------------------------------------------------------------------------------------
    def _edges(self) -> None:
        """Rows on both sides of each number that a column is compared with; one that passes stands out."""
        demands = self._choice(self.number)
        tests = [demand for demand in demands if isinstance(demand, Test)]
        found = [(test, value) for test in tests for value in edges(test, self._kind(test.slot))]
        passing_ones = [pair for pair in found if passes(*pair)]
        champion = passing_ones[self.number % len(passing_ones)] if passing_ones else None
        for test, value in sorted(found, key=lambda pair: passes(*pair), reverse=True):
            classes = self._classes(demands)
            root = next(at for at, members in classes.items() if test.slot in members)
            others = [demand for demand in demands if demand is not test]
            stands_out = self.bold and (not passes(test, value) or (test, value) == champion)
            values = self._values(classes, others, {root: value}, stands_out=stands_out)
            self._insert(classes, values)

    def _near_misses(self) -> None:
        """For each demand rows that don't meet it but all the others, and rows without their partners."""
        for number in range(max(map(len, self.demands.clauses), default=1)):
            demands = self._choice(number)
            for broken in demands:
                self._near_miss(broken, [demand for demand in demands if demand is not broken])
        demands = self._choice(0)
        for link in self.demands.forbidden:
            self._plain([*demands, link])
        for atom in range(len(self.demands.scopes.atoms)):
            if len(self.demands.scopes.atoms) > 1:
                self._plain(demands, without=atom)

    def _near_miss(self, broken: Test | Link, others: list[Test | Link]) -> None:
        classes = self._classes(others)
        test = broken if isinstance(broken, Test) else None
        values = self._values(classes, others, broken=test, stands_out=self.bold)
        self._insert(classes, values)
        if self.demands.groups and self.rng.random() < 0.5:  # a group that would be the largest
            for _ in range(min(MOST_NEAR, self.largest)):
                shared = {
                    at: it
                    for at, it in values.items()
                    if self._is_shared(at, classes, False) or self._is_of(test, at, classes)
                }
                self._insert(classes, self._values(classes, others, shared))

    @staticmethod
    def _is_of(test: Test | None, root: Slot, classes: dict[Slot, list[Slot]]) -> bool:
        return test is not None and test.slot in classes[root]

    def _plain(self, demands: Sequence[Test | Link], without: int | None = None, stands_out: bool = False) -> None:
        classes = self._classes(demands)
        self._insert(classes, self._values(classes, demands, stands_out=stands_out), without)

    # --- values -----------------------------------------------------------------------------------------------------
    def _classes(self, demands: Iterable[Test | Link]) -> dict[Slot, list[Slot]]:
        """The slots that have one value, by the first of them."""
        root = {slot: slot for slot in self.slots}
        for demand in demands:
            if isinstance(demand, Link):
                one, other = root[demand.one], root[demand.other]
                root = {slot: one if at == other else at for slot, at in root.items()}
        classes: dict[Slot, list[Slot]] = {}
        for slot, at in root.items():
            classes.setdefault(at, []).append(slot)
        return classes

    def _values(
        self,
        classes: dict[Slot, list[Slot]],
        demands: Iterable[Test | Link],
        shared: dict[Slot, Value | None] | None = None,
        broken: Test | None = None,
        stands_out: bool = False,
    ) -> dict[Slot, Value | None]:
        """A value for each class that passes the tests, or fails the broken one; with `stands_out` the greatest or
        smallest yet, where only that shows."""
        tests = [demand for demand in demands if isinstance(demand, Test)]
        found = dict(shared or {})
        for at, members in classes.items():
            if at not in found:
                own = [test for test in tests if test.slot in members]
                miss = broken if broken is not None and broken.slot in members else None
                found[at] = self._value(members, own, miss, stands_out)
        return found

    def _value(self, members: list[Slot], tests: list[Test], broken: Test | None, stands_out: bool) -> Value | None:
        place = self.families.place(members[0])
        options = self.families.literals(place), self.families.kind(place), place[1], self.rng
        if broken is not None:
            return failing(broken, tests, *options)
        if tests:
            return passing(tests, *options)
        if any(self._is_key(slot) for slot in members):
            return self._fresh(place)
        extreme = next((sign for slot, sign in self.demands.extremes.items() if slot in members), 0)
        if extreme and stands_out:
            return beyond(self.pools.get(self.families.of(place), ()), extreme, *options[1:])
        return self._any(*place)

    def _kind(self, slot: Slot) -> str:
        return self.families.kind(self.families.place(slot))

    def _any(self, table: str, column: str) -> Value:
        """A value that stands there already, a constant of the gold, or another one."""
        place = table, column.lower()
        if self.keys.get(table) == place[1]:
            return self._fresh(place)
        root = self.families.of(place)
        pool, literals = self.pools.get(root, []), self.families.literals(place)
        chance = self.rng.random()
        if root not in self.singles and pool and chance < 0.3:
            return self.rng.choice(pool)
        if literals and chance < 0.6:
            return passing((), literals, self.families.kind(place), place[1], self.rng)
        return self._other(place)

    def _other(self, place: Place) -> Value:
        """A value of the kind; sometimes a constant that the gold compares another column of the table with."""
        kind = self.families.kind(place)
        if self.rng.random() < 0.15:
            beside = [
                value
                for column in self.tables[place[0]].columns
                if self.families.kind((place[0], column.name.lower())) == kind
                for value in self.families.literals((place[0], column.name.lower()))
            ]
            if beside:
                return passing((), beside, kind, place[1], self.rng)
        return any_value(kind, place[1], self.rng)

    def _fresh(self, place: Place) -> Value:
        """A key that no row has yet; as a text of two digits or more where keys are texts."""
        root = self.families.of(place)
        used = {
            value
            for table, key in self.taken
            if self.families.of((table, key)) == root
            for value in self.taken[table, key]
        }
        number = self.rng.randint(11, 99)
        while number in used or str(number) in used:
            number = self.rng.randint(11, 99 + 10 * len(used))
        return number if self.families.kind(place) in (INTEGER, REAL) else str(number)

    # --- rows -------------------------------------------------------------------------------------------------------
    def _is_key(self, slot: Slot) -> bool:
        table, column = self.families.place(slot)
        return self.keys.get(table) == column

    def _insert(
        self, classes: dict[Slot, list[Slot]], values: dict[Slot, Value | None], without: int | None = None
    ) -> None:
        """A row for each atom."""
        by_slot = {slot: values[at] for at, members in classes.items() for slot in members}
        for atom in range(len(self.demands.scopes.atoms)):
            if atom != without:
                row = {column: value for (number, column), value in by_slot.items() if number == atom}
                self._add(self.demands.scopes.table(atom), row)

    def _add(self, table: str, row: Row) -> None:
        """Add a row, unless its key is there already."""
        key = self.keys.get(table)
        if key:
            if row[key] is None or row[key] in self.taken[table, key]:
                return
            self.taken[table, key].add(row[key])
        self.rows[table].append(row)
        for column, value in row.items():
            if value is not None:
                self.pools.setdefault(self.families.of((table, column)), []).append(value)


def key_of(tables: Tables, name: str) -> str | None:
    """The column, in small letters, whose values no two rows share: declared, or called `id` or `<table>_id`."""
    table = tables[name]
    if table.key:
        return table.key[0].lower() if len(table.key) == 1 else None
    names = {_letters(name), re.sub(r"s$", "", _letters(name)), re.sub(r"ies$", "y", _letters(name))}
    wanted = {"id"} | {f"{one}{end}" for one in names for end in ("id", "key", "code", "number", "no")}
    return next((column.name.lower() for column in table.columns if _letters(column.name) in wanted), None)


def _letters(name: str) -> str:
    return re.sub(r"[\W_]", "", name.lower())


def witnesses_for(demands: Demands, rng: random.Random) -> int:
    """How many witnesses: more than a LIMIT takes, and enough for all alternatives."""
    alternatives = max(map(len, demands.clauses), default=1)
    return min(MOST_WITNESSES, max(rng.randint(2, 4), alternatives, demands.limit + 2, 4 if demands.groups else 0))
