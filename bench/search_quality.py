"""Precision and recall of search on sixty queries of our own, against an exhaustive scan under khabar.arabic.

`python -m bench.search_quality` prints a JSON line for each of: our SQLite, our Elasticsearch, and the same server's stock
`arabic` analyzer over the same articles. `root` is the twenty words whose first letter, of the root, looks like a clitic.
"""

from __future__ import annotations

import json
import secrets
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.search_queries import QUERIES, ROOT_LETTERS
from index import setup
from index.elastic import Elastic
from index.elastic_store import ElasticStore
from index.sqlite import SqliteStore
from khabar import arabic, query
from khabar.query.tree import Node
from khabar.rows import row_of
from khabar.schema import CoverageItem, TaggedArticle
from khabar.settings import Settings
from tests.servers.elasticsearch_server import ElasticsearchServer

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
NOW = datetime(2026, 1, 1, tzinfo=UTC)
Find = Callable[[str], set[str]]


def items(data: Path) -> Iterator[CoverageItem]:
    """Yield every article of the shared rows, untagged: search by words needs no tags."""
    for name in ("dev/articles.jsonl", "libya.jsonl", "other.jsonl"):
        for line in (data / name).read_bytes().splitlines():
            row = row_of(line)
            tagged = TaggedArticle(
                article=row.article(row.key), version=1, first_seen=NOW, generation="bench", language="ar", about_libya=True
            )
            yield CoverageItem(tagged=tagged, story=row.key)


class Scan:
    """The truth: every word of every article looked at, with nothing of the stores' or the evaluator's code."""

    def __init__(self, found: Iterable[CoverageItem]) -> None:
        self.docs = {
            i.tagged.article.id: {
                "title": [set(t.terms) for t in arabic.tokens(arabic.folded(i.tagged.article.title))],
                "text": [set(t.terms) for t in arabic.tokens(arabic.folded(i.tagged.article.text))],
            }
            for i in found
        }

    def __call__(self, text: str) -> set[str]:
        root = query.parse(text).root
        return {key for key, fields in self.docs.items() if self.holds(root, fields)}

    def holds(self, node: Node, fields: dict[str, list[set[str]]]) -> bool:
        if isinstance(node, query.And):
            return all(self.holds(i, fields) for i in node.items)
        if isinstance(node, query.Or):
            return any(self.holds(i, fields) for i in node.items)
        if isinstance(node, query.Not):
            return not self.holds(node.item, fields)
        if not isinstance(node, query.Term | query.Phrase):
            raise TypeError(f"not among the bench's queries: {node}")
        words = (node.word,) if isinstance(node, query.Term) else node.words
        looked = [terms for name, terms in fields.items() if node.field in ("", name)]
        return any(
            words[0] in first and all(w in terms[n + k] for k, w in enumerate(words))
            for terms in looked
            for n, first in enumerate(terms[: len(terms) - len(words) + 1])
        )


def of_store(store: SqliteStore | ElasticStore) -> Find:
    """Return how to find with a store of ours."""
    return lambda text: {h.item.tagged.article.id for h in store.search(text, size=10_000).hits}


class Stock:
    """The stock `arabic` analyzer of the same server over the same articles."""

    def __init__(self, elastic: Elastic, index: str, found: Iterable[CoverageItem]) -> None:
        self.elastic, self.index = elastic, index
        fields = {name: {"type": "text", "analyzer": "arabic"} for name in ("title", "text")}
        elastic.call("PUT", f"/{index}", {"mappings": {"properties": fields}})
        lines = []
        for item in found:
            article = item.tagged.article
            lines.append(json.dumps({"index": {"_index": index, "_id": article.id}}).encode())
            lines.append(json.dumps({"title": article.title, "text": article.text}).encode())
        for start in range(0, len(lines), 1000):
            elastic.bulk(lines[start : start + 1000])
        elastic.call("POST", f"/{index}/_refresh")

    def __call__(self, text: str) -> set[str]:
        body = {"query": self.clause(_originals(text), query.parse(text).root), "size": 10_000, "_source": False}
        answer = self.elastic.call("POST", f"/{self.index}/_search", body) or {}
        return {h["_id"] for h in answer["hits"]["hits"]}

    def clause(self, spelled: dict[str, str], node: Node) -> dict[str, Any]:
        if isinstance(node, query.And | query.Or):
            kind = "must" if isinstance(node, query.And) else "should"
            return {"bool": {kind: [self.clause(spelled, i) for i in node.items]}}
        if isinstance(node, query.Not):
            return {"bool": {"must_not": [self.clause(spelled, node.item)]}}
        if not isinstance(node, query.Term | query.Phrase):
            raise TypeError(f"not among the bench's queries: {node}")
        words = (node.word,) if isinstance(node, query.Term) else node.words
        asked = " ".join(spelled[w] for w in words)
        fields = [node.field] if node.field else ["title", "text"]
        return {"multi_match": {"query": asked, "fields": fields, "type": "phrase"}}


def _originals(text: str) -> dict[str, str]:
    """Return each query term's spelling as typed: the stock analyzer does its own folding."""
    words = (w.split(":")[-1].strip('"()') for w in text.split())
    return {arabic.query_term(w): w for w in words}


def score(find: Find, truth: dict[str, set[str]]) -> dict[str, float]:
    """Return precision and recall, over all answers of all queries."""
    found = {q: find(q) for q in truth}
    right = sum(len(found[q] & want) for q, want in truth.items())
    given, wanted = sum(map(len, found.values())), sum(map(len, truth.values()))
    worst = min(len(found[q] & want) / len(want) for q, want in truth.items() if want)
    return {"precision": round(right / given, 4), "recall": round(right / wanted, 4), "worst_recall": round(worst, 4)}


def run(data: Path, settings: Settings, folder: Path) -> Iterator[dict[str, Any]]:
    """Yield a line of figures for each way to search."""
    docs = list(items(data))
    scan = Scan(docs)
    truth = {q: scan(q) for q in QUERIES}
    root = {q: truth[q] for q in ROOT_LETTERS}
    elastic, sqlite, store = Elastic(settings), SqliteStore(folder / "quality.db"), ElasticStore(settings)
    setup.put_stores(elastic, settings.index_prefix)
    for one in (sqlite, store):
        one.write(docs)
    store.refresh()
    stock = Stock(elastic, f"{settings.index_prefix}stock", docs)
    for name, find in (("sqlite", of_store(sqlite)), ("elasticsearch", of_store(store)), ("stock arabic analyzer", stock)):
        counts = {"articles": len(docs), "queries": len(truth), "empty": sum(not want for want in truth.values())}
        yield {"bench": "search_quality", "by": name, **counts, **score(find, truth), "root": score(find, root)}
    for opened in (sqlite, store, elastic):
        opened.close()


def main() -> None:
    """Print the figures as JSON lines."""
    if not DATA.exists():
        sys.exit(f"bench.search_quality: the real articles are not at {DATA}")
    server = ElasticsearchServer()
    settings = Settings(
        elasticsearch_url=server.url,
        elasticsearch_user=server.user,
        elasticsearch_password=server.password,
        index_prefix=f"q{secrets.token_hex(3)}-",
    )
    try:
        with tempfile.TemporaryDirectory() as folder:
            for line in run(DATA, settings, Path(folder)):
                print(json.dumps(line, ensure_ascii=False))
    finally:
        server.stop()


if __name__ == "__main__":
    main()
