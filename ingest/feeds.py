"""feeds.toml: the outlets and their feeds, checked on load; an error names the file, the outlet and the field."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, Literal, get_args
from urllib.parse import urlsplit

import msgspec

from ingest.model import Feed, Kind
from ingest.urls import absolute, site
from khabar.errors import SettingsError
from khabar.schema import stable_id
from khabar.settings import Settings

OWN_FILE: Final = "feeds.toml"
"""In the data directory: outlets of one's own, or in place of shipped ones of the same id."""
ID: Final = re.compile(r"[a-z0-9][a-z0-9-]{1,39}")
COUNTRY: Final = re.compile("[A-Z]{2}")


class FeedEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One feed of an outlet, as the file has it."""

    url: str
    discover: bool = False
    paused: bool = False
    insecure_tls: bool = False
    full_text: Literal["auto", "always", "never"] = "auto"


class Outlet(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One outlet, as the file has it."""

    id: str
    name_ar: str
    name_en: str
    kind: Kind
    country: str = ""
    site: str = ""
    leaning: str = ""
    leaning_source: str = ""
    feed: tuple[FeedEntry, ...] = ()


def own_file(settings: Settings) -> Path:
    """Return the file that `khabar feeds add|pause|opml import` write to."""
    return settings.feeds_file or settings.data_dir / OWN_FILE


def load(settings: Settings) -> tuple[Feed, ...]:
    """Return all feeds: those of `feeds_file`, else the shipped ones with the data directory's own file over them.

    Raises SettingsError that names the file, the outlet and the field.
    """
    return tuple(f for o in outlets(settings) for f in feeds_of(o))


def outlets(settings: Settings) -> tuple[Outlet, ...]:
    """Return all outlets, as `load` does."""
    if settings.feeds_file is not None:
        return _read(settings.feeds_file)
    shipped = parse(files("ingest").joinpath(OWN_FILE).read_text(encoding="utf-8"), "ingest/feeds.toml")
    own = own_file(settings)
    merged = {o.id: o for o in shipped} | {o.id: o for o in (_read(own) if own.exists() else ())}
    return tuple(merged.values())


def _read(path: Path) -> tuple[Outlet, ...]:
    try:
        return parse(path.read_text(encoding="utf-8"), str(path))
    except OSError as e:
        raise SettingsError(f"cannot read {path}: {e.strerror}") from e
    except UnicodeDecodeError as e:
        raise SettingsError(f"{path}: not UTF-8: {e}") from e


def parse(content: str, name: str) -> tuple[Outlet, ...]:
    """Return the outlets of a TOML text; raises SettingsError."""
    try:
        raw = tomllib.loads(content)
    except tomllib.TOMLDecodeError as e:
        raise SettingsError(f"{name}: not TOML: {e}") from e
    unknown = sorted(set(raw) - {"outlet"})
    if unknown or not isinstance(raw.get("outlet", []), list):
        raise SettingsError(f"{name}: only [[outlet]] entries belong here, not `{unknown[0] if unknown else 'outlet'}`")
    found = tuple(_outlet(entry, n, name) for n, entry in enumerate(raw.get("outlet", []), 1))
    _unique(found, name)
    return found


def _outlet(entry: Any, number: int, name: str) -> Outlet:
    where = f"{name}: outlet {number} ({entry.get('id', 'no id') if isinstance(entry, dict) else 'no table'})"
    try:
        outlet = msgspec.convert(entry, Outlet)
    except msgspec.ValidationError as e:
        raise SettingsError(f"{where}: {e}") from e
    if not ID.fullmatch(outlet.id):
        raise SettingsError(f"{where}: `id` must be 2 to 40 of a-z, 0-9 and -, not {outlet.id!r}")
    if outlet.country and not COUNTRY.fullmatch(outlet.country):
        raise SettingsError(f"{where}: `country` must be two capital letters (ISO 3166-1), not {outlet.country!r}")
    if outlet.leaning and not outlet.leaning_source:
        raise SettingsError(f"{where}: `leaning` needs a `leaning_source`")
    if not outlet.name_ar.strip() or not outlet.name_en.strip():
        raise SettingsError(f"{where}: `name_ar` and `name_en` must not be empty")
    for feed in outlet.feed:
        if not absolute(feed.url):
            raise SettingsError(f"{where}: feed `url` must be an http(s) address, not {feed.url!r}")
    return outlet


def _unique(found: tuple[Outlet, ...], name: str) -> None:
    ids: set[str] = set()
    urls: dict[str, str] = {}
    for outlet in found:
        if outlet.id in ids:
            raise SettingsError(f"{name}: outlet {outlet.id}: `id` stands twice")
        ids.add(outlet.id)
        for feed in outlet.feed:
            if feed.url in urls:
                raise SettingsError(f"{name}: outlet {outlet.id}: feed `url` {feed.url} stands also in {urls[feed.url]}")
            urls[feed.url] = outlet.id


def by_site(found: Iterable[Outlet]) -> dict[str, Outlet]:
    """Return the outlets by the registered domain of their site and feeds; a domain that two share is nobody's."""
    owners: dict[str, dict[str, Outlet]] = {}
    for outlet in found:
        for url in (outlet.site, *(f.url for f in outlet.feed)):
            if domain := site(urlsplit(url).hostname or ""):
                owners.setdefault(domain, {})[outlet.id] = outlet
    return {domain: next(iter(those.values())) for domain, those in owners.items() if len(those) == 1}


def feeds_of(outlet: Outlet) -> tuple[Feed, ...]:
    """Return an outlet's feeds as the poller takes them. A feed's id is made of its outlet and the address in the file."""
    return tuple(
        Feed(
            id=feed_id(outlet.id, f.url),
            url=f.url,
            outlet=outlet.id,
            outlet_name=outlet.name_ar,
            outlet_name_en=outlet.name_en,
            country=outlet.country,
            kind=outlet.kind,
            leaning=outlet.leaning,
            discover=f.discover,
            full_text=f.full_text,
            paused=f.paused,
            insecure_tls=f.insecure_tls,
        )
        for f in outlet.feed
    )


def feed_id(outlet: str, url: str) -> str:
    """Return the id of a feed: its outlet's, and six digits of its address."""
    return f"{outlet}-{stable_id(url)[:6]}"


KINDS: Final = get_args(Kind)
