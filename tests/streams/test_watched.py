"""A changed gazetteer file reaches a running worker; a broken one does not."""

import os

import pytest
from structlog.testing import capture_logs

from streams import gazetteer
from streams.entry import GazetteerError
from streams.tagger import RulesTagger
from streams.watched import Watched

ENTRY = """
[[actor]]
id = "{0}"
name_ar = "{1}"
name_en = "X"
type = "person"
names = ["{1}"]
"""


class Seconds:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "a.toml").write_text(ENTRY.format("a", "سالم الطيار"), encoding="utf-8")
    return tmp_path


def watched(folder, clock):
    return Watched(lambda: sorted(folder.glob("*.toml")), every_s=2, clock=clock)


def test_a_new_file_is_taken_up_after_the_interval(folder):
    clock = Seconds()
    source = watched(folder, clock)
    before = source()
    (folder / "b.toml").write_text(ENTRY.format("b", "نوري الحداد"), encoding="utf-8")
    assert source() is before
    clock.now = 2
    assert set(source().actors) == {"a", "b"}
    assert source().generation != before.generation


def test_a_broken_file_changes_nothing_and_is_named_once(folder):
    clock = Seconds()
    source = watched(folder, clock)
    before = source()
    (folder / "b.toml").write_text("[[actor]]\nid = 7\n", encoding="utf-8")
    with capture_logs() as logs:
        for clock.now in (2, 4, 6):
            assert source() is before
    assert [(e["event"], e["reason"][:22]) for e in logs] == [("gazetteer.refused", "b.toml: actor 7: id: E")]
    (folder / "b.toml").write_text(ENTRY.format("b", "نوري الحداد"), encoding="utf-8")
    clock.now = 8
    assert set(source().actors) == {"a", "b"}


def test_a_touched_file_with_the_same_content_keeps_the_gazetteer(folder):
    clock = Seconds()
    source = watched(folder, clock)
    before = source()
    os.utime(folder / "a.toml", ns=(1, 1))
    clock.now = 2
    assert source() is before


def test_the_first_load_must_be_sound(tmp_path):
    (tmp_path / "a.toml").write_text("[[actor]]\n", encoding="utf-8")
    with pytest.raises(GazetteerError, match=r"a.toml: actor 1: entry: .*`id`"):
        watched(tmp_path, Seconds())


def test_the_generation_follows_the_files(folder):
    clock = Seconds()
    source = watched(folder, clock)
    tagger = RulesTagger(source)
    before = tagger.generation
    (folder / "a.toml").write_text(ENTRY.format("a", "سالم الطائر"), encoding="utf-8")
    clock.now = 2
    source()
    assert tagger.generation != before


def test_the_analysts_folder_is_read_beside_the_shipped_files(tmp_path):
    clock = Seconds()
    source = Watched(lambda: gazetteer.files(tmp_path), every_s=2, clock=clock)
    before = source().generation
    own = ENTRY.format("haftar", "خليفة حفتر").replace('names = ["خليفة حفتر"]', 'names = ["صاحب المزرعة"]')
    (tmp_path / "own.toml").write_text(own, encoding="utf-8")
    clock.now = 2
    known = source()
    assert known.generation != before
    assert {"صاحب المزرعة", "خليفة حفتر"} <= set(known.actors["haftar"].names)
    (tmp_path / "own.toml").unlink()
    clock.now = 4
    assert source().generation == before
