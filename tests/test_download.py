"""text2sql.download: the official archive, verified, unpacked, and never half."""

import hashlib
import subprocess
import sys
import types
import zipfile
from functools import partial
from pathlib import Path

import pytest

from text2sql import data, download
from text2sql.download import DRIVE_ID, MARKER, MIRROR, MIRROR_REVISION, install_spider, is_installed, verify
from text2sql.errors import UserError

FILES = {"train_spider.json": "[1]", "dev.json": "[2]", "database/a/a.sqlite": "A", "database/b/b.sqlite": "B"}


def pack(path: Path, members: dict[str, str] | None = None) -> dict:
    """Write a zip like the official one and return what `install_spider` needs to accept it."""
    members = members or {f"spider_data/{name}": text for name, text in FILES.items()}
    with zipfile.ZipFile(path, "w") as opened:
        for name, text in members.items():
            opened.writestr(name, text)
    return {"sha256": hashlib.sha256(path.read_bytes()).hexdigest(), "size": path.stat().st_size}


def installed(root: Path) -> dict[str, str]:
    return {str(path.relative_to(root)): path.read_text() for path in root.rglob("*") if path.is_file()}


@pytest.fixture
def archive(tmp_path):
    return tmp_path / "elsewhere.zip"


@pytest.fixture
def root(tmp_path):
    return tmp_path / "spider_data"


@pytest.fixture
def sources(monkeypatch):
    """Both sources as fakes that fail; a test replaces the one it is about. `calls` says what was asked of them."""
    calls = []

    def drive(**options):
        calls.append(("drive", options))
        raise ConnectionError("no\nway")

    def hub(repository, filename, **options):
        calls.append(("hub", {"repository": repository, "filename": filename, **options}))
        raise ConnectionError("no way")

    fakes = types.SimpleNamespace(calls=calls, gdown=types.ModuleType("gdown"), hub=types.ModuleType("huggingface_hub"))
    fakes.gdown.download, fakes.hub.hf_hub_download = drive, hub
    monkeypatch.setitem(sys.modules, "gdown", fakes.gdown)
    monkeypatch.setitem(sys.modules, "huggingface_hub", fakes.hub)
    return fakes


def test_a_local_archive_is_unpacked_without_its_leading_folder(archive, root):
    pins = pack(archive)
    assert install_spider(root, archive=archive, **pins) == root
    files = installed(root)
    assert files.pop(MARKER).splitlines() == [pins["sha256"], *FILES]
    assert files == FILES
    assert archive.is_file()


def test_the_second_call_does_nothing(archive, root, monkeypatch):
    pins = pack(archive)
    install_spider(root, archive=archive, **pins)
    monkeypatch.setattr(download, "_unpack", lambda *_: pytest.fail("unpacked again"))
    install_spider(root, archive=archive, **pins)
    install_spider(root, **pins)


def test_a_lost_file_or_another_version_is_not_complete(archive, root):
    pins = pack(archive)
    install_spider(root, archive=archive, **pins)
    assert is_installed(root, pins["sha256"])
    assert not is_installed(root, "0" * 64)
    (root / "database/b/b.sqlite").unlink()
    assert not is_installed(root, pins["sha256"])
    install_spider(root, archive=archive, **pins)
    assert is_installed(root, pins["sha256"])


