"""What several commands take from their user: a text by the name of its file, a day, and actors by their ids."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import typer

from khabar.errors import KhabarError
from khabar.query import FieldEq, StanceIs, leaves, parse
from khabar.settings import Settings


def text_of(file: str) -> str:
    """Return the text of a file (`-` is stdin) without a byte order mark; what is Arabic and no file is the text itself.

    Raises KhabarError where it cannot be read.
    """
    if not file.isascii() and (len(file.encode("utf-8", "surrogateescape")) > 255 or not Path(file).exists()):
        return file  # no file has a longer name
    try:
        data = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
        return data.decode("utf-8-sig")
    except OSError as e:
        raise KhabarError(f"{file}: {e.strerror}") from e
    except UnicodeDecodeError as e:
        raise KhabarError(f"{file}: not UTF-8: {e}") from e


def day_of(text: str) -> date | None:
    """Return the day that `--date` names as YYYY-MM-DD, None where it is empty; raises KhabarError for anything else."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as e:
        raise KhabarError(f"--date {text}: not a date YYYY-MM-DD") from e


def warn_of_unknown_actors(query: str, settings: Settings) -> None:
    """Say on stderr which ids a query asks for that no actor has: it would find nothing, for ever. Raises QueryError."""
    asked: set[str] = set()
    for leaf in leaves(parse(query).root):
        if isinstance(leaf, FieldEq) and leaf.field == "actor":
            asked.update(leaf.values)
        elif isinstance(leaf, StanceIs):
            asked.update(leaf.holder, leaf.target)
    if not asked:
        return
    from streams import gazetteer

    known = gazetteer.load(gazetteer.files(settings.gazetteer_dir)).actors
    for unknown in sorted(asked - known.keys()):
        typer.echo(f"khabar: no actor has the id {unknown!r}; `khabar actors show NAME` tells ids", err=True)
