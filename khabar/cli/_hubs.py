"""WebSub beside a poller: where hubs have a public address of ours, they are asked to tell of news, and answered."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Sequence
from contextlib import aclosing, asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import Final

import structlog
from aiohttp import web

from ingest.fetch import Fetcher
from ingest.model import Feed, Polled
from ingest.poller import Poller
from ingest.websub import Subscriber
from khabar.errors import SettingsError, UnavailableError
from khabar.ports import Table
from khabar.settings import Settings

RENEW_EVERY_S: Final = 300.0
"""How often the subscriptions are looked through for what is due; a hub that was not known yet is asked at once."""

log = structlog.get_logger()


@asynccontextmanager
async def hubs(
    settings: Settings, table: Table, fetcher: Fetcher, poller: Poller, feeds: Sequence[Feed]
) -> AsyncIterator[Callable[[Iterable[Polled]], None]]:
    """Keep subscriptions and answer hubs while the context lasts; give what is to be told of each poll that was saved.

    Does nothing without `websub_url`. Raises SettingsError where `websub_host` and `websub_port` cannot be listened on.
    """
    if not settings.websub_url:
        yield lambda _: None
        return
    subscriber = Subscriber(
        table,
        fetcher,
        lambda: datetime.now(UTC),
        callback=settings.websub_url,
        ask_now=poller.ask_now,
        secret=lambda: secrets.token_hex(20),
    )
    news, seen = asyncio.Event(), set[str]()

    def told(polls: Iterable[Polled]) -> None:
        new = {p.feed.id for p in polls if p.state.hub} - seen
        if new:
            seen.update(new)
            news.set()

    async with _listening(subscriber.app(), settings):
        renewing = asyncio.create_task(_renewing(subscriber, feeds, news))
        try:
            yield told
        finally:
            renewing.cancel()
            await asyncio.gather(renewing, return_exceptions=True)


@asynccontextmanager
async def _listening(app: web.Application, settings: Settings) -> AsyncIterator[None]:
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, settings.websub_host, settings.websub_port).start()
        except OSError as e:
            where = f"{settings.websub_host}:{settings.websub_port}"
            raise SettingsError(f"KHABAR_WEBSUB_HOST and KHABAR_WEBSUB_PORT: cannot listen on {where}: {e.strerror}") from e
        yield
    finally:
        await runner.cleanup()


async def _renewing(subscriber: Subscriber, feeds: Sequence[Feed], news: asyncio.Event) -> None:
    while True:
        news.clear()
        try:
            await subscriber.renew(feeds)
        except UnavailableError as e:
            log.warning("websub.waiting", what=e.what, where=e.where, why=e.why)
        except Exception:  # a task that ends would leave the leases to run out, unnoticed
            log.exception("websub.fault")
        with suppress(TimeoutError):
            await asyncio.wait_for(news.wait(), RENEW_EVERY_S)


async def telling(polls: AsyncGenerator[Polled, None], told: Callable[[Iterable[Polled]], None]) -> AsyncGenerator[Polled, None]:
    """Hand the polls on, and tell of each when the next is asked for: the one before is saved by then."""
    async with aclosing(polls):
        async for polled in polls:
            yield polled
            told((polled,))
