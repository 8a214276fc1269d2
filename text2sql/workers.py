"""Processes that judge: what hangs or bursts in one ends that process, which is replaced, and nobody else notices.

A progress handler stops what SQLite steps through, but not one long call inside of it, nor the preparing of a statement
that doubles at every level. So each step of a task runs in a worker under an alarm of the kernel, which ends the
process on time whatever it does, and under limits of memory and of disk space.
"""

from __future__ import annotations

import atexit
import contextlib
import dataclasses
import gc
import itertools
import mmap
import multiprocessing
import os
import resource
import signal
import sqlite3
import struct
import subprocess
import sys
import threading
import time
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import NamedTuple

from text2sql.execute import Result
from text2sql.judge import PARTS, Score, Step, Task, judge

WORKERS = min(8, len(os.sched_getaffinity(0)))
GRACE = 0.5  # seconds after the time limit at which the kernel ends what SQLite itself did not stop
HEAP_BYTES = 256_000_000  # SQLite's own memory in a worker, for sorting and the like
PROCESS_BYTES = 2_000_000_000  # all memory of a worker
SPILL_BYTES = 256_000_000  # a nameless file that SQLite sorts in; sorting in memory alone is a quarter slower
SLICE_SECONDS = 0.02  # after so long a worker hands over what is done of a task; others may share the rest
HOMES = 100_000  # questions whose worker is remembered
PROGRESS = struct.Struct("<II")
SMALL = 8_000  # characters; a socket holds some hundred kilobytes
MOST_STARTS = 5
NO_PREDICTION = 2**32 - 1
START = (
    "import sys; sys.path.insert(0, sys.argv[1]); from text2sql import workers; workers.serve(*map(int, sys.argv[2:]))"
)


def serve(channel: int, progress: int) -> None:
    """A worker's life: a task in, its scores out, until the other side is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that waits
    signal.signal(signal.SIGALRM, signal.SIG_DFL)  # ends this one
    _bound_this_process()
    connection, watch = Connection(channel), _Watch(mmap.mmap(progress, mmap.PAGESIZE))
    gc.freeze()
    while True:
        try:
            task = connection.recv()
        except EOFError:
            return
        _answer(connection, task, watch)


def _bound_this_process() -> None:
    sqlite3.connect(":memory:").execute(f"PRAGMA hard_heap_limit = {HEAP_BYTES}")
    resource.setrlimit(resource.RLIMIT_AS, (PROCESS_BYTES, PROCESS_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (SPILL_BYTES, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


class _Watch:
    """Notes where the other side sees it which step is under way, and sets the kernel's alarm for it."""

    def __init__(self, page: mmap.mmap) -> None:
        self.page, self.seconds, self.place = page, 0.0, 0

    def __call__(self, part: str, prediction: str) -> None:
        PROGRESS.pack_into(self.page, 0, 1 + PARTS.index(part), self.place if prediction else NO_PREDICTION)
        signal.setitimer(signal.ITIMER_REAL, self.seconds)

    def rest(self) -> None:
        signal.setitimer(signal.ITIMER_REAL, 0)
        PROGRESS.pack_into(self.page, 0, 0, 0)


def _answer(connection: Connection, task: Task, watch: _Watch) -> None:
    """Send the scores of the task, or after a while of its first predictions only; what is left comes again."""
    watch.seconds, watch.place = min(task.limits.seconds, 1e6) + GRACE, 0
    scores: list[Score] = []
    end = time.monotonic() + SLICE_SECONDS
    for score in judge(task, watch):
        scores.append(score)
        watch.place += 1
        if time.monotonic() > end:
            break
    watch.rest()
    connection.send(scores)


class _Worker:
    """The other side of one process."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.progress = os.memfd_create("text2sql")
        os.truncate(self.progress, mmap.PAGESIZE)
        self.page = mmap.mmap(self.progress, mmap.PAGESIZE)
        self.connection, theirs = multiprocessing.Pipe()
        root = str(Path(__file__).resolve().parents[1])
        self.process = subprocess.Popen(
            # Isolated and without site-packages: only the standard library is needed, and it starts in half the time.
            [sys.executable or "python3", "-I", "-S", "-c", START, root, str(theirs.fileno()), str(self.progress)],
            pass_fds=(theirs.fileno(), self.progress),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            cwd="/",
        )
        theirs.close()

    def step(self, task: Task) -> Step | None:
        """What it did last, while it judged the task; None if it did nothing yet."""
        part, place = PROGRESS.unpack_from(self.page, 0)
        if part == 0:
            return None
        return PARTS[part - 1], "" if place == NO_PREDICTION else task.predictions[place]

    def end(self) -> int:
        """End the process, if it hasn't ended by itself, and free all that it holds; its return code."""
        self.process.kill()
        code = self.process.wait()
        self.forget()
        return code

    def forget(self) -> None:
        """Free what this side holds."""
        self.connection.close()
        self.page.close()
        os.close(self.progress)


