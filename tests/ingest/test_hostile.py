"""Every fault of the hostile server as a row: what the poll is called, what it brought, when the feed is asked next."""

import asyncio
import ssl
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp.abc import AbstractResolver

from ingest.fetch import Failed, Fetched, Fetcher, Limits
from ingest.judge import GOOD as GOOD_OUTCOMES
from ingest.model import Feed
from ingest.poller import Options, Poller
from khabar.netguard import Guard
from tests.ingest.site import Time, one_pass, says
from tests.servers.hostile import ADDRESS, FAULTS, GOOD, RANGES, Hostile, entry, rss

LIMITS = Limits(max_wire=10_000_000, max_body=20_000_000, total_s=30.0, idle_s=20.0)
IMPATIENT = Limits(total_s=1.5, idle_s=1.0)
"""For the servers that are slow on purpose."""
SLOW = ("slow_loris", "slow_body", "never_answers")
MINUTE, HOUR = 60, 3600
SOON = (30, 2 * MINUTE)
"""A first failure is tried again within two minutes."""
HEALTHY = (MINUTE, 6 * HOUR + 1)

# name: (outcome, new entries, skipped, notes, (least, most) seconds until the next poll)
TABLE = {
    **{f"status_{s}": (f"http_{s}", 0, {}, {}, SOON) for s in (204, 401, 403, 404, 451, 500, 502, 999)},
    "status_410": ("http_410", 0, {}, {}, (7 * 24 * HOUR, 8 * 24 * HOUR)),
    "too_many": ("http_429", 0, {}, {}, SOON),
    "too_many_seconds": ("http_429", 0, {}, {}, (HOUR, 1.1 * HOUR)),
    "too_many_date": ("http_429", 0, {}, {}, (2 * HOUR, 2.2 * HOUR)),
    "too_many_for_ever": ("http_429", 0, {}, {}, (24 * HOUR, 26 * HOUR)),
    "too_many_nonsense": ("http_429", 0, {}, {}, SOON),
    "busy": ("http_503", 0, {}, {}, (600, 660)),
    **{
        name: ("forbidden_address", 0, {}, {}, SOON)
        for name in FAULTS
        if name.startswith("to_") and name not in ("to_file", "to_ftp", "to_nowhere")
    },
    "to_file": ("bad_address", 0, {}, {}, SOON),
    "to_ftp": ("bad_address", 0, {}, {}, SOON),
    "to_nowhere": ("redirect_loop", 0, {}, {}, SOON),
    "redirect_self": ("redirect_loop", 0, {}, {}, SOON),
    "redirect_loop": ("redirect_loop", 0, {}, {}, SOON),
    "redirect_back": ("redirect_loop", 0, {}, {}, SOON),
    "endless_redirects": ("too_many_redirects", 0, {}, {}, SOON),
    "redirect_without_location": ("http_302", 0, {}, {}, SOON),
    "redirect_good": ("ok", 2, {}, {}, HEALTHY),
    "moved_good": ("ok", 2, {}, {}, HEALTHY),
    "good": ("ok", 2, {}, {}, HEALTHY),
    "wrong_type": ("ok", 2, {}, {}, HEALTHY),
    "empty": ("empty", 0, {}, {}, SOON),
    "blank": ("empty", 0, {}, {}, SOON),
    "html": ("html", 0, {}, {}, SOON),
    "plain": ("not_a_feed", 0, {}, {}, SOON),
    "other_json": ("not_a_feed", 0, {}, {}, SOON),
    "binary": ("not_a_feed", 0, {}, {}, SOON),
    "gzip_good": ("ok", 2, {}, {}, HEALTHY),
    **{
        n: ("too_large", 0, {}, {}, SOON)
        for n in ("gzip_bomb", "gzip_twice_bomb", "brotli_bomb", "zstd_bomb", "twenty_megabytes", "endless_body")
    },
    **{n: ("broken_body", 0, {}, {}, SOON) for n in ("gzip_broken", "gzip_cut", "unknown_coding", "length_too_large")},
    "many_entries": ("ok", 2000, {}, {"too_many_entries": 1}, HEALTHY),
    "length_too_small": ("bad_http", 0, {}, {}, SOON),
    **{n: ("bad_http", 0, {}, {}, SOON) for n in ("length_negative", "header_of_64k", "endless_headers", "not_http")},
    "laughs": ("ok", 2, {}, {"entities_removed": 1, "not_well_formed": 1}, HEALTHY),
    "external_entity": ("ok", 1, {}, {"entities_removed": 1, "not_well_formed": 1}, HEALTHY),
    "undeclared_1256": ("ok", 2, {}, {"encoding_undeclared": 1}, HEALTHY),
    "lying_prolog": ("ok", 1, {}, {"encoding_lies": 1}, HEALTHY),
    "lying_header": ("ok", 2, {}, {"encoding_lies": 1}, HEALTHY),
    "utf_16": ("ok", 2, {}, {}, HEALTHY),
    "bad_xml": ("ok", 1, {}, {"not_well_formed": 1}, HEALTHY),
    "cut_xml": ("ok", 2, {}, {"not_well_formed": 1}, HEALTHY),
    "bare_ampersand": ("ok", 2, {}, {"not_well_formed": 1}, HEALTHY),
    "controls": ("ok", 2, {}, {"control_characters": 1}, HEALTHY),
    "deep": ("ok", 0, {}, {"not_well_formed": 1}, HEALTHY),
    "script": ("ok", 1, {}, {}, HEALTHY),
    "reused_guid": ("ok", 2, {}, {}, HEALTHY),
    "reused_guid_only": ("ok", 2, {}, {"no_link": 2, "reused_guid": 1, "no_date": 1}, HEALTHY),
    "double": ("ok", 1, {"double": 2}, {}, HEALTHY),
    "no_link": ("ok", 2, {}, {"no_link": 2, "no_identity": 1}, HEALTHY),
    "no_date": ("ok", 2, {}, {"no_date": 1, "bad_date": 1}, HEALTHY),
    "no_title": ("ok", 2, {}, {"no_title": 2}, HEALTHY),
    "nothing_in_it": ("ok", 1, {"empty_entry": 2}, {}, HEALTHY),
    "future": ("ok", 2, {}, {"future_date": 1}, HEALTHY),
    "bad_links": ("ok", 2, {}, {"no_link": 2}, HEALTHY),
    "no_entries": ("ok", 0, {}, {}, HEALTHY),
    **{n: ("timeout", 0, {}, {}, SOON) for n in SLOW},
    **{n: ("disconnected", 0, {}, {}, SOON) for n in ("reset_at_once", "closed_at_once")},
    "reset_in_body": ("broken_body", 0, {}, {}, SOON),
    "bad_chunks": ("bad_http", 0, {}, {}, SOON),
    "not_modified_unasked": ("not_modified_unasked", 0, {}, {"distrusted": 1}, SOON),
}


