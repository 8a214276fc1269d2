"""The doctor: each fault that can be planted has its line and its remedy, and a healthy machine has none."""

from __future__ import annotations

import json
import os
import re
import shutil
from importlib import metadata
from pathlib import Path

import pytest
from cards import plant
from stack import REPO, run_python
from test_dry_run import RUNNER

from backends import doctor, machine
from backends.knobs import changed
from config import RECIPES
from text2sql import download, files

DEMO = changed(RECIPES["demo"], {"data.root": str(REPO / "spider_data" / "demo")})
ARGUMENTS = ("demo", "--data.root", REPO / "spider_data" / "demo")
LINE = re.compile(r"(ok   |warn |fail ) (\S.{10}) (.+)")


@pytest.fixture
def ask(tmp_path, script, smollm2):
    """ask(*flags, **environment): the exit code, and each check's state and text with its remedy."""

    def run(*flags: object, **extra: str) -> tuple[int, dict[str, str]]:
        code, said, err = script("utils.py", "doctor", *(flags or ARGUMENTS), cwd=tmp_path, **extra)
        assert err == "", err
        found, name = {}, ""
        for line in said.splitlines()[:-1]:
            if match := LINE.fullmatch(line):
                name = match[2].strip()
                found[name] = f"{match[1].strip()}: {match[3]}"
            elif line.startswith("  "):
                found[name] += " " + line.strip()
        assert re.fullmatch(r"\d+ ok, \d+ warn, \d+ fail; [\d.]+ s", said.splitlines()[-1])
        return code, found

    return run


def test_a_healthy_machine_is_told_so_without_torch(tmp_path, smollm2):
    done = run_python(RUNNER, REPO / "utils.py", "doctor", *ARGUMENTS, cwd=tmp_path)
    assert done.stdout.endswith("HEAVY []\n"), "nothing heavy was imported"
    names = [*doctor.MACHINE, "settings", *doctor.RUN]
    assert [line[6:17].strip() for line in done.stdout.splitlines()[: len(names)]] == names
    assert "fail " not in done.stdout and f"{len(names)} ok, 0 warn, 0 fail" in done.stdout


def test_it_says_what_it_found(ask):
    code, found = ask()
    assert code == 0
    assert re.search(r"816 train, 254 dev; sha256 train_spider.json [0-9a-f]{12}, dev.json", found["data"])
    assert found["execution"].startswith("ok: 5 queries by up to") and "the endless one stopped" in found["execution"]
    assert found["template"] == "ok: the template ends answers with <|im_end|>; pad is <|im_end|>"
    assert found["batches"] == "ok: a step: SFT 2 x 4 questions, GRPO 2 x 8 completions"
    assert found["settings"] == "ok: recipe demo, run outputs/demo"


def test_it_leaves_nothing_behind(ask, tmp_path):
    ask()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("environment", "name", "words"),
    [
        (
            {"TEXT2SQL_TIMEOUT": "soon"},
            "timeout",
            "fail: TEXT2SQL_TIMEOUT=soon is no positive number of seconds fix it so:",
        ),
        ({"TEXT2SQL_TIMEOUT": "-1"}, "timeout", "fail: "),
        ({"TEXT2SQL_TIMEOUT": "600"}, "timeout", "warn: TEXT2SQL_TIMEOUT=600 s is unusual"),
        ({"TEXT2SQL_TIMEOUT": "2"}, "timeout", "ok: TEXT2SQL_TIMEOUT=2 s"),
        (
            {"WANDB_MODE": "online"},
            "wandb",
            "warn: WANDB_MODE is online, but there is no key fix it so: set WANDB_API_KEY",
        ),
        ({"WANDB_MODE": "offline"}, "wandb", "ok: offline"),
        ({"WANDB_API_KEY": "k"}, "wandb", "ok: online, with a key"),
        (
            {"WORLD_SIZE": "3"},
            "batches",
            "fail: sft.questions_per_pass: 4 on 3 processes doesn't divide the 8 of one step",
        ),
    ],
)
def test_the_environments_faults_have_their_line(environment, name, words, ask):
    code, found = ask(**environment)
    assert found[name].startswith(words)
    assert code == (1 if words.startswith("fail") else 0)
    assert ("fix it so: " in found[name]) != words.startswith("ok")


