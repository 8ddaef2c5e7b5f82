"""WebSub with a hub on loopback: subscribe, verify, receive, renew; forged and unasked calls do nothing."""

import hashlib
import hmac
from datetime import timedelta

import pytest
from aiohttp import web

from ingest import websub
from ingest.fetch import Fetcher
from ingest.ledger import Writes
from ingest.model import Feed, FeedState
from khabar.netguard import Guard
from tests.ingest.site import Time

FEED = Feed(id="paper-1", url="https://paper.example/feed", outlet="paper")


class Hub:
    """Takes subscriptions and remembers them."""

    def __init__(self):
        self.forms = []

    async def subscribe(self, request):
        self.forms.append(dict(await request.post()))
        return web.Response(status=202)


async def started(app):
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner, f"http://127.0.0.1:{runner.addresses[0][1]}"


async def test_a_subscription_is_asked_for_verified_used_and_renewed():
    hub, time, table, asked = Hub(), Time(), {}, []
    app = web.Application()
    app.router.add_post("/", hub.subscribe)
    runner, address = await started(app)
    writes = Writes()
    writes.feed(FEED.id, FeedState(url=FEED.url, hub=f"{address}/", topic="https://paper.example/self"))
    table.update(writes.made)
    async with Fetcher(user_agent="t", guard=Guard(("127.0.0.0/8",))) as fetcher:
        ours = websub.Subscriber(table, fetcher, time, callback="https://us.example/", ask_now=asked.append, secret=lambda: "s3")
        assert await ours.renew([FEED, Feed(id="other", url="https://o.example/", outlet="o")]) == 1
        [form] = hub.forms
        assert form["hub.callback"] == "https://us.example/websub/paper-1"
        assert (form["hub.mode"], form["hub.topic"], form["hub.secret"]) == ("subscribe", "https://paper.example/self", "s3")
        assert await ours.renew([FEED]) == 0
        query = {"hub.mode": "subscribe", "hub.topic": form["hub.topic"], "hub.challenge": "c", "hub.lease_seconds": "259200"}
        assert ours.verify(FEED.id, query) == "c"
        time.forward(days=1)
        assert await ours.renew([FEED]) == 0
        time.forward(days=1, hours=1)
        assert await ours.renew([FEED]) == 1
        signature = hmac.new(b"s3", b"body", hashlib.sha256).hexdigest()
        assert ours.receive(FEED.id, {"X-Hub-Signature": f"sha256={signature}"}, b"body") == 202
        assert asked == [FEED.id]
    await runner.cleanup()


@pytest.fixture
async def ours():
    time, table = Time(), {}
    table[f"hub:{FEED.id}"] = websub._encode(websub.Lease(topic="t", secret="s", asked=time.now))
    asked = []
    async with Fetcher(user_agent="t", guard=Guard()) as fetcher:
        made = websub.Subscriber(table, fetcher, time, callback="https://us.example", ask_now=asked.append, secret=lambda: "s")
        yield made, asked, table


GOOD = {"hub.mode": "subscribe", "hub.topic": "t", "hub.challenge": "c", "hub.lease_seconds": "60"}


@pytest.mark.parametrize(
    ("feed", "changed"),
    [
        ("stranger", {}),
        (FEED.id, {"hub.topic": "other"}),
        (FEED.id, {"hub.mode": "unsubscribe"}),
        (FEED.id, {"hub.challenge": ""}),
    ],
)
async def test_what_was_not_asked_for_is_not_confirmed(ours, feed, changed):
    subscriber, _, table = ours
    assert subscriber.verify(feed, GOOD | changed) is None
    assert websub.lease_of(table, FEED.id).until is None


@pytest.mark.parametrize("signature", ["", "sha256=00", "md5=00", "sha1", "sha256=" + "f" * 64, "sha256=\u00e9", "sha256=\udcff"])
async def test_a_forged_push_asks_for_nothing(ours, signature):
    subscriber, asked, _ = ours
    assert subscriber.receive(FEED.id, {"X-Hub-Signature": signature}, b"x") == 202
    assert subscriber.receive("stranger", {}, b"x") == 410
    assert asked == []


async def test_hubs_are_answered_over_http(ours):
    subscriber, asked, _ = ours
    runner, address = await started(subscriber.app())
    async with Fetcher(user_agent="t", guard=Guard(("127.0.0.0/8",))) as fetcher:
        got = await fetcher.get(
            f"{address}/websub/{FEED.id}?hub.mode=subscribe&hub.topic=t&hub.challenge=xyz&hub.lease_seconds=5"
        )
        assert got.body == b"xyz"
        assert (await fetcher.get(f"{address}/websub/{FEED.id}?hub.mode=subscribe&hub.topic=u")).reason == "http_404"
        assert await fetcher.post(f"{address}/websub/{FEED.id}", {"a": "b"}) == 202
    await runner.cleanup()
    assert asked == []


def test_when_a_subscription_is_due():
    now = Time().now
    lease = websub.Lease(topic="t", secret="s", asked=now - timedelta(days=2), until=now + timedelta(days=8))
    assert websub.due(None, "t", now)
    assert websub.due(lease, "moved", now)
    assert not websub.due(lease, "t", now)
    assert websub.due(lease, "t", now + timedelta(days=7, hours=1))


@pytest.mark.parametrize(
    ("granted", "after", "want"),
    [
        ({"days": 10}, {"days": 5}, False),
        ({"days": 10}, {"days": 9, "hours": 1}, True),
        ({"hours": 1}, {"minutes": 20}, False),
        ({"hours": 1}, {"minutes": 31}, True),
        ({"seconds": 60}, {"minutes": 4}, False),
        ({"seconds": 60}, {"minutes": 6}, True),
    ],
)
def test_a_lease_is_renewed_before_it_ends_however_short(granted, after, want):
    now = Time().now
    lease = websub.Lease(topic="t", secret="s", asked=now, until=now + timedelta(**granted))
    assert websub.due(lease, "t", now + timedelta(**after)) is want
    assert websub.due(lease, "another", now)
