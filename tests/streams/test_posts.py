"""Posts: forms that stand once and pass from one holder to the next."""

from datetime import date

import pytest

from streams import actors as mentions
from streams import gazetteer, posts
from streams.document import Document

ACTORS = """
[[actor]]
id = "old"
name_ar = "سعيد القديم"
name_en = "Old"
type = "person"
names = ["سعيد القديم"]

[[actor]]
id = "new"
name_ar = "سعاد الجديدة"
name_en = "New"
type = "person"
names = ["سعاد الجديدة"]
"""
POST = """
[[post]]
id = "keeper"
forms = ["أمين (الخزانة|خزانة البلدة)( العام|)"]
not = ["أمين الخزانة (المدرسية|القروية)"]
holders = [
  { actor = "new", from = "2020-05-01" },
  { actor = "old", from = "2010-01-01" },
]
"""


def load(tmp_path, *contents):
    paths = [tmp_path / f"{i}.toml" for i in range(len(contents))]
    for path, content in zip(paths, contents, strict=True):
        path.write_text(content, encoding="utf-8")
    return gazetteer.load(paths)


@pytest.mark.parametrize(
    ("pattern", "forms"),
    [
        ("أ", ["أ"]),
        ("أ (ب|ج) د", ["أ ب د", "أ ج د"]),
        ("أ( ب|)", ["أ ب", "أ"]),
        ("(أ|ب) (ج|د)", ["أ ج", "أ د", "ب ج", "ب د"]),
    ],
)
def test_alternatives_are_written_out(pattern, forms):
    assert list(posts.written([pattern])) == forms


def test_a_term_ends_the_day_before_the_next_begins(tmp_path):
    known = load(tmp_path, ACTORS + POST)
    assert {(r.since, r.until) for r in known.actors["old"].roles} == {(date(2010, 1, 1), date(2020, 4, 30))}
    assert {(r.since, r.until) for r in known.actors["new"].roles} == {(date(2020, 5, 1), None)}


def test_an_end_that_is_said_is_kept(tmp_path):
    known = load(tmp_path, ACTORS + POST.replace('from = "2010-01-01"', 'from = "2010-01-01", to = "2012-03-04"'))
    assert {r.until for r in known.actors["old"].roles} == {date(2012, 3, 4)}


def test_a_term_never_reaches_into_the_next(tmp_path):
    known = load(tmp_path, ACTORS + POST.replace('from = "2010-01-01"', 'from = "2010-01-01", to = "2021-03-04"'))
    assert {r.until for r in known.actors["old"].roles} == {date(2020, 4, 30)}


@pytest.mark.parametrize(
    ("text", "on", "found"),
    [
        ("قال أمين خزانة البلدة إن المال ضاع", date(2015, 1, 1), {"old"}),
        ("قال أمين خزانة البلدة إن المال ضاع", date(2021, 1, 1), {"new"}),
        ("قال أمين خزانة البلدة إن المال ضاع", date(2009, 1, 1), set()),
        ("قال أمين الخزانة المدرسية إن المال ضاع", date(2015, 1, 1), set()),
    ],
)
def test_a_post_means_its_holder_on_that_day(tmp_path, text, on, found):
    known = load(tmp_path, ACTORS + POST)
    assert {m.actor for m in mentions.find(Document("", text, on), known)} == found


def test_a_form_of_a_post_is_a_title_of_all_who_held_it(tmp_path):
    text = "قال أمين الخزانة العام سعيد القديم إن المال ضاع"
    found = mentions.find(Document("", text, date(2015, 1, 1)), load(tmp_path, ACTORS + POST))
    assert [text[m.start : m.end] for m in found] == ["أمين الخزانة العام سعيد القديم"]


def test_a_file_of_ones_own_adds_the_next_holder(tmp_path):
    more = """
    [[actor]]
    id = "next"
    name_ar = "هاني الآتي"
    name_en = "Next"
    type = "person"
    names = ["هاني الآتي"]

    [[post]]
    id = "foreign-minister-ly"
    holders = [{ actor = "next", from = "2031-01-01" }]
    """
    (tmp_path / "own.toml").write_text(more, encoding="utf-8")
    known = gazetteer.load((*gazetteer.shipped(), tmp_path / "own.toml"))
    doc = Document("", "قال وزير الخارجية الليبي إن ليبيا ترحب", date(2031, 2, 1))
    assert "next" in {m.actor for m in mentions.find(doc, known)}


@pytest.mark.parametrize(("on", "speaks"), [(date(2009, 1, 1), True), (date(2015, 1, 1), True), (date(2021, 1, 1), False)])
def test_who_left_his_last_post_no_longer_speaks_for_the_body(tmp_path, on, speaks):
    body = '[[actor]]\nid = "body"\nname_ar = "الهيئة"\nname_en = "Body"\ntype = "institution"\nnames = ["هيئة المثال"]\n'
    known = load(tmp_path, body + ACTORS.replace('name_en = "Old"', 'name_en = "Old"\nspeaks_for = "body"') + POST)
    found = mentions.find(Document("", "قال سعيد القديم إن المال ضاع", on), known)
    assert ("body" in {m.actor for m in found}) is speaks


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (('actor = "old"', 'actor = "odd"'), "0.toml: post 'keeper': holders: no actor has the id 'odd'"),
        (("( العام|)", "( العام|"), "0.toml: post 'keeper': forms: 'أمين الخزانة( العام|' is empty"),
        (("(الخزانة|", "( الخزانة |"), "0.toml: post 'keeper': forms: "),
        (('from = "2010-01-01"', 'from = "2010-01-01", to = "2009-01-01"'), "0.toml: post 'keeper': holders: 'old' ends before"),
        (("holders =", "holder ="), "0.toml: post 'keeper': entry: Object contains unknown field `holder`"),
        (('forms = ["أمين (الخزانة|خزانة البلدة)( العام|)"]', ""), "0.toml: post 'keeper': forms: must not be empty"),
        (('id = "keeper"', ""), "0.toml: post 1: entry: Object missing required field `id`"),
    ],
)
def test_a_bad_post_is_refused_by_name(tmp_path, change, message):
    with pytest.raises(gazetteer.GazetteerError) as e:
        load(tmp_path, ACTORS + POST.replace(*change))
    assert str(e.value).startswith(message)


def test_one_post_in_two_files_is_refused(tmp_path):
    with pytest.raises(gazetteer.GazetteerError, match=r"1.toml: post 'keeper': id: already defined in 0.toml"):
        load(tmp_path, ACTORS + POST, POST)
