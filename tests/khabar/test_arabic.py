"""Arabic text: folding and its way back, words under their clitics, sentences."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khabar import arabic

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


def test_sentences_are_slices_without_white_space():
    text = 'قال حفتر: "لن نتراجع." ثم غادر. \n\nوأضاف أن 3.5 ملايين معنيون؟ نعم'
    pieces = [text[a:b] for a, b in arabic.sentences(text)]
    assert pieces == ['قال حفتر: "لن نتراجع."', "ثم غادر.", "وأضاف أن 3.5 ملايين معنيون؟", "نعم"]


@given(st.text(alphabet="وفبكلساالتحرن", min_size=1, max_size=9))
def test_surface_forms_are_the_inverse_of_index_terms(word: str) -> None:
    for term in arabic.index_terms(word):
        assert word in arabic.surface_forms(term)
    for form in arabic.surface_forms(word):
        assert word in arabic.index_terms(form)
