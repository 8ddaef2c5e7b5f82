"""The list of feeds and the commands round it: schema errors by name, one's own file, OPML, discovery, health."""

import asyncio
import gzip
import json

import pytest
from typer.testing import CliRunner

from ingest import discover, feeds, opml
from ingest.encoding import decode
from ingest.fetch import Fetched, Fetcher
from ingest.fulltext import default_rules, load_rules
from khabar.cli import build
from khabar.errors import RejectedError, SettingsError
from khabar.netguard import Guard
from khabar.settings import Settings
from tests.ingest.site import LONG, Site, item, rss, serving

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


def run(tmp_path, *args, code=0, **env):
    settings = {"KHABAR_DATA_DIR": str(tmp_path), "KHABAR_ALLOW_NETWORKS": "127.0.0.0/8"}
    got = CliRunner().invoke(build(), ["feeds", *args], env=settings | env)
    assert got.exit_code == code, got.output
    return got.stdout if got.exception is None or isinstance(got.exception, SystemExit) else str(got.exception)


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


SITEMAP = (
    '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:n="http://www.google.com/schemas/sitemap-news/0.9">'
    "<url><loc>https://one.example/7</loc><n:news><n:publication_date>2024-03-01</n:publication_date><n:title>خبر الميناء</n:title>"
    "</n:news></url></urlset>"
)
JSON_FEED = {"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", "title": "خبر الميناء", "content_text": "نص"}]}
ONE = rss("https://one.example", item(7, title="خبر الميناء"))


@pytest.mark.parametrize(
    ("body", "outcome", "titles", "problems"),
    [
        (b"", "empty", 0, ["empty_document"]),
        (b" \r\n\xef\xbb\xbf", "empty", 0, ["empty_document"]),
        (b"<html><body><p>x</p></body></html>", "html", 0, ["html_page"]),
        (b"<note><to/></note>", "not_a_feed", 0, ["neither_rss_atom_json_feed_nor_sitemap"]),
        (b"just words", "not_a_feed", 0, ["neither_rss_atom_json_feed_nor_sitemap"]),
        (b'{"items": [1]}', "not_a_feed", 0, ["neither_rss_atom_json_feed_nor_sitemap"]),
        (b"\x1f\x8bnot really", "not_a_feed", 0, ["broken_gzip", "neither_rss_atom_json_feed_nor_sitemap"]),
        (gzip.compress(b"\0" * 30_000_000), "not_a_feed", 0, ["broken_gzip", "neither_rss_atom_json_feed_nor_sitemap"]),
        (rss("").encode(), "ok", 0, ["no_entries"]),
        (ONE.encode(), "ok", 1, []),
        (ONE.encode("cp1256"), "ok", 1, ["encoding_undeclared"]),
        (gzip.compress(ONE.encode()), "ok", 1, []),
        (gzip.compress(SITEMAP.encode()), "ok", 1, []),
        (SITEMAP.encode(), "ok", 1, []),
        (json.dumps(JSON_FEED).encode(), "ok", 1, ["no_link", "no_date"]),
    ],
)
def test_test_names_what_is_wrong_with_any_file(tmp_path, body, outcome, titles, problems):
    file = tmp_path / "given"
    file.write_bytes(body)
    seen = json.loads(run(tmp_path, "test", str(file), "--json", code=0 if outcome == "ok" else 1))
    assert (seen["outcome"], [e["title"] for e in seen["entries"]]) == (outcome, ["خبر الميناء"] * titles)
    assert seen["problems"] == problems


async def test_test_names_what_is_wrong_with_any_address(tmp_path):
    site = Site()
    async with serving(site) as base:
        site.put("/there", ONE)

        async def outcome(address, **env):
            seen = json.loads(await asyncio.to_thread(run, tmp_path, "test", address, "--json", code=1, **env))
            return seen["outcome"], " ".join(seen["problems"])

        assert await outcome(f"{base}/elsewhere") == ("http_404", "Not Found")
        refused, why = await outcome(f"{base}/there", KHABAR_ALLOW_NETWORKS="")
        assert refused == "forbidden_address"
        assert "KHABAR_ALLOW_NETWORKS" in why
        assert (await outcome("ftp://one.example/feed"))[0] == "bad_address"
        assert (await outcome("http://"))[0] == "bad_address"
        assert "begins with http" in run(tmp_path, "test", "one.example/feed", code=1)


async def test_add_finds_the_feed_of_a_site_and_says_why_not(tmp_path):
    site = Site()
    async with serving(site) as base:
        site.put("/", '<link rel="alternate" type="application/rss+xml" href="/f.xml">', Content_Type="text/html")
        site.put("/f.xml", ONE)

        async def add(*args, code=0, **env):
            return await asyncio.to_thread(run, tmp_path, "add", *args, code=code, **env)

        said = await add(f"{base}/", "--outlet", "port", "--name-ar", "الميناء", "--country", "LY")
        assert said.startswith(f"added {base}/f.xml (rss20, 1 entries) to outlet port")
        [made] = [f for f in json.loads(run(tmp_path, "list", "--json")) if f["outlet"] == "port"]
        assert (made["outlet_name"], made["country"], made["url"]) == ("الميناء", "LY", f"{base}/f.xml")
        assert "already a feed of port" in await add(f"{base}/f.xml", "--outlet", "port", code=1)
        assert "already a feed of port" in await add(f"{base}/f.xml", code=1)
        assert "--kind is one of state, private" in await add(f"{base}/f.xml", "--kind", "secret", code=1)
        assert "KHABAR_ALLOW_NETWORKS" in await add(f"{base}/", code=1, KHABAR_ALLOW_NETWORKS="")
        site.paths.clear()
        assert "http_404, Not Found" in await add(f"{base}/", code=1)


def test_opml_brings_back_the_outlets_as_they_were(tmp_path):
    exported = run(tmp_path, "opml")
    (tmp_path / "list.opml").write_text(exported, encoding="utf-8")
    (tmp_path / "fresh.toml").write_text("", encoding="utf-8")
    fresh = {"KHABAR_FEEDS_FILE": str(tmp_path / "fresh.toml")}
    assert run(tmp_path, "opml", str(tmp_path / "list.opml"), **fresh).startswith("9")
    assert run(tmp_path, "opml", **fresh) == exported
    assert run(tmp_path, "opml", str(tmp_path / "list.opml"), **fresh).startswith("0 of 9")


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


def test_health_is_readable(tmp_path):
    assert "never polled" in run(tmp_path, "health")
    rows = json.loads(run(tmp_path, "health", "--json"))
    assert len(rows) == len(feeds.load(Settings()))
