"""The writer and the real Elasticsearch when things break in between: nothing lost, nothing doubled, nothing stale."""

import os
import threading
import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from index import writer
from index.bulk import Operation
from index.elastic import Elastic
from index.elastic_store import ElasticStore
from index.sqlite import SqliteStore
from khabar import schema
from khabar.embedded import Pipeline
from khabar.errors import UnavailableError
from khabar.memory import MemoryBroker
from khabar.rows import row_of
from khabar.schema import CoverageItem
from khabar.settings import Settings
from streams.tagger import RulesTagger
from tests.index.conftest import VisibleStore
from tests.index.coverage import item, stance
from tests.index.test_aggregations import NobodyAsked
from tests.servers.elasticsearch_server import ElasticsearchServer

pytestmark = pytest.mark.services
OUTAGE_S = float(os.environ.get("OUTAGE_S", "60"))  # fewer while one works on it


@pytest.fixture
def elastic(elastic_settings: Settings):
    client = Elastic(elastic_settings)
    yield client
    client.close()


def dump(elastic: Elastic, prefix: str) -> dict[tuple[str, str], tuple[int, dict[str, Any]]]:
    """Everything in the indices: (kind, id) → (version, document)."""
    elastic.call("POST", f"/{prefix}*/_refresh")
    kept = {}
    for kind in ("articles", "stances", "alerts", "polls"):
        body = {"size": 10_000, "version": True}
        for hit in elastic.call("POST", f"/{prefix}{kind}/_search", body)["hits"]["hits"]:
            kept[kind, hit["_id"]] = (hit["_version"], hit["_source"])
    return kept


class Tap:
    """A consumer that lets through a batch at a time and says how far it came."""

    def __init__(self, broker: MemoryBroker) -> None:
        self.inner = broker.consumer("index", writer.TOPICS)
        self.committed = 0
        self.polled = 0
        self.changed = threading.Condition()

    def poll(self, most: int, timeout: float):
        records = self.inner.poll(most, timeout)
        self.polled = len(records)
        return records

    def commit(self) -> None:
        self.inner.commit()
        with self.changed:
            self.committed += self.polled
            self.changed.notify_all()

    def wait(self, count: int) -> None:
        with self.changed:
            assert self.changed.wait_for(lambda: self.committed >= count, timeout=120)

    def close(self) -> None:
        self.inner.close()


