"""A compacted topic as a mapping: read whole, kept up to date, one's own writes not undone by their echo."""

import pytest

from khabar.compacted import CompactedTable
from khabar.errors import UnavailableError
from khabar.memory import MemoryBroker


def table(broker, seen=None):
    changed = (lambda k, v: seen.append((k, v))) if seen is not None else (lambda _k, _v: None)
    return CompactedTable("subscriptions", broker.consumer(None, ["subscriptions"]), broker.producer(), changed)


def test_what_one_sets_another_sees():
    broker, seen = MemoryBroker(), []
    one, other = table(broker), table(broker, seen)
    one["a"], one["b"] = b"1", b"2"
    del one["b"]
    one.flush()
    other.catch_up()
    assert dict(other) == {"a": b"1"}
    assert seen == [("a", b"1"), ("b", b"2"), ("b", None)]
    other["a"] = b"9"
    one.poll(0)
    one.poll(0)
    assert dict(one) == {"a": b"9"}
    with pytest.raises(KeyError):
        del one["zz"]


def test_ones_own_older_writes_come_back_and_change_nothing():
    broker = MemoryBroker()
    one = table(broker)
    one["a"] = b"held"
    one["a"] = b"sent"
    one.poll(0)
    assert one["a"] == b"sent"


def test_what_a_flush_could_not_send_the_next_one_sends_again():
    class Lossy:
        """Loses all that is sent before its first flush, and says so once, as the broker's client does."""

        def __init__(self, inner):
            self.inner, self.broken = inner, True

        def send(self, topic, key, value):
            if not self.broken:
                self.inner.send(topic, key, value)

        def flush(self):
            if self.broken:
                self.broken = False
                raise UnavailableError("kafka", "here", "2 messages were not taken")

    broker = MemoryBroker()
    table(broker)["gone"] = b"old"
    one = CompactedTable("subscriptions", broker.consumer(None, ["subscriptions"]), Lossy(broker.producer()))
    one.catch_up()
    one["a"] = b"held"
    del one["gone"]
    with pytest.raises(UnavailableError):
        one.flush()
    one.flush()
    other = table(broker)
    other.catch_up()
    assert dict(other) == {"a": b"held"}
    one.flush()
    assert len(broker.consumer(None, ["subscriptions"]).poll(100, 0)) == 3


def test_a_topic_whose_end_stays_out_of_reach_is_unavailable():
    class NeverThere:
        def poll(self, _most, _timeout):
            return []

        def at_end(self):
            return False

    with pytest.raises(UnavailableError):
        CompactedTable("deliveries", NeverThere(), MemoryBroker().producer()).catch_up(tries=3)
