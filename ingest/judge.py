"""What a poll means for a feed: its next state, as pure functions of the old state, what came, and the time."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Final

import msgspec

from ingest import schedule
from ingest.fetch import Failed, Fetched, NotModified, Outcome
from ingest.harvest import Harvest
from ingest.model import Feed, FeedState, ParsedFeed
from ingest.schedule import Bounds
from khabar.schema import PollResult

AUDIT_MOST: Final = timedelta(hours=24)
AUDIT_LEAST: Final = timedelta(hours=3)
HIDDEN_MARGIN: Final = timedelta(minutes=10)
"""An entry this much older than a 304 was there when the server said that nothing had changed."""

TELLING: Final = 3
"""Fewer entries than this say nothing about what was missed: some feeds list one or two."""
HOMEWARD: Final = 10
"""After so many failures in a row at an address to which a feed moved, or at which it was found, the listed one is asked."""

GOOD: Final = frozenset({"ok", "unchanged", "not_modified"})


def validators(state: FeedState, now: datetime) -> dict[str, str]:
    """Return the headers of a conditional request; none for a feed that is distrusted, or whose audit is due."""
    if state.distrust or audit_due(state, now):
        return {"Cache-Control": "no-cache"} if state.distrust else {}
    pairs = (("If-None-Match", state.etag), ("If-Modified-Since", state.last_modified))
    return {k: v for k, v in pairs if v}


def audit_due(state: FeedState, now: datetime) -> bool:
    """Whether a feed that keeps saying 304 is asked for its whole body once, to see whether the 304s were true."""
    if state.audited_at is None or state.outcome != "not_modified":
        return False
    patience = min(AUDIT_MOST, max(AUDIT_LEAST, timedelta(seconds=4 * state.gap_s)))
    return now - state.audited_at > patience


def hid_a_change(state: FeedState, got: Fetched, harvest: Harvest) -> bool:
    """Whether the feed's validators hid what this body brings: the same ones now, or a 304 given while it was there."""
    if not (harvest.new or harvest.updated) or state.last_poll is None:
        return False
    etag, modified = got.headers.get("etag", ""), got.headers.get("last-modified", "")
    same = etag == state.etag if etag else bool(modified) and modified == state.last_modified
    if (etag or modified) and same:
        return True
    was_there = any(d < state.last_poll - HIDDEN_MARGIN for d in harvest.new_dates)
    return state.outcome == "not_modified" and was_there and audit_due(state, state.last_poll + AUDIT_MOST)


def may_have_missed(state: FeedState, harvest: Harvest) -> bool:
    """Whether the body lists nothing that was there before: what came and went between two polls was not seen."""
    known = harvest.updated or harvest.skipped.keys() & {"seen", "other_feed", "same_text"}
    return state.entries > 0 and harvest.new >= TELLING and not known


def judged(
    feed: Feed,
    state: FeedState,
    got: Outcome,
    *,
    outcome: str,
    parsed: ParsedFeed | None,
    harvest: Harvest,
    now: datetime,
    bounds: Bounds,
    random: float,
) -> FeedState:
    """Return the feed's next state. `outcome` is one of GOOD or the name of a failure."""
    counted = _counted(state, harvest, outcome, now)
    if outcome not in GOOD:
        return _failed(feed, counted, got, outcome, now=now, bounds=bounds, random=random)
    state = _described(_moved(_learned(counted, harvest, now), got, now), got, parsed, now)
    if isinstance(got, Fetched) and hid_a_change(counted, got, harvest):
        state = msgspec.structs.replace(state, distrust=True)
    headers = got.headers if not isinstance(got, Failed) else {}
    asked = schedule.asked_to_wait(headers, state.ttl_s, now)
    size = got.wire_bytes if isinstance(got, Fetched) else 0
    state = msgspec.structs.replace(
        state,
        last_poll=now,
        last_ok=now,
        outcome=outcome,
        status=got.status,
        error="",
        failures=0,
        parked_since=None,
        next_poll=schedule.after_success(state, now, bounds, asked_s=asked, random=random, kind=feed.kind, wire_bytes=size),
    )
    return msgspec.structs.replace(state, silent=schedule.is_silent(state, now))


def _described(state: FeedState, got: Outcome, parsed: ParsedFeed | None, now: datetime) -> FeedState:
    """Remember a body's validators, and what the feed says of itself in it."""
    if isinstance(got, Fetched):
        etag, modified = got.headers.get("etag", "")[:500], got.headers.get("last-modified", "")[:100]
        state = msgspec.structs.replace(state, etag=etag, last_modified=modified, audited_at=now)
    if parsed is not None:
        state = msgspec.structs.replace(state, title=parsed.title[:200], hub=parsed.hub, topic=parsed.topic)
        state = msgspec.structs.replace(state, ttl_s=parsed.ttl_s, listed=len(parsed.entries))
    return state


