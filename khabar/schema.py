"""What travels: one frozen type per stage, the topics they travel on, and the only two functions that touch bytes.

Every message is one JSON object with `kind` (the type) and `schema` (the version of this module that wrote it).
All times are timezone-aware; all offsets are Unicode code points, half-open, into the field as given.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final, Literal, TypeVar

import msgspec

from khabar.content import MAX_TEXT_BYTES, content_hash, cut_text, stable_id
from khabar.errors import RejectedError
from khabar.parts import ActorTag, Channel, FieldName, Framing, Mention, Mode, Part, Polarity, QuietHours, Span, Stance

__all__ = [
    "MAX_DEAD_BYTES", "MAX_MESSAGE_BYTES", "MAX_TEXT_BYTES", "SCHEMA_VERSION", "TOPICS",
    "ActorTag", "Alert", "Article", "Channel", "CoverageItem", "Delivery", "FieldName", "Framing", "Mention", "Message",
    "Mode", "Part", "Polarity", "PollResult", "QuietHours", "Rejected", "Span", "Stance", "Subscription", "TaggedArticle",
    "Topic", "content_hash", "cut_text", "dead_letter", "dumps", "loads", "stable_id",
]  # fmt: skip

SCHEMA_VERSION: Final = 1
MAX_MESSAGE_BYTES: Final = 4 * 1024 * 1024
"""No topic takes a larger message; a producer refuses it."""
MAX_DEAD_BYTES: Final = 256 * 1024
"""A dead letter keeps at most this much of the original message."""


class Message(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind"):
    """A whole message. Field `schema` is the version that wrote it."""

    schema: int = SCHEMA_VERSION


class Article(Message, frozen=True, kw_only=True, tag="article"):
    """One feed entry with its full text, as fetched: what `ingest` (or a replay) sends."""

    id: str
    title: str
    text: str
    fetched_at: datetime
    content_hash: str
    outlet: str
    outlet_name: str = ""
    outlet_kind: str = ""
    country: str = ""
    feed: str = ""
    url: str = ""
    guid: str = ""
    published: datetime | None = None
    backfill: bool = False
    truncated: bool = False
    text_from: Literal["page", "entry", "summary", "replay"] = "entry"
    quality: float | None = None


class TaggedArticle(Message, frozen=True, kw_only=True, tag="tagged"):
    """An article about Libya with what the tagger found. `generation` is the hash of the tagger's data files."""

    article: Article
    version: int
    first_seen: datetime
    generation: str
    language: str
    about_libya: bool
    relevance: str = ""
    actors: tuple[ActorTag, ...] = ()
    stances: tuple[Stance, ...] = ()
    framing: tuple[Framing, ...] = ()


class CoverageItem(Message, frozen=True, kw_only=True, tag="coverage"):
    """A tagged article in its story. `copy_of` is the id of the earliest near-identical article, None for an original."""

    tagged: TaggedArticle
    story: str
    story_title: str = ""
    copy_of: str | None = None
    copy_of_outlet: str | None = None
    similarity: float = 0.0


class Subscription(Message, frozen=True, kw_only=True, tag="subscription"):
    """What an analyst asked to be told. `query` is in the language of `khabar.query`; see docs/alerts.md."""

    id: str
    owner: str
    name: str
    query: str
    signal: str = ""
    language: str = "ar"
    channels: tuple[Channel, ...] = ()
    per: Literal["article", "story"] = "article"
    delivery: Literal["immediate", "hourly", "daily", "weekly"] = "immediate"
    quiet: QuietHours | None = None
    max_per_hour: int = 0
    min_confidence: float = 0.0
    include_backfill: bool = False
    paused: bool = False
    expires: datetime | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    feed_token: str = ""


class Alert(Message, frozen=True, kw_only=True, tag="alert"):
    """A subscription met an article, or a signal fired; `spans` show where. `first_seen` is the article's ingest time.

    `actors` are names to show; `sentence` is the one that matched most; `reason` says why it was sent.
    """

    id: str
    subscription: str
    owner: str
    name: str
    query: str
    type: str = "match"
    article: str | None = None
    story: str | None = None
    title: str = ""
    url: str = ""
    outlet: str = ""
    outlet_name: str = ""
    published: datetime | None = None
    first_seen: datetime
    spans: tuple[Span, ...] = ()
    sentence: str = ""
    sentence_field: str = ""
    sentence_start: int = 0
    actors: tuple[str, ...] = ()
    reason: str = ""


class Delivery(Message, frozen=True, kw_only=True, tag="delivery"):
    """The ledger of `notify`: where one alert stands on one channel. Its key is both, so that compaction forgets neither.

    Until an alert is `sent` or `parked` its entry carries the whole of it (`message`) and when it is `due`: the ledger is
    the queue, and the alerts topic is committed once the ledger has them. `partition` is the one it came from.
    """

    alert: str
    subscription: str
    channel: str
    outcome: Literal["sent", "held", "failed", "parked"]
    at: datetime
    attempts: int = 1
    reason: str = ""
    digest: str = ""
    partition: int = 0
    due: datetime | None = None
    message: Alert | None = None


