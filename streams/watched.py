"""A gazetteer that follows its files: a changed one is taken up by a running worker, without a restart."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import structlog

from streams import gazetteer
from streams.entry import GazetteerError
from streams.gazetteer import Gazetteer

EVERY_S: Final = 2.0
"""The files are looked at no more often than this."""

log = structlog.get_logger()


class Watched:
    """Gives the gazetteer of some files (default: the shipped ones) as they are now, or as they last were sound.

    A file that does not load changes nothing but the log: `gazetteer.refused` says what is wrong, once for each change.
    `clock` returns seconds that only grow. The first load raises GazetteerError.
    """

    def __init__(
        self,
        paths: Callable[[], Sequence[Path]] = gazetteer.shipped,
        *,
        every_s: float = EVERY_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._paths = paths
        self._every_s = every_s
        self._clock = clock
        self._looked = clock()
        self._stamp = self._stamps()
        self._current = gazetteer.load(self._paths())

    @property
    def current(self) -> Gazetteer:
        """The gazetteer last given; looks at no file."""
        return self._current

    def __call__(self) -> Gazetteer:
        """Return the gazetteer to use now, after a look at the files if the last is long enough ago."""
        now = self._clock()
        if now - self._looked >= self._every_s:
            self._looked = now
            stamp = self._stamps()
            if stamp != self._stamp:
                self._stamp = stamp
                self._reload()
        return self._current

    def _stamps(self) -> tuple[tuple[str, int, int], ...]:
        found: list[tuple[str, int, int]] = []
        for path in self._paths():
            try:
                state = path.stat()
            except OSError:
                continue  # gone between listing and looking: the next stamp differs again
            found.append((str(path), state.st_mtime_ns, state.st_size))
        return tuple(found)

    def _reload(self) -> None:
        try:
            fresh = gazetteer.load(self._paths())
        except GazetteerError as e:
            log.warning("gazetteer.refused", reason=str(e), generation=self._current.generation)
            return
        if fresh is not self._current:
            fresh.forms  # noqa: B018 # compiled here, so that no article waits for it later
            log.info("gazetteer.reloaded", generation=fresh.generation, before=self._current.generation, actors=len(fresh.actors))
            self._current = fresh
