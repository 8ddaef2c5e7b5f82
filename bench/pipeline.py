"""Articles/s through the whole embedded pipeline and through each step alone, on the gold articles; JSON lines.

`per_cpu_second` counts the process's own CPU time, so that it says the same on a busy machine; `per_second` is the clock's.
The rounds are the same articles into a new file each, so nothing is a redelivery. `compiled` says how many modules are.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from index.sqlite import SqliteStore
from khabar import native, schema
from khabar.embedded import Pipeline
from khabar.logs import configure
from khabar.rows import row_of
from khabar.schema import Article, CoverageItem, Subscription, TaggedArticle
from streams.cluster import Clusterer
from streams.match import Matcher
from streams.tagger import RulesTagger
from streams.versions import tag_step

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "dev" / "articles.jsonl"
ROUNDS = 8
SUBSCRIPTIONS = 50
"""As many as a newsroom has; bench/match.py is about a hundred thousand."""
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def gold_articles(path: Path = DATA) -> list[Article]:
    """Return the gold articles as a replay makes them."""
    rows = map(row_of, path.read_bytes().splitlines())
    return [row.article(schema.stable_id(row.key)) for row in rows]


def subscriptions(count: int) -> list[Subscription]:
    """Return so many subscriptions to pairs of words and to stances."""
    words = "حفتر السراج طرابلس بنغازي روسيا تركيا النفط الانتخابات مصراتة المجلس الرئاسي الجيش الهدنة درنة سرت".split()  # noqa: SIM905  # words read better so
    queries = [f"{a} {b}" for a in words for b in words if a != b] + [f"holder:lna target:gna {a}" for a in words]
    return [Subscription(id=f"s{i}", owner="bench", name=f"s{i}", query=queries[i % len(queries)]) for i in range(count)]


def timed(step: str, count: int, work: Callable[[], object]) -> None:
    """Do the work and print its rate over `count` articles."""
    clock, cpu = time.perf_counter(), time.process_time()
    work()
    clock, cpu = time.perf_counter() - clock, time.process_time() - cpu
    row: dict[str, Any] = {"bench": "pipeline", "compiled": len(native.compiled()), "step": step, "articles": count}
    print(json.dumps({**row, "per_second": round(count / clock), "per_cpu_second": round(count / cpu)}), flush=True)


def whole(articles: list[Article], tagger: RulesTagger, rounds: int, folder: Path) -> Callable[[], None]:
    """Return the work of running all articles through the pipeline, `rounds` times, each into a file that is open already."""
    matcher = Matcher(subscriptions(SUBSCRIPTIONS))
    pipelines = [Pipeline(SqliteStore(folder / f"{n}.db"), tagger, matcher, lambda: NOW) for n in range(rounds)]

    def work() -> None:
        for pipeline in pipelines:
            pipeline.run(articles)

    return work


def steps(articles: list[Article], tagger: RulesTagger, folder: Path) -> None:
    """Time each step alone, on what the step before it gives."""
    count = len(articles) * ROUNDS
    tagged: list[TaggedArticle] = []
    items: list[CoverageItem] = []

    def tag() -> None:
        for _ in range(ROUNDS):
            outcomes = [tag_step(a, tagger, {}) for a in articles]
            tagged[:] = [o for o in outcomes if isinstance(o, TaggedArticle)]

    timed("tag", count, tag)
    count = len(tagged) * ROUNDS

    def cluster() -> None:
        for _ in range(ROUNDS):
            items[:] = Clusterer({}).cluster(tagged, NOW)

    timed("cluster", count, cluster)
    matcher = Matcher(subscriptions(SUBSCRIPTIONS))
    timed(f"match {SUBSCRIPTIONS} subscriptions", count, lambda: [matcher.match(i) for _ in range(ROUNDS) for i in items])
    bytes_ = [schema.dumps(i) for i in items]
    timed("encode", count, lambda: [schema.dumps(i) for _ in range(ROUNDS) for i in items])
    timed("decode", count, lambda: [schema.loads(b, CoverageItem) for _ in range(ROUNDS) for b in bytes_])

    stores = [SqliteStore(folder / f"land-{n}.db") for n in range(ROUNDS)]

    def land() -> None:
        for store in stores:
            store.write(items)

    timed("land in SQLite", count, land)


def main() -> None:
    """Print the figures as JSON lines."""
    if not DATA.exists():
        sys.exit(f"bench.pipeline: the gold articles are not at {DATA}")
    configure("error", json=False)
    articles, tagger = gold_articles(), RulesTagger()
    with tempfile.TemporaryDirectory() as folder:
        timed("first article, with loading", 1, whole(articles[:1], tagger, 1, Path(folder) / "first"))
        whole(articles, tagger, 1, Path(folder) / "warm")()  # a process that runs for days has met the words before
        timed("whole", len(articles) * ROUNDS, whole(articles, tagger, ROUNDS, Path(folder)))
        steps(articles, tagger, Path(folder))


if __name__ == "__main__":
    main()
