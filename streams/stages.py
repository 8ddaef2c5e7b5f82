"""The stages of the stream between brokers: records of one topic in, messages for the next topics out.

    articles ─ TagStage ─▶ tagged ─ ClusterStage ─▶ coverage ─ MatchStage ─▶ alerts
                                         └─ signals ──────────────────────▶ alerts
        any of them ─▶ dead.letters

A stage decodes, calls the pure steps and encodes; it sends nothing and waits for nothing, so whatever carries records
(Faust in `streams.agents`) can drive it. Given the same records again it gives the same messages again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final, Generic, NamedTuple, Protocol, TypeVar

import structlog

from khabar import schema
from khabar.errors import RejectedError, UnavailableError
from khabar.ports import Clock, Record, Table, Tagger
from khabar.schema import Alert, Article, CoverageItem, Message, TaggedArticle
from streams.cluster import Clusterer
from streams.signals import Signals
from streams.versions import Dropped, DroppedLog, Unchanged, tag_step

PRUNE: Final = timedelta(hours=1)
"""How often what was dropped more than a day ago is forgotten."""

M = TypeVar("M", bound=Message)
_log = structlog.get_logger()


class Out(NamedTuple):
    """A message to send."""

    topic: str
    key: str
    value: bytes


class Stage(Generic[M]):
    """A step with its decoding and its dead letters. `name` is its consumer's, `source` the topic that it reads."""

    name: str
    source: str
    kind: type[M]

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def step(self, batch: Sequence[M], counts: Counter[str]) -> list[Out]:
        """Return what follows from the messages, in their order; note in `counts` what goes no further."""
        raise NotImplementedError

    def run(self, records: Sequence[Record]) -> list[Out]:
        """Return what follows from a batch of records: a bad one gives a dead letter and does not hold up the others.

        Raises UnavailableError where a step does: then the same batch may be run again.
        """
        counts: Counter[str] = Counter()
        good: list[tuple[Record, M]] = []
        out: list[Out] = []
        for record in records:
            try:
                good.append((record, schema.loads(record.value or b"", self.kind)))
            except RejectedError as e:
                out.append(self._dead(record, e.reason))
        out += self._steps(good, counts)
        out = [self._checked(o) for o in out]
        sent = Counter(o.topic for o in out)
        dead = sent.pop("dead.letters", 0)
        _log.info("stage", stage=self.name, read=len(records), sent=sent.total(), dead=dead, **counts)
        return out

    def _steps(self, good: Sequence[tuple[Record, M]], counts: Counter[str]) -> list[Out]:
        try:
            return self.step([message for _, message in good], counts)
        except UnavailableError:
            raise
        except Exception as e:  # noqa: BLE001  # a fault of ours in one message must not stop the stream
            if len(good) > 1:  # find the one that it is about
                counts.clear()
                return [o for one in good for o in self._steps([one], counts)]
            record, _ = good[0]
            reason = e.reason if isinstance(e, RejectedError) else f"{self.name} failed: {type(e).__name__}: {e}"
            _log.exception("a step failed", stage=self.name, key=record.key)
            return [self._dead(record, reason)]

    def _checked(self, out: Out) -> Out:
        if len(out.value) <= schema.MAX_MESSAGE_BYTES:
            return out
        reason = f"a message of {len(out.value)} bytes for {out.topic} is larger than the {schema.MAX_MESSAGE_BYTES} it takes"
        return self._dead(Record(topic=out.topic, key=out.key, value=out.value), reason)

    def _dead(self, record: Record, reason: str) -> Out:
        _log.warning("dead letter", stage=self.name, topic=record.topic, key=record.key, reason=reason)
        letter = record.dead_letter(reason, stage=self.name, at=self._clock())
        return Out("dead.letters", record.key, schema.dumps(letter))


class TagStage(Stage[Article]):
    """Language, relevance, actors, stances, versions. Articles that are not about Libya end here, kept a day for audit."""

    name, source, kind = "tag", "articles", Article

    def __init__(self, tagger: Tagger, history: Table, dropped: Table, clock: Clock) -> None:
        super().__init__(clock)
        self._tagger, self._history = tagger, history
        self._dropped = DroppedLog(dropped)
        self._pruned: datetime | None = None

    def step(self, batch: Sequence[Article], counts: Counter[str]) -> list[Out]:
        """Return the tagged articles of a batch."""
        out: list[Out] = []
        for article in batch:
            match outcome := tag_step(article, self._tagger, self._history):
                case TaggedArticle():
                    out.append(Out("tagged", article.id, schema.dumps(outcome)))
                case Dropped():
                    counts["dropped"] += 1
                    self._dropped.add(outcome, self._clock())
                    _log.debug("not about Libya", article=article.id, outlet=article.outlet, reason=outcome.reason)
                case Unchanged():
                    counts["unchanged"] += 1
                    _log.debug("no new version", article=article.id, outlet=article.outlet, why=outcome.why)
        self._prune()
        return out

    def _prune(self) -> None:
        now = self._clock()
        if self._pruned is None or now - self._pruned >= PRUNE:
            self._dropped.prune(now)
            self._pruned = now


class ClusterStage(Stage[TaggedArticle]):
    """Stories and copies. One owner sees every article; `reload` when its table was filled from elsewhere.

    That owner also notes the signals (spikes, what is new, who is silent): they too need all articles in one place.
    """

    name, source, kind = "cluster", "tagged", TaggedArticle

    def __init__(self, stories: Table, clock: Clock, *, days: int, signals: Signals | None = None) -> None:
        super().__init__(clock)
        self._signals = signals
        self._clusterer = Clusterer(stories, days=days)
        self.reload: Callable[[], None] = self._clusterer.reload

    def step(self, batch: Sequence[TaggedArticle], counts: Counter[str]) -> list[Out]:
        """Return the batch with its stories."""
        items = self._clusterer.cluster(batch, self._clock())
        counts["copies"] += sum(item.copy_of is not None for item in items)
        out = [Out("coverage", item.tagged.article.id, schema.dumps(item)) for item in items]
        told = [a for item in items for a in self._signals.observe(item)] if self._signals else []
        return out + [Out("alerts", a.subscription, schema.dumps(a)) for a in told]


class Matcher(Protocol):
    """Says whom an article concerns."""

    def match(self, item: CoverageItem) -> Sequence[Alert]:
        """Return the alerts of one article."""


class MatchStage(Stage[CoverageItem]):
    """Alerts by subscription."""

    name, source, kind = "match", "coverage", CoverageItem

    def __init__(self, matcher: Matcher, clock: Clock) -> None:
        super().__init__(clock)
        self._matcher = matcher

    def step(self, batch: Sequence[CoverageItem], counts: Counter[str]) -> list[Out]:  # noqa: ARG002  # nothing ends here uncounted
        """Return the alerts that a batch raises."""
        return [Out("alerts", a.subscription, schema.dumps(a)) for item in batch for a in self._matcher.match(item)]
