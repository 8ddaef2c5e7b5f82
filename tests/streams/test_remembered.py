"""What is remembered by name: the latest, within bounds, at a cost that does not grow."""

import pytest

from index.sqlite import SqliteStore
from streams.remembered import EACH, PIECES, Remembered


class Noted(dict):
    """A table that notes how large what is written is."""

    def __init__(self) -> None:
        super().__init__()
        self.written = []

    def __setitem__(self, key, value):
        self.written.append(len(value))
        super().__setitem__(key, value)


@pytest.fixture(params=["dict", "sqlite"])
def table(request, tmp_path):
    if request.param == "dict":
        yield {}
        return
    store = SqliteStore(tmp_path / "khabar.db")
    yield store.table("signals")
    store.close()


def test_values_come_back_and_those_of_others_do_not(table):
    one, other = Remembered(table, "new:a"), Remembered(table, "new:ab")
    assert one.get("حفتر+السراج") is None
    one.put("حفتر+السراج", "n1")
    one.put("lna/oppose/gna", ["n1", "n2"])
    one.put("حفتر+السراج", "n3")
    other.put("lna/oppose/gna", "n9")
    again = Remembered(table, "new:a")
    assert again.get("حفتر+السراج") == "n3"
    assert again.get("lna/oppose/gna") == ["n1", "n2"]
    assert other.get("حفتر+السراج") is None
    assert one.get("\ud800") is None


def test_the_latest_stay_and_what_is_put_again_is_the_latest(monkeypatch):
    monkeypatch.setattr("streams.remembered.PIECES", 1)
    names = Remembered({}, "x")
    for n in range(EACH):
        names.put(str(n), n)
    names.put("0", "again")
    names.put("new", 1)
    names.put("newer", 1)
    assert names.get("0") == "again"
    assert [n for n in range(1, EACH) if names.get(str(n)) is None] == [1, 2]


def test_it_stays_bounded_and_a_put_writes_no_more_than_at_first():
    table = Noted()
    names = Remembered(table, "x")
    for n in range(4 * PIECES * EACH):
        names.put(f"name {n:08}", "a value")
    assert len(table) <= PIECES
    longest = len(b'"name 00000000":"a value",') * EACH + 1
    assert max(table.written) <= longest
    assert sum(map(len, table.values())) <= PIECES * longest
    assert all(names.get(f"name {n:08}") for n in range(4 * PIECES * EACH - 10_000, 4 * PIECES * EACH))
