"""When a feed is asked next: rules right and wrong, with a clock of our own."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest import schedule
from ingest.agenda import Agenda
from ingest.hosts import Hosts, host_of
from ingest.model import FeedState
from ingest.schedule import Bounds

NOW = datetime(2024, 3, 1, 12, tzinfo=UTC)
BOUNDS = Bounds()


FLAT = (0.1,) * 24
"""Hours of which little is known: the usual day counts."""


def state(**fields):
    return FeedState(url="x", **fields)


def wait(kind="private", wire_bytes=0, at=NOW, **fields):
    return schedule.interval(state(**fields), at, BOUNDS, kind=kind, wire_bytes=wire_bytes)


def busy(gap, at=NOW, new=1000):
    return {"gap_s": gap, "new": new, "last_new": at}


@pytest.mark.parametrize(
    ("gap", "least", "most"),
    [(5, 60, 90), (60, 60, 90), (600, 200, 260), (2160, 380, 480), (7200, 690, 800), (10**6, 900, 900)],
)
def test_a_feed_is_asked_by_its_rhythm_within_bounds(gap, least, most):
    assert least <= wait(**busy(gap)) <= most


def test_four_times_the_entries_are_asked_for_twice_as_often():
    assert wait(**busy(800)) / wait(**busy(200)) == pytest.approx(2, rel=0.1)


def test_what_is_not_known_is_as_usual_for_the_kind_of_outlet():
    waits = [wait(kind) for kind in ("aggregator", "agency", "public", "private", "state")]
    assert waits == sorted(waits)
    assert waits[0] < waits[-1]
    assert wait("") == wait("private")
    few, many = wait("state", **busy(300, new=1)), wait("state", **busy(300, new=50))
    assert wait("state") > few > many


def test_a_feed_gone_quiet_is_asked_less_and_less():
    quiet = [wait(gap_s=600, new=50, last_new=NOW - timedelta(hours=h)) for h in (0, 2, 10, 24, 48, 24 * 30, 24 * 365)]
    assert quiet == sorted(quiet)
    assert quiet[0] < 300
    assert quiet[3] <= 1800
    assert quiet[-1] == BOUNDS.most_s


def test_the_quiet_of_a_night_counts_less_than_that_of_a_day():
    asleep = wait(**busy(600, NOW.replace(hour=23)) | {"last_new": NOW.replace(hour=21)}, at=NOW.replace(hour=23))
    idle = wait(**busy(600) | {"last_new": NOW - timedelta(hours=2)})
    weights = schedule.hour_weights(FLAT)
    night, day = (schedule.seen_time(weights, NOW.replace(hour=h), NOW.replace(hour=h + 2)) for h in (1, 10))
    assert night < day / 1.5
    assert asleep > idle  # for another reason: little is to be had at night


def test_what_costs_more_is_asked_for_less_often():
    sizes = (0, 64 * 1024, 256 * 1024, 1024 * 1024, 10_000_000)
    waits = [wait(**busy(300), wire_bytes=n) for n in sizes]
    assert waits[0] == waits[1]
    assert waits[2] == pytest.approx(2 * waits[0], rel=0.01)
    assert waits == sorted(waits)


def test_busy_hours_are_asked_more_often():
    hours = tuple(40.0 if 8 <= h < 20 else 1.0 for h in range(24))
    weights = schedule.hour_weights(hours)
    assert weights[12] > 1.5
    assert weights[0] < 0.4
    assert wait(**busy(600), hours=hours) < wait(**busy(600, NOW.replace(hour=0)), hours=hours, at=NOW.replace(hour=0))
    usual = schedule.hour_weights((0.0,) * 24)
    assert usual[10] > 1 > usual[1]
    assert sum(usual) == pytest.approx(24)


@given(
    st.lists(st.floats(0, 100), min_size=24, max_size=24).map(tuple),
    st.integers(0, 10**7).map(lambda m: NOW + timedelta(minutes=m)),
    st.integers(0, 10**6),
    st.integers(0, 10**6),
)
def test_seen_time_adds_up(hours, at, first, second):
    weights = schedule.hour_weights(hours)
    between, after = at + timedelta(seconds=first), at + timedelta(seconds=first + second)
    parts = schedule.seen_time(weights, at, between) + schedule.seen_time(weights, between, after)
    assert schedule.seen_time(weights, at, after) == pytest.approx(parts, abs=10)
    assert schedule.seen_time(weights, after, at) == (0 if after >= at else 1)
    assert schedule.seen_time(weights, None, at) == 0


def test_the_rhythm_is_learned_from_the_entries_dates():
    dates = [NOW - timedelta(minutes=30 * n) for n in range(6)]
    gap, hours = schedule.learned(state(new=6), dates, NOW)
    assert gap == pytest.approx(1800 * 1.3, rel=0.05)  # half an hour of a busy hour
    assert sum(hours) == 6
    pinned, _ = schedule.learned(state(new=7), [*dates, NOW - timedelta(days=900)], NOW)
    assert pinned == pytest.approx(gap)
    known = state(gap_s=1800, new=9, last_new=NOW - timedelta(hours=5))
    slower, _ = schedule.learned(known, [NOW], NOW)
    assert 1800 < slower < 6000
    assert schedule.learned(state(gap_s=7), [], NOW)[0] == 7
    assert schedule.learned(state(), [NOW], NOW)[0] == 0


def test_five_entries_count_as_five_unless_they_are_one_batch():
    before = state(gap_s=1000, new=25, last_new=NOW - timedelta(seconds=1000))
    one, _ = schedule.learned(before, [NOW], NOW)
    batch, hours = schedule.learned(before, [NOW - timedelta(seconds=n) for n in range(5)], NOW)
    five, _ = schedule.learned(before, [NOW - timedelta(seconds=180 * n) for n in range(5)], NOW)
    assert five < batch == pytest.approx(one, rel=0.02)
    assert sum(hours) == 5


def test_equal_dates_do_not_make_a_feed_that_is_asked_every_minute():
    gap, hours = schedule.learned(state(new=2), [NOW, NOW], NOW)
    after = state(gap_s=gap, hours=hours, new=2, last_new=NOW)
    assert schedule.interval(after, NOW, BOUNDS) > 120


@given(
    gap=st.floats(0, 1e9),
    quiet=st.integers(0, 10**6),
    hours=st.lists(st.floats(0, 100), min_size=24, max_size=24).map(tuple),
    new=st.integers(0, 10**6),
    kind=st.sampled_from(["", "agency", "party"]),
    asked=st.floats(0, 1e7),
    size=st.integers(0, 10**8),
    random=st.floats(0, 0.999),
)
def test_a_healthy_feed_is_never_asked_too_often_nor_left_alone(gap, quiet, hours, new, kind, asked, size, random):
    s = state(gap_s=gap, last_new=NOW - timedelta(minutes=quiet), hours=hours, new=new)
    due = schedule.after_success(s, NOW, BOUNDS, asked_s=asked, random=random, kind=kind, wire_bytes=size)
    seconds = (due - NOW).total_seconds()
    assert 56 <= seconds <= 21600 * 1.06


def test_a_short_list_is_asked_before_it_has_run_through():
    def seconds(since=NOW, **fields):
        feed = state(gap_s=120, new=500, last_new=since, **fields)
        return (schedule.after_success(feed, NOW, BOUNDS, asked_s=900, random=0.5) - NOW).total_seconds()

    assert seconds() == seconds(listed=20) == 900
    assert 250 < seconds(listed=5) < 400
    assert seconds(listed=1) == pytest.approx(seconds(listed=5) / 5, abs=10)
    assert seconds(NOW - timedelta(days=90), listed=1) > 3600  # what brings nothing any more does not run through


@given(st.integers(1, 10**4), st.one_of(st.none(), st.floats(0, 1e9)), st.floats(0, 0.999))
def test_a_failing_feed_backs_off_and_is_never_given_up(failures, retry_after, random):
    seconds = (schedule.after_failure(failures, NOW, BOUNDS, retry_after_s=retry_after, random=random) - NOW).total_seconds()
    assert 45 <= seconds <= 24 * 3600 * 1.06
    if retry_after is None:
        assert seconds <= 6 * 3600


@pytest.mark.parametrize(
    ("value", "want"),
    [
        ("120", 120.0),
        ("Fri, 01 Mar 2024 13:00:00 GMT", 3600.0),
        ("Fri, 01 Mar 2024 11:00:00 GMT", 0.0),
        ("999999999999999", 86400.0),
        ("-5", None),
        ("", None),
        ("tomorrow", None),
    ],
)
def test_retry_after_in_both_forms(value, want):
    assert schedule.retry_after({"retry-after": value}, NOW) == want


@pytest.mark.parametrize(
    ("headers", "ttl", "want"),
    [
        ({"cache-control": "public, max-age=600"}, 0, 600),
        ({"cache-control": "max-age=600"}, 1800, 600),
        ({"cache-control": "max-age=60"}, 1800, schedule.HINT_MAX_S),
        ({"cache-control": "max-age=600", "age": "590"}, 0, 10),
        ({"cache-control": "max-age=600", "age": "9000"}, 0, 0),
        ({"cache-control": "max-age=600", "age": "old"}, 0, 600),
        ({"cache-control": "max-age=86400"}, 0, schedule.ASKED_MAX_S),
        ({"cache-control": "no-cache, max-age=600"}, 0, 0),
        ({"expires": "Fri, 01 Mar 2024 12:10:00 GMT"}, 0, 600),
        ({"expires": "Sat, 02 Mar 2024 12:10:00 GMT"}, 0, schedule.ASKED_MAX_S),
        ({"cache-control": "max-age=60", "expires": "Fri, 01 Mar 2024 13:10:00 GMT"}, 0, 60),
        ({"expires": "0"}, 0, 0),
        ({"cache-control": "max-age=abc"}, 0, 0),
        ({}, 0, 0),
    ],
)
def test_what_a_server_asks_for(headers, ttl, want):
    assert schedule.asked_to_wait(headers, ttl, NOW) == want


def test_silence_is_measured_by_the_feeds_own_gap():
    assert schedule.is_silent(state(gap_s=3600, last_new=NOW - timedelta(hours=30)), NOW)
    assert not schedule.is_silent(state(gap_s=3600, last_new=NOW - timedelta(hours=20)), NOW)
    assert not schedule.is_silent(state(gap_s=86400 * 7, last_new=NOW - timedelta(days=30)), NOW)
    assert not schedule.is_silent(state(), NOW)


def test_the_agenda_gives_each_feed_once_and_the_longest_overdue_first():
    agenda = Agenda()
    for feed, at in (("a", 5), ("b", 1), ("a", 2), ("c", 9)):
        agenda.plan(feed, at)
    assert agenda.next_at() == 1
    assert agenda.take_due(6) == ["b", "a"]
    assert agenda.take_due(6) == []
    assert agenda.next_at() == 9
    assert not agenda.planned("a")


def test_a_host_has_a_budget_and_can_be_left_alone():
    time = [0.0]
    hosts = Hosts(spacing_s=1.0, concurrency=2, tick=lambda: time[0])
    one, other = "https://a.paper.example/x", "https://b.paper.example/y"
    assert host_of(one) == host_of(other)
    hosts.take(one)
    assert hosts.wait(other) == 1.0
    time[0] = 1.0
    assert hosts.wait(other) == 0
    hosts.take(other)
    time[0] = 5.0
    assert hosts.wait(one) > 0
    hosts.release(one)
    assert hosts.wait(one) == 0
    hosts.hold(one, 60)
    assert hosts.wait(other) == 60
    assert hosts.wait("https://elsewhere.example/") == 0
