"""All forms of a set of actors, and where they stand in a matching text (document.Field.line): a tree of words.

A text is cut into words once. A word begins a form where it is the form's first word behind clitics at most; from there the
tree leads word by word (tree.py). What a word is and can begin is worked out when it is first met and kept, since nearly every
word of the news comes again; most begin nothing. So a form is never found inside a word, nor at the beginning of a longer one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final, final

from mypy_extensions import i64, mypyc_attr

from streams import words
from streams.beginning import Beginning
from streams.cut import Cut, Word
from streams.entry import Actor
from streams.forms import Form, Kind, bare, forms_of, variants
from streams.tree import Opening, Reading, Table, Trees
from streams.vocabulary import Vocabulary
from streams.who import NOBODY, Who


@final
@mypyc_attr(acyclic=True)
class Hit(Beginning):
    """A form in the matching text, whose span has ال but no other clitic; `after` is the number of the word that follows."""

    __slots__ = ("after", "end", "reading")

    def __init__(self, start: int, end: int, word: int, reading: Reading, *, first: int, after: int) -> None:
        super().__init__(start, first, word)
        self.end: Final = end
        self.after: Final = after
        self.reading: Final = reading


@final
class Forms:
    """The trees of some tables; one look-up of a word serves all. `count` is of the first table.

    What is known of words is kept from one text to the next, and is the same in every thread.
    """

    def __init__(self, *tables: Table) -> None:
        self.count: Final = len({key for key, _ in tables[0]})
        self._words: Final = Vocabulary(Trees(tables))

    def read(self, line: str) -> Cut:
        """Return a matching text cut into words."""
        return Cut(line, self._words.read(line))

    def hits(self, cut: Cut, table: int) -> list[Hit]:
        """Return the forms of a table in a matching text, those that stand at a word's beginning after clitics at most.

        They are in order of their beginnings, the longer first. The words are as `read` gave them.
        """
        found: list[Hit] = []
        words = cut.words
        position: i64 = 0
        for number in range(i64(len(words))):
            word = words[number]
            if word.begins and (word.alone or words[number + 1].inner):
                for opening in word.openings[table]:
                    _follow(opening, words, number, position, found)
            position += word.size + 1
        return found


def _follow(opening: Opening, words: list[Word], number: i64, position: i64, hits: list[Hit]) -> None:
    """Add the hits that begin in the word `number`, which stands at `position`, as `opening` says."""
    node = opening.node
    after, end = number + 1, position + words[number].size
    if opening.reading is not None:
        _add(hits, Hit(position + opening.begin, end, position, opening.reading, first=number, after=after))
    while node.more is not None:
        following = words[after]
        deeper = node.more.get(following.text) if following.inner else None
        if deeper is None:
            break
        node = deeper
        after += 1
        end += 1 + following.size
        reading = opening.means(node)
        if reading is not None:
            _add(hits, Hit(position + opening.begins(node), end, position, reading, first=number, after=after))


def _add(hits: list[Hit], hit: Hit) -> None:
    """Add a hit to those before it; of those that begin in the same word the longer stands first."""
    at = len(hits)
    while at and hits[at - 1].first == hit.first and _precedes(hit, hits[at - 1]):
        at -= 1
    if at == len(hits):
        hits.append(hit)
    else:
        hits.insert(at, hit)


def _precedes(hit: Hit, other: Hit) -> bool:
    return hit.start < other.start or (hit.start == other.start and hit.end > other.end)


def table_of(actors: Iterable[Actor], who: Mapping[str, Who] | None = None) -> Table:
    """Return the table of all forms of `actors`, who are `who` to the rules, and of the forces and governments of a leader."""
    table: defaultdict[tuple[str, bool], list[Form]] = defaultdict(list)
    for actor in actors:
        for text, form in forms_of(actor, who[actor.id] if who else NOBODY):
            for variant in variants(text, person=actor.type == "person"):
                table[bare(variant)].append(form)
    for field, nouns in (("commands", words.load().forces), ("heads", words.load().governments)):
        for noun in words.owned(nouns):
            table[noun, False].append(Form(Kind.OWN, field))
    return table
