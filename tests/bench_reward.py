"""How fast rewards are, against what others do and against SQLite's own time: `make bench-reward`.

Not a test: it times, prints ratios of one run, and says which goals are met. The batch is a step of GRPO: 64 questions
with 8 completions each. Where the official verdicts are at hand these are the answers of eight published
systems to 64 dev questions of Spider, else the demo's golds and wrong variants of them.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import random
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from unittest import mock

REPO = Path(__file__).parents[1]
sys.path.insert(0, str(REPO))

from text2sql import data, execute, judge, score, workers  # noqa: E402

SHARED = REPO.parent / "shared"
SYSTEMS = (
    *("dailsql_gpt4", "graphix_damo", "c3_chatgpt", "codes_1b"),
    *("codes_3b", "dinsql_gpt4", "gpt4_zeroshot", "dbgpthub_lora"),
)
QUESTIONS, COMPLETIONS, ROUNDS = 64, 8, 7
Item = tuple[str, str, Path]


def published_batch() -> list[Item]:
    """Eight systems' answers to questions spread evenly over dev.json."""
    files = [SHARED / "official_verdicts" / f"{name}.jsonl" for name in SYSTEMS]
    answers = [[json.loads(line) for line in file.read_text("utf-8").splitlines()] for file in files]
    places = [int((number + 0.5) * len(answers[0]) / QUESTIONS) for number in range(QUESTIONS)]
    databases = SHARED / "spider_data" / "database"
    return [
        (line["pred"], line["gold"], databases / line["db_id"] / f"{line['db_id']}.sqlite")
        for place in places
        for line in (system[place] for system in answers)
    ]


def demo_batch() -> list[Item]:
    """Golds of the demo's dev questions: right ones, in another spelling, broken ones, and other questions' golds."""
    chance = random.Random(0)
    examples = data.sample(data.load(REPO / "spider_data" / "demo", "dev"), QUESTIONS, 0)
    items = []
    for example in examples:
        others = [other.gold for other in examples if other.database == example.database]
        answers = [example.gold] * 2 + [example.gold.lower().replace("select", "SELECT"), example.gold + " LIMIT 1"]
        answers += [example.gold.replace("FROM", "FRM"), "", *chance.choices(others, k=2)]
        items += [(answer, example.gold, example.database) for answer in answers]
    return items


def seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def naive(items: list[Item]) -> None:
    """What the usual reward function does: connect, run both, fetch all, compare sets."""
    for prediction, gold, database in items:
        with contextlib.closing(sqlite3.connect(database)) as connection:
            connection.text_factory = lambda raw: raw.decode(errors="ignore")
            with contextlib.suppress(sqlite3.Error, sqlite3.Warning):
                found = set(connection.execute(prediction).fetchall())
                _ = found == set(connection.execute(gold).fetchall())


class Floor:
    """SQLite alone: each distinct statement stepped once in C, on kept connections, without rows for Python."""

    def __init__(self, items: list[Item]) -> None:
        self.sqlite = _library()
        self.statements = list(dict.fromkeys((str(db), sql) for item in items for sql, db in _statements(item) if sql))
        self.handles = {database: self._open(database) for database, _ in self.statements}

    def _open(self, database: str) -> ctypes.c_void_p:
        handle = ctypes.c_void_p()
        code = self.sqlite.sqlite3_open_v2(database.encode(), ctypes.byref(handle), 1, None)  # 1: read-only
        assert code == 0, database
        return handle

    def __call__(self) -> None:
        for database, sql in self.statements:
            self.sqlite.sqlite3_exec(self.handles[database], sql.encode(), None, None, None)


def _statements(item: Item) -> list[tuple[str, Path]]:
    prediction, gold, database = item
    return [(prediction, database), (gold, database)]


def _library() -> ctypes.CDLL:
    """The very SQLite that Python's sqlite3 uses."""
    import _sqlite3

    with contextlib.suppress(AttributeError):
        library = ctypes.CDLL(_sqlite3.__file__)
        library.sqlite3_exec  # noqa: B018
        return library
    return ctypes.CDLL("libsqlite3.so.0")


