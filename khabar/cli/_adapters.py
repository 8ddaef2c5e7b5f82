"""Which store and which tables a command opens, by the setting `mode`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from khabar.ports import Store, Table
from khabar.settings import Settings


@contextmanager
def open_store(settings: Settings) -> Iterator[Store]:
    """Give the store that results land in: the SQLite file, or Elasticsearch. Raises UnavailableError."""
    store: Store
    if settings.mode == "full":
        from index.elastic_store import ElasticStore

        store = ElasticStore(settings)
    else:
        from index.sqlite import SqliteStore

        store = SqliteStore(settings.database)
    try:
        yield store
    finally:
        store.close()


@contextmanager
def open_table(settings: Settings, name: str) -> Iterator[Table]:
    """Give the table `name`, read to its end: a table of the SQLite file, or the compacted topic of that name.

    What was changed is durable when the block ends. Raises UnavailableError.
    """
    if settings.mode == "full":
        from khabar.compacted import CompactedTable
        from khabar.kafka import KafkaBroker

        broker = KafkaBroker(settings.kafka_bootstrap, prefix=settings.topic_prefix)
        producer = broker.producer()
        topic = CompactedTable(name, broker.consumer(None, [name]), producer)
        try:
            topic.catch_up()
            yield topic
            topic.flush()
        finally:
            topic.close()
            producer.close()
    else:
        from index.sqlite import SqliteStore

        store = SqliteStore(settings.database)
        try:
            yield store.table(name)
        finally:
            store.close()
