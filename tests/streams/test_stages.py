"""The stages on plain records: what goes on, what ends, what is dead, and that the same again gives the same again."""

from datetime import UTC, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from khabar import schema
from khabar.errors import UnavailableError
from khabar.memory import MemoryBroker
from khabar.ports import Record, Tags
from khabar.schema import Alert, Article, CoverageItem, Rejected, TaggedArticle, content_hash
from streams.stages import ClusterStage, MatchStage, Out, TagStage

NOW = datetime(2024, 3, 9, 12, tzinfo=UTC)
BODY = "أعلنت بلدية سبها في ليبيا أن فرق الصيانة أعادت التيار إلى أحياء المدينة بعد عطل أصاب المحطة الرئيسية مساء الجمعة"


class PlaceTagger:
    generation = "places"

    def tag(self, article: Article) -> Tags:
        if "كسر" in article.text:
            raise ArithmeticError("a rule divides by nothing")
        return Tags(language="ar", about_libya="ليبيا" in article.text, relevance="by place")


def clock() -> datetime:
    return NOW


def tag_stage() -> TagStage:
    return TagStage(PlaceTagger(), {}, {}, clock)


def article(id_: str, text: str = BODY, minutes: int = 0) -> Article:
    at = NOW + timedelta(minutes=minutes)
    return Article(id=id_, title="خبر", text=text, fetched_at=at, content_hash=content_hash("خبر", text), outlet="one")


def record(message: schema.Message | bytes | None, key: str = "k", topic: str = "articles", offset: int = 3) -> Record:
    value = schema.dumps(message) if isinstance(message, schema.Message) else message
    return Record(topic=topic, key=key, value=value, partition=2, offset=offset)


def letters(out: list[Out]) -> list[Rejected]:
    return [schema.loads(o.value, Rejected) for o in out if o.topic == "dead.letters"]


def test_an_article_about_libya_goes_on_and_another_ends_counted():
    with capture_logs() as logs:
        out = tag_stage().run([record(article("a")), record(article("b", "خبر من مدينة بعيدة"))])
    assert [(o.topic, o.key) for o in out] == [("tagged", "a")]
    assert schema.loads(out[0].value, TaggedArticle).version == 1
    assert [e for e in logs if e["event"] == "stage"] == [
        {"event": "stage", "stage": "tag", "read": 2, "sent": 1, "dead": 0, "dropped": 1, "log_level": "info"}
    ]


def test_bad_messages_are_dead_letters_that_say_where_from_and_neighbours_go_on():
    later = schema.dumps(article("x")).replace(b'"schema":1', b'"schema":99')
    out = tag_stage().run(
        [record(b"{"), record(article("a")), record(None), record(later, key="x"), record(b'{"kind":"poll","schema":1}')]
    )
    assert [o.key for o in out if o.topic == "tagged"] == ["a"]
    found = letters(out)
    assert [d.reason.split(":")[0] for d in found] == [
        "not a message",
        "not a message",
        "schema version 99 is later than 1, which this release reads",
        "wrong kind",
    ]
    assert {(d.stage, d.topic, d.partition, d.offset) for d in found} == {("tag", "articles", 2, 3)}
    assert found[2].data == later


def test_a_fault_in_one_article_is_its_own_dead_letter():
    out = tag_stage().run([record(article("a")), record(article("b", BODY + " كسر"), key="b"), record(article("c"))])
    assert [o.key for o in out if o.topic == "tagged"] == ["a", "c"]
    (letter,) = letters(out)
    assert (letter.key, letter.reason) == ("b", "tag failed: ArithmeticError: a rule divides by nothing")


def test_the_same_batch_again_gives_the_same_messages():
    stage = tag_stage()
    batch = [record(article("a")), record(article("a", BODY + " أمس", minutes=5)), record(article("b"))]
    first = stage.run(batch)
    assert [schema.loads(o.value, TaggedArticle).version for o in first] == [1, 2, 1]
    assert stage.run(batch) == first


