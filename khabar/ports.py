"""The seams of the house: what a broker, a store, a tagger and a clock promise. Adapters are chosen in one place above."""

from __future__ import annotations

from collections.abc import Callable, Iterator, MutableMapping, Sequence
from datetime import datetime
from typing import Any, Literal, Protocol, runtime_checkable

import msgspec

from khabar import schema
from khabar.schema import ActorTag, Alert, Article, CoverageItem, Framing, PollResult, Rejected, Span, Stance

Clock = Callable[[], datetime]
"""Returns the time now, timezone-aware."""

Table = MutableMapping[str, bytes]
"""A step's state: a dict, a SQLite-backed mapping or a Faust table. A step writes a key back to change it."""


@runtime_checkable
class BulkTable(Protocol):
    """A Table that gives many values sooner than one by one."""

    def get_many(self, keys: Sequence[str]) -> dict[str, bytes]:
        """Return the values of those keys that are there."""


def get_many(table: Table, keys: Sequence[str]) -> dict[str, bytes]:
    """Return the values of those keys that are in `table`, at once where it can."""
    if isinstance(table, BulkTable):
        return table.get_many(keys)
    return {key: value for key in keys if (value := table.get(key)) is not None}


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """A message as a broker holds it; `value` None is a tombstone."""

    topic: str
    key: str
    value: bytes | None
    partition: int = 0
    offset: int = -1

    @classmethod
    def of(cls, message: Any, prefix: str) -> Record:
        """Return a client library's message as ours, `prefix` cut from its topic's name."""
        return cls(
            topic=message.topic.removeprefix(prefix),
            key=(message.key or b"").decode("utf-8", "replace"),
            value=message.value,
            partition=message.partition,
            offset=message.offset,
        )

    def dead_letter(self, reason: str, *, stage: str, at: datetime) -> Rejected:
        """Return the dead letter for this record."""
        return schema.dead_letter(
            reason=reason,
            stage=stage,
            topic=self.topic,
            at=at,
            data=self.value or b"",
            key=self.key,
            partition=self.partition,
            offset=self.offset,
        )


class Producer(Protocol):
    """Sends messages. Records of one key arrive in the order sent."""

    def send(self, topic: str, key: str, value: bytes | None) -> None:
        """Queue one message; raises UnavailableError if the broker takes none for too long.

        Raises RejectedError for a message larger than schema.MAX_MESSAGE_BYTES.
        """

    def flush(self) -> None:
        """Return when the broker has acknowledged all that was sent; raises UnavailableError."""

    def close(self) -> None:
        """Flush and let go."""


class Consumer(Protocol):
    """Reads topics as one member of a group. What was polled and not committed comes again after a restart."""

    def poll(self, max_records: int, timeout: float) -> list[Record]:
        """Return up to `max_records` records, waiting at most `timeout` seconds; raises UnavailableError."""

    def commit(self) -> None:
        """Mark all that was polled as done; raises UnavailableError."""

    def close(self) -> None:
        """Leave the group without committing."""

    def at_end(self) -> bool:
        """Tell whether a member without a group has read all that its topics held when asked; raises UnavailableError."""

    def owned(self) -> frozenset[int]:
        """Return the partitions that this member reads now, of all its topics."""


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """A document that the store refused for good."""

    position: int
    id: str
    reason: str


class WriteReport(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a batch. Superseded: a later version was there already."""

    stored: int = 0
    superseded: int = 0
    refused: tuple[Refusal, ...] = ()


class Hit(msgspec.Struct, frozen=True, kw_only=True):
    """One search result; `highlights` are spans of the original text."""

    item: CoverageItem
    score: float = 0.0
    highlights: tuple[Span, ...] = ()


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """A page of results and how many there are in all."""

    total: int
    hits: tuple[Hit, ...] = ()


Sort = Literal["relevance", "newest", "oldest"]
Landed = CoverageItem | Alert | PollResult


@runtime_checkable
class Store(Protocol):
    """Where results land and are searched. Writing the same thing twice leaves the store as it was."""

    def write(self, batch: Sequence[Landed]) -> WriteReport:
        """Store a batch durably before returning; raises UnavailableError, and then nothing may be committed."""

    def search(self, query: str, *, sort: Sort = "newest", size: int = 20, offset: int = 0) -> Page:
        """Return what matches `query` (khabar.query; "" is all); raises khabar.query.QueryError, UnavailableError."""

    def scan(self, query: str) -> Iterator[CoverageItem]:
        """Yield all that matches `query`, by id, however much it is; raises as `search` does."""

    def get(self, article_id: str) -> CoverageItem | None:
        """Return the newest version of an article, or None."""

    def alerts(self, *, size: int = 50, offset: int = 0, subscription: str = "") -> list[Alert]:
        """Return alerts, newest first; of one subscription if it is given. Raises UnavailableError."""

    def polls(self) -> list[PollResult]:
        """Return the newest poll of every feed, by feed; raises UnavailableError."""

    def close(self) -> None:
        """Let go."""


class Tags(msgspec.Struct, frozen=True, kw_only=True):
    """What a tagger says of one article."""

    language: str
    about_libya: bool
    relevance: str = ""
    actors: tuple[ActorTag, ...] = ()
    stances: tuple[Stance, ...] = ()
    framing: tuple[Framing, ...] = ()


class Tagger(Protocol):
    """Tags articles. `generation` names its data and rules: another generation may tag the same article otherwise."""

    @property
    def generation(self) -> str:
        """A hash of the data files and the rules' version."""

    def tag(self, article: Article) -> Tags:
        """Return what the article says; never raises for any text."""


Json = dict[str, Any]
