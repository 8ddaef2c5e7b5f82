"""What is made of an article's content alone: its hash, ids that are the same on every machine and day, the cut of its text."""

from __future__ import annotations

import hashlib
from typing import Final

MAX_TEXT_BYTES: Final = 200 * 1024
"""Longer article texts are cut to this many bytes of UTF-8, at a character, and marked `truncated`."""


def content_hash(title: str, text: str) -> str:
    """Return the hash that tells two versions of an article apart (32 hex digits)."""
    return hashlib.sha256(f"{title}\n{text}".encode("utf-8", "surrogatepass")).hexdigest()[:32]


def stable_id(*parts: str) -> str:
    """Return an id made of content: the same parts give the same id on every machine and day (20 hex digits)."""
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:20]


def cut_text(text: str, limit: int = MAX_TEXT_BYTES) -> tuple[str, bool]:
    """Return `text` cut to `limit` bytes of UTF-8 at a character, and whether it was cut."""
    if len(text) <= limit // 4:  # a character is at most four bytes
        return text, False
    data = text.encode("utf-8", "surrogatepass")
    if len(data) <= limit:
        return text, False
    return data[:limit].decode("utf-8", "ignore"), True
