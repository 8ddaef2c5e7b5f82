"""Setup of Kibana against its recorded contract: put, read back, put again, checked, and said what differs."""

from pathlib import Path

import msgspec
import pytest

from index import kibana, kibana_files
from index.kibana import Kibana, KibanaError, difference
from khabar.errors import SettingsError, UnavailableError
from khabar.settings import Settings
from tests.index.checker import Checker
from tests.index.kibana_fake import FakeKibana

VIEWS = kibana_files.data_views("khabar-", "http://desk:1")
BOARDS = kibana_files.dashboards()


@pytest.fixture
def fake(shared: Path, tmp_path: Path):
    server = FakeKibana(Checker(shared, tmp_path).check)
    yield server
    server.close()


@pytest.fixture
def server(fake: FakeKibana) -> Kibana:
    return Kibana(Settings(kibana_url=fake.url, elasticsearch_user="elastic", elasticsearch_password="pass-of-the-test"))


def put_all(server: Kibana) -> None:
    kibana.put_role(server, "khabar-")
    kibana.put_data_views(server, VIEWS)
    kibana.put_dashboards(server, BOARDS)


def test_all_is_put_and_read_back_and_a_second_time_changes_nothing(fake: FakeKibana, server: Kibana) -> None:
    assert len(kibana.check(server, VIEWS, BOARDS, "khabar-")) == 1 + len(VIEWS) + len(BOARDS)
    put_all(server)
    first = dict(fake.kept)
    assert {name for kind, name in first if kind == "dashboard"} == set(BOARDS)
    assert {name for kind, name in first if kind == "data_view"} == set(VIEWS)
    assert kibana.check(server, VIEWS, BOARDS, "khabar-") == []
    put_all(server)
    assert fake.kept == first
    assert all(("GET", f"/api/dashboards/{name}") in fake.requests for name in BOARDS)


def test_links_lead_to_the_desk_of_the_settings(fake: FakeKibana, server: Kibana) -> None:
    kibana.put_data_views(server, VIEWS)
    view = fake.kept["data_view", "khabar-stances"]
    assert view["fieldFormats"]["article"]["params"]["urlTemplate"] == "http://desk:1/articles/{{value}}"
    assert view["title"] == "khabar-stances"


def test_the_analyst_reads_and_changes_nothing(fake: FakeKibana, server: Kibana) -> None:
    kibana.put_role(server, "khabar-")
    role = fake.kept["role", "khabar_analyst"]
    assert role["kibana"] == [{"base": ["read"], "feature": {}, "spaces": ["*"]}]
    assert role["elasticsearch"]["indices"][0]["privileges"] == ["read", "view_index_metadata"]


def test_a_change_made_by_hand_is_named(fake: FakeKibana, server: Kibana) -> None:
    put_all(server)
    fake.kept["dashboard", "khabar-actors"]["panels"][1]["config"]["title"] = "غيره أحدهم"
    fake.kept["data_view", "khabar-polls"]["timeFieldName"] = "next_poll"
    del fake.kept["dashboard", "khabar-feeds"]
    found = kibana.check(server, VIEWS, BOARDS, "khabar-")
    assert found == [
        "data view khabar-polls differs at timeFieldName: khabar setup kibana",
        "dashboard khabar-actors differs at panels[1].config.title: khabar setup kibana",
        "dashboard khabar-feeds is missing: khabar setup kibana",
    ]


def test_a_dashboard_that_the_contract_refuses_is_named(server: Kibana) -> None:
    bad = {**BOARDS["khabar-overview"], "timeRange": {}}
    with pytest.raises(KibanaError, match=r"(?s)400 to PUT /api/dashboards/mine: .*timeRange"):
        kibana.put_dashboards(server, {"mine": bad})


def test_what_kibana_dropped_is_an_error(fake: FakeKibana, server: Kibana) -> None:
    fake.drops = "panel by-outlet"
    with pytest.raises(KibanaError, match="dropped panel by-outlet"):
        kibana.put_dashboards(server, BOARDS)


@pytest.mark.parametrize("status", [401, 403, 429, 500, 503])
def test_a_kibana_that_cannot_now_is_unavailable(fake: FakeKibana, server: Kibana, status: int) -> None:
    fake.trouble = status
    with pytest.raises(UnavailableError, match=f"kibana at http.* is unavailable: {status}") as caught:
        put_all(server)
    assert "pass-of-the-test" not in str(caught.value)


def test_nobody_there_is_named() -> None:
    server = Kibana(Settings(kibana_url="http://127.0.0.1:9"))
    with pytest.raises(UnavailableError, match=r"kibana at http://127\.0\.0\.1:9"):
        kibana.put_role(server, "khabar-")


def test_rules_are_made_once_and_then_changed(fake: FakeKibana, server: Kibana) -> None:
    connectors, rules = kibana_files.rules("khabar-")
    for _ in range(2):
        kibana.put_rules(server, connectors, rules)
    rule = fake.kept["rule", "khabar-opposition-wave"]
    assert rule["params"]["index"] == ["khabar-stances"]
    assert rule["actions"][0]["id"] in connectors
    methods = [m for m, path in fake.requests if path.startswith("/api/alerting/rule")]
    assert methods == ["GET", "POST", "GET", "PUT"]


def test_a_key_is_used_where_there_is_one(fake: FakeKibana) -> None:
    settings = Settings(kibana_url=fake.url, elasticsearch_api_key="a2V5OnNlY3JldA==")
    kibana.put_role(Kibana(settings), "khabar-")
    assert fake.authorization == {"ApiKey a2V5OnNlY3JldA=="}


@pytest.mark.parametrize(
    ("sent", "kept", "said"),
    [
        ({"a": 1}, {"a": 1, "b": 2}, ""),
        ({"a": {"b": [1, {"c": 2}]}}, {"a": {"b": [1, {"c": 2, "d": 3}]}}, ""),
        ({"a": 1}, {}, "lacks a"),
        ({"a": {"b": 1}}, {"a": {"b": 2}}, "differs at a.b"),
        ({"a": [1, 2]}, {"a": [1]}, "has 1 instead of 2 in a"),
        ({"a": [{"b": 1}]}, {"a": [{"b": 2}]}, "differs at a[0].b"),
        ({"a": [1]}, {"a": {"0": 1}}, "differs at a"),
    ],
)
def test_difference(sent, kept, said: str) -> None:
    assert difference(sent, kept) == said


def test_a_file_that_is_no_json_is_named(tmp_path: Path) -> None:
    (tmp_path / "dashboards").mkdir()
    (tmp_path / "dashboards" / "mine.json").write_text("{")
    with pytest.raises(SettingsError, match=r"mine\.json: not JSON"):
        kibana_files.dashboards(tmp_path)
    with pytest.raises(SettingsError, match="no files"):
        kibana_files.data_views("p-", "http://desk", tmp_path)


def test_passwords_are_no_part_of_what_is_shown() -> None:
    settings = Settings(kibana_system_password="secret-one", analyst_password="secret-two")
    assert msgspec.structs.asdict(settings)["analyst_password"] == "secret-two"
    assert "secret" not in str(Kibana(settings).__dict__.get("url"))
