"""A sentence as a row of items: mentions of actors, words with their readings, marks. Titles and appositions are merged.

Offsets of items are into the field's folded text; `Field.folded.original` leads back.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final, final

from khabar import arabic
from streams.document import Field
from streams.entry import Actor
from streams.gazetteer import Gazetteer
from streams.stances.lexicon import Lexicon, Reading, Word
from streams.stances.mentions import Place
from streams.stances.pieces import Pieces

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


_NONE: Final[frozenset[str]] = frozenset()


@final
class Item:
    """A mention (`actor` set), a word (readings, classes) or a mark (neither)."""

    actor = ""
    kind = "word"
    mark = False
    readings: tuple[Reading, ...] = ()
    classes: frozenset[str] = _NONE
    roles: frozenset[str] = _NONE
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
        self.text: Final = text
        self.start: Final = start
        self.end: Final = end

    def __repr__(self) -> str:
        return f"<{self.actor or self.text}{' ' + self.prep if self.prep else ''}>"

    def has(self, name: str) -> bool:
        """Return whether the word is of a closed class."""
        return name in self.classes


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
    return _merge(_without_brackets(items) if bracketed else items)


BRACKETS: Final = frozenset("()")


def _fill(item: Item, field: Field, word: Word, adjectives: dict[str, str], before: Item | None) -> None:
    """Give a word what the lexicon says of it; after a thing or a deed the adjective of a state is the state."""
    item.readings, item.classes, item.kind, item.roles, item.conj = word.readings, word.classes, word.kind, word.roles, word.conj
    if word.readings and item.text.endswith("ه"):
        item.readings = _by_last_letter(field, item.end, word.readings)
    if before is None or not (before.readings or before.classes):
        return
    if before.has("things") or any(r.shape.kind in ("masdar", "noun") for r in before.readings):
        nation = adjectives.get(item.text, "")
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
    if item.person and not first.person and k and _heads(out, k, item) and all(i.has("titles") for i in between if not i.mark):
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


def _heads(out: list[Item], k: int, who: Item) -> bool:
    """Return whether a word for a head or spokesman stands within three words before the mention at `k`.

    Nobody speaks for a body when he leads or belongs to another: «اتهم المتحدث باسم أ فلانا».
    """
    words = [i.text.lstrip("وفبل") for i in out[max(0, k - 3) : k] if not i.mark]
    if "اسم" in words and (who.body or who.member_of) and out[k].actor not in (who.body, who.member_of):
        return False
    return any(w in HEADS for w in words)
