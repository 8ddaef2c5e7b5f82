"""The desk over a real SQLite store and real HTTP: what analysts see, what strangers do not."""

import json
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import msgspec
import pytest
from aiohttp.test_utils import TestClient, TestServer

from desk.app import make_app
from desk.feed import atom
from desk.security import HEADERS
from index.sqlite import SqliteStore
from khabar.errors import UnavailableError
from khabar.schema import CoverageItem
from tests.desk.conftest import NOW, Client, coverage


async def html(client: Client, path: str, status: int = 200, **headers: str) -> str:
    async with client.get(path, headers=headers) as r:
        assert r.status == status, await r.text()
        assert r.content_type == "text/html"
        text = await r.text()
    well_formed(text)
    return text


VOID = {"br", "meta", "link", "input", "rect"}


class Checker(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.stack: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        assert "style" not in found, "the CSP forbids inline styles"
        assert not any(a.startswith("on") for a in found), "the CSP forbids inline handlers"
        self.ids += [found["id"]] if "id" in found else []
        if tag not in VOID:
            self.stack.append(tag)

    def handle_startendtag(self, tag, attrs):
        pass

    def handle_endtag(self, tag):
        assert self.stack.pop() == tag


def well_formed(text: str) -> None:
    checker = Checker()
    checker.feed(text)
    assert checker.stack == []
    assert len(checker.ids) == len(set(checker.ids)), "ids are there once"


PAGES = [
    "/",
    "/?q=المجلس",
    "/?q=actor:council&sort=oldest",
    "/articles/a1",
    "/articles/a2?q=المجلس",
    "/articles/evil",
    "/stories",
    "/stories/st-a1",
]
PAGES += [
    "/actors",
    "/actors/council",
    "/stances",
    "/stances?holder=council&polarity=oppose",
    "/stances?q=المجلس",
    "/api",
    "/?page=7",
    "/feeds",
]


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", ["ar", "en"])
async def test_every_page_is_well_formed_in_both_languages_with_nothing_from_elsewhere(
    desk: Client, path: str, language: str
) -> None:
    text = await html(desk, path, Cookie=f"khabar-language={language}")
    assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in text
    assert "<script>alert" not in text
    assert "<img" not in text
    assert "javascript:" not in text
    for needle in ('src="http', 'rel="stylesheet" href="http'):
        assert needle not in text


async def test_the_article_page_marks_actors_and_evidence_in_place(desk: Client) -> None:
    text = await html(desk, "/articles/a1")
    assert '<article class="text" lang="ar" dir="rtl">' in text
    assert '<span class="evidence oppose" title="المجلس البلدي معارضة ← شركة المياه" id="stance-1">و<b class="cue oppose"' in text
    assert '<mark class="actor institution" title="المجلس البلدي · name" data-actor="council">المجلس البلدي</mark>' in text
    assert "&lt;b&gt;" in text
    assert "<b>بشدة" not in text
    assert 'href="https://example.org/a?x=1&amp;y=2"' in text
    assert "«انتقد»" in text


async def test_stances_are_filtered_as_the_query_language_reads_ids(desk: Client) -> None:
    for filters in ("holder=council&polarity=oppose", "holder=Council&polarity=OPPOSE"):
        text = await html(desk, f"/stances?{filters}")
        assert 'و<b class="cue oppose">انتقد</b> <mark class="actor">المجلس البلدي</mark> شركة المياه &lt;b&gt;بشدة' in text
    assert "بشدة" not in await html(desk, "/stances?holder=water-co")


async def test_a_search_marks_what_it_found_and_an_unreadable_one_says_where(desk: Client) -> None:
    assert '<mark class="hit">' in await html(desk, "/?q=المياه")
    assert '<u class="hit">' in await html(desk, "/articles/a1?q=المياه")
    wrong = await html(desk, "/?q=المياه AND", 400)
    assert 'role="alert"' in wrong
    assert "لا بد من شيء بعد" in wrong


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/articles/none", 404), ("/stories/none", 404), ("/actors/none", 404), ("/nothing", 404), ("/?page=x", 400), ("/actors/%22", 404),
        ("/static/../app.py", 404),
    ],
)  # fmt: skip
async def test_what_is_not_there(desk: Client, path: str, status: int) -> None:
    async with desk.get(path) as r:
        assert r.status == status
        assert r.headers["Content-Security-Policy"] == HEADERS["Content-Security-Policy"], "errors are hardened too"


