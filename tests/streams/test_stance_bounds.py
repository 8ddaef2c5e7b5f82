"""No text costs more than its length: work is counted in calls, at one size and at twice that size."""

import sys
from datetime import date
from types import FrameType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams import framing, stances
from streams.document import Document
from tests.streams.stance_cases import KNOWN, mentions, read
from tests.streams.test_stances import check_offsets

UNITS = {
    "one cue": "اتهم ",
    "one actor": "حفتر ",
    "cue and actors": "اتهم حفتر السراج ",
    "quotation marks": '« " “ حفتر ',
    "brackets": "( حفتر ",
    "relative pronouns": "الذي يدعمه حفتر ",
    "verbs of saying": "قال حفتر إن ",
    "coordination": "حفتر والسراج، وتركيا ",
    "loaded words": "قال حفتر إن تحرير العاصمة. ",
    "questions": "اتهم حفتر السراج؟ ",
}


def calls(text: str) -> int:
    """Return how many calls it takes to read `text`, of Python functions and of built-in ones."""
    doc = Document("", text, date(2019, 6, 1))
    found = mentions(doc)
    count = 0

    def watch(_frame: FrameType, event: str, _arg: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(watch)
    try:
        stances.find(doc, found, KNOWN)
        framing.find(doc, found, KNOWN)
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("unit", UNITS.values(), ids=UNITS)
def test_work_grows_with_length(unit: str) -> None:
    read("اتهم حفتر السراج.")  # what is compiled once is no part of the count
    small, large = (calls((unit * (size // len(unit) + 1))[:size]) for size in (20_000, 40_000))
    assert large < 2.4 * small + 2_000


def test_a_sentence_without_end_is_read_in_pieces() -> None:
    text = "اتهم حفتر السراج " * 4_000
    found = read(text)
    assert found
    assert max(len(s.sentence) for s in found) <= 3_000
    check_offsets(found[-1], text)


PIECES = [
    "اتهم",
    "حفتر",
    "السراج",
    "تركيا",
    "تدعم",
    "لم",
    "التي",
    "قال",
    "إن",
    "«",
    "»",
    '"',
    "،",
    ".",
    "؟",
    ":",
    "(",
    ")",
    "\n",
    "هجوم",
    "على",
    "بين",
    "و",
    "من",
    "ـ",
    "ً",
]


@given(st.lists(st.sampled_from(PIECES), max_size=40), st.sampled_from(["", " "]))
def test_any_order_of_words_is_read(words: list[str], glue: str) -> None:
    text = (" " + glue).join(words)
    for s in read(text):
        check_offsets(s, text)


@given(st.text(max_size=200))
def test_any_text_is_read(text: str) -> None:
    for s in read(text):
        check_offsets(s, text)
