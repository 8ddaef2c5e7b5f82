"""What ingest works with: outlets' feeds, what a parser saw in one, and what a poll remembers of it."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Literal

import msgspec

from khabar.schema import Article, PollResult

Kind = Literal["state", "private", "party", "agency", "public", "aggregator"]


class Feed(msgspec.Struct, frozen=True, kw_only=True):
    """One feed of an outlet, as feeds.toml has it. `country` is ISO 3166-1 alpha-2, or empty."""

    id: str
    url: str
    outlet: str
    outlet_name: str = ""
    outlet_name_en: str = ""
    country: str = ""
    kind: str = ""
    leaning: str = ""
    discover: bool = False
    """The address is a page: the feed is looked for there."""
    full_text: Literal["auto", "always", "never"] = "auto"
    paused: bool = False
    insecure_tls: bool = False
    """Take a certificate that is expired or self-signed: said of one feed by a person, never by default."""


class RawEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One entry as the parser saw it: strings as given, HTML not yet cleaned, dates not yet read."""

    guid: str = ""
    url: str = ""
    title: str = ""
    html: str = ""
    whole: bool = False
    """True when the feed itself offers the html as the content, not as a summary."""
    published: str = ""
    updated: str = ""


ParseOutcome = Literal["ok", "empty", "html", "not_a_feed", "bad_xml"]


class ParsedFeed(msgspec.Struct, frozen=True, kw_only=True):
    """What a parser made of a body. `problems` are names of what was wrong and put up with."""

    outcome: ParseOutcome
    format: str = ""
    encoding: str = ""
    title: str = ""
    entries: tuple[RawEntry, ...] = ()
    problems: tuple[str, ...] = ()
    ttl_s: int = 0
    hub: str = ""
    topic: str = ""


HOURS: Final = (0.0,) * 24


class FeedState(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the poller remembers of one feed between polls and restarts."""

    url: str
    """The address it is asked at: the one of feeds.toml until a permanent redirect has held for a week."""
    etag: str = ""
    last_modified: str = ""
    body_hash: str = ""
    distrust: bool = False
    """Its validators once hid a change: it is asked unconditionally from then on."""
    audited_at: datetime | None = None
    """When the whole body was last seen, whatever the validators say."""
    next_poll: datetime | None = None
    last_poll: datetime | None = None
    last_ok: datetime | None = None
    last_new: datetime | None = None
    outcome: str = ""
    error: str = ""
    status: int = 0
    failures: int = 0
    parked_since: datetime | None = None
    moved_to: str = ""
    moved_since: datetime | None = None
    gap_s: float = 0.0
    """The usual time between two new entries (a moving mean, seconds); 0 is not known yet."""
    hours: tuple[float, ...] = HOURS
    """The share of new entries by hour of the day (UTC), fading."""
    silent: bool = False
    title: str = ""
    hub: str = ""
    topic: str = ""
    ttl_s: int = 0
    """What its <ttl> or sy:updatePeriod said when its body was last read."""
    listed: int = 0
    """How many entries its body listed when it was last read."""
    missed: int = 0
    """In how many polls nothing that was known was listed any more, so that entries in between may have been missed."""
    looks: int = 0
    """How many of its articles are looked at again for corrections."""
    polls: int = 0
    entries: int = 0
    new: int = 0
    full_text: int = 0
    skipped: dict[str, int] = {}
    delay_s: float = 0.0
    """The usual time from an entry's date to its first sight (a moving mean, seconds)."""


class Known(msgspec.Struct, frozen=True, array_like=True, omit_defaults=True):
    """What the poller remembers of one article: who brought it, and the hashes of what the feed and the article held."""

    feed: str
    fingerprint: str
    content_hash: str
    seen_at: datetime
    shown: str = ""
    """The hash of the entry as the feed wrote it, markup and all: while it holds, the entry need not be read again."""


class Polled(msgspec.Struct, frozen=True, kw_only=True):
    """One poll of one feed. The caller sends `articles` and `result`, waits until they are safe, then saves `writes`."""

    feed: Feed
    articles: tuple[Article, ...]
    result: PollResult
    state: FeedState
    writes: dict[str, bytes | None]
    """Keys of the poller's table and their new values; None removes."""
