"""A sentence as a row of items: mentions of actors, words with their readings, marks. Titles and appositions are merged.

Offsets of items are into the field's folded text; `Field.folded.original` leads back.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

from khabar import arabic
from streams.actors import Found
from streams.document import Field
from streams.entry import Actor
from streams.gazetteer import Gazetteer
from streams.stances.lexicon import Lexicon, Reading
from streams.stances.mentions import Place, row

PIECE: Final = re.compile(r"[^\W_]+|[^\w\s]")
MASCULINE_STATES: Final = frozenset(("iraq", "lebanon", "jordan", "morocco", "sudan", "yemen", "niger", "mali", "chad"))
WOMEN: Final = frozenset(("clinton", "merkel", "williams", "meloni", "mangoush", "koury", "tetteh"))
MASCULINE_HEADS: Final = frozenset(
    ("الجيش", "جيش", "الثوار", "المتمردون", "المتمردين", "البيت", "الناتو", "المسلحين", "المسلحون")
)
LED_BY: Final = frozenset(("بقياده", "برياسه", "بزعامه", "يقودها", "يقوده", "يتراسها", "يتراسه", "يراسها", "يتزعمها", "بامره"))
HEADS: Final = frozenset(
    (
        "رييس",
        "قايد",
        "الناطق",
        "المتحدث",
        "متحدث",
        "ناطق",
        "وزير",
        "زعيم",
        "امر",
        "مدير",
        "مبعوث",
        "المبعوث",
        "باسم",
        "ريس",
        "رييسه",
        "وزيره",
    )
)


class Item:
    """A mention (`actor` set), a word (readings, classes) or a mark (neither)."""

    actor = ""
    kind = "word"
    mark = False
    readings: tuple[Reading, ...] = ()
    classes: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    prep = ""
    conj = False
    gender = ""
    plural = False
    person = False
    body = ""
    """The id of the body that this person commands or heads."""
    aside = False
    """Named only in what describes another: «حكومة أ المدعومة من ب», «أ التي تدعمها ب»."""
    member_of = ""
    """The id of the body whose member this person is."""
    nation = False
    """A state named by its adjective: «التدخل التركي»."""
    led: Item | None = None
    """The person who leads this body, merged into it."""
    inner: Item | None = None
    """The body in this person's title, merged into him."""

    def __init__(self, text: str, start: int, end: int) -> None:
        self.text, self.start, self.end = text, start, end

    def __repr__(self) -> str:
        return f"<{self.actor or self.text}{' ' + self.prep if self.prep else ''}>"

    def has(self, name: str) -> bool:
        """Return whether the word is of a closed class."""
        return name in self.classes


def folded_span(field: Field, start: int, end: int) -> tuple[int, int]:
    """Return the folded span of an original one."""
    return field.folded.within(start, end)


def build(field: Field, span: tuple[int, int], mentions: Sequence[Found], gazetteer: Gazetteer, lexicon: Lexicon) -> list[Item]:
    """Return the items of the sentence at the original `span`; `mentions` are those inside it, in order."""
    text = field.folded.text
    start, end = folded_span(field, *span)
    places = row(field, mentions, gazetteer.actors, lexicon)
    adjectives = nationalities(gazetteer, lexicon)
    items: list[Item] = []
    at = 0
    place = places[0] if places else None
    for m in PIECE.finditer(text, start, end):
        word_start, word_end = m.span()
        while place is not None and place.end <= word_start:
            at += 1
            place = places[at] if at < len(places) else None
        if place is not None and place.start < word_end:
            if word_start <= place.start:
                items.append(mention(text, word_start, place, gazetteer.actors[place.actor]))
            continue
        item = Item(m[0], word_start, word_end)
        if item.text[0].isalnum():
            _fill(item, field, lexicon, adjectives, items[-1] if items else None)
        else:
            item.mark = True
        items.append(item)
    bracketed = text.find("(", start, end) >= 0 or text.find(")", start, end) >= 0
    return _merge(_without_brackets(items) if bracketed else items)


def _fill(item: Item, field: Field, lexicon: Lexicon, adjectives: Mapping[str, str], before: Item | None) -> None:
    """Give a word what the lexicon says of it; after a thing or a deed the adjective of a state is the state."""
    word = lexicon.word(item.text)
    item.readings, item.classes, item.kind, item.roles, item.conj = word[:5]
    if item.readings and item.text[-1] == "ه":
        item.readings = _by_last_letter(field, item.end, item.readings)
    nation = adjectives.get(item.text)
    if nation and before is not None:
        deed = any(r.shape.kind in ("masdar", "noun") for r in before.readings)
        if deed or before.has("things"):
            item.actor, item.nation, item.gender = nation, True, "f"


