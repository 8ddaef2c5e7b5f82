"""The poller beside `reader` (PyPI) on the same feeds from a local server: a cold pass, a pass of 304s, a day's 5 % changed.

`python -m bench.poll [--feeds N]` prints JSON lines: seconds of each and their ratio, and the memory of 10,000 scheduled feeds
(how long an entry waits for its poll is bench/delay.py's to say). Both store what they saw in SQLite; the server is a process
of its own, which costs both the same.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import multiprocessing
import resource
import tempfile
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import structlog

from index.sqlite import SqliteStore
from ingest.fetch import Fetcher
from ingest.model import Feed, FeedState
from ingest.poller import Options, Poller
from khabar import schema
from khabar.netguard import Guard

TEXT = "ذكر بيان للمجلس البلدي أن أعمال الصيانة في الميناء ستستمر حتى نهاية الشهر وأن الحركة فيه عادية. " * 8
ENTRIES = 20
NOW = datetime(2024, 3, 1, 12, tzinfo=UTC)


def document(number: int, version: int) -> bytes:
    """Return feed `number` with ENTRIES entries; each version has one newer entry than the last."""
    dates = [format_datetime(NOW - timedelta(minutes=10 * (100 - n))) for n in range(100)]
    items = "".join(
        f"<item><title>خبر {n} من الموقع {number}</title><link>https://site{number}.example/{n}</link>"
        f"<guid>https://site{number}.example/{n}</guid><pubDate>{dates[n % 100]}</pubDate>"
        f"<description>&lt;p&gt;{TEXT}&lt;/p&gt;</description></item>"
        for n in range(version + ENTRIES, version, -1)
    )
    return f'<rss version="2.0"><channel><title>موقع {number}</title>{items}</channel></rss>'.encode()


def serve(feeds: int, port: Any) -> None:
    """Serve the feeds with ETags; GET /bump changes every twentieth."""
    versions = [0] * feeds
    bodies = [document(n, 0) for n in range(feeds)]

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                path = head.split(" ", 2)[1].strip("/")
                if path == "bump":
                    for n in range(0, feeds, 20):
                        versions[n] += 1
                        bodies[n] = document(n, versions[n])
                    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
                    continue
                n = int(path)
                etag = f'"{versions[n]}"'
                if f"if-none-match: {etag}" in head.lower():
                    writer.write(f"HTTP/1.1 304 x\r\nETag: {etag}\r\n\r\n".encode())
                else:
                    headers = f"Content-Type: application/rss+xml\r\nETag: {etag}\r\nContent-Length: {len(bodies[n])}"
                    writer.write(f"HTTP/1.1 200 OK\r\n{headers}\r\n\r\n".encode() + bodies[n])
                await writer.drain()
        except (asyncio.IncompleteReadError, OSError):
            writer.close()

    async def main() -> None:
        server = await asyncio.start_server(handle, "127.0.0.1", 0)
        port.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(main())


class Ours:
    """Our poller with its state in SQLite; articles are made into messages and thrown away."""

    def __init__(self, base: str, feeds: int, folder: Path) -> None:
        self._feeds = [Feed(id=f"f{n}", url=f"{base}/{n}", outlet=f"o{n}", country="LY") for n in range(feeds)]
        self._store = SqliteStore(folder / "ours.db")
        self._now = NOW

    def update(self) -> int:
        """Poll all feeds once; return how many articles came."""
        return asyncio.run(self._update())

    async def _update(self) -> int:
        options = Options(host_spacing_s=0, host_concurrency=100, concurrency=50)
        articles, waiting = 0, []
        async with Fetcher(user_agent="bench", guard=Guard(("127.0.0.0/8",))) as fetcher:
            self._now += timedelta(hours=1)
            poller = Poller(self._feeds, self._store.table("feeds"), fetcher, lambda: self._now, options=options)
            async for polled in poller.due_pass():
                articles += len([schema.dumps(a) for a in polled.articles])
                waiting.append(polled)
                if len(waiting) >= 50:
                    self._save(poller, waiting)
            self._save(poller, waiting)
        return articles

    def _save(self, poller: Poller, waiting: list[Any]) -> None:
        with self._store.transaction():
            for polled in waiting:
                poller.save(polled)
        waiting.clear()


class Theirs:
    """reader with its storage and parser as they come, and four workers (its own default is one)."""

    def __init__(self, base: str, feeds: int, folder: Path) -> None:
        from reader import make_reader  # noqa: PLC0415  # only in the group bench

        self._reader = make_reader(str(folder / "reader.db"))
        for n in range(feeds):
            self._reader.add_feed(f"{base}/{n}")

    def update(self) -> int:
        """Update all feeds once; return how many new entries came."""
        found = list(self._reader.update_feeds_iter(scheduled=False, workers=4))
        errors = [r.value for r in found if isinstance(r.value, Exception)]
        if errors:
            raise errors[0]
        return sum(getattr(r.value, "new", 0) or 0 for r in found if r.value is not None)


def timed(side: Ours | Theirs) -> tuple[float, int]:
    """Return the seconds of one update and what it brought."""
    started = time.perf_counter()
    count = side.update()
    return time.perf_counter() - started, count


def compare(feeds: int) -> None:
    """Print the three passes of both."""
    receive, send = multiprocessing.Pipe(duplex=False)
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(feeds, send), daemon=True)
    server.start()
    base = f"http://127.0.0.1:{receive.recv()}"
    with tempfile.TemporaryDirectory() as folder:
        sides = {"khabar": Ours(base, feeds, Path(folder)), "reader": Theirs(base, feeds, Path(folder))}
        for name in ("cold", "all-304", "mixed"):
            if name == "mixed":
                asyncio.run(_get(f"{base}/bump"))
            seconds, brought = {}, {}
            for side, it in sides.items():
                seconds[side], brought[side] = timed(it)
            row = {f"{s}_s": round(v, 2) for s, v in seconds.items()} | {f"{s}_new": n for s, n in brought.items()}
            print(
                json.dumps(
                    {
                        "bench": "poll",
                        "pass": name,
                        "feeds": feeds,
                        **row,
                        "ratio": round(seconds["reader"] / seconds["khabar"], 1),
                    }
                )
            )
    server.terminate()
    server.join()


async def _get(url: str) -> None:
    async with Fetcher(user_agent="bench", guard=Guard(("127.0.0.0/8",))) as fetcher:
        await fetcher.get(url)


def _memory(feeds: int, result: Any) -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    with tempfile.TemporaryDirectory() as folder:
        store = SqliteStore(Path(folder) / "m.db")
        made = [Feed(id=f"f{n}", url=f"https://site{n}.example/feed", outlet=f"o{n}") for n in range(feeds)]
        table = store.table("feeds")
        with store.transaction():
            from ingest.ledger import Writes  # noqa: PLC0415  # only this process needs it

            for feed in made:
                writes = Writes()
                writes.feed(feed.id, FeedState(url=feed.url, etag='"x"', gap_s=1800, next_poll=NOW, hours=(1.0,) * 24))
                table.update({k: v for k, v in writes.made.items() if v is not None})

        async def plan() -> None:
            async with Fetcher(user_agent="bench", guard=Guard()) as fetcher:
                Poller(made, table, fetcher, lambda: NOW)

        asyncio.run(plan())
        store.close()
    result.send(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def memory(feeds: int = 10_000) -> None:
    """Print the peak memory of a process that schedules so many feeds."""
    receive, send = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context("spawn").Process(target=_memory, args=(feeds, send))
    process.start()
    print(json.dumps({"bench": "poll-memory", "feeds": feeds, "peak_mb": round(receive.recv(), 1)}))
    process.join()


def main() -> None:
    """Print all of it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--feeds", type=int, default=300)
    feeds = parser.parse_args().feeds
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    compare(feeds)
    memory()


if __name__ == "__main__":
    main()