CROWDED = [n for n in TABLE if n.startswith("too_many") or n == "busy"]


def fetcher(**options):
    return Fetcher(user_agent="test", guard=Guard(RANGES), connections=200, **options)


def poller_of(feeds, table, fetch, time, limits=LIMITS):
    options = Options(host_spacing_s=0, host_concurrency=500, concurrency=16, limits=limits, pages=False)
    return Poller(feeds, table, fetch, time, options=options, random=lambda: 0.5, tick=time.seconds)


def test_the_table_has_every_fault():
    assert set(TABLE) == set(FAULTS)
    assert len(TABLE) >= 60


@pytest.fixture(scope="module")
def passed():
    """Poll every fault and thirty good feeds in one pass; return the polls by feed, and the time."""

    async def run():
        time = Time()

        async def good(request):
            await request.send(GOOD)

        names = [*TABLE, *[f"good_{n}" for n in range(30)]]
        async with Hostile(extra={n: good for n in names if n.startswith("good_")}) as server, fetcher() as fetch:
            hosts = dict(zip(CROWDED, server.others, strict=False))  # a host that says "too many" holds its other feeds back
            feeds = [Feed(id=n, url=f"{hosts.get(n, server.base)}/{n}", outlet=n, country="LY") for n in names]
            slow = [f for f in feeds if f.id in SLOW]
            polls = await one_pass(poller_of([f for f in feeds if f not in slow], {}, fetch, time), save=False)
            polls += await one_pass(poller_of(slow, {}, fetch, time, IMPATIENT), save=False)
            return {p.feed.id: p for p in polls}, time

    return asyncio.run(run())


