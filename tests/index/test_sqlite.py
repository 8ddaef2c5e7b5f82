"""The SQLite store: what it promises beyond the contract of all stores."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from index.sqlite import SqliteStore
from khabar.errors import UnavailableError
from khabar.ports import get_many
from khabar.schema import PollResult
from tests.index.coverage import item, stance


@pytest.fixture
def store(tmp_path: Path):
    store = SqliteStore(tmp_path / "khabar.db")
    yield store
    store.close()


def ids(store: SqliteStore, query: str) -> set[str]:
    return {h.item.tagged.article.id for h in store.search(query).hits}


def test_a_table_and_an_article_are_one_transaction(store: SqliteStore) -> None:
    table = store.table("feeds")

    def killed_midway() -> None:
        with store.transaction():
            table["feed"] = b"etag"
            store.write([item("a")])
            raise RuntimeError("killed")

    with pytest.raises(RuntimeError, match="killed"):
        killed_midway()
    assert "feed" not in table
    assert store.get("a") is None
    with store.transaction():
        table["feed"] = b"etag"
        store.write([item("a")])
    assert table["feed"] == b"etag"
    assert store.get("a") == item("a")


def test_a_table_is_a_mapping_of_its_own(store: SqliteStore) -> None:
    one, two = store.table("one"), store.table("two")
    one["b"], one["a"], two["a"] = b"1", b"2", b"3"
    one["a"] = b"4"
    assert dict(one) == dict(one.items()) == {"a": b"4", "b": b"1"}
    assert list(one.values()) == [b"4", b"1"]
    assert list(one) == ["a", "b"]
    assert len(two) == 1
    del one["a"]
    with pytest.raises(KeyError):
        del one["a"]
    assert two["a"] == b"3"
    one.update({"c": b"5", "b": b"6"})
    for table in (one, dict(one)):
        assert get_many(table, ["b", "a", "c", "'"]) == {"b": b"6", "c": b"5"}
        assert get_many(table, []) == {}


def test_it_survives_a_restart_and_is_read_beside_its_writer(tmp_path: Path) -> None:
    writer, reader = SqliteStore(tmp_path / "k.db"), SqliteStore(tmp_path / "k.db")
    writer.write([item("a", "الدبيبة في سبها")])
    assert ids(reader, "الدبيبه") == {"a"}
    writer.close()
    assert ids(reader, "سبها") == {"a"}
    reader.close()


def test_an_older_version_or_generation_changes_nothing(store: SqliteStore) -> None:
    first = item("a", "أول", stances=(stance("a", "x", "y"),))
    second = item("a", "ثان", version=2)
    retagged = item("a", "ثان", version=2, generation="g2")
    for landed in (first, second, retagged):
        assert store.write([landed]).stored == 1
    for landed in (first, second):
        assert store.write([landed]).superseded == 1
    assert store.get("a") == retagged
    assert store.execute("SELECT count(*) FROM stances") == [(0,)]


def test_a_file_of_another_layout_is_refused_by_name(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "k.db")) as db:
        db.execute("PRAGMA user_version = 99")
    with pytest.raises(UnavailableError, match="layout is 99"):
        SqliteStore(tmp_path / "k.db")


def test_a_commit_that_fails_leaves_no_transaction_open(store: SqliteStore) -> None:
    def no_commit(action: int, argument: str | None, *_: object) -> int:
        return sqlite3.SQLITE_DENY if (action, argument) == (sqlite3.SQLITE_TRANSACTION, "COMMIT") else sqlite3.SQLITE_OK

    store._db.set_authorizer(no_commit)
    with pytest.raises(UnavailableError, match="not authorized"):
        store.write([item("a")])
    store._db.set_authorizer(None)
    assert store.get("a") is None
    store.write([item("b")])
    assert ids(store, "") == {"b"}


def test_polls_older_than_their_retention_are_forgotten_as_new_ones_come(store: SqliteStore) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    for day in range(0, 100, 5):
        store.write([PollResult(feed=f, outlet=f, url="", at=start + timedelta(days=day), outcome="ok") for f in ("x", "y")])
    [(kept,)] = store.read("SELECT count(*) FROM polls")
    assert kept == 2 * (30 // 5 + 1)
    assert [(p.feed, p.at) for p in store.polls()] == [(f, start + timedelta(days=95)) for f in ("x", "y")]


@pytest.mark.parametrize(("subscription", "index"), [("", "alerts_time"), ("s1", "alerts_of")])
def test_the_newest_alerts_are_read_from_an_index_however_many_there_are(store, tmp_path, subscription, index) -> None:
    asked = []
    store._db.set_trace_callback(asked.append)
    assert store.alerts(size=10, offset=5, subscription=subscription) == []
    store._db.set_trace_callback(None)
    with closing(sqlite3.connect(tmp_path / "khabar.db")) as db:
        plan = [row[3] for row in db.execute(f"EXPLAIN QUERY PLAN {asked[-1]}")]
    assert [(index in step, "TEMP B-TREE" in step) for step in plan] == [(True, False)]
