"""Read a query in the grammar of Spider's official evaluator, which exact set match and hardness are defined on.

The grammar is that of process_sql.py of https://github.com/taoyds/test-suite-sql-eval (Yu et al., EMNLP 2018), with its
peculiarities: they decide which predictions it can read at all. It is no SQL grammar: there is no alias of a column, no
LEFT JOIN as the first join, no IS NULL, no list after IN, no function but five aggregates.
"""

from __future__ import annotations

import re
from typing import NamedTuple, NoReturn

from text2sql.spider_schema import Schema

LONGEST = 100_000
"""Characters of a query; a longer one is refused unread."""
DEEPEST = 32
"""Queries within one another, at most, INTERSECT, UNION and EXCEPT counted as such."""

AGGREGATES = frozenset({"max", "min", "count", "sum", "avg"})
ARITHMETIC = frozenset("-+*/")
COMPARISONS = frozenset({"not", "between", "=", ">", "<", ">=", "<=", "!=", "in", "like", "is", "exists"})
SET_OPERATORS = ("intersect", "except", "union")
CLAUSES = frozenset({"select", "from", "where", "group", "order", "limit", *SET_OPERATORS})
JOINS = frozenset({"join", "on", "as"})
ENDS = CLAUSES | {")", ";", ""}
"""What a list of tables, columns or terms ends at; "" stands behind the last token."""


class ParseError(ValueError):
    """The query is outside of the grammar; one line that says where and why."""


class Column(NamedTuple):
    """A column, `*`, or an aggregate of one."""

    aggregate: str
    """One of AGGREGATES, or ""."""
    name: str
    """`table.column` in small letters, or `*`."""
    distinct: bool


class Term(NamedTuple):
    """A column, or two with arithmetic between."""

    left: Column
    operator: str = ""
    right: Column | None = None


class Item(NamedTuple):
    """One of the things that are selected."""

    aggregate: str
    term: Term


class Condition(NamedTuple):
    """A comparison. A value is a text in double quotes, a number, a column or a query; None where it was taken out."""

    negated: bool
    operator: str
    term: Term
    value: Value | None
    upper: Value | None = None
    """The second value of BETWEEN."""


class Conditions(NamedTuple):
    """Comparisons with the `and` and `or` between them."""

    units: tuple[Condition, ...] = ()
    connectors: tuple[str, ...] = ()


class Order(NamedTuple):
    """ORDER BY. There is one direction for all terms: the last that is written, or `asc`."""

    direction: str
    terms: tuple[Term, ...]


class Query(NamedTuple):
    """A query; without arguments the empty one, which the official code takes for a prediction that it can't read."""

    select: tuple[Item, ...] = ()
    distinct: bool = False
    tables: tuple[str | Query, ...] = ()
    joins: Conditions = Conditions()
    """What stands after ON, all joins in one."""
    where: Conditions = Conditions()
    group_by: tuple[Column, ...] = ()
    having: Conditions = Conditions()
    order_by: Order | None = None
    limit: bool = False
    """Whether there is a LIMIT; its number is not read, as in the official code."""
    set_operator: str = ""
    """One of SET_OPERATORS, or ""."""
    operand: Query | None = None
    """The query behind the set operator."""


Value = str | float | Column | Query

# Where nltk's word_tokenize, which the official code calls, puts blanks. A comma before a digit stays (1,2 is a word),
# a period is split off at the end of a word only, and of operators only < > ! * are: `a=1` is one word.
_SPACED = re.compile(
    r"""  ``|`  |  \.{2,}  |  --  |  [][(){}<>;@#$%&?!*«»“”„‘’\u2012-\u2015]  |  [:,](?!\d)  |  (?<=[^.\s])\.(?=\s|\Z)
        | \b(?: can(?=not\b) | gim(?=me\b) | gon(?=na\b) | got(?=ta\b) | lem(?=me\b) | wan(?=na\s) )""",
    re.VERBOSE | re.IGNORECASE,
)


def tokenize(sql: str) -> list[str]:
    """The tokens of a query in small letters; a text literal is one token in double quotes, in its own letters.

    Any quote pairs with the next one, so an apostrophe within a literal ends it. A literal without blanks around it
    (`a='b'`) belongs to the word it touches, and is then no literal. Raises ParseError for an odd number of quotes.
    """
    parts = sql.replace("'", '"').split('"')
    if len(parts) % 2 == 0:
        raise ParseError("a quote is not closed")
    literals = iter(parts[1::2])
    tokens: list[str] = []
    for word in _SPACED.sub(r" \g<0> ", '"'.join(parts[::2])).split():  # each literal is one quote now
        texts = [next(literals) for _ in range(word.count('"'))] if '"' in word else None
        if word == "=" and tokens and tokens[-1] in ("!", ">", "<"):
            tokens[-1] += word
        elif texts is None:
            tokens.append(word.lower())
        else:
            tokens.append(f'"{texts[0]}"' if word == '"' else word.lower().replace('"', "'"))
    return tokens


