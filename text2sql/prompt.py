"""The prompt that a model reads and the SQL in what it answers: the only place where either exists."""

import math
import re
from pathlib import Path

from text2sql.formats import FORMATS
from text2sql.schema import describe, names

SYSTEM = FORMATS["sql"].system
"""The system prompt of the default format."""

MOST_WRAPPINGS = 50  # labels, tags and fences around each other; a text with more is no answer

_LITERAL = r"""'[^']*'|"[^"]*"|`[^`]*`|\[[^\]]*\]"""

_ONE_LINE = re.compile(rf"(?P<literal>{_LITERAL})|(?:--[^\n]*|/\*.*?(?:\*/|\Z)|[ \t\n\f\r])+", re.S)

# How a statement begins. Most of these words begin English sentences too, so each counts with what SQL has behind it.
_QUERY = r"""(?:select\b(?!:)|values\s*\(|with\s+(?:recursive\s+)?(?:\w+|"[^"]*"|`[^`]*`|\[[^\]]*\])\s*(?:\([^)]*\)\s*)?
    as\s*(?:(?:not\s+)?materialized\s*)?\()"""
_STATEMENT = re.compile(
    rf"""(?>\s|--[^\n]*|/\*.*?\*/|\()*+ (?:{_QUERY}
    |(?:insert|replace)\s+(?:or\s+\w+\s+)?into\b|delete\s+from\b|update\s+(?:or\s+\w+\s+)?\S+\s+set\b
    |(?:create|alter|drop)\s+(?:(?:temp|temporary|unique|virtual)\s+)?(?:table|view|index|trigger)\b
    |explain\s+(?:query\s+plan|select|with|insert|update|delete)\b|pragma\s+\w+\s*(?:[=(;.]|\Z)
    |(?:attach|detach)\s+(?:database\b|'|")
    |(?:begin|commit|end|rollback|savepoint|release|vacuum|reindex|analyze)\b(?:\s+\w+)?\s*(?:;|\Z))""",
    re.I | re.S | re.X,
)

_INTRODUCTION = re.compile(r"(?:(?!--|/\*)[^\n'\"])*:[ \t*_]*(?:\n|\Z)")

# A query without anything that could end it before its end, label it or wrap it: most completions of a trained model.
_BARE_QUERY = re.compile(r"(select\b(?:[^;:`<\n]|<(?![/|a-z])|\n(?![ \t\r]*\n))*+)[;\s]*\Z", re.I)

_THINK = r"(?:think|thinking|reasoning)"
_THOUGHT = rf"(?:</{_THINK}>|<end_working_out>)"  # where reasoning ends
_TAG = r"(?:</?(?:think|thinking|reasoning|answer|sql|solution)>|<(?:start|end)_working_out>)"
_TOKEN = r"<\|[^|>\n]{1,40}\|>|</s>|<(?:end|start)_of_turn>"
_TURN = re.compile(r"(?:(?:<s>|<\|begin_of_text\|>|<\|im_start\|>(?:assistant)?|<start_of_turn>(?:model)?)\s*)+")
_FENCE = re.compile(r"```(?:[ \t]*(?:sqlite3?|sql)\b|(?!select\b|with\b)[\w+-]*(?=[ \t\r]*(?:\n|\Z)))?", re.I)
_LABEL = re.compile(
    r"""[\s*\#_>]*(?:(?:your|the|my|final|correct|resulting)\s+)*(?:sqlite|sql|answer|query|output|response|solution)
    (?:\s+(?:query|answer|statement|code))?(?:[\s*_]*:[*_]*|[ \t]*(?=\n)|\Z)\s*""",
    re.I | re.X,
)
_LEAD_IN = re.compile(rf"^[ \t>*#-]*(?:[^\n:;()'\"`]{{1,100}}:[ \t*_]*)?(?={_QUERY})", re.I | re.M | re.X)
_INLINE_CODE = re.compile(r"`(?!`)([^`]+)`[.\s]*")

_CLAUSE = r"""(?:where|group|by|order|having|limit|offset|union|all|intersect|except|left|right|full|inner|outer|cross
    |natural|on|using|and|or|not|as|in|between|like|case|when|then|else|end|with|desc|asc|distinct|is|null|exists
    |collate|glob|regexp|match|escape|isnull|notnull|over|partition|filter|nulls|indexed)"""
_WORD = rf"(?!(?:{_CLAUSE}|from|join|select|values)\b)[^\W\d_][\w'’-]*"
_PROSE = re.compile(
    rf"\#|\*\*|>[ ]|\d+[.)][ ]|[-*•][ ]+[a-z]+[ ]+{_WORD}"
    rf"|(?:{_CLAUSE}\s+)*{_WORD}(?:[:.!?](?=\s|\Z)|(?:,[ ]+{_WORD})?[ ]+{_WORD})",
    re.I | re.X,
)

