"""What the pages say of numbers, times and pieces of text."""

from datetime import UTC, datetime, timedelta

import pytest

from desk.cards import marked
from desk.render import ago
from desk.words import counted
from khabar.schema import Span
from khabar.snippets import snippet


@pytest.mark.parametrize(
    ("n", "arabic", "english"),
    [
        (0, "0 خبر", "0 articles"),
        (1, "خبر واحد", "1 article"),
        (2, "خبران", "2 articles"),
        (3, "3 أخبار", "3 articles"),
        (10, "10 أخبار", "10 articles"),
        (11, "11 خبرا", "11 articles"),
        (99, "99 خبرا", "99 articles"),
        (100, "100 خبر", "100 articles"),
        (102, "102 خبر", "102 articles"),
        (1_103, "1,103 أخبار", "1,103 articles"),
        (1_111, "1,111 خبرا", "1,111 articles"),
    ],
)
def test_counted_things_agree_with_their_number(n: int, arabic: str, english: str) -> None:
    assert (counted("articles", n, "ar"), counted("articles", n, "en")) == (arabic, english)


@pytest.mark.parametrize(
    ("seconds", "arabic", "english"),
    [
        (59, "الآن", "now"),
        (120, "قبل دقيقتين", "2 min ago"),
        (3600 * 5, "قبل 5 ساعات", "5 hours ago"),
        (86400, "قبل يوم", "1 day ago"),
        (86400 * 12, "قبل 12 يوما", "12 days ago"),
        (86400 * 31, "28 فبراير 2026", "28 February 2026"),
        (-60, "31 مارس 2026", "31 March 2026"),
    ],
)
def test_how_long_ago(seconds: int, arabic: str, english: str) -> None:
    now = datetime(2026, 3, 31, 12, tzinfo=UTC)
    at = now - timedelta(seconds=seconds)
    assert (ago(at, now, "ar"), ago(at, now, "en")) == (arabic, english)


@pytest.mark.parametrize(
    ("text", "hits", "starts", "ends"),
    [
        ("قصير", [], "قصير", "قصير"),
        ("كلمة " * 100, [], "كلمة", "…"),
        ("كلمة " * 100 + "هدف " + "كلمة " * 100, [Span(field="text", start=500, end=503, text="هدف")], "…", "…"),
        ("س" * 1000, [Span(field="text", start=600, end=603, text="سسس")], "…", "…"),
    ],
)
def test_snippets(text: str, hits: list[Span], starts: str, ends: str) -> None:
    shown = marked(snippet(text, hits))
    assert shown.startswith(starts)
    assert shown.endswith(ends)
    assert shown.count('<mark class="hit">') == len(hits)
    if hits and " " in text:
        assert '<mark class="hit">هدف</mark>' in shown
