"""A line cut into words: nothing lost, every position led back to its word, and what the lists say of each."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khabar import arabic
from streams.cut import definite, sort
from streams.scan import Forms

CUT = Forms({}).read
LINES = st.text(alphabet="ابتلو ،.\n-", max_size=40).map(lambda text: arabic.matching_line(text).text)


@given(LINES)
def test_words_and_places_make_up_the_line(line):
    cut = CUT(line)
    assert " ".join(word.text for word in cut.words) == line
    for number, (start, word) in enumerate(zip(cut.starts, cut.words, strict=True)):
        assert line.startswith(word.text, start)
        assert cut.at(start) == cut.at(start + word.size) == number


def test_beyond_the_ends_there_is_nothing():
    cut = CUT(" وزير الخارجية ")
    assert [cut.word(number) for number in (-1, 0, 1, 2, 3, 4)] == ["", "", "وزير", "الخارجية", "", ""]
    assert cut.sort(-1) is cut.sort(99) is sort("")


def test_a_word_is_asked_about_without_what_stands_before_a_position():
    cut = CUT(" قال لوزير ")
    at = cut.line.index("وزير")
    assert cut.sort(2) is sort("لوزير")
    assert cut.sort_from(at) is sort("وزير")
    assert cut.sort_from(at - 1) is cut.sort(2)


@pytest.mark.parametrize(
    ("word", "cut", "found"), [("الوزير", 0, True), ("للوزير", 0, True), ("وزير", 0, False), ("والوزير", 1, True)]
)
def test_the_article_makes_definite(word, cut, found):
    assert definite(word, cut) is found
