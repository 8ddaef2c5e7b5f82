"""`khabar tag`: the JSONL contract."""

import io
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from khabar.cli import build
from khabar.cli.tag import run
from khabar.ports import Tags
from khabar.schema import ActorTag, Article, Framing, Mention, Span, Stance

TEXT = "قال السفير: ندعم ليبيا. انتهى."
SENTENCE = "قال السفير: ندعم ليبيا."


class EmbassyTagger:
    """A small true tagger that knows one ambassador."""

    generation = "g"

    def tag(self, article: Article) -> Tags:
        at = article.text.find("السفير")
        if at < 0:
            return Tags(language="und", about_libya=False)
        return Tags(
            language="ar",
            about_libya=True,
            actors=(
                ActorTag(
                    id="envoy", name="السفير", mentions=(Mention(field="text", start=at, end=at + 6, text="السفير", rule="name"),)
                ),
            ),
            stances=(
                Stance(
                    id="s1",
                    holder="envoy",
                    target="libya",
                    polarity="support",
                    mode="word",
                    act="support",
                    quoted=True,
                    speaker="envoy",
                    field="text",
                    sentence=SENTENCE,
                    sentence_start=0,
                    sentence_end=len(SENTENCE),
                    cue="ندعم",
                    cue_start=12,
                    cue_end=16,
                    holder_mention=Span(field="text", start=at, end=at + 6, text="السفير"),
                    target_mention=None,
                    rule="verb",
                    confidence=0.9,
                ),
            ),
            framing=(
                Framing(term="t", camp="c", effect="harms", by="outlet", field="text", start=0, end=1, gloss="not printed"),
            ),
        )


def tag(*lines: str) -> tuple[int, list[dict[str, object]]]:
    out = io.BytesIO()
    bad = run([line.encode() for line in lines], out, EmbassyTagger())
    return bad, [json.loads(line) for line in out.getvalue().splitlines()]


def test_one_answer_a_line_in_order_with_every_key_of_the_contract() -> None:
    bad, (first, second) = tag(json.dumps({"id": 5, "text": TEXT}), "", json.dumps({"id": "b", "title": "عنوان"}))
    assert bad == 0
    assert (first["id"], second["id"]) == (5, "b"), "ids are echoed as given"
    assert list(first) == ["id", "language", "about_libya", "actors", "stances", "framing"]
    assert first["actors"] == [
        {
            "id": "envoy",
            "name": "السفير",
            "mentions": [{"field": "text", "start": 4, "end": 10, "text": "السفير", "rule": "name"}],
        }
    ]
    assert list(first["stances"][0]) == [
        "holder",
        "target",
        "polarity",
        "mode",
        "act",
        "quoted",
        "speaker",
        "field",
        "sentence",
        "sentence_start",
        "sentence_end",
        "cue",
        "cue_start",
        "cue_end",
        "holder_mention",
        "target_mention",
        "rule",
        "confidence",
    ]  # type: ignore[index]  # decoded JSON
    assert first["stances"][0]["target_mention"] is None  # type: ignore[index]  # decoded JSON
    assert first["framing"] == [
        {"term": "t", "camp": "c", "effect": "harms", "by": "outlet", "field": "text", "start": 0, "end": 1}
    ]
    assert (second["actors"], second["about_libya"]) == ([], False)


def test_bad_lines_are_named_and_their_neighbours_answered(capsys: pytest.CaptureFixture[str]) -> None:
    bad, answers = tag(
        "{", json.dumps({"id": "a", "text": TEXT}), '{"id": "b", "text": 5}', '{"text": "بلا معرف"}', '{"id": "c", "text": "x"}'
    )
    assert (bad, [a["id"] for a in answers]) == (3, ["a", "c"])
    lines = capsys.readouterr().err.splitlines()
    assert [line.split(":")[1] for line in lines] == [" line 1", " line 3", " line 4"]
    assert "$.text" in lines[1]


def test_the_command_ends_with_1_when_a_line_was_bad() -> None:
    runner = CliRunner()
    good = runner.invoke(build(), ["tag"], input='{"id": "a", "text": "خبر"}\n')
    assert (good.exit_code, json.loads(good.stdout)["id"]) == (0, "a")
    assert runner.invoke(build(), ["tag"], input="nothing\n").exit_code == 1
    assert runner.invoke(build(), ["tag"], input="").exit_code == 0


@pytest.mark.shared
def test_offsets_are_slices_of_the_field_as_given(shared: Path) -> None:
    rows = (shared / "data" / "dev" / "articles.jsonl").read_bytes().splitlines()
    result = CliRunner().invoke(build(), ["tag"], input=b"\n".join(rows))
    given = [json.loads(r) for r in rows]
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert [a["id"] for a in answers] == [g["id"] for g in given]
    for a, g in zip(answers, given, strict=True):
        for m in (m for actor in a["actors"] for m in actor["mentions"]):
            assert g[m["field"]][m["start"] : m["end"]] == m["text"]
        for s in a["stances"]:
            assert g[s["field"]][s["sentence_start"] : s["sentence_end"]] == s["sentence"]
            assert g[s["field"]][s["cue_start"] : s["cue_end"]] == s["cue"]
        for f in a["framing"]:
            assert 0 <= f["start"] < f["end"] <= len(g[f["field"]])
