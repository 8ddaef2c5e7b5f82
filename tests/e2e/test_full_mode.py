"""Kafka, Faust and Elasticsearch together give what embedded mode gives, once, however often it is sent."""

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from index.elastic_store import ElasticStore
from ingest.fulltext import default_rules
from ingest.replay import read
from khabar.schema import Alert, Article, Channel, Delivery, Subscription, content_hash, loads
from tests.e2e.full import Full, content, embedded, full_mode, stories
from tests.servers.process import free_ports

pytestmark = pytest.mark.services
START = datetime(2024, 2, 3, 8, tzinfo=UTC)
PORT = "أعلنت حكومة الوحدة الوطنية في ليبيا أن ميناء الخمس سيعود إلى العمل بعد انتهاء أعمال الصيانة التي استمرت شهرين كاملين"
OIL = "نفت المؤسسة الوطنية للنفط توقف الإنتاج في حقل الشرارة الليبي وأكدت أن الفرق الفنية تعمل على إصلاح خط الأنابيب"
FAR = "افتتح وزير الزراعة في بلد بعيد معرضا للزهور حضره عدد كبير من الزوار والمهتمين"


@pytest.fixture
def full(kafka, elasticsearch, tmp_path) -> Iterator[Full]:
    with full_mode(kafka, elasticsearch, tmp_path) as one:
        yield one


def article(id_: str, text: str, minute: int, outlet: str = "one") -> Article:
    at = START + timedelta(minutes=minute)
    hashed = content_hash(id_, text)
    return Article(id=id_, title=f"خبر {id_}", text=text, fetched_at=at, published=at, content_hash=hashed, outlet=outlet)


GOLDEN = {
    "a correction follows, and comes again with what it corrects": [
        article("corrected", PORT, 0),
        article("corrected", PORT + " أمس", 5),
        article("corrected", PORT, 0),
        article("corrected", PORT + " أمس", 5),
    ],
    "a correction is taken back": [
        article("reverted", OIL, 1),
        article("reverted", OIL + " اليوم", 6),
        article("reverted", OIL, 9),
    ],
    "an older fetch comes late": [article("late", OIL + " وفق مصدر", 20), article("late", OIL, 2)],
    "another outlet prints the same": [article("copy", PORT, 30, outlet="two")],
    "not about Libya": [article("far", FAR, 3)],
}
WATCH = (
    Subscription(id="ports", owner="o", name="ports", query="ميناء الخمس", channels=(Channel(kind="log"),)),
    Subscription(id="fields", owner="o", name="fields", query='"حقل الشرارة"', per="story", channels=(Channel(kind="log"),)),
    Subscription(id="nothing", owner="o", name="nothing", query="زلازل"),
)


def test_golden_cases_agree_in_both_modes_and_alerts_are_delivered_once(full, tmp_path):
    articles = [a for case in GOLDEN.values() for a in case]
    full.subscribe(*WATCH)
    full.flow.worker()
    for out, case in zip((4, 7, 8, 9, 9), GOLDEN.values(), strict=True):  # across partitions only this keeps the order
        full.flow.send(case)
        full.messages("coverage", out)
    with embedded(tmp_path, articles, WATCH) as store:
        expected, alerts = content(store), {a.id for a in store.alerts(size=100)}
    (dropped,) = json.loads(full.run("search", "--dropped", "--json"))["dropped"]
    assert (dropped["id"], dropped["outlet"]) == ("far", "one")
    assert {k: v.tagged.version for k, v in expected.items()} == {"corrected": 2, "reverted": 3, "late": 1, "copy": 1}
    found = full.index()
    assert {k: v.tagged for k, v in found.items()} == {k: v.tagged for k, v in expected.items()}
    assert stories(found) == stories(expected)
    assert {k: v.copy_of for k, v in found.items()} == {k: v.copy_of for k, v in expected.items()}
    assert {loads(m, Alert).id for m in full.messages("alerts", len(alerts))} == alerts
    full.run("index", "--once")
    with closing(ElasticStore(full.settings)) as store:
        store.refresh()
        assert {a.id for a in store.alerts(size=100)} == alerts
    for _ in range(2):
        full.run("notify", "--once")
        entries = [loads(m, Delivery) for m in full.messages("deliveries", len(alerts))]
        assert sorted(e.alert for e in entries if e.outcome == "sent") == sorted(alerts)


def test_the_real_articles_twice_are_there_once_as_in_embedded_mode(full, shared, tmp_path):
    rows = tmp_path / "rows.jsonl"
    seed = (shared / "data" / "seed.txt").read_text(encoding="utf-8").strip()
    title, _, text = seed.partition("\n")
    row = {"id": "seed", "title": title, "text": text.strip(), "published": "2019-04-24", "outlet": "seed"}
    real = (shared / "data" / "dev" / "articles.jsonl").read_text(encoding="utf-8").strip()
    rows.write_text(f"{real}\n{json.dumps(row, ensure_ascii=False)}\n", encoding="utf-8")
    articles = [a for _, a in read(rows, default_rules()) if isinstance(a, Article)]
    with embedded(tmp_path, articles) as store:
        expected = content(store)
    full.flow.worker()
    for sent in (1, 2):
        full.run("replay", rows, "--again")
        full.messages("coverage", sent * len(expected))
        found = full.index()
        assert {k: v.tagged for k, v in found.items()} == {k: v.tagged for k, v in expected.items()}
        assert stories(found) == stories(expected)
    (seen,) = [i for i in found.values() if i.tagged.article.outlet == "seed"]
    assert seen.tagged.article.id in full.run("search", "حفتر", "--json", "--size", 100)
    assert {"haftar", "lna", "gna", "russia"} <= {a.id for a in seen.tagged.actors}
    opposed = [s for s in seen.tagged.stances if (s.holder, s.target, s.polarity) == ("tamimi", "gna", "oppose")]
    assert opposed
    assert all(s.sentence == seen.tagged.article.text[s.sentence_start : s.sentence_end] for s in opposed)


def test_bad_messages_are_listed_shown_and_sent_again(full, tmp_path):
    with closing(full.flow.broker.producer()) as producer:
        producer.send("articles", "broken", b'{"kind": "article", "schema": 1}')
    full.flow.worker()
    full.messages("dead.letters", 1)
    (letter,) = map(json.loads, full.run("dead", "list", "--json").splitlines())
    assert (letter["stage"], letter["topic"], letter["key"]) == ("tag", "articles", "broken")
    assert json.loads(full.run("dead", "show", letter["id"]))["text"] == '{"kind": "article", "schema": 1}'
    assert "broken" in full.run("dead", "list", "--stage", "tag")
    assert full.run("dead", "list", "--stage", "index") == ""
    assert "there is no dead letter 9:9" in full.run("dead", "show", "9:9", status=1)
    full.run("dead", "retry", letter["id"])
    full.messages("dead.letters", 2)


def test_services_that_are_away_are_named_and_once_ends_with_1(full):
    (port,) = free_ports(1)
    away = f"127.0.0.1:{port}"
    full.flow.send([article("a", PORT, 0)])
    for command in ("index", "notify"):
        assert away in full.run(command, "--once", status=1, KHABAR_KAFKA_BOOTSTRAP=away)
    full.flow.worker()
    full.messages("coverage", 1)
    assert away in full.run("index", "--once", status=1, KHABAR_ELASTICSEARCH_URL=f"http://{away}")
    assert list(full.index()) == ["a"]
