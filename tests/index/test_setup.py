"""Setup against the real Elasticsearch: made once, checked, migrated under way, keys that may do their part and no more."""

import stat
import tomllib
from pathlib import Path

import msgspec
import pytest

from index import security, setup
from index.elastic import Elastic
from index.elastic_store import ElasticStore
from khabar.errors import UnavailableError
from khabar.settings import Settings
from tests.index.conftest import VisibleStore
from tests.index.coverage import item, stance
from tests.index.golden import ITEMS

pytestmark = pytest.mark.services


@pytest.fixture
def elastic(elastic_settings: Settings):
    client = Elastic(elastic_settings)
    yield client
    for name in security.KEYS:
        body = {"name": f"{elastic_settings.index_prefix}{name}", "owner": True}
        client.call("DELETE", "/_security/api_key", body, missing_ok=True)
    client.close()


def test_made_once_and_found_good(elastic: Elastic, elastic_settings: Settings) -> None:
    prefix = elastic_settings.index_prefix
    assert len(setup.check_stores(elastic, prefix)) == 2 * len(setup.KINDS)
    assert len(setup.put_stores(elastic, prefix)) == len(setup.KINDS)
    assert setup.put_stores(elastic, prefix) == []
    assert setup.check_stores(elastic, prefix) == []


def test_an_index_where_an_alias_should_be_is_named(elastic: Elastic, elastic_settings: Settings) -> None:
    prefix = elastic_settings.index_prefix
    elastic.call("PUT", f"/{prefix}articles")
    with pytest.raises(setup.LayoutError, match=f"{prefix}articles is an index where an alias should be"):
        setup.put_stores(elastic, prefix)


def later_template(monkeypatch: pytest.MonkeyPatch) -> None:
    """Templates as a later release has them: another version, a field more."""
    now = setup.template

    def later(kind: str, prefix: str) -> dict:
        body = now(kind, prefix)
        body["version"] += 1
        body["template"]["mappings"]["_meta"]["version"] += 1
        body["template"]["mappings"]["properties"]["later"] = {"type": "keyword"}
        return body

    monkeypatch.setattr(setup, "template", later)


