"""The gazetteer's files: read, checked, and refused with file, entry and field."""

import pytest

from khabar import arabic
from streams import gazetteer

GOOD = """
[[actor]]
id = "a"
name_ar = "ألف"
name_en = "A"
type = "person"
names = ["ألف باء"]
"""


def hits(path, line):
    forms = gazetteer.load([path]).forms
    return forms.hits(forms.read(line), gazetteer.ACTORS)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("names = [", "nams = ["), "f.toml: actor 'a': entry: Object contains unknown field `nams`"),
        (('"person"', '"hero"'), "f.toml: actor 'a': type: Invalid enum value 'hero'"),
        (('"ألف باء"', "7"), "f.toml: actor 'a': names[0]: Expected `str`, got `int`"),
        (('"ألف باء"', '" ألف"'), "f.toml: actor 'a': names: ' ألف' is empty or has white space or a mark at its ends"),
        (('"ألف باء"', '"ألف+"'), "f.toml: actor 'a': names: 'ألف+' is empty or has white space or a mark at its ends"),
        (('"ألف باء"', '""'), "f.toml: actor 'a': names: '' is empty"),
        (('"A"', '""'), "f.toml: actor 'a': name_en: must not be empty"),
        (("names =", 'speaks_for = "b"\nnames ='), "f.toml: actor 'a': speaks_for: no actor has the id 'b'"),
        (
            ("names =", 'roles = [{ form = "x", from = "2020-13-01" }]\nnames ='),
            "f.toml: actor 'a': roles[0].from: Invalid RFC3339",
        ),
        (("names =", 'organs = [{ actor = "b" }]\nnames ='), "f.toml: actor 'a': organs: no actor has the id 'b'"),
        (
            ("names =", 'collectives = [{ nouns = ["x"] }]\nnames ='),
            "f.toml: actor 'a': collectives[0]: Object missing required field `adjectives`",
        ),
        (
            ("names =", 'roles = [{ form = "x", from = "2021-01-01", to = "2020-01-01" }]\nnames ='),
            "f.toml: actor 'a': roles: 'x' ends before it begins",
        ),
        (("[[actor]]", "[[aktor]]"), "f.toml: aktor: unknown table"),
        (("[[actor]]", "[[actor"), "f.toml: not TOML"),
    ],
)
def test_a_bad_file_is_refused_by_name(tmp_path, change, message):
    path = tmp_path / "f.toml"
    path.write_text(GOOD.replace(*change), encoding="utf-8")
    with pytest.raises(gazetteer.GazetteerError) as e:
        gazetteer.load([path])
    assert str(e.value).startswith(message)


def test_quotes_in_a_form_are_no_fault(tmp_path):
    path = tmp_path / "f.toml"
    path.write_text(GOOD.replace("ألف باء", "حركة «ألف»"), encoding="utf-8")
    assert hits(path, " قالت حركه الف امس ")


def test_the_same_contents_are_compiled_once(tmp_path):
    path = tmp_path / "f.toml"
    path.write_text(GOOD, encoding="utf-8")
    first = gazetteer.load([path])
    assert gazetteer.load([path]) is first
    path.write_text(GOOD + "\n", encoding="utf-8")
    assert gazetteer.load([path]).generation != first.generation


def test_one_id_in_two_files_is_refused(tmp_path):
    for name in ("f.toml", "g.toml"):
        (tmp_path / name).write_text(GOOD, encoding="utf-8")
    with pytest.raises(gazetteer.GazetteerError, match=r"g.toml: actor 'a': id: already defined in f.toml"):
        gazetteer.load(sorted(tmp_path.glob("*.toml")))


def test_the_shipped_files_load():
    assert gazetteer.load().actors["haftar"].name_en == "Khalifa Haftar"


def test_forms_are_made_from_the_parts_of_collectives(tmp_path):
    path = tmp_path / "f.toml"
    path.write_text(GOOD + 'collectives = [{ nouns = ["فصائل", "كتائب"], adjectives = ["مسلحة"] }]\n', encoding="utf-8")
    found = hits(path, " هاجمت فصايل مسلحه والكتايب المسلحه ")
    assert [(h.end - h.start, [f.actor for f in h.reading.names]) for h in found] == [(11, ["a"]), (15, ["a"])]


@pytest.mark.parametrize(
    ("word", "found"),
    [("سراج", True), ("وسراج", True), ("لسراج", True), ("السراج", False), ("سراجه", False), ("مسراج", False), ("أوبسراج", True)],
)
def test_a_key_stands_at_a_words_beginning_after_clitics_at_most(tmp_path, word, found):
    path = tmp_path / "f.toml"
    path.write_text(GOOD.replace("ألف باء", "سراج"), encoding="utf-8")
    line = arabic.matching_line(arabic.folded(word)).text
    assert bool(hits(path, line)) is found


@pytest.mark.parametrize("word", ["اللواء", "واللواء", "للواء", "باللواء", "وللواء"])
def test_a_form_with_its_article_is_found_after_lam_too(tmp_path, word):
    path = tmp_path / "f.toml"
    path.write_text(GOOD.replace("ألف باء", "اللواء"), encoding="utf-8")
    assert hits(path, arabic.matching_line(arabic.folded(word)).text)
