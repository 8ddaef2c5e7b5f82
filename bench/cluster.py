"""Stories from near-copies, scored by kind on the measured pairs, and articles/s of the cluster step alone.

`python -m bench.cluster` prints one JSON line per kind: `recall` is the share of that kind's pairs that ended in one
story, `copies` the share that was called a copy. The line `unrelated` has the pairs that share next to nothing: `wrong` of
them ended in one story. `precision` is over the pairs of all kinds and the unrelated ones.
"""

from __future__ import annotations

import json
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from khabar.schema import Article, TaggedArticle, content_hash
from streams.cluster import Clusterer
from streams.signature import compare, signature

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
NOW = datetime(2026, 1, 1, tzinfo=UTC)
Row = dict[str, Any]


def tagged(id_: str, title: str, text: str, date: str, outlet: str) -> TaggedArticle:
    """Return an article as the tag step would send it, first seen on `date` (the first day of a year where it is unclear)."""
    try:
        seen = datetime.fromisoformat(date[:10]).replace(tzinfo=UTC)
    except ValueError:
        year = re.match(r"(19|20)\d\d", date)
        seen = datetime(int(year.group()) if year else 2000, 1, 1, tzinfo=UTC)
    article = Article(id=id_, title=title, text=text, fetched_at=seen, content_hash=content_hash(title, text), outlet=outlet)
    return TaggedArticle(article=article, version=1, first_seen=seen, generation="bench", language="ar", about_libya=True)


def read(path: Path) -> Iterator[Row]:
    """Yield the rows of a JSONL file."""
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def articles(pairs: Iterable[Row]) -> dict[str, TaggedArticle]:
    """Return the articles of the pairs by id."""
    return {
        r[f"{s}_id"]: tagged(r[f"{s}_id"], r[f"{s}_title"], r[f"{s}_text"], r[f"{s}_date"], r[f"{s}_source"])
        for r in pairs
        for s in "ab"
    }


def stories(docs: Iterable[TaggedArticle], batch: int = 100) -> tuple[dict[str, str], dict[str, str | None], float]:
    """Return article → story, article → what it copies, and the CPU seconds it took, for one stream in order of time."""
    clusterer = Clusterer({})
    queue = sorted(docs, key=lambda t: (t.first_seen, t.article.id))
    story: dict[str, str] = {}
    copy: dict[str, str | None] = {}
    start = time.process_time()
    for i in range(0, len(queue), batch):
        for item in clusterer.cluster(queue[i : i + batch], NOW):
            story[item.tagged.article.id] = item.story
            copy[item.tagged.article.id] = item.copy_of
    return story, copy, time.process_time() - start


def unrelated(docs: dict[str, TaggedArticle], count: int = 5000) -> list[tuple[str, str]]:
    """Return pairs of articles that share fewer than one word triple in fifty."""
    chance = random.Random(7)
    ids = sorted(docs)
    signatures = {i: signature(d.article.title, d.article.text) for i, d in docs.items()}
    found: list[tuple[str, str]] = []
    while len(found) < count:
        a, b = chance.sample(ids, 2)
        if compare(signatures[a], signatures[b]).containment < 0.02:
            found.append((a, b))
    return found


def score(path: Path) -> list[Row]:
    """Return the figures by kind, for all articles of the pairs in one stream."""
    pairs = list(read(path))
    docs = articles(pairs)
    story, copy, _ = stories(docs.values())
    kinds, hits, copies = Counter[str](), Counter[str](), Counter[str]()
    for r in pairs:
        a, b, kind = r["a_id"], r["b_id"], r["kind"]
        kinds[kind] += 1
        hits[kind] += story[a] == story[b]
        copies[kind] += a == copy[b] or b == copy[a] or (copy[a] is not None and copy[a] == copy[b])
    others = unrelated(docs)
    wrong = sum(story[a] == story[b] for a, b in others)
    total = sum(hits.values())
    rows: list[Row] = [
        {"kind": k, "pairs": n, "recall": round(hits[k] / n, 4), "copies": round(copies[k] / n, 4)} for k, n in kinds.items()
    ]
    summary = {"kind": "all", "pairs": len(pairs), "recall": round(total / len(pairs), 4)}
    return [*rows, {"kind": "unrelated", "pairs": len(others), "wrong": wrong}, {**summary, "precision": total / (total + wrong)}]


def main() -> None:
    """Print the figures as JSON lines."""
    if not DATA.exists():
        sys.exit(f"bench.cluster: the measured pairs are not at {DATA}")
    for row in score(DATA / "near_dups.jsonl"):
        print(json.dumps({"bench": "cluster", **row}, ensure_ascii=False))
    docs = [
        tagged(r["id"], r.get("title") or "", r.get("text") or "", r.get("date") or "", r["source"])
        for name in ("libya", "other")
        for r in read(DATA / f"{name}.jsonl")
    ]
    _, _, seconds = stories(docs)
    print(json.dumps({"bench": "cluster", "articles": len(docs), "per_cpu_second": round(len(docs) / seconds)}))


if __name__ == "__main__":
    main()