@pytest.mark.parametrize(
    ("flags", "name", "words"),
    [
        (("--grpo.completions-per-pass", "3"), "settings", "fail: grpo.completions_per_pass: 3 doesn't divide the 16"),
        (("--grpo.steps", "-1"), "settings", "fail: grpo.steps: -1 is out of range"),
        (("--data.root", "nowhere"), "data", "fail: nowhere: no such folder"),
        (("--model.name", "some/model"), "model", "fail: some/model isn't in the cache"),
        (
            ("--model.name", "Qwen/Qwen3-4B"),
            "gpu memory",
            "warn: Qwen/Qwen3-4B on a CPU takes days fix it so: take the recipe",
        ),
        (("--outputs", "/proc/none"), "outputs", "fail: /proc/none/demo can't be written"),
        (("--gpu", "1", "--model.name", "Qwen/Qwen3-4B"), "gpu memory", "fail: SFT "),
    ],
)
def test_the_runs_faults_have_their_line(flags, name, words, ask):
    _, found = ask(*ARGUMENTS, *flags)
    assert found[name].startswith(words), found[name]
    assert "fix it so: " in found[name]


def test_with_wrong_settings_the_machine_is_looked_at_all_the_same(ask):
    code, found = ask("nonsense")
    assert code == 1 and found.keys() == {*doctor.MACHINE, "settings"}


def test_another_word_is_answered_with_the_command(script):
    code, _, err = script("utils.py", "docter")
    assert code == 2 and "python utils.py doctor" in err and err.count("\n") == 1
    code, said, _ = script("utils.py", "doctor", "--help")
    assert code == 0 and "--grpo.steps" in said


# --- packages -----------------------------------------------------------------------------------------------------


@pytest.fixture
def installed(monkeypatch):
    """Let a package have another version, or none."""
    true = metadata.version

    def set_to(name: str, version: str | None) -> None:
        def found(asked: str) -> str:
            if asked != name:
                return true(asked)
            if version is None:
                raise metadata.PackageNotFoundError(asked)
            return version

        monkeypatch.setattr(machine.metadata, "version", found)

    return set_to


@pytest.mark.parametrize(
    ("name", "version", "state", "words"),
    [
        ("trl", "1.16.0", "fail", "trl 1.16.0 instead of "),
        ("torch", "2.11.0+cpu", "fail", "torch 2.11.0 instead of "),
        ("peft", None, "fail", "peft is missing"),
        ("unsloth", None, "warn", "unsloth is missing (--model.backend portable runs)"),
        ("tqdm", "1.0", "warn", "tqdm 1.0 instead of "),
    ],
)
def test_a_version_that_is_not_the_locks_is_named(name, version, state, words, installed):
    pytest.importorskip("vllm", reason="this environment was not made from a lock: no vLLM in it")
    assert machine.versions().state == "ok"
    installed(name, version)
    found = machine.versions()
    assert found.state == state and found.text.startswith(words)
    assert found.remedy.startswith("pip install --no-deps -r locks/")


def test_a_python_without_lock_fails(monkeypatch):
    monkeypatch.setattr(machine.sys, "version_info", (3, 14, 0))
    assert machine.python().state == "fail" and "3.11 or 3.12" in machine.python().remedy


def test_wandb_that_is_asked_for_must_be_there(monkeypatch, installed):
    monkeypatch.setenv("WANDB_MODE", "offline")
    installed("wandb", None)
    assert machine.wandb().state == "fail"


# --- the GPU ------------------------------------------------------------------------------------------------------


