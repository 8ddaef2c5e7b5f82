"""Frames of finite verbs.

«أ يتهم ب», «اتهم أ ب», «ب الذي يدعمه أ», «أ التي تدعم ب», «رحّب أ بـب», «... ويندد بـب», «نرفض ب».
"""

from __future__ import annotations

from typing import Final

from streams.stances import syntax
from streams.stances.arguments import Pair, by_agents, by_end, group_items, left_group, pointed_at, targets_after
from streams.stances.grammar import Entry
from streams.stances.item import Item
from streams.stances.lexicon import Reading
from streams.stances.phrases import direct_object, owner
from streams.stances.strokes import HIT, killed, strikes, struck
from streams.stances.subjects import CLAUSE_PRONOUNS
from streams.stances.syntax import Scene
from streams.stances.whose import HIS_LAND, his_land

SOME_OF_THEM: Final = frozenset(("بعضها", "بعضهم", "معظمها", "معظمهم", "جميعها", "جميعهم", "كلها", "كلهم"))
"""«الجماعات التي تدعم بعضها أ»: the object is the antecedent, the subject comes after."""


def verb(scene: Scene, i: int, r: Reading, entry: Entry) -> Pair:
    """Return holders and targets of the finite verb at `i`, or why there are none."""
    items = scene.items
    if r.shape.first_person:
        return _first_person(scene, i, r, entry)
    if entry.misdeed:
        return _misdeed(scene, i)
    rel = syntax.relative(items, i)
    if rel is not None:
        return _relative_verb(scene, i, r, entry, rel)
    if (pair := _suffered(scene, i, r, entry)) is not None:
        return pair
    if i and items[i - 1].text in HIS_LAND and (speaker := scene.speakers[i]) is not None:
        land = his_land(speaker)
        targets = _objects(scene, i, r, entry, land)
        return ([land], targets, "subject-verb-object") if targets else "no target"
    k = k_right = None if syntax.leads(items, i, r.shape) else syntax.right(items, i)
    if k is not None and syntax.suits(r.shape, items, k):
        holders = group_items(scene, k)
        end = _past_masters(items, syntax.group(items, k)[-1])
        targets = _objects(scene, i, r, entry, holders[0], after=end, close=False)
        if targets:
            return holders, targets, "verb-subject-object"
        if i == 0:
            return "no target"  # «حذر أ الأطراف من ...»: its subject is known
    k = None if r.conj else syntax.left(items, i)  # what stands before «و» belongs to the clause before
    if k is not None and syntax.agrees(r.shape, items[k]):
        holders = left_group(scene, k)
        targets = _objects(scene, i, r, entry, holders[0])
        targets = [t for t in targets if all(t.actor != h.actor for h in holders)]
        return (holders, targets, "subject-verb-object") if targets else "no target"
    if stroke := struck(scene, i, r, entry):
        return stroke
    return _in_force(scene, i, r, entry, k_right)


def _past_masters(items: list[Item], k: int) -> int:
    """Return where the noun phrase of the mention at `k` ends, with whom it serves: «سلاح الجو التابع لـأ»."""
    while k + 2 < len(items) and items[k + 1].has("affiliated") and items[k + 2].actor and items[k + 2].prep == "ل":
        k += 2
    return k


def _first_person(scene: Scene, i: int, r: Reading, entry: Entry) -> Pair:
    """«نرفض ب», said by أ."""
    holder = scene.speakers[i]
    if holder is None:
        return "the speaker is unknown"
    targets = _objects(scene, i, r, entry, holder)
    return ([holder], targets, "first-person") if targets else "no target"


def _suffered(scene: Scene, i: int, r: Reading, entry: Entry) -> Pair | None:
    """Return what a stroke, or a doer named after it, does to the target; None where the verb's own subject does it."""
    if r.act is not None and r.act.id in HIT and (stroke := strikes(scene, i, entry)) is not None:
        return stroke
    return (_passive_verb(scene, i, entry) or killed(scene, i, r)) if "direct" in entry.target else None


