"""What a feed's body brings: entries read, told apart by what is known, and turned into Articles with full text."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, tzinfo
from functools import partial
from typing import Final

import msgspec

from ingest import corrections, entries
from ingest.dates import zone_of
from ingest.entries import Candidate
from ingest.ledger import Check, Ledger, Writes
from ingest.model import Feed, Known, ParsedFeed, RawEntry
from ingest.pages import PageResult, Pages
from khabar.schema import Article

PAGES_PER_POLL: Final = 60
"""Pages fetched in one poll of one feed; what is beyond keeps the feed's own text, and is counted."""
CHECKS_PER_POLL: Final = 20
"""Pages looked at again in one poll."""
MANY: Final = 100
"""More entries than this are read in a thread, so that other feeds' time-outs stay true."""
PAGES_SECONDS: Final = 180.0
"""The longest that one poll waits for pages."""


class Harvest(msgspec.Struct, frozen=True, kw_only=True):
    """What one body, or the corrections that were due, gave."""

    articles: tuple[Article, ...] = ()
    entries: int = 0
    new: int = 0
    updated: int = 0
    full_text: int = 0
    skipped: dict[str, int] = {}
    notes: dict[str, int] = {}
    new_dates: tuple[datetime, ...] = ()
    delays_s: tuple[float, ...] = ()
    checks: tuple[Check, ...] = ()


def _read_all(feed: Feed, raws: Sequence[RawEntry], zone: tzinfo, now: datetime) -> list[Candidate | str]:
    return [entries.read(feed, raw, zone, now) for raw in raws]


def _moments(
    published: Sequence[datetime | None], now: datetime, *, first_poll: bool
) -> tuple[tuple[datetime, ...], tuple[float, ...]]:
    """Return when new entries appeared, and how late that was seen; a first poll brings what is there, whenever it came."""
    dated = tuple(at for at in published if at is not None)
    if first_poll:
        return dated, ()
    return tuple(at or now for at in published), tuple(max(0.0, (now - at).total_seconds()) for at in dated)


def merged(harvest: Harvest, checked: Harvest) -> Harvest:
    """Return what a body and the corrections gave together; the body's own version of an article comes first."""
    there = {a.id for a in harvest.articles}
    more = tuple(a for a in checked.articles if a.id not in there)
    return msgspec.structs.replace(
        harvest,
        articles=harvest.articles + more,
        updated=harvest.updated + len(more),
        full_text=harvest.full_text + len(more),
        notes=dict(Counter(harvest.notes) + Counter(checked.notes)),
    )


