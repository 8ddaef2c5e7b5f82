"""A stroke and whose it is: «غارات أ استهدفت ب», «مقتل قيادي في ب في غارة لـأ», «قُتل جنديان من ب برصاص أ».

The stroke, not its owner, is the subject of the verb or the place of the death; the stance is its owner's.
"""

from __future__ import annotations

from typing import Final

from streams.stances.arguments import Pair, group_items, targets_after
from streams.stances.grammar import Entry
from streams.stances.item import Item
from streams.stances.lexicon import Reading
from streams.stances.phrases import doer, owner
from streams.stances.syntax import REACH, Scene

STROKES: Final = frozenset(
    conjunction + article + stroke
    for conjunction in ("", "و")
    for article in ("", "ال", "ب", "بال")
    for stroke in (
        *("غاره", "غارات", "هجوم", "هجمات", "قصف", "ضربه", "ضربات", "تفجير", "كمين", "رصاص", "نيران"),
        *("عمليه", "عمليات", "حمله", "صواريخ", "قذايف", "طايرات", "طايره", "مسيره", "مسيرات", "اشتباكات", "مواجهات"),
    )
)
"""What people are hit, killed or seized by, before whoever does it."""
DEALT: Final = frozenset(
    (
        *("شن", "شنت", "يشن", "تشن", "شنوا", "نفذ", "نفذت", "ينفذ", "تنفذ", "وجه", "وجهت", "يوجه", "توجه", "اطلق", "اطلقت"),
        *("واصل", "واصلت", "يواصل", "تواصل", "كثف", "كثفت", "يكثف", "تكثف", "استانف", "استانفت", "بدا", "بدات", "تنفيذ"),
    )
)
"""Before a stroke: their subject deals it."""
HIT: Final = frozenset(("attack", "kill", "arrest", "besiege"))
"""Acts whose subject may be a stroke."""


def struck(scene: Scene, i: int, r: Reading, entry: Entry) -> Pair | None:
    """«غارات أ استهدفت ب», «شن أ غارات استهدفت ب»: the stroke's owner, or whoever deals it; None where no stroke leads."""
    if r.act is None or r.act.id not in HIT or r.shape.gender not in ("m", "f"):
        return None
    items = scene.items
    if i + 1 < len(items) and items[i + 1].text in STROKES:
        return None  # «استهدفت غارة أ ب»: the stroke comes after its verb
    for j in range(i - 1, max(-1, i - REACH), -1):
        if items[j].kind in ("stop", "clause") or items[j].has("starters"):
            return None
        if items[j].text in STROKES:
            k = _owner(items, j, i)
            dealt = scene.subjects[j - 1] if j and k is None and _dealt(items, j) else None
            holder = items[k] if k is not None else dealt
            targets = targets_after(scene, i, entry.target, entry, None)
            if not targets:
                return None
            if holder is None or any(t.actor == holder.actor for t in targets):
                return "the subject is not an actor"
            return [holder], targets, "stroke"
    return None


def strikes(scene: Scene, i: int, entry: Entry) -> Pair | None:
    """«استهدفت غارات تركية ب», «قتلت غارة شنها أ عنصرين من ب»: the stroke is the subject right after its verb."""
    items = scene.items
    if i + 1 >= len(items) or items[i + 1].text not in STROKES:
        return None
    k = _owner(items, i + 1, len(items))
    if k is None:
        return "the subject is not an actor"
    targets = targets_after(scene, k, entry.target, entry, items[k])
    return (group_items(scene, k), targets, "stroke") if targets else "no target"


def _owner(items: list[Item], j: int, end: int) -> int | None:
    """Return whose the stroke at `j` is, named before `end`: «غارة تركية», «قصف أ», «هجوم شنه أ», «غارة لـأ»."""
    for n in range(j + 1, min(len(items), j + 5, end)):
        if (m := doer(items, n)) is not None:
            return m if m < end else None
    k = owner(items, j, limit=2, thing=True, his=True)
    return k if k is not None and k < end else None


def _dealt(items: list[Item], j: int) -> bool:
    """Return whether a verb or masdar before the stroke at `j` deals it: «شن أ غارات», «نفذ هجوما», «بعد شن أ غارات»."""
    for x in reversed(items[max(0, j - 6) : j]):
        if x.kind == "preposition":
            return False
        if x.text in DEALT or (x.text[0] in "وفس" and x.text[1:] in DEALT):
            return True
    return False


def killed(scene: Scene, i: int, r: Reading) -> Pair | None:
    """«قُتل جنديان من ب في غارة لـأ», «قُتل عناصر من ب برصاص أ»: whoever struck is named by the stroke."""
    items = scene.items
    if r.act is None or r.act.id != "kill" or not r.shape.finished or r.shape.clitic:
        return None
    k = next((j for j in range(i + 1, min(len(items), i + 7)) if items[j].kind not in ("word", "filler", "preposition")), None)
    if k is None or not items[k].actor or items[k].prep or not any(_some_of(x) for x in items[i + 1 : k + 1]):
        return None
    return _by_stroke(items, k)


def _some_of(item: Item) -> bool:
    """Return whether the word or mention speaks of some of a body's men: «جنديان من ب», «عناصر ب»."""
    return item.has("members") or item.text.startswith(("عناصر", "مسلحي", "مقاتلي", "جنود", "افراد"))


def _by_stroke(items: list[Item], k: int) -> Pair | None:
    for j in range(k + 1, min(len(items), k + REACH)):
        if items[j].text in STROKES:
            agent = owner(items, j, limit=1, thing=True, his=True)
            return ([items[agent]], [items[k]], "passive-verb") if agent is not None else "the subject is not an actor"
        if items[j].kind in ("stop", "clause"):
            return None
    return None


def dealer(scene: Scene, i: int, end: int) -> list[Item]:
    """Return who dealt the stroke that «مقتل ب في غارة ...» names after `end`: its owner, else a force that tells of it."""
    items = scene.items
    for j in range(end + 1, min(len(items), end + REACH)):
        if items[j].text in STROKES:
            k = owner(items, j, limit=2, thing=True, his=True)
            if k is not None:
                return group_items(scene, k)
            teller = scene.subjects[i - 1] if i else None
            return [teller] if teller is not None and teller.force else []
        if items[j].kind in ("stop", "clause", "verb"):
            return []
    return []
