"""Which feed is due when: a heap of feed ids by time, each at most once."""

from __future__ import annotations

import heapq


class Agenda:
    """Feeds by the time (seconds since the epoch) of their next poll."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, str]] = []
        self._at: dict[str, float] = {}
        self._hurried: set[str] = set()

    def plan(self, feed_id: str, at: float) -> None:
        """Plan a feed's next poll, in place of an earlier plan."""
        self._at[feed_id] = at
        heapq.heappush(self._heap, (at, feed_id))

    def planned(self, feed_id: str) -> bool:
        """Whether the feed has a plan."""
        return feed_id in self._at

    def hurry(self, feed_id: str, at: float) -> None:
        """Plan a feed for `at`; one that is out now is noted, for whoever plans it next to ask `hurried`."""
        if feed_id in self._at:
            self.plan(feed_id, at)
        else:
            self._hurried.add(feed_id)

    def hurried(self, feed_id: str) -> bool:
        """Whether somebody hurried the feed while it was out; the note is taken away."""
        there = feed_id in self._hurried
        self._hurried.discard(feed_id)
        return there

    def take_due(self, now: float) -> list[str]:
        """Return the feeds that are due, the longest overdue first, and remove their plans."""
        due: list[str] = []
        while self._heap and self._heap[0][0] <= now:
            at, feed_id = heapq.heappop(self._heap)
            if self._at.get(feed_id) == at:
                del self._at[feed_id]
                due.append(feed_id)
        return due

    def next_at(self) -> float | None:
        """Return when the next feed is due, None if none is planned."""
        while self._heap and self._at.get(self._heap[0][1]) != self._heap[0][0]:
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None
