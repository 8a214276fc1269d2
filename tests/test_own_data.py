"""From one's own tables and questions to an evaluated adapter, by the commands of docs/your-data.md."""

from __future__ import annotations

import csv
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import pytest
import small_data
from stack import EXACT, facts, run

SFT = (
    *("--sft.steps", 2, "--sft.questions-per-step", 4, "--sft.questions-per-pass", 2, "--sft.log-every", 1),
    *("--sft.learning-rate", 1e-3),
)
CITIES = ("Paris", "Rome", "Oslo", "Bern")


@dataclass(frozen=True)
class Trained:
    """A folder of one's own and the run on it."""

    root: Path
    folder: Path
    cwd: Path
    said: str

    def evaluate(self) -> str:
        """What the evaluation of the newest stage says; its settings come from the run."""
        call = ("demo", "--outputs", "outputs", "--run", "mine", "--eval.limit", 3)
        return run("evaluate.py", *call, cwd=self.cwd).stdout


def shop(root: Path) -> Path:
    """Two tables in files with other delimiters, forty questions on them."""
    (root / "shop").mkdir(parents=True)
    customers = [(number, f"Customer {number}", CITIES[number % 4], "" if number % 5 else 1.5) for number in range(20)]
    for name, delimiter, header, rows in (
        ("customer.csv", ";", ("id", "name", "home city", "discount"), customers),
        ("orders.csv", ",", ("id", "customer_id", "day"), [(n, n % 20, f"2024-01-{n:02}") for n in range(1, 29)]),
    ):
        with (root / "shop" / name).open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file, delimiter=delimiter).writerows([header, *rows])
    questions = []
    for number in range(20):
        questions += [
            {"question": f"Who is customer {number}?", "sql": f"SELECT name FROM customer WHERE id = {number}"},
            {
                "question": f"How many orders are there since January {number + 1}?",
                "sql": f"SELECT count(*) FROM orders WHERE day >= '2024-01-{number + 1:02}'",
                "evidence": "day is a date",
            },
        ]
    small_data.write(root / "questions.jsonl", [{"db": "shop", **question} for question in questions])
    return root


@pytest.fixture(scope="module")
def trained(smollm2, tmp_path_factory) -> Trained:
    cwd = tmp_path_factory.mktemp("own")
    root = shop(cwd / "my_data")
    where = ("demo", "--outputs", "outputs", "--run", "mine", "--data.root", "my_data")
    done = run("train_sft.py", *where, *EXACT, *SFT, cwd=cwd)
    return Trained(root, cwd / "outputs" / "mine", cwd, done.stdout)


@pytest.fixture(scope="module")
def evaluated(trained) -> tuple[Trained, str]:
    return trained, trained.evaluate()


@pytest.mark.slow
def test_sft_trains_on_questions_and_tables(trained):
    stage = facts(trained.folder / "sft")
    assert "my_data: your own questions (questions.jsonl)\n" in trained.said
    assert stage["steps"] == 2 and 20 < stage["questions"] < 40 and stage["config"]["data.root"] == "my_data"
    assert (trained.folder / "sft" / "rejected.jsonl").read_text() == ""
    assert (trained.root / ".databases" / "shop.sqlite").is_file()


@pytest.mark.slow
def test_the_evaluation_asks_the_other_questions(evaluated):
    trained, said = evaluated
    folder = trained.folder / "eval" / "sft"
    metrics = json.loads((folder / "metrics.json").read_text())
    content = (trained.root / "questions.jsonl").read_bytes()
    assert metrics["data"]["file"] == "questions.jsonl" and metrics["questions"] == 3
    assert metrics["data"]["sha256"] == hashlib.sha256(content).hexdigest()
    records = [json.loads(line) for line in (folder / "predictions.jsonl").read_text().splitlines()]
    assert not any(record["status"] == "gold_error" for record in records)
    lines = [json.loads(line) for line in content.decode().splitlines()]
    golds = [line.split("\t") for line in (folder / "gold.txt").read_text().splitlines()]
    assert golds == [[lines[record["index"]]["sql"], "shop"] for record in records]
    assert "sft" in said and len((folder / "pred.txt").read_text().splitlines()) == 3


@pytest.mark.slow
def test_the_evaluation_is_that_of_the_file_as_it_is(evaluated):
    trained, _ = evaluated
    assert "sft is evaluated already" in trained.evaluate()
    with (trained.root / "questions.jsonl").open("a") as file:
        file.write(
            json.dumps({"db": "shop", "question": "All?", "sql": "SELECT * FROM customer", "split": "dev"}) + "\n"
        )
    assert "Evaluating sft on 3 questions" in trained.evaluate()


@pytest.mark.slow
def test_the_report_shows_results_of_the_built_database(evaluated):
    trained, _ = evaluated
    run("evaluate.py", "demo", "--outputs", "outputs", "--run", "mine", "--report", cwd=trained.cwd)
    html = (trained.folder / "report.html").read_text(encoding="utf-8")
    assert "no longer" not in html and '"rows":' in html.replace(" ", "")
