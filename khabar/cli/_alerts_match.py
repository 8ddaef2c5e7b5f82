"""`khabar alerts match`: subscriptions from a file against articles from stdin, without any store."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from khabar.errors import KhabarError, RejectedError
from khabar.ports import Tagger, Tags
from khabar.query import FieldEq, Query, StanceIs, leaves, parse
from khabar.rows import Row, row_of
from khabar.schema import Article, CoverageItem, Subscription, TaggedArticle
from streams.match import Matcher

_SEEN: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""Nothing here depends on when an article was first seen."""
_NO_TAGS: Final = Tags(language="", about_libya=True)


class _Line(msgspec.Struct, frozen=True, kw_only=True):
    id: str | int
    query: str


def read(lines: Iterable[bytes]) -> Iterator[tuple[_Line, Query] | RejectedError]:
    """Yield each subscription {id, query} with its query read, or why its line is bad."""
    seen: set[str] = set()
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = msgspec.json.decode(line, type=_Line)
            if str(row.id) in seen:
                raise RejectedError(f"the id {row.id!r} is there already")
            seen.add(str(row.id))
            yield row, parse(row.query)
        except (KhabarError, msgspec.DecodeError, UnicodeDecodeError) as e:
            yield RejectedError(f"subscriptions, line {number}: {e}")


def needs_tags(query: Query) -> bool:
    """Return whether a query asks for what only the tagger knows."""
    return any(
        isinstance(n, StanceIs) or (isinstance(n, FieldEq) and n.field in ("actor", "lang", "framing"))
        for n in leaves(query.root)
    )


def run(subscriptions: Iterable[bytes], articles: Iterable[bytes], tagger: Tagger, out: Any) -> int:
    """Print {subscription, article, spans} per match, by article, then in the file's order; return how many lines were bad."""
    rows: list[_Line] = []
    tags_needed, bad = False, 0
    for found in read(subscriptions):
        if isinstance(found, RejectedError):
            bad += 1
            sys.stderr.write(f"khabar alerts match: {found.reason}\n")
        else:
            rows.append(found[0])
            tags_needed = tags_needed or needs_tags(found[1])
    order = {str(row.id): n for n, row in enumerate(rows)}
    matcher = Matcher(Subscription(id=str(r.id), owner="-", name="-", query=r.query, include_backfill=True) for r in rows)
    encode = msgspec.json.Encoder().encode
    for number, line in enumerate(articles, start=1):
        if not line.strip():
            continue
        try:
            row = row_of(line.strip())
            if not row.key:
                raise RejectedError("not a row: it has no `id`")
        except RejectedError as e:
            bad += 1
            sys.stderr.write(f"khabar alerts match: articles, line {number}: {e.reason}\n")
            continue
        met = matcher.matches(_item(row, tagger if tags_needed else None))
        for subscription, spans in sorted(met, key=lambda m: order[m[0].id]):
            shown = [{"field": s.field, "start": s.start, "end": s.end, "text": s.text} for s in spans]
            out.write(encode({"subscription": rows[order[subscription.id]].id, "article": row.id, "spans": shown}) + b"\n")
    out.flush()
    return bad


def _item(row: Row, tagger: Tagger | None) -> CoverageItem:
    article: Article = row.article(row.key)
    tags = tagger.tag(article) if tagger else _NO_TAGS
    tagged = TaggedArticle(
        article=article,
        version=1,
        first_seen=_SEEN,
        generation="",
        language=tags.language,
        about_libya=tags.about_libya,
        actors=tags.actors,
        stances=tags.stances,
        framing=tags.framing,
    )
    return CoverageItem(tagged=tagged, story=article.id)
