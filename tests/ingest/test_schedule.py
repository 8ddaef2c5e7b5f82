"""When a feed is asked next: rules right and wrong, with a clock of our own."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest import robots, schedule
from ingest.agenda import Agenda
from ingest.hosts import Hosts, host_of
from ingest.model import FeedState
from ingest.schedule import Bounds

NOW = datetime(2024, 3, 1, 12, tzinfo=UTC)
BOUNDS = Bounds()


def state(**fields):
    return FeedState(url="x", **fields)


def wait(**fields):
    return schedule.interval(state(**fields), NOW, BOUNDS)


def test_a_feed_is_asked_at_half_its_usual_gap_within_bounds():
    assert wait(gap_s=1200, last_new=NOW) == 600
    assert wait(gap_s=10, last_new=NOW) == 60
    assert wait(gap_s=10**6, last_new=NOW) == 21600
    assert wait() == 900


def test_a_feed_gone_quiet_is_asked_less_and_less():
    quiet = [wait(gap_s=600, last_new=NOW - timedelta(hours=h)) for h in (0, 2, 10, 48)]
    assert quiet == sorted(quiet)
    assert quiet[0] == 300 < quiet[-1]


def test_busy_hours_are_asked_more_often():
    hours = tuple(4.0 if 8 <= h < 20 else 0.1 for h in range(24))
    assert schedule.hour_weight(hours, NOW) > 1.5
    assert schedule.hour_weight(hours, NOW + timedelta(hours=12)) == 0.25
    assert schedule.hour_weight((0.0,) * 24, NOW) == 1.0


def test_the_rhythm_is_learned_from_the_entries_dates():
    dates = [NOW - timedelta(minutes=30 * n) for n in range(5)]
    gap, hours = schedule.learned(state(), dates, NOW)
    assert gap == 1800
    assert sum(hours) == 5
    slower, _ = schedule.learned(state(gap_s=1800, last_new=NOW - timedelta(hours=5)), [NOW], NOW)
    assert 1800 < slower < 18000
    assert schedule.learned(state(gap_s=7), [], NOW)[0] == 7


@given(
    gap=st.floats(0, 1e9),
    quiet=st.integers(0, 10**6),
    hours=st.lists(st.floats(0, 100), min_size=24, max_size=24).map(tuple),
    asked=st.floats(0, 1e7),
    random=st.floats(0, 0.999),
)
def test_a_healthy_feed_is_never_asked_too_often_nor_left_alone(gap, quiet, hours, asked, random):
    s = state(gap_s=gap, last_new=NOW - timedelta(minutes=quiet), hours=hours)
    seconds = (schedule.after_success(s, NOW, BOUNDS, asked_s=asked, random=random) - NOW).total_seconds()
    assert 56 <= seconds <= 21600 * 1.06


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
        ({"cache-control": "max-age=600"}, 1800, 1800),
        ({"cache-control": "no-cache, max-age=600"}, 0, 0),
        ({"expires": "Fri, 01 Mar 2024 12:10:00 GMT"}, 0, 600),
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


ROBOTS = """
User-agent: bot-one
Disallow: /

User-agent: *
User-agent: other
Disallow: /private/   # a comment
Disallow: /*.pdf$
Allow: /private/open
Disallow: /أخبار/
"""


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/", True),
        ("/private/x", False),
        ("/private/open/x", True),
        ("/a.pdf", False),
        ("/a.pdf?x=1", True),
        ("/%D8%A3%D8%AE%D8%A8%D8%A7%D8%B1/1", False),
    ],
)
def test_robots_by_the_longest_rule(path, allowed):
    assert robots.parse(ROBOTS).allows("https://paper.example" + path) is allowed


def test_robots_that_name_us_are_ours():
    ours = robots.parse("User-agent: *\nDisallow:\n\nUser-agent: Khabar/1.0\nDisallow: /a\n")
    assert not ours.allows("https://x.example/a")
    assert robots.parse("nonsense").allows("https://x.example/a")
    assert not robots.DENY_ALL.allows("https://x.example/a")
