"""Dates as Arabic outlets write them: RFC 822, ISO 8601, Arabic month names of three traditions, Hijri, Arabic digits.

Month names: the Levant (كانون الثاني), the Maghreb (جانفي), Egypt and the Gulf (يناير), Morocco (غشت). Hijri dates are
turned by the tabular Islamic calendar (civil epoch), which is within a day or two of any country's moon.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from khabar.arabic import DIGITS, folded
from khabar.dates import email_date, iso_date

MONTHS: Final = (
    ("يناير", "كانون الثاني", "جانفي", "ينائر", "january", "jan", "janvier"),
    ("فبراير", "شباط", "فيفري", "february", "feb", "fevrier"),
    ("مارس", "آذار", "اذار", "march", "mar", "mars"),
    ("أبريل", "إبريل", "نيسان", "أفريل", "april", "apr", "avril"),
    ("مايو", "أيار", "ماي", "may", "mai"),
    ("يونيو", "يونيه", "حزيران", "جوان", "june", "jun", "juin"),
    ("يوليو", "يوليه", "تموز", "جويلية", "يوليوز", "july", "jul", "juillet"),
    ("أغسطس", "آب", "أوت", "غشت", "august", "aug", "aout"),
    ("سبتمبر", "أيلول", "شتنبر", "september", "sep", "sept", "septembre"),
    ("أكتوبر", "تشرين الأول", "october", "oct", "octobre"),
    ("نوفمبر", "تشرين الثاني", "نونبر", "november", "nov", "novembre"),
    ("ديسمبر", "كانون الأول", "دجنبر", "december", "dec", "decembre"),
)
HIJRI: Final = (
    ("محرم", "المحرم"),
    ("صفر",),
    ("ربيع الأول", "ربيع أول"),
    ("ربيع الآخر", "ربيع الثاني", "ربيع ثاني"),
    ("جمادى الأولى", "جمادى الأول"),
    ("جمادى الآخرة", "جمادى الثانية", "جمادى الآخر"),
    ("رجب",),
    ("شعبان",),
    ("رمضان",),
    ("شوال",),
    ("ذو القعدة", "ذي القعدة"),
    ("ذو الحجة", "ذي الحجة"),
)
ZONES: Final = {
    "LY": "Africa/Tripoli",
    "EG": "Africa/Cairo",
    "TN": "Africa/Tunis",
    "DZ": "Africa/Algiers",
    "MA": "Africa/Casablanca",
    "SD": "Africa/Khartoum",
    "SO": "Africa/Mogadishu",
    "MR": "Africa/Nouakchott",
    "SA": "Asia/Riyadh",
    "QA": "Asia/Qatar",
    "AE": "Asia/Dubai",
    "KW": "Asia/Kuwait",
    "BH": "Asia/Bahrain",
    "OM": "Asia/Muscat",
    "YE": "Asia/Aden",
    "IQ": "Asia/Baghdad",
    "JO": "Asia/Amman",
    "LB": "Asia/Beirut",
    "SY": "Asia/Damascus",
    "PS": "Asia/Gaza",
    "IR": "Asia/Tehran",
    "TR": "Europe/Istanbul",
    "RU": "Europe/Moscow",
    "GB": "Europe/London",
    "FR": "Europe/Paris",
    "DE": "Europe/Berlin",
    "IT": "Europe/Rome",
    "SE": "Europe/Stockholm",
    "ES": "Europe/Madrid",
    "US": "America/New_York",
}
"""The zone of a time that names none, by the outlet's country; UTC elsewhere."""
FUTURE: Final = timedelta(hours=1)
"""How far ahead of its fetch an entry's date may be (clocks, embargoes); a later one is a mistake."""

_BY_NAME: Final = {folded(n).lower(): (i, False) for i, names in enumerate(MONTHS, 1) for n in names} | {
    folded(n).lower(): (i, True) for i, names in enumerate(HIJRI, 1) for n in names
}
_NAMES: Final = "|".join(sorted(map(re.escape, _BY_NAME), key=len, reverse=True))
_MONTH: Final = rf"(?<!\w)(?P<month>{_NAMES})(?!\w)(?:\s*/\s*(?:{_NAMES})(?!\w))?"
_WORDS: Final = re.compile(rf"(?<!\d)(?P<day>\d{{1,2}})\s*[-/ ،,.]*\s*(?:من\s+)?{_MONTH}\s*[-/ ،,.]*\s*(?P<year>\d{{4}})")
_WORDS_US: Final = re.compile(rf"{_MONTH}\s+(?P<day>\d{{1,2}})\s*[،,]\s*(?P<year>\d{{4}})")
_NUMBERS: Final = re.compile(r"(?<!\d)(?P<day>\d{1,2})\s?[-/.]\s?(?P<month>\d{1,2})\s?[-/.]\s?(?P<year>\d{4})(?!\d)")
_NUMBERS_ISO: Final = re.compile(r"(?<!\d)(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})(?!\d)")
_TIME: Final = re.compile(r"(?<!\d)(\d{1,2}):(\d{2})(?::(\d{2}))?\s*(ص|م|صباحا|مساء|am|pm)?(?!\w)")
_OFFSET: Final = re.compile(r"(?:gmt|utc|:\d\d\s?)\s?([+-])(\d{1,2}):?(\d{2})?(?!\d)")
_ENGLISH: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_ENGLISH_MONTH: Final = {name: n for n, name in enumerate(_ENGLISH, 1)}
_RFC822: Final = re.compile(
    rf"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), )?(\d\d?) ({'|'.join(_ENGLISH)}) ([12]\d{{3}}) (\d\d):(\d\d):(\d\d) "
    r"(?:GMT|([+-])([01]\d)([0-5]\d))",
    re.ASCII,
)
_UTC_NAMED: Final = re.compile(r"(?<!\w)(?:gmt|utc|ut|z|غرينتش|جرينتش)(?!\w)|\dz(?!\w)")


