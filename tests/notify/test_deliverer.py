"""Each alert once on each channel: dedupe, restarts, failures, digests, quiet hours and caps, all on a clock set by hand."""

from datetime import UTC, datetime, timedelta

import pytest

from khabar import schema
from khabar.schema import Delivery
from notify import schedule
from tests.notify.helpers import HOOK, LOG, T0, Failed, QuietHours, World, alert, sub


def test_an_alert_goes_once_to_each_channel():
    w = World(sub(channels=(LOG, HOOK)))
    for _ in range(3):
        w.deliverer.accept(alert())
        w.pump()
    assert [c.kind for c, _, _ in w.send.sent] == ["log", "webhook"]
    w.restart()
    w.deliverer.accept(alert())
    w.pump()
    assert len(w.send.sent) == 2


def test_what_waits_survives_a_restart_and_is_sent_once():
    w = World(sub())
    w.deliverer.accept(alert())
    w.restart()
    w.pump()
    assert len(w.send.sent) == 1
    assert w.deliverer.waiting == 0


def test_a_crash_before_the_line_in_the_ledger_repeats_with_the_same_key():
    w = World(sub())
    w.deliverer.accept(alert())
    w.deliverer.pump()  # sent, not yet written down
    w.restart()
    w.pump()
    assert len(w.send.sent) == 2
    assert len(set(w.send.keys)) == 1


def test_only_what_waits_in_owned_partitions_is_taken_over():
    w = World(sub())
    w.deliverer.accept(alert("a1"), partition=0)
    w.deliverer.accept(alert("a2"), partition=1)
    w.deliverer.reload(frozenset({1}))
    w.pump()
    assert w.send.sent[0][1].payload["alerts"][0]["id"] == "a2"
    assert len(w.send.sent) == 1


def test_a_failing_channel_is_tried_again_later_and_delays_no_other():
    w = World(sub(channels=(HOOK, LOG)))
    w.send.fail["webhook"] = [Failed("it answered 500")] * 3
    w.deliverer.accept(alert())
    w.pump()
    assert [c.kind for c, _, _ in w.send.sent] == ["log"]
    for wait in schedule.RETRIES[:3]:
        w.clock.now += wait
        w.pump()
    assert [c.kind for c, _, _ in w.send.sent] == ["log", "webhook"]


def test_500_for_an_hour_and_then_delivered_once_across_restarts():
    w = World(sub(channels=(HOOK,)))
    w.send.fail["webhook"] = Failed("it answered 500")
    w.deliverer.accept(alert())
    while w.clock.now < T0 + timedelta(hours=1):
        w.pump()
        w.clock.advance(minutes=1)
        w.restart()
    del w.send.fail["webhook"]
    w.clock.advance(hours=1)
    w.pump()
    assert len(w.send.sent) == 1


def test_after_the_last_try_it_is_parked_and_the_other_channels_are_told():
    w = World(sub(channels=(HOOK, LOG)))
    w.send.fail["webhook"] = Failed("it answered 500")
    w.deliverer.accept(alert())
    for _ in range(len(schedule.RETRIES) + 1):
        w.pump()
        w.clock.advance(hours=5)
    w.pump()
    outcomes = {
        d.channel.partition(":")[0] + d.alert[:2]: d.outcome for d in (schema.loads(v, Delivery) for v in w.ledger.values())
    }
    assert outcomes["webhooka1"] == "parked"
    notices = [m for c, m, _ in w.send.sent if c.kind == "log" and m.payload["alerts"][0]["type"] == "notice"]
    assert len(notices) == 1
    assert w.deliverer.waiting == 0


def test_what_can_never_work_is_parked_at_once():
    w = World(sub(channels=(HOOK,)))
    w.send.fail["webhook"] = [Failed("private network", final=True)]
    w.deliverer.accept(alert())
    w.pump()
    assert w.deliverer.waiting == 0
    assert w.send.sent == []


