"""The values of an article that a query's fields ask for, as (field, value) pairs."""

from __future__ import annotations

from khabar.schema import CoverageItem


def facets(item: CoverageItem) -> list[tuple[str, str]]:
    """Return the pairs of `item`, each once, sorted: outlet, country, lang, story, actor, framing, holder, target, ..."""
    tagged, article = item.tagged, item.tagged.article
    pairs = {("outlet", article.outlet), ("country", article.country), ("lang", tagged.language), ("story", item.story)}
    pairs.update(("actor", a.id) for a in tagged.actors)
    pairs.update(("framing", f.camp) for f in tagged.framing)
    for s in tagged.stances:
        pairs.update((("holder", s.holder), ("target", s.target), ("polarity", s.polarity), ("act", s.act)))
    return sorted(pairs)
