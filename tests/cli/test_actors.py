"""`khabar actors` and `khabar retag`: what an analyst asks of the gazetteer, and extends without code."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from index.sqlite import SqliteStore
from khabar.cli import build, retag
from khabar.errors import KhabarError
from streams import taggers
from streams.entry import GazetteerError
from tests.index.coverage import item

OWN = """
[[actor]]
id = "haftar"
name_ar = "خليفة حفتر"
name_en = "Khalifa Haftar"
type = "person"
names = ["ساكن الرجمة"]

[[actor]]
id = "sabratha-sea-watch"
name_ar = "رصد بحر صبراتة"
name_en = "Sabratha Sea Watch"
type = "ngo"
libyan = true
names = ["رصد بحر صبراتة"]
"""


def khabar(*args: str, stdin: str = "", env: dict[str, str] | None = None) -> Result:
    return CliRunner().invoke(build(), list(args), input=stdin.encode(), env=env, catch_exceptions=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    own = tmp_path / "actors"
    own.mkdir()
    (own / "ours.toml").write_text(OWN, encoding="utf-8")
    return own


@pytest.mark.parametrize("form", ["haftar", "خليفة حفتر", "وبحفتر", "المُشير حفتر", "Khalifa Haftar"])
def test_show_finds_by_any_form(form: str) -> None:
    told = json.loads(khabar("actors", "show", form, "--json").stdout)
    assert "haftar" in {t["use"]["actor"] for t in told}


def test_show_says_who_held_a_role_and_when() -> None:
    out = khabar("actors", "show", "المبعوثة الأممية").stdout
    assert "roles of williams 2020-03-03 to 2021-01-31" in out
    assert "roles of tetteh 2025-02-20 to …" in out


def test_show_of_an_unknown_form() -> None:
    with pytest.raises(KhabarError, match="no actor"):
        khabar("actors", "show", "فلان الفلاني")


def test_find_explains_a_text() -> None:
    text = "لقاء في طرابلس\nالتقى عبد الحميد الدبيبة سفير مالطا، وقالت المبعوثة الأممية إنها متفائلة."
    told = json.loads(khabar("actors", "find", "-", "--date", "2025-06-01", "--json", stdin=text).stdout)
    assert told["language"] == "ar"
    assert told["about_libya"]
    mention = next(m for m in told["mentions"] if m["actor"] == "tetteh")
    assert mention["rule"] == "role"
    assert text.partition("\n")[2][mention["start"] : mention["end"]] == mention["text"] == "المبعوثة الأممية"
    shown = khabar("actors", "find", "-", "--date", "2025-06-01", stdin=text).stdout
    assert "\u2068المبعوثة الأممية\u2069" in shown
    assert "about Libya (" in shown


@pytest.mark.parametrize("args", [["nowhere.txt"], ["-", "--date", "امس"]])
def test_find_of_what_is_not_there(args: list[str]) -> None:
    with pytest.raises(KhabarError):
        khabar("actors", "find", *args)


def test_find_takes_the_text_itself() -> None:
    told = json.loads(khabar("actors", "find", "اجتمع الوفد بحفتر في الرجمة", "--json").stdout)
    assert [m["actor"] for m in told["mentions"]] == ["haftar"]


def test_check_passes_the_shipped_files() -> None:
    told = json.loads(khabar("actors", "check", "--json").stdout)
    assert told["clashes"] == []
    assert told["actors"] >= 450


def test_check_names_a_clash(tmp_path: Path) -> None:
    path = tmp_path / "twice.toml"
    path.write_text(OWN.replace("ساكن الرجمة", "عقيلة صالح"), encoding="utf-8")
    result = khabar("actors", "check", str(path))
    assert result.exit_code == 1
    assert "عقيلة صالح: in `names` of both" in result.stdout


@pytest.mark.parametrize(
    ("wrong", "said"),
    [('type = "ngo"', "type"), ("name_en", "name_em"), ('names = ["رصد', 'names = ["ر" "')],
)
def test_check_names_file_entry_and_field(tmp_path: Path, wrong: str, said: str) -> None:
    path = tmp_path / "wrong.toml"
    path.write_text(OWN.replace(wrong, 'type = "club"' if said == "type" else said), encoding="utf-8")
    with pytest.raises(GazetteerError, match=r"wrong\.toml"):
        khabar("actors", "check", str(path))


def test_an_own_folder_adds_forms_and_actors(folder: Path) -> None:
    env = {"KHABAR_GAZETTEER_DIR": str(folder)}
    row = json.dumps({"id": 1, "title": "بيان", "text": "انتقد رصد بحر صبراتة ساكن الرجمة.", "date": "2023-05-01"}) + "\n"
    told = json.loads(khabar("tag", stdin=row, env=env).stdout)
    assert {a["id"] for a in told["actors"]} >= {"haftar", "sabratha-sea-watch"}
    shown = json.loads(khabar("actors", "show", "haftar", "--json", env=env).stdout)[0]["actor"]
    assert "ساكن الرجمة" in shown["names"]
    assert "خليفة حفتر" in shown["names"]
    assert "1 own files, 0 clashes" in khabar("actors", "check", env=env).stdout


def test_add_proposes_names_that_nobody_has(tmp_path: Path) -> None:
    text = "قال العميد زكريا المرزوقاني إن كتيبة شهداء الوادي انسحبت، ورحب فايز السراج بذلك."
    rows = [json.dumps({"id": i, "text": text, "date": "2019-05-01"}) for i in range(3)]
    path = tmp_path / "rows.jsonl"
    path.write_text("\n".join([*rows, "not json"]), encoding="utf-8")
    result = khabar("actors", "add", "--jsonl", str(path), "--json")
    told = {t["name"]: t for t in json.loads(result.stdout)}
    assert told["زكريا المرزوقاني"]["articles"] == 3
    assert told["زكريا المرزوقاني"]["cue"] == "العميد"
    assert "كتيبة شهداء الوادي" in {n[:18] for n in told}
    assert not any("السراج" in name for name in told)
    assert "line 4" in result.stderr
    toml = tmp_path / "new.toml"
    toml.write_text(khabar("actors", "add", "--jsonl", str(path)).stdout, encoding="utf-8")
    assert khabar("actors", "check", str(toml)).exit_code == 0


def test_retag_writes_what_changed_and_a_second_time_nothing(tmp_path: Path, folder: Path) -> None:
    store = SqliteStore(tmp_path / "khabar.db")
    store.write([item("a", "بيان", "انتقد المحتجون ساكن الرجمة."), item("b", "طقس", "أمطار.", hours=48)])

    def run(own: Path | None, hour: int, **more: bool) -> dict[str, int]:
        return retag.run(store, taggers.make("rules", own), date(2024, 1, 1), now=datetime(2024, 4, 1, hour, tzinfo=UTC), **more)

    assert run(folder, 1, write=False)["changed"] == 2
    assert run(folder, 1) == {"read": 2, "changed": 2, "stored": 2, "superseded": 0, "refused": 0}
    assert run(folder, 2)["changed"] == 0
    assert [a.id for a in _item(store, "a").tagged.actors] == ["haftar"]
    assert run(None, 3)["stored"] == 1  # the folder is taken back: an earlier generation, and yet the last word
    assert _item(store, "a").tagged.actors == ()
    assert run(folder, 4)["stored"] == 1
    store.close()


def test_retag_since_a_day(tmp_path: Path, folder: Path) -> None:
    env = {"KHABAR_DATA_DIR": str(tmp_path / "data"), "KHABAR_GAZETTEER_DIR": str(folder)}
    (tmp_path / "data").mkdir()
    store = SqliteStore(tmp_path / "data" / "khabar.db")
    store.write([item("a", "بيان", "انتقد المحتجون ساكن الرجمة."), item("b", "بيان", "ساكن الرجمة.", hours=48)])
    store.close()
    assert json.loads(khabar("retag", "--since", "2024-03-02", "--json", env=env).stdout)["read"] == 1
    assert khabar("retag", "--since", "2024-01-01", "--dry-run", env=env).stdout == "2 read, 1 changed (not written)\n"
    with pytest.raises(KhabarError, match="not a date"):
        khabar("retag", "--since", "yesterday", env=env)


def _item(store: SqliteStore, article: str):  # type: ignore[no-untyped-def]  # CoverageItem, asserted below
    found = store.get(article)
    assert found is not None
    return found
