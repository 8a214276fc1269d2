"""CUDA's fat binaries: keep the device code of one kind of GPU and blank the rest, which then packs to nothing.

The layout is that of CUDA's public fatbinary headers as tools such as cuobjdump show it: a header with a magic number
and the size of all entries, then for each entry a header that names its kind (PTX or machine code) and architecture.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

MAGIC = struct.pack("<I", 0xBA55ED50)
HEADER = struct.Struct("<IHHQ")
"""Magic, version, size of this header, size of all entries."""
ENTRY = struct.Struct("<HHIQ")
"""Kind, version, size of the entry's header, size of its code."""
ARCHITECTURE = 28
"""Where in an entry's header the compute capability is, as 90 for 9.0."""
PTX, MACHINE_CODE = 1, 2
LEAST_ENTRY = 64
"""Bytes of an entry's header."""


def kept(data: bytes, arch: int) -> bytes:
    """A library with machine code for `arch` only; PTX stays where there is none for it. Its size doesn't change."""
    library = bytearray(data)
    for start, end in _binaries(data):
        entries = list(_entries(data, start, end))
        native = any(kind == MACHINE_CODE and of == arch for kind, of, _, _ in entries)
        for kind, of, first, last in entries:
            if (kind == MACHINE_CODE and of != arch) or (kind == PTX and native):
                library[first:last] = bytes(last - first)
    return bytes(library)


def _binaries(data: bytes) -> Iterator[tuple[int, int]]:
    """(start, end) of the entries of each fat binary."""
    place = data.find(MAGIC)
    while place >= 0:
        following = place + len(MAGIC)
        if place + HEADER.size <= len(data):
            _, version, header, size = HEADER.unpack_from(data, place)
            if version == 1 and header == HEADER.size and place + header + size <= len(data):
                following = place + header + size
                yield place + header, following
        place = data.find(MAGIC, following)


def _entries(data: bytes, start: int, end: int) -> Iterator[tuple[int, int, int, int]]:
    """(kind, architecture, first and last byte of its code) of each entry."""
    while start + LEAST_ENTRY <= end:
        kind, _, header, size = ENTRY.unpack_from(data, start)
        if header < LEAST_ENTRY or start + header + size > end:
            return  # not the layout that is known: leave it as it is
        (architecture,) = struct.unpack_from("<I", data, start + ARCHITECTURE)
        yield kind, architecture, start + header, start + header + size
        start += header + size
