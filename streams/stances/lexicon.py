"""The grammar of stances as data: acts, their verbs and nouns, and the words that steer a clause, compiled to word readings.

The TOML files beside this module hold roots and forms; `morphology` derives what is written. A reading says which verb or
noun a word of folded text may be, in which shape, after which clitics; a word may have several.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Final, Literal, NamedTuple

import msgspec

from khabar import arabic
from streams.stances.grammar import Act, Entry, Grammar, read
from streams.stances.morphology import Shape, nominal, shapes

DATA: Final = Path(__file__).parent


Role = Literal["act", "speech", "plain", "receive"]


class Reading(NamedTuple):
    """One way to read a word: its role, the act and entry (roles speech and plain have none), its shape and its clitics."""

    role: Role
    act: Act | None
    entry: Entry | None
    shape: Shape
    conj: bool = False
    prep: str = ""
    definite: bool = False


class Word(NamedTuple):
    """All that the lexicon says of a folded word, worked out once."""

    readings: tuple[Reading, ...]
    classes: frozenset[str]
    kind: str
    """What its closed classes make of it; "word" where only its place tells."""
    roles: frozenset[str]
    """The roles of its readings."""
    conj: bool
    """It begins with و that is no part of it."""
    cue: bool
    """A stance may hang on it."""
    needs: frozenset[str]
    """Not a cue unless one of these words stands beside it."""


CLASSES: Final = (
    "prepositions",
    "relatives",
    "complementisers",
    "negations",
    "cancelers",
    "hypotheticals",
    "modals",
    "affiliated",
    "auxiliaries",
    "starters",
    "adverbs",
    "undertakings",
    "partitives",
    "members",
    "holding",
    "resolutions",
    "titles",
    "things",
    "places",
    "labels",
)
_KINDS: Final = (
    ("relatives", "relative"),
    ("complementisers", "clause"),
    ("titles", "filler"),
    ("things", "filler"),
    ("adverbs", "filler"),
    ("auxiliaries", "filler"),
    ("pronouns", "filler"),
    ("prepositions", "preposition"),
    ("negations", "negation"),
)
"""The closed classes that decide the kind of a word, the strongest first."""
_PRONOUNS: Final = {"ه": "m", "ها": "f", "هم": "p", "هما": "p"}
_WITH_PRONOUN: Final = {
    "على": "علي",
    "إلى": "الي",
    "من": "من",
    "عن": "عن",
    "في": "في",
    "مع": "مع",
    "ضد": "ضد",
    "ب": "ب",
    "ل": "ل",
    "بين": "بين",
}


class Lexicon:
    """The compiled grammar. `word` answers for one folded word and remembers what it was asked."""

    def __init__(self, grammar: Grammar) -> None:
        self.acts = {a.id: a for a in grammar.acts}
        self.confidence = grammar.confidence
        self.generation = grammar.generation
        words = grammar.words
        self._surfaces: defaultdict[str, list[Reading]] = defaultdict(list)
        for act in self.acts.values():
            for entry in (*act.verbs, *act.nouns):
                self._add(act, entry)
        for role, rows in (("speech", words.speech), ("plain", words.plain), ("receive", words.receive)):
            for row in rows:
                for shape in shapes(row.root, row.form, row.masdars):
                    self._surfaces[shape.text].append(Reading(role, None, None, shape))  # type: ignore[arg-type] # a literal of the tuple above
        self._classes: defaultdict[str, set[str]] = defaultdict(set)
        for name in CLASSES:
            for word in getattr(words, name):
                self._classes[arabic.folded(word)].add(name)
        self.with_pronoun = {
            stem + clitic: (arabic.folded(prep), whom)
            for prep, stem in _WITH_PRONOUN.items()
            for clitic, whom in _PRONOUNS.items()
        }
        self.forces = words.forces
        self.adjectives = words.adjectives
        self.force_heads = frozenset(map(arabic.folded, words.forces.heads))
        self.clause_pronoun = {
            arabic.folded(word) + clitic: whom
            for word in ("أن", "إن", "بأن", "لأن", "وأن", "وإن", "لكن")
            for clitic, whom in _PRONOUNS.items()
        }
        for word in self.clause_pronoun:
            self._classes[word].add("complementisers")
        self.by = tuple(tuple(arabic.folded(phrase).split()) for phrase in words.by)
        self.by_first = frozenset(phrase[0] for phrase in self.by)
        self.word = lru_cache(maxsize=100_000)(self._word)

    def _word(self, text: str) -> Word:
        classes = self._classes_of(text)
        readings = () if "adverbs" in classes else self._readings(text)
        roles = frozenset(r.role for r in readings)
        own = text in self._classes or text in self._surfaces
        entries = [r.entry for r in readings if r.entry is not None]
        cue = "labels" in classes or any(not e.needs for e in entries)
        needs = frozenset(word for e in entries for word in e.needs)
        kind = "preposition" if text in ("ب", "ل") else next((kind for name, kind in _KINDS if name in classes), "word")
        return Word(readings, classes, kind, roles, text.startswith("و") and (not own or text == "و"), cue, needs)

    def _add(self, act: Act, written: Entry) -> None:
        entry = msgspec.structs.replace(
            written, **{name: tuple(map(arabic.folded, getattr(written, name))) for name in ("target", "noun_target", "needs")}
        )
        made = shapes(entry.root, entry.form, entry.masdars) if entry.root else _nouns(entry.forms)
        for shape in made:
            other = entry.singular and shape.plural and shape.kind == "masdar"
            if shape.kind == "noun" or (shape.kind in entry.kinds and not other):
                self._surfaces[shape.text].append(Reading("act", act, entry, shape))

    def _readings(self, word: str) -> tuple[Reading, ...]:
        """Return the readings of a folded word, without and with its clitics."""
        found = list(self._surfaces.get(word, ()))
        for conj, rest in _conjunctions(word):
            if conj:
                found += [r._replace(conj=True) for r in self._surfaces.get(rest, ())]
            for lead, prep, definite, nominal_only in _LEADS:
                stem = rest[len(lead) :]
                if len(stem) < 2 or not rest.startswith(lead):
                    continue
                for r in self._surfaces.get(stem, ()):
                    if (r.shape.kind == "verb") == nominal_only or (r.shape.kind == "verb" and r.shape.finished):
                        continue
                    if definite and r.shape.clitic:
                        continue
                    found.append(r._replace(conj=conj, prep=prep, definite=definite))
        return tuple(dict.fromkeys(found))

    def _classes_of(self, word: str) -> frozenset[str]:
        """Return the closed classes of a folded word; a leading و or ف is looked through."""
        found = self._classes.get(word)
        if found is None and word[:1] in "وف" and len(word) > 2:
            found = self._classes.get(word[1:])
        if found is None and word in self.with_pronoun:
            return frozenset({"pronouns"})
        return frozenset(found or ())


_LEADS: Final = (
    ("س", "", False, False),
    ("ل", "ل", False, False),
    ("ال", "", True, True),
    ("ب", "ب", False, True),
    ("بال", "ب", True, True),
    ("ل", "ل", False, True),
    ("لل", "ل", True, True),
    ("ك", "ك", False, True),
    ("كال", "ك", True, True),
)


def _conjunctions(word: str) -> tuple[tuple[bool, str], ...]:
    return ((False, word), (True, word[1:])) if word[:1] in ("و", "ف") and len(word) > 3 else ((False, word),)


def _nouns(forms: tuple[str, ...]) -> Iterable[Shape]:
    for form in forms:
        text = arabic.folded(form)
        yield from nominal(text, "noun")


@lru_cache(maxsize=2)
def load(folder: Path = DATA) -> Lexicon:
    """Return the compiled lexicon of the files in `folder`; raises LexiconError that names file, entry and field."""
    return Lexicon(read(folder))
