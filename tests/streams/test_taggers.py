"""Another tagger takes the place of the rules by its name alone."""

from datetime import UTC, datetime

import pytest

from khabar.errors import SettingsError
from khabar.ports import Tags
from khabar.schema import Article, Stance
from streams import taggers
from streams.tagger import RulesTagger

ARTICLE = Article(id="1", title="عنوان", text="نص", fetched_at=datetime(2024, 1, 1, tzinfo=UTC), content_hash="h", outlet="o")


class Learned:
    """A stand-in for a model: it finds one stance in every article."""

    generation = "model-7"

    def tag(self, article: Article) -> Tags:
        stance = Stance(
            id="s", holder="a", target="b", polarity="support", mode="word", act="back", quoted=False, speaker=None, field="text",
            sentence=article.text, sentence_start=0, sentence_end=len(article.text), cue=article.text, cue_start=0,
            cue_end=len(article.text), holder_mention=None, target_mention=None, rule="model", confidence=0.9,
        )  # fmt: skip
        return Tags(language="ar", about_libya=True, stances=(stance,))


def test_the_rules_ship() -> None:
    assert isinstance(taggers.make("rules"), RulesTagger)


def test_a_registered_tagger_serves_by_its_name() -> None:
    taggers.register("learned", Learned)
    tagger = taggers.make("learned")
    assert tagger.generation == "model-7"
    assert tagger.tag(ARTICLE).stances[0].rule == "model"


def test_a_factory_of_an_installed_package_serves_by_its_path() -> None:
    assert isinstance(taggers.make("streams.tagger:RulesTagger"), RulesTagger)


@pytest.mark.parametrize("name", ["nothing", "no.such.module:build", "streams.tagger:nothing", "builtins:dict", ":"])
def test_a_wrong_name_says_so(name: str) -> None:
    with pytest.raises(SettingsError, match="KHABAR_TAGGER"):
        taggers.make(name)
