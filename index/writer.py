"""The writer: poll → write → dead letters → commit. What is not written is never committed.

Where the store or the broker is unavailable it waits, each time longer, and tries the same batch again; it polls no more
meanwhile, and so the broker keeps what comes. A document refused for good goes to the dead letters, its neighbours land.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Final, TypeVar

import msgspec
import structlog

from khabar import schema
from khabar.errors import RejectedError, UnavailableError
from khabar.ports import Clock, Consumer, Landed, Producer, Record, Store
from khabar.schema import Alert, CoverageItem, PollResult, Rejected

log = structlog.get_logger()

TYPES: Final[dict[str, type[CoverageItem | Alert | PollResult]]] = {
    "coverage": CoverageItem,
    "alerts": Alert,
    "polls": PollResult,
}
TOPICS: Final = tuple(TYPES)
"""What the writer reads."""
BATCH: Final = 1000
FIRST_WAIT_S, LONGEST_WAIT_S = 0.5, 30.0
STAGE: Final = "index"
T = TypeVar("T")


class Totals(msgspec.Struct, kw_only=True):
    """What one run of the writer did: messages by what became of them, and how often it had to try again."""

    polled: int = 0
    stored: int = 0
    superseded: int = 0
    refused: int = 0
    tombstones: int = 0
    retries: int = 0


def run(
    consumer: Consumer,
    store: Store,
    producer: Producer,
    stop: threading.Event,
    *,
    batch: int = BATCH,
    poll_s: float = 0.5,
    until_idle: bool = False,
    clock: Clock = lambda: datetime.now(UTC),
    jitter: Callable[[], float] = lambda: 1.0,
) -> Totals:
    """Write what arrives until `stop` is set (or, with `until_idle`, until nothing more comes); return the totals.

    A batch under way when `stop` is set is finished and committed, unless the store is unavailable: then it is left
    uncommitted for the next run. `jitter` returns the factor of each wait. The caller closes what it opened.
    """
    totals = Totals()
    patience = _Patience(stop, jitter, totals)
    while not stop.is_set():
        records = patience.insist(lambda: consumer.poll(batch, poll_s))
        if records:
            started = time.monotonic()
            done = patience.insist(partial(land, records, store, producer, clock))
            if done is None or patience.insist(partial(_commit, consumer)) is None:
                break
            _add(totals, done, started)
        elif until_idle and records is not None:
            break
    return totals


class _Patience:
    """Tries again, each time after a longer wait, until it works or the run is to end."""

    def __init__(self, stop: threading.Event, jitter: Callable[[], float], totals: Totals) -> None:
        self._stop, self._jitter, self._totals = stop, jitter, totals

    def insist(self, attempt: Callable[[], T]) -> T | None:
        """Return what `attempt` returns; None if `stop` was set while it was unavailable."""
        wait = FIRST_WAIT_S
        while True:
            try:
                return attempt()
            except UnavailableError as e:
                self._totals.retries += 1
                log.warning("index.waiting", what=e.what, where=e.where, why=e.why, retry_s=round(wait, 2))
            if self._stop.wait(wait * self._jitter()):
                return None
            wait = min(wait * 2, LONGEST_WAIT_S)


def land(records: Sequence[Record], store: Store, producer: Producer, clock: Clock) -> Totals:
    """Write a batch and send what is refused to the dead letters; return when both are durable. Raises UnavailableError."""
    kept: list[tuple[Record, Landed]] = []
    dead: list[Rejected] = []
    for record in records:
        if record.value is None:
            continue
        try:
            kept.append((record, schema.loads(record.value, TYPES[record.topic])))
        except RejectedError as e:
            dead.append(record.dead_letter(e.reason, stage=STAGE, at=clock()))
    report = store.write([landed for _, landed in kept])
    dead += [kept[r.position][0].dead_letter(r.reason, stage=STAGE, at=clock()) for r in report.refused]
    for letter in dead:
        producer.send("dead.letters", letter.key, schema.dumps(letter))
        log.warning("index.refused", topic=letter.topic, partition=letter.partition, offset=letter.offset, reason=letter.reason)
    if dead:
        producer.flush()
    return Totals(
        polled=len(records),
        stored=report.stored,
        superseded=report.superseded,
        refused=len(dead),
        tombstones=sum(1 for r in records if r.value is None),
    )


def _commit(consumer: Consumer) -> bool:
    consumer.commit()
    return True


def _add(totals: Totals, done: Totals, started: float) -> None:
    for name in ("polled", "stored", "superseded", "refused", "tombstones"):
        setattr(totals, name, getattr(totals, name) + getattr(done, name))
    counts = {k: v for k, v in msgspec.structs.asdict(done).items() if k != "retries"}
    log.info("index.batch", **counts, seconds=round(time.monotonic() - started, 3))
