"""The stages as Faust agents: each under ten lines round a `Stage`, which decides; this module only carries.

What Faust would get wrong by itself is settled here once:

* It acknowledges an event when the agent asks for the next, also after an exception, and what `take` buffered when the
  stream is closed. So streams are `noack`, and a batch is acknowledged when the broker has all that follows from it.
* It forgets the futures of a table's changelog. `StateTable` keeps them, and they are awaited with the batch's sends.
* A table writes to the partition of the event at hand, which in a batch is any. `StateTable` splits by key, as the
  producers of the source topic do, so that a key's state lies beside its messages.

What it would get wrong below the streams, `streams.transport` settles.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, MutableMapping, Sequence
from typing import Any, Final, TypeVar

import faust
import structlog
from aiokafka.partitioner import DefaultPartitioner

from khabar.errors import UnavailableError
from khabar.ports import Record
from streams.stages import Out, Stage

BATCH: Final = 250
WITHIN_S: Final = 0.1
"""A batch is taken when it is full or this long after the one before."""
FIRST_RETRY_S: Final = 0.2
LAST_RETRY_S: Final = 30.0

T = TypeVar("T")
_log = structlog.get_logger()


class StateTable(faust.Table[bytes, bytes]):
    """A table of bytes, split by its keys; `unsent` are the changelog messages that the broker may not have yet."""

    def __init__(self, app: faust.App, **options: Any) -> None:
        super().__init__(app, **{**options, "key_type": bytes, "value_type": bytes})
        self.unsent: list[Any] = []
        self._partition = DefaultPartitioner()

    def partition_for_key(self, key: bytes) -> int:
        """Return the partition on which producers put `key` in the source topic, which has as many."""
        every = list(range(self.partitions or 1))
        return int(self._partition(key, every, every))

    def send_changelog(self, *args: Any, **options: Any) -> Any:
        """Send as Faust does, and remember it."""
        future = super().send_changelog(*args, **options)
        self.unsent.append(future)
        return future

    async def settle(self) -> None:
        """Return when the broker has all changes; raises UnavailableError after it has sent the failed ones again."""
        unsent, self.unsent = self.unsent, []
        results = await asyncio.gather(*unsent, return_exceptions=True)
        failed = {f.message.key: r for f, r in zip(unsent, results, strict=True) if isinstance(r, BaseException)}
        for key in failed:
            self.send_changelog(
                self.partition_for_key(key), key, self.data.get(key)
            )  # as it is now, which may be newer than what failed
        if failed:
            why = f"{len(failed)} changes of {self.name} were not taken: {failed.popitem()[1]!r}"
            raise UnavailableError("kafka", str(self.app.conf.broker[0]), why)


class State(MutableMapping[str, bytes]):
    """A StateTable as the steps know tables (khabar.ports.Table): its keys are text."""

    def __init__(self, table: StateTable) -> None:
        self.table = table

    def __getitem__(self, key: str) -> bytes:
        value: bytes = self.table[key.encode("utf-8", "surrogatepass")]
        return value

    def __setitem__(self, key: str, value: bytes) -> None:
        self.table[key.encode("utf-8", "surrogatepass")] = value

    def __delitem__(self, key: str) -> None:
        del self.table[key.encode("utf-8", "surrogatepass")]

    def __iter__(self) -> Iterator[str]:
        return (key.decode("utf-8", "surrogatepass") for key in list(self.table.keys()))

    def __len__(self) -> int:
        return len(self.table)


def state_table(app: faust.App, name: str, partitions: int) -> StateTable:
    """Return a table of the app with as many partitions as the topic that its stage reads."""
    table: Any = app.Table(name, partitions=partitions)
    if not isinstance(table, StateTable):
        raise TypeError("the app must be made with Table=StateTable")
    return table


class Carrier:
    """Takes batches through a stage and its messages to the broker."""

    def __init__(self, app: faust.App, prefix: str, topics: dict[str, Any]) -> None:
        self._app, self._prefix, self._topics = app, prefix, topics

    def agent(self, stage: Stage[Any], tables: Sequence[StateTable] = (), ready: Callable[[], bool] = lambda: True) -> None:
        """Make the agent of a stage; it takes nothing before `ready()`."""

        @self._app.agent(self._topics[stage.source], name=stage.name)
        async def run(stream: Any) -> None:
            stream = stream.noack()
            async for events in stream.noack_take(BATCH, within=WITHIN_S):
                while not ready():  # noqa: ASYNC110  # what it waits for happens in another thread
                    await asyncio.sleep(WITHIN_S)
                await self._carry(stage, tables, events)
                for event in events:
                    await stream.ack(event)

    async def _carry(self, stage: Stage[Any], tables: Sequence[StateTable], events: Sequence[Any]) -> None:
        """Return when the broker has all that follows from `events`. A fault of ours ends the worker, which commits nothing."""
        try:
            records = [Record.of(event.message, self._prefix) for event in events]
            out = await _available(lambda: _at_once(stage.run, records))
            await _available(lambda: self._send(out))
            for table in tables:
                await _available(table.settle)
        except Exception as e:
            _log.exception("the worker stops", stage=stage.name)
            await self._app.crash(e)
            raise

    async def _send(self, batch: Sequence[Out]) -> None:
        """Send a batch, in order, and wait for all of it; raises UnavailableError where not all of it went: send it again."""
        send = self._app.producer.send  # what Topic.send comes to, without a future and a sensor's entry for each message
        try:
            sent = [
                await send(self._prefix + o.topic, o.key.encode("utf-8", "replace"), o.value, None, None, None) for o in batch
            ]
            await asyncio.gather(*sent)
        except Exception as e:
            raise UnavailableError("kafka", str(self._app.conf.broker[0]), f"{type(e).__name__}: {e}") from e


async def _at_once(step: Callable[[Sequence[Record]], T], records: Sequence[Record]) -> T:
    return step(records)


async def _available(act: Callable[[], Awaitable[T]]) -> T:
    """Return what `act` gives, as often as it takes: "unavailable" never leaves a step, where Faust would acknowledge it."""
    wait = FIRST_RETRY_S
    while True:
        try:
            return await act()
        except UnavailableError as e:
            _log.warning("unavailable", what=e.what, where=e.where, why=e.why, retry_s=wait)
            await asyncio.sleep(wait)
            wait = min(wait * 2, LAST_RETRY_S)
