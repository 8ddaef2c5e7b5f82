"""What an analyst asks before writing an entry; the shipped files and their documentation."""

import re
from pathlib import Path

import pytest

from streams import gazetteer, lookup
from streams.document import Document
from streams.entry import Actor
from streams.unknown import unknown

DOCS = Path(__file__).resolve().parents[2] / "docs" / "gazetteer.md"


def test_no_form_of_the_shipped_files_is_claimed_twice():
    assert lookup.clashes(gazetteer.load()) == []


def test_there_are_enough_actors():
    known = gazetteer.load()
    assert len(known.actors) >= 450
    assert all(a.names or a.short or a.metonyms or a.roles or a.collectives for a in known.actors.values() if a.type != "media")


def test_every_gold_id_has_an_entry(shared):
    lines = (shared / "data" / "gold" / "ids.tsv").read_text(encoding="utf-8").splitlines()[1:]
    assert {line.split("\t")[0] for line in lines} <= set(gazetteer.load().actors)


@pytest.mark.parametrize(
    ("asked", "actor", "field"),
    [
        ("عبدالحميد الدبيبه", "dbeibah", "names"),
        ("وبوسهمين", "abusahmain", "names"),
        ("لموسكو", "russia", "metonyms"),
        ("المبعوثة الأممية", "tetteh", "roles"),
        ("Saddam Haftar", "saddam-haftar", "id"),
    ],
)
def test_a_form_in_any_spelling_finds_its_actor(asked, actor, field):
    assert (actor, field) in {(u.actor, u.field) for u in lookup.find(gazetteer.load(), asked)}


@pytest.mark.parametrize("asked", ["", "   ", "كلمة لا يملكها أحد", "؟"])
def test_what_nobody_claims(asked):
    assert lookup.find(gazetteer.load(), asked) == []


def test_names_that_nobody_has_are_proposed_with_their_cue():
    docs = [Document("", f"قال القيادي مرزوق الشلماني في اليوم {n} إن فايز السراج غادر.", None) for n in range(3)]
    (only,) = unknown(docs, gazetteer.load(), 3)
    assert (only.name, only.articles, only.cue) == ("مرزوق الشلماني", 3, "القيادي")
    assert unknown(docs, gazetteer.load(), 4) == []


def test_the_documentation_names_every_field():
    rows = re.findall(r"^\| (`[^|]+) \|", DOCS.read_text(encoding="utf-8"), flags=re.MULTILINE)
    told = {name for row in rows for name in re.findall(r"`(\w+)`", row)} | {"speaks_from", "speaks_to"}
    fields = {"not" if f == "excluded" else f for f in Actor.__struct_fields__}
    assert fields == told
