"""The subject in force at every word of a sentence: what a masdar, a dropped subject or a possessive goes back to."""

from __future__ import annotations

from typing import Final

from streams.stances.item import Item
from streams.stances.phrases import of_body
from streams.stances.syntax import REACH, agrees, antecedent, fits, governed, leads, left, relative, right, suits


def subjects(items: list[Item]) -> list[Item | None]:
    """Return the subject in force at each item: that of the last finite verb or nominal clause before it.

    A verb of saying that goes on without a subject («وأضاف») goes back to who spoke before.
    """
    current: Item | None = None
    speaker: Item | None = None
    out: list[Item | None] = []
    for i, item in enumerate(items):
        if i == 2 and items[1].text == ":" and item.kind != "clause":
            current = None  # «أ: ب يدعم ج»: who speaks is not who acts
        if item.kind == "mention":
            current = _of_mention(items, i, current)
        elif item.kind == "clause":
            current = _of_clause(items, i, current)
        elif not item.readings:
            pass
        elif (item.kind == "verb" or item.has("auxiliaries")) and (current is None or not ambiguous(item)):
            current = _of_verb(items, i, current, speaker)
            if any(r.role == "speech" for r in item.readings):
                speaker = current
        elif any(r.role != "act" and r.shape.kind == "masdar" and not r.definite for r in item.readings):
            k = right(items, i, limit=0)
            current = items[k] if k is not None else current
        out.append(current)
    return out


def _of_mention(items: list[Item], i: int, current: Item | None) -> Item | None:
    """Return the subject after the mention at `i`: itself if it is free and there is none yet, or right after أن."""
    if items[i].prep:
        return current
    if (current is None and not governed(items, i)) or (i and items[i - 1].kind == "clause"):
        return items[i]
    return current


def _of_clause(items: list[Item], i: int, current: Item | None) -> Item | None:
    if items[i].text in CLAUSE_PRONOUNS:
        return _meant(items, i, current)
    following = items[i + 1] if i + 1 < len(items) else None
    if following is not None and following.kind == "word" and following.has("members"):
        k = of_body(items, i + 1)  # «قال إن قياديا في أ قام بـ»
        return items[k] if k is not None else None
    return None if _another(items, i) else current


def _of_verb(items: list[Item], i: int, current: Item | None, speaker: Item | None) -> Item | None:
    """Return the subject of the finite verb at `i`: after it, before it, what its relative clause describes, or as before."""
    verb = next((r for r in items[i].readings if r.shape.kind == "verb"), items[i].readings[0])
    rel = relative(items, i)
    k = antecedent(items, rel) if rel is not None and not verb.shape.clitic else None
    if k is None:
        k = None if rel is None and leads(items, i, verb.shape) else right(items, i)
        if k is not None and rel is None and suits(verb.shape, items, k):
            return items[k]
        if rel is None and (k is None or not agrees(verb.shape, items[k])):
            k = None if verb.conj and current is not None else left(items, i)
    if k is not None and agrees(verb.shape, items[k]):
        return items[k]
    misdeed = verb.conj and verb.entry is not None and verb.entry.misdeed  # «... وتعرقل الحل»: that is its object
    if _another(items, i) and not (misdeed and current is not None and agrees(verb.shape, current)):
        return None
    goes_on = verb.conj and any(r.role == "speech" for r in items[i].readings)
    if goes_on and speaker is not None:
        return speaker
    if current is not None and not agrees(verb.shape, current):
        return next(
            (items[j] for j in range(i - 1, max(-1, i - REACH), -1) if items[j].actor and agrees(verb.shape, items[j])), current
        )
    return current


def _another(items: list[Item], i: int) -> bool:
    """Return whether the subject of the verb at `i` is a definite noun that is no actor: «قال الخبير», «أكدت المصادر»."""
    if i + 1 >= len(items):
        return False
    following = items[i + 1]
    if following.kind != "word" or following.readings:
        return False
    indefinite = items[i].kind == "clause" and following.text[-1] == "ا" and not following.classes
    return following.text.startswith("ال") or indefinite


CLAUSE_PRONOUNS: Final = {
    lead + clitic: whom for lead in ("بان", "وبان") for clitic, whom in (("ه", "m"), ("ها", "f"), ("هم", "p"))
}


def _meant(items: list[Item], i: int, current: Item | None) -> Item | None:
    """Return whom the pronoun of «بأنه», «بأنها» means: in «اتهم أ ب بأنه» the last mention that fits."""
    whom = CLAUSE_PRONOUNS[items[i].text]
    return next((items[j] for j in range(i - 1, max(-1, i - REACH), -1) if items[j].actor and fits(whom, items[j])), current)


def ambiguous(item: Item) -> bool:
    """Return whether the word may also be a masdar: دعم, قتل."""
    return any(r.shape.kind == "masdar" for r in item.readings)