@pytest.fixture
def card(tmp_path, monkeypatch, installed):
    """Plant cards on this machine, with a torch for them."""

    def run(*names: str, **options) -> None:
        monkeypatch.setenv("PATH", plant(tmp_path / "bin", *names, **options)["PATH"])
        monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
        installed("torch", "2.13.0")

    return run


def test_a_card_is_named_with_its_memory_and_driver(card):
    card("H100")
    assert machine.gpu() == ("ok", "NVIDIA H100, 79.6 GiB, driver 580.95.05", "")
    assert machine.driver() == ("ok", "driver 580.95.05, CUDA 13 needs 580 or newer", "")


def test_a_busy_or_an_old_card_is_a_warning(card):
    card("L4", used=9000)
    assert machine.gpu().state == "warn" and "8.8 GiB of card 0 are in use" in machine.gpu().text
    card("T4")
    assert machine.gpu().state == "warn" and "bfloat16" in machine.gpu().text


def test_an_old_driver_and_a_torch_for_cpus_fail(card, installed):
    card("H100", driver="535.104.05")
    assert machine.driver().state == "fail" and "580 or newer" in machine.driver().remedy
    installed("torch", "2.13.0+cpu")
    assert machine.driver()[:2] == ("fail", "torch is a build for CPUs")


def test_the_card_decides_what_fits(card):
    card("L4")
    qwen = {"model.name": "Qwen/Qwen3-4B"}
    assert doctor.gpu_memory(changed(RECIPES["spider"], qwen)).state == "fail", "the recipe's 8 completions a pass"
    found = doctor.gpu_memory(changed(RECIPES["spider"], qwen | {"grpo.completions_per_pass": 2}))
    assert found.state == "ok" and re.match(r"SFT [\d.]+, GRPO [\d.]+, evaluation [\d.]+ of 22.0 GiB", found.text)


def test_the_doctor_takes_the_preset_of_the_card(ask, tmp_path):
    _, found = ask("spider", **plant(tmp_path / "bin", "L4"))
    assert found["gpu memory"].startswith("ok: SFT ") and "settings for 24 GB" in found["gpu memory"]
    assert found["driver"].startswith("fail: torch is a build for CPUs") or found["driver"].startswith("ok: driver")


# --- memory, disk, data, model --------------------------------------------------------------------------------------


def test_too_little_memory_or_disk_fails(monkeypatch):
    monkeypatch.setattr(machine, "memory_left", lambda: 1.0)
    assert doctor.ram(DEMO)[:2] == ("fail", "1.0 GiB are free, about 4.0 are needed")
    monkeypatch.setattr(machine, "free", lambda path: 0.25)
    found = doctor.disk(DEMO)
    assert found.state == "fail" and "0.2 GiB are free" in found.text and "make room at " in found.remedy


