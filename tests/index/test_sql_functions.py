"""The quick decisions of SQLite agree with the reference evaluation on any words."""

from hypothesis import given
from hypothesis import strategies as st

from index.fts import plain_words
from index.sql_functions import has_phrase, has_prefix
from khabar import arabic, query
from khabar.query import View
from tests.index.coverage import item

WORDS = st.lists(st.text(alphabet="وفبكلساتن", min_size=1, max_size=5), min_size=1, max_size=12)
TERMS = st.lists(st.text(alphabet="وفبكلساتن", min_size=1, max_size=3), min_size=2, max_size=3)


@given(WORDS, TERMS)
def test_a_phrase_of_terms(words, terms):
    text = " ".join(words)
    want = bool(View(item("a", "", text)).fields[1].find(query.Phrase(tuple(terms))))
    assert has_phrase(plain_words(text), tuple(terms)) is want


@given(WORDS, st.integers(0, 11), st.integers(1, 3))
def test_a_phrase_taken_from_the_text_is_found(words, start, length):
    taken = tuple(arabic.index_terms(w)[-1] for w in words[start : start + length])
    assert not taken or has_phrase(" ".join(words), taken)


@given(WORDS, st.text(alphabet="وفبكلساتن", min_size=2, max_size=3))
def test_a_prefix(words, stem):
    text = " ".join(words)
    want = bool(View(item("a", "", text)).fields[1].find(query.Prefix(stem)))
    assert has_prefix(plain_words(text), stem) is want
