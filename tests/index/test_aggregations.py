"""Every chart, control and list of every dashboard, asked of the real Elasticsearch over the real articles.

What comes back must be there and be what the same question gives by hand over the same documents.
"""

import math
import secrets
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from index import documents, kibana_files
from index.elastic import Elastic
from index.elastic_store import ElasticStore
from index.sqlite import SqliteStore
from khabar import query
from khabar.embedded import Pipeline
from khabar.rows import row_of
from khabar.schema import Alert, CoverageItem, Framing, PollResult, stable_id
from khabar.settings import Settings
from streams.tagger import RulesTagger
from tests.index.conftest import prepare, remove
from tests.index.panels import asks, kql_clause, kql_holds, values_of
from tests.servers.elasticsearch_server import ElasticsearchServer

pytestmark = [pytest.mark.services, pytest.mark.shared]

NOW = datetime.now(UTC).replace(microsecond=0)
BOARDS = kibana_files.dashboards()
COUNTRIES = ("LY", "EG", "QA", "GB")


class NobodyAsked:
    def match(self, item: CoverageItem) -> Sequence[Alert]:
        return ()


def real_items(shared: Path, folder: Path) -> list[CoverageItem]:
    """The real articles through the real pipeline; what the rows do not say (country, loaded words) is made up by rule."""
    lines = [
        line for name in ("dev/articles.jsonl", "libya.jsonl") for line in (shared / "data" / name).read_bytes().splitlines()
    ]
    store = SqliteStore(folder / "items.db")
    pipeline = Pipeline(store, RulesTagger(), NobodyAsked(), lambda: NOW)
    articles = []
    for line in lines:
        row = row_of(line)
        article = row.article(row.key)
        country = COUNTRIES[len(article.outlet) % len(COUNTRIES)]
        articles.append(msgspec.structs.replace(article, country=country))
    articles += [msgspec.structs.replace(a, id=f"copy-{a.id}", outlet=f"ناقل {n % 3}") for n, a in enumerate(articles[:12])]
    pipeline.run(articles)
    items = [with_framing(i) for i in store.scan("")]
    store.close()
    return items


def with_framing(item: CoverageItem) -> CoverageItem:
    text = item.tagged.article.text
    found = [
        Framing(
            term=word,
            camp=camp,
            effect=effect,
            by="outlet",
            field="text",
            start=text.index(word),
            end=text.index(word) + len(word),
        )
        for word, camp, effect in (
            ("مليشيا", "gna", "harms"),
            ("الجيش", "lna", "favours"),
            ("قوات حفتر", "lna", "harms"),
            ("الشرعية", "gna", "favours"),
        )
        if word in text
    ]
    return msgspec.structs.replace(item, tagged=msgspec.structs.replace(item.tagged, framing=tuple(found)))


def made_alerts(items: list[CoverageItem]) -> list[Alert]:
    """Two subscriptions over the real articles, fired in the last weeks."""
    fired = []
    for name, text in (("متابعة حفتر", "حفتر"), ("النفط", "النفط OR الحقول")):
        asked = query.parse(text)
        for n, item in enumerate(items):
            spans = asked.match(item)
            if spans is None:
                continue
            article = item.tagged.article
            fired.append(
                Alert(
                    id=stable_id(name, article.id),
                    subscription=stable_id(name),
                    owner="o",
                    name=name,
                    query=text,
                    article=article.id,
                    story=item.story,
                    title=article.title,
                    outlet=article.outlet,
                    outlet_name=article.outlet_name,
                    published=article.published,
                    first_seen=NOW - timedelta(hours=n),
                    spans=spans[:1],
                    sentence=article.text[:80],
                    actors=tuple(a.name for a in item.tagged.actors),
                )
            )
    return fired


def made_polls() -> list[PollResult]:
    """Three feeds over six days: one well, one that goes silent, one broken."""
    polls = []
    for n in range(60):
        for feed, outcome, new in (("f-good", "fetched", 3), ("f-silent", "not_modified", 0), ("f-broken", "failed", 0)):
            broken = outcome == "failed"
            polls.append(
                PollResult(
                    feed=feed,
                    outlet=feed.removeprefix("f-"),
                    url=f"https://example.org/{feed}",
                    at=NOW - timedelta(hours=2 * n),
                    outcome=outcome,
                    status=500 if broken else 200,
                    latency_ms=100.0 + n,
                    new=new,
                    updated=n % 2,
                    full_text=n % 4 if new else 0,
                    delay_s=60.0 + n if new else None,
                    failures=60 - n if broken else 0,
                    error="HTTP 500" if broken else "",
                )
            )
    return polls


