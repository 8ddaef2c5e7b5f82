"""JSON Feed and news sitemaps: what becomes of each field, and of documents that are almost one."""

import json

import pytest

from ingest.parse import parse

VERSION = "https://jsonfeed.org/version/1.1"
URLS = "http://www.sitemaps.org/schemas/sitemap/0.9"
NEWS = "http://www.google.com/schemas/sitemap-news/0.9"


def json_feed(*items, **changed):
    feed = {"version": VERSION, "title": "عينة", "items": list(items)} | changed
    return parse(json.dumps(feed).encode(), "application/feed+json", "https://paper.example/feed.json")


def sitemap(*urls, root="urlset"):
    body = f'<?xml version="1.0"?><{root} xmlns="{URLS}" xmlns:news="{NEWS}">{"".join(urls)}</{root}>'
    return parse(body.encode(), "application/xml", "https://paper.example/news.xml")


def url(inner):
    return f"<url><loc> https://paper.example/1 </loc>{inner}</url>"


def test_a_json_feeds_item_keeps_its_fields():
    item = {
        "id": "7",
        "url": "https://paper.example/7",
        "title": "افتتاح المكتبة",
        "content_html": "<p>نص</p>",
        "summary": "ملخص",
        "date_published": "2024-03-01T11:00:00Z",
        "date_modified": "2024-03-01T12:00:00Z",
    }
    hubs = [{"type": "rssCloud", "url": "https://no.example/"}, {"type": "WebSub", "url": "https://hub.example/"}]
    feed = json_feed(item, hubs=hubs, feed_url="https://paper.example/self.json")
    [e] = feed.entries
    assert (feed.outcome, feed.format, feed.title, feed.problems) == ("ok", "json", "عينة", ())
    assert (feed.hub, feed.topic) == ("https://hub.example/", "https://paper.example/self.json")
    assert (e.guid, e.url, e.title, e.html, e.whole) == ("7", "https://paper.example/7", "افتتاح المكتبة", "<p>نص</p>", True)
    assert (e.published, e.updated) == ("2024-03-01T11:00:00Z", "2024-03-01T12:00:00Z")


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ({"content_text": "نص", "summary": "ملخص"}, ("", "", "نص", True)),
        ({"summary": "ملخص"}, ("", "", "ملخص", False)),
        ({"id": 12, "external_url": "https://other.example/"}, ("12", "https://other.example/", "", False)),
        ({"id": None, "url": ["https://paper.example/"], "summary": {}}, ("", "", "", False)),
    ],
)
def test_a_json_item_that_lacks_fields_or_has_them_of_another_type(item, expected):
    [e] = json_feed(item).entries
    assert (e.guid, e.url, e.html, e.whole) == expected


def test_json_items_that_are_no_objects_are_counted_as_a_problem():
    feed = json_feed({"id": "1"}, "2", None)
    assert (feed.outcome, [e.guid for e in feed.entries], feed.problems) == ("ok", ["1"], ("bad_items",))


@pytest.mark.parametrize(
    "changed", [{"items": {}}, {"items": None}, {"version": "https://paper.example/api/1"}, {"version": None}]
)
def test_other_json_is_no_feed(changed):
    assert json_feed(**changed).outcome == "not_a_feed"


@pytest.mark.parametrize("hubs", [5, True, "hub", {"type": "WebSub"}, [None, "x", {"type": "WebSub", "url": 7}]])
def test_hubs_of_another_type_do_no_harm(hubs):
    feed = json_feed({"id": "1"}, hubs=hubs)
    assert (feed.outcome, len(feed.entries), feed.hub) == ("ok", 1, "7" if isinstance(hubs, list) else "")


@pytest.mark.parametrize("body", [b'{"version": "https://jsonfeed.org/version/1", "items": [', b"{" * 100_000])
def test_broken_json_is_no_feed(body):
    feed = parse(body, "application/feed+json", "https://paper.example/feed.json")
    assert (feed.outcome, feed.entries) == ("not_a_feed", ())


def test_a_news_sitemap_gives_title_and_dates():
    news = "<news:news><news:publication_date>2024-03-01</news:publication_date><news:title> خبر </news:title></news:news>"
    feed = sitemap(url(f"<lastmod>2024-03-02</lastmod>{news}"), url(""))
    first, plain = feed.entries
    assert (feed.outcome, feed.format, feed.problems) == ("ok", "sitemap", ())
    assert (first.guid, first.url, first.title) == ("https://paper.example/1", "https://paper.example/1", "خبر")
    assert (first.published, first.updated) == ("2024-03-01", "2024-03-02")
    assert (plain.url, plain.title, plain.published) == ("https://paper.example/1", "", "")


def test_an_index_of_sitemaps_lists_them():
    feed = sitemap(
        "<sitemap><loc>https://paper.example/news-1.xml</loc><lastmod>2024-03-01</lastmod></sitemap>", root="sitemapindex"
    )
    assert feed.format == "sitemap-index"
    assert [(e.url, e.updated) for e in feed.entries] == [("https://paper.example/news-1.xml", "2024-03-01")]


def test_a_sitemap_that_is_cut_off_gives_what_was_whole():
    body = f'<urlset xmlns="{URLS}">{url("")}<url><loc>https://paper.example/2</loc>'
    feed = parse(body.encode(), "application/xml", "https://paper.example/news.xml")
    assert feed.outcome == "ok"
    assert "not_well_formed" in feed.problems
    assert feed.entries[0].url == "https://paper.example/1"


ITEM = "<rss version='2.0'><channel><title>ع</title><item><title>{}</title><link>https://paper.example/1</link></item></channel></rss>"


@pytest.mark.parametrize(
    ("before", "title", "problems"),
    [
        ("", "خبر", ()),
        ("\ufeff\n  ", "خبر", ()),
        ('<?xml version="1.0" encoding="windows-1256"?>\n', "خبر", ()),
        ('Notice: x\n<?xml version="1.0" encoding="windows-1256"?>', "خبر", ("junk_before_feed",)),
        ('<?xml version="1.0"?> ok ', "خبر", ("junk_before_feed",)),
        ("<!DOCTYPE rss>\n", "خبر", ()),
        ('<!DOCTYPE rss [<!ENTITY a "b">]>', "خبر", ("entities_removed",)),
        ('\x01<?xml version="1.0" encoding="windows-1256"?>', "خبر", ("control_characters",)),
        ("", "خب\x02ر", ("control_characters",)),
        ("", "خب\uffffر", ("control_characters",)),
    ],
)
def test_what_stands_before_a_feed_or_in_it_is_put_up_with_and_named(before, title, problems):
    feed = parse((before + ITEM.format(title)).encode(), "", "https://paper.example/")
    assert [e.title for e in feed.entries] == ["خبر"]
    assert set(feed.problems) - {"encoding_lies"} == set(problems)


def test_a_feed_after_many_comments_is_found_at_once():
    feed = parse(("<!-- x -->\n" * 200 + ITEM.format("خبر")).encode(), "", "https://paper.example/")
    assert [e.title for e in feed.entries] == ["خبر"]  # whoever tries each way to read the comments never comes here
    assert parse(b"<!-- x -->\n" * 200 + b"<!doctype html><p>x").outcome == "html"


def test_a_document_type_in_an_entry_is_its_text():
    feed = parse(ITEM.format("<![CDATA[ما هو <!DOCTYPE html>؟]]>").encode(), "", "https://paper.example/")
    assert [e.title for e in feed.entries] == ["ما هو <!DOCTYPE html>؟"]