def wait_for(condition, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come to pass in time"
        time.sleep(0.1)


def test_a_while_without_elasticsearch_and_a_kill_lose_nothing(
    elasticsearch: ElasticsearchServer, elastic_store: ElasticStore, elastic_settings: Settings, elastic: Elastic, monkeypatch
) -> None:
    """Stopped in order for OUTAGE_S while the writer tries again and again; later killed in the middle of a batch."""
    waits: list[str] = []
    monkeypatch.setattr(writer.log, "warning", lambda event, **keys: waits.append(f"{event} {keys.get('why')}"))
    broker = MemoryBroker()
    text = "نص المقال عن سبها والنفط. " * 40
    items = [item(f"n{n:04}", f"خبر {n}", text, stances=(stance(f"n{n}", "x", "y"),)) for n in range(3000)]
    for landed in items:
        broker.producer().send("coverage", landed.tagged.article.id, schema.dumps(landed))
    tap, stop = Tap(broker), threading.Event()
    result: list[writer.Totals] = []
    run = threading.Thread(
        target=lambda: result.append(
            writer.run(tap, elastic_store, broker.producer(), stop, batch=50, until_idle=True, jitter=lambda: 0.2)
        )
    )
    run.start()
    tap.wait(500)
    elasticsearch.pause()
    began = time.monotonic()
    wait_for(lambda: len(waits) >= 5 and time.monotonic() - began > OUTAGE_S, OUTAGE_S + 30)
    elasticsearch.start()
    tap.wait(1500)
    elasticsearch.kill()
    elasticsearch.start()
    run.join(180)
    assert not run.is_alive()
    (totals,) = result
    assert (totals.polled, totals.stored, totals.refused) == (3000, 3000, 0)
    assert totals.retries == len(waits)
    kept = dump(elastic, elastic_settings.index_prefix)
    assert {i for kind, i in kept if kind == "articles"} == {i.tagged.article.id for i in items}
    assert {i for kind, i in kept if kind == "stances"} == {s.id for i in items for s in i.tagged.stances}
    assert broker.consumer(None, ["dead.letters"]).poll(10, 0) == []


def real_coverage(shared: Path, folder: Path, now: datetime) -> list[CoverageItem]:
    store = SqliteStore(folder / f"{now:%d}.db")
    rows = [row_of(line) for line in (shared / "data/dev/articles.jsonl").read_bytes().splitlines()]
    Pipeline(store, RulesTagger(), NobodyAsked(), lambda: now).run([r.article(r.key) for r in rows])
    items = list(store.scan(""))
    store.close()
    return items


@pytest.mark.shared
def test_a_replay_on_another_day_is_the_same_index_in_every_byte(
    shared: Path, tmp_path: Path, elastic_store: ElasticStore, elastic_settings: Settings, elastic: Elastic
) -> None:
    today = datetime.now(UTC)
    elastic_store.write(real_coverage(shared, tmp_path, today))
    first = dump(elastic, elastic_settings.index_prefix)
    elastic_store.write(real_coverage(shared, tmp_path, today))
    assert dump(elastic, elastic_settings.index_prefix) == first
    elastic_store.write(real_coverage(shared, tmp_path, today + timedelta(days=1)))
    assert dump(elastic, elastic_settings.index_prefix) == first
    assert {kind for kind, _ in first} == {"articles", "stances"}


class DiesBetween(VisibleStore):
    """Killed after the articles and before their stances, once."""

    died = False

    def _send(self, operations: Iterable[Operation]):
        operations = list(operations)
        if not self.died and any(b"-stances" in op.action for op in operations):
            self.died = True
            raise UnavailableError("elasticsearch", "here", "killed")
        return super()._send(operations)


def test_a_kill_between_an_article_and_its_stances_heals_on_redelivery(
    elastic_store: ElasticStore, elastic_settings: Settings, elastic: Elastic
) -> None:
    one = item("a", version=1, stances=(stance("a", "x", "old"), stance("a", "x", "both")))
    two = item("a", version=2, stances=(stance("a", "x", "both"), stance("a", "x", "new")))
    elastic_store.write([one])
    mortal = DiesBetween(elastic_settings)
    with pytest.raises(UnavailableError, match="killed"):
        mortal.write([two])
    assert mortal.write([two]).stored == 1
    mortal.close()
    assert targets(elastic, elastic_settings.index_prefix) == {"both", "new"}


def test_version_one_long_after_version_two_changes_nothing(
    elastic_store: ElasticStore, elastic_settings: Settings, elastic: Elastic
) -> None:
    """Elasticsearch forgets after `gc_deletes` what version a deleted stance had; the article still refuses for it."""
    prefix = elastic_settings.index_prefix
    elastic.call("PUT", f"/{prefix}stances/_settings", {"index.gc_deletes": "1ms"})
    one = item("a", "أول", version=1, stances=(stance("a", "x", "old"),))
    two = item("a", "ثان", version=2, stances=(stance("a", "x", "new"),))
    elastic_store.write([one])
    elastic_store.write([two])
    before = dump(elastic, prefix)
    assert elastic_store.write([one]).superseded == 1
    assert dump(elastic, prefix) == before
    assert targets(elastic, prefix) == {"new"}


def targets(elastic: Elastic, prefix: str) -> set[str]:
    return {source["target"] for (kind, _), (_, source) in dump(elastic, prefix).items() if kind == "stances"}
