"""When a feed is asked next: a pure function of its rhythm, what just happened, the time, and one random number.

Entries of a feed that appear at a rate r (in a second) and are looked for every I seconds wait I/2 on average, r·I/2 entry-
seconds in a second; a poll costs C of them, C/I in a second. The sum is least at I = sqrt(2·C/r): a feed of four times the
entries is asked twice as often, which is the optimal share of a given number of polls too (Cho and Garcia-Molina, "Effective
page refresh policies for web crawlers", ACM TODS 28(4), 2003; Sia, Cho and Cho, "Efficient monitoring algorithm for fast news
alerts", IEEE TKDE 19(7), 2007, who find the same for feeds whose rate follows the hours of the day).

The rate is one in the feed's own mean gap, shrunk towards what is usual for its kind of outlet as long as few gaps are known
(the weighted mean of both logarithms), times the hour's weight, likewise its own and the usual day's. Silence is evidence
too: it makes the rate fall. What a server asks for (Retry-After, Cache-Control, <ttl>) is honoured within bounds; what fails
backs off; nothing is ever given up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache
from math import exp, log, sqrt
from typing import Final

import msgspec

from ingest.model import FeedState

POLL_COST: Final = 50.0
"""C: the entry-seconds of waiting that one more cheap poll is worth. A feed of 40 entries a day is asked every eight minutes."""
CHEAP_BYTES: Final = 64 * 1024
"""A 304, or a body of so many bytes as sent, is a cheap poll; one of n times as many costs n times as much."""
ALIVE_MAX_S: Final = 900.0
"""A feed that is cheap to ask and has not gone quiet is asked at least this often, however little it brings."""
QUIET_SHARE: Final = 48.0
"""One that has gone quiet may wait longer, up to such a part of its silence: half an hour after a day."""
USUAL_GAP_S: Final = {
    "aggregator": 900.0,
    "agency": 1200.0,
    "public": 1800.0,
    "private": 3600.0,
    "state": 7200.0,
    "party": 21600.0,
}
"""The usual time between two entries by an outlet's kind; private for one of no kind."""
LEAST_GAP_S: Final = 60.0
"""Entries nearer to each other are a batch, as an editor releases them: one request has them all."""
USUAL_WORTH: Final = 2.0
"""So many gaps of a feed's own outweigh what is usual for its kind."""
MEMORY: Final = 20
"""The mean gap is that of about so many entries."""
USUAL_HOURS: Final = tuple(h * 24 / 21.8 for h in (0.4,) * 4 + (0.7,) * 2 + (1.2,) * 14 + (0.6,) * 2 + (0.4,) * 2)
"""The weight of each hour (UTC) of a day in the countries of these outlets, two to four hours east."""
HOURS_WORTH: Final = 24.0
"""So many entries of a feed's own outweigh the usual day."""
QUIET_WORTH: Final = 5.0
"""The known gaps count as so many at most beside the present silence: what was once a daily may be dead."""
FADING: Final = 0.97
"""By how much an hour's share fades with each poll that brought something."""
RETRY_AFTER_MAX_S: Final = 24 * 3600.0
CROWDED: Final = frozenset({429, 503})
"""The answers of a server that is asked too much."""
PARKED_S: Final = 7 * 24 * 3600.0
"""A feed that says 410 Gone is asked again after a week."""
MOVED_AFTER: Final = timedelta(days=7)
"""A permanent redirect becomes the feed's address after it has held for this long."""
ASKED_MAX_S: Final = 900.0
"""The most that Cache-Control or Expires may hold a feed back: they say how long a copy may serve others, not when to ask."""
HINT_MAX_S: Final = 300.0
"""The most for <ttl> and sy:updatePeriod, which are rarely meant: WordPress writes "hourly" into every feed."""
SILENT_TIMES: Final = 12.0
SILENT_LEAST_S: Final = 24 * 3600.0
"""A feed is silent when nothing new came for SILENT_TIMES its usual gap, and at least for a day."""


class Bounds(msgspec.Struct, frozen=True, kw_only=True):
    """The shortest and longest time between two polls of a feed, in seconds."""

    least_s: float = 60.0
    most_s: float = 21600.0


def interval(state: FeedState, now: datetime, bounds: Bounds, *, kind: str = "", wire_bytes: int = 0) -> float:
    """Return the seconds until a healthy feed's next poll, by its rhythm and what a poll of it costs.

    `kind` is its outlet's, `wire_bytes` the size of its last answer (0 for a 304).
    """
    cost = max(1.0, wire_bytes / CHEAP_BYTES)
    quiet = seen_time(hour_weights(state.hours), state.last_new, now)
    longest = max(ALIVE_MAX_S, quiet / QUIET_SHARE) * sqrt(cost)
    return max(bounds.least_s, min(sqrt(2 * POLL_COST * cost / rate(state, now, kind)), longest, bounds.most_s))


