"""The tagger by rules: language, actors and relevance of one article, from the gazetteer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence

from khabar.ports import Tags
from khabar.schema import ActorTag, Article, Mention
from streams import actors, gazetteer
from streams.actors import Found
from streams.document import Document
from streams.gazetteer import Gazetteer


class RulesTagger:
    """Implements khabar.ports.Tagger. `source` gives the gazetteer to use, asked once an article."""

    def __init__(self, source: Callable[[], Gazetteer] = gazetteer.load) -> None:
        self._source = source

    @property
    def generation(self) -> str:
        """The generation of the gazetteer in use."""
        return self._source().generation

    def tag(self, article: Article) -> Tags:
        """Return what the article says; any text has an answer."""
        known = self._source()
        doc = Document.of(article)
        mentions = actors.find(doc, known)
        libyan = sorted({m.actor for m in mentions if known.actors[m.actor].libyan})
        return Tags(
            language=language(article.title + " " + article.text),
            about_libya=bool(libyan),
            relevance="actors: " + " ".join(libyan) if libyan else "no Libyan actor",
            actors=actor_tags(doc, mentions, known),
        )


def language(text: str) -> str:
    """Return "ar" where most letters are Arabic ones, else "und"."""
    letters = sum(c.isalpha() for c in text)
    arabic_letters = sum("\u0620" <= c <= "\u06d3" for c in text)
    return "ar" if letters and arabic_letters * 2 > letters else "und"


def actor_tags(doc: Document, mentions: Sequence[Found], known: Gazetteer) -> tuple[ActorTag, ...]:
    """Return the actors of `mentions`, in order of first appearance, each with its mentions."""
    texts = {field.name: field.text for field in doc.fields}
    grouped: defaultdict[str, list[Mention]] = defaultdict(list)
    for m in mentions:
        text = texts[m.field][m.start : m.end]
        grouped[m.actor].append(Mention(field=m.field, start=m.start, end=m.end, text=text, rule=m.rule))
    return tuple(
        ActorTag(id=a.id, name=a.name_ar, name_en=a.name_en, type=a.type, camp=a.camp, mentions=tuple(found))
        for a, found in ((known.actors[i], found) for i, found in grouped.items())
    )
