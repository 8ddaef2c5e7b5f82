"""The poller: asks each feed when it is due, and hands over what came, one feed at a time.

    due feeds ─ host budget ─ conditional GET ─ parse ─ what is new? ─ pages ─▶ Polled ─▶ caller: send, await, save()

Nothing is remembered before the caller says so: a feed whose `Polled` was not saved is asked again as if it never was.
"""

from __future__ import annotations

import asyncio
import hashlib
import random as randomness
from collections import deque
from collections.abc import AsyncGenerator, Callable, Iterable
from datetime import datetime, timedelta
from typing import Final

import msgspec
import structlog

from ingest import discover, judge
from ingest.agenda import Agenda
from ingest.corrections import Watch, may_concern_libya
from ingest.fetch import Fetched, Fetcher, Limits, Outcome
from ingest.fulltext import Rules, default_rules
from ingest.harvest import Harvest, Harvester, merged
from ingest.hosts import Hosts
from ingest.ledger import Ledger, Writes
from ingest.model import Feed, FeedState, ParsedFeed, Polled, RawEntry
from ingest.pages import Pages
from ingest.parse import MAX_ENTRIES, parse
from ingest.schedule import CROWDED, Bounds, retry_after
from khabar.ports import Clock, Table

SITEMAPS: Final = 2
"""How many sitemaps of an index are read in one poll."""
LARGE: Final = 200_000
"""A body of more bytes is parsed in a thread, so that other feeds' time-outs stay true."""
IDLE_S: Final = 60.0
"""The longest sleep when nothing is due."""
BROKEN_AGAIN_S: Final = 900.0
"""When a feed whose poll met a fault of ours is asked again."""
LATE: Final = timedelta(minutes=15)
"""How long a correction that is due may wait for the next regular poll."""
HANDED_S: Final = 120.0
"""How long a caller has to save a poll before the feed is asked again."""

LOGGED: Final = ("feed", "outcome", "status", "new", "updated", "entries", "skipped", "notes", "latency_ms", "failures", "error")
"""What the log says of a poll."""

log = structlog.get_logger()


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """How a Poller works: how many feeds at once, each host's budget, bounds of the schedule, caps, whether pages are read.

    `spread_s`: the first polls of feeds that were never asked are spread over so many seconds.
    """

    concurrency: int = 50
    host_spacing_s: float = 1.0
    host_concurrency: int = 2
    bounds: Bounds = Bounds()
    limits: Limits = Limits()
    pages: bool = True
    spread_s: float = 0.0


