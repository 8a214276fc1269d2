"""Bundles for a machine without network: complete, each part below the limit, and whole again when unpacked."""

from __future__ import annotations

import argparse
import json
import random
import struct
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stack import REPO

from scripts import fatbin, make_gpu_bundle


def wheel(folder: Path, name: str, files: dict[str, bytes]) -> Path:
    path = folder / f"{name}-1.0-py3-none-any.whl"
    folder.mkdir(exist_ok=True)
    with zipfile.ZipFile(path, "w") as target:
        for file, data in files.items():
            target.writestr(file, data)
    return path


@pytest.fixture
def wheels(tmp_path) -> Path:
    """Three packages, one larger than the limit that the tests set, with files that have no place in site-packages."""
    noise = random.Random(0)
    folder = tmp_path / "wheels"
    wheel(folder, "large", {"large/__init__.py": b"VALUE = 1\n", "large/data.bin": noise.randbytes(250_000)})
    wheel(folder, "small", {"small/__init__.py": b"VALUE = 2\n", "small/tests/test_it.py": b"assert False\n"})
    data = {"odd-1.0.data/purelib/odd.py": b"VALUE = 3\n", "odd-1.0.data/scripts/odd": b"#!python\n"}
    wheel(folder, "odd", data | {"odd_tests/tests/__init__.py": b"", "odd-1.0.dist-info/METADATA": b"Name: odd\n"})
    return folder


def test_parts_are_below_the_limit_and_unpack_to_what_the_wheels_hold(wheels, tmp_path):
    out, target = tmp_path / "out", tmp_path / "site"
    limit = 100 * 1024
    command = [REPO / "scripts" / "make_gpu_bundle.py", out, "--wheels", wheels, "--limit", limit / 2**20]
    subprocess.run([sys.executable, *map(str, command)], check=True, capture_output=True, cwd=tmp_path)
    parts = json.loads((out / "manifest.json").read_text())
    sizes = {part: sum((out / part / file).stat().st_size for file in files) for part, files in parts.items()}
    assert len(parts) >= 3 and max(sizes.values()) <= limit
    subprocess.run(["bash", out / "install.sh", target], check=True, capture_output=True)
    code = "import large, small, odd; print(large.VALUE, small.VALUE, odd.VALUE)"
    done = subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": str(target)}, capture_output=True, text=True)
    assert done.stdout == "1 2 3\n", done.stderr
    assert (target / "large" / "data.bin").read_bytes() == random.Random(0).randbytes(250_000)
    found = {str(path.relative_to(target)) for path in target.rglob("*") if path.is_file() and path.suffix != ".pyc"}
    assert found == {
        *("large/__init__.py", "large/data.bin", "small/__init__.py"),
        *("odd.py", "odd_tests/tests/__init__.py", "odd-1.0.dist-info/METADATA"),
    }


def test_a_part_that_was_damaged_on_its_way_is_refused(wheels, tmp_path):
    make_gpu_bundle.pack(sorted(wheels.glob("*.whl")), tmp_path / "out", 100_000, None)
    piece = next((tmp_path / "out").glob("part-*/large*"))
    piece.write_bytes(piece.read_bytes()[:-1] + b"x")
    done = subprocess.run(["bash", tmp_path / "out" / "install.sh", tmp_path / "site"], capture_output=True, text=True)
    assert done.returncode != 0 and "FAILED" in done.stdout + done.stderr and not list((tmp_path / "site").iterdir())


def test_the_same_wheel_gives_the_same_bytes(wheels):
    one = next(wheels.glob("large*"))
    assert make_gpu_bundle.archive(one) == make_gpu_bundle.archive(one)


def options(tmp_path: Path, **changes) -> argparse.Namespace:
    lock = tmp_path / "lock.txt"
    lock.write_text("# a comment\ntorch==2.13.0\ntrl==1.15.0\npeft==0.21.2\ncut-cross-entropy==25.1.1\n")
    values = {"lock": lock, "have": None, "only": None, "without": []}
    return argparse.Namespace(**values | changes)


def test_what_the_machine_has_in_the_same_version_is_left_out(tmp_path):
    freeze = tmp_path / "freeze.txt"
    freeze.write_text("torch==2.13.0\nTRL==1.14.0\ncut_cross_entropy==25.1.1\n-e git+somewhere\n")
    assert make_gpu_bundle.wanted(options(tmp_path, have=freeze)) == {"trl": "1.15.0", "peft": "0.21.2"}
    assert make_gpu_bundle.wanted(options(tmp_path, without=["Torch", "peft"])).keys() == {"trl", "cut-cross-entropy"}
    assert make_gpu_bundle.wanted(options(tmp_path, only=["cut_cross_entropy"])) == {"cut-cross-entropy": "25.1.1"}
    with pytest.raises(SystemExit, match="pef is not in"):
        make_gpu_bundle.wanted(options(tmp_path, only=["pef"]))


def test_the_lock_is_read_to_its_last_line():
    pins = make_gpu_bundle.read_pins(make_gpu_bundle.LOCK)
    lines = [line for line in make_gpu_bundle.LOCK.read_text().splitlines() if "==" in line and line[0] != "#"]
    assert len(pins) == len(lines) > 200 and pins["vllm"] == "0.31.0"


ENTRIES = st.lists(
    st.tuples(st.sampled_from([1, 2]), st.sampled_from([75, 80, 90, 100]), st.binary(min_size=1, max_size=40)),
    min_size=1,
    max_size=6,
)


def fat(entries: list[tuple[int, int, bytes]]) -> bytes:
    """A fat binary of (kind, architecture, code)."""
    body = b""
    for kind, arch, code in entries:
        head = struct.pack("<HHIQ", kind, 0x101, 64, len(code)).ljust(28, b"\0") + struct.pack("<I", arch)
        body += head.ljust(64, b"\0") + code
    return fatbin.HEADER.pack(0xBA55ED50, 1, 16, len(body)) + body


@given(st.binary(max_size=30), ENTRIES, st.binary(max_size=30))
def test_of_a_fat_binary_one_architecture_stays_and_all_around_it(before, entries, after):
    library = before + fat(entries) + after
    slim = fatbin.kept(library, 90)
    assert len(slim) == len(library) and slim.startswith(before) and slim.endswith(after)
    native = any((kind, arch) == (2, 90) for kind, arch, _ in entries)
    keep = [(kind, arch) == (2, 90) or (kind == 1 and not native) for kind, arch, _ in entries]
    blank = [(k, a, code if stays else bytes(len(code))) for (k, a, code), stays in zip(entries, keep, strict=True)]
    assert slim == before + fat(blank) + after
    assert fatbin.kept(slim, 90) == slim


@given(st.binary(max_size=200))
def test_what_is_no_fat_binary_is_left_as_it_is(data):
    assert fatbin.kept(data, 90) == data
    broken = fat([(2, 80, b"code")])[:-1]  # cut off
    assert fatbin.kept(data + broken, 90) == data + broken
