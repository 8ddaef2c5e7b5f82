"""The Faust worker on a real Kafka: what is sent comes out, whatever ends the worker or the broker meanwhile."""

import pytest

from khabar import schema
from tests.servers.worker import Stream, articles, stream, wait

pytestmark = pytest.mark.services
COUNT = 1500


@pytest.fixture
def flow(kafka, tmp_path):
    with stream(kafka, tmp_path) as one:
        yield one


def assert_nothing_lost_or_doubled(flow: Stream, count: int) -> None:
    items = flow.wait_for(count)
    assert sorted(items) == [a.id for a in articles(count)]
    for copies in items.values():
        assert {(i.tagged.version, i.story, i.copy_of) for i in copies} == {(1, copies[0].story, copies[0].copy_of)}


def dead(flow: Stream, count: int) -> dict[str, str] | None:
    reader = flow.broker.consumer(None, ["dead.letters"])
    records = reader.poll(100, 5)
    reader.close()
    return {r.key: schema.loads(r.value or b"", schema.Rejected).reason for r in records} if len(records) >= count else None


def some_arrived(flow: Stream, least: int) -> None:
    flow.wait_for(least)


def test_articles_come_out_as_coverage_and_bad_messages_as_dead_letters(flow):
    flow.worker()
    producer = flow.broker.producer()
    producer.send("articles", "bad", b"{ not json")
    producer.send("articles", "gone", None)
    producer.flush()
    producer.close()
    flow.send(articles(20))
    assert_nothing_lost_or_doubled(flow, 20)
    reasons = wait(lambda: dead(flow, 2), flow.logs)
    assert set(reasons) == {"bad", "gone"}
    assert reasons["bad"].startswith("not a message")


def test_workers_that_are_killed_lose_nothing(flow):
    flow.send(articles(COUNT))
    for least in (1, COUNT // 3):
        worker = flow.worker()
        some_arrived(flow, least)
        worker.kill()
    flow.worker()
    assert_nothing_lost_or_doubled(flow, COUNT)


def test_a_worker_that_is_asked_to_end_finishes_and_the_next_goes_on(flow):
    flow.send(articles(COUNT))
    worker = flow.worker()
    some_arrived(flow, 1)
    assert worker.terminate() == 0
    before = {k: len(v) for k, v in flow.coverage().items()}
    flow.worker()
    assert_nothing_lost_or_doubled(flow, COUNT)
    after = flow.coverage()
    assert [k for k, n in before.items() if len(after[k]) != n] == []  # what it had finished it had committed


def test_a_second_worker_that_joins_and_the_death_of_the_first_lose_nothing(flow):
    flow.send(articles(COUNT))
    first = flow.worker()
    some_arrived(flow, 1)
    flow.worker()
    some_arrived(flow, COUNT // 2)
    first.kill()
    flow.send(articles(100, first=COUNT))
    assert_nothing_lost_or_doubled(flow, COUNT + 100)


def test_a_broker_that_goes_away_in_between_costs_time_and_nothing_else(kafka_server, tmp_path):
    with stream(kafka_server.bootstrap, tmp_path) as flow:
        flow.worker()
        flow.send(articles(COUNT))
        some_arrived(flow, 1)
        kafka_server.kill()
        kafka_server.start()
        assert_nothing_lost_or_doubled(flow, COUNT)
