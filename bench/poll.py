"""The poller beside `reader` (PyPI) on the same feeds from a local server: a cold pass, a pass of 304s, a day's 5 % changed.

`python -m bench.poll [--feeds N] [--rounds N]` prints JSON lines: the memory of 10,000 scheduled feeds; then for each pass the
CPU and wall seconds of both (medians of the rounds, each from empty files, the sides taking turns to go first) and the ratio of
each. How long an entry waits for its poll is bench/delay.py's to say.

What is compared. Both fetch by HTTP with validators, read every entry, tell new from seen, and commit entries and feed state to
an SQLite file (WAL, synchronous=FULL, both) before they go on. reader commits feed by feed; we commit the polls that are done,
up to 50 at once, with the articles they brought, as `khabar poll` does, so that a kill loses nothing in either. Each runs in this
one process, ours in one thread, reader with four workers (one takes the same CPU). Each does what it does by default: reader's
feedparser cleans HTML and resolves links; we turn HTML into plain text, read dates, hash versions and plan the next poll. Pages
are fetched by neither (these feeds carry whole texts). Ours is asked not to space its requests to the one host that plays all
sites, and neither writes a log. The server is a process of its own, whose CPU is counted to neither.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import logging
import multiprocessing
import resource
import socket
import statistics
import tempfile
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import structlog
from aiohttp.abc import AbstractResolver, ResolveResult

from index.sqlite import SqliteStore
from ingest.fetch import Fetcher
from ingest.ledger import Writes
from ingest.model import Feed, FeedState, Polled
from ingest.poller import Options, Poller
from khabar import schema
from khabar.netguard import Guard

TEXT = "ذكر بيان للمجلس البلدي أن أعمال الصيانة في الميناء ستستمر حتى نهاية الشهر وأن الحركة فيه عادية. " * 4
ENTRIES = 20
NOW = datetime(2024, 3, 1, 12, tzinfo=UTC)
HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/">\n<channel>\n\t<title>موقع {number}</title>\n\t<link>https://site{number}.example</link>\n'
)
ITEM = (
    "\t<item>\n\t\t<title>خبر {n} من الموقع {number}</title>\n\t\t<link>https://site{number}.example/2024/03/{n}/</link>\n"
    "\t\t<dc:creator><![CDATA[المحرر]]></dc:creator>\n\t\t<pubDate>{date}</pubDate>\n\t\t<category><![CDATA[محلي]]></category>\n"
    '\t\t<guid isPermaLink="false">https://site{number}.example/?p={n}</guid>\n'
    "\t\t<description><![CDATA[{summary} [&#8230;]]]></description>\n"
    "\t\t<content:encoded><![CDATA[<p>{text}</p>\n<p><strong>{n}</strong> {text}</p>\n]]></content:encoded>\n\t</item>\n"
)
"""Feeds in the shape that WordPress gives them, which most outlets have."""


def document(number: int, version: int) -> bytes:
    """Return feed `number` with ENTRIES entries; each version has one newer entry than the last."""
    items = "".join(
        ITEM.format(
            n=n,
            number=number,
            date=format_datetime(NOW - timedelta(minutes=10 * (100 - n % 100))),
            summary=TEXT[:200],
            text=TEXT,
        )
        for n in range(version + ENTRIES, version, -1)
    )
    return f"{HEAD.format(number=number)}{items}</channel>\n</rss>\n".encode()


class Site(asyncio.Protocol):
    """One connection of the server. `answers`: what each path gives, with its ETag."""

    def __init__(self, answers: dict[bytes, tuple[bytes, bytes]]) -> None:
        self._answers, self._data = answers, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        *requests, self._data = (self._data + data).split(b"\r\n\r\n")
        for request in requests:
            path = request.split(b" ", 2)[1]
            if path == b"/bump":
                change(self._answers)
            etag, body = self._answers.get(path, (b"-", b""))
            if etag in request:
                answer = b"HTTP/1.1 304 Not Modified\r\nETag: %b\r\n\r\n" % etag
            else:
                kind = b"Content-Type: application/rss+xml; charset=UTF-8"
                answer = b"HTTP/1.1 200 OK\r\n%b\r\nETag: %b\r\nContent-Length: %d\r\n\r\n%b" % (kind, etag, len(body), body)
            self._transport.write(answer)  # type: ignore[attr-defined]  # asyncio gives a stream's transport


def change(answers: dict[bytes, tuple[bytes, bytes]]) -> None:
    """Give every twentieth feed one more entry."""
    for n in range(0, len(answers), 20):
        version = int(answers[b"/%d" % n][0].strip(b'"').rpartition(b"v")[2]) + 1
        answers[b"/%d" % n] = (b'"site%dv%d"' % (n, version), document(n, version))


def serve(feeds: int, port: Any) -> None:
    """Serve the feeds with ETags; GET /bump changes every twentieth."""
    answers = {b"/%d" % n: (b'"site%dv0"' % n, document(n, 0)) for n in range(feeds)}

    async def main() -> None:
        server = await asyncio.get_running_loop().create_server(lambda: Site(answers), "127.0.0.1", 0)
        port.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(main())


class Ours:
    """Our poller; its state and the articles' messages go to one SQLite file, in one transaction a batch."""

    def __init__(self, base: str, feeds: int, folder: Path) -> None:
        self._feeds = [Feed(id=f"f{n}", url=f"{base}/{n}", outlet=f"o{n}", country="LY") for n in range(feeds)]
        self._store = SqliteStore(folder / "ours.db")
        self._store.execute("CREATE TABLE entries (id TEXT PRIMARY KEY, message BLOB NOT NULL)")
        self._now = NOW

    def update(self) -> int:
        """Poll all feeds once; return how many articles came."""
        return asyncio.run(self._update())

    async def _update(self) -> int:
        options = Options(host_spacing_s=0, host_concurrency=100)
        articles = 0
        async with Fetcher(user_agent="bench", guard=Guard(("127.0.0.0/8",))) as fetcher:
            self._now += timedelta(hours=1)
            poller = Poller(self._feeds, self._store.table("feeds"), fetcher, lambda: self._now, options=options)
            async for batch in batches(poller):
                rows = [(a.id, schema.dumps(a)) for polled in batch for a in polled.articles]
                with self._store.transaction():
                    self._store.execute_many("INSERT OR REPLACE INTO entries VALUES (?, ?)", rows)
                    for polled in batch:
                        poller.save(polled)
                articles += len(rows)
        return articles


