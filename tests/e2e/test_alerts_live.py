"""Alerts on the real Kafka: a changed subscription reaches every worker, and signals reach a webhook."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count, product

import pytest

from khabar.schema import Alert, Article, Channel, Subscription, content_hash, dumps, loads
from tests.e2e.live import live_seconds, partition
from tests.servers.web import Answer, Asked, WebServer
from tests.servers.worker import PARTITIONS, ROOT, stream, wait

pytestmark = pytest.mark.services
START = datetime(2024, 5, 1, tzinfo=UTC)
TOWNS = ["مصراتة", "الزاوية", "سبها", "درنة", "غريان", "زليتن", "البيضاء", "طبرق", "سرت", "غات"]


def test_a_new_subscription_is_live_on_every_worker_and_after_a_kill(kafka, tmp_path):
    with stream(kafka, tmp_path) as flow:
        workers, warmed = [flow.worker(), flow.worker()], count()

        def warm() -> bool | None:
            live_seconds(flow, f"warm{next(warmed)}", 0)
            return all(matches_in(w) for w in workers) or None

        wait(warm, flow.logs)
        figures = {"two workers": live_seconds(flow, "new", 20_000)}
        workers[0].kill()
        workers[0] = flow.worker()
        wait(warm, flow.logs)
        figures["after a kill"] = live_seconds(flow, "later", 60_000)
        print(json.dumps(figures))
        with closing(flow.broker.consumer(None, ["alerts"])) as reader:  # the new worker knows what was there before it
            late = [(a.subscription, partition(a.article or "")) for a in all_alerts(reader) if (a.article or "") >= "n60000"]
    assert set(product(("warm0", "new", "later"), range(PARTITIONS))) <= set(late)


def matches_in(worker) -> bool:
    """Whether a worker's log tells of articles that it matched."""
    return any("stage=match" in line for line in worker.log.read_text(encoding="utf-8", errors="replace").splitlines())


def all_alerts(reader) -> list[Alert]:
    found: list[Alert] = []
    while not reader.at_end():
        found += [loads(r.value or b"", Alert) for r in reader.poll(1000, 0.5)]
    return found


def same_partition() -> Iterator[str]:
    """Ids whose articles stay in order: all on one partition."""
    return (name for name in (f"s{n}" for n in count()) if partition(name) == 0)


def history() -> Iterator[tuple[float, str, str]]:
    """Hour, outlet and text of articles: five quiet days, in which one outlet falls silent, and then a busy hour."""
    for hour in range(0, 120, 6):
        yield hour, "steady", f"قال خليفة حفتر في بنغازي إن قواته باقية في ليبيا، بيان رقم {hour}"
        if hour < 40:
            for n in range(3):
                yield hour + n, "mill", f"أخبار ليبيا المحلية من مدينة {TOWNS[(hour + n) % 10]} وفيها {hour} خبرا و{n}"
    for n in range(8):
        yield 120 + n / 10, "steady", f"أعلنت الحكومة الليبية إغلاق ميناء {TOWNS[n]} بعد حادث {n} في {TOWNS[-n]}، وقال وزير {n}"
    yield 121, "steady", "التقى خليفة حفتر في ليبيا الرئيس التركي رجب طيب أردوغان"
    for outlet in ("one", "two", "three"):
        yield 122, outlet, "قررت المؤسسة الوطنية للنفط في ليبيا رفع القوة القاهرة عن حقل الشرارة بعد إغلاق دام شهرا كاملا"


SIGNALS = {"spike": ("spike", "ميناء"), "new": ("new", ""), "silent": ("silent:24", ""), "reach": ("reach:3", "")}


def test_signals_reach_a_webhook(kafka, tmp_path):
    with stream(kafka, tmp_path) as flow, hook() as (url, got):
        with closing(flow.broker.producer()) as producer:
            for kind, (signal, query) in SIGNALS.items():
                channel = Channel(kind="webhook", address=f"{url}/{kind}", secret="k")
                made = Subscription(id=kind, owner="o", name=kind, query=query, signal=signal, channels=(channel,))
                producer.send("subscriptions", kind, dumps(made))
        flow.worker()
        ids = same_partition()
        flow.send(article(next(ids), *one) for one in history())
        with closing(flow.broker.consumer(None, ["alerts"])) as reader:
            told: dict[str, Alert] = {}

            def look() -> bool | None:
                told.update((a.id, a) for a in all_alerts(reader))
                return True if {a.subscription for a in told.values()} == set(SIGNALS) else None

            wait(look, lambda: f"{[(a.subscription, a.reason) for a in told.values()]}\n{flow.logs()}")
        notify(flow)
    alerts = {kind: [a for a in told.values() if a.subscription == kind] for kind in SIGNALS}
    assert all(a.type == kind for kind, some in alerts.items() for a in some)
    assert len(alerts["spike"]) == 1
    assert {a.outlet for a in alerts["silent"]} == {"mill"}
    assert "أول ظهور معا: رجب طيب أردوغان، خليفة حفتر" in {a.reason for a in alerts["new"]}
    assert len(alerts["reach"]) == 1
    assert {(path, body["alerts"][0]["id"]) for path, body in got} == {(f"/{a.subscription}", a.id) for a in told.values()}


def article(name: str, hour: float, outlet: str, text: str) -> Article:
    at = START + timedelta(hours=hour)
    return Article(
        id=name, title=f"خبر {name}", text=text, fetched_at=at, published=at, content_hash=content_hash(name, text), outlet=outlet
    )


def notify(flow) -> None:
    """Deliver what is due, as a user would by hand."""
    settings = {"KHABAR_MODE": "full", "KHABAR_ALLOW_NETWORKS": "127.0.0.0/8"}
    command = [sys.executable, "-m", "khabar", "notify", "--once"]
    subprocess.run(command, check=True, cwd=ROOT, env=os.environ | flow.environment() | settings, timeout=120)


@contextmanager
def hook() -> Iterator[tuple[str, list[tuple[str, dict]]]]:
    """A webhook's address, and the path and body of all that it was sent."""
    got: list[tuple[str, dict]] = []

    def take(asked: Asked) -> Answer:
        got.append((asked.path, json.loads(asked.body)))
        return Answer(204)

    with WebServer(take) as server:
        yield server.url, got
