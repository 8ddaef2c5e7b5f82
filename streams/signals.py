"""Alerts beyond single articles: a spike, something new, a silent outlet, a story in many outlets.

A subscription with `signal` asks for one of these among the articles that its query matches (an empty query: all):

    spike        more articles in the last six hours than its own history of two weeks explains (Poisson)
    new          a pair of actors, or a stance, that its history does not have
    silent:H     an outlet that is overdue: silent for H hours (24) and for six times its usual pause
    reach:N      a story that reached N outlets (5)

One owner sees every article, in the order seen; time is the articles' own (first seen), so a replay decides the same. All
state is in a table: a small value a subscription, and what grows (articles, pairs, stories) in pieces beside it. An article
that comes again changes nothing and raises the same alerts, under the same ids.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Any, Final

import msgspec

from khabar.ports import Table
from khabar.schema import Alert, CoverageItem, Subscription, stable_id
from streams.match import Matcher, alert_of, wants
from streams.remembered import Remembered

WINDOW: Final = 6
"""Hours in which a spike is looked for."""
HISTORY: Final = 14 * 24
"""Hours against which it is measured."""
LEARNING: Final = timedelta(days=3)
"""Nothing is a spike, or new, before there is this much history."""
RARE: Final = 1e-4
"""A count that its history gives a smaller chance is a spike."""
LEAST: Final = 5
MANY_ACTORS: Final = 12
"""Pairs are not looked at in articles that name more actors: lists of guests say nothing of who is new with whom."""
_PAUSES: Final = 6
LOOK: Final = timedelta(minutes=10)
"""How often silent outlets are looked for while others publish."""
_USUAL: Final = 10
"""An outlet's usual pause is known after so many articles."""

State = dict[str, Any]
Subject = tuple[str, str]
"""What an alert is about, which with the subscription makes its id, and the reason as a reader is told it."""


