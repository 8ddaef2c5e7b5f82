"""The data files: shapes derived from roots, words read with their clitics, and what a wrong file says."""

import shutil
from pathlib import Path

import pytest

from khabar.arabic import folded
from streams.stances import lexicon
from streams.stances.grammar import LexiconError
from streams.stances.morphology import shapes, stems


@pytest.mark.parametrize(
    ("root", "form", "written"),
    [
        ("وهم", 8, "اتهم يتهم تتهم اتهمت اتهموا اتهام اتهامات متهم متهما متهمين اتهمه اتهمها"),
        ("دين", 4, "أدان يدين أدانت أدانوا إدانة إدانته مدين ندين"),
        ("ءيد", 2, "أيد يؤيد تؤيد تأييد تأييدها مؤيد مؤيدون"),
        ("هنء", 2, "هنأ يهنئ تهنئة مهنئا"),
        ("سند", 3, "ساند يساند مساندة مساندته مساند"),
        ("حلل", 8, "احتل يحتل احتلال محتل"),
        ("غيل", 8, "اغتال يغتال اغتيال"),
        ("هجم", 3, "هاجم يهاجم مهاجمة"),
        ("عدي", 8, "اعتدى يعتدي اعتداء اعتدت"),
        ("ءزر", 3, "آزر يؤازر مؤازرة"),
        ("نكر", 10, "استنكر يستنكر استنكار مستنكرا"),
        ("طوح", 4, "أطاح يطيح إطاحة أطاحت"),
        ("سيطر", 1, "سيطر يسيطر سيطرة سيطرت"),
    ],
)
def test_shapes_of_a_root(root: str, form: int, written: str) -> None:
    made = {s.text for s in shapes(root, form)}
    assert not [word for word in written.split() if folded(word) not in made]


@pytest.mark.parametrize(("root", "form"), [("اب", 1), ("كتب", 0), ("كتب", 11), ("دحرج", 2)])
def test_no_such_verb(root: str, form: int) -> None:
    with pytest.raises(ValueError, match="root"):
        stems(root, form)


@pytest.mark.parametrize(
    ("word", "act", "kind"),
    [
        ("وتتهم", "accuse", "verb"),
        ("سيدعم", "back", "verb"),
        ("لتدعم", "back", "verb"),
        ("بدعمها", "back", "masdar"),
        ("المدعومة", "back", "passive"),
        ("والموالية", "ally", "active"),
        ("للقضاء", "overthrow", "masdar"),
        ("الاشتباكات", "fight", "noun"),
    ],
)
def test_a_word_is_read_with_its_clitics(word: str, act: str, kind: str) -> None:
    assert (act, kind) in {(r.act.id, r.shape.kind) for r in lexicon.load().word(folded(word)).readings if r.act}


@pytest.mark.parametrize("word", ["كتاب", "وزير", "بلد", "لجنة", "سلام", "hello", "2019"])
def test_a_word_outside_the_grammar_has_no_reading(word: str) -> None:
    assert not lexicon.load().word(folded(word)).readings


def test_every_act_says_what_it_means() -> None:
    assert all(act.gloss for act in lexicon.load().acts.values())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(lexicon.DATA, tmp_path / "stances", ignore=shutil.ignore_patterns("*.py", "__pycache__")))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('[[act]]\nid = "x"\npolarity = "neutral"\nmode = "word"\ngloss = "g"', r"more\.toml: act 'x': polarity"),
        ('[[act]]\nid = "x"\ncolour = "red"', r"more\.toml: act 'x'"),
        ('[[act]]\nid = "back"\npolarity = "support"\nmode = "word"\ngloss = "g"', "defined twice"),
        (
            '[[act]]\nid = "x"\npolarity = "support"\nmode = "word"\ngloss = "g"\nverbs = [{ root = "دعمم", form = 3 }]',
            "act 'x': root",
        ),
        ('[[act]]\nid = "x"\npolarity = "support"\nmode = "word"\ngloss = "g"\nverbs = [{ root = "كتب", form = 1 }]', "masdars"),
        ('[[act]]\nid = "x"\npolarity = "support"\nmode = "word"\ngloss = "g"\nnouns = [{ target = ["ل"] }]', "either root"),
        ("[[act", r"more\.toml: not TOML"),
    ],
)
def test_a_wrong_file_is_named(folder: Path, content: str, message: str) -> None:
    (folder / "more.toml").write_text(content, encoding="utf-8")
    with pytest.raises(LexiconError, match=message):
        lexicon.load(folder)


def test_a_missing_file_is_named(folder: Path) -> None:
    (folder / "words.toml").unlink()
    with pytest.raises(LexiconError, match=r"words\.toml"):
        lexicon.load(folder)


def test_another_content_is_another_generation(folder: Path) -> None:
    with (folder / "oppose.toml").open("a", encoding="utf-8") as out:
        out.write("\n# a comment\n")
    assert lexicon.load(folder).generation != lexicon.load().generation
