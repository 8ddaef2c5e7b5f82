"""One field read from its beginning to its end: which reading of each form holds."""

from __future__ import annotations

from datetime import date
from typing import Final, final

from mypy_extensions import mypyc_attr

from streams import names, speakers, states
from streams.claim import Claim, ordered
from streams.cut import Cut
from streams.forms import Form, Kind
from streams.gazetteer import Gazetteer
from streams.passage import Passage
from streams.scan import Hit
from streams.support import Support
from streams.who import NOBODY, Who

UPRISING: Final = date(2011, 2, 17)
"""Before it Libya was a state among others in the news; since then its name mostly says where something happens."""
LINK: Final = 5
"""So many characters at most lie between two names of a list."""
Decision = tuple[Who, str]
"""An actor and the rule, or NONE."""
NONE: Final[Decision] = (NOBODY, "")


@final
@mypyc_attr(acyclic=True)
class Reader:
    """The state of reading one field; made for one call of `claims`."""

    def __init__(self, index: int, cut: Cut, hits: list[Hit], support: Support, gazetteer: Gazetteer) -> None:
        self._base: Final = support.below if index else 0
        self._cut: Final = cut
        self._line: Final = cut.line
        self._hits: Final = hits
        self._support: Final = support
        self._known: Final = gazetteer
        self._foreign: Final = gazetteer.foreign
        self._recent: Final = support.on is None or support.on >= UPRISING
        self._passage: Final = Passage(cut, support, self._base)
        self._excluded: Final[dict[Who, int]] = {}
        self._state = (0, False)

    def claims(self) -> list[Claim]:
        """Return the mentions in order, see Claim.precedes."""
        passage = self._passage
        for number, hit in enumerate(self._hits):
            reading = hit.reading
            if reading.title:
                passage.entitle(hit)
            for who in reading.excluded:
                self._excluded[who] = max(hit.end, self._excluded.get(who, 0))
            inside = hit.start < passage.covered
            if (inside and not passage.is_open(hit)) or (reading.forms and self._decide(number, hit)) or inside:
                continue
            if reading.adjective is not None:
                passage.office(hit, reading.adjective, genitive=False)
            elif reading.own:
                passage.own(hit, reading.own)
        claims = ordered(passage.claims)
        return speakers.followed(self._cut, claims, passage.introductions) if passage.introductions else claims

    def _decide(self, number: int, hit: Hit) -> bool:
        """Claim what the strongest reading of `hit` that holds says (a joint form: all of them); whether there is one."""
        forms: list[Form] = hit.reading.forms
        if self._excluded:
            forms = [f for f in forms if self._excluded.get(f.who, 0) < hit.end]
        if forms and forms[0].kind == Kind.JOINT and hit.start >= self._passage.covered:
            for form in forms:
                if form.kind == Kind.JOINT:
                    self._passage.accept(hit, form.who, "joint")
            return True
        for form in forms:
            if hit.start < self._passage.covered and not self._passage.nests(hit, form.who):
                continue
            if (form.who.libyan or form.kind == Kind.WEAK) and self._cut.word(hit.after) in self._foreign:
                continue
            who, rule = self._rule(number, hit, form, forms)
            if rule:
                self._passage.accept(hit, who, rule)
                return True
        return False

    def _rule(self, number: int, hit: Hit, form: Form, forms: list[Form]) -> Decision:
        kind = form.kind
        who = form.who
        if kind == Kind.ROLE:
            return self._role(hit, forms)
        if kind == Kind.METONYM or (kind == Kind.NAME and who.state):
            return self._state_name(hit, form)
        if who.person and self._is_anothers(hit, who):
            return NONE
        if kind == Kind.NAME:
            return who, "name"
        if kind == Kind.PEOPLE:
            return who, "people"
        if kind not in (Kind.SHORT, Kind.WEAK) or names.goes_on(self._hits, number) or names.are_of(self._cut, hit):
            return NONE
        if hit.reading.title and names.is_a_title(self._cut, hit):
            return NONE
        rivals = forms if len(forms) == 1 else [f for f in forms if f.kind == kind]
        decision = self._short(hit, rivals, forms) if kind == Kind.SHORT else self._weak(hit, rivals, forms)
        if decision[1] and kind == Kind.SHORT and who.state:
            return self._state_name(hit, form)
        return decision

    def _is_anothers(self, hit: Hit, who: Who) -> bool:
        """Return whether a man's form is another's here, or a surname given to another and never spelled out as his."""
        surnames = self._passage.spelled.surnames
        if names.is_another(self._cut, hit):
            surnames.add(self._line[hit.start : hit.end])
            return True
        if not surnames or self._line[hit.start : hit.end] not in surnames:
            return False
        return who.commands is None and not self._support.spells(who)

    def _role(self, hit: Hit, forms: list[Form]) -> Decision:
        if self._cut.sort(hit.first - 1).deputy:
            return NONE
        if self._cut.sort(hit.after).former:
            self._passage.cover(hit.start, hit.end, NOBODY)
            return NONE
        roles = [f for f in forms if f.kind == Kind.ROLE and (self._support.libyan or not f.who.libyan)]
        held = [f for f in roles if f.holds(self._support.on)]
        best = None
        if self._support.loose or len({f.actor for f in held}) > 1:
            best = self._support.nearest(roles if self._support.loose else held, self._base + hit.start)
        if best is None and held:
            best = held[0]
        return (self._shortened(hit, best.who), "role") if best is not None else NONE

    def _shortened(self, hit: Hit, who: Who) -> Who:
        """Return the body whose name, read before, begins as this general one ("الحكومة الليبية المؤقتة"), else `who`."""
        full = self._passage.spelled.full(hit.start, hit.end) if who.organ else None
        if full is None:
            return who
        self._support.note(full, self._base + hit.end)
        return full

    def _short(self, hit: Hit, rivals: list[Form], forms: list[Form]) -> Decision:
        """Decide a short form: by a title of its own, by what the article names, by the outlet, by context."""
        title = self._passage.titles[hit.first] if hit.start == hit.word else None
        if title is not None:
            said = self._line[title.start : hit.start - 1]
            for rival in rivals:
                if said in self._known.titles(rival.actor):
                    return rival.who, "title+name"
        place = self._base + hit.start
        best = self._support.nearest(rivals, place)
        if best is not None:
            self._support.note(best.who, place)
            return best.who, "short"
        full = self._passage.spelled.full(hit.start, hit.end)
        if full is not None:
            return full, "short"
        own = self._own_state(hit, forms)
        if own is not None:
            return own, "own state"
        for rival in rivals:
            if self._support.in_context(rival.who):
                self._support.note(rival.who, place)
                return rival.who, "context"
        return NONE

    def _weak(self, hit: Hit, rivals: list[Form], forms: list[Form]) -> Decision:
        """Decide a general word: by what the article names before it, or explains it by soon after, or by the outlet."""
        best = self._support.nearest(rivals, self._base + hit.start)
        if best is not None and self._explains(best.who, hit):
            return best.who, "weak"
        own = self._own_state(hit, forms)
        return (own, "own state") if own is not None else NONE

    def _explains(self, who: Who, hit: Hit) -> bool:
        """Return whether an actor of the article is named before a general word or soon after; in a title, or below it."""
        first = self._support.first(who)
        return first <= self._base + hit.start or not self._base or first < self._base + names.clause(self._line, hit)

    def _own_state(self, hit: Hit, forms: list[Form]) -> Who | None:
        """Return the state whose "وزارة الداخلية" is where the article names no owner.

        It is the outlet's own; but of a story that the title labels with another ("الجزائر : ...") that one's, and Libya's
        where its place is a Libyan town.
        """
        own = self._support.own_state(forms)
        if own is None:
            return None
        label = self._support.label
        if label is not None:
            own = label
        elif states.in_libya(self._cut, hit):
            own = self._known.home or own
        return own.holder(self._support.on)

    def _state_name(self, hit: Hit, form: Form) -> Decision:
        capital = form.kind == Kind.METONYM
        home = form.who.libyan and self._recent
        free = (home or not capital) and hit.word == hit.start >= self._passage.covered
        if free and self._passage.office(hit, form.who, genitive=True):
            return NONE
        link = self._line[self._state[0] : hit.start].strip() if hit.start - self._state[0] <= LINK else ""
        listed = link in ("و", "او") or (link in ("،", "، و") and not self._state[1] and not states.has_verb(self._cut, hit))
        acting = self._state[1] if listed else states.acts(self._cut, hit, home=home, capital=capital)
        self._state = hit.end, acting
        if not acting:
            self._passage.cover(hit.start, hit.end, NOBODY)  # a shorter name in it is the same place
            return NONE
        return form.who, "metonym" if capital else "state"
