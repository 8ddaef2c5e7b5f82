"""The cluster step: tagged articles in batches in, the same articles with their story out.

A story is a set of near-copies: agency texts, their edited and cut versions, and updates. An article joins the story of
the earlier article that it shares most with, else it starts one. Once given, a story never changes and stories do not
merge, so what readers were told stays true.

State is one entry per article in a Table; the index from signature to articles is in memory only and is built again from
the table by `reload` (after a restart, when Faust moved the partition here, after a transaction was rolled back).
"""

from __future__ import annotations

from array import array
from collections import Counter, deque
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec

from khabar.ports import Table
from khabar.schema import CoverageItem, TaggedArticle, stable_id
from streams.signature import Shared, compare, signature

NEAR: Final = timedelta(days=4)
"""Texts this close in time are held to be one story on weaker grounds: a template (weather, prices) returns later."""
AT_ONCE: Final = timedelta(hours=1)
"""Articles first seen so close together came in whatever order their feeds were polled: the one that was placed first counts
as the original."""
FEWEST_SHARED: Final = 6
"""Two texts that share fewer triples than this have only a phrase in common."""
LONGEST_LIST: Final = 64
"""A triple that this many articles share already leads to enough of them."""
CANDIDATES: Final = 24
"""An article is compared with at most this many others: those that the index leads to most often."""
SHORT: Final = 64
"""A longer text that belongs to the same story is led to more than once."""


class Entry(msgspec.Struct, frozen=True, array_like=True):
    """What the step remembers of an article: its story for good, its signature for `days` after `kept_at`."""

    story: str
    story_title: str
    story_since: datetime
    outlet: str
    version: int
    first_seen: datetime
    published: datetime | None
    kept_at: datetime
    copy_of: str | None
    copy_of_outlet: str | None
    similarity: float
    signature: bytes

    @property
    def order(self) -> tuple[datetime, datetime]:
        """What tells the earlier of two articles: when it was first seen, then when it says it was published."""
        return self.first_seen, self.published or self.first_seen


_encode: Final = msgspec.msgpack.Encoder().encode
_entry: Final = msgspec.msgpack.Decoder(Entry).decode


def same_story(shared: Shared, apart: timedelta, age: timedelta) -> bool:
    """Return whether a text belongs to the story of another: first seen `apart`, and `age` after the story's first.

    The bounds are those that tell the kinds of the measured pairs from one another (see bench/cluster.py). Weak grounds
    hold only while a story is young, else each day's weather would join yesterday's for ever.
    """
    if shared.count < FEWEST_SHARED:
        return False
    if apart > NEAR:
        return shared.jaccard >= 0.55 or shared.containment >= 0.8
    if age > NEAR:
        return shared.jaccard >= 0.4 or shared.containment >= 0.65
    return shared.jaccard >= 0.18 or shared.containment >= 0.38


def is_copy(shared: Shared) -> bool:
    """Return whether one text is the other, or a cut of it, but for a few words."""
    return shared.count >= FEWEST_SHARED and (shared.jaccard >= 0.8 or shared.containment >= 0.8)


