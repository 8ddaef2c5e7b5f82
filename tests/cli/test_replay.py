"""`khabar replay`: into the embedded store, resumable, the same twice, and whole after a kill at any point."""

import contextlib
import fcntl
import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from index.sqlite import SqliteStore
from khabar import schema
from khabar.cli.replay import BATCH
from tests.cli.test_demo import environment

ROWS = 3 * BATCH + 7


def write_rows(path: Path, count: int, *extra: str) -> Path:
    rows = [
        json.dumps(
            {
                "id": f"row-{i}",
                "title": f"خبر رقم {i}",
                "text": f"أعلن مجلس النواب الليبي في طبرق قراره رقم {i} بشأن البند {i * 7} من الموازنة",
                "date": "2023-05-01",
                "source": "صحيفة",
            },
            ensure_ascii=False,
        )
        for i in range(count)
    ]
    path.write_text("\n".join([*rows, *extra]) + "\n", encoding="utf-8")
    return path


def replay(file: Path, data: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "khabar", "replay", str(file), *options]
    variables = environment(KHABAR_DATA_DIR=str(data), KHABAR_LOG_LEVEL="error")
    return subprocess.run(command, env=variables, capture_output=True, text=True, timeout=300, check=False)


def contents(data: Path) -> list[bytes]:
    store = SqliteStore(data / "khabar.db")
    try:
        return sorted(schema.dumps(h.item) for h in store.search("", size=10_000).hits)
    finally:
        store.close()


def test_a_file_is_replayed_once_and_twice_gives_the_same(tmp_path: Path) -> None:
    file = write_rows(tmp_path / "a.jsonl", 5, "not json", '{"id": "x", "text": 3}')
    first = replay(file, tmp_path / "d")
    assert (first.returncode, first.stdout) == (1, "5 articles, 2 rejected rows\n")
    assert [line.split(": ")[1] for line in first.stderr.splitlines()] == ["row 6", "row 7"]
    before = contents(tmp_path / "d")
    assert len(before) == 5
    store = SqliteStore(tmp_path / "d" / "khabar.db")
    assert [d.reason.split(":")[0] for _, d in store.dead()] == ["a.jsonl, row 6", "a.jsonl, row 7"]
    store.close()
    assert replay(file, tmp_path / "d").stdout == "0 articles, 0 rejected rows, after row 7\n"
    assert replay(file, tmp_path / "d", "--again").stdout == "5 articles, 2 rejected rows\n"
    assert contents(tmp_path / "d") == before


def test_a_file_that_is_not_there_is_said_in_one_line(tmp_path: Path) -> None:
    done = replay(tmp_path / "none.jsonl", tmp_path / "d")
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)
    assert "none.jsonl: No such file" in done.stderr


def rows_done(database: Path) -> int:
    """How far a replay under way is, read as another process reads it."""
    if not database.exists():
        return 0
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=5)
    try:
        found = connection.execute("SELECT value FROM state WHERE space = 'replays'").fetchone()
        return int(found[0]) if found else 0
    except sqlite3.OperationalError:  # the tables are not made yet
        return 0
    finally:
        connection.close()


@pytest.mark.parametrize("kill_after", [0, BATCH, 2 * BATCH])
def test_a_kill_at_any_point_loses_nothing_and_doubles_nothing(tmp_path: Path, kill_after: int) -> None:
    file, data = write_rows(tmp_path / "a.jsonl", ROWS), tmp_path / "d"
    process = subprocess.Popen(
        [sys.executable, "-m", "khabar", "replay", str(file)],
        env=environment(KHABAR_DATA_DIR=str(data), KHABAR_LOG_LEVEL="error"),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while process.poll() is None and rows_done(data / "khabar.db") < max(1, kill_after):
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.02)
    process.kill()
    process.wait()
    assert rows_done(data / "khabar.db") % BATCH in (0, ROWS % BATCH), "a batch is there whole or not at all"
    assert replay(file, data).returncode == 0
    assert replay(file, tmp_path / "whole").returncode == 0
    assert len(contents(data)) == ROWS
    assert contents(data) == contents(tmp_path / "whole")


def test_two_writers_of_one_data_directory_are_refused(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    with (tmp_path / "d" / "writer.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = replay(write_rows(tmp_path / "a.jsonl", 1), tmp_path / "d")
    assert done.returncode == 1
    assert "another khabar run, poll, demo or replay writes it" in done.stderr
