"""A topic read whole and then followed, in a thread of its own: how a process knows all subscriptions at every moment."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final

import structlog

from khabar.errors import UnavailableError
from khabar.ports import Consumer, Record

LAST_RETRY_S: Final = 10.0
_log = structlog.get_logger()


class Follower:
    """Calls `apply` for each record of `reader`, from the start, in its own thread; `ready()` once all there was is applied.

    `upkeep` is called after each look, twice a second or more often.

    An unreachable broker is waited for. An exception of `apply` is logged with the record's key, and the next one follows;
    one from elsewhere is logged, and the topic is read on.
    """

    def __init__(self, reader: Consumer, apply: Callable[[Record], None], upkeep: Callable[[], object] = lambda: None) -> None:
        self._reader, self._apply, self._upkeep = reader, apply, upkeep
        self._whole, self._stop = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="follower", daemon=True)

    def start(self) -> None:
        """Begin to read."""
        self._thread.start()

    def ready(self) -> bool:
        """Tell whether what the topic held was applied."""
        return self._whole.is_set()

    def stop(self) -> None:
        """End the thread, if it was started, and close the reader."""
        self._stop.set()
        if self._thread.ident is None:
            self._reader.close()
        else:
            self._thread.join()

    def _run(self) -> None:
        wait = 0.2
        while not self._stop.is_set():
            try:
                self._follow()
                wait = 0.2
                continue
            except UnavailableError as e:
                _log.warning("unavailable", what=e.what, where=e.where, why=e.why, retry_s=wait)
            except Exception:  # noqa: BLE001  # a thread that ends would leave the process with what it knew, unnoticed
                _log.exception("follower.fault", retry_s=wait)
            self._stop.wait(wait)
            wait = min(wait * 2, LAST_RETRY_S)
        self._reader.close()

    def _follow(self) -> None:
        for record in self._reader.poll(500, 0.5):
            try:
                self._apply(record)
            except Exception:  # noqa: BLE001  # one bad record must not hide those after it
                _log.exception("not applied", topic=record.topic, key=record.key)
        if not self._whole.is_set() and self._reader.at_end():
            self._whole.set()
            _log.info("snapshot read")
        self._upkeep()
