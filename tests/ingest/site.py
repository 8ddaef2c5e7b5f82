"""A news site on loopback, a poller of it, and a clock of its own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from aiohttp import web

from ingest.fetch import Fetcher
from ingest.model import Feed
from ingest.poller import Options, Poller
from khabar.netguard import Guard

LONG = "أعلن المجلس البلدي في مدينة مصراتة عن بدء أعمال صيانة الطريق الساحلي بعد توقف دام أشهرا. " * 12


class Site:
    """A news site on loopback: paths to (body, headers); counts what is asked."""

    def __init__(self):
        self.paths = {}
        self.asked = []

    async def handle(self, request):
        self.asked.append(request.path)
        found = self.paths.get(request.path)
        if found is None:
            return web.Response(status=404)
        status, body, headers = found
        if headers.get("ETag") and request.headers.get("If-None-Match") == headers["ETag"]:
            return web.Response(status=304, headers=headers)
        return web.Response(status=status, body=body, headers=headers)

    def put(self, path, body="", status=200, **headers):
        data = body if isinstance(body, bytes) else body.encode()
        self.paths[path] = (status, data, {k.replace("_", "-"): v for k, v in headers.items()})


@asynccontextmanager
async def serving(site) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_get("/{tail:.*}", site.handle)
    runner = web.AppRunner(app)
    await runner.setup()
    tcp = web.TCPSite(runner, "127.0.0.1", 0)
    await tcp.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


class Time:
    def __init__(self):
        self.now = datetime(2024, 3, 1, 12, tzinfo=UTC)

    def __call__(self):
        return self.now

    def seconds(self):
        return self.now.timestamp()

    def forward(self, **delta):
        self.now += timedelta(**delta)


def rss(base, *items):
    entries = "".join(
        f"<item><title>{t}</title><link>{base}{link}</link><guid>{g}</guid><pubDate>{d}</pubDate>"
        f"<description>{text}</description></item>"
        for t, link, g, d, text in items
    )
    return f'<rss version="2.0"><channel><title>عينة</title>{entries}</channel></rss>'


def date(hour):
    return f"Fri, 01 Mar 2024 {hour}:00:00 GMT"


def item(n, title=None, text=LONG, date="Fri, 01 Mar 2024 11:30:00 GMT"):
    return (title or f"خبر رقم {n}", f"/n/{n}", f"g{n}", date, text)


@asynccontextmanager
async def polling(site, table, time, feeds=None, **options):
    async with serving(site) as base, Fetcher(user_agent="test", guard=Guard(("127.0.0.0/8",))) as fetcher:
        made = feeds(base) if feeds else [Feed(id="f", url=f"{base}/feed", outlet="sample", country="LY")]

        def poller(tick=None):
            opts = Options(host_spacing_s=0, host_concurrency=10, **options)
            return Poller(made, table, fetcher, time, options=opts, random=lambda: 0.0, tick=tick)

        yield base, poller


async def one_pass(poller, *, save=True):
    found = []
    async for polled in poller.due_pass():
        found.append(polled)
        if save:
            poller.save(polled)
    return found


def says(body=b"", status=200, **headers):
    """Return what answers a request of the hostile server so."""

    async def answer(request):
        await request.send(body, status, **headers)

    return answer
