"""`khabar stances explain`: what was read, what was refused, and the input that is not right."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from khabar.cli import build
from khabar.errors import KhabarError

ARTICLE = "عنوان الخبر\nاتهم فايز السراج المشير خليفة حفتر بخرق الهدنة. لم تدعم روسيا المشير خليفة حفتر.\n"


def explain(*args: str, stdin: str = ARTICLE) -> str:
    result = CliRunner().invoke(build(), ["stances", "explain", *args], input=stdin.encode(), catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout


def test_found_and_refused_are_shown() -> None:
    out = explain("-", "--date", "2019-06-01")
    assert "sarraj opposes haftar" in out
    assert "rule: verb-subject-object" in out
    assert "negation" in out


def test_json_has_one_object_a_sentence() -> None:
    rows = [json.loads(line) for line in explain("-", "--json").splitlines()]
    assert [len(r["stances"]) for r in rows] == [1, 0]
    assert rows[0]["stances"][0]["holder"] == "sarraj"
    assert "negation" in [r["reason"] for r in rows[1]["refused"]]  # beside what else the verb could have been


def test_rows_as_khabar_tag_takes_them() -> None:
    row = json.dumps(
        {"id": "a7", "title": "عنوان", "text": "اتهم فايز السراج المشير خليفة حفتر بخرق الهدنة.", "date": "2019-06-01"}
    )
    (told,) = [json.loads(line) for line in explain("-", "--json", stdin=row + "\n").splitlines()]
    assert (told["id"], told["stances"][0]["target"]) == ("a7", "haftar")


def test_a_line_separator_inside_a_row_does_not_end_it() -> None:
    text = "تفاصيل الخبر.\u2028اتهم فايز السراج المشير خليفة حفتر بخرق الهدنة."
    row = json.dumps({"id": "a8", "title": "عنوان", "text": text}, ensure_ascii=False)
    assert "sarraj opposes haftar" in explain("-", stdin=row + "\n")


def test_min_confidence_hides_what_is_less_sure() -> None:
    assert "opposes" not in explain("-", "--min-confidence", "1")


def test_the_text_itself_and_an_actor_of_ones_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "russia opposes haftar" in explain("نددت روسيا بحفتر في ليبيا.")
    (tmp_path / "own.toml").write_text(
        '[[actor]]\nid = "own-union"\nname_ar = "اتحاد النساجين"\nname_en = "Weavers"\ntype = "ngo"\nnames = ["اتحاد النساجين"]\n',
        encoding="utf-8",
    )
    monkeypatch.setenv("KHABAR_GAZETTEER_DIR", str(tmp_path))
    assert "own-union opposes haftar" in explain("ندد اتحاد النساجين بحفتر في ليبيا.")


def test_a_file(tmp_path: Path) -> None:
    path = tmp_path / "article.txt"
    path.write_text(ARTICLE, encoding="utf-8")
    assert "sarraj opposes haftar" in explain(str(path))


@pytest.mark.parametrize(
    ("args", "data"), [(["no/such/file"], b""), (["-"], b"\xff\xfe\x00"), (["-", "--date", "soon"], b""), (["-"], b'{"id": ')]
)
def test_bad_input_is_one_error(args: list[str], data: bytes) -> None:
    with pytest.raises(KhabarError):
        CliRunner().invoke(build(), ["stances", "explain", *args], input=data, catch_exceptions=False)
