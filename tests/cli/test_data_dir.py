"""A data directory that cannot be made, or written, is said in one line that names the setting."""

import pytest
from typer.testing import CliRunner

from khabar.cli import build
from khabar.cli._exclusive import exclusive
from khabar.errors import KhabarError
from khabar.settings import Settings


@pytest.fixture
def told(tmp_path, monkeypatch):
    """Give what a command says where the data directory would lie below a file."""
    (tmp_path / "file").write_text("x")
    monkeypatch.setenv("KHABAR_DATA_DIR", str(tmp_path / "file" / "data"))
    monkeypatch.setenv("KHABAR_KAFKA_BOOTSTRAP", "127.0.0.1:1")

    def run(*words):
        error = CliRunner().invoke(build(), words).exception
        assert isinstance(error, KhabarError), repr(error)
        return str(error)

    return run


@pytest.mark.parametrize("command", ["poll", "index", "notify"])
def test_a_worker_names_the_setting(told, monkeypatch, command):
    monkeypatch.setenv("KHABAR_MODE", "full")
    assert "KHABAR_DATA_DIR: cannot make" in told(command)


def test_so_does_a_replay(told, monkeypatch, tmp_path):
    (tmp_path / "rows.jsonl").write_text('{"id": "1", "text": "t"}')
    assert "data directory" in told("replay", str(tmp_path / "rows.jsonl"))
    monkeypatch.setenv("KHABAR_MODE", "full")
    assert "KHABAR_DATA_DIR: cannot make" in told("replay", str(tmp_path / "rows.jsonl"))


def test_a_second_poller_of_the_same_memory_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("KHABAR_DATA_DIR", str(tmp_path))
    with exclusive(Settings(data_dir=tmp_path)):
        refused = CliRunner().invoke(build(), ["poll"]).exception
    assert "another khabar run, poll, demo or replay writes it" in str(refused)


def test_a_list_of_feeds_that_cannot_be_written_is_named(told):
    assert "feeds.toml: Not a directory" in told("feeds", "pause", "alwasat-e59217")
