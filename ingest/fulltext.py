"""The article's text from its page: an outlet's own rule where there is one, trafilatura otherwise.

A page that asks for money, consent or a captcha is recognised and not taken for text.
"""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final, Literal

import lxml.etree
import lxml.html
import msgspec
import trafilatura

from ingest.encoding import decode
from ingest.htmltext import one_line, to_text, without_title
from khabar.arabic import folded
from khabar.errors import SettingsError

PageKind = Literal["text", "paywall", "consent", "challenge", "no_text"]
SHORT: Final = 700
"""A wall's words count only on a page whose text is shorter than this: a long article may speak of cookies."""
LEAST: Final = 80
"""Less than this is no article."""

TITLES_WITHIN: Final = 200_000
"""A page's titles stand this near its beginning (characters)."""
_TITLES: Final = re.compile(
    r"<h1\b[^>]{0,500}>(.{0,1000}?)</h1>|<title\b[^>]{0,500}>(.{0,1000}?)</title>"
    r"|<meta\s[^>]{0,300}?og:title[\"'][^>]{0,300}?content=[\"']([^\"'>]{0,1000})",
    re.IGNORECASE | re.DOTALL,
)
MAX_TAGS: Final = 50_000
"""More markup than any article's page has: trafilatura would be busy with it for minutes."""
_LETTER: Final = re.compile(r"[^\W\d_]")
_SENTENCE_END: Final = re.compile(r"[.!؟?…»\"]\s*$")


class OutletRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How one outlet's pages are read: XPath expressions for the text's blocks, and of what is taken out first."""

    outlet: str
    article: str
    remove: tuple[str, ...] = ()


class Rules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """extraction.toml: rules by outlet, and the words of walls as they are looked for in folded text."""

    outlet: tuple[OutletRule, ...] = ()
    paywall: tuple[str, ...] = ()
    consent: tuple[str, ...] = ()
    challenge: tuple[str, ...] = ()


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """What a page gave: `text` is empty unless kind is `text`; `quality` is 0 to 1; `rule` tells who read it."""

    kind: PageKind
    text: str = ""
    quality: float = 0.0
    rule: str = ""


@lru_cache(maxsize=1)
def default_rules() -> Rules:
    """Return the rules that are shipped."""
    return load_rules(files("ingest").joinpath("extraction.toml").read_text(encoding="utf-8"), "extraction.toml")


def load_rules(content: str, name: str) -> Rules:
    """Return the rules of a TOML text; raises SettingsError that names the file, the entry and the field."""
    try:
        rules = msgspec.convert(tomllib.loads(content), Rules)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as e:
        raise SettingsError(f"{name}: {e}") from e
    for rule in rules.outlet:
        for selector in (rule.article, *rule.remove):
            try:
                lxml.etree.XPath(selector)
            except lxml.etree.XPathSyntaxError as e:
                raise SettingsError(f"{name}: outlet {rule.outlet}: {selector!r} is no XPath expression: {e}") from e
    return rules


def extract(body: bytes, content_type: str, outlet: str, title: str, rules: Rules) -> Page:
    """Return the article on an HTML page; never raises for what the page holds."""
    source = decode(body, content_type).text
    text, how = _by_rule(source, outlet, rules), "outlet"
    if not text:
        text, how = _generic(source), "trafilatura"
    text = without_title(text, (title, *own_titles(source)))
    wall = _wall(source, text, rules)
    if wall is not None:
        return Page(kind=wall, rule=how)
    if len(text) < LEAST:
        return Page(kind="no_text", rule=how)
    return Page(kind="text", text=text, quality=quality(text, title), rule=how)


def _by_rule(source: str, outlet: str, rules: Rules) -> str:
    rule = next((r for r in rules.outlet if r.outlet == outlet), None)
    root = _root(source) if rule else None
    if rule is None or root is None:
        return ""
    for selector in rule.remove:
        for node in root.xpath(selector):
            node.drop_tree()
    blocks = [to_text(lxml.html.tostring(n, encoding="unicode", with_tail=False)) for n in root.xpath(rule.article)]
    return "\n".join(b for b in blocks if b)


def _root(source: str) -> Any:
    try:
        return lxml.html.document_fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", source))
    except (lxml.etree.LxmlError, ValueError, AssertionError):
        return None


def _generic(source: str) -> str:
    if source.count("<") > MAX_TAGS:
        return ""
    try:
        found = trafilatura.extract(
            source, favor_precision=True, include_comments=False, include_tables=False, deduplicate=False, with_metadata=False
        )
    except Exception:  # noqa: BLE001  # trafilatura walks trees that it did not make; what it cannot read is a page without text
        return ""
    return found.strip() if isinstance(found, str) else ""


def _wall(source: str, text: str, rules: Rules) -> PageKind | None:
    if len(text) >= SHORT:
        return None
    seen = folded(text or to_text(source[:200_000])).lower()
    walls: tuple[tuple[PageKind, tuple[str, ...]], ...] = (
        ("challenge", rules.challenge),
        ("paywall", rules.paywall),
        ("consent", rules.consent),
    )
    for kind, words in walls:
        if any(folded(w).lower() in seen for w in words):
            return kind
    return None


def quality(text: str, title: str) -> float:
    """Return how much `text` looks like a whole article, 0 to 1.

    Four parts of equal weight: length (full at 1,200 characters), share of letters, share of lines that end as
    sentences do, and how many of the title's longer words come back in it.
    """
    letters = len(_LETTER.findall(text)) / max(1, len(text))
    lines = [line for line in text.split("\n") if line.strip()]
    ended = sum(bool(_SENTENCE_END.search(line)) for line in lines) / max(1, len(lines))
    body = folded(text)
    words = [w for w in folded(title).split() if len(w) > 3]
    shared = sum(w in body for w in words) / len(words) if words else 0.5
    return round((min(1.0, len(text) / 1200) + min(1.0, letters / 0.75) + ended + shared) / 4, 3)


def own_titles(source: str) -> list[str]:
    """Return what a page calls itself: its <h1>s, og:title and <title>."""
    return [one_line(m) for found in _TITLES.findall(source[:TITLES_WITHIN]) for m in found if m.strip()]


def page_title(source: str) -> tuple[str, str]:
    """Return a page's title and date as its head gives them (Open Graph, article:published_time, <title>); empty if not."""
    root = _root(source)
    if root is None:
        return "", ""
    meta = {str(m.get("property") or m.get("name") or "").lower(): str(m.get("content") or "") for m in root.iter("meta")}
    title = meta.get("og:title") or (root.findtext(".//title") or "")
    return one_line(title), meta.get("article:published_time") or meta.get("date") or ""
