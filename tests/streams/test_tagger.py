"""The tagger says something of any text, and all that it says can be found in it."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from khabar.ports import Tagger
from khabar.schema import Article
from streams.tagger import RulesTagger

TAGGER = RulesTagger()
PIECES = st.sampled_from(
    [
        "اتهم",
        "حفتر",
        "المشير",
        "حكومة الوفاق",
        "تركيا",
        "بدعم",
        "الإرهابيين",
        "قال",
        "إن",
        "«",
        "»",
        '"',
        ".",
        "،",
        "\n",
        "ﻻ",
        "َ",
        "ـ",
        "\u200f",
        "İ",
        "\ud800",
        "٣",
        "و",
    ]
)


def article(text, id_="a", title=""):
    return Article(id=id_, title=title, text=text, fetched_at=datetime(2019, 5, 1, tzinfo=UTC), content_hash="x", outlet="o")


@given(st.lists(PIECES, max_size=30).map(" ".join), st.one_of(st.text(max_size=80), st.lists(PIECES, max_size=40).map(" ".join)))
def test_spans_are_slices_of_the_fields_as_given(title, text):
    field = {"title": title, "text": text}
    tags = TAGGER.tag(article(text, title=title))
    for actor in tags.actors:
        for m in actor.mentions:
            assert field[m.field][m.start : m.end] == m.text != ""
    for s in tags.stances:
        assert field[s.field][s.sentence_start : s.sentence_end] == s.sentence
        assert field[s.field][s.cue_start : s.cue_end] == s.cue


def test_a_stance_has_an_id_of_its_own_in_each_article():
    text = "اتهم خليفة حفتر تركيا بالتدخل في ليبيا."
    ids = {s.id for name in ("a", "b") for s in TAGGER.tag(article(text, name)).stances}
    assert len(ids) == 2
    assert [s.id for s in TAGGER.tag(article(text)).stances] == [s.id for s in TAGGER.tag(article(text)).stances]


def test_it_keeps_the_port():
    tagger: Tagger = TAGGER
    assert len(tagger.generation) == 16
