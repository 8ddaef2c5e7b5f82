"""The poller for a simulated busy hour on a thousand feeds, good and hostile: does its memory stay flat?

`python -m bench.soak [--minutes 30] [--feeds 1000] [--keep FOLDER]` prints JSON lines: the memory at the start, after each
minute and at the end, what was polled until then, and the verdict; exit 1 where memory grew. The hour's clock runs faster the
fewer minutes there are. The servers of tests/servers/hostile.py run in a process of their own, so that memory is the poller's
alone. What `--keep` leaves is read by `KHABAR_DATA_DIR=FOLDER KHABAR_FEEDS_FILE=FOLDER/feeds.toml khabar feeds health`.
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
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import structlog

from bench.rhythm import sites
from index.sqlite import SqliteStore
from ingest import feeds as feeds_module
from ingest.fetch import Fetcher, Limits
from ingest.judge import GOOD
from ingest.model import Feed, Polled
from ingest.poller import Options, Poller
from ingest.schedule import Bounds
from khabar import schema
from khabar.netguard import Guard
from khabar.settings import Settings
from tests.servers.hostile import FAULTS, RANGES, TEXT, Hostile, Request

HOUR_S: Final = 3600.0
BUSY_H: Final = 11
"""The hour of the outlets' day that is played: one with the most entries."""
HOSTILE_SHARE: Final = 4
"""One feed in so many is hostile; each fault of the server has its turn."""
SUMMARY_SHARE: Final = 4
"""One good feed in so many gives summaries only, so that pages are read."""
WARM_UP: Final = 1 / 3
"""The part of the run in which caches, pools and the allocator's arenas fill; the verdict is about the rest."""
GROWTH_MAX: Final = 0.10
"""How much of its memory after the warm-up the poller may gain until the end."""
CROWDED: Final = ("too_many", "busy")
"""A host that answers so holds all of its feeds back for up to an hour: these faults have one of their own."""
LIMITS: Final = Limits(total_s=5.0, idle_s=3.0)
SAVE_AT: Final = 50
NAMES: Final = ("بوابة الميناء", "صوت الواحة", "أخبار الساحل", "وكالة الجبل للأنباء", "صحيفة القلعة")


@dataclass(frozen=True)
class FastClock:
    """A clock that says `start` at `began` (time.time) and then runs `times` as fast. It holds in both processes."""

    start: datetime
    began: float
    times: float

    def __call__(self) -> datetime:
        """Return the simulated time."""
        return self.start + timedelta(seconds=(time.time() - self.began) * self.times)


def resident_mb() -> float:
    """Return this process's resident memory in MB (proc(5), VmRSS)."""
    [line] = [x for x in Path("/proc/self/status").read_text(encoding="ascii").splitlines() if x.startswith("VmRSS:")]
    return round(int(line.split()[1]) / 1024, 1)


async def page(request: Request) -> None:
    """Answer with an article's page of its own words."""
    paragraphs = "".join(f"<p>{TEXT} رقم {request.count} في الفقرة {n}.</p>" for n in range(6))
    body = f"<html><head><title>خبر</title></head><body><article><h1>خبر</h1>{paragraphs}</article></body></html>"
    await request.send(body, Content_Type="text/html; charset=utf-8")


def serve(count: int, clock: FastClock, port: Any) -> None:
    """Serve the faults and so many good feeds until the process is ended."""

    async def main() -> None:
        async with Hostile(extra={"page": page}) as server:
            midnight = clock.start - timedelta(hours=BUSY_H)
            for n, site in enumerate(sites(count, 1, midnight, clock, base=f"{server.base}/page?")):
                server.extra[f"feed{n}"] = site.answering("ملخص قصير" if n % SUMMARY_SHARE == 0 else None)
            port.send((server.base, *server.others))
            await asyncio.Event().wait()

    asyncio.run(main())


def listed(count: int, bases: tuple[str, ...], folder: Path) -> list[Feed]:
    """Write a feeds.toml of so many feeds, the good ones first, and return what is read from it."""
    faults, hostile = sorted(FAULTS), count // HOSTILE_SHARE
    paths = [f"feed{n}" for n in range(count - hostile)] + [f"{faults[n % len(faults)]}?{n}" for n in range(hostile)]
    crowded, *others = bases
    hosts = [crowded if p.startswith(CROWDED) else others[n % len(others)] for n, p in enumerate(paths)]
    entries = [
        f'[[outlet]]\nid = "{p.partition("?")[0].replace("_", "-").lower()[:30]}-{n}"\nname_ar = "{NAMES[n % len(NAMES)]} {n}"\n'
        f'name_en = "Sample {n}"\nkind = "private"\ncountry = "LY"\n[[outlet.feed]]\nurl = "{host}/{p}"\n'
        for n, (host, p) in enumerate(zip(hosts, paths, strict=True))
    ]
    file = folder / "feeds.toml"
    file.write_text("".join(entries), encoding="utf-8")
    return list(feeds_module.load(Settings(feeds_file=file)))


