"""Topics: made, given their retention and size, and how far their readers are behind."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence

import kafka as client
from kafka.admin import ConfigResource, ConfigResourceType
from kafka.errors import InvalidTopicError, KafkaError, TopicAlreadyExistsError

from khabar.errors import SettingsError
from khabar.kafka.broker import CONNECT_TIMEOUT_MS, LARGEST_REQUEST, KafkaBroker
from khabar.kafka.clients import Clients
from khabar.schema import TOPICS, Topic


@contextlib.contextmanager
def _admin(broker: KafkaBroker) -> Iterator[client.KafkaAdminClient]:
    broker.probe()
    clients, servers = Clients(), broker.servers
    try:
        with client.KafkaAdminClient(
            kafka_client=clients, bootstrap_servers=servers, bootstrap_timeout_ms=CONNECT_TIMEOUT_MS
        ) as admin:
            yield admin
    except KafkaError as e:
        raise broker.unavailable(f"{type(e).__name__}: {e}") from e
    finally:
        clients.close()


def _partitions(admin: client.KafkaAdminClient) -> dict[str, int]:
    return {t["name"]: len(t["partitions"]) for t in admin.describe_topics() if not t["error_code"]}


def create_topics(broker: KafkaBroker, partitions: int, topics: Mapping[str, Topic] = TOPICS) -> dict[str, bool]:
    """Make the topics that are not there, set all topics' retention and size; return name → whether it was made now.

    Raises UnavailableError; SettingsError for a prefix that is no name, and for a topic that has another number of
    partitions: the streams' tables are split as the topics are, so that number cannot change under them.
    """
    with _admin(broker) as admin:
        there = _partitions(admin)
        wanted = {broker.prefix + t.name: t.partitions or partitions for t in topics.values()}
        for name, count in wanted.items():
            if there.get(name, count) != count:
                raise SettingsError(f"KHABAR_PARTITIONS: topic {name} has {there[name]} partitions, not {count}")
        new = {n: {"num_partitions": c} for n, c in wanted.items() if n not in there}
        try:
            if new:
                with contextlib.suppress(TopicAlreadyExistsError):  # made by another set-up at this moment
                    admin.create_topics(new, wait_for_metadata=True)
        except InvalidTopicError as e:
            raise SettingsError(f"KHABAR_TOPIC_PREFIX = {broker.prefix!r} makes no name that Kafka takes") from e
        configs = {broker.prefix + t.name: topic_config(t) for t in topics.values()}
        admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, n, c) for n, c in configs.items()])
        return {n: n in new for n in wanted}


def topic_config(topic: Topic) -> dict[str, str]:
    """Return a topic's settings as Kafka names them; retention for ever is -1."""
    return {
        "cleanup.policy": "compact" if topic.compacted else "delete",
        "retention.ms": str(topic.retention_days * 86_400_000 if topic.retention_days else -1),
        "max.message.bytes": str(LARGEST_REQUEST),
    }


def lags(broker: KafkaBroker, readers: Mapping[str, Sequence[str]]) -> dict[tuple[str, str], int]:
    """Return (group, topic) → how many messages that the topic still holds the group has not committed.

    `readers` are the topics that each group reads, without prefix. Raises UnavailableError, also where a topic is missing.
    """
    with _admin(broker) as admin:
        count = _partitions(admin)
        for topic in {t for ts in readers.values() for t in ts}:
            if broker.prefix + topic not in count:
                raise broker.missing(broker.prefix + topic)
        places = {t: _places(broker.prefix + t, count) for ts in readers.values() for t in ts}
        asked = [p for ps in places.values() for p in ps]
        first = admin.list_partition_offsets(dict.fromkeys(asked, client.OffsetSpec.EARLIEST))
        end = admin.list_partition_offsets(dict.fromkeys(asked, client.OffsetSpec.LATEST))
        done = admin.list_group_offsets([broker.prefix + group for group in readers])
        found: dict[tuple[str, str], int] = {}
        for group, topics in readers.items():
            committed = {p: o.offset for p, o in done.get(broker.prefix + group, {}).items()}
            for topic in topics:
                waiting = (end[p].offset - max(first[p].offset, committed.get(p, 0)) for p in places[topic])
                found[group, topic] = sum(waiting)
        return found


def _places(topic: str, count: Mapping[str, int]) -> list[client.TopicPartition]:
    return [client.TopicPartition(topic, n) for n in range(count[topic])]
