"""How the feeds are, as rows to read: what the last poll said, how complete what we have is, and what needs a person."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final, Literal

import msgspec

from ingest import judge, schedule
from ingest.ledger import Ledger
from ingest.model import Feed, FeedState
from ingest.websub import lease_of
from khabar.ports import Table

Condition = Literal["good", "never polled", "paused", "failing", "parked", "silent", "overdue"]
ORDER: Final[tuple[Condition, ...]] = ("failing", "parked", "silent", "overdue", "never polled", "good", "paused")
OVERDUE: Final = timedelta(minutes=10)


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """One feed's health. Times are ISO 8601, durations seconds; `skipped` counts entries by why, since the first poll.

    `missed`: polls after which entries may have been missed.
    """

    feed: str
    outlet: str
    outlet_name: str = ""
    url: str
    condition: Condition
    outcome: str = ""
    error: str = ""
    failures: int = 0
    last_poll: datetime | None = None
    last_ok: datetime | None = None
    last_new: datetime | None = None
    next_poll: datetime | None = None
    gap_s: float = 0.0
    delay_s: float = 0.0
    polls: int = 0
    entries: int = 0
    new: int = 0
    full_text: int = 0
    skipped: dict[str, int] = {}
    missed: int = 0
    distrust: bool = False
    moved_to: str = ""
    websub: bool = False


def health(feeds: Iterable[Feed], table: Table, now: datetime) -> list[Health]:
    """Return the health of every feed, those that need a person first."""
    ledger = Ledger(table)
    rows = []
    for feed in feeds:
        lease = lease_of(table, feed.id)
        pushed = lease is not None and lease.until is not None and lease.until > now
        rows.append(row(feed, ledger.feed(feed.id), now, pushed=pushed))
    order = {condition: place for place, condition in enumerate(ORDER)}
    return sorted(rows, key=lambda r: (order[r.condition], r.outlet, r.feed))


def row(feed: Feed, state: FeedState | None, now: datetime, *, pushed: bool = False) -> Health:
    """Return one feed's health; `pushed`: a hub tells us of its news."""
    if state is None:
        condition: Condition = "paused" if feed.paused else "never polled"
        return Health(feed=feed.id, outlet=feed.outlet, outlet_name=feed.outlet_name, url=feed.url, condition=condition)
    return Health(
        feed=feed.id,
        outlet=feed.outlet,
        outlet_name=feed.outlet_name,
        url=state.url,
        condition=_condition(feed, state, now),
        outcome=state.outcome,
        error=state.error,
        failures=state.failures,
        last_poll=state.last_poll,
        last_ok=state.last_ok,
        last_new=state.last_new,
        next_poll=state.next_poll,
        gap_s=state.gap_s,
        delay_s=state.delay_s,
        polls=state.polls,
        entries=state.entries,
        new=state.new,
        full_text=state.full_text,
        skipped=state.skipped,
        missed=state.missed,
        distrust=state.distrust,
        moved_to=state.moved_to,
        websub=pushed,
    )


def _condition(feed: Feed, state: FeedState, now: datetime) -> Condition:
    if feed.paused:
        return "paused"
    if state.parked_since is not None:
        return "parked"
    if state.outcome not in judge.GOOD:
        return "failing"
    if schedule.is_silent(state, now):
        return "silent"
    return "overdue" if state.next_poll is not None and now - state.next_poll > OVERDUE else "good"
