"""The page and the API of alerts over a real store and real HTTP."""

import json
import re
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET

import msgspec
import pytest
from aiohttp.test_utils import TestClient, TestServer

from desk.alerts_feed import atom
from desk.app import make_app
from desk.feed import ATOM
from desk.words import word
from desk.words_alerts import ALERT_WORDS
from desk.words_query import told
from index.sqlite import SqliteStore
from khabar import subscriptions
from khabar.query import QueryError, parse
from khabar.schema import Alert, Subscription, dumps
from tests.index.coverage import item

NOW = datetime(2024, 3, 10, tzinfo=UTC)
FORM = {
    "query": "النفط",
    "owner": "amal",
    "name": "",
    "channels": "log\nhttps://hooks.example.org/x",
    "delivery": "daily",
    "per": "story",
}


@pytest.fixture
async def desk(tmp_path):
    store = SqliteStore(tmp_path / "k.db")
    store.write([item("a1", title="النفط <b>", hours=1), item("a2", title="الغاز")])
    store.write(
        [Alert(id="x1", subscription="s1", owner="amal", name="n", query="q", article="a1", title="خبر\x01", first_seen=NOW)]
    )
    table = store.table("subscriptions")
    app = make_app(store, clock=lambda: NOW, address="https://desk.example", subscriptions=lambda: nullcontext(table))
    async with TestClient(TestServer(app)) as client:
        client.table, client.store = table, store
        yield client
    store.close()


async def text(response, status=200):
    body = await response.text()
    assert response.status == status, body
    return body


async def test_the_form_adds_edits_pauses_and_deletes(desk):
    assert 'dir="rtl"' in await text(await desk.get("/alerts"))
    await text(await desk.post("/alerts", data=FORM))
    (made,) = subscriptions.all_of(desk.table)
    assert (made.name, made.per, made.delivery, made.channels[1].kind) == ("النفط", "story", "daily", "webhook")
    shown = await text(await desk.get(f"/alerts/{made.id}"))
    assert made.channels[1].secret in shown
    assert made.feed_token in shown
    later = {"quiet_start": "22:00", "quiet_end": "07:00", "zone": "Asia/Dubai", "expires": "2030-01-01", "max_per_hour": "4"}
    await text(await desk.post(f"/alerts/{made.id}", data=FORM | {"query": "الغاز"} | later))
    changed = subscriptions.get(desk.table, made.id)
    assert (changed.query, changed.quiet.zone, changed.max_per_hour, changed.expires.year) == ("الغاز", "Asia/Dubai", 4, 2030)
    assert changed.channels == made.channels
    await text(await desk.post(f"/alerts/{made.id}/pause"))
    assert subscriptions.get(desk.table, made.id).paused
    await text(await desk.post(f"/alerts/{made.id}/resume"))
    assert not subscriptions.get(desk.table, made.id).paused
    await text(await desk.post(f"/alerts/{made.id}/delete"))
    assert subscriptions.all_of(desk.table) == []
    for path in (f"/alerts/{made.id}", "/alerts/x/y"):
        await text(await desk.get(path), 404)
    await text(await desk.post(f"/alerts/{made.id}/pause"), 404)


@pytest.mark.parametrize(
    ("change", "shown"),
    [
        ({"query": 'النفط "و'}, "&#34;و&#34;"),
        ({"query": "lang:ar"}, "nearly every article"),
        ({"channels": "http://127.0.0.1/x"}, "private"),
        ({"owner": " "}, "owner"),
        ({"max_per_hour": "many"}, "max_per_hour"),
        ({"quiet_start": "22:00"}, "quiet"),
        ({"expires": "soon"}, "expires"),
    ],
)
async def test_what_is_refused_keeps_the_form_and_says_why(desk, change, shown):
    body = await text(await desk.post("/alerts", data=FORM | change), 400)
    assert shown in body
    assert 'role="alert"' in body
    assert 'value="daily" selected' in body
    assert subscriptions.all_of(desk.table) == []


async def test_a_query_is_tried_before_it_is_kept(desk):
    body = await text(await desk.get("/alerts", params={"q": "النفط"}))
    assert "50.0%" in body
    assert "النفط &lt;b&gt;" in body
    answer = json.loads(await text(await desk.get("/api/alerts/try", params={"q": "النفط OR الغاز"})))
    assert (answer["total"], answer["indexed"], answer["share"], answer["days"]) == (2, 2, 1.0, 30)
    bad = json.loads(await text(await desk.get("/api/alerts/try", params={"q": "(النفط"}), 400))
    assert bad["suggestion"] == "(النفط)"


