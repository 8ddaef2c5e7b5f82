"""Why a query cannot be read, in Arabic. `QueryError.reason` is English, for the command line and the API."""

from __future__ import annotations

import re
from typing import Final

_ISOLATED: Final = "\u2068{}\u2069"
_REASONS: Final = tuple(
    (re.compile(pattern), arabic)
    for pattern, arabic in (
        (r"there is no field '(.*)'", "لا حقل اسمه {}"),
        (r"(\w+): takes one value", "{} يأخذ قيمة واحدة"),
        (r"(\w+): has no value", "{} بلا قيمة"),
        (r"a polarity is support or oppose", "polarity إما support (تأييد) أو oppose (معارضة)"),
        (r"a confidence is a number from 0 to 1, and means that or more", "الثقة عدد من 0 إلى 1، ومعناها: هذا أو أكثر"),
        (r"(.*) is no date", "{} ليس تاريخا"),
        (r"longer than ([\d,]+) characters", "أطول من {} حرف"),
        (r"more than ([\d,]+) words and values", "أكثر من {} كلمة وقيمة"),
        (r"more than (\d+) parentheses inside one another", "أكثر من {} قوسا بعضها داخل بعض"),
        (r"NEAR reaches at most (\d+) words", "أبعد مدى NEAR هو {} كلمة"),
        (r"NEAR between more than (\d+) pairs of words", "NEAR بين أكثر من {} زوج من الكلمات"),
        (r"both sides of NEAR are in the same field", "طرفا NEAR يكونان في حقل واحد"),
        (
            r"NEAR stands between words, phrases, or words joined by OR in parentheses",
            "يقف NEAR بين كلمات أو عبارات أو كلمات بينها OR داخل قوسين",
        ),
        (r"(\w+):\( \) holds values joined by OR", "بين قوسي {} قيم تفصل بينها OR"),
        (r"there is no word here", "لا كلمة هنا"),
        (r"there is no word in (.*)", "لا كلمة في {}"),
        (r"a minus sign excludes nothing here", "علامة الطرح لا تستثني شيئا هنا"),
        (r"\* stands at the end of one word", "تقف * في آخر كلمة واحدة"),
        (r"at least (\d+) letters stand before \*", "قبل * حرفان على الأقل"),
        (r"this quotation is not closed", "علامة الاقتباس هذه لم تُغلق"),
        (r"(.*) closes no quotation", "{} لا تغلق اقتباسا"),
        (r"a parenthesis is not closed", "قوس لم يُغلق"),
        (r"something must follow (.*)", "لا بد من شيء بعد {}"),
        (r"this parenthesis closes nothing", "هذا القوس لا يغلق شيئا"),
        (r"there is nothing before this parenthesis to close", "لا شيء قبل هذا القوس ليغلقه"),
        (r"(.*) needs something on its left", "لا بد من شيء قبل {}"),
    )
)


def told(reason: str, language: str) -> str:
    """Return the reason of a QueryError in the reader's language ("ar" or "en")."""
    for pattern, arabic in _REASONS if language == "ar" else ():
        if match := pattern.fullmatch(reason):
            return arabic.format(*map(_ISOLATED.format, match.groups()))
    return reason
