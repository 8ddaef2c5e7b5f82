"""Producer and consumer as khabar.ports promises them.

The library's defaults break the house's promises, so they are set here: no automatic commit, a new group starts at the
oldest message, the producer is idempotent and waits for all replicas. Names of topics and groups carry the setting
`topic_prefix`; records come back without it.
"""

from __future__ import annotations

import contextlib
import logging
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from typing import Final

import kafka as client
import structlog
from kafka.errors import CommitFailedError, KafkaError, RebalanceInProgressError

from khabar.errors import RejectedError, UnavailableError
from khabar.kafka.clients import Clients
from khabar.outbox import Outbox
from khabar.ports import Record
from khabar.schema import MAX_MESSAGE_BYTES

LARGEST_REQUEST: Final = MAX_MESSAGE_BYTES + 64 * 1024
"""What a topic takes: the largest message with its key and the record's frame."""
MAX_WAITING_BYTES: Final = 64 * 1024 * 1024
CONNECT_TIMEOUT_MS: Final = 10_000
PROBE_EVERY_S: Final = 5.0
_log = structlog.get_logger()


class KafkaBroker:
    """A cluster's address and the prefix of our names on it; makes producers and consumers. Connects to nothing itself."""

    def __init__(self, bootstrap: str, *, prefix: str = "") -> None:
        logging.getLogger("kafka").setLevel(logging.CRITICAL)  # the house says itself what it cannot reach
        self.bootstrap = bootstrap
        self.prefix = prefix

    @property
    def servers(self) -> list[str]:
        """The addresses, each host:port."""
        return [s.strip() for s in self.bootstrap.split(",") if s.strip()]

    def producer(self) -> KafkaProducer:
        """Return a producer with a thread of its own."""
        return KafkaProducer(self)

    def consumer(self, group: str | None, topics: Sequence[str]) -> KafkaConsumer:
        """Return a member of `group` that reads `topics`; without a group (None) it reads all from the start."""
        return KafkaConsumer(self, group, topics)

    def unavailable(self, why: object) -> UnavailableError:
        """Return the error that names this cluster."""
        return UnavailableError("kafka", self.bootstrap, str(why) or type(why).__name__)

    def missing(self, topic: str) -> UnavailableError:
        """Return the error that names a topic that is not there."""
        return self.unavailable(f"topic {topic} is not there; `khabar setup stores` makes the topics")

    def probe(self) -> None:
        """Return when one of the servers accepts a connection; raises UnavailableError. The library would only wait."""
        why: OSError | ValueError | None = None
        for server in self.servers:
            host, _, port = server.rpartition(":")
            try:
                socket.create_connection((host, int(port)), timeout=3).close()
            except (OSError, ValueError) as e:
                why = e
            else:
                return
        raise self.unavailable(why or "no address given")


class KafkaProducer:
    """An idempotent producer (`acks=all`) in its own thread, behind a queue bounded by bytes.

    The thread is why `send` never waits for the broker's metadata: it waits only while `max_bytes` are not yet
    acknowledged, and at most `timeout_s` seconds.
    """

    def __init__(self, broker: KafkaBroker, *, timeout_s: float = 30.0, max_bytes: int = MAX_WAITING_BYTES) -> None:
        self._broker, self._timeout = broker, timeout_s
        self._outbox = Outbox(max_bytes)
        self._thread = threading.Thread(target=self._run, name="kafka-producer", daemon=True)
        self._thread.start()

    def send(self, topic: str, key: str, value: bytes | None) -> None:
        """Queue one message; raises RejectedError for one too large, UnavailableError when the queue stays full."""
        if value is not None and len(value) > MAX_MESSAGE_BYTES:
            raise RejectedError(f"a message of {len(value)} bytes is larger than the {MAX_MESSAGE_BYTES} a topic takes")
        if not self._outbox.put(self._broker.prefix + topic, key.encode("utf-8", "replace"), value, self._timeout):
            raise self._broker.unavailable(f"the queue has been full for {self._timeout:g} s")

    def flush(self) -> None:
        """Return when the broker has acknowledged all that was sent before.

        Raises UnavailableError if it does not in time, or if any of it failed since the last flush: send it again.
        """
        if why := self._outbox.wait(self._timeout):
            raise self._broker.unavailable(why)

    def close(self) -> None:
        """Flush (and raise what flush raises) and let go."""
        try:
            self.flush()
        finally:
            self._outbox.close()
            self._thread.join()

    def _run(self) -> None:
        inner = self._connect()
        while inner and (message := self._outbox.take()):
            try:
                future = inner.send(message.topic, key=message.key, value=message.value)
            except KafkaError as e:
                self._outbox.done(message.number, f"{type(e).__name__}: {e}")
            else:
                future.add_callback(lambda _, n=message.number: self._outbox.done(n))
                future.add_errback(lambda e, n=message.number: self._outbox.done(n, f"{type(e).__name__}: {e}"))
        if inner:
            inner.close(timeout=5)

    def _connect(self) -> client.KafkaProducer | None:
        """Return the library's producer as soon as there is one to be had; None when closed before."""
        wait, clients = 0.2, Clients()
        while True:
            try:
                self._broker.probe()
                return client.KafkaProducer(
                    kafka_client=clients,
                    bootstrap_servers=self._broker.servers,
                    enable_idempotence=True,
                    acks="all",
                    linger_ms=5,
                    batch_size=128 * 1024,
                    max_request_size=LARGEST_REQUEST,
                    max_block_ms=CONNECT_TIMEOUT_MS,
                    bootstrap_timeout_ms=CONNECT_TIMEOUT_MS,
                    request_timeout_ms=10_000,
                    delivery_timeout_ms=int(self._timeout * 1000),
                    allow_auto_create_topics=False,
                    metrics_enabled=False,
                )
            except (KafkaError, UnavailableError) as e:
                clients.close()
                why = e.why if isinstance(e, UnavailableError) else str(e)
                _log.warning("kafka.unreachable", where=self._broker.bootstrap, why=why, retry_s=wait)
                self._outbox.trouble(why)
                if self._outbox.wait_closed(wait):
                    return None
                wait = min(wait * 2, 10.0)


