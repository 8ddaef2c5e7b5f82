"""A speaker who calls an actor terrorist, criminal or putschist opposes him: «... فرار الإرهابيين», said by أ."""

from __future__ import annotations

from collections.abc import Iterator

from streams.stances.arguments import group_items
from streams.stances.frames import Claim
from streams.stances.phrases import owner
from streams.stances.sentence import Item
from streams.stances.syntax import Scene

ACT = "blacken"


def claims(scene: Scene) -> Iterator[Claim]:
    """Yield a claim for every mention that its speaker labels, in the mention itself or in the word after it."""
    for i, item in enumerate(scene.items):
        speaker = scene.speakers[i]
        if not item.actor or speaker is None or speaker.actor == item.actor or not speaker.actor:
            continue
        if i and scene.items[i - 1].text in ("ضد", "مكافحه"):
            continue
        words = item.text.split()
        inside = any("labels" in scene.lexicon.word(_bare(w)).classes for w in words)
        if not inside and not (i + 1 < len(scene.items) and scene.items[i + 1].has("labels")):
            continue
        cue = i if inside else i + 1
        for target in (item, *_consisting(scene, cue)):
            if target.actor != speaker.actor:
                yield Claim(speaker, target, scene.lexicon.acts[ACT], cue, "label")


def _consisting(scene: Scene, cue: int) -> list[Item]:
    """Return whom the labelled consist of: «ميليشيات متطرفة من ب وج»."""
    if cue + 1 < len(scene.items) and scene.items[cue + 1].text == "من":
        k = owner(scene.items, cue + 1, limit=0)
        return group_items(scene, k) if k is not None else []
    return []


def _bare(word: str) -> str:
    return "ال" + word[2:] if word.startswith("لل") else word
