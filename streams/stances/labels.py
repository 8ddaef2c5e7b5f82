"""A speaker who calls an actor terrorist, criminal or putschist opposes him: «... فرار الإرهابيين», said by أ."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from streams.stances.arguments import group_items
from streams.stances.frames import Claim
from streams.stances.item import Item
from streams.stances.phrases import UNLAWFUL, owner
from streams.stances.syntax import REACH, Scene, left, right

ACT = "blacken"
AGAINST: Final = frozenset(("accuse", "condemn"))
"""Who does so speaks, though no verb of saying stands there."""


def claims(scene: Scene) -> Iterator[Claim]:
    """Yield a claim for every mention that its speaker labels, in the mention itself or in the word after it."""
    for i, item in enumerate(scene.items):
        if not item.actor:
            continue
        speaker = scene.speakers[i] or _accuser(scene, i)
        if speaker is None or speaker.actor == item.actor or not speaker.actor:
            continue
        if i and scene.items[i - 1].text in ("ضد", "مكافحه"):
            continue
        words = item.text.split()
        inside = any("labels" in scene.lexicon.word(_bare(w)).classes for w in words)
        if inside and speaker.outsider:
            continue  # a ministry abroad that names «تنظيم ب الإرهابي» says no more than the outlet
        cue = i if inside else _label_after(scene.items, i)
        if cue is None:
            continue
        for target in (item, *_consisting(scene, cue)):
            if target.actor != speaker.actor:
                yield Claim(speaker, target, scene.lexicon.acts[ACT], cue, "label")


def _label_after(items: list[Item], i: int) -> int | None:
    """Return where the label of the mention at `i` stands after it: «ب الإرهابية», «ب غير الشرعية»."""
    if i + 1 < len(items) and items[i + 1].has("labels"):
        return i + 1
    return i + 2 if i + 2 < len(items) and items[i + 1].text == "غير" and items[i + 2].text in UNLAWFUL else None


def _accuser(scene: Scene, i: int) -> Item | None:
    """Return who accuses or condemns in the clause of the mention at `i`: the words after it are his."""
    for j in range(i - 1, max(-1, i - 2 * REACH), -1):
        item = scene.items[j]
        if item.kind == "verb" and any(r.act is not None and r.act.id in AGAINST for r in item.readings):
            k = next((k for k in (right(scene.items, j), left(scene.items, j)) if k is not None), None)
            return scene.items[k] if k is not None else None
        if item.kind == "stop":
            return None
    return None


def _consisting(scene: Scene, cue: int) -> list[Item]:
    """Return whom the labelled consist of: «ميليشيات متطرفة من ب وج»."""
    if cue + 1 < len(scene.items) and scene.items[cue + 1].text == "من":
        k = owner(scene.items, cue + 1, limit=0)
        return group_items(scene, k) if k is not None else []
    return []


def _bare(word: str) -> str:
    return "ال" + word[2:] if word.startswith("لل") else word
