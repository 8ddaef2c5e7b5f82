"""What the worker commands share: they end in order when asked, show that they live, and with `--once` give up at once."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

from khabar.ports import Consumer, Record

INDEX, NOTIFY, STREAMS = "khabar-index", "khabar-notify", "khabar-streams"
"""The workers' consumer groups; the last is made by Faust of the app's name."""
IDLE_ROUNDS: Final = 10
"""With `--once`: a member that its group gave no partition stops after so many looks."""


def stop_on_signals(stop: threading.Event) -> threading.Event:
    """Return `stop`, which SIGTERM and Ctrl-C will set."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


class GiveUp(threading.Event):
    """The stop of `--once`: who would wait for a service to come back ends instead."""

    def wait(self, timeout: float | None = None) -> bool:
        """Set itself where a wait was asked for."""
        if timeout:
            self.set()
        return self.is_set()


class Beating:
    """A consumer that touches a file whenever the broker answered: what a container's health check looks at."""

    def __init__(self, consumer: Consumer, file: Path) -> None:
        self._consumer, self._file = consumer, file

    def poll(self, max_records: int, timeout: float) -> list[Record]:
        """Poll, and touch the file."""
        records = self._consumer.poll(max_records, timeout)
        self._file.touch()
        return records

    def commit(self) -> None:
        """Commit."""
        self._consumer.commit()

    def close(self) -> None:
        """Leave the group."""
        self._consumer.close()

    def at_end(self) -> bool:
        """Tell whether all was read."""
        return self._consumer.at_end()

    def owned(self) -> frozenset[int]:
        """Return the partitions that this member reads."""
        return self._consumer.owned()


async def show_life(file: Path) -> None:
    """Touch `file` every ten seconds, until cancelled: the same sign for a command that polls something else."""
    while True:
        await asyncio.to_thread(file.touch)
        await asyncio.sleep(10)


def until_read(consumer: Consumer, stop: threading.Event, step: Callable[[], object]) -> None:
    """Call `step` until the consumer has read all there was, or `stop` is set."""
    for _ in range(IDLE_ROUNDS):
        step()
        if stop.is_set() or consumer.at_end():
            return
