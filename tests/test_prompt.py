"""text2sql.prompt: what a model is asked, and the SQL in what it answers."""

import json
import re
import sqlite3
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from text2sql import prompt
from text2sql.prompt import SYSTEM, completion, extract_sql, messages, one_line

ROOT = Path(__file__).parents[1]
SPIDER = ROOT.parent / "shared" / "spider_data"

CASES = {
    # as it is
    "SELECT 1": "SELECT 1",
    "  SELECT 1 ;\n": "SELECT 1",
    "SELECT a\nFROM t": "SELECT a\nFROM t",
    "SELECT a\n\nFROM t\n\nWHERE x = 1\n\nORDER BY name COLLATE NOCASE": (
        "SELECT a\n\nFROM t\n\nWHERE x = 1\n\nORDER BY name COLLATE NOCASE"
    ),
    "SELECT\n\nname, age\n\nFROM song s\n\nJOIN t ON 1": "SELECT\n\nname, age\n\nFROM song s\n\nJOIN t ON 1",
    "WITH x(a) AS (SELECT 1) SELECT * FROM x": "WITH x(a) AS (SELECT 1) SELECT * FROM x",
    "(SELECT a) UNION SELECT b": "(SELECT a) UNION SELECT b",
    "VALUES (1)": "VALUES (1)",
    "-- Find it:\nSELECT a": "-- Find it:\nSELECT a",
    "/* ``` */ SELECT a": "/* ``` */ SELECT a",
    "SELECT a -- first: x\nFROM t": "SELECT a -- first: x\nFROM t",
    # literals
    "SELECT ';' || '```sql' || 'x; SELECT 2' FROM t": "SELECT ';' || '```sql' || 'x; SELECT 2' FROM t",
    "SELECT 'a\n\nThis is it.\nNote: b' FROM t": "SELECT 'a\n\nThis is it.\nNote: b' FROM t",
    "SELECT '</think>', '<|im_end|>', \"a;b\" FROM t": "SELECT '</think>', '<|im_end|>', \"a;b\" FROM t",
    "SELECT 'it''s; DROP' FROM t; That's all.": "SELECT 'it''s; DROP' FROM t",
    "```sql\nSELECT '```' FROM t\n```": "SELECT '```' FROM t",
    # fences
    "```sql\nSELECT a\nFROM t;\n```": "SELECT a\nFROM t",
    "```\nSELECT a\n```": "SELECT a",
    "```SQLite\nSELECT a\n```": "SELECT a",
    "```SELECT a```": "SELECT a",
    "```sql SELECT a```": "SELECT a",
    "```sql\nSELECT a": "SELECT a",
    "SELECT a FROM t\n```\nThis is it": "SELECT a FROM t",
    "Here's it:\n```sql\nSELECT 'a' FROM t\n```\nThat's it.": "SELECT 'a' FROM t",
    "First:\n```sql\nSELECT a\n```\nBetter:\n```sql\nSELECT b\n```\nDone": "SELECT b",
    "```sql\nSELECT a\n```\nor\n```sql\nSELECT b FR": "SELECT a",
    "```sql\nSELECT a\n```\nwhich gives\n```\n1 | 2\n```": "SELECT a",
    "```\nSQL: SELECT a\n```": "SELECT a",
    "SELECT is used here:\n```sql\nSELECT a\n```": "SELECT a",
    "```sql\nDROP TABLE t\n```": "DROP TABLE t",
    "`SELECT a`": "SELECT a",
    # labels
    "SQL: SELECT a": "SELECT a",
    "SQL: SELECT '```' FROM t": "SELECT '```' FROM t",
    "**SQL:** SELECT a": "SELECT a",
    "**SQL**: `SELECT a`": "SELECT a",
    "Answer:\nSELECT a": "SELECT a",
    "sql query: select a": "select a",
    "sql\nSELECT a": "SELECT a",
    "The query you want is: SELECT a": "SELECT a",
    # reasoning and answer tags
    "<think>let's SELECT x</think>SELECT a": "SELECT a",
    "<think>\n```sql\nSELECT x\n```\n</think>\n\n```sql\nSELECT a\n```": "SELECT a",
    "Okay, it's easy.\n</think>\nSELECT a": "SELECT a",
    "Select the right column.\n</think>\nSELECT a": "SELECT a",
    "<think>SELECT a": "",
    "<think>a</think><think>SELECT b": "",
    "SELECT a <think>good?</think>": "SELECT a",
    "<answer>SELECT a</answer>": "SELECT a",
    "<think>x</think><answer>\n```sql\nSELECT a\n```\n</answer>": "SELECT a",
    "<answer>SELECT a": "SELECT a",
    "<start_working_out>SELECT x</think>?<end_working_out>\n<SOLUTION>SELECT a</SOLUTION>": "SELECT a",
    "It is easy.<end_working_out><SOLUTION>SELECT a": "SELECT a",
    "Select the right column.\n<end_working_out>\nSELECT a": "SELECT a",
    "SELECT a <start_working_out>good?<end_working_out>": "SELECT a",
    "<start_working_out>SELECT a": "",
    "<solution>```sql\nSELECT a;\n```</solution>": "SELECT a",
    "```sql\nSELECT '<solution>' FROM t\n```": "SELECT '<solution>' FROM t",
    "SELECT '<end_working_out>', '</SOLUTION>' FROM t": "SELECT '<end_working_out>', '</SOLUTION>' FROM t",
    # special tokens
    "SELECT a<|im_end|>\n<|im_start|>user\nMore?": "SELECT a",
    "<|im_start|>assistant\nSELECT a<|im_end|>": "SELECT a",
    "SELECT a</s>": "SELECT a",
    "<|im_end|>": "",
    # prose around
    "Sure, it's this:\nSELECT a\nFROM t\n\nThis query returns a.": "SELECT a\nFROM t",
    "With this in mind:\nWITH x AS (SELECT 1) SELECT * FROM x": "WITH x AS (SELECT 1) SELECT * FROM x",
    "Select the names:\n\nSELECT a": "SELECT a",
    "SELECT a FROM t; This gives a": "SELECT a FROM t",
    "SELECT a FROM t;\n\nIt's what you asked for; enjoy": "SELECT a FROM t",
    "SELECT a FROM t\n\nIn this query we select a": "SELECT a FROM t",
    "SELECT a FROM t\n\n**Explanation**\nIt's a": "SELECT a FROM t",
    "SELECT a FROM t\nExplanation: it's a": "SELECT a FROM t",
    "SELECT a FROM t\n\n1. The column": "SELECT a FROM t",
    # several statements, and other statements: the engine's matter
    "SELECT a; DROP TABLE t": "SELECT a; DROP TABLE t",
    "SELECT a;\n-- and\nSELECT b; Hope it helps": "SELECT a;\n-- and\nSELECT b",
    "DROP TABLE t": "DROP TABLE t",
    "DROP TABLE t;\nSELECT 1": "DROP TABLE t;\nSELECT 1",
    "UPDATE t SET a = 1 WHERE b IN (\nSELECT 1)": "UPDATE t SET a = 1 WHERE b IN (\nSELECT 1)",
    "PRAGMA table_info(t);": "PRAGMA table_info(t)",
    # no SQL
    "I do not know.": "I do not know.",
    "Update: the table is empty": "Update: the table is empty",
    "": "",
    " \n\t": "",
    ";": "",
    "-- nothing\n/* at all */": "",
    "-- nothing;": "",
    "```sql\n```": "",
    "```": "",
    "```sql\n-- nothing\n```": "",
    "SQL:": "",
}


