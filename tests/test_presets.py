"""--gpu: what the driver says, which settings follow, that the user's win, and that a run keeps them."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from cards import CARDS, plant

import config as configuration
from backends import cards, choice, command_line, memory, presets, shapes
from config import RECIPES, differences
from text2sql.errors import UserError

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def parse(tmp_path, monkeypatch):
    """command_line.parse in an empty folder, on a machine with these cards."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    monkeypatch.delenv("WORLD_SIZE", raising=False)
    monkeypatch.setattr(choice, "installed", lambda: frozenset(choice.PROBED))

    def run(*args: str, gpus: tuple[str, ...] = ()):
        for name, value in plant(tmp_path / "bin", *gpus).items():
            monkeypatch.setenv(name, value)
        return command_line.parse(list(args))

    return run


def test_without_a_gpu_auto_changes_nothing(parse):
    assert parse("spider") == RECIPES["spider"] and parse("demo") == RECIPES["demo"]


def test_a_card_that_is_found_sets_what_fits_it(parse, capsys):
    found = parse(gpus=("L4",))
    wanted = memory.Fit(RECIPES["spider"], shapes.TABLE["qwen3-4b"], "shared", 22.0).preset()
    assert found == configuration.knobs.changed(RECIPES["spider"], wanted | {"gpu": "24"})
    assert capsys.readouterr().out.startswith("Settings for 24 GB: grpo.completions_per_pass=4, model.gpu_memory=0.")
    assert parse("--gpu", "24") == found, "the same without the card"


def test_only_memory_is_set_never_what_a_step_learns(parse):
    for gpu in ("8", "24", "48", "80", "141"):
        changed = differences(parse("--gpu", gpu), RECIPES["spider"])
        assert changed.keys() <= {
            *("gpu", "model.gpu_memory", "model.load_in_4bit", "model.max_length"),
            *("sft.questions_per_pass", "grpo.completions_per_pass", "eval.batch"),
        }


@pytest.mark.parametrize(
    "flags",
    [
        ("--grpo.completions-per-pass", "2"),
        ("--grpo.completions_per_pass=2", "--model.gpu-memory=0.4"),
        ("--model.load-in-4bit",),
        ("--gpu", "8", "--model.no-load-in-4bit"),
        ("--model.max-length", "4096", "--eval.batch", "7"),
    ],
)
def test_the_users_flags_win(flags, parse):
    with_gpu, without = parse(*flags, gpus=("L4",)), parse(*[flag for flag in flags if flag not in ("--gpu", "8")])
    named = presets.named(flags) - {"gpu"}
    values = configuration.flat(with_gpu)
    assert named and {name: values[name] for name in named} == {
        name: configuration.flat(without)[name] for name in named
    }


def test_the_other_settings_follow_from_the_users(parse):
    short, long = (parse("--gpu", "24", "--model.max-length", length) for length in ("1024", "4096"))
    assert short.grpo.completions_per_pass > long.grpo.completions_per_pass


@pytest.mark.parametrize("value", ["x", "0", "-24", "24GB", "1e9", ""])
def test_a_gpu_that_is_no_memory_is_refused(value, parse):
    with pytest.raises(UserError, match=r"gpu: .* is neither auto nor GB of memory; cards have 24, 48, 80, 141"):
        parse(f"--gpu={value}")


def test_a_run_keeps_its_settings_on_another_card(parse, capsys):
    first = parse("demo", "--model.name", "Qwen3-4B", "--eval.batch", "5", gpus=("L4",))
    configuration.save(first, first.folder / "config.json")
    later = parse("demo", gpus=("H100",))
    assert later == first and later.gpu == "24"
    capsys.readouterr()
    presets.announce(later, "sft")
    said = capsys.readouterr().out
    assert "Settings for 24 GB on a card of 80 GB: they stay as they are until you say --gpu 80" in said
    again = parse("demo", "--gpu", "80", gpus=("H100",))
    assert again.gpu == "80" and again.eval.batch > 5


def test_a_run_that_began_without_a_gpu_stays_as_it_is(parse):
    first = parse("demo")
    configuration.save(first, first.folder / "config.json")
    assert parse("demo", gpus=("L4",)) == first
    assert parse("demo", "--gpu", "auto", gpus=("L4",)).gpu == "24"


