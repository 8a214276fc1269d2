"""report.html in a real browser: filters, search, keyboard, links, light and dark, phone, print, hostile texts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import fake_run
import pytest
from browser import Browser, installed

from text2sql import html_report

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(installed() is None, reason="no Chromium is installed (Debian: apt-get install chromium)"),
]
MANY = 10_000
SHOWN = "document.getElementById('found').textContent"
TITLE = "document.querySelector('#example h3').textContent"
DRAWN = "[...document.querySelectorAll('#list .item .asked')].map(it => it.textContent)"
GROUND = "getComputedStyle(document.body).backgroundColor"


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A small report, and one of MANY examples."""
    pytest.importorskip("matplotlib")
    small = fake_run.make(tmp_path_factory.mktemp("runs") / "tale")
    fake_run.log(small, "sft", 40, loss=lambda step: 1 / step)
    fake_run.log(small, "grpo", 8, **fake_run.GRPO_LOG)
    large = small.with_name("large")
    for stage in fake_run.STAGES:
        fake_run.evaluated(large, stage, fake_run.grow(fake_run.records(stage), MANY))
    return {run.name: html_report.write(run, run / "report.html") for run in (small, large)}


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    browser = Browser(tmp_path_factory.mktemp("profile"))
    yield browser
    browser.close()


@pytest.fixture
def tab(chromium: Browser, pages: dict[str, Path]) -> Iterator[Browser]:
    """The small report in a light window of a desk; no test may leave an error or have asked for anything else."""
    chromium.show(1280, 900)
    chromium.errors.clear()
    chromium.requests.clear()
    chromium.open(pages["tale"])
    yield chromium
    assert chromium.errors == []
    assert {url.partition("#")[0] for url in chromium.requests} <= {path.as_uri() for path in pages.values()}


def count(tab: Browser) -> int:
    """How many examples the page says that it shows; the list draws all of so few."""
    said = int(tab.js(SHOWN).split()[0])
    assert len(tab.js(DRAWN)) == said
    return said


@pytest.mark.parametrize(
    ("filters", "questions"),
    [
        ({"status": "right"}, 4),
        ({"status": "not_right"}, 4),
        ({"status": "result"}, 2),
        ({"status": "timeout"}, 1),
        ({"stage": "sft", "status": "official_only"}, 1),
        ({"stage": "base", "status": "invalid"}, 6),
        ({"stage": "base", "status": "empty"}, 1),
        ({"moved": "won:sft"}, 3),
        ({"moved": "lost:grpo"}, 1),
        ({"moved": "never"}, 3),
        ({"moved": "always"}, 1),
        ({"hardness": "easy", "status": "right"}, 3),
        ({"why": "class:condition"}, 2),
        ({"why": "result:fewer columns"}, 1),
        ({"db": "cycling_club"}, 8),
    ],
)
def test_filters_show_what_they_say(tab: Browser, filters: dict[str, str], questions: int) -> None:
    for name, value in filters.items():
        tab.choose(f"filter-{name}", value)
    assert count(tab) == questions
    name, value = list(filters.items())[-1]
    chosen = f"document.querySelector('#filter-{name} option[value=\"{value}\"]').textContent"
    assert tab.js(chosen).endswith(f" ({questions})")
    tab.click("#clear")
    assert count(tab) == 8


def test_other_choices_say_how_many_they_would_leave(tab: Browser) -> None:
    tab.choose("filter-status", "right")
    label = "document.querySelector('#filter-{} option[value=\"{}\"]').textContent"
    assert tab.js(label.format("status", "not_right")) == "not right (4)"
    assert tab.js(label.format("moved", "won:sft")) == "won by SFT (2)", "of those that GRPO has right"


def test_won_and_lost_lead_to_their_examples_again_and_again(tab: Browser) -> None:
    link = ".moved a[href='#moved=lost%3Agrpo']"
    tab.click(link)
    tab.wait(f"{SHOWN} === '1 of 8 examples'")
    assert tab.js(TITLE) == "Who is over 50?" and tab.js("scrollY") > 500
    tab.js("scrollTo(0, 0)")
    tab.click(link)
    tab.wait("scrollY > 500")
    tab.press("Escape")
    assert count(tab) == 8


