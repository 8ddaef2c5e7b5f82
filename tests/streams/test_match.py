"""All subscriptions at once give what each query gives alone, and changes take hold at once."""

import threading
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from khabar import query
from khabar.schema import Article, CoverageItem, Stance, Subscription, TaggedArticle, stable_id
from streams import match
from streams.match import Matcher

WHEN = datetime(2024, 3, 1, tzinfo=UTC)


def item(text, *, title="", article_id="a", story="s", stances=(), backfill=False, outlet="wasat"):
    article = Article(
        id=article_id, title=title, text=text, fetched_at=WHEN, content_hash="", outlet=outlet, backfill=backfill, country="LY"
    )
    tagged = TaggedArticle(
        article=article, version=1, first_seen=WHEN, generation="", language="ar", about_libya=True, stances=stances
    )
    return CoverageItem(tagged=tagged, story=story)


def stance(holder, target, polarity, confidence):
    return Stance(
        id="x", holder=holder, target=target, polarity=polarity, mode="word", act="reject", quoted=False, speaker=None, field="text",
        sentence="", sentence_start=0, sentence_end=1, cue="", cue_start=0, cue_end=0, holder_mention=None, target_mention=None,
        rule="r", confidence=confidence,
    )  # fmt: skip


def sub(query_text, sub_id="q", **kw):
    return Subscription(id=sub_id, owner="amal", name=sub_id, query=query_text, **kw)


WORDS = st.sampled_from(
    [
        "حفتر",
        "وحفتر",
        "الوفاق",
        "وفاق",
        "للوفاق",
        "طرابلس",
        "قال",
        "مجلس",
        "النواب",
        "في",
        "و",
        "ب",
        "NATO",
        "nato",
        "ليبيا",
        "الليبية",
        "وليبيا",
        "مُعمَّر",
        "معمر",
    ]
)
FIELDS = st.sampled_from(
    [
        "outlet:wasat",
        "outlet:other",
        "country:LY",
        "lang:ar",
        "story:s",
        "holder:lna",
        "target:gna",
        "polarity:oppose",
        "confidence:>=0.6",
        "holder:(lna OR un) target:gna",
        "after:2024",
        "before:2024",
        "act:reject",
        "actor:lna",
    ],
)
LEAVES = st.one_of(
    WORDS,
    st.lists(WORDS, min_size=2, max_size=3).map(lambda w: f'"{" ".join(w)}"'),
    st.tuples(WORDS, st.integers(0, 4), WORDS).map(lambda t: f"{t[0]} NEAR/{t[1]} {t[2]}"),
    WORDS.filter(lambda w: len(w) > 3).map(lambda w: w[:3] + "*"),
    st.lists(WORDS, min_size=1, max_size=2).map(lambda w: f'="{" ".join(w)}"'),
    WORDS.map(lambda w: f"title:{w}"),
    FIELDS,
)
QUERIES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(lambda q: "(" + " ".join(q) + ")"),
        st.lists(inner, min_size=2, max_size=3).map(lambda q: "(" + " OR ".join(q) + ")"),
        inner.map(lambda q: f"NOT ({q})"),
    ),
    max_leaves=6,
)
TEXTS = st.lists(WORDS, max_size=12).map(" ".join)
ITEMS = st.builds(
    lambda title, text, c: item(
        text, title=title, stances=(stance("lna", "gna", "oppose", c), stance("un", "lna", "support", 0.9))
    ),
    TEXTS,
    TEXTS,
    st.sampled_from([0.5, 0.8]),
)


@settings(max_examples=150)
@given(st.lists(QUERIES, min_size=1, max_size=25), st.lists(ITEMS, min_size=1, max_size=3), st.data())
def test_all_at_once_is_one_by_one(queries, items, data):
    subs = {f"q{i}": sub(q, f"q{i}") for i, q in enumerate(queries)}
    matcher = Matcher(subs.values(), learn=2)
    for name in data.draw(st.lists(st.sampled_from(sorted(subs)), max_size=10)):  # changes leave no trace of the old form
        if data.draw(st.booleans()):
            matcher.remove(name)
            subs.pop(name, None)
        else:
            subs[name] = sub(data.draw(QUERIES), name)
            matcher.put(subs[name])
    for it in items * 2:  # at first as it was filed, then by what the articles have shown to be rare
        matcher.tune(data.draw(st.integers(1, 3)))
        alone = {s.id: query.parse(s.query).match(it) for s in subs.values()}
        assert {s.id: spans for s, spans in matcher.matches(it)} == {k: v for k, v in alone.items() if v is not None}


def test_an_alert_says_what_matched_and_where():
    it = item("لا شيء هنا. قال المشير حفتر إن قوات حفتر ستتقدم.", title="بيان", article_id="a7", story="s7")
    (alert,) = Matcher([sub("حفتر", "q1")]).match(it)
    assert alert.sentence == "قال المشير حفتر إن قوات حفتر ستتقدم."
    assert [s.text for s in alert.spans] == ["حفتر", "حفتر"]
    assert (alert.id, alert.article, alert.story, alert.owner) == (stable_id("q1", "a7"), "a7", "s7", "amal")


