"""The embedded pipeline on a real SQLite file: what lands, what becomes of trouble, and that a run is all or nothing."""

from collections.abc import AsyncGenerator, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from index.sqlite import SqliteStore
from ingest.fetch import Fetcher
from ingest.model import Feed, FeedState, Polled
from ingest.poller import Poller
from khabar import schema
from khabar.cli._embedded import writer
from khabar.cli._hubs import telling
from khabar.embedded import Pipeline, follow
from khabar.errors import UnavailableError
from khabar.netguard import Guard
from khabar.ports import Tags
from khabar.schema import ActorTag, Article, PollResult, Subscription, content_hash
from khabar.settings import Settings
from streams.match import Matcher
from streams.versions import DroppedLog

NOW = datetime(2024, 6, 1, 9, tzinfo=UTC)
BODY = "في ليبيا أعلن المجلس البلدي في الزاوية عن فتح طريق الساحل أمام الشاحنات بعد إصلاح الجسر الذي تضرر في السيول الأخيرة"


class PortTagger:
    """Knows Libya by name, and fails on one word as a faulty rule would."""

    generation = "g"

    def tag(self, article: Article) -> Tags:
        if "عطب" in article.text:
            raise ZeroDivisionError("no such group")
        about = "ليبيا" in article.text
        actors = (ActorTag(id="libya", name="ليبيا"),) if about else ()
        return Tags(language="ar", about_libya=about, relevance="by name", actors=actors)


ALL = Subscription(id="all", owner="o", name="n", query="ليبيا")


def article(id_: str, text: str = BODY, minute: int = 0, outlet: str = "one") -> Article:
    return Article(
        id=id_,
        title=f"عنوان {id_}",
        text=text,
        fetched_at=NOW + timedelta(minutes=minute),
        content_hash=content_hash("", text),
        outlet=outlet,
    )


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    with closing(SqliteStore(tmp_path / "k.db")) as opened:
        yield opened


def pipeline(store: SqliteStore) -> Pipeline:
    return Pipeline(store, PortTagger(), Matcher([ALL]), lambda: NOW)


def everything(store: SqliteStore) -> dict[str, bytes]:
    return {
        "articles": b"".join(schema.dumps(h.item) for h in store.search("", size=100).hits),
        "alerts": b"".join(schema.dumps(a) for a in store.alerts()),
        **{t: repr(sorted(store.table(t).items())).encode() for t in ("versions", "stories", "dropped", "pending-alerts")},
    }


def test_articles_land_with_story_copies_and_alerts_and_a_second_run_changes_nothing(store: SqliteStore) -> None:
    batch = [article("a"), article("b", minute=1, outlet="two"), article("c", "في تونس")]
    counts = pipeline(store).run(batch)
    assert {k: counts[k] for k in ("articles", "tagged", "coverage", "alerts", "stored", "dead.letters")} == {
        "articles": 3,
        "tagged": 2,
        "coverage": 2,
        "alerts": 2,
        "stored": 4,
        "dead.letters": 0,
    }
    b = store.get("b")
    assert b is not None
    assert (b.copy_of, b.copy_of_outlet) == ("a", "one")
    assert DroppedLog(store.table("dropped")).per_outlet(NOW) == {"one": 1}
    assert len(store.table("pending-alerts")) == 2
    before = everything(store)
    again = pipeline(store).run(batch)
    assert again["superseded"] == 2, "the alerts were there"
    assert everything(store) == before


def test_a_corrected_article_replaces_its_version_and_a_late_old_one_does_not(store: SqliteStore) -> None:
    p = pipeline(store)
    p.run([article("a")])
    p.run([article("a", BODY + " صباح اليوم", minute=5)])
    p.run([article("a")])
    there = store.get("a")
    assert there is not None
    assert (there.tagged.version, there.tagged.article.text[-10:]) == (2, "صباح اليوم")


def test_an_article_that_a_step_fails_on_is_named_and_its_neighbours_go_through(store: SqliteStore) -> None:
    counts = pipeline(store).run([article("a"), article("bad", "عطب في ليبيا"), article("z", "غير ذلك في ليبيا")])
    [(_, letter)] = store.dead()
    assert (letter.stage, letter.key, counts["dead.letters"]) == ("tag", "bad", 1)
    assert letter.reason == "tag failed: ZeroDivisionError: no such group"
    assert b"bad" in letter.data
    assert {h.item.tagged.article.id for h in store.search("").hits} == {"a", "z"}


