"""Small data sets by hand, each in the files of the real one, and one's own questions."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

EVIDENCE = "eligible rate = `Free Meal Count` /\n `Enrollment`"
BIRD_GOLD = "SELECT `Free Meal Count` FROM frpm WHERE `County Name` = 'Alameda'"
SINGERS = "CREATE TABLE singer (name); INSERT INTO singer VALUES ('x')"


def database(folder: Path, name: str, script: str = SINGERS) -> None:
    """<name>/<name>.sqlite in a folder."""
    path = folder / name / f"{name}.sqlite"
    path.parent.mkdir(parents=True)
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(script)


def write(path: Path, records: list[dict]) -> None:
    """As a JSON list, or a record a line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [json.dumps(record, ensure_ascii=False) + "\n" for record in records]
    path.write_text("".join(lines) if path.suffix == ".jsonl" else json.dumps(records), encoding="utf-8")


def spider_record(question: str = "How many singers?", db_id: str = "concert", **more: object) -> dict:
    return {"db_id": db_id, "question": question, "query": "SELECT count(*) FROM singer", **more}


def bird_record(number: int, db_id: str, **more: object) -> dict:
    record = {"question_id": number, "db_id": db_id, "question": "What share is free?", "evidence": EVIDENCE}
    return record | {"SQL": BIRD_GOLD, "difficulty": "simple"} | more


def bird(root: Path) -> Path:
    """BIRD as its archives unpack: train has neither question_id nor difficulty."""
    script = """CREATE TABLE frpm (`County Name` TEXT, `Free Meal Count` REAL, Enrollment INT);
        INSERT INTO frpm VALUES ('Alameda', 1.5, 3)"""
    for folder, name in (("dev_20240627/dev_databases", "schools"), ("train/train_databases", "movies")):
        database(root / folder, name, script)
        described = root / folder / name / "database_description" / "frpm.csv"
        described.parent.mkdir()
        described.write_bytes(b"original_column_name,column_name\nCounty Name,\xe9\n")
    write(root / "dev_20240627" / "dev.json", [bird_record(0, "schools"), bird_record(1, "schools", evidence="")])
    write(root / "dev_20240627" / "dev_tables.json", [])
    train = bird_record(0, "movies")
    del train["question_id"], train["difficulty"]
    write(root / "train" / "train.json", [train])
    return root


def spider(root: Path) -> Path:
    """Spider's folder, with the one database that its variants stand on."""
    database(root / "database", "concert")
    write(root / "train_spider.json", [spider_record()])
    write(root / "dev.json", [spider_record()])
    write(root / "tables.json", [])
    return root


def spider_syn(root: Path) -> Path:
    record = {"db_id": "concert", "SpiderQuestion": "How many singers?", "SpiderSynQuestion": "How many vocalists?"}
    for name in ("train_spider.json", "dev.json"):
        write(root / name, [record | {"query": "SELECT count(*) FROM singer"}])
    return root


def spider_dk(root: Path) -> Path:
    database(root / "database", "new_concert")
    write(root / "tables.json", [])
    write(root / "Spider-DK.json", [spider_record(type=0), spider_record(db_id="new_concert", type=34)])
    return root


def spider_realistic(root: Path) -> Path:
    write(root / "spider-realistic.json", [spider_record("How many people sing?", query_toks=["SELECT"])])
    return root


def own(root: Path) -> Path:
    """One's own: a SQLite file and a folder of tables, ten questions, two of them with the same SQL."""
    database(root, "zoo", "CREATE TABLE animal (id, name); INSERT INTO animal VALUES (-1, 'cat')")
    (root / "shop").mkdir()
    (root / "shop" / "item.csv").write_text("name,price\ncup,2.5\n", encoding="utf-8")
    below = "SELECT name FROM animal WHERE id < "
    records = [{"db": "zoo", "question": f"Animal {number}?", "sql": below + str(number)} for number in range(8)]
    records += [{"db": "shop", "question": "Dear?", "sql": "SELECT name FROM item", "evidence": "dear is\n dear"}]
    records += [{"db": "shop", "question": "Dear!", "sql": "select NAME  from item;"}]
    write(root / "questions.jsonl", records)
    return root