class Harvester:
    """Reads bodies for a Poller. `pages` None takes no pages; `watch` says which articles are looked at again."""

    def __init__(self, ledger: Ledger, pages: Pages | None, watch: corrections.Watch) -> None:
        self._ledger, self._pages, self._watch = ledger, pages, watch

    async def body(self, feed: Feed, parsed: ParsedFeed, writes: Writes, *, first_poll: bool, now: datetime) -> Harvest:
        """Return the articles that are new or changed in `parsed`; what is to be remembered goes to `writes`."""
        skipped: Counter[str] = Counter()
        zone = zone_of(feed.country)
        raws, known = self._to_read(feed, parsed.entries)
        skipped.update({"seen": len(parsed.entries) - len(raws)} if len(raws) < len(parsed.entries) else {})
        work = partial(_read_all, feed, raws, zone, now)
        read = await asyncio.to_thread(work) if len(raws) > MANY else work()
        skipped.update(r for r in read if isinstance(r, str))
        candidates, doubles = entries.without_doubles([r for r in read if not isinstance(r, str)])
        skipped.update({"double": doubles} if doubles else {})
        fresh: list[tuple[Candidate, Known | None]] = []
        for candidate, before in self._with_known(candidates, known):
            what = entries.verdict(candidate, before, feed)
            if what in ("new", "updated"):
                fresh.append((candidate, before))
            else:
                skipped[what] += 1
        got = await self._pages_of(feed, [c for c, _ in fresh])
        return self._made(feed, fresh, got, writes, skipped=skipped, count=len(parsed.entries), first_poll=first_poll, now=now)

    def _to_read(self, feed: Feed, raws: Sequence[RawEntry]) -> tuple[list[RawEntry], dict[str, Known | None]]:
        """Return the entries without those that stand as they stood, which are most of a feed; and what is known of all.

        An address that is listed twice is read: the newest of its entries counts.
        """
        ids = [entries.id_of(raw) for raw in raws]
        known = dict.fromkeys(ids) | self._ledger.articles([i for i in ids if i])
        times = Counter(ids)
        stood = {i: k.shown for i, k in known.items() if k is not None and k.feed == feed.id and times[i] == 1}
        pairs = zip(ids, raws, strict=True)
        return [raw for i, raw in pairs if i not in stood or stood[i] != entries.shown(raw)], known

    def _with_known(
        self, candidates: Sequence[Candidate], asked: dict[str, Known | None]
    ) -> Iterator[tuple[Candidate, Known | None]]:
        """Yield what is known of each entry; `asked` has it for most, None for new ones.

        An entry whose link changed, but not its GUID and title, gets the id that it had.
        """
        known = asked | self._ledger.articles([c.id for c in candidates if c.id not in asked])
        strange = [c for c in candidates if known.get(c.id) is None and c.guid_key and c.guid != c.url]
        stood_for = self._ledger.by_guids([c.guid_key for c in strange])
        moved = {c.id: stood_for[c.guid_key][0] for c in strange if stood_for.get(c.guid_key, ("", ""))[1] == c.title}
        for c in candidates:
            if c.id in moved:
                yield msgspec.structs.replace(c, id=moved[c.id]), self._ledger.article(moved[c.id])
            else:
                yield c, known.get(c.id)

    async def _pages_of(self, feed: Feed, candidates: list[Candidate]) -> dict[str, PageResult]:
        pages = self._pages
        wanted = [c for c in candidates if entries.needs_page(feed, c)] if pages is not None else []
        if pages is None or not wanted:
            return {}
        found = {c.id: PageResult(reason="page_budget") for c in wanted}

        async def one(c: Candidate) -> None:
            found[c.id] = await pages.read(feed, c.url, c.title)

        tasks = [asyncio.create_task(one(c)) for c in wanted[:PAGES_PER_POLL]]
        try:
            _, late = await asyncio.wait(tasks, timeout=PAGES_SECONDS)
        finally:
            for task in tasks:
                task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        for task in tasks:
            if not task.cancelled() and (error := task.exception()) is not None:
                raise error
        return found

    def _made(
        self,
        feed: Feed,
        fresh: list[tuple[Candidate, Known | None]],
        got: dict[str, PageResult],
        writes: Writes,
        *,
        skipped: Counter[str],
        count: int,
        first_poll: bool,
        now: datetime,
    ) -> Harvest:
        articles, checks = list[Article](), list[Check]()
        tally = Counter(new=0, updated=0, full_text=0)
        notes = Counter(page.reason for page in got.values() if page.reason)
        for candidate, known in fresh:
            page = got.get(candidate.id, PageResult())
            article = self._article(feed, candidate, page, first_poll=first_poll, now=now)
            self._remember(feed, candidate, article, writes)
            if known is not None and known.content_hash == article.content_hash:
                skipped["same_text"] += 1
                continue
            articles.append(article)
            tally["new" if known is None else "updated"] += 1
            tally["full_text"] += article.text_from == "page"
            notes.update(candidate.problems)
            if self._to_look_again(article, page):
                checks.append(corrections.first_check(article, etag=page.etag, last_modified=page.last_modified))
        new_dates, delays_s = _moments([c.published for c, known in fresh if known is None], now, first_poll=first_poll)
        return Harvest(
            articles=tuple(articles),
            entries=count,
            **tally,
            skipped=dict(skipped),
            notes=dict(notes),
            new_dates=new_dates,
            delays_s=delays_s,
            checks=tuple(checks),
        )

    def _to_look_again(self, article: Article, page: PageResult) -> bool:
        if self._pages is None or not article.url or article.backfill:
            return False
        return page.reason in corrections.PASSING or self._watch(article)

    @staticmethod
    def _article(feed: Feed, candidate: Candidate, page: PageResult, *, first_poll: bool, now: datetime) -> Article:
        good = page.page if page.page is not None and page.page.kind == "text" else None
        text = good.text if good is not None and len(good.text) > len(candidate.text) else ""
        return entries.article(
            feed,
            candidate,
            page_text=text,
            quality=good.quality if good is not None and text else None,
            fetched_at=now,
            backfill=entries.is_backfill(candidate, first_poll=first_poll, now=now),
        )

    @staticmethod
    def _remember(feed: Feed, candidate: Candidate, article: Article, writes: Writes) -> None:
        writes.article(
            candidate.id,
            Known(
                feed=feed.id,
                fingerprint=candidate.fingerprint,
                shown=candidate.shown,
                content_hash=article.content_hash,
                seen_at=article.fetched_at,
            ),
        )
        if candidate.guid_key and candidate.guid != candidate.url:
            writes.guid(candidate.guid_key, candidate.id, candidate.title)

    async def due_checks(self, feed: Feed, writes: Writes, now: datetime, *, news: bool = False) -> Harvest:
        """Ask again the pages whose time has come, the longest due first; return corrected articles and the looks that remain.

        More than CHECKS_PER_POLL wait for the next poll; all do where this one has `news`, which is not to wait for them.
        """
        checks = sorted(self._ledger.checks(feed.id), key=lambda c: c.due)
        articles: list[Article] = []
        left: list[Check] = []
        notes: Counter[str] = Counter()
        for check in checks:
            if self._pages is None or news or check.due > now or notes["checked"] >= CHECKS_PER_POLL:
                left.append(check)
                continue
            a = check.article
            page = await self._pages.read(feed, a.url, a.title, etag=check.etag, last_modified=check.last_modified)
            new = corrections.corrected(check, page.page, now) if page.page is not None else None
            if new is not None:
                articles.append(new)
                known = self._ledger.article(new.id)
                if known is not None:
                    writes.article(new.id, msgspec.structs.replace(known, content_hash=new.content_hash))
            text = page.page.text if page.page is not None else ""
            following = corrections.next_check(
                check if new is None else msgspec.structs.replace(check, article=msgspec.structs.replace(a, text_from="page")),
                text_hash_now=corrections.text_hash(text) if text else "",
                etag=page.etag,
                last_modified=page.last_modified,
            )
            left.extend([following] if following is not None else [])
            notes["checked"] += 1
        return Harvest(
            articles=tuple(articles), updated=len(articles), full_text=len(articles), notes=dict(+notes), checks=tuple(left)
        )
