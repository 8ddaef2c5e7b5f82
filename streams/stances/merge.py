"""Mentions that are one: titles and appositions, a body and who leads it, armed men and whose they are; glosses left out.

«رئيس حكومة أ فلان» is the man, «قوات أ بقيادة فلان» the body, «مسلحون من أ» are أ.
"""

from __future__ import annotations

from typing import Final

from streams.stances.item import Item

UNNAMED: Final = "militias"
"""The actor of armed men whom nothing else names."""
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


def without_brackets(items: list[Item]) -> list[Item]:
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


def merged(items: list[Item]) -> list[Item]:
    """Merge a person with the body in his title: one mention remains, the one that acts.

    «رئيس حكومة أ فلان» and «فلان رئيس حكومة أ» are the person; «قوات أ بقيادة فلان» is the body.
    """
    out: list[Item] = []
    for item in items:
        if item.force and item.actor != UNNAMED and len(out) > 1 and out[-1].text == "من" and _armed_men(out[-2]):
            item.prep, item.conj = out[-2].prep, out[-2].conj
            del out[-2:]
        elif item.actor and out:
            k = len(out) - 1
            steps = 0
            while k >= 0 and steps < 6 and not out[k].actor and _passable(out[k]):
                k -= 1
                steps += 1
            if k >= 0 and out[k].actor and not item.prep and not item.conj and _merge_pair(out, k, item):
                continue
        out.append(item)
    return out


def _armed_men(item: Item) -> bool:
    """Return whether the mention names armed men by nothing but their arms: «مسلحون من تنظيم ب» are those of ب."""
    return item.actor == UNNAMED and "يشيا" not in item.text


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
