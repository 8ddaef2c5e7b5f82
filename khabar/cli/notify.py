"""`khabar notify`: the worker that delivers alerts from Kafka to mail, chat, webhooks."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import typer

from khabar import logs
from khabar.cli._workers import NOTIFY, Beating, stop_on_signals, until_read
from khabar.settings import Settings, load

THREADS = 32
"""Deliveries under way at once: they wait for other people's servers."""


def register(app: typer.Typer) -> None:
    """Add `khabar notify`."""

    @app.command()
    def notify(
        once: bool = typer.Option(False, "--once", help="Deliver what is due and end; exit status 1 if Kafka is away."),
    ) -> None:
        """Deliver alerts (full mode), as each subscription asks: at once, in digests, not in quiet hours."""
        settings = load(os.environ)
        logs.configure(settings.log_level, json=settings.log_json)
        run(settings, stop_on_signals(threading.Event()), once=once)


def run(settings: Settings, stop: threading.Event, *, once: bool) -> None:
    """Deliver until `stop` is set; with `once` until all alerts are taken and tried, and raise UnavailableError meanwhile."""
    from khabar.compacted import CompactedTable
    from khabar.kafka import KafkaBroker
    from khabar.netguard import Guard
    from notify.deliverer import Deliverer
    from notify.senders import Senders
    from notify.worker import Subscriptions, Worker

    broker = KafkaBroker(settings.kafka_bootstrap, prefix=settings.topic_prefix)
    alerts = Beating(broker.consumer(NOTIFY, ["alerts"]), settings.make_data_dir() / "alive-notify")
    producer = broker.producer()
    ledger = CompactedTable("deliveries", broker.consumer(None, ["deliveries"]), producer)
    known = CompactedTable("subscriptions", broker.consumer(None, ["subscriptions"]), producer)
    subscriptions = Subscriptions(known)
    senders = Senders(settings, Guard(settings.allow_networks))

    def now() -> datetime:
        return datetime.now(UTC)

    def make() -> Deliverer:
        desk = settings.desk_address
        return Deliverer(ledger=ledger, find=subscriptions.find, send=senders.send, clock=now, pool=pool, desk=desk)

    with ThreadPoolExecutor(THREADS, thread_name_prefix="notify") as pool:
        worker = Worker(alerts, ledger, subscriptions, producer, make, clock=now)
        try:
            if once:
                until_read(alerts, stop, worker.settle)
            else:
                worker.run(stop)
        finally:
            for one in (alerts, ledger, known, producer):
                one.close()
