"""Who appears, under which rule; and what only looks like a name."""

from datetime import date

import pytest

from streams import actors, gazetteer
from streams.document import Document


def found(text, on=date(2019, 5, 1), title=""):
    doc = Document(title, text, on)
    return [(m.actor, text[m.start : m.end]) for m in actors.find(doc, gazetteer.load()) if m.field == "text"]


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("اجتمع الوفد بحفتر في الرجمة", ("haftar", "حفتر")),
        ("التقى خليفة «حفتر» ضيوفه", ("haftar", "خليفة «حفتر")),
        ("وفدٌ من معمَّر القذّافي", ("gaddafi", "معمَّر القذّافي")),
        ("خصص المال للجيش الوطني الليبي", ("lna", "للجيش الوطني الليبي")),
        ("وصل عبدالحميد الدبيبة صباحا", ("dbeibah", "عبدالحميد الدبيبة")),
    ],
)
def test_a_name_is_found_in_its_spelling(text, want):
    assert want in found(text)


@pytest.mark.parametrize("text", ["حفترية لا معنى لها", "هذه دبيبة النمل"])
def test_what_only_looks_like_a_name(text):
    assert found(text) == []
