"""What single words say about the name beside them: the lists of actor_words.toml. cut.py looks them up."""

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
def lists() -> dict[str, tuple[str, ...]]:
    """Return for each listed word the lists that it is in."""
    words = load()
    table: defaultdict[str, list[str]] = defaultdict(list)
    for name in words.__struct_fields__[1:]:
        for word in getattr(words, name):
            table[word].append(name)
    return {word: tuple(names) for word, names in table.items()}


def owned(words: frozenset[str]) -> Iterator[str]:
    """Yield nouns with a pronoun of one man, or of those who speak: قواته, قواتنا."""
    for noun in sorted(words):
        for pronoun in ("ه", "نا"):
            yield arabic.with_pronoun(noun, pronoun)