def test_the_other_side_may_ask_for_a_longer_wait():
    w = World(sub(channels=(HOOK,)))
    w.send.fail["webhook"] = [Failed("429", wait=timedelta(minutes=10))]
    w.deliverer.accept(alert())
    w.pump()
    w.clock.advance(minutes=9)
    w.pump()
    assert w.send.sent == []
    w.clock.advance(minutes=1)
    w.pump()
    assert len(w.send.sent) == 1


def test_a_digest_gathers_and_goes_once():
    w = World(sub(delivery="hourly"))
    for n in range(3):
        w.deliverer.accept(alert(f"a{n}"))
        w.clock.advance(minutes=10)
    w.pump()
    assert w.send.sent == []
    w.clock.now = T0.replace(hour=11, minute=0)
    w.restart()
    w.pump()
    (_, message, _) = w.send.sent[0]
    assert message.payload["type"] == "digest"
    assert [a["id"] for a in message.payload["alerts"]] == ["a0", "a1", "a2"]
    assert len(w.send.sent) == 1


def test_a_digest_that_failed_is_the_same_digest_later():
    w = World(sub(channels=(HOOK,), delivery="hourly"))
    w.send.fail["webhook"] = [Failed("no answer")]
    w.deliverer.accept(alert("a1"))
    w.clock.now = T0.replace(hour=11, minute=0)
    w.pump()
    w.deliverer.accept(alert("a2"))  # belongs to the next one
    w.clock.advance(minutes=1)
    w.pump()
    w.clock.advance(hours=1)
    w.pump()
    assert [[a["id"] for a in m.payload["alerts"]] for _, m, _ in w.send.sent] == [["a1"], ["a2"]]


def test_quiet_hours_hold_back_until_they_end():
    quiet = QuietHours(start="22:00", end="07:00", zone="Africa/Tripoli")  # UTC+2
    w = World(sub(quiet=quiet))
    w.clock.now = datetime(2024, 3, 5, 21, 0, tzinfo=UTC)
    w.deliverer.accept(alert("a1"))
    w.deliverer.accept(alert("a2"))
    w.clock.now = datetime(2024, 3, 6, 4, 59, tzinfo=UTC)
    w.pump()
    assert w.send.sent == []
    w.clock.now = datetime(2024, 3, 6, 5, 0, tzinfo=UTC)
    w.pump()
    assert [len(m.payload["alerts"]) for _, m, _ in w.send.sent] == [2]


def test_a_rate_cap_holds_the_rest_back_and_sums_it_up():
    w = World(sub(max_per_hour=2))
    for n in range(5):
        w.deliverer.accept(alert(f"a{n}"))
        w.pump()
    w.restart()
    w.deliverer.accept(alert("a5"))
    w.pump()
    assert len(w.send.sent) == 2
    w.clock.now = T0.replace(hour=11, minute=0)
    w.pump()
    assert [len(m.payload["alerts"]) for _, m, _ in w.send.sent] == [1, 1, 4]
    w.deliverer.accept(alert("a6"))
    w.pump()
    assert len(w.send.sent) == 4


def test_what_is_gone_or_paused_gets_nothing():
    w = World(sub())
    w.deliverer.accept(alert(subscription="nobody"))
    w.deliverer.accept(alert("a1"))
    w.subs["s1"] = sub(paused=True)
    w.pump()
    w.subs.clear()
    w.pump()
    assert w.send.sent == []
    assert w.deliverer.waiting == 0


def test_pending_alerts_of_embedded_mode_are_drained():
    w = World(sub())
    pending = {"a1": schema.dumps(alert("a1")), "bad": b"{"}
    assert w.deliverer.drain(pending) == 2
    w.pump()
    assert len(w.send.sent) == 1
    assert pending == {}


def test_the_ledger_forgets_what_ended_long_ago():
    w = World(sub())
    w.deliverer.accept(alert())
    w.pump()
    w.clock.advance(days=101)
    w.pump()
    assert w.ledger == {}


