"""One row of a JSONL file of articles, as `khabar tag` and `khabar replay` read it.

A row is {id, text and/or title, published or date, outlet or source, url, ...}; unknown keys are passed over, a known key
with a value of the wrong type refuses the row.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

import msgspec

from khabar.dates import email_date, iso_date
from khabar.errors import RejectedError
from khabar.schema import Article, content_hash, cut_text

UNDATED: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""When a row without any date counts as fetched: never now, so that a second replay gives the same."""

_YEAR: Final = re.compile(r"(\d{4})(?:[-/](\d{1,2}))?(?:/\d{4})?")


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A row as given; a key that is missing or null is empty."""

    id: str | int | None = None
    title: str | None = None
    text: str | None = None
    published: str | None = None
    date: str | None = None
    fetched_at: str | None = None
    content_hash: str | None = None
    outlet: str | None = None
    source: str | None = None
    outlet_name: str | None = None
    outlet_kind: str | None = None
    country: str | None = None
    source_country: str | None = None
    feed: str | None = None
    url: str | None = None
    guid: str | None = None
    backfill: bool | None = None

    @property
    def key(self) -> str:
        """The id as given, as text; empty where there is none."""
        return "" if self.id is None else str(self.id)

    def article(self, article_id: str) -> Article:
        """Return the article of this row under `article_id`.

        It counts as fetched when the row says, else when it was published, else at UNDATED. Text is cut at
        MAX_TEXT_BYTES and not changed otherwise.
        """
        title, text = self.title or "", self.text or ""
        cut, truncated = cut_text(text)
        published = parse_date(self.published or self.date or "")
        outlet = self.outlet or self.source or ""
        return Article(
            id=article_id,
            title=cut_text(title)[0],
            text=cut,
            fetched_at=parse_date(self.fetched_at or "") or published or UNDATED,
            content_hash=self.content_hash or content_hash(title, cut),
            outlet=outlet,
            outlet_name=self.outlet_name or outlet,
            outlet_kind=self.outlet_kind or "",
            country=self.country or self.source_country or "",
            feed=self.feed or "",
            url=self.url or "",
            guid=self.guid or "",
            published=published,
            backfill=bool(self.backfill),
            truncated=truncated,
            text_from="replay",
        )


_decode: Final = msgspec.json.Decoder(Row).decode


def row_of(line: bytes) -> Row:
    """Return the row of one line.

    Raises RejectedError if it is not a JSON object, a field has the wrong type (named), or it has neither title nor text.
    """
    try:
        row = _decode(line.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as e:
        raise RejectedError(f"not a row: {e}") from e
    if not (row.title or "").strip() and not (row.text or "").strip():
        raise RejectedError("not a row: it has neither `title` nor `text`")
    return row


def parse_date(text: str) -> datetime | None:
    """Return the time that `text` names, in UTC: ISO 8601, an e-mail date, or a year or month alone (its first day).

    None where it names none, or one before 1900 or after 2100, as a feed's mistakes do.
    """
    text = text.strip()
    at = iso_date(text) or email_date(text) or _year(text)
    if at is None or not 1900 <= at.year <= 2100:
        return None
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


def _year(text: str) -> datetime | None:
    match = _YEAR.fullmatch(text)
    if not match:
        return None
    month = int(match[2] or 1)
    return datetime(int(match[1]), month, 1, tzinfo=UTC) if 1 <= month <= 12 and match[1] != "0000" else None
