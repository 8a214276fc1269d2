"""Scores of many questions -> figures: accuracies with intervals, pass@k, majority voting, efficiency.

A record is one line of predictions.jsonl as a dict, or a `text2sql.score.Score`, which knows neither hardness nor
database. Every share is of all questions, so an answer that did not run counts as wrong.
"""

from __future__ import annotations

import contextlib
import dataclasses
import gc
import math
import statistics
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from text2sql.errors import UserError
from text2sql.execute import DEFAULT_LIMITS, Limits, run
from text2sql.judge import VALID
from text2sql.result_key import EMPTY_KEY
from text2sql.score import Score
from text2sql.screen import counted

Record = Mapping[str, Any]

Z = 1.959963984540054  # 97.5% of the normal distribution lie below
RAN = ("ok", *VALID)
"""Statuses of what gave a result: a Result's, and a Score's."""
UNKNOWN = "unknown"  # the hardness of a gold that the official grammar doesn't know
HARDNESS = ("easy", "medium", "hard", "extra")
OUTLIER = 3  # standard deviations from the mean, beyond which BIRD drops a repetition


# --- figures of one answer a question -------------------------------------------------------------------------------
def figures(records: Iterable[Record | Score]) -> dict[str, Any]:
    """The figures of one evaluation, ready for JSON; raises UserError where there is no question.

    execution_accuracy is the official EX, strict_execution_accuracy the same with DISTINCT kept, strict_gap the first
    minus the second. exact_match_accuracy is the official EM over the exact_match_questions for which it is known, else
    None. mean_f1 counts a match as 1 and what did not run as 0. `intervals` has a 95% interval for each share.
    """
    views = list(map(view, records))
    if not views:
        raise UserError("predictions: there is no question in them; evaluate some (--eval.limit 0 takes all)")
    known = [record for record in views if record.get("exact_match") is not None]
    shares = {
        "execution_accuracy": _share(views, lambda record: record["execution_match"]),
        "strict_execution_accuracy": _share(views, lambda record: record["strict_match"]),
        "exact_match_accuracy": _share(known, lambda record: record["exact_match"]),
        "valid_sql": _share(views, lambda record: record["status"] in VALID),
    }
    statuses = Counter(record["status"] for record in views)
    classes = Counter(filter(None, (record.get("error_class") for record in views)))
    return {
        "questions": len(views),
        **{name: share["share"] for name, share in shares.items()},
        "strict_gap": shares["execution_accuracy"]["share"] - shares["strict_execution_accuracy"]["share"],
        "exact_match_questions": len(known),
        "mean_f1": math.fsum(record["f1"] for record in views) / len(views),
        "timeouts": statuses["timeout"],
        "statuses": dict(sorted(statuses.items())),
        "intervals": {name: share["interval"] for name, share in shares.items() if share["interval"]},
        "by_hardness": _by(views, "hardness", HARDNESS),
        "by_database": _by(views, "db_id"),
        "error_classes": dict(sorted(classes.items(), key=lambda pair: (-pair[1], pair[0]))),
    }


def view(record: Record | Score) -> Record:
    """A Score under the names that a record has; a record as it is."""
    if not isinstance(record, Score):
        return record
    fields = {field.name: getattr(record, field.name) for field in dataclasses.fields(record)}
    return {**fields, "execution_match": record.official, "strict_match": record.strict}


def _share(records: Sequence[Record], holds: Callable[[Record], Any]) -> dict[str, Any]:
    """The share of records for which something holds, with its interval; None for both where there are none."""
    right = sum(bool(holds(record)) for record in records)
    if not records:
        return {"share": None, "interval": None}
    return {"share": right / len(records), "interval": list(wilson(right, len(records)))}


def _by(records: Sequence[Record], field: str, first: Sequence[str] = ()) -> dict[str, dict[str, Any]]:
    """Each value of a field -> its questions with EX and strict EX; `first` come first, the others by name."""
    groups: dict[str, list[Record]] = {}
    for record in records:
        if field in record:
            groups.setdefault(record[field] or UNKNOWN, []).append(record)
    order = sorted(groups, key=lambda name: (first.index(name) if name in first else len(first), name))
    return {name: _group(groups[name]) for name in order}


def _group(records: Sequence[Record]) -> dict[str, Any]:
    official = _share(records, lambda record: record["execution_match"])
    known = [record for record in records if record.get("exact_match") is not None]
    return {
        "questions": len(records),
        "execution_accuracy": official["share"],
        "strict_execution_accuracy": _share(records, lambda record: record["strict_match"])["share"],
        "exact_match_accuracy": _share(known, lambda record: record["exact_match"])["share"],
        "interval": official["interval"],
    }


