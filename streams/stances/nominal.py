"""Frames of participles, of nouns that name the holder, of clashes between two, and of ضد.

mutual    «اشتباكات بين أ وب», «الخصمان أ وب»
against   «عملية أ ضد ب»
active    «أ الداعم لـب», «متهما ب»
passive   «ب المدعوم من أ»
noun      «أ حليف ب»
"""

from __future__ import annotations

from typing import Final

from streams.stances import syntax
from streams.stances.arguments import Pair, agents_after, group_items, prep_object
from streams.stances.grammar import Entry
from streams.stances.item import Item
from streams.stances.lexicon import Reading
from streams.stances.phrases import direct_object, owner
from streams.stances.pronouns import HIM, resolve
from streams.stances.syntax import Scene

FIGHTERS: Final = ("مهاجم", "مقاتل", "محارب")


def passive(scene: Scene, i: int) -> Pair:
    """«ب المدعوم من أ»."""
    if scene.items[i].text.startswith(FIGHTERS):
        return "it is a noun"  # «مهاجمين من ب»
    feminine = any(r.shape.gender == "f" for r in scene.items[i].readings)
    holders = agents_after(scene, i)
    if not holders:
        return "no agent after it"
    k = syntax.antecedent(scene.items, i)
    if k is None:
        return "what it describes is not an actor"
    return holders, [_described(scene.items[k], feminine=feminine)], "passive-participle"


def active(scene: Scene, i: int, r: Reading, entry: Entry) -> Pair:
    """«أ الداعم لـب», «القوات الموالية لـب», «متهما ب بـ»."""
    items = scene.items
    preps = ["ل" if p == "direct" else p for p in (*entry.target, *entry.noun_target)]
    targets: list[Item] = []
    found = prep_object(items, i, preps, scene.lexicon, reach=5)
    if found and not found[1]:
        targets = group_items(scene, found[0])
    elif found and (one := resolve(scene, i, found[1], but=_before(items, i))):
        targets = [one]  # «كتيبة أ الموالية له»
    whom = HIM.get(items[i + 1].text) if i + 1 < len(items) and "direct" in entry.target else None
    if whom and (one := resolve(scene, i, whom, but=scene.subjects[i])):
        targets = [one]
    if not targets and "direct" in entry.target and not r.definite:
        k = direct_object(items, i, thing=entry.thing)
        targets = group_items(scene, k) if k is not None else []
    if not targets:
        return "no target"
    if any(x.text == "بين" for x in items[max(0, i - 5) : i]):
        targets = targets[:1]  # «بين قوات موالية لـب وج»: ج is the other side
    if items[i].text.endswith("ا") and not r.definite:
        holder = _sayer(scene, i, r) or scene.subjects[i]
        return ([holder], targets, "circumstance") if holder else "no subject"
    if r.act is not None and r.act.polarity == "support" and i and items[i - 1].text.lstrip("و") in scene.lexicon.force_heads:
        return [_unnamed_force(scene, i - 1, targets[0])], targets, "loyal-forces"
    if i and r.shape.plural and (one := _one_of_them(scene, i)) is not None:
        return [one], targets, "active-participle"
    k = syntax.antecedent(items, i, gap=3)
    if k is None or _of_its_own(items, k, i):
        return "what it describes is not an actor"
    return [_described(items[k], feminine=r.shape.gender == "f")], targets, "active-participle"


def _before(items: list[Item], i: int) -> Item | None:
    k = syntax.antecedent(items, i, gap=3)
    return items[k] if k is not None else None


MOST: Final = frozenset(("ابرز", "اكبر", "اهم", "اشد", "احد", "اقوي", "اوثق", "اقرب", "كبار"))
"""«أ من أبرز داعمي ب», «أ أحد أكبر حلفاء ب»."""


def _one_of_them(scene: Scene, i: int) -> Item | None:
    """Return who is said to be one of the supporters or allies that the word at `i` names."""
    items = scene.items
    if items[i - 1].text not in MOST:
        return None
    k = next((k for k in range(i - 1, max(-1, i - 6), -1) if items[k].actor), None)
    if k is not None:
        return items[k] if not items[k].prep else None
    return scene.subjects[i - 1]


def _sayer(scene: Scene, i: int, r: Reading) -> Item | None:
    """Return who said the clause before «مشيدا بـب», in this sentence: it is he who praises, not the subject of what he said."""
    speaker = scene.speakers[i]
    if r.act is None or not r.act.said or speaker is None or speaker.gender == "f":
        return None
    return speaker if any(x is speaker for x in scene.items) else None


