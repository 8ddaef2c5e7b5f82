"""Rows of JSONL: what is read, what is refused by field, and dates as files have them."""

import contextlib
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khabar import schema
from khabar.errors import RejectedError
from khabar.rows import UNDATED, parse_date, row_of


@pytest.mark.parametrize(
    ("line", "names"),
    [
        (b"", "not a row"),
        (b"not json", "not a row"),
        (b"[1, 2]", "Expected `object`"),
        (b'{"id": "a", "title": 3}', "$.title"),
        (b'{"id": ["a"], "title": "t"}', "$.id"),
        (b'{"id": "a", "text": "t", "published": 20240101}', "$.published"),
        (b'{"id": "a", "title": " ", "text": null}', "neither `title` nor `text`"),
        (b'{"id": "a", "text": "\\ud800"}', "not a row"),
        (b'{"id": "a", "text": "\xff"}', "not a row"),
    ],
)
def test_what_is_no_row_is_refused_and_says_why(line, names):
    with pytest.raises(RejectedError, match=r".+") as e:
        row_of(line)
    assert names in e.value.reason


def test_a_row_nested_without_end_is_refused_or_passed_over():
    nested = b"[" * 100_000 + b"]" * 100_000
    with suppress(RejectedError):  # Python 3.14 reads as deep as its stack goes
        assert row_of(b'{"id": "a", "x": ' + nested + b', "text": "t"}').text == "t"
    with pytest.raises(RejectedError, match="not a row"):
        row_of(b'{"id": "a", "title": ' + nested + b"}")


def test_an_article_of_a_row():
    row = row_of('\ufeff{"id": 7, "title": "ع", "text": "ن", "date": "2015-08-01", "source": "صحيفة", "extra": [1]}'.encode())
    a = row.article("x")
    assert (row.key, a.id, a.title, a.text, a.outlet, a.text_from) == ("7", "x", "ع", "ن", "صحيفة", "replay")
    assert a.published == a.fetched_at == datetime(2015, 8, 1, tzinfo=UTC)
    assert a.content_hash == schema.content_hash("ع", "ن")
    assert schema.loads(schema.dumps(a), schema.Article) == a


def test_what_ingest_set_is_kept_and_what_no_row_says_is_never_now():
    row = row_of(b'{"id": "a", "text": "t", "fetched_at": "2024-05-01T10:00:00+02:00", "content_hash": "h"}')
    assert (row.article("a").fetched_at, row.article("a").content_hash) == (datetime(2024, 5, 1, 8, tzinfo=UTC), "h")
    assert row_of(b'{"id": "a", "text": "t"}').article("a").fetched_at == UNDATED


def test_a_very_long_text_is_cut_at_a_character():
    a = row_of(b'{"id": "a", "text": "' + "ليبيا ".encode() * 200_000 + b'"}').article("a")
    assert a.truncated
    assert len(a.text.encode()) <= schema.MAX_TEXT_BYTES


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("2024-02-29", datetime(2024, 2, 29, tzinfo=UTC)),
        ("2024-02-29T10:30:00Z", datetime(2024, 2, 29, 10, 30, tzinfo=UTC)),
        ("2024-02-29 10:30+02:00", datetime(2024, 2, 29, 8, 30, tzinfo=UTC)),
        ("Thu, 29 Feb 2024 10:30:00 +0200", datetime(2024, 2, 29, 8, 30, tzinfo=UTC)),
        ("2012", datetime(2012, 1, 1, tzinfo=UTC)),
        ("2012-07", datetime(2012, 7, 1, tzinfo=UTC)),
        ("2018/2019", datetime(2018, 1, 1, tzinfo=UTC)),
        ("1901-20-17", None),
        ("0001-01-01", None),
        ("9999-12-31T23:59:59-12:00", None),
        ("0000", None),
        ("Mon, 6 Jan 2020 00:00:00 +9999999999999", None),
        ("Mon, 99999999999999999999 Jan 2020 00:00:00 +0000", None),
        ("أمس", None),
        ("", None),
    ],
)
def test_dates(text, want):
    assert parse_date(text) == want


@given(st.text(max_size=30))
def test_no_date_raises(text):
    parse_date(text)


@given(st.binary(max_size=80))
def test_any_bytes_are_a_row_or_refused(line):
    with contextlib.suppress(RejectedError):
        row_of(line).article("a")
