"""Bytes of a feed or a page to text: what the bytes show counts more than what a header or a prolog claims.

Old Arabic systems serve windows-1256 and say nothing, or say UTF-8; others serve UTF-8 and say windows-1256.
"""

from __future__ import annotations

import codecs
import re
from typing import Final

import msgspec

_BOMS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_BARE: Final = (
    (b"<\0\0\0", "utf-32-le"),
    (b"\0\0\0<", "utf-32-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
"""How `<` begins in each encoding without a byte order mark (XML 1.0, appendix F)."""
_CHARSET: Final = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_PROLOG: Final = re.compile(rb"^\s*<\?xml[^>]*?encoding\s*=\s*[\"']([\w.:-]+)", re.IGNORECASE)
_META: Final = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_WEAK: Final = frozenset({"utf-8", "ascii", "iso8859-1", "cp1252"})
"""Claims that servers make without knowing: they give way where the bytes are Arabic in an Arabic code page."""
_COMMON: Final = frozenset("الينمورتبةعدفهسك")
_HIGH: Final = re.compile(rb"[\x80-\xff]")


class Decoded(msgspec.Struct, frozen=True):
    """Text, the encoding it was read in (by its name on the web), and the names of what was wrong."""

    text: str
    encoding: str
    problems: tuple[str, ...] = ()


def decode(data: bytes, content_type: str = "") -> Decoded:
    """Return the text of `data`; never raises. `content_type` is the header's value, if there was one."""
    got = _decode(data, content_type)
    return Decoded(got.text, _web_name(got.encoding), got.problems)


def _web_name(name: str) -> str:
    """Return the name that the web uses (WHATWG) for Python's cp1256, iso8859-6, utf-16-le, ..."""
    return re.sub(r"^cp(125\d)$", r"windows-\1", re.sub(r"^iso8859-", "iso-8859-", re.sub(r"-([lb]e)$", r"\1", name)))


def _decode(data: bytes, content_type: str) -> Decoded:
    for bom, name in _BOMS:
        if data.startswith(bom):
            return _lenient(data[len(bom) :], name, ())
    for start, name in _BARE:
        if data[:4].startswith(start):
            return _lenient(data, name, ())
    claims = _claims(data, content_type)
    text = _strict(data, "utf-8")
    if text is not None:
        lies = bool(claims) and claims[0] not in _WEAK and not data.isascii()
        if not (data.isascii() and claims and claims[0].startswith(("iso2022", "hz", "utf-7", "utf_7"))):
            return Decoded(text, "utf-8", ("encoding_lies",) if lies else ())
    broken = data.decode("utf-8", "replace")
    if _mostly_utf8(broken, data):
        return Decoded(broken, "utf-8", ("bad_bytes",))
    return _single_byte(data, claims)


def _single_byte(data: bytes, claims: list[str]) -> Decoded:
    for name in claims:
        text = None if name in _WEAK else _strict(data, name)
        if text is not None:
            return Decoded(text, name)
    lies = ("encoding_lies",) if claims else ("encoding_undeclared",)
    for name in ("cp1256", "iso8859-6"):
        text = _strict(data, name)
        if text is not None and arabic_share(text) > 0.7:
            return Decoded(text, name, lies)
    for name in claims:
        text = None if name == "utf-8" else _strict(data, name)
        if text is not None:
            return Decoded(text, name)
    return Decoded(data.decode("cp1252", "replace"), "cp1252", (*lies, "encoding_guessed"))


def arabic_share(text: str) -> float:
    """Return how far the non-ASCII characters of `text` look like Arabic prose, 0 to 1.

    Letters count if Arabic; a text without the commonest letters in their usual share is none (so Cyrillic or Greek
    bytes read as windows-1256 do not pass).
    """
    high = [c for c in text if c > "\x7f"]
    letters = [c for c in high if "\u0621" <= c <= "\u064a"]
    if not letters:
        return 0.0
    common = sum(c in _COMMON for c in letters) / len(letters)
    return len(letters) / len(high) if common > 0.6 else 0.0


def _claims(data: bytes, content_type: str) -> list[str]:
    said = [m[1] for m in (_CHARSET.search(content_type),) if m]
    head = data[:2048]
    said += [m[1].decode("ascii") for m in (_PROLOG.search(head), _META.search(head)) if m]
    names: list[str] = []
    for name in said:
        try:
            names.append(codecs.lookup(name).name)
        except LookupError:
            continue
    return [n for n in dict.fromkeys(names) if not n.startswith(("utf-16", "utf-32"))]  # their bytes would have shown


def _strict(data: bytes, name: str) -> str | None:
    try:
        return data.decode(name)
    except (UnicodeError, LookupError):
        return None


def _lenient(data: bytes, name: str, problems: tuple[str, ...]) -> Decoded:
    text = data.decode(name, "replace")
    return Decoded(text, name, (*problems, "bad_bytes") if "\ufffd" in text else problems)


def _mostly_utf8(text: str, data: bytes) -> bool:
    bad = text.count("\ufffd")
    high = len(_HIGH.findall(data))
    return bad * 10 < high