def test_a_migration_keeps_all_under_the_same_alias(
    elastic: Elastic, elastic_store: ElasticStore, elastic_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    prefix = elastic_settings.index_prefix
    elastic_store.write(ITEMS)
    before = [(h.item, h.highlights) for h in elastic_store.search("وفد OR حفتر", size=50).hits]
    stances = elastic.call("POST", f"/{prefix}stances/_count")
    later_template(monkeypatch)
    assert any("--migrate" in line for line in setup.check_stores(elastic, prefix))
    made = setup.migrate(elastic, prefix)
    assert f"{prefix}articles-000002" in made
    elastic_store.refresh()
    assert [(h.item, h.highlights) for h in elastic_store.search("وفد OR حفتر", size=50).hits] == before
    assert elastic.call("POST", f"/{prefix}stances/_count")["count"] == stances["count"]
    assert setup.check_stores(elastic, prefix) == []
    assert setup.migrate(elastic, prefix) == []
    assert elastic_store.write([item("a2", "أقدم", version=0)]).superseded == 1


def test_what_is_written_while_a_migration_runs_is_in_the_new_index(
    elastic: Elastic, elastic_store: ElasticStore, elastic_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A writer puts a new article and a new version just before the switch, and corrects another just after it."""
    prefix = elastic_settings.index_prefix
    elastic_store.write([item("a", "أول", stances=(stance("a", "x", "y"),)), item("b", "أول", stances=(stance("b", "x", "y"),))])
    later_template(monkeypatch)
    copy = setup._copy
    seen = []

    def copy_and_write(client: Elastic, kind: str, old: str, new: str) -> int:
        done = copy(client, kind, old, new)
        if kind == "articles":
            seen.append(old)
            version = len(seen) + 1
            late = [item("b", f"نسخة {version}", version=version, stances=(stance("b", "x", f"t{version}"),))]
            elastic_store.write([*late, item(f"late{version}", "جديد")])
        return done

    monkeypatch.setattr(setup, "_copy", copy_and_write)
    setup.migrate(elastic, prefix)
    elastic_store.refresh()
    assert elastic_store.search("").total == 4
    kept = elastic_store.get("b")
    assert kept is not None
    assert kept.tagged.version == 3
    found = elastic.call("POST", f"/{prefix}stances/_search", {"query": {"term": {"article": "b"}}})
    assert [h["_source"]["target"] for h in found["hits"]["hits"]] == ["t3"]


def test_keys_do_their_part_and_no_more(elastic: Elastic, elastic_settings: Settings, tmp_path: Path) -> None:
    setup.put_stores(elastic, elastic_settings.index_prefix)
    prefix, folder = elastic_settings.index_prefix, tmp_path / "keys"
    assert security.check_keys(elastic, prefix) != []
    assert security.put_keys(elastic, prefix, folder) == list(security.KEYS)
    assert security.put_keys(elastic, prefix, folder) == []
    assert security.check_keys(elastic, prefix) == []
    assert stat.S_IMODE((folder / "writer.toml").stat().st_mode) == 0o600
    writer, reader = (store_with(elastic_settings, folder / f"{name}.toml") for name in ("writer", "reader"))
    landed = item("a", "حفتر", stances=(stance("a", "x", "y"),))
    for version in (1, 2):
        item_v = item("a", "حفتر", version=version, stances=(stance("a", "x", f"y{version}"),))
        assert writer.write([item_v]).stored == 1
    assert reader.search("حفتر").total == 1
    assert reader.get("a") is not None
    with pytest.raises(UnavailableError, match="has not the rights"):
        reader.write([landed])
    for key in ("writer", "reader"):
        client = Elastic(with_key(elastic_settings, folder / f"{key}.toml"))
        for method, path in (("DELETE", f"/{prefix}articles-000001"), ("PUT", "/other-index"), ("GET", "/_security/user")):
            with pytest.raises(UnavailableError, match="has not the rights"):
                client.call(method, path)
        client.close()
    writer.close()
    reader.close()


def test_a_key_file_that_was_lost_gets_a_new_key_and_the_old_one_ends(
    elastic: Elastic, elastic_settings: Settings, tmp_path: Path
) -> None:
    prefix = elastic_settings.index_prefix
    security.put_keys(elastic, prefix, tmp_path)
    old = with_key(elastic_settings, tmp_path / "reader.toml")
    (tmp_path / "reader.toml").unlink()
    assert security.put_keys(elastic, prefix, tmp_path) == ["reader"]
    client = Elastic(old)
    with pytest.raises(UnavailableError, match="key or password is wrong"):
        client.call("GET", f"/{prefix}articles")
    client.close()


def test_the_analyst_and_kibana_get_their_passwords(elastic: Elastic, elastic_settings: Settings, capfd) -> None:
    user = f"{elastic_settings.index_prefix}analyst"
    assert security.check_analyst(elastic, user) == [f"login {user} is missing: khabar setup kibana"]
    security.put_analyst(elastic, user, "a-long-secret")
    security.put_kibana_password(elastic, "another-secret")
    assert security.check_analyst(elastic, user) == []
    for name, password in ((user, "a-long-secret"), ("kibana_system", "another-secret")):
        client = Elastic(msgspec.structs.replace(elastic_settings, elasticsearch_user=name, elasticsearch_password=password))
        assert client.call("GET", "/_security/_authenticate")["username"] == name
        client.close()
    elastic.call("DELETE", f"/_security/user/{user}")
    said = capfd.readouterr()
    assert "secret" not in said.out + said.err


def with_key(settings: Settings, file: Path) -> Settings:
    key = tomllib.loads(file.read_text())["elasticsearch_api_key"]
    return msgspec.structs.replace(settings, elasticsearch_user="", elasticsearch_password="", elasticsearch_api_key=key)


def store_with(settings: Settings, file: Path) -> VisibleStore:
    return VisibleStore(with_key(settings, file))
