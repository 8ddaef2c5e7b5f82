"""The poller for a simulated busy hour on a thousand feeds, good and hostile: does its memory stay flat?

`python -m bench.soak [--minutes 30] [--feeds 1000]` prints JSON lines: the memory at the start, after each minute and at the
end, what was polled until then, and the verdict; exit 1 where memory grew. The hour's clock runs faster the fewer minutes
there are. The servers of tests/servers/hostile.py run in a process of their own, so that memory is the poller's alone.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import logging
import multiprocessing
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import structlog

from index.sqlite import SqliteStore
from ingest.fetch import Fetcher, Limits
from ingest.model import Feed, Polled
from ingest.poller import Options, Poller
from ingest.schedule import Bounds
from khabar import schema
from khabar.netguard import Guard
from tests.servers.hostile import FAULTS, RANGES, Fault, Hostile, Request, entry, rss

HOUR_S: Final = 3600.0
START: Final = datetime(2024, 3, 1, 12, tzinfo=UTC)
GOOD_SHARE: Final = 4
"""One feed in so many is hostile; each fault of the server has its turn."""
ENTRIES: Final = 10
ASKED_FOR_NEW: Final = 2
"""A good feed has a new entry at every so manyth request."""
WARM_UP: Final = 1 / 3
"""The part of the run in which caches, pools and the allocator's arenas fill; the verdict is about the rest."""
GROWTH_MAX: Final = 0.10
"""How much of its memory after the warm-up the poller may gain until the end."""
LIMITS: Final = Limits(total_s=5.0, idle_s=3.0)
SAVE_AT: Final = 50


def resident_mb() -> float:
    """Return this process's resident memory in MB (proc(5), VmRSS)."""
    [line] = [x for x in Path("/proc/self/status").read_text(encoding="ascii").splitlines() if x.startswith("VmRSS:")]
    return round(int(line.split()[1]) / 1024, 1)


def good(number: int) -> Fault:
    """Return the answers of a good feed: every few requests it has a newer entry, else the last body again."""

    async def answer(request: Request) -> None:
        newest = number * 100_000 + ENTRIES + request.count // ASKED_FOR_NEW
        etag = f'"{newest}"'
        if request.headers.get("if-none-match") == etag:
            await request.send(b"", 304, ETag=etag)
            return
        link = f"https://site{number}.example/"
        items = [entry(n, link=f"{link}{n}", guid=f"{link}{n}") for n in range(newest, newest - ENTRIES, -1)]
        await request.send(rss(*items), ETag=etag)

    return answer


def serve(names: list[str], port: Any) -> None:
    """Serve the faults and the good feeds of these names until the process is ended."""

    async def main() -> None:
        async with Hostile(extra={n: good(i) for i, n in enumerate(names)}) as server:
            port.send((server.base, *server.others))
            await asyncio.Event().wait()

    asyncio.run(main())


def plan(feeds: int) -> list[str]:
    """Return the path of each feed: the good ones first."""
    faults = sorted(FAULTS)
    hostile = feeds // GOOD_SHARE
    return [f"feed{n}" for n in range(feeds - hostile)] + [f"{faults[n % len(faults)]}?{n}" for n in range(hostile)]


class Soak:
    """The poller with its state in SQLite; articles are made into messages, counted and thrown away."""

    def __init__(self, feeds: list[Feed], folder: Path, minutes: float) -> None:
        self._feeds, self._seconds = feeds, minutes * 60
        self._store = SqliteStore(folder / "soak.db")
        self._began = time.monotonic()
        self.counts: Counter[str] = Counter()
        self.memory: list[tuple[float, float]] = []

    def now(self) -> datetime:
        """Return the simulated time: an hour passes in the minutes of the run."""
        return START + timedelta(seconds=(time.monotonic() - self._began) * HOUR_S / self._seconds)

    async def run(self) -> None:
        """Poll until the hour is over."""
        options = Options(
            host_spacing_s=0,
            host_concurrency=100,
            bounds=Bounds(least_s=60.0, most_s=600.0),
            limits=LIMITS,
            pages=False,
            spread_s=300.0,
        )
        stop = asyncio.Event()
        async with Fetcher(user_agent="soak", guard=Guard(RANGES)) as fetcher:
            poller = Poller(self._feeds, self._store.table("feeds"), fetcher, self.now, options=options)
            measuring = asyncio.create_task(self._measure(stop))
            waiting: list[Polled] = []
            async for polled in poller.run(stop):
                self._count(polled)
                waiting.append(polled)
                if len(waiting) >= SAVE_AT or not poller.more():
                    with self._store.transaction():
                        for one in waiting:
                            poller.save(one)
                    waiting = []
            await measuring
        self._store.close()

    def _count(self, polled: Polled) -> None:
        self.counts["polls"] += 1
        self.counts["failed"] += polled.result.outcome not in ("ok", "not_modified")
        self.counts["articles"] += len([schema.dumps(a) for a in polled.articles])

    async def _measure(self, stop: asyncio.Event) -> None:
        """Print the memory at the start, each minute and at the end; the last sets `stop`."""
        marks = [*(60.0 * m for m in range(int(self._seconds // 60))), self._seconds]
        for mark in marks:
            await asyncio.sleep(max(0.0, self._began + mark - time.monotonic()))
            gc.collect()
            self.memory.append((mark, resident_mb()))
            say(minute=round(mark / 60, 1), rss_mb=self.memory[-1][1], clock=self.now().strftime("%H:%M"), **self.counts)
        stop.set()


def verdict(memory: list[tuple[float, float]]) -> tuple[float, float, bool]:
    """Return the memory (MB) at the warm-up's end and at the run's end, and whether it is flat."""
    end, last = memory[-1]
    warm = next(mb for at, mb in memory if at >= end * WARM_UP)
    return warm, last, last <= warm * (1 + GROWTH_MAX)


def say(**fields: object) -> None:
    """Print a line of the report."""
    print(json.dumps({"bench": "soak", **fields}), flush=True)


def soak(feeds: int, minutes: float) -> bool:
    """Run it, print the verdict, and return whether memory is flat."""
    paths = plan(feeds)
    receive, send = multiprocessing.Pipe(duplex=False)
    names = [p for p in paths if p.startswith("feed")]
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(names, send), daemon=True)
    server.start()
    try:
        bases = receive.recv()
        of = [Feed(id=f"f{n}", url=f"{bases[n % len(bases)]}/{p}", outlet=f"o{n}") for n, p in enumerate(paths)]
        with tempfile.TemporaryDirectory() as folder:
            run = Soak(of, Path(folder), minutes)
            asyncio.run(run.run())
    finally:
        server.terminate()
        server.join()
    warm, last, flat = verdict(run.memory)
    say(feeds=feeds, minutes=minutes, warm_mb=warm, end_mb=last, growth=round(last / warm - 1, 3), flat=flat, **run.counts)
    return flat


def main() -> None:
    """Run the soak; exit 1 where memory is not flat."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--feeds", type=int, default=1000)
    arguments = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    sys.exit(0 if soak(arguments.feeds, arguments.minutes) else 1)


if __name__ == "__main__":
    main()