def test_a_saved_four_bit_run_takes_the_flag_again(parse):
    first = parse("demo", "--model.load-in-4bit")
    configuration.save(first, first.folder / "config.json")
    assert parse("demo", "--model.load-in-4bit") == first
    assert not parse("demo", "--model.no-load-in-4bit").model.load_in_4bit


def test_a_smaller_card_than_the_runs_is_refused_with_what_fits(parse):
    first = parse("spider", gpus=("H100",))
    configuration.save(first, first.folder / "config.json")
    with pytest.raises(UserError) as refused:
        presets.announce(parse("spider", gpus=("L4",)), "grpo")
    said = str(refused.value)
    assert re.search(r"grpo.completions_per_pass: GRPO of \S+ can't fit: .*take --grpo.completions-per-pass \d+", said)
    assert "\n" not in said and "a card of 48 GB" in said
    proposed = re.search(r"take (.*?), or a card", said)[1].split()
    presets.announce(parse("spider", *proposed, gpus=("L4",)), "grpo")


def test_what_no_card_takes_says_so(parse):
    finder = memory.Fit(
        parse("--model.max-length", "20000"), memory.Shape(16384, 120, 128, 128, 128, 53248, 10**5, False), "twice", 22
    )
    assert "no setting and no single card helps, take a smaller --model.name" in presets.refusal(finder, "sft")


def test_an_unknown_model_has_no_preset(parse, capsys):
    found = parse("--gpu", "24", "--model.name", "some/unknown")
    assert differences(found, RECIPES["spider"]).keys() == {"gpu", "model.name"}
    presets.announce(found, "sft")
    assert "the shape of some/unknown isn't known" in capsys.readouterr().out


def way(config) -> memory.Way:
    return presets.fit(config, shapes.TABLE["qwen3-4b"], 22.0, cards.smallest()).way


def test_who_generates_is_what_would_be_chosen_there(parse, monkeypatch):
    assert way(parse("--model.backend", "unsloth")) == way(parse()) == "shared"
    assert way(parse("--model.backend", "portable")) == "twice"
    assert (
        way(parse("--model.rollouts", "transformers"))
        == way(parse("--model.backend", "portable", "--model.load-in-4bit"))
        == "alone"
    )
    monkeypatch.setenv("WORLD_SIZE", "2")
    assert way(parse()) == "twice"


def test_a_card_without_bfloat16_holds_weights_of_twice_the_size(parse):
    bits = "--model.no-load-in-4bit"
    fits = [
        presets.fit(parse(bits, gpus=(name,)), shapes.TABLE["qwen3-4b"], 15.0, cards.smallest())
        for name in ("T4", "L4")
    ]
    old, new = (found.estimate("sft", {}).parts["weights"] for found in fits)
    assert old == 2 * new


def test_four_bits_are_proposed_where_they_can_be_had(parse, monkeypatch):
    assert parse("--gpu", "15").model.load_in_4bit
    monkeypatch.setattr(choice, "installed", lambda: frozenset({"unsloth", "vllm"}))
    assert not parse("--gpu", "15", gpus=("L4",)).model.load_in_4bit


def test_standby_on_a_small_card_is_refused(parse, monkeypatch):
    monkeypatch.setenv("UNSLOTH_VLLM_STANDBY", "1")
    with pytest.raises(UserError, match="UNSLOTH_VLLM_STANDBY: it runs out of memory"):
        parse(gpus=("L4",))
    assert parse(gpus=("H100",)).gpu == "80"


# --- the driver ---------------------------------------------------------------------------------------------------


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """Plant cards and say which of them are visible."""

    def run(*names: str, visible: str | None = None, **options) -> list[cards.Card]:
        monkeypatch.setenv("PATH", plant(tmp_path, *names, **options)["PATH"])
        monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
        if visible is not None:
            monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
        return cards.found()

    return run


@pytest.mark.parametrize(
    ("visible", "names"),
    [
        (None, ["L4", "H100", "H200"]),
        ("", []),
        ("-1", []),
        ("1", ["H100"]),
        ("2,0", ["L4", "H200"]),
        ("GPU-22", ["H200"]),
    ],
)
def test_the_cards_are_those_that_cuda_would_show(visible, names, machine):
    found = machine("L4", "H100", "H200", visible=visible)
    assert [card.name.removeprefix("NVIDIA ") for card in found] == names
    assert [round(card.gib * 1024) for card in found] == [CARDS[name][0] for name in names]


