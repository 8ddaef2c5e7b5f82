"""Articles, stances and co-mentions as rows, and rows as JSONL, CSV or Parquet. The only module that knows pyarrow."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import combinations, islice
from typing import Any, BinaryIO, Final

import msgspec
import pyarrow as pa  # type: ignore[import-untyped]  # it ships no types
import pyarrow.parquet as pq  # type: ignore[import-untyped]  # as above

from khabar import query
from khabar.query.match import stance_meets
from khabar.schema import CoverageItem, Stance

Row = dict[str, Any]

_TEXT, _WHEN, _COUNT, _NUMBER, _FLAG = pa.string(), pa.timestamp("us", tz="UTC"), pa.int64(), pa.float64(), pa.bool_()
_MANY: Final = pa.list_(pa.string())

COLUMNS: Final[dict[str, dict[str, pa.DataType]]] = {
    "articles": {
        "id": _TEXT, "version": _COUNT, "published": _WHEN, "first_seen": _WHEN, "outlet": _TEXT, "outlet_name": _TEXT,
        "outlet_kind": _TEXT, "country": _TEXT, "language": _TEXT, "url": _TEXT, "title": _TEXT, "text": _TEXT,
        "story": _TEXT, "story_title": _TEXT, "copy_of": _TEXT, "similarity": _NUMBER,
        "actors": _MANY, "actor_names": _MANY, "stances": _COUNT, "framing": _MANY,
    },
    "stances": {
        "id": _TEXT, "article": _TEXT, "published": _WHEN, "outlet": _TEXT, "outlet_name": _TEXT, "story": _TEXT,
        "holder": _TEXT, "holder_name": _TEXT, "target": _TEXT, "target_name": _TEXT, "polarity": _TEXT, "mode": _TEXT,
        "act": _TEXT, "quoted": _FLAG, "speaker": _TEXT, "field": _TEXT, "sentence": _TEXT, "sentence_start": _COUNT,
        "sentence_end": _COUNT, "cue": _TEXT, "rule": _TEXT, "confidence": _NUMBER,
        "copy_of": _TEXT, "url": _TEXT, "title": _TEXT,
    },
    "comentions": {
        "actor_a": _TEXT, "name_a": _TEXT, "actor_b": _TEXT, "name_b": _TEXT, "articles": _COUNT, "outlets": _COUNT,
        "first": _WHEN, "last": _WHEN,
    },
}  # fmt: skip
"""What can be exported, and the columns of each with their types in Parquet."""
_ROWS_AT_ONCE: Final = 1000
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def rows(what: str, asked: query.Query, items: Iterable[CoverageItem]) -> Iterator[Row]:
    """Yield the rows of `what` (a key of COLUMNS) for the articles that matched `asked`.

    Of an article that was asked for by its stances only those stances are given. Co-mentions are pairs of actors with
    the number of articles that name both, most first.
    """
    if what == "comentions":
        yield from _comentions(items)
        return
    wanted = [leaf for leaf in query.leaves(asked.root) if isinstance(leaf, query.StanceIs)]
    for item in items:
        if what == "articles":
            yield _article(item)
        else:
            kept = [s for s in item.tagged.stances if not wanted or any(stance_meets(w, s) for w in wanted)]
            yield from (_stance(item, s) for s in kept)


def write_jsonl(what: str, found: Iterable[Row], out: BinaryIO) -> int:
    """Write one JSON object a line; return how many rows."""
    del what
    count = 0
    for count, row in enumerate(found, 1):  # noqa: B007  # the last count is what is returned
        out.write(msgspec.json.encode(row) + b"\n")
    return count


def write_csv(what: str, found: Iterable[Row], out: BinaryIO) -> int:
    """Write CSV in UTF-8 with the mark that Excel needs; lists are joined by |. Return how many rows.

    A cell that a spreadsheet would run as a formula gets an apostrophe before it: titles come from anybody's feed.
    """
    text = io.TextIOWrapper(out, "utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow(COLUMNS[what])
    count = 0
    for count, row in enumerate(found, 1):  # noqa: B007  # as above
        writer.writerow([_cell(row[c]) for c in COLUMNS[what]])
    text.detach()
    return count


def write_parquet(what: str, found: Iterable[Row], out: BinaryIO) -> int:
    """Write one Parquet file, compressed with zstd; return how many rows."""
    shape = pa.schema(COLUMNS[what])
    count, rest = 0, iter(found)
    with pq.ParquetWriter(out, shape, compression="zstd") as writer:
        while batch := list(islice(rest, _ROWS_AT_ONCE)):
            writer.write_table(pa.Table.from_pylist(batch, schema=shape))
            count += len(batch)
    return count


FORMATS: Final[dict[str, Callable[[str, Iterable[Row], BinaryIO], int]]] = {
    "jsonl": write_jsonl,
    "csv": write_csv,
    "parquet": write_parquet,
}


def _article(item: CoverageItem) -> Row:
    tagged, source = item.tagged, item.tagged.article
    return {
        "id": source.id,
        "version": tagged.version,
        "published": source.published,
        "first_seen": tagged.first_seen,
        "outlet": source.outlet,
        "outlet_name": source.outlet_name,
        "outlet_kind": source.outlet_kind,
        "country": source.country,
        "language": tagged.language,
        "url": source.url,
        "title": source.title,
        "text": source.text,
        "story": item.story,
        "story_title": item.story_title,
        "copy_of": item.copy_of,
        "similarity": item.similarity,
        "actors": [a.id for a in tagged.actors],
        "actor_names": [a.name for a in tagged.actors],
        "stances": len(tagged.stances),
        "framing": [f"{f.by}:{f.effect}:{f.camp}:{f.term}" for f in tagged.framing],
    }


def _stance(item: CoverageItem, found: Stance) -> Row:
    source = item.tagged.article
    names = {a.id: a.name for a in item.tagged.actors}
    own = msgspec.structs.asdict(found)
    return {
        **{k: v for k, v in own.items() if k in COLUMNS["stances"]},
        "article": source.id,
        "published": source.published,
        "outlet": source.outlet,
        "outlet_name": source.outlet_name,
        "story": item.story,
        "holder_name": names.get(found.holder, found.holder),
        "target_name": names.get(found.target, found.target),
        "copy_of": item.copy_of,
        "url": source.url,
        "title": source.title,
    }


class _Pair:
    """What is known of two actors named together."""

    def __init__(self, moment: datetime) -> None:
        self.articles = 0
        self.outlets: set[str] = set()
        self.first = self.last = moment

    def add(self, outlet: str, moment: datetime) -> None:
        self.articles += 1
        self.outlets.add(outlet)
        self.first, self.last = min(self.first, moment), max(self.last, moment)


def _comentions(items: Iterable[CoverageItem]) -> Iterator[Row]:
    pairs: dict[tuple[str, str], _Pair] = {}
    names: dict[str, str] = {}
    for item in items:
        source = item.tagged.article
        moment = source.published or source.fetched_at
        names.update((a.id, a.name) for a in item.tagged.actors)
        for pair in combinations(sorted({a.id for a in item.tagged.actors}), 2):
            pairs.setdefault(pair, _Pair(moment)).add(source.outlet, moment)
    for (a, b), met in sorted(pairs.items(), key=lambda p: (-p[1].articles, p[0])):
        both = {"actor_a": a, "name_a": names[a], "actor_b": b, "name_b": names[b]}
        yield {**both, "articles": met.articles, "outlets": len(met.outlets), "first": met.first, "last": met.last}


def _cell(value: Any) -> Any:
    if isinstance(value, list):
        value = "|".join(value)
    if isinstance(value, datetime):
        return value.isoformat()
    return "'" + value if isinstance(value, str) and value.startswith(_FORMULA) else value
