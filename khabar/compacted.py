"""A compacted topic as a mapping: what subscriptions and the ledger of deliveries are kept in when there is a Kafka."""

from __future__ import annotations

from collections.abc import Callable, Iterator, MutableMapping

from khabar.errors import UnavailableError
from khabar.ports import Consumer, Producer

_BATCH = 1000


def _ignore(key: str, value: bytes | None) -> None:
    del key, value


class CompactedTable(MutableMapping[str, bytes]):
    """The newest value of each key of one topic. `reader` is a consumer without a group. For one thread.

    What is set is there at once and durable after `flush`; what others set comes with `poll`. `changed` is told of each
    key that others changed (value None: it is gone).
    """

    def __init__(
        self, topic: str, reader: Consumer, producer: Producer, changed: Callable[[str, bytes | None], None] = _ignore
    ) -> None:
        self._topic, self._reader, self._producer, self._changed = topic, reader, producer, changed
        self._values: dict[str, bytes] = {}
        self._mine: dict[str, bytes | None] = {}  # what was set here and has not come back yet: older echoes must not undo it
        self._unsure: dict[str, bytes | None] = {}  # what was set since a flush succeeded
        self._failed = False

    def catch_up(self, tries: int = 1000) -> None:
        """Read until all that the topic held is here; raises UnavailableError, also if its end stays out of reach."""
        for _ in range(tries):
            self.poll(0.2)
            if self._reader.at_end():
                return
        raise UnavailableError("kafka", self._topic, "the end of the topic is not reached")

    def poll(self, timeout: float) -> int:
        """Take what has come, waiting at most `timeout` seconds; return how many. Raises UnavailableError."""
        records = self._reader.poll(_BATCH, timeout)
        for record in records:
            if record.key in self._mine:
                if self._mine[record.key] == record.value:
                    del self._mine[record.key]
                continue
            if self._values.get(record.key) == record.value:
                continue
            if record.value is None:
                self._values.pop(record.key, None)
            else:
                self._values[record.key] = record.value
            self._changed(record.key, record.value)
        return len(records)

    def flush(self) -> None:
        """Return when the broker has all that was set; raises UnavailableError, and then the next flush sends it again."""
        if self._failed:
            for key, value in self._unsure.items():
                self._producer.send(self._topic, key, value)
        self._failed = True
        self._producer.flush()
        self._failed = False
        self._unsure.clear()

    def close(self) -> None:
        """Let go of the reader."""
        self._reader.close()

    def __getitem__(self, key: str) -> bytes:
        return self._values[key]

    def __setitem__(self, key: str, value: bytes) -> None:
        self._producer.send(self._topic, key, value)
        self._values[key] = self._mine[key] = self._unsure[key] = value

    def __delitem__(self, key: str) -> None:
        if key not in self._values:
            raise KeyError(key)
        self._producer.send(self._topic, key, None)
        del self._values[key]
        self._mine[key] = self._unsure[key] = None

    def __iter__(self) -> Iterator[str]:
        return iter(list(self._values))

    def __len__(self) -> int:
        return len(self._values)
