"""What the commands of embedded mode share: the one writer of the data directory, its pipeline, and the desk beside it."""

from __future__ import annotations

import asyncio
import fcntl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from index.sqlite import SqliteStore
from khabar import subscriptions
from khabar.embedded import Pipeline
from khabar.errors import KhabarError, UnavailableError
from khabar.ports import Clock, Table
from khabar.settings import Settings
from streams.match import Matcher
from streams.tagger import RulesTagger


@contextmanager
def writer(settings: Settings, clock: Clock) -> Iterator[tuple[SqliteStore, Pipeline, Callable[[], None]]]:
    """Give the store, the pipeline into it, and a function that takes over changed subscriptions.

    Only one process at a time writes a data directory; raises UnavailableError for the second.
    """
    with _exclusive(settings):
        store = SqliteStore(settings.database)
        try:
            table, matcher = store.table("subscriptions"), Matcher()
            refresh = _refresher(store, table, matcher)
            refresh()
            yield store, Pipeline(store, RulesTagger(), matcher, clock, days=settings.story_days), refresh
        finally:
            store.close()


def _refresher(store: SqliteStore, table: Table, matcher: Matcher) -> Callable[[], None]:
    seen: list[object] = [None]

    def refresh() -> None:
        """Read the subscriptions again if another connection (the desk, the command line) has written since."""
        [(version,)] = store.execute("PRAGMA data_version")
        if version != seen[0]:
            seen[0] = version
            matcher.replace(subscriptions.all_of(table))

    return refresh


@contextmanager
def _exclusive(settings: Settings) -> Iterator[None]:
    lock = _lock(settings.data_dir)
    try:
        yield
    finally:
        lock.close()


def _lock(directory: Path) -> IO[str]:
    try:
        directory.mkdir(parents=True, exist_ok=True)
        lock = (directory / "writer.lock").open("w")
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # the system lets go of it however this process ends
    except BlockingIOError as e:
        lock.close()
        raise UnavailableError("data directory", str(directory), "another khabar run, demo or replay writes it") from e
    except OSError as e:
        raise UnavailableError("data directory", str(directory), e.strerror or str(e)) from e
    return lock


@contextmanager
def desk_beside(settings: Settings, clock: Clock) -> Iterator[str]:
    """Serve the desk in a thread, on a connection of its own, while the context lasts; give its address.

    Raises what `desk.serve` raises, as if it had been called here.
    """
    from desk.serve import serve

    store = SqliteStore(settings.database)
    loop, stop = asyncio.new_event_loop(), asyncio.Event()
    started = threading.Event()
    told: list[str | KhabarError] = []

    def tell(news: str | KhabarError) -> None:
        told.append(news)
        started.set()

    def work() -> None:
        try:
            loop.run_until_complete(serve(settings, store, clock, stop, tell))
        except KhabarError as e:
            tell(e)
        finally:
            loop.close()

    thread = threading.Thread(target=work, name="desk", daemon=True)
    thread.start()
    started.wait()
    try:
        if isinstance(told[0], KhabarError):
            raise told[0]
        yield told[0]
    finally:
        if not loop.is_closed():
            loop.call_soon_threadsafe(stop.set)
        thread.join()
        store.close()
