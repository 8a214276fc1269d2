"""The demo's sources: reading them, and the rules that make fifteen databases look like one hand's work.

build_demo.py uses this; a broken rule is a SourceError that names file and line.
"""

import re
import sqlite3
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple, NoReturn

DEV = ("hospital", "music_shop", "cycling_club")  # databases that training never sees
COMPLETE_TRAIN = 12  # databases; the totals below are asked for only when the set is complete
MINIMUM_QUESTIONS = {"train": 600, "dev": 200}
LITERAL = re.compile(r"'(?:[^']|'')*'")
ORDER_WORDS = re.compile(r"(?i)alphabetical|\bsort|\border|\brank|\bfrom .+ to\b|\bfirst\b|\bby\b|scending")
FUNCTIONS = {"count", "avg", "max", "min", "sum"}
KEYWORDS = {
    *("SELECT", "DISTINCT", "FROM", "WHERE", "AND", "OR", "NOT", "IN", "LIKE", "BETWEEN", "IS", "NULL", "AS", "JOIN"),
    *("LEFT", "ON", "GROUP", "BY", "HAVING", "ORDER", "ASC", "DESC", "LIMIT", "UNION", "INTERSECT", "EXCEPT"),
}
NUMBER_WORDS = dict(
    enumerate(
        ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
    )
)
CONVENTIONS = (  # what a gold must not contain, text literals masked; see also check_conventions
    (r";|`|\"", "no semicolon, backtick or double quote"),
    (r"\b(?i:WITH|OVER|CAST|strftime)\b", "no CTE, window function, CAST or strftime"),
    (r"  |\( | \)", "one space between words, none inside brackets"),
    (r" ,|,(?! [^ ])", "a comma is followed by one space and has none before it"),
    (r"[^ <>!=][<>!=]+|[<>!=]+[^ <>!=]", "spaces around operators"),
    (r"\bAS (?!T[123]\b)", "aliases are T1, T2 and T3, for tables only"),
    (r"^(?!.*\bJOIN\b).*\bAS\b", "aliases in joins only"),
    (r"\bJOIN (?!\w+ AS T[123] ON T[123]\.\w+ = T[123]\.\w+)", "write FROM a AS T1 JOIN b AS T2 ON T1.x = T2.y"),
    (r"^(?=.*\bJOIN\b)(?!.*FROM \w+ AS T1 (?:LEFT )?JOIN)", "write FROM a AS T1 JOIN b AS T2 ON T1.x = T2.y"),
)
FEATURES = {  # what a database's questions cover: pattern over the gold, least number of SQLs
    "count all": (r"^SELECT count\(\*\) FROM \w+$", 2),
    "columns": (r"^SELECT (?!DISTINCT)[\w, ]+ FROM \w+$", 1),
    "filter": (r"^SELECT [\w, ]+ FROM \w+ WHERE", 3),
    "and, or": (r"WHERE (?:(?!BETWEEN).)* (?:AND|OR) ", 1),
    "like, between": (r"\b(?:LIKE|BETWEEN)\b", 1),
    "quote or accent": (r"'[^']*(?:''|[^\x00-\x7f'])", 1),
    "count filtered": (r"^SELECT count\(\*\) FROM \w+ WHERE", 1),
    "aggregate": (r"^SELECT (?:avg|max|min|sum)\(", 2),
    "distinct": (r"\bDISTINCT\b", 1),
    "order": (r"\bORDER BY\b(?!.*LIMIT)", 1),
    "limit": (r"\bLIMIT\b", 2),
    "group": (r"\bGROUP BY\b", 2),
    "having": (r"\bHAVING\b", 1),
    "join": (r"\bJOIN\b", 3),
    "nested": (r"\(SELECT\b", 2),
    "set operation": (r"\b(?:INTERSECT|UNION|EXCEPT)\b", 1),
    "null": (r"\bIS (?:NOT )?NULL\b", 1),
}
SQL_COUNTS = {"train": range(26, 31), "dev": range(34, 39)}
QUESTION_COUNTS = {"train": range(62, 76), "dev": range(78, 91)}


class SourceError(ValueError):
    """A source file breaks a rule; the message is one line, `file:line: what is wrong`."""


class Question(NamedTuple):
    line: int
    text: str