# What may end a query, looked for outside of literals and comments.
_TAIL = re.compile(
    rf"""(?P<stop>```|{_TAG}|{_TOKEN})|(?P<skip>{_LITERAL}|--.*?(?=\n|<\||```|\Z)|/\*.*?(?:\*/|\Z))
    |(?P<semicolon>;)|(?P<blank>\n[ \t\r]*\n\s*)|(?P<label>\n(?=[A-Za-z]+(?:[ ][A-Za-z]+)?:(?:\s|\Z)))""",
    re.I | re.S | re.X,
)


def messages(
    question: str, database: Path, *, sample_values: int = 3, form: str = "sql", evidence: str = ""
) -> list[dict]:
    """The conversation that asks a model for one question's SQL in an answer format, in the form of chat templates.

    `evidence`, what BIRD says that one has to know, is a line of its own before the question; without it there is none.
    """
    known = f"Evidence: {evidence}\n" if evidence else ""
    user = f"{describe(database, sample_values=sample_values)}\n\n{known}Question: {question}"
    return [{"role": "system", "content": FORMATS[form].system}, {"role": "user", "content": user}]


def completion(gold: str, database: Path | None = None, *, form: str = "sql") -> list[dict]:
    """The answer that training wants, in an answer format: the gold as `bare` writes it, behind `reasoning`, for which
    a format that has any needs the database."""
    answer = FORMATS[form]
    thought = reasoning(gold, database) if answer.reasoning else ""
    return [{"role": "assistant", "content": answer.wrap(bare(gold), thought)}]


def bare(gold: str) -> str:
    """A gold on one line, without semicolons at its end; literals are untouched."""
    return _join_lines(gold, lambda literal: literal).rstrip("; ")


def reasoning(gold: str, database: Path) -> str:
    """What stands in the place of reasoning when a gold is trained on: the tables and columns that it names.

    No data set here has reasoning, and an empty one would teach the model to write none. Which tables and columns a
    question needs is the first thing to find out, and it is known for every gold.
    """
    words = _names_in(gold)
    needed = [
        f"{table} ({', '.join(column for column in columns if column.lower() in words) or 'no column'})"
        for table, columns in names(database).items()
        if table.lower() in words
    ]
    return f"The query needs {' and '.join(needed) or 'no table'}."


def _names_in(sql: str) -> set[str]:
    """Whatever may be a name in a query, in small letters and without quotes."""
    found = re.finditer(r"""'[^']*'|"([^"]*)"|`([^`]*)`|\[([^\]]*)\]|(\w+)""", sql)
    return {name.lower() for match in found for name in match.groups() if name}


def one_line(sql: str) -> str:
    """SQL without newlines, tabs and comments, as the official evaluator's files need it; "" stays ""."""
    return _join_lines(sql, lambda literal: re.sub(r"[\t\n\r]", " ", literal))


def _join_lines(sql: str, rewrite) -> str:
    """SQL with every run of white space and comments as one space, and each literal as `rewrite` gives it."""
    return _ONE_LINE.sub(lambda match: rewrite(match["literal"]) if match["literal"] else " ", sql).strip()


def extract_sql(completion: str) -> str:
    """The SQL of a completion, as it stands there; "" when nothing is left but blanks, comments and fences.

    Removes reasoning, answer tags, code fences (the last complete one with SQL counts), labels, prose before a line
    that begins a query, and prose after a semicolon or a blank line. Several statements stay together, and a text
    without any SQL stays as it is: both are for the engine to call invalid. Applying it twice changes nothing.
    """
    text, before = completion.strip(), None
    if bare := _BARE_QUERY.match(text):
        return bare[1].rstrip()
    for _ in range(MOST_WRAPPINGS):
        if text == before:
            return text if one_line(text).strip("; ") else ""
        text, before = _cut_tail(_unwrap(text)), text
    return completion.strip()


def _is_sql(text: str) -> bool:
    """Whether the text begins as SQL does; a first line that ends in a colon introduces SQL instead."""
    return bool(_STATEMENT.match(text)) and not _INTRODUCTION.match(text)


def _unwrap(text: str) -> str:
    """The text from where its SQL begins; all of it when there is none."""
    text = _drop_reasoning(text).strip()
    for step in (_take_answer, _take_turn, _take_block, _drop_label, _drop_lead_in):
        if _is_sql(text):
            break
        text = step(text).strip()
    return text


