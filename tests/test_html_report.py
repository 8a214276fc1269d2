"""report.html, the file: whole, self-contained, readable, and nothing in a prediction breaks out of it."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
from html.parser import HTMLParser
from pathlib import Path

import fake_run
import pytest
from fake_run import embedded, written
from hypothesis import given
from hypothesis import strategies as st

from text2sql import html_report
from text2sql.errors import UserError
from text2sql.html_report import markup, page

VOID = {"meta", "input", "br", "hr", "img", "link"}


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return fake_run.make(tmp_path / "outputs" / "tale")


class Reader(HTMLParser):
    """Reads a page as a browser does, and keeps its elements; what isn't nested rightly is kept in `faults`."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.faults: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attributes: list) -> None:
        self.elements.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attributes: list) -> None:
        self.elements.append((tag, dict(attributes)))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> at {self.getpos()}")

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture
def full(run: Path) -> Path:
    fake_run.log(run, "sft", 40, loss=lambda step: 1 / step)
    fake_run.log(run, "grpo", 8, **fake_run.GRPO_LOG)
    return run


def test_the_page_is_well_formed_and_loads_nothing(full: Path) -> None:
    html = written(full)
    reader = Reader(html)
    assert not reader.faults and not reader.open
    ids = [attributes["id"] for _, attributes in reader.elements if attributes.get("id")]
    assert len(ids) == len(set(ids))
    for tag, attributes in reader.elements:
        assert tag not in {"link", "iframe", "img", "object", "embed", "base"} and "src" not in attributes
        assert (attributes.get("href") or "#").startswith("#"), attributes
    assert not re.search(r"@import|url\((?!#)", html)
    headings = [int(tag[1]) for tag, _ in reader.elements if re.fullmatch(r"h[1-6]", tag)]
    assert headings[0] == 1 and all(after - before <= 1 for before, after in zip(headings, headings[1:], strict=False))


def test_every_link_within_the_page_leads_somewhere(full: Path) -> None:
    reader = Reader(written(full))
    ids = {attributes.get("id") for _, attributes in reader.elements}
    names = {link["href"][1:] for link in reader.named("a")}
    assert {name for name in names if "=" not in name} <= ids
    assert "stage=grpo&why=class%3Acondition" in names and "moved=lost%3Agrpo" in names


def test_broken_unicode_is_no_obstacle(run: Path) -> None:
    for stage in fake_run.STAGES:
        lines = [line | {"db_id": "caf\udce9", "sql": "SELECT '\ud83d'"} for line in fake_run.records(stage)]
        fake_run.evaluated(run, stage, lines)
    html = written(run)
    assert embedded(html)["questions"][0]["db"] == "caf\udce9" and ">caf?</th>" in html


def test_only_the_page_s_own_script_may_run(full: Path) -> None:
    html = written(full)
    script = re.search(r"<script>(.*?)</script>", html, re.S)[1]
    policy = next(known["content"] for known in Reader(html).named("meta") if "http-equiv" in known)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert policy.startswith("default-src 'none';") and f"script-src 'sha256-{digest}'" in policy
    assert not [name for _, attributes in Reader(html).elements for name in attributes if name.startswith("on")]


def test_nothing_in_a_question_or_a_prediction_breaks_out(full: Path) -> None:
    for stage in fake_run.STAGES:
        lines = [
            line | {"db_id": fake_run.HOSTILE, "error_class": fake_run.HOSTILE} for line in fake_run.records(stage)
        ]
        fake_run.evaluated(full, stage, lines)
    fake_run.rollouts(full, {1: [(fake_run.HOSTILE, fake_run.HOSTILE, "match", 5.0)]})
    html = written(full.rename(full.with_name("<b>run")))
    reader = Reader(html)
    assert (
        not reader.faults
        and len(reader.named("script")) == 2
        and not reader.named("img")
        and "\u2028" not in html[html.index('id="data"') :]
    )
    found = embedded(html)
    assert found["questions"][7]["question"] == f"{fake_run.HOSTILE} what?"
    assert found["questions"][0]["db"] == found["questions"][0]["answers"]["sft"]["class"] == fake_run.HOSTILE


@given(
    st.recursive(
        st.none() | st.text() | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
def test_any_data_stays_data(value) -> None:
    written_down = markup.json_block(value)
    assert json.loads(written_down) == value
    assert written_down.isascii() and not set("<>&\n") & set(written_down)


texts = st.text(st.sampled_from("<>&\"'=`/a \n\u2028") | st.characters())


@given(texts, texts)
def test_text_and_attributes_stay_what_they_are(content: str, title: str) -> None:
    class Kept(HTMLParser):
        def __init__(self, html: str) -> None:
            super().__init__()
            self.tags, self.text = [], ""
            self.feed(html)
            self.close()

        def handle_starttag(self, tag, attributes) -> None:
            self.tags.append((tag, attributes))

        def handle_data(self, data) -> None:
            self.text += data

    kept = Kept(markup.element("p", content, title=title))
    assert kept.tags == [("p", [("title", title)])] and kept.text == content


def test_ten_thousand_examples_are_data_and_not_elements(run: Path) -> None:
    for stage in fake_run.STAGES:
        fake_run.evaluated(run, stage, fake_run.grow(fake_run.records(stage), 10_000))
    html = written(run)
    assert len(embedded(html)["questions"]) == 10_000 and len(embedded(html)["tables"]) < 20
    assert len(Reader(html).elements) < 1_000 and len(html) < 15_000_000


def test_the_same_files_give_the_same_bytes_and_no_path_of_this_machine(full: Path) -> None:
    first = written(full)
    assert written(full) == first
    assert str(full.parent) not in first and str(fake_run.DEMO) not in first


def test_a_report_is_replaced_whole_or_not_at_all(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = run / "deep" / "report.html"
    assert html_report.write(run, target) == target
    before = target.read_text()

    def fails(*_: object) -> None:
        raise OSError(28, "no space left")

    monkeypatch.setattr(os, "replace", fails)
    with pytest.raises(UserError, match="no space left"):
        html_report.write(run, target)
    assert target.read_text() == before and [path.name for path in target.parent.iterdir()] == ["report.html"]


@pytest.mark.parametrize("stage", fake_run.STAGES)
def test_a_single_stage_has_a_page_of_its_own(tmp_path: Path, stage: str) -> None:
    fake_run.evaluated(tmp_path / "one", stage, fake_run.records(stage))
    html = written(tmp_path / "one")
    assert not Reader(html).faults and [known["name"] for known in embedded(html)["stages"]] == [stage]
    assert 'class="step"' not in html and f"{fake_run.EX[stage]:.1%}" in html


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_texts_stand_out_from_what_is_behind_them(scheme: int) -> None:
    css = page._file("style.css")
    colours = {found[0]: found[1 + scheme] for found in re.findall(r"--(\w+): light-dark\((#\w{6}), (#\w{6})\)", css)}
    behind = ("paper", "panel", "sunken")
    texts = ("ink", "faint", "link", "base", "sft", "grpo", "right", "invalid")
    pairs = [(text, ground) for text in texts for ground in behind] + [("ink", "extra"), ("ink", "missing")]
    pairs += [(tone, "panel") for tone in ("wrong", "timeout", "empty", "gold_error")]  # the marks' background
    for text, ground in pairs:
        light, dark = sorted((luminance(colours[text]), luminance(colours[ground])), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, (text, ground)