class Block(NamedTuple):
    """Phrasings of one question and the gold SQL that answers them all."""

    path: Path
    line: int  # of the gold
    questions: list[Question]
    sql: str


class Database(NamedTuple):
    db_id: str
    sql_path: Path
    blocks: list[Block]

    @property
    def split(self) -> str:
        return "dev" if self.db_id in DEV else "train"


def fail(path: Path, line: int, message: str) -> NoReturn:
    raise SourceError(f"{path.parent.name}/{path.name}:{line}: {message}")


# --- reading the sources ---------------------------------------------------------------------------------------------
def read_lines(path: Path) -> list[str]:
    """Lines of a UTF-8 source; SourceError for what would damage the files made of it."""
    if not path.is_file():
        fail(path, 1, "the file is missing")
    try:
        lines = path.read_bytes().decode("utf-8").split("\n")
    except UnicodeDecodeError as error:
        fail(path, path.read_bytes().count(b"\n", 0, error.start) + 1, "the text is not UTF-8")
    for number, line in enumerate(lines, 1):
        if line != line.rstrip() or not line.lstrip().isprintable():
            fail(path, number, "no tab, control character or space at the end of a line")
    return lines


def read_blocks(path: Path) -> list[Block]:
    """Blocks of a questions file in file order."""
    blocks, questions, answered = [], [], False
    for number, line in enumerate([*read_lines(path), ""], 1):
        if line.startswith("#"):
            continue
        if not line:
            if questions and not answered:
                fail(path, number, "the questions above have no '-> SQL' line")
            questions, answered = [], False
        elif answered:
            fail(path, number, "a blank line is missing after the '-> SQL' line")
        elif line.startswith("-> "):
            answered = True
            if not 1 <= len(questions) <= 3:
                fail(path, number, f"{len(questions)} phrasings for this SQL, 1 to 3 are expected")
            blocks.append(Block(path, number, questions, line[3:]))
        else:
            questions.append(Question(number, line))
    return blocks


def read_databases(source: Path) -> list[Database]:
    """Every database of the folder, by name."""
    stems = {path.name.split(".")[0] for path in source.glob("*.*") if path.name.endswith((".sql", ".questions.txt"))}
    if not stems:
        raise SourceError(f"{source}: no <db_id>.sql here")
    return [Database(s, source / f"{s}.sql", read_blocks(source / f"{s}.questions.txt")) for s in sorted(stems)]


def load_sql(path: Path, connection: sqlite3.Connection) -> None:
    """Run a .sql source statement by statement, so that an error names its line."""
    statement, start = "", 1
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("BEGIN")
    for number, line in enumerate(read_lines(path), 1):
        if not statement.strip():
            statement, start = "", number
        statement += line + "\n"
        if sqlite3.complete_statement(statement):
            try:
                connection.execute(statement)
            except sqlite3.Error as error:
                fail(path, start, str(error))
            statement = ""
    if statement.strip():
        fail(path, start, "the last statement has no semicolon")
    connection.execute("COMMIT")


# --- checking a database ---------------------------------------------------------------------------------------------
def tables(connection: sqlite3.Connection) -> list[str]:
    """Table names in the order of creation."""
    query = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY rowid"
    return [name for (name,) in connection.execute(query)]


def columns(connection: sqlite3.Connection, table: str) -> list[tuple[str, str, bool]]:
    """(name, type, is primary key) of a table's columns."""
    return [(row[1], row[2], bool(row[5])) for row in connection.execute(f"PRAGMA table_info({table})")]


def cells(connection: sqlite3.Connection) -> Iterator[object]:
    for table in tables(connection):
        for row in connection.execute(f"SELECT * FROM {table}"):
            yield from row


def check_database(path: Path, connection: sqlite3.Connection) -> None:
    """The rules for a .sql source: sizes, names, types, keys, variety of cells."""
    if not read_lines(path)[0].startswith("-- "):
        fail(path, 1, "the first line is a comment that says what the database is about")
    names = tables(connection)
    if not 2 <= len(names) <= 3:
        fail(path, 1, f"{len(names)} tables, 2 or 3 are expected")
    for table in names:
        check_table(path, connection, table)
    values = list(cells(connection))
    if None not in values:
        fail(path, 1, "no NULL in any column")
    if not any(isinstance(value, str) and re.search(r"['’]|[^\x00-\x7f]", value) for value in values):
        fail(path, 1, "no text with an apostrophe or an accent")


