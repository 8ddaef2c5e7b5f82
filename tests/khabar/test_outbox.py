"""The account of what waits for the broker's acknowledgement."""

import threading

from khabar.outbox import Outbox


def test_what_was_put_is_taken_in_order_and_then_the_closed_outbox_ends():
    outbox = Outbox(100)
    for n in range(3):
        assert outbox.put("t", b"k", str(n).encode(), 0)
    outbox.close()
    assert [m.value for m in iter(outbox.take, None)] == [b"0", b"1", b"2"]


def test_waiting_ends_when_all_is_acknowledged_in_any_order():
    outbox = Outbox(100)
    outbox.put("t", b"k", b"1", 0)
    outbox.put("t", b"k", b"2", 0)
    assert outbox.wait(0) == "2 messages were not acknowledged in 0 s: no answer"
    outbox.done(2)
    assert outbox.wait(0) == "1 messages were not acknowledged in 0 s: no answer"
    outbox.done(1)
    assert outbox.wait(0) == ""


def test_waiting_does_not_wait_for_what_is_put_later():
    outbox = Outbox(100)
    outbox.put("t", b"k", b"1", 0)
    waiter = threading.Thread(target=lambda: results.append(outbox.wait(30)))
    results: list[str] = []
    waiter.start()
    outbox.put("t", b"k", b"2", 0)
    outbox.done(1)
    waiter.join(0.5)
    outbox.done(2)  # only matters where the waiter had not begun before the second put
    waiter.join()
    assert results == [""]


def test_a_failure_is_told_once_with_its_reason():
    outbox = Outbox(100)
    outbox.put("t", b"k", b"1", 0)
    outbox.done(1, "no room on disk")
    assert outbox.wait(0) == "1 messages were not taken: no room on disk"
    assert outbox.wait(0) == ""


def test_there_is_room_for_so_many_bytes_and_always_for_one_message():
    outbox = Outbox(10)
    assert outbox.put("t", b"", b"x" * 50, 0)
    assert not outbox.put("t", b"", b"x", 0)
    outbox.done(1)
    assert outbox.put("t", b"", b"x" * 9, 0)
    assert outbox.put("t", b"", b"x", 0)
    assert not outbox.put("t", b"", b"x", 0)


def test_a_put_that_waits_goes_on_when_there_is_room():
    outbox = Outbox(1)
    outbox.put("t", b"", b"x", 0)
    threading.Timer(0.05, outbox.done, (1,)).start()
    assert outbox.put("t", b"", b"y", 30)