def warm_pool(items: list[Item], count: int) -> workers.Pool:
    """Workers that have started and opened the databases, and know no gold of the batch."""
    pool = workers.Pool()
    others = [("SELECT 1", f"SELECT {number}", database) for *_, database in items for number in range(2 * count)]
    run(pool, list(dict.fromkeys(others)), count)
    pool.homes.clear()
    return pool


def run(pool: workers.Pool, items: list[Item], count: int) -> list[score.Score]:
    with mock.patch.object(workers, "pool", pool):
        return score.score_batch(items, workers=count)


def epochs(items: list[Item], count: int) -> tuple[float, float]:
    """Seconds of a batch with golds that are new, and of the same batch with golds that are known."""
    pool = warm_pool(items, count)
    try:
        return seconds(lambda: run(pool, items, count)), seconds(lambda: run(pool, items, count))
    finally:
        pool.close()


def throughput(items: list[Item]) -> dict[str, float]:
    """Ratios of the medians over interleaved rounds; scored/s of each, for orientation."""
    floor = Floor(items)
    floor()
    times: dict[str, list[float]] = {}
    for _ in range(ROUNDS):
        one, two = epochs(items, 1), epochs(items, 2)
        measured = {"naive": seconds(lambda: naive(items)), "floor": seconds(floor)}
        measured |= {"1 worker": one[0], "1 worker, golds known": one[1]}
        measured |= {"2 workers": two[0], "2 workers, golds known": two[1]}
        for name, value in measured.items():
            times.setdefault(name, []).append(value)
    middle = {name: median(values) for name, values in times.items()}
    print(f"\n{len(items)} scored pairs, {len(floor.statements)} distinct statements, median of {ROUNDS} rounds")
    print(f"{'':<26}{'scored/s':>9}{'of the floor':>14}{'of naive':>10}")
    for name, value in middle.items():
        print(f"{name:<26}{len(items) / value:>9,.0f}{middle['floor'] / value:>14.2f}{middle['naive'] / value:>10.2f}")
    return middle


def both_cores(items: list[Item]) -> float:
    """How much more two processes get done at once than one alone, each stepping the floor's statements."""

    def rounds(processes: int) -> int:
        command = [sys.executable, __file__, "--floor"]
        running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(processes)]
        return sum(int(process.communicate()[0]) for process in running)

    return median(rounds(2) / rounds(1) for _ in range(3))


def step_for_a_while(items: list[Item]) -> None:
    """What each process of `both_cores` does: print how often it got through in some seconds."""
    floor, rounds = Floor(items), 0
    floor()
    end = time.monotonic() + 2
    while time.monotonic() < end:
        floor()
        rounds += 1
    print(rounds)


def reasons(items: list[Item], middle: dict[str, float]) -> None:
    """Why a goal may be missed: what one question takes, what both cores give, and what isn't SQLite's time."""
    questions: dict[tuple, list[Item]] = {}
    for item in items:
        questions.setdefault(item[1:], []).append(item)
    floors = {question: Floor(members) for question, members in questions.items()}
    took = {question: min(seconds(floor) for _ in range(3)) for question, floor in floors.items()}
    heaviest = max(took, key=took.get)
    singles = [Floor([item]) for item in questions[heaviest]]
    slowest = max(min(seconds(floor) for _ in range(3)) for floor in singles)
    print("\nwhy goals are missed, where they are:")
    print(f"- two processes get {both_cores(items):.2f} times as much out of SQLite as one on this machine;")
    print(
        f"- one question takes {took[heaviest] / sum(took.values()):.0%} of SQLite's time, a pair with its gold up to"
        f" {1000 * slowest:.0f} ms, and the gold runs again in each worker that shares it;"
    )
    outside = 1 - middle["floor"] / middle["1 worker"]
    print(
        f"- {max(0, outside):.0%} of one worker's time is over the floor: extraction, comparison, the official verdict."
    )


def latency(items: list[Item]) -> tuple[float, float]:
    """Share of single calls over twice their SQLite time and 1 ms, and the 99th percentile of their overhead in ms."""
    pool = warm_pool(items, 1)
    over, overheads = 0, []
    with mock.patch.object(workers, "pool", pool):
        for item in items:
            score.score(*item)  # the gold is known from now on
            started = time.perf_counter()
            found = score.score(*item)
            passed = 1000 * (time.perf_counter() - started)
            over += passed > 2 * found.milliseconds + 1
            overheads.append(passed - found.milliseconds)
    pool.close()
    return over / len(items), sorted(overheads)[int(0.99 * len(overheads))]


