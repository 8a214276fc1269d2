"""How fast `evaluate.py --files` is, against the official evaluator and against SQLite: `make bench-evaluate`.

Not a test: it times whole commands in turn, start of Python included, and prints the ratio of the fastest of each. With
`--official evaluation.py` (https://github.com/taoyds/test-suite-sql-eval) that evaluator runs the same files on a
copy of the databases, which it opens for writing; without, the golds alone are executed. The files are `--pred` and
`--gold`, else a published system's answers to Spider's dev set where they are at hand, else answers to the demo's.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

REPO = Path(__file__).parents[1]
sys.path.insert(0, str(REPO))

from text2sql import data, prediction_files  # noqa: E402
from text2sql.prompt import one_line  # noqa: E402

SHARED = REPO.parent / "shared"
PUBLISHED = SHARED / "official_verdicts" / "dailsql_gpt4.jsonl"
GOAL = 0.1


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench-evaluate", description=__doc__.partition("\n")[0])
    parser.add_argument("--pred", type=Path, help="file of predictions")
    parser.add_argument("--gold", type=Path, help="file of golds")
    parser.add_argument("--root", type=Path, help="folder of the data set")
    parser.add_argument("--official", type=Path, metavar="evaluation.py", help="the official test-suite evaluator")
    parser.add_argument("--official-site", type=Path, metavar="DIR", help="where its nltk and sqlparse are installed")
    parser.add_argument("--rounds", type=int, default=3)
    return parser.parse_args()


def files(at: Path, chosen: argparse.Namespace) -> tuple[Path, Path, Path]:
    """Predictions, golds, data set."""
    if chosen.pred and chosen.gold and chosen.root:
        return chosen.pred, chosen.gold, chosen.root
    if PUBLISHED.is_file():
        lines = [json.loads(line) for line in PUBLISHED.read_text("utf-8").splitlines()]
        root = SHARED / "spider_data"
    else:
        root = REPO / "spider_data" / "demo"
        lines = [{"gold": it.gold, "db_id": it.db_id, "pred": answer(it)} for it in data.load(root, "dev")]
    records = [{"sql": line["pred"], "gold": line["gold"], "db_id": line["db_id"]} for line in lines]
    prediction_files.write(at, records)
    return at / "pred.txt", at / "gold.txt", root


def answer(example: data.Example) -> str:
    """Four of five are right."""
    return example.gold if example.index % 5 else f"SELECT * FROM ({one_line(example.gold)}) LIMIT 1"


def measured(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds of wall clock, and of all cores together; the second one depends less on what else is running."""
    started, before = time.perf_counter(), processor()
    work()
    return time.perf_counter() - started, processor() - before


def processor() -> float:
    """Seconds of this process and of all that it waited for."""
    return sum(os.times()[:4])


def run(*command: object, **environment: str) -> None:
    done = subprocess.run(
        list(map(str, command)), cwd=REPO, env=os.environ | environment, capture_output=True, text=True
    )
    if done.returncode:
        sys.exit(f"{command[0]} {command[1]} ended with {done.returncode}: {done.stderr[-2000:]}")


def ours(pred: Path, gold: Path, root: Path, out: Path) -> None:
    run(sys.executable, "evaluate.py", "--files", pred, gold, "--data.root", root, "--outputs", out)


def official(pred: Path, gold: Path, root: Path, copy: Path, chosen: argparse.Namespace) -> None:
    command = (chosen.official, "--pred", pred, "--gold", gold, "--db", copy, "--table", root / "tables.json")
    site = {"PYTHONPATH": str(chosen.official_site)} if chosen.official_site else {}
    run(sys.executable, *command, "--etype", "all", **site)


def golds_alone(gold: Path, root: Path) -> None:
    """Each gold once on its database, all rows fetched, in one process."""
    for example in prediction_files.read_golds(gold, root):
        with contextlib.closing(sqlite3.connect(example.database)) as connection:
            connection.text_factory = bytes
            with contextlib.suppress(sqlite3.Error):
                connection.execute(example.gold).fetchall()


def copied(root: Path, at: Path) -> Path:
    """The databases where the official evaluator may write."""
    copy = Path(shutil.copytree(root / "database", at / "database"))
    for path in (copy, *copy.rglob("*")):
        path.chmod(path.stat().st_mode | 0o700 if path.is_dir() else 0o600)
    return copy


def main() -> None:
    chosen = options()
    with tempfile.TemporaryDirectory() as folder:
        at = Path(folder)
        pred, gold, root = files(at, chosen)
        copy = copied(root, at) if chosen.official else None
        pairs = [
            (
                measured(lambda: ours(pred, gold, root, at / "out")),
                measured(lambda: official(pred, gold, root, copy, chosen) if copy else golds_alone(gold, root)),
            )
            for _ in range(chosen.rounds)
        ]
    report("official evaluator" if copy else "golds alone in SQLite", pairs, GOAL if copy else None)


def report(name: str, pairs: list[tuple[tuple[float, float], tuple[float, float]]], goal: float | None) -> None:
    for mine, theirs in pairs:
        print(f"evaluate.py --files {mine[0]:6.2f} s   {name} {theirs[0]:6.2f} s   ratio {mine[0] / theirs[0]:.2f}")
    ratios = [min(mine[at] for mine, _ in pairs) / min(theirs[at] for _, theirs in pairs) for at in (0, 1)]
    print(f"\n{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; by the fastest of each, as a share of {name}:")
    print(f"processor time {ratios[1]:.2f}, wall clock {ratios[0]:.2f}")
    if goal:
        print(f"{'met   ' if ratios[0] <= goal else 'MISSED'} wall clock <= {goal:g}")


if __name__ == "__main__":
    main()
