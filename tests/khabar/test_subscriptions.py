"""Subscriptions: what is refused and which field is named, changes, TOML there and back, backtests."""

import tomllib
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from index.sqlite import SqliteStore
from khabar import schema, subscriptions
from khabar.netguard import Guard
from khabar.query import QueryError
from khabar.schema import Subscription
from khabar.subscriptions import SubscriptionError
from khabar.subscriptions_io import backtest, days_ago, export_toml, import_toml
from tests.index.coverage import item

NOW = datetime(2024, 3, 1, tzinfo=UTC)
GUARD = Guard()


def values(**kw):
    return {"owner": "amal", "name": "النفط", "query": "النفط", "channels": [{"kind": "log"}]} | kw


def add(table, **kw):
    return subscriptions.add(table, values(**kw), GUARD, now=NOW, token="t0ken")


@pytest.mark.parametrize(
    ("field", "kw"),
    [
        ("name", {"name": " "}),
        ("owner", {"owner": ""}),
        ("query", {"query": "lang:ar"}),
        ("query", {"query": "NOT حفتر"}),
        ("query", {"query": "حفتر OR في"}),
        ("query", {"query": ""}),
        ("signal", {"signal": "thunder"}),
        ("signal", {"signal": "silent:"}),
        ("signal", {"signal": "spike:3"}),
        ("min_confidence", {"min_confidence": 1.5}),
        ("min_confidence", {"min_confidence": "high"}),
        ("max_per_hour", {"max_per_hour": -1}),
        ("per", {"per": "outlet"}),
        ("delivery", {"delivery": "yearly"}),
        ("language", {"language": "fr"}),
        ("colour", {"colour": "red"}),
        ("feed_token", {"feed_token": "mine"}),
        ("quiet", {"quiet": {"start": "25:00", "end": "07:00"}}),
        ("quiet", {"quiet": {"start": "07:00", "end": "07:00"}}),
        ("quiet", {"quiet": {"start": "22:00", "end": "07:00", "zone": "Libya/Nowhere"}}),
        ("quiet", {"quiet": {"start": "22:00", "end": "07:00", "zone": "../../etc/passwd"}}),
        ("expires", {"expires": "2030-01-01T00:00:00"}),
        ("channels", {"channels": [{"kind": "pigeon"}]}),
        ("channels", {"channels": [{"kind": "webhook", "address": "http://127.0.0.1/x"}]}),
        ("channels", {"channels": [{"kind": "webhook", "address": "ftp://example.org"}]}),
        ("channels", {"channels": [{"kind": "apprise", "address": "json://10.0.0.1/x"}]}),
        ("channels", {"channels": [{"kind": "apprise", "address": "amal at example"}]}),
        ("channels", {"channels": [{"kind": "apprise", "address": "discord://id/token?template=/etc/some.json"}]}),
        ("channels", {"channels": [{"kind": "apprise", "address": "workflows://h/w/s/?a=1&Template=http%3A%2F%2Fx"}]}),
        ("channels", {"channels": [{"kind": "apprise", "address": "mailto:a@b.org,c@d.org"}]}),
        ("channels", {"channels": [{"kind": "log"}] * 11}),
    ],
)
def test_what_is_refused_names_its_field(field, kw):
    table = {}
    with pytest.raises(SubscriptionError) as e:
        add(table, **kw)
    assert e.value.field == field
    assert table == {}


def test_a_bad_query_is_refused_with_its_place():
    with pytest.raises(QueryError) as e:
        add({}, query='حفتر "مجلس')
    assert e.value.position == 5


def test_a_bots_number_is_not_taken_for_an_address():
    address = "tgram://170123456:AAEabcdefghijklmnopqrstuvwxyz012345678/1"  # as an address it would be 10.35.223.128
    assert add({}, channels=[{"kind": "apprise", "address": address}]).channels[0].address == address


def test_a_broad_query_may_be_forced():
    assert subscriptions.add({}, values(query="lang:ar"), GUARD, now=NOW, token="t", force=True).query == "lang:ar"


def test_add_edit_pause_remove():
    table = {}
    made = add(table, channels=[{"kind": "webhook", "address": "https://example.org/x"}])
    assert made.channels[0].secret
    with pytest.raises(SubscriptionError, match="already"):
        add(table, id=made.id)
    later = NOW + timedelta(days=1)
    subscriptions.edit(table, made.id, {"query": "الغاز", "paused": True}, GUARD, now=later)
    kept = subscriptions.get(table, made.id)
    assert (kept.query, kept.paused, kept.created_at, kept.updated_at, kept.feed_token) == ("الغاز", True, NOW, later, "t0ken")
    assert kept.channels == made.channels
    subscriptions.remove(table, made.id)
    for missing in (subscriptions.get, subscriptions.remove):
        with pytest.raises(SubscriptionError, match="no subscription"):
            missing(table, made.id)


def keys_of(subscription):
    return [c.secret for c in subscription.channels if c.kind == "webhook"]


def hook(address, **kw):
    return {"kind": "webhook", "address": f"https://hooks.example.org/{address}"} | kw


