"""A schema as in tables.json, the same as a database, and queries over it, for the tests of exact set match."""

from __future__ import annotations

from hypothesis import strategies as st

from text2sql.spider_schema import Schema

COLUMNS = {
    "singer": ("id", "name", "country", "age"),
    "concert": ("id", "title", "year", "singer_id", "stadium_id"),
    "stadium": ("id", "name", "value"),
}
ENTRY = {
    "db_id": "concerts",
    "table_names_original": ["Singer", "concert", "stadium"],
    "column_names_original": [
        [-1, "*"],
        *([number, name.title()] for number, names in enumerate(COLUMNS.values()) for name in names),
    ],
    "foreign_keys": [[8, 1], [9, 10]],
}
SCRIPT = """
CREATE TABLE Singer (Id INTEGER PRIMARY KEY, Name TEXT, Country TEXT, Age INTEGER);
CREATE TABLE concert (Id INTEGER PRIMARY KEY, Title TEXT, Year TEXT, Singer_Id INTEGER REFERENCES Singer(Id),
    Stadium_Id INTEGER REFERENCES stadium);
CREATE TABLE stadium (Id INTEGER PRIMARY KEY, Name TEXT, Value INTEGER);
CREATE VIEW young AS SELECT * FROM Singer WHERE Age < 20;
"""
SCHEMA = Schema.from_entry(ENTRY)

JOIN = "singer JOIN concert ON singer.id = concert.singer_id"
FULL = [f"{table}.{name}" for table in ("singer", "concert") for name in COLUMNS[table]]

columns = st.sampled_from(FULL)
values = st.one_of(st.integers(-99, 99).map(str), st.text("aZ é%_.,()-", max_size=6).map(repr))
terms = st.one_of(columns, st.builds("{}({})".format, st.sampled_from(["max", "count", "avg"]), columns))
items = st.lists(terms, min_size=1, max_size=4)
subqueries = st.builds("(SELECT {} FROM {})".format, columns, st.just(JOIN))
conditions = st.lists(
    st.tuples(
        columns, st.sampled_from(["=", "!=", ">", "<=", "LIKE", "NOT LIKE", "IN", "NOT IN"]), subqueries | values
    ),
    max_size=3,
)
groups = st.lists(columns, max_size=2, unique=True)
orders = st.tuples(st.lists(terms, max_size=2), st.sampled_from(["", " DESC", " ASC", " DESC LIMIT 3"]))


@st.composite
def parts(draw) -> dict:
    """What `write` makes a query of."""
    return {
        "items": draw(items),
        "conditions": draw(conditions),
        "connector": draw(st.sampled_from(["AND", "OR"])),
        "groups": draw(groups),
        "order": draw(orders),
        "operator": draw(st.sampled_from(["", "", "UNION", "EXCEPT", "INTERSECT"])),
    }


def write(items, conditions, connector, groups, order, operator, tables=JOIN) -> str:
    """A query in Spider's grammar over singer and concert."""
    words = [f"SELECT {', '.join(items)} FROM {tables}"]
    if conditions:
        words += ["WHERE", f" {connector} ".join(" ".join(condition) for condition in conditions)]
    if groups:
        words += ["GROUP BY", " , ".join(groups)]
    if order[0]:
        words += ["ORDER BY", ", ".join(order[0]) + order[1]]
    if operator:
        words += [operator, "SELECT stadium.name FROM stadium"]
    return " ".join(words)
