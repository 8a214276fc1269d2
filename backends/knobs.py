"""Dataclasses as knobs: ranges of numbers, dotted names of nested fields, and the way back from JSON."""

from __future__ import annotations

import dataclasses
import functools
import math
import types
import typing
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Range:
    """The inclusive range of a number; None leaves that side open."""

    low: float
    high: float | None = None

    def holds(self, value: float) -> bool:
        return math.isfinite(value) and self.low <= value and (self.high is None or value <= self.high)

    def __str__(self) -> str:
        return f"at least {self.low:g}" if self.high is None else f"from {self.low:g} to {self.high:g}"


def bounded(part: object, prefix: str = "") -> Iterator[tuple[str, float, Range]]:
    """(dotted name, value, range) of every number with a range."""
    hints = typing.get_type_hints(type(part), include_extras=True)
    for item in dataclasses.fields(part):
        value = getattr(part, item.name)
        if dataclasses.is_dataclass(value):
            yield from bounded(value, f"{prefix}{item.name}.")
        for bounds in getattr(hints[item.name], "__metadata__", ()):
            yield prefix + item.name, value, bounds


def flat(part: object, prefix: str = "") -> dict[str, object]:
    """Dotted field name -> value of a dataclass and of the dataclasses in it."""
    out: dict[str, object] = {}
    for item in dataclasses.fields(part):
        value, name = getattr(part, item.name), prefix + item.name
        out |= flat(value, name + ".") if dataclasses.is_dataclass(value) else {name: value}
    return out


def changed(part, changes: dict[str, object]):
    """A copy of a dataclass with other values by dotted field name; an unknown name or value raises ValueError."""
    values = dataclasses.asdict(part)
    for name, value in changes.items():
        inner, *parents = reversed(name.split("."))
        place = values
        for parent in reversed(parents):
            place = place.get(parent, {})
        if inner not in place:
            raise ValueError(f"unknown field {name}")
        place[inner] = value
    return build(type(part), values)


def build(cls: type, values: dict, prefix: str = ""):
    """A dataclass from its JSON form; missing fields take their default, an unknown one raises ValueError."""
    if not isinstance(values, dict):
        raise ValueError(f"{prefix.rstrip('.') or 'it'} holds no named fields")
    hints = _hints(cls)
    unknown = set(values) - {item.name for item in dataclasses.fields(cls)}
    if unknown:
        raise ValueError(f"unknown field {prefix}{min(unknown)}")
    return cls(**{name: _convert(hints[name], value, f"{prefix}{name}") for name, value in values.items()})


_hints = functools.cache(typing.get_type_hints)


def _convert(hint: object, value: object, name: str) -> object:
    """A JSON value as the field's type."""
    if dataclasses.is_dataclass(hint):
        return build(hint, value, name + ".")
    if isinstance(value, list):
        return tuple(value)
    if typing.get_origin(hint) is typing.Literal and value not in typing.get_args(hint):
        raise ValueError(f"{name}: {value!r} is none of {', '.join(map(str, typing.get_args(hint)))}")
    if hint in (bool, int, float, str) and not isinstance(value, (int, float) if hint is float else hint):
        raise ValueError(f"{name}: {value!r} is no {hint.__name__}")
    wants_path = hint is Path or (isinstance(hint, types.UnionType) and Path in typing.get_args(hint))
    return Path(value) if wants_path and value is not None else value
