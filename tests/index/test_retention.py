"""What docs/operations.md says to send so that old documents are deleted, on the real Elasticsearch."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from index.elastic import Elastic
from index.elastic_store import ElasticStore
from khabar.schema import PollResult
from khabar.settings import Settings
from tests.index.golden import ITEMS

pytestmark = pytest.mark.services
DOCS = Path(__file__).resolve().parents[2] / "docs" / "operations.md"


def test_what_is_old_is_deleted_and_the_rest_stays(elastic_store: ElasticStore, elastic_settings: Settings) -> None:
    now, elastic = datetime.now(UTC), Elastic(elastic_settings)
    stanced = next(i for i in ITEMS if i.tagged.stances)
    for days, name in ((10, "new"), (800, "old")):
        at = now - timedelta(days=days)
        article = msgspec.structs.replace(stanced.tagged.article, id=name, fetched_at=at)
        stances = tuple(msgspec.structs.replace(s, id=f"{name}-{n}") for n, s in enumerate(stanced.tagged.stances))
        tagged = msgspec.structs.replace(stanced.tagged, article=article, first_seen=at, stances=stances)
        elastic_store.write(
            [
                msgspec.structs.replace(stanced, tagged=tagged),
                PollResult(feed=name, outlet="o", url="https://o.example/", at=at, outcome="ok"),
            ]
        )
    elastic_store.refresh()
    told = re.findall(r"^ +POST /(\S+)/_delete_by_query +(\{.*\})$", DOCS.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(told) == 2
    for indices, body in told:
        elastic.call("POST", f"/{indices.replace('khabar-', elastic_settings.index_prefix)}/_delete_by_query", json.loads(body))
    elastic_store.refresh()
    assert [h.item.tagged.article.id for h in elastic_store.search("").hits] == ["new"]
    assert [p.feed for p in elastic_store.polls()] == ["new"]
    left = elastic.call("POST", f"/{elastic_settings.index_prefix}stances/_search", {"query": {"match_all": {}}})
    assert {h["_source"]["article"] for h in left["hits"]["hits"]} == {"new"}
    elastic.close()
