"""Match and notify killed at random under load: every expected alert arrives, and exactly once in effect."""

import asyncio
import email
import email.policy
import json
import os
import random
import re
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import closing

import pytest
from aiosmtpd.controller import Controller

from khabar.schema import Channel, Subscription, dumps
from tests.servers.process import free_ports
from tests.servers.web import Answer, WebServer
from tests.servers.worker import ROOT, articles, stream, wait

pytestmark = pytest.mark.services
KILLS = int(os.environ.get("KILLS", "20"))
ARTICLES = 30 * KILLS


class Hook:
    """A webhook that takes a while and keeps each (channel, key, article) it was sent."""

    def __init__(self):
        self.got = []
        self._server = WebServer(self._take)

    def _take(self, asked):
        time.sleep(0.02)
        for alert in json.loads(asked.body)["alerts"]:
            self.got.append((asked.path[1:], asked.headers["Idempotency-Key"], alert["article"]))
        return Answer(204)

    def address(self, name):
        return f"{self._server.url}/{name}"


class Mailbox:
    """A mail server that takes a while and keeps each (channel, Message-ID, article) it was sent."""

    def __init__(self):
        self.got = []
        self._controller = Controller(self, hostname="127.0.0.1", port=free_ports(1)[0])
        self._controller.start()
        self.url = f"smtp://127.0.0.1:{self._controller.port}/?from=khabar@example.org"

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802  # aiosmtpd asks for this name
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        await asyncio.sleep(0.02)
        (number,) = re.findall(r"\d+$", mail["Subject"])
        self.got.append((envelope.rcpt_tos[0].partition("@")[0], mail["Message-ID"], f"n{int(number):05}"))
        return "250 OK"

    def stop(self):
        self._controller.stop()


class Notifier:
    """`khabar notify` as a user starts it."""

    def __init__(self, flow, smtp_url):
        settings = {"KHABAR_MODE": "full", "KHABAR_ALLOW_NETWORKS": "127.0.0.0/8", "KHABAR_SMTP_URL": smtp_url}
        environment = flow.environment() | settings
        with (flow.home / "notify.log").open("ab") as log:
            command = [sys.executable, "-m", "khabar", "notify"]
            self._child = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)

    def kill(self):
        self._child.kill()
        self._child.wait(30)


def test_every_alert_arrives_once_however_often_match_and_notify_are_killed(kafka, tmp_path):
    chance = random.Random(20)
    hook, mailbox, stop = Hook(), Mailbox(), threading.Event()
    wanted = {"government": "الحكومة", "tripoli": '"في طرابلس"', "libya": "ليبيه"}
    channels = {name: Channel(kind="webhook", address=hook.address(name), secret="k") for name in wanted}
    channels["libya"] = Channel(kind="apprise", address="mailto:libya@example.org")
    with stream(kafka, tmp_path) as flow:
        with closing(flow.broker.producer()) as producer:
            for name, query in wanted.items():
                made = Subscription(id=name, owner="o", name=name, query=query, channels=(channels[name],))
                producer.send("subscriptions", name, dumps(made))
        feeding = threading.Thread(target=feed, args=(flow, stop))
        worker, notifier, notify_kills = flow.worker(), Notifier(flow, mailbox.url), 0
        feeding.start()
        try:
            for _ in range(KILLS):
                stop.wait(chance.uniform(0.5, 9))
                whom = chance.choice(("match", "notify", "notify", "both"))
                if whom != "notify":
                    worker.kill()
                    worker = flow.worker()
                if whom != "match":
                    notifier.kill()
                    notifier, notify_kills = Notifier(flow, mailbox.url), notify_kills + 1
            feeding.join()
            expected = {(name, a.id) for name in wanted for a in articles(ARTICLES)}
            wait(
                lambda: True if expected <= {(name, article) for name, _, article in [*hook.got, *mailbox.got]} else None,
                lambda: (
                    f"{len({*hook.got, *mailbox.got})} of {len(expected)}\n{flow.logs()}\n"
                    f"{(tmp_path / 'notify.log').read_text()[-3000:]}"
                ),
            )
        finally:
            stop.set()
            notifier.kill()
            feeding.join()
            mailbox.stop()
    keys = {(name, key): article for name, key, article in [*hook.got, *mailbox.got]}  # a Message-ID is mail's key
    assert Counter((name, article) for (name, _), article in keys.items()) == Counter(expected)
    repeats = Counter(name for name, _, _ in [*hook.got, *mailbox.got]) - Counter(name for name, _ in keys)
    figures = {"kills": KILLS, "of_notify": notify_kills, "alerts": len(expected), "raw_repeats": dict(repeats)}
    print(json.dumps(figures))
    assert all(n <= notify_kills for n in repeats.values())  # one message a channel is in flight when notify is killed


def feed(flow, stop):
    """Send the articles in small lots, so that something is always under way."""
    for first in range(0, ARTICLES, 15):
        flow.send(articles(15, first=first))
        if stop.wait(2.25):
            return
