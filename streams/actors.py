"""Which actors appear in an article, and where: every mention with the rule that decided it.

The order of evidence: a dated role, a full name, a body's people, a short form that the article supports, a capital or a
state's name where it acts, a general word that the article has explained. Of two forms the longer is read first.
"""

from __future__ import annotations

from streams.document import Document
from streams.found import Found
from streams.gazetteer import ACTORS, Gazetteer
from streams.reading import Reader
from streams.support import Support

__all__ = ["Found", "find"]


def find(doc: Document, gazetteer: Gazetteer) -> list[Found]:
    """Return the mentions of actors in title and text, sorted by field (title first) and start."""
    hits = [field.hits(gazetteer.forms, ACTORS) for field in doc.fields]
    if not any(hits):
        return []
    support = Support(doc, hits, gazetteer)
    mentions: list[Found] = []
    found = Found  # a name of this module's is looked up at every use, even in compiled code
    for index, field in enumerate(doc.fields):
        if hits[index]:
            name = field.name
            for claim in Reader(index, field.cut(gazetteer.forms), hits[index], support, gazetteer).claims():
                start, end = field.original(claim.start, claim.end)
                mentions.append(found(name, start, end, claim.who.id, claim.rule))
    return mentions