class Clusterer:
    """Assigns stories; not for use by two threads at once."""

    def __init__(self, table: Table, *, days: int = 14) -> None:
        self._table = table
        self._life = timedelta(days=days)
        self.reload()

    def reload(self) -> None:
        """Build the index again from the table."""
        self._lists: dict[int, list[str]] = {}
        rows = [(k, e) for k, e in ((k, _entry(v)) for k, v in self._table.items()) if e.signature]
        rows.sort(key=lambda r: (r[1].kept_at, r[1].order, r[0]))
        self._kept: deque[tuple[datetime, str]] = deque()
        for key, entry in rows:
            self._index(key, entry)

    def cluster(self, batch: Sequence[TaggedArticle], now: datetime) -> list[CoverageItem]:
        """Return the batch, in its order, with stories; `now` is the time from which new signatures are kept.

        Within a batch the article that was first seen earliest is placed first, so that the order of a batch does not matter.
        A redelivered article gets what it got before.
        """
        self._forget(now)
        order = sorted(range(len(batch)), key=lambda i: _place(batch[i]))
        entries = {i: self._assign(batch[i], now) for i in order}
        return [_item(tagged, entries[i]) for i, tagged in enumerate(batch)]

    def _assign(self, tagged: TaggedArticle, now: datetime) -> Entry:
        article = tagged.article
        stored = self._table.get(article.id)
        old = _entry(stored) if stored is not None else None
        if old is not None and old.version >= tagged.version:
            return old
        new = Entry(
            story=stable_id("story", article.id),
            story_title=article.title,
            story_since=tagged.first_seen,
            outlet=article.outlet_name or article.outlet,
            version=tagged.version,
            first_seen=tagged.first_seen,
            published=article.published,
            kept_at=now,
            copy_of=None,
            copy_of_outlet=None,
            similarity=0.0,
            signature=signature(article.title, article.text).tobytes(),
        )
        new = self._placed(article.id, new, old)
        if old is not None:
            self._unindex(article.id, old)
        self._table[article.id] = _encode(new)
        self._index(article.id, new)
        return new

    def _placed(self, key: str, new: Entry, old: Entry | None) -> Entry:
        """Return `new` in its story (that of its earlier version, if any) and, if it is a copy, with what it copies."""
        matches = self._matches(key, new)
        if old is not None:
            new = _joined(new, old)
        elif matches:
            _, _, best = min(matches, key=lambda m: (-max(m[0].jaccard, m[0].containment), -m[0].jaccard, m[2].order, m[1]))
            new = _joined(new, best)
        inside = [m for m in matches if m[2].story == new.story]
        if inside:
            new = msgspec.structs.replace(new, similarity=round(max(s.containment for s, _, _ in inside), 4))
        originals = [
            (e.order, k, s, e) for s, k, e in inside if is_copy(s) and _before(e, k, new, key, corrected=old is not None)
        ]
        if originals:
            _, original, shared, entry = min(originals, key=lambda o: o[:2])
            new = msgspec.structs.replace(
                new, copy_of=original, copy_of_outlet=entry.outlet, similarity=round(shared.containment, 4)
            )
        return new

    def _matches(self, key: str, new: Entry) -> list[tuple[Shared, str, Entry]]:
        """Return the articles that belong to one story with `new`, by what the index leads to."""
        own = array("I", new.signature)
        counts: Counter[str] = Counter()
        for listed in filter(None, map(self._lists.get, own)):
            counts.update(listed)
        counts.pop(key, None)
        found = []
        for other, hits in sorted(counts.items(), key=lambda c: (-c[1], c[0]))[:CANDIDATES]:
            if hits < 2 and len(own) > SHORT:
                break
            entry = _entry(self._table[other])
            apart = abs(entry.first_seen - new.first_seen)
            shared = compare(own, array("I", entry.signature))
            age = abs(new.first_seen - entry.story_since)
            if apart <= self._life and same_story(shared, apart, age):
                found.append((shared, other, entry))
        return found

    def _index(self, key: str, entry: Entry) -> None:
        self._kept.append((entry.kept_at, key))
        for h in _indexed(entry.signature):
            listed = self._lists.setdefault(h, [])
            if len(listed) < LONGEST_LIST:
                listed.append(key)

    def _unindex(self, key: str, entry: Entry) -> None:
        for h in _indexed(entry.signature):
            listed = self._lists.get(h, [])
            if key in listed:
                listed.remove(key)
            if not listed:
                self._lists.pop(h, None)

    def _forget(self, now: datetime) -> None:
        """Drop the signatures that were kept for their days; the stories stay known."""
        while self._kept and now - self._kept[0][0] > self._life:
            kept_at, key = self._kept.popleft()
            entry = _entry(self._table[key])
            if entry.kept_at == kept_at and entry.signature:
                self._unindex(key, entry)
                self._table[key] = _encode(msgspec.structs.replace(entry, signature=b""))


def _before(other: Entry, other_key: str, new: Entry, key: str, *, corrected: bool) -> bool:
    """Return whether `other` may be what `new` copies: it was known before, and `new` was not clearly seen first.

    A correction is compared strictly, as its own copies are known by then.
    """
    if other.copy_of == key:
        return False
    if corrected:
        return (other.order, other_key) < (new.order, key)
    return other.first_seen <= new.first_seen + AT_ONCE


def _joined(entry: Entry, story: Entry) -> Entry:
    return msgspec.structs.replace(entry, story=story.story, story_title=story.story_title, story_since=story.story_since)


def _indexed(data: bytes) -> array[int]:
    """Return the hashes under which a signature is listed: the lowest 32, or an eighth of a long one."""
    hashes = array("I", data)
    return hashes[: max(32, len(hashes) // 8)]


def _place(tagged: TaggedArticle) -> tuple[datetime, datetime, str, int]:
    published = tagged.article.published or tagged.first_seen
    return tagged.first_seen, published, tagged.article.id, tagged.version


def _item(tagged: TaggedArticle, entry: Entry) -> CoverageItem:
    return CoverageItem(
        tagged=tagged,
        story=entry.story,
        story_title=entry.story_title,
        copy_of=entry.copy_of,
        copy_of_outlet=entry.copy_of_outlet,
        similarity=entry.similarity,
    )