@pytest.mark.parametrize("text", CASES)
def test_extract_sql(text):
    assert extract_sql(text) == CASES[text]
    assert extract_sql(CASES[text]) == CASES[text]


pieces = st.one_of(
    st.sampled_from(
        [
            "SELECT a FROM t",
            "select",
            "WITH x AS (SELECT 1)",
            "DROP TABLE t",
            "UPDATE t SET a = 1",
            ";",
            "'",
            '"',
            "`",
            "```",
            "```sql",
            "--",
            "/*",
            "*/",
            "(",
            ")",
            "SQL:",
            "Answer:",
            "**",
            "<think>",
            "</think>",
            "<answer>",
            "</answer>",
            "<SOLUTION>",
            "</SOLUTION>",
            "<start_working_out>",
            "<end_working_out>",
            "<|im_end|>",
            "<|im_start|>assistant",
            "'a;b'",
            "This query returns",
            "Note:",
            "prose:",
            "FROM",
            "ORDER BY",
            "[",
            "]",
            "query",
            "select this:",
        ]
    ),
    st.sampled_from(["\n", "\n\n", " ", "\t", "\r\n", "\u2028", "\x00"]),
    st.text(max_size=5),
)


@settings(max_examples=600, deadline=None)
@given(st.lists(pieces, max_size=14).map("".join))
def test_extracting_twice_changes_nothing(text):
    sql = extract_sql(text)
    assert extract_sql(sql) == sql
    assert sql == sql.strip()


@settings(max_examples=300, deadline=None)
@given(
    st.text(max_size=30),
    st.sampled_from(["{}", "```sql\n{}\n```", "SQL: {};", "<think>\n</think>\n{};\n\nThis query returns it."]),
)
def test_a_literal_with_anything_in_it_is_untouched(value, wrapper):
    query = "SELECT a FROM t WHERE b = '{}'".format(value.replace("'", "''"))
    assert extract_sql(wrapper.replace("{}", query)) == query


