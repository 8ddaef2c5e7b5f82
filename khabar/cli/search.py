"""`khabar search`: what the desk's search finds, on the terminal."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import msgspec
import typer

from khabar import settings as settings_module
from khabar.ports import Hit, Page, Sort
from khabar.snippets import Snippet, brief, snippet

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text


DROPPED: Final = {"embedded": "dropped", "full": "khabar-streams-dropped-changelog"}
"""Where what was dropped is kept: a table of the SQLite file, or the topic by which Faust keeps the workers' table."""


def register(app: typer.Typer) -> None:
    """Add `khabar search`."""

    @app.command()
    def search(
        query: str = typer.Argument(
            "", help='As in docs/query.md: words, "phrases", AND OR NOT, actor:haftar, after:2019-04-04.'
        ),
        *,
        sort: str = typer.Option("relevance", help="relevance, newest or oldest."),
        size: int = typer.Option(10, min=1, max=1000, help="How many to show."),
        offset: int = typer.Option(0, min=0, help="How many to pass over."),
        as_json: bool = typer.Option(False, "--json", help="One JSON object {total, hits}."),
        dropped: bool = typer.Option(False, help="Show what was dropped in the last day as not about Libya."),
    ) -> None:
        """Search the coverage; every hit with its text round the first match."""
        from khabar.cli._adapters import open_store
        from khabar.cli._input import warn_of_unknown_actors

        settings = settings_module.load(os.environ)
        if dropped:
            _show_dropped(settings, query, as_json=as_json)
            return
        if sort not in ("relevance", "newest", "oldest"):
            raise typer.BadParameter("relevance, newest or oldest", param_hint="--sort")
        warn_of_unknown_actors(query, settings)
        order: Sort = sort  # type: ignore[assignment]  # checked in the line above
        with open_store(settings) as store:
            page = store.search(query, sort=order, size=size, offset=offset)
        if as_json:
            typer.echo(msgspec.json.encode(as_data(page)).decode())
        else:
            _show(page, offset, settings.desk_address)


def as_data(page: Page) -> dict[str, Any]:
    """Return a page as plain data: {total, hits}; offsets of marks and highlights are code points."""
    return {"total": page.total, "hits": [_hit(h) for h in page.hits]}


def _hit(hit: Hit) -> dict[str, Any]:
    tagged = hit.item.tagged
    return {
        **brief(hit.item),
        "score": hit.score,
        "actors": [{"id": a.id, "name": a.name} for a in tagged.actors],
        "stances": [
            {"holder": s.holder, "target": s.target, "polarity": s.polarity, "act": s.act, "sentence": s.sentence}
            for s in tagged.stances
        ],
        "snippet": snippet(tagged.article.text, hit.highlights),
        "highlights": hit.highlights,
    }


def _show(page: Page, offset: int, desk: str) -> None:
    from rich.console import Console

    console = Console(highlight=False)
    for number, hit in enumerate(page.hits, offset + 1):
        article = hit.item.tagged.article
        moment = article.published or article.fetched_at
        outlet = article.outlet_name or article.outlet
        console.print(f"[dim]{number}.[/] ", _marked(snippet(article.title, hit.highlights, "title", 10_000)), sep="")
        console.print(f"[dim]{moment:%Y-%m-%d %H:%M} · {outlet} · {desk}/articles/{article.id}[/]")
        _show_rest(console, hit)
    console.print(f"{page.total} found" if page.hits or not page.total else f"{page.total} found, none after {offset}")


def _show_rest(console: Console, hit: Hit) -> None:
    tagged = hit.item.tagged
    console.print(_marked(snippet(tagged.article.text, hit.highlights)))
    if tagged.actors:
        console.print("[dim]" + "، ".join(a.name for a in tagged.actors[:8]) + "[/]")
    names = {a.id: a.name for a in tagged.actors}
    for s in tagged.stances[:3]:
        says = "تأييد" if s.polarity == "support" else "معارضة"
        console.print(f"[dim]{names.get(s.holder, s.holder)}: {says} ← {names.get(s.target, s.target)} ({s.cue})[/]")
    console.print()


def _marked(piece: Snippet) -> Text:
    from rich.text import Text

    shown = Text(("… " if piece.cut_before else "") + piece.text.replace("\n", " ") + (" …" if piece.cut_after else ""))
    shift = 2 if piece.cut_before else 0
    for start, end in piece.marks:
        shown.stylize("bold yellow", start + shift, end + shift)
    return shown


def _show_dropped(settings: settings_module.Settings, query: str, *, as_json: bool) -> None:
    from khabar import arabic
    from khabar.cli._adapters import open_table
    from streams.versions import DroppedLog

    with open_table(settings, DROPPED[settings.mode]) as table:
        rows = list(DroppedLog(table).entries(datetime.now(UTC)))
    words = arabic.folded(query).split()
    rows = [r for r in rows if all(w in arabic.folded(f"{r.title} {r.outlet}") for w in words)]
    if as_json:
        typer.echo(msgspec.json.encode({"total": len(rows), "dropped": rows}).decode())
        return
    for r in rows:
        typer.echo(f"{r.fetched_at:%Y-%m-%d %H:%M}  {r.outlet}  {r.title}  ({r.reason})")
    typer.echo(f"{len(rows)} dropped in the last day")
