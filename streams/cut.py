"""A matching text (document.Field.line) cut into words, and what the lists of actor_words.toml say of each."""

from __future__ import annotations

from functools import lru_cache
from typing import Final, final

from mypy_extensions import i64, mypyc_attr

from khabar import arabic
from streams import words
from streams.tree import Trees

CONNECTORS: Final = frozenset({"باسم", "بلسان", "في"})
"""Between those who speak for a body, or its parts, and its name."""
JOINING: Final = frozenset({"titles", "modifiers", "parts", "topics"})
"""Lists of words that may belong to the name that follows."""


@final
class Sort:
    """All that the lists say of one word.

    Numbers are the length of the clitics before the stem that is listed (ال not counted), -1 where none is. `definite`: it has
    ال. `joins`: it may belong to a name that follows; at most a comma and the words between say no more than that.
    """

    __slots__ = (
        "act",
        "candidacy",
        "dealing",
        "definite",
        "deputy",
        "force",
        "former",
        "from_after",
        "given",
        "government",
        "head",
        "holder",
        "home_head",
        "inner",
        "joins",
        "loyal",
        "modifier",
        "name_like",
        "named_after",
        "national",
        "on_after",
        "part",
        "place",
        "place_after",
        "tail",
        "title",
        "to_after",
        "topic",
        "town",
        "visit",
        "with_after",
    )

    def __init__(self, word: str) -> None:
        table = words.lists()
        at: dict[str, int] = {}
        for cut, article in arabic.beginnings(word):
            for name in table.get(word[cut + 2 * article :], ()):
                at.setdefault(name, cut)
        exact = table.get(word, ())
        bare = table.get(word[2:], ()) if word.startswith("ال") else exact
        verb = word[1:] if word.startswith(("سي", "ست")) and word not in table else word  # سيعلن is يعلن to come
        act = "acts" in table.get(verb, ()) or (word[:1] in ("و", "ف") and "acts" in table.get(word[1:], ()))
        self.head: Final = at.get("heads", -1)
        self.home_head: Final = at.get("home_heads", -1)
        self.title: Final = at.get("titles", -1)
        self.part: Final = at.get("parts", -1)
        self.force: Final = at.get("forces", -1)
        self.government: Final = at.get("governments", -1)
        self.holder: Final = "holders" in at
        self.inner: Final = "inner" in at
        self.modifier: Final = "modifiers" in at
        self.topic: Final = "topics" in at
        self.tail: Final = "tails" in bare
        self.place: Final = "place_before" in at
        self.place_after: Final = "place_after" in exact
        self.from_after: Final = "from_after" in at
        self.to_after: Final = "to_after" in at
        self.on_after: Final = "on_after" in at
        self.with_after: Final = "with_after" in at
        self.dealing: Final = "dealings" in at
        self.act: Final = act
        self.name_like: Final = bool(word) and word[0] not in ".،" and not act and "function" not in exact
        self.given: Final = "given" in exact
        self.former: Final = "former" in bare
        self.loyal: Final = "loyal" in at
        self.named_after: Final = "named_after" in at
        self.deputy: Final = "deputies" in at
        self.town: Final = "towns" in at
        self.visit: Final = "visits" in at
        self.national: Final = "nationals" in at
        self.candidacy: Final = "candidacies" in at
        self.definite: Final = definite(word)
        self.joins: Final = bool(at.keys() & JOINING) or word == "،" or word in CONNECTORS


@lru_cache(maxsize=50_000)
def sort(word: str) -> Sort:
    """Return what the lists say of a word of a matching text."""
    return Sort(word)


@final
@mypyc_attr(acyclic=True)
class Word:
    """A word of matching texts, and what is known of it.

    `openings` are for each tree the forms that it `begins`, where it is `alone` or before an `inner` word of a form. By its
    `letters` and the `other` word in its slot the vocabulary finds it.
    """

    __slots__ = ("_sort", "alone", "begins", "inner", "letters", "openings", "other", "size", "text")

    def __init__(self, text: str, trees: Trees, letters: i64 = 0, other: Word | None = None) -> None:
        openings = trees.openings(text)
        self.letters: Final = letters  # first what is asked of every word, so that it lies together
        self.other: Final = other
        self.size: Final = i64(len(text))
        self.begins: Final = bool(openings)
        self.alone: Final = any(opening.reading is not None for table in openings for opening in table)
        self.inner: Final = text in trees.inner
        self.text: Final = text
        self.openings: Final = openings
        self._sort: Sort | None = None

    @property
    def sort(self) -> Sort:
        """What the lists say, looked up when first asked for."""
        if self._sort is None:
            self._sort = sort(self.text)
        return self._sort


@final
class Cut:
    """The words of a line in order; the first and the last are empty. Numbers are indexes of words."""

    __slots__ = ("line", "words")

    def __init__(self, line: str, words: list[Word]) -> None:
        self.line: Final = line
        self.words: Final = words

    def word(self, number: int) -> str:
        """Return a word, or "" beyond the ends."""
        return self.words[number].text if 0 <= number < len(self.words) else ""

    def sort(self, number: int) -> Sort:
        """Return what the lists say of a word."""
        return self.words[number].sort if 0 <= number < len(self.words) else sort("")


def definite(word: str, cut: int = 0) -> bool:
    """Return whether a word without its first `cut` letters, which are clitics, has the article."""
    return (word[cut:] if cut else word).startswith(("ال", "لل"))
