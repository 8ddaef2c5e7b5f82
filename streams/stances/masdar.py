"""Frames of masdars and of nouns of deeds.

«دعم أ لـب», «دعمه لـب», «هجوم أ على ب», «اتهامات من أ لـب», «مقتل ب على يد أ», «لطرد ب», «بدعم من أ», «تعرضت ب لهجوم من أ».
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from streams.stances import syntax
from streams.stances.arguments import Pair, agents_after, by_agents, group_items, targets_after
from streams.stances.control import TIMES, control, controlled
from streams.stances.grammar import Entry
from streams.stances.item import Item
from streams.stances.lexicon import Reading
from streams.stances.phrases import direct_object, doer, owner
from streams.stances.pronouns import resolve
from streams.stances.strokes import dealer
from streams.stances.syntax import REACH, Scene
from streams.stances.whose import HIS_LAND, helps, his_land, is_his, named_last

TIMES_DURING: Final = TIMES | {"اثناء", "خلال"}
"""Before a masdar with a possessive they tell when, too."""


FALLS: Final = frozenset(("سقط", "سقطت", "انهار", "انهارت", "هزم", "هزمت"))
"""«سقط أ بدعم ب»: it is not أ who was helped."""


def masdar(scene: Scene, i: int, r: Reading, entry: Entry) -> Pair:
    """Return holders and targets of the masdar or noun at `i`, or why there are none."""
    items = scene.items
    if _describes(items, i, r):
        return "it describes the noun before it"
    ways = entry.noun_target or tuple(w for w in entry.target if w != "direct") or (() if entry.agent_only else ("ل",))
    if r.shape.clitic in ("m", "f", "p"):
        return _possessed(scene, i, r, entry, ways)
    if (
        _received(scene, i)
        and (doers := _agents(scene, i, entry, ways) or by_agents(scene, i))
        and (receiver := scene.subjects[i])
    ):
        return doers, [receiver], "received"
    genitive = _genitive(items, i, r)
    if (pair := _of_his_land(scene, i, entry, ways) or _under(scene, i, r, genitive)) is not None:
        return pair
    if ways == ("ل",) and "ل" not in entry.noun_target and r.act is not None and r.act.id == "attack" and _fell_in(items, i):
        ways = ()  # «قتلى في قصف لـأ»: whose it is, not at whom
    start = i if genitive is None else syntax.group(items, genitive)[-1]
    targets = targets_after(scene, start, ways, entry, None)
    if genitive is not None and targets and not entry.agent_only:
        return group_items(scene, genitive), targets, "masdar-genitive-preposition"
    if genitive is not None and not targets and "ل" in ways and _for_something(items, start):
        return "no target"
    agents = _agents(scene, i, entry, ways)
    if not targets and genitive is not None and _received(scene, i) and (receiver := scene.subjects[i]):
        return group_items(scene, genitive), [receiver], "received"
    if not agents and genitive is not None and helps(r) and not is_his(items, i):
        agents = group_items(scene, genitive)
    if agents and not targets and helps(r):
        helped = scene.subjects[i] if not any(x.text.lstrip("وف") in FALLS for x in items[max(0, i - 8) : i]) else None
        return (agents, [helped], "with-help-of") if helped is not None else "no target"
    if genitive is not None and items[genitive].nation:
        return "no target"
    return _done_to(scene, i, r, entry, genitive=genitive, targets=targets, agents=agents)


def _fell_in(items: list[Item], i: int) -> bool:
    return i > 0 and items[i - 1].text in ("في", "جراء", "اثر", "نتيجه") and i + 1 < len(items) and bool(items[i + 1].actor)


def _of_his_land(scene: Scene, i: int, entry: Entry, ways: Sequence[str]) -> Pair | None:
    """«أكد أ دعم بلاده لـب»: it is أ who speaks for his land."""
    lord = scene.subjects[i]
    if lord is None or i + 1 >= len(scene.items) or scene.items[i + 1].text not in HIS_LAND:
        return None
    land = his_land(lord)
    targets = targets_after(scene, i + 1, ways, entry, land)
    return ([land], targets, "masdar-possessive") if targets else "no target"


def _under(scene: Scene, i: int, r: Reading, genitive: int | None) -> Pair | None:
    """«تراجع ب تحت ضربات أ»."""
    items = scene.items
    if genitive is None or not i or items[i - 1].text != "تحت" or r.act is None or r.act.id != "attack":
        return None
    struck = next((x for x in reversed(items[max(0, i - REACH) : i]) if x.actor and x.force), None)
    return (group_items(scene, genitive), [struck], "received") if struck is not None else "no target"


def _done_to(
    scene: Scene, i: int, r: Reading, entry: Entry, *, genitive: int | None, targets: list[Item], agents: list[Item]
) -> Pair:
    """«مقتل ب على يد أ», «لطرد ب»: what follows the masdar is its object; the doer is named after it or does it unsaid."""
    items = scene.items
    if not targets and "direct" in entry.target and doer(items, i + 1) is not None:
        return "no target"  # «اغتيال نفذه أ»: who did it, not whom
    end = i
    if not targets and "direct" in entry.target and not r.definite:
        k = genitive if genitive is not None else owner(items, i, limit=2 if entry.thing else 1, thing=entry.thing)
        targets, end = (group_items(scene, k), k) if k is not None else ([], i)
    if not targets:
        return "no target"
    agents = [a for a in agents if all(a.actor != t.actor for t in targets)]
    if not agents and r.act is not None and r.act.id == "kill":
        agents = dealer(scene, i, end)
        agents = [a for a in agents if all(a.actor != t.actor for t in targets)]
    agents = agents or by_agents(scene, end, near=r.act is not None and r.act.polarity == "support")
    return (agents, targets, "masdar-agent") if agents else controlled(scene, i, r, entry, targets)


def _his_own(item: Item) -> bool:
    """Return whether the word is a verb whose object pronoun is the deed before it: «خاضها», «شنها»."""
    return any(r.role == "plain" and r.shape.kind == "verb" and r.shape.clitic in ("m", "f") for r in item.readings)


def _for_something(items: list[Item], end: int) -> bool:
    """Return whether after the mention at `end` stands what the masdar is for, so that he does it: «دعم أ لفرض عقوبات»."""
    after = items[end + 1] if end + 1 < len(items) else None
    if after is None or after.actor:
        return False
    return after.text.startswith("لل") or any(x.prep == "ل" and x.shape.kind == "masdar" for x in after.readings)


def _describes(items: list[Item], i: int, r: Reading) -> bool:
    """Return whether the word is a participle after the noun it describes, not the masdar: «التظاهرات المناصرة لـب»."""
    before = items[i - 1] if i and r.definite else None
    return (
        before is not None
        and before.kind == "word"
        and before.text.startswith("ال")
        and any(x.shape.kind == "active" for x in items[i].readings)
    )


def _genitive(items: list[Item], i: int, r: Reading) -> int | None:
    """Return the mention right after the masdar: its doer or its object; after ال only a nationality («الدعم الروسي»)."""
    k = owner(items, i, limit=0)
    return k if k is not None and (not r.definite or items[k].nation) else None


def _agents(scene: Scene, i: int, entry: Entry, ways: Sequence[str]) -> list[Item]:
    """Return who is said to do it: «هجوم شنه أ», «دعم من أ»."""
    items = scene.items
    for j in range(i + 1, min(len(items), i + 4)):
        if items[j].actor:
            break
        k = doer(items, j) if "direct" not in entry.target or _received(scene, i) else None
        if k is not None:
            return group_items(scene, k)
        if j == i + 1 and _his_own(items[j]) and (subject := scene.subjects[i]) is not None:
            return [subject]  # «معارك خاضها مع ب»
    return [] if "من" in ways else agents_after(scene, i)


def _received(scene: Scene, i: int) -> bool:
    """Return whether a verb of receiving governs the word at `i`: «تعرضت ب لهجوم», «تلقى ب دعما», «حظي ب بتأييد»."""
    return any(r.role == "receive" for item in scene.items[max(0, i - 6) : i] for r in item.readings)


def _possessed(scene: Scene, i: int, r: Reading, entry: Entry, ways: Sequence[str]) -> Pair:
    """«دعمه لـب», «اتهامها ب»."""
    if entry.needs and r.act is not None and r.act.id in ("sue", "seek-surrender", "demand"):
        whom = resolve(scene, i, r.shape.clitic, but=scene.subjects[i])
        claimant = control(scene, i, r, [whom]) if whom is not None else None
        return ([claimant], [whom], "masdar-control") if claimant is not None and whom is not None else "no target"
    holder = _of_the_deed_before(scene.items, i, r.shape.clitic) if r.conj else None
    holder = holder or named_last(scene.items, i, r.shape.clitic) or scene.subjects[i]
    least = {"p": 2, "f": 3}.get(r.shape.clitic, 0)
    holders = _together(scene, i, holder, least) if holder is not None and least else []
    if holder is None or not (holders or syntax.fits(r.shape.clitic, holder)):
        holder = resolve(scene, i, r.shape.clitic)
    against = "direct" in entry.target and r.act is not None and r.act.polarity == "oppose"
    if against and (doers := by_agents(scene, i, near=True)):
        suffers = resolve(scene, i, r.shape.clitic, but=doers[0])  # «اعتقاله على يد أ»
        return (doers, [suffers], "masdar-agent") if suffers is not None else "no target"
    if entry.place:
        if i and scene.items[i - 1].text in TIMES_DURING:
            return "nobody is said to do it"  # «أثناء تحريرها من ب»
        holder = control(scene, i, r, [])
    targets = targets_after(scene, i, ways, entry, holder)
    if not targets and "direct" in entry.target and not _is_verb_too(scene.items, i, r):
        k = direct_object(scene.items, i, thing=True, close=True) if entry.thing else owner(scene.items, i, limit=1)
        targets = group_items(scene, k) if k is not None else []
    if not targets:
        return "no target"
    return (holders or [holder], targets, "masdar-possessive") if holder else "no holder"


def _together(scene: Scene, i: int, subject: Item, least: int) -> list[Item]:
    """Return the subject and those he is coordinated with, if so many: «أكد أ وب دعمهما لـج», «قطعت أ وب وج علاقاتها»."""
    k = next((k for k in range(i - 1, max(-1, i - REACH), -1) if scene.items[k] is subject), None)
    found = group_items(scene, k) if k is not None else []
    return found if len(found) >= least else []


def _of_the_deed_before(items: list[Item], i: int, whom: str) -> Item | None:
    """Return whose the deed is that the one at `i` is joined to: «تحالف أ مع ج ودعمها لـب»."""
    for k in range(i - 1, max(0, i - REACH), -1):
        if items[k].kind in ("stop", "clause", "verb"):
            return None
        deed = any(x.shape.kind in ("masdar", "noun") and not x.definite for x in items[k - 1].readings)
        if items[k].actor and not items[k].prep and deed and syntax.fits(whom, items[k]):
            return items[k]
    return None


def _is_verb_too(items: list[Item], i: int, r: Reading) -> bool:
    """Return whether the masdar with its pronoun may be a verb with its object: «تمرد دعمه أ», but «أعلن أ رفضه ب»."""
    if i and items[i - 1].actor and syntax.has_its_verb(items, i):
        return False
    if r.prep or r.conj or (i and items[i - 1].kind == "preposition"):
        return False
    return any(x.shape.kind == "verb" and x.shape.clitic for x in items[i].readings)
