"""What the rest of an article says in favour of a form that does not speak for itself."""

from __future__ import annotations

from bisect import bisect_right, insort
from typing import Final

from khabar import arabic
from streams.cut import Cut
from streams.document import Document
from streams.forms import Form, Kind
from streams.gazetteer import Gazetteer
from streams.scan import Hit

BEFORE_WORD: Final = (" ", " و", " ب", " ل")
BEFORE_ARTICLE: Final = (" ال", " لل", " وال", " بال")
TEXT: Final = 1 << 32
"""A place is a position in the title's matching text, or this and one in the text's: one number is quick to compare."""
END: Final = 2 * TEXT
"""A place behind both fields."""


class Support:
    """The long forms of an article, and at which places they stand, ascending."""

    def __init__(self, doc: Document, hits: list[list[Hit]], gazetteer: Gazetteer) -> None:
        self.on = doc.on
        self.loose = doc.on is None or doc.year_only
        self._who = gazetteer.who
        self._doc = doc
        self._known = gazetteer
        self._opening: Hit | None = hits[0][0] if hits[0] else None
        self._contexts: dict[str, bool] = {}
        self._long: dict[str, list[int]] = {}
        self._named: set[str] = set()
        self._spelled: set[str] = set()
        self._libyan: bool | None = None
        self._country: str | None = None
        self._held: list[tuple[str, int]] = []
        self._read(doc.title.cut, hits[0], 0)
        self._read(doc.text.cut, hits[1], TEXT)
        for actor, place in self._held:
            if self.libyan or not self._who[actor].libyan:
                self.note(actor, place)

    def _read(self, cut: Cut, hits: list[Hit], field: int) -> None:
        """Take in what is named in a field, and which roles are held at the article's date."""
        for hit in hits:
            for actor in hit.reading.names:
                if self._is_foreign(actor, cut, hit):
                    continue
                self._named.add(actor)
                if hit.after > hit.first + 1:
                    self._spelled.add(actor)
                places = self._long.get(actor)
                if places is None:
                    self._long[actor] = [field + hit.start]
                else:
                    places.append(field + hit.start)
            if hit.reading.roles and not self.loose:
                for form in hit.reading.forms:
                    if form.kind == Kind.ROLE and form.holds(self.on):
                        self._held.append((form.actor, field + hit.start))

    def _is_foreign(self, actor: str, cut: Cut, hit: Hit) -> bool:
        """Return whether a Libyan body's name is another country's here ("مجلس النواب العراقي")."""
        who = self._who[actor]
        return who.libyan and not who.person and cut.word(hit.after) in self._known.foreign

    @property
    def libyan(self) -> bool:
        """Whether the article shows that it speaks of Libya: by the word, or by the full name of something Libyan."""
        if self._libyan is None:
            named = any(self._who[actor].libyan for actor in self._named)
            self._libyan = named or any("ليبي" in field.line.text for field in self._doc.fields)
        return self._libyan

    @property
    def label(self) -> str:
        """The state with whose name and a colon the title begins, or ""."""
        if self._opening is None or self._opening.start > 1 or not self._doc.title.line.text.startswith(" . ", self._opening.end):
            return ""
        names = (f.actor for f in self._opening.reading.forms if f.kind in (Kind.NAME, Kind.METONYM))
        return next((actor for actor in names if self._who[actor].state), "")

    def spells(self, actor: str) -> bool:
        """Return whether a name of the actor of more than one word stands in the article."""
        return actor in self._spelled

    def note(self, actor: str, place: int) -> None:
        """Count a form that held by itself as a long one from here on."""
        insort(self._long.setdefault(actor, []), place)

    def nearest(self, forms: list[Form], place: int, reach: int = END) -> Form | None:
        """Return the form whose actor was named last before `place`, else first after it but before `reach`; None for none."""
        best, chosen = 0, None
        for form in forms:
            places = self._long.get(form.actor)
            if places and (places[0] <= place or places[0] < reach):
                i = bisect_right(places, place)
                rank = places[i - 1] if i else -places[0] - 1  # what stands after it counts less, the more the farther
                if chosen is None or rank > best:
                    best, chosen = rank, form
        return chosen

    def own_state(self, forms: list[Form]) -> str:
        """Return the state among `forms` that is the outlet's own, or ""."""
        if self._country is None:
            self._country = self._doc.country or self._known.outlets.get(arabic.folded(self._doc.outlet), "")
        for form in forms:
            who = self._who[form.actor]
            if who.state and self._country and who.country == self._country:
                return who.id
        return ""

    def in_context(self, actor: str) -> bool:
        """Return whether a context word of the actor begins a word of the article, and none that speaks against it.

        For a Libyan institution that has context words, an article that speaks of Libya is context enough.
        """
        if actor not in self._contexts:
            stems, words = self._known.contexts(actor)
            who = self._who[actor]
            ours = who.libyan and who.institution and bool(stems) and self.libyan
            speaks_for = ours or any(self._begins_word(stem, (*BEFORE_WORD, *BEFORE_ARTICLE)) for stem in stems)
            against = any(self._begins_word(word, BEFORE_WORD) for word in words)
            self._contexts[actor] = speaks_for and not against
        return self._contexts[actor]

    def _begins_word(self, stem: str, clitics: tuple[str, ...]) -> bool:
        """Return whether a word of the article begins with one of `clitics` and `stem`."""
        lines = [field.line.text for field in self._doc.fields if stem in field.line.text]
        return any(clitic + stem in line for line in lines for clitic in clitics)
