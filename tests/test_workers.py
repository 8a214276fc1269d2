"""Workers: what no handler can stop is stopped, by the end of one process, and nothing else notices."""

from __future__ import annotations

import asyncio
import hashlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from corpus import LARGER, SCHEMA, Case, create, read
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from text2sql import workers
from text2sql.rewards import score_sql
from text2sql.score import Score, score, score_batch, score_batch_async

ROOT = Path(__file__).parents[1]
GOLD = "SELECT name FROM city"
ENDLESS = "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT count(*) FROM t"
LONG_CALL = "SELECT instr(printf('%.*c', 900000, 'a'), printf('%.*c', 400000, 'a') || 'b')"
"""One call inside SQLite that goes on for many seconds, and asks no progress handler."""


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return create(tmp_path_factory.mktemp("workers") / "city.sqlite", SCHEMA + LARGER)


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch) -> Iterator[workers.Pool]:
    """Workers of this test alone."""
    own = workers.Pool()
    monkeypatch.setattr(workers, "pool", own)
    yield own
    own.close()


def processes(pool: workers.Pool) -> set[int]:
    return {worker.process.pid for worker in pool.workers}


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def statuses(scores: list[Score]) -> list[str]:
    return [found.status for found in scores]


def test_a_call_that_nothing_interrupts_is_ended_on_time(city: Path, pool: workers.Pool) -> None:
    assert score(GOLD, GOLD, city).status == "match"
    before = processes(pool)
    started = time.monotonic()
    found = score(LONG_CALL, GOLD, city, timeout=0.5)
    assert time.monotonic() - started < 3
    assert (found.status, found.f1, found.sql) == ("timeout", 0, LONG_CALL)
    assert "0.5 s" in found.error
    assert score(GOLD, GOLD, city).status == "match"
    assert processes(pool).isdisjoint(before) and not any(map(is_alive, before))


def test_the_neighbours_of_a_hostile_completion_get_their_verdicts(city: Path, pool: workers.Pool) -> None:
    wrong = "SELECT people FROM city"
    items = [(text, GOLD, city) for text in (GOLD, LONG_CALL, wrong, ENDLESS, "SELEC", "", GOLD.lower())]
    expected = ["match", "timeout", "wrong", "timeout", "invalid", "empty", "match"]
    assert statuses(score_batch(items, workers=2, timeout=0.3)) == expected
    assert statuses(score_batch(items[::-1], workers=1, timeout=0.3)) == expected[::-1]


def test_equal_hostile_completions_end_one_process(city: Path, pool: workers.Pool, monkeypatch) -> None:
    ended = []
    replace = pool.replace
    monkeypatch.setattr(pool, "replace", lambda worker: ended.append(worker) or replace(worker))
    found = score_batch([(LONG_CALL, GOLD, city)] * 8, timeout=0.3)
    assert statuses(found) == ["timeout"] * 8 and len(ended) == 1


def test_a_hostile_gold_pays_nobody_and_ends_one_process(city: Path, pool: workers.Pool, monkeypatch) -> None:
    ended = []
    replace = pool.replace
    monkeypatch.setattr(pool, "replace", lambda worker: ended.append(worker) or replace(worker))
    items = [(text, LONG_CALL, city) for text in (GOLD, LONG_CALL, "", "SELECT 2")]
    found = score_batch(items, timeout=0.3)
    assert statuses(found) == ["gold_error", "gold_error", "empty", "gold_error"] and len(ended) == 1
    assert "timeout" in found[0].error


def test_a_hostile_rewriting_costs_only_the_official_verdict(city: Path, pool: workers.Pool) -> None:
    """With DISTINCT taken out, what was short goes on for ever."""
    sql = f"SELECT DISTINCT 1 WHERE 0 OR 1 OR ({LONG_CALL}) AND 'distinct' = 'distinct'"
    found = score(sql, "SELECT 1", city, timeout=0.5)
    assert found.status == "match"


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGSEGV])
def test_a_killed_worker_is_replaced_and_its_work_done_again(city: Path, pool: workers.Pool, number: int) -> None:
    score(GOLD, GOLD, city)
    for pid in processes(pool):
        os.kill(pid, number)
    assert score(GOLD, GOLD, city).status == "match"
    slow = "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t LIMIT 3000000) SELECT max(n) FROM t"
    (victim,) = processes(pool)
    timer = threading.Timer(0.1, os.kill, (victim, number))
    timer.start()
    assert score("SELECT 3000000", slow, city, timeout=20).status == "match"
    timer.join()
    assert victim not in processes(pool)


