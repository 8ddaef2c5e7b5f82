"""Names that the gazetteer does not know, found by the words that stand before a name: what an analyst may want to add."""

from __future__ import annotations

import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Final

import msgspec

from khabar import arabic
from streams import actors
from streams.document import Document
from streams.gazetteer import Gazetteer

FILE: Final = Path(__file__).with_name("unknown.toml")
AROUND: Final = 40
"""So many characters before and after a name are shown with it."""
_WORD: Final = re.compile(r"[^\W\d_]{2,}")


class Unknown(msgspec.Struct, frozen=True, kw_only=True):
    """A name that no entry has: in how many articles it stands, after which word most often, and one place of it."""

    name: str
    articles: int
    cue: str
    example: str


class _Lists(msgspec.Struct, frozen=True):
    pattern: re.Pattern[str]
    kinds: frozenset[str]
    stops: frozenset[str]


def unknown(docs: Iterable[Document], known: Gazetteer, least: int) -> list[Unknown]:
    """Return the names that stand in at least `least` of `docs` and that no actor claims, the most frequent first."""
    articles: Counter[str] = Counter()
    cues: defaultdict[str, Counter[str]] = defaultdict(Counter)
    first: dict[str, tuple[str, str]] = {}
    for doc in docs:
        seen: set[str] = set()
        for cue, name, example in _candidates(doc, known):
            key = arabic.folded(name)
            cues[key][cue] += 1
            first.setdefault(key, (name, example))
            seen.add(key)
        articles.update(seen)
    return [
        Unknown(name=first[key][0], articles=n, cue=cues[key].most_common(1)[0][0], example=first[key][1])
        for key, n in sorted(articles.items(), key=lambda item: (-item[1], item[0]))
        if n >= least
    ]


def _candidates(doc: Document, known: Gazetteer) -> Iterator[tuple[str, str, str]]:
    """Yield (cue, name, the text round it) for each name of a document's text that is in no mention."""
    lists, text = _lists(), doc.text.text
    claimed = [(m.start, m.end) for m in actors.find(doc, known) if m.field == "text"]
    for m in lists.pattern.finditer(text):
        start, end = _name(text, m.end(), lists.stops)
        if m["cue"] in lists.kinds and end > start:
            start = m.start("cue")
        name = text[start:end]
        if " " in name and not any(s < end and start < e for s, e in claimed):
            yield m["cue"], name, " ".join(text[max(0, m.start() - AROUND) : end + AROUND].split())


def _name(text: str, start: int, stops: frozenset[str]) -> tuple[int, int]:
    """Return the span of up to three words after `start` that can be a name: no stop words, one space between."""
    begin, end = start + 1, start
    for _ in range(3):
        m = _WORD.match(text, end + 1) if text[end : end + 1] == " " else None
        if not m or arabic.folded(m.group()) in stops:
            break
        end = m.end()
    return begin, max(begin, end)


@lru_cache(maxsize=1)
def _lists() -> _Lists:
    given = tomllib.loads(FILE.read_text(encoding="utf-8"))
    words = sorted((*given["cues"], *given["kinds"]), key=len, reverse=True)
    return _Lists(
        pattern=re.compile(r"(?<!\w)(?:[وفبكل]|لل)?(?P<cue>" + "|".join(map(re.escape, words)) + r")(?= )"),
        kinds=frozenset(given["kinds"]),
        stops=frozenset(map(arabic.folded, given["stops"])),
    )
