"""From alerts to channels, each told once: entered in the ledger, due, sent, and written down.

    alert ─ accept ─▶ ledger: held, due at ─ pump ─▶ a lane per channel ─ a thread ─▶ sent | held again, later | parked

`accept` decides when (quiet hours, digest, rate cap) and writes it down; the caller commits its source after that. `pump`
starts what is due, one message at a time in a lane, so that a slow channel delays none but itself, and writes down what
came of those that ended. A crash between a channel's answer and that line repeats at most the messages then in flight,
with the same idempotency key or Message-ID. Works on ports only: embedded mode and `khabar notify` are the same.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent import futures
from concurrent.futures import Executor, Future
from datetime import datetime, timedelta
from typing import Final

import msgspec
import structlog

from khabar import schema
from khabar.compose import Outgoing, compose
from khabar.errors import RejectedError
from khabar.ports import Clock, Table
from khabar.schema import Alert, Channel, Delivery, Subscription, stable_id
from notify import schedule
from notify.ledger import Ledger, channel_id, held, key_of
from notify.outcome import Failed, Result, Sent

Send = Callable[[Channel, Outgoing, datetime], Result]
Find = Callable[[str], Subscription | None]
PRUNE_EVERY: Final = timedelta(hours=6)
_log = structlog.get_logger()


class _Lane:
    """One address: what is in flight to it, and until when it is left alone after a failure."""

    def __init__(self) -> None:
        self.future: Future[Result] | None = None
        self.entries: list[Delivery] = []
        self.not_before: datetime | None = None


class Deliverer:
    """For one thread; channels are called in the threads of `pool`.

    `ledger` is the table `deliveries`, read to its end; `find` gives a subscription by id, None when it is gone; `desk` is
    the desk's address for links.
    """

    def __init__(self, *, ledger: Table, find: Find, send: Send, clock: Clock, pool: Executor, desk: str) -> None:
        self._ledger = Ledger(ledger)
        self._find, self._send, self._clock, self._pool, self._desk = find, send, clock, pool, desk
        self._lanes: dict[str, _Lane] = {}
        self._pruned = clock()
        self._ledger.load()

    def reload(self, partitions: frozenset[int] | None = None) -> None:
        """Take over what waits in these partitions (None: all), after the ledger was read to its end anew."""
        self._ledger.load(partitions)

    @property
    def waiting(self) -> int:
        """How many alerts, each on one channel, wait for their time, their turn, or another try."""
        return len(self._ledger.waiting)

    @property
    def in_flight(self) -> int:
        """How many messages are being sent now."""
        return sum(lane.future is not None for lane in self._lanes.values())

    def accept(self, alert: Alert, partition: int = 0) -> None:
        """Enter an alert for each channel of its subscription; one that was entered before changes nothing."""
        now = self._clock()
        subscription = self._find(alert.subscription)
        if subscription is None:
            _log.info("notify.dropped", alert=alert.id, subscription=alert.subscription, why="the subscription is gone")
            return
        for channel in subscription.channels:
            name = channel_id(channel)
            if key_of(alert.subscription, alert.id, name) not in self._ledger:
                self._hold(alert, subscription, name, now, partition)

    def _hold(self, alert: Alert, subscription: Subscription, channel: str, now: datetime, partition: int) -> None:
        due, reason = schedule.due(subscription, now), ""
        grouped = due > now
        cap = subscription.max_per_hour
        if not grouped and cap and self._ledger.sent_in_hour(subscription.id, channel, now) >= cap:
            due, reason, grouped = schedule.after_quiet(subscription.quiet, schedule.next_hour(now)), "rate cap", True
        digest = stable_id("digest", subscription.id, channel, due.isoformat()) if grouped else ""
        self._ledger.put(held(alert, channel, due=due, now=now, partition=partition, digest=digest, reason=reason))

    def drain(self, pending: Table) -> int:
        """Accept and remove all alerts of a table, alert id → message; return how many there were.

        The caller makes it one transaction with the ledger's table.
        """
        keys = list(pending)
        for key in keys:
            try:
                self.accept(schema.loads(pending[key], Alert))
            except RejectedError as e:
                _log.warning("notify.unreadable", alert=key, why=e.reason)
            del pending[key]
        return len(keys)

    def pump(self) -> int:
        """Write down what ended, start what is due; return how many messages ended. Never waits."""
        ended = self.collect()
        self.start()
        return ended

    def collect(self) -> int:
        """Write down what ended; return how many messages did."""
        return sum(self._finish(lane) for lane in self._lanes.values())

    def start(self) -> None:
        """Start what is due, where nothing is under way; whose ledger is not durable at once, makes it so before."""
        now = self._clock()
        for lane_name, entries in self._due(now).items():
            lane = self._lanes.setdefault(lane_name, _Lane())
            if lane.future is None and (lane.not_before is None or lane.not_before <= now):
                self._start(lane, entries, now)
        if now - self._pruned > PRUNE_EVERY:
            self._pruned = now
            _log.info("notify.pruned", entries=self._ledger.prune(now))

    def wait(self, timeout: float) -> None:
        """Wait until some message in flight ends, at most `timeout` seconds; return at once when there is none."""
        flying = [lane.future for lane in self._lanes.values() if lane.future is not None]
        if flying:
            futures.wait(flying, timeout, futures.FIRST_COMPLETED)

    def _due(self, now: datetime) -> dict[str, list[Delivery]]:
        """Return for each lane what goes out next: one alert, or all of one digest; the earliest due first."""
        first: dict[str, list[Delivery]] = {}
        ready = [e for e in self._ledger.waiting.values() if e.due is not None and e.due <= now]
        for entry in sorted(ready, key=lambda e: (e.due or now, e.at, e.alert)):
            chosen = first.setdefault(entry.channel, [entry])
            if entry.digest and entry is not chosen[0] and entry.digest == chosen[0].digest:
                chosen.append(entry)
        return first

    def _start(self, lane: _Lane, entries: list[Delivery], now: datetime) -> None:
        head = entries[0]
        subscription = self._find(head.subscription)
        channel = _channel(subscription, head.channel)
        if subscription is None or channel is None or subscription.paused:
            why = "the subscription is paused" if subscription and subscription.paused else "the channel is gone"
            self._end(entries, "parked", why, now)
            return
        alerts = [e.message for e in entries if e.message is not None]
        key = head.digest or stable_id(head.alert, head.channel)
        message = compose(alerts, subscription, key=key, digest=bool(head.digest), desk=self._desk)
        lane.entries = entries
        lane.future = self._pool.submit(self._send, channel, message, now)

    def _finish(self, lane: _Lane) -> bool:
        if lane.future is None or not lane.future.done():
            return False
        result, entries, now = lane.future.result(), lane.entries, self._clock()
        lane.future, lane.entries = None, []
        if isinstance(result, Sent):
            lane.not_before = None
            self._end(entries, "sent", "", now)
        else:
            self._failed(lane, entries, result, now)
        return True

    def _failed(self, lane: _Lane, entries: list[Delivery], result: Failed, now: datetime) -> None:
        attempts = entries[0].attempts + 1
        wait = None if result.final else schedule.retry_after(attempts)
        if wait is None:
            self._end(entries, "parked", result.reason, now)
            self._tell_others(entries[0], result.reason, now)
            return
        lane.not_before = now + max(wait, result.wait or wait)
        head = entries[0]
        _log.warning(
            "notify.failed",
            channel=head.channel,
            subscription=head.subscription,
            attempts=attempts,
            why=result.reason,
            next=lane.not_before.isoformat(),
        )
        for entry in entries:
            again = msgspec.structs.replace(entry, attempts=attempts, reason=result.reason, due=lane.not_before, at=now)
            self._ledger.put(again)

    def _end(self, entries: list[Delivery], outcome: str, reason: str, now: datetime) -> None:
        for entry in entries:
            done = msgspec.structs.replace(
                entry, outcome=outcome, reason=reason, at=now, attempts=entry.attempts + 1, message=None, due=None
            )
            self._ledger.put(done)
        head = entries[0]
        log = _log.info if outcome == "sent" else _log.warning
        log(f"notify.{outcome}", channel=head.channel, subscription=head.subscription, alerts=len(entries), why=reason)

    def _tell_others(self, lost: Delivery, reason: str, now: datetime) -> None:
        """Tell the subscription's other channels that one was given up, at most once a day."""
        subscription = self._find(lost.subscription)
        if subscription is None or lost.message is None or lost.message.type == "notice":
            return
        arabic = subscription.language != "en"
        notice = Alert(
            id=stable_id("parked", lost.subscription, lost.channel, now.date().isoformat()),
            subscription=lost.subscription,
            owner=subscription.owner,
            name=subscription.name,
            query=subscription.query,
            type="notice",
            title="تعذّر التسليم إلى إحدى القنوات" if arabic else "A channel could not be reached",
            first_seen=now,
            reason=f"{lost.channel}: {reason}",
        )
        for channel in subscription.channels:
            name = channel_id(channel)
            if name != lost.channel and key_of(notice.subscription, notice.id, name) not in self._ledger:
                self._hold(notice, subscription, name, now, lost.partition)


def _channel(subscription: Subscription | None, name: str) -> Channel | None:
    return next((c for c in subscription.channels if channel_id(c) == name), None) if subscription else None
