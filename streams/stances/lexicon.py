"""The grammar of stances as data: acts, their verbs and nouns, and the words that steer a clause, compiled to word readings.

The TOML files beside this module hold roots and forms; `morphology` derives what is written. A reading says which verb or
noun a word of folded text may be, in which shape, after which clitics; a word may have several.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

import msgspec

from khabar import arabic
from khabar.errors import KhabarError
from khabar.schema import Mode, Polarity
from streams.stances.morphology import Kind, Shape, nominal, shapes

DATA: Final = Path(__file__).parent
RULES_VERSION: Final = "1"
"""Raised when the same data would be read by other rules."""


class LexiconError(KhabarError):
    """A stance data file is wrong; the message names file, entry and field."""


class Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A verb (root and form) or a noun (its forms) of an act.

    target: how its object is attached: "direct", or prepositions. noun_target: the same after masdar or participle.
    thing: the object may be something that is the target's (its plan, its camps, its attack).
    needs: one of these words must stand in the clause. place: it takes a place first, then من and the target.
    mutual: between two it goes both ways. held: an attack on a place is one on whoever is said to hold it.
    resolution: what is stopped is a resolution; the target is the actor it is about.
    misdeed: a deed of the subject that a speaker holds against him. agent: من and the holder may follow its participle.
    against: the word ضد itself. agent_only: it counts only where the doer is named.
    holder_noun: the noun names the holder (عدو، حليف), not the deed. kinds: only these shapes are used.
    negated: the id of the act that the verb states under a negation; without it a negation cancels.
    """

    root: str = ""
    form: int = 0
    masdars: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()
    target: tuple[str, ...] = ()
    noun_target: tuple[str, ...] = ()
    kinds: tuple[Kind, ...] = ("verb", "masdar", "active", "passive")
    needs: tuple[str, ...] = ()
    thing: bool = False
    place: bool = False
    mutual: bool = False
    held: bool = False
    resolution: bool = False
    against: bool = False
    misdeed: bool = False
    agent: bool = False
    agent_only: bool = False
    holder_noun: bool = False
    negated: str = ""

    @property
    def label(self) -> str:
        """A name for messages and rule names."""
        return f"{self.root}-{self.form}" if self.root else self.forms[0]


class Act(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What may be done or said for or against a target."""

    id: str
    polarity: Polarity
    mode: Mode
    gloss: str
    verbs: tuple[Entry, ...] = ()
    nouns: tuple[Entry, ...] = ()


class VerbRow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A verb outside the acts."""

    root: str
    form: int
    masdars: tuple[str, ...] = ()


class Forces(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Unnamed forces: their head nouns, who they are by whom they serve, and who they are otherwise."""

    heads: tuple[str, ...]
    other: str
    of: dict[str, str]


class Words(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """words.toml: closed classes of words, and verbs of saying and doing."""

    prepositions: tuple[str, ...]
    relatives: tuple[str, ...]
    complementisers: tuple[str, ...]
    negations: tuple[str, ...]
    cancelers: tuple[str, ...]
    hypotheticals: tuple[str, ...]
    modals: tuple[str, ...]
    affiliated: tuple[str, ...]
    auxiliaries: tuple[str, ...]
    starters: tuple[str, ...]
    by: tuple[str, ...]
    adverbs: tuple[str, ...]
    undertakings: tuple[str, ...]
    partitives: tuple[str, ...]
    members: tuple[str, ...]
    holding: tuple[str, ...]
    resolutions: tuple[str, ...]
    titles: tuple[str, ...]
    things: tuple[str, ...]
    places: tuple[str, ...]
    labels: tuple[str, ...]
    speech: tuple[VerbRow, ...]
    plain: tuple[VerbRow, ...]
    receive: tuple[VerbRow, ...]
    forces: Forces


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
    """The compiled grammar. `readings` and `classes` answer for one folded word; both remember what they were asked."""

    def __init__(self, acts: Iterable[Act], words: Words, generation: str) -> None:
        self.acts = {a.id: a for a in acts}
        self.generation = generation
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
        self.force_heads = frozenset(map(arabic.folded, words.forces.heads))
        self.clause_pronoun = {
            arabic.folded(word) + clitic: whom
            for word in ("أن", "إن", "بأن", "لأن", "وأن", "وإن", "لكن")
            for clitic, whom in _PRONOUNS.items()
        }
        for word in self.clause_pronoun:
            self._classes[word].add("complementisers")
        self.by = tuple(tuple(arabic.folded(phrase).split()) for phrase in words.by)
        self.readings = lru_cache(maxsize=100_000)(self._readings)
        self.classes = lru_cache(maxsize=100_000)(self._classes_of)

    def is_word(self, word: str) -> bool:
        """Return whether a folded word stands in the lexicon as it is, so that its first letter is no clitic."""
        return word in self._classes or word in self._surfaces

    def _add(self, act: Act, written: Entry) -> None:
        entry = msgspec.structs.replace(
            written, **{name: tuple(map(arabic.folded, getattr(written, name))) for name in ("target", "noun_target", "needs")}
        )
        made = shapes(entry.root, entry.form, entry.masdars) if entry.root else _nouns(entry.forms)
        for shape in made:
            if shape.kind == "noun" or shape.kind in entry.kinds:
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
            return frozenset({"prepositions"})
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
    """Return the compiled lexicon of the TOML files in `folder`; raises LexiconError that names file, entry and field."""
    files = {p.name: _parse(p) for p in sorted(folder.glob("*.toml"))}
    if "words.toml" not in files:
        raise LexiconError(f"{folder}: words.toml is missing")
    digest = hashlib.sha256(RULES_VERSION.encode())
    for p in sorted(folder.glob("*.toml")):
        digest.update(p.read_bytes())
    words = _convert("words.toml", "words", files.pop("words.toml"), Words)
    acts: dict[str, Act] = {}
    for name, document in files.items():
        for number, raw in enumerate(document.get("act", []), 1):
            act = _convert(name, f"act {raw.get('id') or number!r}", raw, Act)
            if act.id in acts:
                raise LexiconError(f"{name}: act {act.id!r}: id: defined twice")
            _check(name, act)
            acts[act.id] = act
    return Lexicon(acts.values(), words, digest.hexdigest()[:16])


def _parse(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as e:
        raise LexiconError(f"{path}: cannot be read: {e}") from e
    except tomllib.TOMLDecodeError as e:
        raise LexiconError(f"{path.name}: not TOML: {e}") from e


def _convert(file: str, entry: str, raw: Mapping[str, Any], kind: type[Any]) -> Any:
    try:
        return msgspec.convert(raw, kind)
    except msgspec.ValidationError as e:
        message, _, where = str(e).partition(" - at `$")
        raise LexiconError(f"{file}: {entry}: {where.strip('.`') or 'entry'}: {message}") from e


def _check(file: str, act: Act) -> None:
    for entry in (*act.verbs, *act.nouns):
        if bool(entry.root) == bool(entry.forms):
            raise LexiconError(f"{file}: act {act.id!r}: {entry}: give either root and form, or forms")
        if entry.root and (len(entry.root) not in (3, 4) or not 1 <= entry.form <= 10):
            raise LexiconError(
                f"{file}: act {act.id!r}: root {entry.root!r}: three letters (four in form 1), and a form from 1 to 10"
            )
        if entry.root and len(entry.root) == 3 and entry.form == 1 and "masdar" in entry.kinds and not entry.masdars:
            raise LexiconError(f"{file}: act {act.id!r}: root {entry.root!r}: masdars: form 1 must list them")
