"""When a feed is asked next: a pure function of its rhythm, what just happened, the time, and one random number.

A feed is asked about as often as half its usual time between two new entries, more often in the hours of the day in
which it brings most, within the bounds of the settings. What a server asks for (Retry-After, Cache-Control, <ttl>) is
honoured; what fails backs off; nothing is ever given up.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

import msgspec

from ingest.model import FeedState

FIRST_GAP_S: Final = 1800.0
"""The rhythm of a feed of which nothing is known yet."""
LEARNING: Final = 0.2
"""The weight of the newest gap in the moving mean."""
FADING: Final = 0.97
"""By how much an hour's share fades with each poll that brought something."""
RETRY_AFTER_MAX_S: Final = 24 * 3600.0
PARKED_S: Final = 7 * 24 * 3600.0
"""A feed that says 410 Gone is asked again after a week."""
MOVED_AFTER: Final = timedelta(days=7)
"""A permanent redirect becomes the feed's address after it has held for this long."""
ASKED_MAX_S: Final = 3600.0
"""The most that Cache-Control, Expires or <ttl> may hold a feed back: news is worth asking for once an hour."""
SILENT_TIMES: Final = 12.0
SILENT_LEAST_S: Final = 24 * 3600.0
"""A feed is silent when nothing new came for SILENT_TIMES its usual gap, and at least for a day."""


class Bounds(msgspec.Struct, frozen=True, kw_only=True):
    """The shortest and longest time between two polls of a feed, in seconds."""

    least_s: float = 60.0
    most_s: float = 21600.0


def interval(state: FeedState, now: datetime, bounds: Bounds) -> float:
    """Return the seconds until a healthy feed's next poll, by its rhythm alone."""
    gap = state.gap_s or FIRST_GAP_S
    if state.last_new is not None:  # a feed that has been quiet for long is asked less and less
        gap = max(gap, (now - state.last_new).total_seconds() / 4)
    return min(max(gap / 2 / hour_weight(state.hours, now), bounds.least_s), bounds.most_s)


def hour_weight(hours: tuple[float, ...], now: datetime) -> float:
    """Return how busy the hour is beside the feed's mean hour, from 0.25 to 4; 1 while too little is known."""
    total = sum(hours)
    if total < 5:
        return 1.0
    hour = now.astimezone(UTC).hour
    near = (hours[hour - 1] + 2 * hours[hour] + hours[(hour + 1) % 24]) / 4
    return min(4.0, max(0.25, near * 24 / total))


def learned(state: FeedState, new_dates: list[datetime], now: datetime) -> tuple[float, tuple[float, ...]]:
    """Return the feed's gap and hours after a poll that brought new entries with these dates (none: both unchanged).

    The dates are those of the entries where they have any, so that a batch of five in one poll counts as five.
    """
    if not new_dates or (state.last_new is None and len(new_dates) < 2):
        return state.gap_s, state.hours
    times = sorted(min(d, now) for d in new_dates)
    previous = state.last_new or times[0]
    span = max((now - min(previous, now)).total_seconds(), 1.0)
    newest = (
        (times[-1] - times[0]).total_seconds() / (len(times) - 1)
        if state.last_new is None and len(times) > 1
        else span / len(times)
    )
    gap = newest if not state.gap_s else (1 - LEARNING) * state.gap_s + LEARNING * newest
    hours = [h * FADING for h in state.hours]
    for at in times:
        hours[at.astimezone(UTC).hour] += 1
    return max(gap, 1.0), tuple(round(h, 3) for h in hours)


def after_success(state: FeedState, now: datetime, bounds: Bounds, *, asked_s: float, random: float) -> datetime:
    """Return the next poll after an answer (200 or 304). `asked_s` is what the server asks for, `random` is in [0, 1)."""
    wait = max(interval(state, now, bounds), min(asked_s, ASKED_MAX_S, bounds.most_s))
    return now + timedelta(seconds=wait * (0.95 + 0.1 * random))


def after_failure(failures: int, now: datetime, bounds: Bounds, *, retry_after_s: float | None, random: float) -> datetime:
    """Return the next poll after the `failures`-th failure in a row: doubling from the least to the most, with jitter.

    Retry-After is waited for to the end (and a little more, so that feeds of one host do not come back together).
    """
    backoff = min(bounds.least_s * 2 ** min(failures, 20), bounds.most_s) * (0.75 + 0.25 * random)
    if retry_after_s is None:
        return now + timedelta(seconds=backoff)
    asked = min(max(retry_after_s, 0.0), RETRY_AFTER_MAX_S)
    return now + timedelta(seconds=max(asked * (1 + 0.05 * random), bounds.least_s))


def parked_until(now: datetime, random: float) -> datetime:
    """Return when a feed that is gone (410) is asked again."""
    return now + timedelta(seconds=PARKED_S * (1 + 0.02 * random))


def is_silent(state: FeedState, now: datetime) -> bool:
    """Whether nothing new came for far longer than is usual for this feed."""
    if state.last_new is None or not state.gap_s:
        return False
    return (now - state.last_new).total_seconds() > max(SILENT_TIMES * state.gap_s, SILENT_LEAST_S)


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Return the seconds of a Retry-After header (RFC 9110 10.2.3: a number or a date), or None without a good one."""
    value = headers.get("retry-after", "").strip()
    if value.isdecimal():
        return min(float(value[:9]), RETRY_AFTER_MAX_S)
    at = _http_date(value)
    return None if at is None else min(max((at - now).total_seconds(), 0.0), RETRY_AFTER_MAX_S)


def asked_to_wait(headers: Mapping[str, str], ttl_s: float, now: datetime) -> float:
    """Return the longest time for which the answer says it is fresh, in seconds: Cache-Control, else Expires; and <ttl>."""
    fresh = 0.0
    control = headers.get("cache-control", "").lower()
    directives = dict(d.strip().partition("=")[::2] for d in control.split(","))
    if "no-cache" not in directives and "no-store" not in directives:
        age = directives.get("max-age", "").strip('"')
        if age.isdecimal():
            fresh = float(age[:9])
        elif "expires" in headers:
            at = _http_date(headers["expires"])
            fresh = (at - now).total_seconds() if at else 0.0
    return max(fresh, ttl_s, 0.0)


def _http_date(value: str) -> datetime | None:
    try:
        at = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
