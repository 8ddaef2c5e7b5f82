"""Alert matching beside lucene-monitor 9.11.1, in one run: `python -m bench.match [--sizes 100,1000,10000,100000]`.

One JSON line for each engine and number of subscriptions: articles/s (the better of two turns, the engines taking turns),
p99 in ms, matches per article. For Khabar also `wrong` and `missed` against each query evaluated alone (on all articles up
to a thousand subscriptions, on fewer beyond), memory of the process, and how long until a new subscription is live.
lucene-monitor is asked as it comes, with the stock ArabicAnalyzer, so what it matches differs; it needs Maven and a JDK,
and is left out, with the reason, where they are missing.
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

from bench.match_workload import Asked, articles, item, subscriptions
from khabar.query import View, parse
from khabar.query_match import holds
from khabar.schema import CoverageItem
from streams.match import Matcher
from tests.servers.homes import cache

HERE = Path(__file__).parent / "lucene_monitor"
ARTICLES = 400
CHECKED = {100: 400, 1_000: 400, 10_000: 100, 100_000: 20}
"""How many articles are evaluated one by one, by the number of subscriptions."""
SECONDS = "5"


def measure(asked: list[Asked], items: list[CoverageItem]) -> dict[str, Any]:
    """Return Khabar's figures for these subscriptions."""
    began = time.perf_counter()
    matcher = Matcher(a.subscription() for a in asked)
    built = time.perf_counter() - began
    for one in items:
        matcher.matches(one)
    times, counts = [], []
    for one in items:
        began = time.perf_counter()
        counts.append(len(matcher.matches(one)))
        times.append(time.perf_counter() - began)
    wrong, missed = compare(matcher, asked, items[: CHECKED.get(len(asked), 20)])
    return {
        "docs_s": round(len(items) / sum(times), 1),
        "p99_ms": round(sorted(times)[int(len(times) * 0.99)] * 1000, 2),
        "mean_matches": round(statistics.mean(counts), 2),
        "median_matches": statistics.median(counts),
        "wrong": wrong,
        "missed": missed,
        "checked": min(len(items), CHECKED.get(len(asked), 20)) * len(asked),
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
        alone = {name for name, root in queries if holds(root, view)}
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
        command = ["java", "-Xmx2g", "-cp", f"{home / 'lib'}/*:{home / 'classes'}", "Bench", str(tsv), str(txt), SECONDS]
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


def main() -> None:
    """Run all sizes and print the lines; each measurement of Khabar in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="100,1000,10000,100000")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.one:
        items = [item(n, text) for n, text in enumerate(articles(ARTICLES))]
        print(json.dumps(measure(subscriptions(chosen.one), items)))
        return
    try:
        home: Path | None = build_lucene()
    except (SystemExit, subprocess.CalledProcessError, OSError) as e:
        print(json.dumps({"bench": "match", "engine": "lucene-monitor 9.11.1", "left_out": str(e)}))
        home = None
    for size in map(int, chosen.sizes.split(",")):
        turns: dict[str, list[dict[str, Any]]] = {"khabar": [], "lucene-monitor 9.11.1": []}
        for _ in range(2):
            command = [sys.executable, "-m", "bench.match", "--one", str(size)]
            turns["khabar"].append(json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout))
            if home:
                turns["lucene-monitor 9.11.1"].append(lucene(subscriptions(size), articles(ARTICLES), home))
        for engine, found in turns.items():
            if found:
                best = max(found, key=lambda f: float(f["docs_s"]))
                print(json.dumps({"bench": "match", "engine": engine, "subscriptions": size, **best}), flush=True)


if __name__ == "__main__":
    main()
