"""From an article on Kafka to the webhook that tells of it, on the real stack: `python -m bench.alert_latency`.

Starts a Kafka, a Faust worker and `khabar notify`, sends real articles one after the other at RATE a second, and prints
one JSON line with p50, p95 and the longest in seconds, over all webhooks received (two subscriptions). `live_s` is how long
after it was put on its topic a new subscription matched on every partition, of two workers (in steps of a tenth).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import closing
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from bench.match_workload import read
from khabar.schema import Article, Channel, Subscription, dumps
from tests.e2e.live import live_seconds
from tests.servers.kafka_server import KafkaServer
from tests.servers.worker import ROOT, Stream, stream

ARTICLES = 200
RATE = 5.0
WARM = 10
SUBSCRIPTIONS = {"all": "ليبيا OR ليبي OR ليبية", "army": "الجيش OR قوات"}


def main() -> None:
    """Run it once."""
    arrived: dict[tuple[str, str], float] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            for alert in body["alerts"]:
                arrived.setdefault((self.path, alert["article"]), time.time())
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    hook = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=hook.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        server = KafkaServer(home)
        notify = None
        try:
            with stream(server.bootstrap, home) as flow, closing(flow.broker.producer()) as producer:
                for name, query in SUBSCRIPTIONS.items():
                    channel = Channel(kind="webhook", address=f"http://127.0.0.1:{hook.server_port}/{name}", secret="k")
                    made = Subscription(id=name, owner="bench", name=name, query=query, channels=(channel,))
                    producer.send("subscriptions", name, dumps(made))
                flow.worker()
                environment = flow.environment() | {"KHABAR_MODE": "full", "KHABAR_ALLOW_NETWORKS": "127.0.0.0/8"}
                with (home / "notify.log").open("wb") as log:
                    command = [sys.executable, "-m", "khabar", "notify"]
                    notify = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
                sent = send(producer, arrived)
                live_s = live(flow)
        finally:
            if notify:
                notify.kill()
                notify.wait()
            server.stop()
    taken = sorted(at - sent[article] for (_, article), at in arrived.items() if article in sent)
    figures = {
        "webhooks": len(taken),
        "p50_s": at_share(taken, 0.5),
        "p95_s": at_share(taken, 0.95),
        "max_s": at_share(taken, 1),
        "live_s": live_s,
    }
    print(json.dumps({"bench": "alert_latency", "articles": ARTICLES, "rate": RATE, "load": os.getloadavg()[0], **figures}))


def send(producer, arrived: dict[tuple[str, str], float]) -> dict[str, float]:
    """Send warm-up articles until one arrives, then the measured ones; return when each was sent."""
    sent: dict[str, float] = {}
    for number, row in enumerate(read("libya.jsonl")):
        if number == WARM:
            deadline = time.time() + 120
            while not arrived and time.time() < deadline:
                time.sleep(0.2)
        if number == WARM + ARTICLES:
            break
        now = datetime.now(UTC)
        article = Article(
            id=row["id"],
            title=row.get("title") or "",
            text=row["text"],
            fetched_at=now,
            content_hash=row["id"],
            outlet=row["source"],
        )
        if number >= WARM:
            sent[article.id] = time.time()
        producer.send("articles", article.id, dumps(article))
        producer.flush()
        time.sleep(1 / RATE if number >= WARM else 0)
    time.sleep(10)
    return sent


def live(flow: Stream) -> float:
    """Return how long a new subscription took, at most, until both of two workers had it."""
    flow.worker()
    for number in range(5):  # until the second has its partitions
        live_seconds(flow, f"warm{number}", number * 10_000)
        time.sleep(2)
    return round(max(live_seconds(flow, "new", 50_000).values()), 2)


def at_share(taken: list[float], share: float) -> float | None:
    """Return the value that this share of the sorted list does not exceed."""
    return round(taken[min(len(taken) - 1, int(len(taken) * share))], 3) if taken else None


if __name__ == "__main__":
    main()
