"""`khabar replay`: articles from a file, as if just fetched, into either mode; goes on where it was stopped."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from khabar import schema
from khabar.errors import KhabarError, RejectedError
from khabar.schema import Article, Rejected
from khabar.settings import Settings, load

BATCH = 200
Take = Callable[[Sequence[Article], Sequence[Rejected], int], None]
"""Takes a batch of articles and of dead letters durably, with the number of the last row they came from."""


def register(app: typer.Typer) -> None:
    """Add `khabar replay`."""

    @app.command()
    def replay(
        file: Annotated[Path, typer.Argument(help="JSONL of articles (docs: README), or a .warc, .warc.gz of pages.")],
        again: Annotated[
            bool, typer.Option("--again", help="From the start, also if a replay of this file ended or stopped.")
        ] = False,
    ) -> None:
        """Send articles from a file through the stream as if just fetched, into the mode of KHABAR_MODE.

        Stopped at any point, the same command goes on where it was. Rows that are no article go to the dead letters by number.
        """
        settings = load(os.environ)
        opened = _full if settings.mode == "full" else _embedded
        with opened(settings, _name_of(file)) as (done, take):
            sent, bad = _replay(file, settings, 0 if again else done, take)
        typer.echo(f"{sent} articles, {bad} rejected rows" + (f", after row {done}" if done and not again else ""))
        if bad:
            raise typer.Exit(1)


def _now() -> datetime:
    return datetime.now(UTC)


def _name_of(file: Path) -> str:
    """Return the name under which the progress of a file is kept: what is in it, not where it lies; raises KhabarError."""
    try:
        with file.open("rb") as data:
            return hashlib.file_digest(data, "sha256").hexdigest()[:32]
    except OSError as e:
        raise KhabarError(f"{file}: {e.strerror}") from e


def _replay(file: Path, settings: Settings, done: int, take: Take) -> tuple[int, int]:
    from ingest import feeds
    from ingest.fulltext import default_rules
    from ingest.replay import read

    sent = bad = 0
    articles: list[Article] = []
    dead: list[Rejected] = []
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        bar = progress.add_task(file.name, total=None if file.suffix != ".jsonl" else _lines(file))
        number = done
        for number, found in read(file, default_rules(), feeds.by_site(feeds.outlets(settings))):
            progress.update(bar, completed=number)
            if number <= done:
                continue
            if isinstance(found, RejectedError):
                dead.append(_letter(file, number, found.reason))
            else:
                articles.append(found)
            if len(articles) + len(dead) >= BATCH:
                take(articles, dead, number)
                sent, bad = sent + len(articles), bad + len(dead)
                articles, dead = [], []
        take(articles, dead, number)
    return sent + len(articles), bad + len(dead)


def _lines(file: Path) -> int:
    with file.open("rb") as data:
        return sum(1 for _ in data)


def _letter(file: Path, number: int, reason: str) -> Rejected:
    typer.echo(f"khabar replay: row {number}: {reason}", err=True)
    why = f"{file.name}, row {number}: {reason}"
    return schema.dead_letter(reason=why, stage="replay", topic="articles", at=_now(), data=b"", key=f"{file.name}:{number}")


@contextmanager
def _embedded(settings: Settings, name: str) -> Iterator[tuple[int, Take]]:
    """Rows go through the pipeline; how far it is stands in the same transaction."""
    from khabar.cli._embedded import writer

    with writer(settings, _now) as made:
        progress = made.store.table("replays")

        def take(articles: Sequence[Article], dead: Sequence[Rejected], number: int) -> None:
            def also() -> None:
                for letter in dead:
                    made.store.bury(letter)
                progress[name] = str(number).encode()

            made.pipeline.run(articles, also=also)
            made.settle()

        yield int(progress.get(name, b"0")), take


@contextmanager
def _full(settings: Settings, name: str) -> Iterator[tuple[int, Take]]:
    """Rows go to the topic `articles`; how far it is stands in a file, written after the broker acknowledged them."""
    from khabar.kafka import KafkaBroker

    mark = settings.make_data_dir() / f"replay-{name}"
    producer = KafkaBroker(settings.kafka_bootstrap, prefix=settings.topic_prefix).producer()

    def take(articles: Sequence[Article], dead: Sequence[Rejected], number: int) -> None:
        for article in articles:
            producer.send("articles", article.id, schema.dumps(article))
        for letter in dead:
            producer.send("dead.letters", letter.key, schema.dumps(letter))
        producer.flush()
        fresh = mark.with_suffix(".new")
        fresh.write_text(str(number), encoding="utf-8")
        fresh.replace(mark)  # at once: half a mark would be none

    try:
        yield int(mark.read_text(encoding="utf-8")) if mark.exists() else 0, take
    finally:
        producer.close()