def check_table(path: Path, connection: sqlite3.Connection, table: str) -> None:
    line = next((n for n, text in enumerate(read_lines(path), 1) if f"CREATE TABLE {table} " in text), 1)
    found = columns(connection, table)
    if not 3 <= len(found) <= 5:
        fail(path, line, f"table {table} has {len(found)} columns, 3 to 5 are expected")
    for name, kind, _ in [(table, "TEXT", False), *found]:
        if not re.fullmatch(r"[a-z][a-z_]*", name) or kind not in ("INTEGER", "REAL", "TEXT"):
            fail(path, line, f"{name} {kind}: lower-case snake_case names, types INTEGER, REAL and TEXT")
    if [name for name, _, primary in found if primary] != ["id"]:
        fail(path, line, f"the primary key of {table} is `id INTEGER PRIMARY KEY`")
    rows = connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
    if not 8 <= rows <= 20:
        fail(path, line, f"table {table} has {rows} rows, 8 to 20 are expected")
    for _, _, parent, child_column, *_ in connection.execute(f"PRAGMA foreign_key_list({table})").fetchall():
        has_child = f"SELECT {child_column} FROM {table} WHERE {child_column} IS NOT NULL"
        childless = f"SELECT count(*) FROM {parent} WHERE id NOT IN ({has_child})"
        if (alone := connection.execute(childless).fetchone()[0]) > 2:
            fail(path, line, f"{alone} rows of {parent} have no {table}, at most 2 are expected")


# --- checking the questions ------------------------------------------------------------------------------------------
def masked(sql: str) -> str:
    """The SQL with its text literals blanked out, every position kept."""
    return LITERAL.sub(lambda match: "'" + "x" * (len(match[0]) - 2) + "'", sql)


def check_block(block: Block, connection: sqlite3.Connection) -> None:
    """Every rule for one gold and its phrasings."""
    check_conventions(block)
    check_answer(block, connection)
    for question in block.questions:
        check_wording(block, question)


def check_conventions(block: Block) -> None:
    sql = masked(block.sql)
    for pattern, rule in CONVENTIONS:
        if re.search(pattern, sql):
            fail(block.path, block.line, f"SQL convention: {rule}")
    for word in re.findall(r"\w+", sql):
        if word.upper() in KEYWORDS and word != word.upper():
            fail(block.path, block.line, f"SQL convention: keyword {word} in upper case")
    for name in re.findall(r"(\w+)\(", sql):
        if name not in FUNCTIONS:
            fail(block.path, block.line, f"SQL convention: {name}(...), allowed are {', '.join(sorted(FUNCTIONS))}")


def check_answer(block: Block, connection: sqlite3.Connection) -> None:
    """The gold runs and its result says something."""
    try:
        rows = connection.execute(block.sql).fetchall()
        check_ties(block, connection)
    except sqlite3.Error as error:
        fail(block.path, block.line, f"the SQL fails: {error}")
    if not rows:
        fail(block.path, block.line, "the SQL returns no row")
    if len(rows) == 1 and all(cell in (None, 0) for cell in rows[0]):
        fail(block.path, block.line, "the SQL returns nothing but NULL or 0")


def check_ties(block: Block, connection: sqlite3.Connection) -> None:
    """The rows that ORDER BY ... LIMIT n returns, and the next one, have different, non-NULL ordering keys."""
    for match in re.finditer(r"ORDER BY ((?:(?!ORDER BY).)+) LIMIT (\d+)", masked(block.sql)):
        before = enclosing(block.sql[: match.start()])
        tail = before[outer_from(before) :]
        keys = re.sub(r" (?:ASC|DESC)\b", "", match[1])
        query = f"SELECT {keys} {tail}ORDER BY {match[1]} LIMIT {int(match[2]) + 1}"
        found = connection.execute(query).fetchall()
        if any(None in row for row in found[: int(match[2])]):
            fail(block.path, block.line, f"NULL among the first {match[2]} values of {keys}")
        if any(first == second for first, second in pairwise(found)):
            fail(block.path, block.line, f"a tie in {keys} makes LIMIT {match[2]} ambiguous")


