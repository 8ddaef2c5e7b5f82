"""What has been read of one field: how far each mention reaches, what it brings with it, and what it covers."""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import mypyc_attr

from streams import offices
from streams.beginning import Beginning
from streams.claim import Claim, drop_from
from streams.cut import Cut
from streams.scan import Hit
from streams.spelled import Spelled
from streams.support import Support
from streams.who import NOBODY, Who

NEAR: Final = 400
"""So many characters at most lie between a leader's name and "his forces"."""


@final
@mypyc_attr(acyclic=True)
class Passage:
    """The mentions of a field so far, and what stands there that a later form may belong to or lie in."""

    def __init__(self, cut: Cut, support: Support, base: int) -> None:
        """Begin to read a field whose beginning is the place `base`, see Support."""
        self.claims: Final[list[Claim]] = []
        self.introductions: Final[list[Claim]] = []
        """Offices that one person holds, whose name may follow."""
        self.titles: Final[list[Beginning | None]] = [None] * len(cut.words)
        """Where a title begins, by the number of the word after it; so `_bodies` of a body."""
        self.covered = 0
        """Where the longest form that was read ends: what lies before it lies inside."""
        self.spelled: Final = Spelled(cut.line)
        self._cut: Final = cut
        self._support: Final = support
        self._base: Final = base
        self._bodies: Final[list[Beginning | None]] = [None] * len(cut.words)
        self._begin = 0
        self._nested = 0
        self._cover = NOBODY
        self._leader, self._led = NOBODY, 0

    def is_open(self, hit: Hit) -> bool:
        """Return whether what begins inside a longer form may still be read."""
        return self._begin < hit.start and hit.end <= self.covered and (hit.start >= self._nested or self._is_another_party(hit))

    def nests(self, hit: Hit, who: Who) -> bool:
        """Return whether an actor named inside a longer form counts: a leader in his force's name, a body in a leader's title."""
        if who is self._cover:
            return False
        if self._cover.person:
            return not (who.person or who.state)
        return who.person or self._is_another_party(hit)

    def _is_another_party(self, hit: Hit) -> bool:
        """Return whether a name inside a longer form follows from or to ("المدعومة من ...", "الموالية ل...")."""
        line = self._cut.line
        if line[hit.start : hit.start + 2] == "لل" or line[hit.word : hit.start].endswith("ل"):
            return self._cut.sort(hit.first - 1).loyal
        return self._cut.word(hit.first - 1) == "من"

    def entitle(self, hit: Hit) -> None:
        """Note a form that is a title; the first that ends at a place is the longest."""
        if self.titles[hit.after] is None:
            self.titles[hit.after] = hit

    def accept(self, hit: Hit, who: Who, rule: str) -> None:
        """Claim what `hit` means, from the first word that belongs to it to the last."""
        end, after = hit.end, hit.after
        longer: Beginning | None = None
        if rule == "role" or not (who.person or who.state):
            end, after = offices.tail(self._cut, hit)
        if who.person:
            longer = offices.person(self._cut, hit, self.titles, self._bodies)
            rule = self._name_leader(hit, who, rule, longer)
            self._claim_led(longer or hit, end, after, who)
        elif not who.state:
            longer = offices.body(self._cut, hit)
            self._bodies[after] = hit
        beginning = longer or hit
        claim = Claim(beginning.start, end, after, who, rule)
        if not (who.person or who.state):
            self.spelled.note(hit, claim)
        named = rule not in ("role", "people")
        if not named and who.person:
            self.titles[after] = beginning
        elif not who.person and (longer is not None or not named):
            self._introduce(claim, beginning, title=not named)
        self.claims.append(claim)
        voice = who.speaks_for(self._support.on)
        if voice is not None:
            self.claims.append(Claim(beginning.start, end, after, voice, "speaks for"))
        self.cover(hit.start, end, who)

    def _name_leader(self, hit: Hit, who: Who, rule: str, title: Beginning | None) -> str:
        """Note who was named last, whose title takes in what it is made of; return the rule, which the title may change."""
        self._leader, self._led = who, hit.end
        if title is None:
            return rule
        drop_from(self.claims, title.start, who)
        if who.heads is not None:
            self._specify(title.start, who.heads)
        return "title+name" if rule in ("name", "short", "context") else rule

    def office(self, hit: Hit, state: Who, *, genitive: bool) -> bool:
        """Claim the office of a state that ends with `hit`, if there is one."""
        beginning = offices.office(self._cut, hit, home=state.libyan, genitive=genitive)
        holder = state.holder(self._support.on) if beginning is not None else None
        if beginning is None or holder is None:
            return False
        if self._cut.sort(hit.after).former:
            if offices.is_held(self._cut, beginning):
                self.titles[hit.after] = beginning
            return True
        drop_from(self.claims, beginning.start, None)
        claim = Claim(beginning.start, hit.end, hit.after, holder, "office")
        self.spelled.note(beginning, claim)
        self._introduce(claim, beginning, title=True)
        self.claims.append(claim)
        self.cover(hit.start, hit.end, holder)
        return True

    def _introduce(self, claim: Claim, beginning: Beginning, *, title: bool) -> None:
        """Note an office that one person holds: his name may follow, to which it then belongs if it is a `title`."""
        if offices.is_held(self._cut, beginning):
            if title:
                self.titles[claim.after] = beginning
            if claim.after > beginning.first + 1:
                self.introductions.append(claim)

    def own(self, hit: Hit, field: str) -> None:
        """Claim the force or the government of the person who was named last: in "his", at most a sentence before."""
        target = self._leader.commands if field == "commands" else self._leader.heads
        if target is None:
            return
        line = self._cut.line
        his = not line.startswith("نا ", hit.end - 2)
        if his and (hit.start - self._led > NEAR or line.count(" . ", self._led, hit.start) > 1):
            return
        end, after = offices.tail(self._cut, hit)
        self.claims.append(Claim(hit.start, end, after, target, "own"))

    def cover(self, start: int, end: int, who: Who) -> None:
        """Note what is read: inside it only what nests counts, and inside that nothing."""
        if end > self.covered:
            self.covered, self._cover, self._begin, self._nested = end, who, start, start
        else:
            self._nested = end

    def _specify(self, start: int, government: Who) -> None:
        """Take the general name of a government in the title of the man who heads one for that one."""
        for i in range(len(self.claims) - 1, -1, -1):
            claim = self.claims[i]
            if claim.end <= start:
                break
            if claim.who.organ and claim.start >= start:
                self.claims[i] = Claim(claim.start, claim.end, claim.after, government, claim.rule)
                self._support.note(government, self._base + claim.end)

    def _claim_led(self, beginning: Beginning, end: int, after: int, who: Who) -> None:
        """Claim the force or the government that bears a leader's name ("قوات حفتر")."""
        if who.commands is None and who.heads is None:
            return
        start, rule = offices.commanded(self._cut, beginning)
        target = who.commands if rule == "commands" else who.heads
        if rule and target is not None and target is not self._cover:
            self.claims.append(Claim(start, end, after, target, rule))
