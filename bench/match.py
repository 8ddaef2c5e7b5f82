"""Alert matching beside lucene-monitor 9.11.1 and Elasticsearch 7.17.15's percolator, in one run.

`python -m bench.match [--sizes 100,1000,10000,100000]` prints one JSON line for each engine and number of subscriptions:
articles/s (the better of two turns, the engines taking turns, one thread each) and articles per second of that thread's CPU
time, which says more where others share the machine; p99 in ms, matches per article; `wrong` and
`missed` against each query evaluated alone by the same engine (on fewer articles where there are many queries); memory of
the process; how long until a new subscription is live.

Khabar learns and warms up on articles of its own and is then measured on articles that it has not seen, each once, with
all matching spans. The others go round and round the same articles, and name the matches only: lucene-monitor after as many
seconds of warming up as are measured, the percolator by one HTTP request an article for some seconds. Both have the stock
Arabic analyzer, so that what they match differs. They need Maven and a JDK, and are left out, with the reason, where those
are missing.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench import percolator
from bench.match_workload import Asked, articles, item, subscriptions
from khabar.query import View, parse
from khabar.query import match as query_match
from khabar.schema import CoverageItem
from streams.match import Matcher
from tests.servers.homes import NotHereError, cache

HERE = Path(__file__).parent / "lucene_monitor"
LEARNED = 700
"""Khabar learns from and warms up on so many articles, which are not measured."""
CHECKED = {100: 400, 1_000: 400, 10_000: 100, 100_000: 20}
"""How many articles are evaluated one by one, by the number of subscriptions."""
PERCOLATOR_CHECKED = {100: 100, 1_000: 100, 10_000: 20, 100_000: 2}
SECONDS = "5"
TURNS = 2
KHABAR, LUCENE, PERCOLATOR = "khabar", "lucene-monitor 9.11.1", f"percolator of Elasticsearch {percolator.VERSION}"


def measure(asked: list[Asked], first: list[CoverageItem], items: list[CoverageItem]) -> dict[str, Any]:
    """Return Khabar's figures for these subscriptions, after it has seen the `first` articles."""
    began = time.perf_counter()
    matcher = Matcher((a.subscription() for a in asked), learn=len(first))
    built = time.perf_counter() - began
    for one in first:
        matcher.matches(one)
    while matcher.tune():
        pass
    for one in first:  # again, since what was tuned begins cold
        matcher.matches(one)
    times, counts, cpu = [], [], time.process_time()
    for one in items:
        began = time.perf_counter()
        counts.append(len(matcher.matches(one)))
        times.append(time.perf_counter() - began)
    cpu = time.process_time() - cpu
    wrong, missed = compare(matcher, asked, items[: CHECKED.get(len(asked), 20)])
    return {
        "compiled": not str(query_match.__file__).endswith(".py"),
        "docs_s": round(len(items) / sum(times), 1),
        "docs_cpu_s": round(len(items) / cpu, 1),
        "p99_ms": round(sorted(times)[int(len(times) * 0.99)] * 1000, 2),
        "mean_matches": round(statistics.mean(counts), 2),
        "median_matches": statistics.median(counts),
        "wrong": wrong,
        "missed": missed,
        "checked": CHECKED.get(len(asked), 20) * len(asked),
        "build_s": round(built, 2),
        "live_ms": round(live(matcher) * 1000, 3),
        "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def compare(matcher: Matcher, asked: list[Asked], items: list[CoverageItem]) -> tuple[int, int]:
    """Return how many matches were wrong and how many missed, against each query alone."""
    queries = [(a.id, parse(a.query).root) for a in asked]
    wrong = missed = 0
    for one in items:
        view = View(one)
        alone = {name for name, root in queries if query_match.holds(root, view)}
        together = {s.id for s, _ in matcher.matches(one)}
        wrong, missed = wrong + len(together - alone), missed + len(alone - together)
    return wrong, missed


def live(matcher: Matcher) -> float:
    """Return the seconds from a new subscription until an article matches it."""
    new, article = Asked("new", "phrase", ("كلمه", "جديده")).subscription(), item(0, "قال كلمة جديدة")
    began = time.perf_counter()
    matcher.put(new)
    met = matcher.matches(article)
    taken = time.perf_counter() - began
    if [s.id for s, _ in met] != ["new"]:
        raise SystemExit("a new subscription does not match")
    matcher.remove("new")
    return taken


def lucene(asked: list[Asked], texts: list[str], home: Path) -> dict[str, Any]:
    """Return lucene-monitor's figures for the same."""
    with tempfile.TemporaryDirectory() as folder:
        tsv, txt = Path(folder) / "subscriptions.tsv", Path(folder) / "articles.txt"
        tsv.write_text("\n".join(a.line for a in asked) + "\n", encoding="utf-8")
        txt.write_text("\n".join(texts) + "\n", encoding="utf-8")
        paths = f"{home / 'lib'}/*:{home / 'classes'}"
        checked = str(CHECKED.get(len(asked), 20))
        command = ["java", "-Xmx2g", "-cp", paths, "Bench", str(tsv), str(txt), SECONDS, checked]
        return dict(json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))