class Signals:
    """For one thread, but `put` and `remove` may come from another."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._subscriptions: dict[str, Subscription] = {}
        self._silent: dict[str, Subscription] = {}
        self._fresh: dict[str, str] = {}
        self._silences: dict[str, datetime] = {}
        self._matcher = Matcher()
        self._kinds: dict[str, Callable[[Subscription, CoverageItem, State, Remembered], Iterator[Subject]]] = {
            "spike": _spike,
            "new": _new,
            "silent": _silent,
            "reach": _reach,
        }

    def put(self, subscription: Subscription) -> None:
        """Add a subscription or take its new form; one that asks for no signal is let go."""
        kind = subscription.signal.partition(":")[0]
        if kind in self._kinds:
            self._subscriptions[subscription.id] = subscription
            if kind == "silent":
                self._silent[subscription.id] = subscription
            else:
                self._silent.pop(subscription.id, None)
            self._fresh[subscription.id] = _key(subscription)
            self._silences.pop(subscription.id, None)
            self._matcher.put(msgspec.structs.replace(subscription, signal=""))
        else:
            self.remove(subscription.id)

    def remove(self, subscription_id: str) -> None:
        """Forget a subscription; one that is not there is no error. Its state stays for when it comes back."""
        self._subscriptions.pop(subscription_id, None)
        self._silent.pop(subscription_id, None)
        self._matcher.remove(subscription_id)

    def observe(self, item: CoverageItem) -> list[Alert]:
        """Take note of an article; return the alerts that it raises."""
        self._begin(item.tagged.first_seen)
        alerts = self._overdue(item)
        for matched, spans in self._matcher.matches(item):
            subscription = self._subscriptions.get(matched.id)
            if subscription is None:
                continue
            kind = subscription.signal.partition(":")[0]
            key = _key(subscription)
            before = self._table.get(key)
            state: State = msgspec.json.decode(before) if before else {"since": item.tagged.first_seen.isoformat()}
            base = alert_of(subscription, item, spans, [])
            for subject, reason in self._kinds[kind](subscription, item, state, Remembered(self._table, key)):
                alerts.append(_alert(base, kind, subject, reason))
            after = msgspec.json.encode(state)
            if after != before:
                self._table[key] = after
        return alerts

    def _overdue(self, item: CoverageItem) -> list[Alert]:
        """Look for silent outlets, also where the article is none of the subscription's: others' articles are the clock."""
        alerts: list[Alert] = []
        at = item.tagged.first_seen
        for subscription in list(self._silent.values()):
            if at < self._silences.get(subscription.id, at):
                continue
            self._silences[subscription.id] = at + LOOK
            before = self._table.get(_key(subscription))
            if before is None or subscription.paused or not wants(subscription, item):
                continue
            outlets = msgspec.json.decode(before).get("outlets", {})
            base = alert_of(subscription, item, (), [])
            alerts += [_alert(base, "silent", *found) for found in _silences(subscription, at.timestamp(), outlets)]
        return alerts

    def _begin(self, at: datetime) -> None:
        """Note since when each new subscription has a history, though nothing may have matched it."""
        while self._fresh:
            _, key = self._fresh.popitem()
            if key not in self._table:
                self._table[key] = msgspec.json.encode({"since": at.isoformat()})


def _key(subscription: Subscription) -> str:
    return f"{subscription.signal.partition(':')[0]}:{subscription.id}"


def _alert(base: Alert, kind: str, subject: str, reason: str) -> Alert:
    """Return the signal's alert; an outlet's silence has no article."""
    signal = msgspec.structs.replace(base, id=stable_id(base.subscription, kind, subject), type=kind, reason=reason)
    if kind != "silent":
        return signal
    return msgspec.structs.replace(
        signal,
        article=None,
        story=None,
        title=reason,
        url="",
        sentence="",
        spans=(),
        actors=(),
        outlet=subject.partition("/")[0],
        outlet_name="",
        published=None,
    )


def _spike(subscription: Subscription, item: CoverageItem, state: State, counted: Remembered) -> Iterator[Subject]:
    hours = state.setdefault("hours", {})
    at = item.tagged.first_seen
    now = int(at.timestamp()) // 3600
    article = item.tagged.article.id
    if counted.get(article) is None:
        counted.put(article, now)
        hours[str(now)] = hours.get(str(now), 0) + 1
        state["hours"] = {h: n for h, n in hours.items() if int(h) > now - HISTORY}
    since = datetime.fromisoformat(state["since"])
    if at - since < LEARNING:
        return
    recent = sum(n for h, n in state["hours"].items() if now - WINDOW < int(h) <= now)
    earlier = sum(n for h, n in state["hours"].items() if int(h) <= now - WINDOW)
    span = min(HISTORY, (at - since) / timedelta(hours=1)) - WINDOW
    usual = max(earlier / max(span, 1.0) * WINDOW, 0.5)  # an empty history is no proof that nothing ever comes
    if recent >= LEAST and chance(recent, usual) < RARE:
        text = f"{recent} في {WINDOW} ساعات، والمعتاد {usual:.1f}"
        yield (
            at.astimezone(UTC).date().isoformat(),
            text if subscription.language == "ar" else f"{recent} in {WINDOW} h, usually {usual:.1f}",
        )


def chance(count: int, mean: float) -> float:
    """Return the probability of `count` or more where a Poisson process gives `mean`; exact enough far out in the tail."""
    if count <= mean:
        return 1.0
    term = math.exp(count * math.log(mean) - mean - math.lgamma(count + 1))
    total = 0.0
    while term > total * 1e-12:
        total += term
        count += 1
        term *= mean / count
    return min(total, 1.0)


def _new(subscription: Subscription, item: CoverageItem, state: State, firsts: Remembered) -> Iterator[Subject]:
    article = item.tagged.article.id
    learned = item.tagged.first_seen - datetime.fromisoformat(state["since"]) >= LEARNING
    names = {a.id: a.name for a in item.tagged.actors}
    arabic = subscription.language == "ar"
    for subject, reason in _subjects(item, names, arabic=arabic):
        first = firsts.get(subject)
        if first is None:
            firsts.put(subject, article)
        if learned and first in {None, article}:
            yield subject, reason


def _subjects(item: CoverageItem, names: dict[str, str], *, arabic: bool) -> Iterator[Subject]:
    for s in item.tagged.stances:
        verb = {"support": "يؤيد", "oppose": "يعارض"}[s.polarity] if arabic else s.polarity + "s"
        holder, target = names.get(s.holder, s.holder), names.get(s.target, s.target)
        yield f"{s.holder}/{s.polarity}/{s.target}", f"{'موقف جديد' if arabic else 'new stance'}: {holder} {verb} {target}"
    if len(names) <= MANY_ACTORS:
        for a, b in combinations(sorted(names), 2):
            yield f"{a}+{b}", f"{'أول ظهور معا' if arabic else 'first time together'}: {names[a]}، {names[b]}"


def _silent(subscription: Subscription, item: CoverageItem, state: State, _: Remembered) -> Iterator[Subject]:
    outlets, at = state.setdefault("outlets", {}), item.tagged.first_seen.timestamp()
    own = outlets.setdefault(item.tagged.article.outlet, {"last": at, "pause": 0.0, "count": 1})
    if at > own["last"]:
        own["count"] += 1
        own["pause"] += (at - own["last"] - own["pause"]) / min(own["count"] - 1, 50)  # a mean that forgets slowly
        own["last"] = at
    yield from _silences(subscription, at, outlets)


def _silences(subscription: Subscription, at: float, outlets: State) -> Iterator[Subject]:
    least = _number(subscription, 24) * 3600
    for outlet, seen in outlets.items():
        silent = at - seen["last"]
        if seen["count"] >= _USUAL and silent >= max(least, _PAUSES * seen["pause"]):
            hours = int(silent // 3600)
            last = datetime.fromtimestamp(seen["last"], UTC).isoformat()
            yield (
                f"{outlet}/{last}",
                f"صامت منذ {hours} ساعة: {outlet}" if subscription.language == "ar" else f"{outlet}: silent for {hours} h",
            )


def _reach(subscription: Subscription, item: CoverageItem, _: State, stories: Remembered) -> Iterator[Subject]:
    wanted = _number(subscription, 5)
    outlets: list[str] = stories.get(item.story) or []
    outlet = item.tagged.article.outlet
    if outlet not in outlets and len(outlets) < wanted:
        outlets.append(outlet)
        stories.put(item.story, outlets)
    if len(outlets) >= wanted and outlet == outlets[-1]:
        yield (
            item.story,
            f"القصة في {len(outlets)} منافذ" if subscription.language == "ar" else f"the story is in {len(outlets)} outlets",
        )


def _number(subscription: Subscription, default: int) -> int:
    """Return the number behind the colon of `signal`; checked when it was made."""
    _, _, text = subscription.signal.partition(":")
    return int(text) if text.isascii() and text.isdigit() else default
