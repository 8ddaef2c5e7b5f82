"""The percolator of Elasticsearch 7.17.15 for bench.match: started from Maven Central's parts, asked over one HTTP connection.

Unmodified, with the stock `arabic` analyzer, one shard, security off, 1 GB of heap; an article is one request. It runs as
`nobody` where we are root, since it refuses that.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, Final

from bench.match_workload import Asked
from tests.servers import homes
from tests.servers.process import ServerProcess, free_ports

VERSION: Final = "7.17.15"
POM: Final = Path(__file__).parent / "percolator" / "pom.xml"
HEAP: Final = "-Xmx1g"
SECONDS: Final = 20.0
MAPPING: Final = {
    "settings": {"number_of_shards": 1, "number_of_replicas": 0, "refresh_interval": "-1", "max_result_window": 1_000_000},
    "mappings": {"properties": {"query": {"type": "percolator"}, "text": {"type": "text", "analyzer": "arabic"}}},
}


class Percolator:
    """One server with an index `subscriptions` and one of `articles`."""

    def __init__(self, port: int, process: ServerProcess) -> None:
        self._http, self._process = HTTPConnection("127.0.0.1", port, timeout=600), process

    def call(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        """Return the answer to a request; a list is sent as lines. Raises RuntimeError for an error status."""
        lines = "\n".join(map(json.dumps, body)) + "\n" if isinstance(body, list) else json.dumps(body) if body else ""
        self._http.request(method, path, lines.encode(), {"Content-Type": "application/json"})
        answer = self._http.getresponse()
        told: dict[str, Any] = json.loads(answer.read() or b"{}")
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: {told}")
        return told

    def fill(self, asked: Sequence[Asked], checked: Sequence[str]) -> float:
        """Keep these subscriptions instead of those before, and the articles that each is asked about alone; return seconds."""
        self.call("DELETE", "/subscriptions,articles?ignore_unavailable=true")
        for index in ("subscriptions", "articles"):
            self.call("PUT", f"/{index}", MAPPING)
        began = time.perf_counter()
        for some in _lots(asked, 2000):
            self.call("POST", "/subscriptions/_bulk", [x for a in some for x in ({"index": {"_id": a.id}}, {"query": query(a)})])
        self.call("POST", "/subscriptions/_refresh")
        built = time.perf_counter() - began
        if checked:
            lines = [x for n, text in enumerate(checked) for x in ({"index": {"_id": str(n)}}, {"text": text})]
            self.call("POST", "/articles/_bulk?refresh=true", lines)
        return built

    def matches(self, text: str) -> set[str]:
        """Return the ids of the subscriptions that an article meets."""
        asked = {"size": 10_000, "_source": False, "query": {"percolate": {"field": "query", "document": {"text": text}}}}
        path = "/subscriptions/_search?filter_path=hits.hits._id"
        return {hit["_id"] for hit in self.call("POST", path, asked).get("hits", {}).get("hits", [])}

    def alone(self, asked: Sequence[Asked]) -> dict[str, set[str]]:
        """Return which subscriptions find each checked article when they are asked one by one."""
        found: dict[str, set[str]] = {}
        for some in _lots(asked, 500):
            lines = [x for a in some for x in ({"index": "articles"}, {"size": 1000, "_source": False, "query": query(a)})]
            for a, answer in zip(some, self.call("POST", "/_msearch", lines)["responses"], strict=True):
                for hit in answer["hits"]["hits"]:
                    found.setdefault(hit["_id"], set()).add(a.id)
        return found

    def live(self) -> float:
        """Return the seconds from a new subscription until an article matches it, its index refreshed at once."""
        new = Asked("new", "phrase", ("كلمه", "جديده"))
        began = time.perf_counter()
        self.call("PUT", "/subscriptions/_doc/new?refresh=true", {"query": query(new)})
        met = self.matches("قال كلمة جديدة")
        taken = time.perf_counter() - began
        if "new" not in met:
            raise RuntimeError("a new subscription does not match")
        self.call("DELETE", "/subscriptions/_doc/new?refresh=true")
        return taken

    def memory(self) -> int:
        """Return the resident memory of the server in MB."""
        status = Path(f"/proc/{self._process.pid}/status").read_text(encoding="ascii")
        return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) // 1024


def _lots(asked: Sequence[Asked], size: int) -> list[Sequence[Asked]]:
    return [asked[at : at + size] for at in range(0, len(asked), size)]


def query(asked: Asked) -> dict[str, Any]:
    """Return the subscription in Elasticsearch's language."""

    def match(word: str) -> dict[str, Any]:
        return {"match": {"text": {"query": word, "operator": "and"}}}

    if asked.kind == "phrase":
        return {"match_phrase": {"text": " ".join(asked.words)}}
    if asked.kind == "near":
        within = {"max_gaps": asked.distance, "ordered": False}
        sides = [{"match": {"query": w, "ordered": True}} for w in asked.words]
        return {"intervals": {"text": {"all_of": {"intervals": sides, **within}}}}
    bool_query: dict[str, Any] = {"must": [match(w) for w in asked.words]}
    if asked.without:
        bool_query["must_not"] = [match(asked.without)]
    return {"bool": bool_query}


