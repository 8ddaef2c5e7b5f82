"""Stories: who joins whom, what is a copy, and that neither batches, order nor restarts change it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.cluster import score
from khabar.schema import Article, CoverageItem, TaggedArticle, content_hash
from streams.cluster import Clusterer, Entry
from streams.signature import LARGEST, compare, signature

NOW = datetime(2024, 5, 2, 12, tzinfo=UTC)

PORT = (
    "أعلنت إدارة ميناء رأس لانوف أن ناقلتين رستا صباح اليوم لتحميل شحنتين من الخام، بعد توقف دام ثلاثة أيام بسبب سوء الأحوال الجوية. "
    "وقال مدير الميناء إن العمال استأنفوا الضخ في الساعة السادسة، وإن الكميات المخزنة تكفي لأسبوعين. "
    "وأضاف أن فرق الصيانة أصلحت خطا فرعيا تضرر في العاصفة، وأن مجلس الإدارة سيجتمع غدا لبحث جدول الشحن لبقية الشهر."
)
CUT = PORT[: PORT.index("وأضاف")]
EDITED = (
    PORT.replace("صباح اليوم", "فجر الخميس")
    .replace("وقال مدير الميناء إن العمال استأنفوا الضخ في الساعة السادسة", "وأوضح مسؤول في الميناء أن ضخ الخام عاد عند السادسة")
    .replace("سيجتمع غدا لبحث", "يعقد جلسة في الغد لمناقشة")
    + " ولم يصدر تعليق آخر."
)
ELECTIONS = (
    "قالت لجنة الانتخابات البلدية في مصراتة إن باب تسجيل الناخبين يفتح الأحد المقبل في سبعة عشر مركزا، "
    "ودعت المواطنين إلى إحضار بطاقاتهم الشخصية. وأوضحت أن القوائم الأولية تنشر في نهاية الشهر ويمكن الطعن فيها خلال خمسة أيام."
)


def tagged(id_: str, text: str, *, hours: float = 0, title: str = "عنوان", outlet: str = "", version: int = 1) -> TaggedArticle:
    seen = NOW + timedelta(hours=hours)
    return TaggedArticle(
        article=Article(
            id=id_,
            title=title,
            text=text,
            fetched_at=seen,
            content_hash=content_hash(title, text),
            outlet=outlet or f"outlet-{id_}",
        ),
        version=version,
        first_seen=seen,
        generation="g",
        language="ar",
        about_libya=True,
    )


def sets(items: list[CoverageItem]) -> set[frozenset[str]]:
    by_story: dict[str, set[str]] = {}
    for i in items:
        by_story.setdefault(i.story, set()).add(i.tagged.article.id)
    return {frozenset(s) for s in by_story.values()}


BATCH = [
    tagged("a", PORT),
    tagged("b", EDITED, hours=1),
    tagged("c", CUT, hours=2),
    tagged("d", ELECTIONS, hours=1),
    tagged("e", PORT, hours=3),
]


def test_copies_cuts_and_edits_are_one_story_and_another_event_is_not() -> None:
    items = Clusterer({}).cluster(BATCH, NOW)
    assert [i.tagged.article.id for i in items] == ["a", "b", "c", "d", "e"]
    assert sets(items) == {frozenset("abce"), frozenset("d")}
    assert [i.copy_of for i in items] == [None, None, "a", None, "a"]
    assert items[4].copy_of_outlet == "outlet-a"
    assert (items[4].similarity, items[0].similarity) == (1.0, 0.0)
    assert {i.story_title for i in items[:3]} == {"عنوان"}


@given(st.permutations(BATCH), st.integers(1, 5))
def test_order_within_a_batch_makes_no_difference(batch: list[TaggedArticle], size: int) -> None:
    whole = {i.tagged.article.id: i for i in Clusterer({}).cluster(batch, NOW)}
    assert whole == {i.tagged.article.id: i for i in Clusterer({}).cluster(BATCH, NOW)}
    clusterer = Clusterer({})
    cut = [i for n in range(0, 5, size) for i in clusterer.cluster(BATCH[n : n + size], NOW)]
    assert sets(cut) == sets(list(whole.values()))


def test_a_second_delivery_and_a_restart_give_what_the_first_gave() -> None:
    table: dict[str, bytes] = {}
    first = Clusterer(table).cluster(BATCH, NOW)
    before = dict(table)
    again = Clusterer(table)
    assert again.cluster(BATCH, NOW) == first
    assert table == before
    late = again.cluster([tagged("f", EDITED, hours=5)], NOW)[0]
    assert (late.story, late.copy_of) == (first[0].story, "b")


def test_an_article_never_matches_itself_and_keeps_its_story_when_corrected() -> None:
    table: dict[str, bytes] = {}
    c = Clusterer(table)
    one = c.cluster([tagged("a", PORT)], NOW)[0]
    assert one.copy_of is None
    two = c.cluster([tagged("a", ELECTIONS, version=2)], NOW)[0]
    assert (two.story, two.copy_of) == (one.story, None)
    copy_of_the_correction = c.cluster([tagged("b", ELECTIONS, hours=1)], NOW)[0]
    assert copy_of_the_correction.copy_of == "a"
    assert c.cluster([tagged("z", PORT, hours=1)], NOW)[0].copy_of is None, "the withdrawn text leads nowhere"
    assert c.cluster([tagged("a", PORT)], NOW)[0].story == one.story, "version 1 redelivered"


def test_the_late_comer_that_was_seen_first_is_no_copy() -> None:
    c = Clusterer({})
    first, second = c.cluster([tagged("b", PORT, hours=5)], NOW)[0], c.cluster([tagged("a", PORT, hours=1)], NOW)[0]
    assert (second.story, second.copy_of) == (first.story, None)
    polled_together = c.cluster([tagged("c", PORT, hours=0.99)], NOW)[0]
    assert polled_together.copy_of == "a"


def test_an_original_that_is_corrected_does_not_become_a_copy_of_its_copy() -> None:
    c = Clusterer({})
    c.cluster([tagged("a", PORT, hours=0.1)], NOW)
    assert c.cluster([tagged("b", PORT)], NOW)[0].copy_of == "a"
    assert c.cluster([tagged("a", PORT + " تصحيح.", hours=0.1, version=2)], NOW)[0].copy_of is None


def test_signatures_live_their_days_and_stories_for_ever() -> None:
    table: dict[str, bytes] = {}
    c = Clusterer(table, days=14)
    first = c.cluster([tagged("a", PORT)], NOW)[0]
    near = c.cluster([tagged("b", PORT, hours=13 * 24)], NOW + timedelta(days=13))[0]
    assert near.copy_of == "a"
    far = c.cluster([tagged("c", PORT, hours=15 * 24)], NOW + timedelta(days=15))[0]
    assert (far.copy_of, far.story) == ("b", first.story), "a's signature is gone, b's is not"
    later = NOW + timedelta(days=60)
    assert c.cluster([tagged("d", PORT, hours=60 * 24)], later)[0].story != first.story
    assert c.cluster([tagged("a", PORT, version=2)], later)[0].story == first.story


def test_an_archive_replayed_today_is_judged_by_its_own_dates() -> None:
    old = -24 * 365 * 9
    items = Clusterer({}).cluster([tagged("a", PORT, hours=old), tagged("b", PORT, hours=old + 5), tagged("c", PORT)], NOW)
    assert sets(items) == {frozenset("ab"), frozenset("c")}


@pytest.mark.parametrize("text", ["", "…", "خبر", "خبر عاجل", "x" * 300_000])
def test_texts_that_say_next_to_nothing_are_stories_of_their_own(text: str) -> None:
    items = Clusterer({}).cluster([tagged("a", text, title="أ"), tagged("b", text, title="ب")], NOW)
    assert len(sets(items)) == 2


def test_the_same_long_headline_without_a_text_is_one_story() -> None:
    title = "مجلس بلدي طبرق يعلن حالة الطوارئ بعد سيول اجتاحت أحياء في جنوب المدينة فجر اليوم"
    items = Clusterer({}).cluster([tagged("a", "", title=title), tagged("b", "", title=title)], NOW)
    assert len(sets(items)) == 1


def test_signatures_of_long_texts_estimate_what_they_share() -> None:
    words = [f"كلمة{i}" for i in range(6000)]
    half = compare(signature("", " ".join(words)), signature("", " ".join(words[:3000])))
    assert len(signature("", " ".join(words))) == LARGEST
    assert half.jaccard == pytest.approx(0.5, abs=0.08)
    assert half.containment == pytest.approx(1.0, abs=0.02)


def test_marks_and_spelling_of_hamza_make_no_difference() -> None:
    bare = PORT.replace("أ", "ا").replace("إ", "ا")
    marked = PORT.replace("قال", "قَالَ")
    assert compare(signature("", bare), signature("", marked)).jaccard == 1.0


@given(st.lists(st.text("ابت ", max_size=60), max_size=8))
def test_any_texts_keep_the_promises(texts: list[str]) -> None:
    table: dict[str, bytes] = {}
    batch = [tagged(str(i), t, hours=i) for i, t in enumerate(texts)]
    items = Clusterer(table).cluster(batch, NOW)
    known = {i.tagged.article.id: i for i in items}
    for i in items:
        assert i.copy_of != i.tagged.article.id
        assert i.copy_of is None or known[i.copy_of].story == i.story
    assert Clusterer(table).cluster(batch, NOW) == items
    assert len(table) == len(texts)


def test_the_entry_has_room_for_every_field_of_the_item() -> None:
    assert {"story", "story_title", "copy_of", "copy_of_outlet", "similarity"} <= set(Entry.__struct_fields__)


@pytest.mark.shared
def test_the_measured_pairs(shared: Path) -> None:
    rows = {r["kind"]: r for r in score(shared / "data" / "near_dups.jsonl")}
    assert rows["verbatim or near-verbatim copy"]["recall"] == 1.0
    assert rows["verbatim or near-verbatim copy"]["copies"] >= 0.95
    assert rows["verbatim or near-verbatim copy (same outlet: update/repost)"]["recall"] >= 0.94, (
        "two rows have dates like 1901-20-17"
    )
    assert rows["edited copy of one text"]["recall"] >= 0.98
    assert rows["partly shared text"]["recall"] >= 0.95
    assert rows["partly shared text (dates >4 days apart)"]["recall"] <= 0.1, "templates: weather, executions"
    assert rows["unrelated"]["wrong"] <= 5
    assert rows["all"]["precision"] >= 0.98
