"""What is fetched, queued, carried and committed when a worker starts with a backlog: Faust's own code, a fake client."""

import asyncio
from contextlib import asynccontextmanager
from typing import NamedTuple

import pytest
from faust.types import TP

from khabar.settings import load
from streams.agents import Carrier
from streams.app import bare_app, raw_topic
from streams.stages import Stage

GENERATION = 7
END = 6000  # more than a queue of Faust takes


class Found(NamedTuple):
    """A record as aiokafka's client gives it."""

    topic: str
    partition: int
    offset: int
    timestamp: int = 0
    timestamp_type: int = 0
    headers: tuple = ()
    key: bytes = b"k"
    value: bytes = b"v"
    checksum: int = 0
    serialized_key_size: int = 1
    serialized_value_size: int = 1


async def turns(count):
    for _ in range(count):
        await asyncio.sleep(0)


class Client:
    """In place of the thread with aiokafka's client: one assigned partition of `end` records."""

    def __init__(self, tp: TP, end: int, committed: int | None, seek_turns: int) -> None:
        self.tp, self.end, self.committed, self.seek_turns = tp, end, committed, seek_turns
        self.position = committed or 0
        self.closed = False

    def assignment(self):
        return {self.tp}

    def highwater(self, tp):
        return self.end

    async def getmany(self, active_partitions, timeout):  # noqa: ASYNC109  # Faust's
        await asyncio.sleep(0)
        if self.tp not in active_partitions:
            return {}
        offsets, self.position = range(self.position, self.end), self.end
        return {self.tp: [Found(*self.tp, offset) for offset in offsets]}

    async def seek_to_committed(self):
        await turns(self.seek_turns)
        if self.committed:
            self.position = self.committed
        return {self.tp: self.committed}

    async def seek_to_beginning(self, *partitions):
        assert partitions == (self.tp,)
        self.position = 0

    async def commit(self, offsets):
        if self.closed:
            await asyncio.Event().wait()  # what a thread that has ended answers
        self.committed = offsets[self.tp]
        return True

    def close(self):
        self.closed = True


class Carried(Stage):
    """A stage that notes what it is given, and breaks at some offsets."""

    name, source = "cluster", "tagged"

    def __init__(self) -> None:
        self.offsets: list[int] = []
        self.breaks_at: int | None = None

    def run(self, records):
        offsets = [r.offset for r in records]
        if self.breaks_at in offsets:
            raise ArithmeticError("a fault of ours")
        self.offsets += offsets
        return []


class Worker:
    """The parts of a started worker between the client and the stage."""

    def __init__(self, *, committed: int | None, seek_turns: int) -> None:
        settings = load({})
        self.app = bare_app(settings)
        self.stage = Carried()
        self.tp = TP(settings.topic_prefix + "tagged", 0)
        self.client = Client(self.tp, END, committed, seek_turns)
        self.ready = False  # nor is a worker while it reads its subscriptions
        topics = {"tagged": raw_topic(self.app, settings, "tagged")}
        Carrier(self.app, settings.topic_prefix, topics).agent(self.stage, ready=lambda: self.ready)

    async def start(self):
        app = self.app
        app.finalize()
        app.consumer_generation_id = GENERATION
        app.consumer._thread.thread_loop.close()
        app.consumer._thread = self.client
        app.consumer._set_active_tps({TP("a table's changelog", 0)})
        await app.agents.start()
        await app.topics._update_indices()
        await app.topics.on_partitions_assigned({self.tp})
        app.flow_control.resume()
        app.consumer.resume_flow()
        await app._fetcher.start()  # all as it is when the tables' recovery has been read and not yet ended

    async def stop(self):
        await self.app._fetcher.stop()
        await self.app.agents.stop()


@asynccontextmanager
async def started(**how):
    worker = Worker(**how)
    await worker.start()
    try:
        yield worker
    finally:
        await worker.stop()


async def until(look):
    async with asyncio.timeout(30):
        while not look():  # noqa: ASYNC110  # what it waits for is Faust's
            await asyncio.sleep(0.01)


async def all_committed(worker):
    async with asyncio.timeout(30):
        while worker.client.committed != END:
            await worker.app.consumer.commit()
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("committed", [None, 1, 100, END - 1])
@pytest.mark.parametrize("seek_turns", [0, 1500, 15000])
async def test_what_is_fetched_while_a_worker_is_put_to_its_place_is_carried(committed, seek_turns):
    async with started(committed=committed, seek_turns=seek_turns) as worker:
        await worker.app.tables.recovery.on_recovery_completed(GENERATION)
        worker.ready = True
        await all_committed(worker)
        assert worker.stage.offsets == list(range(committed or 0, END))


async def test_what_is_under_way_when_partitions_are_taken_away_is_finished_and_the_rest_read_again():
    async with started(committed=None, seek_turns=0) as worker:
        await worker.app.tables.recovery.on_recovery_completed(GENERATION)
        await until(lambda: worker.app.consumer.unacked)
        revoked = asyncio.create_task(worker.app.consumer.on_partitions_revoked({worker.tp}))
        await turns(100)
        assert not revoked.done()
        worker.ready = True
        await revoked
        carried = len(worker.stage.offsets)
        assert 0 < carried < END
        assert worker.client.committed == carried
        await worker.app.tables.recovery.on_recovery_completed(GENERATION)
        await all_committed(worker)
        assert worker.stage.offsets == list(range(END))


async def test_what_is_carried_is_committed_before_partitions_are_taken_away():
    async with started(committed=None, seek_turns=0) as worker:
        worker.ready = True
        await worker.app.tables.recovery.on_recovery_completed(GENERATION)
        await until(lambda: len(worker.stage.offsets) == END and all(m.acked for m in worker.app.consumer.unacked))
        await worker.app.consumer.on_partitions_revoked({worker.tp})
        assert worker.client.committed == END


async def test_partitions_that_are_taken_away_while_a_worker_ends_hold_it_up_no_longer():
    async with started(committed=None, seek_turns=0) as worker:
        worker.ready = True
        await worker.app.tables.recovery.on_recovery_completed(GENERATION)
        await until(lambda: worker.app.consumer._acked[worker.tp])
        worker.client.close()
        worker.app._stopped.set()
        async with asyncio.timeout(30):
            await worker.app.consumer.on_partitions_revoked({worker.tp})


@pytest.mark.parametrize("breaks_at", [0, 249, 250, 600])
async def test_a_batch_that_fails_is_not_passed_by_what_is_carried_after_it(breaks_at):
    async with started(committed=None, seek_turns=0) as worker:
        worker.stage.breaks_at = breaks_at
        worker.ready = True
        await worker.app.tables.recovery.on_recovery_completed(GENERATION)
        await until(lambda: max(worker.stage.offsets, default=0) > breaks_at)  # Faust starts the agent again, before all ends
        await worker.app.consumer.commit()
        committed = worker.client.committed or 0
        assert committed <= breaks_at
        assert worker.stage.offsets[:committed] == list(range(committed))
