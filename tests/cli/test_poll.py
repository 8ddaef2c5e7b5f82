"""`khabar poll --once` into a real Kafka: each article once, and a feed's state only after the acknowledgement."""

import asyncio
import sys
from collections import Counter
from contextlib import closing

import pytest

from khabar.schema import Article, PollResult, loads
from tests.servers.hostile import RANGES, Hostile, entry, rss
from tests.servers.process import free_ports
from tests.servers.worker import ROOT, stream

pytestmark = pytest.mark.services

OTHER = rss(entry(3, link="https://daily.example/3"), entry(4, link="https://daily.example/4"))


def outlet(name, url):
    return f'[[outlet]]\nid = "{name}"\nname_ar = "عينة"\nname_en = "Sample"\nkind = "private"\n[[outlet.feed]]\nurl = "{url}"\n'


async def poll(flow, **changes):
    """Run the command; return its exit status and what it says."""
    environment = flow.environment() | {
        "KHABAR_FEEDS_FILE": str(flow.home / "two.toml"),
        "KHABAR_ALLOW_NETWORKS": ",".join(RANGES),
    }
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "khabar", "poll", "--once"),
        cwd=ROOT,
        env=environment | changes,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await asyncio.wait_for(child.communicate(), 120)
    return child.returncode, said.decode()


def sent(flow):
    """Return all articles and poll results that Kafka has now."""
    found = {"articles": [], "polls": []}
    for topic, kind in (("articles", Article), ("polls", PollResult)):
        with closing(flow.broker.consumer(None, [topic])) as reader:
            while records := reader.poll(1000, 2.0):
                found[topic] += [loads(r.value, kind) for r in records]
    return found["articles"], found["polls"]


async def test_what_kafka_did_not_take_is_asked_again_and_what_it_took_is_sent_once(kafka, tmp_path):
    async def daily(request):
        await request.send(OTHER)

    with stream(kafka, tmp_path) as flow:
        async with Hostile(extra={"daily": daily}) as server:
            urls = (f"{server.base}/good", f"{server.base}/daily")
            (tmp_path / "two.toml").write_text("".join(map(outlet, ("one", "two"), urls)), encoding="utf-8")
            # Kafka answers, but has no topics of this name: the probe passes and the flush is not acknowledged
            refused, said = await poll(flow, KHABAR_TOPIC_PREFIX="not-there-")
            asked = Counter(server.counts)
            assert refused == 1, said
            assert set(asked) <= {"good", "daily"}, asked
            assert sum(asked.values()) in (1, 2), asked  # it ends at the first refusal: the other feed may wait
            assert "kafka" in said.splitlines()[-1], said
            assert await asyncio.to_thread(sent, flow) == ([], [])

            status, said = await poll(flow)
            assert (status, Counter(server.counts) - asked) == (0, Counter(good=1, daily=1)), said
            status, said = await poll(flow)  # the state was saved, so that nothing is due
            assert (status, Counter(server.counts) - asked) == (0, Counter(good=1, daily=1)), said
        articles, polls = await asyncio.to_thread(sent, flow)
    assert Counter(a.title for a in articles) == {f"خبر {n}": 1 for n in (1, 2, 3, 4)}
    assert Counter((p.outcome, p.new) for p in polls) == {("ok", 2): 2}


async def test_without_kafka_no_feed_is_asked(kafka, tmp_path):
    with stream(kafka, tmp_path) as flow:
        async with Hostile() as server:
            (tmp_path / "two.toml").write_text(outlet("one", f"{server.base}/good"), encoding="utf-8")
            (port,) = free_ports(1)
            status, said = await poll(flow, KHABAR_KAFKA_BOOTSTRAP=f"127.0.0.1:{port}")
            assert (status, server.counts) == (1, {}), said