def wilson(right: int, count: int) -> tuple[float, float]:
    """The 95% score interval of a share, `right` of `count` (Wilson, JASA 22, 1927): inside [0, 1], and never empty.

    (0, 1) where nothing was counted. Raises ValueError for counts that can't be.
    """
    if not 0 <= right <= count:
        raise ValueError(f"{right} of {count} is no share")
    if count == 0:
        return 0.0, 1.0
    share, square = right / count, Z * Z / count
    centre = (share + square / 2) / (1 + square)
    half = math.sqrt(share * (1 - share) * square + square * square / 4) / (1 + square)
    low = 0.0 if right == 0 else min(centre - half, share)
    return low, 1.0 if right == count else max(centre + half, share)


# --- several answers a question -------------------------------------------------------------------------------------
class Sample(NamedTuple):
    """One of several answers to a question."""

    key: Hashable
    """Equal for equal results: `result_key`; of no account where it did not run."""
    status: str
    """A Result's or a Score's. Whether it is right is not looked at: `match` and `wrong` both ran."""
    logprob: float | None = 0.0
    """Mean log-probability of its tokens."""


def sampled_figures(samples: Sequence[Sequence[Sample]], rights: Sequence[Sequence[bool]]) -> dict[str, Any]:
    """The figures of several answers a question, ready for JSON; `rights` says of each sample whether it is right.

    pass_at_k, vote_accuracy (the voted sample is right) and oracle_recall, the last two with 95% intervals.
    """
    if not samples:
        raise UserError("samples: there is no question in them; evaluate some (--eval.limit 0 takes all)")
    voted = sum(right[vote(sampled)] for sampled, right in zip(samples, rights, strict=True))
    recalled = sum(map(any, rights))
    return {
        "questions": len(samples),
        "samples": min(map(len, samples)),
        "pass_at_k": {str(k): share for k, share in pass_at(rights).items()},
        "vote_accuracy": voted / len(samples),
        "oracle_recall": oracle_recall(rights),
        "intervals": {
            "vote_accuracy": list(wilson(voted, len(samples))),
            "oracle_recall": list(wilson(recalled, len(samples))),
        },
    }


def pass_at_k(samples: int, right: int, k: int) -> float:
    """The chance that one of `k` samples is right, where `right` of `samples` are: the unbiased estimator
    1 - C(n - c, k) / C(n, k) of Chen et al. (2021, arXiv 2107.03374), in exact integers until the division.

    Raises ValueError for counts that can't be.
    """
    if not (0 <= right <= samples and 1 <= k <= samples):
        raise ValueError(f"pass@{k} of {right} right in {samples} samples is not defined")
    return 1 - math.comb(samples - right, k) / math.comb(samples, k)


def pass_at(rights: Sequence[Sequence[bool]]) -> dict[int, float]:
    """k -> mean pass@k over the questions, for k = 1, 2, 4, ... and the number of samples (the fewest of a question).

    For each question, `rights` says of each sample whether it is right. The last one is `oracle_recall` where all
    questions have as many samples.
    """
    fewest = min(map(len, rights))
    ks = [1 << power for power in range(fewest.bit_length()) if 1 << power < fewest] + [fewest]
    return {k: math.fsum(pass_at_k(len(right), sum(right), k) for right in rights) / len(rights) for k in ks}


def oracle_recall(rights: Sequence[Sequence[bool]]) -> float:
    """The share of questions with at least one right sample: what the best possible choice would reach."""
    return sum(map(any, rights)) / len(rights)


def vote(samples: Sequence[Sample]) -> int:
    """The index of the sample that the majority of equal results elects (Wang et al. 2022, arXiv 2203.11171).

    What failed has no vote, and an empty result votes only where no sample has rows. Groups of the same size are told
    apart by the mean of their log-probabilities, then by which comes first; the chosen sample is its group's most
    probable. Where all failed, it is the most probable of all. Raises ValueError where there is no sample.
    """
    if not samples:
        raise ValueError("no sample to choose from")
    ran = [place for place, sample in enumerate(samples) if sample.status in RAN]
    voters = [place for place in ran if samples[place].key != EMPTY_KEY] or ran
    if not voters:
        return _likeliest(samples, range(len(samples)))
    groups: dict[Hashable, list[int]] = {}
    for place in voters:
        groups.setdefault(samples[place].key, []).append(place)
    return _likeliest(samples, max(groups.values(), key=lambda group: (len(group), _mean(samples, group), -group[0])))


