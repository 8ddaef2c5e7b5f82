"""Who does the deed of a masdar that does not say: the subject of its clause, whoever is accused of it or helped to it.

«أطلق أ عملية لطرد ب», «اتهم أ ب بدعم ج», «ساعد أ ب على هزيمة ج», «تحالف أ مع ب لمحاربة ج», «دخل أ المدينة بعد طرد ب».
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from streams.stances import syntax
from streams.stances.arguments import Pair, targets_after
from streams.stances.grammar import Entry
from streams.stances.item import Item
from streams.stances.lexicon import Reading
from streams.stances.pronouns import HIM, resolve
from streams.stances.syntax import REACH, Scene
from streams.stances.whose import is_charge

TIMES: Final = frozenset(
    ("منذ", "بعد", "قبل", "عقب", "غداه", "اعقاب", "حول", "بشان", "عن", "بعيد", "قبيل", "من", "رغم", "وسط", "اثر")
)
"""After these a masdar tells when or of what, not what the subject does."""
AFTER: Final = frozenset(("منذ", "بعد", "قبل", "عقب", "غداه"))
DONE: Final = frozenset(("تم", "تمت", "يتم", "تتم", "سيتم"))
"""With a masdar they are its passive."""
CONCERNING: Final = frozenset(("الخاص", "الخاصه", "المتعلق", "المتعلقه", "المعني", "المعنيه"))
AGES: Final = frozenset(("سنوات", "سنه", "عام", "عاما", "اعوام", "عامين", "سنتين", "اشهر", "شهور", "ايام"))
CAMPS: Final = frozenset(("معسكر", "معسكرات", "مركز", "مراكز", "مقر", "مقرات", "قاعده", "قواعد"))


def controlled(scene: Scene, i: int, r: Reading, entry: Entry, targets: list[Item]) -> Pair:
    """Return who does the masdar at `i` to the targets though it does not say, or why nobody is said to."""
    if (scene_after := _after_driving_out(scene, i, r)) is not None:
        return [scene_after], list(targets), "masdar-control"
    given = entry.needs or entry.resolution or _governed(scene.items, i, r)
    if _afterwards(scene.items, i) or entry.agent_only or not given:
        return "nobody is said to do it"
    holder = control(scene, i, r, targets)
    if holder is None or _discussed(scene.items, i) or (not r.prep and _reacted_to(scene.items, i)):
        return "no holder"
    others = [x for x in _with_him(scene, i, holder) if all(x.actor != t.actor for t in targets)]
    return [holder, *others, *_allies(scene, i, holder, targets)], list(targets), "masdar-control"


DISCUSSED: Final = frozenset(
    conjunction + word
    for conjunction in ("", "و")
    for word in ("ناقش", "ناقشت", "يناقش", "تناقش", "ناقشا", "بحث", "بحثت", "يبحث", "تبحث", "بحثا", "تناول", "تناولت", "تناولا")
)


def _discussed(items: list[Item], i: int) -> bool:
    """Return whether the masdar is what was talked about: «ناقش أ مع ب دعم ج»."""
    k = next((k for k in range(i - 1, max(-1, i - REACH), -1) if items[k].kind in ("verb", "stop", "clause")), None)
    return k is not None and items[k].text in DISCUSSED


REACTIONS: Final = frozenset(("condemn", "criticise", "warn", "praise", "thank"))


def _reacted_to(items: list[Item], i: int) -> bool:
    """Return whether the masdar is what the subject condemns or praises: «دانت أ الهجوم على ب», not «أشاد بدور أ في دعم ب»."""
    if i and items[i - 1].kind == "preposition":
        return False
    for k in range(i - 1, max(-1, i - 6), -1):
        if items[k].kind in ("stop", "clause"):
            return False
        if any(r.act is not None and r.act.id in REACTIONS for r in items[k].readings):
            return True
    return False


def _with_him(scene: Scene, i: int, holder: Item) -> list[Item]:
    """Return whoever the holder is coordinated with before the masdar: «قطعت أ وب علاقاتها مع ج»."""
    k = next((k for k in range(i - 1, max(-1, i - 2 * REACH), -1) if scene.items[k] is holder), None)
    if k is None:
        return []
    return [scene.items[m] for m in syntax.group(scene.items, k)[1:] if m < i and scene.items[m].actor != holder.actor]


def _after_driving_out(scene: Scene, i: int, r: Reading) -> Item | None:
    """Return the force that enters a place «بعد طرد ب», «عقب دحر ب»: it drove them out."""
    before = scene.subjects[i - 1] if i else None
    if before is None or not before.force or r.act is None or r.act.id not in ("drive-out", "fight"):
        return None
    return before if scene.items[i - 1].text.lstrip("و") in AFTER and not r.prep and r.shape.kind == "masdar" else None


def _allies(scene: Scene, i: int, holder: Item, targets: list[Item]) -> list[Item]:
    """Return with whom the holder is allied for what the masdar with لـ at `i` says: «تحالف أ مع ب لمحاربة ج»."""
    for j in range(i - 1, max(-1, i - REACH), -1):
        if scene.items[j].kind == "stop":
            return []
        for r in scene.items[j].readings:
            if r.act is not None and r.act.id == "ally" and r.entry is not None and "مع" in r.entry.target:
                with_whom = targets_after(scene, j, ("مع",), r.entry, holder)
                return [a for a in with_whom if a.actor != holder.actor and all(a.actor != t.actor for t in targets)]
    return []


def _governed(items: list[Item], i: int, r: Reading) -> bool:
    """Return whether the subject of the clause does the masdar at `i`: it is his purpose, his means, or what he undertakes."""
    if (r.definite and r.conj) or _of_another(items, i, r):
        return False
    if r.prep in ("ل", "ب"):
        return True
    if i == 0:
        return False
    before = items[i - 1]
    passive = before.text == "القي" and r.act is not None and r.act.id == "arrest"
    if passive or any(x.text.lstrip("و") in DONE for x in items[max(0, i - 2) : i]):
        return False  # «تم إلقاء القبض على ب», «أُلقي القبض على ب», which is written like «ألقى»
    if before.text == "عن" and i > 1 and items[i - 2].text.lstrip("و").startswith("مسوول"):
        return True  # «أعلن أ مسؤوليته عن الهجوم»
    if before.text == "من" and any(x.role == "plain" for item in items[max(0, i - 8) : i] for x in item.readings):
        return True  # «تمكن أ من القبض على ب»
    if before.text in TIMES or before.text.lstrip("و") in TIMES:
        return False
    if before.has("prepositions") and r.definite and not r.prep:
        return _takes_part(items, i)  # «شارك أ في الحرب على ب», not «تحقيق في الحرب على ب»
    if before.has("prepositions") or (before.mark and not r.conj) or before.actor or (r.conj and _joined(items, i)):
        return True
    if any(x.role == "plain" for item in items[max(0, i - 4) : i] for x in item.readings):
        return True  # «ينفذ بانتظام غارات على ب»
    accusative = items[i].text.endswith("ا") and not r.definite  # «دعما لـب»: why he does what he does
    return accusative or bool(before.readings) or before.has("undertakings")


def _of_another(items: list[Item], i: int, r: Reading) -> bool:
    """Return whether the masdar belongs to what stands before it, not to the clause."""
    if any(_of_somebody(items, j) for j in range(max(0, i - 4), i)):
        return True
    if any(items[j].text.lstrip("و") in AGES for j in range(max(0, i - 5), i)):
        return True  # «بعد أربع سنوات على إسقاط ب»
    if r.prep == "ل" and i and items[i - 1].text in CAMPS:
        return True  # «معسكرات لتدريب ب»
    if i > 1 and items[i - 1].text == "علي" and items[i - 2].text.startswith("قادر"):
        return True  # «قوات قادرة على محاربة ب»
    return r.prep == "ب" and i > 1 and (items[i - 1].text in CONCERNING or _is_content(items[i - 1], items[i - 2]))


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
    if (r.prep == "ب" or (r.prep == "ل" and _in_the_charge(items, i))) and is_charge(items, i):
        holder = _object_of(scene, i, ("accuse",))
        return holder if holder is not None and all(holder.actor != t.actor for t in targets) else None
    if i and items[i - 1].text in ("علي", "في"):
        holder = _his_part(items, i) or _object_of(scene, i, ("aid",))
    if holder is None and i:
        holder = scene.subjects[i - 1] or _we(scene, i)
    return holder if holder is not None and all(holder.actor != t.actor for t in targets) else None


PARTAKING: Final = (
    "شارك",
    "يشارك",
    "تشارك",
    "مشارك",
    "ساهم",
    "يساهم",
    "تساهم",
    "تورط",
    "متورط",
    "ضالع",
    "انضم",
    "دخل",
    "مستمر",
    "يواصل",
)


def _takes_part(items: list[Item], i: int) -> bool:
    """Return whether somebody is said to take part in the deed at `i`: «شارك أ في الحرب على ب»."""
    return any(x.text.lstrip("وف").startswith(PARTAKING) for x in items[max(0, i - 6) : i])


def _is_place(items: list[Item], j: int) -> bool:
    """Return whether the mention at `j` is where somebody is: «مقيمين في ب», not «قياديين في ب»."""
    return j > 1 and items[j - 1].text == "في" and not any(x.has("members") for x in items[max(0, j - 3) : j - 1])


PART: Final = frozenset(("الدور", "دور", "جهود", "مساهمه", "تورط", "ضلوع", "مشاركه", "نجاح"))


def _his_part(items: list[Item], i: int) -> Item | None:
    """Return whose part in the deed is spoken of: «دور أ في دعم ب»."""
    for k in range(i - 2, max(0, i - 8), -1):
        if items[k].actor and not items[k].conj:
            return items[k] if items[k - 1].text.lstrip("وب") in PART else None
        if items[k].kind in ("stop", "verb", "clause", "comma"):
            return None
    return None


def _we(scene: Scene, i: int) -> Item | None:
    """Return the speaker, where his «سنواصل ...» or «نسعى ...» governs the masdar at `i`."""
    for k in range(i - 1, max(-1, i - REACH), -1):
        if scene.items[k].kind in ("stop", "clause"):
            return None
        if scene.items[k].text.startswith(("سن", "وسن")) or any(r.shape.first_person for r in scene.items[k].readings):
            return scene.speakers[i]
    return None


def _in_the_charge(items: list[Item], i: int) -> bool:
    """Return whether the masdar with لـ at `i` is what the deed of a charge is for: «اتهم أ ب بإرسال السلاح لدعم ج»."""
    for k in range(i - 1, max(-1, i - REACH), -1):
        if items[k].kind in ("comma", "stop", "clause", "verb"):
            return False
        if items[k].kind == "word" and items[k].text[0] == "ب" and not items[k].actor:
            return True
    return False


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
        if item.actor and last is None and not _is_place(scene.items, j):
            last = item
        done = next((r for r in item.readings if r.act is not None and r.act.id in acts), None)
        if done is not None and last is not None and _is_subject(scene.items, j, i, done, last):
            return None
        if done is not None and last is None and (whom := HIM.get(scene.items[j + 1].text)):
            return resolve(scene, j, whom, but=scene.subjects[j])  # «متهما إياه بدعم ب»
        if done is not None:
            pointed = last is None and done.shape.clitic in ("m", "f", "p")
            return resolve(scene, j, done.shape.clitic) if pointed else last
        if item.kind in ("stop", "clause"):
            return None
    return None