def test_the_smallest_card_decides(machine):
    machine("H100", "L4")
    assert cards.smallest().name == "NVIDIA L4"


def test_a_driver_that_fails_is_no_gpu(machine):
    assert machine("L4", code=9) == [] and cards.smallest() is None


def test_a_card_in_error_is_passed_over():
    assert cards._card(["0", "GPU-1", "NVIDIA L4", "[Unknown Error]", "3", "580", "8.9"]) is None


NVML = """
#include <string.h>
int nvmlInit_v2(void) { return 0; }
int nvmlShutdown(void) { return 0; }
int nvmlDeviceGetCount_v2(unsigned *n) { *n = 1; return 0; }
int nvmlDeviceGetHandleByIndex_v2(unsigned i, void **d) { *d = 0; return 0; }
int nvmlDeviceGetMemoryInfo(void *d, unsigned long long *m) {
    m[0] = 24ull << 30; m[1] = 23ull << 30; m[2] = 1ull << 30; return 0; }
int nvmlDeviceGetCudaComputeCapability(void *d, int *a, int *b) { *a = 8; *b = 9; return 0; }
int nvmlDeviceGetUUID(void *d, char *t, unsigned n) { strcpy(t, "GPU-1"); return 0; }
int nvmlDeviceGetName(void *d, char *t, unsigned n) { strcpy(t, "NVIDIA X"); return 0; }
int nvmlSystemGetDriverVersion(char *t, unsigned n) { strcpy(t, "580.1"); return 0; }
"""


@pytest.mark.skipif(shutil.which("gcc") is None, reason="gcc is not installed")
def test_the_library_says_the_same(tmp_path):
    (tmp_path / "nvml.c").write_text(NVML)
    library = tmp_path / "libnvml.so"
    subprocess.run(["gcc", "-shared", "-fPIC", "-o", library, tmp_path / "nvml.c"], check=True)
    assert cards._by_library(str(library)) == [cards.Card(0, "GPU-1", "NVIDIA X", 24.0, 1.0, "580.1", 8.9)]
    assert cards._by_library(str(tmp_path / "none.so")) == []


# --- the commands -------------------------------------------------------------------------------------------------

DRY = ("--dry-run", "--data.root", ROOT / "spider_data" / "demo", "--outputs", "o")


def test_a_dry_run_says_which_gpu_it_found_and_what_is_needed(script, smollm2, tmp_path):
    code, said, err = script("train_grpo.py", "demo", *DRY, cwd=tmp_path, **plant(tmp_path / "bin", "L4"))
    assert (code, err) == (0, "") and "GPU: NVIDIA L4, 22.5 GiB\n" in said
    assert "Memory of GRPO in GiB, estimated" in said and "total, of 22.0 GiB" in said
    assert "gpu = 24   (recipe: auto)" in said and "[prompt: " in said
    assert "GPU: none found\n" in script("train_sft.py", "demo", *DRY, cwd=tmp_path)[1]


@pytest.mark.parametrize(
    ("name", "stage"), [("train_sft.py", "SFT"), ("train_grpo.py", "GRPO"), ("evaluate.py", "evaluation")]
)
def test_what_cannot_fit_is_refused_in_a_line_before_anything_is_loaded(name, stage, script, tmp_path):
    flags = ("--gpu", "4", "--model.no-load-in-4bit", "--model.max-length", "2048", "--grpo.adapter", "x")
    code, said, err = script(name, "spider", *flags, "--outputs", tmp_path / "o", "--data.root", DRY[2])
    assert code == 2 and re.fullmatch(rf"error: \S+: {stage} of \S+ can't fit: .*\n", err)
    assert "total, of 3.7 GiB" in said and "Traceback" not in err


def test_help_asks_no_driver(script, tmp_path):
    assert script("train_sft.py", "--help", **plant(tmp_path, "L4"))[0] == 0
    assert not (tmp_path / "asked").exists()


def test_the_documents_table_is_the_commands(script):
    code, said, _ = script("config.py", "memory", "spider")
    assert code == 0 and said == presets.table(RECIPES["spider"]) + "\n"
    assert said in (ROOT / "docs" / "memory.md").read_text(encoding="utf-8")
