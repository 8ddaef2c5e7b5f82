"""Templates and aliases on the server: made, checked, and migrated to a new mapping without downtime."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import structlog

from index import bulk, documents
from index.documents import restore
from index.elastic import Elastic
from index.templates import KINDS, mapping_version, template
from khabar.errors import KhabarError, UnavailableError
from khabar.schema import Alert, CoverageItem, PollResult

log = structlog.get_logger()

PAGE: Final = 500


class LayoutError(KhabarError):
    """The server holds something that setup will not overwrite; the message names it and what to do."""


def put_stores(elastic: Elastic, prefix: str) -> list[str]:
    """Put every template, make every index and alias that is missing; return what was made. Raises UnavailableError."""
    elastic.check_version()
    done = []
    for kind in KINDS:
        elastic.call("PUT", f"/_index_template/{prefix}{kind}", template(kind, prefix))
        if live_index(elastic, prefix + kind) is None:
            first = f"{prefix}{kind}-000001"
            elastic.call("PUT", f"/{first}", {"aliases": {prefix + kind: {"is_write_index": True}}})
            done.append(first)
    log.info("stores ready", made=done, prefix=prefix)
    return done


def live_index(elastic: Elastic, alias: str) -> str | None:
    """Return the index that `alias` writes to, None if there is no alias; raises LayoutError if an index has that name."""
    found = elastic.call("GET", f"/_alias/{alias}", missing_ok=True)
    if not found:
        if elastic.call("GET", f"/{alias}", missing_ok=True):
            raise LayoutError(f"{alias} is an index where an alias should be: a writer made it before `khabar setup`; delete it")
        return None
    return next((i for i, v in found.items() if v["aliases"][alias].get("is_write_index")), min(found))


def check_stores(elastic: Elastic, prefix: str) -> list[str]:
    """Return what is missing or differs from the files, one line each; empty if all is well."""
    elastic.check_version()
    findings = []
    for kind in KINDS:
        wanted, name = template(kind, prefix), prefix + kind
        found = elastic.call("GET", f"/_index_template/{name}", missing_ok=True)
        version = found["index_templates"][0]["index_template"].get("version") if found else None
        if version != wanted["version"]:
            said = "is missing" if version is None else f"is version {version}, the file's is {wanted['version']}"
            findings.append(f"index template {name} {said}: khabar setup stores")
        index = live_index(elastic, name)
        if index is None:
            findings.append(f"alias {name} is missing: khabar setup stores")
        elif _mapping_differs(elastic, index, kind):
            findings.append(f"index {index} has an older mapping than the template: khabar setup stores --migrate")
    return findings


def migrate(elastic: Elastic, prefix: str) -> list[str]:
    """Move every kind whose mapping is older than its file's to a new index; return the new indices.

    Readers and writers go on: a new index is built and filled from the old one, the alias is switched in one step, and
    what was written to the old index meanwhile is copied after (a document never replaces one of a higher rank).
    """
    put_stores(elastic, prefix)
    made = []
    for kind in KINDS:
        alias = prefix + kind
        old = live_index(elastic, alias)
        if old is None or not _mapping_differs(elastic, old, kind):
            continue
        new = f"{alias}-{int(old.rpartition('-')[2]) + 1:06d}"
        elastic.call("DELETE", f"/{new}", missing_ok=True)  # what a migration that was killed left
        elastic.call("PUT", f"/{new}", {})
        copied = _copy(elastic, kind, old, new)
        switch = [
            {"remove": {"index": old, "alias": alias}},
            {"add": {"index": new, "alias": alias, "is_write_index": True}},
        ]
        elastic.call("POST", "/_aliases", {"actions": switch})
        elastic.call("POST", f"/{old}/_refresh")
        late = _copy(elastic, kind, old, new)
        stale = _remove_stale(elastic, prefix, new) if kind == "stances" else 0
        log.info("migrated", kind=kind, old=old, new=new, copied=copied, copied_after_switch=late, stale_removed=stale)
        made.append(new)
    return made


def _mapping_differs(elastic: Elastic, index: str, kind: str) -> bool:
    live = elastic.call("GET", f"/{index}/_mapping") or {}
    return mapping_version(live[index]["mappings"]) != mapping_version(template(kind, "")["template"]["mappings"])


def _copy(elastic: Elastic, kind: str, old: str, new: str) -> int:
    """Write every document of `old` into `new` as today's code makes it; return how many were written."""
    count = 0
    for hits in _pages(elastic, old):
        operations = [_again(kind, new, position, hit) for position, hit in enumerate(hits)]
        for chunk in bulk.chunks(operations):
            items = elastic.bulk([line for op in chunk for line in (op.action, op.source)])
            outcomes = [bulk.judge(op, item) for op, item in zip(chunk, items, strict=True)]
            bad = next((o for o in outcomes if o.verdict in ("later", "refused")), None)
            if bad:
                raise UnavailableError("elasticsearch", elastic.url, f"cannot copy {bad.operation.id} to {new}: {bad.reason}")
            count += sum(1 for o in outcomes if o.verdict == "created")
    return count


def _remove_stale(elastic: Elastic, prefix: str, index: str) -> int:
    """Remove stances whose article has moved on: the late copy may bring back what a writer removed after the switch."""
    removed = 0
    for hits in _pages(elastic, index):
        keys = sorted({h["_source"]["article"] for h in hits})
        found = elastic.call("POST", f"/{prefix}articles/_mget", {"ids": keys}, params={"_source": "false"}) or {}
        ranks = {d["_id"]: d["_version"] for d in found["docs"] if d.get("found")}
        stale = [h["_id"] for h in hits if h["_source"]["rank"] < ranks.get(h["_source"]["article"], 0)]
        for doc_id in stale:
            elastic.call("DELETE", f"/{index}/_doc/{doc_id}", missing_ok=True)
        removed += len(stale)
    return removed


def _pages(elastic: Elastic, index: str) -> Iterator[list[dict[str, Any]]]:
    elastic.call("POST", f"/{index}/_refresh")
    opened = elastic.call("POST", f"/{index}/_pit", params={"keep_alive": "5m"}) or {}
    body: dict[str, Any] = {"size": PAGE, "sort": ["_shard_doc"], "version": True, "track_total_hits": False}
    body["pit"] = {"id": opened["id"], "keep_alive": "5m"}
    try:
        while hits := (elastic.call("POST", "/_search", body) or {})["hits"]["hits"]:
            yield hits
            body["search_after"] = hits[-1]["sort"]
    finally:
        elastic.call("DELETE", "/_pit", {"id": opened["id"]}, missing_ok=True)


def _again(kind: str, index: str, position: int, hit: dict[str, Any]) -> bulk.Operation:
    """Return the operation that writes a document again: remade from the message where it keeps one."""
    source, doc_id = hit["_source"], hit["_id"]
    if kind == "articles":
        item = restore(source["item"], CoverageItem)
        return bulk.operation(position, index, doc_id, documents.article(item), rank=hit["_version"])
    if kind == "stances":
        return bulk.operation(position, index, doc_id, source, rank=hit["_version"])
    if kind == "alerts":
        return bulk.operation(position, index, doc_id, documents.alert(restore(source["message"], Alert)), create=True)
    if kind == "polls":
        source = documents.poll(restore(source["message"], PollResult))
    return bulk.operation(position, index, doc_id, source)