def test_a_webhooks_key_is_its_own_and_stays_with_its_address():
    table, numbers = {}, count()
    fresh = {"now": NOW, "new_key": lambda: f"key {next(numbers)}"}
    given = values(channels=[hook("a"), {"kind": "log"}, hook("b", secret="theirs")])
    made = subscriptions.add(table, given, GUARD, token="t0ken", **fresh)
    assert keys_of(made) == ["key 0", "theirs"]
    changed = subscriptions.edit(table, made.id, {"channels": [hook("b"), hook("c"), hook("a", secret="other")]}, GUARD, **fresh)
    assert keys_of(changed) == ["theirs", "key 1", "other"]
    assert keys_of(subscriptions.edit(table, made.id, {"name": "n"}, GUARD, **fresh)) == ["theirs", "key 1", "other"]


def test_a_webhooks_key_cannot_be_worked_out_from_the_address_of_the_feed():
    first, second = (add({}, channels=[hook("a")]) for _ in range(2))
    assert first.feed_token == second.feed_token
    assert keys_of(first) != keys_of(second)
    assert len(keys_of(first)[0]) == 48


def test_pages_by_id():
    table = {}
    for name in ("b", "d", "a", "c"):
        add(table, id=name)
    table["bb"] = b"{"
    found = [
        ([s.id for s in page], more) for page, more in (subscriptions.page_of(table, after=a, size=2) for a in ("", "b", "bb"))
    ]
    assert found == [(["a", "b"], "b"), (["c"], "c"), (["c", "d"], None)]
    assert subscriptions.page_of({}, after="", size=2) == ([], None)


def test_toml_there_and_back():
    table = {}
    add(table, id="a", name='ليلى "س"', quiet={"start": "22:00", "end": "07:00"}, expires="2030-01-01T00:00:00Z", per="story")
    add(table, id="b", query='="x\\y" OR (a NEAR/3 b)', min_confidence=0.5)
    text = export_toml(subscriptions.all_of(table))
    assert tomllib.loads(text)
    assert "t0ken" not in text
    other = {}
    for row in import_toml(text, "x.toml"):
        subscriptions.add(other, row, GUARD, now=NOW, token="t0ken")
    assert subscriptions.all_of(other) == subscriptions.all_of(table)


@pytest.mark.parametrize("text", ["[", "subscription = 3", "subscription = [1]"])
def test_a_bad_toml_file_is_named(text):
    with pytest.raises(SubscriptionError, match=r"x\.toml"):
        import_toml(text, "x.toml")


def test_changes_of_another_process_reach_the_matcher():
    table, seen, live = {}, {}, {}
    made = add(table)
    table["bad"] = b"{"

    def sync():
        subscriptions.sync(table, seen, lambda s: live.__setitem__(s.id, s), lambda key: live.pop(key, None))

    sync()
    assert list(live) == [made.id]
    changed = subscriptions.edit(table, made.id, {"query": "الغاز"}, GUARD, now=NOW)
    sync()
    assert live[made.id] == changed
    table.clear()
    sync()
    assert live == {}
    assert seen == {}


def test_a_backtest_counts_what_is_indexed(tmp_path):
    store = SqliteStore(tmp_path / "k.db")
    store.write([item(f"a{n}", text="النفط" if n % 2 else "الغاز", hours=n * 24) for n in range(8)])
    found = backtest(store, "النفط OR xyz", since=datetime(2024, 3, 3, tzinfo=UTC))
    assert (found.total, found.indexed) == (3, 6)
    assert found.share == 0.5
    assert list(found.by_day.values()) == [1, 1, 1]
    assert len(found.newest) == 3
    with pytest.raises(QueryError):
        backtest(store, "(", since=NOW)
    store.close()


@pytest.mark.parametrize(("text", "hours"), [("30d", 720), ("12h", 12), ("2w", 336)])
def test_lengths_of_time(text, hours):
    assert days_ago(text, NOW) == NOW - timedelta(hours=hours)


@pytest.mark.parametrize("text", ["", "d", "3", "30m", "-3d", "٣d", "99999d"])
def test_what_is_no_length_of_time(text):
    with pytest.raises(SubscriptionError):
        days_ago(text, NOW)


def test_how_channels_and_quiet_hours_are_written():
    assert subscriptions.channel_of("log") == {"kind": "log"}
    assert subscriptions.channel_of("https://h.example/x", "k") == {
        "kind": "webhook",
        "address": "https://h.example/x",
        "secret": "k",
    }
    assert subscriptions.channel_of("webhook:http://h.example/x")["address"] == "http://h.example/x"
    assert subscriptions.channel_of("mailto:a@b.org") == {"kind": "apprise", "address": "mailto:a@b.org"}
    assert subscriptions.channel_of("tgram://token/1") == {"kind": "apprise", "address": "tgram://token/1"}
    assert subscriptions.quiet_of("22:00-07:00@Asia/Dubai") == {"start": "22:00", "end": "07:00", "zone": "Asia/Dubai"}
    assert subscriptions.quiet_of("22:00-07:00")["zone"] == "Africa/Tripoli"
    assert subscriptions.quiet_of("none") is None


def test_unreadable_entries_are_left_out():
    table = {"x": b"{", "y": schema.dumps(Subscription(id="y", owner="o", name="n", query="q"))}
    assert [s.id for s in subscriptions.all_of(table)] == ["y"]
