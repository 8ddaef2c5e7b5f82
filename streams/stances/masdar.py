"""Frames of masdars and of nouns of deeds.

«دعم أ لـب», «دعمه لـب», «هجوم أ على ب», «اتهامات من أ لـب», «مقتل ب على يد أ», «لطرد ب», «بدعم من أ», «تعرضت ب لهجوم من أ».
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from streams.stances import syntax
from streams.stances.arguments import Pair, agents_after, by_agents, group_items, targets_after
from streams.stances.grammar import Entry
from streams.stances.lexicon import Reading
from streams.stances.phrases import doer, owner
from streams.stances.sentence import Item
from streams.stances.syntax import REACH, Scene
from streams.stances.whose import helps, is_charge, is_his

TIMES: Final = frozenset(("منذ", "بعد", "قبل", "عقب", "غداه", "اعقاب", "حول", "بشان", "عن", "بعيد", "قبيل", "من"))
"""After these a masdar tells when or of what, not what the subject does."""
TIMES_DURING: Final = TIMES | {"اثناء", "خلال"}
"""Before a masdar with a possessive they tell when, too."""

AFTER: Final = frozenset(("منذ", "بعد", "قبل", "عقب", "غداه"))
DONE: Final = frozenset(("تم", "تمت", "يتم", "تتم", "سيتم"))
"""With a masdar they are its passive."""

CONCERNING: Final = frozenset(("الخاص", "الخاصه", "المتعلق", "المتعلقه", "المعني", "المعنيه"))

AGES: Final = frozenset(("سنوات", "سنه", "عام", "عاما", "اعوام", "عامين", "سنتين", "اشهر", "شهور", "ايام"))
CAMPS: Final = frozenset(("معسكر", "معسكرات", "مركز", "مراكز", "مقر", "مقرات", "قاعده", "قواعد"))


def masdar(scene: Scene, i: int, r: Reading, entry: Entry) -> Pair:
    """Return holders and targets of the masdar or noun at `i`, or why there are none."""
    items = scene.items
    if _describes(items, i, r):
        return "it describes the noun before it"
    ways = entry.noun_target or tuple(w for w in entry.target if w != "direct") or ("ل",)
    if r.shape.clitic in ("m", "f", "p"):
        return _possessed(scene, i, r, entry, ways)
    if (
        _received(scene, i)
        and (doers := _agents(scene, i, entry, ways) or by_agents(scene, i))
        and (receiver := scene.subjects[i])
    ):
        return doers, [receiver], "received"
    genitive = _genitive(items, i, r)
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
        helped = scene.subjects[i]
        return (agents, [helped], "with-help-of") if helped is not None else "no target"
    if genitive is not None and items[genitive].nation:
        return "no target"
    end = i
    if not targets and "direct" in entry.target and not r.definite:
        k = genitive if genitive is not None else owner(items, i, limit=2 if entry.thing else 1, thing=entry.thing)
        targets, end = (group_items(scene, k), k) if k is not None else ([], i)
    if not targets:
        return "no target"
    agents = [a for a in agents if all(a.actor != t.actor for t in targets)]
    agents = agents or (by_agents(scene, end) if r.act is not None and r.act.polarity == "oppose" else [])
    return (agents, targets, "masdar-agent") if agents else _controlled(scene, i, r, entry, targets)


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
        k = doer(items, j) if "direct" not in entry.target else None
        if k is not None:
            return group_items(scene, k)
    return [] if "من" in ways else agents_after(scene, i)


def _controlled(scene: Scene, i: int, r: Reading, entry: Entry, targets: list[Item]) -> Pair:
    if _afterwards(scene.items, i) or entry.agent_only or not (entry.needs or _governed(scene.items, i, r)):
        return "nobody is said to do it"
    holder = control(scene, i, r, targets)
    return ([holder], list(targets), "masdar-control") if holder else "no holder"


def _governed(items: list[Item], i: int, r: Reading) -> bool:
    """Return whether the subject of the clause does the masdar at `i`: it is his purpose, his means, or what he undertakes."""
    if any(_of_somebody(items, j) for j in range(max(0, i - 4), i)):
        return False
    if any(items[j].text.lstrip("و") in AGES for j in range(max(0, i - 5), i)):
        return False  # «بعد أربع سنوات على إسقاط ب»
    if r.prep == "ل" and i and items[i - 1].text in CAMPS:
        return False  # «معسكرات لتدريب ب»
    if r.prep == "ب" and i > 1 and (items[i - 1].text in CONCERNING or _is_content(items[i - 1], items[i - 2])):
        return False
    if r.prep in ("ل", "ب"):
        return True
    if i == 0:
        return False
    before = items[i - 1]
    if any(x.text.lstrip("و") in DONE for x in items[max(0, i - 2) : i]):
        return False  # «تم إلقاء القبض على ب»
    if before.text == "عن" and i > 1 and items[i - 2].text.lstrip("و").startswith("مسوول"):
        return True  # «أعلن أ مسؤوليته عن الهجوم»
    if before.text == "من" and any(x.role == "plain" for item in items[max(0, i - 8) : i] for x in item.readings):
        return True  # «تمكن أ من القبض على ب»
    if before.text in TIMES or before.text.lstrip("و") in TIMES:
        return False
    if before.has("prepositions") or before.mark or before.actor or (r.conj and _joined(items, i)):
        return True
    if any(x.role == "plain" for item in items[max(0, i - 4) : i] for x in item.readings):
        return True  # «ينفذ بانتظام غارات على ب»
    accusative = items[i].text.endswith("ا") and not r.definite  # «دعما لـب»: why he does what he does
    return accusative or bool(before.readings) or before.has("undertakings")


def _afterwards(items: list[Item], i: int) -> bool:
    """Return whether the masdar tells when: «بعد منح الثقة لـب»; with a pronoun it may still be the subject's."""
    if i < 2 or items[i - 2].text.lstrip("و") not in AFTER:
        return False
    before = items[i - 1]
    return before.kind in ("word", "filler") and before.text[-1] not in "ها"


