"""The gazetteer: who can appear, under which forms, as TOML files that are checked on load; docs/gazetteer.md explains them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final

from khabar import arabic
from streams import entry, posts, signs, terms
from streams.entry import Actor, GazetteerError
from streams.forms import inflected
from streams.scan import Forms, table_of
from streams.who import Who, tied

DATA: Final = Path(__file__).with_name("gazetteer")
"""The folder of the shipped files, one per family of actors."""
ACTORS: Final = 0
SIGNS: Final = 1
LOADED: Final = 2
"""Tables of a gazetteer's forms: actors, signs of a country (streams/signs.py), loaded words (streams/terms.py)."""
RULES_VERSION: Final = "2"
"""Part of the generation: raised when the same data would be read by other rules."""


class Gazetteer:
    """All actors by id and their compiled forms. `generation` is a hash of the files' contents and the rules' version."""

    def __init__(self, actors: dict[str, Actor], generation: str) -> None:
        self.actors = actors
        self.generation = generation
        self._titles: dict[str, frozenset[str]] = {}
        self._contexts: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {}
        self._forms: Forms | None = None
        self._who: dict[str, Who] | None = None
        self._foreign: frozenset[str] | None = None
        self._outlets: dict[str, str] | None = None

    @property
    def forms(self) -> Forms:
        """The trees of all that is looked for (tables ACTORS, SIGNS, LOADED), built when first asked for."""
        if self._forms is None:
            actors = self.actors.values()
            self._forms = Forms(table_of(actors, self.who), signs.table(actors), terms.load().table)
        return self._forms

    @property
    def who(self) -> dict[str, Who]:
        """The actors as the rules ask for them, by id."""
        if self._who is None:
            self._who = tied(self.actors)
        return self._who

    def contexts(self, actor: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return folded beginnings of words that speak for a short form of the actor, and words that speak against it."""
        if actor not in self._contexts:
            known = self.actors[actor]
            stems = tuple(arabic.folded(w).removeprefix("ال") for w in known.context)
            self._contexts[actor] = stems, tuple(arabic.folded(w) for w in known.against)
        return self._contexts[actor]

    @property
    def foreign(self) -> frozenset[str]:
        """Folded adjectives of all states but Libya, with ال: after a Libyan body's form they make it another's."""
        if self._foreign is None:
            states = (a for a in self.actors.values() if a.type == "state" and not a.libyan)
            words = (arabic.folded(w) for a in states for w in inflected(a.nationality.adj))
            self._foreign = frozenset(w for w in words if w.startswith("ال"))
        return self._foreign

    @property
    def home(self) -> Who | None:
        """Libya, the state that the news is about."""
        return next((w for w in self.who.values() if w.state and w.libyan), None)

    @property
    def outlets(self) -> dict[str, str]:
        """The country code of each outlet that has an entry, by its folded names."""
        if self._outlets is None:
            media = [a for a in self.actors.values() if a.type == "media"]
            self._outlets = {arabic.folded(n): a.country for a in media for n in (a.name_en, a.name_ar, *a.names)}
        return self._outlets

    def titles(self, actor: str) -> frozenset[str]:
        """Return the folded titles that support a short form of the actor."""
        if actor not in self._titles:
            self._titles[actor] = frozenset(arabic.folded(t) for t in self.actors[actor].titles)
        return self._titles[actor]


def shipped() -> tuple[Path, ...]:
    """Return the paths of the shipped files, sorted."""
    return tuple(sorted(DATA.glob("*.toml")))


def files(more: Path | None) -> tuple[Path, ...]:
    """Return the shipped files, then those of the analysts' own folder, sorted."""
    return shipped() + (tuple(sorted(more.glob("*.toml"))) if more else ())


def load(paths: Sequence[Path] | None = None) -> Gazetteer:
    """Return the gazetteer of `paths` (default: the shipped files); the same contents give the same object.

    An entry of a file that is not shipped adds to the shipped one of its id, see entry.joined. Raises GazetteerError that
    names the file, the entry and the field.
    """
    return _build(tuple((p.name, _read(p), p.parent == DATA) for p in (shipped() if paths is None else paths)))


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as e:
        raise GazetteerError(f"{path}: cannot be read: {e}") from e


@lru_cache(maxsize=4)
def _build(sources: tuple[tuple[str, str, bool], ...]) -> Gazetteer:
    digest = hashlib.sha256(RULES_VERSION.encode())
    actors: dict[str, Actor] = {}
    held: dict[str, posts.Post] = {}
    home: dict[str, tuple[str, bool]] = {}
    for name, content, ours in sources:
        digest.update(content.encode())
        found = entry.tables(name, content, ("actor", "post"))
        for i, table in enumerate(found["actor"], 1):
            actor = entry.parse(name, i, table)
            _claim(home, f"actor {actor.id!r}", name, ours=ours)
            actors[actor.id] = entry.joined(actors[actor.id], actor) if actor.id in actors else actor
        for i, table in enumerate(found["post"], 1):
            post = posts.parse(name, i, table)
            _claim(home, f"post {post.id!r}", name, ours=ours)
            held[post.id] = posts.joined(held[post.id], post) if post.id in held else post
    _check_references(actors, held.values(), {label: name for label, (name, _) in home.items()})
    return Gazetteer(posts.fill(actors, held.values()), digest.hexdigest()[:16])


def _claim(home: dict[str, tuple[str, bool]], label: str, file: str, *, ours: bool) -> None:
    """Note where an entry stands; one that stands in a shipped file may be added to from a file that is not."""
    if label in home and (ours or not home[label][1]):
        raise GazetteerError(f"{file}: {label}: id: already defined in {home[label][0]}")
    home[label] = file, ours


def _check_references(actors: dict[str, Actor], held: Iterable[posts.Post], home: dict[str, str]) -> None:
    references = [
        (f"actor {actor.id!r}", field, target)
        for actor in actors.values()
        for field, target in (
            *((field, getattr(actor, field)) for field in ("member_of", "speaks_for", "commands", "heads")),
            *(("organs", organ.actor) for organ in actor.organs),
        )
    ]
    for post in held:
        if not post.forms:
            raise GazetteerError(f"{home[f'post {post.id!r}']}: post {post.id!r}: forms: must not be empty")
        references += [(f"post {post.id!r}", "holders", holder.actor) for holder in post.holders]
    for label, field, target in references:
        if target and target not in actors:
            raise GazetteerError(f"{home[label]}: {label}: {field}: no actor has the id {target!r}")
