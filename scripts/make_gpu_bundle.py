"""Pack the GPU lock's wheels for a machine without network, into parts that are each small enough to be carried.

python scripts/make_gpu_bundle.py OUT                     every package of locks/gpu-py312.txt
python scripts/make_gpu_bundle.py OUT --have freeze.txt   without what `pip freeze` lists there in the same version
python scripts/make_gpu_bundle.py OUT --only trl peft     some packages
python scripts/make_gpu_bundle.py OUT --cuda-arch 90      device code for one compute capability only (H100, H200)

There: bash OUT/install.sh TARGET, then run with PYTHONPATH=TARGET. Wheels are repacked because xz packs smaller than
their zip, a wheel can be larger than a part, and pip isn't needed to unpack them.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import lzma
import re
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

try:
    from scripts import fatbin
except ImportError:  # run by its path: this folder is the first in sys.path
    import fatbin

ROOT = Path(__file__).parents[1]
LOCK = ROOT / "locks" / "gpu-py312.txt"
MIB = 2**20
GLIBC = (39, 35, 34, 31, 28, 27, 26, 24, 17, 12, 5)
"""Minor versions of glibc in the names of wheels that run on 2.39; pip matches each exactly."""
PLATFORMS = [f"manylinux_2_{minor}_x86_64" for minor in GLIBC] + ["manylinux2014_x86_64", "manylinux1_x86_64"]

INSTALL = """#!/usr/bin/env bash
# Unpack all parts into a folder: bash install.sh TARGET, then PYTHONPATH=TARGET python ...
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
target=${1:?name the folder to unpack into}
mkdir -p "$target"
(cd "$here" && sha256sum --quiet -c SHA256SUMS)
find "$here" -name '*.tar.xz.000' -printf '%f\\n' | sort | while read -r first; do
    name=${first%.000}
    find "$here" -name "$name.[0-9]*" -printf '%f %p\\n' | sort | cut -d' ' -f2- | xargs -d '\\n' cat \\
        | tar -xJ -C "$target"
done
echo "unpacked into $target"
"""


def main() -> None:
    options = arguments()
    pins = wanted(options)
    with tempfile.TemporaryDirectory() as scratch:
        wheels = options.wheels or download(pins, Path(scratch))
        parts = pack(sorted(wheels.glob("*.whl")), options.out, int(options.limit * MIB), options.cuda_arch)
    for part, files in parts.items():
        print(f"{part}: {sum((options.out / part / file).stat().st_size for file in files) / MIB:.1f} MiB")
    print(
        f"{len(pins)} packages in {len(parts)} parts below {options.limit:g} MiB each: {options.out}/install.sh TARGET"
    )


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--lock", type=Path, default=LOCK, help="lines NAME==VERSION")
    parser.add_argument("--have", type=Path, help="pip freeze of the machine: the same versions are left out")
    parser.add_argument("--only", nargs="+", metavar="NAME")
    parser.add_argument("--without", nargs="+", default=[], metavar="NAME")
    parser.add_argument("--limit", type=float, default=60, metavar="MIB", help="size of a part, 60 by default")
    parser.add_argument("--cuda-arch", type=int, metavar="NN", help="keep device code for compute capability N.N only")
    parser.add_argument("--wheels", type=Path, help="a folder of wheels, in place of a download")
    return parser.parse_args()


def wanted(options: argparse.Namespace) -> dict[str, str]:
    """Package -> version to pack."""
    pins = read_pins(options.lock)
    unknown = sorted({normal(name) for name in options.only or ()} - pins.keys())
    if unknown:
        sys.exit(f"error: --only: {', '.join(unknown)} is not in {options.lock}")
    have = read_pins(options.have) if options.have else {}
    left_out = {normal(name) for name in options.without}
    names = {normal(name) for name in options.only} if options.only else pins.keys()
    return {name: pins[name] for name in pins if name in names - left_out and have.get(name) != pins[name]}


def read_pins(path: Path) -> dict[str, str]:
    """Normal name -> version of the lines NAME==VERSION of a lock or a freeze."""
    lines = re.findall(r"^([A-Za-z0-9._-]+)==(\S+)", path.read_text(encoding="utf-8"), re.M)
    return {normal(name): version for name, version in lines}


def normal(name: str) -> str:
    """A package's name as PEP 503 writes it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def download(pins: dict[str, str], folder: Path) -> Path:
    """Let pip fetch the wheels for Python 3.12 on Linux, whatever this machine is; the folder that holds them."""
    where = [part for platform in PLATFORMS for part in ("--platform", platform)]
    kind = ["--no-deps", "--only-binary=:all:", "--python-version", "3.12", "--implementation", "cp", *where]
    command = [sys.executable, "-m", "pip", "download", "-q", "--disable-pip-version-check", *kind, "-d", str(folder)]
    subprocess.run([*command, *(f"{name}=={version}" for name, version in pins.items())], check=True)
    return folder


