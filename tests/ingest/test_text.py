"""Addresses, encodings, dates and HTML: the small functions that every entry goes through."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest import dates
from ingest.encoding import decode
from ingest.htmltext import one_line, to_text
from ingest.parse import parse
from ingest.urls import absolute, canonical, site

PROSE = "أعلنت الحكومة في طرابلس اليوم عن خطة جديدة لتوحيد المؤسسات المالية في البلاد"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://www.example.ly/news/1", "https://example.ly/news/1/"),
        ("https://m.example.ly/news/1", "https://example.ly/news/1"),
        ("https://amp.example.ly/news/1/amp/", "https://example.ly/news/1"),
        ("https://example.ly/a?utm_source=x&id=7&fbclid=q", "https://example.ly/a?id=7"),
        ("https://example.ly/a?b=2&a=1", "https://example.ly/a?a=1&b=2"),
        ("https://example.ly/خبر/عاجل", "https://example.ly/%D8%AE%D8%A8%D8%B1/%D8%B9%D8%A7%D8%AC%D9%84"),
        ("https://example.ly/%d8%ae", "https://example.ly/%D8%AE"),
        ("https://EXAMPLE.LY:443/a/../b/./c#top", "https://example.ly/b/c"),
        ("https://خبر.ly/1", "https://xn--ngblk.ly/1"),
        ("https://cdn.ampproject.org/c/s/www.example.ly/n/2/amp", "https://example.ly/n/2"),
        ("https://www.google.com/amp/s/example.ly/n/2", "https://example.ly/n/2"),
        ("http://example.ly/n/2/AMP/", "https://example.ly/n/2"),
        ("http://example.ly", "https://example.ly/"),
        (" https://example.ly/a\nb ", "https://example.ly/ab"),
    ],
)
def test_one_article_has_one_address(one, other):
    assert canonical(one) == canonical(other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://example.ly/?p=1", "https://example.ly/?p=2"),
        ("https://example.ly/A", "https://example.ly/a"),
        ("https://example.ly/a", "https://example.com/a"),
        ("https://example.ly/a%2Fb", "https://example.ly/a-b"),
        ("https://example.ly:8080/a", "https://example.ly/a"),
    ],
)
def test_different_articles_keep_different_addresses(one, other):
    assert canonical(one) != canonical(other)


@pytest.mark.parametrize(
    "bad", ["", "mailto:a@example.ly", "javascript:x()", "http://", "http://[::1", "ftp://x/y", "//x/y", "http://x:99999/"]
)
def test_what_is_no_address_has_none(bad):
    assert canonical(bad) == ""
    assert absolute(bad) == ""


def test_a_cached_page_of_no_address_keeps_its_own():
    assert canonical("https://cdn.ampproject.org/c/s/site:port/x") == "https://cdn.ampproject.org/c/s/site:port/x"


URL_PIECES = [
    "http://",
    "https://",
    "www.",
    "example.ly",
    "/",
    "//",
    "/./",
    "/../",
    "a",
    "A",
    ";",
    "?",
    "#",
    "amp",
    ":80",
    "~",
    "%41",
    "@",
]


@given(st.lists(st.sampled_from(URL_PIECES), max_size=8).map("".join))
def test_a_plain_address_is_read_as_any_other(url):
    slow = url.replace("example", "ex\nample")  # a line break inside is dropped, and keeps an address from being plain
    assert absolute(url) == absolute(slow)
    assert canonical(url) == canonical(slow)


@given(st.text())
def test_canonical_never_fails_and_is_stable(text):
    once = canonical("https://example.ly/" + text)
    assert canonical(once) == once


def test_site_is_the_registered_domain():
    assert site("feeds.news.example.co.uk") == "example.co.uk"
    assert site("127.0.0.1") == "127.0.0.1"


@pytest.mark.parametrize(
    ("data", "content_type", "encoding", "problem"),
    [
        (PROSE.encode(), "", "utf-8", None),
        (PROSE.encode(), "text/xml; charset=windows-1256", "utf-8", "encoding_lies"),
        (PROSE.encode("cp1256"), "", "windows-1256", "encoding_undeclared"),
        (PROSE.encode("cp1256"), "text/xml; charset=utf-8", "windows-1256", "encoding_lies"),
        (PROSE.encode("cp1256"), "text/xml; charset=iso-8859-1", "windows-1256", "encoding_lies"),
        (PROSE.encode("cp1256"), "text/xml; charset=windows-1256", "windows-1256", None),
        (PROSE.encode("iso8859-6"), "text/xml; charset=ISO-8859-6", "iso-8859-6", None),
        (b"\xff\xfe" + PROSE.encode("utf-16-le"), "", "utf-16le", None),
        (("<rss>" + PROSE).encode("utf-16-be"), "", "utf-16be", None),
        (b"\xef\xbb\xbf" + PROSE.encode(), "", "utf-8", None),
        (PROSE.encode()[:-1], "", "utf-8", "bad_bytes"),
        ("Привет, это новости дня".encode("koi8-r"), "text/xml; charset=koi8-r", "koi8-r", None),
        ("Über Köln".encode("latin-1"), "text/xml; charset=iso-8859-1", "iso-8859-1", None),
        (PROSE.encode(), "text/xml; charset=nonsense", "utf-8", None),
    ],
)
def test_the_bytes_count_more_than_the_claim(data, content_type, encoding, problem):
    got = decode(data, content_type)
    assert got.encoding == encoding
    assert (problem in got.problems) if problem else True


def test_arabic_survives_in_every_encoding():
    for name in ("utf-8", "windows-1256", "utf-16"):
        assert PROSE in decode(PROSE.encode(name)).text


@given(st.binary(max_size=300), st.text(max_size=30))
def test_decode_never_fails(data, content_type):
    assert isinstance(decode(data, content_type).text, str)


TRIPOLI = dates.zone_of("LY")


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("Tue, 03 Mar 2020 18:05:00 +0200", "2020-03-03T16:05:00+00:00"),
        ("Tue, 03 Mar 2020 18:05:00 GMT", "2020-03-03T18:05:00+00:00"),
        ("3 Mar 2020 18:05:00 -0030", "2020-03-03T18:35:00+00:00"),
        ("Tue, 03 Mar 2020 18:05:00 EST", "2020-03-03T23:05:00+00:00"),
        ("2020-03-03T18:05:00Z", "2020-03-03T18:05:00+00:00"),
        ("2020-03-03 18:05", "2020-03-03T16:05:00+00:00"),
        ("٣ مارس ٢٠٢٠ - ١٨:٠٥", "2020-03-03T16:05:00+00:00"),
        ("الثلاثاء 3 آذار/مارس 2020 الساعة 6:05 م", "2020-03-03T16:05:00+00:00"),
        ("3 كانون الثاني 2020", "2020-01-02T22:00:00+00:00"),
        ("3 كانون الأول 2020", "2020-12-02T22:00:00+00:00"),
        ("17 جويلية 2021 - 08:30", "2021-07-17T06:30:00+00:00"),
        ("17 غشت 2021 08:30", "2021-08-17T06:30:00+00:00"),
        ("17 تشرين الثاني 2021 09:00 ص", "2021-11-17T07:00:00+00:00"),
        ("12 رمضان 1441 هـ", "2020-05-04T22:00:00+00:00"),
        ("12 رمضان 1441 هـ الموافق 5 مايو 2020", "2020-05-04T22:00:00+00:00"),
        ("18/11/2019 13:00", "2019-11-18T11:00:00+00:00"),
        ("2019/11/18 01:00 مساءً", "2019-11-18T11:00:00+00:00"),
        ("18 نوفمبر 2019 13:00 GMT", "2019-11-18T13:00:00+00:00"),
        ("18 نوفمبر 2019 13:00 GMT+3", "2019-11-18T10:00:00+00:00"),
        ("November 18, 2019", "2019-11-17T22:00:00+00:00"),
    ],
)
def test_dates_as_outlets_write_them(text, want):
    assert dates.parse(text, TRIPOLI) == datetime.fromisoformat(want)


@pytest.mark.parametrize("text", ["", "قريبا", "31 فبراير 2020", "99/99/2020", "3 مارس 0020", "3 مارس 1441", "مارس", "x" * 500])
def test_what_is_no_date_is_none(text):
    assert dates.parse(text, TRIPOLI) is None


@given(st.text(max_size=80))
def test_dates_never_fail(text):
    dates.parse(text)


def test_a_date_in_the_future_becomes_now():
    now = datetime(2024, 5, 1, 12, tzinfo=UTC)
    assert dates.published(((now + timedelta(days=3)).isoformat(),), UTC, now) == (now, "future_date")
    soon = now + timedelta(minutes=30)
    assert dates.published((soon.isoformat(),), UTC, now) == (soon, "")
    assert dates.published(("", ""), UTC, now) == (None, "no_date")
    assert dates.published(("?", now.isoformat()), UTC, now) == (now, "")
    assert dates.published(("?",), UTC, now) == (None, "bad_date")


@pytest.mark.parametrize(
    ("html", "want"),
    [
        ("<p>سطر <b>أول</b></p><p>سطر ثان</p>", "سطر أول\nسطر ثان"),
        ("نص<script>alert(1)</script> بعده<style>p{}</style>", "نص بعده"),
        ("&lt;p&gt;مرتين&lt;/p&gt;&lt;script&gt;x()&lt;/script&gt;", "مرتين"),
        ("أ &amp; ب &nbsp; ج", "أ & ب ج"),
        ("5 < 6", "5 < 6"),
        ("<p>أ&#1;ب</p> &#x0c;ج", "أب\nج"),
        ("<p>أ\u2009\u00a0ب\u200fج\td</p>", "أ ب\u200fج d"),
        ("<html><head><title>لا</title></head><body>نعم</body></html>", "نعم"),
        ("<div><img src=x onerror=alert(1)>صورة</div>", "صورة"),
        ("", ""),
        ("<!-- لا شيء -->", ""),
    ],
)
def test_html_becomes_text(html, want):
    assert to_text(html) == want


def test_a_title_is_one_line():
    assert one_line("<b>عاجل</b>:\n  خبر<br>مهم") == "عاجل: خبر مهم"


PIECES = ["<p>", "</p>", "<script>", "]]>", "<!--", "&lt;", "&#0;", "<", ">", "&", "a", " ", "\x00", "<table><td", "نص"]


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_html_never_fails(html):
    assert "\x00" not in to_text(html)


@pytest.mark.parametrize("hostile", ["<h1>", "<script>", "<meta ", "<table><tr><td>"])
def test_a_broken_document_of_tags_alone_is_given_up(hostile):
    seen = parse(b"<rss version='2.0'><channel>" + hostile.encode() * 250_000)
    assert (seen.outcome, seen.problems) == ("bad_xml", ("too_much_markup",))


def test_deep_nesting_is_read():
    assert "نص" in to_text("<div>" * 5000 + "نص")
