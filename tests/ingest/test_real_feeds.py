"""The real feeds beside the checkout: each parses, or fails by name; Arabic comes out as Arabic."""

from datetime import UTC, datetime

import pytest

from ingest import fastxml, parse, preview
from ingest.encoding import arabic_share, decode
from ingest.model import Feed

NOW = datetime(2024, 1, 1, tzinfo=UTC)
FAILS = {"html", "not_a_feed", "bad_xml", "empty"}


def looks(shared):
    folder = shared / "data" / "feeds"
    files = sorted(f for f in folder.rglob("*") if f.is_file() and f.suffix in (".xml", ".rss", ".atom", ".json"))
    return {
        f.name: preview.look(f.read_bytes(), "", "https://site.example/feed", Feed(id="t", url="u", outlet="o"), NOW)
        for f in files
    }


@pytest.mark.shared
def test_every_real_feed_parses_or_fails_by_name(shared):
    seen = looks(shared)
    assert len(seen) >= 80
    for name, s in seen.items():
        assert s["outcome"] == "ok" or s["outcome"] in FAILS, name
        for e in s["entries"]:
            assert e["id"], name
            assert e["title"] or e["text_chars"], name
            assert not e["url"] or e["url"].startswith("http"), name


@pytest.mark.shared
def test_arabic_feeds_of_one_content_give_the_same_entries_in_every_encoding(shared):
    seen = looks(shared)
    plain = seen["d01_utf8_clean.xml"]
    wanted = [(e["id"], e["title"]) for e in plain["entries"]]
    assert len(wanted) == 10
    for name in (
        "d02_windows1256_declared.xml",
        "d03_windows1256_no_prolog.xml",
        "d04_windows1256_declared_utf8.xml",
        "d06_utf8_bom.xml",
        "d07_utf16le_bom.xml",
    ):
        got = [(e["id"], e["title"]) for e in seen[name]["entries"]]
        assert [g[0] for g in got] == [w[0] for w in wanted], name
        assert all(arabic_share(title) > 0.7 for _, title in got), name


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "entries"),
    [("d08_iso8859_6.xml", 8), ("d09_numeric_entities.xml", 8), ("d11_bare_amp_nbsp_ctrl.xml", 5), ("d17_rdf_rss10.xml", 8)],
)
def test_broken_and_odd_feeds_keep_their_entries(shared, name, entries):
    assert len(looks(shared)[name]["entries"]) == entries


ODD = {"feedjira_HuffPostCanada.xml", "reader_full.atom"}
"""Two dates of one entry, and several contents of one: the two readers choose differently, and both may."""


@pytest.mark.shared
def test_the_quick_reader_and_feedparser_see_the_same(shared):
    compared = 0
    for file in sorted((shared / "data" / "feeds").rglob("*.*")):
        text = parse._clean(decode(file.read_bytes()).text, [])
        quick = fastxml.read(text)
        if quick is None or file.name in ODD:
            continue
        slow = parse._xml(text, "")
        assert quick.entries == slow.entries, file.name
        assert (quick.title, quick.ttl_s, quick.hub, quick.topic) == (slow.title, slow.ttl_s, slow.hub, slow.topic), file.name
        compared += 1
    assert compared >= 35


def test_the_quick_reader_leaves_the_unusual_to_feedparser():
    for odd in (
        "<rss",
        "<html/>",
        '<rss version="0.91"><channel/></rss>',
        '<rss version="2.0" xml:base="https://x.example/"><channel/></rss>',
    ):
        assert fastxml.read(odd) is None
