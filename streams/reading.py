"""One field read from its beginning to its end: which reading of each form holds, and how far a mention reaches."""

from __future__ import annotations

from datetime import date
from typing import Final

from streams import names, offices, speakers, states
from streams.claim import Claim, drop_from
from streams.cut import Cut
from streams.forms import Form, Kind, holds
from streams.gazetteer import Gazetteer
from streams.scan import Hit
from streams.spelled import Spelled
from streams.support import END, TEXT, Support
from streams.who import NOBODY, Who

UPRISING: Final = date(2011, 2, 17)
"""Before it Libya was a state among others in the news; since then its name mostly says where something happens."""
LINK: Final = 5
"""So many characters at most lie between two names of a list."""
NEAR: Final = 400
"""So many characters at most lie between a leader's name and "his forces"."""
Decision = tuple[str, str]
"""An actor and the rule."""


class Reader:
    """The state of reading one field; made for one call of `claims`."""

    def __init__(self, index: int, cut: Cut, hits: list[Hit], support: Support, gazetteer: Gazetteer) -> None:
        self._base = TEXT if index else 0
        self._cut = cut
        self._line = cut.line
        self._hits = hits
        self._support = support
        self._known = gazetteer
        self._who = gazetteer.who
        self._foreign = gazetteer.foreign
        self._claims: list[Claim] = []
        self._offices: list[Claim] = []
        self._titles: dict[int, int] = {}
        self._bodies: dict[int, int] = {}
        self._excluded: dict[str, int] = {}
        self._begin = 0
        self._covered = 0
        self._nested = 0
        self._cover = NOBODY
        self._state = (0, False)
        self._leader, self._led = NOBODY, 0
        self._spelled = Spelled()

    def claims(self) -> list[Claim]:
        """Return the mentions, in no particular order."""
        for number, hit in enumerate(self._hits):
            reading = hit.reading
            if reading.title:
                self._titles.setdefault(hit.end, hit.start)
            if reading.excluded:
                for actor in reading.excluded:
                    self._excluded[actor] = max(hit.end, self._excluded.get(actor, 0))
            inside = hit.start < self._covered
            if (inside and not self._open(hit)) or (reading.forms and self._decide(number, hit)) or inside:
                continue
            if reading.adjective:
                self._office(hit, reading.adjective, genitive=False)
            elif reading.own:
                self._own(hit, reading.own)
        if self._offices:
            self._claims += speakers.named(self._cut, self._offices, {c.end for c in self._claims})
        return self._claims

    def _decide(self, number: int, hit: Hit) -> bool:
        """Claim what the strongest reading of `hit` that holds says (a joint form: all of them); whether there is one."""
        forms: list[Form] = hit.reading.forms
        if self._excluded:
            forms = [f for f in forms if self._excluded.get(f.actor, 0) < hit.end]
        if forms and forms[0].kind == Kind.JOINT and hit.start >= self._covered:
            for form in forms:
                if form.kind == Kind.JOINT:
                    self._accept(hit, form.actor, "joint")
            return True
        for form in forms:
            who = self._who[form.actor]
            if hit.start < self._covered and not self._nests(hit, who):
                continue
            if (who.libyan or form.kind == Kind.WEAK) and self._cut.word(hit.after) in self._foreign:
                continue
            decision = self._rule(number, hit, form, forms)
            if decision:
                self._accept(hit, *decision)
                return True
        return False

    def _rule(self, number: int, hit: Hit, form: Form, forms: list[Form]) -> Decision | None:
        kind = form.kind
        who = self._who[form.actor]
        if kind == Kind.ROLE:
            return self._role(hit, forms)
        if kind == Kind.METONYM or (kind == Kind.NAME and who.state):
            return self._state_name(hit, form)
        if who.person and self._is_anothers(hit, who):
            return None
        if kind == Kind.NAME:
            return form.actor, "name"
        if kind == Kind.PEOPLE:
            return form.actor, "people"
        if kind not in (Kind.SHORT, Kind.WEAK) or names.goes_on(self._hits, number) or names.are_of(self._cut, hit):
            return None
        decision = self._short(hit, form, forms)
        if decision and kind == Kind.SHORT and who.state:
            return self._state_name(hit, form)
        return decision

    def _is_anothers(self, hit: Hit, who: Who) -> bool:
        """Return whether a man's form is another's here, or a surname given to another and never spelled out as his."""
        said = self._line[hit.start : hit.end]
        if names.is_another(self._cut, hit):
            self._spelled.surnames.add(said)
            return True
        return said in self._spelled.surnames and not who.commands and not self._support.spells(who.id)

    def _open(self, hit: Hit) -> bool:
        """Return whether what begins inside a longer form may still be read."""
        return self._begin < hit.start and hit.end <= self._covered and (hit.start >= self._nested or self._is_another_party(hit))

    def _nests(self, hit: Hit, who: Who) -> bool:
        """Return whether an actor named inside a longer form counts: a leader in his force's name, a body in a leader's title."""
        if who.id == self._cover.id:
            return False
        if self._cover.person:
            return not (who.person or who.state)
        return who.person or self._is_another_party(hit)

    def _is_another_party(self, hit: Hit) -> bool:
        """Return whether a name inside a longer form follows from or to ("المدعومة من ...", "الموالية ل...")."""
        if self._line.startswith("لل", hit.start) or self._line[hit.word : hit.start].endswith("ل"):
            return self._cut.sort(hit.first - 1).loyal
        return self._cut.word(hit.first - 1) == "من"

    def _role(self, hit: Hit, forms: list[Form]) -> Decision | None:
        if self._cut.sort(hit.first - 1).deputy:
            return None
        if self._cut.sort(hit.after).former:
            self._cover_with(hit.start, hit.end, NOBODY)
            return None
        roles = [f for f in forms if f.kind == Kind.ROLE]
        if not self._support.libyan:
            roles = [f for f in roles if not self._who[f.actor].libyan]
        held = [f for f in roles if f.holds(self._support.on)]
        best = None
        if self._support.loose or len({f.actor for f in held}) > 1:
            best = self._support.nearest(roles if self._support.loose else held, self._base + hit.start)
        best = best or (held[0] if held else None)
        return (self._shortened(hit, best.actor), "role") if best else None

    def _shortened(self, hit: Hit, actor: str) -> str:
        """Return the body whose name, read before, begins as this general one ("الحكومة الليبية المؤقتة"), else `actor`."""
        full = self._spelled.full(self._line[hit.start + 2 : hit.end + 1]) if actor in self._known.organs else ""
        if full:
            self._support.note(full, self._base + hit.end)
        return full or actor

    def _short(self, hit: Hit, form: Form, forms: list[Form]) -> Decision | None:
        if hit.reading.title and names.is_a_title(self._cut, hit):
            return None
        rivals = [f for f in forms if f.kind == form.kind]
        title = self._titles.get(hit.start - 1)
        if title is not None and form.kind == Kind.SHORT:
            for rival in rivals:
                if self._line[title : hit.start - 1] in self._known.titles(rival.actor):
                    return rival.actor, "title+name"
        reach = END if form.kind == Kind.SHORT or not self._base else self._base + names.clause(self._line, hit)
        best = self._support.nearest(rivals, self._base + hit.start, reach)
        if best and form.kind == Kind.SHORT:
            self._support.note(best.actor, self._base + hit.start)
        if best:
            return best.actor, "short" if form.kind == Kind.SHORT else "weak"
        if form.kind == Kind.SHORT and (full := self._spelled.full(self._line[hit.start + 2 : hit.end + 1])):
            return full, "short"
        own = self._own_state(hit, forms)
        if own or form.kind != Kind.SHORT:
            return own
        actor = next((f.actor for f in rivals if self._support.in_context(f.actor)), "")
        if actor:
            self._support.note(actor, self._base + hit.start)
        return (actor, "context") if actor else None

    def _own_state(self, hit: Hit, forms: list[Form]) -> Decision | None:
        """Return the state whose "وزارة الداخلية" is where the article names no owner.

        It is the outlet's own; but of a story that the title labels with another ("الجزائر : ...") that one's, and Libya's
        where its place is a Libyan town.
        """
        own = self._support.own_state(forms)
        if not own:
            return None
        own = self._support.label or (self._known.home if states.in_libya(self._cut, hit) else own)
        return self._known.holder(own, self._support.on), "own state"

    def _state_name(self, hit: Hit, form: Form) -> Decision | None:
        capital = form.kind == Kind.METONYM
        home = self._who[form.actor].libyan and (self._support.on is None or self._support.on >= UPRISING)
        free = (home or not capital) and hit.word == hit.start >= self._covered
        if free and self._office(hit, form.actor, genitive=True):
            return None
        link = self._line[self._state[0] : hit.start].strip() if hit.start - self._state[0] <= LINK else ""
        listed = link in ("و", "او") or (link in ("،", "، و") and not self._state[1] and not states.has_verb(self._cut, hit))
        acting = self._state[1] if listed else states.acts(self._cut, hit, home=home, capital=capital)
        self._state = hit.end, acting
        if not acting:
            self._cover_with(hit.start, hit.end, NOBODY)  # a shorter name in it is the same place
            return None
        return form.actor, "metonym" if capital else "state"

    def _office(self, hit: Hit, state: str, *, genitive: bool) -> bool:
        """Claim the office of a state that ends with `hit`, if there is one."""
        start = offices.office(self._cut, hit, home=self._who[state].libyan, genitive=genitive)
        holder = self._known.holder(state, self._support.on) if start is not None else ""
        if start is None or not holder:
            return False
        if self._is_held(start):
            self._titles[hit.end] = start
        if not self._cut.sort(hit.after).former:
            drop_from(self._claims, start, self._who, None)
            claim = Claim(start, hit.end, holder, "office")
            self._spelled.note(self._line[start + 2 : hit.end + 1], holder)
            self._claims.append(claim)
            self._offices.append(claim)
            self._cover_with(hit.start, hit.end, self._who[holder])
        return True

    def _is_held(self, start: int) -> bool:
        """Return whether what begins here is an office that one person holds, so that it may be his title."""
        return self._cut.sort_from(start).holder

    def _own(self, hit: Hit, field: str) -> None:
        """Claim the force or the government of the person who was named last: in "his", at most a sentence before."""
        target = self._leader.commands if field == "commands" else self._leader.heads
        his = not self._line.startswith("نا ", hit.end - 2)
        if target and not (his and (hit.start - self._led > NEAR or self._line.count(" . ", self._led, hit.start) > 1)):
            self._claims.append(Claim(hit.start, offices.tail(self._cut, hit), target, "own"))

    def _accept(self, hit: Hit, actor: str, rule: str) -> None:
        who = self._who[actor]
        start, end = hit.start, hit.end
        if rule == "role":
            end = offices.tail(self._cut, hit)
        if who.person:
            self._leader, self._led = who, hit.end
            start = offices.person(self._cut, hit, self._titles, self._bodies)
            if start < hit.start:
                drop_from(self._claims, start, self._who, who)
                self._specify(start, who.heads)
                rule = "title+name" if rule in ("name", "short", "context") else rule
            self._claim_led(start, end, who)
        elif not who.state:
            start, end = offices.body(self._cut, hit), offices.tail(self._cut, hit)
            self._bodies[end] = hit.start
            self._spelled.note(self._line[hit.start + 2 : end + 1], actor)
        claim = Claim(start, end, actor, rule)
        if rule in ("role", "people") and (who.person or self._is_held(start)):
            self._titles[end] = start
        if not who.person and (start < hit.start or rule in ("role", "people")):
            self._offices.append(claim)
        self._claims.append(claim)
        if who.speaks_for and holds(who.speaks_from, who.speaks_to, self._support.on):
            self._claims.append(Claim(start, end, who.speaks_for, "speaks for"))
        self._cover_with(hit.start, end, who)

    def _cover_with(self, start: int, end: int, who: Who) -> None:
        """Note what is read: inside it only what nests counts, and inside that nothing."""
        if end > self._covered:
            self._covered, self._cover, self._begin, self._nested = end, who, start, start
        else:
            self._nested = end

    def _specify(self, start: int, government: str) -> None:
        """Take the general name of a government in the title of the man who heads one for that one."""
        for i in range(len(self._claims) - 1, -1, -1):
            claim = self._claims[i]
            if claim.end <= start:
                break
            if government and claim.actor in self._known.organs and claim.start >= start:
                self._claims[i] = Claim(claim.start, claim.end, government, claim.rule)
                self._support.note(government, self._base + claim.end)

    def _claim_led(self, start: int, end: int, who: Who) -> None:
        """Claim the force or the government that bears a leader's name ("قوات حفتر")."""
        led = offices.commanded(self._cut, start) if who.commands or who.heads else None
        if led is not None:
            target = who.commands if led[1] == "commands" else who.heads
            if target and target != self._cover.id:
                self._claims.append(Claim(led[0], end, target, led[1]))
