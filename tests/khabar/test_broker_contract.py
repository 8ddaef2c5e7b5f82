"""What every broker promises (khabar/ports.py): the same tests on the one in memory and on a real Kafka."""

import uuid
from collections.abc import Iterator, Sequence
from typing import Protocol

import pytest

from khabar.errors import RejectedError
from khabar.kafka import KafkaBroker, create_topics
from khabar.memory import MemoryBroker
from khabar.ports import Consumer, Producer, Record
from khabar.schema import MAX_MESSAGE_BYTES


class Broker(Protocol):
    def producer(self) -> Producer: ...
    def consumer(self, group: str | None, topics: Sequence[str]) -> Consumer: ...


class Closing:
    """A broker whose producers and consumers are closed when the test is over."""

    def __init__(self, inner: Broker) -> None:
        self.inner = inner
        self.opened: list[Producer | Consumer] = []

    def producer(self) -> Producer:
        self.opened.append(self.inner.producer())
        return self.opened[-1]

    def consumer(self, group: str | None, topics: Sequence[str]) -> Consumer:
        self.opened.append(self.inner.consumer(group, topics))
        return self.opened[-1]


@pytest.fixture(params=["memory", pytest.param("kafka", marks=pytest.mark.services)])
def broker(request: pytest.FixtureRequest) -> Iterator[Broker]:
    if request.param == "memory":
        closing = Closing(MemoryBroker(partitions=4))
    else:
        real = KafkaBroker(request.getfixturevalue("kafka"), prefix=f"{uuid.uuid4().hex[:8]}-")
        create_topics(real, 4)
        closing = Closing(real)
    yield closing
    for one in closing.opened:
        one.close()


def drain(consumer: Consumer, want: int, most: int = 100) -> list[Record]:
    """Read until `want` records are there; one more empty poll shows that there are no more."""
    records: list[Record] = []
    for _ in range(60):
        records += consumer.poll(most, 0.5)
        if len(records) >= want:
            break
    return records


def send(broker: Broker, topic: str, *pairs: tuple[str, bytes | None]) -> None:
    producer = broker.producer()
    for key, value in pairs:
        producer.send(topic, key, value)
    producer.flush()
    producer.close()


def values(records: list[Record], key: str) -> list[bytes | None]:
    return [r.value for r in records if r.key == key]


def numbered(keys: str, each: int) -> list[tuple[str, bytes]]:
    return [(k, f"{k}{n}".encode()) for n in range(each) for k in keys]


def test_what_is_sent_comes_with_its_key_value_and_place(broker):
    send(broker, "articles", ("مقال", "نص".encode()))
    (record,) = drain(broker.consumer("g", ["articles"]), 1)
    assert (record.topic, record.key, record.value, record.offset) == ("articles", "مقال", "نص".encode(), 0)


def test_records_of_one_key_come_in_the_order_sent_and_from_one_partition(broker):
    send(broker, "articles", *numbered("abcdefgh", 20))
    records = drain(broker.consumer("g", ["articles"]), 160)
    assert len(records) == 160
    for key in "abcdefgh":
        assert values(records, key) == [f"{key}{n}".encode() for n in range(20)]
        assert len({r.partition for r in records if r.key == key}) == 1
    assert len({r.partition for r in records}) > 1


def test_a_poll_gives_no_more_than_asked_and_loses_nothing(broker):
    send(broker, "articles", *numbered("abcd", 25))
    consumer = broker.consumer("g", ["articles"])
    seen: list[Record] = []
    for _ in range(200):
        records = consumer.poll(7, 0.5)
        assert len(records) <= 7
        seen += records
        if len(seen) == 100:
            break
    assert len({(r.partition, r.offset) for r in seen}) == 100
    assert sorted(r.value or b"" for r in seen) == sorted(v for _, v in numbered("abcd", 25))


def test_an_empty_topic_gives_an_empty_list(broker):
    assert broker.consumer("g", ["polls"]).poll(10, 0.1) == []