class _Job:
    """A task on its way through the workers, in one portion or more."""

    def __init__(self, task: Task, place: int) -> None:
        self.task, self.place, self.deaths = task, place, Counter()
        self.scores: dict[str, Score] = {}

    def is_done(self) -> bool:
        """Whether each prediction is judged; they are different ones."""
        return len(self.scores) == len(self.task.predictions)

    def result(self) -> tuple[int, list[Score]]:
        """The task's place, and the scores of its predictions."""
        return self.place, [self.scores[prediction] for prediction in self.task.predictions]

    def blame(self, step: Step | None, code: int) -> None:
        """The step that ended a process is over, or tried once more. RuntimeError when no process gets to any step."""
        self.deaths[step] += 1
        if step is None:
            if self.deaths[step] > MOST_STARTS:
                raise RuntimeError(f"scoring: {MOST_STARTS} workers ended before they could begin ({_cause(code)})")
            return
        if code == -signal.SIGALRM:
            found = Result("timeout", error=f"stopped after {self.task.limits.seconds:g} s, inside of one call")
        elif self.deaths[step] > 1:
            found = Result("invalid", error=f"it ends the process that runs it ({_cause(code)})")
        else:
            return  # it may not be at fault
        self.task = dataclasses.replace(self.task, stopped={**self.task.stopped, step: found})


class _Portion(NamedTuple):
    """Predictions of a job that one worker judges."""

    job: _Job
    predictions: tuple[str, ...]

    def task(self) -> Task:
        return dataclasses.replace(self.job.task, predictions=self.predictions)

    def is_small(self) -> bool:
        """Whether sending it can't block while the worker sends its scores."""
        return sum(map(len, self.predictions)) + len(self.job.task.gold) < SMALL


def _cause(code: int) -> str:
    return f"exit code {code}" if code >= 0 else signal.Signals(-code).name


class Pool:
    """Workers that outlive one batch; used by any number of threads, each batch by the workers that are idle."""

    def __init__(self) -> None:
        self.workers: set[_Worker] = set()
        self.idle: list[_Worker] = []
        self.changed = threading.Condition()
        self.homes: dict[int, int] = {}  # fingerprint of a question -> number of the worker that knows its gold

    def run(self, tasks: Sequence[Task], workers: int = WORKERS) -> list[list[Score]]:
        """The scores of each task, in order, by at most so many workers at a time."""
        found = dict(self.each(tasks, workers))
        return [found[place] for place in range(len(tasks))]

    def each(self, tasks: Sequence[Task], workers: int = WORKERS) -> Iterator[tuple[int, list[Score]]]:
        """The place of each task and its scores, in the order in which they are done."""
        if not tasks:
            return
        wanted = min(workers, sum(len(task.predictions) for task in tasks))
        shift = _Shift(self, self._take(wanted, workers, tasks[0]), tasks)
        try:
            yield from shift.each()
        finally:
            self._give_back(shift)

    def _take(self, wanted: int, most: int, first: Task) -> list[_Worker]:
        """Idle workers, and new ones while there are fewer than `most`; waits until there is one."""
        with self.changed:
            self.changed.wait_for(lambda: self.idle or len(self.workers) < most)
            home = self.homes.get(first.fingerprint())
            self.idle.sort(key=lambda worker: worker.number == home)
            crew = [self.idle.pop() for _ in range(min(wanted, len(self.idle)))]
            while len(crew) < wanted and len(self.workers) < most:
                try:
                    crew.append(self._hire(self._free_number()))
                except OSError:  # no more processes or descriptors: those that there are have to do
                    if not crew:
                        raise
                    break
            return crew

    def _free_number(self) -> int:
        taken = {worker.number for worker in self.workers}
        return next(number for number in itertools.count() if number not in taken)

    def _hire(self, number: int) -> _Worker:
        worker = _Worker(number)
        self.workers.add(worker)
        return worker

    def replace(self, worker: _Worker) -> tuple[int, _Worker]:
        """End a worker; its return code, and a new one in its place."""
        code = self._dismiss(worker)
        with self.changed:
            return code, self._hire(worker.number)

    def _dismiss(self, worker: _Worker) -> int:
        with self.changed:
            self.workers.discard(worker)
            self.changed.notify_all()
        return worker.end()

    def remember(self, task: Task, worker: _Worker) -> None:
        """The worker knows the task's gold from now on."""
        if len(self.homes) >= HOMES:
            self.homes.clear()
        self.homes[task.fingerprint()] = worker.number

    def _give_back(self, shift: _Shift) -> None:
        """What is at work when an exception ends a shift would answer the next one, so it is ended."""
        for connection in shift.busy():
            self._dismiss(shift.crew.pop(connection))
        with self.changed:
            self.idle += shift.crew.values()
            self.changed.notify_all()

    def close(self) -> None:
        """End all workers."""
        for worker in list(self.workers):
            self._dismiss(worker)
        self.idle.clear()


