"""Marks in a text: well-formed whatever overlaps, escaped whatever stands there."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.marks import Mark, inline, paragraphs


class Reader(HTMLParser):
    """Reads HTML back: its text, the open marks at each character, and whether the tags are well nested."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text, self.stack, self.covered = "", [], []
        self.ids: list[str] = []

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.stack.append((tag, found.get("class", "")))
        self.ids += [found["id"]] if "id" in found else []

    def handle_endtag(self, tag):
        assert self.stack.pop()[0] == tag, "tags cross"

    def handle_data(self, data):
        self.text += data
        self.covered += [frozenset(c for _, c in self.stack if c)] * len(data)


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(str(html))
    reader.close()
    assert reader.stack == []
    return reader


TEXT = st.text("ابجد <>&\"'م", max_size=25)
SPANS = st.lists(st.tuples(st.integers(-2, 27), st.integers(-2, 27)), max_size=7)


@given(TEXT, SPANS)
def test_any_marks_are_well_formed_and_cover_what_they_say(text, spans):
    marks = [Mark(start=a, end=b, classes=f"m{i}", id=f"i{i}") for i, (a, b) in enumerate(spans)]
    reader = read(inline(text, marks))
    assert reader.text == text
    for at, covered in enumerate(reader.covered):
        assert covered == {f"m{i}" for i, (a, b) in enumerate(spans) if a <= at < b}
    assert len(reader.ids) == len(set(reader.ids)), "an anchor is there once"


@given(st.text("اب\n م<", max_size=25), SPANS)
def test_paragraphs_keep_every_word_and_every_mark(text, spans):
    marks = [Mark(start=a, end=b, classes=f"m{i}") for i, (a, b) in enumerate(spans)]
    reader = read(paragraphs(text, marks))
    assert reader.text.split() == text.split()


@pytest.mark.parametrize(
    ("marks", "html"),
    [
        ([], "قال &lt;ب&gt; &amp; ج"),
        ([Mark(start=0, end=3, classes="a")], '<mark class="a">قال</mark> &lt;ب&gt; &amp; ج'),
        ([Mark(start=0, end=7, tag="span"), Mark(start=4, end=7)], "<span>قال <mark>&lt;ب&gt;</mark></span> &amp; ج"),
        ([Mark(start=0, end=5, tag="i"), Mark(start=4, end=7, tag="b")], "<i>قال <b>&lt;</b></i><b>ب&gt;</b> &amp; ج"),
        ([Mark(start=0, end=3, title='"x" <y>')], '<mark title="&#34;x&#34; &lt;y&gt;">قال</mark> &lt;ب&gt; &amp; ج'),
        ([Mark(start=50, end=60), Mark(start=2, end=2), Mark(start=3, end=1)], "قال &lt;ب&gt; &amp; ج"),
    ],
    ids=["none", "one", "nested", "overlapping", "attributes are escaped", "outside, empty, backwards"],
)
def test_marks(marks, html):
    assert inline("قال <ب> & ج", marks) == html