def _drop_reasoning(text: str) -> str:
    """What is outside of <think>...</think>; a tag that is never closed takes all that follows with it.

    A chat template may have opened the tag in the prompt, so that only its end is here.
    """
    if not _begins_sql(text):
        text = _without_closed_reasoning(text)
    if _begins_sql(text):  # so may reasoning: then the first tag outside of literals and blocks is its end
        first = next((match for match in _TAIL.finditer(text) if match["stop"] not in (None, "```")), None)
        return text[first.end() :] if first and re.fullmatch(_THOUGHT, first["stop"], re.I) else text
    text = re.split(_THOUGHT, text, flags=re.I)[-1]
    return re.split(rf"<(?:{_THINK}|start_working_out)>", text, flags=re.I)[0]


def _begins_sql(text: str) -> bool:
    """Whether the text begins as SQL does, in a code block or behind a label too."""
    fence = _FENCE.match(text)
    return _is_sql(_drop_label(text[fence.end() :] if fence else text))


def _without_closed_reasoning(text: str) -> str:
    """The text without each opening tag and what follows it up to its closing tag; in time linear in the text."""
    kept, place = [], 0
    ends: dict[str, float] = {}  # tag -> where its next closing tag ends; infinite when there is none any more
    for tag in re.finditer(rf"<({_THINK}|start_working_out)>", text, re.I):
        name = tag[1].lower()
        if ends.get(name, 0) <= tag.end():
            end = "<end_working_out>" if name == "start_working_out" else f"</{name}>"
            closing = re.compile(end, re.I).search(text, tag.end())
            ends[name] = closing.end() if closing else math.inf
        if place <= tag.start() and ends[name] < math.inf:
            kept.append(text[place : tag.start()])
            place = ends[name]
    return "".join(kept) + text[place:]


def _take_answer(text: str) -> str:
    """The content of the last <answer>, <sql> or <solution> tag; one that isn't closed counts if a query is in it."""
    found = re.findall(r"<(answer|sql|solution)>(.*?)(</\1>|\Z)", text, flags=re.S | re.I)
    answers = [content for _, content, end in found if end or re.search(_QUERY, content, re.I | re.X)]
    return answers[-1] if answers else text


def _take_turn(text: str) -> str:
    """The first turn: what stands between a chat template's opening token and its next special token."""
    return re.split(_TOKEN, _TURN.sub("", text, count=1) if _TURN.match(text) else text, maxsplit=1)[0]


def _take_block(text: str) -> str:
    """The last complete code block that holds SQL, else the open one; without any, the text less its fences."""
    blocks = [(_drop_label(block), closed) for block, closed in _blocks(text)]
    with_sql = [block for block, _ in blocks if _is_sql(block)]
    complete = [block for block, closed in blocks if closed and _is_sql(block)]
    unlabelled = _drop_label(text)
    return (complete or with_sql or [unlabelled if _is_sql(unlabelled) else _FENCE.sub("\n", text)])[-1]


def _blocks(text: str) -> list[tuple[str, bool]]:
    """Each fenced block with whether its fence is closed; a fence within a literal of the SQL closes nothing."""
    blocks, fence = [], _FENCE.search(text)
    while fence:
        start = fence.end()
        end = _closing_fence(text, start)
        blocks.append((text[start:end].strip(), end < len(text)))
        fence = _FENCE.search(text, end + 3)
    return blocks


def _closing_fence(text: str, start: int) -> int:
    """Where the fence that closes the block stands, or the end of the text."""
    if _is_sql(text[start:]):
        fences = (match.start() for match in _TAIL.finditer(text, start) if match["stop"] == "```")
        return next(fences, len(text))
    end = text.find("```", start)
    return len(text) if end < 0 else end


def _drop_label(text: str) -> str:
    """The text without a leading "SQL:", "Answer:" or the like, and without the backticks of inline code."""
    text = _LABEL.sub("", text, count=1) if _LABEL.match(text) else text
    code = _INLINE_CODE.fullmatch(text)
    return code[1] if code and _is_sql(code[1]) else text


def _drop_lead_in(text: str) -> str:
    """The text from its first line that begins a query, with or without a few words and a colon before it."""
    starts = (match.end() for match in _LEAD_IN.finditer(text))
    return text[next((start for start in starts if _is_sql(text[start:])), 0) :]


def _cut_tail(text: str) -> str:
    """SQL without what follows it: closing fences and tags, semicolons, prose. Other text is left alone."""
    if _is_sql(text):
        end = next((match.start() for match in _TAIL.finditer(text) if _ends_query(match, text)), len(text))
        text = text[:end]
    return re.sub(r"[;\s]+\Z", "", text)


def _ends_query(match: re.Match, text: str) -> bool:
    """Whether the query ends at this place."""
    rest = text[match.end() :]
    if match["semicolon"]:
        return not _STATEMENT.match(rest.lstrip("; \t\n\r"))
    if match["blank"]:
        return bool(_PROSE.match(rest))
    return not match["skip"]
