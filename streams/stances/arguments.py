"""The arguments of a word: targets, agents, what a pronoun on it points at."""

from __future__ import annotations

from collections.abc import Sequence

from streams.stances import syntax
from streams.stances.grammar import Entry
from streams.stances.item import Item
from streams.stances.lexicon import Lexicon, Reading
from streams.stances.phrases import direct_object, owner
from streams.stances.pronouns import resolve
from streams.stances.syntax import REACH, Scene

Pair = tuple[list[Item], list[Item], str] | str
"""Holders, targets and the rule's name; or why there are none."""


def prep_object(
    items: list[Item],
    i: int,
    preps: Sequence[str],
    lexicon: Lexicon,
    *,
    reach: int = REACH,
    thing: bool = True,
    close: bool = False,
) -> tuple[int, str] | None:
    """Return what the first of `preps` after `i` governs: the index of a mention and "", or of a word and its pronoun."""
    for j in range(i + 1, min(len(items), i + 1 + reach)):
        item = items[j]
        if item.kind == "mention" and item.prep in preps:
            return j, ""
        if (
            item.kind == "stop"
            or (item.kind == "clause" and item.text not in preps)
            or (close and item.kind == "comma")
            or (item.kind == "relative" and j > i + 1)
            or _describes(item)
        ):
            return None
        if any(
            r.role in ("act", "speech")
            and (item.kind == "verb" or (r.prep == "ب" and r.act is not None and not (thing and _his_deed(items, j, r))))
            for r in item.readings
        ):
            return None
        pronoun = lexicon.with_pronoun.get(item.text)
        if pronoun and pronoun[0] in preps:
            return j, pronoun[1]
        if thing and item.kind == "word" and item.text[-1] in "هام" and (whom := _his_thing(item, preps, lexicon)):
            return j, whom
        if item.text[0] == "ل" and any(r.role == "act" and r.prep == "ل" and r.shape.kind == "masdar" for r in item.readings):
            return None  # «تدريب أ لضرب ب»: what for, not for whom
        end = _prep_end(items, j, preps)
        if end is not None:
            if thing and end + 1 < len(items) and items[end + 1].kind == "clause":
                end += 1  # «حذر من أن ب ...»
            k = owner(items, end, limit=3 if thing else 1, thing=thing)
            return (k, "") if k is not None else None
    return None


def _his_thing(item: Item, preps: Sequence[str], lexicon: Lexicon) -> str:
    """Return whom the pronoun on a thing behind its preposition points at: «لحملته», «بمبادرتها»; "" where it is no such word."""
    text = item.text.removeprefix("و")
    if text[:1] not in preps or any(r.shape.kind != "noun" for r in item.readings):
        return ""
    for clitic, whom in (("ها", "f"), ("هم", "p"), ("ه", "m")):
        stem = text[1:].removesuffix(clitic)
        if text.endswith(clitic) and len(stem) > 2:
            bare = stem[:-1] + "ه" if stem.endswith("ت") else stem
            return whom if "things" in (lexicon.word(bare).classes | lexicon.word(stem).classes) else ""
    return ""


def _his_deed(items: list[Item], j: int, r: Reading) -> bool:
    """Return whether the deed at `j` stands for who follows: its doer («بهجوم أ», «بدعم أ لـج») or who is raised by it."""
    if r.act is not None and r.act.id == "appoint":
        return True
    k = owner(items, j, limit=1, thing=True)
    if k is None:
        return False
    after = items[k + 1] if k + 1 < len(items) else None
    directed = after is not None and ((bool(after.actor) and after.prep == "ل") or after.text in ("علي", "ضد"))
    return r.shape.kind == "noun" or directed


def _describes(item: Item) -> bool:
    """Return whether the word is a participle that takes the next preposition: «الجيش التابع لـب», «قوات موالية لـب»."""
    if item.has("affiliated"):
        return True
    kinds = {r.shape.kind for r in item.readings}
    return bool(kinds) and kinds <= {"active", "passive"} and "act" in item.roles


def _prep_end(items: list[Item], j: int, preps: Sequence[str]) -> int | None:
    """Return where one of `preps` ends that begins at `j`: alone, as a phrase, or as the first letter of a noun."""
    item = items[j]
    if item.kind == "mention" or item.mark:
        return None
    for prep in preps:
        if prep.startswith(item.text):
            words = prep.split()
            if [x.text for x in items[j : j + len(words)]] == words:
                return j + len(words) - 1
        if len(prep) == 1 and item.kind != "preposition" and len(item.text) > 3:
            text = item.text[1:] if item.text[0] in "وف" and len(item.text) > 4 else item.text
            if text.startswith(prep):
                return j
    return None


