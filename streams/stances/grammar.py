"""The stance data files: what they may hold, read and checked; `lexicon` compiles them.

oppose.toml and support.toml hold acts, words.toml the closed classes of words, rules.toml how sure each rule is.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec

from khabar.errors import KhabarError
from khabar.schema import Mode, Polarity
from streams.stances.morphology import Kind

RULES_VERSION: Final = "3"
"""Raised when the same data would be read by other rules."""


class LexiconError(KhabarError):
    """A stance data file is wrong; the message names file, entry and field."""


class Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A verb (root and form) or a noun (its forms) of an act.

    target: how its object is attached: "direct", or prepositions. noun_target: the same after masdar or participle.
    thing: the object may be something that is the target's (its plan, its camps, its attack).
    needs: one of these words (two in a row where an entry has two) must stand in the clause.
    place: it takes a place first, then من and the target.
    mutual: between two it goes both ways. held: an attack on a place is one on whoever is said to hold it.
    resolution: what is stopped is a resolution; the target is the actor it is about.
    misdeed: a deed of the subject that a speaker holds against him.
    against: the word ضد itself. agent_only: it counts only where the doer is named.
    holder_noun: the noun names the holder (عدو، حليف), not the deed. kinds: only these shapes are used.
    singular: the plural of its masdar means something else.
    negated: the id of the act that the verb states under a negation; without it a negation cancels.
    only_negated: it states its act under a negation and nothing without («لن نقبل بـب»).
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
    agent_only: bool = False
    holder_noun: bool = False
    singular: bool = False
    negated: str = ""
    only_negated: bool = False

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
    said: bool = False
    """Whoever does it says it: the stance is quoted, and he is the speaker."""
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
    requests: tuple[str, ...]
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
    received: tuple[str, ...]
    said: tuple[str, ...]
    forces: Forces
    adjectives: dict[str, tuple[str, ...]]


class Confidence(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """rules.toml: how sure each rule is, and what is taken off for a weaker reading."""

    confidence: dict[str, float]
    less: dict[str, float]


class Grammar(NamedTuple):
    """All that the files hold, and a hash of their contents and the rules' version."""

    acts: tuple[Act, ...]
    words: Words
    confidence: Confidence
    generation: str


def read(folder: Path) -> Grammar:
    """Return what the TOML files in `folder` hold; raises LexiconError that names file, entry and field."""
    files = {p.name: _parse(p) for p in sorted(folder.glob("*.toml"))}
    for name in ("words.toml", "rules.toml"):
        if name not in files:
            raise LexiconError(f"{folder}: {name} is missing")
    digest = hashlib.sha256(RULES_VERSION.encode())
    for p in sorted(folder.glob("*.toml")):
        digest.update(p.read_bytes())
    words = _convert("words.toml", "words", files.pop("words.toml"), Words)
    confidence = _convert("rules.toml", "rules", files.pop("rules.toml"), Confidence)
    acts: dict[str, Act] = {}
    for name, document in files.items():
        for number, raw in enumerate(document.get("act", []), 1):
            act = _convert(name, f"act {raw.get('id') or number!r}", raw, Act)
            if act.id in acts:
                raise LexiconError(f"{name}: act {act.id!r}: id: defined twice")
            _check(name, act)
            acts[act.id] = act
    for act in acts.values():
        for entry in act.verbs:
            if entry.negated and entry.negated not in acts:
                raise LexiconError(f"act {act.id!r}: {entry.label}: negated: no act has the id {entry.negated!r}")
    return Grammar(tuple(acts.values()), words, confidence, digest.hexdigest()[:16])


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
        shape = (len(entry.root), entry.form)
        if entry.root and not (shape == (4, 1) or (shape[0] == 3 and 1 <= shape[1] <= 10)):
            raise LexiconError(
                f"{file}: act {act.id!r}: root {entry.root!r}: three letters (four in form 1), and a form from 1 to 10"
            )
        if entry.root and len(entry.root) == 3 and entry.form == 1 and "masdar" in entry.kinds and not entry.masdars:
            raise LexiconError(f"{file}: act {act.id!r}: root {entry.root!r}: masdars: form 1 must list them")
