"""Loaded words: found in all their shapes, dated, and told to whoever says them."""

from datetime import date
from pathlib import Path

import pytest

from streams import framing, terms
from streams.document import Document
from tests.streams.stance_cases import KNOWN, mentions


def found(text: str, on: date = date(2019, 6, 1)) -> list[tuple[str, str, str]]:
    doc = Document("", text, on)
    return [(f.camp, f.effect, f.by) for f in framing.find(doc, mentions(doc), KNOWN)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("تتقدم القوات لتحرير العاصمة.", [("lna", "favours", "outlet")]),
        ("قصفت مليشيا حفتر المطار.", [("lna", "harms", "outlet")]),
        ("رفضت حكومة السراج العرض.", [("gna", "harms", "outlet")]),
        ("استنكر الأهالي العدوان على طرابلس.", [("lna", "harms", "outlet")]),
        ("قال السراج إن مجرم الحرب حفتر سيحاسب.", [("lna", "harms", "sarraj")]),
        ("قال حفتر: «سنواصل القتال حتى تحرير العاصمة بالكامل».", [("lna", "favours", "haftar")]),
        ("قال شاهد: «هذه مليشيات السراج تسرق بيوت الناس».", [("gna", "harms", "unknown")]),
        ("وصلت الحكومة إلى العاصمة.", []),
        ("اجتمع البرلمان في طبرق.", []),
    ],
)
def test_whose_words(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert found(text) == expected


def test_a_word_is_loaded_between_its_dates() -> None:
    assert found("حكومة السراج في طرابلس", date(2018, 1, 1))
    assert not found("حكومة السراج في طرابلس", date(2023, 1, 1))


def test_the_span_is_the_term() -> None:
    doc = Document("", "عن تَحْرير العاصمة قيل الكثير", date(2019, 6, 1))
    (one,) = framing.find(doc, [], KNOWN)
    assert doc.text.text[one.start : one.end] == one.term == "تَحْرير العاصمة"


def test_lean_counts_only_the_outlet() -> None:
    doc = Document("", "قال السراج إن مجرم الحرب سيحاسب. وتقدم الجيش نحو تحرير طرابلس.", date(2019, 6, 1))
    lean = framing.lean(framing.find(doc, mentions(doc), KNOWN))
    assert lean["lna"] > 0 > lean["gna"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('[[term]]\ncamp = "x"\neffect = "helps"\ngloss = ""\nforms = []', "term 1: effect"),
        ("[[term]]\ncolour = 1", "term 1"),
        ("not toml", "not TOML"),
    ],
)
def test_a_wrong_file_is_named(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "framing.toml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(terms.FramingError, match=message):
        terms.load(path)


def test_seed_is_framed_for_the_lna(shared: Path) -> None:
    title, _, text = (shared / "data" / "seed.txt").read_text(encoding="utf-8").partition("\n")
    doc = Document(title, text, date(2019, 4, 24))
    lean = framing.lean(framing.find(doc, [], KNOWN))
    assert max(lean, key=lambda camp: lean[camp]) == "lna"
