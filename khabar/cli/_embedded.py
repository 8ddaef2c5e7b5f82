"""What the commands of embedded mode share: the one writer of the data directory, its pipeline, and the desk beside it."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import closing, contextmanager, nullcontext

from index.sqlite import SqliteStore
from khabar import subscriptions
from khabar.cli._exclusive import exclusive
from khabar.embedded import PENDING, Pipeline
from khabar.errors import RejectedError
from khabar.netguard import Guard
from khabar.ports import Clock
from khabar.schema import Subscription
from khabar.settings import Settings
from khabar.subscriptions import SubscriptionError
from notify.deliverer import Deliverer
from notify.senders import Senders
from streams import taggers
from streams.match import Matcher


class Writer:
    """The only one who writes a data directory: its store, the pipeline into it, and the delivery of its alerts."""

    def __init__(self, store: SqliteStore, settings: Settings, clock: Clock, pool: Executor) -> None:
        self.store = store
        self._subscriptions = store.table("subscriptions")
        self._pending = store.table(PENDING)
        self._matcher = Matcher()
        self._told: dict[str, bytes] = {}
        self._seen: object = None
        self.pipeline = Pipeline(
            store, taggers.make(settings.tagger, settings.gazetteer_dir), self._matcher, clock, days=settings.story_days
        )
        self._deliverer = Deliverer(
            ledger=store.table("deliveries"),
            find=self._find,
            send=Senders(settings, Guard(settings.allow_networks)).send,
            clock=clock,
            pool=pool,
            desk=settings.desk_address,
        )
        self.settle()

    def settle(self) -> None:
        """Take over changed subscriptions, and move the deliveries on; never waits for a channel. Raises UnavailableError."""
        [(version,)] = self.store.read("PRAGMA data_version")
        if version != self._seen:  # another connection (the desk, the command line) has written since
            self._seen = version
            self.refresh()
        if len(self._pending):
            with self.store.transaction():
                self._deliverer.drain(self._pending)
        self._deliverer.pump()
        self._matcher.tune()

    def refresh(self) -> None:
        """Read the subscriptions again."""
        subscriptions.sync(self._subscriptions, self._told, self._put, self._forget)

    def _put(self, subscription: Subscription) -> None:
        self._matcher.put(subscription)
        self.pipeline.signals.put(subscription)

    def _forget(self, subscription_id: str) -> None:
        self._matcher.remove(subscription_id)
        self.pipeline.signals.remove(subscription_id)

    def finish(self, timeout: float) -> None:
        """Wait up to `timeout` seconds for the messages that are being sent now; the others wait in the ledger."""
        end = time.monotonic() + timeout
        while self._deliverer.in_flight and time.monotonic() < end:
            self._deliverer.wait(0.1)
            self._deliverer.pump()

    def _find(self, subscription_id: str) -> Subscription | None:
        try:
            return subscriptions.get(self._subscriptions, subscription_id)
        except (SubscriptionError, RejectedError):
            return None


@contextmanager
def writer(settings: Settings, clock: Clock) -> Iterator[Writer]:
    """Give the writer of the data directory; raises UnavailableError if another process is it, or the file cannot be written."""
    with exclusive(settings), closing(SqliteStore(settings.database)) as store, ThreadPoolExecutor(4, "notify") as pool:
        made = Writer(store, settings, clock, pool)
        yield made
        made.finish(30)


@contextmanager
def desk_beside(settings: Settings, clock: Clock) -> Iterator[str]:
    """Serve the desk in a thread, on a connection of its own, while the context lasts; give its address.

    Raises what `desk.serve` raises, as if it had been called here.
    """
    from desk.serve import serve

    store = SqliteStore(settings.database)
    table = store.table("subscriptions")
    loop, stop = asyncio.new_event_loop(), asyncio.Event()
    started = threading.Event()
    told: list[str | Exception] = []

    def tell(news: str | Exception) -> None:
        told.append(news)
        started.set()

    def work() -> None:
        try:
            loop.run_until_complete(serve(settings, store, clock, stop, tell, subscriptions=lambda: nullcontext(table)))
        except Exception as e:  # noqa: BLE001  # it is raised again below, in the thread that asked for the desk
            tell(e)
        finally:
            loop.close()

    thread = threading.Thread(target=work, name="desk", daemon=True)
    thread.start()
    started.wait()
    try:
        if isinstance(told[0], Exception):
            raise told[0]
        yield told[0]
    finally:
        if not loop.is_closed():
            loop.call_soon_threadsafe(stop.set)
        thread.join()
        store.close()