async def test_the_api(desk: Client) -> None:
    async def get(path: str, status: int = 200) -> dict[str, object]:
        async with desk.get(path) as r:
            assert (r.status, r.content_type) == (status, "application/json")
            return dict(json.loads(await r.read()))

    found = await get("/api/search?q=المياه&size=1")
    assert found["total"] == 2
    [hit] = found["hits"]  # type: ignore[misc]  # decoded JSON
    assert {"id", "title", "story", "actors", "stances", "highlights"} <= set(hit)
    whole = await get("/api/articles/a1")
    assert msgspec.convert(whole, CoverageItem) == coverage()
    assert len((await get("/api/stories/st-a1"))["articles"]) == 2  # type: ignore[arg-type]  # decoded JSON
    assert (await get("/api/actors"))["stances"] == [
        {"holder": "council", "target": "water-co", "polarity": "oppose", "count": 2}
    ]
    assert (await get("/api/search?q=(", 400))["position"] == 1
    assert "error" in await get("/api/articles/none", 404)
    assert await get("/api/search?size=x", 400) == {"error": "size must be a whole number"}
    async with desk.post("/api/search") as r:
        assert (r.status, r.content_type, "GET" in r.headers["Allow"]) == (405, "application/json", True)
    assert await get("/health") == {"status": "ok"}


async def test_feeds_that_fail_come_first(desk: Client) -> None:
    text = await html(desk, "/feeds", Cookie="khabar-language=en")
    assert text.index("http_503") < text.index("<code>ok</code>")
    assert "Not answering as they should: 1 of 2" in text
    assert "<b>busy" not in text
    async with desk.get("/api/feeds") as r:
        assert [f["feed"] for f in (await r.json())["feeds"]] == ["f-2", "f-1"]


async def test_the_feed_is_xml_whatever_the_text_holds(desk: Client) -> None:
    async with desk.get("/feed.atom?q=المجلس") as r:
        entries = ET.fromstring(await r.read()).findall("{http://www.w3.org/2005/Atom}entry")
    assert len(entries) == 2
    nasty = atom([coverage("n", title="a\x00\x0b\ufffe<>&", text="\ud7ff\x1f")], 'q"<', "http://127.0.0.1:1")
    root = ET.fromstring(nasty)
    assert root.findtext("{http://www.w3.org/2005/Atom}entry/{http://www.w3.org/2005/Atom}title") == "a<>&"
    assert root.findtext("{http://www.w3.org/2005/Atom}id") == "http://127.0.0.1:1/feed.atom?q=q%22%3C"


async def test_language_is_kept_and_leads_back_to_the_desk_only(desk: Client) -> None:
    for back, want in (
        ("/actors?q=x", "/actors?q=x"),
        ("https://evil.example/", "/"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("/\t/evil.example", "/"),
        ("/\n/evil.example", "/"),
        ("", "/"),
    ):
        async with desk.get("/language/en", params={"back": back}, allow_redirects=False) as r:
            assert (r.status, r.headers["Location"]) == (303, want)


async def test_a_store_that_does_not_answer_is_said_so(store: SqliteStore) -> None:
    class Away:
        def search(self, *_: object, **__: object) -> None:
            raise UnavailableError("elasticsearch", "http://127.0.0.1:1", "refused")

        get = search

    async with TestClient(TestServer(make_app(Away(), clock=lambda: NOW))) as client:  # type: ignore[arg-type]  # no more is asked of it
        await html(client, "/", 503)
        async with client.get("/api/search") as r:
            assert (r.status, await r.json()) == (503, {"error": "elasticsearch does not answer now"})
        async with client.get("/health") as r:
            assert (r.status, await r.json()) == (503, {"error": "elasticsearch does not answer now"})


async def test_a_fault_of_ours_is_a_page_and_not_a_trace(store: SqliteStore) -> None:
    class Faulty:
        def search(self, *_: object, **__: object) -> None:
            raise ZeroDivisionError("secret")

        get = search

    async with TestClient(TestServer(make_app(Faulty(), clock=lambda: NOW))) as client:  # type: ignore[arg-type]  # no more is asked of it
        assert "secret" not in await html(client, "/", 500)
        async with client.get("/api/search") as r:
            assert (r.status, await r.json()) == (500, {"error": "a fault of ours; the log has it"})
