"""`khabar demo`: the sample outlets polled as real feeds over loopback, through the whole embedded pipeline."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import typer
from rich import markup
from rich.console import Console
from rich.table import Table

from khabar.errors import UnavailableError
from khabar.logs import configure
from khabar.schema import Alert, CoverageItem, Rejected
from khabar.settings import Settings, load

if TYPE_CHECKING:
    from khabar.cli._embedded import Writer
    from khabar.samples.server import SampleSite

BETWEEN = timedelta(hours=2)
"""The first round is polled as if so long ago, so that the second finds all feeds due."""


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What the demo found, read back from the store."""

    items: tuple[CoverageItem, ...]
    alerts: tuple[Alert, ...]
    dead: tuple[Rejected, ...]
    dropped: dict[str, int]

    def summary(self) -> dict[str, int]:
        """Return the figures that `--json` prints."""
        tagged = [i.tagged for i in self.items]
        return {
            "articles": len(tagged),
            "versions": sum(t.version for t in tagged),
            "copies": sum(i.copy_of is not None for i in self.items),
            "actors": len({a.id for t in tagged for a in t.actors}),
            "stances": sum(len(t.stances) for t in tagged),
            "alerts": len(self.alerts),
            "dead": len(self.dead),
        }


def register(app: typer.Typer) -> None:
    """Add `khabar demo`."""

    @app.command()
    def demo(
        once: bool = typer.Option(False, "--once", help="End after the summary, without the desk."),
        as_json: bool = typer.Option(False, "--json", help="Print the summary as JSON."),
    ) -> None:
        """Poll sample outlets through the whole embedded pipeline, print what was found, serve the desk. Needs no internet."""
        from khabar.samples.outlets import load as samples
        from khabar.samples.server import serving

        given = load(os.environ)
        if "KHABAR_LOG_LEVEL" not in os.environ:
            configure("warning", json=given.log_json)
        with tempfile.TemporaryDirectory(prefix="khabar-demo-") as directory, serving(samples()) as site:
            settings = msgspec.structs.replace(given, mode="embedded", data_dir=Path(directory), allow_networks=("127.0.0.0/8",))
            found = asyncio.run(_process(settings, site))
            if as_json:
                sys.stdout.write(msgspec.json.encode(found.summary()).decode() + "\n")
            else:
                _print(found)
            if not once:
                _serve(settings)


async def _process(settings: Settings, site: SampleSite) -> Found:
    """Poll the sample feeds, then again after the correction; return what the store then holds."""
    from ingest.feeds import feeds_of, parse
    from ingest.fetch import Fetcher, user_agent
    from ingest.poller import Options, Poller
    from ingest.schedule import Bounds
    from khabar.cli._embedded import writer
    from khabar.embedded import follow
    from khabar.netguard import Guard

    shift = BETWEEN

    def clock() -> datetime:
        return datetime.now(UTC) - shift

    feeds = [feed for outlet in parse(site.feeds_toml(), "sample feeds") for feed in feeds_of(outlet)]
    options = Options(host_spacing_s=0, host_concurrency=8, bounds=Bounds(most_s=3600))
    async with Fetcher(user_agent=user_agent(settings.contact), guard=Guard(settings.allow_networks)) as fetcher:
        with writer(settings, clock) as made:
            _subscribe(made, site, clock())
            poller = Poller(feeds, made.store.table("feeds"), fetcher, clock, options=options)
            for site.edition in (1, 2):
                await follow(poller.due_pass(), poller, made.pipeline, made.settle)
                shift = timedelta(0)
            return _found(made, clock())


def _subscribe(made: Writer, site: SampleSite, now: datetime) -> None:
    """Add the sample subscriptions; the first poll of a feed counts as backfill, so that is wanted here."""
    from khabar import subscriptions
    from khabar.netguard import Guard

    table = made.store.table("subscriptions")
    for n, asked in enumerate(site.samples.subscription, 1):
        values = {"id": f"sample-{n}", "owner": "demo", "name": asked.name, "query": asked.query, "include_backfill": True}
        subscriptions.add(table, {**values, "channels": [{"kind": "atom"}]}, Guard(), now=now, token=f"sample-{n}")
    made.refresh()


def _found(made: Writer, now: datetime) -> Found:
    from streams.versions import DroppedLog

    store = made.store
    return Found(
        items=tuple(hit.item for hit in store.search("", size=1000).hits),
        alerts=tuple(store.alerts(size=1000)),
        dead=tuple(letter for _, letter in store.dead()),
        dropped=dict(DroppedLog(store.table("dropped")).per_outlet(now)),
    )


def _print(found: Found) -> None:
    console = Console()
    table = Table("outlet", "published", "title", "actors", "stances", "", title="coverage", title_justify="left")
    names: dict[str, str] = {}
    for item in found.items:
        tagged, article = item.tagged, item.tagged.article
        names |= {a.id: a.name for a in tagged.actors}
        marks = [f"version {tagged.version}"] if tagged.version > 1 else []
        marks += [f"copy of {item.copy_of_outlet}"] if item.copy_of else []
        published = f"{article.published:%Y-%m-%d}" if article.published else ""
        table.add_row(
            article.outlet, published, article.title, str(len(tagged.actors)), str(len(tagged.stances)), ", ".join(marks)
        )
    console.print(table)
    for item in found.items:
        sentences: dict[str, list[str]] = {}
        for s in item.tagged.stances:
            verb = "تأييد" if s.polarity == "support" else "معارضة"
            said = f"{names.get(s.holder, s.holder)}: {verb} ← {names.get(s.target, s.target)} ({s.cue})"
            if said not in sentences.setdefault(s.sentence, []):
                sentences[s.sentence].append(said)
        for sentence, stances in sentences.items():
            console.print("[bold]" + " · ".join(map(markup.escape, stances)) + "[/]", highlight=False)
            console.print(f"  {sentence}", highlight=False, markup=False)
    for alert in found.alerts:
        console.print(f"alert «{alert.name}»: {alert.title}", highlight=False, markup=False)
    for letter in found.dead:
        console.print(f"dead letter of {letter.stage}: {letter.reason}", highlight=False)
    for outlet, n in sorted(found.dropped.items()):
        console.print(f"not about Libya, dropped: {n} of {outlet}")
    console.print(" ".join(f"{name}={n}" for name, n in found.summary().items()), highlight=False)


def _serve(settings: Settings) -> None:
    """Serve the desk, on a free port where its own is taken, until Ctrl-C."""
    with _stopping() as wait, ExitStack() as stack:
        from khabar.cli._embedded import desk_beside

        def now() -> datetime:
            return datetime.now(UTC)

        try:
            address = stack.enter_context(desk_beside(settings, now))
        except UnavailableError:
            address = stack.enter_context(desk_beside(msgspec.structs.replace(settings, desk_port=0), now))
        sys.stderr.write(f"\nThe desk: {address}   (end with Ctrl-C)\n")
        wait()


@contextmanager
def _stopping() -> Iterator[Any]:
    """Give a function that waits for SIGINT or SIGTERM."""
    import threading

    stop = threading.Event()
    before = {sign: signal.signal(sign, lambda *_: stop.set()) for sign in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop.wait
    finally:
        for sign, handler in before.items():
            signal.signal(sign, handler)
