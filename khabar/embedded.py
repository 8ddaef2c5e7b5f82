"""The whole stream in one process: a plain loop over an in-memory broker and one SQLite file.

    feed ─ poll ─▶ articles ─ tag ─▶ tagged ─ cluster ─▶ coverage ─┬─ land ──▶ SQLite ─▶ desk, search
                               │                                   └─ match ─▶ alerts ─ land ─▶ SQLite, pending ─▶ notify
                               └─ not about Libya ─▶ dropped (kept a day)
    any stage ─▶ dead.letters ─ land ─▶ SQLite

`Pipeline.run` is that picture as code: each stage reads its topic to the end and sends to the next. All that a run changes
(articles, alerts, dead letters, the steps' tables, and what the caller saves in `also`, such as the feed's state) is one SQLite
transaction. After a `kill -9` at any point either all of it is there or none; then the feed is simply polled again, and what
was stored is stored as it was. The broker has no disk and needs none: it is empty before a run and after it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final, Protocol, TypeVar

import structlog

from index.sqlite import SqliteStore
from khabar import schema
from khabar.errors import KhabarError, RejectedError
from khabar.memory import MemoryBroker
from khabar.ports import Clock, Landed, Record, Tagger
from khabar.schema import Alert, Article, CoverageItem, Message, Rejected, TaggedArticle
from streams.cluster import Clusterer
from streams.versions import Dropped, DroppedLog, Outcome, Unchanged, tag_step

BATCH: Final = 200
"""How many messages a stage takes at a time."""
PRUNE: Final = timedelta(hours=1)
"""How often what was dropped more than a day ago is forgotten."""

_log = structlog.get_logger()
M = TypeVar("M", bound=Message)
S = TypeVar("S")
T = TypeVar("T")


class Matcher(Protocol):
    """Says whom an article concerns."""

    def match(self, item: CoverageItem) -> Sequence[Alert]:
        """Return the alerts of one article."""


class NobodyAsked:
    """The matcher where there are no subscriptions."""

    def match(self, item: CoverageItem) -> Sequence[Alert]:  # noqa: ARG002  # the port's argument
        """Return no alert."""
        return ()


class Pipeline:
    """The stages, their state and the store, for one thread. `run` may be called as often as articles come."""

    def __init__(
        self, store: SqliteStore, tagger: Tagger, *, clock: Clock, matcher: Matcher | None = None, days: int = 14
    ) -> None:
        self._store, self._tagger, self._clock = store, tagger, clock
        self.matcher: Matcher = matcher or NobodyAsked()
        self._history = store.table("versions")
        self._dropped = DroppedLog(store.table("dropped"))
        self._clusterer = Clusterer(store.table("stories"), days=days)
        self._pruned: datetime | None = None
        self._connect()

    def _connect(self) -> None:
        """Take a broker that holds nothing, and a reader for each stage."""
        self._broker = MemoryBroker(partitions=1)  # one partition: the stages see articles in the order they came
        self._producer = self._broker.producer()
        self._readers = {
            stage: self._broker.consumer(stage, [topic])
            for stage, topic in (
                ("tag", "articles"),
                ("cluster", "tagged"),
                ("land", "coverage"),
                ("match", "coverage"),
                ("alert", "alerts"),
                ("bury", "dead.letters"),
            )
        }

    def run(self, articles: Sequence[Article], also: Callable[[], None] = lambda: None) -> Counter[str]:
        """Take articles through all stages, and do what `also` does, in one transaction; return what was counted.

        Raises UnavailableError if the store cannot be written; then nothing was, and the same call may be made again.
        """
        self._counts: Counter[str] = Counter()
        try:
            with self._store.transaction():
                for article in articles:
                    self._send("articles", article.id, article)
                self._tag()
                self._cluster()
                self._land()
                self._match()
                self._alert()
                self._bury()
                self._prune()
                also()
        except BaseException:
            self._connect()
            self._clusterer.reload()
            raise
        self._broker.trim()
        counts, self._counts = self._counts, Counter()
        _log.info("processed", **{k: counts[k] for k in ("articles", "stored", "dropped", "alerts", "dead")})
        return counts

    def _tag(self) -> None:
        for record, article in self._messages("tag", Article):
            self._count("articles")
            outcome = self._try("tag", record, lambda a: tag_step(a, self._tagger, self._history), article)
            if outcome is not None:
                self._tagged(outcome)

    def _tagged(self, outcome: Outcome) -> None:
        match outcome:
            case TaggedArticle():
                self._send("tagged", outcome.article.id, outcome)
            case Dropped():
                self._dropped.add(outcome, self._clock())
                self._count("dropped")
                _log.debug("not about Libya", article=outcome.id, outlet=outcome.outlet, reason=outcome.reason)
            case Unchanged():
                self._count("unchanged")
                _log.debug("no new version", article=outcome.id, outlet=outcome.outlet, why=outcome.why)

    def _cluster(self) -> None:
        for batch in self._batches("cluster", TaggedArticle):
            for item in self._clusterer.cluster([tagged for _, tagged in batch], self._clock()):
                self._count("copies", item.copy_of is not None)
                self._send("coverage", item.tagged.article.id, item)

    def _land(self) -> None:
        for batch in self._batches("land", CoverageItem):
            self._write("land", batch)

    def _match(self) -> None:
        for record, item in self._messages("match", CoverageItem):
            for alert in self._try("match", record, self.matcher.match, item) or ():
                self._send("alerts", alert.subscription, alert)

    def _alert(self) -> None:
        pending = self._store.table("pending-alerts")
        for record, alert in self._messages("alert", Alert):
            if self._write("alert", [(record, alert)]):  # written with "create": the second of an id is no news
                pending[alert.id] = schema.dumps(alert)
                self._count("alerts")

    def _bury(self) -> None:
        for _, letter in self._messages("bury", Rejected):
            self._store.bury(letter)

    def _prune(self) -> None:
        now = self._clock()
        if self._pruned is None or now - self._pruned >= PRUNE:
            self._dropped.prune(now)
            self._pruned = now

    def _write(self, stage: str, batch: Sequence[tuple[Record, Landed]]) -> int:
        report = self._store.write([landed for _, landed in batch])
        for refusal in report.refused:
            self._reject(stage, batch[refusal.position][0], refusal.reason)
        self._count("stored" if stage == "land" else "alerts stored", report.stored)
        self._count("superseded", report.superseded)
        return report.stored

    def _messages(self, stage: str, kind: type[M]) -> Iterator[tuple[Record, M]]:
        """Yield what is left on the stage's topic; what is no such message goes to the dead letters."""
        reader = self._readers[stage]
        while records := reader.poll(BATCH, 0):
            for record in records:
                message = self._try(stage, record, lambda r: schema.loads(r.value or b"", kind), record)
                if message is not None:
                    yield record, message
            reader.commit()

    def _batches(self, stage: str, kind: type[M]) -> Iterator[list[tuple[Record, M]]]:
        batch: list[tuple[Record, M]] = []
        for message in self._messages(stage, kind):
            batch.append(message)
            if len(batch) == BATCH:
                yield batch
                batch = []
        if batch:
            yield batch

    def _try(self, stage: str, record: Record, step: Callable[[S], T], message: S) -> T | None:
        """Return what the step gives, or None after a dead letter: one article's trouble is not its neighbours'."""
        try:
            return step(message)
        except RejectedError as e:
            self._reject(stage, record, e.reason)
        except KhabarError:
            raise  # unavailable: the whole run is tried again later
        except Exception as e:  # noqa: BLE001  # a fault of ours in one article must not stop the stream
            _log.exception("a step failed", stage=stage, key=record.key)
            self._reject(stage, record, f"{stage} failed: {type(e).__name__}: {e}")
        return None

    def _send(self, topic: str, key: str, message: Message) -> None:
        data = schema.dumps(message)
        try:
            self._producer.send(topic, key, data)
        except RejectedError as e:
            self._reject("send", Record(topic=topic, key=key, value=data), e.reason)

    def _reject(self, stage: str, record: Record, reason: str) -> None:
        self._count("dead")
        _log.warning("dead letter", stage=stage, topic=record.topic, key=record.key, reason=reason)
        letter = schema.dead_letter(
            reason=reason,
            stage=stage,
            topic=record.topic,
            at=self._clock(),
            data=record.value or b"",
            key=record.key,
            partition=record.partition,
            offset=record.offset,
        )
        self._producer.send("dead.letters", record.key, schema.dumps(letter))

    def _count(self, what: str, by: int = 1) -> None:
        self._counts[what] += by
