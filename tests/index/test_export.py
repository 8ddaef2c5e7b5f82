"""Exports: the rows of each kind, and that each format gives back what went in."""

import csv
import io
import json

import pyarrow.parquet as pq
import pytest

from index import export
from khabar import query
from tests.index.coverage import item, stance
from tests.index.golden import ITEMS

EVERYTHING = query.parse("")


def test_one_row_an_article_and_one_a_stance() -> None:
    articles = list(export.rows("articles", EVERYTHING, ITEMS))
    stances = list(export.rows("stances", EVERYTHING, ITEMS))
    assert [r["id"] for r in articles] == [i.tagged.article.id for i in ITEMS]
    assert articles[1]["actors"] == ["russia", "haftar", "lna"]
    assert articles[1]["framing"] == ["outlet:harms:lna:كلمة"]
    assert [(r["article"], r["holder"], r["target"]) for r in stances] == [
        ("a2", "russia", "lna"),
        ("a2", "france", "haftar"),
        ("a3", "salame", "gna"),
    ]
    assert stances[0]["holder_name"] == "اسم russia"


def test_of_an_article_asked_for_by_a_stance_only_that_stance_is_given() -> None:
    asked = query.parse("holder:russia")
    found = [i for i in ITEMS if asked.match(i) is not None]
    assert [(r["holder"], r["target"]) for r in export.rows("stances", asked, found)] == [("russia", "lna")]


def test_comentions_are_counted_by_hand() -> None:
    items = [
        item("a", outlet="one", hours=1, actors=("x", "y", "z")),
        item("b", outlet="two", hours=2, actors=("y", "x")),
        item("c", outlet="two", hours=3, actors=("x", "y")),
        item("d", actors=("x",)),
    ]
    found = list(export.rows("comentions", EVERYTHING, items))
    assert [(r["actor_a"], r["actor_b"], r["articles"], r["outlets"]) for r in found] == [
        ("x", "y", 3, 2),
        ("x", "z", 1, 1),
        ("y", "z", 1, 1),
    ]
    assert found[0]["first"] == items[0].tagged.article.published
    assert found[0]["last"] == items[2].tagged.article.published


@pytest.mark.parametrize("what", sorted(export.COLUMNS))
def test_every_format_has_the_columns_and_all_rows(what: str) -> None:
    rows = list(export.rows(what, EVERYTHING, ITEMS))
    assert all(list(r.keys() & export.COLUMNS[what].keys()) for r in rows)
    assert all(set(r) == set(export.COLUMNS[what]) for r in rows)
    written = {}
    for form, write in export.FORMATS.items():
        out = io.BytesIO()
        assert write(what, rows, out) == len(rows)
        written[form] = out.getvalue()
    lines = [json.loads(line) for line in written["jsonl"].splitlines()]
    table = list(csv.DictReader(io.StringIO(written["csv"].decode("utf-8-sig"))))
    parquet = pq.read_table(io.BytesIO(written["parquet"])).to_pylist()
    assert parquet == rows
    assert len(lines) == len(table) == len(rows)
    assert list(table[0]) == list(export.COLUMNS[what])
    key = "actor_a" if what == "comentions" else "id"
    assert [r[key] for r in table] == [r[key] for r in lines] == [r[key] for r in rows]


def test_nothing_found_is_an_empty_file_with_columns() -> None:
    for form, write in export.FORMATS.items():
        out = io.BytesIO()
        assert write("articles", [], out) == 0
        if form == "csv":
            assert out.getvalue().decode("utf-8-sig").startswith("id,version,published")
        if form == "parquet":
            assert pq.read_table(io.BytesIO(out.getvalue())).column_names == list(export.COLUMNS["articles"])


def test_a_title_that_a_spreadsheet_would_run_is_text() -> None:
    out = io.BytesIO()
    export.write_csv(
        "articles", export.rows("articles", EVERYTHING, [item("a", "=HYPERLINK(1)", "+1 و-1"), item("b", "-2+3", "@x")]), out
    )
    rows = csv.DictReader(io.StringIO(out.getvalue().decode("utf-8-sig")))
    assert [(r["title"], r["text"]) for r in rows] == [("'=HYPERLINK(1)", "'+1 و-1"), ("'-2+3", "'@x")]


def test_a_stance_of_an_actor_without_name_shows_its_id() -> None:
    (row,) = export.rows("stances", EVERYTHING, [item("a", stances=(stance("a", "p", "q"),))])
    assert (row["holder_name"], row["target_name"]) == ("p", "q")
