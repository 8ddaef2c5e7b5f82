"""The loop of `khabar notify`: alerts from the broker, the ledger, the channels."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final

import structlog

from khabar import schema
from khabar.compacted import CompactedTable
from khabar.errors import RejectedError, UnavailableError
from khabar.ports import Clock, Consumer, Producer, Record
from khabar.schema import Alert, Subscription
from notify.deliverer import Deliverer

BATCH: Final = 200
_IDLE_S: Final = 0.1
_BACK_OFF_S: Final = (1.0, 2.0, 5.0, 10.0, 30.0)
_log = structlog.get_logger()


class Subscriptions:
    """Subscriptions by id, from their compacted topic; one that is not there yet is looked for again at the topic's end."""

    def __init__(self, table: CompactedTable) -> None:
        self._table = table

    def find(self, subscription_id: str) -> Subscription | None:
        """Return a subscription or None; raises UnavailableError."""
        if subscription_id not in self._table:
            self._table.catch_up()
        value = self._table.get(subscription_id)
        try:
            return schema.loads(value, Subscription) if value is not None else None
        except RejectedError as e:
            _log.warning("subscription.unreadable", subscription=subscription_id, why=e.reason)
            return None

    def poll(self) -> None:
        """Take what changed, without waiting; raises UnavailableError."""
        while self._table.poll(0):
            pass


class Worker:
    """Delivers until it is told to stop. `make` builds the deliverer once the ledger is read to its end."""

    def __init__(
        self,
        alerts: Consumer,
        ledger: CompactedTable,
        subscriptions: Subscriptions,
        producer: Producer,
        make: Callable[[], Deliverer],
        *,
        clock: Clock,
    ) -> None:
        self._alerts, self._ledger, self._subscriptions, self._producer = alerts, ledger, subscriptions, producer
        self._make, self._clock = make, clock
        self._deliverer: Deliverer | None = None
        self._owned: frozenset[int] | None = None
        self._batch: list[Record] = []

    def run(self, stop: threading.Event) -> None:
        """Step until `stop` is set; what cannot be reached is tried again with back-off."""
        failures = 0
        while not stop.is_set():
            try:
                self.step()
                failures = 0
            except UnavailableError as e:
                _log.warning("notify.unavailable", what=e.what, where=e.where, why=e.why)
                stop.wait(_BACK_OFF_S[min(failures, len(_BACK_OFF_S) - 1)])
                failures += 1

    def step(self) -> None:
        """Take alerts, enter them in the ledger, commit them, and move the deliveries on. Raises UnavailableError.

        A batch that could not be entered stays here and is entered by the next step, before anything later is committed.
        """
        deliverer = self._deliverer or self._start()
        self._batch = self._batch or self._alerts.poll(BATCH, 0 if deliverer.in_flight else _IDLE_S)
        if self._alerts.owned() != self._owned:
            self._ledger.catch_up()
            self._owned = self._alerts.owned()
            deliverer.reload(self._owned)
            _log.info("notify.assigned", partitions=sorted(self._owned), waiting=deliverer.waiting)
        self._subscriptions.poll()
        for record in self._batch:
            _accept(deliverer, self._producer, record, self._clock)
        deliverer.collect()
        self._ledger.flush()
        self._producer.flush()
        if self._batch:
            self._alerts.commit()
            self._batch = []
        deliverer.start()  # only now: what a crash repeats is then at most one message a channel
        deliverer.wait(_IDLE_S)

    def settle(self) -> None:
        """Step until nothing is on its way to a channel; what is held for later stays. Raises UnavailableError."""
        self.step()
        while self._batch or (self._deliverer is not None and self._deliverer.in_flight):
            self.step()

    def _start(self) -> Deliverer:
        self._ledger.catch_up()
        self._subscriptions.poll()
        self._deliverer = self._make()
        return self._deliverer


def _accept(deliverer: Deliverer, producer: Producer, record: Record, clock: Clock) -> None:
    try:
        deliverer.accept(schema.loads(record.value or b"", Alert), record.partition)
    except RejectedError as e:
        _log.warning("dead letter", stage="notify", topic=record.topic, key=record.key, reason=e.reason)
        letter = record.dead_letter(e.reason, stage="notify", at=clock())
        producer.send("dead.letters", record.key, schema.dumps(letter))
