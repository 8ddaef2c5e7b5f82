"""The small state that reading a field keeps: places of long forms, bodies spelled out, claims in order, actors tied together."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.beginning import Beginning
from streams.claim import Claim, drop_from, ordered
from streams.entry import Actor, Organ
from streams.places import NEVER, Places
from streams.scan import Forms
from streams.speakers import followed
from streams.spelled import Spelled
from streams.who import NOBODY, Who, tied


def actor(name: str, kind: str = "institution", **more: object) -> Actor:
    return Actor(id=name, name_ar=name, name_en=name, type=kind, **more)  # type: ignore[arg-type]  # from tables below


def claim(start: int, end: int, who: Who = NOBODY, rule: str = "name") -> Claim:
    return Claim(start, end, 0, who, rule)


def test_the_last_place_before_outranks_an_earlier_one_and_all_behind() -> None:
    near, far, behind, farther = Places(), Places(), Places(), Places()
    for places, at in ((near, 8), (far, 3), (behind, 12), (farther, 20)):
        places.add(at)
    ranks = [places.rank(10) for places in (near, far, behind, farther)]
    assert ranks == sorted(ranks, reverse=True)
    assert len(set(ranks)) == 4
    assert ranks[-1] > NEVER


def test_a_place_that_is_noted_late_counts_from_there_on() -> None:
    places = Places()
    places.add(30)
    assert places.rank(10) < 0
    places.insert(9)
    assert places.first == 9
    assert places.rank(10) == 9


@given(st.lists(st.integers(0, 50), min_size=1), st.lists(st.integers(0, 60)))
def test_ranks_are_those_of_a_plain_search(at: list[int], asked: list[int]) -> None:
    places = Places()
    for place in sorted(at):
        places.add(place)
    for place in sorted(asked):
        before = [p for p in at if p <= place]
        assert places.rank(place) == (max(before) if before else -min(at) - 1)


def test_a_general_name_is_the_body_last_named_by_a_longer_one() -> None:
    line = " الحكومه الموقته في مدينه ثم الحكومه الشرعيه في اخري قالت الحكومه . "
    one, other = Who(actor("one")), Who(actor("other"))
    spelled = Spelled(line)
    short = line.index("الحكومه .")
    assert spelled.full(short, short + 7) is None
    for text, who in (("الحكومه الموقته", one), ("الحكومه الشرعيه", other)):
        start = line.index(text)
        spelled.note(Beginning(start, 0, start), claim(start, start + len(text), who))
    assert spelled.full(short, short + 7) is other
    start = line.index("الحكومه الموقته")
    spelled.note(
        Beginning(start, 0, start), claim(start, start + len("الحكومه الموقته"), one)
    )  # named again: the last is this one again
    assert spelled.full(short, short + 7) is one


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.sampled_from("abc"))))
def test_claims_are_put_in_order_of_place_then_actor(spans: list[tuple[int, int, str]]) -> None:
    claims = [claim(start, start + length, Who(actor(name))) for start, length, name in spans]
    expected = sorted((c.start, c.end, c.who.id) for c in claims)
    assert [(c.start, c.end, c.who.id) for c in ordered(claims)] == expected


@pytest.mark.parametrize(
    ("rule", "person", "kept"),
    [("role", True, False), ("office", False, False), ("weak", False, False), ("name", False, True), ("name", True, True)],
)
def test_a_title_takes_in_what_it_is_made_of_but_no_name(rule: str, person: bool, kept: bool) -> None:
    who = Who(actor("body", "person" if person else "institution"))
    claims = [claim(0, 4), claim(10, 15, who, rule)]
    drop_from(claims, 8, Who(actor("man", "person")))
    assert (len(claims) == 2) is kept


def test_an_office_takes_in_an_unsure_body_of_its_words() -> None:
    claims = [claim(2, 5, rule="short"), claim(10, 15, rule="short"), claim(11, 15, rule="name")]
    drop_from(claims, 9, None)
    assert [(c.start, c.rule) for c in claims] == [(2, "short"), (11, "name")]


def test_actors_are_tied_to_those_they_lead_hold_and_speak_for() -> None:
    until = date(2016, 3, 30)
    organs = (Organ(actor="old", until=until), Organ(actor="new", since=date(2016, 3, 31), until=date(2021, 3, 15)))
    known = tied(
        {
            a.id: a
            for a in (
                actor("state", "state", organs=organs),
                actor("old"),
                actor("new"),
                actor("force", "armed"),
                actor("man", "person", commands="force", heads="new", speaks_for="force", speaks_to=until),
            )
        }
    )
    state, man = known["state"], known["man"]
    assert man.commands is known["force"]
    assert man.heads is known["new"]
    assert man.speaks_for(until) is known["force"]
    assert man.speaks_for(date(2020, 1, 1)) is None
    assert state.holder(date(2014, 1, 1)) is known["old"]
    assert state.holder(date(2020, 1, 1)) is known["new"]
    assert state.holder(date(2023, 1, 1)) is None
    assert state.holder(None) is known["old"]
    assert known["old"].holder(None) is known["old"]
    assert [who.id for who in known.values() if who.organ] == ["old", "new"]


def test_a_speaker_is_followed_to_where_his_name_comes_back() -> None:
    line = (
        " قال الناطق باسم البعثه سالم الغرباوي ان اللقاء تم . واضاف الغرباوي ان سالم الغرباوي لم يحضر . واكد سالم الغرباوي ذلك . "
    )
    cut = Forms({}).read(line)
    start = line.index("الناطق")
    office = Claim(start, line.index(" سالم"), 5, Who(actor("mission")), "people")
    claims = followed(cut, [office], [office])
    assert [line[c.start : c.end] for c in claims] == ["الناطق باسم البعثه", "الغرباوي", "سالم الغرباوي"]
    assert [c.start for c in claims[1:]] == [line.index("الغرباوي ان سالم"), line.index("سالم الغرباوي ذلك")]
    assert {c.who.id for c in claims} == {"mission"}
    other = claim(line.index("الغرباوي ان سالم"), line.index(" ان سالم"))
    assert len(followed(cut, [office, other], [office])) == 3  # where another mention ends there is none