def _likeliest(samples: Sequence[Sample], places: Iterable[int]) -> int:
    """The first of the most probable."""
    return max(places, key=lambda place: _logprob(samples[place]))


def _mean(samples: Sequence[Sample], places: Sequence[int]) -> float:
    return math.fsum(_logprob(samples[place]) for place in places) / len(places)


def _logprob(sample: Sample) -> float:
    """Unknown is the least probable."""
    return -math.inf if sample.logprob is None or math.isnan(sample.logprob) else sample.logprob


# --- efficiency -----------------------------------------------------------------------------------------------------
class Times(NamedTuple):
    """Seconds of a gold and of a right prediction, repetition by repetition."""

    gold: Sequence[float]
    prediction: Sequence[float]


def ves(times: Sequence[Times | None]) -> dict[str, Any]:
    """The valid efficiency score of BIRD (arXiv 2305.03111): the mean over all questions of sqrt(gold / prediction),
    0 for a question without times, because its answer is wrong. 1 is as fast as the gold; BIRD writes it times 100.

    As in BIRD's evaluation_ves.py (https://github.com/bird-bench/mini_dev) the ratio of a question is the mean over its
    repetitions, without those beyond 3 standard deviations (which takes at least 11 repetitions); noise makes it
    larger, as a mean of ratios is. Right is the official verdict here, where BIRD compares results as sets.

    The standard deviation is that of the score of a single repetition, the questions' times being independent, and the
    standard error what is left of it in the mean of all repetitions. The interval is for other questions of this kind:
    1.96 standard errors of the mean over the questions, most of which is whether they are right.
    """
    if not times:
        raise UserError("times: there is no question in them; evaluate some (--eval.limit 0 takes all)")
    ratios = [None if pair is None else _kept(_ratios(pair)) for pair in times]
    scores = [0.0 if kept is None else math.sqrt(statistics.fmean(kept)) for kept in ratios]
    several = [kept for kept in ratios if kept and len(kept) > 1]
    variances = [statistics.variance(map(math.sqrt, kept)) for kept in several]
    errors = [variance / len(kept) for variance, kept in zip(variances, several, strict=True)]
    mean, margin = math.fsum(scores) / len(scores), Z * statistics.pstdev(scores) / math.sqrt(max(1, len(scores) - 1))
    return {
        "ves": mean,
        "ves_standard_deviation": math.sqrt(math.fsum(variances)) / len(times),
        "ves_standard_error": math.sqrt(math.fsum(errors)) / len(times),
        "ves_interval": [max(0.0, mean - margin), mean + margin],
        "ves_timed_questions": len(times) - times.count(None),
        "ves_repetitions": min((len(pair.gold) for pair in times if pair is not None), default=0),
    }


def ves_text(figures: Mapping[str, Any]) -> str:
    """The efficiency on one line, with what is uncertain about it."""
    low, high = figures["ves_interval"]
    timed = counted(figures["ves_timed_questions"], "right answer")
    return (
        f"VES {figures['ves']:.3f} (1: as fast as the golds) from {figures['ves_repetitions']} repetitions of {timed}: "
        f"standard error {figures['ves_standard_error']:.4f} of the timing, "
        f"95% interval over the questions {low:.3f} to {high:.3f}"
    )


def _ratios(times: Times) -> list[float]:
    if not times.gold or min(*times.gold, *times.prediction) <= 0:
        raise ValueError("times: each has to be a number of seconds above 0")
    return [gold / prediction for gold, prediction in zip(*times, strict=True)]


def _kept(ratios: list[float]) -> list[float]:
    """Those within three standard deviations of their mean; all where they are equal."""
    mean, deviation = statistics.fmean(ratios), statistics.pstdev(ratios)
    return [ratio for ratio in ratios if abs(ratio - mean) <= OUTLIER * deviation] or ratios


def measure(
    database: Path | str, gold: str, prediction: str, repeats: int = 20, limits: Limits = DEFAULT_LIMITS
) -> Times | None:
    """The times of both, measured in this process; None where one of them doesn't run.

    One run of each goes first, so that neither pays for reading the file; then they take turns, so that what slows the
    machine down meets both. Only for statements that a worker process has already run to their end.
    """
    statements, found = (gold, prediction), ([], [])
    with _without_garbage_collection():
        for repetition in range(-1, repeats):
            for statement, seconds in zip(statements, found, strict=True):
                result = run(database, statement, limits)
                if result.status != "ok":
                    return None
                if repetition >= 0:
                    seconds.append(result.milliseconds / 1000)
    return Times(*found)


@contextlib.contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """As timeit does: a collection would be counted as the time of whichever statement it meets."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
