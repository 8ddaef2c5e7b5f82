"""WebSub (W3C Recommendation, 2018): hubs tell us when a feed has something new, instead of our asking.

    renew() ─ hub.mode=subscribe ─▶ hub ─ GET challenge ─▶ verify() ─▶ lease kept ─ ... hub ─ POST ─▶ receive() ─▶ ask now

A push only makes the poller ask the feed at once: what it carries is not taken for news, so that whoever learns a callback's
address can put nothing into the stream. Polling goes on beside it; a hub that falls silent loses nothing.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

import msgspec
import structlog
from aiohttp import web

from ingest.fetch import Fetcher
from ingest.ledger import Ledger
from ingest.model import Feed
from khabar.ports import Clock, Table

LEASE: Final = timedelta(days=10)
"""What is asked of a hub; it may grant less."""
RENEW_BEFORE: Final = timedelta(days=1)
RETRY: Final = timedelta(hours=6)
"""When a hub that did not verify a request is asked again."""
SOON: Final = timedelta(minutes=5)
"""The shortest time between two requests to a hub, whatever it grants."""
MAX_PUSH: Final = 5 * 1024 * 1024
_ALGORITHMS: Final = frozenset({"sha1", "sha256", "sha384", "sha512"})

log = structlog.get_logger()


class Lease(msgspec.Struct, frozen=True, kw_only=True):
    """What was agreed with a hub about one feed. `until` None: asked for at `asked`, not yet verified."""

    topic: str
    secret: str
    asked: datetime
    until: datetime | None = None


_encode: Final = msgspec.msgpack.Encoder().encode
_decode: Final = msgspec.msgpack.Decoder(Lease).decode


def lease_of(table: Table, feed_id: str) -> Lease | None:
    """Return what was agreed about a feed."""
    data = table.get(f"hub:{feed_id}")
    return None if data is None else _decode(data)


def due(lease: Lease | None, topic: str, now: datetime) -> bool:
    """Whether a subscription is to be asked for: none yet, another topic, soon to end, or never verified."""
    if lease is None or lease.topic != topic:
        return True
    if lease.until is None:
        return now - lease.asked > RETRY
    patience = max(SOON, min(RETRY, (lease.until - lease.asked) / 2))  # a hub may grant an hour only
    return lease.until - now < RENEW_BEFORE and now - lease.asked > patience


def signed(headers: Mapping[str, str], body: bytes, secret: str) -> bool:
    """Whether `X-Hub-Signature` (METHOD=HEX) is that of `body` under `secret`."""
    method, _, given = headers.get("X-Hub-Signature", "").partition("=")
    if method.lower() not in _ALGORITHMS:
        return False
    ours = hmac.new(secret.encode(), body, method.lower()).hexdigest()
    return hmac.compare_digest(ours.encode(), given.strip().lower().encode("utf-8", "surrogateescape"))


class Subscriber:
    """Keeps subscriptions at the hubs of feeds, and answers the hubs. Runs in the poller's event loop."""

    def __init__(
        self,
        table: Table,
        fetcher: Fetcher,
        clock: Clock,
        *,
        callback: str,
        ask_now: Callable[[str], None],
        secret: Callable[[], str],
    ) -> None:
        """Take the address under which hubs reach `app` (`callback`), what plans a poll, and what makes secrets."""
        self._table, self._fetcher, self._clock, self._ask_now, self._secret = table, fetcher, clock, ask_now, secret
        self._callback = callback.rstrip("/")
        self._ledger = Ledger(table)

    async def renew(self, feeds: Iterable[Feed]) -> int:
        """Ask the hubs of these feeds for what is due; return how many requests a hub took."""
        taken = 0
        for feed in feeds:
            state = self._ledger.feed(feed.id)
            if state is None or not state.hub:
                continue
            topic, now = state.topic or state.url, self._clock()
            before = lease_of(self._table, feed.id)
            if not due(before, topic, now):
                continue
            until = before.until if before and before.topic == topic else None
            lease = Lease(topic=topic, secret=before.secret if before else self._secret(), asked=now, until=until)
            self._table[f"hub:{feed.id}"] = _encode(lease)
            status = await self._fetcher.post(
                state.hub,
                {
                    "hub.mode": "subscribe",
                    "hub.topic": topic,
                    "hub.callback": f"{self._callback}/websub/{feed.id}",
                    "hub.secret": lease.secret,
                    "hub.lease_seconds": str(int(LEASE.total_seconds())),
                },
            )
            log.info("websub.asked", feed=feed.id, hub=state.hub, status=status)
            taken += 200 <= status < 300
        return taken

    def verify(self, feed_id: str, query: Mapping[str, str]) -> str | None:
        """Return the challenge to echo to a hub, None where we asked for no such thing."""
        lease = lease_of(self._table, feed_id)
        if lease is None or query.get("hub.topic") != lease.topic:
            return None
        if query.get("hub.mode") == "denied":
            log.warning("websub.denied", feed=feed_id, reason=query.get("hub.reason", "")[:200])
            return ""
        seconds = query.get("hub.lease_seconds", "")
        if query.get("hub.mode") != "subscribe" or not query.get("hub.challenge"):
            return None
        granted = min(timedelta(seconds=int(seconds[:9])), LEASE) if seconds.isdecimal() else LEASE
        self._table[f"hub:{feed_id}"] = _encode(msgspec.structs.replace(lease, until=self._clock() + granted))
        log.info("websub.verified", feed=feed_id, seconds=granted.total_seconds())
        return query["hub.challenge"]

    def receive(self, feed_id: str, headers: Mapping[str, str], body: bytes) -> int:
        """Take a push; return the status to answer with. One that is not signed is taken and ignored (section 8)."""
        lease = lease_of(self._table, feed_id)
        if lease is None:
            return 410
        if not signed(headers, body, lease.secret):
            log.warning("websub.bad_signature", feed=feed_id, size=len(body), sha256=hashlib.sha256(body).hexdigest())
            return 202
        self._ask_now(feed_id)
        log.info("websub.pushed", feed=feed_id, size=len(body))
        return 202

    def app(self) -> web.Application:
        """Return the web application that hubs call."""
        app = web.Application(client_max_size=MAX_PUSH)
        app.router.add_get("/websub/{feed}", self._get)
        app.router.add_post("/websub/{feed}", self._post)
        return app

    async def _get(self, request: web.Request) -> web.Response:
        challenge = self.verify(request.match_info["feed"], request.query)
        return web.Response(status=404) if challenge is None else web.Response(text=challenge)

    async def _post(self, request: web.Request) -> web.Response:
        body = await request.read()
        return web.Response(status=self.receive(request.match_info["feed"], request.headers, body))
