"""The days of made-up outlets, for the benches that need a time of their own: what each brings, when, and how its server talks.

Five kinds of outlets (KINDS) with an entry in six minutes to one in five days, spread by a factor of its own each, three to
four times as much at noon as at night, some in batches, as an editor releases them. The rates are of the order of published
corpora of the Arabic press (some 30,000 articles of 14 outlets in three weeks is 105 a day and outlet); the hours are assumed.
"""

from __future__ import annotations

import random
from bisect import bisect_right
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from khabar.ports import Clock
from tests.servers.hostile import Fault, Request, entry, http_date, rss

DAY_S: Final = 86400.0
KINDS: Final = (
    ("agency", 150.0, 0.2),
    ("public", 90.0, 0.15),
    ("private", 40.0, 0.3),
    ("state", 12.0, 0.2),
    ("party", 1.5, 0.15),
)
"""Kind, entries in a day, share of the feeds."""
HOURS: Final = (4, 3, 2, 2, 2, 3, 5, 8, 11, 13, 14, 14, 14, 13, 13, 12, 12, 12, 12, 11, 11, 10, 8, 6)
"""How much appears in each hour of the outlet's own day, in parts of their sum."""
LISTED: Final = 20
"""A feed lists so many of its newest entries."""


@dataclass(frozen=True)
class Outlet:
    """One made-up outlet: its kind, entries in a day, entries at once, and what its server asks for."""

    kind: str
    per_day: float
    batch: int
    max_age: int
    ttl_minutes: int
    validators: bool


def outlets(count: int, seed: int) -> list[Outlet]:
    """Return so many outlets of all kinds, the same for the same seed."""
    rng = random.Random(seed)
    kinds = rng.choices([k[:2] for k in KINDS], [k[2] for k in KINDS], k=count)
    return [
        Outlet(
            kind=kind,
            per_day=per_day * rng.lognormvariate(0, 0.6),
            batch=rng.choice((1, 1, 1, 3)),
            max_age=rng.choice((0, 0, 0, 60, 300, 300, 600, 900, 3600)),
            ttl_minutes=rng.choice((0, 0, 15, 60)),
            validators=rng.random() < 0.8,
        )
        for kind, per_day in kinds
    ]


def arrivals(outlet: Outlet, days: float, rng: random.Random, *, before: float = 3.0) -> list[float]:
    """Return when entries appear, in seconds from the start (negative: in the days before it), in order.

    A Poisson process of batches whose rate follows HOURS, by thinning (Lewis and Shedler, 1979).
    """
    mean, most = sum(HOURS) / 24, max(HOURS)
    rate = outlet.per_day / outlet.batch / DAY_S * most / mean
    found, at = [], -before * DAY_S
    while at < days * DAY_S:
        at += rng.expovariate(rate)
        if rng.random() * most < HOURS[int(at / 3600 % 24)]:
            found += [at + n * 0.001 for n in range(1 + rng.randrange(2 * outlet.batch - 1))]
    return found


class Site:
    """The feed of one outlet as its server gives it: what has appeared by `clock`, with an ETag where it has validators."""

    def __init__(self, number: int, outlet: Outlet, times: list[float], start: datetime, clock: Clock, *, base: str = "") -> None:
        self.outlet, self.times, self._start, self._clock = outlet, times, start, clock
        self._address = base or f"https://site{number}.example/"
        self._number = number
        self.asked = self.useless = self.spared = 0
        self._told = -1

    def address(self, entry_number: int) -> str:
        """Return the link of an entry."""
        return f"{self._address}{self._number}/{entry_number}"

    def appeared(self) -> int:
        """Return how many entries there are now."""
        return bisect_right(self.times, (self._clock() - self._start).total_seconds())

    def document(self, there: int, text: str | None = None) -> str:
        """Return the feed that lists the newest of so many entries; `text` in place of the usual one."""
        changed = {} if text is None else {"description": text}
        items = [
            entry(
                n,
                link=self.address(n),
                guid=self.address(n),
                title=f"خبر {n} من الموقع {self._number}",
                pubDate=http_date(self._start + timedelta(seconds=self.times[n])),
                **changed,
            )
            for n in range(there - 1, max(-1, there - 1 - LISTED), -1)
        ]
        ttl = f"<ttl>{self.outlet.ttl_minutes}</ttl>" if self.outlet.ttl_minutes else ""
        return rss(ttl, *items)

    def answering(self, text: str | None = None) -> Fault:
        """Return the function that answers a request for the feed, and counts those that bring nothing new, and their 304s."""

        async def answer(request: Request) -> None:
            there = self.appeared()
            self.asked += 1
            self.useless += there == self._told
            self._told = there
            headers = {"Cache_Control": f"max-age={self.outlet.max_age}"} if self.outlet.max_age else {}
            etag = f'"{there}"'
            if self.outlet.validators:
                headers["ETag"] = etag
                if request.headers.get("if-none-match") == etag:
                    self.spared += 1
                    await request.send(b"", 304, **headers)
                    return
            await request.send(self.document(there, text), **headers)

        return answer


def sites(count: int, days: float, start: datetime, clock: Clock, *, seed: int = 7, base: str = "") -> list[Site]:
    """Return the sites of so many outlets for so many days; `base` is where their links lead, else to a name that is nowhere."""
    rng = random.Random(seed)
    return [
        Site(n, outlet, arrivals(outlet, days, rng), start, clock, base=base) for n, outlet in enumerate(outlets(count, seed))
    ]
