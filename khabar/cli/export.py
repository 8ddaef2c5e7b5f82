"""`khabar export`: what a query finds, as a file for other tools."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated

import typer

from khabar import settings as settings_module
from khabar.errors import SettingsError
from khabar.schema import CoverageItem


def register(app: typer.Typer) -> None:
    """Add `khabar export`."""

    @app.command()
    def export(
        what: Annotated[str, typer.Argument(help="articles, stances or comentions.")],
        query: Annotated[str, typer.Argument(help="As for `khabar search`; empty is all.")] = "",
        *,
        form: Annotated[str, typer.Option("--format", help="jsonl, csv or parquet.")] = "jsonl",
        out: Annotated[Path | None, typer.Option(help="The file; without it, stdout.")] = None,
    ) -> None:
        """Export articles, stances (one row each) or co-mentions (pairs of actors) of all that a query finds."""
        from index.export import COLUMNS, FORMATS

        if what not in COLUMNS:
            raise typer.BadParameter(f"{', '.join(COLUMNS)}", param_hint="WHAT")
        if form not in FORMATS:
            raise typer.BadParameter(f"{', '.join(FORMATS)}", param_hint="--format")
        if out is None and form == "parquet":
            raise typer.BadParameter("parquet is no text: name a file with --out", param_hint="--format")
        count = run(settings_module.load(os.environ), what, query, form, out)
        typer.echo(f"{count} {what}{f' in {out}' if out else ''}", err=True)


def run(settings: settings_module.Settings, what: str, query: str, form: str, out: Path | None) -> int:
    """Write the export; return how many rows. A file is put in place only when whole; raises SettingsError if it cannot be."""
    from index.export import FORMATS, rows
    from khabar import query as language
    from khabar.cli._adapters import open_store

    asked = language.parse(query)
    with open_store(settings) as store:
        found = rows(what, asked, _with_progress(store.scan(query), store.search(query, size=0).total))
        if out is None:
            count = FORMATS[form](what, found, sys.stdout.buffer)
            sys.stdout.buffer.flush()
            return count
        partial = out.with_name(out.name + ".partial")
        try:
            with partial.open("wb") as file:
                count = FORMATS[form](what, found, file)
            partial.replace(out)
        except OSError as e:
            raise SettingsError(f"--out: cannot write {out}: {e.strerror}") from e
        finally:
            partial.unlink(missing_ok=True)
        return count


def _with_progress(items: Iterable[CoverageItem], total: int) -> Iterator[CoverageItem]:
    from rich.console import Console
    from rich.progress import track

    console = Console(stderr=True)
    yield from track(items, "exporting", total=total, console=console, disable=not console.is_terminal)