@pytest.mark.parametrize("name", TABLE)
def test_fault(passed, name):
    polls, time = passed
    outcome, new, skipped, notes, (least, most) = TABLE[name]
    r = polls[name].result
    assert (r.outcome, r.new, r.skipped, r.notes) == (outcome, new, skipped, notes), r.error
    assert least <= (r.next_poll - time.now).total_seconds() <= most
    assert r.failures == (0 if outcome == "ok" else 1)
    assert bool(r.error) == (outcome != "ok")
    assert len(polls[name].articles) == new
    for article in polls[name].articles:
        assert "root:" not in article.text
        assert "<script" not in article.title + article.text
        assert article.published is None or article.published <= time.now + timedelta(hours=1)


def test_every_good_feed_beside_them_was_polled(passed):
    polls, _ = passed
    assert [polls[f"good_{n}"].result.new for n in range(30)] == [2] * 30


HUNG = 10
"""So many feeds never answer, of sixteen places in all."""


async def test_beside_all_faults_every_good_feed_is_polled_when_its_schedule_says():
    """Two hours, with a clock that only moves once all good feeds that are due by it were polled."""
    time, stop, seen, arrived = Time(), asyncio.Event(), {}, asyncio.Event()
    goods = [f"good_{n}" for n in range(20)]
    hung = [f"never_answers?{n}" for n in range(HUNG)]
    documents = [rss(*[entry(k, pubDate=None) for k in range(n % 5 + 1)]) for n in range(len(goods))]
    extra = {
        g: says(document, Cache_Control=f"max-age={60 * n}") for n, (g, document) in enumerate(zip(goods, documents, strict=True))
    }
    async with Hostile(extra=extra) as server, fetcher() as fetch:
        hosts = dict(zip(CROWDED, server.others, strict=False))
        names = [*hung, *TABLE, *goods]
        feeds = [Feed(id=n, url=f"{hosts.get(n, server.base)}/{n}", outlet=n, kind="agency") for n in names]
        poller = poller_of(feeds, {}, fetch, time, Limits(total_s=600, idle_s=600))

        async def consume():
            async for polled in poller.run(stop):
                poller.save(polled)
                seen.setdefault(polled.feed.id, []).append(polled)
                arrived.set()

        def waiting():
            """Return the good feeds that should have been polled by now and were not."""
            return [g for g in goods if g not in seen or seen[g][-1].state.next_poll <= time.now]

        running, end = asyncio.create_task(consume()), time.now + timedelta(hours=2)
        async with asyncio.timeout(120):
            while time.now < end:
                while waiting():
                    arrived.clear()
                    await arrived.wait()
                time.now = min(seen[g][-1].state.next_poll for g in goods)
                poller.wake()
        stop.set()
        poller.wake()
        await running
    for good in goods:
        planned = [p.state.next_poll for p in seen[good]]
        assert [p.result.at for p in seen[good][1:]] == planned[: len(seen[good]) - 1]
        assert all(p.result.outcome in GOOD_OUTCOMES for p in seen[good])
        assert len(planned) >= 8
    assert not set(hung) & set(seen)
    assert len(seen["status_404"]) >= 5


class ChangingMind(AbstractResolver):
    """A name that is public when first asked, and private from then on."""

    def __init__(self):
        self.asked = 0

    async def resolve(self, host, port=0, family=0):
        self.asked += 1
        address = ADDRESS if self.asked == 1 else "10.1.2.3"
        return [{"hostname": host, "host": address, "port": port, "family": 2, "proto": 0, "flags": 0}]

    async def close(self):
        pass


async def test_a_name_that_changes_its_mind_never_leads_inside():
    resolver = ChangingMind()
    async with Hostile() as server, fetcher(resolver=resolver) as fetch:
        port = server.base.rpartition(":")[2]
        assert isinstance(await fetch.get(f"http://one.example:{port}/good"), Fetched)
        refused = await fetch.get(f"http://two.example:{port}/good")
        assert isinstance(refused, Failed)
        assert refused.reason == "forbidden_address"


async def test_an_expired_certificate_is_refused_unless_a_person_said_otherwise():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(Path(__file__).parents[1] / "data" / "expired-certificate.pem")

    async def serve(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        body = GOOD.encode()
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, ADDRESS, 0, ssl=context)
    async with fetcher() as fetch:
        url = f"https://{ADDRESS}:{server.sockets[0].getsockname()[1]}/"
        refused = await fetch.get(url, limits=LIMITS)
        assert isinstance(refused, Failed)
        assert refused.reason == "tls"
        assert isinstance(await fetch.get(url, limits=LIMITS, insecure_tls=True), Fetched)
        server.close()