def pack(wheels: Iterable[Path], out: Path, limit: int, arch: int | None) -> dict[str, list[str]]:
    """Write part-NN/NAME.tar.xz.NNN, SHA256SUMS, manifest.json and install.sh; part -> its files.

    A wheel that is larger than `limit` bytes goes into several pieces; no part is larger than that.
    """
    parts: dict[str, list[str]] = {}
    sums, room = [], 0
    for name, piece in _pieces(wheels, limit, arch):
        if not parts or len(piece) > room:
            parts[f"part-{len(parts) + 1:02d}"], room = [], limit
        part = list(parts)[-1]
        path = out / part / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(piece)
        parts[part].append(name)
        room -= len(piece)
        sums.append(f"{hashlib.sha256(piece).hexdigest()}  {part}/{name}\n")
    (out / "SHA256SUMS").write_text("".join(sums), encoding="utf-8")
    (out / "manifest.json").write_text(json.dumps(parts, indent=2) + "\n", encoding="utf-8")
    (out / "install.sh").write_text(INSTALL, encoding="utf-8")
    return parts


def _pieces(wheels: Iterable[Path], limit: int, arch: int | None) -> Iterator[tuple[str, bytes]]:
    """(file's name, its bytes) of each wheel's archive, in pieces of at most `limit` bytes."""
    for wheel in wheels:
        packed = archive(wheel, arch)
        for number, start in enumerate(range(0, len(packed), limit)):
            yield f"{wheel.name.split('-')[0]}.tar.xz.{number:03d}", packed[start : start + limit]


def archive(wheel: Path, arch: int | None = None) -> bytes:
    """A wheel as site-packages holds it, in a tar.xz that is the same for the same wheel."""
    memory = io.BytesIO()
    with (
        zipfile.ZipFile(wheel) as source,
        lzma.open(memory, "wb", preset=6) as packed,
        tarfile.open(fileobj=packed, mode="w") as target,
    ):
        for item in sorted(source.infolist(), key=lambda item: item.filename):
            name = installed_name(item.filename)
            if item.is_dir() or name is None:
                continue
            data = source.read(item)
            entry = tarfile.TarInfo(name)
            data = fatbin.kept(data, arch) if arch and ".so" in Path(name).suffixes else data
            entry.size, entry.mode = len(data), 0o644
            target.addfile(entry, io.BytesIO(data))
    return memory.getvalue()


def installed_name(name: str) -> str | None:
    """Where a wheel's file goes below site-packages; None for what no training imports.

    That is tests (but for their __init__.py, which some packages import), scripts, and Unsloth's Studio and command
    line, which are larger than all the rest of it.
    """
    folder, _, rest = name.partition(".data/")
    if rest:
        kind, _, rest = rest.partition("/")
        return installed_name(rest) if kind in ("purelib", "platlib") and "/" not in folder else None
    inside = name.split("/")[:-1]
    if inside and inside[0] in ("studio", "unsloth_cli"):
        return None
    if ("tests" in inside or "__pycache__" in inside) and not name.endswith("/tests/__init__.py"):
        return None
    return name


if __name__ == "__main__":
    main()