def rate(state: FeedState, now: datetime, kind: str = "") -> float:
    """Return how many entries (or batches of them) a feed is expected to bring in a second of this hour."""
    weights = hour_weights(state.hours)
    own = min(MEMORY, state.new) if state.gap_s else 0
    usual = USUAL_GAP_S.get(kind, USUAL_GAP_S["private"])
    gap = exp((USUAL_WORTH * log(usual) + own * log(max(state.gap_s, LEAST_GAP_S))) / (USUAL_WORTH + own))
    quiet, known = seen_time(weights, state.last_new, now), min(USUAL_WORTH + own, QUIET_WORTH)
    return known / (known * gap + quiet) * weights[now.astimezone(UTC).hour]


@lru_cache(maxsize=256)  # one poll asks three times
def hour_weights(hours: tuple[float, ...]) -> Sequence[float]:
    """Return how busy each hour (UTC) is beside the mean hour, from 0.25 to 4: the feed's own share and the usual day's."""
    total = sum(hours) + HOURS_WORTH
    before, after = (hours[-1], *hours[:-1]), (*hours[1:], hours[0])
    shares = zip(before, hours, after, USUAL_HOURS, strict=True)
    weights = [(6 * (b + 2 * h + a) + HOURS_WORTH * usual) / total for b, h, a, usual in shares]
    return [min(w, 4.0) if w > 0.25 else 0.25 for w in weights]


def seen_time(weights: Sequence[float], since: datetime | None, until: datetime) -> float:
    """Return the seconds between two times as the feed's day counts them: one of a busy hour is more than one at night."""
    if since is None or since >= until:
        return 0.0
    days, seconds = divmod((until - since).total_seconds(), 86400.0)
    counted, hour = days * 3600.0 * sum(weights), since.astimezone(UTC).hour
    left = 3600.0 - since.minute * 60 - since.second
    while seconds > 0:
        part = min(seconds, left)
        counted += part * weights[hour]
        seconds, hour, left = seconds - part, (hour + 1) % 24, 3600.0
    return counted


def learned(state: FeedState, new_dates: Sequence[datetime], now: datetime) -> tuple[float, tuple[float, ...]]:
    """Return the feed's mean gap and hours after a poll that brought new entries with these dates (none: both unchanged).

    `state.new` counts the new entries already. Entries of one minute are one batch. The first poll's gap is that of the
    newest half of what the feed lists, so that an old entry which is pinned there does not stretch it; later ones count
    from when something new was last seen.
    """
    if not new_dates:
        return state.gap_s, state.hours
    hours = [h * FADING for h in state.hours]
    for at in new_dates:
        hours[min(at, now).astimezone(UTC).hour] += 1
    return _mean_gap(state, _batches(new_dates, now), now), tuple(round(h, 3) for h in hours)


def _batches(dates: Sequence[datetime], now: datetime) -> list[datetime]:
    found: list[datetime] = []
    for at in sorted(min(d, now) for d in dates):
        if not found or (at - found[-1]).total_seconds() >= LEAST_GAP_S:
            found.append(at)
    return found


def _mean_gap(state: FeedState, times: list[datetime], now: datetime) -> float:
    weights = hour_weights(state.hours)
    if state.last_new is not None:
        gap, before = seen_time(weights, state.last_new, now) / len(times), min(MEMORY, max(0, state.new - len(times)))
    elif len(times) > 1:
        newest = times[len(times) // 2 - 1 :]
        gap, before = seen_time(weights, newest[0], newest[-1]) / (len(newest) - 1), 0
    else:
        return state.gap_s
    mean = (before * state.gap_s + len(times) * gap) / (before + len(times)) if state.gap_s else gap
    return max(mean, LEAST_GAP_S)


def after_success(
    state: FeedState, now: datetime, bounds: Bounds, *, asked_s: float, random: float, kind: str = "", wire_bytes: int = 0
) -> datetime:
    """Return the next poll after an answer. `asked_s` is what `asked_to_wait` says, `random` is in [0, 1); see `interval`.

    A feed that lists few entries is asked before half of them have gone, whatever it asks for: else some are never seen.
    """
    wait = max(interval(state, now, bounds, kind=kind, wire_bytes=wire_bytes), min(asked_s, bounds.most_s))
    if state.listed:
        wait = max(bounds.least_s, min(wait, state.listed / rate(state, now, kind) / 2))
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
    """Return the seconds for which the answer says that it stays fresh, within bounds: Cache-Control, else Expires; and <ttl>.

    What a cache on the way has kept already (Age, RFC 9111 4.2.3) is taken off: the copy is renewed when it ends.
    """
    fresh = 0.0
    control = headers.get("cache-control", "").lower()
    directives = dict(d.strip().partition("=")[::2] for d in control.split(","))
    if "no-cache" not in directives and "no-store" not in directives:
        max_age = directives.get("max-age", "").strip('"')
        if max_age.isdecimal():
            age = headers.get("age", "").strip()
            fresh = float(max_age[:9]) - (float(age[:9]) if age.isdecimal() else 0.0)
        elif "expires" in headers:
            at = _http_date(headers["expires"])
            fresh = (at - now).total_seconds() if at else 0.0
    return max(min(fresh, ASKED_MAX_S), min(ttl_s, HINT_MAX_S), 0.0)


def _http_date(value: str) -> datetime | None:
    try:
        at = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
