"""The two modes over the same articles: full mode as a user runs it (our commands, a real Kafka and Elasticsearch), and embedded."""

import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from index.elastic import Elastic
from index.elastic_store import ElasticStore
from index.sqlite import SqliteStore
from khabar.embedded import Pipeline
from khabar.ports import Store
from khabar.schema import Article, CoverageItem, Subscription, dumps
from khabar.settings import Settings
from streams import taggers
from streams.match import Matcher
from tests.servers.elasticsearch_server import ElasticsearchServer
from tests.servers.worker import ROOT, Stream, stream, wait

NOW = datetime(2025, 1, 1, tzinfo=UTC)


class Full:
    """One test's topics and indices, and the commands on them."""

    def __init__(self, flow: Stream, elasticsearch: ElasticsearchServer) -> None:
        self.flow = flow
        self.settings = Settings(
            mode="full",
            elasticsearch_url=elasticsearch.url,
            elasticsearch_user=elasticsearch.user,
            elasticsearch_password=elasticsearch.password,
            index_prefix=f"t{flow.broker.prefix}",
        )

    def run(self, *arguments: object, status: int = 0, **changes: str) -> str:
        """Run a command of ours; return what it prints, and fail where its exit status is another."""
        names = ("mode", "elasticsearch_url", "elasticsearch_user", "elasticsearch_password", "index_prefix")
        settings = {f"KHABAR_{n.upper()}": str(getattr(self.settings, n)) for n in names}
        command = [sys.executable, "-m", "khabar", *map(str, arguments)]
        environment = self.flow.environment() | settings | changes
        done = subprocess.run(command, check=False, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300)
        assert done.returncode == status, f"{arguments} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}"
        return done.stdout + (done.stderr if status else "")

    def subscribe(self, *subscriptions: Subscription) -> None:
        """Put subscriptions on their topic."""
        with closing(self.flow.broker.producer()) as producer:
            for subscription in subscriptions:
                producer.send("subscriptions", subscription.id, dumps(subscription))

    def messages(self, topic: str, count: int) -> list[bytes]:
        """Return what is on a topic when it is at least `count` messages."""
        found: list[bytes] = []

        def look() -> list[bytes] | None:
            found.extend(r.value or b"" for r in reader.poll(1000, 0.5))
            return found if len(found) >= count and reader.at_end() else None

        with closing(self.flow.broker.consumer(None, [topic])) as reader:
            return wait(look, lambda: f"{len(found)} of {count} on {topic}\n{self.flow.logs()}")

    def index(self) -> dict[str, CoverageItem]:
        """Write what is there to Elasticsearch, and return all that it holds then."""
        self.run("index", "--once")
        with closing(ElasticStore(self.settings)) as store:
            store.refresh()
            return content(store)


@contextmanager
def full_mode(kafka: str, elasticsearch: ElasticsearchServer, home: Path) -> Iterator[Full]:
    """Give topics and indices of one's own, and take the indices away again."""
    with stream(kafka, home) as flow:
        one = Full(flow, elasticsearch)
        one.run("setup", "stores")
        yield one
    elastic, prefix = Elastic(one.settings), one.settings.index_prefix
    for name in elastic.call("GET", f"/{prefix}*") or {}:
        elastic.call("DELETE", f"/{name}")
    elastic.call("DELETE", f"/_index_template/{prefix}*", missing_ok=True)
    elastic.close()


@contextmanager
def embedded(home: Path, articles: Iterable[Article], subscriptions: Iterable[Subscription] = ()) -> Iterator[SqliteStore]:
    """Give the store that embedded mode makes of the articles."""
    with closing(SqliteStore(home / "embedded.db")) as store:
        pipeline = Pipeline(store, taggers.make("rules"), Matcher(subscriptions), lambda: NOW, days=14)
        pipeline.run(list(articles))
        yield store


def content(store: Store) -> dict[str, CoverageItem]:
    """Return all articles of a store by id."""
    items: dict[str, CoverageItem] = {}
    while hits := store.search("", size=200, offset=len(items), sort="oldest").hits:
        items |= {h.item.tagged.article.id: h.item for h in hits}
    return items


def stories(items: dict[str, CoverageItem]) -> set[frozenset[str]]:
    """Return the stories as sets of articles."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for key, item in items.items():
        found[item.story].add(key)
    return {frozenset(members) for members in found.values()}
