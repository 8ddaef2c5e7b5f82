"""What a real Elasticsearch does not take: said by name, parked or tried again as is right."""

import threading
from datetime import UTC, datetime

import msgspec
import pytest

from index import setup, writer
from index.elastic import Elastic
from index.elastic_store import ElasticStore
from khabar import schema
from khabar.errors import UnavailableError
from khabar.memory import MemoryBroker
from khabar.schema import Rejected
from khabar.settings import Settings
from tests.index.conftest import prepare
from tests.index.coverage import T0, item

pytestmark = pytest.mark.services


@pytest.fixture
def elastic(elastic_settings: Settings):
    client = Elastic(elastic_settings)
    yield client
    client.close()


def closed_index(elastic: Elastic, prefix: str) -> None:
    elastic.call("POST", f"/{prefix}articles-000001/_close")


def read_only(elastic: Elastic, prefix: str) -> None:
    elastic.call("PUT", f"/{prefix}articles-000001/_settings", {"index.blocks.write": True})


def flooded_disk(elastic: Elastic, prefix: str) -> None:
    """The block that the server sets on every index of a node whose disk passes the flood-stage watermark."""
    elastic.call("PUT", f"/{prefix}articles-000001/_settings", {"index.blocks.read_only_allow_delete": True})


def no_alias(elastic: Elastic, prefix: str) -> None:
    elastic.call("DELETE", f"/{prefix}articles-000001")


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        (closed_index, "index_closed_exception|closed"),
        (read_only, "cluster_block_exception"),
        (flooded_disk, "cluster_block_exception.*(read-only|flood|disk)"),
        (no_alias, "index_not_found_exception|no such index|alias"),
    ],
)
def test_a_trouble_of_the_index_is_named_and_nothing_is_committed(
    elastic_store: ElasticStore, elastic_settings: Settings, elastic: Elastic, trouble, said: str
) -> None:
    trouble(elastic, elastic_settings.index_prefix)
    with pytest.raises(UnavailableError, match=said):
        elastic_store.write([item("a")])


def test_a_wrong_key_and_a_wrong_password_are_named_without_being_shown(elastic_settings: Settings) -> None:
    prepare(elastic_settings)
    for wrong in (
        msgspec.structs.replace(elastic_settings, elasticsearch_api_key="bm9zdWNoOnNlY3JldHNlY3JldA=="),
        msgspec.structs.replace(elastic_settings, elasticsearch_password="not-it-at-all"),
    ):
        store = ElasticStore(wrong)
        with pytest.raises(UnavailableError, match="key or password is wrong") as caught:
            store.write([item("a")])
        assert "bm9zdWNo" not in str(caught.value)
        assert "not-it-at-all" not in str(caught.value)
        store.close()


def test_nobody_there_is_named(elastic_settings: Settings) -> None:
    store = ElasticStore(msgspec.structs.replace(elastic_settings, elasticsearch_url="http://127.0.0.1:9"))
    with pytest.raises(UnavailableError, match=r"elasticsearch at http://127\.0\.0\.1:9 is unavailable"):
        store.write([item("a")])
    store.close()


def test_a_mapping_conflict_is_parked_and_its_neighbours_land(elastic_settings: Settings, elastic: Elastic) -> None:
    """Somebody made the index by hand with another type: what fits lands, what does not is a dead letter with the reason."""
    prefix = elastic_settings.index_prefix
    properties = {"title": {"type": "integer"}, "id": {"type": "keyword"}, "moment": {"type": "date"}}
    body = {"mappings": {"properties": properties}, "aliases": {f"{prefix}articles": {"is_write_index": True}}}
    elastic.call("PUT", f"/{prefix}articles-000001", body)
    setup.put_stores(elastic, prefix)
    store = ElasticStore(elastic_settings)
    broker = MemoryBroker()
    for landed in (item("a", "12"), item("b", "ليس رقما"), item("c", "13")):
        broker.producer().send("coverage", landed.tagged.article.id, schema.dumps(landed))
    consumer = broker.consumer("index", writer.TOPICS)
    totals = writer.run(consumer, store, broker.producer(), threading.Event(), until_idle=True, poll_s=0, clock=lambda: T0)
    assert (totals.stored, totals.refused) == (2, 1)
    (record,) = broker.consumer(None, ["dead.letters"]).poll(10, 0)
    letter = schema.loads(record.value, Rejected)
    assert letter.key == "b"
    assert "document_parsing_exception" in letter.reason
    assert "title" in letter.reason
    store.close()


def test_an_oversize_document_is_parked_and_its_neighbours_land(elastic_store: ElasticStore) -> None:
    """No topic carries 4 MB, so only a direct write can ask this: the server takes no request over 100 MB."""
    huge = item("huge", "كبير", "." * (55 * 1024 * 1024))
    report = elastic_store.write([item("a"), huge, item("b")])
    assert [r.id for r in report.refused] == ["huge"]
    assert "larger than Elasticsearch takes" in report.refused[0].reason
    assert report.stored == 2


def test_a_date_that_cannot_be_is_parked(elastic_store: ElasticStore) -> None:
    strange = item("far")
    article = msgspec.structs.replace(strange.tagged.article, url="x" * 40_000, title="ع" * 40_000)
    far = msgspec.structs.replace(strange, tagged=msgspec.structs.replace(strange.tagged, article=article))
    assert elastic_store.write([far]).refused == ()
    assert elastic_store.get("far") == far
    old = msgspec.structs.replace(article, published=datetime(1, 1, 1, tzinfo=UTC))
    ancient = msgspec.structs.replace(strange, tagged=msgspec.structs.replace(strange.tagged, article=old))
    assert elastic_store.write([ancient]).stored == 1
