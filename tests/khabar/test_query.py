"""The query language: what is read, what is refused and how, what matches and where."""

import random
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from khabar import query
from khabar.query import All, And, Exact, FieldEq, Near, Not, Or, Phrase, Prefix, QueryError, StanceIs, Term, parse
from khabar.schema import ActorTag, Article, CoverageItem, Framing, Mention, Stance, TaggedArticle

WHEN = datetime(2019, 4, 4, 12, tzinfo=UTC)


def item(title="", text="", **kw):
    article = Article(
        id="a1",
        title=title,
        text=text,
        fetched_at=kw.pop("fetched_at", WHEN),
        published=kw.pop("published", None),
        content_hash="h",
        outlet=kw.pop("outlet", "wasat"),
        outlet_name=kw.pop("outlet_name", "بوابة الوسط"),
        country=kw.pop("country", "LY"),
    )
    tagged = TaggedArticle(
        article=article, version=1, first_seen=WHEN, generation="g", language=kw.pop("language", "ar"), about_libya=True, **kw
    )
    return CoverageItem(tagged=tagged, story="s1")


def stance(holder, target, polarity, **kw):
    base = {"mode": "word", "act": "reject", "quoted": False, "speaker": None, "field": "text", "sentence": "", "rule": "r"}
    base |= {"sentence_start": 0, "sentence_end": 4, "cue": "", "cue_start": 0, "cue_end": 0, "confidence": 0.9}
    base |= {"holder_mention": None, "target_mention": None}
    return Stance(id=f"{holder}{target}", holder=holder, target=target, polarity=polarity, **(base | kw))


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("", All()),
        ("  \u200f ", All()),
        ("الوفاق", Term("وفاق")),
        ("و أو ليس", And((Term("و"), Term("او"), Term("ليس")))),
        ("and or", And((Term("and"), Term("or")))),
        ("a b OR c", Or((And((Term("a"), Term("b"))), Term("c")))),
        ("a AND NOT b", And((Term("a"), Not(Term("b"))))),
        ("NOT NOT a", Term("a")),
        ("(a (b c))", And((Term("a"), Term("b"), Term("c")))),
        ("«مجلس النواب»", Phrase(("مجلس", "نواب"))),
        ('"حفتر"', Term("حفتر")),
        ("10:30", Phrase(("10", "30"))),
        ("حفت*", Prefix("حفت")),
        ('="حفتر قال"', Exact(("حفتر", "قال"))),
        ("=NATO", Exact(("NATO",))),
        ("a NEAR/٣ b", Near(Term("a"), Term("b"), 3)),
        ("(a OR b) NEAR c", Or((Near(Term("a"), Term("c"), 10), Near(Term("b"), Term("c"), 10)))),
        ("title:(a NEAR/2 b)", Near(Term("a", "title"), Term("b", "title"), 2)),
        ("title:a NEAR/2 b", Near(Term("a", "title"), Term("b", "title"), 2)),
        ("TITLE: a", Term("a", "title")),
        ("actor:(LNA OR gna)", FieldEq("actor", ("lna", "gna"))),
        ("country:ly lang:AR-latn", And((FieldEq("country", ("LY",)), FieldEq("lang", ("ar-Latn",))))),
        ("holder:a target:b", StanceIs(holder=("a",), target=("b",))),
        ("holder:a AND polarity:support AND confidence:>=0.5", StanceIs(holder=("a",), polarity=("support",), confidence=0.5)),
        ("holder:a holder:b", And((StanceIs(holder=("a",)), StanceIs(holder=("b",))))),
        ("holder:a x target:b", And((StanceIs(holder=("a",)), Term("x"), StanceIs(target=("b",))))),
        ("(holder:a) (target:b)", And((StanceIs(holder=("a",)), StanceIs(target=("b",))))),
        ("holder:a NOT target:b", And((StanceIs(holder=("a",)), Not(StanceIs(target=("b",)))))),
    ],
)
def test_what_is_read(text, tree):
    assert parse(text).root == tree


