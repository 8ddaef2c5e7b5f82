"""The table of own sentences: who must be found in each, and who must not."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path

import pytest

from streams import actors, gazetteer
from streams.document import Document

FILE = Path(__file__).parent / "cases" / "actors_since_2019.toml"
CASES = tomllib.loads(FILE.read_text(encoding="utf-8"))["case"]


@pytest.mark.parametrize("number", range(len(CASES)))
def test_case(number):
    case = CASES[number]
    known = gazetteer.load()
    wants, nots = set(case["wants"]), set(case.get("nots", ()))
    assert wants | nots <= set(known.actors), "an id is misspelt"
    found = {m.actor for m in actors.find(Document("", case["text"], date.fromisoformat(case["on"])), known)}
    assert wants <= found, f"{case['text']}: missed {wants - found}"
    assert not nots & found, f"{case['text']}: wrong {nots & found}"


def test_there_are_enough_cases_and_each_says_something():
    assert len(CASES) >= 150
    assert all(case["wants"] or case["nots"] for case in CASES)
    assert len({case["text"] for case in CASES}) >= len(CASES) - 2  # a sentence may come twice, with two dates
