"""`khabar lag`: how far each worker is behind: the first thing to look at when news comes late."""

from __future__ import annotations

import os
import sys
from typing import Annotated, Final

import msgspec
import typer

from khabar.cli._workers import INDEX, NOTIFY, STREAMS
from khabar.errors import SettingsError
from khabar.settings import load

READERS: Final = {
    STREAMS: ("articles", "tagged", "coverage"),
    INDEX: ("coverage", "alerts", "polls"),
    NOTIFY: ("alerts",),
}
"""Which topics each group reads."""


def register(app: typer.Typer) -> None:
    """Add `khabar lag`."""

    @app.command()
    def lag(
        above: Annotated[int, typer.Option(min=0, help="Exit status 1 where more messages than this wait.")] = sys.maxsize,
        as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")] = False,
    ) -> None:
        """Show how many messages wait for each worker, by topic (full mode)."""
        from khabar.kafka import KafkaBroker, lags

        settings = load(os.environ)
        if settings.mode != "full":
            raise SettingsError("KHABAR_MODE: only in full mode do messages wait; embedded mode takes each poll through at once")
        found = lags(KafkaBroker(settings.kafka_bootstrap, prefix=settings.topic_prefix), READERS)
        for (group, topic), waiting in found.items():
            row = {"group": group, "topic": topic, "waiting": waiting}
            typer.echo(msgspec.json.encode(row).decode() if as_json else f"{group:15} {topic:9} {waiting:9}")
        if max(found.values()) > above:
            raise typer.Exit(1)