class _Shift:
    """One batch: each worker takes the questions whose golds it knows, then new ones, then those of the others.

    A worker has the next portion at hand when it answers one, so that it never waits for this side. A question that
    takes long comes back in part, and what is left of it is shared with a worker that has nothing to do.
    """

    def __init__(self, pool: Pool, crew: list[_Worker], tasks: Sequence[Task]) -> None:
        self.pool = pool
        self.crew = {worker.connection: worker for worker in crew}
        self.at_hand: dict[Connection, deque[_Portion]] = {connection: deque() for connection in self.crew}
        self.done: deque[_Job] = deque()
        self.queues: dict[int | None, deque[_Portion]] = {name: deque() for name in [*(w.number for w in crew), None]}
        for place, task in enumerate(tasks):
            home = pool.homes.get(task.fingerprint())
            self.queues[home if home in self.queues else None].append(_Portion(_Job(task, place), task.predictions))

    def each(self) -> Iterator[tuple[int, list[Score]]]:
        """What is done is handed over only while no worker has something to say: one that waits does nothing."""
        self._assign()
        while (busy := self.busy()) or self.done:
            for connection in wait(busy, timeout=0 if self.done else None):
                self._receive(connection)
            self._assign()
            if self.done:
                yield self.done.popleft().result()

    def busy(self) -> list[Connection]:
        return [connection for connection, portions in self.at_hand.items() if portions]

    def _assign(self) -> None:
        """Give each worker a portion while there is one, then a second one to have at hand."""
        for depth in (0, 1):
            for connection, portions in self.at_hand.items():
                queue = self._queue(self.crew[connection].number)
                if len(portions) == depth and queue and (depth == 0 or queue[0].is_small()):
                    self._send(connection, queue.popleft())

    def _queue(self, number: int) -> deque[_Portion]:
        return self.queues[number] or self.queues[None] or max(self.queues.values(), key=len)

    def _send(self, connection: Connection, portion: _Portion) -> None:
        self.at_hand[connection].append(portion)
        self.pool.remember(portion.job.task, self.crew[connection])
        with contextlib.suppress(OSError):  # one that was ended while it was idle is found out when it should answer
            connection.send(portion.task())

    def _receive(self, connection: Connection) -> None:
        try:
            scores = connection.recv()
        except (EOFError, OSError):
            self._replace(connection)
            return
        portion = self.at_hand[connection].popleft()
        portion.job.scores.update(zip(portion.predictions, scores, strict=False))
        if portion.job.is_done():
            self.done.append(portion.job)
        self._requeue(self.crew[connection].number, portion, len(scores))

    def _requeue(self, number: int, portion: _Portion, done: int) -> None:
        """What is left of a portion comes next, half of it elsewhere if a worker has nothing to do."""
        left = portion.predictions[done:]
        idle = len(self.busy()) < len(self.crew) - 1 and not any(self.queues.values())
        middle = (len(left) + 1) // 2 if idle else len(left)
        for queue, part in ((None, left[middle:]), (number, left[:middle])):
            if part:
                self.queues[queue].appendleft(_Portion(portion.job, part))

    def _replace(self, connection: Connection) -> None:
        """A new worker where one ended; what it had at hand is tried again."""
        worker, portions = self.crew.pop(connection), self.at_hand.pop(connection)
        step = worker.step(portions[0].task())
        code, successor = self.pool.replace(worker)
        self.crew[successor.connection], self.at_hand[successor.connection] = successor, deque()
        self.queues[successor.number].extendleft(reversed(portions))
        portions[0].job.blame(step, code)


pool = Pool()


def _forget_in_child() -> None:
    """A forked process must not talk to its parent's workers, nor keep them alive."""
    global pool
    for worker in pool.workers:
        worker.forget()
    pool = Pool()


os.register_at_fork(after_in_child=_forget_in_child)
atexit.register(lambda: pool.close())
