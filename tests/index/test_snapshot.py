"""Backup and restore as docs/index.md tells it, on the real Elasticsearch."""

import pytest

from index import setup
from index.elastic import Elastic
from index.elastic_store import ElasticStore
from khabar.settings import Settings
from tests.index.golden import ITEMS

pytestmark = pytest.mark.services


def test_a_snapshot_brings_all_back_under_the_same_aliases(elastic_store: ElasticStore, elastic_settings: Settings) -> None:
    prefix, elastic = elastic_settings.index_prefix, Elastic(elastic_settings)
    elastic_store.write(ITEMS)
    repo = elastic.call("GET", "/_nodes/settings", params={"filter_path": "nodes.*.settings.path.repo"})
    (node,) = repo["nodes"].values()
    place = node["settings"]["path"]["repo"]
    location = f"{place[0] if isinstance(place, list) else place}/{prefix}backup"
    elastic.call("PUT", f"/_snapshot/{prefix}backup", {"type": "fs", "settings": {"location": location}})
    indices = {"indices": f"{prefix}*", "include_global_state": False}
    done = elastic.call("PUT", f"/_snapshot/{prefix}backup/first", indices, params={"wait_for_completion": "true"})
    assert done["snapshot"]["state"] == "SUCCESS"
    before = elastic_store.search("", size=50)
    for name in elastic.call("GET", f"/{prefix}*"):
        elastic.call("DELETE", f"/{name}")
    assert len(setup.check_stores(elastic, prefix)) == len(setup.KINDS)
    done = elastic.call("POST", f"/_snapshot/{prefix}backup/first/_restore", indices, params={"wait_for_completion": "true"})
    assert done["snapshot"]["shards"]["failed"] == 0
    assert setup.check_stores(elastic, prefix) == []
    assert elastic_store.search("", size=50) == before
    assert elastic_store.write(ITEMS).stored == len(ITEMS)
    elastic.call("DELETE", f"/_snapshot/{prefix}backup/first")
    elastic.call("DELETE", f"/_snapshot/{prefix}backup")
    elastic.close()
