"""`khabar alerts`, as a user types it."""

import io
import json
import tomllib

import pytest
from typer.testing import CliRunner

from index.sqlite import SqliteStore
from khabar.cli import _alerts_match, build
from khabar.errors import KhabarError
from khabar.ports import Tags
from tests.index.coverage import item


@pytest.fixture
def khabar(tmp_path, monkeypatch):
    monkeypatch.setenv("KHABAR_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("USER", "amal")

    def run(*args, status=0, stream="stdout"):
        result = CliRunner().invoke(build(), ["alerts", *args])
        if isinstance(result.exception, KhabarError):  # `main` makes one line of it and exits with 1
            assert status == 1, result.exception
            return str(result.exception)
        assert result.exit_code == status, (result.output, result.exception)
        return getattr(result, stream)

    return run


def test_the_life_of_a_subscription(khabar, tmp_path):
    options = ["--name", "النفط", "--quiet", "22:00-07:00", "--delivery", "daily", "--max-per-hour", "3"]
    made = khabar("add", "النفط OR الغاز", "--channel", "log", "--channel", "https://hooks.example.org/x", *options).split()[0]
    shown = json.loads(khabar("show", made))
    assert (shown["owner"], shown["delivery"], shown["max_per_hour"]) == ("amal", "daily", 3)
    assert shown["quiet"] == {"start": "22:00", "end": "07:00"} | {k: v for k, v in shown["quiet"].items() if k == "zone"}
    assert shown["channels"][1]["secret"] == "…"
    khabar("edit", made, "--query", "الكهرباء", "--quiet", "none")
    assert "quiet" not in {k for k, v in json.loads(khabar("show", made)).items() if v is not None}
    khabar("pause", made)
    assert "[paused]  الكهرباء" in khabar("list")
    khabar("pause", made, "--resume")
    exported = khabar("export")
    assert tomllib.loads(exported)["subscription"][0]["id"] == made
    khabar("remove", made)
    assert khabar("list") == ""
    (tmp_path / "s.toml").write_text(exported, encoding="utf-8")
    khabar("import", str(tmp_path / "s.toml"))
    khabar("import", str(tmp_path / "s.toml"))
    assert len(khabar("list", "--json").splitlines()) == 1


def test_an_actor_that_there_is_not_is_said(khabar):
    warned = "khabar: no actor has the id 'hafter'; `khabar actors show NAME` tells ids"
    assert khabar("add", "actor:haftar OR holder:(lna OR hafter)", stream="stderr") == warned + "\n"
    assert khabar("add", "actor:haftar", stream="stderr") == ""


def test_what_is_refused_is_one_line(khabar, tmp_path):
    assert "character 6" in khabar("add", 'حفتر "مجلس', status=1)
    assert "nearly every article" in khabar("add", "NOT حفتر", status=1)
    assert khabar("add", "", status=1).startswith("query: ")
    assert "private" in khabar("add", "حفتر", "--channel", "http://169.254.169.254/latest", status=1)
    assert "--channel" in khabar("edit", "zz", "--secret", "k", status=1)
    assert "no subscription" in khabar("show", "zz", status=1)
    assert "cannot be read" in khabar("import", str(tmp_path / "none.toml"), status=1)
    (tmp_path / "s.toml").write_text(
        '[[subscription]]\nowner="a"\nname="b"\nquery="حفتر"\n[[subscription]]\nowner="a"\n', encoding="utf-8"
    )
    assert "subscription 2" in khabar("import", str(tmp_path / "s.toml"), status=1)
    assert khabar("list") == ""


def test_a_query_is_tried_on_what_is_indexed(khabar, tmp_path):
    store = SqliteStore(tmp_path / "khabar.db")
    store.write([item("a1", title="النفط"), item("a2", title="الغاز")])
    store.close()
    assert "1 of 2 articles (50%)" in khabar("try", "النفط", "--since", "2000w")
    assert json.loads(khabar("try", "النفط", "--since", "2000w", "--json"))["total"] == 1


def test_a_test_alert(khabar):
    made = khabar("add", "النفط").split()[0]
    assert khabar("test", made) == "1 of 1 channels took it\n"
    khabar("edit", made, "--channel", "mailto:amal@example.org")
    khabar("test", made, status=1)


class NeverAsked:
    generation = ""

    def tag(self, article):
        raise AssertionError(article.id)


class Tagger:
    generation = ""

    def tag(self, article):
        return Tags(language="fa" if "است" in article.text else "ar", about_libya=True)


def matched(subscriptions, articles, tagger=None):
    out = io.BytesIO()
    lines = [json.dumps(s, ensure_ascii=False).encode() if isinstance(s, dict) else s for s in subscriptions]
    rows = [json.dumps(a, ensure_ascii=False).encode() if isinstance(a, dict) else a for a in articles]
    bad = _alerts_match.run(lines, rows, tagger or NeverAsked(), out)
    return bad, [json.loads(line) for line in out.getvalue().splitlines()]


def test_match_prints_spans_in_code_points_of_the_field_as_given():
    bad, found = matched(
        [{"id": "s2", "query": "حفتر"}, {"id": 1, "query": "title:طرابلس NOT سرت"}],
        [{"id": 7, "title": "طرابلس", "text": "قال وحـفتر 😀 حفتر"}, {"id": "b", "text": "لا شيء"}],
    )
    assert bad == 0
    assert found == [
        {
            "subscription": "s2",
            "article": 7,
            "spans": [
                {"field": "text", "start": 4, "end": 10, "text": "وحـفتر"},
                {"field": "text", "start": 13, "end": 17, "text": "حفتر"},
            ],
        },
        {"subscription": 1, "article": 7, "spans": [{"field": "title", "start": 0, "end": 6, "text": "طرابلس"}]},
    ]


def test_match_asks_the_tagger_only_where_a_query_needs_it():
    bad, found = matched(
        [{"id": "q", "query": "lang:fa"}], [{"id": "a", "text": "خوب است"}, {"id": "b", "text": "نعم"}], Tagger()
    )
    assert (bad, [f["article"] for f in found]) == (0, ["a"])


def test_match_names_bad_lines_and_goes_on(capsys):
    bad, found = matched(
        [{"id": "q", "query": "حفتر"}, {"id": "q", "query": "x"}, b"{", {"id": "r", "query": '"x'}, {"query": "x"}, b"\xff", b""],
        [b"[]", {"id": "a", "text": "حفتر"}, {"text": "حفتر"}, {"id": "c"}, b"", b"\xff"],
    )
    assert [f["article"] for f in found] == ["a"]
    assert bad == 9
    errors = capsys.readouterr().err
    for place in ("subscriptions, line 2:", "subscriptions, line 4:", "articles, line 1:", "articles, line 6:"):
        assert place in errors
