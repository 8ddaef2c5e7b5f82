"""Signals over days of made-up coverage: what fires, what does not, once each, the same again after a replay."""

from datetime import timedelta

import msgspec
import pytest

from khabar.schema import ActorTag
from streams.signals import Signals, chance
from tests.streams.test_match import WHEN, item, stance, sub


class World:
    def __init__(self, signal, query="", **kw):
        self.table, self.items = {}, []
        self.sub = sub(query, "s1", signal=signal, **kw)
        self.restart()

    def restart(self):
        self.signals = Signals(self.table)
        self.signals.put(self.sub)

    def see(self, hours, text="خبر", *, actors=(), **kw):
        one = item(text, article_id=f"a{len(self.items)}", **kw)
        tagged = msgspec.structs.replace(
            one.tagged, first_seen=WHEN + timedelta(hours=hours), actors=tuple(ActorTag(id=a, name=a.upper()) for a in actors)
        )
        one = msgspec.structs.replace(one, tagged=tagged)
        self.items.append(one)
        return self.signals.observe(one)


def test_a_spike_against_its_own_history_once_a_day():
    w = World("spike", "حفتر")
    quiet = [w.see(h, "حفتر") for h in range(0, 24 * 7, 6)]  # one in six hours
    assert not any(quiet)
    burst = [w.see(24 * 7 + n / 10, "حفتر") for n in range(12)]
    ids = {a.id for alerts in burst for a in alerts}
    assert len(ids) == 1
    assert not burst[1]
    assert burst[-1][0].type == "spike"
    assert "12 في 6 ساعات" in burst[-1][0].reason
    assert not w.see(24 * 7 + 2, "غيره")


def test_a_word_that_never_stood_in_the_news_before_is_a_spike():
    w = World("spike", "حفتر")
    assert not any(w.see(h, "غيره") for h in range(0, 24 * 4, 6))  # the history is of nothing
    burst = [w.see(24 * 4 + n / 10, "حفتر") for n in range(8)]
    assert {a.type for alerts in burst for a in alerts} == {"spike"}
    w = World("spike", "حفتر")
    assert not any(w.see(n / 10, "حفتر") for n in range(8))  # too early to tell


def test_a_steady_stream_is_no_spike_and_neither_is_the_beginning():
    w = World("spike", "حفتر")
    assert not any(w.see(n / 20, "حفتر") for n in range(100))  # the first hours
    w = World("spike", "حفتر")
    assert not any(w.see(h / 2, "حفتر") for h in range(24 * 14))


def test_what_comes_again_gives_the_same_and_counts_once():
    w = World("spike", "حفتر")
    for h in range(0, 24 * 7, 6):
        w.see(h, "حفتر")
    for n in range(12):
        last = w.see(24 * 7 + n / 10, "حفتر")
    before = dict(w.table)
    w.restart()
    assert w.signals.observe(w.items[-1]) == last
    assert w.table == before


@pytest.mark.parametrize(("count", "mean", "want"), [(5, 5, 1.0), (1, 0.5, 0.3934693), (10, 1, 1.114e-7), (3000, 2000, 0)])
def test_poisson(count, mean, want):
    assert chance(count, mean) == pytest.approx(want, rel=1e-3, abs=1e-12)


def test_a_new_stance_and_a_new_pair_after_learning():
    w = World("new")
    assert not w.see(0, stances=(stance("lna", "gna", "oppose", 0.9),), actors=("lna", "gna"))
    assert not w.see(80, stances=(stance("lna", "gna", "oppose", 0.9),), actors=("gna", "lna"))
    turned = w.see(81, stances=(stance("lna", "gna", "support", 0.9),), actors=("lna", "gna"))
    assert [a.reason for a in turned] == ["موقف جديد: LNA يؤيد GNA"]
    assert w.signals.observe(w.items[-1]) == turned
    assert [a.reason for a in w.see(82, actors=("lna", "un"))] == ["أول ظهور معا: LNA، UN"]
    assert not w.see(83, actors=("lna", "un"))
    assert not w.see(84, actors=tuple(f"guest{n}" for n in range(20)))


