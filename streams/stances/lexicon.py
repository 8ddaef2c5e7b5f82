"""The grammar of stances as data: acts, their verbs and nouns, and the words that steer a clause, compiled to word readings.

The TOML files beside this module hold roots and forms; `morphology` derives what is written. A reading says which verb or
noun a word of folded text may be, in which shape, after which clitics; a word may have several.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Final, Literal, final

import msgspec

from khabar import arabic
from streams.stances.grammar import Act, Entry, Grammar, Words, read
from streams.stances.morphology import Shape, nominal, shapes

DATA: Final = Path(__file__).parent


Role = Literal["act", "speech", "plain", "receive"]


@final
class Reading:
    """One way to read a word: its role, the act and entry (roles speech and plain have none), its shape and its clitics."""

    def __init__(
        self,
        role: Role,
        act: Act | None,
        entry: Entry | None,
        shape: Shape,
        *,
        conj: bool = False,
        prep: str = "",
        definite: bool = False,
    ) -> None:
        self.role: Final = role
        self.act: Final = act
        self.entry: Final = entry
        self.shape: Final = shape
        self.conj: Final = conj
        self.prep: Final = prep
        self.definite: Final = definite

    def after(self, *, conj: bool, prep: str = "", definite: bool = False) -> Reading:
        """Return the same reading with clitics before it."""
        return Reading(self.role, self.act, self.entry, self.shape, conj=conj, prep=prep, definite=definite)

    def key(self) -> tuple[object, ...]:
        """Return what makes a reading another than the next."""
        return (self.role, self.act, self.entry, self.shape.key(), self.conj, self.prep, self.definite)


@final
class Word:
    """All that the lexicon says of a folded word or mark, worked out once; those of which it says nothing share one.

    kind: what its closed classes make of it; "word" where only its place tells. roles: those of its readings. conj: it
    begins with و that is no part of it. cue: a stance may hang on it. needs: it is none unless one of these words stands
    beside it. thing: with or without its clitics a thing or deed, after which a state's adjective is the state.
    """

    def __init__(
        self, readings: tuple[Reading, ...], classes: frozenset[str], kind: str, *, conj: bool, mark: bool, thing: bool = False
    ) -> None:
        self.readings: Final = readings
        self.classes: Final = classes
        self.kind: Final = kind
        self.conj: Final = conj
        self.mark: Final = mark
        self.roles: Final[frozenset[str]] = frozenset([r.role for r in readings])
        entries = [r.entry for r in readings if r.entry is not None]
        self.cue: Final = "labels" in classes or any(not e.needs for e in entries)
        self.needs: Final = frozenset([words.split(" ", 1)[0] for e in entries for words in e.needs])
        self.speech: Final = "speech" in self.roles
        self.thing: Final = thing


_UNKNOWN: Final = Word((), frozenset(), "word", conj=False, mark=False)
_UNKNOWN_AND: Final = Word((), frozenset(), "word", conj=True, mark=False)
_MARK: Final = Word((), frozenset(), "word", conj=False, mark=True)

NO_CLASSES: Final = frozenset(("by", "received", "said", "speech", "plain", "receive", "forces", "adjectives"))
CLASSES: Final = tuple(name for name in Words.__struct_fields__ if name not in NO_CLASSES)
"""The keys of words.toml that hold a closed class of words."""
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
HANNA: Final = "هنأ"
"""«Congratulated», which folding writes like «here»; this spelling is looked up where the original has the hamza."""
NEGATIVES: Final = ("لم", "لن", "لا", "ولم", "ولن", "ولا", "عدم", "رفض", "رفضه", "رفضها", "يرفض", "ترفض")
"""One of them stands where a word counts only under a negation: with the imperfect («لن يقبل») or the masdar («عدم قبول»)."""
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
    "خلف": "خلف",
    "وراء": "وراء",
    "بجانب": "بجانب",
    "إلى جانب": "جانب",
}


MOST_KNOWN: Final = 100_000
"""So many words are remembered; then it begins anew."""


class Lexicon:
    """The compiled grammar. `word` answers for one folded word and remembers what it was asked."""

    def __init__(self, grammar: Grammar) -> None:
        self.acts = {a.id: a for a in grammar.acts}
        self.confidence = grammar.confidence
        self.generation = grammar.generation
        words = grammar.words
        self.companions: dict[int, frozenset[str]] = {}
        """What an entry needs beside it, by the entry's identity; the readings keep the entries."""
        self._surfaces: defaultdict[str, list[Reading]] = defaultdict(list)
        for act in self.acts.values():
            for entry in (*act.verbs, *act.nouns):
                self._add(act, entry)
        for role, rows in (("speech", words.speech), ("plain", words.plain), ("receive", words.receive)):
            for row in rows:
                for shape in shapes(row.root, row.form, row.masdars):
                    self._surfaces[shape.text].append(Reading(role, None, None, shape))  # type: ignore[arg-type] # a literal of the tuple above
        for word in map(arabic.folded, words.received):
            self._surfaces[word].append(Reading("receive", None, None, Shape(word, "verb", finished=True)))
        for word in map(arabic.folded, words.said):
            gender = "f" if word[0] == "ت" or word[-1] == "ت" else "m"
            self._surfaces[word].append(Reading("speech", None, None, Shape(word, "verb", gender, finished=True)))
        for conjunction in ("", "و"):
            self._surfaces[conjunction + HANNA] = [r.after(conj=bool(conjunction)) for r in self._surfaces[arabic.folded(HANNA)]]
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
        self._known: dict[str, Word] = {}

    def word(self, text: str) -> Word:
        """Return what is said of a folded word or mark."""
        known = self._known.get(text)
        if known is None:
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            known = self._known[text] = self._word(text)
        return known

    def words(self, texts: list[str]) -> list[Word]:
        """Return what is said of each."""
        known = self._known
        return [known.get(text) or self.word(text) for text in texts]

    def _word(self, text: str) -> Word:
        classes = self._classes_of(text)
        readings: tuple[Reading, ...] = () if "adverbs" in classes else self._readings(text)
        own = text in self._classes or text in self._surfaces
        kind = "preposition" if text in ("ب", "ل") else next((kind for name, kind in _KINDS if name in classes), "word")
        conj = text.startswith("و") and (not own or text == "و")
        mark = not text[:1].isalnum()
        thing = self._is_thing(text, readings)
        if kind == "word" and not readings and not classes and not thing:
            return _MARK if mark else _UNKNOWN_AND if conj else _UNKNOWN
        return Word(readings, classes, kind, conj=conj, mark=mark, thing=thing)

    def _is_thing(self, text: str, readings: tuple[Reading, ...]) -> bool:
        if any(r.shape.kind in ("masdar", "noun") for r in readings):
            return True
        bare = text[1:] if text[:1] in "وف" and len(text) > 4 else text
        stems = [bare.removeprefix(lead) for lead in ("", "ال", "بال", "لل", "ب", "ل", "كال") if bare.startswith(lead)]
        return any("things" in self._classes.get(stem, ()) for stem in stems)

    def _add(self, act: Act, written: Entry) -> None:
        entry = msgspec.structs.replace(
            written, **{name: tuple(map(arabic.folded, getattr(written, name))) for name in ("target", "noun_target", "needs")}
        )
        if entry.only_negated:
            entry = msgspec.structs.replace(entry, needs=NEGATIVES)
        self.companions[id(entry)] = frozenset(entry.needs)
        made = shapes(entry.root, entry.form, entry.masdars) if entry.root else _nouns(entry.forms)
        for shape in made:
            other = (entry.singular and shape.plural and shape.kind == "masdar") or (entry.only_negated and shape.finished)
            if shape.kind == "noun" or (shape.kind in entry.kinds and not other):
                self._surfaces[shape.text].append(Reading("act", act, entry, shape))

    def _readings(self, word: str) -> tuple[Reading, ...]:
        """Return the readings of a folded word, without and with its clitics."""
        found = list(self._surfaces.get(word, ()))
        for conj, rest in _conjunctions(word):
            if conj:
                found += [r.after(conj=True) for r in self._surfaces.get(rest, ())]
            for lead, prep, definite, nominal_only in _LEADS:
                stem = rest[len(lead) :]
                if len(stem) < 2 or not rest.startswith(lead):
                    continue
                for r in self._surfaces.get(stem, ()):
                    if (r.shape.kind == "verb") == nominal_only or (r.shape.kind == "verb" and r.shape.finished):
                        continue
                    if definite and r.shape.clitic:
                        continue
                    found.append(r.after(conj=conj, prep=prep, definite=definite))
        distinct: dict[tuple[object, ...], Reading] = {}
        for r in found:
            distinct.setdefault(r.key(), r)
        return tuple(distinct.values())

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
