"""Sentences: slices of the text, ended by stops and lines, not by abbreviations, numbers or titles in quotes."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khabar.sentences import LONG, LONGEST, sentences


def pieces(text):
    return [text[a:b] for a, b in sentences(text)]


@pytest.mark.parametrize(
    ("text", "want"),
    [
        (
            'قال حفتر: "لن نتراجع." ثم غادر. \n\nوأضاف أن 3.5 ملايين معنيون؟ نعم',
            ['قال حفتر: "لن نتراجع."', "ثم غادر.", "وأضاف أن 3.5 ملايين معنيون؟", "نعم"],
        ),
        ("التقى د. سالم الوفد. وغادر.", ["التقى د. سالم الوفد.", "وغادر."]),
        ("نقلت أ.ف.ب. الخبر. انتهى.", ["نقلت أ.ف.ب. الخبر.", "انتهى."]),
        ("بلغ السعر 2.5 دولار. وارتفع.", ["بلغ السعر 2.5 دولار.", "وارتفع."]),
        ("حضر وزراء ونواب إلخ. من المدن. وغادروا.", ["حضر وزراء ونواب إلخ. من المدن.", "وغادروا."]),
        ("سبها.. المطر يتأخر شهرا", ["سبها.. المطر يتأخر شهرا"]),
        ("كتب مقالا بعنوان «إلى أين؟ سؤال الناس» ونشره.", ["كتب مقالا بعنوان «إلى أين؟ سؤال الناس» ونشره."]),
        (
            "رأى في الاتفاق «خطوة ناقصة. لكنها ممكنة» متوقعا تعديله. وغادر.",
            ["رأى في الاتفاق «خطوة ناقصة. لكنها ممكنة» متوقعا تعديله.", "وغادر."],
        ),
        ('قال "هذا أول. وهذا ثان" ثم سكت. وعاد.', ['قال "هذا أول. وهذا ثان" ثم سكت.', "وعاد."]),
        ('فتح قوسا " ولم يغلقه. ثم مضى.', ['فتح قوسا " ولم يغلقه.', "ثم مضى."]),
        ("من يحكم البلد؟ لا أحد يعرف!", ["من يحكم البلد؟", "لا أحد يعرف!"]),
        ("انعقد اللقاء عام 2016. وحضره الجميع.", ["انعقد اللقاء عام 2016.", "وحضره الجميع."]),
        ("قال «انتهى الأمر.» وسكت", ["قال «انتهى الأمر.»", "وسكت"]),
        ("Dr. Salem met Gen. Ali. They left.", ["Dr. Salem met Gen. Ali.", "They left."]),
        ("", []),
        (" \n ", []),
    ],
)
def test_sentences(text, want):
    assert pieces(text) == want


def test_wire_text_without_stops_is_parted_where_sentences_open():
    story = "اجتمع المجلس صباحا في مقره وبحث ملف الرواتب مع رؤساء اللجان وممثلي المصارف والبلديات " * 8
    text = story + "وقال رئيسه إن القرار وشيك " + story
    assert len(text) > LONG
    found = pieces(text)
    assert len(found) == 2
    assert found[1].startswith("وقال رئيسه")


def test_a_short_sentence_is_not_parted_at_such_a_verb():
    assert pieces("حضر الوزير وقال إن الأمر انتهى.") == ["حضر الوزير وقال إن الأمر انتهى."]


def test_what_has_neither_stops_nor_openings_is_cut_between_words():
    text = "كلمة " * 3000
    found = sentences(text)
    assert max(b - a for a, b in found) <= LONGEST
    assert all(piece.split() == ["كلمة"] * len(piece.split()) for piece in pieces(text))


@given(st.text(st.sampled_from('ابو قال. ؟!\n«»"()،د.5 ')))
def test_sentences_are_in_order_and_lose_only_white_space(text):
    spans = sentences(text)
    assert all(a < b for a, b in spans)
    assert all(x[1] <= y[0] for x, y in itertools.pairwise(spans))
    rest = "".join(text[a:b] for a, b in spans)
    assert rest.replace(" ", "").replace("\n", "") == text.replace(" ", "").replace("\n", "")