async def test_where_all_articles_are_older_a_query_is_tried_on_all(desk):
    later = make_app(
        desk.store, clock=lambda: NOW + timedelta(days=400), address="", subscriptions=lambda: nullcontext(desk.table)
    )
    async with TestClient(TestServer(later)) as reader:
        answer = json.loads(await text(await reader.get("/api/alerts/try", params={"q": "النفط"})))
        assert (answer["total"], answer["indexed"], answer["days"]) == (1, 2, None)
        page = await text(await reader.get("/alerts", params={"q": "النفط"}))
        assert f"<p>{word('would_have_ever', 'ar')} <b>1</b>" in page


BROKEN = [
    *[
        'a "b',
        "a » b",
        "(a OR (b",
        "a)",
        "a OR",
        "()",
        "OR a",
        "x -b",
        "a && b",
        '=","',
        "titel:a",
        "lang:",
        "after:(2019 OR 2020)",
    ],
    *["polarity:suport", "after:yesterday", "confidence:>=2", "ا*", "a*b", "a NEAR/99999 b", "title:a NEAR text:b"],
    *["lang:ar NEAR b", "holder:(a b)", "(" * 60 + "a" + ")" * 60, "x" * 600_000, "a " * 200_000],
    "("
    + " OR ".join("abcdefghijklmnopqrstuvwxyzابتثجحخد")
    + ") NEAR ("
    + " OR ".join("abcdefghijklmnopqrstuvwxyzابتثجحخد")
    + ")",
]


@pytest.mark.parametrize("broken", BROKEN, ids=range(len(BROKEN)))
def test_what_is_wrong_with_a_query_is_told_in_the_readers_language(broken):
    with pytest.raises(QueryError) as e:
        parse(broken)
    assert told(e.value.reason, "en") == e.value.reason
    assert re.search("[\u0621-\u064a]{2}", told(e.value.reason, "ar"))
    assert told(e.value.reason, "ar") != e.value.reason


async def test_a_bad_query_is_told_in_arabic_and_to_scripts_in_english(desk):
    bad = json.loads(await text(await desk.get("/api/alerts/try", params={"q": "(النفط"}), 400))
    assert (bad["error"], bad["told"]) == ("a parenthesis is not closed", "قوس لم يُغلق")
    assert "قوس لم يُغلق" in await text(await desk.post("/alerts", data=FORM | {"query": "(النفط"}), 400)


async def test_nobody_elses_page_can_change_anything(desk):
    strangers = [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}]
    for headers in (*strangers, {"Origin": "null", "Sec-Fetch-Site": "cross-site"}):
        await text(await desk.post("/alerts", data=FORM, headers=headers), 403)
        await text(await desk.post("/api/alerts", json={"query": "x"}, headers=headers), 403)
    assert subscriptions.all_of(desk.table) == []


async def test_a_browsers_own_form_is_taken(desk):
    assert (await desk.get("/alerts")).headers["Referrer-Policy"] == "same-origin"  # no-referrer would make each Origin null
    own = f"http://{desk.server.host}:{desk.server.port}"
    ours = ({"Origin": own}, {"Sec-Fetch-Site": "same-origin"}, {"Origin": "null", "Sec-Fetch-Site": "same-origin"})
    for number, headers in enumerate(ours):
        form = FORM | {"name": f"form {number}"}
        await text(await desk.post("/alerts", data=form, headers=headers, allow_redirects=False), 303)


async def test_the_api_does_what_the_page_does(desk):
    made = json.loads(await text(await desk.post("/api/alerts", json={"query": "النفط", "owner": "a", "name": "n"}), 201))
    path = f"/api/alerts/{made['id']}"
    assert json.loads(await text(await desk.patch(path, json={"paused": True})))["paused"] is True
    assert json.loads(await text(await desk.get(path)))["query"] == "النفط"
    assert len(json.loads(await text(await desk.get("/api/alerts")))["subscriptions"]) == 1
    refused = json.loads(await text(await desk.patch(path, json={"per": "outlet"}), 400))
    assert refused["field"] == "per"
    await text(await desk.post("/api/alerts", data=b"["), 400)
    assert json.loads(await text(await desk.get(f"{path}/sent")))["alerts"] == []
    await text(await desk.delete(path))
    await text(await desk.get(path), 404)


async def test_the_api_gives_many_subscriptions_in_pages(desk):
    for number in range(250):
        made = Subscription(id=f"s{number:03}", owner="o", name=f"اسم {number}", query="حفتر")
        desk.table[made.id] = dumps(made)
    desk.table["s0999"] = b"{"  # cannot be read, and holds up nothing

    async def page(**query):
        answer = json.loads(await text(await desk.get("/api/alerts", params=query)))
        return [s["id"] for s in answer["subscriptions"]], answer["next"]

    first, after = await page()
    assert (len(first), after) == (99 + 1, first[-1])
    seen = list(first)
    while after:
        some, after = await page(size="60", after=after)
        seen += some
    assert seen == [f"s{number:03}" for number in range(250)]
    assert await page(after="s249") == ([], None)
    assert len((await page(size="9000"))[0]) == 250
    await text(await desk.get("/api/alerts", params={"size": "many"}), 400)


