"""The word lists that decide what a name stands for (actor_words.toml), folded."""

from __future__ import annotations

import hashlib
import tomllib
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

    def is_act(self, word: str) -> bool:
        """Return whether a word is one of the verbs, after "and" at most."""
        return word in self.acts or (word[:1] in "وف" and word[1:] in self.acts)


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


def before(line: str, position: int) -> tuple[int, str]:
    """Return where the word before `position` (the beginning of a word) begins, and the word; (0, "") at the line's beginning."""
    if position < 2 or line[position - 1] != " ":
        return 0, ""
    start = line.rfind(" ", 0, position - 1) + 1
    return start, line[start : position - 1]


def after(line: str, end: int) -> str:
    """Return the word after the word that ends at `end`, or ""."""
    stop = line.find(" ", end + 1)
    return line[end + 1 : stop] if stop > 0 else ""


@lru_cache(maxsize=200_000)
def stem_in(words: frozenset[str], word: str) -> int:
    """Return -1 if neither `word` nor any reading of it without clitics is in `words`, else the length of those clitics.

    ال does not count among the clitics, so that the rest begins where a mention would.
    """
    for term in sorted(arabic.index_terms(word), key=len, reverse=True):
        if term in words or (term.startswith("ال") and term[2:] in words):
            cut = len(word) - len(term)
            return cut - 2 if cut >= 2 and word[cut - 2 : cut] in ("ال", "لل") else cut
    return -1