def test_an_outlet_that_falls_silent_is_told_once_a_silence():
    w = World("silent:12")
    for h in range(30):
        assert not w.see(h, outlet="wasat")
        assert not w.see(h, outlet="steady")
    told = [w.see(h, outlet="steady") for h in range(30, 60)]
    ids = {a.id for alerts in told for a in alerts}
    assert len(ids) == 1
    (first, *_) = [a for alerts in told for a in alerts]
    assert (first.outlet, first.article) == ("wasat", None)
    assert "12 ساعة" in first.reason
    w.see(61, outlet="wasat")
    again = [w.see(h, outlet="steady") for h in range(62, 100)]
    assert len({a.id for alerts in again for a in alerts} - ids) == 1


def test_the_silence_of_the_one_outlet_asked_for_is_seen_by_what_others_publish():
    w = World("silent:12", "outlet:wasat")
    for h in range(30):
        assert not w.see(h, outlet="wasat")
        assert not w.see(h, outlet="other")
    told = [a for h in range(30, 60) for a in w.see(h, outlet="other")]
    assert {(a.id, a.outlet) for a in told} == {(told[0].id, "wasat")}
    w.sub = msgspec.structs.replace(w.sub, paused=True)
    w.restart()
    assert not w.see(60, outlet="other")


def test_a_subscription_that_asks_for_something_else_now_tells_of_no_silence():
    for other in ("reach:9", ""):
        w = World("silent:12")
        for h in range(30):
            w.see(h, outlet="wasat")
            w.see(h, outlet="steady")
        w.sub = msgspec.structs.replace(w.sub, signal=other)
        w.signals.put(w.sub)
        assert not any(w.see(h, outlet="steady") for h in range(30, 60))


def test_an_outlet_that_never_was_regular_is_not_missed():
    w = World("silent:12")
    w.see(0, outlet="rare")
    assert not any(w.see(h, outlet="steady") for h in range(100))


def test_a_story_that_reaches_outlets():
    w = World("reach:3", "حفتر")
    assert not w.see(0, "حفتر", outlet="a", story="s")
    assert not w.see(1, "حفتر", outlet="a", story="s")
    assert not w.see(2, "حفتر", outlet="b", story="other")
    assert not w.see(3, "حفتر", outlet="b", story="s")
    (alert,) = w.see(4, "حفتر", outlet="c", story="s")
    assert (alert.type, alert.story) == ("reach", "s")
    assert w.signals.observe(w.items[-1]) == [alert]
    assert not w.see(5, "حفتر", outlet="d", story="s")


def test_in_english_and_for_whom_it_is_not():
    w = World("reach:1", "حفتر", language="en")
    assert "is in 1 outlets" in w.see(0, "حفتر")[0].reason
    assert not w.see(1, "غيره")
    assert not w.see(2, "حفتر", backfill=True, story="z")
    w.signals.put(sub("حفتر", "s1"))
    assert not w.see(3, "حفتر", story="y")


class Counted(dict):
    """A table that notes how much is written to it."""

    written = 0

    def __setitem__(self, key, value):
        self.written += len(value)
        super().__setitem__(key, value)


@pytest.mark.parametrize("signal", ["spike", "new", "reach:3"])
def test_an_article_after_thousands_costs_no_more_than_an_early_one(signal):
    w = World(signal, "حفتر")
    w.table = Counted()
    w.restart()
    costs = []
    for n in range(4000):
        before = w.table.written
        w.see(n / 60, "حفتر", actors=(f"a{n}", f"b{n}"), story=f"s{n}", outlet=f"o{n % 50}")
        costs.append(w.table.written - before)
    assert max(costs[-100:]) < max(costs[100:200]) + 2000  # the hours of two weeks, and a piece that fills
