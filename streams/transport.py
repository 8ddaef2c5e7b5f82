"""Faust's transport with what we need of it: an idempotent producer, and a consumer that passes over nothing.

Faust 0.15.3 loses messages when a worker starts, or is given partitions, with a backlog. When its tables are recovered
(`Recovery.on_recovery_completed`) it first lets the streams' partitions be fetched (`resume_partitions`), then puts them back
to what is committed (`perform_seek`), then empties the agents' queues (`flow_control.resume`). A fetch may fall in between:
what it queued is thrown away, and as it was read, `_drain_messages` drops it when the seek brings it again. Where the seek
falls into the midst of such a fetch, what lies between is even taken for a hole in the topic (`_add_gap`) and committed.
And `seek_to_committed` leaves a partition of which nothing is committed wherever the last fetch left it.

`Consumer` keeps to two rules instead:

* Fetching and seeking exclude one another, nothing is fetched from a seek to the resuming of the flow, and what was fetched
  before a seek is void.
* What is committed is what was fetched and acknowledged, without an exception, from the last seek on. What was dropped
  anywhere, or belongs to a batch that failed, is never passed, so that the next to read the partition gets it again.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from itertools import takewhile
from typing import Any

from aiokafka.errors import ConsumerStoppedError
from faust.transport.drivers import aiokafka as driver
from faust.types import TP


class IdempotentProducer(driver.Producer):
    """Faust's producer, idempotent: a retry inside the client sends nothing twice."""

    def _settings_extra(self) -> dict[str, Any]:
        return {"acks": "all", "enable_idempotence": True}


class Consumer(driver.Consumer):
    """Faust's consumer under the two rules above."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._fetched: defaultdict[TP, dict[int, None]] = defaultdict(dict)
        """The offsets that were fetched since the last seek and are not committed yet, in their order."""
        self._position = asyncio.Lock()
        """Held by whoever reads on or seeks."""

    async def perform_seek(self) -> None:
        """Put every partition back to what is committed; whoever asks for it resumes the flow after it."""
        self.stop_flow()
        async with self._position:
            await super().perform_seek()
            self._fetched.clear()

    async def seek_to_committed(self) -> Mapping[TP, int]:
        """Seek, also to the beginning of the partitions of which nothing is committed; return what is."""
        committed: Mapping[TP, int] = await super().seek_to_committed()
        new = [tp for tp, offset in committed.items() if not offset and not self._is_changelog_tp(tp)]
        if new:
            await self._thread.seek_to_beginning(*new)
        return committed

    async def seek_wait(self, partitions: Mapping[TP, int]) -> None:
        """Seek (the changelogs, to recover the tables from)."""
        async with self._position:
            await super().seek_wait(partitions)

    async def _getmany(self, active_partitions: set[TP] | None, timeout: float) -> Mapping[TP, list[Any]]:  # noqa: ASYNC109  # Faust's
        async with self._position:
            records: Mapping[TP, list[Any]] = await super()._getmany(active_partitions, timeout)
            for tp, found in records.items():
                if not self._is_changelog_tp(tp):
                    self._fetched[tp].update(dict.fromkeys(record.offset for record in found))
            return records

    async def getmany(self, timeout: float) -> AsyncIterator[tuple[TP, Any]]:  # noqa: ASYNC109  # Faust's
        """Yield what is fetched, as long as no seek makes it void."""
        async for tp, message in super().getmany(timeout):
            if message.offset in self._fetched[tp] or self._is_changelog_tp(tp):
                yield tp, message

    async def _drain_messages(self, fetcher: Any) -> None:
        """Hand on what is fetched until the fetcher is to stop. Faust's also compares it with the last offset that was read."""
        try:
            while not (self.should_stop or fetcher.should_stop):
                async for _, message in self.getmany(timeout=1.0):
                    await self.wait_first(self.callback(message), self.suspend_flow.wait())
                await asyncio.sleep(0)
        except (asyncio.CancelledError, ConsumerStoppedError):
            if not self.app.should_stop:
                raise

    def _new_offset(self, tp: TP) -> int | None:
        """Return the offset to commit, once; None where nothing is to be."""
        fetched, acknowledged = self._fetched[tp], self._acked_index[tp]
        done = list(takewhile(acknowledged.__contains__, fetched))
        for offset in done:
            del fetched[offset]
        acknowledged.difference_update(done)
        self._acked[tp] = [offset for offset in self._acked[tp] if offset in acknowledged]
        return done[-1] + 1 if done else None

    async def on_partitions_revoked(self, revoked: set[TP]) -> None:
        """Commit what is carried, then let what is under way be finished and committed."""
        if not self.app.should_stop:  # then the thread that would commit may have ended, and what is carried is committed
            await self.commit()
        for tp in revoked:
            self._new_offset(tp)  # Faust forgets now what is acknowledged; what is finished after it can be committed only so
        await super().on_partitions_revoked(revoked)


class Transport(driver.Transport):
    """Kafka with our producer and consumer."""

    Producer = IdempotentProducer
    Consumer = Consumer
