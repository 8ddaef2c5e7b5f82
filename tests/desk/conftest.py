"""A desk over a real SQLite store with an article that shows everything, a copy of it, and one that means harm."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from desk.app import make_app
from index.sqlite import SqliteStore
from khabar.schema import ActorTag, Article, CoverageItem, Framing, Mention, PollResult, Span, Stance, TaggedArticle

NOW = datetime(2024, 6, 1, 9, tzinfo=UTC)
SENTENCE = "وانتقد المجلس البلدي شركة المياه <b>بشدة</b>."
TEXT = f"عقد المجلس البلدي جلسته. {SENTENCE}\nوقال عضو إن الحل قريب."
Client = TestClient[web.Request, web.Application]


def coverage(id_: str = "a1", *, title: str = "المجلس البلدي وشركة المياه", text: str = TEXT, **more: object) -> CoverageItem:
    at = text.find("المجلس البلدي")
    s = text.find(SENTENCE)
    stances = ()
    if s >= 0:
        stances = (
            Stance(
                id=f"s-{id_}", holder="council", target="water-co", polarity="oppose", mode="word", act="criticise", quoted=False, speaker=None,
                field="text", sentence=SENTENCE, sentence_start=s, sentence_end=s + len(SENTENCE), cue="انتقد", cue_start=s + 1, cue_end=s + 6,
                holder_mention=Span(field="text", start=s + 7, end=s + 20, text="المجلس البلدي"), target_mention=None, rule="verb", confidence=0.87,
            ),
        )  # fmt: skip
    article = Article(
        id=id_, title=title, text=text, fetched_at=NOW, content_hash="h", outlet="sample", outlet_name="صحيفة <عينة>",
        url=str(more.pop("url", "https://example.org/a?x=1&y=2")), published=NOW,
    )  # fmt: skip
    tagged = TaggedArticle(
        article=article, version=int(str(more.pop("version", 1))), first_seen=NOW, generation="g", language="ar", about_libya=True,
        actors=(
            ActorTag(id="council", name="المجلس البلدي", name_en="Town council", type="institution", mentions=(Mention(field="text", start=at, end=at + 13, text="المجلس البلدي", rule="name"),)),
            ActorTag(id="water-co", name="شركة المياه", name_en="Water company", type="company"),
        ) if at >= 0 else (),
        stances=stances,
        framing=(Framing(term="بشدة", camp="council", effect="harms", by="outlet", field="text", start=s + 36, end=s + 40),) if s >= 0 else (),
    )  # fmt: skip
    return CoverageItem(tagged=tagged, story=str(more.pop("story", f"st-{id_}")), story_title=title, **more)  # type: ignore[arg-type]  # a table of values


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    store = SqliteStore(tmp_path / "k.db")
    store.write(
        [
            coverage(),
            coverage("a2", title="نسخة", story="st-a1", copy_of="a1", copy_of_outlet="وكالة", version=2),
            PollResult(feed="f-1", outlet="one", url="https://example.org/1", at=NOW, outcome="ok", status=200, new=2, entries=9),
            PollResult(
                feed="f-2", outlet="two", url="https://example.org/2", at=NOW, outcome="http_503", failures=3, error="<b>busy</b>"
            ),
            coverage(
                "evil", title="<script>alert(1)</script>", text="\"'><img src=x onerror=alert(1)>", url="javascript:alert(1)"
            ),
        ]
    )
    yield store
    store.close()


@pytest.fixture
async def desk(store: SqliteStore) -> AsyncIterator[Client]:
    async with TestClient(TestServer(make_app(store, clock=lambda: NOW))) as client:
        yield client
