"""`khabar run`: embedded mode. Poll, process, serve the desk; or `--once`: poll what is due, process it, and end."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import structlog
import typer

from khabar.errors import UnavailableError
from khabar.settings import Settings, load

if TYPE_CHECKING:
    from ingest.model import Feed
    from khabar.cli._embedded import Writer

_log = structlog.get_logger()
RETRY_S = (2.0, 60.0)
"""The first and the longest wait when the file cannot be written."""


def register(app: typer.Typer) -> None:
    """Add `khabar run`."""

    @app.command()
    def run(once: bool = typer.Option(False, "--once", help="Poll the feeds that are due, process what came, and end.")) -> None:
        """Embedded mode: poll the feeds, process what comes, serve the desk. Needs no server; state is in one SQLite file."""
        from ingest import feeds
        from khabar.cli._embedded import desk_beside

        settings = load(os.environ)
        watched = feeds.load(settings)
        if once:
            asyncio.run(_run(settings, watched, once=True))
            return
        with desk_beside(settings, _now) as address:
            asyncio.run(_run(settings, watched, hello=f"desk: {address}  data: {settings.database}  end with Ctrl-C"))


def _now() -> datetime:
    return datetime.now(UTC)


async def _run(settings: Settings, watched: Sequence[Feed], *, once: bool = False, hello: str = "") -> None:
    """Poll until a signal comes, or once; `hello` is said when a signal would end it in order."""
    stop = asyncio.Event()
    for sign in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(sign, stop.set)
    if hello:
        typer.echo(hello)
    from ingest.fetch import Fetcher, user_agent
    from ingest.poller import Options, Poller
    from ingest.schedule import Bounds
    from khabar.cli._embedded import writer
    from khabar.cli._hubs import hubs, telling
    from khabar.cli._workers import show_life
    from khabar.embedded import follow
    from khabar.netguard import Guard

    options = Options(
        bounds=Bounds(least_s=settings.poll_min_s, most_s=settings.poll_max_s), spread_s=0.0 if once else min(60.0, len(watched))
    )
    async with Fetcher(user_agent=user_agent(settings.contact), guard=Guard(settings.allow_networks)) as fetcher:
        with writer(settings, _now) as made:
            table = made.store.table("feeds")
            poller = Poller(watched, table, fetcher, _now, options=options)
            if once:
                counts = await follow(poller.due_pass(), poller, made.pipeline, made.settle)
                typer.echo(" ".join(f"{name}={n}" for name, n in sorted(counts.items())) or "no feed was due")
                return
            life = asyncio.create_task(show_life(settings.data_dir / "alive-run"))
            async with hubs(settings, table, fetcher, poller, watched) as told:
                polling = _forever(lambda: follow(telling(poller.run(stop), told), poller, made.pipeline, made.settle))
                await _until(stop, polling, _forever(lambda: _settling(made)))
            life.cancel()


async def _settling(made: Writer) -> None:
    """Deliver what is due and take over changed subscriptions once a second, also while no feed brings anything."""
    while True:
        made.settle()
        await asyncio.sleep(1)


async def _forever(work: Callable[[], Awaitable[object]]) -> None:
    """Do the work again, each time after a longer wait, while the file cannot be written."""
    wait = RETRY_S[0]
    while True:
        try:
            await work()
            return
        except UnavailableError as e:
            _log.warning("waiting", what=e.what, where=e.where, why=e.why, retry_s=wait)
            await asyncio.sleep(wait)
            wait = min(wait * 2, RETRY_S[1])


async def _until(stop: asyncio.Event, *works: Coroutine[None, None, None]) -> None:
    """Do the works until `stop` is set or one of them fails; what it raises is raised."""
    stopped = asyncio.create_task(stop.wait())
    tasks = [asyncio.create_task(work) for work in works]
    done, running = await asyncio.wait([stopped, *tasks], return_when=asyncio.FIRST_COMPLETED)
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
    for task in done:
        task.result()