def agents_after(scene: Scene, i: int) -> list[Item]:
    """Return the holders after «من», «من قبل», «من جانب», «على يد» within a few words of `i`."""
    items = scene.items
    for j in range(i + 1, min(len(items), i + 7)):
        end = by_end(scene, j)
        if end is not None:
            k = owner(items, end)
            return group_items(scene, k) if k is not None else []
        if items[j].text == "من" and j <= i + 3:
            k = owner(items, j)
            return group_items(scene, k) if k is not None else []
        if items[j].kind in ("comma", "stop", "mention"):
            return []
    return []


def by_end(scene: Scene, j: int) -> int | None:
    """Return where a phrase that leads in the doer («من قبل», «على يد») ends that begins at `j`."""
    if j < len(scene.items) and scene.items[j].text in scene.lexicon.by_first:
        for phrase in scene.lexicon.by:
            if tuple(x.text for x in scene.items[j : j + len(phrase)]) == phrase:
                return j + len(phrase) - 1
    return None


def by_agents(scene: Scene, i: int, *, near: bool = False) -> list[Item]:
    """Return the holders after «على يد», «من قبل» and the like within REACH of `i`, in the same clause; with `near` at once."""
    items = scene.items
    for j in range(i + 1, min(len(items), i + (3 if near else REACH))):
        end = by_end(scene, j)
        if end is not None:
            k = owner(items, end, thing=True)
            return group_items(scene, k) if k is not None else []
        if items[j].kind in ("stop", "clause", "verb"):
            return []
    return []


def group_items(scene: Scene, j: int) -> list[Item]:
    """Return the mention at `j` and those it is coordinated with to its right."""
    return [scene.items[k] for k in syntax.group(scene.items, j)]


def left_group(scene: Scene, j: int) -> list[Item]:
    """Return the mention at `j` and those it is coordinated with to its left: «أ وب يدعمان»."""
    items = scene.items
    start = j
    while items[start].conj or (start and items[start - 1].text == "و"):
        k = next((k for k in range(start - 1, max(-1, start - 4), -1) if items[k].actor), None)
        if k is None or j not in syntax.group(items, k):
            break
        start = k
    return group_items(scene, start) if start != j else [items[j]]


def targets_after(scene: Scene, i: int, ways: Sequence[str], entry: Entry, but: Item | None, *, close: bool = True) -> list[Item]:
    """Return the targets found after `i`, attached in one of the `ways`: "direct" or prepositions."""
    if entry.resolution:
        return _about(scene, i)
    named = _named(scene, i, ways, entry, but, close=close)
    if named or not entry.held:
        return named
    k = _held_by(scene.items, i)
    return [scene.items[k]] if k is not None else []


def _about(scene: Scene, i: int) -> list[Item]:
    """Return whom the resolution after `i` is about: the first actor after it but the council that would pass it."""
    items = scene.items
    start = next((j for j in range(i + 1, min(len(items), i + 8)) if items[j].has("resolutions")), None)
    if start is None:
        return []
    for j in range(start + 1, min(len(items), start + 2 * REACH)):
        if items[j].kind == "mention" and items[j].actor not in ("unsc", "un") and not items[j].nation:
            return [items[j]]
    return []


def _held_by(items: list[Item], i: int) -> int | None:
    """Return who is said, after `i`, to hold the place that is attacked: «طرابلس الخاضعة لسيطرة ب», «درنة معقل ب»."""
    for j in range(i + 1, min(len(items), i + 3 * REACH)):
        if items[j].has("holding"):
            k = owner(items, j, limit=1, thing=True)
            if k is not None:
                return k
        if items[j].kind == "clause":
            return None
    return None


def _named(scene: Scene, i: int, ways: Sequence[str], entry: Entry, but: Item | None, *, close: bool) -> list[Item]:
    items = scene.items
    preps = [w for w in ways if w != "direct"]
    if "direct" in ways:
        k = direct_object(items, i, thing=entry.thing, close=close)
        if k is not None:
            return group_items(scene, k)
    if not preps or (entry.place and not _place(items, i)):
        return []
    found = prep_object(items, i, preps, scene.lexicon, thing=entry.thing, close=close)
    if not found:
        return []
    k, whom = found
    if not whom:
        return group_items(scene, k)
    referent = resolve(scene, i, whom, but=but)
    return [referent] if referent else []


def _place(items: list[Item], i: int) -> bool:
    """Return whether a place follows, or a pronoun on the word stands for one: «تحرير المدينة من», «تحريرها من»."""
    if any(r.shape.clitic in ("f", "m") for r in items[i].readings):
        return True
    return any(item.has("places") for item in items[i + 1 : i + 6])


def pointed_at(scene: Scene, i: int, r: Reading, but: Item) -> list[Item]:
    """Return whom the pronoun on the word at `i` points at, other than `but`."""
    if r.shape.clitic not in ("m", "f", "p"):
        return []
    referent = resolve(scene, i, r.shape.clitic, but=but)
    return [referent] if referent else []