async def test_many_subscriptions_are_shown_in_pages_the_last_changed_first(desk):
    for number in range(120):
        made = Subscription(
            id=f"s{number}", owner="o", name=f"اسم {number}", query="حفتر", updated_at=NOW + timedelta(minutes=number)
        )
        desk.table[made.id] = dumps(made)
    body = await text(await desk.get("/alerts"))
    assert body.count('<article class="card"') == 50
    assert 'id="s119"' in body
    assert "page=2" in body
    body = await text(await desk.get("/alerts", params={"page": 9}))
    assert body.count('<article class="card"') == 20
    assert 'id="s0"' in body
    body = await text(await desk.get("/alerts", params={"find": "إسم 77"}))
    assert body.count('<article class="card"') == 1
    assert "لا شيء يطابق" in await text(await desk.get("/alerts", params={"find": "كذا"}))


async def test_a_feed_has_a_secret_address(desk):
    await desk.post("/alerts", data=FORM)
    (made,) = subscriptions.all_of(desk.table)
    root = ET.fromstring(await text(await desk.get(f"/feeds/{made.feed_token}.atom")))
    assert root.findtext(f"{{{ATOM}}}title") == "خبر: النفط"
    await text(await desk.get("/feeds/guess.atom"), 404)
    await text(await desk.get("/feeds/.atom"), 404)
    root = ET.fromstring(atom(made, desk.store.alerts(), "https://desk.example"))
    assert root.find(f"{{{ATOM}}}entry/{{{ATOM}}}link").get("href") == "https://desk.example/articles/a1"
    assert root.findtext(f"{{{ATOM}}}entry/{{{ATOM}}}title") == "خبر"
    path = f"/feeds/{made.feed_token}.atom"
    assert (await desk.get(path)).content_type == "application/atom+xml"
    assert (await desk.get(path, headers={"Accept": "text/html,application/xml"})).content_type == "application/xml"
    content = root.find(f"{{{ATOM}}}entry/{{{ATOM}}}content")
    assert content.get("type") == "html"
    assert '<div dir="rtl">' in content.text
    assert f'href="https://desk.example/alerts#{made.id}"' in content.text


async def test_a_feed_can_be_read_whatever_an_address_holds(desk):
    await desk.post("/alerts", data=FORM)
    (made,) = subscriptions.all_of(desk.table)
    strange = Alert(
        id="x2", subscription=made.id, owner="amal", name="n", query="q", article="a\x02/1", title="ع", first_seen=NOW
    )
    root = ET.fromstring(
        atom(made, [msgspec.structs.replace(strange, url="https://p.example/\x01\ud800?a=<1>")], "https://desk.example")
    )
    links = [e.get("href") for e in root.iter(f"{{{ATOM}}}link")]
    assert links == ["https://desk.example/articles/a%02%2F1", "https://p.example/?a=<1>"]


async def test_whoever_guesses_addresses_of_feeds_does_not_make_the_desk_read_all_subscriptions_each_time(desk):
    opened = []
    app = make_app(
        desk.store, clock=lambda: NOW, token="t" * 20, subscriptions=lambda: opened.append(1) or nullcontext(desk.table)
    )
    async with TestClient(TestServer(app)) as stranger:
        for guess in range(20):
            await text(await stranger.get(f"/feeds/guess{guess}.atom"), 404)
    assert len(opened) == 1


async def test_beyond_loopback_only_the_feed_is_open(desk):
    app = make_app(desk.store, clock=lambda: NOW, token="t" * 20, subscriptions=lambda: nullcontext(desk.table))
    await desk.post("/alerts", data=FORM)
    (made,) = subscriptions.all_of(desk.table)
    async with TestClient(TestServer(app)) as stranger:
        for path in ("/alerts", "/api/alerts", f"/alerts/{made.id}"):
            await text(await stranger.get(path), 401)
        await text(await stranger.post("/alerts", data=FORM), 401)
        await text(await stranger.get(f"/feeds/{made.feed_token}.atom"))
        await text(await stranger.get("/api/alerts", headers={"Authorization": f"Bearer {'t' * 20}"}))


def test_every_word_of_the_page_is_there_twice():
    assert all(word(key, "ar") and word(key, "en") for key in ALERT_WORDS)
