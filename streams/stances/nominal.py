"""Frames of masdars, participles and nouns.

masdar    «دعم أ لـب», «دعمه لـب», «هجوم أ على ب», «اتهامات من أ لـب», «لطرد ب», «بدعم من أ»
mutual    «اشتباكات بين أ وب»
active    «أ الداعم لـب», «متهما ب»
passive   «ب المدعوم من أ»
noun      «أ حليف ب»
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from streams.stances import syntax
from streams.stances.arguments import Pair, agents_after, direct_object, group_items, owner, prep_object, targets_after
from streams.stances.lexicon import Entry, Reading
from streams.stances.sentence import Item
from streams.stances.syntax import Scene

TIMES: Final = frozenset(("منذ", "بعد", "قبل", "عقب", "غداه", "اعقاب", "حول", "بشان", "عن", "بعيد", "قبيل", "من"))
"""After these a masdar tells when or of what, not what the subject does."""


def passive(scene: Scene, i: int) -> Pair:
    """«ب المدعوم من أ»."""
    holders = agents_after(scene, i)
    if not holders:
        return "no agent after it"
    k = syntax.antecedent(scene.items, i)
    if k is None:
        return "what it describes is not an actor"
    return holders, [scene.items[k]], "passive-participle"


def active(scene: Scene, i: int, r: Reading, entry: Entry) -> Pair:
    """«أ الداعم لـب», «القوات الموالية لـب», «متهما ب بـ»."""
    items = scene.items
    preps = [p for p in ("ل", *entry.target, *entry.noun_target) if p != "direct"]
    targets: list[Item] = []
    found = prep_object(items, i, preps, scene.lexicon, reach=5)
    if found and not found[1]:
        targets = group_items(scene, found[0])
    if not targets and "direct" in entry.target and not r.definite:
        k = direct_object(items, i, thing=entry.thing)
        targets = group_items(scene, k) if k is not None else []
    if not targets:
        return "no target"
    if items[i].text.endswith("ا") and not r.definite:
        holder = scene.subjects[i]
        return ([holder], targets, "circumstance") if holder else "no subject"
    k = syntax.antecedent(items, i, gap=3)
    if k is None:
        return "what it describes is not an actor"
    return [items[k]], targets, "active-participle"


def holder_noun(scene: Scene, i: int, r: Reading) -> Pair:
    """«أ حليف ب», «أ الحليف القديم لـب», «خصمه أ»."""
    items = scene.items
    if r.shape.clitic in ("m", "f", "p"):
        k = syntax.right(items, i)
        if k is None:
            return "no holder"
        other = syntax.resolve(scene, i, r.shape.clitic, but=items[k])
        return ([items[k]], [other], "ally-noun") if other else "no target"
    found = prep_object(items, i, ("ل",), scene.lexicon, reach=4)
    k = found[0] if found and not found[1] else None
    if k is None and not r.definite:
        k = owner(items, i, limit=1)
    if k is None:
        return "no target"
    h = syntax.antecedent(items, i, gap=1)
    return ([items[h]], [items[k]], "ally-noun") if h is not None else "no holder"


def mutual(scene: Scene, i: int, entry: Entry) -> list[tuple[Item, Item]]:
    """Return both directions of «اشتباكات بين أ وب»."""
    if not entry.mutual:
        return []
    items = scene.items
    for j in range(i + 1, min(len(items), i + 9)):
        if items[j].text == "بين":
            k = owner(items, j)
            if k is None:
                return []
            rest = [m for m in range(k + 1, min(len(items), k + 10)) if items[m].actor]
            second = next((m for m in rest if items[m].conj or any(x.text[:1] == "و" for x in items[k + 1 : m])), None)
            if second is None or items[k].actor == items[second].actor:
                return []
            return [(items[k], items[second]), (items[second], items[k])]
        if items[j].mark and items[j].text not in syntax.QUOTES:
            return []
    return []


def masdar(scene: Scene, i: int, r: Reading, entry: Entry) -> Pair:
    """Return holders and targets of the masdar or noun at `i`, or why there are none."""
    items = scene.items
    ways = entry.noun_target or tuple(w for w in entry.target if w != "direct") or ("ل",)
    genitive = None if r.definite or r.shape.clitic else owner(items, i, limit=0)
    if r.shape.clitic in ("m", "f", "p"):
        return _possessed(scene, i, r, entry, ways)
    start = i if genitive is None else syntax.group(items, genitive)[-1]
    targets = targets_after(scene, start, ways, entry, None)
    if genitive is not None and targets:
        return group_items(scene, genitive), targets, "masdar-genitive-preposition"
    agents = [] if "من" in ways else agents_after(scene, i)
    if agents and r.prep == "ب" and not targets:
        return _with_help(scene, i, agents)
    direct = "direct" in entry.target
    if not targets and direct and not r.definite:
        k = genitive if genitive is not None else owner(items, i, limit=2 if entry.thing else 1)
        targets = group_items(scene, k) if k is not None else []
    if not targets:
        return "no target"
    if agents:
        return agents, targets, "masdar-agent"
    if not _governed_masdar(items, i, r):
        return "nobody is said to do it"
    holder = control(scene, i, targets)
    return ([holder], targets, "masdar-control") if holder else "no holder"


def _governed_masdar(items: Sequence[Item], i: int, r: Reading) -> bool:
    """Return whether the subject of the clause does the masdar at `i`: it is his purpose, his means, or what he undertakes."""
    if r.prep in ("ل", "ب"):
        return True
    if i == 0:
        return False
    before = items[i - 1]
    if before.text in TIMES or before.text.lstrip("و") in TIMES:
        return False
    if before.has("prepositions") or before.mark or before.actor or r.conj:
        return True
    return bool(before.readings) or before.has("undertakings")


def _with_help(scene: Scene, i: int, agents: list[Item]) -> Pair:
    """«... بدعم من أ»: who is helped is the subject of the clause."""
    helped = scene.subjects[i]
    return (agents, [helped], "with-help-of") if helped is not None else "no target"


def _possessed(scene: Scene, i: int, r: Reading, entry: Entry, ways: Sequence[str]) -> Pair:
    """«دعمه لـب», «اتهامها ب»."""
    holder = scene.subjects[i]
    if holder is None or not syntax.fits(r.shape.clitic, holder):
        holder = syntax.resolve(scene, i, r.shape.clitic)
    if entry.place:
        holder = control(scene, i, [])
    targets = targets_after(scene, i, ways, entry, holder)
    if not targets and "direct" in entry.target:
        k = owner(scene.items, i, limit=1)
        targets = group_items(scene, k) if k is not None else []
    if not targets:
        return "no target"
    return ([holder], targets, "masdar-possessive") if holder else "no holder"


def control(scene: Scene, i: int, targets: Sequence[Item]) -> Item | None:
    """Return who does the deed of a masdar that does not say: the subject of its clause."""
    holder = scene.subjects[i]
    if holder is not None and all(holder.actor != t.actor for t in targets):
        return holder
    return None
