"""From a word of the grammar to the stances it states: which reading holds, what cancels it, which frame applies."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, final

from streams.stances import masdar, nominal, syntax, verbal
from streams.stances.arguments import Pair
from streams.stances.grammar import Act, Entry
from streams.stances.item import Item
from streams.stances.lexicon import Reading
from streams.stances.phrases import UNLAWFUL, of_body
from streams.stances.syntax import Scene


@final
class Claim:
    """A stance read in a sentence, before it is checked. `cue` is the index of its word."""

    def __init__(self, holder: Item, target: Item, act: Act, cue: int, rule: str) -> None:
        self.holder: Final = holder
        self.target: Final = target
        self.act: Final = act
        self.cue: Final = cue
        self.rule: Final = rule


@final
class Refused:
    """A cue that gave no stance, and why."""

    def __init__(self, act: Act, cue: int, rule: str, reason: str) -> None:
        self.act: Final = act
        self.cue: Final = cue
        self.rule: Final = rule
        self.reason: Final = reason


Outcome = Claim | Refused


def outcomes(scene: Scene, i: int) -> Iterator[Outcome]:
    """Yield what the word at `i` says: the claims of its first reading that gives any, else every refusal."""
    refused: list[Refused] = []
    found = False
    for r in _ordered(scene.items, i):
        if r.act is None or r.entry is None or (found and not r.entry.misdeed):
            continue
        claims: list[Claim] = []
        for outcome in _outcome(scene, i, r, r.act, r.entry):
            (claims if isinstance(outcome, Claim) else refused).append(outcome)  # type: ignore[arg-type] # each list gets its kind
        if claims:
            yield from claims
            found = found or not r.entry.misdeed  # a misdeed is held against its doer beside what else it is
            continue
        if r.shape.kind == "verb" and refused and refused[-1].reason == "no target" and _surely_verb(scene.items, i):
            break  # «في حين رفض أ التعليق» is not the masdar of the same letters
    if not found:
        yield from refused


def _surely_verb(items: list[Item], i: int) -> bool:
    return i > 0 and bool(items[i - 1].classes & {"starters", "auxiliaries"})


def _ordered(items: list[Item], i: int) -> list[Reading]:
    """Return the act readings of the word at `i`, verbs first where a verb may stand, else last and only if nothing else."""
    readings = [r for r in items[i].readings if r.role == "act"]
    verbs = [r for r in readings if r.shape.kind == "verb"]
    others = [r for r in readings if r.shape.kind != "verb"]
    if not others:
        return verbs
    if items[i].text == "ودعم":
        return others  # the perfect is rare: «مكافحة الإرهاب ودعم ب»
    if not verbs or not syntax.verb_place(items, i):
        return others
    return verbs if items[i - 1].kind in ("relative", "negation") and i else [*verbs, *others]


def _outcome(scene: Scene, i: int, r: Reading, act: Act, entry: Entry) -> Iterator[Outcome]:
    kind = r.shape.kind
    if entry.needs and not _needed(scene.items, i, scene.lexicon.companions[id(entry)]):
        yield Refused(act, i, kind, "its companion word is missing")
        return
    stop = "question" if scene.question else cancelled(scene.items, i, verb=kind == "verb")
    if not stop and act.polarity == "support" and kind in ("masdar", "noun") and _asked_for(scene.items, i):
        stop = "asked for"
    if not stop and kind in ("active", "passive") and i and scene.items[i - 1].text == "غير":
        stop = "negation"
    if entry.only_negated and stop in ("", "negation"):
        stop = "" if stop else "it is not negated"
    if stop:
        if entry.negated and kind in ("verb", "masdar") and stop == "negation":
            act = scene.lexicon.acts[entry.negated]
        else:
            yield Refused(act, i, kind, stop)
            return
    if kind in ("masdar", "noun") and (both := nominal.mutual(scene, i, r, entry)):
        yield from (Claim(a, b, act, i, "mutual") for a, b in both)
        return
    pair = _arguments(scene, i, r, entry)
    yield from _claims(scene, i, act, pair)
    if entry.mutual and not isinstance(pair, str) and _both_ways(scene.items, i, entry, pair, verb=kind == "verb"):
        yield from _claims(scene, i, act, (pair[1], pair[0], pair[2]))  # «اشتبك أ مع ب», «صد أ هجوما لـب» go both ways


def _asked_for(items: list[Item], i: int) -> bool:
    """Return whether the help is asked for, needed or hoped for: «طلب أ دعم ب», «يحتاج أ إلى دعم ب»."""
    for x in reversed(items[max(0, i - 4) : i]):
        if x.has("requests"):
            return True
        if x.kind in ("stop", "comma", "clause"):
            return False
    return False


def _both_ways(items: list[Item], i: int, entry: Entry, pair: tuple[list[Item], list[Item], str], *, verb: bool) -> bool:
    """Return whether the other side fights back: «اشتبك أ مع ب», «اشتباكات مع ب», «صد أ هجوما لـب»."""
    if verb:
        return entry.target == ("مع",) or bool(entry.needs)
    k = next((k for k in range(i + 1, min(len(items), i + syntax.REACH)) if items[k] is pair[1][0]), i)
    return any(x.text == "مع" for x in items[i + 1 : k])


def _arguments(scene: Scene, i: int, r: Reading, entry: Entry) -> Pair:
    """Return what the frame for this kind of word finds."""
    kind = r.shape.kind
    if kind == "verb":
        return verbal.verb(scene, i, r, entry)
    if kind == "passive":
        return nominal.passive(scene, i)
    if kind == "active":
        return nominal.active(scene, i, r, entry)
    if entry.holder_noun:
        return nominal.holder_noun(scene, i, r)
    if entry.against:
        return nominal.against(scene, i)
    return nominal.involved(scene, i) if entry.misdeed else masdar.masdar(scene, i, r, entry)


def _claims(scene: Scene, i: int, act: Act, pair: Pair) -> Iterator[Outcome]:
    if isinstance(pair, str):
        yield Refused(act, i, "", pair)
        return
    holders, targets, rule = pair
    for holder in holders:
        for target in targets:
            if holder.actor == target.actor:
                yield Refused(act, i, rule, "holder and target are one")
            else:
                yield Claim(holder, target, act, i, rule)
                body = _body_of(scene, i, target) if act.id in AGAINST_MEMBERS and target.person else None
                if body is not None and body.actor != holder.actor:
                    yield Claim(holder, body, act, i, rule)


AGAINST_MEMBERS: Final = frozenset(("arrest", "kill"))
"""Acts that against a member are acts against his body."""


def _body_of(scene: Scene, i: int, person: Item) -> Item | None:
    """Return the body whose member a person is: as the text says («فلان، القيادي في ب»), else as the gazetteer does."""
    items = scene.items
    for k in range(i + 1, min(len(items), i + syntax.REACH)):
        if items[k] is person:
            after = k + 1 + (k + 1 < len(items) and items[k + 1].kind == "comma")
            if after < len(items) and items[after].has("members"):
                b = of_body(items, after)
                return items[b] if b is not None else None
    if not person.member_of:
        return None
    body = Item(person.text, person.start, person.end)
    body.actor = person.member_of
    return body


def _needed(items: list[Item], i: int, words: frozenset[str]) -> bool:
    """Return whether one of the words, or of two words in a row, stands near the one at `i`."""
    after = ""
    for item in reversed(items[max(0, i - 4) : i + 12]):
        text = item.text
        if item.actor:
            text = item.prep + text.split(" ", 1)[0]
        if text in words or (text[0] == "و" and text[1:] in words) or (after and f"{text} {after}" in words):
            return True
        after = text if text in TAILS else ""
    return False


TAILS: Final = UNLAWFUL | {"العمل", "مهامه", "مهامها"}
"""The second words of companions of two: «غير شرعية», «عن العمل»."""


def cancelled(items: list[Item], i: int, *, verb: bool) -> str:
    """Return what flips or cancels the word at `i`: "negation", "ended", "hypothetical", or ""."""
    for j in range(i - 1, max(-1, i - 4), -1):
        item = items[j]
        if item.mark and item.text not in syntax.QUOTES:
            break
        if item.has("negations") and item.text != "غير" and not (item.text.endswith("رفض") and verb):
            following = items[j + 1].text if j + 1 < len(items) else ""
            if following in ("يزال", "تزال", "زال", "زالت", "يزالون"):
                continue
            return "negation"
        if item.has("cancelers") and not verb and items[i - 1].text != "تحت":  # «تراجع أ تحت ضربات ب»
            return "ended"
        if item.has("hypotheticals") or (verb and item.has("modals")):
            return "hypothetical"
        if item.text == "قد" and verb and any(r.shape.kind == "verb" and not r.shape.finished for r in items[i].readings):
            return "hypothetical"
    if any(x.text == "لو" for x in items[max(0, i - 10) : i]) or (verb and _merely_possible(items, i)):
        return "hypothetical"
    return _by_its_verb(items, i, verb=verb)


POSSIBLE: Final = frozenset(
    (
        *("ممكن", "الممكن", "المتوقع", "متوقع", "يتوقع", "تتوقع", "توقع", "المرتقب", "يستبعد", "تستبعد", "استبعد", "المستبعد"),
        *("المرجح", "يرجح", "ترجح", "رجح", "خوفا", "يخشي", "تخشي", "يامل", "تامل", "امل", "اقناع"),
    )
)
"""Before «أن»: what follows is expected, feared or hoped for."""


def _merely_possible(items: list[Item], i: int) -> bool:
    """Return whether the verb at `i` is what somebody expects or does not rule out: «من المتوقع أن يهاجم أ ب»."""
    k = next((k for k in range(i - 1, max(-1, i - 4), -1) if items[k].text == "ان"), None)
    return k is not None and any(x.text.lstrip("و") in POSSIBLE for x in items[max(0, k - 3) : k])


def _by_its_verb(items: list[Item], i: int, *, verb: bool) -> str:
    """Return what cancels the clause of the word at `i` from further away: a denial of it, or a mere «احتمال أن يشن أ هجوما»."""
    if any(x.text.lstrip("وف") in DENIALS for x in items[max(0, i - DENIED) : i]):
        return "negation"
    k = next((k for k in range(i - 1, max(-1, i - 5), -1) if items[k].kind == "verb"), None)
    return "" if verb or k is None or k == 0 or not items[k - 1].has("complementisers") else cancelled(items, k, verb=True)


DENIALS: Final = frozenset(("نفي", "نفت", "ينفي", "تنفي", "نافيا", "نافيه"))
DENIED: Final = 24
"""How many items after it a denial may still hold."""
