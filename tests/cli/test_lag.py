"""`khabar lag`: the groups and topics are those of the workers; what it counts is in tests/khabar/test_kafka.py."""

from typer.testing import CliRunner

from index import writer
from khabar.cli import build
from khabar.cli._workers import INDEX, STREAMS
from khabar.cli.lag import READERS
from khabar.settings import Settings
from streams.app import bare_app
from streams.stages import ClusterStage, MatchStage, TagStage


def test_the_groups_and_topics_are_those_of_the_workers():
    assert bare_app(Settings()).conf.id == STREAMS
    assert set(READERS[STREAMS]) == {stage.source for stage in (TagStage, ClusterStage, MatchStage)}
    assert set(READERS[INDEX]) == set(writer.TOPICS)


def test_embedded_mode_has_nothing_that_waits(monkeypatch):
    monkeypatch.setenv("KHABAR_MODE", "embedded")
    refused = CliRunner().invoke(build(), ["lag"])
    assert "KHABAR_MODE" in str(refused.exception)