def _is_content(noun: Item, before: Item) -> bool:
    """Return whether a noun governs the masdar after it: «بعد القرار بتكليف ب»."""
    alone = noun.kind == "word" and noun.text.startswith("ال") and not noun.readings
    return alone and (before.kind == "preposition" or before.text.lstrip("و") in AFTER)


def _of_somebody(items: list[Item], j: int) -> bool:
    """Return whether at `j` a clause begins that describes somebody unknown.

    «الاحتجاجات التي انتهت بإسقاط ب», «رجل كان يعد لاغتيال ب».
    """
    if items[j].kind == "relative":
        return syntax.antecedent(items, j) is None
    before = items[j - 1] if j else None
    if before is None or items[j].text not in ("كان", "كانت", "كانوا") or before.readings or before.text.startswith("ال"):
        return False
    return before.kind in ("word", "filler") and not before.classes & syntax.LEAD_IN


def _joined(items: list[Item], i: int) -> bool:
    """Return whether the masdar at `i` is joined to another that is somebody's purpose: «للسيطرة على المدينة وطرد ب»."""
    return any(x.shape.kind == "masdar" and x.prep for item in items[max(0, i - 8) : i] for x in item.readings)


def _received(scene: Scene, i: int) -> bool:
    """Return whether a verb of receiving governs the word at `i`: «تعرضت ب لهجوم», «تلقى ب دعما», «حظي ب بتأييد»."""
    return any(r.role == "receive" for item in scene.items[max(0, i - 6) : i] for r in item.readings)


def _possessed(scene: Scene, i: int, r: Reading, entry: Entry, ways: Sequence[str]) -> Pair:
    """«دعمه لـب», «اتهامها ب»."""
    holder = (_of_the_deed_before(scene.items, i, r.shape.clitic) if r.conj else None) or scene.subjects[i]
    if holder is None or not syntax.fits(r.shape.clitic, holder):
        holder = syntax.resolve(scene, i, r.shape.clitic)
    if entry.place:
        if i and scene.items[i - 1].text in TIMES_DURING:
            return "nobody is said to do it"  # «أثناء تحريرها من ب»
        holder = control(scene, i, r, [])
    targets = targets_after(scene, i, ways, entry, holder)
    if not targets and "direct" in entry.target and not _is_verb_too(scene.items, i, r):
        k = owner(scene.items, i, limit=1)
        targets = group_items(scene, k) if k is not None else []
    if not targets:
        return "no target"
    return ([holder], targets, "masdar-possessive") if holder else "no holder"


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
    """Return whether the masdar with its pronoun is also written like a verb with its object: «تمرد دعمه أ»."""
    if r.prep or r.conj or (i and items[i - 1].kind == "preposition"):
        return False
    return any(x.shape.kind == "verb" and x.shape.clitic for x in items[i].readings)


def control(scene: Scene, i: int, r: Reading, targets: list[Item]) -> Item | None:
    """Return who does the deed of a masdar that does not say: whoever stands right before it, is accused of it or helped to it.

    Else the subject of its clause. «اتهم أ ب بدعم ج»: it is ب who backs ج. «ساعد أ ب على هزيمة ج»: it is ب who beats ج.
    """
    items = scene.items
    if any(x.has("modals") for x in items[max(0, i - 8) : i]):
        return scene.speakers[i]  # «قال أ إنه يجب دعم ب»
    before = items[i - 1] if i else None
    if before is not None and before.actor and not before.prep and not before.conj and not (r.act and r.act.said):
        return before
    holder: Item | None = None
    if r.prep == "ب" and is_charge(items, i):
        holder = _object_of(scene, i, ("accuse",))
        return holder if holder is not None and all(holder.actor != t.actor for t in targets) else None
    if i and items[i - 1].text in ("علي", "في"):
        holder = _object_of(scene, i, ("aid",))
    if holder is None and i:
        holder = scene.subjects[i - 1]
    return holder if holder is not None and all(holder.actor != t.actor for t in targets) else None


def _is_subject(items: list[Item], j: int, i: int, r: Reading, last: Item) -> bool:
    """Return whether `last` is the subject of the verb at `j`, and its object is somebody unknown: «يتهم أ فلانا بدعم ج»."""
    k = syntax.right(items, j) if items[j].kind == "verb" else None
    if k is None or items[k] is not last or not syntax.agrees(r.shape, last):
        return False
    return any(x.kind == "word" and not x.readings for x in items[k + 1 : i])


def _object_of(scene: Scene, i: int, acts: Sequence[str]) -> Item | None:
    """Return the last mention between the word at `i` and a word of one of the `acts` before it."""
    last: Item | None = None
    for j in range(i - 1, max(-1, i - REACH), -1):
        item = scene.items[j]
        if item.actor and last is None:
            last = item
        done = next((r for r in item.readings if r.act is not None and r.act.id in acts), None)
        if done is not None and last is not None and _is_subject(scene.items, j, i, done, last):
            return None
        if done is not None:
            pointed = last is None and done.shape.clitic in ("m", "f", "p")
            return syntax.resolve(scene, j, done.shape.clitic) if pointed else last
        if item.kind in ("stop", "clause"):
            return None
    return None
