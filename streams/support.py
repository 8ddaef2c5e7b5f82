"""What the rest of an article says in favour of a form that does not speak for itself."""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import mypyc_attr

from khabar import arabic
from streams.cut import Cut
from streams.document import Document
from streams.forms import Form, Kind
from streams.gazetteer import Gazetteer
from streams.places import NEVER, Places
from streams.scan import Hit
from streams.who import Who

BEFORE_WORD: Final = (" ", " و", " ب", " ل")
BEFORE_STEM: Final = (*BEFORE_WORD, " ال", " لل", " وال", " بال")
"""Clitics, and clitics with ال, behind the space before a word."""


@final
@mypyc_attr(acyclic=True)
class Support:
    """The long forms of an article, and at which places they stand. It is asked in reading order, see Places.

    A place is a position in the matching text of the title, or that one's length and a position in the text's.
    """

    def __init__(self, doc: Document, hits: list[list[Hit]], gazetteer: Gazetteer) -> None:
        self.on: Final = doc.on
        self.loose: Final = doc.on is None or doc.year_only
        self.below: Final = len(doc.title.line.text)
        """Where the text begins: its first place."""
        self._doc: Final = doc
        self._known: Final = gazetteer
        self._foreign: Final = gazetteer.foreign
        self._opening: Hit | None = hits[0][0] if hits[0] else None
        self._contexts: dict[str, bool] = {}
        self._long: dict[Who, Places] = {}
        self._named = False
        """Whether something Libyan is named in full."""
        self._libyan: bool | None = None
        self._country: str | None = None
        self._held: list[tuple[Form, int]] = []
        self._read(doc.title.cut(gazetteer.forms), hits[0], 0)
        self._read(doc.text.cut(gazetteer.forms), hits[1], self.below)
        for form, place in self._held:
            if self.libyan or not form.who.libyan:
                self.note(form.who, place)

    def _read(self, cut: Cut, hits: list[Hit], field: int) -> None:
        """Take in what is named in a field, and which roles are held at the article's date."""
        for hit in hits:
            reading = hit.reading
            for form in reading.names:
                who = form.who
                if who.libyan:
                    if not who.person and cut.word(hit.after) in self._foreign:
                        continue  # another country's, as in "مجلس النواب العراقي"
                    self._named = True
                places = self._long.get(who)
                if places is None:
                    places = self._long[who] = Places()
                places.add(field + hit.start)
                if hit.after > hit.first + 1:
                    places.spelled = True
            if reading.roles and not self.loose:
                for form in reading.forms:
                    if form.kind == Kind.ROLE and form.holds(self.on):
                        self._held.append((form, field + hit.start))

    @property
    def libyan(self) -> bool:
        """Whether the article shows that it speaks of Libya: by the word, or by the full name of something Libyan."""
        if self._libyan is None:
            self._libyan = self._named or any("ليبي" in field.line.text for field in self._doc.fields)
        return self._libyan

    @property
    def label(self) -> Who | None:
        """The state with whose name and a colon the title begins."""
        if self._opening is None or self._opening.start > 1 or not self._doc.title.line.text.startswith(" . ", self._opening.end):
            return None
        for form in self._opening.reading.forms:
            if form.who.state and form.kind in (Kind.NAME, Kind.METONYM):
                return form.who
        return None

    def spells(self, who: Who) -> bool:
        """Return whether a name of the actor of more than one word stands in the article."""
        places = self._long.get(who)
        return places is not None and places.spelled

    def note(self, who: Who, place: int) -> None:
        """Count a form that held by itself as a long one from here on."""
        places = self._long.get(who)
        if places is None:
            places = self._long[who] = Places()
        places.insert(place)

    def nearest(self, forms: list[Form], place: int) -> Form | None:
        """Return the form whose actor was named last before `place`, else first after it; None for none."""
        best, chosen = NEVER, None
        for form in forms:
            places = self._long.get(form.who)
            if places is not None:
                rank = places.rank(place)
                if rank > best:
                    best, chosen = rank, form
        return chosen

    def first(self, who: Who) -> int:
        """Return where an actor, one that `nearest` chose, is named first."""
        return self._long[who].first

    def own_state(self, forms: list[Form]) -> Who | None:
        """Return the state among `forms` that is the outlet's own."""
        for form in forms:
            if form.who.state and form.who.country and form.who.country == self._own_country():
                return form.who
        return None

    def _own_country(self) -> str:
        if self._country is None:
            self._country = self._doc.country or self._known.outlets.get(arabic.folded(self._doc.outlet), "")
        return self._country

    def in_context(self, who: Who) -> bool:
        """Return whether a context word of the actor begins a word of the article, and none that speaks against it.

        For a Libyan institution that has context words, an article that speaks of Libya is context enough.
        """
        known = self._contexts.get(who.id)
        if known is None:
            stems, words = self._known.contexts(who.id)
            ours = who.libyan and who.institution and bool(stems) and self.libyan
            speaks_for = ours or self._begins_word(stems, BEFORE_STEM)
            known = self._contexts[who.id] = speaks_for and not self._begins_word(words, BEFORE_WORD)
        return known

    def _begins_word(self, stems: tuple[str, ...], clitics: tuple[str, ...]) -> bool:
        """Return whether a word of the article begins with one of `clitics` and one of `stems`."""
        for field in self._doc.fields:
            line = field.line.text
            for stem in stems:
                if stem in line:
                    for clitic in clitics:
                        if clitic + stem in line:
                            return True
        return False
