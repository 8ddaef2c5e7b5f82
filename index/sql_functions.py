"""What SQLite asks of Python while it searches: phrases and prefixes on folded words, and single leaves on whole articles."""

from __future__ import annotations

import sqlite3
from functools import lru_cache
from typing import Final

import msgspec

from khabar import arabic, query, schema
from khabar.schema import CoverageItem

_leaf: Final[msgspec.json.Decoder[query.Leaf]] = msgspec.json.Decoder(query.Leaf)


def install(connection: sqlite3.Connection) -> None:
    """Make has_phrase, has_prefix and holds known to a connection."""
    connection.create_function("has_phrase", 3, _either_phrase, deterministic=True)
    connection.create_function("has_prefix", 3, _either_prefix, deterministic=True)
    connection.create_function("holds", 2, _holds, deterministic=True)


def has_phrase(words: str, asked: tuple[str, ...]) -> bool:
    """Return whether the terms `asked` stand one after another in `words` (folded, one blank between two).

    A term is always the end of the word it finds, so the search goes from one "term + blank" to the next.
    """
    text = f" {words} "
    first = f"{asked[0]} "
    at = text.find(first)
    while at >= 0:
        start, end = text.rfind(" ", 0, at + 1) + 1, at + len(first) - 1
        if start < end and asked[0] in arabic.index_terms(text[start:end]) and _follow(text, end + 1, asked):
            return True
        at = text.find(first, at + 1)
    return False


def has_prefix(words: str, stem: str) -> bool:
    """Return whether a word of `words` has an index term that begins with `stem`."""
    text = f" {words} "
    at = text.find(stem)
    while at >= 0:
        start, end = text.rfind(" ", 0, at + 1) + 1, text.find(" ", at)
        if any(t.startswith(stem) for t in arabic.index_terms(text[start:end])):
            return True
        at = text.find(stem, end)
    return False


def _follow(text: str, start: int, asked: tuple[str, ...]) -> bool:
    for term in asked[1:]:
        end = text.find(" ", start)
        if end < 0 or term not in arabic.index_terms(text[start:end]):
            return False
        start = end + 1
    return True


def _either_phrase(asked: str, one: str, other: str) -> bool:
    terms = tuple(asked.split(" "))
    return has_phrase(one, terms) or has_phrase(other, terms)


def _either_prefix(stem: str, one: str, other: str) -> bool:
    return has_prefix(one, stem) or has_prefix(other, stem)


def _holds(packed: bytes, item: bytes) -> bool:
    return query.Query("", _unpacked(packed)).match(schema.loads(item, CoverageItem)) is not None


@lru_cache(maxsize=100)
def _unpacked(packed: bytes) -> query.Leaf:
    return _leaf.decode(packed)