def guards(items: list[Item]) -> None:
    """What each guard costs: the distinct statements in this process with one of them turned off, over all on."""
    statements = Floor(items).statements
    nothing = mock.DEFAULT
    off = {
        "all on": {},
        "authorizer": {"_authorize": nothing},
        "progress handler": {"_watch": nothing},
        "limits": {"_bound": nothing, "_set_lengths": nothing},
        "all three": dict.fromkeys(("_authorize", "_watch", "_bound", "_set_lengths"), nothing),
    }
    times: dict[str, list[float]] = {name: [] for name in off}
    for _ in range(ROUNDS):
        for name, patches in off.items():
            with mock.patch.multiple(execute.Session, **patches) if patches else contextlib.nullcontext():
                execute._sessions.by_path.clear()
                work = lambda: [execute.run(database, sql) for database, sql in statements]  # noqa: E731
                work()
                times[name].append(seconds(work))
    middle = {name: median(values) for name, values in times.items()}
    print("\nguard turned off           time over all on")
    for name, value in middle.items():
        print(f"{name:<26}{value / middle['all on']:>10.3f}")
    execute._sessions.by_path.clear()
    in_process = median(seconds(lambda: in_this_process(items)) for _ in range(ROUNDS))
    pool = warm_pool(items, 1)
    alone = median(_fresh(pool, items) for _ in range(ROUNDS))
    pool.close()
    print(f"{'worker process and alarm':<26}{in_process / alone:>10.3f}   (judged in this process, over 1 worker)")


def _fresh(pool: workers.Pool, items: list[Item]) -> float:
    return seconds(lambda: run(pool, items, 1))


def in_this_process(items: list[Item]) -> None:
    for (gold, database), members in score._places(items).items():
        list(judge.judge(judge.Task(tuple(members), gold, database, execute.DEFAULT_LIMITS)))


def memory(items: list[Item]) -> None:
    pool = warm_pool(items, 2)
    run(pool, items, 2)
    sizes = {worker.process.pid: _resident(worker.process.pid) for worker in pool.workers}
    print(
        f"\nresident memory in MB: this process {_resident(os.getpid()):.0f}, workers "
        + ", ".join(f"{size:.0f}" for size in sizes.values())
    )
    pool.close()


def _resident(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def goal(words: str, value: float, limit: float, *, least: bool = True) -> None:
    met = value >= limit if least else value <= limit
    sign = ">=" if least else "<="
    print(f"{'met   ' if met else 'MISSED'} {words}: {value:.2f} ({sign} {limit:g})")


def main() -> None:
    published = (SHARED / "official_verdicts").is_dir()
    items = published_batch() if published else demo_batch()
    if sys.argv[1:] == ["--floor"]:
        return step_for_a_while(items)
    print(
        f"SQLite {sqlite3.sqlite_version}, {workers.WORKERS} cores, "
        + ("published" if published else "demo")
        + " answers"
    )
    middle = throughput(items)
    print(f"\nshare of the time in SQLite, 1 worker: {middle['floor'] / middle['1 worker']:.2f}")
    memory(items)
    guards(items)
    demo = demo_batch()
    step = median(epochs(demo, 2)[1] for _ in range(ROUNDS))
    over, overhead = latency(items)
    print()
    goal("1 worker, of the floor", middle["floor"] / middle["1 worker"], 0.9)
    goal("2 workers, of the floor", middle["floor"] / middle["2 workers"], 1.6)
    goal("2 workers, of naive", middle["naive"] / middle["2 workers"], 3)
    goal("second epoch over the first, 1 worker", middle["1 worker"] / middle["1 worker, golds known"], 1.15)
    goal(f"a step of {len(demo)} completions of the demo, ms", 1000 * step, 100, least=False)
    goal("calls over twice their SQLite time and 1 ms, %", 100 * over, 1, least=False)
    print(f"99th percentile of what a call adds to its SQLite time: {overhead:.2f} ms")
    reasons(items, middle)


if __name__ == "__main__":
    main()
