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
from streams.stances.arguments import Pair, agents_after, direct_object, doer, group_items, owner, prep_object, targets_after
from streams.stances.lexicon import Entry, Reading
from streams.stances.sentence import Item
from streams.stances.syntax import Scene

TIMES: Final = frozenset(("منذ", "بعد", "قبل", "عقب", "غداه", "اعقاب", "حول", "بشان", "عن", "بعيد", "قبيل", "من"))
"""After these a masdar tells when or of what, not what the subject does."""


def passive(scene: Scene, i: int) -> Pair:
    """«ب المدعوم من أ»."""
    feminine = any(r.shape.gender == "f" for r in scene.items[i].readings)
    holders = agents_after(scene, i)
    if not holders:
        return "no agent after it"
    k = syntax.antecedent(scene.items, i)
    if k is None:
        return "what it describes is not an actor"
    head = scene.items[k]
    if head.inner is not None and feminine and head.gender == "m":
        head = head.inner
    return holders, [head], "passive-participle"


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
    if i and items[i - 1].text.lstrip("و") in scene.lexicon.force_heads:
        return [_unnamed_force(scene, i - 1, targets[0])], targets, "loyal-forces"
    k = syntax.antecedent(items, i, gap=3)
    if k is None:
        return "what it describes is not an actor"
    head = items[k]
    if head.inner is not None and r.shape.gender == "f" and head.gender == "m":
        head = head.inner
    return [head], targets, "active-participle"


def _unnamed_force(scene: Scene, i: int, served: Item) -> Item:
    """Return the force named by the word at `i` and by whom it serves: «قوات موالية لـب»."""
    word = scene.items[i]
    force = Item(word.text, word.start, word.end)
    forces = scene.lexicon.forces
    force.actor = forces.of.get(served.actor, forces.other)
    return force


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
    if k + 2 < len(items) and items[k + 1].text == "في" and items[k + 2].actor:
        return [items[k + 2]], [items[k]], "ally-noun"
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
    genitive = None if r.shape.clitic else owner(items, i, limit=0)
    if genitive is not None and r.definite and not items[genitive].nation:
        genitive = None
    if r.shape.clitic in ("m", "f", "p"):
        return _possessed(scene, i, r, entry, ways)
    start = i if genitive is None else syntax.group(items, genitive)[-1]
    targets = targets_after(scene, start, ways, entry, None)
    if genitive is not None and targets:
        return group_items(scene, genitive), targets, "masdar-genitive-preposition"
    agents = [] if "من" in ways else agents_after(scene, i)
    done = next((k for j in range(i + 1, min(len(items), i + 4)) if (k := doer(items, j)) is not None), None)
    if done is not None:
        agents = group_items(scene, done)
    if not targets and _received(scene, i):
        holders = agents or (group_items(scene, genitive) if genitive is not None else [])
        receiver = scene.subjects[i]
        return (holders, [receiver], "received") if holders and receiver is not None else "no holder"
    if agents and r.prep == "ب" and not targets and r.act is not None and r.act.polarity == "support":
        return _with_help(scene, i, agents)
    direct = "direct" in entry.target
    if genitive is not None and items[genitive].nation:
        return "no target"
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
    if before.text == "عن" and i > 1 and items[i - 2].text.lstrip("و").startswith("مسوول"):
        return True  # «أعلن أ مسؤوليته عن الهجوم»
    if before.text in TIMES or before.text.lstrip("و") in TIMES:
        return False
    if before.has("prepositions") or before.mark or before.actor or (r.conj and r.act is not None and r.act.mode == "deed"):
        return True
    return bool(before.readings) or before.has("undertakings")


def _received(scene: Scene, i: int) -> bool:
    """Return whether a verb of receiving governs the word at `i`: «تعرضت ب لهجوم», «تلقى ب دعما», «حظي ب بتأييد»."""
    return any(r.role == "receive" for item in scene.items[max(0, i - 6) : i] for r in item.readings)


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
    if i and scene.items[i - 1].actor and not scene.items[i - 1].prep:
        return scene.items[i - 1]
    holder = scene.subjects[i - 1] if i else None
    if holder is not None and all(holder.actor != t.actor for t in targets):
        return holder
    return None
