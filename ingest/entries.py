"""From what a feed lists to Articles: identity, dates, text, and what the feed's history says about each entry."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo
from typing import Final

import msgspec

from ingest import dates
from ingest.htmltext import one_line, to_text, without_title
from ingest.model import Feed, Known, RawEntry
from ingest.urls import absolute, canonical
from khabar.schema import Article, content_hash, cut_text, stable_id

BACKFILL: Final = timedelta(days=2)
"""On a feed's first poll, an entry older than this (or without a date) is old news."""
MAX_TITLE: Final = 500
SUMMARY_CHARS: Final = 600
"""An entry's text shorter than this is a summary: the page has more."""


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """One entry, read: its id, the hash of what the feed shows of it, and text that is already clean."""

    id: str
    url: str
    guid: str
    guid_key: str
    title: str
    text: str
    whole: bool
    published: datetime | None
    content_hash: str
    shown: str
    problems: tuple[str, ...] = ()

    @property
    def fingerprint(self) -> str:
        """What tells whether the feed shows the same of the entry as before."""
        return self.content_hash[:12]


def shown(raw: RawEntry) -> str:
    """Return the hash of what a feed shows of an entry, markup and all."""
    return content_hash(raw.title, raw.html)[:12]


def id_of(raw: RawEntry) -> str:
    """Return the id that an entry has by its address, "" for one without."""
    address = canonical(raw.url)
    return stable_id(address) if address else ""


def read(feed: Feed, raw: RawEntry, zone: tzinfo, now: datetime) -> Candidate | str:
    """Return the candidate of an entry, or the name of why it can be none."""
    title = one_line(raw.title)[:MAX_TITLE]
    text = to_text(raw.html)
    if not title and not text:
        return "empty_entry"
    url = absolute(raw.url)
    identity = canonical(url) or (f"{feed.outlet}\x1f{raw.guid}" if raw.guid else "")
    problems = [] if url else ["no_link"]
    if not identity:  # neither link nor GUID: only its words can tell it from others
        identity = f"{feed.outlet}\x1f{title}\x1f{text[:200] if not title else ''}"
        problems.append("no_identity")
    if not title:
        title = text.split("\n", 1)[0][:120]
        problems.append("no_title")
    if text[:2] == title[:2]:  # seldom, and looking costs time
        text = without_title(text, (title,))
    published, problem = dates.published((raw.published, raw.updated), zone, now)
    return Candidate(
        id=stable_id(identity),
        url=url,
        guid=raw.guid,
        guid_key=stable_id(feed.id, raw.guid) if raw.guid else "",
        title=title,
        text=text,
        whole=raw.whole and len(text) >= SUMMARY_CHARS // 2,
        published=published,
        content_hash=content_hash(title, text),
        shown=shown(raw),
        problems=(*problems, problem) if problem else tuple(problems),
    )


def without_doubles(candidates: Sequence[Candidate]) -> tuple[list[Candidate], int]:
    """Return the candidates with each id once (the newest by its date, else the first), and how many were doubles.

    Entries that have only a GUID, the same one, but other titles are different articles: the GUID is a mistake.
    """
    kept: dict[str, Candidate] = {}
    doubles = 0
    for c in candidates:
        first = kept.get(c.id)
        if first is None:
            kept[c.id] = c
        elif not c.url and first.title != c.title and first.published != c.published:
            other = msgspec.structs.replace(c, id=stable_id(c.id, c.title), guid_key="", problems=(*c.problems, "reused_guid"))
            kept.setdefault(other.id, other)
        else:
            doubles += 1
            if c.published is not None and (first.published is None or c.published > first.published):
                kept[c.id] = c
    return list(kept.values()), doubles


def needs_page(feed: Feed, candidate: Candidate) -> bool:
    """Whether the article's page is to be fetched for its text."""
    if feed.full_text == "never" or not candidate.url:
        return False
    if feed.full_text == "always":
        return True
    return not candidate.whole and len(candidate.text) < SUMMARY_CHARS


def article(
    feed: Feed, candidate: Candidate, *, page_text: str, quality: float | None, fetched_at: datetime, backfill: bool
) -> Article:
    """Return the Article of a candidate; `page_text` is the text of its page, empty where the entry's own is used."""
    text, truncated = cut_text(page_text or candidate.text)
    text_from = "page" if page_text else "entry" if candidate.whole or len(candidate.text) >= SUMMARY_CHARS else "summary"
    return Article(
        id=candidate.id,
        title=candidate.title,
        text=text,
        fetched_at=fetched_at,
        content_hash=candidate.content_hash if text == candidate.text else content_hash(candidate.title, text),
        outlet=feed.outlet,
        outlet_name=feed.outlet_name,
        outlet_kind=feed.kind,
        country=feed.country,
        feed=feed.id,
        url=candidate.url,
        guid=candidate.guid,
        published=candidate.published,
        backfill=backfill,
        truncated=truncated,
        text_from=text_from,  # type: ignore[arg-type]  # mypy widens the conditional's literals to str
        quality=quality,
    )


def is_backfill(candidate: Candidate, *, first_poll: bool, now: datetime) -> bool:
    """Whether an entry is old news that raises no alert: on a feed's first poll, what is old or has no date."""
    return first_poll and (candidate.published is None or now - candidate.published > BACKFILL)


def verdict(candidate: Candidate, known: Known | None, feed: Feed) -> str:
    """Return what an entry is: `new`, `updated`, or why it brings nothing (`seen`, `other_feed`)."""
    if known is None:
        return "new"
    if known.feed != feed.id:
        return "other_feed"
    return "seen" if known.fingerprint == candidate.fingerprint else "updated"
