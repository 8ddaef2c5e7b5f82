"""Changes to one's own feeds.toml: outlets added, feeds paused. Comments and order of the file are kept."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

import msgspec
import tomlkit

from ingest.feeds import COUNTRY, ID, KINDS, FeedEntry, Outlet, outlets, own_file, parse
from ingest.model import Kind
from ingest.opml import Line
from ingest.urls import site
from khabar.errors import RejectedError, SettingsError
from khabar.settings import Settings


def name_for(url: str, taken: Sequence[str]) -> str:
    """Return a new outlet's id, made of its domain: https://www.example-news.ly/x → example-news."""
    domain = site(urlsplit(url).hostname or "outlet")
    label = re.sub(r"[^a-z0-9]+", "-", domain.rpartition(".")[0].lower() or domain).strip("-")[:36] or "outlet"
    label = label if len(label) > 1 else f"{label}-news"
    number, name = 2, label
    while name in taken:
        name, number = f"{label}-{number}", number + 1
    return name


def add(settings: Settings, outlet: Outlet) -> Path:
    """Write a new outlet, or one in place of the shipped one of its id; return the file.

    Raises RejectedError where one of its feeds is already in the list, SettingsError where the file is not valid.
    """
    there = {f.url: o.id for o in outlets(settings) if o.id != outlet.id for f in o.feed}
    for feed in outlet.feed:
        if feed.url in there:
            raise RejectedError(f"{feed.url} is already a feed of {there[feed.url]}")
    return _write(settings, [outlet])


def take(settings: Settings, lines: Iterable[Line]) -> tuple[int, list[RejectedError]]:
    """Add the feeds of an OPML list; return how many were added, and why the others were not."""
    known = {o.id: o for o in outlets(settings)}
    changed: dict[str, Outlet] = {}
    refused: list[RejectedError] = []
    added = 0
    for line in lines:
        try:
            outlet = _outlet_for(known.values(), line)
        except RejectedError as e:
            refused.append(e)
            continue
        known[outlet.id] = changed[outlet.id] = outlet
        added += 1
    if changed:
        _write(settings, changed.values())
    return added, refused


def _write(settings: Settings, changed: Iterable[Outlet]) -> Path:
    path = own_file(settings)
    document = tomlkit.parse(path.read_text(encoding="utf-8")) if path.exists() else tomlkit.document()
    entries = document.get("outlet")
    if entries is None:
        entries = document["outlet"] = tomlkit.aot()
    places = {e.get("id"): n for n, e in enumerate(entries)}
    for outlet in changed:
        if outlet.id in places:
            entries[places[outlet.id]] = _table(outlet)
        else:
            entries.append(_table(outlet))
    content = tomlkit.dumps(document)
    parse(content, str(path))
    temporary = path.with_suffix(".tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(content, encoding="utf-8")
        temporary.replace(path)
    except OSError as e:
        raise SettingsError(f"cannot write {path}: {e.strerror}") from e
    return path


def pause(settings: Settings, url: str, *, paused: bool) -> Path:
    """Pause the feed at `url`, or take it up again; return the file. Raises RejectedError where there is no such feed."""
    for outlet in outlets(settings):
        if any(f.url == url for f in outlet.feed):
            feeds = tuple(msgspec.structs.replace(f, paused=paused) if f.url == url else f for f in outlet.feed)
            return add(settings, msgspec.structs.replace(outlet, feed=feeds))
    raise RejectedError(f"no feed has the address {url}")


def with_feed(outlet: Outlet, url: str) -> Outlet:
    """Return the outlet with one more feed; raises RejectedError where it has it already."""
    if any(f.url == url for f in outlet.feed):
        raise RejectedError(f"{url} is already a feed of {outlet.id}")
    return msgspec.structs.replace(outlet, feed=(*outlet.feed, FeedEntry(url=url)))


def _table(outlet: Outlet) -> Any:
    table = tomlkit.table()
    plain = msgspec.to_builtins(outlet)
    for key, value in plain.items():
        if key != "feed":
            table[key] = value
    feeds = tomlkit.aot()
    for feed in plain.get("feed", ()):
        entry = tomlkit.table()
        for key, value in feed.items():
            entry[key] = value
        feeds.append(entry)
    table["feed"] = feeds
    return table


def _outlet_for(known: Collection[Outlet], line: Line) -> Outlet:
    """Return the outlet to which a feed of an OPML list belongs, with that feed: one of the list of outlets, or a new one.

    Raises RejectedError where the list has the feed already.
    """
    for outlet in known:
        if any(f.url == line.url for f in outlet.feed):
            raise RejectedError(f"{line.url} is already a feed of {outlet.id}")
        if outlet.id == line.outlet or (line.site and (outlet.site, outlet.name_ar) == (line.site, line.text)):
            return with_feed(outlet, line.url)
    return Outlet(
        id=line.outlet if ID.fullmatch(line.outlet) else name_for(line.site or line.url, [o.id for o in known]),
        name_ar=line.text,
        name_en=line.title,
        kind=cast("Kind", line.kind) if line.kind in KINDS else "private",
        country=line.country if COUNTRY.fullmatch(line.country) else "",
        site=line.site,
        feed=(FeedEntry(url=line.url),),
    )
