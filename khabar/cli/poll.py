"""`khabar poll`: ask the feeds and send what they bring to Kafka. A feed's state is saved once Kafka has its articles."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from collections.abc import Iterable
from contextlib import closing, nullcontext
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Final

import structlog
import typer

from khabar import schema
from khabar import settings as settings_module
from khabar.errors import UnavailableError
from khabar.settings import Settings

if TYPE_CHECKING:
    from index.sqlite import SqliteStore
    from ingest.model import Polled
    from ingest.poller import Poller
    from khabar.ports import Producer

BATCH: Final = 50
"""At most so many polls are sent before Kafka's acknowledgement is waited for."""
RETRY_S: Final = 2.0
RETRY_MAX_S: Final = 60.0

log = structlog.get_logger()


def register(cli: typer.Typer) -> None:
    """Add the command `poll`."""
    cli.command()(poll)


def poll(
    once: Annotated[bool, typer.Option("--once", help="Ask the feeds that are due, and end.")] = False,
) -> None:
    """Ask the feeds when they are due and send their articles to Kafka, for ever."""
    from khabar import logs

    settings = settings_module.load(os.environ)
    logs.configure(settings.log_level, json=settings.log_json)
    asyncio.run(_main(settings, once=once))


async def _main(settings: Settings, *, once: bool) -> None:
    from index.sqlite import SqliteStore
    from khabar.cli._exclusive import exclusive
    from khabar.cli._workers import show_life
    from khabar.kafka import KafkaBroker

    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    broker = KafkaBroker(settings.kafka_bootstrap, prefix=settings.topic_prefix)
    if once:
        await asyncio.to_thread(broker.probe)
    directory = settings.make_data_dir()
    with exclusive(settings), closing(SqliteStore(directory / "poll.db")) as store:
        producer = broker.producer()
        life = asyncio.create_task(show_life(directory / "alive-poll"))
        try:
            await _poll(settings, store, producer, stop, once=once)
        finally:
            life.cancel()
            try:
                await asyncio.to_thread(producer.close)
            except UnavailableError as e:
                log.warning("poll.closed_without_kafka", error=str(e))


async def _poll(settings: Settings, store: SqliteStore, producer: Producer, stop: asyncio.Event, *, once: bool) -> None:
    from ingest import feeds
    from ingest.fetch import Fetcher, user_agent
    from ingest.poller import Options, Poller
    from ingest.schedule import Bounds
    from khabar.cli._feedstate import TABLE
    from khabar.cli._hubs import hubs
    from khabar.netguard import Guard

    found = feeds.load(settings)
    options = Options(
        bounds=Bounds(least_s=settings.poll_min_s, most_s=settings.poll_max_s),
        spread_s=0.0 if once else min(300.0, len(found) / 10),
    )
    async with Fetcher(user_agent=user_agent(settings.contact), guard=Guard(settings.allow_networks)) as fetcher:
        poller = Poller(found, store.table(TABLE), fetcher, _now, options=options, random=random.random)
        async with nullcontext(_nobody) if once else hubs(settings, store.table(TABLE), fetcher, poller, found) as told:
            waiting: list[Polled] = []
            async for polled in poller.due_pass() if once else poller.run(stop):
                waiting.append(polled)
                if len(waiting) >= BATCH or not poller.more():
                    await _send(producer, store, poller, waiting, stop, once=once)
                    told(waiting)
                    waiting = []


def _nobody(_: Iterable[Polled]) -> None:
    """Stand for the hubs where a single pass is made: nobody would answer them when it is over."""


async def _send(
    producer: Producer, store: SqliteStore, poller: Poller, batch: list[Polled], stop: asyncio.Event, *, once: bool
) -> None:
    """Send a batch and save its feeds' state once it is acknowledged; wait and send again while Kafka takes nothing."""
    pause = RETRY_S
    while True:
        try:
            await asyncio.to_thread(_send_all, producer, batch)
            break
        except UnavailableError as e:
            if once or stop.is_set():
                raise
            log.warning("poll.waiting", what=e.what, where=e.where, why=e.why, seconds=pause)
            try:
                await asyncio.wait_for(stop.wait(), pause)
            except TimeoutError:
                pause = min(pause * 2, RETRY_MAX_S)
    with store.transaction():
        for polled in batch:
            poller.save(polled)


def _send_all(producer: Producer, batch: list[Polled]) -> None:
    for polled in batch:
        for article in polled.articles:
            producer.send("articles", article.id, schema.dumps(article))
        producer.send("polls", polled.feed.id, schema.dumps(polled.result))
    producer.flush()


def _now() -> datetime:
    return datetime.now(UTC)
