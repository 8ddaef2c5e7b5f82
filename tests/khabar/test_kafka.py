"""What only the real broker can do: be away, come back, lack a topic, be set up."""

import gc
import json
import socket
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from kafka.errors import RebalanceInProgressError
from structlog.testing import capture_logs
from typer.testing import CliRunner

import khabar.kafka.broker as broker_module
import khabar.kafka.topics as topics_module
from khabar.cli import build
from khabar.errors import SettingsError, UnavailableError
from khabar.kafka import KafkaBroker, KafkaProducer, create_topics, lags, topic_config
from khabar.ports import Consumer
from khabar.schema import TOPICS
from tests.servers.process import free_ports


@pytest.fixture
def nobody() -> KafkaBroker:
    (port,) = free_ports(1)
    return KafkaBroker(f"127.0.0.1:{port}")


def trouble(consumer: Consumer) -> str:
    """Poll until the consumer says that the broker is away."""
    for _ in range(30):
        try:
            consumer.poll(10, 1)
        except UnavailableError as e:
            return str(e)
    return ""


def prefix() -> str:
    return f"{uuid.uuid4().hex[:8]}-"


def test_a_consumer_says_which_broker_it_cannot_reach(nobody):
    consumer = nobody.consumer("g", ["articles"])
    with pytest.raises(UnavailableError, match=f"kafka at {nobody.bootstrap} is unavailable: .*refused"):
        consumer.poll(1, 0)
    consumer.commit()
    consumer.close()


def test_a_producer_says_so_when_it_flushes_and_when_its_queue_is_full(nobody):
    with capture_logs() as logs:
        producer = KafkaProducer(nobody, timeout_s=0.5, max_bytes=100)
        producer.send("articles", "a", b"x" * 99)
        with pytest.raises(UnavailableError, match=r"the queue has been full for 0\.5 s"):
            producer.send("articles", "a", b"x")
        with pytest.raises(UnavailableError, match=r"1 messages were not acknowledged in 0.5 s: .*refused"):
            producer.flush()
        with pytest.raises(UnavailableError):
            producer.close()
    assert {(e["event"], e["where"]) for e in logs} == {("kafka.unreachable", nobody.bootstrap)}


def test_a_commit_that_the_groups_rearrangement_refuses_is_logged_and_not_tried_for_ever(nobody):
    class Rearranging:
        def commit(self, **_: object) -> None:
            raise RebalanceInProgressError

    consumer = nobody.consumer("g", ["articles"])
    consumer._inner = Rearranging()
    with capture_logs() as logs:
        consumer.commit()
    assert [e["event"] for e in logs] == ["kafka.commit_refused"]


def test_a_password_in_an_address_is_not_told():
    told = UnavailableError("elasticsearch", "https://elastic:s3cret@es.example:9200/x@y", "refused")
    assert str(told) == "elasticsearch at https://es.example:9200/x@y is unavailable: refused"
    assert UnavailableError("kafka", "kafka-1:9092,kafka-2:9092", "refused").where == "kafka-1:9092,kafka-2:9092"


def test_an_address_that_is_none_is_said():
    for address in ("", "no-port", "host:port"):
        with pytest.raises(UnavailableError, match="kafka at"):
            KafkaBroker(address).probe()


def test_topics_cannot_be_made_where_nobody_is(nobody):
    with pytest.raises(UnavailableError, match=nobody.bootstrap):
        create_topics(nobody, 4)


@pytest.fixture
def deaf(monkeypatch) -> Iterator[KafkaBroker]:
    """Return a broker that takes connections and never says a word."""
    monkeypatch.setattr(broker_module, "CONNECT_TIMEOUT_MS", 200)
    monkeypatch.setattr(topics_module, "CONNECT_TIMEOUT_MS", 200)
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield KafkaBroker(f"127.0.0.1:{server.getsockname()[1]}")


def left_behind() -> list[str]:
    return [t.name for t in threading.enumerate() if t.name.startswith("kafka-io")]


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_tries_to_reach_a_broker_that_never_answers_leave_no_threads_behind(deaf):
    consumer = deaf.consumer("g", ["articles"])
    for _ in range(3):
        with pytest.raises(UnavailableError, match="bootstrap"):
            consumer.poll(1, 0)
    with pytest.raises(UnavailableError, match="bootstrap"):
        create_topics(deaf, 4)
    assert left_behind() == []


def test_a_producer_of_a_broker_that_never_answers_leaves_nothing_open(deaf):
    before = open_files()
    with capture_logs() as logs:
        producer = KafkaProducer(deaf, timeout_s=1)
        producer.send("articles", "a", b"x")
        with pytest.raises(UnavailableError, match="bootstrap"):
            producer.close()
    assert len(logs) > 1
    assert open_files() <= before


