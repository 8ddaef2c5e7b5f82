"""What a producer holds between `send` and the broker's acknowledgement: a queue bounded by bytes, and the account of it."""

from __future__ import annotations

import threading
from collections import deque
from typing import NamedTuple


class Waiting(NamedTuple):
    """A message on its way; `number` counts from 1 in the order sent."""

    number: int
    topic: str
    key: bytes
    value: bytes | None


class Outbox:
    """Safe to use from several threads: some put and wait, one takes, any tells what was acknowledged."""

    def __init__(self, max_bytes: int) -> None:
        self._max = max_bytes
        self._queue: deque[Waiting] = deque()
        self._pending: dict[int, int] = {}  # number of each message not yet acknowledged → its bytes, oldest first
        self._bytes = self._sent = self._failed = 0
        self._why = ""
        self._closed = False
        self._changed = threading.Condition()

    def put(self, topic: str, key: bytes, value: bytes | None, timeout: float) -> bool:
        """Queue a message; False if in `timeout` seconds there was no room. One message alone always has room."""
        size = len(key) + len(value or b"")
        with self._changed:
            if not self._changed.wait_for(lambda: not self._bytes or self._bytes + size <= self._max, timeout):
                return False
            self._sent += 1
            self._bytes += size
            self._pending[self._sent] = size
            self._queue.append(Waiting(self._sent, topic, key, value))
            self._changed.notify_all()
            return True

    def take(self) -> Waiting | None:
        """Return the next message, waiting for it; None when the outbox is closed and empty."""
        with self._changed:
            self._changed.wait_for(lambda: self._queue or self._closed)
            return self._queue.popleft() if self._queue else None

    def done(self, number: int, error: str = "") -> None:
        """Note that the broker acknowledged a message, or why it will not."""
        with self._changed:
            self._bytes -= self._pending.pop(number, 0)
            if error:
                self._failed += 1
                self._why = error
            self._changed.notify_all()

    def trouble(self, why: str) -> None:
        """Note why nothing goes out at the moment."""
        with self._changed:
            self._why = why

    def wait(self, timeout: float) -> str:
        """Return "" when all that was put before is acknowledged, else what is wrong; failures are told once."""
        with self._changed:
            last = self._sent
            done = self._changed.wait_for(lambda: not self._pending or next(iter(self._pending)) > last, timeout)
            failed, why = self._failed, self._why
            self._failed, self._why = 0, ""
            if not done:
                return f"{len(self._pending)} messages were not acknowledged in {timeout:g} s: {why or 'no answer'}"
            return f"{failed} messages were not taken: {why}" if failed else ""

    def close(self) -> None:
        """Let `take` end once the outbox is empty."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def wait_closed(self, timeout: float) -> bool:
        """Wait up to `timeout` seconds for `close`; True if it was called."""
        with self._changed:
            return self._changed.wait_for(lambda: self._closed, timeout)