class ReadOnce(dict):
    """A table that may be read whole only before `shut`."""

    shut = False

    def items(self):
        assert not self.shut
        return super().items()

    def __iter__(self):
        assert not self.shut
        return super().__iter__()


@pytest.mark.parametrize("restarted", [True, False])
def test_forgetting_reads_nothing_of_what_is_kept(restarted):
    w = World(sub(), ledger=ReadOnce())
    w.deliverer.accept(alert("a"))
    w.pump()
    w.clock.advance(days=60)
    w.deliverer.accept(alert("b"))
    w.pump()
    if restarted:
        w.restart()
    w.ledger.shut = True
    w.clock.advance(days=39)
    w.pump()
    assert len(w.ledger) == 2
    w.clock.advance(days=2)
    w.pump()
    w.deliverer.accept(alert("b"))
    w.pump()
    assert len(w.ledger) == 1
    assert len(w.send.sent) == 2
    w.clock.advance(days=60)
    w.pump()
    assert len(w.ledger) == 0


@pytest.mark.parametrize(
    ("delivery", "now", "want"),
    [
        ("hourly", "2024-03-05T10:00:00+00:00", "2024-03-05T11:00:00+00:00"),
        ("daily", "2024-03-05T05:59:00+00:00", "2024-03-05T06:00:00+00:00"),
        ("daily", "2024-03-05T06:00:00+00:00", "2024-03-06T06:00:00+00:00"),
        ("weekly", "2024-03-05T10:00:00+00:00", "2024-03-10T06:00:00+00:00"),
        ("weekly", "2024-03-10T05:00:00+00:00", "2024-03-10T06:00:00+00:00"),
        ("weekly", "2024-03-10T06:00:00+00:00", "2024-03-17T06:00:00+00:00"),
    ],
)
def test_digests_are_due(delivery, now, want):
    assert schedule.next_digest(sub(delivery=delivery), datetime.fromisoformat(now)).isoformat() == want


@pytest.mark.parametrize(
    ("start", "end", "zone", "moment", "want"),
    [
        ("22:00", "07:00", "Africa/Tripoli", "2024-03-05T20:00:00+00:00", "2024-03-06T05:00:00+00:00"),
        ("22:00", "07:00", "Africa/Tripoli", "2024-03-05T19:59:00+00:00", "2024-03-05T19:59:00+00:00"),
        ("22:00", "07:00", "Africa/Tripoli", "2024-03-06T04:00:00+00:00", "2024-03-06T05:00:00+00:00"),
        ("13:00", "15:00", "Africa/Tripoli", "2024-03-05T12:00:00+00:00", "2024-03-05T13:00:00+00:00"),
        ("22:00", "07:00", "Asia/Kolkata", "2024-03-05T17:00:00+00:00", "2024-03-06T01:30:00+00:00"),
        # Berlin, 31 March 2024: 02:00 becomes 03:00; the night ends an hour earlier by UTC
        ("22:00", "07:00", "Europe/Berlin", "2024-03-30T22:00:00+00:00", "2024-03-31T05:00:00+00:00"),
        # its end falls into the hour that is skipped
        ("22:00", "02:30", "Europe/Berlin", "2024-03-30T22:00:00+00:00", "2024-03-31T01:30:00+00:00"),
        # Berlin, 27 October 2024: 03:00 becomes 02:00; the night is an hour longer
        ("22:00", "07:00", "Europe/Berlin", "2024-10-26T21:00:00+00:00", "2024-10-27T06:00:00+00:00"),
        ("22:00", "02:30", "Europe/Berlin", "2024-10-27T01:15:00+00:00", "2024-10-27T01:15:00+00:00"),
    ],
)
def test_quiet_hours_over_zones_and_clock_changes(start, end, zone, moment, want):
    quiet = QuietHours(start=start, end=end, zone=zone)
    assert schedule.after_quiet(quiet, datetime.fromisoformat(moment)).isoformat() == want
