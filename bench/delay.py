"""From an entry's appearance to its message on Kafka, in a day: `python -m bench.delay [--feeds N]`, on a real Kafka.

The poller, its SQLite, the outlets' server (bench/rhythm.py, over HTTP) and Kafka are real; only waiting is not: the one clock
runs as all clocks do while a poll is made, sent and acknowledged, and jumps to the next feed's time when nothing is left to
do. The first day is the poller's to learn the outlets' rhythms, and stays off Kafka; the second is measured. The line of JSON
tells the delay's quantiles in seconds, how often a feed was asked in the day, the shares of requests that brought nothing new
and that a 304 answered, and, from what is then read back from Kafka, how many entries it lacks and how many messages came twice.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import random
import tempfile
import time
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import structlog

from bench.rhythm import DAY_S, Site, sites
from index.sqlite import SqliteStore
from ingest.fetch import Fetcher
from ingest.model import Feed, Polled
from ingest.poller import Options, Poller
from khabar import schema
from khabar.kafka import KafkaBroker, create_topics
from khabar.netguard import Guard
from khabar.ports import Producer
from khabar.schema import Article
from tests.servers.hostile import RANGES, Hostile
from tests.servers.kafka_server import KafkaServer

START: Final = datetime(2024, 3, 2, tzinfo=UTC)
DAYS: Final = 2
SETTLED_S: Final = 3600.0
"""Entries of the last hour may still wait for their poll when the day ends: they are not counted as lacking."""


class JumpingClock:
    """A clock that can be set forward while there is nothing to do."""

    def __init__(self) -> None:
        self._jumped, self._began = 0.0, time.monotonic()

    def __call__(self) -> datetime:
        """Return the simulated time."""
        return START + timedelta(seconds=self._jumped + time.monotonic() - self._began)

    def jump(self, seconds: float) -> None:
        """Let so many seconds be over."""
        self._jumped += seconds


class Day:
    """Polls all feeds for DAYS and keeps when Kafka acknowledged each article."""

    def __init__(self, there: list[Site], clock: JumpingClock, producer: Producer, folder: Path) -> None:
        self._sites, self._clock, self._producer, self._folder = there, clock, producer, folder
        self.acknowledged: dict[str, float] = {}

    async def run(self) -> None:
        """Let the days pass."""
        options = Options(host_spacing_s=0, host_concurrency=1000, pages=False, spread_s=300.0)
        store = SqliteStore(self._folder / "poll.db")
        async with Hostile() as server, Fetcher(user_agent="bench", guard=Guard(RANGES)) as fetcher:
            feeds = []
            for n, site in enumerate(self._sites):
                server.extra[f"feed{n}"] = site.answering("نص قصير")
                feeds.append(Feed(id=f"f{n}", url=f"{server.base}/feed{n}", outlet=f"o{n}", kind=site.outlet.kind))
            table, rng = store.table("feeds"), random.Random(1)
            poller = Poller(feeds, table, fetcher, self._clock, options=options, random=rng.random)
            while self._seconds() < DAYS * DAY_S:
                polls = [polled async for polled in poller.due_pass()]
                if self._seconds() >= DAY_S:
                    await asyncio.to_thread(self._send, polls)
                with store.transaction():
                    for polled in polls:
                        poller.save(polled)
                self._clock.jump(poller.seconds_until_due())
                if self._seconds() < DAY_S:
                    self._forget_counts()
        store.close()

    def _forget_counts(self) -> None:
        for site in self._sites:
            site.asked = site.useless = site.spared = 0

    def _seconds(self) -> float:
        return (self._clock() - START).total_seconds()

    def _send(self, polls: list[Polled]) -> None:
        for polled in polls:
            for article in polled.articles:
                self._producer.send("articles", article.id, schema.dumps(article))
            self._producer.send("polls", polled.feed.id, schema.dumps(polled.result))
        self._producer.flush()
        at = self._seconds()
        self.acknowledged |= {a.url: at for polled in polls for a in polled.articles}


def delays(there: list[Site], acknowledged: dict[str, float]) -> list[float]:
    """Return how long each entry that appeared after the first day waited, in order of length."""
    appeared = {s.address(n): at for s in there for n, at in enumerate(s.times) if at >= DAY_S}
    return sorted(at - appeared[url] for url, at in acknowledged.items() if url in appeared)


def on_kafka(broker: KafkaBroker) -> Counter[str]:
    """Return how often each article's address is on Kafka."""
    found: Counter[str] = Counter()
    with closing(broker.consumer(None, ["articles"])) as reader:
        while records := reader.poll(5000, 2.0):
            found.update(schema.loads(r.value or b"", Article).url for r in records)
    return found


def measure(count: int) -> dict[str, float]:
    """Return the figures of a day with so many feeds."""
    clock = JumpingClock()
    there = sites(count, DAYS, START, clock)
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        server = KafkaServer(Path(folder))
        try:
            broker = KafkaBroker(server.bootstrap, prefix="delay-")
            create_topics(broker, 4)
            with closing(broker.producer()) as producer:
                day = Day(there, clock, producer, Path(folder))
                asyncio.run(day.run())
            messages = on_kafka(broker)
        finally:
            server.stop()
    waits = delays(there, day.acknowledged)
    due = [s.address(n) for s in there for n, at in enumerate(s.times) if DAY_S <= at < DAYS * DAY_S - SETTLED_S]
    asked, useless, spared = (sum(getattr(s, name) for s in there) for name in ("asked", "useless", "spared"))
    return {
        "feeds": count,
        "entries": len(waits),
        **{f"p{q}_s": round(waits[int(len(waits) * q / 100)]) for q in (50, 95, 99)},
        "requests_per_feed": round(asked / count, 1),
        "useless": round(useless / asked, 3),
        "answered_304": round(spared / asked, 3),
        "lacking": sum(url not in messages for url in due),
        "twice": sum(n > 1 for n in messages.values()),
        "took_s": round(time.monotonic() - began),
    }


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--feeds", type=int, default=40)
    arguments = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    print(json.dumps({"bench": "delay", **measure(arguments.feeds), "load": round(os.getloadavg()[0], 1)}))


if __name__ == "__main__":
    main()
