"""Messages/s of the Faust worker beside a bare aiokafka loop that awaits as it does, on a real Kafka; JSON lines.

Both run the same stage over the same small articles, each in a process of its own: fetch, decode, step, send the results and the
state's changes, await a batch's sends together, commit. Rates are taken from the times that the messages carry. The marks: Faust
at least half of the bare loop, on `articles` (4 partitions) and on `tagged` (1). `carry` has no mark: its step does nothing, so
that it tells what Faust itself costs a message.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiokafka
import faust as faust_library

from khabar import logs
from khabar.kafka import KafkaBroker, create_topics
from khabar.ports import Record, Tags
from khabar.schema import Article, dumps
from khabar.settings import Settings
from streams import taggers
from streams.agents import BATCH, Carrier, State, state_table
from streams.stages import ClusterStage, Stage, TagStage
from tests.servers.homes import NotHereError
from tests.servers.kafka_server import KafkaServer
from tests.servers.worker import PARTITIONS, articles

COUNT = 6000
ROUNDS = 2
"""The best of so many is told: other work on the machine only slows."""
ENDS = {"tag": "tagged", "carry": "tagged", "cluster": "coverage"}
"""What is measured, and the topic where it ends: `carry` is `tag` with a tagger that only passes articles on."""
STATE = "deliveries"
"""Where the bare loop keeps its tables' changes: any compacted topic does."""
MARK = 0.5


class Kept(dict[str, bytes]):
    """A table that remembers what was set, for whoever keeps its changes on a topic."""

    def __init__(self) -> None:
        super().__init__()
        self._set: list[tuple[str, bytes]] = []

    def __setitem__(self, key: str, value: bytes) -> None:
        super().__setitem__(key, value)
        self._set.append((key, value))

    def taken(self) -> list[tuple[str, bytes]]:
        """Return what was set since the last time."""
        taken, self._set = self._set, []
        return taken


class PassOn:
    """A tagger that says yes to everything."""

    generation = "bench"

    def tag(self, article: Article) -> Tags:
        del article
        return Tags(language="ar", about_libya=True)


def now() -> datetime:
    return datetime.now(UTC)


def stage_of(name: str, tables: Sequence[Any]) -> Stage[Any]:
    if name == "cluster":
        return ClusterStage(tables[0], now, days=14)
    return TagStage(PassOn() if name == "carry" else taggers.make("rules"), tables[0], tables[1], now)


def run_faust(name: str, bootstrap: str, prefix: str) -> None:
    """Be a worker with one stage."""
    from streams.app import bare_app, raw_topic  # noqa: PLC0415  # the module makes an app of its own: only where one is wanted

    home = Path(tempfile.mkdtemp(prefix="khabar-bench-"))
    settings = Settings(kafka_bootstrap=bootstrap, topic_prefix=prefix, data_dir=home, partitions=PARTITIONS)
    app = bare_app(settings)
    topics = {t: raw_topic(app, settings, t) for t in ("articles", "tagged", "coverage", "dead.letters")}
    split = {"versions": PARTITIONS, "dropped": PARTITIONS} if name != "cluster" else {"stories": 1}
    tables = [state_table(app, table, partitions) for table, partitions in split.items()]
    Carrier(app, prefix, topics).agent(stage_of(name, [State(t) for t in tables]), tables)
    faust_library.Worker(app, loglevel="error", quiet=True).execute_from_commandline()


async def run_bare(name: str, bootstrap: str, prefix: str) -> None:
    """Read a batch, run the stage, send what follows and its tables' changes, await the sends together, commit; for ever."""
    tables = [Kept(), Kept()]
    stage = stage_of(name, tables)
    consumer = aiokafka.AIOKafkaConsumer(
        prefix + stage.source,
        bootstrap_servers=bootstrap,
        group_id=f"{prefix}bare-{name}",
        enable_auto_commit=False,
        auto_offset_reset="earliest",
    )
    producer = aiokafka.AIOKafkaProducer(
        bootstrap_servers=bootstrap, acks="all", enable_idempotence=True, linger_ms=5, max_batch_size=128 * 1024
    )
    await consumer.start()
    await producer.start()
    while True:
        found = await consumer.getmany(timeout_ms=100, max_records=BATCH)
        records = [
            Record(topic=stage.source, key=m.key.decode(), value=m.value, partition=m.partition, offset=m.offset)
            for messages in found.values()
            for m in messages
        ]
        if records:
            sent = [await producer.send(prefix + o.topic, o.value, o.key.encode()) for o in stage.run(records)]
            for table in tables:
                sent += [await producer.send(prefix + STATE, value, key.encode()) for key, value in table.taken()]
            await asyncio.gather(*sent)
            await consumer.commit()