def zone_of(country: str) -> tzinfo:
    """Return the zone of a country (ISO 3166-1 alpha-2), UTC where it is not known."""
    return _zone(ZONES.get(country, "UTC"))


@lru_cache(maxsize=64)
def _zone(name: str) -> tzinfo:
    return ZoneInfo(name)


def parse(text: str, zone: tzinfo = UTC) -> datetime | None:
    """Return the time that `text` names, in UTC; `zone` is that of a time without one. None where it names none."""
    text = text.strip()
    if not text or len(text) > 200:
        return None
    if not text.isascii():
        text = text.translate(_DIGITS)
    at = _usual(text) or iso_date(text) or _email(text) or _words(text)
    if at is None or not 1990 <= at.year <= 2100:
        return None
    return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)


def published(texts: tuple[str, ...], zone: tzinfo, now: datetime) -> tuple[datetime | None, str]:
    """Return the first of `texts` that is a date, not later than `now` by more than FUTURE, and the name of a problem.

    A date in the future becomes `now` (problem `future_date`); none at all gives None (`no_date`, or `bad_date`).
    """
    for text in texts:
        at = parse(text, zone)
        if at is not None:
            return (now, "future_date") if at > now + FUTURE else (at, "")
    return None, "bad_date" if any(texts) else "no_date"


_DIGITS: Final = str.maketrans(DIGITS)


def _usual(text: str) -> datetime | None:
    """Return the time of the RFC 822 form that feeds use most, read at a quarter of the time of `email.utils`."""
    m = _RFC822.fullmatch(text)
    if m is None:
        return None
    day, month, year, hour, minute, second, sign, hours, minutes = m.groups()
    zone = UTC if sign is None else _fixed(sign, int(hours) * 60 + int(minutes))
    try:
        return datetime(int(year), _ENGLISH_MONTH[month], int(day), int(hour), int(minute), int(second), tzinfo=zone)
    except ValueError:
        return None


@lru_cache(maxsize=64)
def _fixed(sign: str, minutes: int) -> tzinfo:
    return timezone(timedelta(minutes=minutes if sign == "+" else -minutes))


def _email(text: str) -> datetime | None:
    at = email_date(text)
    if at is None:
        return None
    # "-0000" gives a naive time, as does no zone at all: both say nothing of the place
    return at.replace(tzinfo=UTC) if at.tzinfo is None and text.endswith(("-0000", "GMT", "UT")) else at


def _words(text: str) -> datetime | None:
    low = folded(text).lower()
    day = _day(low)
    if day is None:
        return None
    time = _TIME.search(low)
    hour, minute, second = (int(time[1]), int(time[2]), int(time[3] or 0)) if time else (0, 0, 0)
    if time and time[4]:
        hour = hour % 12 + (12 if time[4].startswith(("م", "p")) else 0)
    try:
        return datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=_named_zone(low))
    except ValueError:
        return None


def _named_zone(low: str) -> tzinfo | None:
    offset = _OFFSET.search(low)
    if offset:
        minutes = int(offset[2]) * 60 + int(offset[3] or 0)
        return _fixed(offset[1], minutes) if minutes < 24 * 60 else None
    return UTC if _UTC_NAMED.search(low) else None


def _day(low: str) -> date | None:
    dates = (_as_date(m) for pattern in (_WORDS, _WORDS_US, _NUMBERS_ISO, _NUMBERS) for m in pattern.finditer(low))
    found = [d for d in dates if d is not None]
    return found[0] if found else None


def _as_date(match: re.Match[str]) -> date | None:
    day, year, name = int(match["day"]), int(match["year"]), match["month"]
    month, hijri = (int(name), False) if name.isdecimal() else _BY_NAME[name]
    if not name.isdecimal() and hijri != (1300 <= year <= 1500):
        return None
    if 1300 <= year <= 1500:
        return hijri_date(year, month, day)
    try:
        return date(year, month, day)
    except ValueError:
        return None


def hijri_date(year: int, month: int, day: int) -> date | None:
    """Return the Gregorian date of a Hijri one by the tabular calendar, or None where there is no such day."""
    if not (1 <= month <= 12 and 1 <= day <= 30):
        return None
    days = day + (59 * (month - 1) + 1) // 2 + (year - 1) * 354 + (3 + 11 * year) // 30
    return date.fromordinal(227014 + days)
