"""All subscriptions against one article at once.

    article ─ signs ─▶ first keys ─▶ second keys ─▶ queries ─ verified by khabar.query ─▶ alerts

A query is filed under the one or two rarest keys that it needs, so that most of a hundred thousand are never looked at,
and an article's few candidates are evaluated exactly: the answer is that of evaluating each query alone. All words in which
a first key may be written, with every clitic, lie ready in one set, so that an article's words need only be met with it; a
second key, asked for a few times an article, is looked for in the text. Filing one
query takes microseconds, so that a new subscription is live with the next article and nothing is ever rebuilt in the
hot path; `replace` builds another index aside and swaps it in. Which keys are rare the first articles tell; then `tune`
files what there is anew, a little at a time.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable
from itertools import chain
from typing import Final

import msgspec
import structlog

from khabar import arabic
from khabar.errors import KhabarError
from khabar.query import Node, Query, View, limit_confidence, parse
from khabar.query.match import holds, spans
from khabar.schema import Alert, CoverageItem, Span, Subscription, stable_id
from streams.match_plan import Alternatives, Marked, requirements, signs

MAX_SPANS: Final = 100
"""An alert shows at most so many places."""

LEARN: Final = 1000
"""What is rare is learned from so many articles."""
_MANY: Final = 80
"""To look for more second keys than these takes longer than to make all terms of an article."""
_log = structlog.get_logger()


class _Entry:
    """A subscription ready for matching, with where it is filed."""

    __slots__ = ("filed", "query", "subscription")

    def __init__(self, subscription: Subscription, query: Query) -> None:
        self.subscription, self.query = subscription, query
        self.filed: Alternatives | None = None


class _Index:
    """Entries by the keys they need. `seen` tells in how many of some articles a key was."""

    def __init__(self, seen: Counter[str]) -> None:
        self.entries: dict[str, _Entry] = {}
        self._by_key: dict[str, dict[str, list[_Entry]]] = {}
        self._signs: set[str] = set()
        self._unfiled: dict[str, _Entry] = {}
        self._uses: Counter[str] = Counter()
        self._seen = seen
        self._marked = Marked()

    def count(self, node: Node) -> None:
        """Note which keys a query that is about to be filed needs, so that common ones are known as common."""
        for alternative in requirements(node, lambda _: 0.0) or ():
            self._uses.update(alternative)

    def put(self, entry: _Entry) -> None:
        self.remove(entry.subscription.id)
        self.entries[entry.subscription.id] = entry
        entry.filed = requirements(entry.query.root, self._rarity)
        if entry.filed is None:
            self._unfiled[entry.subscription.id] = entry
            return
        for first, second in map(_pair, entry.filed):
            if first not in self._by_key:
                self._by_key[first] = {}
                self._signs.update(signs(first))
            self._by_key[first].setdefault(second, []).append(entry)
            self._note(first, second, 1)

    def remove(self, subscription_id: str) -> None:
        entry = self.entries.pop(subscription_id, None)
        if entry is None:
            return
        self._unfiled.pop(subscription_id, None)
        for first, second in map(_pair, entry.filed or ()):
            seconds = self._by_key[first]
            seconds[second].remove(entry)
            if not seconds[second]:
                del seconds[second]
            if not seconds:
                self._close(first)
            self._note(first, second, -1)

    def _note(self, first: str, second: str, by: int) -> None:
        for key in filter(None, (first, second)):
            self._marked.note(key, by)
            self._uses[key] += by

    def _close(self, key: str) -> None:
        """Forget a key, and those of its signs that are of no other."""
        del self._by_key[key]
        unused = self._by_key.keys().isdisjoint
        self._signs.difference_update([s for s in signs(key) if unused((s, *arabic.shorter_terms(s)))])

    def every_key(self, view: View) -> set[str]:
        """Return all keys of an article, to learn from."""
        return self._marked.of(view) | view.terms

    def candidates(self, view: View) -> set[_Entry]:
        """Return the entries all of whose keys an article has, and some more."""
        marked = self._marked.of(view)
        shown = self._signs.intersection(view.words)
        keys = {*marked, *chain.from_iterable(map(arabic.index_terms, shown))}
        filed = [self._by_key[first] for first in self._by_key.keys() & keys]
        asked = set[str]().union(*filed)
        has = view.terms.__contains__ if len(asked) > _MANY else view.may_have
        had = {s for s in asked if not s or s in marked or has(s)}
        found = set(self._unfiled.values())
        for by_second in filed:
            for second in by_second.keys() & had:
                found.update(by_second[second])
        return found

    def _rarity(self, key: str) -> float:
        """Rare is what few articles had, then what few queries ask for, then what is long."""
        return self._seen[key] * 100.0 + self._uses[key] + (1000.0 if len(key) < 3 else 10.0 / len(key))


def _pair(alternative: tuple[str, ...]) -> tuple[str, str]:
    return alternative[0], alternative[1] if len(alternative) > 1 else ""


def _id(entry: _Entry) -> str:
    return entry.subscription.id


class Matcher:
    """Tells which subscriptions an article meets. May be changed from another thread while it matches."""

    def __init__(self, subscriptions: Iterable[Subscription] = (), *, learn: int = LEARN) -> None:
        """Start with `subscriptions`; one whose query cannot be read is logged and left out.

        What is rare is learned from the first `learn` articles.
        """
        self._learn_from = learn
        self._lock = threading.Lock()
        self._seen: Counter[str] = Counter()
        self._articles = 0
        self._untuned: list[_Entry] = []
        self._index = _Index(self._seen)
        self.replace(subscriptions)

    def __len__(self) -> int:
        return len(self._index.entries)

    def replace(self, subscriptions: Iterable[Subscription]) -> None:
        """Take these subscriptions instead of all before; matching goes on with the old ones meanwhile."""
        index = _Index(self._seen)
        entries = [e for e in map(_entry, subscriptions) if e is not None]
        for entry in entries:
            index.count(entry.query.root)
        for entry in entries:
            index.put(entry)
        with self._lock:
            self._index = index

    def put(self, subscription: Subscription) -> None:
        """Add a subscription, or take its new form; one that is paused, a signal or unreadable matches nothing."""
        entry = _entry(subscription)
        with self._lock:
            if entry is None:
                self._index.remove(subscription.id)
            else:
                self._index.put(entry)

    def remove(self, subscription_id: str) -> None:
        """Forget a subscription; one that is not there is no error."""
        with self._lock:
            self._index.remove(subscription_id)

    def tune(self, most: int = 1000) -> int:
        """File up to `most` queries anew, under what the articles seen have shown to be rare; return how many are left.

        Upkeep, for a thread that does not match; it changes no answer. There is something to do once enough articles were
        seen to learn from; what is put later is filed well at once.
        """
        some, self._untuned = self._untuned[:most], self._untuned[most:]
        for entry in some:
            with self._lock:
                if self._index.entries.get(entry.subscription.id) is entry:
                    self._index.put(entry)
        return len(self._untuned)

    def match(self, item: CoverageItem) -> list[Alert]:
        """Return an alert for each subscription that the article meets, by subscription id."""
        met = self.matches(item)
        if not met:
            return []
        sentences = arabic.sentences(item.tagged.article.text)
        return [alert_of(s, item, spans, sentences) for s, spans in met]

    def matches(self, item: CoverageItem) -> list[tuple[Subscription, tuple[Span, ...]]]:
        """Return the subscriptions that the article meets, with all matching spans, by subscription id."""
        if not len(self):
            return []
        view = View(item)
        with self._lock:
            if self._articles < self._learn_from:
                self._learn(self._index.every_key(view))
            candidates = self._index.candidates(view)
        held = [e for e in candidates if holds(e.query.root, view) and wants(e.subscription, item)]
        return [(e.subscription, spans(e.query.root, view)) for e in sorted(held, key=_id)]

    def _learn(self, keys: set[str]) -> None:
        self._seen.update(keys)
        self._articles += 1
        if self._articles == self._learn_from:
            self._untuned = list(self._index.entries.values())


def _entry(subscription: Subscription) -> _Entry | None:
    if subscription.paused or subscription.signal:
        return None
    try:
        query = parse(subscription.query)
    except KhabarError as e:
        _log.warning("match.unreadable", subscription=subscription.id, why=str(e))
        return None
    if subscription.min_confidence:
        query = msgspec.structs.replace(query, root=limit_confidence(query.root, subscription.min_confidence))
    return _Entry(subscription, query)


def wants(subscription: Subscription, item: CoverageItem) -> bool:
    """Return whether a subscription is told of this article at all, whatever its words.

    Expiry goes by when the article was first seen, so that a replay decides the same.
    """
    if item.tagged.article.backfill and not subscription.include_backfill:
        return False
    return subscription.expires is None or item.tagged.first_seen < subscription.expires


def alert_of(subscription: Subscription, item: CoverageItem, spans: tuple[Span, ...], sentences: list[tuple[int, int]]) -> Alert:
    """Return the alert; its id comes from the subscription and the article, or the story where it asks for one a story.

    `sentences` are the spans of the sentences of the article's text.
    """
    tagged, article = item.tagged, item.tagged.article
    field, start, end = _sentence(item, spans, sentences)
    text = article.text if field == "text" else article.title
    return Alert(
        id=stable_id(subscription.id, item.story if subscription.per == "story" else article.id),
        subscription=subscription.id,
        owner=subscription.owner,
        name=subscription.name,
        query=subscription.query,
        article=article.id,
        story=item.story,
        title=article.title,
        url=article.url,
        outlet=article.outlet,
        outlet_name=article.outlet_name,
        published=article.published,
        first_seen=tagged.first_seen,
        spans=spans[:MAX_SPANS],
        sentence=text[start:end],
        sentence_field=field,
        sentence_start=start,
        actors=tuple(a.name for a in tagged.actors),
        reason=subscription.query,
    )


def _sentence(item: CoverageItem, spans: tuple[Span, ...], sentences: list[tuple[int, int]]) -> tuple[str, int, int]:
    """Return the sentence with the most matches, the first of those; the title where only it matched, an empty one else."""
    inside = [sum(s.field == "text" and a <= s.start < b for s in spans[:MAX_SPANS]) for a, b in sentences]
    if any(inside):
        return ("text", *sentences[inside.index(max(inside))])
    return ("title", 0, len(item.tagged.article.title) if spans else 0)
