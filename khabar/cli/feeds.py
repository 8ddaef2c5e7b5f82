"""`khabar feeds`: the list of feeds, one's own additions to it, what the parser sees in one, and how they are."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from khabar import settings as settings_module
from khabar.errors import RejectedError
from khabar.settings import Settings

if TYPE_CHECKING:
    from ingest.discover import Found
    from ingest.fetch import Fetcher

Json = Annotated[bool, typer.Option("--json", help="Print JSON for a script to read.")]
app = typer.Typer(no_args_is_help=True, help="The feeds that are watched.")


def register(cli: typer.Typer) -> None:
    """Add the command group `feeds`."""
    cli.add_typer(app, name="feeds")


def _settings() -> Settings:
    return settings_module.load(os.environ)


def _print_json(value: Any) -> None:
    typer.echo(json.dumps(msgspec.to_builtins(value), ensure_ascii=False, indent=2))


def _fetcher(settings: Settings) -> Fetcher:
    from ingest.fetch import Fetcher, user_agent
    from khabar.netguard import Guard

    return Fetcher(user_agent=user_agent(settings.contact), guard=Guard(settings.allow_networks))


@app.command("list")
def list_feeds(json_: Json = False) -> None:
    """List all feeds with their outlets."""
    from ingest import feeds

    found = feeds.load(_settings())
    if json_:
        _print_json(found)
        return
    for feed in found:
        columns = [feed.id, feed.outlet_name, feed.outlet_name_en, feed.country, feed.kind, feed.url]
        typer.echo("\t".join([*columns, "paused"] if feed.paused else columns))


@app.command()
def add(
    address: Annotated[str, typer.Argument(help="The address of a feed, or of any page of a site that has one.")],
    *,
    outlet: Annotated[str, typer.Option(help="The id of a known outlet, or of a new one.")] = "",
    name_ar: Annotated[str, typer.Option(help="The outlet's name in Arabic.")] = "",
    name_en: Annotated[str, typer.Option(help="The outlet's name in English.")] = "",
    country: Annotated[str, typer.Option(help="Two letters, ISO 3166-1.")] = "",
    kind: Annotated[str, typer.Option(help="state, private, party, agency, public or aggregator.")] = "private",
) -> None:
    """Find the feed at an address, look at it, and add it to the list."""
    from ingest import feedfile, feeds
    from ingest.model import Kind

    if kind not in feeds.KINDS:
        raise RejectedError(f"--kind is one of {', '.join(feeds.KINDS)}, not {kind!r}")
    settings = _settings()
    address = address if "://" in address else f"https://{address}"
    found, why = asyncio.run(_discover(settings, address))
    if not found:
        raise RejectedError(f"no feed with entries was found at {address}{why}")
    best = found[0]
    known = {o.id: o for o in feeds.outlets(settings)}
    name = outlet or feedfile.name_for(best.url, list(known))
    title = best.title or name
    entry = known.get(name) or feeds.Outlet(
        id=name,
        name_ar=name_ar or title,
        name_en=name_en or title,
        kind=msgspec.convert(kind, Kind),
        country=country,
        site=address,
    )
    path = feedfile.add(settings, feedfile.with_feed(entry, best.url))
    typer.echo(f"added {best.url} ({best.format}, {best.entries} entries) to outlet {name} in {path}")
    for other in found[1:]:
        typer.echo(f"also there: {other.url} ({other.entries} entries)")


async def _discover(settings: Settings, address: str) -> tuple[list[Found], str]:
    """Return the feeds found, and why the address itself could not be read, if so."""
    from ingest import discover
    from ingest.fetch import Failed

    async with _fetcher(settings) as fetcher:
        found = await discover.find(fetcher, address)
        got = None if found else await fetcher.get(address)
        return found, f": {got.reason}, {got.error}" if isinstance(got, Failed) else ""


@app.command("test")
def look_at(
    source: Annotated[str, typer.Argument(metavar="URL|FILE", help="The address of a feed, or a file.")],
    country: Annotated[str, typer.Option(help="The outlet's country, for dates without a zone.")] = "",
    json_: Json = False,
) -> None:
    """Show what the parser sees in a feed; exit status 1 if it is none."""
    remote = "://" in source
    seen = asyncio.run(_look(_settings(), source, country)) if remote else _look_into(Path(source), country)
    if json_:
        _print_json(seen)
    else:
        typer.echo(f"{seen['outcome']}  {seen['encoding']}  {seen['title']}")
        for entry in seen["entries"]:
            typer.echo(f"  {entry['published'] or '-':25}  {entry['text_chars']:6}  {entry['title']}  {entry['url']}")
        if seen["problems"]:
            typer.echo(f"problems: {', '.join(seen['problems'])}")
    if seen["outcome"] != "ok":
        raise typer.Exit(1)


async def _look(settings: Settings, source: str, country: str) -> dict[str, Any]:
    from ingest import preview
    from ingest.fetch import Fetched
    from ingest.model import Feed

    feed = Feed(id="test", url=source, outlet="test", country=country)
    async with _fetcher(settings) as fetcher:
        got = await fetcher.get(source)
    if not isinstance(got, Fetched):
        return preview.failure(getattr(got, "reason", "not_modified"), getattr(got, "error", ""))
    return preview.look(got.body, got.headers.get("content-type", ""), got.url, feed, datetime.now(UTC))


def _look_into(file: Path, country: str) -> dict[str, Any]:
    from ingest import preview
    from ingest.model import Feed

    try:
        body = file.read_bytes()
    except OSError as e:
        raise RejectedError(f"cannot read {file}: {e.strerror} (an address begins with http:// or https://)") from e
    return preview.look(body, "", "", Feed(id="test", url=str(file), outlet="test", country=country), datetime.now(UTC))


@app.command()
def pause(
    feed: Annotated[str, typer.Argument(metavar="FEED", help="A feed's id or address.")],
    resume: Annotated[bool, typer.Option("--resume", help="Take the feed up again.")] = False,
) -> None:
    """Stop asking a feed, without forgetting it."""
    from ingest import feedfile, feeds

    settings = _settings()
    url = next((f.url for f in feeds.load(settings) if feed in (f.id, f.url)), "")
    if not url:
        raise RejectedError(f"no feed has the id or address {feed}")
    path = feedfile.pause(settings, url, paused=not resume)
    typer.echo(f"{'resumed' if resume else 'paused'} {url} in {path}")


@app.command()
def opml(
    file: Annotated[Path | None, typer.Argument(help="A file to import; without one, the list is exported.")] = None,
) -> None:
    """Import an OPML file, or export the list as one."""
    from ingest import feedfile, feeds
    from ingest import opml as opml_module

    settings = _settings()
    if file is None:
        sys.stdout.write(opml_module.export(feeds.outlets(settings)))
        return
    try:
        lines = opml_module.read(file.read_bytes())
    except OSError as e:
        raise RejectedError(f"cannot read {file}: {e.strerror}") from e
    added, refused = feedfile.take(settings, lines)
    for error in refused:
        typer.echo(f"khabar: passed over: {error}", err=True)
    typer.echo(f"{added} of {len(lines)} feeds added to {feeds.own_file(settings)}")


@app.command()
def health(
    all_: Annotated[bool, typer.Option("--all", help="Show the feeds that are good as well.")] = False,
    json_: Json = False,
) -> None:
    """Show how the feeds are: those that need a person, and the sums of all."""
    from index.sqlite import SqliteStore
    from ingest import feeds
    from ingest import health as health_module
    from khabar.cli._feedstate import TABLE, file_of

    settings, now = _settings(), datetime.now(UTC)
    store = SqliteStore(file_of(settings))
    try:
        rows = health_module.health(feeds.load(settings), store.table(TABLE), now)
    finally:
        store.close()
    if json_:
        _print_json(rows)
    else:
        from khabar.cli import _feeds_health

        _feeds_health.show(rows, now, all_=all_, width=_feeds_health.terminal_width())
