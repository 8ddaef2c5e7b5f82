"""The list of feeds and the commands round it: schema errors by name, one's own file, OPML, discovery, health."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from typer.testing import CliRunner

from ingest import discover, feeds, opml
from ingest.encoding import decode
from ingest.fetch import Fetched, Fetcher
from ingest.fulltext import default_rules, load_rules
from ingest.health import row
from ingest.model import Feed, FeedState
from khabar.cli import build
from khabar.errors import RejectedError, SettingsError
from khabar.netguard import Guard
from khabar.settings import Settings

from .test_poller import LONG, Site, item, rss, serving

ENTRY = 'id = "one"\nname_ar = "صحيفة"\nname_en = "Paper"\nkind = "private"\n'
GOOD = f'[[outlet]]\n{ENTRY}[[outlet.feed]]\nurl = "https://one.example/feed"\n'


def test_the_shipped_list_has_seventy_outlets_and_each_leaning_its_source():
    found = feeds.outlets(Settings())
    assert len(found) >= 70
    assert all(o.feed and o.name_ar and o.name_en for o in found)
    assert all(o.leaning_source for o in found if o.leaning)
    assert len({f.id for f in feeds.load(Settings())}) == sum(len(o.feed) for o in found)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("[[outlet", "not TOML"),
        ('[[feed]]\nurl = "x"', "not `feed`"),
        (GOOD.replace('kind = "private"', 'kind = "secret"'), "kind"),
        (GOOD.replace("name_ar", "name_fr"), "name_fr"),
        (GOOD.replace('"صحيفة"', '" "'), "name_ar"),
        (GOOD.replace('id = "one"', 'id = "One!"'), "`id`"),
        (GOOD.replace("kind =", 'country = "Libya"\nkind ='), "`country`"),
        (GOOD.replace("kind =", 'leaning = "left"\nkind ='), "leaning_source"),
        (GOOD.replace("https://one.example/feed", "ftp://one.example"), "`url`"),
        (GOOD + GOOD, "stands twice"),
        (GOOD + GOOD.replace('"one"', '"two"'), "stands also in one"),
    ],
)
def test_a_bad_list_names_file_outlet_and_field(content, words):
    with pytest.raises(SettingsError, match=words) as e:
        feeds.parse(content, "my.toml")
    assert str(e.value).startswith("my.toml: ")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("paywall = 3", "paywall"),
        ('[[outlet]]\noutlet = "x"\narticle = "//p["', "XPath"),
        ('[[outlet]]\noutlet = "x"', "article"),
    ],
)
def test_bad_extraction_rules_are_named(content, words):
    with pytest.raises(SettingsError, match=words):
        load_rules(content, "rules.toml")
    assert default_rules().outlet


def run(tmp_path, *args, code=0):
    env = {"KHABAR_DATA_DIR": str(tmp_path), "KHABAR_ALLOW_NETWORKS": "127.0.0.0/8"}
    got = CliRunner().invoke(build(), ["feeds", *args], env=env)
    assert got.exit_code == code, got.output
    return got.stdout


def test_one_s_own_file_lies_over_the_shipped_list(tmp_path):
    before = json.loads(run(tmp_path, "list", "--json"))
    some = before[0]
    run(tmp_path, "pause", some["id"])
    after = {f["id"]: f for f in json.loads(run(tmp_path, "list", "--json"))}
    assert after[some["id"]]["paused"]
    assert len(after) == len(before)
    run(tmp_path, "pause", some["url"], "--resume")
    assert not any(f["paused"] and f["id"] == some["id"] for f in json.loads(run(tmp_path, "list", "--json")))


def test_opml_goes_out_and_in(tmp_path):
    exported = run(tmp_path, "opml")
    lines = opml.read(exported.encode())
    assert len(lines) == len(feeds.load(Settings()))
    new = tmp_path / "new.opml"
    new.write_text(
        '<opml version="1.1"><body><outline text="مجموعة"><outline text="جديد" xmlUrl="https://new.example/rss"/>'
        f'<outline text="قديم" xmlUrl="{lines[0].url}"/></outline></body></opml>',
        encoding="utf-8",
    )
    assert run(tmp_path, "opml", str(new)).startswith("1 of 2 feeds added")
    assert "https://new.example/rss" in run(tmp_path, "list")


@pytest.mark.parametrize("bad", [b"", b"<rss/>", b"hello"])
def test_what_is_no_opml_is_rejected(bad):
    with pytest.raises(RejectedError, match="OPML"):
        opml.read(bad)


def test_test_shows_what_the_parser_sees_in_a_file(tmp_path):
    file = tmp_path / "feed.xml"
    file.write_bytes(rss("https://one.example", item(1), ("", "", "", "", "")).encode("cp1256"))
    seen = json.loads(run(tmp_path, "test", str(file), "--json"))
    assert (seen["outcome"], seen["encoding"], seen["title"]) == ("ok", "windows-1256", "عينة")
    [entry] = seen["entries"]
    assert set(entry) == {"id", "url", "title", "published", "text_chars"}
    assert (entry["title"], entry["published"], entry["text_chars"]) == (
        "خبر رقم 1",
        "2024-03-01T11:30:00+00:00",
        len(LONG.strip()),
    )
    assert seen["problems"] == ["encoding_undeclared", "empty_entry"]
    file.write_text("<!doctype html><title>x</title>", encoding="utf-8")
    assert json.loads(run(tmp_path, "test", str(file), "--json", code=1))["outcome"] == "html"


async def test_a_site_s_feed_is_found_from_its_page():
    site = Site()
    async with serving(site) as base:
        site.put(
            "/",
            '<html><head><link rel="alternate" type="application/rss+xml" href="/f.xml"></head></html>',
            Content_Type="text/html",
        )
        site.put("/bare", "<html><body>لا شيء</body></html>", Content_Type="text/html")
        site.put("/f.xml", rss(base, item(1)))
        site.put("/robots.txt", f"Sitemap: {base}/news-map.xml\n")
        async with Fetcher(user_agent="t", guard=Guard(("127.0.0.0/8",))) as fetcher:
            assert [f.url for f in await discover.find(fetcher, f"{base}/")] == [f"{base}/f.xml"]
            assert [f.url for f in await discover.find(fetcher, f"{base}/f.xml")] == [f"{base}/f.xml"]
            assert await discover.find(fetcher, f"{base}/bare") == []
            site.put("/rss", rss(base, item(1)))
            assert [f.url for f in await discover.find(fetcher, f"{base}/bare")] == [f"{base}/rss"]


def test_links_that_look_like_feeds_are_named():
    page = '<base href="https://one.example/x/"><a href="rss.xml">RSS</a><a href="/about">x</a><a href="/ar/feed/">f</a>'
    got = Fetched(url="https://one.example/", body=page.encode(), headers={})
    assert discover.named(got.body, "", got.url) == ["https://one.example/x/rss.xml", "https://one.example/ar/feed/"]
    assert decode(b"").text == ""


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


def test_health_is_readable(tmp_path):
    assert "never polled" in run(tmp_path, "health")
    rows = json.loads(run(tmp_path, "health", "--json"))
    assert len(rows) == len(feeds.load(Settings()))
