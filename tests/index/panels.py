"""What a dashboard panel asks, twice: as an Elasticsearch request, and computed by hand from the documents.

Only the operations that our dashboards use are known; another one fails the test that meets it.
"""

import re
import statistics
from collections.abc import Callable, Iterator
from typing import Any

Json = dict[str, Any]
Doc = dict[str, Any]


class Ask:
    """One question of a panel: nested buckets, metrics in each, and which documents count."""

    def __init__(self, panel: str, view: str, config: Json, buckets: list[Json], metrics: list[Json]) -> None:
        self.panel, self.view, self.buckets, self.metrics = panel, view, buckets, metrics
        self.query = config.get("query", {}).get("expression", "")

    def body(self, time: str, bounds: Json) -> Json:
        """Return the body of _search."""
        clauses = [{"range": {time: {"gte": bounds["from"], "lte": bounds["to"]}}}, kql_clause(self.query)]
        return {"size": 0, "track_total_hits": True, "query": {"bool": {"filter": clauses}}, "aggs": self._aggs(0)}

    def _aggs(self, depth: int) -> Json:
        measures = {f"m{n}": metric_agg(m) for n, m in enumerate(self.metrics)}
        if depth == len(self.buckets):
            return measures
        bucket = self.buckets[depth]
        if bucket["operation"] == "date_histogram":
            agg: Json = {"date_histogram": {"field": bucket["field"], "calendar_interval": "month", "min_doc_count": 1}}
            return {"b": {**agg, "aggs": self._aggs(depth + 1)}}
        order, extra = self._order(bucket)
        terms = {"field": bucket["fields"][0], "size": bucket["limit"], "order": [order, {"_key": "asc"}]}
        return {"b": {"terms": terms, "aggs": {**self._aggs(depth + 1), **extra}}}

    def _order(self, bucket: Json) -> tuple[Json, Json]:
        metric = self.ranking(bucket)
        path = "rank" if metric["operation"] == "count" else "rank>v"
        return {path: bucket["rank_by"]["direction"]}, {"rank": metric_agg(metric)}

    def ranking(self, bucket: Json) -> Json:
        """Return the metric by which a terms bucket is ranked."""
        rank = bucket["rank_by"]
        return self.metrics[rank["metric_index"]] if rank["type"] == "metric" else rank

    def by_hand(self, docs: list[Doc]) -> list[tuple[tuple[Any, ...], list[Any]]]:
        """Return (keys of the buckets, metrics) for every innermost bucket, in order."""
        return list(self._rows([d for d in docs if kql_holds(self.query, d)], 0, ()))

    def _rows(self, docs: list[Doc], depth: int, keys: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, ...], list[Any]]]:
        if depth == len(self.buckets):
            yield keys, [metric_value(m, docs) for m in self.metrics]
            return
        bucket = self.buckets[depth]
        groups: dict[Any, list[Doc]] = {}
        dated = bucket["operation"] == "date_histogram"
        for doc in docs:
            values = values_of(doc, bucket["field"] if dated else bucket["fields"][0])
            for value in dict.fromkeys(v.strftime("%Y-%m") if dated else v for v in values):
                groups.setdefault(value, []).append(doc)
        for key in sorted(groups) if dated else self._ranked(bucket, groups):
            yield from self._rows(groups[key], depth + 1, (*keys, key))

    def _ranked(self, bucket: Json, groups: dict[Any, list[Doc]]) -> list[Any]:
        metric = self.ranking(bucket)
        sign = -1 if bucket["rank_by"]["direction"] == "desc" else 1
        scored = {k: metric_value(metric, docs) or 0 for k, docs in groups.items()}
        return sorted(groups, key=lambda k: (sign * scored[k], k))[: bucket["limit"]]

    def of_answer(self, answer: Json) -> list[tuple[tuple[Any, ...], list[Any]]]:
        """Return the same rows from Elasticsearch's answer."""
        return list(self._read(answer["aggregations"], 0, ()))

    def _read(self, node: Json, depth: int, keys: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, ...], list[Any]]]:
        if depth == len(self.buckets):
            yield keys, [read_metric(m, node[f"m{n}"]) for n, m in enumerate(self.metrics)]
            return
        dated = self.buckets[depth]["operation"] == "date_histogram"
        for bucket in node["b"]["buckets"]:
            key = bucket["key_as_string"][:7] if dated else bucket["key"]
            yield from self._read(bucket, depth + 1, (*keys, key))


