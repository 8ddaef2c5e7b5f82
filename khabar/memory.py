"""A broker in this process's memory: embedded mode's transport, and what tests use instead of Kafka.

It keeps Kafka's promises and no disk: keyed partitions, order per key, consumer groups whose members share the
partitions, positions that are forgotten when a member dies, compaction, tombstones. Whoever needs what was sent to
survive the process keeps it elsewhere (`khabar.embedded` does, in SQLite).
"""

from __future__ import annotations

import threading
import zlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import count

from khabar.errors import RejectedError
from khabar.ports import Record
from khabar.schema import MAX_MESSAGE_BYTES, TOPICS, Topic


class _Partition:
    """One log. `first` is the offset of the oldest record that may still be there."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.first = 0
        self.end = 0

    def append(self, topic: str, key: str, value: bytes | None, partition: int) -> None:
        self.records.append(Record(topic=topic, key=key, value=value, partition=partition, offset=self.end))
        self.end += 1

    def read(self, offset: int, most: int) -> list[Record]:
        if offset >= self.end or most <= 0:
            return []
        low = max(0, offset - self.first)  # exact unless compaction left gaps; then a scan from there
        if low >= len(self.records) or self.records[low].offset != max(offset, self.first):
            low = next((i for i, r in enumerate(self.records) if r.offset >= offset), len(self.records))
        return self.records[low : low + most]

    def drop_before(self, offset: int) -> None:
        self.records = [r for r in self.records if r.offset >= offset]
        self.first = max(self.first, offset)

    def compact(self) -> None:
        newest = {r.key: r.offset for r in self.records}
        self.records = [r for r in self.records if newest[r.key] == r.offset and r.value is not None]


class _Group:
    """A consumer group: what is committed, and which member owns which partition."""

    def __init__(self) -> None:
        self.committed: dict[tuple[str, int], int] = {}
        self.members: list[MemoryConsumer] = []


class MemoryBroker:
    """Topics of keyed partitions. Safe to use from several threads."""

    def __init__(self, *, partitions: int = 4, topics: Mapping[str, Topic] = TOPICS) -> None:
        self._default = partitions
        self._topics = topics
        self._logs: dict[str, list[_Partition]] = {}
        self._groups: dict[str, _Group] = defaultdict(_Group)
        self._anonymous = count()
        self._changed = threading.Condition(threading.RLock())

    def producer(self) -> MemoryProducer:
        """Return a producer."""
        return MemoryProducer(self)

    def consumer(self, group: str | None, topics: Sequence[str]) -> MemoryConsumer:
        """Return a new member of `group` that reads `topics` from what the group committed, at first from the start.

        A member without a group (None) reads everything from the start.
        """
        name = group if group is not None else f"\x00{next(self._anonymous)}"
        return MemoryConsumer(self, name, tuple(topics))

    def append(self, topic: str, key: str, value: bytes | None) -> None:
        """Append one record to its key's partition and wake the readers."""
        with self._changed:
            log = self._log(topic)
            partition = zlib.crc32(key.encode("utf-8", "surrogatepass")) % len(log)
            log[partition].append(topic, key, value, partition)
            self._changed.notify_all()

    def compact(self) -> None:
        """Keep only the newest record of each key of the compacted topics; a tombstone and what it hides go."""
        with self._changed:
            for name, log in self._logs.items():
                if name in self._topics and self._topics[name].compacted:
                    for partition in log:
                        partition.compact()

    def trim(self) -> None:
        """Forget what every group that reads a topic has committed; a topic that no group reads keeps all.

        Compacted topics are left alone. Embedded mode calls this, so that its memory does not grow with the days.
        """
        with self._changed:
            for name, log in self._logs.items():
                readers = [g for g in self._groups.values() if any(name in m.topics for m in g.members)]
                if not readers or (name in self._topics and self._topics[name].compacted):
                    continue
                for i, partition in enumerate(log):
                    partition.drop_before(min(g.committed.get((name, i), 0) for g in readers))

    def at_end(self, member: MemoryConsumer) -> bool:
        """Tell whether a member has read all that its partitions hold."""
        with self._changed:
            return all(position >= self._logs[topic][i].end for (topic, i), position in member.positions.items())

    def _log(self, topic: str) -> list[_Partition]:
        if topic not in self._logs:
            row = self._topics.get(topic)
            self._logs[topic] = [_Partition() for _ in range((row.partitions if row else 0) or self._default)]
        return self._logs[topic]

    def join(self, member: MemoryConsumer) -> None:
        """Take a member into its group and share the partitions out anew."""
        with self._changed:
            self._groups[member.group].members.append(member)
            self._rebalance(member.group)

    def leave(self, member: MemoryConsumer) -> None:
        """Let a member go; what it had not committed comes again to those that stay, or to the next that joins."""
        with self._changed:
            members = self._groups[member.group].members
            if member in members:
                members.remove(member)
                member.positions.clear()
                self._rebalance(member.group)

    def take(self, member: MemoryConsumer, most: int, timeout: float) -> list[Record]:
        """Return up to `most` next records of a member's partitions, waiting at most `timeout` seconds for the first."""
        with self._changed:
            taken: list[Record] = []
            self._changed.wait_for(lambda: self._read(member, most, taken), timeout)
            return taken

    def commit(self, member: MemoryConsumer) -> None:
        """Note a member's positions as its group's."""
        with self._changed:
            self._groups[member.group].committed.update(member.positions)

    def _rebalance(self, group: str) -> None:
        """Share the partitions out; one that stays with its member keeps its position, one that moves starts anew."""
        members = self._groups[group].members
        owned: dict[int, dict[tuple[str, int], int]] = {id(m): {} for m in members}
        committed = self._groups[group].committed
        for topic in sorted({t for m in members for t in m.topics}):
            readers = [m for m in members if topic in m.topics]
            for i in range(len(self._log(topic))):
                owner = readers[i % len(readers)]
                owned[id(owner)][topic, i] = owner.positions.get((topic, i), committed.get((topic, i), 0))
        for member in members:
            member.positions = owned[id(member)]
        self._changed.notify_all()

    def _read(self, member: MemoryConsumer, most: int, taken: list[Record]) -> bool:
        owned = sorted(member.positions)
        start = member.turn % max(1, len(owned))
        for at in owned[start:] + owned[:start]:
            records = self._logs[at[0]][at[1]].read(member.positions[at], most - len(taken))
            if records:
                member.positions[at] = records[-1].offset + 1
                taken += records
        member.turn += 1  # so that no partition is always the last to be read
        return bool(taken)


