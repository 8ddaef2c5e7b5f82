"""The index in figures, against the real Elasticsearch of the tests.

`python -m bench.index [--write N] [--search N]` prints JSON lines: documents/s of our writer (poll, decode, build, write,
stances, commit) beside elasticsearch-py's `parallel_bulk` of the same documents, built before its clock starts, and beside one
`create` a document; seconds from the end of a bulk to its being found; p50 and p95 in milliseconds of the sixty queries over N
replayed articles on both stores.
"""

from __future__ import annotations

import argparse
import itertools
import json
import secrets
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import structlog
from elasticsearch import Elasticsearch
from elasticsearch.helpers import parallel_bulk

from bench.search_queries import QUERIES
from index import documents, setup, writer
from index.elastic import Elastic
from index.elastic_store import ElasticStore
from index.sqlite import SqliteStore
from khabar import schema
from khabar.memory import MemoryBroker
from khabar.ports import Store
from khabar.rows import row_of
from khabar.schema import CoverageItem, TaggedArticle
from khabar.settings import Settings
from streams.tagger import RulesTagger
from tests.servers.elasticsearch_server import ElasticsearchServer

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
NOW = datetime(2026, 1, 1, tzinfo=UTC)
ALONE = 300
"""How many documents are written one by one."""


def tagged() -> list[CoverageItem]:
    """Return the real articles on Libya, tagged."""
    tagger, found = RulesTagger(), []
    for line in (DATA / "libya.jsonl").read_bytes().splitlines():
        row = row_of(line)
        article = row.article(row.key)
        tags = msgspec.structs.asdict(tagger.tag(article))
        found.append(
            CoverageItem(
                tagged=TaggedArticle(article=article, version=1, first_seen=NOW, generation="bench", **tags), story=article.id
            )
        )
    return found


def replayed(originals: list[CoverageItem], count: int) -> Iterator[CoverageItem]:
    """Yield `count` articles: the originals again and again, each time with ids and a day of their own."""
    for n, item in zip(range(count), itertools.cycle(originals), strict=False):
        turn, article = n // len(originals), item.tagged.article
        published = (article.published or NOW) - timedelta(days=turn)
        copy = msgspec.structs.replace(article, id=f"{article.id}-{turn}", published=published)
        stances = tuple(msgspec.structs.replace(s, id=f"{s.id}-{turn}") for s in item.tagged.stances)
        yield msgspec.structs.replace(item, tagged=msgspec.structs.replace(item.tagged, article=copy, stances=stances))


def ours(settings: Settings, items: list[CoverageItem]) -> tuple[float, float]:
    """Return documents/s of the writer from broker to commit, and seconds until the last is found by a search."""
    broker = MemoryBroker()
    for item in items:
        broker.producer().send("coverage", item.tagged.article.id, schema.dumps(item))
    store = ElasticStore(settings)
    began = time.perf_counter()
    totals = writer.run(
        broker.consumer("index", writer.TOPICS), store, broker.producer(), threading.Event(), until_idle=True, poll_s=0
    )
    written = time.perf_counter()
    if totals.stored != len(items):
        raise RuntimeError(totals)
    while store.search("", size=0).total < len(items):
        time.sleep(0.01)
    seen = time.perf_counter()
    store.close()
    return documents_of(items) / (written - began), seen - written


def documents_of(items: list[CoverageItem]) -> int:
    """Return how many documents the articles make: one each, and one a stance."""
    return len(items) + sum(len(i.tagged.stances) for i in items)


def actions(prefix: str, items: list[CoverageItem], kind: str = "index") -> list[dict[str, Any]]:
    """Return the same documents as the library's bulk actions."""
    made = []
    for item in items:
        key = item.tagged.article.id
        made.append(action(f"{prefix}articles", key, documents.article(item), kind))
        made += [action(f"{prefix}stances", s.id, documents.stance(item, s, 1), kind) for s in item.tagged.stances]
    return made


def action(index: str, key: str, document: dict[str, Any], kind: str) -> dict[str, Any]:
    """Return one bulk action."""
    return {"_op_type": kind, "_index": index, "_id": key, "_source": plain(document)}


def plain(document: dict[str, Any]) -> dict[str, Any]:
    """Return a document as the library's serialiser takes it."""
    return {k: json.loads(bytes(v)) if isinstance(v, msgspec.Raw) else v for k, v in document.items()}


