"""Words of a line: letter by letter or by splitting the same, whatever the letters are and however many."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khabar import arabic
from streams import vocabulary
from streams.forms import Form, Kind
from streams.tree import Trees
from streams.vocabulary import ENDLESS, LONGEST, Vocabulary

LETTERS = "ابةتثلمنويء\u0621\u064a\u065d\u065e\u065f،.؟ab09é"
LINES = st.text(alphabet=LETTERS + "   ", max_size=80)
KNOWN = Vocabulary(Trees([]))
"""One for all examples: what was read before must not change what is read."""


def texts(words):
    return [word.text for word in words]


@given(LINES)
def test_both_ways_give_the_words_between_spaces(line):
    assert texts(KNOWN.spelled(line)) == texts(KNOWN.split(line)) == line.split(" ")


@given(st.text(max_size=40))
def test_a_real_line_is_read_alike_too(text):
    line = arabic.matching_line(arabic.folded(text)).text
    assert texts(KNOWN.read(line)) == texts(KNOWN.spelled(line)) == line.split(" ")


@pytest.mark.parametrize("size", [LONGEST - 1, LONGEST, LONGEST + 1, 3 * LONGEST])
def test_long_words_that_end_alike_differ(size):
    line = f"{'ب' * size} ت{'ب' * (size - 1)} {'ب' * (size - 1)} ب{'ت' * (size - 1)}"
    assert texts(KNOWN.spelled(line)) == line.split(" ")


@pytest.mark.parametrize("way", [Vocabulary.spelled, Vocabulary.split])
def test_a_word_is_made_once_and_knows_what_it_begins(way):
    known = Vocabulary(Trees([{("سراج", False): [Form(Kind.NAME, "a")]}]))
    first, second, other = way(known, "وسراج وسراج سرج")
    assert first is second
    assert [(opening.start, opening.article) for opening in first.openings[0]] == [(1, False)]
    assert first.begins
    assert first.alone
    assert not other.begins


@pytest.mark.parametrize("way", [Vocabulary.spelled, Vocabulary.split])
def test_an_endless_word_is_read_and_not_kept(way):
    known = Vocabulary(Trees([]))
    long, longer = "ب" * ENDLESS, "ب" * (ENDLESS + 1)
    first, second, third, fourth = way(known, f"{long} {long} {longer} {longer}")
    assert first is second
    assert third is not fourth
    assert third.text == fourth.text == longer


@pytest.mark.parametrize("way", [Vocabulary.spelled, Vocabulary.split])
def test_after_too_many_words_all_are_learnt_again(way, monkeypatch):
    if vocabulary.COMPILED:
        pytest.skip("a compiled module's numbers cannot be changed")
    monkeypatch.setattr(vocabulary, "KEPT", 3)
    known = Vocabulary(Trees([]))
    line = "ا ب ت ث ج ا ب"
    assert texts(way(known, line)) == texts(way(known, line)) == line.split(" ")
