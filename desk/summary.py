"""What a list of articles amounts to: who appears how often, who supports or opposes whom, in which outlets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TypeVar

import msgspec
from markupsafe import Markup

from desk.marks import Mark, inline
from khabar.schema import ActorTag, CoverageItem, Polarity, Stance

K = TypeVar("K")
Names = dict[str, ActorTag]


class Pair(msgspec.Struct, frozen=True, kw_only=True):
    """A holder and a target with how many stances of one polarity."""

    holder: str
    target: str
    polarity: Polarity
    count: int


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """Counts over `articles` articles, most frequent first."""

    articles: int
    actors: list[tuple[ActorTag, int]]
    pairs: list[Pair]
    outlets: list[tuple[str, str, int]]


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """A stance with the article it stands in."""

    item: CoverageItem
    stance: Stance

    @property
    def sentence(self) -> Markup:
        """The sentence as HTML, with the cue, the holder and the target marked in place."""
        s, start = self.stance, self.stance.sentence_start
        marks = [Mark(start=s.cue_start - start, end=s.cue_end - start, tag="b", classes=f"cue {s.polarity}")]
        marks += [
            Mark(start=m.start - start, end=m.end - start, classes="actor")
            for m in (s.holder_mention, s.target_mention)
            if m is not None and m.field == s.field  # one that stands elsewhere lies outside and is not shown
        ]
        return inline(s.sentence, marks)


def names(items: Iterable[CoverageItem]) -> Names:
    """Return the actors of the articles by id."""
    return {a.id: a for item in items for a in item.tagged.actors}


def name(actor_id: str, known: Names, language: str) -> str:
    """Return an actor's name in a language, or its id where no article names it."""
    actor = known.get(actor_id)
    return called(actor, language) if actor else actor_id


def called(actor: ActorTag, language: str) -> str:
    """Return an actor's name in a language, the Arabic one where it has no other."""
    return actor.name if language == "ar" or not actor.name_en else actor.name_en


def summarize(items: Sequence[CoverageItem], *, most: int = 12) -> Summary:
    """Return the counts over `items`, each list at most `most` long; an article counts once for an actor."""
    known = names(items)
    actors = Counter(a.id for item in items for a in item.tagged.actors)
    pairs = Counter((s.holder, s.target, s.polarity) for item in items for s in item.tagged.stances)
    outlets = Counter((i.tagged.article.outlet, i.tagged.article.outlet_name) for i in items)
    return Summary(
        articles=len(items),
        actors=[(known[i], n) for i, n in _top(actors, most)],
        pairs=[Pair(holder=h, target=t, polarity=p, count=n) for (h, t, p), n in _top(pairs, most)],
        outlets=[(outlet, label or outlet, n) for (outlet, label), n in _top(outlets, most)],
    )


def evidence(items: Iterable[CoverageItem], *, holder: str = "", target: str = "", polarity: str = "") -> list[Evidence]:
    """Return the stances of the articles, in their order, that have the given holder, target and polarity ("" is any)."""
    return [
        Evidence(item=item, stance=s)
        for item in items
        for s in item.tagged.stances
        if holder in ("", s.holder) and target in ("", s.target) and polarity in ("", s.polarity)
    ]


def _top(counts: Counter[K], most: int) -> list[tuple[K, int]]:
    return sorted(counts.items(), key=lambda c: (-c[1], str(c[0])))[:most]
