"""Whose deed a masdar with بـ is, where a word before it says so: a pledge, a charge, a part in it; or by whose help."""

from __future__ import annotations

from typing import Final

from streams.stances.item import Item
from streams.stances.lexicon import Reading
from streams.stances.syntax import REACH, fits

HELP: Final = frozenset(("back", "aid", "arm", "fund", "welcome"))
"""Acts by which somebody is helped in what he does: «بدعم أ», «بمباركة أ»."""
PLEDGES: Final = frozenset(
    conjunction + word
    for conjunction in ("", "و")
    for word in (
        *("تعهد", "تعهدت", "يتعهد", "تتعهد", "تعهدوا", "وعد", "وعدت", "التزم", "التزمت"),
        *("قام", "قامت", "يقوم", "تقوم", "بدا", "بدات", "ساهم", "ساهمت"),
    )
)
"""What follows them with بـ is what their subject does or will do: «تعهد أ بدعم ب»."""
INVOLVED: Final = frozenset(("علاقه", "تورط", "قيام", "ضلوع", "دور", "اتهام"))
"""«علاقة أ بدعم ب»: it is أ who does it."""


CAUSES: Final = frozenset(("بسبب", "جراء", "نتيجه", "خلفيه", "علي", "نظير"))
"""After them a masdar with a pronoun is the deed of whoever was named last: «انتقد أ ب بسبب دعمه لـج»."""
HIS_LAND: Final = frozenset(("بلاده", "بلادها", "بلادنا", "حكومته", "حكومتها", "دولته", "وبلاده", "وبلادها"))
"""Who speaks for them: «أكد أ دعم بلاده لـب»."""


def his_land(lord: Item) -> Item:
    """Return whose deed it is that a man says his land does: the land's, where it is known, else his own."""
    if not lord.land:
        return lord
    land = Item(lord.text, lord.start, lord.end)
    land.actor, land.gender = lord.land, "f"
    return land


def named_last(items: list[Item], i: int, whom: str) -> Item | None:
    """Return the mention before the masdar with a pronoun at `i` that is its doer, where a word of cause stands between them."""
    if not i or items[i - 1].text.lstrip("و") not in CAUSES:
        return None
    for k in range(i - 2, max(-1, i - 7), -1):
        if items[k].actor:
            return items[k] if fits(whom, items[k]) else None
        if items[k].kind in ("stop", "clause", "verb"):
            return None
    return None


def is_his(items: list[Item], i: int) -> bool:
    """Return whether what stands before the masdar at `i` says whose deed it is: «قام بدعم ب», «علاقة أ بدعم ب», a charge."""
    for k in range(i - 1, max(-1, i - 7), -1):
        pledge = items[k].text in PLEDGES
        if pledge or items[k].kind == "verb":
            if pledge or k == i - 1 or (_takes_by(items[k]) and all(x.prep != "ب" for x in items[k + 1 : i])):
                return True
            break
    return (i > 1 and items[i - 2].text in INVOLVED) or is_charge(items, i)


def _takes_by(item: Item) -> bool:
    """Return whether the verb's own object is led in by بـ: «نددت أ بدعم ب»."""
    return any(r.entry is not None and "ب" in r.entry.target for r in item.readings)


def helps(r: Reading) -> bool:
    """Return whether the masdar may say by whose help something is done: «بدعم أ», not «بتكليف ب»."""
    return r.prep == "ب" and r.act is not None and r.act.id in HELP


def is_charge(items: list[Item], i: int) -> bool:
    """Return whether the word at `i` is what somebody is accused of."""
    for j in range(i - 1, max(-1, i - REACH), -1):
        if any(r.act is not None and r.act.id == "accuse" for r in items[j].readings):
            return True
        if items[j].kind in ("stop", "clause"):
            return False
    return False