class Soak:
    """The poller with its state in SQLite; articles are made into messages, counted and thrown away."""

    def __init__(self, feeds: list[Feed], settings: Settings, clock: FastClock, seconds: float) -> None:
        self._feeds, self._clock, self._seconds = feeds, clock, seconds
        self._store = SqliteStore(settings.database)
        self._began = time.monotonic()
        self.counts: Counter[str] = Counter()
        self.memory: list[tuple[float, float]] = []

    async def run(self) -> None:
        """Poll until the hour is over."""
        options = Options(
            host_spacing_s=0,
            host_concurrency=100,
            bounds=Bounds(least_s=60.0, most_s=600.0),
            limits=LIMITS,
            spread_s=300.0,
        )
        stop = asyncio.Event()
        async with Fetcher(user_agent="soak", guard=Guard(RANGES)) as fetcher:
            table, tick = self._store.table("feeds"), lambda: self._clock().timestamp()
            poller = Poller(self._feeds, table, fetcher, self._clock, options=options, tick=tick)
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
        self.counts["failed"] += polled.result.outcome not in GOOD
        self.counts["articles"] += len([schema.dumps(a) for a in polled.articles])
        self.counts["pages"] += polled.result.full_text

    async def _measure(self, stop: asyncio.Event) -> None:
        """Print the memory at the start, each minute and at the end; the last sets `stop`."""
        marks = [*(60.0 * m for m in range(int(self._seconds // 60))), self._seconds]
        for mark in marks:
            await asyncio.sleep(max(0.0, self._began + mark - time.monotonic()))
            gc.collect()
            self.memory.append((mark, resident_mb()))
            say(minute=round(mark / 60, 1), rss_mb=self.memory[-1][1], clock=self._clock().strftime("%H:%M"), **self.counts)
        stop.set()


def verdict(memory: list[tuple[float, float]]) -> tuple[float, float, float, bool]:
    """Return the memory (MB) at the warm-up's end and at the end, the slope between (MB in an hour), and whether it is flat.

    The slope is that of the line of least squares; flat is where the whole run gained GROWTH_MAX at most after the warm-up.
    """
    end, last = memory[-1]
    rest = [(at, mb) for at, mb in memory if at >= end * WARM_UP]
    mean_at, mean_mb = (sum(x) / len(rest) for x in zip(*rest, strict=True))
    spread = sum((at - mean_at) ** 2 for at, _ in rest) or 1.0
    slope = sum((at - mean_at) * (mb - mean_mb) for at, mb in rest) / spread * HOUR_S
    warm = rest[0][1]
    return warm, last, round(slope, 1), last <= warm * (1 + GROWTH_MAX)


def say(**fields: object) -> None:
    """Print a line of the report."""
    print(json.dumps({"bench": "soak", **fields}), flush=True)


def soak(count: int, minutes: float, folder: Path) -> bool:
    """Run it, print the verdict, and return whether memory is flat."""
    seconds = minutes * 60
    clock = FastClock(datetime.now(UTC) + timedelta(seconds=seconds - HOUR_S), time.time(), HOUR_S / seconds)
    receive, send = multiprocessing.Pipe(duplex=False)
    arguments = (count - count // HOSTILE_SHARE, clock, send)
    server = multiprocessing.get_context("spawn").Process(target=serve, args=arguments, daemon=True)
    server.start()
    try:
        run = Soak(listed(count, receive.recv(), folder), Settings(data_dir=folder), clock, seconds)
        asyncio.run(run.run())
    finally:
        server.terminate()
        server.join()
    warm, last, slope, flat = verdict(run.memory)
    say(feeds=count, minutes=minutes, warm_mb=warm, end_mb=last, slope_mb_per_hour=slope, flat=flat, **run.counts)
    return flat


def main() -> None:
    """Run the soak; exit 1 where memory is not flat."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--feeds", type=int, default=1000)
    parser.add_argument("--keep", type=Path, help="Where the feeds' state stays, for `khabar feeds health`.")
    arguments = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        sys.exit(0 if soak(arguments.feeds, arguments.minutes, folder) else 1)


if __name__ == "__main__":
    main()
