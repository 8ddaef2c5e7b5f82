"""The worker: `faust -A streams.app worker`. Chooses the adapters, as `khabar.embedded` does for one process.

    articles ─ tag ─▶ tagged ─ cluster ─▶ coverage ─ match ─▶ alerts          any stage ─▶ dead.letters
        tables: versions, dropped (as many partitions as articles), stories (one)      subscriptions ──▲

`build` makes an app of its own each time it is called; the one module-level app is the worker's.
"""

from __future__ import annotations

import asyncio
import logging
import os
from datetime import UTC, datetime
from typing import Any, Final

import faust

from khabar import logs
from khabar.follower import Follower
from khabar.kafka import LARGEST_REQUEST, KafkaBroker
from khabar.ports import Clock, Record, Tagger
from khabar.schema import TOPICS, Subscription, loads
from khabar.settings import Settings, load
from streams import taggers
from streams.agents import Carrier, State, StateTable, state_table
from streams.match import Matcher
from streams.signals import Signals
from streams.stages import ClusterStage, MatchStage, TagStage
from streams.transport import Transport

LINGER_S: Final = 0.005
"""So long a send waits for others to travel with; a batch's sends are awaited together, so it costs this once a batch."""


def build(settings: Settings, tagger: Tagger, clock: Clock) -> faust.App:
    """Return a Faust app with the stages as agents; nothing connects before it is started."""
    app = bare_app(settings)
    topics = {name: raw_topic(app, settings, name) for name in TOPICS}
    carrier = Carrier(app, settings.topic_prefix, topics)

    versions, dropped = (state_table(app, name, settings.partitions) for name in ("versions", "dropped"))
    carrier.agent(TagStage(tagger, State(versions), State(dropped), clock), [versions, dropped])

    stories = state_table(app, "stories", 1)
    noted = state_table(app, "signals", 1)
    signals, matcher = Signals(State(noted)), Matcher()
    follower = _follow_subscriptions(app, settings, matcher, signals)
    cluster = ClusterStage(State(stories), clock, days=settings.story_days, signals=signals)
    _after_recovery(stories, cluster)
    carrier.agent(cluster, [stories, noted], ready=follower.ready)
    carrier.agent(MatchStage(matcher, clock), ready=follower.ready)
    _show_life(app, settings)
    return app


def _show_life(app: faust.App, settings: Settings) -> None:
    """Touch a file while the worker turns: what a container's health check looks at."""

    async def beat() -> None:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        (settings.data_dir / "alive-streams").touch()

    app.timer(10.0, on_leader=False)(beat)


def bare_app(settings: Settings) -> faust.App:
    """Return an app as all of ours are set, without a stage."""
    for name in ("aiokafka", "faust", "mode"):  # a Faust worker opens the root logger to debug, and only then filters
        logging.getLogger(name).setLevel(logging.INFO)
    servers = KafkaBroker(settings.kafka_bootstrap).servers
    app = faust.App(
        f"{settings.topic_prefix}khabar-streams",
        broker=[f"kafka://{server}" for server in servers],
        store="memory://",
        Table=StateTable,
        datadir=settings.data_dir / "faust",
        autodiscover=False,
        topic_disable_leader=True,
        topic_partitions=settings.partitions,
        topic_replication_factor=1,
        table_standby_replicas=0,
        consumer_auto_offset_reset="earliest",
        consumer_max_fetch_size=LARGEST_REQUEST,
        producer_max_request_size=LARGEST_REQUEST,
        producer_request_timeout=30.0,
        producer_linger=LINGER_S,
        producer_max_batch_size=128 * 1024,
        broker_session_timeout=8.0,  # a worker that was killed is missed after so many seconds
        broker_heartbeat_interval=2.0,
        broker_commit_interval=1.0,
        stream_wait_empty=True,  # what is under way is finished before partitions are given away
        web_bind="127.0.0.1",
        worker_redirect_stdouts=False,
    )
    app.transport = Transport(app.conf.broker_consumer, app)
    app.producer_transport = Transport(app.conf.broker_producer, app)
    return app


def raw_topic(app: faust.App, settings: Settings, name: str) -> Any:
    """Return a topic of raw bytes, so that what is no message reaches our own decoder and not Faust's."""
    return app.topic(
        settings.topic_prefix + name,
        key_type=bytes,
        value_type=bytes,
        key_serializer="raw",
        value_serializer="raw",
        allow_empty=True,
        partitions=TOPICS[name].partitions or settings.partitions,
    )


def _after_recovery(table: Any, cluster: ClusterStage) -> None:
    async def reload() -> None:
        cluster.reload()

    table.on_recover(reload)


def _follow_subscriptions(app: faust.App, settings: Settings, matcher: Matcher, signals: Signals) -> Follower:
    """Return what keeps the matcher's subscriptions as the topic has them; it runs while the app does."""

    def apply(record: Record) -> None:
        if record.value is None:
            matcher.remove(record.key)
            signals.remove(record.key)
        else:
            subscription = loads(record.value, Subscription)
            matcher.put(subscription)
            signals.put(subscription)

    broker = KafkaBroker(settings.kafka_bootstrap, prefix=settings.topic_prefix)
    follower = Follower(broker.consumer(None, ["subscriptions"]), apply, matcher.tune)

    async def start() -> None:
        follower.start()

    async def stop(*_: Any, **__: Any) -> None:
        await asyncio.to_thread(follower.stop)

    app.task(start)
    app.on_before_shutdown.connect(stop)

    return follower


def _worker() -> faust.App:
    settings = load(os.environ)
    logs.configure(settings.log_level, json=settings.log_json)
    return build(settings, taggers.make(settings.tagger, settings.gazetteer_dir), lambda: datetime.now(UTC))


app = _worker()
