"""One field read from its beginning to its end: which reading of each form holds, and how far a mention reaches."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from streams import offices, speakers, states, words
from streams.claim import Claim
from streams.entry import Actor
from streams.forms import Form, Hit, Kind
from streams.gazetteer import Gazetteer
from streams.support import Support
from streams.words import after, before, stem_in

FORMER = frozenset({"السابق", "السابقه", "الاسبق", "سابقا", "السابقين", "سابق", "سابقه", "اسبق", "سابقين", "سابقون"})


SWALLOWED = frozenset({"office", "weak", "speaks for"})
"""Rules whose claims a person's title takes in; a body that it calls by its name stays an actor (guideline, ruling 11)."""


NOBODY = Actor(id="", name_ar="", name_en="", type="group")


class Reading:
    """The state of reading one field; made for one call of `claims`."""

    def __init__(self, index: int, line: str, hits: Sequence[Hit], support: Support, gazetteer: Gazetteer) -> None:
        self._index = index
        self._line = line
        self._hits = hits
        self._support = support
        self._known = gazetteer
        self._actors = gazetteer.actors
        self._words = words.load()
        self._claims: list[Claim] = []
        self._titles = offices.Left()
        self._bodies = offices.Left()
        self._excluded: dict[str, int] = {}
        self._covered = 0
        self._nested = 0
        self._cover = NOBODY
        self._state = (0, False)
        self._number = 0

    def claims(self) -> list[Claim]:
        """Return the mentions, in no particular order."""
        for number, hit in enumerate(self._hits):
            self._number = number
            for form in hit.forms:
                if form.kind is Kind.EXCLUDED:
                    self._excluded[form.actor] = max(hit.end, self._excluded.get(form.actor, 0))
                elif form.kind is Kind.TITLE:
                    self._titles.setdefault(hit.end, hit.start)
            for actor, rule in self._decide(hit):
                self._accept(hit, actor, rule)
        return self._claims + speakers.named(self._line, self._claims, self._words)

    def _decide(self, hit: Hit) -> list[tuple[str, str]]:
        """Return whom `hit` means, each with the rule: the strongest reading that holds, or all that share a joint form."""
        readings = [f for f in hit.forms if Kind.EXCLUDED < f.kind < Kind.TITLE and self._excluded.get(f.actor, 0) < hit.end]
        if readings and readings[0].kind is Kind.JOINT and hit.start >= self._covered:
            return [(f.actor, "joint") for f in readings if f.kind is Kind.JOINT]
        for form in readings:
            decided = self._rule(hit, form, readings)
            if decided:
                return [decided]
        adjective = next((f for f in hit.forms if f.kind is Kind.ADJECTIVE), None)
        if adjective and hit.start >= self._covered:
            self._office(hit, adjective.actor)
        return []

    def _rule(self, hit: Hit, form: Form, readings: Sequence[Form]) -> tuple[str, str] | None:
        actor = self._actors[form.actor]
        if hit.start < self._covered and not self._nests(hit, actor):
            return None
        if form.kind is Kind.ROLE:
            return self._role(hit, readings)
        if form.kind is Kind.METONYM or (form.kind is Kind.NAME and actor.type == "state"):
            return self._state_name(hit, form)
        if actor.type == "person" and self._is_anothers_surname(hit):
            return None
        if form.kind in (Kind.NAME, Kind.PEOPLE):
            return form.actor, form.kind.name.lower()
        if form.kind in (Kind.SHORT, Kind.WEAK) and not self._runs_into_a_name(hit) and not self._are_of(hit):
            return self._short(hit, form, readings)
        return None

    def _nests(self, hit: Hit, actor: Actor) -> bool:
        """Return whether an actor named inside a longer form counts: a leader in his force's name, a body in a leader's title."""
        if hit.end > self._covered or hit.start < self._nested or actor.id == self._cover.id:
            return False
        if self._cover.type == "person":
            return actor.type not in ("person", "state")
        return actor.type == "person" or before(self._line, hit.word)[1] == "من"

    def _role(self, hit: Hit, readings: Sequence[Form]) -> tuple[str, str] | None:
        if after(self._line, hit.end) in FORMER:
            return None
        roles = [f for f in readings if f.kind is Kind.ROLE]
        held = [f for f in roles if f.holds(self._support.on)]
        best = None
        if self._support.loose or len({f.actor for f in held}) > 1:
            best = self._support.nearest(roles if self._support.loose else held, (self._index, hit.start))
        best = best or (held[0] if held else None)
        return (best.actor, "role") if best else None

    def _short(self, hit: Hit, form: Form, readings: Sequence[Form]) -> tuple[str, str] | None:
        if any(f.kind is Kind.TITLE for f in hit.forms) and self._somebody_else(hit):
            return None
        rivals = [f for f in readings if f.kind is form.kind]
        title = self._titles.get(hit.start - 1)
        if title is not None and form.kind is Kind.SHORT:
            said = self._line[title : hit.start - 1]
            for rival in rivals:
                if said in self._known.titles(rival.actor):
                    return rival.actor, "title+name"
        best = self._support.nearest(rivals, (self._index, hit.start))
        if best:
            return best.actor, form.kind.name.lower()
        if form.kind is Kind.SHORT:
            return next(((f.actor, "context") for f in rivals if self._support.in_context(f.actor)), None)
        return None

    def _is_anothers_surname(self, hit: Hit) -> bool:
        """Return whether one word stands for a person after a given name that is not in any form of his."""
        if " " in self._line[hit.start : hit.end]:
            return False
        return hit.word == hit.start and before(self._line, hit.start)[1] in self._words.given

    def _runs_into_a_name(self, hit: Hit) -> bool:
        later = itertools.islice(self._hits, self._number + 1, None)
        inside = itertools.takewhile(lambda h: h.start < hit.end, later)
        return any(h.end > hit.end and any(Kind.EXCLUDED < f.kind <= Kind.PEOPLE for f in h.forms) for h in inside)

    def _are_of(self, hit: Hit) -> bool:
        """Return whether people called by a general word are said to be of a body ("متشددون من تنظيم ...")."""
        return self._line.startswith(" من ", hit.end) and stem_in(self._words.parts, after(self._line, hit.end + 3)) >= 0

    def _somebody_else(self, hit: Hit) -> bool:
        """Return whether a word that can be a title seems to be one: a bare noun follows, most likely a name."""
        word = after(self._line, hit.end)
        if not word or word[0] in ".،" or word.startswith("ال"):
            return False
        return word not in self._words.function and not self._words.is_act(word)

    def _state_name(self, hit: Hit, form: Form) -> tuple[str, str] | None:
        home = self._actors[form.actor].libyan
        free = (form.kind is Kind.NAME or home) and hit.word == hit.start and hit.start >= self._covered
        if free and self._office(hit, form.actor, genitive=True):
            return None
        listed = self._line[self._state[0] : hit.start] in (" و", " و ")
        capital = form.kind is Kind.METONYM
        acting = self._state[1] if listed else states.acts(self._line, hit, self._words, home=home, capital=capital)
        self._state = hit.end, acting
        if not acting:
            return None
        return form.actor, "metonym" if capital else "state"

    def _office(self, hit: Hit, state: str, *, genitive: bool = False) -> bool:
        """Claim the office of a state that ends with `hit`, if there is one."""
        heads = self._words.home_heads if self._actors[state].libyan else self._words.heads
        start = offices.office(self._line, hit, self._words, heads=heads, genitive=genitive)
        holder = self._holder(state) if start is not None else ""
        if start is None or not holder:
            return False
        self._titles[hit.end] = start
        if after(self._line, hit.end) not in FORMER:
            self._claims.append(Claim(start, hit.end, holder, "office"))
            self._cover_with(hit, self._actors[holder])
        return True

    def _cover_with(self, hit: Hit, actor: Actor) -> None:
        self._nested = hit.end
        if hit.end > self._covered:
            self._covered, self._cover, self._nested = hit.end, actor, hit.start

    def _holder(self, state: str) -> str:
        """Return the actor that a state's offices stand for at the article's date, "" for none."""
        organs = self._actors[state].organs
        if not organs:
            return state
        return next((o.actor for o in organs if Form(Kind.ROLE, o.actor, o.since, o.until).holds(self._support.on)), "")

    def _accept(self, hit: Hit, actor: str, rule: str) -> None:
        entry = self._actors[actor]
        if entry.type == "person":
            start = offices.person(self._line, hit, self._titles, self._bodies, self._words)
            if start < hit.start:
                self._claims = [c for c in self._claims if c.start < start or c.end > hit.end or not self._swallowed(c, entry)]
                rule = "title+name" if rule in ("name", "short", "context") else rule
            self._claims += self._led(start, hit.end, actor)
        else:
            start = hit.start if entry.type == "state" else offices.body(self._line, hit, self._words)
            self._bodies[hit.end] = hit.start
        if rule == "role":
            self._titles[hit.end] = start
        self._claims.append(Claim(start, hit.end, actor, rule))
        if entry.speaks_for and Form(Kind.ROLE, actor, entry.speaks_from, entry.speaks_to).holds(self._support.on):
            self._claims.append(Claim(start, hit.end, entry.speaks_for, "speaks for"))
        self._cover_with(hit, entry)

    def _swallowed(self, claim: Claim, holder: Actor) -> bool:
        """Return whether a claim inside a person's title is only part of the title."""
        other = self._actors[claim.actor].type == "person" and claim.rule == "role"
        return other or claim.rule in SWALLOWED or claim.actor == holder.commands

    def _led(self, start: int, end: int, actor: str) -> Iterator[Claim]:
        led = offices.commanded(self._line, start, self._words)
        target = getattr(self._actors[actor], led[1]) if led else ""
        if led and target:
            yield Claim(led[0], end, target, led[1])
