"""A line cut into words: nothing lost, and what the lists say of each."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khabar import arabic
from streams.cut import definite, sort
from streams.scan import Forms

CUT = Forms({}).read
LINES = st.text(alphabet="ابتلو ،.\n-", max_size=40).map(lambda text: arabic.matching_line(text).text)


@given(LINES)
def test_words_and_their_sizes_make_up_the_line(line):
    cut = CUT(line)
    assert " ".join(word.text for word in cut.words) == line
    assert [word.size for word in cut.words] == [len(word) for word in line.split(" ")]


def test_beyond_the_ends_there_is_nothing():
    cut = CUT(" وزير الخارجية ")
    assert [cut.word(number) for number in (-1, 0, 1, 2, 3, 4)] == ["", "", "وزير", "الخارجية", "", ""]
    assert cut.sort(-1) is cut.sort(99) is sort("")


@pytest.mark.parametrize(
    ("word", "cut", "found"),
    [("الوزير", 0, True), ("للوزير", 0, True), ("وزير", 0, False), ("والوزير", 1, True), ("والوزير", 0, False)],
)
def test_the_article_makes_definite(word, cut, found):
    assert definite(word, cut) is found


@pytest.mark.parametrize(
    ("word", "joins"),
    [
        ("الرييس", True),
        ("وقوات", True),
        ("السابق", True),
        ("باسم", True),
        ("في", True),
        ("،", True),
        (".", False),
        ("قال", False),
    ],
)
def test_what_may_belong_to_the_name_that_follows(word, joins):
    assert sort(word).joins is joins