def _counted(state: FeedState, harvest: Harvest, outcome: str, now: datetime) -> FeedState:
    delay = state.delay_s
    for seconds in harvest.delays_s:
        delay = seconds if not delay else 0.9 * delay + 0.1 * seconds
    return msgspec.structs.replace(
        state,
        polls=state.polls + 1,
        entries=state.entries + harvest.entries,
        new=state.new + harvest.new,
        missed=state.missed + may_have_missed(state, harvest),
        full_text=state.full_text + harvest.full_text,
        skipped=dict(Counter(state.skipped) + Counter(harvest.skipped)) if harvest.skipped else state.skipped,
        delay_s=round(delay, 1),
        silent=schedule.is_silent(state, now) if outcome not in GOOD else state.silent,
    )


def _learned(state: FeedState, harvest: Harvest, now: datetime) -> FeedState:
    if not harvest.new:
        return state
    gap, hours = schedule.learned(state, harvest.new_dates, now)
    newest = max(harvest.new_dates, default=now) if state.last_new is None else now
    return msgspec.structs.replace(state, gap_s=round(gap, 1), hours=hours, last_new=min(newest, now))


def _moved(state: FeedState, got: Outcome, now: datetime) -> FeedState:
    """Remember a permanent redirect, and take it as the feed's address once it has held for a week."""
    target = got.moved_to if not isinstance(got, Failed) else ""
    if not target or target == state.url:
        if state.moved_to and not target:
            return msgspec.structs.replace(state, moved_to="", moved_since=None)
        return state
    if target != state.moved_to or state.moved_since is None:
        return msgspec.structs.replace(state, moved_to=target, moved_since=now)
    if now - state.moved_since >= schedule.MOVED_AFTER:
        return msgspec.structs.replace(state, url=target, moved_to="", moved_since=None, etag="", last_modified="")
    return state


def _failed(
    feed: Feed, state: FeedState, got: Outcome, outcome: str, *, now: datetime, bounds: Bounds, random: float
) -> FeedState:
    failures = state.failures + 1
    if failures % HOMEWARD == 0 and state.url != feed.url:
        state = msgspec.structs.replace(state, url=feed.url, moved_to="", moved_since=None, etag="", last_modified="")
    parked = outcome == "http_410"
    asked = schedule.retry_after(got.headers, now) if got.status in schedule.CROWDED else None
    due = (
        schedule.parked_until(now, random)
        if parked
        else schedule.after_failure(failures, now, bounds, retry_after_s=asked, random=random)
    )
    return msgspec.structs.replace(
        state,
        last_poll=now,
        outcome=outcome,
        status=got.status,
        error=(got.error if isinstance(got, Failed) else outcome)[:300],
        failures=failures,
        parked_since=(state.parked_since or now) if parked else None,
        next_poll=due,
        distrust=state.distrust or outcome == "not_modified_unasked",
        etag=state.etag if isinstance(got, Failed) else "",
        last_modified=state.last_modified if isinstance(got, Failed) else "",
        body_hash=state.body_hash if isinstance(got, Failed) else "",
    )


def result(feed: Feed, before: FeedState, after: FeedState, *, got: Outcome, harvest: Harvest, now: datetime) -> PollResult:
    """Return the PollResult of a poll."""
    delays = sorted(harvest.delays_s)
    events = {"silent": 1} if after.silent and not before.silent else {}
    events |= {"distrusted": 1} if after.distrust and not before.distrust else {}
    events |= {"may_have_missed": 1} if after.missed > before.missed else {}
    events |= {"address_changed": 1} if after.url != before.url else {}
    return PollResult(
        feed=feed.id,
        outlet=feed.outlet,
        url=before.url,
        at=now,
        outcome=after.outcome,
        status=after.status,
        latency_ms=got.latency_ms,
        bytes=got.wire_bytes if isinstance(got, Fetched) else 0,
        entries=harvest.entries,
        new=harvest.new,
        updated=harvest.updated,
        skipped=harvest.skipped,
        notes={**harvest.notes, **events},
        full_text=harvest.full_text,
        delay_s=round(delays[len(delays) // 2], 1) if delays else None,
        failures=after.failures,
        next_poll=after.next_poll,
        error=after.error,
    )


def named(got: Outcome, sent: dict[str, str], parsed: ParsedFeed | None) -> str:
    """Return the name of what came of a poll: one of GOOD, or of a failure."""
    if isinstance(got, Failed):
        return got.reason
    if isinstance(got, NotModified):
        return "not_modified" if sent.keys() & {"If-None-Match", "If-Modified-Since"} else "not_modified_unasked"
    if parsed is None:
        return "unchanged"
    return "ok" if parsed.outcome == "ok" else parsed.outcome
