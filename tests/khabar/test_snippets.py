"""Snippets: the match is in it, marks fall on the match, words are whole."""

from hypothesis import given
from hypothesis import strategies as st

from khabar.schema import Span
from khabar.snippets import snippet


def span(text: str, word: str) -> Span:
    start = text.index(word)
    return Span(field="text", start=start, end=start + len(word), text=word)


def test_a_match_far_inside_is_shown_with_what_stands_round_it() -> None:
    text = "كلام " * 100 + "الهدف هنا " + "كلام " * 100
    found = snippet(text, [span(text, "الهدف")])
    assert [found.text[a:b] for a, b in found.marks] == ["الهدف"]
    assert found.text.startswith("كلام")
    assert found.text.endswith("كلام")
    assert found.cut_before
    assert found.cut_after
    assert len(found.text) <= 240


def test_a_short_text_is_whole_and_a_title_match_marks_nothing_in_it() -> None:
    title = Span(field="title", start=0, end=4, text="عنوا")
    found = snippet("نص قصير", [title])
    assert (found.text, found.marks, found.cut_before, found.cut_after) == ("نص قصير", (), False, False)


@given(st.text("اب \n", max_size=600), st.integers(0, 599), st.integers(1, 300))
def test_marks_are_always_inside(text, start, length) -> None:
    start = min(start, max(len(text) - 1, 0))
    end = min(start + length, len(text))
    found = snippet(text, [Span(field="text", start=start, end=end, text=text[start:end])] if start < end else [])
    assert found.text in text
    assert all(0 <= a < b <= len(found.text) for a, b in found.marks)
    assert start >= end or found.marks
