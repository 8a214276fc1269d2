"""Values for a column: those that a gold's constants make interesting, and any others of its kind."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from datetime import date, timedelta

from text2sql.demands import NEGATED, Pattern, Test, Value, number, passes
from text2sql.kinds import DATE, INTEGER, REAL, is_numeric

_NAMES = """
Alder Amber Aspen Basin Birch Brook Cedar Chapel Cliff Clover Coral Crane Dale Delta Dune Ember Falcon Fern Field Flint
Forest Garnet Glen Grove Harbor Haven Hazel Heron Holly Iris Island Ivory Jasper Juniper Lagoon Lake Larch Laurel Linden
Lotus Maple Marsh Meadow Mesa Mill Oak Olive Onyx Opal Orchard Otter Pearl Pine Plain Prairie Quail Raven Reed Ridge
River Robin Rowan Sable Sage Shore Slate Spruce Stone Summit Swan Thistle Timber Topaz Valley Violet Walnut Willow Wren
"""
WORDS = tuple(_NAMES.split())
TRIES = 60


def any_value(kind: str, column: str, rng: random.Random) -> Value:
    """A value of a kind, as a column of this name may hold it; two are seldom equal."""
    if kind == INTEGER:
        return rng.randint(1950, 2024) if "year" in column else rng.randint(1, 400)
    if kind == REAL:
        return rng.randint(10, 4000) / 10
    if kind == DATE:
        return f"{rng.randint(1990, 2023)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"
    return f"{rng.choice(WORDS)} {rng.choice(WORDS)}" if rng.random() < 0.7 else rng.choice(WORDS)


def passing(
    tests: Sequence[Test], literals: Sequence[Value], kind: str, column: str, rng: random.Random
) -> Value | None:
    """A value that passes all tests, or as many as one was found to pass."""
    if not tests:
        return near(literals, kind, column, rng)
    if any(test.operator == "null" for test in tests):
        return None
    best, most = any_value(kind, column, rng), -1
    for place in range(TRIES):
        value = near(literals, kind, column, rng) if literals and place % 6 else any_value(kind, column, rng)
        passed = sum(passes(test, value) for test in tests)
        if passed > most:
            best, most = value, passed
        if passed == len(tests):
            break
    return best


def failing(
    broken: Test, others: Sequence[Test], literals: Sequence[Value], kind: str, column: str, rng: random.Random
) -> Value | None:
    """A value that fails one test and passes the others, as near to passing as one was found."""
    if broken.operator in ("null", "not null"):
        return None if broken.operator == "not null" else any_value(kind, column, rng)
    for _ in range(TRIES):
        value = near(broken.values, kind, column, rng)
        if not passes(broken, value) and all(passes(test, value) for test in others):
            return value
    return passing([*others, _opposite(broken)], literals, kind, column, rng)


def edges(test: Test, kind: str) -> list[Value]:
    """The numbers and days around those that a column is compared with, on both sides of each."""
    if test.operator not in ("eq", "neq", "gt", "gte", "lt", "lte", "between", "not between"):
        return []
    if kind in (INTEGER, REAL):
        step = 1 if kind == INTEGER else 0.5
        found = [number(str(value)) for value in test.values if not isinstance(value, str) or is_numeric(value)]
        return [base + sign * step for base in found for sign in (-1, 0, 1) if abs(base) < 1e15]
    days = [day for value in test.values for sign in (-1, 0, 1) if (day := shifted_day(str(value), sign))]
    return days if test.operator not in ("eq", "neq") else []


def shifted_day(text: str, days: int) -> str | None:
    """A date like 2016-03-01 so many days later; None for any other text."""
    try:
        return (date.fromisoformat(text) + timedelta(days)).isoformat() if len(text) == 10 else None
    except (OverflowError, ValueError):
        return None


def beyond(pool: Sequence[Value], sign: int, kind: str, column: str, rng: random.Random) -> Value:
    """A value greater (1) or smaller (-1) than all in a pool of its kind."""
    if not pool:
        return any_value(kind, column, rng)
    outermost = max(pool) if sign > 0 else min(pool)
    if kind in (INTEGER, REAL):
        return outermost + sign * rng.randint(1, 9)
    return f"{outermost} {rng.choice(WORDS)}" if sign > 0 else outermost[:-1]


def _opposite(test: Test) -> Test:
    return test._replace(operator=NEGATED[test.operator])


def near(literals: Sequence[Value], kind: str, column: str, rng: random.Random) -> Value:
    """A constant, or a value close to one: the next number, a text that contains it or differs in a part."""
    literal = rng.choice(literals) if literals else any_value(kind, column, rng)
    if kind in (INTEGER, REAL):
        return _near_number(literal, kind, rng)
    text = str(literal)
    if isinstance(literal, Pattern):
        return _filled(text, rng)
    if kind == DATE or re.search(r"\d", text):
        return _near_digits(text, rng)
    return _near_text(text, rng)


def _near_number(literal: Value, kind: str, rng: random.Random) -> Value:
    try:
        base = number(str(literal).replace("%", "").replace("_", "1"))
    except ValueError:
        base = rng.randint(1, 100)
    if abs(base) > 1e15:
        return base
    spread = max(3, int(abs(base) * 0.3))
    far = rng.randint(1, spread)
    steps = [0, 1, -1, far, -far, 2 * far] if kind == INTEGER or isinstance(base, int) else [0, 0.1, -0.1, far, -far]
    step = rng.choice(steps)
    if not step:
        return base
    found = base + step
    found = abs(found) if base > 0 else found
    return int(found) if kind == INTEGER and float(found).is_integer() else round(float(found), 6)


def _near_text(text: str, rng: random.Random) -> str:
    word = rng.choice(WORDS)
    return rng.choice([text, text, text, f"{text} {word}", f"{word} {text}", word, f"{word} {rng.choice(WORDS)}"])


def _near_digits(text: str, rng: random.Random) -> str:
    """The text, or another one with some of its digits changed."""
    if rng.random() < 0.3 or not re.search(r"\d", text):
        return text
    places = [place for place, sign in enumerate(text) if sign.isdigit()]
    place = rng.choice(places)
    return text[:place] + rng.choice("123456789") + text[place + 1 :]


def _filled(pattern: str, rng: random.Random) -> str:
    """A text of a LIKE pattern, or of one with fewer or other wild cards."""
    parts = []
    for sign in pattern:
        if sign == "%":
            parts.append(rng.choice(["", "", rng.choice(WORDS), f"{rng.choice(WORDS)} "]))
        else:
            parts.append(rng.choice("abcdefgh") if sign == "_" else sign)
    text = "".join(parts)
    return rng.choice([text, text, text, rng.choice(WORDS), text[1:], text[:-1]]) or pattern.strip("%_") or "x"