def test_an_address_brings_its_filters_and_its_example(tab: Browser, pages: dict[str, Path]) -> None:
    tab.open(pages["tale"], "stage=sft&status=right&q=count+member")
    assert count(tab) == 2 and tab.js("document.getElementById('filter-stage').value") == "sft"
    tab.open(pages["tale"], "at=4")
    assert tab.js(TITLE) == "Names and ages?" and count(tab) == 8
    tab.choose("filter-hardness", "easy")
    assert tab.js("location.hash") == "#hardness=easy"


def test_search_reads_questions_sql_and_errors(tab: Browser) -> None:
    for words, found in (("over 50?", 1), ("ORDER nothing", 0), ("t2.x", 6), ("count(*) MEMBER", 2)):
        tab.press("/")
        tab.js("document.getElementById('search').value = ''")
        tab.type(words)
        tab.wait(f"{SHOWN}.startsWith('{found} of ')")
        assert tab.js("document.activeElement.id") == "search" and count(tab) == found
    tab.press("Escape")
    assert count(tab) == 8 and tab.js("document.activeElement.id") == "list"


def test_keys_move_through_the_examples(tab: Browser) -> None:
    first, second, third = (case[0] for case in fake_run.CASES[:3])
    for key, title in (("j", second), ("j", third), ("k", second), ("k", first), ("k", first)):
        tab.press(key)
        assert tab.js(TITLE) == title
    tab.click("#option-1")
    for key, place in (("ArrowDown", 2), ("ArrowUp", 1), ("End", 7), ("ArrowDown", 7), ("Home", 0)):
        tab.press(key)
        assert tab.js("document.getElementById('list').getAttribute('aria-activedescendant')") == f"option-{place}"
        assert tab.js(f"document.getElementById('option-{place}').getAttribute('aria-selected')") == "true"


def test_letters_typed_into_the_search_move_nothing(tab: Browser) -> None:
    tab.press("/")
    tab.type("jk")
    assert tab.js("document.getElementById('search').value") == "jk"


def test_an_example_shows_every_answer_and_two_results(tab: Browser) -> None:
    tab.open(Path(tab.js("decodeURI(location.pathname)")), "at=2")
    assert tab.js("[...document.querySelectorAll('#example .answer h4')].map(it => it.textContent)") == [
        *("Gold", "Base", "SFT", "GRPO")
    ]
    gold, grpo = (f"[...document.querySelectorAll('#example .answer')].at({place})" for place in (0, -1))
    assert tab.js(f"{gold}.querySelector('mark.missing').textContent") == "50"
    assert tab.js(f"[...{grpo}.querySelectorAll('mark')].map(it => it.textContent)") == ["45"]
    sizes = "[...document.querySelectorAll('#example .size')].map(it => it.textContent)"
    assert tab.js(sizes) == ["4 rows, 1 column", "5 rows, 1 column"]
    assert tab.js("[...document.querySelectorAll('#example .foreign')].map(it => it.textContent)") == ["Conor O'Neill"]
    tab.click(".stages button:nth-child(2)")
    assert tab.js("document.querySelector('#example .sides > :last-child h4').textContent").endswith(
        "same as the gold's"
    )
    tab.click(".stages button:nth-child(1)")
    assert "no such column" in tab.js("document.querySelector('#example .sides > :last-child').textContent")


def test_hostile_texts_are_shown_and_do_nothing(tab: Browser, pages: dict[str, Path]) -> None:
    tab.open(pages["tale"], "at=7")
    assert tab.js(TITLE) == f"{fake_run.HOSTILE} what?"
    assert tab.js("document.querySelector('#example pre').textContent") == fake_run.CASES[7][1]
    assert tab.js("window.broken") is None and tab.js("document.images.length") == 0
    tab.js("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.broken = 3\">')")
    tab.js("new Promise(done => setTimeout(done, 100))")
    assert tab.js("window.broken") is None, "the policy lets no other script run"
    tab.errors.clear()  # the policy's own complaint about an image
    tab.requests.clear()


