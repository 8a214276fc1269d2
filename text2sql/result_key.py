"""A hash of a query's result, by which equal answers of several samples are counted together."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b

DIGITS = 9  # significant ones, of reals
WHOLE_BELOW = 10**DIGITS  # a rounded real below it still has all digits of its whole part


def result_key(rows: Iterable[tuple], ordered: bool = False) -> str:
    """A hash of a result, equal for results that `text2sql.compare.equal` calls equal as bags of rows (`ordered`: as
    lists), so that votes for them are counted together; equal in every process.

    The order of columns stays as it is: samples of one question seldom differ in nothing else, and an order of columns
    that no permutation changes is as hard to find as whether two graphs are the same. A permuted result votes alone.
    Reals are rounded to 9 significant digits, for nothing else can be hashed. So two that differ in their last bits
    have different keys where a rounding boundary lies between them (about one in ten million pairs), and two that are
    up to 1e-8 apart, relatively, may share one, where `equal` allows 1e-9. Whole reals from 1e9 on are not rounded, as
    they may be equal to integers, which are exact. All results without rows have the key `EMPTY_KEY`.
    """
    digests = [blake2b(b"".join(map(_spelled, row)), digest_size=16).digest() for row in rows]
    return blake2b(b"".join(digests if ordered else sorted(digests)), digest_size=16).hexdigest()


def _spelled(cell: None | int | float | str | bytes) -> bytes:
    """A cell's kind, length and text, so that no two rows are spelled alike."""
    if isinstance(cell, float):
        return _spelled_real(cell)
    kind = {int: b"i", str: b"t", bytes: b"b"}.get(type(cell), b"n")
    text = cell if isinstance(cell, bytes) else str(cell).encode("utf-8", "surrogatepass")
    return b"%b%d:%b" % (kind, len(text), text)


def _spelled_real(real: float) -> bytes:
    """A whole number as its integer; NaN and the infinities are none."""
    rounded = float(f"{real:.{DIGITS - 1}e}")
    if rounded.is_integer() and abs(rounded) < WHOLE_BELOW:
        return _spelled(int(rounded))
    return _spelled(int(real)) if real.is_integer() else f"r{rounded!r};".encode()


EMPTY_KEY = result_key([])