def rate(how: str, name: str, broker: KafkaBroker) -> float:
    """Return the messages/s that come out of a process of that kind, by the times that the messages carry."""
    command = [sys.executable, "-m", "bench.faust", how, name, broker.bootstrap, broker.prefix]
    log = Path(tempfile.mkdtemp(prefix="khabar-bench-")) / "log"
    with log.open("wb") as out:
        child = subprocess.Popen(command, stderr=out, stdout=out)
    try:
        times = asyncio.run(send_times(broker, ENDS[name], child))
    finally:
        child.kill()
        child.wait()
    if len(times) < COUNT:
        raise RuntimeError(f"{how} {name} ended after {len(times)} of {COUNT} messages: {log.read_text()[-2000:]}")
    return (len(times) - 1) * 1000 / (max(times) - min(times))


async def send_times(broker: KafkaBroker, topic: str, child: subprocess.Popen[bytes]) -> list[int]:
    """Return when each message of a topic was sent, in milliseconds, once there are COUNT or the child has ended."""
    reader = aiokafka.AIOKafkaConsumer(broker.prefix + topic, bootstrap_servers=broker.bootstrap, auto_offset_reset="earliest")
    await reader.start()
    times: list[int] = []
    try:
        while len(times) < COUNT and child.poll() is None:
            await asyncio.sleep(0.5)  # so that the reader takes little from what is measured
            for messages in (await reader.getmany(timeout_ms=100)).values():
                times += [m.timestamp for m in messages]
    finally:
        await reader.stop()
    return times


def filled(bootstrap: str, name: str) -> KafkaBroker:
    """Return topics of their own with the stage's input in them."""
    broker = KafkaBroker(bootstrap, prefix=f"{uuid.uuid4().hex[:8]}-")
    create_topics(broker, PARTITIONS)
    tag = TagStage(PassOn(), {}, {}, now)
    with closing(broker.producer()) as producer:
        for article in articles(COUNT):
            record = Record(topic="articles", key=article.id, value=dumps(article))
            for topic, key, value in [("articles", record.key, record.value or b"")] if name != "cluster" else tag.run([record]):
                producer.send(topic, key, value)
    return broker


def main() -> int:
    """Measure both stages both ways."""
    try:
        server = KafkaServer(Path(tempfile.mkdtemp(prefix="khabar-kafka-")))
    except NotHereError as e:
        print(json.dumps({"bench": "faust", "skipped": str(e)}))
        return 0
    try:
        for name in ENDS:
            rounds = [{how: rate(how, name, filled(server.bootstrap, name)) for how in ("bare", "faust")} for _ in range(ROUNDS)]
            bare, worker = (max(r[how] for r in rounds) for how in ("bare", "faust"))
            rates = {"bare_per_second": round(bare), "faust_per_second": round(worker), "ratio": round(worker / bare, 2)}
            row = {"bench": "faust", "stage": name, "messages": COUNT, "rounds": ROUNDS, **rates}
            marked = {"mark": MARK, "met": worker >= MARK * bare} if name != "carry" else {}
            print(json.dumps(row | marked), flush=True)
    finally:
        server.stop()
    return 0


if __name__ == "__main__":
    logs.configure("warning", json=False)
    match sys.argv[1:]:
        case ["faust", name, bootstrap, prefix]:
            sys.argv = sys.argv[:1]
            run_faust(name, bootstrap, prefix)
        case ["bare", name, bootstrap, prefix]:
            asyncio.run(run_bare(name, bootstrap, prefix))
        case _:
            sys.exit(main())
