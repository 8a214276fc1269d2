"""Check the golds of a data set, train and dev.

What fails, returns nothing, is slow, or changes with the order of rows; what occurs twice, and what training shares
with the evaluation.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from text2sql.compare import equal
from text2sql.data import Example, load, recognise
from text2sql.execute import Limits, run
from text2sql.judge import Score
from text2sql.rewrite import orders_rows, plain
from text2sql.score import score_batch
from text2sql.screen import cut

SLOW_MILLISECONDS = 1_000
WIDTH = 160  # of what is said about one gold, in characters

KINDS = {
    "failing": "the gold does not run, so nobody can match it",
    "empty": "the gold returns no rows, so any empty result is equal to it",
    "slow": "the gold runs for over a second",
    "unstable": "the gold gives another result when SQLite reads its tables backwards, as where a LIMIT takes any rows",
    "volatile": "the gold asks for chance or for the time",
    "duplicate": "the same question with the same gold on the same database stands further up",
    "leak": "the question or the gold stands in the training questions, on the same database",
}


@dataclass(frozen=True)
class Problem:
    """One finding about one gold."""

    kind: str
    """One of KINDS."""
    split: str
    example: Example
    detail: str


@dataclass(frozen=True)
class GoldCheck:
    """What was found in a data set."""

    golds: dict[str, int]
    """Split -> golds in it."""
    problems: list[Problem]
    execution_accuracy: float
    """Share of golds that match themselves, of those that run: 1.0, or the evaluation itself is at fault."""
    shared_databases: list[str]
    """Databases that both splits ask about."""

    def counts(self) -> Counter:
        """(split, kind) -> how many."""
        return Counter((problem.split, problem.kind) for problem in self.problems)


def check(root: Path, *, timeout: float) -> GoldCheck:
    """Run every gold of a data set, in the splits that it has, each for at most `timeout` seconds.

    Raises UserError as `text2sql.data.load` does.
    """
    splits = {split: load(root, split) for split in recognise(root).splits()}
    problems, matching, running = [], 0, 0
    for split, examples in splits.items():
        scores = score_batch([(it.gold, it.gold, it.database) for it in examples], timeout=timeout, keep_empty=True)
        running += sum(found.status != "gold_error" for found in scores)
        matching += sum(found.status == "match" for found in scores)
        problems += _of_execution(split, examples, scores, timeout)
        problems += _of_text(split, examples)
    train, dev = splits.get("train", []), splits.get("dev", [])
    problems += _leaks(train, dev)
    shared = {example.db_id for example in train} & {example.db_id for example in dev}
    golds = {split: len(examples) for split, examples in splits.items()}
    return GoldCheck(golds, problems, matching / running if running else 0.0, sorted(shared))


def _of_execution(
    split: str, examples: Sequence[Example], scores: Sequence[Score], timeout: float
) -> Iterator[Problem]:
    backwards = {}
    for example, found in zip(examples, scores, strict=True):
        if found.status == "gold_error":
            yield Problem("failing", split, example, found.error.partition(": ")[2])
            continue
        if not found.rows:
            yield Problem("empty", split, example, "")
        if found.milliseconds > SLOW_MILLISECONDS:
            yield Problem("slow", split, example, f"{found.milliseconds:.0f} ms")
        if found.volatile:
            yield Problem("volatile", split, example, "")
            continue
        key = example.database, example.gold
        if key not in backwards:
            backwards[key] = _changes_backwards(example, timeout)
        if backwards[key]:
            yield Problem("unstable", split, example, "")


def _changes_backwards(example: Example, timeout: float) -> bool:
    """Whether the gold's result is another one when SQLite reads unordered tables from their ends.

    Only golds that ran in a worker come here, so none hangs.
    """
    limits = Limits(seconds=timeout)
    forward, backward = (run(example.database, example.gold, limits, backwards=way) for way in (False, True))
    return backward.status != "ok" or not equal(forward.rows, backward.rows, ordered=orders_rows(example.gold))


def _of_text(split: str, examples: Iterable[Example]) -> Iterator[Problem]:
    first: dict[tuple[str, str, str], Example] = {}
    for example in examples:
        key = example.db_id, _spoken(example.question), plain(example.gold)
        if key in first:
            yield Problem("duplicate", split, example, f"as {first[key].place()}")
        first.setdefault(key, example)


def _leaks(train: Sequence[Example], dev: Sequence[Example]) -> Iterator[Problem]:
    questions = {(example.db_id, _spoken(example.question)): example for example in reversed(train)}
    golds = {(example.db_id, plain(example.gold)): example for example in reversed(train)}
    for example in dev:
        asked = questions.get((example.db_id, _spoken(example.question)))
        answered = golds.get((example.db_id, plain(example.gold)))
        if asked or answered:
            what, other = ("the question", asked) if asked else ("the gold", answered)
            yield Problem("leak", "dev", example, f"{what} is that of {other.place()}")


def _spoken(question: str) -> str:
    """A question without what nobody hears: capitals, blanks and the mark at its end."""
    return " ".join(question.lower().split()).rstrip(" ?.!")


def lines(found: GoldCheck) -> Iterator[dict[str, str | int]]:
    """Each problem as a line of JSON Lines has it."""
    for problem in found.problems:
        example = {**vars(problem.example), "database": str(problem.example.database)}
        yield {"kind": problem.kind, "split": problem.split, "detail": problem.detail, **example}


def text(found: GoldCheck, most: int = 1) -> str:
    """What a person reads: how many of what, and the first `most` of each."""
    counts = found.counts()
    head = ", ".join(f"{split} {number:,}" for split, number in found.golds.items())
    lines = [f"golds: {head}; {found.execution_accuracy:.1%} of those that run match themselves"]
    shared = ", ".join(found.shared_databases)
    lines += [f"databases in both splits: {shared}"] if shared else []
    for kind, meaning in KINDS.items():
        numbers = ", ".join(f"{split} {counts[split, kind]}" for split in found.golds if counts[split, kind])
        lines += [f"{kind}: {numbers} ({meaning})"] if numbers else []
        first = [problem for problem in found.problems if problem.kind == kind][:most]
        lines += [f"  {problem.example.place()}: {_said(problem)}" for problem in first]
    return "\n".join(lines)


def _said(problem: Problem) -> str:
    """What a person reads of one problem, on one line."""
    return cut(" ".join((problem.detail or problem.example.gold).split()), WIDTH)