def test_what_kills_its_worker_twice_is_invalid(city: Path, pool: workers.Pool) -> None:
    def kill() -> None:
        while not done.is_set():
            for pid in processes(pool):
                os.kill(pid, signal.SIGKILL)
            time.sleep(0.7)

    done = threading.Event()
    thread = threading.Thread(target=kill)
    thread.start()
    try:
        found = score(ENDLESS, GOLD, city, timeout=30)
    finally:
        done.set()
        thread.join()
    assert found.status in ("invalid", "gold_error")
    assert "ends the process that runs it (SIGKILL)" in found.error


def test_workers_that_cannot_start_are_said_and_not_tried_for_ever(city: Path, pool: workers.Pool, monkeypatch) -> None:
    monkeypatch.setattr(workers, "START", "raise SystemExit(7)")
    with pytest.raises(RuntimeError, match="before they could begin .exit code 7"):
        score(GOLD, GOLD, city)
    assert score_sql(GOLD, GOLD, city) == 0


def test_where_no_more_processes_start_those_that_there_are_do_the_work(
    city: Path, pool: workers.Pool, monkeypatch
) -> None:
    score(GOLD, GOLD, city)

    def fail(*_: object) -> None:
        raise BlockingIOError("no more processes")

    monkeypatch.setattr(pool, "_hire", fail)
    assert statuses(score_batch([(GOLD, GOLD, city), ("SELECT 1", GOLD, city)], workers=2)) == ["match", "wrong"]
    monkeypatch.setattr(workers, "pool", empty := workers.Pool())
    monkeypatch.setattr(empty, "_hire", fail)
    with pytest.raises(BlockingIOError):
        score(GOLD, GOLD, city)
    assert score_sql(GOLD, GOLD, city) == 0


def test_nothing_goes_on_after_the_answer(city: Path, pool: workers.Pool) -> None:
    items = [(text, GOLD, city) for text in (LONG_CALL, ENDLESS, GOLD)]
    score_batch(items, timeout=0.3)
    time.sleep(0.2)  # the last answer is sent before the process waits again
    before = {pid: cpu_seconds(pid) for pid in processes(pool)}
    threads = threading.active_count()
    time.sleep(0.5)
    assert all(cpu_seconds(pid) - seconds < 0.05 for pid, seconds in before.items())
    assert threads == threading.active_count()
    assert len(before) <= workers.WORKERS


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_ctrl_c_in_a_batch_leaves_the_next_one_right(city: Path, pool: workers.Pool) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    previous = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, 0.3)
    try:
        with pytest.raises(KeyboardInterrupt):
            score_batch([(ENDLESS, GOLD, city), (GOLD, GOLD, city)], timeout=30)
    finally:
        signal.signal(signal.SIGALRM, previous)
    assert statuses(score_batch([("SELECT 1", GOLD, city), (GOLD, GOLD, city)])) == ["wrong", "match"]


def test_threads_share_the_workers(city: Path, pool: workers.Pool) -> None:
    found: dict[int, list[str]] = {}

    def work(number: int) -> None:
        found[number] = [score(GOLD if number % 2 else "SELECT 1", GOLD, city).status for _ in range(20)]

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {number: ["match" if number % 2 else "wrong"] * 20 for number in range(6)}
    assert len(pool.workers) <= workers.WORKERS


def test_the_event_loop_goes_on_while_a_batch_is_scored(city: Path) -> None:
    async def both() -> tuple[list[Score], int]:
        batch = asyncio.create_task(score_batch_async([(ENDLESS, GOLD, city), (GOLD, GOLD, city)], timeout=0.5))
        turns = 0
        while not batch.done():
            await asyncio.sleep(0.01)
            turns += 1
        return batch.result(), turns

    found, turns = asyncio.run(both())
    assert statuses(found) == ["timeout", "match"] and turns > 5


ANSWERS = {GOLD: "match", "SELECT people FROM city": "wrong", "SELECT nothing": "invalid", "": "empty"}


@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(answers=st.lists(st.sampled_from(list(ANSWERS)), max_size=40), count=st.integers(1, 3))
def test_a_batch_is_in_order_whatever_the_workers(city: Path, answers: list[str], count: int) -> None:
    golds = [GOLD, f"{GOLD} WHERE 1", f"{GOLD} WHERE 2"]
    items = [(answer, golds[place % 3], city) for place, answer in enumerate(answers)]
    assert statuses(score_batch(items, workers=count)) == [ANSWERS[answer] for answer in answers]