def parse(sql: str, schema: Schema) -> Query:
    """The structure of a query; what follows the first complete query is ignored. Raises ParseError, and no other."""
    if len(sql) > LONGEST:
        raise ParseError(f"the query is longer than {LONGEST:,} characters")
    return _Parser(tokenize(sql), schema).query(1)


class _Parser:
    """A place in the tokens, and what names mean. Each method reads one part of the grammar from that place on."""

    def __init__(self, tokens: list[str], schema: Schema) -> None:
        self.tokens = [*tokens, ""]
        self.at = 0
        self.schema = schema
        self.table_of = self._named_tables()

    def _named_tables(self) -> dict[str, str]:
        """Table or alias -> what it means. Aliases hold in the whole text, the last definition of a name for all."""
        pairs = zip(self.tokens, self.tokens[1:], self.tokens[2:], strict=False)
        aliases = {alias: name for name, word, alias in pairs if word == "as"}
        if taken := next((alias for alias in aliases if alias in self.schema.tables or not alias), None):
            self.fail(f"the alias {_shown(taken)} is the name of a table")
        if "" in aliases:
            self.fail("AS has nothing behind it")
        return aliases | {table: table for table in self.schema.tables}

    # --- tokens

    @property
    def token(self) -> str:
        return self.tokens[self.at]

    def skip(self, token: str) -> bool:
        """Step over this token, if it is there."""
        found = self.tokens[self.at] == token
        self.at += found
        return found

    def take(self) -> str:
        """Step over any token but the end."""
        if not self.token:
            self.fail("the query ends too early")
        self.at += 1
        return self.tokens[self.at - 1]

    def expect(self, token: str) -> None:
        if not self.skip(token):
            self.fail(f"{token} is missing")

    def fail(self, reason: str) -> NoReturn:
        raise ParseError(f"{reason}, at token {self.at + 1} ({_shown(self.token) if self.token else 'the end'})")

    # --- queries and their clauses

    def query(self, depth: int) -> Query:
        """A query with the set operator behind it. FROM is read first, for it says what columns there are."""
        if depth > DEEPEST:
            self.fail(f"more than {DEEPEST} queries within one another")
        opened, start = self.skip("("), self.at
        self.to_from()
        tables, joins, scope = self.from_clause(depth)
        end, self.at = self.at, start
        distinct, select = self.select(scope)
        self.at = end  # whatever is written between is ignored
        where = self.conditions(scope, depth) if self.skip("where") else Conditions()
        group_by = self.group_by(scope) if self.skip("group") else ()
        having = self.conditions(scope, depth) if self.skip("having") else Conditions()
        order_by = self.order_by(scope) if self.skip("order") else None
        limit = self.skip("limit") and bool(self.take())
        self.close(opened)
        operator = self.take() if self.token in SET_OPERATORS else ""
        operand = self.query(depth + 1) if operator else None
        return Query(select, distinct, tables, joins, where, group_by, having, order_by, limit, operator, operand)

    def to_from(self) -> None:
        """Step behind the next FROM, whosever it is."""
        try:
            self.at = self.tokens.index("from", self.at) + 1
        except ValueError:
            self.fail("FROM is missing")

    def close(self, opened: bool) -> None:
        while self.skip(";"):
            pass
        if opened:
            self.expect(")")
        while self.skip(";"):
            pass

    def select(self, scope: list[str]) -> tuple[bool, tuple[Item, ...]]:
        """DISTINCT or not, and the items; a comma between two may be missing."""
        self.expect("select")
        distinct, items = self.skip("distinct"), []
        while self.token and self.token not in CLAUSES:
            aggregate = self.take() if self.token in AGGREGATES else ""
            items.append(Item(aggregate, self.term(scope)))
            self.skip(",")
        return distinct, tuple(items)

    def from_clause(self, depth: int) -> tuple[tuple[str | Query, ...], Conditions, list[str]]:
        """Tables and subqueries, what stands after ON, and the tables that a bare column may belong to."""
        tables: list[str | Query] = []
        scope: list[str] = []
        units: list[Condition] = []
        connectors: list[str] = []
        while self.token:
            opened = self.skip("(")
            if self.token == "select":
                tables.append(self.query(depth + 1))
            else:
                scope.append(self.table())
                tables.append(scope[-1])
            if self.skip("on"):
                found = self.conditions(scope, depth)
                connectors += ["and"] * bool(units) + [*found.connectors]
                units += found.units
            if opened:
                self.expect(")")
            if self.token in ENDS:
                break
        return tuple(tables), Conditions(tuple(units), tuple(connectors)), scope

    def table(self) -> str:
        """A table, with JOIN before and an alias behind it."""
        self.skip("join")
        name = self.table_of.get(self.token)
        if name not in self.schema.tables:
            self.fail("no table of this name")
        self.take()
        if self.skip("as"):
            self.take()
        return name

    def group_by(self, scope: list[str]) -> tuple[Column, ...]:
        self.expect("by")
        columns = []
        while self.token not in ENDS:
            columns.append(self.column(scope))
            if not self.skip(","):
                break
        return tuple(columns)

    def order_by(self, scope: list[str]) -> Order:
        self.expect("by")
        direction, terms = "asc", []
        while self.token not in ENDS:
            terms.append(self.term(scope))
            if self.token in ("asc", "desc"):
                direction = self.take()
            if not self.skip(","):
                break
        return Order(direction, tuple(terms))

    # --- conditions

    def conditions(self, scope: list[str], depth: int) -> Conditions:
        """Comparisons up to the next clause or join. Parentheses around them are not in the grammar."""
        units: list[Condition] = []
        connectors: list[str] = []
        while self.token:
            units.append(self.condition(scope, depth))
            if self.token in ENDS or self.token in JOINS:
                break
            if self.token not in ("and", "or"):
                self.fail("AND or OR is missing")
            connectors.append(self.take())
        return Conditions(tuple(units), tuple(connectors))

    def condition(self, scope: list[str], depth: int) -> Condition:
        term = self.term(scope)
        negated = self.skip("not")
        if self.token not in COMPARISONS:
            self.fail("no comparison")
        operator = self.take()
        value = self.value(scope, depth)
        if operator == "between":
            self.expect("and")
        upper = self.value(scope, depth) if operator == "between" else None
        return Condition(negated, operator, term, value, upper)

    def value(self, scope: list[str], depth: int) -> Value:
        """What a term is compared with. Behind a column everything up to the next keyword is ignored, OR too."""
        start = self.at
        opened = self.skip("(")
        if self.token == "select":
            value = self.query(depth + 1)
        elif self.token.startswith('"'):
            value = self.take()
        elif (number := _number(self.token)) is not None:
            self.take()
            value = number
        else:
            value = self.compared_column(scope, start)
        if opened:
            self.expect(")")
        return value

    def compared_column(self, scope: list[str], start: int) -> Column:
        """A bare column: no aggregate, and no parentheses around it."""
        end = self.at
        while self.tokens[end] not in _AFTER_COLUMN:
            end += 1
        self.at = start
        column = self.column(scope)
        if self.at > end:
            self.fail("only a column can be compared with")
        self.at = end
        return column

    # --- terms

    def term(self, scope: list[str]) -> Term:
        opened, left = self.skip("("), self.column(scope)
        operator = self.take() if self.token in ARITHMETIC else ""
        right = self.column(scope) if operator else None
        if opened:
            self.expect(")")
        return Term(left, operator, right)

    def column(self, scope: list[str]) -> Column:
        """A column or an aggregate of one, in parentheses or not; those around an aggregate are never closed."""
        opened = self.skip("(")
        aggregate = self.take() if self.token in AGGREGATES else ""
        if aggregate:
            self.expect("(")
        distinct, name = self.skip("distinct"), self.name(scope)
        if opened or aggregate:
            self.expect(")")
        return Column(aggregate, name, distinct)

    def name(self, scope: list[str]) -> str:
        """The full name of a column; a bare one belongs to the first table of FROM that has it."""
        if self.skip("*"):
            return "*"
        table, dot, column = self.token.rpartition(".")
        for owner in [self.table_of.get(table, "")] if dot else scope:
            if column in self.schema.tables.get(owner, ()):
                self.take()
                return f"{owner}.{column}"
        self.fail("no column of this name")


_AFTER_COLUMN = CLAUSES | JOINS | {",", ")", "and", ""}


def _number(token: str) -> float | None:
    try:
        return float(token)
    except ValueError:
        return None


def _shown(token: str) -> str:
    """A token as part of a line: short, and without what would end it."""
    start = "".join(letter if letter.isprintable() else "?" for letter in token[:40])
    return start if len(token) <= 40 else f"{start}…"
