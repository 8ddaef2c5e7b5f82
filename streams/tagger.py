"""The tagger by rules: language, actors, stances and relevance of one article."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence

import msgspec

from khabar.ports import Tags
from khabar.schema import ActorTag, Article, Mention, Stance, stable_id
from streams import actors, framing, language, relevance, signs, stances, terms, words
from streams.actors import Found
from streams.document import Document
from streams.gazetteer import Gazetteer
from streams.stances import lexicon
from streams.watched import Watched


class RulesTagger:
    """Implements khabar.ports.Tagger by the gazetteer of `source` and the shipped stance grammar.

    `source` is asked once an article, so that a changed file is taken up; `generation` is that of the last answer.
    """

    def __init__(self, source: Watched | None = None) -> None:
        self._source = source or Watched()
        self._rules = lexicon.load().generation + terms.load().generation + words.load().generation
        self._rules += language.FILE.read_text(encoding="utf-8") + signs.FILE.read_text(encoding="utf-8")

    @property
    def generation(self) -> str:
        """A hash of the gazetteer, the word lists and the stance grammar with which the last article was tagged."""
        return hashlib.sha256((self._source.current.generation + self._rules).encode()).hexdigest()[:16]

    def tag(self, article: Article) -> Tags:
        """Return what the article says; any text has an answer."""
        known = self._source()
        doc = Document.of(article)
        mentions = actors.find(doc, known)
        about, reason = relevance.about_libya(doc, mentions, known)
        return Tags(
            language=language.detect(f"{article.title} {article.text[: language.SAMPLE]}"),
            about_libya=about,
            relevance=reason,
            actors=actor_tags(doc, mentions, known),
            stances=tuple(_of_article(article.id, s) for s in stances.find(doc, mentions, known)),
            framing=tuple(framing.find(doc, mentions, known)),
        )


def _of_article(article: str, stance: Stance) -> Stance:
    """Return the stance with an id that is its own in all articles."""
    return msgspec.structs.replace(stance, id=stable_id(article, stance.id))


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