@pytest.mark.parametrize(
    ("text", "position", "suggestion"),
    [
        ('a "b', 2, 'a "b"'),
        ("a » b", 2, "a  b"),
        ("(a OR (b", 8, "(a OR (b))"),
        ("a)", 1, "a"),
        ("OR a", 0, "a"),
        ("a OR", 4, "a"),
        ("NOT", 3, ""),
        ("()", 1, ""),
        ("x -b", 2, "NOT b"),
        ("a && b", 2, "AND"),
        ("titel:a", 0, "title:"),
        ("polarity:suport", 9, "polarity:support"),
        ("after:yesterday", 6, "after:2019-04-04"),
        ("confidence:>=2", 11, "confidence:>=0.8"),
        ("ا*", 0, ""),
        ("a*b", 0, "ab"),
        ("a NEAR/99999 b", 2, "NEAR/1000"),
        ("title:a NEAR text:b", 8, ""),
        ("lang:ar NEAR b", 0, ""),
        ("holder:(a b)", 8, "holder:(one OR another)"),
        ("(" * 60 + "a" + ")" * 60, 50, ""),
    ],
)
def test_what_is_refused(text, position, suggestion):
    with pytest.raises(QueryError) as e:
        parse(text)
    assert (e.value.position, e.value.suggestion) == (position, suggestion)


PIECES = st.sampled_from(
    [
        "حفتر",
        "و",
        "AND",
        "OR",
        "NOT",
        "NEAR/3",
        "NEAR/",
        "NEAR/٩٩٩٩٩٩٩",
        "(",
        ")",
        '"',
        "«",
        "»",
        "=",
        "*",
        "title:",
        "holder:",
        "confidence:",
        "after:",
        "٢٠١٩-١٣",
        ":",
        "-",
        "\u200f",
        ">=",
        "ﷲ",
        "'",
        "polarity:support",
        " ",
        "�",
        "\x00",
        "x" * 50,
    ],
)


@settings(max_examples=300)
@given(st.one_of(st.lists(PIECES, max_size=40).map("".join), st.lists(PIECES, max_size=40).map(" ".join), st.text(max_size=80)))
def test_any_text_is_read_or_refused_with_a_place_inside_it(text):
    try:
        query = parse(text)
    except QueryError as e:
        place = e.position
    else:
        query.match(item("حفتر", "قال x و حفتر"))
        place = 0
    assert 0 <= place <= len(text)


def test_ten_thousand_broken_queries():
    chance = random.Random(10)
    pieces = [
        *["()", '"', "«", "»", "=", "*", ":", "-", "\u200f", "'", "[", "]", "😀", "٣"],
        *["AND", "OR", "NOT", "NEAR/3", "NEAR/", "title:", "holder:", "after:", "x*", "حفتر", "و", ">="],
    ]
    refused = 0
    for _ in range(10_000):
        text = chance.choice(("", " ")).join(chance.choice(pieces) for _ in range(chance.randrange(1, 25)))
        try:
            parse(text)
        except QueryError as e:
            refused += 1
            place, suggestion = e.position, e.suggestion
            assert 0 <= place <= len(text)  # most are refused, and each must say where
            assert isinstance(suggestion, str)  # and may say what instead
    assert refused > 5_000


@pytest.mark.parametrize(
    "text",
    ["(" * 100_000, '"' * 99_999, "a " * 200_000, "x" * 600_000, "(" + "a OR " * 2_000 + "b) NEAR (" + "c OR " * 2_000 + "d)"],
)
def test_what_would_explode_is_refused(text):
    with pytest.raises(QueryError):
        parse(text)


