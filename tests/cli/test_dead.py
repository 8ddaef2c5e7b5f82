"""`khabar dead` in embedded mode: letters are listed, shown, sent again; one that was cut, or cannot be read, harms no other."""

import json
from contextlib import closing
from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner

from index.sqlite import SqliteStore
from khabar import schema
from khabar.cli import build
from khabar.cli.dead import letters_in
from khabar.ports import Record
from khabar.schema import MAX_DEAD_BYTES, Article, content_hash

AT = datetime(2024, 3, 1, 12, tzinfo=UTC)
TEXT = "زار رئيس البعثة الأممية مدينة طرابلس في ليبيا والتقى عميد بلديتها."
ARTICLE = Article(
    id="a1", title="زيارة إلى طرابلس", text=TEXT, fetched_at=AT, content_hash=content_hash("", TEXT), outlet="o", published=AT
)


def letter(data, topic="articles"):
    return schema.dead_letter(reason="no such\nform", stage="tag", topic=topic, at=AT, data=data, key="a1")


@pytest.fixture
def khabar(tmp_path, monkeypatch):
    """Give what runs `khabar dead ...` on a file with three letters: one that is good, one of another topic, one that was cut."""
    monkeypatch.setenv("KHABAR_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("KHABAR_LOG_LEVEL", "error")
    with closing(SqliteStore(tmp_path / "khabar.db")) as store:
        for one in (letter(schema.dumps(ARTICLE)), letter(b"{}", "polls"), letter(b"x" * (MAX_DEAD_BYTES + 1))):
            store.bury(one)
    return lambda *words: CliRunner().invoke(build(), ["dead", *words])


def test_letters_are_listed_on_a_line_each_and_shown_whole(khabar):
    lines = khabar("list").stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["1", "2", "3"]
    assert lines[0].endswith("no such form")
    assert khabar("list", "--stage", "index").stdout == ""
    shown = json.loads(khabar("show", "1").stdout)
    assert TEXT in shown["text"]
    assert [json.loads(line)["topic"] for line in khabar("list", "--json").stdout.splitlines()] == [
        "articles",
        "polls",
        "articles",
    ]


def test_what_can_go_is_sent_again_and_is_no_dead_letter_any_more(khabar, tmp_path):
    done = khabar("retry", "--all")
    assert done.exit_code == 1
    assert "2: not sent: a message of polls cannot be run again in embedded mode" in done.output
    assert f"3: not sent: only {MAX_DEAD_BYTES} of its {MAX_DEAD_BYTES + 1} bytes were kept" in done.output
    with closing(SqliteStore(tmp_path / "khabar.db")) as store:
        assert store.get("a1").tagged.article == ARTICLE
        assert [number for number, _ in store.dead()] == [2, 3]
    assert "there is no dead letter 1" in str(khabar("retry", "1").exception)


def test_ids_or_all_but_not_both(khabar):
    assert khabar("retry").exit_code == khabar("retry", "1", "--all").exit_code == 2


def test_a_letter_that_cannot_be_read_is_said_and_hides_no_other(capsys):
    good = Record(topic="dead.letters", key="a1", value=schema.dumps(letter(b"{}")), partition=2, offset=7)
    bad = Record(topic="dead.letters", key="a1", value=b'{"kind": "rejected", "schema": 99}', partition=2, offset=6)
    assert list(letters_in([bad, Record(topic="dead.letters", key="x", value=None), good])) == ["2:7"]
    assert "dead letter 2:6 cannot be read" in capsys.readouterr().err
