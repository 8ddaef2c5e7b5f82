"""Coverage items of our own wording, for the tests of this room."""

from datetime import UTC, datetime, timedelta

from khabar import schema
from khabar.schema import ActorTag, Article, CoverageItem, Framing, Mention, Stance, TaggedArticle

T0 = datetime(2024, 3, 1, 8, tzinfo=UTC)


def stance(article: str, holder: str, target: str, polarity: str = "oppose", **more: object) -> Stance:
    """A stance with the sentence «كذا»."""
    values: dict[str, object] = {
        "id": schema.stable_id(article, holder, target, polarity),
        "holder": holder,
        "target": target,
        "polarity": polarity,
        "mode": "word",
        "act": "condemn",
        "quoted": False,
        "speaker": None,
        "field": "text",
        "sentence": "كذا",
        "sentence_start": 0,
        "sentence_end": 3,
        "cue": "كذا",
        "cue_start": 0,
        "cue_end": 3,
        "holder_mention": None,
        "target_mention": None,
        "rule": "t",
        "confidence": 0.9,
        **more,
    }
    return Stance(**values)  # type: ignore[arg-type]  # a table of values for one struct


def item(
    article_id: str,
    title: str = "",
    text: str = "",
    *,
    version: int = 1,
    generation: str = "g1",
    outlet: str = "sample",
    country: str = "LY",
    language: str = "ar",
    story: str = "",
    hours: int = 0,
    published: bool = True,
    actors: tuple[str, ...] = (),
    stances: tuple[Stance, ...] = (),
    framing: tuple[str, ...] = (),
) -> CoverageItem:
    """One article in its story; `hours` after T0."""
    at = T0 + timedelta(hours=hours)
    article = Article(
        id=article_id,
        title=title,
        text=text,
        fetched_at=at,
        content_hash=schema.content_hash(title, text),
        outlet=outlet,
        outlet_name=f"منفذ {outlet}",
        outlet_kind="site",
        country=country,
        url=f"https://example.org/{article_id}",
        published=at if published else None,
    )
    tagged = TaggedArticle(
        article=article,
        version=version,
        first_seen=at + timedelta(minutes=5),
        generation=generation,
        language=language,
        about_libya=True,
        actors=tuple(
            ActorTag(
                id=a, name=f"اسم {a}", camp="camp-" + a, mentions=(Mention(field="text", start=0, end=1, text="ا", rule="t"),)
            )
            for a in actors
        ),
        stances=stances,
        framing=tuple(Framing(term="كلمة", camp=c, effect="harms", by="outlet", field="text", start=0, end=1) for c in framing),
    )
    return CoverageItem(tagged=tagged, story=story or f"story-{article_id}", story_title=title)
