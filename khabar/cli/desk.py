"""`khabar desk`: the analysts' page alone, over the store of either mode."""

from __future__ import annotations

import asyncio
import os
import signal
from datetime import UTC, datetime

import typer

from khabar.settings import Settings, load


def register(app: typer.Typer) -> None:
    """Add `khabar desk`."""

    @app.command()
    def desk() -> None:
        """Serve the desk (docs/desk.md) over the SQLite file, or with KHABAR_MODE=full over Elasticsearch."""
        asyncio.run(_desk(load(os.environ)))


async def _desk(settings: Settings) -> None:
    from desk.serve import serve
    from khabar.cli._adapters import open_store, open_table

    stop = asyncio.Event()
    for sign in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(sign, stop.set)
    with open_store(settings) as store:
        await serve(
            settings,
            store,
            lambda: datetime.now(UTC),
            stop,
            lambda address: typer.echo(f"desk: {address}"),
            subscriptions=lambda: open_table(settings, "subscriptions"),
        )
