"""Silent corrections: the page of an article that may concern us is asked again after 1, 6 and 24 hours."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import msgspec

from ingest.fulltext import Page
from ingest.ledger import Check
from khabar.arabic import folded
from khabar.schema import Article, content_hash, cut_text

AFTER: Final = (timedelta(hours=1), timedelta(hours=6), timedelta(hours=24))
"""When a page is asked again, counted from when the article was first fetched."""

PASSING: Final = frozenset(
    {"page_host_held", "page_budget"}
    | {f"page_http_{status}" for status in (408, 425, 429, 500, 502, 503, 504)}
    | {f"page_{why}" for why in ("timeout", "dns", "refused", "connection", "disconnected", "broken_body", "bad_http")}
)
"""Why a page could not be had that may be had later: any article is looked at again then, for its text."""

Watch = Callable[[Article], bool]
"""Says whether an article is worth looking at again."""

_WORDS: Final = "ليبي طرابلس بنغازي حفتر الدبيب مصرات سبها درنة درنه طبرق باشاغ باشاآ السراج ibya LIBYA ripoli enghazi"
_LIBYA: Final = tuple(_WORDS.split())
"""Looked for one by one: an alternation of them takes three times as long on every text without any."""


def may_concern_libya(article: Article) -> bool:
    """Whether a word about Libya stands in the article: generous on purpose, the tagger decides what is about Libya."""
    title, text = article.title, article.text
    for word in _LIBYA:  # noqa: SIM110  # any() of a generator takes twice as long, and every article passes here
        if word in text or word in title:
            return True
    return False


def first_check(article: Article, *, etag: str = "", last_modified: str = "") -> Check:
    """Return the first look at an article that was just fetched."""
    return Check(
        article=msgspec.structs.replace(article, text=""),
        due=article.fetched_at + AFTER[0],
        text_hash=text_hash(article.text) if article.text_from == "page" else "",
        etag=etag,
        last_modified=last_modified,
    )


def text_hash(text: str) -> str:
    """Return the hash of a text's words: spaces, vowel marks and letter forms do not make a correction."""
    return content_hash("", " ".join(folded(text).split()))


def next_check(check: Check, *, text_hash_now: str = "", etag: str = "", last_modified: str = "") -> Check | None:
    """Return the look that comes after `check`, None after the last."""
    stage = check.stage + 1
    if stage >= len(AFTER):
        return None
    return msgspec.structs.replace(
        check,
        stage=stage,
        due=check.article.fetched_at + AFTER[stage],
        text_hash=text_hash_now or check.text_hash,
        etag=etag or check.etag,
        last_modified=last_modified or check.last_modified,
    )


def corrected(check: Check, page: Page, now: datetime) -> Article | None:
    """Return the article's new version if its page's text changed, else None.

    An article whose text came from its feed in full is compared with its page from the second look on: the first
    only learns what the page looks like.
    """
    article = check.article
    if page.kind != "text":
        return None
    if check.text_hash == text_hash(page.text) or (not check.text_hash and article.text_from == "entry"):
        return None
    text, truncated = cut_text(page.text)
    return msgspec.structs.replace(
        article,
        text=text,
        truncated=truncated,
        text_from="page",
        quality=page.quality,
        fetched_at=now,
        content_hash=content_hash(article.title, text),
    )
