"""Noun phrases: what is the direct object of a word, whose a thing is, of which body somebody is a member, who did a deed."""

from __future__ import annotations

from typing import Final

from streams.stances import syntax
from streams.stances.item import Item
from streams.stances.merge import LED_BY
from streams.stances.syntax import REACH

EVENTS: Final = frozenset(("موتمر", "تصريح", "تصريحات", "بيان", "لقاء", "مقابله", "حوار", "خطاب", "اجتماع", "كلمه", "تقرير"))
"""Where something is said; one adjective may follow."""
HIS_EVENTS: Final = frozenset(("كلمته", "كلمتها", "خطابه", "خطابها", "بيانه", "بيانها", "تصريحه", "تصريحاته", "تصريحاتها"))
UNLAWFUL: Final = frozenset(("شرعيه", "شرعي", "شرعيين", "الشرعيه", "الشرعي", "قانونيه", "قانوني", "دستوريه", "دستوري"))
"""After «غير»."""
FOLLOWERS: Final = frozenset(("انصار", "حلفاء", "حليف", "حليفه"))
"""They count as whom they follow."""
SEATS: Final = frozenset(("مقرها", "مقره", "مقرا"))


def direct_object(items: list[Item], i: int, *, thing: bool, close: bool = False) -> int | None:
    """Return the mention that is the direct object of the word at `i`: free, or the owner of the thing that is the object.

    What a preposition governs, and a relative clause up to its comma, are stepped over; with `close` a comma ends the search.
    """
    limit = 3 if thing else 1
    unknown = under = 0
    event = False
    j = i
    while (j := j + 1) < min(len(items), i + REACH + 4):
        kind = items[j].kind
        if not under and (k := _object_at(items, j, unknown, thing=thing)) is not None:
            return k
        if kind in ("stop", "clause") or (close and kind == "comma"):
            return None
        if kind == "verb" and not under:
            return doer(items, j) if thing else None
        if kind == "relative":
            if unknown or items[j - 1].kind == "filler":  # the clause is that of the object: «العدوان الذي يشنه أ»
                return doer(items, j + 1) if thing else None
            j = _clause_end(items, j)
        elif kind == "preposition":
            under = 3
        elif kind in ("mention", "comma"):
            under = 0
        elif under:
            under = 0 if event or items[j].text in HIS_EVENTS else under - 1  # «خلال مؤتمر صحفي»: one adjective ends it
            event = items[j].text in EVENTS
        elif kind == "word":
            unknown += 1
            opponents = syntax.is_other_side(items[j]) and items[j].text not in FOLLOWERS
            if unknown > limit or opponents or any(r.prep for r in items[j].readings):
                return None
    return None


def _object_at(items: list[Item], j: int, unknown: int, *, thing: bool) -> int | None:
    """Return whose the object is, if the item at `j` tells: a mention, a member, a doer, a master; `unknown` words come first."""
    item = items[j]
    if item.kind == "mention":
        return j if not item.prep or (thing and _its(items, j)) else None
    if thing and item.has("members") and (k := of_body(items, j)) is not None:
        return k
    if thing and (k := issuer(items, j)) is not None:
        return k
    if item.has("affiliated") and items[j - 1].kind in ("word", "filler"):
        return _it_serves(items, j)
    return doer(items, j) if thing and unknown and item.kind == "word" else None  # «هجوما شنه أ»


def _its(items: list[Item], j: int) -> bool:
    """Return whether the mention at `j` owns the thing right before it: «هجوما لـب»."""
    return items[j].prep == "ل" and items[j - 1].kind in ("word", "filler") and not items[j - 1].text.startswith("ال")


IN_A_BODY: Final = frozenset(("في", "من", "الي", "لدي", "عن", "فيما", "مما", "بما"))


def of_body(items: list[Item], j: int) -> int | None:
    """Return the body whose member the word at `j` is: «قيادي في ب», «عنصرا من ب»."""
    for k in range(j + 1, min(len(items), j + 8)):
        if items[k].kind == "mention":
            return k if items[k].prep in ("", "ب", "ل") else None
        if items[k].kind not in ("word", "filler", "quote") and items[k].text not in IN_A_BODY:
            return None
    return None


def _it_serves(items: list[Item], j: int) -> int | None:
    """Return whose the thing is that the word at `j` calls subordinate: «الحرس التابع لـب»."""
    return j + 1 if j + 1 < len(items) and items[j + 1].actor and items[j + 1].prep == "ل" else None


ISSUED: Final = frozenset(("الصادر", "الصادره", "الصادرين", "صادر", "صادره", "المعلن", "المعلنه"))


def issuer(items: list[Item], j: int) -> int | None:
    """Return who issued the thing before the word at `j`: «القوانين الصادرة عن ب», «القرار الصادر من ب»."""
    if items[j].text not in ISSUED or j + 2 >= len(items) or items[j + 1].text not in ("عن", "من"):
        return None
    return j + 2 if items[j + 2].actor and not items[j + 2].prep else None


def _clause_end(items: list[Item], j: int) -> int:
    """Return where the relative clause from `j` ends: at its comma, or with the place where somebody has his seat."""
    for k in range(j + 1, min(len(items), j + REACH)):
        if items[k].kind == "comma":
            return k
        if items[k].text in SEATS and k + 2 < len(items) and items[k + 1].kind == "preposition":
            return k + 2  # «التي يوجد مقرها في طرابلس»
    return j + REACH


def doer(items: list[Item], j: int) -> int | None:
    """Return the mention that did the thing before the verb at `j`: «خطة عرضها أ», «العدوان الذي يشنه أ»."""
    if j >= len(items) or not any(r.shape.kind == "verb" and r.shape.clitic in ("m", "f") for r in items[j].readings):
        return None
    return syntax.right(items, j)


def owner(items: list[Item], j: int, *, limit: int = 3, thing: bool = False, his: bool = False) -> int | None:
    """Return the mention that ends the noun phrase that begins after `j` (a preposition or a thing).

    `limit` is how many unknown words may stand before it; with `thing` its doer in a relative clause counts too,
    with `his` whoever it is said to be of: «غارة لـأ».
    """
    unknown = 0
    for k in range(j + 1, min(len(items), j + 9)):
        kind = items[k].kind
        if kind == "mention":
            so_called = items[k - 1].text in syntax.SO_CALLED
            return k if not items[k].prep or so_called or (thing and items[k].prep == "ل" and (his or k > j + 1)) else None
        if thing and items[k].has("members") and (m := of_body(items, k)) is not None:
            return m
        if kind in ("relative", "verb"):
            return doer(items, k + (kind == "relative")) if thing else None
        if syntax.is_other_side(items[k]):
            return None  # «تسليح معارضي أ»
        if kind == "word":
            unknown += not items[k].has("members")
            if unknown > limit or items[k].conj or items[k].text in LED_BY:
                return None
        elif kind == "comma" and thing and k + 1 < len(items) and items[k + 1].has("members"):
            return of_body(items, k + 1)  # «القبض على فلان، قيادي في ب»
        elif kind not in ("quote", "filler"):
            return None
    return None