queries = st.sampled_from(
    ["*", " FROM t", "\n", "\n\n", ";", "; ", "<", "<t", "<= 1", "</x", "<|", "`", "-- c", "/* c */", "'a;b'", '"x"']
    + [" WHERE a", " prose is here", "\t", "\r\n", "(", ")", ":", "SELECT ", " LIMIT 1"]
)


@settings(max_examples=500, deadline=None)
@given(st.lists(queries, max_size=9).map(lambda parts: "select " + "".join(parts)))
def test_the_short_way_for_bare_queries_says_the_same(text):
    quick = extract_sql(text)
    with mock.patch.object(prompt, "_BARE_QUERY", re.compile(r"(?!)")):
        assert extract_sql(text) == quick


def test_a_text_wrapped_more_often_than_any_answer_stays_as_it_is():
    text = "SQL: " * 500 + "SELECT 1"
    assert extract_sql("SQL: " * 20 + "SELECT 1") == "SELECT 1"
    assert extract_sql(text) == text


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("a<think>b</think>c", "ac"),
        ("a<think>b<think>c</think>d</think>e", "ad</think>e"),
        ("a<think>b</reasoning>c", "a<think>b</reasoning>c"),
        ("a<Think>b<reasoning>c</THINK>d</reasoning>e", "ad</reasoning>e"),
        ("a<reasoning>b<think>c</think>d", "a<reasoning>bd"),
        ("a<start_working_out>b<end_working_out>c<end_working_out>d", "ac<end_working_out>d"),
        ("İ<think>b</think>c", "İc"),
    ],
)
def test_closed_reasoning_is_cut_out(text, kept):
    assert prompt._without_closed_reasoning(text) == kept
    pattern = r"<(think|thinking|reasoning)>.*?</\1>|<start_working_out>.*?<end_working_out>"
    assert kept == re.sub(pattern, "", text, flags=re.S | re.I)


def test_a_long_completion_takes_no_time():
    for part in (
        "SQL: ",
        "```sql\n",
        "'",
        "(",
        "-- x\n",
        "<think>",
        "<answer>",
        "<solution>",
        "<start_working_out>",
        "select ",
        "a: SELECT\n",
        "/*",
        "\n\n",
        "; ",
        "SELECT (",
        "[`",
    ):
        extract_sql(part * 20_000)


@settings(max_examples=300, deadline=None)
@given(st.lists(pieces, max_size=14).map("".join))
def test_one_line_is_one_line(text):
    line = one_line(text)
    assert not re.search(r"[\t\n\r]", line)
    assert one_line(line) == line


@pytest.mark.parametrize(
    "sql, expected",
    [
        ("", ""),
        ("-- only a comment", ""),
        ('SELECT a -- the "b"\n\tFROM t -- end', "SELECT a FROM t"),
        ("SELECT/* x\n */a", "SELECT a"),
        ("SELECT '--x  /*'  ,\r\n'a\tb\nc'", "SELECT '--x  /*' , 'a b c'"),
        ("SELECT 1 - - 1", "SELECT 1 - - 1"),
    ],
)
def test_one_line(sql, expected):
    assert one_line(sql) == expected


def test_completion_is_the_gold_on_one_line():
    gold = "SELECT  a,\n\t'two  blanks\nand a line'\nFROM t ; ;\n"
    assert completion(gold) == [{"role": "assistant", "content": "SELECT a, 'two  blanks\nand a line' FROM t"}]


def test_messages_hold_the_schema_and_the_question(tmp_path):
    database = tmp_path / "a.sqlite"
    connection = sqlite3.connect(database)
    connection.executescript("CREATE TABLE t (a TEXT); INSERT INTO t VALUES ('x');")
    connection.close()
    system, user = messages("How many?", database, sample_values=1)
    assert system == {"role": "system", "content": SYSTEM}
    assert user == {"role": "user", "content": "CREATE TABLE t (\na TEXT -- 'x'\n);\n\nQuestion: How many?"}
    assert "'x'" not in messages("How many?", database, sample_values=0)[1]["content"]


@pytest.mark.parametrize("root", [SPIDER, ROOT / "spider_data" / "demo"], ids=["spider", "demo"])
def test_every_gold_passes_through(root):
    files = [path for path in sorted(root.glob("*.json")) if path.name.startswith(("train", "dev"))]
    if not files:
        pytest.skip(f"no examples in {root}")
    for gold in {record["query"] for path in files for record in json.loads(path.read_text(encoding="utf-8"))}:
        assert extract_sql(gold) == gold.strip("; \t\r\n"), gold
        answer = completion(gold)[0]["content"]
        assert extract_sql(answer) == answer, gold
        assert one_line(answer) == answer.replace("\t", " "), gold  # one gold of Spider has a tab in a literal
        assert extract_sql(f"Here's the query:\n```sql\n{gold}\n```\nThat's it.") == gold.strip("; \t\r\n"), gold
