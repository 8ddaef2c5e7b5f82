"""Who is speaking: quotations, «قال أ إن», «وأضاف», «بحسب أ», «على حد قوله», and the speaker who carries over sentences."""

from __future__ import annotations

from bisect import bisect_right
from typing import Final, final

from streams.stances import syntax
from streams.stances.item import Item
from streams.stances.phrases import owner

ACCORDING: Final = frozenset(
    ("بحسب", "حسب", "وفق", "وفقا", "حسبما", "بحسبما", "وفقما", "طبقا", "نقلا", "وحسب", "وبحسب", "ووفق", "ووفقا")
)
HIS_WORDS: Final = frozenset(
    ("قوله", "قولها", "قولهم", "تعبيره", "تعبيرها", "وصفه", "وصفها", "تعبيرهم", "رايه", "تصريحه", "كلامه", "زعمه")
)
SAME: Final = frozenset(
    (
        "المصدر",
        "المتحدث",
        "المتحدثه",
        "المسوول",
        "البيان",
        "الناطق",
        "الوزير",
        "الرييس",
        "قايلا",
        "ايضا",
        "القايد",
        "نفسه",
        "ذاته",
        "المبعوث",
        "التقرير",
    )
)
"""After a verb of saying these take up whoever spoke before."""


@final
class Attribution:
    """Per item: who says it (None: the outlet, or somebody unknown) and whether it is quoted.

    `carried` is who may go on speaking in the next sentence.
    """

    def __init__(self, speakers: list[Item | None], quoted: list[bool], carried: Item | None) -> None:
        self.speakers: Final = speakers
        self.quoted: Final = quoted
        self.carried: Final = carried


def attribute(items: list[Item], carried: Item | None, quotations: list[tuple[int, int]]) -> Attribution:
    """Return who says each item. `carried` spoke last; `quotations` are folded spans of direct speech, in order."""
    inside = _inside(items, quotations)
    speaker, region = carried, False
    speakers: list[Item | None] = []
    quoted: list[bool] = []
    for i, item in enumerate(items):
        if "speech" in item.roles:
            speaker, region = _after(items, i, speaker, region=region)
        elif i == 1 and item.text == ":" and items[0].kind == "mention":
            speaker, region = items[0], True
        quoted.append(region or inside[i])
        speakers.append(speaker if region or inside[i] else None)
    _said_before(items, inside, speakers)
    outside = _attributed(items, speaker)
    if outside:
        who = outside[0]
        speakers = [s or who for s in speakers]
        quoted = [True] * len(items)
        speaker = who or speaker
    return Attribution(speakers, quoted, speaker)


def _after(items: list[Item], i: int, speaker: Item | None, *, region: bool) -> tuple[Item | None, bool]:
    """Return who speaks after the word of saying at `i`, and whether what follows is said."""
    item = items[i]
    if item.kind == "verb":
        who = _sayer(items, i, speaker)
        opens = any(x.kind in ("clause", "quote") or x.text == ":" for x in items[i + 1 : i + 13])
        return who, region or who is not None or opens
    hal = any(r.role == "speech" and r.shape.kind == "active" and not r.definite for r in item.readings)
    return speaker, region or (hal and item.text[-1] in "اه")


def _said_before(items: list[Item], inside: list[bool], speakers: list[Item | None]) -> None:
    """Give a quotation that opens the sentence to whoever is named after it: «نرفض ب»، قال أ."""
    i = next((i for i, x in enumerate(items) if not inside[i] and not x.mark), len(items))
    if not 0 < i < len(items) or not any(inside[:i]) or "speech" not in items[i].roles or items[i].text[0] == "و":
        return
    k = syntax.right(items, i)
    if k is not None:
        speakers[:i] = [items[k]] * i


def _inside(items: list[Item], quotations: list[tuple[int, int]]) -> list[bool]:
    """Return for each item whether it stands in a quotation; only those that reach into the sentence are looked through."""
    near = [(a, b) for a, b in quotations if a <= items[-1].start and b > items[0].start] if items else []
    if not near:
        return [False] * len(items)
    starts = [a for a, _ in near]
    return [(at := bisect_right(starts, item.start) - 1) >= 0 and item.start < near[at][1] for item in items]


def _sayer(items: list[Item], i: int, before: Item | None) -> Item | None:
    """Return the subject of the verb of saying at `i`; None when it is somebody who is no known actor."""
    shape = next(
        (r.shape for r in items[i].readings if r.role == "speech" and r.shape.kind == "verb"), items[i].readings[0].shape
    )
    for k in (syntax.right(items, i), syntax.left(items, i)):
        if k is not None and k > i + 1 and _its_subject_before(items, i):
            return None  # «تقارير فرنسية ذكرت أن ...»
        if k is not None and (syntax.suits(shape, items, k) if k > i else syntax.agrees(shape, items[k])):
            return items[k]
    following = items[i + 1] if i + 1 < len(items) else None
    if following is None or following.mark or following.text in SAME or following.kind in ("clause", "preposition"):
        return before
    return before if following.has("complementisers") or following.has("adverbs") else None


def _its_subject_before(items: list[Item], i: int) -> bool:
    """Return whether a noun phrase that is no actor stands right before the verb at `i` and is its subject."""
    if items[i].text[0] in "وف":
        return False
    k = i - 1
    while k >= 0 and k > i - 5 and items[k].kind in ("word", "filler") and not items[k].classes & syntax.LEAD_IN:
        k -= 1
    return k < i - 1 and k >= 0 and (items[k].kind in ("verb", "clause") or items[k].has("auxiliaries"))


def _attributed(items: list[Item], speaker: Item | None) -> tuple[Item | None] | None:
    """Return the speaker named by «بحسب أ» or «على حد قوله» somewhere in the sentence, in a tuple; None without either."""
    for i, item in enumerate(items):
        if item.text in ACCORDING:
            k = owner(items, i, limit=2)
            if k is None:
                k = next((j for j in range(i + 1, min(len(items), i + 4)) if items[j].prep == "ل"), None)  # «وفقا لـأ»
            return (items[k] if k is not None else None,)
        if item.text in HIS_WORDS and i and items[i - 1].text in ("حد", "بحسب", "حسب", "وفق"):
            return (speaker,)
    return None
