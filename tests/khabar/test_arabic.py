"""Arabic text: folding and its way back, words under their clitics, sentences."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khabar import arabic, folding

ARABIC = st.text(st.sampled_from("ابتثجحخدذرزسشصضطظعغفقكلمنهويأإآىةؤئءـًٌٍَُِّْٰ ﻻﷲ\u200f\u202b٠١۲abA.، "), max_size=60)


@given(ARABIC)
def test_folding_is_idempotent(text):
    once = arabic.folded(text)
    assert arabic.folded(once) == once
    assert once == arabic.fold(text).text


@given(ARABIC, st.data())
def test_offsets_map_back_into_the_text(text, data):
    f = arabic.fold(text)
    a = data.draw(st.integers(0, len(f.text)))
    b = data.draw(st.integers(a, len(f.text)))
    start, end = f.original(a, b)
    assert 0 <= start <= end <= len(text)


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("الدبيبة", "الدبيبه"),
        ("إلى أنقرة", "الي انقره"),
        ("مُعمَّر", "معمر"),
        ("خـــبر", "خبر"),
        ("\u200fحفتر\u202c", "حفتر"),
        ("٥+٥", "5+5"),
        ("۱۲", "12"),
        ("ﻻ", "لا"),
        ("ﻟﻴﺒﻴﺎ", "ليبيا"),
        ("LNA", "lna"),
    ],
)
def test_folding(text, want):
    assert arabic.folded(text) == want


def test_a_span_of_folded_text_is_found_in_the_original():
    text = "قال الرئـيـس مُعمَّر القذافي"
    f = arabic.fold(text)
    start = f.text.index("معمر")
    a, b = f.original(start, start + 4)
    assert text[a:b].strip() == "مُعمَّر"


@pytest.mark.parametrize(
    ("word", "terms"),
    [
        ("وبحفتر", {"حفتر"}),
        ("للحكومه", {"حكومه"}),
        ("والوفاق", {"الوفاق", "وفاق"}),
        ("وفد", {"وفد"}),
        ("بلد", {"بلد"}),
        ("كمال", {"كمال", "مال"}),
    ],
)
def test_words_are_found_under_their_clitics(word, terms):
    assert terms <= set(arabic.index_terms(word))
    assert word in arabic.index_terms(word)


def test_the_article_of_a_query_word_does_not_matter():
    assert arabic.query_term("الوفاق") == arabic.query_term("وفاق") == "وفاق"


@given(ARABIC, st.data())
def test_folded_spans_come_back_from_the_original(text, data):
    f = arabic.fold(text)
    a = data.draw(st.integers(0, len(f.text)))
    b = data.draw(st.integers(a, len(f.text)))
    if "\ufdf2" not in text and "\ufefb" not in text:  # one character that became several has no inside
        assert f.within(*f.original(a, b)) == (a, b)


def test_a_greek_word_ends_in_a_final_sigma_in_every_build():
    assert arabic.folded("ΑΣ") == "ας"
    assert folding.written("ΑΣ") == ["ας"]


@given(st.one_of(ARABIC, st.text(folding.COMMON, max_size=60), st.text(folding.COMMON + "ﷺﻻİΣ漢😀", max_size=60)))
def test_the_quick_way_folds_as_the_way_that_takes_any_character(text):
    folded, slowly = arabic.fold(text), folding.fold_any(text)
    for part in ("text", "length", "dropped", "marks", "resolved"):
        assert getattr(folded, part) == getattr(slowly, part)
    assert arabic.folded(text) == folded.text
    assert arabic.spaced(text) == "".join(c if arabic.WORD.match(c) else " " for c in folded.text)


@given(st.one_of(ARABIC, st.text(folding.COMMON, max_size=60), st.text(folding.COMMON + "ﷺﻻİΣ漢😀", max_size=60)))
def test_words_and_marks_are_cut_as_their_patterns_say(text):
    assert folding.pieces(text) == folding.PIECE.findall(text)
    kept = "".join(c for c in text if c not in folding.DROPPED)
    assert folding.written(text) == folding.WORD.findall(kept.lower())
    assert folding.breaks(text) == [m.span() for m in re.finditer(r"[^\w ]\W*", text)]


@given(st.text(max_size=80))
def test_any_text_folds_idempotently_and_keeps_its_bounds(text):
    f = arabic.fold(text)
    assert arabic.folded(f.text) == f.text
    assert f.original(0, len(f.text))[1] == len(text)


LINES = st.lists(
    st.sampled_from(
        ["خليفة", "حفتر", "قال", "«", "»", '"', "، ", ". ", " ", "  ", "\n", "_", "-", " - ", "(", ")", "\u00a0", "5", "؟"]
    ),
    max_size=25,
).map("".join)


@given(LINES)
def test_a_matching_line_holds_the_words_and_maps_back(text):
    folded = arabic.folded(text)
    line = arabic.matching_line(folded)
    words = [w for w in line.text.split(" ") if w and w not in (".", "،")]
    assert words == arabic.WORD.findall(folded)
    assert line.text[0] == line.text[-1] == " "
    position = 0
    for word in words:
        position = line.text.index(f" {word} ", position) + 1
        a, b = line.source(position, position + len(word))
        assert folded[a:b] == word


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("الفريق «خليفة حفتر»", " الفريق خليفه حفتر "),
        ("حلف الأطلسي (الناتو) قال", " حلف الاطلسي الناتو قال "),
        ("#الجيش_الليبي", " الجيش الليبي "),
        ("ليبيا، تونس", " ليبيا ، تونس "),
        ("سافر حفتر. الجيش", " سافر حفتر . الجيش "),
        ("حفتر\nالجيش", " حفتر . الجيش "),
        ("كاي-غوان", " كاي غوان "),
        ("حفتر - الجيش", " حفتر . الجيش "),
    ],
)
def test_what_may_stand_inside_a_name(text, line):
    assert " ".join(arabic.matching_line(arabic.folded(text)).text.split()) == line.strip()


@given(st.text(alphabet="والبكفسنم", min_size=1, max_size=5))
def test_surface_forms_are_the_inverse_of_index_terms(term):
    written = {run + term for run in arabic.PROCLITIC_RUNS}
    assert set(arabic.surface_forms(term)) == {word for word in written if term in arabic.index_terms(word)}
    assert arabic.surface_forms(term)[0] == term