async def batches(poller: Poller) -> AsyncIterator[list[Polled]]:
    """Poll what is due; yield the polls that are done, up to 50 at once, to be saved in one transaction."""
    waiting: list[Polled] = []
    async for polled in poller.due_pass():
        waiting.append(polled)
        if len(waiting) >= 50 or not poller.more():
            yield waiting
            waiting = []
    yield waiting


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


def timed(side: Ours | Theirs) -> tuple[float, float, int]:
    """Return the CPU and wall seconds of one update, and what it brought."""
    gc.collect()
    wall, cpu = time.perf_counter(), time.process_time()
    count = side.update()
    return time.process_time() - cpu, time.perf_counter() - wall, count


def compare(feeds: int, rounds: int) -> None:
    """Print the three passes of both."""
    got: dict[str, list[dict[str, float]]] = {}
    for turn in range(rounds):
        receive, send = multiprocessing.Pipe(duplex=False)
        server = multiprocessing.get_context("spawn").Process(target=serve, args=(feeds, send), daemon=True)
        server.start()
        base = f"http://127.0.0.1:{receive.recv()}"
        with tempfile.TemporaryDirectory() as folder:
            sides = {"khabar": Ours(base, feeds, Path(folder)), "reader": Theirs(base, feeds, Path(folder))}
            for name in ("cold", "all-304", "mixed"):
                if name == "mixed":
                    asyncio.run(_get(f"{base}/bump"))
                row: dict[str, float] = {}
                for side in sorted(sides, reverse=bool(turn % 2)):
                    row[f"{side}_cpu_s"], row[f"{side}_s"], row[f"{side}_new"] = timed(sides[side])
                got.setdefault(name, []).append(row)
        server.terminate()
        server.join()
    for name, rows in got.items():
        _print(name, feeds, rows)


def _print(name: str, feeds: int, rows: list[dict[str, float]]) -> None:
    middle = {key: statistics.median(row[key] for row in rows) for key in rows[0]}
    ratios = {
        kind: round(statistics.median(r[f"reader_{unit}"] / r[f"khabar_{unit}"] for r in rows), 1)
        for kind, unit in (("ratio_cpu", "cpu_s"), ("ratio", "s"))
    }
    per_s = {"khabar_feeds_per_cpu_s": round(feeds / middle["khabar_cpu_s"])}
    rounded = {key: round(value, 3) for key, value in middle.items()}
    print(json.dumps({"bench": "poll", "pass": name, "feeds": feeds, **rounded, **per_s, **ratios}))


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
            for feed in made:
                writes = Writes()
                writes.feed(feed.id, FeedState(url=feed.url, etag='"x"', gap_s=1800, next_poll=NOW, hours=(1.0,) * 24))
                table.update({k: v for k, v in writes.made.items() if v is not None})

        async def one_pass() -> tuple[float, float]:
            async with Fetcher(user_agent="bench", guard=Guard(), resolver=Nowhere()) as fetcher:
                poller = Poller(made, table, fetcher, lambda: NOW)
                planned = _peak_mb()
                async for batch in batches(poller):
                    with store.transaction():
                        for polled in batch:
                            poller.save(polled)
            return planned, _peak_mb()

        result.send(asyncio.run(one_pass()))
        store.close()


class Nowhere(AbstractResolver):
    """Finds no host, so that a pass over very many feeds needs no server."""

    async def resolve(self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET) -> list[ResolveResult]:
        """Raise OSError."""
        raise OSError(f"no {host}:{port} of {family}")

    async def close(self) -> None:
        """Do nothing."""


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def memory(feeds: int = 10_000) -> None:
    """Print the peak memory of a process that schedules so many feeds, and after a pass in which all were due at once."""
    receive, send = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context("spawn").Process(target=_memory, args=(feeds, send))
    process.start()
    planned, polled = receive.recv()
    print(json.dumps({"bench": "poll-memory", "feeds": feeds, "planned_mb": round(planned, 1), "polled_mb": round(polled, 1)}))
    process.join()


def main() -> None:
    """Print all of it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--feeds", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    memory()  # first: on Linux a child's peak begins at its parent's
    compare(asked.feeds, asked.rounds)


if __name__ == "__main__":
    main()
