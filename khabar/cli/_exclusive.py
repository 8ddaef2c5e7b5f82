"""One process at a time writes a data directory: the poller's memory and the embedded pipeline have one owner."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from khabar.errors import UnavailableError
from khabar.settings import Settings


@contextmanager
def exclusive(settings: Settings) -> Iterator[None]:
    """Own the data directory while the context lasts; raises UnavailableError where another process does."""
    lock = _lock(settings.data_dir)
    try:
        yield
    finally:
        lock.close()


def _lock(directory: Path) -> IO[str]:
    try:
        directory.mkdir(parents=True, exist_ok=True)
        lock = (directory / "writer.lock").open("w")
    except OSError as e:
        raise UnavailableError("data directory", str(directory), e.strerror or str(e)) from e
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # the system lets go of it however this process ends
    except OSError as e:
        lock.close()
        busy = "another khabar run, poll, demo or replay writes it"
        why = busy if isinstance(e, BlockingIOError) else e.strerror or str(e)
        raise UnavailableError("data directory", str(directory), why) from e
    return lock
