"""Articles from files: the same file gives the same articles, whenever it is read."""

import gzip
import io
import json
from datetime import UTC, datetime

import pytest

from ingest import feeds, replay
from ingest.fulltext import default_rules
from khabar.errors import RejectedError
from khabar.schema import Article

PAGE = (
    '<html><head><meta property="og:title" content="افتتاح المكتبة"><meta property="article:published_time" content="2024-03-01T10:00:00Z"></head>'
    "<body><article>"
    + "".join(f"<p>افتتح عميد البلدية القاعة رقم {n} من المكتبة العامة في وسط المدينة بعد سنوات من العمل.</p>" for n in range(6))
    + "</article></body></html>"
)


def lines(*rows):
    return io.BytesIO(b"\n".join(r if isinstance(r, bytes) else json.dumps(r).encode() for r in rows))


def test_rows_become_articles_and_bad_ones_are_named_by_number():
    rows = lines(
        {
            "id": "a",
            "title": "عنوان",
            "text": "نص",
            "date": "2018-05-01",
            "source": "صحيفة",
            "url": "http://www.p.example/1?utm_source=x",
        },
        b"",
        b"{broken",
        {"id": 7, "text": "نص بلا عنوان"},
        {"id": "a2", "title": "عنوان", "text": "نص آخر", "url": "https://p.example/1"},
    )
    got = list(replay.jsonl(rows))
    assert [n for n, _ in got] == [1, 3, 4, 5]
    first, bad, second, same = (a for _, a in got)
    assert isinstance(bad, RejectedError)
    assert first.fetched_at == datetime(2018, 5, 1, tzinfo=UTC)
    assert first.id == same.id != second.id
    assert second.fetched_at.year == 1970


def warc(*pages):
    """Return a gzipped WARC with one response for each (url, content type, body, content coding, or more lines of its head)."""
    records = []
    for url, kind, body, coding in pages:
        coded = coding if ":" in coding else f"Content-Encoding: {coding}\r\n" if coding else ""
        http = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\n{coded}Content-Length: {len(body)}\r\n\r\n".encode() + body
        head = (
            f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:x:{len(records)}>\r\nWARC-Target-URI: {url}\r\n"
            f"WARC-Date: 2024-03-02T08:00:00Z\r\nContent-Type: application/http; msgtype=response\r\nContent-Length: {len(http)}\r\n\r\n"
        )
        records.append(gzip.compress(head.encode() + http + b"\r\n\r\n"))
    return b"".join(records)


def test_pages_of_a_warc_become_articles():
    data = warc(
        ("https://paper.example/1", "text/html; charset=utf-8", gzip.compress(PAGE.encode()), "gzip"),
        ("https://paper.example/logo", "image/png", b"\x89PNG", ""),
        ("https://paper.example/2", "text/html; charset=windows-1256", PAGE.encode("cp1256"), ""),
        ("https://paper.example/3", "text/html", b"<html></html>", ""),
    )
    got = [a for _, a in replay.warc(io.BytesIO(data), default_rules())]
    assert [type(a) for a in got] == [Article, Article, RejectedError]
    assert (got[0].title, got[0].outlet, got[0].text_from) == ("افتتاح المكتبة", "paper.example", "replay")
    assert got[0].published == datetime(2024, 3, 1, 10, tzinfo=UTC)
    assert got[0].fetched_at == datetime(2024, 3, 2, 8, tzinfo=UTC)
    assert got[0].content_hash == got[1].content_hash


def chunked(body, size=500):
    pieces = (body[i : i + size] for i in range(0, len(body), size))
    return b"".join(b"%x\r\n%s\r\n" % (len(p), p) for p in pieces) + b"0\r\n\r\n"


def test_a_page_that_was_kept_in_the_chunks_it_came_in_is_put_together():
    sent, html = "Transfer-Encoding: chunked\r\n", "text/html; charset=utf-8"
    data = warc(
        ("https://paper.example/1", html, PAGE.encode(), ""),
        ("https://paper.example/2", html, chunked(PAGE.encode()), sent),
        ("https://paper.example/3", html, chunked(gzip.compress(PAGE.encode())), sent + "Content-Encoding: gzip\r\n"),
        ("https://paper.example/4", html, PAGE.encode(), sent),  # crawlers also undo the chunks and keep the header
    )
    got = [a for _, a in replay.warc(io.BytesIO(data), default_rules())]
    assert [type(a) for a in got] == [Article] * 4
    assert len({a.content_hash for a in got}) == 1


def test_a_page_of_a_known_outlet_is_read_as_the_poller_reads_it():
    known = feeds.by_site(
        feeds.parse(
            "".join(
                f'[[outlet]]\nid = "{name}"\nname_ar = "صحيفة"\nname_en = "Paper"\nkind = "state"\ncountry = "LY"\nsite = "{site}"\n'
                for name, site in (
                    ("paper", "https://www.paper.example/"),
                    ("one", "https://a.shared.example"),
                    ("two", "https://b.shared.example"),
                )
            ),
            "x.toml",
        )
    )
    local = PAGE.replace("10:00:00Z", "10:00:00").encode()
    pages = [(f"https://{host}.example/1", "text/html; charset=utf-8", local, "") for host in ("ar.paper", "a.shared")]
    paper, nobody = (a for _, a in replay.warc(io.BytesIO(warc(*pages)), default_rules(), known))
    assert (paper.outlet, paper.outlet_name, paper.outlet_kind, paper.country) == ("paper", "صحيفة", "state", "LY")
    assert paper.published == datetime(2024, 3, 1, 8, tzinfo=UTC)
    assert (nobody.outlet, nobody.published) == ("shared.example", datetime(2024, 3, 1, 10, tzinfo=UTC))


def test_a_broken_warc_is_named():
    [(_, e)] = replay.warc(io.BytesIO(b"this is no WARC at all\r\n\r\n"), default_rules())
    assert isinstance(e, RejectedError)
    assert "WARC" in e.reason


def test_the_file_s_name_tells_which(tmp_path):
    file = tmp_path / "pages.warc.gz"
    file.write_bytes(warc(("https://paper.example/1", "text/html; charset=utf-8", PAGE.encode(), "")))
    assert len(list(replay.read(file, default_rules()))) == 1


@pytest.mark.shared
def test_the_real_articles_are_read_whole_and_alike_twice(shared):
    path = shared / "data" / "dev" / "articles.jsonl"
    once, twice = (list(replay.read(path, default_rules())) for _ in range(2))
    assert once == twice
    assert all(isinstance(a, Article) for _, a in once)
    assert len({a.id for _, a in once}) == len(once)