def test_what_is_ours_is_left_alone(archive, root):
    for name in ("demo/dev.json", "demo_source/a.sql", "build_demo.py"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("ours")
    (root / "database/mine").mkdir(parents=True)
    (root / "database/mine/mine.sqlite").write_text("mine")
    members = {**{f"spider_data/{name}": text for name, text in FILES.items()}, "spider_data/demo/dev.json": "theirs"}
    install_spider(root, archive=archive, **pack(archive, members))
    files = installed(root)
    assert files["demo/dev.json"] == files["demo_source/a.sql"] == files["build_demo.py"] == "ours"
    assert files["database/mine/mine.sqlite"] == "mine"
    assert files["database/a/a.sqlite"] == "A"


def test_what_macos_adds_is_ignored(archive, root):
    members = {"spider_data/dev.json": "1", "__MACOSX/spider_data/._dev.json": "x", "spider_data/.DS_Store": "x"}
    members |= {"spider_data/database/._a": "x", "spider_data/database/": ""}
    install_spider(root, archive=archive, **pack(archive, members))
    assert set(installed(root)) == {"dev.json", MARKER}


@pytest.mark.parametrize(
    "name",
    ["../evil", "spider_data/../../evil", "/nowhere/evil", "C:\\evil", "spider_data\\..\\..\\evil", "\\\\host\\evil"],
)
def test_a_member_that_leaves_the_target_is_refused(archive, root, name):
    pins = pack(archive, {"spider_data/dev.json": "1", name: "evil"})
    with pytest.raises(UserError, match="leads out of the target"):
        install_spider(root, archive=archive, **pins)
    assert list(root.parent.iterdir()) == [archive]


def test_a_symbolic_link_is_refused(archive, root):
    link = zipfile.ZipInfo("spider_data/database")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(archive, "w") as opened:
        opened.writestr(link, "/etc")
    pins = {"sha256": hashlib.sha256(archive.read_bytes()).hexdigest(), "size": archive.stat().st_size}
    with pytest.raises(UserError, match="is a link"):
        install_spider(root, archive=archive, **pins)
    assert not (root / "database").exists()


def test_another_file_is_refused_before_it_is_opened(archive, root):
    pins = pack(archive)
    with pytest.raises(UserError, match=r"elsewhere\.zip: sha256 .* instead of 0000"):
        install_spider(root, archive=archive, sha256="0" * 64, size=pins["size"])
    with pytest.raises(UserError, match=r"elsewhere\.zip: .* bytes instead of 205,800,266"):
        install_spider(root, archive=archive)
    assert not root.exists()


def test_no_such_archive(root):
    with pytest.raises(UserError, match=r"gone\.zip: no such archive"):
        install_spider(root, archive=Path("gone.zip"))


def test_a_file_that_is_no_zip(archive, root):
    archive.write_text("not a zip")
    pins = {"sha256": hashlib.sha256(b"not a zip").hexdigest(), "size": 9}
    with pytest.raises(UserError, match="not a readable zip archive"):
        install_spider(root, archive=archive, **pins)
    assert not is_installed(root, pins["sha256"])


def test_an_archive_put_where_the_message_says_is_used(root, sources):
    root.mkdir()
    pins = pack(root / "spider_data.zip")
    install_spider(root, **pins)
    assert is_installed(root, pins["sha256"]) and (root / "spider_data.zip").is_file()
    assert not sources.calls


def test_the_first_source_is_google_drive(archive, root, sources):
    pins = pack(archive)

    def fetch(**options):
        sources.calls.append(options)
        Path(options["output"]).write_bytes(archive.read_bytes())

    sources.gdown.download = fetch
    install_spider(root, **pins)
    assert set(installed(root)) == {*FILES, MARKER}
    assert [(call["id"], call["resume"]) for call in sources.calls] == [(DRIVE_ID, True)]


@pytest.mark.parametrize("drive", ["fails", "is missing", "sends another file"])
def test_the_mirror_is_used_when_google_drive(archive, root, sources, monkeypatch, drive):
    pins = pack(archive)

    def mirror(repository, filename, *, repo_type, revision, local_dir):
        sources.calls.append((repository, filename, repo_type, revision))
        Path(local_dir, filename).write_bytes(archive.read_bytes())

    sources.hub.hf_hub_download = mirror
    if drive == "is missing":
        monkeypatch.setitem(sys.modules, "gdown", None)
    if drive == "sends another file":
        sources.gdown.download = lambda **options: Path(options["output"]).write_text("<html>quota exceeded</html>")
    install_spider(root, **pins)
    assert is_installed(root, pins["sha256"])
    assert sources.calls[-1] == (MIRROR, "spider_data.zip", "dataset", MIRROR_REVISION)


def test_a_broken_download_is_resumed(archive, root, sources):
    pins = pack(archive)
    content, taken = archive.read_bytes(), []

    def fetch(**options):
        part = Path(options["output"] + ".xyz.part")
        have = part.read_bytes() if options["resume"] and part.exists() else b""
        taken.append(len(have))
        part.write_bytes(content if have else content[:100])
        if not have:
            raise ConnectionError("the line broke")
        part.rename(options["output"])

    sources.gdown.download = fetch
    with pytest.raises(UserError, match="the line broke"):
        install_spider(root, **pins)
    install_spider(root, **pins)
    assert taken == [0, 100]
    assert set(installed(root)) == {*FILES, MARKER}


def test_a_wrong_download_does_not_stand_in_the_way_of_the_next(archive, root, sources):
    pins = pack(archive)

    def fetch(**options):
        if not Path(options["output"]).exists():  # gdown leaves alone what is there
            Path(options["output"]).write_bytes(b"wrong" if not sources.calls else archive.read_bytes())

    sources.gdown.download = fetch
    with pytest.raises(UserError):
        install_spider(root, **pins)
    install_spider(root, **pins)
    assert is_installed(root, pins["sha256"])


def test_when_nothing_helps_the_message_says_what_to_do(root, sources):
    with pytest.raises(UserError) as caught:
        install_spider(root)
    message = str(caught.value)
    for part in (DRIVE_ID, MIRROR, "205,800,266", download.SHA256, "--data.archive", str(root / "spider_data.zip")):
        assert part in message
    assert "Google Drive: ConnectionError: no way" in message and "\n" not in message
    assert [name for name, _ in sources.calls] == ["drive", "hub"]


KILLED = """
import os, sys
from pathlib import Path
from text2sql import download
real, moved = os.replace, []
def dying(source, target):
    if len(moved) == 2:
        os._exit(9)
    moved.append(real(source, target))
os.replace = dying
download.install_spider(Path(sys.argv[1]), archive=Path(sys.argv[2]), sha256=sys.argv[3], size=int(sys.argv[4]))
"""


def test_a_killed_unpacking_is_not_complete_and_is_done_again(archive, root):
    pins = pack(archive)
    command = [sys.executable, "-c", KILLED, str(root), str(archive), pins["sha256"], str(pins["size"])]
    killed = subprocess.run(command, cwd=Path(__file__).parents[1], timeout=60)
    assert killed.returncode == 9
    assert installed(root) and not is_installed(root, pins["sha256"])
    install_spider(root, archive=archive, **pins)
    assert set(installed(root)) == {*FILES, MARKER} and not (root / ".unpacking").exists()


def test_a_full_disk_is_one_line(archive, root, monkeypatch):
    pins = pack(archive)

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(download.shutil, "copyfileobj", full)
    with pytest.raises(UserError, match="No space left on device"):
        install_spider(root, archive=archive, **pins)
    assert not installed(root)


def test_it_works_without_tqdm(archive, root, monkeypatch):
    monkeypatch.setitem(sys.modules, "tqdm", None)
    pins = pack(archive)
    assert is_installed(install_spider(root, archive=archive, **pins), pins["sha256"])


def test_the_command_line(archive, root, monkeypatch, capsys):
    pins = pack(archive)
    monkeypatch.setattr(data, "install_spider", partial(install_spider, **pins))
    monkeypatch.setattr(data, "is_installed", partial(is_installed, sha256=pins["sha256"]))
    arguments = ["install", "--root", str(root), "--archive", str(archive)]
    assert data.main(arguments) == 0
    assert f"installed in {root}" in capsys.readouterr().out
    assert data.main(arguments) == 0
    assert "already installed" in capsys.readouterr().out


def test_the_command_line_ends_with_one_line_on_an_error(archive, root):
    archive.write_text("x")
    command = [sys.executable, "-m", "text2sql.data", "install", "--root", str(root), "--archive", str(archive)]
    ended = subprocess.run(command, cwd=Path(__file__).parents[1], capture_output=True, text=True, timeout=60)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith(f"error: {archive}: 1 bytes instead of") and ended.stderr.count("\n") == 1


def test_the_pinned_archive_itself_is_refused_when_one_bit_differs(tmp_path):
    path = tmp_path / "spider_data.zip"
    with path.open("wb") as file:
        file.truncate(download.SIZE)
    with pytest.raises(UserError, match=f"instead of {download.SHA256}"):
        verify(path)
