"""The tag step: one Article in, a TaggedArticle with its version out, or a value that says why nothing goes on.

State is one entry per article in a Table: when it was first seen and which (fetched_at, hash) became which version.
The rules are those of the house's "Versions": a known (fetched_at, hash) gives its old version again, so that a
redelivered message writes what it wrote before; the hash of the latest version changes nothing; another hash that is
not earlier than the latest is a new version (a revert too); an earlier one never replaces a later.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final, Literal

import msgspec

from khabar.ports import Table, Tagger, Tags
from khabar.schema import Article, TaggedArticle

AUDIT_DAYS: Final = 1
"""How long a dropped article can still be looked at."""


class Seen(msgspec.Struct, frozen=True, array_like=True):
    """One version of an article: when it was fetched, the hash of its content, its number and whether it went on."""

    fetched_at: datetime
    content_hash: str
    version: int
    sent: bool


class History(msgspec.Struct, frozen=True, array_like=True):
    """What the tag step remembers of one article."""

    first_seen: datetime
    versions: tuple[Seen, ...]


class Dropped(msgspec.Struct, frozen=True, kw_only=True):
    """An article that is not about Libya; `reason` is the relevance rule that decided so."""

    id: str
    outlet: str
    title: str
    url: str
    language: str
    reason: str
    fetched_at: datetime


class Unchanged(msgspec.Struct, frozen=True, kw_only=True):
    """A message that makes no new version: the content of the latest again, or an older fetch that came late."""

    id: str
    outlet: str
    why: Literal["same content", "older than the latest version"]


Outcome = TaggedArticle | Dropped | Unchanged

_encode: Final = msgspec.msgpack.Encoder().encode
_history: Final = msgspec.msgpack.Decoder(History).decode
_audit: Final = msgspec.msgpack.Decoder(tuple[datetime, Dropped]).decode


def tag_step(article: Article, tagger: Tagger, table: Table) -> Outcome:
    """Return what becomes of `article`, and remember its version in `table`.

    A version that is not about Libya ends here as Dropped, unless an earlier version of the article went on: then the
    correction follows it, so that what readers see is not the withdrawn text.
    """
    stored = table.get(article.id)
    history = _history(stored) if stored is not None else History(article.fetched_at, ())
    seen = _version_of(article, history)
    if isinstance(seen, Unchanged):
        return seen
    tags = tagger.tag(article)
    earlier_sent = any(v.sent for v in history.versions if v.version < seen.version)
    sent = tags.about_libya or earlier_sent
    if seen not in history.versions or seen.sent != sent:
        seen = msgspec.structs.replace(seen, sent=sent)
        others = (v for v in history.versions if v.version != seen.version)
        table[article.id] = _encode(History(history.first_seen, tuple(sorted((*others, seen), key=lambda v: v.version))))
    return _tagged(article, seen.version, history.first_seen, tagger.generation, tags) if sent else _dropped(article, tags)


def _version_of(article: Article, history: History) -> Seen | Unchanged:
    for known in history.versions:
        if (known.fetched_at, known.content_hash) == (article.fetched_at, article.content_hash):
            return known
    if not history.versions:
        return Seen(article.fetched_at, article.content_hash, 1, sent=False)
    latest = history.versions[-1]
    if latest.content_hash == article.content_hash:
        return Unchanged(id=article.id, outlet=article.outlet, why="same content")
    if article.fetched_at < latest.fetched_at:
        return Unchanged(id=article.id, outlet=article.outlet, why="older than the latest version")
    return Seen(article.fetched_at, article.content_hash, latest.version + 1, sent=False)


def _tagged(article: Article, version: int, first_seen: datetime, generation: str, tags: Tags) -> TaggedArticle:
    return TaggedArticle(
        article=article,
        version=version,
        first_seen=first_seen,
        generation=generation,
        language=tags.language,
        about_libya=tags.about_libya,
        relevance=tags.relevance,
        actors=tags.actors,
        stances=tags.stances,
        framing=tags.framing,
    )


def _dropped(article: Article, tags: Tags) -> Dropped:
    return Dropped(
        id=article.id,
        outlet=article.outlet,
        title=article.title,
        url=article.url,
        language=tags.language,
        reason=tags.relevance,
        fetched_at=article.fetched_at,
    )


class DroppedLog:
    """What was dropped in the last day, for audit, in a Table of its own (article id → when and what)."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def add(self, dropped: Dropped, now: datetime) -> None:
        """Keep `dropped`, which was dropped at `now`."""
        self._table[dropped.id] = _encode((now, dropped))

    def entries(self, now: datetime) -> Iterator[Dropped]:
        """Yield what was dropped in the day before `now`, newest first."""
        rows = [_audit(v) for v in self._table.values()]
        for at, dropped in sorted(rows, key=lambda r: (r[0], r[1].id), reverse=True):
            if now - at < timedelta(days=AUDIT_DAYS):
                yield dropped

    def per_outlet(self, now: datetime) -> Counter[str]:
        """Return how many were dropped in the day before `now`, per outlet."""
        return Counter(d.outlet for d in self.entries(now))

    def prune(self, now: datetime) -> int:
        """Forget what was dropped a day or more before `now`; return how many."""
        old = [k for k, v in self._table.items() if now - _audit(v)[0] >= timedelta(days=AUDIT_DAYS)]
        for key in old:
            del self._table[key]
        return len(old)
