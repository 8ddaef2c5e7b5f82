"""The dashboards as files: what Kibana's published contract says of them, with the mappings that are really put."""

from pathlib import Path

import pytest

from index import kibana_files
from index.templates import KINDS, mappings
from tests.index.checker import Checker

NAMES = {
    "khabar-overview": ("نظرة عامة", "Overview"),
    "khabar-actors": ("الفاعلون", "Actors"),
    "khabar-stances": ("المواقف", "Stances"),
    "khabar-outlets": ("المنافذ", "Outlets"),
    "khabar-alerts": ("التنبيهات", "Alerts"),
    "khabar-feeds": ("التغذيات", "Feeds"),
}


@pytest.fixture
def checker(shared: Path, tmp_path: Path) -> Checker:
    return Checker(shared, tmp_path)


def test_there_are_the_six_with_titles_in_both_languages() -> None:
    boards = kibana_files.dashboards()
    assert set(boards) == set(NAMES)
    for name, body in boards.items():
        arabic, english = NAMES[name]
        assert body["title"] == f"{arabic} — {english}"
        assert body["time_range"]["from"]
        assert "Time field: " in body["description"]
        for panel in body["panels"]:
            assert " / " in panel["config"]["title"]


def test_each_has_controls_and_a_link_to_the_desk() -> None:
    views = kibana_files.data_views("khabar-", "http://desk:1")
    for name, body in kibana_files.dashboards().items():
        kinds = [p["type"] for p in body["pinned_panels"]]
        assert kinds.count("options_list_control") >= 2
        assert "time_slider_control" in kinds
        if name == "khabar-feeds":
            continue
        tabs = [t for p in body["panels"] if p["type"] == "discover_session" for t in p["config"]["tabs"]]
        assert tabs
        for tab in tabs:
            view = views[tab["data_source"]["ref_id"]]
            links = {f for f, v in view["fieldFormats"].items() if "/articles/" in v["params"]["urlTemplate"]}
            assert links & set(tab["column_order"])
            assert all(view["fieldFormats"][f]["params"]["urlTemplate"] == "http://desk:1/articles/{{value}}" for f in links)


def test_a_control_filters_only_by_fields_that_every_panel_has() -> None:
    """A filter on a field that an index lacks empties that panel."""
    views = kibana_files.data_views("khabar-", "http://desk")
    for name, body in kibana_files.dashboards().items():
        fields = {p["config"]["field_name"] for p in body["pinned_panels"] if "field_name" in p["config"]}
        for panel in body["panels"]:
            for source in sources(panel["config"]):
                kind = views[source]["title"].removeprefix("khabar-")
                missing = fields - set(mappings(kind)["properties"])
                assert not missing, (name, panel["id"], missing)


def sources(config: dict) -> list[str]:
    parts = (config, *config.get("layers", ()), *config.get("tabs", ()))
    return [part["data_source"]["ref_id"] for part in parts if "data_source" in part]


def test_every_data_view_is_of_an_index_that_setup_makes() -> None:
    for view in kibana_files.data_views("khabar-", "http://desk").values():
        kind = view["title"].removeprefix("khabar-")
        assert kind in KINDS
        properties = mappings(kind)["properties"]
        assert properties[view["timeFieldName"]]["type"] == "date"
        assert set(view["fieldFormats"]) | set(view["fieldAttrs"]) <= set(properties)


@pytest.mark.shared
def test_the_checker_passes_all(checker: Checker) -> None:
    code, said = checker.check(*kibana_files.dashboards().values())
    assert code == 0, said


def rename_field(body: dict) -> None:
    body["panels"][1]["config"]["metrics"][1]["field"] = "outlte"


def unknown_key(body: dict) -> None:
    body["timeRange"] = body.pop("time_range")


def nested_field(body: dict) -> None:
    body["pinned_panels"][0]["config"]["field_name"] = "stances"


def overlap(body: dict) -> None:
    body["panels"][2]["grid"] = body["panels"][1]["grid"]


def other_view(body: dict) -> None:
    body["panels"][1]["config"]["data_source"]["ref_id"] = "khabar-nothing"


def text_in_a_chart(body: dict) -> None:
    body["pinned_panels"][0]["config"]["field_name"] = "title_terms"


@pytest.mark.shared
@pytest.mark.parametrize("fault", [rename_field, unknown_key, nested_field, overlap, other_view, text_in_a_chart])
def test_the_checker_fails_on_a_planted_fault(checker: Checker, fault) -> None:
    body = kibana_files.dashboards()["khabar-overview"]
    fault(body)
    code, said = checker.check(body)
    assert code == 1, said