def _in_force(scene: Scene, i: int, r: Reading, entry: Entry, k_right: int | None) -> Pair:
    """«... وندد بـب»: the verb takes up the subject in force; `k_right` is the mention after it."""
    items = scene.items
    if not _dropped(items, i, r):
        return "the subject is not an actor"
    new = k_right is not None and syntax.suits(r.shape, items, k_right)
    if new and items[i + 1].text in scene.lexicon.with_pronoun:
        return "no target"  # «وهذا ما حذر منه أ»
    if new and not _goes_on(items, i, r) and not _after_its_pronoun(scene, i):
        return "no target"  # «كما رفض أ التعليق»: a new subject
    holder = _subject_before(scene, i, r, k_right)
    if holder is None:
        return "no subject"
    targets = _objects(scene, i, r, entry, holder)
    return ([holder], targets, "subject-before") if targets else "no target"


def _passive_verb(scene: Scene, i: int, entry: Entry) -> Pair | None:
    """«قُتل قيادي في ب على يد أ», «اعتُقل ب من قبل أ»: written like the active, but the doer is named after it."""
    if (end := by_end(scene, i + 1)) is not None or (end := by_end(scene, i + 2)) is not None:
        return _done_to_the_subject(scene, i, end)
    k = direct_object(scene.items, i, thing=entry.thing)
    if k is None:
        return None
    agents = by_agents(scene, k)
    return (agents, group_items(scene, k), "passive-verb") if agents else None


def _done_to_the_subject(scene: Scene, i: int, end: int) -> Pair | None:
    """«اعتُقل من قبل أ», said of the subject in force; «اعتُقل واستُجوب من قبل أ»."""
    agent = owner(scene.items, end, thing=True)
    before = scene.subjects[i - 1] if i else None
    if agent is None or before is None or (end > i + 2 and scene.items[i + 1].kind not in ("verb", "filler", "word")):
        return None
    shape = next((r.shape for r in scene.items[i].readings if r.shape.kind == "verb"), None)
    if (
        shape is None
        or shape.clitic
        or (shape.plural and not before.plural)
        or not shape.finished
        or not syntax.agrees(shape, before)
        or before is scene.items[agent]
    ):
        return None
    return group_items(scene, agent), [before], "passive-verb"


def _objects(
    scene: Scene, i: int, r: Reading, entry: Entry, holder: Item, *, after: int | None = None, close: bool = True
) -> list[Item]:
    """Return the targets of the verb at `i`: whom its pronoun points at, else what follows it, or `after`."""
    if "direct" in entry.target and not entry.resolution and r.shape.clitic in ("m", "f", "p"):
        before = scene.items[i - 1] if i and not r.conj else None
        if before is not None and before.kind == "comma" and not any(x.actor for x in scene.items[max(0, i - 6) : i]):
            return []  # «تحالف من العرب، يدعمه أ»
        plain = before is not None and before.kind in ("word", "filler") and not before.classes & syntax.LEAD_IN
        if before is not None and plain and not before.text.startswith(("ال", "بال", "لل")):
            return []  # «في مؤتمر يدعمه أ»
        return pointed_at(scene, i, r, holder)
    return targets_after(scene, i if after is None else after, entry.target, entry, holder, close=close)


def _misdeed(scene: Scene, i: int) -> Pair:
    """«قال أ إن ب ترتكب جرائم»: who says so opposes the doer."""
    doer = scene.subjects[i]
    speaker = scene.speakers[i]
    says = any(speaker is x for x in scene.items) or any("speech" in x.roles for x in scene.items[:i])
    if doer is None or speaker is None or speaker is doer or not says or (i and scene.items[i - 1].text == "من"):
        return "nobody holds it against the doer"
    k = next((k for k in range(i - 1, max(-1, i - syntax.REACH), -1) if scene.items[k] is doer), None)
    doers = [x for x in (left_group(scene, k) if k is not None else [doer]) if x.actor != speaker.actor]
    return [speaker], doers, "misdeed"


