"""What single words say about the name beside them: the lists of actor_words.toml, and one look-up for all of them."""

from __future__ import annotations

import hashlib
import tomllib
from collections import defaultdict
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
    to_after: frozenset[str]
    on_after: frozenset[str]
    with_after: frozenset[str]
    acts: frozenset[str]
    dealings: frozenset[str]
    function: frozenset[str]
    given: frozenset[str]
    topics: frozenset[str]
    former: frozenset[str]
    loyal: frozenset[str]
    named_after: frozenset[str]
    deputies: frozenset[str]
    towns: frozenset[str]
    visits: frozenset[str]
    nationals: frozenset[str]
    candidacies: frozenset[str]


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
    to_after: bool
    on_after: bool
    with_after: bool
    dealing: bool
    act: bool
    name_like: bool
    given: bool
    former: bool
    loyal: bool
    named_after: bool
    deputy: bool
    town: bool
    visit: bool
    national: bool
    candidacy: bool


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


@lru_cache(maxsize=1)
def _lists() -> dict[str, tuple[str, ...]]:
    """Return for each listed word the lists that it is in."""
    words = load()
    table: defaultdict[str, list[str]] = defaultdict(list)
    for name in words.__struct_fields__[1:]:
        for word in getattr(words, name):
            table[word].append(name)
    return {word: tuple(names) for word, names in table.items()}


@lru_cache(maxsize=50_000)
def sort(word: str) -> Sort:
    """Return what the lists say of a word of a matching text."""
    table = _lists()
    at: dict[str, int] = {}
    for cut, article in arabic.beginnings(word):
        for name in table.get(word[cut + 2 * article :], ()):
            at.setdefault(name, cut)
    exact = table.get(word, ())
    bare = table.get(word[2:], ()) if word.startswith("ال") else exact
    verb = word[1:] if word.startswith(("سي", "ست")) and word not in table else word  # سيعلن is يعلن to come
    act = "acts" in table.get(verb, ()) or (word[:1] in ("و", "ف") and "acts" in table.get(word[1:], ()))
    return Sort(
        head=at.get("heads", -1),
        home_head=at.get("home_heads", -1),
        title=at.get("titles", -1),
        part=at.get("parts", -1),
        force=at.get("forces", -1),
        government=at.get("governments", -1),
        holder="holders" in at,
        inner="inner" in at,
        modifier="modifiers" in at,
        topic="topics" in at,
        tail="tails" in bare,
        place="place_before" in at,
        place_after="place_after" in exact,
        from_after="from_after" in at,
        to_after="to_after" in at,
        on_after="on_after" in at,
        with_after="with_after" in at,
        dealing="dealings" in at,
        act=act,
        name_like=bool(word) and word[0] not in ".،" and not act and "function" not in exact,
        given="given" in exact,
        loyal="loyal" in at,
        named_after="named_after" in at,
        deputy="deputies" in at,
        town="towns" in at,
        national="nationals" in at,
        visit="visits" in at,
        candidacy="candidacies" in at,
        former="former" in bare,
    )


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
