"""What the rest of an article says in favour of a form that does not speak for itself."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Sequence
from typing import Final

from khabar import arabic
from streams.cut import Cut
from streams.document import Document
from streams.forms import Form, Kind
from streams.gazetteer import Gazetteer
from streams.scan import Hit

BEFORE_WORD: Final = (" ", " و", " ب", " ل")
BEFORE_ARTICLE: Final = (" ال", " لل", " وال", " بال")
END: Final = (2, 0)
"""A place behind both fields."""


class Support:
    """The long forms of an article, and where they stand: (field index, position in its matching text), ascending."""

    def __init__(self, doc: Document, hits: Sequence[Sequence[Hit]], gazetteer: Gazetteer) -> None:
        self.on = doc.on
        self.loose = doc.on is None or doc.year_only
        self._actors = gazetteer.actors
        self._doc = doc
        self._known = gazetteer
        self._opening = next(iter(hits[0]), None)
        self._contexts: dict[str, bool] = {}
        self._long: dict[str, list[tuple[int, int]]] = {}
        self._named: set[str] = set()
        self._spelled: set[str] = set()
        self._libyan: bool | None = None
        held: list[tuple[str, tuple[int, int]]] = []
        for index, found in enumerate(hits):
            for hit in found:
                for actor in hit.reading.names:
                    if self._is_foreign(actor, doc.fields[index].cut, hit):
                        continue
                    self._named.add(actor)
                    if hit.after > hit.first + 1:
                        self._spelled.add(actor)
                    self._long.setdefault(actor, []).append((index, hit.start))
                if hit.reading.roles and not self.loose:
                    roles = [f for f in hit.reading.forms if f.kind == Kind.ROLE and f.holds(self.on)]
                    held += [(f.actor, (index, hit.start)) for f in roles]
        for actor, place in held:
            if self.libyan or not self._actors[actor].libyan:
                self.note(actor, place)

    def _is_foreign(self, actor: str, cut: Cut, hit: Hit) -> bool:
        """Return whether a Libyan body's name is another country's here ("مجلس النواب العراقي")."""
        entry = self._actors[actor]
        return entry.libyan and entry.type != "person" and cut.word(hit.after) in self._known.foreign

    @property
    def libyan(self) -> bool:
        """Whether the article shows that it speaks of Libya: by the word, or by the full name of something Libyan."""
        if self._libyan is None:
            named = any(self._actors[actor].libyan for actor in self._named)
            self._libyan = named or any("ليبي" in field.line.text for field in self._doc.fields)
        return self._libyan

    @property
    def _label(self) -> str:
        """The state with whose name and a colon the title begins, or ""."""
        if self._opening is None or self._opening.start > 1 or not self._doc.title.line.text.startswith(" . ", self._opening.end):
            return ""
        names = (f.actor for f in self._opening.reading.forms if f.kind in (Kind.NAME, Kind.METONYM))
        return next((actor for actor in names if self._actors[actor].type == "state"), "")

    def spells(self, actor: str) -> bool:
        """Return whether a name of the actor of more than one word stands in the article."""
        return actor in self._spelled

    def note(self, actor: str, place: tuple[int, int]) -> None:
        """Count a form that held by itself as a long one from here on."""
        insort(self._long.setdefault(actor, []), place)

    def nearest(self, forms: Sequence[Form], place: tuple[int, int], reach: tuple[int, int] = END) -> Form | None:
        """Return the form whose actor was named last before `place`, else first after it but before `reach`; None for none."""
        best: tuple[bool, int, int] | None = None
        chosen: Form | None = None
        for form in forms:
            places = self._long.get(form.actor)
            if places and (places[0] <= place or places[0] < reach):
                i = bisect_right(places, place)
                rank = (True, *places[i - 1]) if i else (False, -places[0][0], -places[0][1])
                if best is None or rank > best:
                    best, chosen = rank, form
        return chosen

    def own_state(self, forms: Sequence[Form], *, in_libya: bool) -> str:
        """Return the state whose "وزارة الداخلية" is where the article names no owner, or "".

        It is the outlet's own, if that is among `forms`; but of a story that the title labels with another ("الجزائر : ...")
        that one's, and Libya's where its place is a Libyan town.
        """
        country = self._doc.country or self._known.outlets.get(arabic.folded(self._doc.outlet), "")
        own = next(
            (f.actor for f in forms if country and (a := self._actors[f.actor]).type == "state" and a.country == country), ""
        )
        if not own:
            return ""
        return self._label or (self._known.home if in_libya else own)

    def in_context(self, actor: str) -> bool:
        """Return whether a context word of the actor begins a word of the article, and none that speaks against it.

        For a Libyan institution that has context words, an article that speaks of Libya is context enough.
        """
        if actor not in self._contexts:
            stems, words = self._known.contexts(actor)
            entry = self._actors[actor]
            ours = entry.libyan and entry.type == "institution" and bool(stems) and self.libyan
            speaks_for = ours or any(self._begins_word(stem, (*BEFORE_WORD, *BEFORE_ARTICLE)) for stem in stems)
            against = any(self._begins_word(word, BEFORE_WORD) for word in words)
            self._contexts[actor] = speaks_for and not against
        return self._contexts[actor]

    def _begins_word(self, stem: str, clitics: tuple[str, ...]) -> bool:
        """Return whether a word of the article begins with one of `clitics` and `stem`."""
        lines = [field.line.text for field in self._doc.fields if stem in field.line.text]
        return any(clitic + stem in line for line in lines for clitic in clitics)