@lru_cache(maxsize=4)
def nationalities(gazetteer: Gazetteer, lexicon: Lexicon) -> dict[str, str]:
    """Return the folded adjectives of states and bodies, in both genders, with and without ال, and the actor of each."""
    pairs = [(a.id, a.nationality.adj) for a in gazetteer.actors.values()]
    pairs += [(actor, adjectives) for actor, adjectives in lexicon.adjectives.items() if actor in gazetteer.actors]
    return {
        article + arabic.folded(adjective) + ending: actor
        for actor, adjectives in pairs
        for adjective in adjectives
        for article in ("", "ال")
        for ending in ("", "ه")
    }


def _by_last_letter(field: Field, end: int, readings: tuple[Reading, ...]) -> tuple[Reading, ...]:
    """Return the readings that the original's last letter allows: folding wrote ة and ه alike, but ة is no pronoun."""
    _, stop = field.folded.original(end - 1, end)
    return tuple(r for r in readings if r.shape.clitic != "m") if field.text[stop - 1] == "ة" else readings


def mention(text: str, word_start: int, place: Place, actor: Actor) -> Item:
    """Return the item of a mention whose word begins at `word_start`: its clitics, and what of its actor grammar asks for."""
    start, end, actor_id = place
    item = Item(text[start:end], start, end)
    item.actor = actor_id
    before = text[word_start:start]
    if before[:1] in ("و", "ف"):
        item.conj, before = True, before[1:]
    item.prep = before[:1] if before[:1] in ("ب", "ل", "ك") else ("ل" if item.text.startswith("لل") else "")
    item.person = actor.type == "person"
    item.body = actor.commands or actor.heads
    item.member_of = actor.member_of or actor.speaks_for
    item.gender, item.plural = _gender(item.text, actor)
    return item


def _gender(text: str, actor: Actor) -> tuple[str, bool]:
    """Return gender ("m", "f" or "" where unsure) and whether it is a plural noun, which takes either agreement."""
    head = text.split(" ", 1)[0].removeprefix("لل").removeprefix("ال")
    if actor.type == "person":
        return ("f" if actor.id in WOMEN else "m"), False
    if head.endswith("ات"):
        return "f", True
    if head.endswith(("ون", "ين")):
        return "m", True
    if text.split(" ", 1)[0] in MASCULINE_HEADS:
        return "m", text.startswith(("الثوار", "المسلح", "المتمرد"))
    words = text.split(" ")
    if head.endswith("ه") or (
        len(words) > 1 and words[0].startswith("ال") and words[1].startswith("ال") and words[1].endswith("ه")
    ):
        return "f", False
    if actor.type == "state" and " " not in text:
        return ("m" if actor.id in MASCULINE_STATES else "f"), False
    return ("", True) if head.endswith(("ل", "ب")) and actor.type == "armed" else ("m" if " " in text else "", False)


def _without_brackets(items: list[Item]) -> list[Item]:
    """Leave out what stands in round brackets within one sentence, a gloss for the reader."""
    out: list[Item] = []
    opened: int | None = None
    for item in items:
        if item.mark and item.text == "(":
            opened = len(out) if opened is None else opened
        elif item.mark and item.text == ")":
            if opened is not None:
                del out[opened:]
                opened = None
            continue
        out.append(item)
    return out


def _merge(items: list[Item]) -> list[Item]:
    """Merge a person with the body in his title: one mention remains, the one that acts.

    «رئيس حكومة أ فلان» and «فلان رئيس حكومة أ» are the person; «قوات أ بقيادة فلان» is the body.
    """
    out: list[Item] = []
    for item in items:
        if item.actor and out:
            k = len(out) - 1
            steps = 0
            while k >= 0 and steps < 6 and not out[k].actor and _passable(out[k]):
                k -= 1
                steps += 1
            if k >= 0 and out[k].actor and not item.prep and not item.conj and _merge_pair(out, k, item):
                continue
        out.append(item)
    return out


def _passable(item: Item) -> bool:
    if item.mark:
        return item.text in '،,"«»“”-'
    return (
        (not item.readings and (not item.has("prepositions")) and not item.has("relatives"))
        or item.text in LED_BY
        or item.has("relatives")
    )


def _merge_pair(out: list[Item], k: int, item: Item) -> bool:
    """Merge `item` with the mention at `k` where what stands between them says so; return whether it is done."""
    first = out[k]
    between = out[k + 1 :]
    words = [i.text for i in between if not i.mark]
    if first.actor == item.actor and not words:
        del out[k + 1 :]
        return True
    if any(w in LED_BY for w in words):
        if item.person and not first.person:
            del out[k + 1 :]
            first.led = item
            return True
        return False
    if item.person and not first.person and k and _heads(out, k) and all(i.has("titles") for i in between if not i.mark):
        item.prep, item.conj = first.prep, first.conj
        item.inner = first
        del out[k:]
        out.append(item)
        return True
    if first.person and not item.person and words and words[0] in HEADS and len(words) <= 4:
        first.inner = item
        del out[k + 1 :]
        return True
    return False


def _heads(out: list[Item], k: int) -> bool:
    """Return whether a word for a head or spokesman stands within three words before the mention at `k`."""
    return any(not i.mark and i.text.lstrip("وفبل") in HEADS for i in out[max(0, k - 3) : k])