def test_only_what_is_visible_is_drawn_of_many(tab: Browser, pages: dict[str, Path]) -> None:
    tab.open(pages["large"])
    assert tab.js(SHOWN) == f"{MANY:,} examples" and len(tab.js(DRAWN)) < 40
    tab.js("document.getElementById('list').scrollTop = 1e9")
    tab.wait(f"{DRAWN}.at(-1) === 'Question number {MANY - 1:,}?'")
    assert len(tab.js(DRAWN)) < 40
    tab.js("document.getElementById('search').focus()")
    tab.type("4,321?")
    tab.wait(f"{SHOWN} === '1 of {MANY:,} examples'")
    assert tab.js(TITLE) == "Question number 4,321?"
    tab.press("Escape")
    tab.wait(f"{SHOWN} === '{MANY:,} examples'")
    assert tab.js(TITLE) == "Question number 4,321?" and "Question number 4,321?" in tab.js(DRAWN)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_light_and_dark_follow_the_system_until_the_reader_chooses(
    tab: Browser, pages: dict[str, Path], dark: bool
) -> None:
    tab.show(1280, 900, dark=dark)
    tab.js("localStorage.clear()")
    tab.open(pages["tale"])
    grounds = ["rgb(247, 247, 245)", "rgb(18, 21, 26)"]
    assert tab.js(GROUND) == grounds[dark]
    tab.click("#theme")
    assert tab.js(GROUND) == grounds[not dark]
    tab.open(pages["tale"])
    assert tab.js(GROUND) == grounds[not dark]
    tab.js("localStorage.clear()")


@pytest.mark.parametrize("name", ["tale", "large"])
def test_a_phone_scrolls_in_one_direction_only(tab: Browser, pages: dict[str, Path], name: str) -> None:
    tab.show(390, 844, phone=True)
    tab.open(pages[name])
    for place in range(8):
        tab.js(f"document.querySelectorAll('#list .item')[{place}].click()")
        assert tab.js("document.documentElement.scrollWidth") == 390, place
    shown = tab.js("document.getElementById('example').getBoundingClientRect().top")
    assert 0 <= shown < 300, "the chosen example is brought into view"


def test_controls_have_names(tab: Browser) -> None:
    unnamed = (
        "[...document.querySelectorAll('input, select, button, a, [role=listbox]')].filter(it =>"
        " !(it.textContent.trim() || it.getAttribute('aria-label') || (it.labels && it.labels.length))).length"
    )
    assert tab.js(unnamed) == 0
    assert tab.js("[...document.querySelectorAll('svg.chart')].every(it => it.getAttribute('aria-label'))")


def test_a_chart_tells_the_values_under_the_pointer(tab: Browser) -> None:
    plot = "[data-chart='reward']"
    tab.js(f"document.querySelector(\"{plot}\").scrollIntoView({{block: 'center'}})")
    box = tab.js(f'document.querySelector("{plot} svg").getBoundingClientRect().toJSON()')
    tab.call("Input.dispatchMouseEvent", type="mouseMoved", x=box["x"] + box["width"] - 4, y=box["y"] + 60)
    assert tab.js(f'document.querySelector("{plot} .readout").textContent') == "step 80.8"
    tab.call("Input.dispatchMouseEvent", type="mouseMoved", x=2, y=2)
    assert tab.js(f'document.querySelector("{plot} .readout").hidden')


def test_print_leaves_the_controls_out(tab: Browser) -> None:
    tab.call("Emulation.setEmulatedMedia", media="print")
    for part, shown in (("nav", False), ("#filters", False), ("#list", False), ("#theme", False), ("#example", True)):
        assert (tab.js(f"getComputedStyle(document.querySelector('{part}')).display") != "none") is shown, part
    assert len(tab.call("Page.printToPDF")["data"]) > 50_000
