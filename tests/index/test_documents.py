"""The documents: the stream of terms says for each position what the evaluator says, names stand beside ids."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import documents
from index.templates import KINDS, mappings
from khabar import arabic
from khabar.query import exact_words
from khabar.schema import Alert, PollResult
from tests.index.coverage import T0, item, stance

TEXTS = st.text(st.sampled_from("ابتوفلكسهةأإ ًَُّـ\u200f\u200cﻻﷲ.،|=abAB1٢ "), max_size=40)


@given(TEXTS)
def test_each_position_has_the_terms_of_its_word_and_the_word_as_written(text: str) -> None:
    positions = [p.split("|") for p in documents.term_stream(text).split(" ") if p]
    assert [tuple(t for t in p if not t.startswith("=")) for p in positions] == [
        t.terms for t in arabic.tokens(arabic.folded(text))
    ]
    written = [t.removeprefix("=") for p in positions for t in p if t.startswith("=")]
    assert set(written) <= {text[a:b] for a, b in exact_words(text)}


def test_a_word_of_a_book_is_cut_and_not_refused() -> None:
    stream = documents.term_stream("ا" * 40_000)
    assert max(map(len, stream.split("|"))) <= documents.MAX_WORD + 1


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"meta"}))
def test_every_field_is_mapped_and_every_mapped_field_is_written(kind: str) -> None:
    full = item("a", "ع", "ن", actors=("x", "y"), stances=(stance("a", "x", "y"),), framing=("lna",))
    made = {
        "articles": documents.article(full),
        "stances": documents.stance(full, full.tagged.stances[0], 1),
        "alerts": documents.alert(Alert(id="a", subscription="s", owner="o", name="n", query="q", first_seen=T0)),
        "polls": documents.poll(PollResult(feed="f", outlet="o", url="u", at=T0, outcome="fetched")),
    }[kind]
    assert set(made) == set(mappings(kind)["properties"])


def test_names_stand_beside_ids() -> None:
    full = item("a", actors=("x",), stances=(stance("a", "x", "y"),))
    doc = documents.stance(full, full.tagged.stances[0], 7)
    assert (doc["holder"], doc["holder_ar"], doc["target"], doc["target_ar"]) == ("x", "اسم x", "y", "y")
    assert (doc["polarity_ar"], doc["outlet_ar"], doc["rank"]) == ("معارضة", "منفذ sample", 7)
    assert documents.article(full)["actor_names_ar"] == ["اسم x"]
