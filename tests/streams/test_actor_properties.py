"""What holds of any text: clitics lose no name, no mention lies inside a word, offsets map back, every rule decides."""

import itertools
import sys
from collections import defaultdict
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khabar import arabic
from streams import actors, gazetteer
from streams.document import Document
from streams.forms import Kind, bare, forms_of, variants

KNOWN = gazetteer.load()
ON = date(2019, 5, 1)
NAMES = sorted((name, actor.id) for actor in KNOWN.actors.values() if actor.type != "state" for name in actor.names)
"""Every name but those of states, which may be places."""
CLITICS = ("", "و", "ف", "ب", "ك", "ل", "وب", "فب", "وك", "ول", "فل", "أ", "أب", "أو", "أول")


def attached(clitic, name):
    """The name with a clitic as it is written: ل and ال join to لل."""
    if clitic.endswith("ل") and name.startswith("ال"):
        return clitic + ("ل" + name[2:] if not name.startswith("الل") else name[2:])
    return clitic + name


@given(st.sampled_from(NAMES), st.sampled_from(CLITICS))
def test_no_clitic_loses_a_name(entry, clitic):
    name, actor = entry
    text = f"قالوا في ليبيا: هناك {attached(clitic, name)} أمس"
    covered = [m for m in actors.find(Document("", text, ON), KNOWN) if m.end >= text.index(" أمس")]
    assert actor in {m.actor for m in covered} | {KNOWN.actors[m.actor].member_of for m in covered}


FORMS = [t for a in list(KNOWN.actors.values())[::7] for t, _ in forms_of(a)]
WORDS = st.one_of(
    st.sampled_from(FORMS),
    st.sampled_from(
        [
            "قال",
            "في",
            "إلى",
            "و",
            "«",
            "»",
            '"',
            "،",
            ".",
            "\n",
            "مدينة",
            "رئيس",
            "قوات",
            "السابق",
            "الليبي",
            "abc",
            "5+5",
            "ـ",
            "َ",
        ]
    ),
    st.text(st.sampled_from("ابتحدرسعفقلمنهويةىأإ"), min_size=1, max_size=6),
)
TEXTS = st.lists(WORDS, max_size=30).flatmap(lambda words: st.sampled_from([" ", "", "  "]).map(lambda gap: gap.join(words)))


@given(TEXTS, TEXTS)
def test_mentions_are_whole_words_of_their_field(title, text):
    doc = Document(title, text, ON)
    found = actors.find(doc, KNOWN)
    for m in found:
        field = (doc.title if m.field == "title" else doc.text).text
        assert 0 <= m.start < m.end <= len(field)
        after = arabic.folded(field[m.end : m.end + 1])
        assert not after.isalnum(), (field, m)
        start = m.start
        while start and arabic.folded(field[start - 1]).isalnum():
            start -= 1
        lead = arabic.folded(field[start : m.start])
        assert len(lead) <= 5
        assert set(lead) <= set("وفبكلا"), (field, m)


@given(TEXTS)
def test_mentions_are_in_order_and_the_same_each_time(text):
    doc = Document("", text, ON)
    found = actors.find(doc, KNOWN)
    assert [(m.field, m.start) for m in found] == sorted((m.field, m.start) for m in found)
    assert actors.find(Document("", text, ON), KNOWN) == found
    assert len(set(found)) == len(found)


def claims():
    """Each matching text with what claims it, by kind."""
    table = defaultdict(list)
    for actor in KNOWN.actors.values():
        for text, form in forms_of(actor):
            for variant in variants(text, person=actor.type == "person"):
                table[bare(variant), form.kind].append(form)
    return table


def overlap(a, b):
    return max(a.since or date.min, b.since or date.min) <= min(a.until or date.max, b.until or date.max)


def test_no_two_entries_claim_one_form_without_a_rule_that_decides():
    """Short and general words are decided by what the article names, joint forms mean all, titles are anybody's."""
    undecided = []
    for (key, kind), forms in claims().items():
        rivals = [(a, b) for i, a in enumerate(forms) for b in forms[i + 1 :] if a.actor != b.actor]
        if kind in (Kind.NAME, Kind.PEOPLE, Kind.METONYM, Kind.ADJECTIVE) and rivals:
            undecided.append((key, kind, {f.actor for f in forms}))
        if kind == Kind.ROLE and any(overlap(a, b) for a, b in rivals):
            undecided.append((key, kind, {f.actor for f in forms}))
    assert undecided == []


def test_a_form_changes_hands_the_day_after():
    forms = [f for forms in claims().values() for f in forms if f.kind == Kind.ROLE and f.until]
    assert forms
    for form in forms:
        assert form.holds(form.until)
        assert not form.holds(form.until + timedelta(days=1))


@pytest.mark.parametrize(
    "word",
    [
        "ليبيا ",
        "قال حفتر: ",
        "رئيس ",
        "الحكومة، ",
        "الفصائل المسلحة من تنظيم ",
        "و",
        "المتحدث باسم مجلس النواب الليبي سالم قادر ",
    ],
)
def test_long_texts_of_one_phrase_are_read_in_linear_steps(word):
    """Counted in calls, not in seconds: twice the text may make at most a little more than twice as many."""
    made = []
    for copies in (400, 800):
        doc = Document("", word * copies, ON)
        calls = itertools.count()
        sys.setprofile(lambda _frame, _event, _arg, calls=calls: next(calls))
        actors.find(doc, KNOWN)
        sys.setprofile(None)
        made.append(next(calls))
    assert made[1] <= 2.2 * made[0] + 100