def test_dropped_articles_are_kept_a_day():
    dropped: dict[str, bytes] = {}
    now = [NOW]
    stage = TagStage(PlaceTagger(), {}, dropped, lambda: now[0])
    stage.run([record(article("a", "بعيد"))])
    assert list(dropped) == ["a"]
    now[0] += timedelta(days=1, hours=1)
    stage.run([record(article("b", "بعيد"))])
    assert list(dropped) == ["b"]


def test_copies_share_a_story_and_are_counted():
    tagged = [
        schema.loads(o.value, TaggedArticle) for o in tag_stage().run([record(article("a")), record(article("b", minutes=9))])
    ]
    with capture_logs() as logs:
        out = ClusterStage({}, clock, days=14).run([record(t, topic="tagged") for t in tagged])
    items = [schema.loads(o.value, CoverageItem) for o in out]
    assert [o.topic for o in out] == ["coverage", "coverage"]
    assert items[0].story == items[1].story
    assert [i.copy_of for i in items] == [None, "a"]
    assert logs[-1]["copies"] == 1


def test_a_cluster_stage_that_takes_over_a_table_knows_its_stories():
    tagged = [
        schema.loads(o.value, TaggedArticle) for o in tag_stage().run([record(article("a")), record(article("b", minutes=9))])
    ]
    table: dict[str, bytes] = {}
    heir = ClusterStage(table, clock, days=14)
    (first,) = ClusterStage(table, clock, days=14).run([record(tagged[0], topic="tagged")])
    heir.reload()
    (second,) = heir.run([record(tagged[1], topic="tagged")])
    assert schema.loads(second.value, CoverageItem).story == schema.loads(first.value, CoverageItem).story


class TellOne:
    def match(self, item: CoverageItem) -> list[Alert]:
        a = item.tagged.article.id
        return [Alert(id=f"s-{a}", subscription="s", owner="o", name="n", query="", article=a, first_seen=NOW)]


def test_alerts_are_keyed_by_subscription():
    (tagged,) = tag_stage().run([record(article("a"))])
    (item,) = ClusterStage({}, clock, days=14).run([record(tagged.value, topic="tagged")])
    out = MatchStage(TellOne(), clock).run([record(item.value, topic="coverage")])
    assert [(o.topic, o.key) for o in out] == [("alerts", "s")]
    assert schema.loads(out[0].value, Alert).article == "a"


def test_unavailable_leaves_the_stage_as_it_is():
    class Away:
        def match(self, item: CoverageItem) -> list[Alert]:
            raise UnavailableError("store", "here", "asleep")

    (tagged,) = tag_stage().run([record(article("a"))])
    (item,) = ClusterStage({}, clock, days=14).run([record(tagged.value, topic="tagged")])
    with pytest.raises(UnavailableError, match="store at here"):
        MatchStage(Away(), clock).run([record(item.value)])


def test_what_is_too_large_for_its_topic_is_a_dead_letter(monkeypatch):
    monkeypatch.setattr(schema, "MAX_MESSAGE_BYTES", 200)
    out = tag_stage().run([record(article("a"), key="a")])
    (letter,) = letters(out)
    assert [o.topic for o in out] == ["dead.letters"]
    assert "for tagged is larger than the 200 it takes" in letter.reason


def test_the_stages_drive_a_broker_from_articles_to_alerts():
    broker = MemoryBroker()
    producer = broker.producer()
    for a in (article("a"), article("b", "بعيد"), article("c", minutes=2)):
        producer.send("articles", a.id, schema.dumps(a))
    for stage in (tag_stage(), ClusterStage({}, clock, days=14), MatchStage(TellOne(), clock)):
        reader = broker.consumer(stage.name, [stage.source])
        for o in stage.run(reader.poll(10, 0)):
            producer.send(*o)
        reader.commit()
    assert sorted(schema.loads(r.value or b"", Alert).id for r in broker.consumer(None, ["alerts"]).poll(10, 0)) == ["s-a", "s-c"]
