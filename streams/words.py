"""What single words say about the name beside them: the lists of actor_words.toml, and one look-up for all of them."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Final

import msgspec

from khabar import arabic

FILE: Final = Path(__file__).with_name("actor_words.toml")


class Words(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Sets of folded words without ال; what each is for stands in the file. `generation` is a hash of it."""

    generation: str
    heads: frozenset[str]
    home_heads: frozenset[str]
    holders: frozenset[str]
    inner: frozenset[str]
    titles: frozenset[str]
    modifiers: frozenset[str]
    parts: frozenset[str]
    tails: frozenset[str]
    forces: frozenset[str]
    governments: frozenset[str]
    place_before: frozenset[str]
    place_after: frozenset[str]
    from_after: frozenset[str]
    on_after: frozenset[str]
    with_after: frozenset[str]
    acts: frozenset[str]
    dealings: frozenset[str]
    function: frozenset[str]
    given: frozenset[str]
    topics: frozenset[str]
    former: frozenset[str]
    loyal: frozenset[str]
    deputies: frozenset[str]


class Sort(msgspec.Struct, frozen=True, gc=False):
    """All that the lists say of one word.

    Numbers are the length of the clitics before the stem that is listed (ال not counted), -1 where none is.
    """

    head: int
    home_head: int
    title: int
    part: int
    force: int
    government: int
    holder: bool
    inner: bool
    modifier: bool
    topic: bool
    tail: bool
    place: bool
    place_after: bool
    from_after: bool
    on_after: bool
    with_after: bool
    dealing: bool
    act: bool
    name_like: bool
    given: bool
    former: bool
    loyal: bool
    deputy: bool


@lru_cache(maxsize=1)
def load() -> Words:
    """Return the words of the shipped file."""
    content = FILE.read_text(encoding="utf-8")
    lists = {name: {arabic.folded(w) for w in given} for name, given in tomllib.loads(content).items()}
    words = msgspec.convert(lists | {"generation": hashlib.sha256(content.encode()).hexdigest()}, Words)
    return msgspec.structs.replace(words, acts=words.acts | {f for w in words.acts for f in feminine(w)})


def feminine(verb: str) -> tuple[str, ...]:
    """Return the feminine of a third person verb as written: قال → قالت, يقول → تقول."""
    return ("ت" + verb[1:],) if verb.startswith("ي") else (verb + "ت",)


@lru_cache(maxsize=50_000)
def sort(word: str) -> Sort:
    """Return what the lists say of a word of a matching text."""
    words = load()
    act = word in words.acts or (word[:1] in ("و", "ف") and word[1:] in words.acts)
    mark = not word or word[0] in ".،"
    return Sort(
        head=_cut(words.heads, word),
        home_head=_cut(words.home_heads, word),
        title=_cut(words.titles, word),
        part=_cut(words.parts, word),
        force=_cut(words.forces, word),
        government=_cut(words.governments, word),
        holder=_cut(words.holders, word) >= 0,
        inner=_cut(words.inner, word) >= 0,
        modifier=_cut(words.modifiers, word) >= 0,
        topic=_cut(words.topics, word) >= 0,
        tail=(word.removeprefix("ال")) in words.tails,
        place=_cut(words.place_before, word) >= 0,
        place_after=word in words.place_after,
        from_after=_cut(words.from_after, word) >= 0,
        on_after=_cut(words.on_after, word) >= 0,
        with_after=_cut(words.with_after, word) >= 0,
        dealing=_cut(words.dealings, word) >= 0,
        act=act,
        name_like=not (mark or act or word in words.function),
        given=word in words.given,
        loyal=_cut(words.loyal, word) >= 0,
        deputy=_cut(words.deputies, word) >= 0,
        former=(word.removeprefix("ال")) in words.former,
    )


def _cut(words: frozenset[str], word: str) -> int:
    """Return -1 if neither `word` nor any reading of it without clitics is in `words`, else where the stem or its ال begins."""
    return next((a.start for a in arabic.analyses(word) if not a.enclitic and a.stem in words), -1)


def owned(words: frozenset[str]) -> Iterator[str]:
    """Yield nouns with a pronoun of one man, or of those who speak: قواته, قواتنا."""
    for noun in sorted(words):
        for pronoun in ("ه", "نا"):
            yield arabic.with_pronoun(noun, pronoun)


def definite(word: str, cut: int = 0) -> bool:
    """Return whether a word without its first `cut` letters, which are clitics, has the article."""
    return word.startswith(("ال", "لل"), cut)


def before(line: str, position: int) -> tuple[int, str]:
    """Return where the word before `position` (the beginning of a word) begins, and the word; (0, "") at the line's beginning."""
    gap = position - 1
    if gap < 1 or line[gap] != " ":
        return 0, ""
    start = line.rfind(" ", 0, gap) + 1
    return start, line[start:gap]


def after(line: str, end: int) -> str:
    """Return the word after the word that ends at `end`, or ""."""
    stop = line.find(" ", end + 1)
    return line[end + 1 : stop] if stop > 0 else ""
