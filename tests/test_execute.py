"""The executor: what it runs, refuses and stops, and that nothing it does is left behind."""

import hashlib
import os
import signal
import threading
import time
from pathlib import Path

import pytest
from corpus import LARGER, SCHEMA, Case, create, read

from text2sql.execute import OPEN_DATABASES, Limits, _sessions, run

SHORT = Limits(seconds=20, steps=7_500_000)  # so that a busy machine says the same
ENDLESS = "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT count(*) FROM t"
CASES = [
    case for name in ("execute.sql", "hostile_writes.sql", "hostile_syntax.sql", "honest.sql") for case in read(name)
]


@pytest.fixture
def city(tmp_path: Path) -> Path:
    return create(tmp_path / "city.sqlite")


@pytest.fixture(scope="module")
def larger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return create(tmp_path_factory.mktemp("larger") / "city.sqlite", SCHEMA + LARGER)


def state(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_case(larger: Path, monkeypatch: pytest.MonkeyPatch, case: Case) -> None:
    """The cases that need no worker: what they do, a limit of SQLite or the progress handler ends."""
    monkeypatch.chdir(larger.parent)
    before = state(larger.parent)
    result = run(larger, case.sql, SHORT)
    assert case.expects(result.status) and case.words in result.error, result
    assert bool(result.error) == (result.status != "ok")
    assert state(larger.parent) == before
    assert run(larger, "SELECT count(*), sum(people) FROM city").rows == [(3, 41)]


def test_result_holds_rows_columns_time_and_reads(city: Path) -> None:
    result = run(city, "SELECT Name, AREA AS km2 FROM City AS c WHERE c.people > 5 ORDER BY id")
    assert result.rows == [("Lima", 2672.3), ("Oslo", None)]
    assert result.columns == ("name", "km2") or result.columns == ("Name", "km2")
    assert 0 < result.milliseconds < 1000
    assert result.reads == {("city", "name"), ("city", "area"), ("city", "people"), ("city", "id")}


def test_reads_are_the_same_each_time_and_know_counts_and_views(city: Path) -> None:
    for _ in range(2):
        assert run(city, "SELECT count(*) FROM RIVER").reads == {("river", "")}
    assert ("city", "people") in run(city, "SELECT name FROM small").reads


@pytest.mark.parametrize("seconds", [0.2, 0.5])
def test_wall_time_stops_what_steps_do_not(city: Path, seconds: float) -> None:
    started = time.monotonic()
    result = run(city, ENDLESS, Limits(seconds=seconds, steps=10**12))
    assert result.status == "timeout"
    assert f"{seconds:g} s" in result.error
    assert seconds <= time.monotonic() - started < seconds + 0.5


def test_step_budget_stops_before_the_time_and_depends_on_no_clock(city: Path) -> None:
    small = "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t LIMIT {}) SELECT count(*) FROM t"
    limits = Limits(seconds=60, steps=1_000_000)
    assert run(city, small.format(10_000), limits).status == "ok"
    result = run(city, small.format(10_000_000), limits)
    assert (result.status, result.error) == ("timeout", "stopped after 1,000,000 steps")


def test_caps_are_exact(city: Path) -> None:
    assert run(city, "SELECT id FROM city", Limits(rows=3)).status == "ok"
    assert run(city, "SELECT id FROM city", Limits(rows=2)).status == "invalid"
    assert run(city, "SELECT id, name FROM city", Limits(cells=6)).status == "ok"
    assert run(city, "SELECT id, name FROM city", Limits(cells=5)).status == "invalid"
    assert run(city, "SELECT 'four'", Limits(result_bytes=40)).status == "ok"
    assert run(city, "SELECT 'fives'", Limits(result_bytes=10)).status == "invalid"
    assert run(city, "SELECT 1", Limits(sql_bytes=5)).status == "invalid"


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1 \0",
        "SELECT '\ud800'",
        "SELECT 1" + " " * 1_000_000,
        "SELECT " + "(" * 5000 + "1" + ")" * 5000,
        "SELECT " + " + ".join("1" * 3000),
        "SELECT " + ", ".join("1" * 3000),
        " UNION ALL ".join(["SELECT 1"] * 600),
    ],
    ids=["NUL", "surrogate", "long", "deep", "chain", "wide", "compound"],
)
def test_monsters_are_invalid_with_a_reason(city: Path, sql: str) -> None:
    result = run(city, sql)
    assert result.status == "invalid"
    assert result.error


def test_bytes_that_are_no_text_stay_distinct(tmp_path: Path) -> None:
    database = create(
        tmp_path / "raw.sqlite",
        "CREATE TABLE t (x); INSERT INTO t VALUES (CAST(x'ff' AS TEXT)), (CAST(x'fe' AS TEXT)), (x'ff')",
    )
    one, other, blob = (row[0] for row in run(database, "SELECT x FROM t").rows)
    assert one != other
    assert one.encode("utf-8", "surrogateescape") == blob == b"\xff"