def asks(body: Json) -> Iterator[Ask]:
    """Yield what every chart of a dashboard asks."""
    for panel in body["panels"]:
        config = panel["config"]
        if panel["type"] != "vis":
            continue
        kind = config["type"]
        if kind == "xy":
            for layer in config["layers"]:
                buckets = [b for b in (layer.get("breakdown_by"), layer["x"]) if b]
                yield Ask(panel["id"], layer["data_source"]["ref_id"], config, buckets, layer["y"])
            continue
        buckets = {"metric": [], "data_table": config.get("rows"), "heatmap": [config.get("y"), config.get("x")]}[kind]
        metrics = [config["metric"]] if kind == "heatmap" else config["metrics"]
        yield Ask(panel["id"], config["data_source"]["ref_id"], config, buckets, metrics)


def metric_agg(metric: Json) -> Json:
    """Return the aggregation of a metric, inside its filter."""
    inner = _metric(metric)
    clause = kql_clause(metric["filter"]["expression"]) if "filter" in metric else {"match_all": {}}
    return {"filter": clause, "aggs": {"v": inner} if inner else {}}


def _metric(metric: Json) -> Json:
    operation, field = metric["operation"], metric.get("field")
    if operation == "count":
        return {}
    if operation == "unique_count":
        return {"cardinality": {"field": field}}
    if operation == "median":
        return {"percentiles": {"field": field, "percents": [50], "keyed": False}}
    return {{"average": "avg"}.get(operation, operation): {"field": field}}


def read_metric(metric: Json, node: Json) -> Any:
    """Return the value of a metric in an answer."""
    if metric["operation"] == "count":
        return node["doc_count"]
    return node["v"]["values"][0]["value"] if metric["operation"] == "median" else node["v"]["value"]


def metric_value(metric: Json, docs: list[Doc]) -> Any:
    """Return the value of a metric, by hand."""
    if "filter" in metric:
        docs = [d for d in docs if kql_holds(metric["filter"]["expression"], d)]
    if metric["operation"] == "count":
        return len(docs)
    values = [v for d in docs for v in values_of(d, metric["field"])]
    if metric["operation"] == "unique_count":
        return len(set(values))
    numbers = [v.timestamp() * 1000 if hasattr(v, "timestamp") else float(v) for v in values]
    compute: dict[str, Callable[[list[float]], float]] = {
        "sum": sum,
        "average": statistics.fmean,
        "median": statistics.median,
        "max": max,
    }
    return compute[metric["operation"]](numbers) if numbers else (0 if metric["operation"] == "sum" else None)


def values_of(doc: Doc, field: str) -> list[Any]:
    """Return the values of a field as a list."""
    value = doc.get(field)
    return [v for v in (value if isinstance(value, list) else [value]) if v is not None]


_KQL = re.compile(r'^(?P<field>\w+)\s*(?P<op>:|>=)\s*(?P<value>"[^"]*"|true|false|\d+)$')


def kql_clause(text: str) -> Json:
    """Return the clause of the little KQL that our panels use."""
    if not text:
        return {"match_all": {}}
    field, operator, value = _parsed(text)
    return {"range": {field: {"gte": value}}} if operator == ">=" else {"term": {field: value}}


def kql_holds(text: str, doc: Doc) -> bool:
    """Return whether a document meets it."""
    if not text:
        return True
    field, operator, value = _parsed(text)
    return any(v >= value if operator == ">=" else v == value for v in values_of(doc, field))


def _parsed(text: str) -> tuple[str, str, Any]:
    match = _KQL.match(text)
    assert match, f"KQL that this test does not know: {text}"
    value = match["value"]
    read = value[1:-1] if value.startswith('"') else int(value) if value.isdigit() else value == "true"
    return match["field"], match["op"], read