def theirs(client: Elasticsearch, prefix: str, items: list[CoverageItem]) -> float:
    """Return documents/s of parallel_bulk as it comes (4 threads, 500 a chunk)."""
    made = actions(prefix, items)
    began = time.perf_counter()
    for ok, info in parallel_bulk(client, made):
        if not ok:
            raise RuntimeError(info)
    return documents_of(items) / (time.perf_counter() - began)


def alone(client: Elasticsearch, prefix: str, items: list[CoverageItem]) -> float:
    """Return documents/s of one request a document."""
    made = actions(prefix, items[:ALONE], "create")[:ALONE]
    began = time.perf_counter()
    for one in made:
        client.create(index=one["_index"], id=one["_id"], document=one["_source"])
    return len(made) / (time.perf_counter() - began)


def latency(store: Store, rounds: int = 2) -> dict[str, float]:
    """Return p50 and p95 in milliseconds of a page of twenty, newest first, over all queries."""
    times = []
    for text in QUERIES * rounds:
        began = time.perf_counter()
        store.search(text, size=20)
        times.append((time.perf_counter() - began) * 1000)
    cuts = statistics.quantiles(times, n=20)
    return {"p50_ms": round(cuts[9], 1), "p95_ms": round(cuts[18], 1), "max_ms": round(max(times), 1)}


def fill(store: Store, originals: list[CoverageItem], count: int) -> float:
    """Write `count` replayed articles; return articles/s."""
    began = time.perf_counter()
    rest = replayed(originals, count)
    while batch := list(itertools.islice(rest, 1000)):
        store.write(batch)
    return count / (time.perf_counter() - began)


def show(**line: Any) -> None:
    """Print one line of figures."""
    print(json.dumps({"bench": "index", **line}, ensure_ascii=False), flush=True)


def writing(settings: Settings, client: Elasticsearch, items: list[CoverageItem]) -> None:
    """Compare the ways to write, each into indices of its own."""
    elastic = Elastic(settings)
    prefixes = {way: f"{settings.index_prefix}{way}-" for way in ("warm", "theirs", "ours", "alone")}
    for prefix in prefixes.values():
        setup.put_stores(elastic, prefix)
    theirs(client, prefixes["warm"], items[:1000])
    bulk = theirs(client, prefixes["theirs"], items)
    rate, visible = ours(msgspec.structs.replace(settings, index_prefix=prefixes["ours"]), items)
    single = alone(client, prefixes["alone"], items)
    show(step="writer", articles=len(items), documents=documents_of(items), docs_per_s=round(rate), parallel_bulk=round(bulk))
    show(
        step="writer", of_parallel_bulk=round(rate / bulk, 2), one_by_one=round(single), times_one_by_one=round(rate / single, 1)
    )
    show(step="searchable", seconds_after_write=round(visible, 3))
    for prefix in prefixes.values():
        for name in elastic.call("GET", f"/{prefix}*") or {}:
            elastic.call("DELETE", f"/{name}")
    elastic.close()


def searching(settings: Settings, originals: list[CoverageItem], count: int, folder: Path) -> None:
    """Time the queries over `count` articles on both stores."""
    elastic = Elastic(settings)
    setup.put_stores(elastic, settings.index_prefix)
    elastic.close()
    for name, store in (("elasticsearch", ElasticStore(settings)), ("sqlite", SqliteStore(folder / "bench.db"))):
        rate = fill(store, originals, count)
        if isinstance(store, ElasticStore):
            store.refresh()
        latency(store, 1)
        show(step="search", store=name, articles=count, articles_written_per_s=round(rate), **latency(store))
        store.close()


def main() -> None:
    """Print the figures as JSON lines."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", type=int, default=5000, help="articles for the writers (0: leave out)")
    parser.add_argument("--search", type=int, default=20_000, help="articles for the searches (0: leave out)")
    chosen = parser.parse_args()
    if not DATA.exists():
        sys.exit(f"bench.index: the real articles are not at {DATA}")
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    server = ElasticsearchServer()
    settings = Settings(
        elasticsearch_url=server.url,
        elasticsearch_user=server.user,
        elasticsearch_password=server.password,
        index_prefix=f"b{secrets.token_hex(3)}-",
    )
    client = Elasticsearch(server.url, basic_auth=(server.user, server.password), request_timeout=120)
    originals = tagged()
    try:
        with tempfile.TemporaryDirectory() as folder:
            if chosen.write:
                writing(settings, client, list(replayed(originals, chosen.write)))
            if chosen.search:
                searching(settings, originals, chosen.search, Path(folder))
    finally:
        client.close()
        server.stop()


if __name__ == "__main__":
    main()
