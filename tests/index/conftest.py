"""The real Elasticsearch as this room's tests use it: a prefix of its own for each test, and nothing left behind."""

import secrets
from collections.abc import Iterator, Sequence

import pytest

from index import setup
from index.elastic import Elastic
from index.elastic_store import ElasticStore
from khabar.ports import Landed, WriteReport
from khabar.settings import Settings
from tests.servers.elasticsearch_server import ElasticsearchServer


class VisibleStore(ElasticStore):
    """The store, but what was written is seen by the next search, not within a second."""

    def write(self, batch: Sequence[Landed]) -> WriteReport:
        report = super().write(batch)
        self.refresh()
        return report


@pytest.fixture
def elastic_settings(elasticsearch: ElasticsearchServer) -> Iterator[Settings]:
    """Settings for the real server, as a superuser, with a prefix of the test's own."""
    settings = Settings(
        elasticsearch_url=elasticsearch.url,
        elasticsearch_user=elasticsearch.user,
        elasticsearch_password=elasticsearch.password,
        index_prefix=f"t{secrets.token_hex(4)}-",
    )
    yield settings
    remove(settings)


@pytest.fixture
def elastic_store(elastic_settings: Settings) -> Iterator[ElasticStore]:
    """A store over aliases just made."""
    prepare(elastic_settings)
    store = VisibleStore(elastic_settings)
    yield store
    store.close()


def prepare(settings: Settings) -> None:
    """Make templates and aliases."""
    elastic = Elastic(settings)
    setup.put_stores(elastic, settings.index_prefix)
    elastic.close()


def remove(settings: Settings) -> None:
    """Delete this prefix's indices and templates."""
    elastic = Elastic(settings)
    for name in elastic.call("GET", f"/{settings.index_prefix}*") or {}:
        elastic.call("DELETE", f"/{name}")
    elastic.call("DELETE", f"/_index_template/{settings.index_prefix}*", missing_ok=True)
    elastic.close()
