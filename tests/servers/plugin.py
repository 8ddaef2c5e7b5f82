"""Fixtures of the real servers, started once a session when the first test asks for one."""

import os
from collections.abc import Iterator

import pytest

from tests.servers.elasticsearch_server import ElasticsearchServer
from tests.servers.homes import NotHereError
from tests.servers.kafka_server import KafkaServer


def _not_here(error: NotHereError) -> None:
    if os.environ.get("KHABAR_REQUIRE_SERVICES") == "1":
        pytest.fail(f"KHABAR_REQUIRE_SERVICES=1 but {error}", pytrace=False)
    pytest.skip(f"no real server here: {error}")


@pytest.fixture(scope="session")
def kafka_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaServer]:
    """A real Kafka that a test may stop and start."""
    try:
        server = KafkaServer(tmp_path_factory.mktemp("kafka"))
    except NotHereError as e:
        _not_here(e)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def kafka(kafka_server: KafkaServer) -> str:
    """The bootstrap address of a real Kafka."""
    return kafka_server.bootstrap


@pytest.fixture(scope="session")
def elasticsearch() -> Iterator[ElasticsearchServer]:
    """A real Elasticsearch with security on: `url`, `user`, `password`."""
    try:
        server = ElasticsearchServer()
    except NotHereError as e:
        _not_here(e)
    yield server
    server.stop()