def measure(server: Percolator, asked: Sequence[Asked], texts: Sequence[str], checked: int) -> dict[str, Any]:
    """Return the percolator's figures: articles for SECONDS after some to warm up, `checked` of them also one by one."""
    built = server.fill(asked, texts[:checked])
    alone = server.alone(asked) if checked else {}
    for until, record in ((SECONDS / 4, False), (SECONDS, True)):
        times, counts = list[float](), list[int]()
        end = time.perf_counter() + until
        while time.perf_counter() < end and (not record or len(times) < len(texts)):
            began = time.perf_counter()
            counts.append(len(server.matches(texts[len(times) % len(texts)])))
            times.append(time.perf_counter() - began)
    together = {str(n): server.matches(text) for n, text in enumerate(texts[:checked])}
    return {
        "docs_s": round(len(times) / sum(times), 1),
        "p99_ms": round(sorted(times)[int(len(times) * 0.99)] * 1000, 2),
        "articles": len(times),
        "mean_matches": round(statistics.mean(counts), 2),
        "median_matches": statistics.median(counts),
        "wrong": sum(len(ids - alone.get(n, set())) for n, ids in together.items()),
        "missed": sum(len(alone.get(n, set()) - ids) for n, ids in together.items()),
        "checked": checked * len(asked),
        "build_s": round(built, 2),
        "live_ms": round(server.live() * 1000, 1),
        "rss_mb": server.memory(),
    }


@contextmanager
def percolator() -> Iterator[Percolator]:
    """Start a server, and end it. Raises NotHereError where this machine cannot."""
    (home,) = homes.unpacked("percolator", f"elasticsearch-{VERSION}-percolator", POM).glob("*/elasticsearch")
    jdk, folder = homes.java(17), Path(tempfile.mkdtemp(prefix="khabar-percolator-"))
    (port,) = free_ports(1)
    try:
        process = _start(jdk, _whole(home, folder), folder, port)
        server = Percolator(port, process)
        try:
            process.wait_until(lambda: _answers(port))
            yield server
        finally:
            process.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _whole(home: Path, folder: Path) -> Path:
    """Return a copy of the server that `nobody` can read, with the percolator among its modules."""
    whole = folder / "home"
    shutil.copytree(home, whole)
    (jar,) = (home.parents[1] / "percolator").glob("*.jar")
    module = whole / "modules" / "percolator"
    module.mkdir(exist_ok=True)
    shutil.copy(jar, module)
    about = {
        "name": "percolator",
        "description": "percolator",
        "version": VERSION,
        "elasticsearch.version": VERSION,
        "java.version": "1.8",
        "classname": "org.elasticsearch.percolator.PercolatorPlugin",
    }
    (module / "plugin-descriptor.properties").write_text("".join(f"{k}={v}\n" for k, v in about.items()), encoding="ascii")
    return whole


def _start(jdk: Path, home: Path, folder: Path, port: int) -> ServerProcess:
    (home / "config" / "elasticsearch.yml").write_text(f"""\
cluster.name: khabar-bench
network.host: 127.0.0.1
http.port: {port}
transport.port: {free_ports(1)[0]}
discovery.type: single-node
path.data: {folder / "data"}
path.logs: {folder / "logs"}
indices.query.bool.max_clause_count: 10000
cluster.routing.allocation.disk.threshold_enabled: false
""")
    user = "nobody" if os.geteuid() == 0 else None
    for name in ("data", "logs", "tmp"):
        (folder / name).mkdir()
    if user:
        for path in (folder, *folder.rglob("*")):
            shutil.chown(path, user)
    options = ["-Xms1g", HEAP, "-Djava.security.manager=allow", "-Des.networkaddress.cache.ttl=60", "-Dlog4j2.disable.jmx=true"]
    options += [f"-Djava.io.tmpdir={folder / 'tmp'}", "-Djna.nosys=true", "-Dio.netty.noUnsafe=true"]
    paths = [f"-Des.path.home={home}", f"-Des.path.conf={home / 'config'}"]
    kind = ["-Des.distribution.flavor=default", "-Des.distribution.type=zip", "-Des.bundled_jdk=false"]
    command = [str(jdk / "bin" / "java"), *options, *paths, *kind, "-cp", f"{home}/lib/*"]
    command.append("org.elasticsearch.bootstrap.Elasticsearch")
    env = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder / "tmp"),
        "ES_TMPDIR": str(folder / "tmp"),
        "LIBFFI_TMPDIR": str(folder / "tmp"),
    }
    return ServerProcess(command, cwd=home, log=folder / "server.log", env=env, user=user)


def _answers(port: int) -> bool:
    http = HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        http.request("GET", "/_cluster/health?wait_for_status=yellow&timeout=5s")
        return http.getresponse().status == 200
    except OSError:
        return False
    finally:
        http.close()