def test_one_alert_a_story_where_that_was_asked():
    matcher = Matcher([sub("حفتر", per="story")])
    assert matcher.match(item("حفتر", article_id="a"))[0].id == matcher.match(item("حفتر", article_id="b"))[0].id


def test_who_is_not_told():
    it = item("حفتر", backfill=True)
    assert not Matcher([sub("حفتر")]).match(it)
    assert Matcher([sub("حفتر", include_backfill=True)]).match(it)
    it = item("حفتر")
    assert not Matcher([sub("حفتر", paused=True)]).match(it)
    assert not Matcher([sub("حفتر", expires=WHEN)]).match(it)
    assert Matcher([sub("حفتر", expires=WHEN + timedelta(seconds=1))]).match(it)
    assert not Matcher([sub("", signal="silent")]).match(it)


def test_a_least_confidence_narrows_stances_only():
    it = item("حفتر", stances=(stance("lna", "gna", "oppose", 0.5),))
    assert not Matcher([sub("holder:lna", min_confidence=0.6)]).match(it)
    assert Matcher([sub("holder:lna", min_confidence=0.5)]).match(it)
    assert Matcher([sub("حفتر", min_confidence=0.9)]).match(it)


def test_an_unreadable_query_is_left_out_and_its_neighbours_match():
    matcher = Matcher([sub('"حفتر', "bad"), sub("حفتر", "good")])
    assert [a.subscription for a in matcher.match(item("حفتر"))] == ["good"]
    matcher.put(sub("titel:x", "good"))
    assert matcher.match(item("حفتر")) == []


def test_a_query_is_filed_under_what_articles_have_shown_to_be_rare():
    matcher = Matcher([sub("حفتر ميناء", "q1")], learn=1)
    matcher.match(item("ميناء"))
    matcher.tune()
    matcher.put(sub("ميناء سدود", "q2"))
    assert list(matcher._index._by_key) == ["حفتر", "سدود"]


def test_a_written_form_of_two_keys_stays_when_one_of_them_goes():
    matcher = Matcher([sub("بلد", "q1"), sub("لد", "q2"), sub("الي", "q3"), sub("حفت*", "q4")])
    it = item("والبلد وحفتر")
    assert [s.id for s, _ in matcher.matches(it)] == ["q1", "q4"]
    matcher.remove("q2")
    assert [s.id for s, _ in matcher.matches(it)] == ["q1", "q4"]
    matcher.remove("q1")
    matcher.put(sub("والبلد", "q2"))
    assert [s.id for s, _ in matcher.matches(it)] == ["q2", "q4"]


def test_second_keys_are_the_same_whether_few_or_many_are_asked_for(monkeypatch):
    subs = [sub(f"حفتر {word}", word) for word in ("ميناء", "سدود", "ناء")] + [sub("حفتر outlet:wasat", "outlet")]
    for many in (0, 100):
        monkeypatch.setattr(match, "_MANY", many)
        matcher = Matcher(subs, learn=1)
        for _ in range(2):
            assert [s.id for s, _ in matcher.matches(item("قال حفتر في الميناء"))] == ["outlet", "ميناء"]
            matcher.tune()


def test_a_term_that_stands_in_a_word_twice_over_is_found():
    matcher = Matcher([sub("ببب", "word"), sub('"قال ببب"', "phrase")])
    assert [s.id for s, _ in matcher.matches(item("قال بببب"))] == ["phrase", "word"]
    assert matcher.matches(item("قال بببا")) == []


def test_subscriptions_of_ten_thousand_terms_are_filed_matched_and_forgotten():
    words = [f"كلمة{i}" for i in range(10_000)]
    matcher = Matcher([sub(" OR ".join(words), "any"), sub(" ".join(words), "all"), sub("حفتر", "small")], learn=1)
    it = item("حفتر قال كلمة9999")
    for _ in range(2):
        assert [s.id for s, _ in matcher.matches(it)] == ["any", "small"]
        matcher.tune()
    assert [s.id for s, _ in matcher.matches(item(" ".join(words)))] == ["all", "any"]
    matcher.remove("any")
    assert [s.id for s, _ in matcher.matches(it)] == ["small"]


def test_matching_goes_on_while_subscriptions_change():
    matcher = Matcher(sub(f"كلمة{i}", f"s{i}") for i in range(200))
    stop = threading.Event()

    def change():
        i = 0
        while not stop.is_set():
            matcher.put(sub(f"جديد{i % 50} حفتر", f"n{i % 50}"))
            matcher.remove(f"n{(i * 7) % 50}")
            i += 1

    thread = threading.Thread(target=change)
    thread.start()
    try:
        for _ in range(200):
            assert "s7" in {s.id for s, _ in matcher.matches(item("كلمة7 حفتر جديد3"))}
    finally:
        stop.set()
        thread.join()


def test_the_filed_index_is_empty_again_when_all_are_gone():
    matcher = Matcher([sub("حفت* OR =x OR (a b)", "q1"), sub("NOT x", "q2")], learn=1)
    matcher.match(item("a b c"))
    assert matcher.tune(1) == 1
    assert matcher.tune() == 0
    matcher.remove("q1")
    matcher.remove("q2")
    assert len(matcher) == 0
    assert matcher._index._by_key == {}
    assert matcher._index._signs == set()
    assert matcher.match(item("x a b")) == []
