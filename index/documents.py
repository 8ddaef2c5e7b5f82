"""What lands, as Elasticsearch documents: pure functions, one per kind. The mappings are in `index/templates`.

Charted fields are flat keywords: Lens shows no nested field. Beside every id stands its Arabic name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, Final

import msgspec

from khabar import arabic, query, schema
from khabar.schema import Alert, CoverageItem, Framing, PollResult, Stance

MAX_WORD: Final = 1000
"""Longer words are cut: Lucene refuses a whole document for one term of 32 KB, and nobody asks for such a word."""
Doc = dict[str, Any]


def article(item: CoverageItem) -> Doc:
    """Return the document of an article: for showing, for charting, for searching, and the whole item to give back."""
    tagged, source = item.tagged, item.tagged.article
    keys = {f"{name}_keys": sorted(values) for name, values in query.keywords(item).items()}
    own = [f for f in tagged.framing if f.by == "outlet"]
    return {
        "id": source.id,
        "version": tagged.version,
        "generation": tagged.generation,
        **_common(item),
        "fetched_at": source.fetched_at,
        "moment": source.published or source.fetched_at,
        "text": source.text,
        "truncated": source.truncated,
        "text_from": source.text_from,
        "backfill": source.backfill,
        "actors": [a.id for a in tagged.actors],
        "actor_names_ar": [a.name for a in tagged.actors],
        "camps": _distinct(a.camp for a in tagged.actors),
        "actor_types": _distinct(a.type for a in tagged.actors),
        "mentions": sum(len(a.mentions) for a in tagged.actors),
        "stance_count": len(tagged.stances),
        **_framing(own),
        "copy_of": item.copy_of,
        "copy_of_outlet": item.copy_of_outlet,
        "similarity": item.similarity,
        "is_copy": item.copy_of is not None,
        **keys,
        "stances": [
            {"holder": s.holder, "target": s.target, "polarity": s.polarity, "act": s.act, "confidence": s.confidence}
            for s in tagged.stances
        ],
        "title_terms": term_stream(source.title),
        "text_terms": term_stream(source.text),
        "title_exact": exact_stream(source.title),
        "text_exact": exact_stream(source.text),
        "item": msgspec.Raw(schema.dumps(item)),
    }


def stance(item: CoverageItem, found: Stance, rank: int) -> Doc:
    """Return the document of one stance, whole, so that a chart or a table of evidence joins nothing; `rank` orders versions."""
    names = {a.id: a.name for a in item.tagged.actors}
    camps = {a.id: a.camp for a in item.tagged.actors}
    return {
        "id": found.id,
        "article": item.tagged.article.id,
        "rank": rank,
        **_common(item),
        "holder": found.holder,
        "holder_ar": names.get(found.holder, found.holder),
        "holder_camp": camps.get(found.holder) or None,
        "target": found.target,
        "target_ar": names.get(found.target, found.target),
        "target_camp": camps.get(found.target) or None,
        "actor_names_ar": _distinct(names.get(a, a) for a in (found.holder, found.target)),
        "camps": _distinct(camps.get(a, "") for a in (found.holder, found.target)),
        "polarity": found.polarity,
        "polarity_ar": POLARITY_AR[found.polarity],
        "act": found.act,
        "mode": found.mode,
        "quoted": found.quoted,
        "speaker": found.speaker,
        "speaker_ar": names.get(found.speaker, found.speaker) if found.speaker else None,
        "field": found.field,
        "sentence": found.sentence,
        "sentence_start": found.sentence_start,
        "sentence_end": found.sentence_end,
        "cue": found.cue,
        "rule": found.rule,
        "confidence": found.confidence,
        "is_copy": item.copy_of is not None,
    }


POLARITY_AR: Final[Mapping[str, str]] = {"support": "تأييد", "oppose": "معارضة"}


def alert(fired: Alert) -> Doc:
    """Return the document of an alert."""
    return {
        "id": fired.id,
        "type": fired.type,
        "subscription": fired.subscription,
        "subscription_name": fired.name,
        "owner": fired.owner,
        "query": fired.query,
        "article": fired.article,
        "story": fired.story,
        "title": fired.title,
        "url": fired.url,
        "outlet": fired.outlet,
        "outlet_ar": fired.outlet_name or fired.outlet,
        "published": fired.published,
        "first_seen": fired.first_seen,
        "sentence": fired.sentence,
        "actors": list(fired.actors),
        "reason": fired.reason,
        "message": msgspec.Raw(schema.dumps(fired)),
    }


def poll_id(poll: PollResult) -> str:
    """Return the id of a poll: one feed at one moment."""
    return schema.stable_id(poll.feed, poll.at.isoformat())


def poll(result: PollResult) -> Doc:
    """Return the document of a poll; `complete` is the share of new entries that came with their full text."""
    return {
        "feed": result.feed,
        "outlet": result.outlet,
        "url": result.url,
        "at": result.at,
        "outcome": result.outcome,
        "status": result.status,
        "latency_ms": result.latency_ms,
        "bytes": result.bytes,
        "entries": result.entries,
        "new": result.new,
        "updated": result.updated,
        "skipped": sum(result.skipped.values()),
        "skipped_for": sorted(result.skipped),
        "full_text": result.full_text,
        "complete": result.full_text / result.new if result.new else None,
        "delay_s": result.delay_s,
        "failures": result.failures,
        "next_poll": result.next_poll,
        "error": result.error,
        "message": msgspec.Raw(schema.dumps(result)),
    }


def term_stream(text: str) -> str:
    """Return a text as the `khabar_terms` analyzer reads it: a blank between two words, and each "=as written|term|term…".

    What stands between bars falls on the word's one position, so phrases count words and every clitic is an alternative.
    """
    fold = arabic.fold(text)
    if fold.dropped is None and fold.resolved is None:  # words and words as written stand at the same places
        spans = (m.span() for m in arabic.WORD.finditer(fold.text))
        return " ".join(f"={text[a:b][:MAX_WORD]}|{_alternatives(fold.text[a:b])}" for a, b in spans)
    written = query.exact_words(text)
    words, next_written = [], 0
    for m in arabic.WORD.finditer(fold.text):
        start, end = fold.original(*m.span())
        exact = ""
        while next_written < len(written) and written[next_written][0] < end:
            a, b = written[next_written]
            if a >= start:
                exact += f"={text[a:b][:MAX_WORD]}|"
            next_written += 1
        words.append(exact + _alternatives(m.group()))
    return " ".join(words)


@lru_cache(maxsize=200_000)
def _alternatives(word: str) -> str:
    return "|".join(t[:MAX_WORD] for t in arabic.index_terms(word))


def exact_stream(text: str) -> str:
    """Return the words of ="…" as they are written, a blank between two."""
    return " ".join(text[a:b][:MAX_WORD] for a, b in query.exact_words(text))


def restore(body: Doc, kind: type[schema.M]) -> schema.M:
    """Return the message that a document keeps as `item` or `message`; raises RejectedError."""
    return schema.loads(msgspec.json.encode(body), kind)


def _common(item: CoverageItem) -> Doc:
    source = item.tagged.article
    return {
        "title": source.title,
        "url": source.url or None,
        "outlet": source.outlet,
        "outlet_ar": source.outlet_name or source.outlet,
        "outlet_kind": source.outlet_kind or None,
        "country": source.country or None,
        "language": item.tagged.language,
        "published": source.published,
        "first_seen": item.tagged.first_seen,
        "story": item.story,
        "story_title": item.story_title or None,
    }


def _framing(own: list[Framing]) -> Doc:
    return {
        "framing_camp": _distinct(f.camp for f in own),
        "framing_favours": _distinct(f.camp for f in own if f.effect == "favours"),
        "framing_harms": _distinct(f.camp for f in own if f.effect == "harms"),
        "framing_terms": _distinct(f.term for f in own),
    }


def _distinct(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(v for v in values if v))