@pytest.mark.services
def test_a_consumer_that_is_closed_while_it_connects_leaves_no_socket(kafka):
    broker = KafkaBroker(kafka, prefix=prefix())
    create_topics(broker, 1)
    for n in range(20):  # a socket that is dropped unclosed is a ResourceWarning, which fails the test
        consumer = broker.consumer(f"g{n}", ["articles"])
        consumer.poll(1, 0.02 * (n % 5))
        consumer.close()
    gc.collect()


@pytest.mark.services
def test_a_missing_topic_is_named_with_the_command_that_makes_it(kafka):
    consumer = KafkaBroker(kafka, prefix=prefix()).consumer("g", ["articles"])
    with pytest.raises(UnavailableError, match=r"topic .*articles is not there; `khabar setup stores`"):
        consumer.poll(1, 0)
    consumer.close()


@pytest.mark.services
def test_a_group_lags_by_what_it_has_not_committed(kafka, capsys, monkeypatch):
    broker = KafkaBroker(kafka, prefix=prefix())
    with pytest.raises(UnavailableError, match="`khabar setup stores`"):
        lags(broker, {"g": ["articles"]})
    create_topics(broker, 2)
    producer, consumer = broker.producer(), broker.consumer("khabar-notify", ["alerts"])
    for n in range(5):
        producer.send("alerts", str(n), b"x")
    producer.close()
    assert lags(broker, {"khabar-notify": ["alerts", "polls"]}) == {("khabar-notify", "alerts"): 5, ("khabar-notify", "polls"): 0}
    taken = 0
    while taken < 5:
        taken += len(consumer.poll(5, 1))
    consumer.commit()
    consumer.close()
    for name, value in (("MODE", "full"), ("KAFKA_BOOTSTRAP", kafka), ("TOPIC_PREFIX", broker.prefix)):
        monkeypatch.setenv(f"KHABAR_{name}", value)
    shown = CliRunner().invoke(build(), ["lag", "--json", "--above", "4"])
    rows = {(r["group"], r["topic"]): r["waiting"] for r in map(json.loads, shown.stdout.splitlines())}
    assert (rows["khabar-notify", "alerts"], rows["khabar-index", "alerts"], rows["khabar-streams", "articles"]) == (0, 5, 0)
    assert shown.exit_code == 1
    assert CliRunner().invoke(build(), ["lag", "--above", "5"]).exit_code == 0


@pytest.mark.services
def test_setting_up_twice_makes_the_topics_once(kafka):
    broker = KafkaBroker(kafka, prefix=prefix())
    assert create_topics(broker, 3) == {broker.prefix + name: True for name in TOPICS}
    assert create_topics(broker, 3) == {broker.prefix + name: False for name in TOPICS}


@pytest.mark.services
def test_a_prefix_that_kafka_does_not_take_is_said(kafka):
    with pytest.raises(SettingsError, match="KHABAR_TOPIC_PREFIX = 'a b'"):
        create_topics(KafkaBroker(kafka, prefix="a b"), 1)


@pytest.mark.services
def test_another_number_of_partitions_is_refused_by_name(kafka):
    broker = KafkaBroker(kafka, prefix=prefix())
    create_topics(broker, 3)
    with pytest.raises(SettingsError, match=f"KHABAR_PARTITIONS: topic {broker.prefix}articles has 3 partitions, not 5"):
        create_topics(broker, 5)


@pytest.mark.parametrize(
    ("name", "policy", "days"),
    [("articles", "delete", 30), ("dead.letters", "delete", 30), ("coverage", "delete", 90), ("subscriptions", "compact", 0)],
)
def test_topics_are_kept_as_the_house_says(name, policy, days):
    config = topic_config(TOPICS[name])
    assert config["cleanup.policy"] == policy
    assert config["retention.ms"] == str(days * 24 * 3600 * 1000 or -1)
    assert int(config["max.message.bytes"]) >= 4 * 1024 * 1024


@pytest.mark.services
def test_a_broker_that_goes_away_is_named_and_nothing_is_lost_when_it_is_back(kafka_server):
    broker = KafkaBroker(kafka_server.bootstrap, prefix=prefix())
    create_topics(broker, 2)
    producer = KafkaProducer(broker, timeout_s=60)
    consumer = broker.consumer("g", ["articles"])
    producer.send("articles", "a", b"before")
    producer.flush()
    assert [r.value for r in consumer.poll(10, 30)] == [b"before"]
    consumer.commit()
    kafka_server.stop()
    try:
        producer.send("articles", "a", b"while away")
        assert kafka_server.bootstrap in trouble(consumer)
    finally:
        kafka_server.start()
    producer.flush()
    values = [r.value for r in next(filter(None, (consumer.poll(10, 2) for _ in range(30))))]
    assert values == [b"while away"]
    consumer.close()
    producer.close()
