"""Wrong queries that are near a gold, and how many of them execution tells from it.

Each mutant is the gold with one change. A mutant counts unless it does not run, or is known to be equivalent on every
database of the schema (see `EQUIVALENT`); it is caught where its score is no match.

    python -m text2sql.mutants spider_data/sql_create_context
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from text2sql.contexts import Tables, tables_of
from text2sql.data import FILES, Example, load, sample
from text2sql.demands import ARITHMETIC, Demands, Link
from text2sql.errors import UserError
from text2sql.files import write_lines
from text2sql.fill import key_of
from text2sql.judge import VALID
from text2sql.query_tree import COMPOUND, owner, parsed
from text2sql.scopes import Scopes, Slot
from text2sql.score import score_batch
from text2sql.values import shifted_day

if TYPE_CHECKING:
    from sqlglot.expressions import Expression

EQUIVALENT = """
DISTINCT where the result is one row or LIMIT takes one, below UNION, INTERSECT, EXCEPT, IN, EXISTS or a comparison,
beside all columns that are grouped by, or beside the key of the only table;
ORDER BY and LIMIT where the result is one row, and LIMIT where one value is compared with, which is the first one;
a column in place of one that an inner join makes equal to it;
COUNT of one column or of another, for no value is missing where a gold doesn't ask for that.
"""

OPERATORS = {
    "eq": ("neq", "gt", "lt"),
    "neq": ("eq",),
    "gt": ("gte", "lt", "eq"),
    "gte": ("gt", "lte"),
    "lt": ("lte", "gt", "eq"),
    "lte": ("lt", "gte"),
}
AGGREGATES = {"max": ("min", "avg"), "min": ("max", "sum"), "sum": ("avg", "max"), "avg": ("sum", "min")}
MOST = 40  # mutants of one gold


class Mutant(NamedTuple):
    """A changed gold."""

    kind: str
    sql: str


class Figures(NamedTuple):
    """What was measured; the counters are by kind of change."""

    golds: int
    empty: int
    """Golds that return nothing on the first database."""
    unread: int
    """Golds that can't be written again from their tree."""
    made: Counter[str]
    caught: Counter[str]
    survivors: list[tuple[Example, Mutant]]


def mutants(gold: str, tables: Tables) -> list[Mutant]:
    """Different mutants of a gold, those known to be equivalent left out, in an order that is always the same."""
    found: dict[str, str] = {}
    tree = parsed(gold)
    if tree is None:
        return []
    scopes = Scopes(tree, tables)
    facts = _Facts(scopes)
    for place, node in enumerate(scopes.nodes):
        for kind, change in _changes(node, facts):
            copy = tree.copy()
            nodes = list(copy.walk())
            changed = change(nodes[place])
            sql = (changed if changed is not None and nodes[place] is copy else copy).sql(dialect="sqlite")
            found.setdefault(sql, kind)
    found.pop(tree.sql(dialect="sqlite"), None)
    chosen = sorted(random.Random(gold).sample(sorted(found), min(MOST, len(found))))
    return [Mutant(found[sql], sql) for sql in chosen]


Change = Callable[["Expression"], "Expression | None"]
"""Changes a node of a copied tree; the new root, where the node was the root."""


class _Facts:
    """What is known of a gold, for its mutants."""

    def __init__(self, scopes: Scopes) -> None:
        self.scopes = scopes
        self.demands = Demands(scopes)
        self.literals = sorted({node.this for node in scopes.nodes if node.key == "literal" and node.is_string})

    def columns_beside(self, column: Expression) -> list[str]:
        """The other columns of a column's table that mean something else."""
        slot = self.scopes.slot(column)
        if slot is None:
            return []
        equal = self._equal(slot)
        names = (it.name for it in self.scopes.tables[self.scopes.table(slot[0])].columns)
        return [name for name in names if (slot[0], name.lower()) not in equal]

    def _equal(self, slot: Slot) -> set[Slot]:
        """The slots that all alternatives make equal to one, itself included."""
        found = {slot}
        if any(node.args.get("side") for node in self.scopes.nodes if node.key == "join"):
            return found
        links = [it[0] for clause in self.demands.clauses if len(clause) == 1 for it in clause if it]
        for _ in links:
            for link in links:
                if isinstance(link, Link) and not found.isdisjoint(link):
                    found.update(link)
        return found

    def one_row(self, select: Expression) -> bool:
        """Whether a SELECT always returns one row: it aggregates without groups."""
        if select.args.get("group") or not select.expressions:
            return False
        return all(any(it.key in (*AGGREGATES, "count") for it in item.walk()) for item in select.expressions)

    def unique(self, select: Expression) -> bool:
        """Whether DISTINCT changes nothing in a SELECT."""
        if self.one_row(select) or _is_set(select) or _is_one(select.args.get("limit")):
            return True
        chosen = {self.scopes.slot(it.unalias()) for it in select.expressions if it.unalias().key == "column"}
        group = select.args.get("group")
        if group:
            keys = [self.scopes.slot(it) if it.key == "column" else None for it in group.expressions]
            return None not in keys and all(self._equal(slot) & chosen for slot in keys)
        sources = list(self.scopes.sources[id(select)].values())
        atom = self.scopes.number.get(id(sources[0])) if len(sources) == 1 else None
        key = key_of(self.scopes.tables, self.scopes.table(atom)) if atom is not None else None
        return key is not None and (atom, key) in chosen


