"""The gazetteer's files: read, checked, and refused with file, entry and field."""

import pytest

from streams import gazetteer

GOOD = """
[[actor]]
id = "a"
name_ar = "ألف"
name_en = "A"
type = "person"
names = ["ألف باء"]
"""


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("names = [", "nams = ["), "f.toml: actor 'a': entry: Object contains unknown field `nams`"),
        (('"person"', '"hero"'), "f.toml: actor 'a': type: Invalid enum value 'hero'"),
        (('"ألف باء"', "7"), "f.toml: actor 'a': names[0]: Expected `str`, got `int`"),
        (('"ألف باء"', '" ألف"'), "f.toml: actor 'a': names: ' ألف' is empty or has white space at its ends"),
        (('"A"', '""'), "f.toml: actor 'a': name_en: must not be empty"),
        (("names =", 'speaks_for = "b"\nnames ='), "f.toml: actor 'a': speaks_for: no actor has the id 'b'"),
        (
            ("names =", 'roles = [{ form = "x", from = "2020-13-01" }]\nnames ='),
            "f.toml: actor 'a': roles[0].from: Invalid RFC3339",
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
