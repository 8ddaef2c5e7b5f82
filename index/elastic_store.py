"""The store of full mode: one Elasticsearch index per kind, each behind its alias.

Articles first, with an external version made of (version, generation); where that was accepted, their stances, then the
removal of that article's stances of a lower rank. Killed in between, the redelivery of the same message finishes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final
from urllib.parse import quote

from index import bulk, documents, dsl
from index.bulk import Operation, Outcome
from index.elastic import Elastic
from index.generations import Generations, rank
from khabar.errors import RejectedError, UnavailableError
from khabar.ports import Hit, Landed, Page, Refusal, Sort, WriteReport
from khabar.schema import Alert, CoverageItem, PollResult
from khabar.settings import Settings

SORTS: Final[dict[Sort, list[Any]]] = {
    "newest": [{"moment": "desc"}, {"id": "asc"}],
    "oldest": [{"moment": "asc"}, {"id": "asc"}],
    "relevance": ["_score", {"moment": "desc"}, {"id": "asc"}],
}
THREADS: Final = 4
"""Requests under way at once: while the server works on one, the next is on its way."""
STALE_AT_ONCE: Final = 200
"""Articles whose stale stances one request removes."""


class ElasticStore:
    """A Store (khabar.ports) over the aliases that `khabar setup stores` made; safe to share between threads."""

    def __init__(self, settings: Settings) -> None:
        """Prepare to speak to the server; nothing is sent yet."""
        self._elastic = Elastic(settings)
        self._prefix = settings.index_prefix
        self._generations = Generations(self._elastic, f"{self._prefix}meta")
        self._version = ""
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="bulk")

    def write(self, batch: Sequence[Landed]) -> WriteReport:
        """Store a batch durably; raises UnavailableError if any document must be tried again, and says which and why.

        Raises it too, before anything is written, for a server whose version does not fit.
        """
        self._version = self._version or self._elastic.check_version()
        outcomes = self._send(self._operation(position, landed) for position, landed in enumerate(batch))
        accepted: dict[str, tuple[int, int]] = {}  # article → its highest rank that was accepted, and where in the batch
        replaced = set()
        for outcome in outcomes:
            position = outcome.operation.position
            landed = batch[position]
            if isinstance(landed, CoverageItem) and outcome.verdict in ("created", "updated"):
                key = landed.tagged.article.id
                if outcome.verdict == "updated" or key in accepted:
                    replaced.add(key)
                accepted[key] = max(accepted.get(key, (0, 0)), (self._rank(landed), position))
        outcomes += self._send(op for ranked, position in accepted.values() for op in self._stances(batch, position, ranked))
        self._remove_stale({key: accepted[key][0] for key in replaced})
        return _report(batch, outcomes)

    def search(self, query: str, *, sort: Sort = "newest", size: int = 20, offset: int = 0) -> Page:
        """Return what matches `query` (khabar.query; "" is all); raises QueryError, UnavailableError."""
        asked, clause = dsl.compile_query(query)
        body = {
            "query": clause,
            "sort": SORTS[sort],
            "from": offset,
            "size": size,
            "track_total_hits": True,
            "track_scores": True,
        }
        found = self._ask("articles", {**body, "_source": ["item"]})
        hits = []
        for hit in found["hits"]["hits"]:
            item = _item(hit)
            hits.append(Hit(item=item, score=hit["_score"] or 0.0, highlights=asked.match(item) or ()))
        return Page(total=found["hits"]["total"]["value"], hits=tuple(hits))

    def scan(self, query: str) -> Iterator[CoverageItem]:
        """Yield every article that matches, by id; raises QueryError, UnavailableError."""
        _, clause = dsl.compile_query(query)
        body: dict[str, Any] = {
            "query": clause,
            "sort": [{"id": "asc"}],
            "size": 500,
            "_source": ["item"],
            "track_total_hits": False,
        }
        while hits := self._ask("articles", body)["hits"]["hits"]:
            yield from map(_item, hits)
            body["search_after"] = hits[-1]["sort"]

    def get(self, article_id: str) -> CoverageItem | None:
        """Return the newest version of an article, or None; raises UnavailableError."""
        path = f"/{self._prefix}articles/_doc/{quote(article_id, safe='')}"
        found = self._elastic.call("GET", path, missing_ok=True, params={"_source_includes": "item"})
        return _item(found) if found and found.get("found") else None

    def alerts(self, *, size: int = 50, offset: int = 0, subscription: str = "") -> list[Alert]:
        """Return alerts, newest first; of one subscription if it is given."""
        clause = {"term": {"subscription": subscription}} if subscription else {"match_all": {}}
        sort = [{"first_seen": "desc"}, {"id": "asc"}]
        found = self._ask("alerts", {"query": clause, "sort": sort, "size": size, "from": offset, "_source": ["message"]})
        return [documents.restore(h["_source"]["message"], Alert) for h in found["hits"]["hits"]]

    def polls(self) -> list[PollResult]:
        """Return the newest poll of every feed, by feed."""
        body = {"sort": [{"at": "desc"}], "collapse": {"field": "feed"}, "size": 10_000, "_source": ["message"]}
        found = self._ask("polls", body)
        return sorted(
            (documents.restore(h["_source"]["message"], PollResult) for h in found["hits"]["hits"]), key=lambda p: p.feed
        )

    def refresh(self) -> None:
        """Make all that was written visible to searches now, rather than within a second."""
        self._elastic.call("POST", f"/{self._prefix}*/_refresh")

    def close(self) -> None:
        """Let go of the connections."""
        self._pool.shutdown()
        self._elastic.close()

    def _operation(self, position: int, landed: Landed) -> Operation:
        if isinstance(landed, CoverageItem):
            doc_id, ranked = landed.tagged.article.id, self._rank(landed)
            return bulk.operation(position, f"{self._prefix}articles", doc_id, documents.article(landed), rank=ranked)
        if isinstance(landed, Alert):
            return bulk.operation(position, f"{self._prefix}alerts", landed.id, documents.alert(landed), create=True)
        return bulk.operation(position, f"{self._prefix}polls", documents.poll_id(landed), documents.poll(landed))

    def _stances(self, batch: Sequence[Landed], position: int, ranked: int) -> Iterator[Operation]:
        item = batch[position]
        if not isinstance(item, CoverageItem):
            return
        index = f"{self._prefix}stances"
        for s in item.tagged.stances:
            yield bulk.operation(position, index, s.id, documents.stance(item, s, ranked), rank=ranked)

    def _rank(self, item: CoverageItem) -> int:
        return rank(item.tagged.version, self._generations.number(item.tagged.generation))

    def _send(self, operations: Iterable[Operation]) -> list[Outcome]:
        """Send all, each chunk as soon as it is made; raises UnavailableError when all are answered and one must wait."""
        outcomes = [outcome for part in self._pool.map(self._send_chunk, bulk.chunks(operations)) for outcome in part]
        waiting = [o for o in outcomes if o.verdict == "later"]
        if waiting:
            why = f"{len(waiting)} of {len(outcomes)} documents must wait, {waiting[0].operation.id}: {waiting[0].reason}"
            raise UnavailableError("elasticsearch", self._elastic.url, why)
        return outcomes

    def _send_chunk(self, chunk: list[Operation]) -> list[Outcome]:
        lines = [line for op in chunk for line in (op.action, op.source)]
        try:
            items = self._elastic.bulk(lines, {"require_alias": "true"})
        except RejectedError as e:  # too large together: each half alone, down to the one that is too large by itself
            if len(chunk) == 1:
                return [Outcome(operation=chunk[0], verdict="refused", reason=e.reason)]
            middle = len(chunk) // 2
            return self._send_chunk(chunk[:middle]) + self._send_chunk(chunk[middle:])
        return [bulk.judge(op, item) for op, item in zip(chunk, items, strict=True)]

    def _remove_stale(self, ranks: dict[str, int]) -> None:
        """Remove the stances of these articles that a lower rank left; what was just written must be visible first."""
        keys = sorted(ranks)
        index = f"{self._prefix}stances"
        if keys:
            self._elastic.call("POST", f"/{index}/_refresh")
        for start in range(0, len(keys), STALE_AT_ONCE):
            stale = [
                {"bool": {"filter": [{"term": {"article": k}}, {"range": {"rank": {"lt": ranks[k]}}}]}}
                for k in keys[start : start + STALE_AT_ONCE]
            ]
            body = {"query": {"bool": {"should": stale, "minimum_should_match": 1}}}
            done = self._elastic.call("POST", f"/{index}/_delete_by_query", body, params={"conflicts": "proceed"}) or {}
            if done.get("failures"):
                raise UnavailableError("elasticsearch", self._elastic.url, f"stale stances stay: {done['failures'][0]}")

    def _ask(self, kind: str, body: dict[str, Any]) -> dict[str, Any]:
        return self._elastic.call("POST", f"/{self._prefix}{kind}/_search", body) or {}


def _report(batch: Sequence[Landed], outcomes: list[Outcome]) -> WriteReport:
    refused = {o.operation.position: o for o in reversed(outcomes) if o.verdict == "refused"}
    superseded = {o.operation.position for o in outcomes if o.verdict == "superseded"} - refused.keys()
    return WriteReport(
        stored=len(batch) - len(refused) - len(superseded),
        superseded=len(superseded),
        refused=tuple(Refusal(position=p, id=o.operation.id, reason=o.reason) for p, o in sorted(refused.items())),
    )


def _item(hit: dict[str, Any]) -> CoverageItem:
    return documents.restore(hit["_source"]["item"], CoverageItem)
