"""Near-duplicate signatures: which word triples a text has, and how much of them two texts share.

A text's signature is the set of the 32-bit hashes of its word triples ("shingles"; Broder 1997, "On the resemblance and
containment of documents"), at most the LARGEST smallest of them (a bottom-k sketch, so that two signatures can be compared
however long the texts are). Below that size the figures are exact; above it they are estimates from what lies
under the lower of the two cut-offs.
"""

from __future__ import annotations

import zlib
from array import array
from bisect import bisect_right
from functools import lru_cache
from typing import Final

import msgspec

from khabar import arabic

LARGEST: Final = 512
"""A signature keeps at most this many hashes: texts of up to about 500 words are compared exactly."""
FEWEST_WORDS: Final = 12
"""A shorter text is compared together with its title."""

_MASK: Final = 0xFFFFFFFF


class Shared(msgspec.Struct, frozen=True):
    """What two texts share: `jaccard` of all triples, `containment` of the shorter one's, and how many were seen in both."""

    jaccard: float
    containment: float
    count: int


@lru_cache(maxsize=200_000)
def _word(word: str) -> int:
    return zlib.crc32(word.encode("utf-8", "surrogatepass"))


def signature(title: str, text: str) -> array[int]:
    """Return the sorted hashes of the word triples of a text (of title and text where the text is very short).

    Folding comes first, so that vowel marks, hamzas and punctuation make no difference. Empty for texts without words.
    """
    words = arabic.WORD.findall(arabic.folded(text))
    if len(words) < FEWEST_WORDS:
        words = arabic.WORD.findall(arabic.folded(title)) + words
    h = [_word(w) for w in words]
    if len(h) < 3:
        h += [0] * (3 - len(h)) if h else []
    # Each word's hash is uniform, so a sum with odd factors is uniform too, and the order of the words counts.
    triples = {(a * 0x9E3779B1 + b * 0x85EBCA6B + c * 0xC2B2AE35) & _MASK for a, b, c in zip(h, h[1:], h[2:], strict=False)}
    return array("I", sorted(triples)[:LARGEST])


def compare(a: array[int], b: array[int]) -> Shared:
    """Return what two signatures share."""
    if not a or not b:
        return Shared(0.0, 0.0, 0)
    highest = min(s[-1] if len(s) == LARGEST else _MASK for s in (a, b))
    left, right = a[: bisect_right(a, highest)], b[: bisect_right(b, highest)]
    both = len(set(left).intersection(right))
    if not both:
        return Shared(0.0, 0.0, 0)
    return Shared(both / (len(left) + len(right) - both), both / min(len(left), len(right)), both)
