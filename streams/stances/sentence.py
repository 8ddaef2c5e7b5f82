"""A sentence as a row of items: mentions of actors, words with their readings, marks. Titles and appositions are merged.

Offsets of items are into the field's folded text; `Field.folded.original` leads back.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from khabar import arabic
from streams.document import Field
from streams.entry import Actor
from streams.gazetteer import Gazetteer
from streams.stances.item import Item
from streams.stances.lexicon import Lexicon, Reading, Word
from streams.stances.mentions import Place
from streams.stances.merge import merged, without_brackets
from streams.stances.pieces import Pieces

MASCULINE_STATES: Final = frozenset(("iraq", "lebanon", "jordan", "morocco", "sudan", "yemen", "niger", "mali", "chad"))
WOMEN: Final = frozenset(("clinton", "merkel", "williams", "meloni", "mangoush", "koury", "tetteh"))
MASCULINE_HEADS: Final = frozenset(
    ("الجيش", "جيش", "الثوار", "المتمردون", "المتمردين", "البيت", "الناتو", "المسلحين", "المسلحون")
)
RELATED: Final = ("ي", "يه", "سيره")
"""How adjectives of relation end («جوي», «جوية»), and «مسيرة»."""
PLURALS: Final = frozenset(
    ("مسلحي", "مسلحو", "مقاتلي", "مقاتلو", "عناصر", "فصايل", "كتايب", "ارهابيي", "متشددي", "افراد", "فلول")
)


def folded_span(field: Field, start: int, end: int) -> tuple[int, int]:
    """Return the folded span of an original one."""
    return field.folded.within(start, end)


def build(
    field: Field,
    pieces: Pieces,
    span: tuple[int, int],
    places: list[Place],
    *,
    actors: dict[str, Actor],
    adjectives: dict[str, str],
) -> list[Item]:
    """Return the items of the sentence at the folded `span` of `field`; `places` are the mentions inside it, in order.

    `adjectives` is what `nationalities` gives.
    """
    text = field.folded.text
    items: list[Item] = []
    before: Item | None = None
    bracketed = False
    at, count = 0, len(places)
    first, stop = pieces.between(*span)
    for i in range(first, stop):
        written, start, word = pieces.texts[i], pieces.starts[i], pieces.words[i]
        end = start + len(written)
        while at < count and places[at].end <= start:
            at += 1
        if at < count and places[at].start < end:
            if start <= places[at].start:
                before = mention(text, start, places[at], actors[places[at].actor])
                items.append(before)
            continue
        item = Item(written, start, end)
        if word.mark:
            item.mark = True
            bracketed = bracketed or written in BRACKETS
        else:
            _fill(item, field, word, adjectives, before)
        items.append(item)
        before = item
    return merged(without_brackets(items) if bracketed else items)


BRACKETS: Final = frozenset("()")


def _fill(item: Item, field: Field, word: Word, adjectives: dict[str, str], before: Item | None) -> None:
    """Give a word what the lexicon says of it; after a thing or a deed the adjective of a state is the state."""
    item.readings, item.classes, item.kind, item.roles, item.conj = word.readings, word.classes, word.kind, word.roles, word.conj
    item.thing = word.thing
    if word.readings and item.text.endswith("ه"):
        item.readings = _by_last_letter(field, item.end, word.readings)
    if before is not None and before.thing:
        nation = adjectives.get(item.text, "")
        if not nation and item.kind == "word" and not item.thing and item.text.endswith(RELATED):
            item.thing = True  # «دعم عسكري تركي»: an adjective may stand between
        if nation and before.kind == "word" and not before.readings and before.text.endswith(RELATED):
            before.kind = "filler"
        if nation:
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
    item = Item(text[place.start : place.end], place.start, place.end)
    item.actor = place.actor
    before = text[word_start : place.start]
    if before[:1] in ("و", "ف"):
        item.conj, before = True, before[1:]
    item.prep = before[:1] if before[:1] in ("ب", "ل", "ك") else ("ل" if item.text.startswith("لل") else "")
    item.person = actor.type == "person"
    item.force = actor.type in ("armed", "state")
    item.land = ("libya" if actor.libyan else actor.member_of) if item.person else ""
    item.outsider = actor.type in ("state", "igo", "ngo") and not actor.libyan
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
    if head in PLURALS:
        return "", True
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
    if actor.type in ("ngo", "company", "media"):
        return "", False
    return ("", True) if head.endswith(("ل", "ب")) and actor.type == "armed" else ("m" if " " in text else "", False)
