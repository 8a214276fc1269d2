"""Install the official Spider archive: download, verify, unpack; each step can be killed and repeated."""

import hashlib
import os
import shutil
import stat
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path, PurePosixPath

from text2sql.errors import UserError
from text2sql.files import write_text

SHA256 = "00636695dabed6b5f4b8328a16b13e069a2f16591d5efcce57660669c85b121b"
SIZE = 205_800_266
"""Bytes of the official spider_data.zip (Spider 1.0, https://yale-lily.github.io/spider, CC BY-SA 4.0)."""

FILES = {
    "dev.json": "30d64a3fccde493226df79687aed9e4a1c0129525baf44f29c0573d914d758a4",
    "tables.json": "61bb20aa401f03164e2d7f3b16509b7b5f79cc9c943ca7bd159046df1159e2ed",
}
"""sha256 of the files in it that figures are compared by."""

DRIVE_ID = "1403EGqzIDoHMdQF4c9Bkyl7dZLZ5Wt6J"
MIRROR = "HAL-9001/spider-databases"
MIRROR_REVISION = "4a01bbac6520cd35b216db9e1724e5e1ada60aa4"
ARCHIVE = "spider_data.zip"

MARKER = ".spider_installed"
"""Written last: the archive's sha256, then each installed file, one a line."""

OURS = frozenset({"demo", "demo_source", "build_demo.py", "demo_checks.py"})
"""What the repository itself keeps in the same folder; an archive never writes there."""


def install_spider(root: Path, *, archive: Path | None = None, sha256: str = SHA256, size: int = SIZE) -> Path:
    """Put the official Spider files into the folder `root` and return it; nothing happens when they are all there.

    Takes `archive` or a spider_data.zip that lies in `root`, else downloads one. Raises UserError when no archive with
    this sha256 and size can be had or unpacked; it then says what to do by hand.
    """
    root = Path(root)
    if not is_installed(root, sha256):
        found = _local_archive(root, archive) or _download(root, sha256, size)
        verify(found, sha256, size)
        _unpack(found, root, sha256)
        shutil.rmtree(root / ".download", ignore_errors=True)
    return root


def is_installed(root: Path, sha256: str = SHA256) -> bool:
    """Whether an unpacking of this archive was finished and all its files are still there."""
    marker = Path(root) / MARKER
    if not marker.is_file():
        return False
    digest, *files = marker.read_text(encoding="utf-8").splitlines()
    return digest == sha256 and all((marker.parent / name).is_file() for name in files)


def verify(archive: Path, sha256: str = SHA256, size: int = SIZE) -> None:
    """Raise UserError unless the file has this size and this sha256."""
    actual = archive.stat().st_size
    if actual != size:
        raise UserError(f"{archive}: {actual:,} bytes instead of {size:,}; the download is incomplete or another file")
    with archive.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != sha256:
        raise UserError(f"{archive}: sha256 {digest} instead of {sha256}; delete the file and download it again")


def _local_archive(root: Path, archive: Path | None) -> Path | None:
    """The archive that the user named, or put where the error message says."""
    if archive is None:
        return root / ARCHIVE if (root / ARCHIVE).is_file() else None
    if not Path(archive).is_file():
        raise UserError(f"{archive}: no such archive (--data.archive)")
    return Path(archive)


def _download(root: Path, sha256: str, size: int) -> Path:
    """The verified archive, from the first source that has it."""
    target, problems = root / ".download" / ARCHIVE, []
    target.parent.mkdir(parents=True, exist_ok=True)
    for source, fetch in (("Google Drive", _from_drive), ("Hugging Face hub", _from_hub)):
        if problem := _attempt(fetch, target, sha256, size):
            problems.append(f"{source}: {problem}")
        else:
            return target
    raise UserError(
        f"Spider cannot be downloaded ({'; '.join(problems)}). Download {ARCHIVE} ({size:,} bytes, sha256 {sha256}) by"
        f" hand from https://drive.google.com/uc?id={DRIVE_ID} or the Hugging Face dataset {MIRROR}, put it at"
        f" {root / ARCHIVE} and run `make spider` again, or name it with --data.archive PATH"
    )


def _attempt(fetch: Callable[[Path], None], target: Path, sha256: str, size: int) -> str:
    """Fetch and verify; "" or, on one line, what went wrong. A wrong file is removed, a broken download is not."""
    try:
        fetch(target)
        verify(target, sha256, size)
    except UserError as error:
        target.unlink()
        return str(error)
    except Exception as error:  # whatever is wrong with one source, the next may still have the file
        return " ".join(f"{type(error).__name__}: {error}".split())
    return ""


def _from_drive(target: Path) -> None:
    """Download from Google Drive; a broken download is kept beside the target and resumed."""
    import gdown

    gdown.download(id=DRIVE_ID, output=str(target), resume=True, timeout=60, retries=3)


def _from_hub(target: Path) -> None:
    """Download from the mirror, which keeps the same file under the same name."""
    from huggingface_hub import hf_hub_download

    hf_hub_download(MIRROR, target.name, repo_type="dataset", revision=MIRROR_REVISION, local_dir=str(target.parent))


def _unpack(archive: Path, root: Path, sha256: str) -> None:
    """Unpack beside the target, move the files into place, then write the marker that says complete."""
    staging = root / ".unpacking"
    try:
        (root / MARKER).unlink(missing_ok=True)
        shutil.rmtree(staging, ignore_errors=True)
        files = _extract(archive, staging)
        for name in files:
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            os.replace(staging / name, root / name)
        write_text(root / MARKER, "\n".join([sha256, *files]) + "\n")
    except (zipfile.BadZipFile, RuntimeError) as error:
        raise UserError(f"{archive}: not a readable zip archive ({error})") from None
    except OSError as error:
        raise UserError(f"{root}: cannot unpack {archive.name} there ({error})") from None
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _extract(archive: Path, staging: Path) -> list[str]:
    """Unpack into an empty folder and return the names of the files; nothing is written when a name is unsafe."""
    with zipfile.ZipFile(archive) as opened:
        names = {info: name for info in opened.infolist() if (name := _target_name(info, archive))}
        for info, name in _progress(names.items(), "unpacking"):
            (staging / name).parent.mkdir(parents=True, exist_ok=True)
            with opened.open(info) as source, (staging / name).open("wb") as target:
                shutil.copyfileobj(source, target)
    return list(names.values())


def _target_name(info: zipfile.ZipInfo, archive: Path) -> str:
    """Where a member goes, relative to the root; "" for folders, for what macOS adds, and for our own files."""
    path = PurePosixPath(info.filename.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in info.filename or stat.S_ISLNK(info.external_attr >> 16):
        raise UserError(f"{archive}: refused, its member {info.filename!r} is a link or leads out of the target folder")
    parts = path.parts[1:] if path.parts[:1] == ("spider_data",) else path.parts
    junk = "__MACOSX" in parts or path.name == ".DS_Store" or path.name.startswith("._")
    return "" if info.is_dir() or junk or not parts or parts[0] in OURS else "/".join(parts)


def _progress(items: Iterable, label: str) -> Iterable:
    """The items behind a progress bar, where tqdm is installed."""
    try:
        from tqdm import tqdm
    except ImportError:
        return items
    return tqdm(items, desc=label, unit="file")
