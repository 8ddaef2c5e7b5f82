"""`khabar run`: one pass over feeds, whole whatever it is killed at, and the loop with its desk."""

import contextlib
import json
import re
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import msgspec
import pytest

from index.sqlite import SqliteStore
from khabar import schema
from khabar.samples.outlets import Samples, load
from khabar.samples.server import SampleSite, serving
from tests.cli.test_demo import environment


def variables(site: SampleSite, data: Path, **more: str) -> dict[str, str]:
    feeds = data.parent / "feeds.toml"
    feeds.write_text(site.feeds_toml(), encoding="utf-8")
    return environment(
        KHABAR_FEEDS_FILE=str(feeds),
        KHABAR_DATA_DIR=str(data),
        KHABAR_ALLOW_NETWORKS="127.0.0.0/8",
        KHABAR_LOG_LEVEL="error",
        **more,
    )


def start(environment: dict[str, str], *options: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "khabar", "run", *options]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def landed(data: Path) -> dict[str, tuple[int, str, str]]:
    """What is in the store, without what depends on when it was polled: id → version, story's first article, text."""
    store = SqliteStore(data / "khabar.db")
    try:
        return {
            h.item.tagged.article.id: (h.item.tagged.version, h.item.story_title, h.item.tagged.article.text)
            for h in store.search("", size=100).hits
        }
    finally:
        store.close()


def finish(environment: dict[str, str], *options: str) -> tuple[int, str, str]:
    process = start(environment, *options)
    out, err = process.communicate(timeout=120)
    return process.returncode, out, err


def whole_feeds() -> Samples:
    """The samples, all in feeds that hold the full text, so that a pass asks for no pages."""
    samples = load()
    return msgspec.structs.replace(samples, outlet=tuple(msgspec.structs.replace(o, format="rss") for o in samples.outlet))


def polls_done(database: Path) -> int:
    """How many feeds a pass under way has taken, read as another process reads it."""
    if not database.exists():
        return 0
    with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=5)) as connection:
        try:
            return int(connection.execute("SELECT count(*) FROM polls").fetchone()[0])
        except sqlite3.OperationalError:  # the tables are not made yet
            return 0


def test_one_pass_lands_everything_and_the_next_finds_no_feed_due(tmp_path: Path) -> None:
    with serving(load()) as site:
        environment = variables(site, tmp_path / "d")
        code, out, err = finish(environment, "--once")
        assert (code, err) == (0, "")
        assert "articles=9" in out
        assert len(landed(tmp_path / "d")) == 8
        assert finish(environment, "--once") == (0, "no feed was due\n", "")


def test_killed_again_and_again_it_loses_nothing_and_doubles_nothing(tmp_path: Path) -> None:
    with serving(whole_feeds()) as site:
        environment = variables(site, tmp_path / "d")
        for polls in (0, 1, 2):
            process = start(environment, "--once")
            while process.poll() is None and polls_done(tmp_path / "d" / "khabar.db") < max(1, polls):
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(0.02 if polls else 0.3)
                if not polls:
                    break
            process.kill()
            process.communicate()
        assert finish(environment, "--once")[0] == 0
        assert finish(variables(site, tmp_path / "whole"), "--once")[0] == 0
        assert landed(tmp_path / "d") == landed(tmp_path / "whole")
        assert {version for version, _, _ in landed(tmp_path / "d").values()} == {1}
        assert len(landed(tmp_path / "d")) == 8


def test_the_loop_polls_serves_the_desk_and_ends_on_a_signal(tmp_path: Path) -> None:
    with serving(load()) as site:
        process = start(variables(site, tmp_path / "d", KHABAR_DESK_PORT="0"))
        assert process.stdout is not None
        address = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())
        assert address is not None
        with urllib.request.urlopen(address.group() + "/health") as r:
            assert json.loads(r.read()) == {"status": "ok"}
        deadline = time.monotonic() + 60
        while not (tmp_path / "d" / "alive-run").exists():  # what a container's health check looks for
            assert time.monotonic() < deadline
            time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
        process.communicate()


@pytest.mark.parametrize(
    ("variable", "value", "told"),
    [
        ("KHABAR_DESK_HOST", "0.0.0.0", "KHABAR_DESK_TOKEN must have"),
        ("KHABAR_DESK_PORT", "http", "KHABAR_DESK_PORT = 'http'"),
        ("KHABAR_DATA_DIR", "/dev/null/x", "sqlite at /dev/null/x/khabar.db is unavailable"),
        ("KHABAR_FEEDS_FILE", "/none.toml", "cannot read /none.toml"),
        ("KHABAR_POLITENESS", "1", "KHABAR_POLITENESS is no setting"),
    ],
)
def test_what_stops_the_start_is_one_line_that_names_it(tmp_path: Path, variable: str, value: str, told: str) -> None:
    variables = environment(**{"KHABAR_DATA_DIR": str(tmp_path / "d"), "KHABAR_DESK_PORT": "0", variable: value})
    code, out, err = finish(variables)
    assert code == 1, out
    assert told in err
    assert len([line for line in err.splitlines() if line.strip()]) == 1, err


def test_an_alert_is_kept_until_notify_has_it(tmp_path: Path) -> None:
    with serving(whole_feeds()) as site:
        environment = variables(site, tmp_path / "d")
        command = [sys.executable, "-m", "khabar", "alerts", "add", "حفتر", "--channel", "log", "--backfill", "--name", "x"]
        subprocess.run(command, env=environment, check=True, capture_output=True, timeout=60)
        assert finish(environment, "--once")[0] == 0
    store = SqliteStore(tmp_path / "d" / "khabar.db")
    ledger = [schema.loads(v, schema.Delivery) for v in store.table("deliveries").values()]
    assert [d.outcome for d in ledger] == ["sent"] * len(store.alerts())
    assert len(ledger) == 4
    assert len(store.table("pending-alerts")) == 0
    store.close()
