"""How feeds are told to be: each condition, a table that fits its terminal, and every name explained in docs/feeds.md."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_args

import pytest
from rich.cells import cell_len

from ingest import entries, judge, reasons
from ingest.fulltext import PageKind
from ingest.health import ORDER, Health, row
from ingest.model import Feed, FeedState
from khabar.cli import _feeds_health
from tests.ingest.test_hostile import TABLE as FAULT_TABLE

NOW = datetime(2024, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("state", "condition"),
    [
        (None, "never polled"),
        (FeedState(url="x", outcome="ok"), "good"),
        (FeedState(url="x", outcome="http_404", failures=3), "failing"),
        (FeedState(url="x", outcome="http_410", parked_since=NOW), "parked"),
        (FeedState(url="x", outcome="not_modified", gap_s=3600, last_new=NOW - timedelta(days=3)), "silent"),
        (FeedState(url="x", outcome="not_modified", gap_s=86400, last_new=NOW - timedelta(days=3)), "good"),
        (FeedState(url="x", outcome="ok", next_poll=NOW - timedelta(hours=1)), "overdue"),
    ],
)
def test_health_names_each_condition(state, condition):
    assert row(Feed(id="f", url="x", outlet="o"), state, NOW).condition == condition


def rows_of(count):
    common = {"outlet": "o", "url": "https://o.example", "last_poll": NOW, "next_poll": NOW + timedelta(days=1), "gap_s": 7e5}
    counts = {"entries": 20, "new": 5, "full_text": 3, "skipped": {"seen": 14, "double": 1}, "delay_s": 90.0}
    bad = {"condition": "failing", "outcome": "http_404", "failures": 12, "error": "Not Found" * 9}
    return [
        *[Health(feed=f"paper-{n}-{'x' * 30}", outlet_name="صحيفة الميناء", **common, **bad) for n in range(count)],
        Health(feed="fine", outlet_name="بوابة", condition="good", outcome="ok", websub=True, **common, **counts),
    ]


@pytest.mark.parametrize("width", [80, 120, 160, 200])
def test_health_fits_its_terminal_and_keeps_every_number(capsys, width):
    _feeds_health.show(rows_of(2), NOW, all_=True, width=width)
    table, _, below = capsys.readouterr().out.partition("\n\n")
    table, (counts, *sums) = table.splitlines(), below.splitlines()
    assert len(table) == 4
    assert all(len(line) <= width for line in sums)
    assert all(cell_len(line) <= width for line in table)
    assert all(line.split()[0] in ("condition", "failing", "good") for line in table)
    assert "×12" in table[1]
    assert "صحيفة" in table[1]
    assert ("8 d" in table[3]) == (width >= 100)
    assert counts == "2 failing, 1 good"
    assert " ".join(sums).startswith("entries: 20 listed, 5 new (3 texts from their pages); passed over: 14 seen, 1 double")
    assert sums[-1].endswith("90 s in the median feed")


def test_health_shows_the_good_ones_only_when_asked(capsys):
    _feeds_health.show(rows_of(1), NOW, all_=False, width=120)
    assert "fine" not in capsys.readouterr().out
    _feeds_health.show(rows_of(0), NOW, all_=False, width=120)
    assert capsys.readouterr().out.splitlines()[0] == "1 good"


def test_every_name_that_the_poller_gives_is_explained():
    text = (Path(__file__).parents[2] / "docs" / "feeds.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([a-z_0-9 ]+)`", text))
    met = {outcome for outcome, *_ in FAULT_TABLE.values()} | {n for row in FAULT_TABLE.values() for n in (*row[2], *row[3])}
    given = {name for _, name in reasons._NAMES} | judge.GOOD | set(ORDER) | set(get_args(PageKind)) - {"text"}
    literal = {
        name
        for file in Path(entries.__file__).parent.glob("*.py")
        for name in re.findall(r'(?:problems|notes|skipped)(?:\.append\(|=\(|\[)"(\w+)"', file.read_text(encoding="utf-8"))
    }
    assert len(literal) >= 10
    missing = (met | given | literal) - named
    assert {m for m in missing if not m.startswith("http_")} == set()
