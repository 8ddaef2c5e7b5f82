"""What only the broker in memory does: it trims, compacts when told, and tells its lag."""

import threading

from khabar.memory import MemoryBroker
from khabar.ports import Consumer, Producer


def test_it_is_a_broker():
    broker = MemoryBroker()
    producer: Producer = broker.producer()
    consumer: Consumer = broker.consumer("g", ["articles"])
    producer.send("articles", "a", b"1")
    assert [r.value for r in consumer.poll(10, 0)] == [b"1"]


def test_compaction_keeps_the_newest_of_each_key_and_drops_tombstones():
    broker = MemoryBroker()
    producer = broker.producer()
    for key, value in (("a", b"1"), ("b", b"1"), ("a", b"2"), ("b", None), ("c", b"1")):
        producer.send("subscriptions", key, value)
    broker.compact()
    assert [(r.key, r.value) for r in broker.consumer(None, ["subscriptions"]).poll(10, 0)] == [("a", b"2"), ("c", b"1")]


def test_reading_goes_on_over_the_gaps_of_a_compaction():
    broker = MemoryBroker()
    producer, consumer = broker.producer(), broker.consumer("g", ["subscriptions"])
    for n in range(6):
        producer.send("subscriptions", "a", str(n).encode())
    assert len(consumer.poll(2, 0)) == 2
    broker.compact()
    producer.send("subscriptions", "b", b"9")
    assert [r.value for r in consumer.poll(10, 0)] == [b"5", b"9"]


def test_a_topic_that_is_not_compacted_is_left_alone():
    broker = MemoryBroker()
    for n in range(3):
        broker.producer().send("tagged", "a", str(n).encode())
    broker.compact()
    assert len(broker.consumer(None, ["tagged"]).poll(10, 0)) == 3


def test_trimming_forgets_only_what_every_reading_group_has_committed():
    broker = MemoryBroker()
    fast, slow = broker.consumer("fast", ["tagged"]), broker.consumer("slow", ["tagged"])
    for n in range(4):
        broker.producer().send("tagged", "a", str(n).encode())
    fast.poll(4, 0)
    fast.commit()
    slow.poll(1, 0)
    slow.commit()
    broker.trim()
    slow.close()
    assert [r.value for r in broker.consumer("slow", ["tagged"]).poll(10, 0)] == [b"1", b"2", b"3"]
    assert [r.offset for r in broker.consumer(None, ["tagged"]).poll(10, 0)] == [1, 2, 3]


def test_a_waiting_reader_is_woken_by_a_send():
    broker = MemoryBroker()
    consumer = broker.consumer("g", ["articles"])
    sender = threading.Timer(0.05, broker.producer().send, ("articles", "a", b"1"))
    sender.start()
    assert [r.value for r in consumer.poll(10, 30)] == [b"1"]
    sender.join()
