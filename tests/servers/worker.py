"""Our Faust worker as its own process, and what it must do to a stream of small articles."""

import os
import signal
import subprocess
import sys
import time
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from khabar.errors import UnavailableError
from khabar.kafka import KafkaBroker, create_topics
from khabar.schema import Article, CoverageItem, content_hash, dumps, loads

ROOT = Path(__file__).resolve().parents[2]
PARTITIONS = 4
DEADLINE_S = 120
T = TypeVar("T")


class Stream:
    """The topics of one test, under a prefix of their own."""

    def __init__(self, bootstrap: str, home: Path) -> None:
        self.broker = KafkaBroker(bootstrap, prefix=f"{uuid.uuid4().hex[:8]}-")
        self.home = home
        create_topics(self.broker, PARTITIONS)
        self._workers: list[Worker] = []
        self._reader = self.broker.consumer(None, ["coverage"])
        self._items: defaultdict[str, list[CoverageItem]] = defaultdict(list)

    def environment(self) -> dict[str, str]:
        """Return the settings under which our commands use this stream."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith("KHABAR_")}
        return kept | {
            "KHABAR_KAFKA_BOOTSTRAP": self.broker.bootstrap,
            "KHABAR_TOPIC_PREFIX": self.broker.prefix,
            "KHABAR_PARTITIONS": str(PARTITIONS),
            "KHABAR_DATA_DIR": str(self.home),
        }

    def worker(self) -> "Worker":
        """Start a worker."""
        self._workers.append(Worker(self.environment(), self.home / f"worker-{len(self._workers)}.log"))
        return self._workers[-1]

    def send(self, articles: Iterable[Article]) -> None:
        """Send articles and wait until the broker has them."""
        producer = self.broker.producer()
        for article in articles:
            producer.send("articles", article.id, dumps(article))
        producer.flush()
        producer.close()

    def coverage(self) -> dict[str, list[CoverageItem]]:
        """Return all that is on `coverage` now, by article."""
        while not self._reader.at_end() or not self._items:
            records = self._reader.poll(1000, 0.5)
            for record in records:
                self._items[record.key].append(loads(record.value or b"", CoverageItem))
            if not records:
                break
        return self._items

    def wait_for(self, count: int) -> dict[str, list[CoverageItem]]:
        """Return the coverage when it holds `count` articles; raises AssertionError when it does not in time."""
        return wait(
            lambda: self._at_least(count),
            lambda: f"{len(self.coverage())} of {count} articles came out\n{self.logs()}",
        )

    def _at_least(self, count: int) -> dict[str, list[CoverageItem]] | None:
        assert any(w.running() for w in self._workers), f"no worker runs\n{self.logs()}"
        seen = self.coverage()
        return seen if len(seen) >= count else None

    def logs(self) -> str:
        return "\n".join(w.log.read_text(encoding="utf-8", errors="replace")[-3000:] for w in self._workers)

    def close(self) -> None:
        for worker in self._workers:
            worker.kill()
        self._reader.close()


class Worker:
    """`faust -A streams.app worker` as a user starts it."""

    def __init__(self, environment: dict[str, str], log: Path) -> None:
        self.log = log
        command = [sys.executable, "-m", "faust", "-A", "streams.app", "worker", "--without-web", "-l", "warn"]
        with log.open("wb") as out:
            self._child = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=subprocess.STDOUT)

    def running(self) -> bool:
        return self._child.poll() is None

    def kill(self) -> None:
        """End it as a power cut would."""
        self._child.kill()
        self._child.wait(30)

    def terminate(self) -> int:
        """Ask it to end; return its exit status. Raises AssertionError where it does not."""
        self._child.send_signal(signal.SIGTERM)
        try:
            return self._child.wait(60)
        except subprocess.TimeoutExpired:
            log = self.log.read_text(encoding="utf-8", errors="replace")[-3000:]
            raise AssertionError(f"a worker that was asked to end runs on\n{log}") from None


def wait(look: Callable[[], T | None], say: Callable[[], str]) -> T:
    """Return the first thing that `look` sees; raises AssertionError with what `say` says when it sees none in time."""
    deadline = time.monotonic() + DEADLINE_S
    while time.monotonic() < deadline:
        with suppress(UnavailableError):  # a broker that is being started again
            if (seen := look()) is not None:
                return seen
        time.sleep(0.2)
    raise AssertionError(say())


@contextmanager
def stream(bootstrap: str, home: Path) -> Iterator[Stream]:
    """Give a Stream and end what it started."""
    one = Stream(bootstrap, home)
    try:
        yield one
    finally:
        one.close()


def articles(count: int, *, first: int = 0) -> list[Article]:
    """Return small articles about Libya, each of its own words."""
    at = datetime(2024, 5, 1, tzinfo=UTC)
    made = []
    for n in range(first, first + count):
        words = " ".join(f"كلمة{n}{chr(0x0628 + i)}" for i in range(25))
        text = f"قالت الحكومة الليبية في طرابلس {words}"
        fetched = at + timedelta(seconds=n)
        made.append(
            Article(
                id=f"n{n:05}", title=f"خبر {n}", text=text, fetched_at=fetched, content_hash=content_hash("", text), outlet="one"
            )
        )
    return made
