"""Versions by the house's rules, and the redeliveries that they must survive."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khabar.ports import Tags
from khabar.schema import Article, TaggedArticle, content_hash
from streams.versions import Dropped, DroppedLog, Unchanged, tag_step

DAY = datetime(2024, 3, 1, 8, tzinfo=UTC)


class LibyaTagger:
    """A small true tagger: an article is about Libya when it says so."""

    generation = "g1"

    def tag(self, article: Article) -> Tags:
        about = "ليبيا" in article.text
        return Tags(language="ar", about_libya=about, relevance="names Libya" if about else "does not name Libya")


def article(text: str, minute: int = 0, id_: str = "a") -> Article:
    return Article(
        id=id_,
        title="عنوان",
        text=text,
        fetched_at=DAY + timedelta(minutes=minute),
        content_hash=content_hash("عنوان", text),
        outlet="sample",
    )


V1, V2, V3 = article("في ليبيا أولا", 0), article("في ليبيا ثانيا", 10), article("في ليبيا ثالثا", 20)
REVERT = article("في ليبيا أولا", 30)


def versions(*sent: Article, table: dict[str, bytes] | None = None) -> list[int | str]:
    table = {} if table is None else table
    out: list[int | str] = []
    for a in sent:
        r = tag_step(a, LibyaTagger(), table)
        out.append(r.version if isinstance(r, TaggedArticle) else r.why if isinstance(r, Unchanged) else "dropped")
    return out


OLD, SAME = "older than the latest version", "same content"


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ([V1], [1]),
        ([V1, V2], [1, 2]),
        ([V1, V2, V1, V2], [1, 2, 1, 2]),
        ([V1, V2, REVERT], [1, 2, 3]),
        ([V1, V2, REVERT, V1, V2, REVERT], [1, 2, 3, 1, 2, 3]),
        ([V1, article(V1.text, 5)], [1, SAME]),
        ([V2, V1], [1, OLD]),
        ([V1, V3, V2], [1, 2, OLD]),
        ([V1, article("في ليبيا، في الدقيقة نفسها", 0)], [1, 2]),
    ],
    ids=["one", "two", "redelivered", "revert", "revert redelivered", "fetched again", "late", "late third", "same minute"],
)
def test_versions(sent: list[Article], expected: list[int | str]) -> None:
    table: dict[str, bytes] = {}
    assert versions(*sent, table=table) == expected
    after = dict(table)
    assert versions(*sent, table=table) == expected, "replayed twice"
    assert table == after, "a replay leaves the state as it was"


def test_first_seen_is_that_of_the_first_version() -> None:
    table: dict[str, bytes] = {}
    for a in (V1, V2, REVERT):
        tagged = tag_step(a, LibyaTagger(), table)
        assert isinstance(tagged, TaggedArticle)
        assert tagged.first_seen == DAY
        assert tagged.generation == "g1"


def test_not_about_libya_is_dropped_with_its_reason() -> None:
    dropped = tag_step(article("في تونس"), LibyaTagger(), {})
    assert isinstance(dropped, Dropped)
    assert (dropped.outlet, dropped.reason) == ("sample", "does not name Libya")


def test_a_correction_that_no_longer_names_libya_follows_the_version_that_was_sent() -> None:
    table: dict[str, bytes] = {}
    corrected = article("في تونس", 10)
    for _ in range(2):
        assert isinstance(tag_step(V1, LibyaTagger(), table), TaggedArticle)
        second = tag_step(corrected, LibyaTagger(), table)
        assert isinstance(second, TaggedArticle)
        assert (second.version, second.about_libya) == (2, False)


def test_a_dropped_article_that_is_corrected_goes_on_as_version_two() -> None:
    assert versions(article("في تونس"), V2, article("في تونس"), V2) == ["dropped", 2, "dropped", 2]


def test_articles_do_not_share_versions() -> None:
    assert versions(V1, article("في ليبيا أخرى", 5, "b")) == [1, 1]


@given(st.lists(st.tuples(st.integers(0, 4), st.sampled_from(["أ", "ب", "ج"])), max_size=12))
def test_any_order_replayed_gives_the_same_and_numbers_never_fall_back(sent: list[tuple[int, str]]) -> None:
    table: dict[str, bytes] = {}
    articles = [article(f"ليبيا {t}", m) for m, t in sent]
    first = versions(*articles, table=table)
    numbers = {n for n in first if isinstance(n, int)}
    assert numbers == set(range(1, len(numbers) + 1))
    again = versions(*articles, table=table)
    known = {(a.fetched_at, a.content_hash): n for a, n in zip(articles, first, strict=True) if isinstance(n, int)}
    for a, n in zip(articles, again, strict=True):
        if (a.fetched_at, a.content_hash) in known:
            assert n == known[(a.fetched_at, a.content_hash)]


def test_dropped_articles_are_kept_a_day_and_counted_per_outlet() -> None:
    log = DroppedLog({})
    for i, outlet in enumerate(("one", "one", "two")):
        d = tag_step(article("في تونس", id_=f"a{i}"), LibyaTagger(), {})
        assert isinstance(d, Dropped)
        log.add(Dropped(**{**{f: getattr(d, f) for f in d.__struct_fields__}, "outlet": outlet}), DAY + timedelta(hours=i))
    now = DAY + timedelta(hours=3)
    assert [d.id for d in log.entries(now)] == ["a2", "a1", "a0"]
    assert log.per_outlet(now) == {"one": 2, "two": 1}
    later = DAY + timedelta(hours=25)
    assert [d.id for d in log.entries(later)] == ["a2"]
    assert log.prune(later) == 2
    assert log.prune(later) == 0
