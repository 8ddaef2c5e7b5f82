"""Match and notify killed at random under load: every expected alert arrives, and exactly once in effect."""

import json
import os
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from khabar.schema import Channel, Subscription, dumps
from tests.servers.worker import ROOT, articles, stream, wait

pytestmark = pytest.mark.services
KILLS = int(os.environ.get("KILLS", "20"))
ARTICLES = 30 * KILLS


class Receiver:
    """A webhook that takes a while and keeps each (path, key, alert's article) it was sent."""

    def __init__(self):
        self.got, receiver = [], self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                time.sleep(0.02)
                for alert in body["alerts"]:
                    receiver.got.append((self.path, self.headers["Idempotency-Key"], alert["article"]))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def address(self, name):
        return f"http://127.0.0.1:{self.server.server_port}/{name}"


class Notifier:
    """`khabar notify` as a user starts it."""

    def __init__(self, flow):
        environment = flow.environment() | {"KHABAR_MODE": "full", "KHABAR_ALLOW_NETWORKS": "127.0.0.0/8"}
        with (flow.home / "notify.log").open("ab") as log:
            command = [sys.executable, "-m", "khabar", "notify"]
            self._child = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)

    def kill(self):
        self._child.kill()
        self._child.wait(30)


def test_every_alert_arrives_once_however_often_match_and_notify_are_killed(kafka, tmp_path):
    chance = random.Random(20)
    receiver, stop = Receiver(), threading.Event()
    wanted = {"government": "الحكومة", "tripoli": '"في طرابلس"'}
    with stream(kafka, tmp_path) as flow:
        with closing(flow.broker.producer()) as producer:
            for name, query in wanted.items():
                hook = Channel(kind="webhook", address=receiver.address(name), secret="k")
                producer.send(
                    "subscriptions", name, dumps(Subscription(id=name, owner="o", name=name, query=query, channels=(hook,)))
                )
        feeding = threading.Thread(target=feed, args=(flow, stop))
        worker, notifier, notify_kills = flow.worker(), Notifier(flow), 0
        feeding.start()
        try:
            for _ in range(KILLS):
                stop.wait(chance.uniform(0.5, 12))
                whom = chance.choice(("match", "notify", "notify", "both"))
                if whom != "notify":
                    worker.kill()
                    worker = flow.worker()
                if whom != "match":
                    notifier.kill()
                    notifier, notify_kills = Notifier(flow), notify_kills + 1
            feeding.join()
            expected = {(f"/{name}", a.id) for name in wanted for a in articles(ARTICLES)}
            wait(
                lambda: True if expected <= {(path, article) for path, _, article in list(receiver.got)} else None,
                lambda: (
                    f"{len(set(receiver.got))} of {len(expected)}\n{flow.logs()}\n{(tmp_path / 'notify.log').read_text()[-3000:]}"
                ),
            )
        finally:
            stop.set()
            notifier.kill()
            feeding.join()
    keys = {(path, key): article for path, key, article in receiver.got}
    assert Counter((path, article) for (path, _), article in keys.items()) == Counter(expected)
    repeats = len(receiver.got) - len(keys)
    print(json.dumps({"kills": KILLS, "of_notify": notify_kills, "alerts": len(expected), "raw_repeats": repeats}))
    assert repeats <= notify_kills * len(wanted)  # one message a channel is in flight when notify is killed


def feed(flow, stop):
    """Send the articles in small lots, so that something is always under way."""
    for first in range(0, ARTICLES, 15):
        flow.send(articles(15, first=first))
        if stop.wait(3):
            return
