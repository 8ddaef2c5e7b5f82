"""The writer loop: commits only what is written, waits where it must, parks what is refused."""

import threading
from collections.abc import Sequence

import pytest

from index import writer
from index.sqlite import SqliteStore
from khabar import schema
from khabar.errors import UnavailableError
from khabar.memory import MemoryBroker
from khabar.ports import Landed, Record, Refusal, WriteReport
from khabar.schema import Alert, PollResult, Rejected
from tests.index.coverage import T0, item


class ShakyStore:
    """A store that fails as it is told and then writes to a list; refuses the ids it is told to."""

    def __init__(self, failures: int = 0, refuses: frozenset[str] = frozenset()) -> None:
        self.failures, self.refuses = failures, refuses
        self.written: list[Landed] = []
        self.calls = 0

    def write(self, batch: Sequence[Landed]) -> WriteReport:
        self.calls += 1
        if self.failures:
            self.failures -= 1
            raise UnavailableError("elasticsearch", "http://here", "429: too busy")
        refused = tuple(
            Refusal(position=n, id=i.tagged.article.id, reason="mapper_parsing_exception: no date")
            for n, i in enumerate(batch)
            if i.tagged.article.id in self.refuses
        )
        self.written += [b for n, b in enumerate(batch) if n not in {r.position for r in refused}]
        return WriteReport(stored=len(batch) - len(refused), refused=refused)


@pytest.fixture
def broker() -> MemoryBroker:
    return MemoryBroker(partitions=2)


def send(broker: MemoryBroker, *ids: str) -> None:
    for i in ids:
        broker.producer().send("coverage", i, schema.dumps(item(i)))


def go(broker: MemoryBroker, store, stop: threading.Event | None = None, **more) -> writer.Totals:
    consumer = broker.consumer("index", writer.TOPICS)
    try:
        return writer.run(
            consumer,
            store,
            broker.producer(),
            stop or threading.Event(),
            until_idle=True,
            poll_s=0,
            clock=lambda: T0,
            jitter=lambda: 0.0,
            **more,
        )
    finally:
        consumer.close()


def dead(broker: MemoryBroker) -> list[Rejected]:
    return [schema.loads(r.value, Rejected) for r in all_of(broker, "dead.letters")]


def all_of(broker: MemoryBroker, topic: str) -> list[Record]:
    return broker.consumer(None, [topic]).poll(1000, 0)


def test_all_three_kinds_land_and_are_committed(broker: MemoryBroker, tmp_path) -> None:
    send(broker, "a", "b")
    poll = PollResult(feed="f", outlet="o", url="u", at=T0, outcome="fetched")
    alert = Alert(id="x", subscription="s", owner="o", name="n", query="q", first_seen=T0)
    broker.producer().send("polls", "f", schema.dumps(poll))
    broker.producer().send("alerts", "s", schema.dumps(alert))
    store = SqliteStore(tmp_path / "k.db")
    totals = go(broker, store)
    assert (totals.polled, totals.stored, totals.refused) == (4, 4, 0)
    assert store.polls() == [poll]
    assert store.alerts() == [alert]
    assert go(broker, store).polled == 0
    store.close()


def test_an_unavailable_store_is_asked_again_and_nothing_is_lost_or_doubled(broker: MemoryBroker) -> None:
    send(broker, "a", "b", "c")
    store = ShakyStore(failures=3)
    totals = go(broker, store)
    assert sorted(i.tagged.article.id for i in store.written) == ["a", "b", "c"]
    assert (totals.retries, totals.stored) == (3, 3)


def test_a_stop_while_the_store_is_unavailable_commits_nothing(broker: MemoryBroker) -> None:
    send(broker, "a")
    stop = threading.Event()

    class Stopping(ShakyStore):
        def write(self, batch):
            stop.set()
            return super().write(batch)

    assert go(broker, Stopping(failures=9), stop).polled == 0
    again = ShakyStore()
    assert go(broker, again).stored == 1


def test_a_stop_in_mid_batch_finishes_and_commits_it(broker: MemoryBroker) -> None:
    send(broker, "a", "b")
    stop = threading.Event()

    class Stopping(ShakyStore):
        def write(self, batch):
            stop.set()
            return super().write(batch)

    assert go(broker, Stopping(), stop).stored == 2
    assert go(broker, ShakyStore()).polled == 0


def test_refused_documents_are_parked_by_name_and_their_neighbours_stored(broker: MemoryBroker) -> None:
    send(broker, "a", "bad", "c")
    store = ShakyStore(refuses=frozenset({"bad"}))
    totals = go(broker, store)
    assert sorted(i.tagged.article.id for i in store.written) == ["a", "c"]
    (letter,) = dead(broker)
    assert letter.stage == "index"
    assert letter.topic == "coverage"
    assert letter.key == "bad"
    assert letter.reason == "mapper_parsing_exception: no date"
    assert schema.loads(letter.data, schema.CoverageItem) == item("bad")
    assert (totals.stored, totals.refused) == (2, 1)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (b"{not json", "not a message"),
        (b'{"kind": "alert", "schema": 1}', "wrong kind"),
        (b'{"kind": "coverage", "schema": 99}', "later than"),
        (b'{"kind": "coverage", "schema": 1}', "not a valid coverage"),
    ],
)
def test_what_cannot_be_read_is_parked(broker: MemoryBroker, value: bytes, reason: str) -> None:
    send(broker, "a")
    broker.producer().send("coverage", "k", value)
    store = ShakyStore()
    assert go(broker, store).stored == 1
    (letter,) = dead(broker)
    assert reason in letter.reason
    assert letter.data == value
    assert letter.offset >= 0


def test_a_tombstone_is_counted_and_passed_over(broker: MemoryBroker) -> None:
    broker.producer().send("coverage", "a", None)
    assert go(broker, ShakyStore()).tombstones == 1
    assert dead(broker) == []


def test_a_broker_that_does_not_take_the_commit_gets_it_again(broker: MemoryBroker) -> None:
    send(broker, "a")
    consumer = broker.consumer("index", writer.TOPICS)

    class Deaf:
        fails = 2

        def poll(self, most, timeout):
            return consumer.poll(most, timeout)

        def commit(self):
            if self.fails:
                self.fails -= 1
                raise UnavailableError("kafka", "here", "gone")
            consumer.commit()

        def close(self):
            consumer.close()

    store = ShakyStore()
    totals = writer.run(
        Deaf(), store, broker.producer(), threading.Event(), until_idle=True, poll_s=0, clock=lambda: T0, jitter=lambda: 0.0
    )
    assert store.calls == 1
    assert (totals.retries, totals.stored) == (2, 1)
    consumer.close()
    assert go(broker, ShakyStore()).polled == 0
