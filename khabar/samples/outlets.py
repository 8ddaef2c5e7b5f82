"""The sample outlets' feeds and pages, made from articles.toml: RSS 2.0, Atom, and RSS in windows-1256."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape
from importlib.resources import files
from typing import Final, Literal
from xml.etree import ElementTree as ET  # it only writes here

import msgspec

NOTE: Final = "(نص نموذجي كُتب لعرض البرنامج)"
ATOM: Final = "http://www.w3.org/2005/Atom"
CONTENT: Final = "http://purl.org/rss/1.0/modules/content/"

ET.register_namespace("content", CONTENT)
ET.register_namespace("atom", ATOM)


class Outlet(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A sample outlet and the kind of feed it has."""

    id: str
    name: str
    kind: str
    country: str
    format: Literal["rss", "atom", "rss-windows-1256"]


class Report(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A sample report; `text` is its paragraphs. Edition 2 replaces the same slug."""

    outlet: str
    slug: str
    published: datetime
    title: str
    text: tuple[str, ...]
    edition: int = 1

    @property
    def html(self) -> str:
        """The paragraphs and the note that it is a sample, as HTML."""
        return "".join(f"<p>{escape(p)}</p>" for p in (*self.text, NOTE))


class Question(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A sample subscription."""

    name: str
    query: str


class Samples(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All sample outlets and their reports."""

    outlet: tuple[Outlet, ...]
    article: tuple[Report, ...]
    subscription: tuple[Question, ...]

    def of(self, outlet: str, edition: int) -> list[Report]:
        """Return what `outlet` shows in an edition: the newest edition of each report up to it, newest report first."""
        shown: dict[str, Report] = {}
        for report in self.article:
            if report.outlet == outlet and report.edition <= edition:
                shown[report.slug] = max(report, shown.get(report.slug, report), key=lambda r: r.edition)
        return sorted(shown.values(), key=lambda r: r.published, reverse=True)


def load() -> Samples:
    """Return the samples of this package."""
    data = files(__package__).joinpath("articles.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(data), Samples)


def feed(outlet: Outlet, reports: list[Report], base: str) -> tuple[str, bytes]:
    """Return the media type and the bytes of an outlet's feed; `base` is the address its links begin with."""
    if outlet.format == "atom":
        return "application/atom+xml", _bytes(_atom(outlet, reports, base), "utf-8")
    if outlet.format == "rss":
        return "application/rss+xml", _bytes(_rss(outlet, reports, base), "utf-8")
    return "application/rss+xml", _bytes(_rss(outlet, reports, base), "windows-1256")


def page(outlet: Outlet, report: Report) -> bytes:
    """Return a report's page as UTF-8 HTML."""
    return (
        f'<!doctype html><html lang="ar" dir="rtl"><head><meta charset="utf-8"><title>{escape(report.title)}</title></head>'
        f"<body><header><nav><a href='/'>{escape(outlet.name)}</a></nav></header><main><article><h1>{escape(report.title)}</h1>"
        f"{report.html}</article></main><footer>{escape(outlet.name)}</footer></body></html>"
    ).encode()


def _rss(outlet: Outlet, reports: list[Report], base: str) -> ET.Element:
    root = ET.Element("rss", version="2.0")
    channel = ET.SubElement(root, "channel")
    _text(channel, "title", outlet.name)
    _text(channel, "link", f"{base}/{outlet.id}/")
    _text(channel, "description", "أخبار نموذجية")
    _text(channel, "language", "ar")
    for report in reports:
        item = ET.SubElement(channel, "item")
        link = f"{base}/{outlet.id}/{report.slug}.html"
        _text(item, "title", report.title)
        _text(item, "link", link)
        _text(item, "guid", link)
        _text(item, "pubDate", format_datetime(report.published.astimezone(UTC)))
        if outlet.format == "rss":
            _text(item, "description", report.text[0])
            _text(item, f"{{{CONTENT}}}encoded", report.html)
        else:
            _text(item, "description", report.html)
    return root


def _atom(outlet: Outlet, reports: list[Report], base: str) -> ET.Element:
    root = ET.Element(f"{{{ATOM}}}feed")
    _text(root, f"{{{ATOM}}}title", outlet.name)
    _text(root, f"{{{ATOM}}}id", f"{base}/{outlet.id}/")
    _text(root, f"{{{ATOM}}}updated", max(r.published for r in reports).isoformat())
    for report in reports:
        entry = ET.SubElement(root, f"{{{ATOM}}}entry")
        link = f"{base}/{outlet.id}/{report.slug}.html"
        _text(entry, f"{{{ATOM}}}title", report.title)
        ET.SubElement(entry, f"{{{ATOM}}}link", href=link, rel="alternate", type="text/html")
        _text(entry, f"{{{ATOM}}}id", link)
        _text(entry, f"{{{ATOM}}}published", report.published.isoformat())
        _text(entry, f"{{{ATOM}}}updated", report.published.isoformat())
        _text(entry, f"{{{ATOM}}}summary", report.text[0])
    return root


def _text(parent: ET.Element, tag: str, text: str) -> None:
    ET.SubElement(parent, tag).text = text


def _bytes(root: ET.Element, encoding: str) -> bytes:
    return bytes(ET.tostring(root, encoding=encoding, xml_declaration=True))