def build_lucene() -> Path:
    """Fetch lucene-monitor from Maven Central and compile Bench.java; return where they are."""
    for tool in ("mvn", "java", "javac"):
        if not shutil.which(tool):
            raise SystemExit(f"{tool} is not here")
    home = cache() / "bench-lucene-monitor-9.11.1"
    if not (home / "lib").exists():
        maven = ["mvn", "-q", "-B", "-f", str(HERE / "pom.xml"), "dependency:copy-dependencies"]
        subprocess.run([*maven, f"-DoutputDirectory={home / 'lib'}"], check=True, capture_output=True)
    compile_it = ["javac", "-cp", f"{home / 'lib'}/*", "-d", str(home / "classes"), str(HERE / "Bench.java")]
    subprocess.run(compile_it, check=True)
    return home


def khabar(size: int) -> dict[str, Any]:
    """Return Khabar's figures, measured in a process of its own."""
    command = [sys.executable, "-m", "bench.match", "--one", str(size)]
    return dict(json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout))


def left_out(engine: str, why: object) -> None:
    """Say that an engine is not measured."""
    print(json.dumps({"bench": "match", "engine": engine, "left_out": str(why)}), flush=True)


def main() -> None:
    """Run all sizes and print the lines."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="100,1000,10000,100000")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    texts = articles(sys.maxsize)
    if chosen.one:
        items = [item(n, text) for n, text in enumerate(texts)]
        print(json.dumps(measure(subscriptions(chosen.one), items[:LEARNED], items[LEARNED:])))
        return
    sizes, measured = list(map(int, chosen.sizes.split(","))), texts[LEARNED:]
    try:
        home: Path | None = build_lucene()
    except (SystemExit, subprocess.CalledProcessError, OSError) as e:
        left_out(LUCENE, e)
        home = None
    for size in sizes:
        turns: dict[str, list[dict[str, Any]]] = {KHABAR: [], LUCENE: []}
        for _ in range(TURNS):
            turns[KHABAR].append(khabar(size))
            if home:
                turns[LUCENE].append(lucene(subscriptions(size), measured, home))
        for engine, found in turns.items():
            if found:
                tell(engine, size, max(found, key=lambda f: float(f["docs_s"])))
    try:
        with percolator.percolator() as server:
            for size in sizes:
                checked = PERCOLATOR_CHECKED.get(size, 0)
                tell(PERCOLATOR, size, percolator.measure(server, subscriptions(size), measured, checked))
    except (NotHereError, RuntimeError, OSError) as e:
        left_out(PERCOLATOR, e)


def tell(engine: str, size: int, figures: dict[str, Any]) -> None:
    """Print one engine's line."""
    print(json.dumps({"bench": "match", "engine": engine, "subscriptions": size, **figures}), flush=True)


if __name__ == "__main__":
    main()
