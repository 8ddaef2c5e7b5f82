"""The whole stream in one process: a plain loop over an in-memory broker and one SQLite file.

    feed ─ poll ─▶ articles ─ tag ─▶ tagged ─ cluster ─▶ coverage ─┬─ land ──▶ SQLite ─▶ desk, search
                               │                         │         └─ match ─▶ alerts ─┬─ land ──▶ SQLite
                               │                         └─ signals ─────────────▲     └─ pending ─▶ notify
                               └─ not about Libya ─▶ dropped (kept a day)
    any stage ─▶ dead.letters ─ land ─▶ SQLite

`Pipeline.run` is that picture as code: each stage reads its topic to the end and sends what follows. The stages are the ones
that Faust drives in full mode. All that a run changes (articles, alerts, dead letters, the stages' tables, and what the caller
saves in `also`, such as the feed's state) is one SQLite transaction. After a `kill -9` at any point either all of it is there or
none; then the feed is simply polled again. The broker has no disk and needs none: it is empty before a run and after it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing, suppress
from functools import partial
from typing import Any, Final

import structlog

from index.sqlite import SqliteStore
from index.writer import land
from ingest.model import Polled
from ingest.poller import Poller
from khabar import schema
from khabar.errors import RejectedError
from khabar.memory import MemoryBroker
from khabar.ports import Clock, Record, Tagger
from khabar.schema import Alert, Article, PollResult, Rejected
from streams.match import Matcher
from streams.signals import Signals
from streams.stages import ClusterStage, MatchStage, Stage, TagStage

BATCH: Final = 200
"""How many messages a stage takes at a time."""
PENDING: Final = "pending-alerts"
"""The table (alert id → alert) of what `notify` has not taken yet."""

_log = structlog.get_logger()


class Pipeline:
    """The stages, their state and the store, for one thread. `run` may be called as often as articles come."""

    def __init__(self, store: SqliteStore, tagger: Tagger, matcher: Matcher, clock: Clock, *, days: int = 14) -> None:
        self._store, self._clock = store, clock
        self.signals = Signals(store.table("signals"))
        self._cluster = ClusterStage(store.table("stories"), clock, days=days, signals=self.signals)
        self._stages: tuple[Stage[Any], ...] = (
            TagStage(tagger, store.table("versions"), store.table("dropped"), clock),
            self._cluster,
            MatchStage(matcher, clock),
        )
        self._connect()

    def _connect(self) -> None:
        """Take a broker that holds nothing, with a reader for each stage, one for the store and one for the dead letters."""
        self._broker = MemoryBroker(partitions=1)  # one partition: every stage sees articles in the order they came
        self._producer = self._broker.producer()
        self._readers = {stage.name: self._broker.consumer(stage.name, [stage.source]) for stage in self._stages}
        self._landing = self._broker.consumer("land", ["coverage", "alerts", "polls"])
        self._dead = self._broker.consumer("dead", ["dead.letters"])

    def run(
        self, articles: Sequence[Article], *, polls: Sequence[PollResult] = (), also: Callable[[], None] = lambda: None
    ) -> Counter[str]:
        """Take articles and poll results through all stages, and do what `also` does, in one transaction.

        Returns how many messages came by each topic, and `stored` and `superseded` of what landed. Raises UnavailableError
        if the store cannot be written; then nothing was, and the same call may be made again.
        """
        try:
            with self._store.transaction():
                counts = self._run(articles, polls)
                also()
        except BaseException:
            self._connect()
            self._cluster.reload()  # its index knows articles that the table has forgotten again
            raise
        self._broker.trim()
        _log.info("processed", **counts)
        return counts

    def _run(self, articles: Sequence[Article], polls: Sequence[PollResult]) -> Counter[str]:
        counts: Counter[str] = Counter()
        for article in articles:
            try:
                self._send(counts, "articles", article.id, schema.dumps(article))
            except UnicodeEncodeError as e:  # half a surrogate pair, which no JSON can carry
                self._refuse("articles", article.id, repr(article).encode("utf-8", "backslashreplace"), str(e))
        for poll in polls:
            self._send(counts, "polls", poll.feed, schema.dumps(poll))
        for stage in self._stages:
            reader = self._readers[stage.name]
            while records := reader.poll(BATCH, 0):
                for out in stage.run(records):
                    self._send(counts, *out)
                reader.commit()
        while records := self._landing.poll(BATCH, 0):
            self._land(counts, records)
            self._landing.commit()
        while records := self._dead.poll(BATCH, 0):
            for record in records:
                self._store.bury(schema.loads(record.value or b"", Rejected))
            counts["dead.letters"] += len(records)
            self._dead.commit()
        return counts

    def _land(self, counts: Counter[str], records: Sequence[Record]) -> None:
        done = land(records, self._store, self._producer, self._clock)
        counts["stored"] += done.stored
        counts["superseded"] += done.superseded
        pending = self._store.table(PENDING)
        for record in records:
            if record.topic == "alerts":
                with suppress(RejectedError):  # then `land` has made a dead letter of it
                    pending[schema.loads(record.value or b"", Alert).id] = record.value or b""

    def _send(self, counts: Counter[str], topic: str, key: str, value: bytes) -> None:
        try:
            self._producer.send(topic, key, value)
        except RejectedError as e:
            self._refuse(topic, key, value, e.reason)
            return
        if topic != "dead.letters":  # counted when they are buried, as the store's own are
            counts[topic] += 1

    def _refuse(self, topic: str, key: str, value: bytes, reason: str) -> None:
        _log.warning("dead letter", stage="send", topic=topic, key=key, reason=reason)
        letter = schema.dead_letter(reason=reason, stage="send", topic=topic, at=self._clock(), data=value, key=key)
        self._producer.send("dead.letters", key, schema.dumps(letter))


async def follow(
    polls: AsyncGenerator[Polled, None], poller: Poller, pipeline: Pipeline, after: Callable[[], None]
) -> Counter[str]:
    """Take each feed's poll through the pipeline, its new state in the same transaction; call `after` when that is done.

    Returns the sum of what `Pipeline.run` counts. Raises UnavailableError: then that feed's state is not saved, and the
    next poll brings its articles again.
    """
    total: Counter[str] = Counter()
    async with aclosing(polls):  # what it has under way ends before anybody polls again
        async for polled in polls:
            total += pipeline.run(polled.articles, polls=[polled.result], also=partial(poller.save, polled))
            after()
    return total
