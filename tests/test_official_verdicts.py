"""Our verdicts beside the official evaluator's, on published predictions of many systems for Spider's dev questions."""

import json
from pathlib import Path

import pytest

from text2sql.exact_match import exact_match, schemas
from text2sql.score import score

SHARED = Path(__file__).parents[1].parent / "shared"
VERDICTS = SHARED / "official_verdicts"
EVERY = 10  # the fast test takes every tenth line

pytestmark = pytest.mark.skipif(
    not VERDICTS.is_dir(), reason="the official evaluator's verdicts are not on this machine"
)


def certain_lines() -> list[dict]:
    """The lines whose official verdict is known for the databases at hand."""
    lines = [line for path in sorted(VERDICTS.glob("*.jsonl")) for line in path.read_text("utf-8").splitlines()]
    return [line for line in map(json.loads, lines) if line["certain"]]


def differences(lines: list[dict]) -> dict[str, list[dict]]:
    """The lines on which `strict` and `official` say other than the evaluator with and without --keep_distinct."""
    found = {"strict": [], "official": []}
    for line in lines:
        database = SHARED / "spider_data" / "database" / line["db_id"] / f"{line['db_id']}.sqlite"
        result = score(line["pred"], line["gold"], database)
        for verdict, name in (("strict", "testsuite_exec_keep_distinct"), ("official", "testsuite_exec")):
            if getattr(result, verdict) != bool(line[name]):
                found[verdict].append(line)
    return found


def assert_agreement(lines: list[dict], least: float) -> None:
    for verdict, others in differences(lines).items():
        share = 1 - len(others) / len(lines)
        assert share >= least, (verdict, share, others[:5])


def test_a_tenth_agrees() -> None:
    lines = certain_lines()[::EVERY]
    assert len(lines) > 1_000
    assert_agreement(lines, 0.999)


@pytest.mark.slow
def test_all_agree() -> None:
    lines = certain_lines()
    assert len(lines) > 14_000
    assert_agreement(lines, 0.9999)


def exact_match_differences(lines: list[dict]) -> list[dict]:
    """The lines on which exact set match or hardness is another than the evaluator's."""
    listed = schemas(SHARED / "spider_data" / "tables.json")
    found = [(line, exact_match(line["pred"], line["gold"], listed[line["db_id"]])) for line in lines]
    return [
        line for line, ours in found if (ours.match, ours.hardness) != (bool(line["testsuite_match"]), line["hardness"])
    ]


def test_exact_match_agrees_on_a_tenth() -> None:
    lines = certain_lines()[::EVERY]
    others = exact_match_differences(lines)
    assert len(others) <= 0.001 * len(lines), others[:5]


@pytest.mark.slow
def test_exact_match_agrees_on_all() -> None:
    lines = certain_lines()
    others = exact_match_differences(lines)
    assert len(others) <= 0.0001 * len(lines), others[:5]
