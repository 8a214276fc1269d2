"""The functions of SQLite that a query may call, and those that make it depend on chance or the time."""

from __future__ import annotations

import re
from collections.abc import Collection

# Core, date and time, aggregate and window, mathematical, JSON and full-text search functions, all of which only
# compute: https://sqlite.org/lang_corefunc.html, lang_datefunc, lang_aggfunc, windowfunctions, lang_mathfunc, json1,
# fts5, fts3.
_FUNCTION_NAMES = """
    abs changes char coalesce concat concat_ws format glob hex if ifnull iif instr last_insert_rowid length like
    likelihood likely lower ltrim max min nullif octet_length printf quote random randomblob replace round rtrim
    sign soundex sqlite_source_id sqlite_version substr substring subtype total_changes trim typeof unhex unicode
    unistr unistr_quote unlikely upper zeroblob
    current_date current_time current_timestamp date datetime julianday strftime time timediff unixepoch
    avg count group_concat median percentile percentile_cont percentile_disc string_agg sum total cume_dist
    dense_rank first_value lag last_value lead nth_value ntile percent_rank rank row_number
    acos acosh asin asinh atan atan2 atanh ceil ceiling cos cosh degrees exp floor ln log log10 log2 mod pi pow
    power radians sin sinh sqrt tan tanh trunc
    -> ->> json json_array json_array_insert json_array_length json_error_position json_extract json_group_array
    json_group_object json_insert json_object json_patch json_pretty json_quote json_remove json_replace json_set
    json_type json_valid jsonb jsonb_array jsonb_extract jsonb_group_array jsonb_group_object jsonb_insert
    jsonb_object jsonb_patch jsonb_remove jsonb_replace jsonb_set
    bm25 highlight match matchinfo offsets snippet
"""
FUNCTIONS = frozenset(_FUNCTION_NAMES.split())
VOLATILE = frozenset({"random", "randomblob", "current_date", "current_time", "current_timestamp"})
CLOCKS = frozenset({"date", "time", "datetime", "julianday", "unixepoch", "strftime"})  # of now, where nothing is given

_NOW = re.compile(
    r"""['"]\s*now\s*['"] | \b(?:date|time|datetime|julianday|unixepoch)\s*\(\s*\) | \bstrftime\s*\(\s*'[^']*'\s*\)""",
    re.IGNORECASE | re.VERBOSE,
)


def is_volatile(sql: str, calls: Collection[str]) -> bool:
    """Whether chance or the time is asked for: by a function that always does, or by a date function without a date."""
    return not VOLATILE.isdisjoint(calls) or (not CLOCKS.isdisjoint(calls) and bool(_NOW.search(sql)))