def test_full_text_tables_are_read_and_not_written(tmp_path: Path) -> None:
    script = "CREATE VIRTUAL TABLE note USING fts5(body); INSERT INTO note VALUES ('a red fox'), ('a dog')"
    database = create(tmp_path / "notes.sqlite", script)
    assert run(database, "SELECT body FROM note WHERE note MATCH 'fox'").rows == [("a red fox",)]
    assert run(database, "INSERT INTO note (note) VALUES ('optimize')").status == "invalid"


@pytest.mark.parametrize(
    "name", ["a b.sqlite", "what?.sqlite", "50%#1.sqlite", "Zürich 東京.sqlite", "file:x?mode=rw.sqlite"]
)
def test_any_path(tmp_path: Path, name: str) -> None:
    database = create(tmp_path / name)
    assert run(database, "SELECT count(*) FROM city").rows == [(3,)]
    assert run(str(database), "DELETE FROM city").status == "invalid"
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_no_database_is_a_clear_error_and_makes_no_file(tmp_path: Path) -> None:
    (tmp_path / "text.sqlite").write_text("no database at all" * 99)
    for name, words in [
        ("none.sqlite", "No such file"),
        ("text.sqlite", "not a database"),
        (".", "cannot open"),
        ("\0", "null"),
    ]:
        result = run(f"{tmp_path}/{name}", "SELECT 1")
        assert (result.status, words in result.error) == ("invalid", True), result
    assert [path.name for path in tmp_path.iterdir()] == ["text.sqlite"]


def test_a_damaged_database_is_invalid(city: Path) -> None:
    content = bytearray(city.read_bytes())
    content[4096:] = b"\xff" * len(content[4096:])
    city.write_bytes(content)
    result = run(city, "SELECT * FROM city")
    assert (result.status, result.rows) == ("invalid", [])
    assert "malformed" in result.error


def test_a_replaced_database_is_opened_anew(city: Path) -> None:
    assert len(run(city, "SELECT * FROM city").rows) == 3
    create(city.with_name("new"), "CREATE TABLE city (x); INSERT INTO city VALUES (1)").replace(city)
    assert run(city, "SELECT * FROM city").rows == [(1,)]


def test_a_change_by_another_is_seen(city: Path) -> None:
    assert run(city, "SELECT count(*) FROM river").rows == [(0,)]
    create(city, "INSERT INTO river VALUES ('Limmat', 2)")
    assert run(city, "SELECT count(*) FROM river").rows == [(1,)]


def test_a_stopped_query_leaves_no_lock(city: Path) -> None:
    run(city, ENDLESS, SHORT)
    run(city, "SELECT * FROM city a, city b", Limits(rows=2))
    create(city, "DELETE FROM city")
    assert run(city, "SELECT * FROM city").rows == []


def test_connections_are_kept_but_not_without_end(tmp_path: Path) -> None:
    database = create(tmp_path / "first")
    for number in range(OPEN_DATABASES + 10):
        copy = tmp_path / f"{number}"
        copy.write_bytes(database.read_bytes())
        assert run(copy, "SELECT 1").status == "ok"
    assert len(_sessions.by_path) == OPEN_DATABASES
    if os.path.isdir("/proc/self/fd"):
        links = [os.path.realpath(f"/proc/self/fd/{fd}") for fd in os.listdir("/proc/self/fd")]
        assert sum(link.startswith(str(tmp_path)) for link in links) <= OPEN_DATABASES


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="counts descriptors in /proc")
def test_a_thread_that_ends_closes_its_databases(city: Path) -> None:
    thread = threading.Thread(target=run, args=(city, "SELECT 1"))
    thread.start()
    thread.join()
    links = [os.path.realpath(f"/proc/self/fd/{fd}") for fd in os.listdir("/proc/self/fd")]
    assert str(city) not in links


def test_threads_have_their_own_limits_and_reads(city: Path) -> None:
    found = {}

    def work(table: str) -> None:
        found[table] = [run(city, f"SELECT count(*) FROM {table}") for _ in range(50)]

    threads = [threading.Thread(target=work, args=(table,)) for table in ("city", "river")]
    stopped = run(city, ENDLESS, SHORT)
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert stopped.status == "timeout"
    assert {result.rows[0][0] for result in found["city"]} == {3}
    assert {result.reads for result in found["river"]} == {frozenset({("river", "")})}


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs POSIX timers")
def test_ctrl_c_is_not_swallowed(city: Path) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    previous = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, 0.1)
    try:
        with pytest.raises(KeyboardInterrupt):
            run(city, ENDLESS, Limits(seconds=20, steps=10**12))
    finally:
        signal.signal(signal.SIGALRM, previous)
    assert run(city, "SELECT count(*) FROM city").rows == [(3,)]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_process_opens_its_own(city: Path) -> None:
    run(city, "SELECT 1")
    mine = _sessions.by_path[str(city)][1]
    child = os.fork()
    if child == 0:
        ok = run(city, "SELECT count(*) FROM city").rows == [(3,)] and _sessions.by_path[str(city)][1] is not mine
        os._exit(0 if ok else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert run(city, "SELECT count(*) FROM city").rows == [(3,)]