def _is_set(select: Expression) -> bool:
    """Whether only the set of a SELECT's rows counts."""
    node = select
    while node.parent is not None and node.parent.key == "subquery":
        node = node.parent
    parent = node.parent
    if parent is None:
        return False
    return parent.key in ("in", "exists", *OPERATORS) or (parent.key in COMPOUND and bool(parent.args.get("distinct")))


def _is_one(limit: Expression | None) -> bool:
    return limit is not None and limit.expression.key == "literal" and limit.expression.this == "1"


# --- changes --------------------------------------------------------------------------------------------------------
def _changes(node: Expression, facts: _Facts) -> Iterator[tuple[str, Change]]:
    """All single changes of a node."""
    key = node.key
    if key in OPERATORS:
        if "column" == node.this.key == node.expression.key and key == "eq":
            return
        yield from (("operator", _renamed(name)) for name in OPERATORS[key])
    elif key in AGGREGATES:
        yield from (("aggregate", _renamed(name)) for name in AGGREGATES[key])
    elif key == "count":
        yield from _count_changes(node)
    elif key in ("and", "or"):
        yield "connective", _renamed("or" if key == "and" else "and")
        yield "condition", lambda it: it.replace(it.this.copy())
        yield "condition", lambda it: it.replace(it.expression.copy())
    elif key in ("where", "having"):
        yield "condition", lambda it: it.pop() and None
    elif key == "not":
        yield "negation", lambda it: it.replace(it.this.copy())
    elif key in ("in", "like", "between") and (node.parent is None or node.parent.key != "not"):
        yield "negation", _negated
    elif key == "literal":
        yield from _literal_changes(node, facts)
    elif key == "column":
        yield from _column_changes(node, facts)
    elif key == "select":
        yield from _select_changes(node, facts)
    elif key in COMPOUND:
        yield from (("set operation", _renamed(name)) for name in COMPOUND if name != key)
        yield from (("set operation", _side(name)) for name in ("this", "expression"))
    elif key == "ordered" and not _is_without_effect(node, facts):
        yield "order", lambda it: it.set("desc", not it.args.get("desc"))
    elif key in ("order", "limit") and not _is_without_effect(node, facts):
        yield key, lambda it: it.pop() and None
    elif key == "join" and node.args.get("side"):
        yield "join", lambda it: it.set("side", None)


def _renamed(name: str) -> Change:
    def change(node: Expression) -> Expression:
        from sqlglot import expressions

        kind = {"eq": "EQ", "neq": "NEQ", "gt": "GT", "gte": "GTE", "lt": "LT", "lte": "LTE"}.get(name, name.title())
        return node.replace(getattr(expressions, kind)(**node.args))

    return change


def _negated(node: Expression) -> Expression:
    from sqlglot import expressions

    return node.replace(expressions.Not(this=node.copy()))


def _side(name: str) -> Change:
    return lambda node: node.replace(node.args[name].copy())


def _count_changes(node: Expression) -> Iterator[tuple[str, Change]]:
    if node.this.key == "distinct" and len(node.this.expressions) == 1:
        yield "distinct", lambda it: it.this.replace(it.this.expressions[0].copy())
    elif node.this.key == "column":
        yield "distinct", lambda it: it.this.replace(_distinct(it.this.copy()))
        yield from (("aggregate", _renamed(name)) for name in ("sum", "max"))


def _distinct(column: Expression) -> Expression:
    from sqlglot import expressions

    return expressions.Distinct(expressions=[column])


def _literal_changes(node: Expression, facts: _Facts) -> Iterator[tuple[str, Change]]:
    from sqlglot import expressions

    if node.is_string:
        others = [text for text in facts.literals if text != node.this][:1]
        inner = node.this.strip("%")
        if node.parent.key == "like":
            others += [text for text in (f"{inner}%", f"%{inner}", inner) if text != node.this]
        else:
            others.append(shifted_day(node.this, 1) or node.this[:-1] or f"{node.this}x")
        for text in others:
            yield "literal", lambda it, text=text: it.replace(expressions.Literal.string(text))
    elif node.parent.key not in (*ARITHMETIC, "select", "ordered", "cast"):
        for step in (1, -1):
            value = float(node.this) + step
            if node.parent.key == "limit" and (value < 1 or _is_without_effect(node.parent, facts)):
                continue
            text = str(int(value)) if value.is_integer() else repr(round(value, 6))
            yield "literal", lambda it, text=text: it.replace(expressions.Literal.number(text))


