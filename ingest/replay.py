"""Articles from files, as if just fetched: rows of JSONL, or pages of a WARC. Nothing is derived from the time of reading."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import IO, Any, Final
from urllib.parse import urlsplit

from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import ChunkedDataReader
from warcio.exceptions import ArchiveLoadFailed

from ingest import dates
from ingest.body import BrokenBodyError, TooLargeError, opened
from ingest.encoding import decode
from ingest.feeds import Outlet
from ingest.fetch import PAGE_LIMITS
from ingest.fulltext import Rules, extract, page_title
from ingest.urls import canonical, site
from khabar.errors import RejectedError
from khabar.rows import UNDATED, row_of
from khabar.schema import Article, content_hash, cut_text, stable_id

Read = tuple[int, Article | RejectedError]
"""The number of a row or record in its file (from 1), and its article or why it has none."""

NOBODY: Final[Mapping[str, Outlet]] = MappingProxyType({})
WARC_NAMES: Final = (".warc", ".warc.gz")


def read(path: Path, rules: Rules, outlets: Mapping[str, Outlet] = NOBODY) -> Iterator[Read]:
    """Yield the articles of a JSONL file or, by its name, of a WARC; raises OSError if it cannot be opened.

    `outlets` are those of `feeds.by_site`: a page of theirs is read as the poller reads it.
    """
    with path.open("rb") as file:
        yield from warc(file, rules, outlets) if path.name.endswith(WARC_NAMES) else jsonl(file)


def jsonl(file: IO[bytes]) -> Iterator[Read]:
    """Yield the article of each line that is not blank."""
    for number, line in enumerate(file, 1):
        if line.strip():
            try:
                row = row_of(line)
                url, guid = row.url or "", row.guid or ""
                identity = canonical(url) or guid or row.key or f"{row.title or ''}\n{row.text or ''}"
                yield number, row.article(stable_id(identity))
            except RejectedError as e:
                yield number, e


def warc(file: IO[bytes], rules: Rules, outlets: Mapping[str, Outlet] = NOBODY) -> Iterator[Read]:
    """Yield the article of each HTML response of a WARC (ISO 28500), plain or gzipped.

    Other records are passed over; a page without an article's text is rejected by name, as is the rest of a broken file.
    """
    number, known = 0, False
    try:
        for number, record in enumerate(ArchiveIterator(file), 1):  # the number of the last good record is wanted
            known = known or record.format == "warc"  # any text passes for the older ARC
            if record.format != "warc" or record.rec_type != "response" or record.http_headers is None:
                continue
            kind = record.http_headers.get_header("Content-Type") or ""
            if record.http_headers.get_statuscode() == "200" and "html" in kind.lower():
                try:
                    yield number, _page(record, kind, rules, outlets)
                except RejectedError as e:
                    yield number, e
    except ArchiveLoadFailed as e:
        yield number + 1, RejectedError(f"not a WARC record: {' '.join(str(e).split())[:200]}")
        return
    if not known:
        yield 1, RejectedError("not a WARC: it has no record")


def _page(record: Any, kind: str, rules: Rules, outlets: Mapping[str, Outlet]) -> Article:
    url = record.rec_headers.get_header("WARC-Target-URI") or ""
    at = dates.parse(record.rec_headers.get_header("WARC-Date") or "") or UNDATED
    identity = canonical(url)
    if not identity:
        raise RejectedError(f"no address: {url[:200]!r}")
    try:
        raw = _payload(record).read(PAGE_LIMITS.max_wire + 1)
        body = opened(raw, record.http_headers.get_header("Content-Encoding") or "", PAGE_LIMITS.max_body)
    except (BrokenBodyError, TooLargeError) as e:
        raise RejectedError(f"{url}: {e or 'too large'}") from e
    title, published = page_title(decode(body, kind).text)
    domain = site(urlsplit(url).hostname or "")
    outlet = outlets.get(domain)
    name = outlet.id if outlet else domain
    page = extract(body, kind, name, title, rules)
    if page.kind != "text":
        raise RejectedError(f"{url}: no article on the page ({page.kind})")
    text, truncated = cut_text(page.text)
    return Article(
        id=stable_id(identity),
        title=title,
        text=text,
        fetched_at=at,
        content_hash=content_hash(title, text),
        outlet=name,
        outlet_name=outlet.name_ar if outlet else domain,
        outlet_kind=outlet.kind if outlet else "",
        country=outlet.country if outlet else "",
        url=url,
        published=dates.parse(published, dates.zone_of(outlet.country if outlet else "")),
        truncated=truncated,
        text_from="replay",
        quality=page.quality,
    )


def _payload(record: Any) -> Any:
    """Return the stream of a response's body. Crawlers keep it in the chunks it was sent in, or undo them and keep the header."""
    chunked = "chunked" in (record.http_headers.get_header("Transfer-Encoding") or "").lower()
    return ChunkedDataReader(record.raw_stream) if chunked else record.raw_stream
