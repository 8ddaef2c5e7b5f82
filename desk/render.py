"""Templates: the environment, what they may call, and the one function that answers with a page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import jinja2
import msgspec
from aiohttp import web

from desk.summary import called
from desk.words import counted, word
from desk.words_query import told
from khabar.ports import Clock

CLOCK: Final[web.AppKey[Clock]] = web.AppKey("clock")
LANGUAGE_COOKIE: Final = "khabar-language"
MONTHS: Final = (
    *("يناير", "فبراير", "مارس", "أبريل", "مايو", "يونيو"),
    *("يوليو", "أغسطس", "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر"),
)

_environment: Final = jinja2.Environment(
    loader=jinja2.PackageLoader("desk"),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def language(request: web.Request) -> str:
    """Return the language of the page's own words: what the reader chose, else Arabic."""
    return "en" if request.cookies.get(LANGUAGE_COOKIE) == "en" else "ar"


def page(request: web.Request, template: str, *, status: int = 200, **values: Any) -> web.Response:
    """Return the page made from `template` with `values`; words, dates and names come in the reader's language."""
    lang = language(request)
    now = request.app[CLOCK]()
    html = _environment.get_template(template).render(
        t=lambda key: word(key, lang),
        told=lambda reason: told(reason, lang),
        called=lambda actor: called(actor, lang),
        n_of=lambda key, n: counted(key, n, lang),
        lang=lang,
        dir="rtl" if lang == "ar" else "ltr",
        day=lambda at: day(at, lang),
        ago=lambda at: ago(at, now, lang),
        link=link,
        safe_url=safe_url,
        path=request.path,
        here=request.path_qs,
        query=request.query.get("q", ""),
        **values,
    )
    return web.Response(text=html, content_type="text/html", status=status)


def link(path: str, **parameters: object) -> str:
    """Return a path of the desk with the parameters that are not empty."""
    given = {k: v for k, v in parameters.items() if v not in ("", None, 0)}
    return f"{path}?{urlencode(given)}" if given else path


def safe_url(url: str) -> str:
    """Return an outlet's address if a browser may be sent there, else "" (a feed may say javascript:)."""
    try:
        return url if urlsplit(url).scheme in ("http", "https") else ""
    except ValueError:
        return ""


def day(at: datetime, lang: str) -> str:
    """Return a date as people write it, in UTC."""
    at = at.astimezone(UTC)
    if lang == "ar":
        return f"{at.day} {MONTHS[at.month - 1]} {at.year}"
    return f"{at.day} {at:%B %Y}"


def ago(at: datetime, now: datetime, lang: str) -> str:
    """Return how long ago `at` was, in the largest unit; a date where that is over a month."""
    seconds = (now - at).total_seconds()
    if not 0 <= seconds < 30 * 86400:
        return day(at, lang)
    for size, key in ((86400, "days_ago"), (3600, "hours_ago"), (60, "minutes_ago")):
        if seconds >= size:
            return counted(key, int(seconds // size), lang)
    return word("now", lang)


def api(data: Mapping[str, Any], *, status: int = 200) -> web.Response:
    """Return `data` as JSON, Arabic readable."""
    return web.Response(body=msgspec.json.encode(data), status=status, content_type="application/json", charset="utf-8")