class KafkaConsumer:
    """A member of a consumer group with manual commit. Connects at the first poll. Not for several threads."""

    def __init__(self, broker: KafkaBroker, group: str | None, topics: Sequence[str]) -> None:
        self._broker = broker
        self._group = broker.prefix + group if group is not None else None
        self._topics = [broker.prefix + t for t in topics]
        self._inner: client.KafkaConsumer | None = None
        self._clients = Clients()
        self._probed = time.monotonic()

    def poll(self, max_records: int, timeout: float) -> list[Record]:
        """Return up to `max_records` records, waiting at most `timeout` seconds (and for the connection, at first).

        Raises UnavailableError when the broker cannot be reached or a topic is not there.
        """
        with self._translated():
            self._inner = self._inner or self._connect()
            batches = self._inner.poll(timeout_ms=int(timeout * 1000), max_records=max_records)
        if not batches and time.monotonic() - self._probed > PROBE_EVERY_S:
            self._probed = time.monotonic()
            self._broker.probe()  # the library gives an empty answer when there is nobody to ask
        return [Record.of(r, self._broker.prefix) for batch in batches.values() for r in batch]

    def commit(self) -> None:
        """Mark what was polled as done. What the group gave to another member meanwhile comes again there, and is logged."""
        if self._inner is None or self._group is None:
            return
        try:
            with self._translated():
                self._inner.commit(timeout_ms=CONNECT_TIMEOUT_MS)
        except (CommitFailedError, RebalanceInProgressError) as e:  # only the next poll joins the group again
            _log.warning("kafka.commit_refused", group=self._group, why=str(e))

    def close(self) -> None:
        """Leave the group without committing."""
        if self._inner is not None:
            with contextlib.suppress(KafkaError):
                self._inner.close(autocommit=False, timeout_ms=5000)
            self._inner = None
        self._clients.close()

    def at_end(self) -> bool:
        """Tell whether a member without a group has read all that its topics held when asked."""
        if self._inner is None:
            return False
        with self._translated():
            ends = self._inner.end_offsets(list(self._inner.assignment()), timeout_ms=CONNECT_TIMEOUT_MS)
            return bool(ends) and all(self._inner.position(p, timeout_ms=CONNECT_TIMEOUT_MS) >= e for p, e in ends.items())

    def owned(self) -> frozenset[int]:
        """Return the partitions that this member reads now."""
        return frozenset(p.partition for p in self._inner.assignment()) if self._inner is not None else frozenset()

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (CommitFailedError, RebalanceInProgressError):
            raise
        except KafkaError as e:
            raise self._broker.unavailable(f"{type(e).__name__}: {e}") from e

    def _connect(self) -> client.KafkaConsumer:
        self._broker.probe()
        try:
            return self._joined()
        except BaseException:
            self._clients.close()
            raise

    def _joined(self) -> client.KafkaConsumer:
        inner = client.KafkaConsumer(
            kafka_client=self._clients,
            bootstrap_servers=self._broker.servers,
            group_id=self._group,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            max_partition_fetch_bytes=LARGEST_REQUEST,
            session_timeout_ms=10_000,
            heartbeat_interval_ms=3_000,
            bootstrap_timeout_ms=CONNECT_TIMEOUT_MS,
            allow_auto_create_topics=False,
            metrics_enabled=False,
        )
        known = {t: inner.partitions_for_topic(t) for t in self._topics}
        if missing := [t for t, partitions in known.items() if not partitions]:
            raise self._broker.missing(missing[0])
        if self._group is None:
            inner.assign([client.TopicPartition(t, p) for t, ps in known.items() for p in sorted(ps)])
        else:
            inner.subscribe(self._topics)
        return inner
