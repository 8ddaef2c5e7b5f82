"""When an alert may go out: quiet hours, digests, rate caps, and how long to wait after a failure. Pure; now is an argument."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from khabar.schema import QuietHours, Subscription

RETRIES: Final = tuple(timedelta(seconds=s) for s in (2, 10, 30, 120, 300, 600, 1200, 1800, 3600, 3600, 7200, 14400))
"""Waits after the first, second, ... failure; after the last one the alert is parked. Ten hours in all."""
DIGEST_HOUR: Final = 8
"""Daily and weekly (Sunday's) digests go out at this hour of the subscription's zone."""
_SUNDAY: Final = 6


def zone_of(subscription: Subscription) -> ZoneInfo:
    """Return the zone of a subscription: that of its quiet hours, else Tripoli's."""
    return ZoneInfo((subscription.quiet or QuietHours(start="", end="")).zone)


def due(subscription: Subscription, now: datetime) -> datetime:
    """Return when an alert that came now is due: now, the next digest, or the end of the quiet hours that hold then."""
    moment = now if subscription.delivery == "immediate" else next_digest(subscription, now)
    return after_quiet(subscription.quiet, moment)


def next_digest(subscription: Subscription, now: datetime) -> datetime:
    """Return the next full hour, eight o'clock, or Sunday's eight o'clock after `now`, in the subscription's zone."""
    local = now.astimezone(zone_of(subscription))
    if subscription.delivery == "hourly":
        whole = now.astimezone(UTC).replace(
            minute=0, second=0, microsecond=0
        )  # half-hour zones get theirs at :30, no less hourly
        return whole + timedelta(hours=1)
    day = local.date()
    if local.time() >= time(DIGEST_HOUR):
        day += timedelta(days=1)
    if subscription.delivery == "weekly":
        day += timedelta(days=(_SUNDAY - day.weekday()) % 7)
    return datetime.combine(day, time(DIGEST_HOUR), local.tzinfo).astimezone(UTC)


def after_quiet(quiet: QuietHours | None, moment: datetime) -> datetime:
    """Return `moment`, or the end of the quiet hours that it falls into.

    Start and end are wall-clock times of the zone: on a day that changes its clocks the night is an hour longer or
    shorter. A wall-clock time that a change skips is taken as the first moment after it.
    """
    if quiet is None:
        return moment
    local = moment.astimezone(ZoneInfo(quiet.zone))
    start, end, at = time.fromisoformat(quiet.start), time.fromisoformat(quiet.end), local.time()
    inside = start <= at < end if start < end else at >= start or at < end
    if not inside:
        return moment
    day = local.date() + timedelta(days=1 if start > end and at >= start else 0)
    wake = datetime.combine(day, end, local.tzinfo).astimezone(UTC)
    return max(moment, wake)  # the repeated hour of a change: its second pass is over at once


def next_hour(now: datetime) -> datetime:
    """Return the start of the clock hour after `now`: when a rate cap lets go."""
    return now.astimezone(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)


def retry_after(attempts: int) -> timedelta | None:
    """Return how long to wait after so many failed attempts, or None when there have been enough."""
    return RETRIES[attempts - 1] if attempts <= len(RETRIES) else None