def _of_its_own(items: list[Item], k: int, i: int) -> bool:
    """Return whether the participle at `i` describes a noun after the mention at `k`: «بالتظاهرات المناصرة لـب»."""
    return any(x.text.endswith("ات") or (x.readings and x.readings[0].prep) for x in items[k + 1 : i])


def _described(head: Item, *, feminine: bool) -> Item:
    """Return whom a participle after `head` describes: of «قائد القوات الموالية لـب» the forces, a feminine word, not the man."""
    if not feminine or not head.person or head.gender != "m":
        return head
    if head.inner is not None or not head.body:
        return head.inner or head
    body = Item(head.text, head.start, head.end)
    body.actor = head.body
    return body


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
        other = resolve(scene, i, r.shape.clitic, but=items[k])
        return ([items[k]], [other], "ally-noun") if other else "no target"
    found = prep_object(items, i, ("ل",), scene.lexicon, reach=4)
    k = found[0] if found and not found[1] else None
    if k is None and not r.definite:
        k = owner(items, i, limit=1)
    if k is None:
        return "no target"
    if k + 2 < len(items) and items[k + 1].text == "في" and items[k + 2].actor:
        return [items[k + 2]], [items[k]], "ally-noun"
    if i and (one := _one_of_them(scene, i)) is not None:
        return [one], [items[k]], "ally-noun"
    h = syntax.antecedent(items, i, gap=1)
    return ([items[h]], [items[k]], "ally-noun") if h is not None else "no holder"


def mutual(scene: Scene, i: int, r: Reading, entry: Entry) -> list[tuple[Item, Item]]:
    """Return both directions of «اشتباكات بين أ وب» and of «الخصمين أ وب»."""
    items = scene.items
    if not entry.mutual or (entry.holder_noun and not (r.definite and r.shape.plural)):
        return []
    for j in range(i + 1, min(len(items), i + 9)):
        if items[j].text == "بين" or (entry.holder_noun and items[j].actor):
            first = owner(items, j) if not items[j].actor else j
            second = _partner(items, first) if first is not None else None
            if first is None or second is None or (items[first].conj and not entry.holder_noun):
                return []  # «بين الأهالي وأ»: the other side is unknown
            return [(items[first], items[second]), (items[second], items[first])]
        if items[j].kind == "stop" or (items[j].kind == "comma" and items[j + 1 : j + 2] and items[j + 1].text != "بين"):
            return []
    return []


def _partner(items: list[Item], k: int) -> int | None:
    """Return the mention that و joins to the one at `k`."""
    for m in range(k + 1, min(len(items), k + 10)):
        if items[m].text == "في" and any(x.conj for x in items[k + 1 : m]):
            return None  # «ومسلحين في ب»: a place
        if items[m].actor and items[m].prep and not items[m - 1].has("affiliated"):
            if any(x.conj for x in items[k + 1 : m]):
                return None  # «بين قوات موالية لـب وأخرى داعمة لـج»: their sides are not who fights
            continue
        if items[m].actor and (items[m].conj or any(x.conj for x in items[k + 1 : m])):
            return m if items[m].actor != items[k].actor else None
    return None


def involved(scene: Scene, i: int) -> Pair:
    """«كشف أ عن تورط ب في التهريب»: who speaks of the part that ب has in it."""
    k = owner(scene.items, i, limit=1)
    if k is None:
        return "no target"
    holder = scene.speakers[i] or scene.subjects[i]
    told = holder is not None and any("speech" in x.roles for x in scene.items[:i])
    return ([holder], group_items(scene, k), "misdeed") if holder is not None and told else "nobody holds it against him"


MEASURES: Final = frozenset(("تدابير", "اجراءات", "خطوات", "عقوبات", "حمله", "شكاوي", "دعاوي", "تصعيد"))
"""What the subject of the clause takes against somebody: «اتخذ أ إجراءات ضد ب»."""


def against(scene: Scene, i: int) -> Pair:
    """«عملية أ ضد ب», «حربه ضد ب»: the word ضد at `i`, with whose it is right before it."""
    items = scene.items
    k = owner(items, i, limit=1)
    if k is None or not i:
        return "no target"
    before = items[i - 1]
    if before.actor and not before.prep:
        return [before], group_items(scene, k), "against"
    holder = scene.subjects[i - 1]
    refused = any(x.text.lstrip("وف") in ("رفض", "رفضت", "ترفض", "يرفض", "رفضه", "رفضها") for x in items[max(0, i - 8) : i])
    his = (before.text.endswith(("ها", "هم")) and not refused) or before.text in MEASURES
    if before.kind in ("word", "filler") and his and holder is not None:
        return [holder], group_items(scene, k), "against"
    return "nobody is said to do it"
