"""The shape of a clause around a word: what kind of thing each item is, subject, antecedent, coordination, pronouns.

All walks are bounded by REACH items, so that the work grows with the length of the text and no faster.
"""

from __future__ import annotations

from typing import Final, final

from streams.stances.item import Item
from streams.stances.lexicon import Lexicon, Reading
from streams.stances.merge import LED_BY
from streams.stances.morphology import Shape

REACH: Final = 14
"""How many items an argument may be away from its word."""
LEAD_IN: Final = frozenset({"auxiliaries", "starters", "relatives", "negations", "complementisers", "adverbs"})
_NOT_BEFORE_VERBS: Final = frozenset(("عدم", "غير", "دون", "بدون"))


@final
class Scene:
    """A sentence with what is known before it: its items, the subject in force at each, earlier mentions, the lexicon.

    `question`: the sentence asks, outside quotation marks.
    """

    def __init__(
        self,
        items: list[Item],
        subjects: list[Item | None],
        speakers: list[Item | None],
        earlier: list[Item],
        lexicon: Lexicon,
        *,
        question: bool = False,
    ) -> None:
        self.items: Final = items
        self.subjects: Final = subjects
        self.speakers: Final = speakers
        self.earlier: Final = earlier
        self.lexicon: Final = lexicon
        self.question: Final = question


def classify(items: list[Item]) -> list[Item]:
    """Set the kind of every item that its word alone does not decide, and return them."""
    for i, item in enumerate(items):
        if item.mark:
            item.kind = "quote" if item.text in QUOTES else "comma" if item.text in COMMAS else "stop"
        elif item.actor:
            item.kind = "mention"
            before = items[max(0, i - 4) : i]
            agent = (
                i > 1
                and items[i - 1].text in ("من", "قبل")
                and any(r.shape.kind == "passive" for x in before for r in x.readings)
            )
            item.aside = agent or any(x.kind == "relative" for x in before)
        elif (
            item.text == "من"
            and i
            and (items[i - 1].has("partitives") or items[i - 1].text.isdigit() or (i > 1 and items[i - 1].text in GREAT))
        ):
            item.kind = "filler"
        elif item.readings and item.kind == "word" and is_verb(items, i):
            item.kind = "verb"
    return items


SO_CALLED: Final = frozenset(("يسمي", "تسمي", "يعرف", "تعرف", "سمي"))
"""«ما يسمى أ», «ما يعرف بـأ»."""
GREAT: Final = frozenset(("كبير", "كبيره", "قليل", "هايل", "متزايد", "متزايده", "ضخم"))
"""«عدد كبير من أ»."""
QUOTES: Final = frozenset("\"«»“”'‘’„`ـ()[]")
COMMAS: Final = frozenset("،,-–—")


def agrees(shape: Shape, item: Item) -> bool:
    """Return whether a mention may be the subject of a verb of this shape."""
    if shape.gender == "1":
        return False
    if not item.gender or item.plural:
        return True
    if shape.plural:
        return item.conj  # «أ وب يدعمان»
    return shape.gender == item.gender


def suits(shape: Shape, items: list[Item], k: int) -> bool:
    """Return whether the mention at `k` may be the subject after its verb; where it only owns the noun that is, that agrees.

    «هاجمت قوة تابعة لـأ», «هاجمت قوات يقودها أ».
    """
    owns = k > 0 and (items[k - 1].has("affiliated") or items[k - 1].text in LED_BY)
    return shape.gender != "1" if owns else agrees(shape, items[k])


def fits(whom: str, item: Item) -> bool:
    """Return whether a clitic pronoun may point at a mention."""
    if whom == "p":
        return item.plural
    return whom in ("m", "f") and (not item.gender or item.gender == whom or (item.plural and whom == "f"))


def is_verb(items: list[Item], i: int) -> bool:
    """Return whether the word at `i` is read as a finite verb: its shape says so, or its place does.

    A bare perfect (دعم) is written like its masdar; only its place tells.
    """
    readings = items[i].readings
    verbs = [r.shape for r in readings if r.shape.kind == "verb"]
    if not verbs:
        return False
    if len(verbs) == len(readings) and not any(v.finished and not v.clitic and v.gender == "m" for v in verbs):
        return True
    return verb_place(items, i)


def verb_place(items: list[Item], i: int) -> bool:
    """Return whether a finite verb may stand at `i`: it opens a clause, follows what leads one in, or its subject."""
    if i == 0 or items[i - 1].mark:
        return True
    before = items[i - 1]
    if before.actor:
        return not before.prep and not has_its_verb(items, i)
    if items[i].text[:1] in ("و", "ف") and any(r.conj for r in items[i].readings):
        return not any(r.conj and r.shape.clitic and r.shape.kind == "masdar" for r in items[i].readings)  # «ودعمها لـب»
    return bool(before.classes & LEAD_IN) and before.text not in _NOT_BEFORE_VERBS


def has_its_verb(items: list[Item], i: int) -> bool:
    """Return whether the mention before `i` is already the subject of a verb: «أكد أ دعم ب», where دعم is a masdar."""
    for k in range(i - 2, max(-1, i - 6), -1):
        if items[k].kind == "verb":
            return "speech" in items[k].roles
        if items[k].kind not in ("filler", "word"):
            return False
    return False


def is_other_side(item: Item) -> bool:
    """Return whether the word names those who oppose or follow whoever comes after it: «خصوم أ», «معارضي أ», «أنصار أ»."""
    return bool(item.readings) and all(_of_a_side(r, item.text) for r in item.readings)


def _of_a_side(r: Reading, text: str) -> bool:
    if r.entry is not None and r.entry.holder_noun:
        return True
    opposed = r.act is not None and r.act.polarity == "oppose" and r.shape.kind in ("active", "passive")
    return opposed and r.shape.plural and not r.definite and text.endswith(("ي", "و"))


