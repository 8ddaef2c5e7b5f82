"""A speaker who calls an actor terrorist, criminal or putschist opposes him: «... فرار الإرهابيين», said by أ."""

from __future__ import annotations

from collections.abc import Iterator

from streams.stances.frames import Claim
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
        if any("labels" in scene.lexicon.classes(_bare(w)) for w in words):
            yield Claim(speaker, item, scene.lexicon.acts[ACT], i, "label")
        elif i + 1 < len(scene.items) and scene.items[i + 1].has("labels"):
            yield Claim(speaker, item, scene.lexicon.acts[ACT], i + 1, "label")


def _bare(word: str) -> str:
    return "ال" + word[2:] if word.startswith("لل") else word