def matched(text, it):
    found = parse(text).match(it)
    return None if found is None else [s.text for s in found]


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("حفتر", ["وبحفتر", "حفتر"]),
        ("title:حفتر", None),
        ("title:طرابلس", ["طرابلس"]),
        ('"مجلس النواب"', ["لمجلس النوّاب"]),
        ('"النواب مجلس"', None),
        ("نوا*", ["النوّاب"]),
        ("=حفتر", ["حفتر"]),
        ("=النواب", None),
        ("=النوّاب", ["النوّاب"]),
        ("قوات NEAR/1 تابعة", None),
        ("مسؤول NEAR/2 حفتر", ["مسؤول", "وبحفتر"]),
        ("مسؤول NEAR/1 حفتر", None),
        ("حفتر NEAR/20 حفتر", ["وبحفتر", "حفتر"]),
        ("طرابلس NEAR/100 حفتر", None),
        ("(طرابلس OR سرت) حفتر", ["طرابلس", "وبحفتر", "حفتر"]),
        ("طرابلس NOT سرت", ["طرابلس"]),
        ("طرابلس NOT حفتر", None),
        ("outlet:wasat", []),
        ('outlet:"بوّابة الوسط"', []),
        ("outlet:wasa", None),
        ("after:2019-04-04 before:2019-04-05", []),
        ("after:2019-04-05", None),
        ("before:2019-04-04", None),
        ("", []),
    ],
)
def test_what_matches_and_where(text, spans):
    assert matched(text, item("أخبار طرابلس", "التقى مسؤول لمجلس النوّاب وبحفتر. ثم غادر حفتر")) == spans


def test_stance_fields_speak_of_one_stance():
    it = item(text="نصّ ما", stances=(stance("lna", "gna", "oppose"), stance("egypt", "lna", "support", confidence=0.6)))
    assert matched("holder:lna target:gna polarity:oppose", it) == ["نصّ "]
    assert matched("holder:lna polarity:support", it) is None
    assert matched("(holder:lna) (polarity:support)", it) is not None
    assert matched("holder:egypt confidence:>=0.7", it) is None
    assert matched("holder:(egypt OR un) confidence:٠٫٥", it) is not None


def test_actors_and_framing_show_their_places():
    tag = ActorTag(id="haftar", name="حفتر", mentions=(Mention(field="title", start=0, end=4, text="حفتر", rule="name"),))
    framing = Framing(term="ميليشيا", camp="gna", effect="harms", by="outlet", field="text", start=4, end=11)
    it = item("حفتر يصل", "قال ميليشيا", actors=(tag,), framing=(framing,))
    assert matched("actor:haftar", it) == ["حفتر"]
    assert matched("framing:gna", it) == ["ميليشيا"]
    assert matched("framing:مِيليشيا", it) == matched("framing:gna", it)
    assert matched("actor:gna", it) is None


@pytest.mark.parametrize("gap", [0, 1, 7, 60, 300])
def test_words_between_are_counted_near_and_far_whatever_stands_between_them(gap):
    between = " - ".join(["كَلِمَة"] * gap)
    it = item(text=f"... قال «حفتر»، {between} ؛ ثُمَّ غادر")
    assert matched(f"حفتر NEAR/{gap} ثم", it) == ["حفتر", "ثُمَّ"]
    assert gap == 0 or matched(f"ثم NEAR/{gap - 1} حفتر", it) is None
    assert matched(f'="ثُمَّ غادر" NEAR/{gap} "قال حفتر"', it) == ["قال «حفتر", "ثُمَّ غادر"]


def test_many_repeated_words_are_searched_in_reasonable_time():
    it = item(text="حفتر قال " * 20_000)
    assert len(parse("حفتر NEAR/3 قال").match(it)) == 40_000
    assert parse('حفتر NEAR/3 "قال قال"').match(it) is None


def test_a_query_of_ten_thousand_words():
    words = [f"كلمة{i}" for i in range(10_000)]
    assert parse(" OR ".join(words)).match(item(text="هنا كلمة9999")) is not None
    assert parse(" ".join(words)).match(item(text="هنا كلمة9999")) is None
    with pytest.raises(QueryError):
        parse(" ".join(words * 3))


def test_the_manual_names_every_field():
    manual = (Path(__file__).parents[2] / "docs" / "query.md").read_text(encoding="utf-8")
    assert all(f"`{name}:" in manual for name in query.FIELDS)
