"""All forms of a set of actors, and where they stand in a matching text (document.Field.line): a tree of words.

A text is cut into words once. A word begins a form where it is the form's first word behind clitics at most (PROCLITICS); from
there the tree leads word by word. What a word can begin is worked out when it is first met and kept, since nearly every word
of the news comes again; most begin nothing. So a form is never found inside a word, nor at the beginning of a longer one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, final

from streams import words
from streams.cut import Cut
from streams.entry import Actor
from streams.forms import Form, Kind, bare, forms_of, variants
from streams.who import NOBODY, Who

KEPT: Final = 100_000
"""The beginnings of so many words are kept, then all are forgotten."""
Table = Mapping[tuple[str, bool], Sequence[Form]]
"""Forms by their key and whether ال stands before it."""


def _proclitics() -> dict[str, bool]:
    """Clitic strings that may stand before a key → whether ال is among them; لال is ل before a name in أل (لألمانيا)."""
    leads = [question + conjunction for question in ("", "ا") for conjunction in ("", "و", "ف")]
    table = dict.fromkeys((lead + preposition for lead in leads for preposition in ("", "ب", "ك", "ل")), False)
    return table | dict.fromkeys((lead + al for lead in leads for al in ("ال", "بال", "كال", "لل", "لال")), True)


PROCLITICS: Final = _proclitics()
LONGEST: Final = max(map(len, PROCLITICS))
LETTERS: Final = frozenset(clitics[0] for clitics in PROCLITICS if clitics)
"""With which they begin."""


@final
class Reading:
    """What one key can mean, made ready once.

    `forms`: those that make a mention, strongest first. `excluded`: actors that a span with this form does not mean.
    `names`: of `forms`, one for each actor that is named in the article if this stands in it. `adjective`: the state whose
    adjective this is. `own`: the field of whoever was named last that says what "his forces" or "our government" is, or "".
    `title`: somebody's. `roles`: whether there are any among `forms`.
    """

    __slots__ = ("adjective", "excluded", "forms", "names", "own", "roles", "title")

    def __init__(self, forms: Sequence[Form]) -> None:
        ranked = _ranked(forms) if len(forms) > 1 else forms
        self.forms: Final = [f for f in ranked if Kind.EXCLUDED < f.kind < Kind.TITLE]
        self.excluded: Final = [f.who for f in ranked if f.kind == Kind.EXCLUDED]
        self.names: Final = list({f.actor: f for f in self.forms if f.kind in (Kind.NAME, Kind.PEOPLE)}.values())
        self.adjective: Final = next((f.who for f in ranked if f.kind == Kind.ADJECTIVE), None)
        self.own: Final = next((f.actor for f in ranked if f.kind == Kind.OWN), "")
        self.title: Final = any(f.kind == Kind.TITLE for f in ranked)
        self.roles: Final = any(f.kind == Kind.ROLE for f in self.forms)


def _ranked(forms: Sequence[Form]) -> Sequence[Form]:
    """Return each form once, the strongest first."""
    unique = {_rank(f): f for f in forms}
    return [unique[rank] for rank in sorted(unique)]


def _rank(form: Form) -> tuple[int, bool, str, str, str]:
    return form.kind, form.since is None and form.until is None, form.actor, str(form.since), str(form.until)


@final
class Hit:
    """A form in the matching text. The span has ال but no other clitic; `word` is where its first word begins, with them.

    `first` is the number of that word, `after` of the word that follows.
    """

    __slots__ = ("after", "end", "first", "reading", "start", "word")

    def __init__(self, cut: Cut, start: int, first: int, after: int, reading: Reading) -> None:
        self.start: Final = start
        self.end: Final = cut.starts[after] - 1
        self.word: Final = cut.starts[first]
        self.first: Final = first
        self.after: Final = after
        self.reading: Final = reading


@final
class _Node:
    """What some words mean, without and with ال before them, and which words may go on."""

    __slots__ = ("article", "more", "plain")

    def __init__(self) -> None:
        self.plain: Reading | None = None
        self.article: Reading | None = None
        self.more: dict[str, _Node] | None = None


@final
class _Opening:
    """A word as the first of forms: where in it their span begins, and whether ال is before the key.

    `doubled`: the word has لل, in which للواء is ل before اللواء; that counts where the key without ال means nothing.
    """

    __slots__ = ("article", "doubled", "node", "start", "table")

    def __init__(self, table: int, node: _Node, start: int, *, article: bool, doubled: bool) -> None:
        self.table: Final = table
        self.node: Final = node
        self.start: Final = start
        self.article: Final = article
        self.doubled: Final = doubled


@final
class Forms:
    """The trees of some tables, looked through together: one look-up of a word serves all. `count` is of the first table.

    What words begin is kept from one text to the next, and is the same in every thread.
    """

    def __init__(self, *tables: Table) -> None:
        self.count: Final = len({key for key, _ in tables[0]})
        self._trees: Final = [_tree(table) for table in tables]
        self._openings: dict[str, list[_Opening]] = {}
        self._nothing: Final[list[_Opening]] = []

    def hits(self, cut: Cut) -> list[list[Hit]]:
        """Return for each table the forms in a matching text that stand at a word's beginning after clitics at most.

        They are in order of their beginnings, the longer first.
        """
        found: list[list[Hit]] = [[] for _ in self._trees]
        for number, word in enumerate(cut.words):
            openings = self._openings.get(word)
            if openings is None:
                openings = self._open(word)
            if openings:
                _follow(openings, cut, number, found)
        return found

    def _open(self, word: str) -> list[_Opening]:
        """Return what a word begins, and keep it."""
        openings: list[_Opening] = []
        for at in range(min(len(word), LONGEST + 1)):
            if at == 1 and word[0] not in LETTERS:
                break
            article = PROCLITICS.get(word[:at])
            if article is None:
                continue
            doubled = not article and at > 0 and word.startswith("لل", at - 1)
            rest = word[at:]
            for table, tree in enumerate(self._trees):
                node = tree.get(rest)
                if node is not None:
                    openings.append(_Opening(table, node, at - 2 if article else at, article=article, doubled=doubled))
        if len(self._openings) >= KEPT:
            self._openings = {}
        self._openings[word] = openings or self._nothing
        return openings


def _tree(table: Table) -> dict[str, _Node]:
    first: dict[str, _Node] = {}
    for (key, article), forms in table.items():
        parts = key.split(" ")
        node = first.setdefault(parts[0], _Node())
        for word in parts[1:]:
            if node.more is None:
                node.more = {}
            known = node.more.get(word)
            if known is None:
                known = node.more[word] = _Node()
            node = known
        if article:
            node.article = Reading(forms)
        else:
            node.plain = Reading(forms)
    return first


def _follow(openings: list[_Opening], cut: Cut, number: int, found: list[list[Hit]]) -> None:
    """Add the hits that begin in the word `number`."""
    position = cut.starts[number]
    for opening in openings:
        hits = found[opening.table]
        node = opening.node
        after = number + 1
        while True:
            start, reading = opening.start, node.article if opening.article else node.plain
            if reading is None and opening.doubled:
                start, reading = start - 1, node.article
            if reading is not None:
                _insert(hits, Hit(cut, position + start, number, after, reading))
            more = node.more
            following = more.get(cut.words[after]) if more is not None else None
            if following is None:
                break
            node = following
            after += 1


def _insert(hits: list[Hit], hit: Hit) -> None:
    """Add a hit to those before it, the longer first; only those of its own word can stand behind it."""
    hits.append(hit)
    i = len(hits) - 1
    while i > 0 and hits[i - 1].word == hit.word and _precedes(hit, hits[i - 1]):
        hits[i] = hits[i - 1]
        i -= 1
    hits[i] = hit


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
