"""The client's own judgement, against a server of a few canned answers: versions that do not fit, busy, not Elasticsearch."""

import json
from pathlib import Path

import pytest

from index import bulk
from index.elastic import Elastic, RefusedError
from index.elastic_store import ElasticStore
from khabar.errors import RejectedError, UnavailableError
from khabar.settings import Settings
from tests.index.coverage import item
from tests.servers.web import Answer, Asked, WebServer


class Canned:
    """Answers every request with one status and body."""

    def __init__(self) -> None:
        self.status, self.body, self.product = 200, {}, True
        self.requests: list[str] = []
        self._server = WebServer(self._answer)
        self.url, self.close = self._server.url, self._server.close

    def _answer(self, asked: Asked) -> Answer:
        self.requests.append(f"{asked.method} {asked.path}")
        product = {"x-elastic-product": "Elasticsearch"} if self.product else {}
        return Answer(self.status, json.dumps(self.body).encode(), {"content-type": "application/json", **product})


@pytest.fixture
def canned():
    server = Canned()
    yield server
    server.close()


@pytest.fixture
def elastic(canned: Canned):
    client = Elastic(Settings(elasticsearch_url=canned.url))
    yield client
    client.close()


@pytest.mark.parametrize("version", ["7.17.15", "8.19.13", "10.0.0", "unknown"])
def test_a_version_that_does_not_fit_is_named(canned: Canned, elastic: Elastic, version: str) -> None:
    canned.body = {"version": {"number": version}}
    with pytest.raises(UnavailableError, match=f"its version is {version}; this release needs 9.x"):
        elastic.check_version()


def test_a_version_that_fits_is_given(canned: Canned, elastic: Elastic) -> None:
    canned.body = {"version": {"number": "9.4.3"}}
    assert elastic.check_version() == "9.4.3"


def test_an_8_that_does_not_understand_the_headers_is_named(canned: Canned, elastic: Elastic) -> None:
    canned.status = 400
    canned.body = {"error": {"type": "media_type_header_exception", "reason": "Accept version must be either version 8 or 7"}}
    with pytest.raises(UnavailableError, match=r"does not speak like Elasticsearch 9 \(Accept version"):
        elastic.check_version()


def test_nothing_is_written_to_a_version_that_does_not_fit(canned: Canned) -> None:
    canned.body = {"version": {"number": "8.19.13"}}
    store = ElasticStore(Settings(elasticsearch_url=canned.url))
    with pytest.raises(UnavailableError, match=r"its version is 8\.19\.13"):
        store.write([item("a")])
    assert canned.requests == ["GET /"]
    store.close()


def test_something_else_at_that_address_is_named(canned: Canned, elastic: Elastic) -> None:
    canned.product = False
    with pytest.raises(UnavailableError, match="not Elasticsearch"):
        elastic.check_version()


@pytest.mark.parametrize("status", [401, 403, 408, 429, 500, 502, 503, 504])
def test_what_another_day_may_cure_is_unavailable(canned: Canned, elastic: Elastic, status: int) -> None:
    canned.status = status
    canned.body = {"error": {"type": "some_exception", "reason": "as it is now"}}
    with pytest.raises(UnavailableError, match="some_exception: as it is now"):
        elastic.call("GET", "/x")


def test_what_no_day_cures_is_refused_with_its_name(canned: Canned, elastic: Elastic) -> None:
    canned.status = 400
    canned.body = {"error": {"type": "parsing_exception", "reason": "unknown query"}}
    with pytest.raises(RefusedError, match=r"400 parsing_exception.*unknown query"):
        elastic.call("POST", "/x/_search", {})


def test_a_request_too_large_is_rejected_with_its_size(canned: Canned, elastic: Elastic) -> None:
    canned.status = 413
    with pytest.raises(RejectedError, match="larger than Elasticsearch takes in one request: 10 bytes"):
        elastic.bulk([b"{}" * 2, b"{}" * 2])


def test_a_certificate_that_is_not_there_is_named(tmp_path: Path) -> None:
    settings = Settings(elasticsearch_url="https://127.0.0.1:9", elasticsearch_ca=tmp_path / "none.crt")
    with pytest.raises(UnavailableError, match=r"elasticsearch at https://127\.0\.0\.1:9"):
        Elastic(settings).call("GET", "/")


def op(n: int, size: int = 10) -> bulk.Operation:
    return bulk.operation(n, "i", str(n), {"x": "y" * size})


def test_chunks_keep_the_order_and_both_bounds() -> None:
    many = [op(n) for n in range(bulk.MAX_COUNT * 2 + 1)]
    cut = list(bulk.chunks(many))
    assert [len(c) for c in cut] == [bulk.MAX_COUNT, bulk.MAX_COUNT, 1]
    assert [o for c in cut for o in c] == many
    large = [op(n, bulk.MAX_BYTES // 2) for n in range(3)]
    assert [len(c) for c in bulk.chunks(large)] == [1, 1, 1]
    assert [len(c) for c in bulk.chunks([op(1), op(2, bulk.MAX_BYTES * 2), op(3)])] == [1, 1, 1]


@pytest.mark.parametrize(
    ("item", "verdict"),
    [
        ({"status": 201, "result": "created"}, "created"),
        ({"status": 200, "result": "updated"}, "updated"),
        ({"status": 409, "error": {"type": "version_conflict_engine_exception", "reason": "r"}}, "superseded"),
        ({"status": 429, "error": {"type": "es_rejected_execution_exception", "reason": "r"}}, "later"),
        ({"status": 403, "error": {"type": "cluster_block_exception", "reason": "r"}}, "later"),
        ({"status": 400, "error": {"type": "index_closed_exception", "reason": "r"}}, "later"),
        ({"status": 404, "error": {"type": "index_not_found_exception", "reason": "r"}}, "later"),
        ({"status": 400, "error": {"type": "document_parsing_exception", "reason": "r"}}, "refused"),
        ({"status": 400, "error": {"type": "illegal_argument_exception", "reason": "immense term"}}, "refused"),
    ],
)
def test_what_an_item_of_a_bulk_answer_means(item: dict, verdict: str) -> None:
    assert bulk.judge(op(1), item).verdict == verdict


def test_a_refusal_says_the_cause_under_the_cause() -> None:
    error = {"type": "document_parsing_exception", "reason": "failed to parse", "caused_by": {"reason": "no date"}}
    assert bulk.judge(op(1), {"status": 400, "error": error}).reason == "document_parsing_exception: failed to parse (no date)"
