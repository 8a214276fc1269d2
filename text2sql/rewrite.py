"""What is read out of a statement's text, and changed in it, before it is executed.

The official evaluator's changes are those of exec_eval.py and evaluation.py of
https://github.com/taoyds/test-suite-sql-eval (Zhong et al., EMNLP 2020).
"""

from __future__ import annotations

import re

# A literal, a quoted name or a comment is one token, so that what is written inside it is left alone.
_TOKEN = re.compile(
    r"""'(?:[^']|'')*'?  |  "(?:[^"]|"")*"?  |  `[^`]*`?  |  \[[^\]]*\]?
      | --[^\n]*  |  /\*.*?(?:\*/|\Z)  |  \w+  |  \s+  |  .""",
    re.DOTALL | re.VERBOSE,
)
_LITERAL_OR_COMMENT = re.compile(
    r"""( '(?:[^']|'')*'?  |  "(?:[^"]|"")*"?  |  `[^`]*`?  |  \[[^\]]*\]?  |  --[^\n]*  |  /\*.*?(?:\*/|\Z) )""",
    re.DOTALL | re.VERBOSE,
)
_BLANKS = re.compile(r"\s+")
_DISTINCT = re.compile("distinct", re.IGNORECASE)
_SPLIT_OPERATOR = re.compile(r"([<>!]) =")
_CURRENT_YEAR = re.compile(r"YEAR\s*\(\s*CURDATE\s*\(\s*\)\s*\)\s*", re.IGNORECASE)


def orders_rows(sql: str) -> bool:
    """Whether the statement's own result is ordered: an ORDER BY outside parentheses, literals and comments.

    The official evaluator takes any `order by` in the text, also a subquery's, where it says nothing about the result.
    """
    depth, previous = 0, ""
    for token in words(sql):
        depth += (token == "(") - (token == ")")
        if depth == 0 and (previous, token) == ("ORDER", "BY"):
            return True
        previous = token
    return False


def official_gold(sql: str) -> str:
    """The gold as the official default executes it: DISTINCT taken out, `> =`, `< =` and `! =` joined."""
    return _CURRENT_YEAR.sub("2020", without_distinct(_SPLIT_OPERATOR.sub(r"\1=", sql)))


def official_prediction(sql: str) -> str:
    """The prediction as the official default executes it: as the gold, and each `value`, its placeholder, is 1."""
    return official_gold(sql.replace("value", "1"))


def plain(sql: str) -> str:
    """`sql` as SQLite reads it: in small letters, each blank and comment as a space, but for literals and quoted names.

    Statements that are equal in this form are the same statement.
    """
    parts = _LITERAL_OR_COMMENT.split(sql)  # every second part is one
    parts[::2] = [_BLANKS.sub(" ", part.lower()) for part in parts[::2]]
    parts[1::2] = [" " if part.startswith(("--", "/*")) else part for part in parts[1::2]]
    return "".join(parts).rstrip("; ")


def without_distinct(sql: str) -> str:
    """`sql` without the word DISTINCT, wherever it is a word of its own."""
    if not _DISTINCT.search(sql):
        return sql
    return "".join(token for token in _TOKEN.findall(sql) if token.upper() != "DISTINCT")


def words(sql: str) -> list[str]:
    """Tokens in capitals, without blanks and comments."""
    return [
        token.upper() for token in _TOKEN.findall(sql) if not token.isspace() and not token.startswith(("--", "/*"))
    ]
