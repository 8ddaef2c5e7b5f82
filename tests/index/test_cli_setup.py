"""`khabar setup kibana` as a user calls it, against Kibana's recorded contract."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from index import kibana_files
from khabar.cli import build
from tests.index.checker import Checker
from tests.index.kibana_fake import FakeKibana


@pytest.fixture
def fake(shared: Path, tmp_path: Path):
    server = FakeKibana(Checker(shared, tmp_path).check)
    yield server
    server.close()


@pytest.fixture
def khabar(fake: FakeKibana, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("KHABAR_KIBANA_URL", fake.url)
    monkeypatch.setenv("KHABAR_ELASTICSEARCH_USER", "elastic")
    monkeypatch.setenv("KHABAR_ELASTICSEARCH_PASSWORD", "not-to-be-shown")
    monkeypatch.setenv("KHABAR_INDEX_PREFIX", "khabar-")
    monkeypatch.setenv("KHABAR_DESK_URL", "https://desk.example.org")
    return lambda *args: CliRunner().invoke(build(), ["setup", "kibana", *args])


def test_check_then_put_then_check(khabar, fake: FakeKibana) -> None:
    before = khabar("--check")
    assert before.exit_code == 1
    assert before.output.count("is missing") == 1 + 4 + 6
    assert not fake.kept
    done = khabar("--rules")
    assert done.exit_code == 0, done.output
    assert "4 data views and 6 dashboards put and read back" in done.output
    after = khabar("--check")
    assert (after.exit_code, after.output) == (0, "all is as it should be\n")
    assert ("rule", "khabar-opposition-wave") in fake.kept
    link = fake.kept["data_view", "khabar-articles"]["fieldFormats"]["id"]["params"]["urlTemplate"]
    assert link == "https://desk.example.org/articles/{{value}}"
    assert "not-to-be-shown" not in before.output + done.output + after.output


def test_a_folder_of_ones_own(khabar, fake: FakeKibana, tmp_path: Path) -> None:
    for part in ("dashboards", "data_views"):
        (tmp_path / "own" / part).mkdir(parents=True)
    shipped = kibana_files.folder()
    for name in ("dashboards/khabar-alerts.json", "data_views/khabar-alerts.json"):
        (tmp_path / "own" / name).write_bytes((shipped / name).read_bytes())
    assert khabar("--files", str(tmp_path / "own")).exit_code == 0
    assert {k for k in fake.kept if k[0] != "role"} == {("dashboard", "khabar-alerts"), ("data_view", "khabar-alerts")}


def test_a_kibana_that_is_not_there_is_one_of_our_errors(khabar, fake: FakeKibana) -> None:
    fake.trouble = 503
    done = khabar()
    assert done.exit_code == 1
    assert "kibana at" in str(done.exception)