def _after_its_pronoun(scene: Scene, i: int) -> bool:
    """Return whether a pronoun on أن is the subject of the verb at `i`: «بأنها تدعم ب»."""
    for j in range(i - 1, max(-1, i - 4), -1):
        if scene.items[j].text in scene.lexicon.clause_pronoun or scene.items[j].text in CLAUSE_PRONOUNS:
            return True
        if not scene.items[j].classes & {"auxiliaries", "negations", "adverbs"}:
            return False
    return False


def _subject_before(scene: Scene, i: int, r: Reading, k_right: int | None) -> Item | None:
    """Return the subject in force that the verb at `i` takes up; `k_right` is the mention after it."""
    items = scene.items
    holder = scene.subjects[i - 1] if i else None
    if holder is None or not syntax.agrees(r.shape, holder):
        holder = scene.subjects[i]
    if k_right is not None and holder is items[k_right] and _goes_on(items, i, r):
        before = reversed(items[max(0, i - syntax.REACH) : i])  # that is the object: «... حكومة موازية وتتحدى ب»
        holder = next((m for m in before if m.actor and syntax.agrees(r.shape, m)), None)
    return holder if holder is not None and syntax.agrees(r.shape, holder) else None


def _goes_on(items: list[Item], i: int, r: Reading) -> bool:
    """Return whether the verb at `i` adds to what is said of a mention before it: «..., تتحدى ب», «... وتتحدى ب»."""
    return not r.shape.plural and (r.conj or (bool(i) and items[i - 1].kind == "comma" and not r.shape.finished))


def _dropped(items: list[Item], i: int, r: Reading) -> bool:
    """Return whether the verb at `i` may have its subject in itself: what follows is its object, a preposition or the end.

    After a plain noun it is that noun's relative clause: «عبارات تنتقد ب».
    """
    if i and not r.conj and items[i - 1].kind in ("word", "filler") and not items[i - 1].classes & syntax.LEAD_IN:
        return False
    if i + 1 >= len(items):
        return True
    nxt = items[i + 1]
    if nxt.actor or nxt.mark:
        return True
    return (
        bool(nxt.classes & {"prepositions", "pronouns", "adverbs", "complementisers", "things"})
        or nxt.text[:1] in ("ب", "ل")
        or bool(items[i].readings and any(r.shape.clitic for r in items[i].readings))
    )


def _resumed(scene: Scene, i: int, entry: Entry, head: Item) -> bool:
    """Return whether the object after the verb is the head again: «ب التي انحاز إليها أ»."""
    prep, whom = scene.lexicon.with_pronoun.get(scene.items[i + 1].text, ("", ""))
    return prep in entry.target and syntax.fits(whom, head)


def _relative_verb(scene: Scene, i: int, r: Reading, entry: Entry, rel: int) -> Pair:
    items = scene.items
    if not r.shape.clitic and (stroke := struck(scene, i, r, entry)) is not None:
        return stroke
    k = syntax.antecedent(items, rel)
    if k is None:
        return "the antecedent is not an actor"
    if entry.resolution and items[k].actor == "unsc" and (before := syntax.antecedent(items, k)) is not None:
        k = before  # «موقف أ في مجلس الأمن الذي حال دون القرار»: the council does not stop itself
    head = items[k]
    if head.led is not None and items[rel].text == "الذي":
        head = head.led
    if r.shape.clitic and syntax.fits(r.shape.clitic, head):
        s = syntax.right(items, i)
        if s is None:
            return "the subject is not an actor"
        return group_items(scene, s), [head], "relative-object"
    if i + 1 < len(items) and _resumed(scene, i, entry, head):
        s = syntax.right(items, i + 1)
        return (group_items(scene, s), [head], "relative-object") if s is not None else "the subject is not an actor"
    if i + 1 < len(items) and items[i + 1].text in SOME_OF_THEM:
        s = syntax.right(items, i + 1)
        return (group_items(scene, s), [head], "relative-object") if s is not None else "the subject is not an actor"
    if not syntax.agrees(r.shape, head):
        return "the antecedent does not agree"
    targets = targets_after(scene, i, entry.target, entry, head)
    return ([head], targets, "relative-subject") if targets else "no target"