def test_a_question_that_takes_long_is_shared(city: Path, pool: workers.Pool) -> None:
    """Twelve slow answers to one question keep two workers busy."""
    slow = "WITH RECURSIVE t(n) AS (SELECT {} UNION ALL SELECT n + 1 FROM t LIMIT 400000) SELECT count(*) FROM t"
    found = score_batch([(slow.format(number), "SELECT 400000", city) for number in range(12)], workers=2)
    assert statuses(found) == ["match"] * 12
    spent = [cpu_seconds(pid) for pid in processes(pool)]
    assert len(spent) == 2 and min(spent) > max(spent) / 4


@pytest.mark.parametrize("count", [0, -1])
def test_no_workers_is_refused(city: Path, count: int) -> None:
    with pytest.raises(ValueError, match="workers"):
        score_batch([(GOLD, GOLD, city)], workers=count)


def test_a_forked_process_has_workers_of_its_own(city: Path, pool: workers.Pool) -> None:
    score(GOLD, GOLD, city)
    child = os.fork()
    if child == 0:
        ok = workers.pool is not pool and score(GOLD, GOLD, city).status == "match"
        workers.pool.close()
        os._exit(0 if ok else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert score(GOLD, GOLD, city).status == "match"


ORPHAN = """
import os, sys
from text2sql import workers
from text2sql.score import score
score("SELECT 1", "SELECT 1", sys.argv[1])
print(*[worker.process.pid for worker in workers.pool.workers], flush=True)
{}
"""


@pytest.mark.parametrize("end", ["os.kill(os.getpid(), 9)", "sys.exit(3)", "1 / 0"])
def test_workers_end_with_the_process_that_has_them(city: Path, end: str) -> None:
    command = [sys.executable, "-c", ORPHAN.format(end), str(city)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    pids = [int(word) for word in done.stdout.split()]
    deadline = time.monotonic() + 5
    while any(map(is_alive, pids)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert pids and not any(map(is_alive, pids))


def test_calls_leave_no_descriptor_and_no_memory(city: Path, pool: workers.Pool) -> None:
    def measure() -> tuple[int, float]:
        pids = [os.getpid(), *processes(pool)]
        return len(os.listdir("/proc/self/fd")), sum(resident_megabytes(pid) for pid in pids)

    def many(start: int) -> None:
        for batch in range(20):
            texts = [f"SELECT {number}" for number in range(start + 500 * batch, start + 500 * batch + 500)]
            score_batch([(text, f"SELECT {batch}", city) for text in texts], workers=2)

    many(0)
    before = measure()
    many(100_000)
    after = measure()
    assert after[0] == before[0]
    assert after[1] < before[1] + 20


def resident_megabytes(pid: int) -> float:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


HOSTILE = [case for name in ("hostile_time.sql", "hostile_memory.sql") for case in read(name)]


@pytest.mark.slow
def test_the_hostile_corpus(city: Path, pool: workers.Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    """What would hang or fill the memory: each case has its verdict, in time, and nothing is changed."""
    monkeypatch.chdir(city.parent)
    before = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in city.parent.iterdir()}
    descriptors, own = len(os.listdir("/proc/self/fd")), resident_megabytes(os.getpid())
    wrong = []
    for case in HOSTILE:
        problem = verdict_problem(case, city)
        wrong += [(problem, case)] if problem else []
        if score("SELECT sum(people) FROM city", "SELECT 41", city).status != "match":
            wrong.append(("the next query", case))
    assert not wrong
    assert before == {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in city.parent.iterdir()}
    assert len(os.listdir("/proc/self/fd")) <= descriptors + 4 * workers.WORKERS
    assert resident_megabytes(os.getpid()) < own + 100


def verdict_problem(case: Case, city: Path) -> str:
    """What is wrong with the verdict on a case, or ""; the limit of 1 s, and some more for a busy disk."""
    started = time.monotonic()
    found = score(case.sql, "SELECT 1", city, timeout=1)
    seconds = time.monotonic() - started
    status = {"match": "ok", "wrong": "ok", "empty": "invalid"}.get(found.status, found.status)
    if not case.expects(status):
        return f"{status}: {found.error}"
    killed = "inside of one call" in found.error
    if case.words not in found.error and not killed and found.status != "empty":
        return f"error {found.error!r}"
    return f"{seconds:.1f} s" if seconds > 1 + workers.GRACE + 8 else ""