def enclosing(before: str) -> str:
    """The part of `before` that lies in the same brackets as its end."""
    depth = 0
    for position in range(len(before) - 1, -1, -1):
        depth += {")": 1, "(": -1}.get(before[position], 0)
        if depth < 0:
            return before[position + 1 :]
    return before


def outer_from(select: str) -> int:
    """Position of the FROM that belongs to the SELECT which the text begins with."""
    return next(
        m.start()
        for m in re.finditer(r"FROM ", select)
        if select.count("(", 0, m.start()) == select.count(")", 0, m.start())
    )


def check_wording(block: Block, question: Question) -> None:
    """A phrasing is a sentence, names the gold's values, and asks for an order when the gold has one."""
    text = question.text
    if "_" in text or "  " in text or not text[0].isupper() or text[-1] not in "?.":
        rule = "a question begins with a capital, ends in ? or ., has no underscore or double space"
        fail(block.path, question.line, rule)
    for value in missing_values(block.sql, text):
        fail(block.path, question.line, f"the question does not name the value {value} of its SQL")
    if "ORDER BY" in block.sql and "LIMIT" not in block.sql and not ORDER_WORDS.search(text):
        fail(block.path, question.line, "the SQL has ORDER BY, the question asks for no order")
    if "ORDER BY" not in block.sql and re.search(r"(?i)alphabetical|\bsorted|\bordered by|from \w+est to ", text):
        fail(block.path, question.line, "the question asks for an order, the SQL has no ORDER BY")


def missing_values(sql: str, question: str) -> Iterator[str]:
    """Values of the SQL that the question does not contain; numbers may be written in words."""
    for literal in LITERAL.findall(sql):
        value = literal[1:-1].replace("''", "'")
        if value.strip("%").casefold() not in question.casefold():
            yield literal
    words = {word.casefold() for word in re.findall(r"\w+", question)}
    numbers = {float(number) for number in re.findall(r"\d+(?:\.\d+)?", re.sub(r"(?<=\d),(?=\d{3})", "", question))}
    for number in re.findall(r"(?<![\w.])\d+(?:\.\d+)?", masked(re.sub(r" LIMIT 1\b", "", sql))):
        if float(number) not in numbers and NUMBER_WORDS.get(float(number)) not in words:
            yield number


def check_coverage(database: Database) -> None:
    """The numbers of questions and the kinds of SQL that every database has."""
    path, split = database.blocks[0].path, database.split
    count = sum(len(block.questions) for block in database.blocks)
    for what, number, allowed in (("SQLs", len(database.blocks), SQL_COUNTS), ("questions", count, QUESTION_COUNTS)):
        if number not in allowed[split]:
            fail(path, 1, f"{number} {what}, {allowed[split][0]} to {allowed[split][-1]} are expected")
    for name, (pattern, least) in FEATURES.items():
        if (number := sum(bool(re.search(pattern, block.sql)) for block in database.blocks)) < least:
            fail(path, 1, f"{number} SQLs with '{name}', at least {least} are expected")


def check_set(databases: list[Database]) -> None:
    """Rules over all databases: no question twice, no dev SQL in train, enough questions."""
    seen, train_sql = {}, {b.sql for d in databases if d.split == "train" for b in d.blocks}
    for database in databases:
        for block in database.blocks:
            for line, text in block.questions:
                key = re.sub(r"\W+", " ", text).strip().casefold()
                if key in seen:
                    fail(block.path, line, f"the question is also at {seen[key]}")
                seen[key] = f"{block.path.name}:{line}"
            trivial = re.fullmatch(r"SELECT [\w*(), ]+ FROM \w+", block.sql)
            if database.split == "dev" and block.sql in train_sql and not trivial:
                fail(block.path, block.line, "this SQL of a dev database is also in train")
    check_totals(databases)


def check_totals(databases: list[Database]) -> None:
    ids = {database.db_id for database in databases}
    if not ids.issuperset(DEV) or len(ids) < COMPLETE_TRAIN + len(DEV):
        return
    for split, least in MINIMUM_QUESTIONS.items():
        if (count := number_of_questions(databases, split)) < least:
            raise SourceError(
                f"{databases[0].sql_path.parent}: {count} {split} questions, at least {least} are expected"
            )


def number_of_questions(databases: list[Database], split: str) -> int:
    return sum(len(block.questions) for d in databases if d.split == split for block in d.blocks)
