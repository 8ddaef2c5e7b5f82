"""The desk's way to the subscriptions: their table, opened for one request in a thread."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Final, TypeVar

from aiohttp import web

from khabar import subscriptions
from khabar.netguard import Guard
from khabar.ports import Table
from khabar.schema import Subscription
from khabar.subscriptions import SubscriptionError

OpenTable = Callable[[], AbstractContextManager[Table]]
"""Opens the table of subscriptions, read to its end; what was changed is durable when it is left."""

SUBSCRIPTIONS: Final[web.AppKey[OpenTable]] = web.AppKey("subscriptions")
NETWORKS: Final = web.AppKey("networks", Guard)
RECENT_S: Final = 5.0
T = TypeVar("T")


class Recent:
    """All subscriptions as they were at most RECENT_S ago: in full mode each reading of the table is one of the whole topic."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._found: list[Subscription] = []
        self._until = 0.0

    async def read(self, request: web.Request) -> list[Subscription]:
        """Return them; raises UnavailableError."""
        async with self._lock:
            if time.monotonic() >= self._until:
                self._found = await with_table(request, subscriptions.all_of)
                self._until = time.monotonic() + RECENT_S
            return self._found


RECENT: Final = web.AppKey("recent", Recent)


def no_subscriptions() -> AbstractContextManager[Table]:
    """Open an empty table: a desk that was given none."""
    return nullcontext({})


async def with_table(request: web.Request, work: Callable[[Table], T]) -> T:
    """Return what `work` gives for the table; raises what it raises, and UnavailableError."""

    def run() -> T:
        with request.app[SUBSCRIPTIONS]() as table:
            return work(table)

    return await asyncio.to_thread(run)


async def get(request: web.Request) -> Subscription:
    """Return the subscription of the address; raises HTTPNotFound."""
    try:
        return await with_table(request, lambda table: subscriptions.get(table, request.match_info["id"]))
    except SubscriptionError:
        raise web.HTTPNotFound from None
