"""`khabar tag`: articles as JSONL on stdin, what the tagger says of them as JSONL on stdout."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

import msgspec
import typer

from khabar.errors import RejectedError
from khabar.ports import Tagger, Tags
from khabar.rows import Row, row_of
from khabar.settings import load


def register(app: typer.Typer) -> None:
    """Add `khabar tag`."""

    @app.command()
    def tag() -> None:
        """Tag articles: JSONL {id, title, text, published|date, outlet|source, url} in, one line each out, in the same order.

        Offsets are Unicode code points, half-open, into the field as given. A bad line is named on stderr and skipped; then
        the exit status is 1.
        """
        from streams import taggers

        settings = load(os.environ)
        bad = run(sys.stdin.buffer, sys.stdout.buffer, taggers.make(settings.tagger, settings.gazetteer_dir))
        if bad:
            raise typer.Exit(1)


def run(lines: Iterable[bytes], out: BinaryIO, tagger: Tagger) -> int:
    """Tag `lines` into `out`; return how many were bad and are named on stderr."""
    bad = 0
    for number, result in enumerate(results(lines, tagger), start=1):
        if isinstance(result, RejectedError):
            bad += 1
            sys.stderr.write(f"khabar tag: line {number}: {result.reason}\n")
        elif result:
            out.write(result + b"\n")
    out.flush()
    return bad


def results(lines: Iterable[bytes], tagger: Tagger) -> Iterator[bytes | RejectedError]:
    """Yield for each line its answer, empty for a blank line, or why it is bad."""
    encode = msgspec.json.Encoder().encode
    for line in lines:
        if not line.strip():
            yield b""
            continue
        try:
            row = row_of(line.strip())
            if not row.key:
                raise RejectedError("not a row: it has no `id`")
            yield encode(answer(row, tagger.tag(row.article(row.key))))
        except RejectedError as e:
            yield e


def answer(row: Row, tags: Tags) -> dict[str, Any]:
    """Return the object that is printed for a row: its id as given, and its tags."""
    return {
        "id": row.id,
        "language": tags.language,
        "about_libya": tags.about_libya,
        "actors": [{"id": a.id, "name": a.name, "mentions": a.mentions} for a in tags.actors],
        "stances": [{f: getattr(s, f) for f in s.__struct_fields__ if f != "id"} for s in tags.stances],
        "framing": [{f: getattr(w, f) for f in ("term", "camp", "effect", "by", "field", "start", "end")} for w in tags.framing],
    }