def test_a_message_too_large_for_a_topic_is_named(store: SqliteStore) -> None:
    huge = msgspec.structs.replace(article("huge"), url="https://example.org/" + "x" * schema.MAX_MESSAGE_BYTES)
    pipeline(store).run([huge, article("a")])
    [(_, letter)] = store.dead()
    assert (letter.stage, letter.key, len(letter.data)) == ("send", "huge", schema.MAX_DEAD_BYTES)
    assert letter.size > schema.MAX_MESSAGE_BYTES
    assert store.get("a") is not None


def test_a_text_that_no_message_can_carry_is_named(store: SqliteStore) -> None:
    pipeline(store).run([msgspec.structs.replace(article("half"), title="ليبيا \ud83d"), article("a")])
    [(_, letter)] = store.dead()
    assert (letter.stage, letter.key) == ("send", "half")
    assert "surrogates not allowed" in letter.reason
    assert b"\\ud83d" in letter.data
    assert store.get("a") is not None


def test_what_is_no_message_is_a_dead_letter_of_its_stage(store: SqliteStore) -> None:
    p = pipeline(store)
    later = schema.dumps(article("l")).replace(b'"schema":1', b'"schema":99')
    for topic, key, value in (
        ("articles", "k1", b"{"),
        ("articles", "k2", later),
        ("tagged", "k3", schema.dumps(article("t"))),
        ("coverage", "k4", b"\xff\xfe"),
        ("alerts", "k5", b"[]"),
    ):
        p._producer.send(topic, key, value)
    p.run([article("a")])
    letters = {d.key: (d.stage, d.reason) for _, d in store.dead()}
    assert letters["k1"][0] == "tag"
    assert "schema version 99 is later than" in letters["k2"][1]
    assert letters["k3"] == ("cluster", "wrong kind: 'article', expected 'tagged'")
    assert {d.topic for _, d in store.dead()} == {"articles", "tagged", "coverage", "alerts"}
    assert store.get("a") is not None


def test_a_run_that_fails_leaves_nothing_and_may_be_made_again(store: SqliteStore) -> None:
    p = pipeline(store)
    before = everything(store)

    def power_cut() -> None:
        raise UnavailableError("sqlite", "k.db", "disk full")

    with pytest.raises(UnavailableError):
        p.run([article("a"), article("b")], also=power_cut)
    assert everything(store) == before
    counts = p.run([article("a"), article("b", minute=1)])
    b = store.get("b")
    assert counts["coverage"] == 2
    assert b is not None
    assert b.copy_of == "a", "the cluster index was built again from the table"


async def test_polls_under_way_end_when_the_store_cannot_be_written(store: SqliteStore) -> None:
    ended = []

    async def polls() -> AsyncGenerator[Polled, None]:
        feed = Feed(id="f", url="https://example.org/f", outlet="one")
        result = PollResult(feed="f", outlet="one", url=feed.url, at=NOW, outcome="ok")
        try:
            yield Polled(feed=feed, articles=(article("a"),), result=result, state=FeedState(url=feed.url), writes={})
        finally:
            ended.append("polling")

    async with Fetcher(user_agent="test", guard=Guard()) as fetcher:
        poller, p = Poller([], {}, fetcher, lambda: NOW), pipeline(store)
        store.close()
        with pytest.raises(UnavailableError):
            await follow(telling(polls(), lambda _: None), poller, p, lambda: None)
        assert ended == ["polling"]  # at once, not when the garbage collector comes by: the next run polls anew


def test_the_callers_state_and_the_poll_are_saved_with_the_articles(store: SqliteStore) -> None:
    feeds = store.table("feeds")
    poll = PollResult(feed="f", outlet="one", url="https://example.org/f", at=NOW, outcome="fetched", new=1)
    pipeline(store).run([article("a")], polls=[poll], also=lambda: feeds.__setitem__("f", b"seen a"))
    assert feeds["f"] == b"seen a"
    assert store.polls() == [poll]


def test_who_only_looks_for_changes_waits_for_nobody_that_writes(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    with writer(settings, lambda: NOW) as made, closing(SqliteStore(settings.database)) as other:
        made.store.execute("PRAGMA busy_timeout = 0")
        with other.transaction():
            made.settle()  # once a second, in the event loop of the poller