@pytest.fixture(scope="module")
def world(shared: Path, elasticsearch: ElasticsearchServer, tmp_path_factory) -> Iterator[dict[str, Any]]:
    settings = Settings(
        elasticsearch_url=elasticsearch.url,
        elasticsearch_user=elasticsearch.user,
        elasticsearch_password=elasticsearch.password,
        index_prefix=f"w{secrets.token_hex(4)}-",
    )
    prepare(settings)
    items = real_items(shared, tmp_path_factory.mktemp("items"))
    alerts, polls = made_alerts(items), made_polls()
    store = ElasticStore(settings)
    landed = [*items, *alerts, *polls]
    report = store.write(landed)
    assert (report.stored, report.superseded, report.refused) == (len(landed), 0, ())
    store.refresh()
    store.close()
    docs = {
        "khabar-articles": [documents.article(i) for i in items],
        "khabar-stances": [documents.stance(i, s, 1) for i in items for s in i.tagged.stances],
        "khabar-alerts": [documents.alert(a) for a in alerts],
        "khabar-polls": [documents.poll(p) for p in polls],
    }
    elastic = Elastic(settings)
    views = kibana_files.data_views(settings.index_prefix, "http://desk")
    yield {"docs": docs, "elastic": elastic, "views": views}
    elastic.close()
    remove(settings)


def same(one: Any, other: Any, operation: str) -> bool:
    if one is None or other is None:
        return one == other
    return math.isclose(one, other, rel_tol=0.02 if operation == "median" else 1e-6)


@pytest.mark.parametrize("board", sorted(BOARDS))
def test_every_chart_has_the_buckets_that_a_count_by_hand_gives(world: dict[str, Any], board: str) -> None:
    body = BOARDS[board]
    wrong, empty = {}, []
    for ask in asks(body):
        view = world["views"][ask.view]
        docs = [d for d in world["docs"][ask.view] if d.get(view["timeFieldName"])]
        answer = world["elastic"].call("POST", f"/{view['title']}/_search", ask.body(view["timeFieldName"], body["time_range"]))
        got, want = ask.of_answer(answer), ask.by_hand(docs)
        if not any(v for _, values in want for v in values):
            empty.append(ask.panel)
        operations = [m["operation"] for m in ask.metrics]
        agree = [k for k, _ in got] == [k for k, _ in want] and all(
            same(a, b, o) for (_, g), (_, w) in zip(got, want, strict=True) for a, b, o in zip(g, w, operations, strict=True)
        )
        if not agree:
            wrong[ask.panel] = [(w, g) for w, g in zip(want, got, strict=False) if w != g][:4]
    assert not empty
    assert not wrong


@pytest.mark.parametrize("board", sorted(BOARDS))
def test_every_control_offers_the_values_there_are(world: dict[str, Any], board: str) -> None:
    for control in BOARDS[board]["pinned_panels"]:
        if control["type"] != "options_list_control":
            continue
        view, field = control["config"]["data_view_id"], control["config"]["field_name"]
        agg = {"v": {"terms": {"field": field, "size": 10_000}}}
        body = {"size": 0, "aggs": agg}
        answer = world["elastic"].call("POST", f"/{world['views'][view]['title']}/_search", body)
        got = {b["key"]: b["doc_count"] for b in answer["aggregations"]["v"]["buckets"]}
        want: dict[Any, int] = {}
        for doc in world["docs"][view]:
            for value in set(values_of(doc, field)):
                want[value] = want.get(value, 0) + 1
        assert want
        assert got == want


@pytest.mark.parametrize("board", sorted(set(BOARDS) - {"khabar-feeds"}))
def test_every_list_shows_the_newest_with_its_columns(world: dict[str, Any], board: str) -> None:
    for panel in BOARDS[board]["panels"]:
        for tab in panel["config"].get("tabs", ()):
            view = world["views"][tab["data_source"]["ref_id"]]
            expression = tab.get("query", {}).get("expression", "")
            time = view["timeFieldName"]
            docs = [d for d in world["docs"][tab["data_source"]["ref_id"]] if d.get(time) and kql_holds(expression, d)]
            sort = [{s["name"]: s["direction"]} for s in tab["sort"]]
            body = {
                "size": 50,
                "sort": sort,
                "query": {"bool": {"filter": [kql_clause(expression), {"exists": {"field": time}}]}},
            }
            hits = world["elastic"].call("POST", f"/{view['title']}/_search", body)["hits"]["hits"]
            newest = sorted((d[time] for d in docs), reverse=True)[:50]
            assert newest
            assert [datetime.fromisoformat(h["_source"][time]) for h in hits] == newest
            shown = {c for h in hits for c in tab["column_order"] if h["_source"].get(c)}
            assert shown | {"reason"} >= set(tab["column_order"])
