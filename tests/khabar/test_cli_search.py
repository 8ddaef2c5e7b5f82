"""`khabar search` and `khabar export` as a user calls them, on the SQLite file of embedded mode."""

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from index.sqlite import SqliteStore
from khabar.cli import build
from tests.index.golden import ITEMS


@pytest.fixture
def khabar(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("KHABAR_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("KHABAR_MODE", "embedded")
    store = SqliteStore(tmp_path / "khabar.db")
    store.write(ITEMS)
    store.close()
    return lambda *args: CliRunner().invoke(build(), list(args), env={"COLUMNS": "200"})


def test_what_is_found_is_shown_with_its_text_round_the_match(khabar) -> None:
    done = khabar("search", "حفتر")
    assert done.exit_code == 0
    assert "روسيا تندد بحفتر" in done.stdout
    assert "نددت موسكو" in done.stdout
    assert "http://127.0.0.1:8899/articles/a2" in done.stdout
    assert "1 found" in done.stdout


def test_json_is_for_scripts(khabar) -> None:
    answer = json.loads(khabar("search", "holder:russia target:lna", "--json").stdout)
    assert answer["total"] == 1
    (hit,) = answer["hits"]
    assert hit["id"] == "a2"
    assert hit["stances"][0]["holder"] == "russia"
    found = json.loads(khabar("search", "حفتر", "--json").stdout)["hits"][0]["snippet"]
    assert [found["text"][a:b] for a, b in found["marks"]] == ["وبحفتر"]


def test_order_and_pages(khabar) -> None:
    def ids(*more: str) -> list[str]:
        return [h["id"] for h in json.loads(khabar("search", "", "--json", *more).stdout)["hits"]]

    assert ids("--sort", "newest", "--size", "2") == ["b1", "a9"]
    assert ids("--sort", "oldest", "--size", "1") == ["a1"]
    assert ids("--sort", "newest", "--size", "1", "--offset", "1") == ["a9"]
    assert khabar("search", "", "--sort", "best").exit_code == 2
    assert "10 found, none after 90" in khabar("search", "", "--offset", "90").stdout


def test_a_bad_query_is_one_of_our_errors(khabar) -> None:
    done = khabar("search", "actr:haftar")
    assert done.exit_code != 0
    assert "actor:" in str(done.exception)


def test_nothing_dropped_yet(khabar) -> None:
    assert "0 dropped in the last day" in khabar("search", "--dropped").stdout
    assert json.loads(khabar("search", "--dropped", "--json").stdout) == {"total": 0, "dropped": []}


def test_export_to_stdout_and_to_a_file(khabar, tmp_path: Path) -> None:
    done = khabar("export", "articles", "outlet:wasat")
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == ["a2", "a3"]
    file = tmp_path / "s.parquet"
    assert khabar("export", "stances", "--format", "parquet", "--out", str(file)).exit_code == 0
    assert pq.read_table(file).num_rows == 3
    assert list(tmp_path.glob("*.partial")) == []


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("export", "songs"), "articles, stances, comentions"),
        (("export", "articles", "--format", "xls"), "jsonl, csv, parquet"),
        (("export", "articles", "--format", "parquet"), "--out"),
    ],
)
def test_a_wrong_choice_says_what_there_is(khabar, args, said: str) -> None:
    done = khabar(*args)
    assert done.exit_code == 2
    assert said in done.output