def test_a_large_model_that_is_not_here_needs_disk(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    sizes = [
        float(re.search(r"about ([\d.]+) are", doctor.disk(changed(DEMO, {"model.name": name})).text)[1])
        for name in ("Qwen3-4B", "gemma-3-1b")
    ]
    assert sizes[0] - sizes[1] == pytest.approx(5.6 + 7 * 2 * 4 * 40e6 / 2**30, abs=0.6)


@pytest.fixture
def official(tmp_path, monkeypatch) -> Path:
    """The demo's files where the official Spider is expected."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(REPO / "spider_data" / "demo", tmp_path / "spider_data")
    return tmp_path / "spider_data"


def test_files_that_are_not_the_official_ones_fail(official, monkeypatch):
    config = RECIPES["spider-small"]
    found = doctor.spider(config)
    assert found.state == "fail" and "dev.json, tables.json is not the official file" in found.text
    monkeypatch.setattr(download, "FILES", {name: files.sha256(official / name) for name in download.FILES})
    assert doctor.spider(config).state == "ok"
    (official / "dev.json").write_text((official / "dev.json").read_text() + " ")
    found = doctor.spider(config)
    assert (
        found.state == "fail" and "; dev.json is not the official file" in found.text and "make spider" in found.remedy
    )


def test_the_official_files_are_known(real_spider):
    assert {name: files.sha256(real_spider / name) for name in download.FILES} == download.FILES


def test_a_missing_database_fails(official):
    shutil.rmtree(official / "database" / "zoo")
    found = doctor.spider(RECIPES["spider-small"])
    assert found.state == "fail" and "zoo.sqlite" in found.text


def test_spider_that_is_to_come_is_no_fault_with_a_network(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    assert doctor.spider(RECIPES["spider"]) == ("ok", "Spider isn't here yet: the first run downloads 206 MB", "")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert doctor.spider(RECIPES["spider"]).state == "warn"


@pytest.fixture
def folder(tmp_path, smollm2) -> Path:
    """A model's folder without weights."""
    for name in ("config.json", "tokenizer.json", "tokenizer_config.json", "chat_template.jinja"):
        shutil.copy(smollm2 / name, tmp_path)
    return tmp_path


def named(folder: Path):
    return changed(DEMO, {"model.name": str(folder)})


def test_a_models_folder_is_looked_at(folder):
    assert doctor.model(named(folder)).state == doctor.template(named(folder)).state == "ok"
    (folder / "config.json").unlink()
    assert doctor.model(named(folder)).state == "fail"


def test_a_missing_template_fails(folder):
    (folder / "chat_template.jinja").unlink()
    found = doctor.template(named(folder))
    assert found.state == "fail" and "has no chat template" in found.text and "instruction-tuned" in found.remedy


@pytest.mark.parametrize(
    ("template", "state", "words"),
    [
        ("{% for m in messages %}{{ m.content }}{% endfor %}", "warn", "doesn't end an answer with <|im_end|>"),
        (
            "{{ messages | length }}{% for m in messages %}{{ m.content }}{% endfor %}<|im_end|>",
            "fail",
            "the loss mask",
        ),
        ("{{ raise_exception('no system') }}", "fail", "refuses the conversation (no system)"),
    ],
)
def test_a_template_that_would_train_the_wrong_thing_is_named(template, state, words, folder):
    (folder / "chat_template.jinja").write_text(template)
    found = doctor.template(named(folder))
    assert found.state == state and words in found.text


def test_an_end_token_outside_the_vocabulary_fails(folder):
    settings = json.loads((folder / "tokenizer_config.json").read_text())
    (folder / "tokenizer_config.json").write_text(
        json.dumps(settings | {"eos_token": "<|nothing|>", "pad_token": None})
    )
    found = doctor.template(named(folder))
    assert found.state == "fail" and "'<|nothing|>' is not in the vocabulary" in found.text


def test_a_folder_without_write_permission_fails(tmp_path, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(doctor.tempfile, "TemporaryFile", refuse)
    assert doctor.outputs(DEMO).text == "outputs/demo can't be written (Permission denied)"


# --- execution ----------------------------------------------------------------------------------------------------


def test_a_wrong_verdict_fails(monkeypatch):
    monkeypatch.setattr(machine, "PAIRS", machine.PAIRS | {"SELECT id FROM animal": "match"})
    found = machine.execution()
    assert found.state == "fail" and "'SELECT id FROM animal' is wrong instead of match" in found.text


def test_missing_demo_data_fails(monkeypatch, tmp_path):
    monkeypatch.setattr(machine, "ROOT", tmp_path)
    assert machine.execution().state == "fail" and machine.execution().remedy == "make demo-data"


def test_a_check_that_breaks_is_a_line(monkeypatch):
    def broken():
        raise RuntimeError("boom")

    monkeypatch.setattr(doctor, "MACHINE", {"python": broken, "wandb": machine.wandb})
    found = dict(doctor.findings(["demo", "--data.root", os.fspath(DEMO.data.root)]))
    assert found["python"].state == "fail" and "RuntimeError: boom" in found["python"].text and "wandb" in found
