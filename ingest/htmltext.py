"""HTML of an entry to plain text: no markup, script or style survives, blocks become lines."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from typing import Any, Final

import lxml.etree

from khabar.arabic import folded

_DROPPED: Final = frozenset(
    {"script", "style", "noscript", "template", "iframe", "object", "svg", "head", "form", "button", "select"}
)
_BLOCKS_WORDS: Final = (
    "p div br li ul ol tr table h1 h2 h3 h4 h5 h6 section article header footer blockquote figure figcaption hr dd dt pre"
)
_BLOCKS: Final = frozenset(_BLOCKS_WORDS.split())
_TAG: Final = re.compile(
    r"</?(?:p|br|div|a|img|span|strong|b|em|i|ul|li|h[1-6]|script|table|figure|iframe)\b[^<>]*>", re.IGNORECASE
)
_HIDDEN: Final = re.compile(r"<!--.*?(?:-->|\Z)|<(script|style)\b.*?(?:</\1\s*>|$)", re.IGNORECASE | re.DOTALL)
_TAGS: Final = re.compile(r"<[a-zA-Z/!?][^<>]*>")
_WHOLE: Final = re.compile(r"^\s*<(?:html|!doctype)", re.IGNORECASE)
_CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_BAR: Final = re.compile(r"\s+[|\-–—:»«•]+\s+")
_WORD: Final = re.compile(r"\w+")
MAX_TITLE_LINE: Final = 500
"""A longer line is no title."""
_BREAK: Final = "\ufdd0"
"""Where a block begins or ends, among text whose own line breaks are spaces: a noncharacter (Unicode 23.7)."""
_PARSER: Final = lxml.etree.HTMLParser(huge_tree=False)
MAX_DEPTH: Final = 250
"""Deeper nesting than any page needs: the text is then taken without structure."""


def to_text(source: str) -> str:
    """Return the text that a reader of `source` (HTML or plain text) sees; lines end at blocks.

    HTML that was escaped twice is read twice. The result never holds markup that a browser would run if it were
    escaped once, as every page of ours does.
    """
    text = _once(source)
    return _once(text) if _TAG.search(text) else text


def one_line(source: str) -> str:
    """Return `to_text(source)` on one line: a title."""
    return " ".join(to_text(source).split())


def without_title(text: str, titles: Iterable[str]) -> str:
    """Return `text` without its first lines where they are only one of `titles` again, which is held apart.

    A title may carry the site's name after (or before) a bar or a dash, as <title> does; marks and letter forms do not
    count. A text that is nothing but its title stays.
    """
    names = {n for t in titles for n in (t, *_BAR.split(t)) for n in [_words_only(n)] if n}
    first, _, rest = text.partition("\n")
    while rest.strip() and _words_only(first) in names:
        text = rest.lstrip()
        first, _, rest = text.partition("\n")
    return text


def _words_only(text: str) -> str:
    return " ".join(_WORD.findall(folded(text).lower())) if len(text) <= MAX_TITLE_LINE else ""


def _once(source: str) -> str:
    source = source.replace("\0", "")  # which would end it for the parser; other controls go with the lines they stand in
    if "<" not in source:
        return _tidy(html.unescape(source) if "&" in source else source, "\n")
    body = _body(source)
    if body is None:
        return _stripped(source)
    pieces: list[str] = []
    _walk(body, pieces, 0)
    return _tidy("".join(pieces), _BREAK) or _stripped(source)


def _body(source: str) -> Any:
    """Return the one body of the tree that lxml makes of `source`, None where there is no such thing.

    The plain parser, not that of `lxml.html`: its element classes would be a third of the time of reading a feed.
    """
    try:
        root = lxml.etree.fromstring(source if _WHOLE.match(source) else f"<html><body>{source}</body></html>", _PARSER)
    except (lxml.etree.LxmlError, ValueError):
        return None
    if root is None or root.tag != "html":
        return None
    bodies = root.findall("body")
    return bodies[0] if len(bodies) == 1 else None


def _stripped(source: str) -> str:
    """Return the text of markup that the HTML parser gave up on (nested too deep, or broken)."""
    return _tidy(html.unescape(_TAGS.sub(" ", _HIDDEN.sub(" ", source))), "\n")


def _walk(node: Any, pieces: list[str], depth: int) -> None:
    block = node.tag in _BLOCKS
    if block:
        pieces.append(_BREAK)
    if node.text:
        pieces.append(node.text)
    for child in node:
        if isinstance(child.tag, str) and child.tag not in _DROPPED:
            if depth < MAX_DEPTH:
                _walk(child, pieces, depth + 1)
            else:
                pieces.append(child.xpath("string()"))
        if child.tail:
            pieces.append(child.tail)
    if block:
        pieces.append(_BREAK)


def _tidy(text: str, end: str) -> str:
    """Return the lines of `text`, which `end` ends, without empty ones and controls, with single spaces."""
    return "\n".join(filter(None, map(_tidy_line, text.split(end))))


def _tidy_line(line: str) -> str:
    if line.isprintable() and "  " not in line:  # printable: no controls, no white space but U+0020; the usual line
        return line.strip(" ")
    return " ".join(_CONTROL.sub("", line).split())