class PollResult(Message, frozen=True, kw_only=True, tag="poll"):
    """One poll of one feed: what came of it and when the next is due. Durations in milliseconds."""

    feed: str
    outlet: str
    url: str
    at: datetime
    outcome: str
    status: int = 0
    latency_ms: float = 0.0
    bytes: int = 0
    entries: int = 0
    new: int = 0
    updated: int = 0
    skipped: dict[str, int] = {}
    """Entries that brought no article, by why: entries = new + updated + what is skipped."""
    notes: dict[str, int] = {}
    """What else there was to say: faults of entries that were sent all the same, pages not got, events of the feed."""
    full_text: int = 0
    delay_s: float | None = None
    failures: int = 0
    next_poll: datetime | None = None
    error: str = ""


class Rejected(Message, frozen=True, kw_only=True, tag="rejected"):
    """A dead letter: a message that can never be processed, with the reason and (at most 256 KB of) its bytes."""

    reason: str
    stage: str
    topic: str
    at: datetime
    partition: int = 0
    offset: int = -1
    key: str = ""
    data: bytes = b""
    size: int = 0
    sha256: str = ""


class Topic(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the topics table. `partitions` 0 means the setting N; `retention_days` 0 means for ever."""

    name: str
    type: type[Message]
    partitions: int = 0
    compacted: bool = False
    retention_days: int = 30


TOPICS: Final[dict[str, Topic]] = {
    t.name: t
    for t in (
        Topic(name="articles", type=Article),
        Topic(name="tagged", type=TaggedArticle, partitions=1),
        Topic(name="coverage", type=CoverageItem, retention_days=90),
        Topic(name="alerts", type=Alert, retention_days=90),
        Topic(name="deliveries", type=Delivery, compacted=True, retention_days=0),
        Topic(name="subscriptions", type=Subscription, partitions=1, compacted=True, retention_days=0),
        Topic(name="polls", type=PollResult),
        Topic(name="dead.letters", type=Rejected),
    )
}


class _Header(msgspec.Struct):
    kind: str = ""
    schema: int = 0


_KINDS: Final[dict[type[Message], str]] = {t.type: str(t.type.__struct_config__.tag) for t in TOPICS.values()}
_UPGRADES: Final[dict[tuple[str, int], Callable[[dict[str, Any]], dict[str, Any]]]] = {}
"""(kind, version) → a function that turns a message of that version into one of the next."""

_encoder = msgspec.json.Encoder()
_header = msgspec.json.Decoder(_Header)
_decoders: Final[dict[type[Message], msgspec.json.Decoder[Any]]] = {t: msgspec.json.Decoder(t) for t in _KINDS}

M = TypeVar("M", bound=Message)


def dumps(message: Message) -> bytes:
    """Return the message as UTF-8 JSON."""
    return _encoder.encode(message)


def loads(data: bytes, kind: type[M]) -> M:
    """Return the message of type `kind` that `data` holds.

    A message of an earlier schema version is read; raises RejectedError for one of a later version, of another kind,
    or that is not what the type says.
    """
    try:
        header = _header.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError) as e:
        raise RejectedError(f"not a message: {e}") from e
    want = _KINDS[kind]
    if header.kind != want:
        raise RejectedError(f"wrong kind: {header.kind or 'none'!r}, expected {want!r}")
    if header.schema > SCHEMA_VERSION:
        raise RejectedError(f"schema version {header.schema} is later than {SCHEMA_VERSION}, which this release reads")
    try:
        if header.schema == SCHEMA_VERSION:
            return _decoders[kind].decode(data)  # type: ignore[no-any-return]
        return msgspec.convert(_upgrade(want, header.schema, msgspec.json.decode(data)), kind, strict=False)
    except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError) as e:
        raise RejectedError(f"not a valid {want}: {e}") from e


def _upgrade(kind: str, version: int, body: dict[str, Any]) -> dict[str, Any]:
    while version < SCHEMA_VERSION:
        upgrade = _UPGRADES.get((kind, version))
        body = upgrade(body) if upgrade else body
        version += 1
    return {**body, "schema": SCHEMA_VERSION}


def dead_letter(
    *,
    reason: str,
    stage: str,
    topic: str,
    at: datetime,
    data: bytes,
    key: str = "",
    partition: int = 0,
    offset: int = -1,
) -> Rejected:
    """Return the dead letter for `data`: at most MAX_DEAD_BYTES of it, with its full size and SHA-256."""
    return Rejected(
        reason=reason,
        stage=stage,
        topic=topic,
        at=at,
        partition=partition,
        offset=offset,
        key=key,
        data=data[:MAX_DEAD_BYTES],
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
    )
