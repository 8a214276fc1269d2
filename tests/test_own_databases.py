"""One's own databases: which file a name means, scripts that nobody has vouched for, and when one is built again."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from text2sql import own_databases
from text2sql.errors import UserError
from text2sql.own_databases import CACHE, Source, built, opened, sources


def write(root: Path, name: str, text: str = "") -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def sqlite(root: Path, name: str) -> Path:
    path = write(root, name)
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("CREATE TABLE t (a); INSERT INTO t VALUES (1);")
    return path


def query(path: Path, sql: str) -> list[tuple]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql).fetchall()


def run(root: Path, script: str) -> Path:
    """Build the database of a script."""
    return built(root, Source("s.sql", (write(root, "s.sql", script),)))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Each kind of source, in folders and beside one another."""
    sqlite(tmp_path, "shop.sqlite")
    sqlite(tmp_path, "old/farm.db")
    sqlite(tmp_path, "database/zoo/zoo.sqlite")
    write(tmp_path, "database/zoo/schema.sql", "CREATE TABLE t (a);")
    write(tmp_path, "hotel.sql", "CREATE TABLE room (beds INT); INSERT INTO room VALUES (2);")
    write(tmp_path, "cinema/film.csv", "title,year\nUp,2009\n")
    write(tmp_path, "cinema/hall.tsv", "name\tseats\nred\t90\n")
    write(tmp_path, ".hidden/x.csv", "a\n1\n")
    write(tmp_path, "readme.txt", "no database")
    return tmp_path


def test_every_database_below_the_folder_is_known(root):
    assert {source.path: [path.name for path in source.files] for source in sources(root)} == {
        "shop.sqlite": ["shop.sqlite"],
        "old/farm.db": ["farm.db"],
        "database/zoo/zoo.sqlite": ["zoo.sqlite"],
        "database/zoo/schema.sql": ["schema.sql"],
        "hotel.sql": ["hotel.sql"],
        "cinema": ["film.csv", "hall.tsv"],
    }
    before = sources(root)
    opened(root, before, "cinema")
    assert sources(root) == before, "what was built is no source"


@pytest.mark.parametrize(
    ("name", "db_id", "file"),
    [
        ("shop", "shop", "shop.sqlite"),
        ("shop.sqlite", "shop", "shop.sqlite"),
        ("farm", "old/farm", "old/farm.db"),
        ("./old\\farm.db", "old/farm", "old/farm.db"),
        ("zoo", "database/zoo/zoo", "database/zoo/zoo.sqlite"),
        ("hotel", "hotel", f"{CACHE}/hotel.sql.sqlite"),
        ("cinema", "cinema", f"{CACHE}/cinema.sqlite"),
    ],
)
def test_a_name_means_one_database(root, name, db_id, file):
    assert opened(root, sources(root), name) == (db_id, root / file)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("shopp", "no database 'shopp' in .*; did you mean 'shop'?"),
        ("../shop", "no database '../shop'"),
        ("film", "no database 'film' in .*; there are database/zoo/schema, .* and 1 more"),
    ],
)
def test_a_name_without_a_database_is_refused_with_those_that_there_are(root, name, words):
    with pytest.raises(UserError, match=words):
        opened(root, sources(root), name)


def test_a_folder_without_databases_says_what_it_needs(tmp_path):
    with pytest.raises(UserError, match=r"no \.sqlite, \.db, \.sql, \.csv or \.parquet file"):
        opened(tmp_path, sources(tmp_path), "shop")


def test_a_sqlite_file_counts_before_its_script_and_two_files_are_too_many(root):
    write(root, "shop.sql", "CREATE TABLE x (a);")
    assert opened(root, sources(root), "shop") == ("shop.sqlite", root / "shop.sqlite")
    assert opened(root, sources(root), "shop.sql") == ("shop.sql", root / CACHE / "shop.sql.sqlite")
    sqlite(root, "shop.db")
    with pytest.raises(UserError, match=r"'shop' can be shop\.db or shop\.sqlite; name it with its path"):
        opened(root, sources(root), "shop")
    assert opened(root, sources(root), "shop.db") == ("shop.db", root / "shop.db")


def test_tables_beside_the_questions_are_named_by_their_folder(tmp_path):
    write(tmp_path, "a.csv", "x\n1\n")
    name, path = opened(tmp_path, sources(tmp_path), tmp_path.name)
    assert name == tmp_path.name and query(path, "SELECT x FROM a") == [(1,)]


def test_it_is_built_again_only_when_a_source_has_changed(root):
    first = opened(root, sources(root), "cinema")[1]
    inode = first.stat().st_ino
    assert opened(root, sources(root), "cinema")[1].stat().st_ino == inode
    write(root, "cinema/film.csv", "title,year\nUp,2009\nCoco,2017\n")
    assert query(opened(root, sources(root), "cinema")[1], "SELECT count(*) FROM film") == [(2,)]
    (root / "cinema" / "hall.tsv").unlink()
    tables = "SELECT name FROM sqlite_master"
    assert query(opened(root, sources(root), "cinema")[1], tables) == [("film",)]
    first.write_bytes(b"")
    assert query(opened(root, sources(root), "cinema")[1], tables) == [("film",)]
    assert (root / CACHE / ".gitignore").read_text() == "*\n"


