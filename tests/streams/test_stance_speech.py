"""Who says it: quotations, verbs of saying, attributions, and the speaker who carries over."""

import pytest

from tests.streams.stance_cases import read


@pytest.mark.parametrize(
    ("text", "quoted", "speaker"),
    [
        ("تركيا تدعم حكومة الوفاق.", False, None),
        ("قال السراج إن مصر تدعم حفتر.", True, "sarraj"),
        ("وقال حفتر: «تركيا تدعم الميليشيات في طرابلس منذ سنوات».", True, "haftar"),
        ("حفتر: تركيا تدعم الميليشيات", True, "haftar"),
        ("مصر تدعم حفتر، بحسب السراج.", True, "sarraj"),
        ("مصر تدعم السراج، وفقا لحفتر.", True, "haftar"),
        ("قال مصدر مطلع إن مصر تدعم حفتر.", True, None),
        ("اتهم السراج حفتر بخرق الهدنة.", True, "sarraj"),
        ("التقى السراج الوفد. مصر تدعم حفتر.", False, None),
    ],
)
def test_quoted_and_speaker(text: str, quoted: bool, speaker: str | None) -> None:
    (s,) = read(text)
    assert (s.quoted, s.speaker) == (quoted, speaker)


def test_the_speaker_carries_over_until_another_takes_over() -> None:
    text = "قال السراج إن الوضع صعب. وأضاف أن مصر تدعم حفتر. وقال حفتر إن تركيا تدعم الميليشيات. وتابع أن قطر تمول الميليشيات."
    assert [(s.holder, s.speaker) for s in read(text)] == [("egypt", "sarraj"), ("turkey", "haftar"), ("qatar", "haftar")]


def test_his_words_are_those_of_whoever_spoke() -> None:
    (s,) = read("تحدث السراج طويلا. وقال إن الوضع صعب. ومصر تدعم حفتر على حد قوله.")
    assert s.quoted


def test_a_named_thing_in_quotes_is_no_speech() -> None:
    (s,) = read("«الجيش الليبي» يهاجم داعش")
    assert not s.quoted
