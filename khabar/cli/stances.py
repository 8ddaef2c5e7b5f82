"""`khabar stances explain`: sentence by sentence, what the grammar read, what it refused, and why."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from khabar.cli._input import day_of, text_of
from khabar.errors import KhabarError, RejectedError
from khabar.settings import load

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from streams.document import Document
    from streams.stances.engine import Reading

ON = "Date of the article, YYYY-MM-DD: titles and armies change hands. Without it a role of any time counts."


def register(app: typer.Typer) -> None:
    """Add `khabar stances explain`."""
    group = typer.Typer(no_args_is_help=True, help="Who supports or opposes whom, and why the tagger says so.")
    app.add_typer(group, name="stances")

    @group.command()
    def explain(
        file: Annotated[
            str,
            typer.Argument(
                help="A file: a text, its first line the title, or JSONL rows as `khabar tag` takes them; - is stdin. Or a text."
            ),
        ],
        on: Annotated[str, typer.Option("--date", help=ON)] = "",
        as_json: Annotated[bool, typer.Option("--json", help="One JSON object a sentence.")] = False,
        min_confidence: Annotated[float, typer.Option(min=0, max=1, help="Show only stances at least this sure.")] = 0.0,
    ) -> None:
        """Show clause, arguments and rule for every stance found or refused in an article."""
        from streams import actors, gazetteer
        from streams.stances import engine

        known = gazetteer.load(gazetteer.files(load(os.environ).gazetteer_dir))
        for key, doc in _documents(text_of(file), day_of(on)):
            for reading in engine.read(doc, actors.find(doc, known), known):
                told = {"id": key, **_told(reading, min_confidence)}
                if as_json:
                    sys.stdout.write(msgspec.json.encode(told).decode() + "\n")
                elif told["stances"] or told["refused"]:
                    sys.stdout.write(_lines(told))


def _documents(text: str, on: date | None) -> Iterator[tuple[str, Document]]:
    """Yield id and document of every JSONL row, or the one document of a plain text; raises KhabarError for a bad row."""
    from khabar.rows import row_of
    from streams.document import Document

    if not text.lstrip().startswith("{"):
        title, _, body = text.partition("\n")
        yield "", Document(title, body, on)
        return
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                row = row_of(line.encode())
            except RejectedError as e:
                raise KhabarError(f"line {number}: {e.reason}") from e
            yield row.key, Document.of(row.article(row.key))


def _told(reading: Reading, min_confidence: float) -> dict[str, Any]:
    """Return what was read in one sentence, as plain data."""
    from streams.stances.engine import stances_of
    from streams.stances.frames import Refused

    items = reading.scene.items
    return {
        "field": reading.field.name,
        "sentence": reading.field.text[reading.span[0] : reading.span[1]],
        "actors": [i.actor for i in items if i.actor],
        "stances": [s for s in stances_of(reading) if s.confidence >= min_confidence],
        "refused": [
            {"cue": items[o.cue].text, "act": o.act.id, "rule": o.rule, "reason": o.reason}
            for o in reading.outcomes
            if isinstance(o, Refused)
        ],
    }


def _lines(told: dict[str, Any]) -> str:
    """Return the sentence, its stances and its refusals as lines for a reader."""
    lines = [
        f"{told['id'] + ' ' if told['id'] else ''}{told['field']}: {told['sentence']}",
        f"    actors: {' '.join(told['actors']) or '-'}",
    ]
    for s in told["stances"]:
        speaker = f", said by {s.speaker or 'somebody unknown'}" if s.quoted else ""
        verb = "supports" if s.polarity == "support" else "opposes"
        mention = {"holder": s.holder_mention, "target": s.target_mention}
        where = "  ".join(f"{who}: {m.text if m else '(from before)'}" for who, m in mention.items())
        lines += [
            f"  + {s.holder} {verb} {s.target}   [{s.act}, {s.mode}, {s.confidence:.2f}{speaker}]",
            f"      rule: {s.rule}  cue: {s.cue}  {where}",
        ]
    lines += [f"  - {r['cue']}: {r['act']}{' ' + r['rule'] if r['rule'] else ''}: {r['reason']}" for r in told["refused"]]
    return "\n".join(lines) + "\n\n"