def test_a_new_group_reads_from_the_start(broker):
    send(broker, "articles", *numbered("a", 3))
    assert len(drain(broker.consumer("one", ["articles"]), 3)) == 3
    assert len(drain(broker.consumer("two", ["articles"]), 3)) == 3


def test_what_was_committed_does_not_come_again_and_the_rest_does(broker):
    send(broker, "tagged", *numbered("a", 10))
    first = broker.consumer("g", ["tagged"])
    assert [r.offset for r in drain(first, 4, most=4)] == [0, 1, 2, 3]
    first.commit()
    assert [r.offset for r in drain(first, 3, most=3)] == [4, 5, 6]
    first.close()
    assert [r.offset for r in drain(broker.consumer("g", ["tagged"]), 6)] == [4, 5, 6, 7, 8, 9]


def test_a_commit_before_any_poll_marks_nothing(broker):
    send(broker, "tagged", *numbered("a", 2))
    first = broker.consumer("g", ["tagged"])
    first.commit()
    first.close()
    assert len(drain(broker.consumer("g", ["tagged"]), 2)) == 2


def test_a_tombstone_arrives_as_none(broker):
    send(broker, "subscriptions", ("s", b"1"), ("s", None))
    assert values(drain(broker.consumer("g", ["subscriptions"]), 2), "s") == [b"1", None]


def test_a_member_without_a_group_reads_all_each_time_and_commits_nothing(broker):
    send(broker, "subscriptions", *numbered("ab", 2))
    for _ in range(2):
        consumer = broker.consumer(None, ["subscriptions"])
        assert len(drain(consumer, 4)) == 4
        consumer.commit()
        consumer.close()


def test_several_topics_are_read_by_one_member(broker):
    send(broker, "coverage", ("a", b"1"))
    send(broker, "alerts", ("b", b"2"))
    records = drain(broker.consumer("g", ["coverage", "alerts"]), 2)
    assert sorted((r.topic, r.value) for r in records) == [("alerts", b"2"), ("coverage", b"1")]


def test_two_members_share_the_partitions_and_together_see_all(broker):
    one, two = broker.consumer("g", ["articles"]), broker.consumer("g", ["articles"])
    send(broker, "articles", *numbered("abcdefghijklmnop", 4))
    seen: dict[str, list[Record]] = {"one": [], "two": []}
    for _ in range(100):
        seen["one"] += one.poll(10, 0.2)
        seen["two"] += two.poll(10, 0.2)
        if {(r.partition, r.offset) for r in seen["one"] + seen["two"]} >= everything(broker, "articles", 64):
            break
    assert {(r.partition, r.offset) for r in seen["one"] + seen["two"]} == everything(broker, "articles", 64)
    assert seen["one"]
    assert seen["two"]


def everything(broker: Broker, topic: str, count: int) -> set[tuple[int, int]]:
    consumer = broker.consumer(None, [topic])
    places = {(r.partition, r.offset) for r in drain(consumer, count)}
    consumer.close()
    return places


def test_when_a_member_dies_the_other_gets_what_it_had_not_committed(broker):
    send(broker, "articles", *numbered("abcdefgh", 5))
    dying = broker.consumer("g", ["articles"])
    done = drain(dying, 10, most=10)[:10]
    dying.commit()
    lost = dying.poll(10, 5)
    assert lost
    dying.close()
    heir = drain(broker.consumer("g", ["articles"]), 40 - len(done))
    assert {(r.partition, r.offset) for r in lost} <= {(r.partition, r.offset) for r in heir}
    assert {(r.partition, r.offset) for r in done}.isdisjoint({(r.partition, r.offset) for r in heir})


def test_a_message_of_the_largest_size_goes_through_and_a_larger_one_is_refused_by_name(broker):
    with pytest.raises(RejectedError, match=str(MAX_MESSAGE_BYTES)):
        broker.producer().send("articles", "a", b"x" * (MAX_MESSAGE_BYTES + 1))
    send(broker, "articles", ("a", b"x" * MAX_MESSAGE_BYTES), ("a", b"neighbour"))
    assert [len(r.value or b"") for r in drain(broker.consumer("g", ["articles"]), 2)] == [MAX_MESSAGE_BYTES, 9]