class Poller:
    """Polls `feeds`; state is in `table`, which only `save` writes. Runs in one event loop, the caller's."""

    def __init__(
        self,
        feeds: Iterable[Feed],
        table: Table,
        fetcher: Fetcher,
        clock: Clock,
        *,
        options: Options = Options(),  # noqa: B008  # frozen
        rules: Rules | None = None,
        watch: Watch = may_concern_libya,
        random: Callable[[], float] = randomness.random,
        tick: Callable[[], float] | None = None,
    ) -> None:
        """`tick` gives seconds for the hosts' budgets (default: the event loop's own time)."""
        self._feeds = {f.id: f for f in feeds if not f.paused}
        self._fetcher, self._clock, self._options, self._random = fetcher, clock, options, random
        self._ledger = Ledger(table)
        ticking = tick or (lambda: asyncio.get_running_loop().time())
        spacing, places = options.host_spacing_s, options.host_concurrency
        self._hosts = Hosts(spacing_s=spacing, concurrency=places, tick=ticking)
        self._page_hosts = Hosts(spacing_s=spacing, concurrency=places, tick=ticking)
        pages = Pages(fetcher, self._page_hosts, rules or default_rules(), clock) if options.pages else None
        self._harvester = Harvester(self._ledger, pages, watch)
        self._agenda = Agenda()
        self._queue: asyncio.Queue[Polled | None] = asyncio.Queue()
        self._running: set[asyncio.Task[None] | None] = set()
        self._plan_all()

    def _plan_all(self) -> None:
        now = self._clock()
        for feed in self._feeds.values():
            state = self._ledger.feed(feed.id)
            planned = state.next_poll if state else None
            self._agenda.plan(feed.id, (planned or now + timedelta(seconds=self._options.spread_s * self._random())).timestamp())

    def save(self, polled: Polled) -> None:
        """Remember a poll, now that what it brought is safe, and plan the feed's next; once a day, forget what is old."""
        self._ledger.save(polled.writes)
        self._ledger.forget_daily(now := self._clock())
        due = None if self._agenda.hurried(polled.feed.id) else polled.state.next_poll
        self._agenda.plan(polled.feed.id, (due or now).timestamp())

    def ask_now(self, feed_id: str) -> None:
        """Plan a feed's next poll for now: somebody told us that it has something new."""
        if feed_id in self._feeds:
            self._agenda.hurry(feed_id, self._clock().timestamp())
            self.wake()

    def wake(self) -> None:
        """Let `run` look at the clock and the plan again, though it may sleep."""
        self._queue.put_nowait(None)

    def seconds_until_due(self) -> float:
        """Return the seconds until the next feed is due; 0 if one is, IDLE_S at most."""
        at = self._agenda.next_at()
        return IDLE_S if at is None else min(IDLE_S, max(0.0, at - self._clock().timestamp()))

    async def due_pass(self) -> AsyncGenerator[Polled, None]:
        """Poll every feed that is due now, and end. Feeds that are not saved stay due for the next pass."""
        ready = deque(self._due())
        taken = [feed.id for feed, _ in ready]
        try:
            while ready or self._running or not self._queue.empty():
                polled = await self._next(self._start(ready) if ready else IDLE_S)
                if polled is not None:
                    yield polled
        finally:
            await self._stop_running()
            for feed_id in taken:
                self._replan(feed_id, 0.0)

    async def run(self, stop: asyncio.Event) -> AsyncGenerator[Polled, None]:
        """Poll for ever, each feed when it is due, until `stop` is set; what it then had under way is due for another run."""
        ready: deque[tuple[Feed, FeedState]] = deque()
        try:
            while not stop.is_set():
                ready.extend(self._due())
                pause = self._start(ready)
                polled = await self._next(min(pause, max(self.seconds_until_due(), 0.01)))
                if polled is not None:
                    yield polled
                    self._replan(polled.feed.id, HANDED_S)
        finally:
            await self._stop_running()
            while self.more():
                self._queue.get_nowait()
            for feed_id in self._feeds:
                self._replan(feed_id, 0.0)

    def _replan(self, feed_id: str, seconds: float) -> None:
        """Plan a feed again whose poll was begun or handed over, and is not saved."""
        if not self._agenda.planned(feed_id):
            self._agenda.plan(feed_id, self._clock().timestamp() + seconds)

    def more(self) -> bool:
        """Whether another poll is already done and waits to be handed over."""
        return not self._queue.empty()

    def _due(self) -> list[tuple[Feed, FeedState]]:
        """Take what is due out of the plan; a state is read once, however long its feed then waits for its host."""
        due = (self._feeds[feed_id] for feed_id in self._agenda.take_due(self._clock().timestamp()))
        return [(feed, self._ledger.feed(feed.id) or FeedState(url=feed.url)) for feed in due]

    def _start(self, ready: deque[tuple[Feed, FeedState]]) -> float:
        """Begin the polls that places and hosts allow, taking them out of `ready`; return when to look again (seconds)."""
        pause, left = IDLE_S, []
        while ready and len(self._running) < self._options.concurrency:
            feed, state = ready.popleft()
            wait = self._hosts.wait(state.url)
            if wait > 0:
                pause = min(pause, wait)
                left.append((feed, state))
                continue
            self._hosts.take(state.url)
            self._running.add(asyncio.create_task(self._poll_into_queue(feed, state)))
        ready.extendleft(reversed(left))  # they keep their turn
        return pause

    async def _next(self, pause: float) -> Polled | None:
        try:
            return await asyncio.wait_for(self._queue.get(), pause)
        except TimeoutError:
            return None

    async def _stop_running(self) -> None:
        running = [t for t in self._running if t is not None]
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    async def _poll_into_queue(self, feed: Feed, state: FeedState) -> None:
        polled, running = None, asyncio.current_task()
        try:
            polled = await self.poll(feed, state)
        except Exception:
            log.exception("feed.poll_broke", feed=feed.id, url=state.url)  # a fault of ours must not end the others' polling
            self._agenda.plan(feed.id, self._clock().timestamp() + BROKEN_AGAIN_S)
        finally:
            self._hosts.release(state.url)
            self._running.discard(running)  # its place is free before its result wakes whoever waits for one
            self._queue.put_nowait(polled)

    async def poll(self, feed: Feed, state: FeedState) -> Polled:
        """Poll one feed now, whatever its plan says. Nothing is remembered: that is `save`'s."""
        now = self._clock()
        sent = judge.validators(state, now)
        got = await self._get(feed, state.url, sent)
        if feed.discover and state.url == feed.url and isinstance(got, Fetched):
            found = await discover.find(self._fetcher, state.url)
            if found and found[0].url != state.url:
                log.info("feed.discovered", feed=feed.id, page=feed.url, url=found[0].url)
                state, sent = FeedState(url=found[0].url), {}
                got = await self._get(feed, state.url, sent)
        return await self.digest(feed, state, got, sent, now)

    async def _get(self, feed: Feed, url: str, headers: dict[str, str]) -> Outcome:
        return await self._fetcher.get(url, headers=headers, limits=self._options.limits, insecure_tls=feed.insecure_tls)

    async def digest(self, feed: Feed, state: FeedState, got: Outcome, sent: dict[str, str], now: datetime) -> Polled:
        """Return what an answer means: articles, result, and the feed's next state."""
        writes = Writes()
        parsed: ParsedFeed | None = None
        if isinstance(got, Fetched):
            state, parsed = await self._parsed(state, got)
            if parsed is not None and parsed.format == "sitemap-index":
                parsed = await self._newest_of(feed, parsed)
        harvest = Harvest()
        if parsed is not None and parsed.outcome == "ok":
            harvest = await self._harvester.body(feed, parsed, writes, first_poll=state.last_ok is None, now=now)
            harvest = msgspec.structs.replace(harvest, notes={**dict.fromkeys(parsed.problems, 1), **harvest.notes})
        outcome = judge.named(got, sent, parsed)
        if got.status in CROWDED and (asked := retry_after(got.headers, now)):
            for hosts in (self._hosts, self._page_hosts):
                hosts.hold(state.url, asked)
        after = judge.judged(
            feed,
            state,
            got,
            outcome=outcome,
            parsed=parsed,
            harvest=harvest,
            now=now,
            bounds=self._options.bounds,
            random=self._random(),
        )
        harvest, after = await self._with_checks(feed, after, harvest, writes, now)
        writes.feed(feed.id, after)
        result = judge.result(feed, state, after, got=got, harvest=harvest, now=now)
        log.info("feed.polled", **{n: getattr(result, n) for n in LOGGED})
        return Polled(feed=feed, articles=harvest.articles, result=result, state=after, writes=writes.made)

    async def _parsed(self, state: FeedState, got: Fetched) -> tuple[FeedState, ParsedFeed | None]:
        """Return the state with the body's hash, and the parsed feed; None if the body is the last one again."""
        digest = hashlib.blake2b(got.body, digest_size=16).hexdigest()
        if digest == state.body_hash and state.outcome in judge.GOOD:
            return state, None
        given = got.body, got.headers.get("content-type", ""), got.url
        parsed = await asyncio.to_thread(parse, *given) if len(got.body) > LARGE else parse(*given)
        return msgspec.structs.replace(state, body_hash=digest), parsed

    async def _newest_of(self, feed: Feed, index: ParsedFeed) -> ParsedFeed:
        """Return the entries of the newest sitemaps that an index lists (those named news first)."""
        listed = sorted(index.entries, key=lambda e: ("news" in e.url.lower(), e.updated), reverse=True)
        entries: list[RawEntry] = []
        for child in listed[:SITEMAPS]:
            got = await self._get(feed, child.url, {})
            if isinstance(got, Fetched):
                parsed = await asyncio.to_thread(parse, got.body, got.headers.get("content-type", ""), got.url)
                entries += parsed.entries if parsed.format == "sitemap" else ()
        return msgspec.structs.replace(index, entries=tuple(entries[:MAX_ENTRIES]))

    async def _with_checks(
        self, feed: Feed, after: FeedState, harvest: Harvest, writes: Writes, now: datetime
    ) -> tuple[Harvest, FeedState]:
        """Do the corrections that are due, but news first; keep those to come, and let no good feed's next poll be long after."""
        if not after.looks and not harvest.checks:
            return harvest, after
        checked = await self._harvester.due_checks(feed, writes, now, news=bool(harvest.articles)) if after.looks else Harvest()
        seen = {c.article.id for c in harvest.checks}
        left = (*(c for c in checked.checks if c.article.id not in seen), *harvest.checks)
        if left or after.looks:
            writes.checks(feed.id, left)
            after = msgspec.structs.replace(after, looks=len(left))
        if left and after.next_poll is not None and after.outcome in judge.GOOD:
            soonest = max(min(c.due for c in left), now) + LATE
            after = msgspec.structs.replace(after, next_poll=min(after.next_poll, soonest))
        return merged(harvest, checked), after
