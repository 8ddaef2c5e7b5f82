"""A topic read whole and then followed."""

import threading
from collections import deque

from structlog.testing import capture_logs

from khabar.errors import UnavailableError
from khabar.follower import Follower
from khabar.ports import Record


class Script:
    """A reader that gives what its script says, one entry a poll; then nothing more comes."""

    def __init__(self, *entries: list[str] | UnavailableError) -> None:
        self.entries = deque(entries)
        self.closed = False
        self.idle = threading.Event()

    def poll(self, max_records: int, timeout: float) -> list[Record]:
        if not self.entries:
            self.idle.set()
            return []
        entry = self.entries.popleft()
        if isinstance(entry, UnavailableError):
            raise entry
        return [Record(topic="t", key=k, value=k.encode()) for k in entry]

    def at_end(self) -> bool:
        return not self.entries

    def commit(self) -> None:
        raise AssertionError("a follower has no group to commit for")

    def close(self) -> None:
        self.closed = True


def test_it_is_ready_only_when_all_there_was_is_applied():
    reader = Script(["a", "b"], ["c"])
    seen: list[tuple[str, bool]] = []
    follower = Follower(reader, lambda r: seen.append((r.key, follower.ready())))
    assert not follower.ready()
    follower.start()
    assert reader.idle.wait(30)
    follower.stop()
    assert seen == [("a", False), ("b", False), ("c", False)]
    assert follower.ready()
    assert reader.closed


def test_an_unreachable_broker_is_waited_for_and_named():
    reader = Script(UnavailableError("kafka", "there", "refused"), ["a"])
    seen: list[str] = []
    follower = Follower(reader, lambda r: seen.append(r.key))
    with capture_logs() as logs:
        follower.start()
        assert reader.idle.wait(30)
        follower.stop()
    assert seen == ["a"]
    assert [(e["what"], e["where"], e["why"]) for e in logs if e["event"] == "unavailable"] == [("kafka", "there", "refused")]


def test_a_record_that_cannot_be_applied_does_not_hide_the_next():
    reader = Script(["bad", "good"])
    seen: list[str] = []

    def apply(record: Record) -> None:
        if record.key == "bad":
            raise ValueError("no such form")
        seen.append(record.key)

    follower = Follower(reader, apply)
    with capture_logs() as logs:
        follower.start()
        assert reader.idle.wait(30)
        follower.stop()
    assert seen == ["good"]
    assert [e["key"] for e in logs if e["event"] == "not applied"] == ["bad"]


def test_a_fault_of_ours_is_logged_and_the_topic_followed_on():
    reader = Script(["a"], ["b"])
    faults = iter([ValueError("a fault")])
    seen: list[str] = []

    def upkeep() -> None:
        for fault in faults:
            raise fault

    follower = Follower(reader, lambda r: seen.append(r.key), upkeep)
    with capture_logs() as logs:
        follower.start()
        assert reader.idle.wait(30)
        follower.stop()
    assert seen == ["a", "b"]
    assert follower.ready()
    assert [e["log_level"] for e in logs if e["event"] == "follower.fault"] == ["error"]


def test_one_that_never_began_ends_too():
    reader = Script(["a"])
    Follower(reader, print).stop()
    assert reader.closed
    assert len(reader.entries) == 1
