"""What every store promises, on each of them; the real Elasticsearch where it is to be had."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from index.sqlite import SqliteStore
from khabar import query
from khabar.ports import Store
from khabar.schema import Alert, PollResult
from tests.index.coverage import T0, item, stance
from tests.index.golden import ITEMS, QUERIES


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Store]:
    store = SqliteStore(tmp_path / "khabar.db")
    yield store
    store.close()


@pytest.fixture(params=["sqlite", pytest.param("elastic_store", marks=pytest.mark.services)])
def store(request: pytest.FixtureRequest) -> Store:
    opened: Store = request.getfixturevalue(request.param)
    return opened


def ids(store: Store, asked: str, **more) -> list[str]:
    return [h.item.tagged.article.id for h in store.search(asked, **{"size": 100, **more}).hits]


def test_it_is_a_store(store: Store) -> None:
    assert isinstance(store, Store)


def test_every_query_finds_what_evaluation_finds(store: Store) -> None:
    assert store.write(ITEMS).stored == len(ITEMS)
    differing = {}
    for asked in QUERIES:
        want = {i.tagged.article.id for i in ITEMS if query.parse(asked).match(i) is not None}
        for sort in ("newest", "relevance"):
            page = store.search(asked, sort=sort, size=100)
            got = [h.item.tagged.article.id for h in page.hits]
            if set(got) != want or len(got) != len(want) or page.total != len(want):
                differing[asked, sort] = (sorted(want), sorted(got), page.total)
    assert not differing


def test_hits_give_back_the_item_and_where_it_matched(store: Store) -> None:
    store.write(ITEMS)
    (hit,) = store.search("حفتر").hits
    assert hit.item == ITEMS[1]
    assert [s.text for s in hit.highlights] == ["بحفتر", "وبحفتر"]
    assert all(getattr(hit.item.tagged.article, s.field)[s.start : s.end] == s.text for s in hit.highlights)


def test_order_and_pages(store: Store) -> None:
    store.write(ITEMS)
    newest = ids(store, "")
    assert newest == [i.tagged.article.id for i in reversed(ITEMS)]
    assert ids(store, "", sort="oldest") == newest[::-1]
    assert ids(store, "", size=3) + ids(store, "", size=3, offset=3) == newest[:6]
    assert ids(store, "", offset=500) == []
    assert store.search("", size=0).total == len(ITEMS)


def test_a_scan_gives_all_by_id_however_many(store: Store) -> None:
    store.write([item(f"n{n:04}", "حفتر" if n % 2 else "غيره", hours=-n) for n in range(1100)])
    assert [i.tagged.article.id for i in store.scan("")] == [f"n{n:04}" for n in range(1100)]
    assert [i.tagged.article.id for i in store.scan("حفتر OR outlet:none")] == [f"n{n:04}" for n in range(1, 1100, 2)]
    with pytest.raises(query.QueryError):
        next(store.scan("actr:x"))


def test_relevance_puts_the_title_first(store: Store) -> None:
    other = " ".join(f"كلمة{n}" for n in range(60))
    store.write([item("far", "خبر", f"{other} البريقة {other}", hours=9), item("near", "البريقة", "خبر عنها", hours=1)])
    hits = store.search("البريقة", sort="relevance").hits
    assert [h.item.tagged.article.id for h in hits] == ["near", "far"]
    assert hits[0].score > hits[1].score


def test_an_older_version_changes_nothing_and_a_newer_one_leaves_no_stale_stance(store: Store) -> None:
    one = item("a", "أول", stances=(stance("a", "x", "y"), stance("a", "x", "z")))
    two = item("a", "ثان", version=2, stances=(stance("a", "x", "w"),))
    assert store.write([one]).stored == 1
    assert store.write([two]).stored == 1
    report = store.write([one, item("b")])
    assert (report.stored, report.superseded, report.refused) == (1, 1, ())
    assert store.get("a") == two
    assert ids(store, "target:y") == []
    assert ids(store, "target:w") == ["a"]


def test_both_versions_in_one_batch_in_either_order(store: Store) -> None:
    one, two = item("a", "أول", stances=(stance("a", "x", "y"),)), item("a", "ثان", version=2, stances=(stance("a", "x", "w"),))
    store.write([one, two])
    assert store.get("a") == two
    store.write([item("b", version=2), item("b")])
    kept = store.get("b")
    assert kept is not None
    assert kept.tagged.version == 2
    assert ids(store, "holder:x") == ["a"]


def test_a_retagged_article_replaces_its_older_generation_and_not_the_reverse(store: Store) -> None:
    old, new = item("a", "خبر", generation="g1"), item("a", "خبر", generation="g2", actors=("haftar",))
    store.write([old])
    store.write([new])
    assert store.write([old]).superseded == 1
    assert store.get("a") == new


def test_writing_twice_leaves_the_store_as_it_was(store: Store) -> None:
    for _ in range(2):
        report = store.write(ITEMS)
        assert (report.superseded, report.refused) == (0, ())
    assert store.search("").total == len(ITEMS)
    assert store.get("nowhere") is None


def test_alerts_are_created_once_and_polls_kept_by_feed_and_time(store: Store) -> None:
    fired = Alert(id="al1", subscription="s", owner="o", name="n", query="حفتر", first_seen=T0, article="a")
    changed = Alert(id="al1", subscription="s", owner="o", name="other", query="حفتر", first_seen=T0, article="a")
    assert store.write([fired]).stored == 1
    assert store.write([changed]).superseded == 1
    polls = [PollResult(feed="f", outlet="o", url="u", at=T0.replace(minute=m), outcome="fetched", new=m) for m in (1, 2)]
    store.write(polls)
    store.write(polls)
    assert store.alerts() == [fired]
    assert store.alerts(subscription="s") == [fired]
    assert store.alerts(subscription="t") == []
    assert store.polls() == [polls[1]]


@pytest.mark.parametrize("asked", ["actr:x", "(حفتر", "after:yesterday"])
def test_a_bad_query_is_said(store: Store, asked: str) -> None:
    with pytest.raises(query.QueryError):
        store.search(asked)
