"""What the parser sees in one feed, for `khabar feeds test`: the same code as a poll, with nothing remembered."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from ingest import entries
from ingest.dates import zone_of
from ingest.model import Feed
from ingest.parse import parse

NOTHING: Final = {
    "empty": "empty_document",
    "html": "html_page",
    "not_a_feed": "neither_rss_atom_json_feed_nor_sitemap",
    "bad_xml": "broken_xml",
}
"""The problem of a document in which there is no feed."""


def look(body: bytes, content_type: str, base: str, feed: Feed, now: datetime) -> dict[str, Any]:
    """Return {outcome, encoding, title, entries: [{id, url, title, published, text_chars}], problems} of a body."""
    parsed = parse(body, content_type, base)
    zone = zone_of(feed.country)
    read = [entries.read(feed, raw, zone, now) for raw in parsed.entries]
    candidates, doubles = entries.without_doubles([r for r in read if not isinstance(r, str)])
    problems = [*parsed.problems, *(r for r in read if isinstance(r, str)), *(["double_entries"] if doubles else [])]
    problems += [p for c in candidates for p in c.problems]
    problems += [NOTHING[parsed.outcome]] if parsed.outcome in NOTHING else []
    problems += ["no_entries"] if parsed.outcome == "ok" and not candidates else []
    return {
        "outcome": parsed.outcome,
        "encoding": parsed.encoding,
        "title": parsed.title,
        "entries": [
            {
                "id": c.id,
                "url": c.url,
                "title": c.title,
                "published": c.published.isoformat() if c.published else None,
                "text_chars": len(c.text),
            }
            for c in candidates
        ],
        "problems": list(dict.fromkeys(problems)),
    }


def failure(reason: str, error: str) -> dict[str, Any]:
    """Return what `look` would, for a feed that could not be fetched: the outcome is the failure's name."""
    return {"outcome": reason, "encoding": "", "title": "", "entries": [], "problems": [error] if error else []}
