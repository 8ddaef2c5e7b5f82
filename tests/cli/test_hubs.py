"""WebSub by the commands as a user starts them: a hub that a feed names is asked, answered, and its push brings the news."""

import asyncio
import json
import os
import signal
import sys
import time
from contextlib import asynccontextmanager, closing, nullcontext, suppress

import pytest

from index.sqlite import SqliteStore
from ingest.websub import lease_of
from khabar.cli._hubs import _renewing
from tests.ingest.site import Site, item, rss, serving
from tests.servers.hub import Hub
from tests.servers.process import free_ports
from tests.servers.worker import ROOT, stream

TIMEOUT_S = 90


@asynccontextmanager
async def command(home, name, **variables):
    """Run a command until the context ends; give its process."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("KHABAR_")} | {
        "KHABAR_DATA_DIR": str(home),
        "KHABAR_FEEDS_FILE": str(home / "feeds.toml"),
        "KHABAR_ALLOW_NETWORKS": "127.0.0.0/8",
        "KHABAR_DESK_PORT": "0",
        "KHABAR_LOG_JSON": "true",
        **variables,
    }
    with (home / "said").open("wb") as said:
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "khabar", name), cwd=ROOT, env=environment, stdout=said, stderr=said
        )
    try:
        yield child
    finally:
        with suppress(ProcessLookupError):
            child.send_signal(signal.SIGTERM)
        await asyncio.wait_for(child.wait(), TIMEOUT_S)


def logged(home, event, **fields):
    """Return the events of this name and these fields in what the command has said."""
    lines = (home / "said").read_text(encoding="utf-8").splitlines()
    events = [json.loads(line) for line in lines if line.startswith("{")]
    return [e for e in events if e["event"] == event and all(e.get(k) == v for k, v in fields.items())]


async def until(look, home):
    """Return when `look` sees something; fail with what the command said."""
    deadline = time.monotonic() + TIMEOUT_S
    while not look():
        assert time.monotonic() < deadline, (home / "said").read_text(encoding="utf-8")
        await asyncio.sleep(0.1)


@asynccontextmanager
async def newsroom(home):
    """A site whose feed names a hub; gives both, the feed's address, and what puts so many entries into it."""
    site = Site()
    async with Hub() as hub, serving(site) as base:
        links = f'<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="hub" href="{hub.address}"/>'

        def put(count):
            body = rss(base, *(item(n) for n in range(count))).replace("<item>", f"{links}<item>", 1)
            site.put("/feed", body, Cache_Control="max-age=3600")

        put(1)
        (home / "feeds.toml").write_text(
            f'[[outlet]]\nid = "paper"\nname_ar = "صحيفة"\nname_en = "Paper"\nkind = "state"\n[[outlet.feed]]\nurl = "{base}/feed"\n',
            encoding="utf-8",
        )
        yield hub, site, f"{base}/feed", put


@pytest.mark.parametrize("name", ["run", pytest.param("poll", marks=pytest.mark.services)])
async def test_a_hub_is_asked_answered_and_its_push_brings_the_news(tmp_path, request, name):
    (port,) = free_ports(1)
    variables = {"KHABAR_WEBSUB_URL": f"http://127.0.0.1:{port}", "KHABAR_WEBSUB_PORT": str(port)}
    flow = nullcontext() if name == "run" else stream(request.getfixturevalue("kafka"), tmp_path)
    with flow as broker:
        kafka = {k: v for k, v in broker.environment().items() if k.startswith("KHABAR_")} if broker else {}
        async with newsroom(tmp_path) as (hub, site, topic, put):
            async with command(tmp_path, name, **kafka, **variables) as child:
                await until(lambda: topic in hub.subscriptions, tmp_path)
                callback, secret = hub.subscriptions[topic]
                assert callback.startswith(f"http://127.0.0.1:{port}/websub/paper-")
                assert len(secret) == 40
                assert site.asked.count("/feed") == 1
                put(3)
                assert await hub.publish(topic, b"forged", secret="guessed") == 202
                await until(lambda: logged(tmp_path, "websub.bad_signature"), tmp_path)
                assert site.asked.count("/feed") == 1
                assert await hub.publish(topic, b"news") == 202
                await until(lambda: logged(tmp_path, "feed.polled", new=2), tmp_path)
            assert child.returncode == 0, (tmp_path / "said").read_text(encoding="utf-8")
            assert (site.asked.count("/feed"), hub.asked, hub.refused) == (2, 1, 0)
    file = tmp_path / ("khabar.db" if name == "run" else "poll.db")
    with closing(SqliteStore(file)) as store:
        table = store.table("feeds")
        [feed_id] = [k.removeprefix("hub:") for k in table if k.startswith("hub:")]
        assert lease_of(table, feed_id).until is not None


async def test_a_fault_of_ours_does_not_end_the_renewing_of_leases(capsys):
    asked, news = [], asyncio.Event()

    class Subscriber:
        async def renew(self, feeds):
            asked.append(feeds)
            news.set()
            if len(asked) == 1:
                raise ValueError("a fault")
            await asyncio.Event().wait()

    renewing = asyncio.create_task(_renewing(Subscriber(), ["a feed"], news))
    while len(asked) < 2:
        assert not renewing.done()
        await asyncio.sleep(0)
    renewing.cancel()
    await asyncio.gather(renewing, return_exceptions=True)


async def test_a_port_that_is_taken_stops_the_start_and_names_the_setting(tmp_path):
    async with newsroom(tmp_path), Hub() as other:
        port = other.address.rstrip("/").rpartition(":")[2]
        async with command(tmp_path, "run", KHABAR_WEBSUB_URL="http://127.0.0.1", KHABAR_WEBSUB_PORT=port) as child:
            assert await asyncio.wait_for(child.wait(), TIMEOUT_S) == 1
        assert "KHABAR_WEBSUB_PORT" in (tmp_path / "said").read_text(encoding="utf-8").splitlines()[-1]
