"""`khabar dead`: what was rejected for good, with its reason, and the way back into the stream once the cause is gone."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from typing import Annotated, Any, Final

import msgspec
import typer

from khabar.errors import KhabarError, RejectedError
from khabar.ports import Record
from khabar.schema import Article, CoverageItem, Rejected, TaggedArticle, loads
from khabar.settings import Settings, load

Letters = dict[str, Rejected]
Retry = Callable[[str, Rejected], None]
Json = Annotated[bool, typer.Option("--json", help="Print JSON lines.")]
Stage = Annotated[str, typer.Option(help="Only those of this stage: tag, cluster, match, index, notify, …")]
SHOWN_REASON: Final = 100


class DeadLetterError(KhabarError):
    """A dead letter that is not there, or cannot go back."""


def register(app: typer.Typer) -> None:
    """Add `khabar dead`."""
    group = typer.Typer(no_args_is_help=True, help="Dead letters: messages that were rejected for good.")
    app.add_typer(group, name="dead")

    @group.command("list")
    def list_(stage: Stage = "", json: Json = False) -> None:
        """List the dead letters, oldest first: id, time, stage, topic, key, bytes, reason."""
        with opened(load(os.environ)) as (letters, _):
            for number, letter in letters.items():
                if stage in ("", letter.stage):
                    typer.echo(as_json(number, letter) if json else line(number, letter))

    @group.command()
    def show(number: Annotated[str, typer.Argument(metavar="ID")]) -> None:
        """Show one dead letter whole, as JSON; `text` is its message as far as it is UTF-8."""
        with opened(load(os.environ)) as (letters, _):
            letter = found(letters, number)
            typer.echo(as_json(number, letter, text=letter.data.decode("utf-8", "replace"), kept=len(letter.data)))

    @group.command()
    def retry(
        numbers: Annotated[list[str] | None, typer.Argument(metavar="ID...")] = None,
        every: Annotated[bool, typer.Option("--all", help="All of them (with --stage: all of that stage).")] = False,
        stage: Stage = "",
    ) -> None:
        """Send messages back to the topic that refused them, once the cause is gone. Exit status 1 if one cannot go."""
        if bool(numbers) == every:
            raise typer.BadParameter("give the ids, or --all")
        with opened(load(os.environ)) as (letters, again):
            wanted = numbers or [n for n, letter in letters.items() if stage in ("", letter.stage)]
            if not send_again([(n, found(letters, n)) for n in wanted], again):
                raise typer.Exit(1)


def send_again(wanted: list[tuple[str, Rejected]], again: Retry) -> bool:
    """Send each message again and say so; return whether all could go."""
    whole = True
    for number, letter in wanted:
        try:
            if len(letter.data) < letter.size:
                raise RejectedError(f"only {len(letter.data)} of its {letter.size} bytes were kept")
            again(number, letter)
        except RejectedError as e:
            whole = False
            typer.echo(f"{number}: not sent: {e.reason}", err=True)
        else:
            typer.echo(f"{number}: sent again to {letter.topic}")
    return whole


def found(letters: Letters, number: str) -> Rejected:
    """Return the letter of that id; raises DeadLetterError."""
    if number not in letters:
        raise DeadLetterError(f"there is no dead letter {number}; `khabar dead list` shows those there are")
    return letters[number]


def line(number: str, letter: Rejected) -> str:
    """Return a letter as one line to read."""
    reason = " ".join(letter.reason.split())[:SHOWN_REASON]
    return (
        f"{number}  {letter.at:%Y-%m-%d %H:%M:%S}  {letter.stage}  {letter.topic}  {letter.key or '-'}  {letter.size} B  {reason}"
    )


def as_json(number: str, letter: Rejected, **more: Any) -> str:
    """Return a letter as one JSON object, without its bytes."""
    shown = {k: v for k, v in msgspec.to_builtins(letter).items() if k not in ("kind", "schema", "data")}
    return msgspec.json.encode({"id": number, **shown, **more}).decode()


@contextmanager
def opened(settings: Settings) -> Iterator[tuple[Letters, Retry]]:
    """Give the dead letters by id and the way to send one again. Raises UnavailableError."""
    with _kafka(settings) if settings.mode == "full" else _sqlite(settings) as both:
        yield both


@contextmanager
def _kafka(settings: Settings) -> Iterator[tuple[Letters, Retry]]:
    """Open the topic; a letter's id is its partition and offset. It stays there when its message is sent again."""
    from khabar.kafka import KafkaBroker

    broker = KafkaBroker(settings.kafka_bootstrap, prefix=settings.topic_prefix)
    reader = broker.consumer(None, ["dead.letters"])
    letters: Letters = {}
    try:
        while not reader.at_end():
            letters |= letters_in(reader.poll(500, 0.5))
    finally:
        reader.close()
    producer = broker.producer()
    try:
        yield dict(sorted(letters.items(), key=lambda n: n[1].at)), lambda _, x: producer.send(x.topic, x.key, x.data)
    finally:
        producer.close()


def letters_in(records: Iterable[Record]) -> Letters:
    """Return the letters of the topic's records by partition and offset; one that cannot be read is said and passed over."""
    letters: Letters = {}
    for r in records:
        number = f"{r.partition}:{r.offset}"
        try:
            letters[number] = loads(r.value or b"", Rejected)
        except RejectedError as e:
            typer.echo(f"khabar: dead letter {number} cannot be read: {e.reason}", err=True)
    return letters


@contextmanager
def _sqlite(settings: Settings) -> Iterator[tuple[Letters, Retry]]:
    """Open the table of embedded mode; a message that went through is no dead letter any more."""
    from index.sqlite import SqliteStore

    with closing(SqliteStore(settings.database)) as store:
        letters = {str(number): letter for number, letter in store.dead()}
    yield letters, lambda number, letter: _run_again(settings, int(number), letter)


def _run_again(settings: Settings, number: int, letter: Rejected) -> None:
    from khabar.cli._embedded import writer

    article = article_of(letter)
    with writer(settings, lambda: datetime.now(UTC)) as made:
        made.pipeline.run([article], also=lambda: made.store.forget_dead(number))
        made.settle()


def article_of(letter: Rejected) -> Article:
    """Return the article that a dead letter's message is about; raises RejectedError where it is about none."""
    match letter.topic:
        case "articles":
            return loads(letter.data, Article)
        case "tagged":
            return loads(letter.data, TaggedArticle).article
        case "coverage":
            return loads(letter.data, CoverageItem).tagged.article
    raise RejectedError(f"a message of {letter.topic} cannot be run again in embedded mode")
