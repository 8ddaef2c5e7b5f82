"""What a person reads: marked, escaped, isolated."""

from hypothesis import given
from hypothesis import strategies as st

from khabar.compose import compose, marked_sentence
from khabar.schema import Span
from tests.notify.helpers import QuietHours, alert, sub

DESK = "https://desk.example"


def made(*alerts, digest=False, **kw):
    return compose(alerts, sub(**kw), key="k", digest=digest, desk=DESK)


def test_the_words_that_matched_are_marked():
    sentence = "حفتر يلتقي حفتر"
    spans = (Span(field="text", start=100, end=104, text="حفتر"), Span(field="text", start=111, end=115, text="حفتر"))
    one = alert(sentence=sentence, sentence_start=100, spans=spans)
    assert marked_sentence(one) == [("حفتر", True), (" يلتقي ", False), ("حفتر", True)]
    assert ">حفتر</mark> يلتقي <mark" in made(one).html
    assert "«حفتر» يلتقي «حفتر»" in made(one).text


@given(st.text(min_size=1, max_size=30), st.lists(st.tuples(st.integers(-5, 40), st.integers(-5, 40)), max_size=6))
def test_marked_pieces_are_the_sentence(sentence, places):
    spans = tuple(Span(field="text", start=10 + a, end=10 + b, text="") for a, b in places if a < b)
    one = alert(sentence=sentence, sentence_start=10, spans=spans)
    assert "".join(p for p, _ in marked_sentence(one)) == sentence


def test_nothing_of_an_article_is_trusted():
    evil = '<script>alert("x")</script>'
    message = made(
        alert(title=f"{evil}\r\nBcc: all@example.org", outlet_name=evil, sentence=evil, spans=(), url="javascript:x()")
    )
    assert "<script" not in message.html
    assert "javascript:" not in message.html + message.text
    assert "\n" not in message.subject
    assert "\r" not in message.subject


def test_links_times_and_how_to_stop():
    message = made(alert(actors=("خليفة حفتر",)), quiet=QuietHours(start="22:00", end="07:00", zone="Asia/Dubai"))
    for part in (message.html, message.text):
        assert f"{DESK}/articles/art1" in part
        assert f"{DESK}/alerts#s1" in part
        assert "2024-03-05 14:15 (Asia/Dubai)" in part
        assert "خليفة حفتر" in part
    assert 'href="https://outlet.example.org/1?a=b&amp;c=d"' in message.html


def test_what_was_found_is_named_once_and_a_whole_sentence_is_not():
    texts = ("وحفتر", "حفتر", "حفتر", "جملة طويلة " * 10)
    message = made(alert(spans=tuple(Span(field="text", start=1, end=2, text=t) for t in texts)))
    assert "وُجد فيه: \u2068وحفتر، حفتر\u2069" in message.text


def test_a_digest_tells_times_in_one_zone():
    message = made(
        *(alert(f"a{n}") for n in range(2)), digest=True, quiet=QuietHours(start="22:00", end="07:00", zone="Asia/Dubai")
    )
    assert message.html.count("2024-03-05 14:15") == 4
    assert "الوقت (Asia/Dubai)" in message.html


def test_a_digest_is_a_table_and_counts_what_it_cannot_show():
    message = made(*(alert(f"a{n}", title=f"خبر {n}") for n in range(130)), digest=True)
    assert message.html.count("<tr>") == 101
    assert "130" in message.subject
    assert "و30 غيرها" in message.text
    assert len(message.payload["alerts"]) == 130


def test_in_english():
    message = made(alert(), language="en")
    assert 'dir="ltr"' in message.html
    assert "Why you get this" in message.text
