"""What notify remembers: for each alert on each channel, what became of it. A view of the table `deliveries`.

An alert is entered as held before its message is committed, and it stays in the table, whole, until it was sent or given
up. Whoever starts with the table read to its end therefore knows what was sent and what still waits.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Final

import structlog

from khabar import schema
from khabar.errors import RejectedError
from khabar.ports import Table
from khabar.schema import Alert, Channel, Delivery, stable_id

KEEP: Final = timedelta(days=100)
"""Longer than the alerts topic keeps anything (90 days): what could come again is remembered."""
_log = structlog.get_logger()


def channel_id(channel: Channel) -> str:
    """Return the name of a channel in the ledger: its kind, and a hash of its address, which may hold secrets."""
    return f"{channel.kind}:{stable_id(channel.address)[:12]}" if channel.address else channel.kind


def key_of(subscription: str, alert: str, channel: str) -> str:
    """Return the ledger's key."""
    return f"{subscription}/{alert}/{channel}"


class Ledger:
    """For one thread."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self.waiting: dict[str, Delivery] = {}
        self._hours: Counter[tuple[str, str, datetime]] = Counter()
        self._ended: defaultdict[date, list[str]] = defaultdict(list)
        """The keys of what ended, by the day, so that `prune` need not read what it keeps."""

    def load(self, partitions: Iterable[int] | None = None) -> None:
        """Read the table anew; of what waits, only that of these partitions is ours (None: all)."""
        mine = None if partitions is None else frozenset(partitions)
        self.waiting.clear()
        self._hours.clear()
        self._ended.clear()
        for key, entry in self._entries():
            if entry.outcome == "held" and entry.message is not None and (mine is None or entry.partition in mine):
                self.waiting[key] = entry
            if entry.outcome != "held":
                self._ended[_day(entry.at)].append(key)
            if entry.outcome in ("held", "sent") and not entry.digest:
                self._count(entry)

    def __contains__(self, key: object) -> bool:
        """Whether this alert was entered for this channel before, whatever became of it."""
        return key in self._table

    def put(self, entry: Delivery) -> None:
        """Write down where an alert stands on a channel."""
        key = key_of(entry.subscription, entry.alert, entry.channel)
        self._table[key] = schema.dumps(entry)
        if entry.outcome == "held":
            self.waiting[key] = entry
        else:
            self.waiting.pop(key, None)
            self._ended[_day(entry.at)].append(key)
        if entry.outcome == "held" and entry.attempts == 0 and not entry.digest:
            self._count(entry)

    def sent_in_hour(self, subscription: str, channel: str, at: datetime) -> int:
        """Return how many messages of one alert each went out, or are about to, in the clock hour of `at`."""
        return self._hours[subscription, channel, _hour(at)]

    def prune(self, now: datetime) -> int:
        """Forget what ended more than KEEP, in whole days, ago; return how many. What is kept is not read."""
        forgotten = 0
        for day in [d for d in self._ended if d < _day(now - KEEP)]:
            for key in self._ended.pop(day):
                forgotten += self._table.pop(key, None) is not None  # another process may have
        this = _hour(now)
        self._hours = Counter({k: n for k, n in self._hours.items() if k[2] >= this})
        return forgotten

    def _count(self, entry: Delivery) -> None:
        """Count a message in the hour in which it is due or was sent; one in a digest is not counted for itself."""
        self._hours[entry.subscription, entry.channel, _hour(entry.due or entry.at)] += 1

    def _entries(self) -> Iterator[tuple[str, Delivery]]:
        for key, value in list(self._table.items()):
            try:
                yield key, schema.loads(value, Delivery)
            except RejectedError as e:
                _log.warning("notify.ledger_unreadable", key=key, why=e.reason)


def _day(at: datetime) -> date:
    return at.astimezone(UTC).date()


def _hour(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def held(alert: Alert, channel: str, *, due: datetime, now: datetime, partition: int, digest: str, reason: str) -> Delivery:
    """Return the first entry of an alert on a channel."""
    return Delivery(
        alert=alert.id,
        subscription=alert.subscription,
        channel=channel,
        outcome="held",
        at=now,
        attempts=0,
        reason=reason,
        digest=digest,
        partition=partition,
        due=due,
        message=alert,
    )