def test_a_build_that_fails_leaves_the_old_database_and_nothing_else(root):
    path = opened(root, sources(root), "cinema")[1]
    before = path.read_bytes()
    write(root, "cinema/hall.tsv", "name\tseats\nred\n")
    with pytest.raises(UserError, match=r"hall\.tsv:2: 1 cells"):
        opened(root, sources(root), "cinema")
    assert path.read_bytes() == before and not list(root.rglob("*.partial"))


def test_two_files_of_one_table_are_refused(root):
    write(root, "cinema/film.tsv", "a\n1\n")
    with pytest.raises(UserError, match=r"film\.tsv: can't be a table \(table film already exists\)"):
        opened(root, sources(root), "cinema")


def test_a_place_that_cannot_be_written_is_named(root):
    write(root, CACHE, "a file where the folder should be")
    with pytest.raises(UserError, match=rf"{CACHE}: File exists; databases are built in"):
        opened(root, sources(root), "cinema")


DUMP = """\ufeffPRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE animal (id INTEGER PRIMARY KEY, name TEXT NOT NULL, keeper INT REFERENCES keeper(id));
INSERT INTO animal VALUES (1, 'cat; the
lazy;
', 1), (2, 'hen', 2); INSERT INTO animal VALUES (3,'ant',6);
CREATE TABLE keeper (id INTEGER PRIMARY KEY, born TEXT DEFAULT CURRENT_DATE); -- no semicolon behind this one;
CREATE TRIGGER grow AFTER INSERT ON keeper BEGIN
  UPDATE animal SET keeper = new.id;
END;
CREATE VIEW cats AS SELECT * FROM animal WHERE name LIKE 'cat%';
ALTER TABLE animal ADD COLUMN age INT DEFAULT 2;
ALTER TABLE animal RENAME COLUMN age TO years;
CREATE INDEX by_name ON animal (lower(name));
DELETE FROM animal WHERE id = 3;
ANALYZE;
COMMIT;
INSERT INTO keeper (id) VALUES (7)
"""


def test_a_dump_is_run_as_it_is(tmp_path):
    path = run(tmp_path, DUMP)
    assert query(path, "SELECT id, name, keeper, years FROM animal") == [
        (1, "cat; the\nlazy;\n", 7, 2),
        (2, "hen", 7, 2),
    ]
    assert query(path, "SELECT count(*) FROM cats") == [(1,)]


@pytest.mark.parametrize(
    "statement",
    [
        "ATTACH '{target}' AS other",
        "VACUUM INTO '{target}'",
        "VACUUM",
        "DETACH main",
        "CREATE VIRTUAL TABLE f USING fts5(a)",
        "SELECT load_extension('{target}')",
        "SELECT writefile('{target}', 'x')",
        "PRAGMA writable_schema = ON; UPDATE sqlite_master SET sql = 'x'",
        "INSERT INTO nowhere VALUES (1)",
        "ROLLBACK",
        ".import x y",
    ],
)
def test_a_script_cannot_reach_out_of_its_file(tmp_path, statement):
    script = "CREATE TABLE t (a);\n\n" + statement.format(target=tmp_path / "out") + ";\n"
    with pytest.raises(UserError, match=r"s\.sql:3: .*a script is SQLite's own SQL, in its own file only"):
        run(tmp_path, script)
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["s.sql", ".gitignore"]


def test_pragmas_of_a_script_do_nothing(tmp_path):
    path = run(tmp_path, "PRAGMA journal_mode = WAL;\nPRAGMA user_version = 3;\nCREATE TABLE t (a);")
    assert query(path, "PRAGMA journal_mode") == [("delete",)] and path.read_bytes()[18] == 1
    assert built(tmp_path, Source("s.sql", (tmp_path / "s.sql",))) == path


def test_a_script_without_end_or_without_measure_is_stopped(tmp_path, monkeypatch):
    endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) INSERT INTO t SELECT {value} FROM n"
    monkeypatch.setattr(own_databases, "SCRIPT_BYTES", 1 << 20)
    with pytest.raises(UserError, match=r"s\.sql:2: database or disk is full"):
        run(tmp_path, "CREATE TABLE t (a);\n" + endless.format(value="hex(randomblob(500))"))
    monkeypatch.setattr(own_databases, "SCRIPT_SECONDS", 0.1)
    with pytest.raises(UserError, match=r"s\.sql:2: stopped after 0\.1 s"):
        run(tmp_path, "CREATE TABLE t (a);\n" + endless.format(value="x") + " WHERE x < 0")
    assert not list(tmp_path.rglob("*.partial"))
