"""How long until a subscription that was just put on its topic matches, on each partition of a running stream."""

import time
from contextlib import closing

from aiokafka.partitioner import DefaultPartitioner

from khabar.schema import Alert, Subscription, dumps, loads
from tests.servers.worker import DEADLINE_S, PARTITIONS, Stream, articles

EVERY_S = 0.1
_partitioner = DefaultPartitioner()


def partition(key: str) -> int:
    """Return the partition of a topic of PARTITIONS on which producers put a key."""
    every = list(range(PARTITIONS))
    return int(_partitioner(key.encode(), every, every))


def live_seconds(flow: Stream, name: str, first: int) -> dict[int, float]:
    """Return for each partition of `coverage` the seconds from the subscription to the first article sent that it met.

    Sends small articles, numbered from `first`, until one on each partition has raised its alert; raises AssertionError
    when that takes too long.
    """
    subscription = Subscription(id=name, owner="o", name=name, query="الحكومة طرابلس")
    with closing(flow.broker.producer()) as producer, closing(flow.broker.consumer(None, ["alerts"])) as reader:
        while not reader.at_end():
            reader.poll(1000, 0.2)
        began = time.monotonic()
        producer.send("subscriptions", name, dumps(subscription))
        producer.flush()
        sent: dict[str, float] = {}
        found: dict[int, float] = {}
        while len(found) < PARTITIONS:
            assert time.monotonic() - began < DEADLINE_S, f"{name} is live on {sorted(found)} only\n{flow.logs()}"
            for article in articles(PARTITIONS, first=first + len(sent)):
                sent[article.id] = time.monotonic() - began
                producer.send("articles", article.id, dumps(article))
            producer.flush()
            for record in reader.poll(1000, EVERY_S):
                alert = loads(record.value or b"", Alert)
                if alert.subscription == name and alert.article in sent:
                    at = partition(alert.article)
                    found[at] = min(found.get(at, DEADLINE_S), sent[alert.article])
        return found
