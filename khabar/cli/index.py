"""`khabar index`: the worker that writes coverage, alerts and polls from Kafka to Elasticsearch."""

from __future__ import annotations

import os
import sys
import threading
from functools import partial
from random import SystemRandom

import typer

from khabar import logs
from khabar.cli._workers import INDEX, Beating, GiveUp, stop_on_signals, until_read
from khabar.settings import Settings, load


def register(app: typer.Typer) -> None:
    """Add `khabar index`."""

    @app.command()
    def index(
        once: bool = typer.Option(False, "--once", help="Write what is there and end; exit status 1 if a service is away."),
    ) -> None:
        """Write what the stream produced to Elasticsearch (full mode): write, then commit; waits for services that are away."""
        settings = load(os.environ)
        logs.configure(settings.log_level, json=settings.log_json)
        retries = run(settings, stop_on_signals(GiveUp() if once else threading.Event()), once=once)
        if once and retries:
            sys.stderr.write("khabar index: ended before all was written; the log says what is unavailable\n")
            raise typer.Exit(1)


def run(settings: Settings, stop: threading.Event, *, once: bool) -> int:
    """Write until `stop` is set, or with `once` until all is written; return how often something was unavailable."""
    from index import writer
    from index.elastic_store import ElasticStore
    from khabar.kafka import KafkaBroker

    broker = KafkaBroker(settings.kafka_bootstrap, prefix=settings.topic_prefix)
    consumer = Beating(broker.consumer(INDEX, writer.TOPICS), settings.make_data_dir() / "alive-index")
    store, producer = ElasticStore(settings), broker.producer()
    retries, spread = 0, partial(SystemRandom().uniform, 0.8, 1.2)

    def write() -> None:
        nonlocal retries
        retries += writer.run(consumer, store, producer, stop, poll_s=1.0, until_idle=once, jitter=spread).retries

    try:
        if once:
            until_read(consumer, stop, write)
        else:
            write()
    finally:
        consumer.close()
        store.close()
        producer.close()
    return retries