def right(items: list[Item], i: int, *, limit: int = 3) -> int | None:
    """Return the index of the mention that begins the noun phrase right after `i`, not governed by a preposition."""
    unknown = 0
    for j in range(i + 1, min(len(items), i + 1 + REACH)):
        kind = items[j].kind
        if kind == "mention":
            so_called = items[j].prep == "ب" and items[j - 1].text in SO_CALLED
            return None if (items[j].prep and not so_called) or (items[j].conj and j == i + 1) else j
        if items[j].text == "ب" and items[j - 1].text in SO_CALLED:
            continue
        if (
            items[j].has("members")
            and j + 2 < len(items)
            and items[j + 1].text in ("من", "في")
            and items[j + 2].kind == "mention"
        ):
            return j + 2
        if j > i + 1 and items[j].has("affiliated") and j + 1 < len(items) and items[j + 1].actor and items[j + 1].prep == "ل":
            return j + 1  # «طائرات تابعة لـأ»
        if items[j].text in LED_BY and j + 1 < len(items) and items[j + 1].actor and not items[j + 1].prep:
            return j + 1  # «قوات يقودها أ»
        if kind == "quote" and unknown:
            return None
        if is_other_side(items[j]):
            return None  # «يتهم خصوم أ ب»: it is not أ who accuses
        if kind == "word" and not any(r.prep for r in items[j].readings):
            unknown += 1
            if unknown > limit:
                return None
        elif kind not in ("quote", "filler"):
            return None
    return None


def left(items: list[Item], i: int, *, limit: int = 3) -> int | None:
    """Return the index of the free mention whose noun phrase ends right before `i`."""
    unknown = 0
    for j in range(i - 1, max(-1, i - 1 - REACH), -1):
        item = items[j]
        if item.kind == "mention":
            if item.prep == "ل" and j == i - 1 and not items[i].conj:
                return j  # «هجوم لـأ ساعد ب»: the clause describes what is his
            return None if item.prep or governed(items, j) else j
        if item.text == "في" and all(x.has("places") for x in items[j + 1 : i]) and j + 1 < i:
            unknown = 0
            continue
        if item.kind == "comma" and j and j >= i - 2 and items[j - 1].actor and not items[i].conj:
            continue  # the comma that closes an apposition: «قائد الجيش، فلان، أعلن»
        if item.kind in ("comma", "stop", "preposition", "relative", "clause") or item.has("starters"):
            return None
        if item.kind in ("word", "verb"):
            unknown += 1
            if unknown > limit:
                return None
    return None


def leads(items: list[Item], i: int, shape: Shape) -> bool:
    """Return whether the subject of the verb at `i` stands right before it, so that what follows is its object: «أ تحاصر ب»."""
    before = items[i - 1] if i else None
    return (
        before is not None
        and bool(before.actor)
        and not before.prep
        and items[i].text[0] not in "وف"
        and agrees(shape, before)
        and not governed(items, i - 1)
    )


def governed(items: list[Item], j: int) -> bool:
    """Return whether a preposition governs the mention at `j`."""
    for k in range(j - 1, max(-1, j - 4), -1):
        kind = items[k].kind
        if kind == "preposition":
            return True
        if kind in ("comma", "stop", "mention", "clause", "verb", "relative"):
            return False
    return False


def antecedent(items: list[Item], i: int, *, gap: int = 4) -> int | None:
    """Return the mention that a relative clause or participle at `i` belongs to: the nearest before it, if near enough."""
    unknown = 0
    for j in range(i - 1, max(-1, i - 1 - REACH), -1):
        kind = items[j].kind
        if kind == "mention":
            return j
        if kind in ("stop", "clause", "verb"):
            return None
        if items[j].text.startswith(("وال", "بال", "لل", "فال", "كال")):
            return None  # a noun of its own, not an adjective of the mention
        if kind == "preposition" and not all(x.has("places") for x in items[j + 1 : i]):
            return None
        if kind == "word" or (kind == "filler" and not items[j].classes & {"auxiliaries", "adverbs"}):
            unknown += 1
            if unknown > gap:
                return None
    return None


def relative(items: list[Item], i: int) -> int | None:
    """Return the index of the relative pronoun that leads the clause of the verb at `i`."""
    for j in range(i - 1, max(-1, i - 4), -1):
        if items[j].kind == "relative":
            return j
        if not items[j].classes & {"auxiliaries", "negations", "adverbs"}:
            return None
    return None


def group(items: list[Item], j: int) -> list[int]:
    """Return the indexes of the mentions coordinated with the one at `j`, itself first: «أ وب», «أ، ب وج»."""
    found = [j]
    for k in range(j + 1, min(len(items), j + 12)):
        item = items[k]
        between = items[found[-1] + 1 : k]
        if item.kind == "mention":
            led = item.conj or any(x.kind == "comma" or x.conj for x in between)
            if not led or (item.prep and item.prep != items[j].prep):
                break
            found.append(k)
        elif item.kind == "comma":
            if not _continues(items, k):
                break
        elif (
            item.kind not in ("quote", "filler", "word") or len([x for x in (*between, item) if x.kind in ("word", "quote")]) > 2
        ) or sum(x.kind == "word" for x in (*between, item)) > 1:
            break
    return found


def _continues(items: list[Item], k: int) -> bool:
    """Return whether a list goes on after the comma at `k`: a mention at once, and a conjunction with another later on."""
    if k + 1 >= len(items) or items[k + 1].kind != "mention" or items[k + 1].prep:
        return False
    return any(i.actor and i.conj for i in items[k + 1 : k + 8])