class MemoryProducer:
    """Sends to a MemoryBroker; what is sent is there at once."""

    def __init__(self, broker: MemoryBroker) -> None:
        self._broker = broker

    def send(self, topic: str, key: str, value: bytes | None) -> None:
        """Append one message; raises RejectedError for one that is larger than MAX_MESSAGE_BYTES."""
        if value is not None and len(value) > MAX_MESSAGE_BYTES:
            raise RejectedError(f"a message of {len(value)} bytes is larger than the {MAX_MESSAGE_BYTES} a topic takes")
        self._broker.append(topic, key, value)

    def flush(self) -> None:
        """Return at once: nothing waits."""

    def close(self) -> None:
        """Return at once: nothing is held."""


class MemoryConsumer:
    """A member of a group; made by `MemoryBroker.consumer`."""

    def __init__(self, broker: MemoryBroker, group: str, topics: tuple[str, ...]) -> None:
        self.group, self.topics = group, topics
        self.positions: dict[tuple[str, int], int] = {}
        self.turn = 0
        self._broker = broker
        broker.join(self)

    def poll(self, max_records: int, timeout: float) -> list[Record]:
        """Return up to `max_records` records of this member's partitions, waiting at most `timeout` seconds."""
        return self._broker.take(self, max_records, timeout)

    def commit(self) -> None:
        """Mark what was polled as done; partitions that moved to another member are that member's to commit."""
        self._broker.commit(self)

    def close(self) -> None:
        """Leave without committing."""
        self._broker.leave(self)

    def at_end(self) -> bool:
        """Tell whether all that this member's partitions hold was read."""
        return self._broker.at_end(self)

    def owned(self) -> frozenset[int]:
        """Return the partitions that this member reads now."""
        return frozenset(partition for _, partition in list(self.positions))