def _column_changes(node: Expression, facts: _Facts) -> Iterator[tuple[str, Change]]:
    from sqlglot import expressions

    inside = node.find_ancestor(expressions.Count, expressions.Select)
    if inside is not None and inside.key == "count" and node.parent.key != "distinct":
        return
    join = node.find_ancestor(expressions.Join, expressions.Select)
    kind = "join key" if join is not None and join.key == "join" else "column"
    for name in facts.columns_beside(node)[:3]:
        yield kind, lambda it, name=name: it.set("this", expressions.to_identifier(name, quoted=True))


def _select_changes(node: Expression, facts: _Facts) -> Iterator[tuple[str, Change]]:
    from sqlglot import expressions

    if facts.unique(node):
        return
    if node.args.get("distinct"):
        yield "distinct", lambda it: it.set("distinct", None)
    else:
        yield "distinct", lambda it: it.set("distinct", expressions.Distinct())


def _is_without_effect(node: Expression, facts: _Facts) -> bool:
    """Whether a query's ORDER BY or LIMIT changes nothing."""
    select = node.parent if node.parent is not None and node.parent.key == "select" else owner(node)
    if select is None or select.parent is None:
        return select is not None and facts.one_row(select)
    is_value = select.parent.key == "subquery" and select.parent.parent.key in OPERATORS
    return facts.one_row(select) or (node.key == "limit" and is_value)


# --- measurement ----------------------------------------------------------------------------------------------------
def measure(examples: Sequence[Example], *, timeout: float = 5.0) -> Figures:
    """Score all mutants of the examples' golds as predictions are scored."""
    tasks: list[tuple[Example, Mutant]] = []
    golds = {(example.database, example.gold): example for example in examples}
    own = score_batch([(it.gold, it.gold, it.database) for it in golds.values()], timeout=timeout)
    written = [parsed(it.gold).sql(dialect="sqlite") if parsed(it.gold) else "" for it in golds.values()]
    again = score_batch(
        [(sql, it.gold, it.database) for sql, it in zip(written, golds.values(), strict=True)], timeout=timeout
    )
    empty = sum(score.status != "match" for score in own)
    for example, mine, other in zip(golds.values(), own, again, strict=True):
        if mine.status == other.status == "match":
            tasks += [(example, mutant) for mutant in mutants(example.gold, tables_of(example.database))]
    scores = score_batch([(mutant.sql, it.gold, it.database) for it, mutant in tasks], timeout=timeout)
    counted = [(task, score) for task, score in zip(tasks, scores, strict=True) if score.status in VALID]
    made = Counter(task[1].kind for task, _ in counted)
    caught = Counter(task[1].kind for task, score in counted if score.status == "wrong")
    survivors = [task for task, score in counted if score.status == "match"]
    return Figures(len(golds), empty, sum(it.status != "match" for it in again) - empty, made, caught, survivors)


def text(found: Figures) -> str:
    """What a person reads."""
    made, caught = found.made.total(), found.caught.total()
    lines = [
        f"golds: {found.golds:,}; without a result: {found.empty} ({found.empty / max(1, found.golds):.2%}); "
        f"not written again: {found.unread}",
        f"{'change':<15}{'mutants':>9}{'caught':>9}{'share':>9}",
    ]
    rows = [*((kind, found.made[kind], found.caught[kind]) for kind in sorted(found.made)), ("all", made, caught)]
    lines += [f"{kind:<15}{number:>9,}{right:>9,}{right / max(1, number):>9.1%}" for kind, number, right in rows]
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure a folder from the command line; returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m text2sql.mutants", description="Measure how many wrong mutants of golds execution catches."
    )
    parser.add_argument("folder", type=Path, help="a folder in Spider's layout, as text2sql.create_context writes it")
    parser.add_argument("--split", choices=list(FILES), default="train", help="which golds (default: train)")
    parser.add_argument("--limit", type=int, default=0, help="golds, spread evenly over the file (default: all)")
    parser.add_argument("--survivors", type=Path, help="write the mutants that were not caught to this JSON Lines file")
    options = parser.parse_args(arguments)
    try:
        found = measure(sample(load(options.folder, options.split), options.limit, 0))
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(text(found))
    if options.survivors:
        lines = [
            {"db_id": it.db_id, "gold": it.gold, "kind": mutant.kind, "mutant": mutant.sql}
            for it, mutant in found.survivors
        ]
        write_lines(options.survivors, lines)
    return 0


if __name__ == "__main__":
    sys.exit(main())
