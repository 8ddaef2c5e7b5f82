"""Quotation marks of every kind, paired in one pass."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams import quotes


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ("قال: «لن نتراجع أبدا».", ["لن نتراجع أبدا"]),
        ("قال: “لن نتراجع أبدا”.", ["لن نتراجع أبدا"]),
        ("قال: ”لن نتراجع أبدا“.", ["لن نتراجع أبدا"]),
        ('قال: "لن نتراجع أبدا".', ["لن نتراجع أبدا"]),
        ("قال: ‘لن نتراجع’ ثم سكت", ["لن نتراجع"]),
        ("قال: 'لن نتراجع' ثم سكت", ["لن نتراجع"]),
        ("«أول “ثان” أول» ثالث «رابع»", ["أول “ثان” أول", "رابع"]),
        ("«لم يغلق\nسطر آخر", ["لم يغلق"]),
        ("بلا علامات", []),
        ("it's one word", []),
    ],
)
def test_pairs(text: str, inside: list[str]) -> None:
    assert [text[a:b] for a, b in quotes.spans(text)] == inside


def test_a_name_is_no_speech() -> None:
    text = "أعلن «الجيش الوطني» أن «المعركة لن تنتهي قبل النصر»"
    assert [text[a:b] for a, b in quotes.speech(text)] == ["المعركة لن تنتهي قبل النصر"]


@given(st.text(alphabet="«»“”\"'‘’ \nاب"))
def test_spans_are_in_order_and_apart(text: str) -> None:
    last = 0
    for start, end in quotes.spans(text):
        assert last <= start <= end <= len(text)
        last = end
