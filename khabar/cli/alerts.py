"""`khabar alerts`: add, list, show, edit, pause, remove, try, test, import, export, and match without a store."""

from __future__ import annotations

import functools
import inspect
import os
import secrets
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
import typer

from khabar import subscriptions
from khabar.cli._adapters import open_store, open_table
from khabar.cli._input import warn_of_unknown_actors
from khabar.netguard import Guard
from khabar.ports import Table
from khabar.schema import Subscription
from khabar.settings import Settings, load
from khabar.subscriptions import SubscriptionError

Query = Annotated[str, typer.Argument(help="What to look for; see docs/query.md.")]
Id = Annotated[str, typer.Argument(help="The subscription's id.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Force = Annotated[bool, typer.Option(help="Take a query that nearly every article would match.")]
Name = Annotated[str | None, typer.Option(help="What alerts of this subscription are called.")]
Owner = Annotated[str | None, typer.Option(help="Whose it is.")]
Channels = Annotated[
    list[str] | None,
    typer.Option("--channel", help="log, atom, https://… (webhook), mailto:a@b, or an Apprise address. Repeatable."),
]
Secret = Annotated[str | None, typer.Option(help="The key that signs what a webhook is sent.")]
Per = Annotated[str | None, typer.Option(help="One alert per `article` or per `story`.")]
Deliver = Annotated[str | None, typer.Option(help="immediate, hourly, daily or weekly.")]
Quiet = Annotated[str | None, typer.Option(help="Hours without alerts: 22:00-07:00@Africa/Tripoli; `none` ends them.")]
PerHour = Annotated[int | None, typer.Option("--max-per-hour", help="At most so many an hour; 0: no limit.")]
Confidence = Annotated[float | None, typer.Option("--min-confidence", help="Stances below it do not count.")]
Language = Annotated[str | None, typer.Option(help="The messages' language: ar or en.")]
Expires = Annotated[datetime | None, typer.Option(help="When it ends (UTC).")]
Backfill = Annotated[bool | None, typer.Option("--backfill/--no-backfill", help="Also old articles of a new feed.")]
Signal = Annotated[str | None, typer.Option(help="spike, new, silent or reach instead of every match; see docs/alerts.md.")]
OPTIONS: Final = {
    "name": Name,
    "owner": Owner,
    "channels": Channels,
    "secret": Secret,
    "per": Per,
    "delivery": Deliver,
    "quiet": Quiet,
    "max_per_hour": PerHour,
    "min_confidence": Confidence,
    "language": Language,
    "expires": Expires,
    "include_backfill": Backfill,
    "signal": Signal,
}
"""What `add` and `edit` take, by the subscription's fields."""


def register(app: typer.Typer) -> None:
    """Add `khabar alerts`."""
    alerts = typer.Typer(no_args_is_help=True, help="Subscriptions: be told when an article matches.")
    app.add_typer(alerts, name="alerts")
    for command in (add, edit, pause, remove, list_, show, try_, test, import_, export, match):
        alerts.command(name=command.__name__.rstrip("_"))(command)


@contextmanager
def _opened() -> Iterator[tuple[Settings, Table, Guard]]:
    settings = load(os.environ)
    with open_table(settings, "subscriptions") as table:
        yield settings, table, Guard(settings.allow_networks)


def _changes(**given: Any) -> dict[str, Any]:
    """Return the given options as fields of a subscription; what was not given is left out."""
    changes = {k: v for k, v in given.items() if v is not None and k not in ("channels", "secret", "quiet", "expires")}
    if given.get("secret") and not given.get("channels"):
        raise SubscriptionError("secret", "it is given together with the --channel whose messages it signs")
    if given.get("channels"):
        changes["channels"] = [subscriptions.channel_of(c, given.get("secret", "")) for c in given["channels"]]
    if given.get("quiet"):
        changes["quiet"] = subscriptions.quiet_of(given["quiet"])
    if given.get("expires"):
        changes["expires"] = given["expires"].replace(tzinfo=UTC).isoformat()
    return changes


def _with_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command OPTIONS, which reach it as `given`: those that were used, by name."""
    own = [p for p in inspect.signature(command, eval_str=True).parameters.values() if p.name != "given"]
    more = [inspect.Parameter(n, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=a) for n, a in OPTIONS.items()]

    @functools.wraps(command)
    def run(**values: Any) -> None:
        options = {n: values.pop(n) for n in OPTIONS}
        command(**values, given={n: v for n, v in options.items() if v not in (None, [], "")})

    run.__signature__ = inspect.Signature([*own, *more])  # type: ignore[attr-defined]  # Typer reads it here
    run.__annotations__ = {p.name: p.annotation for p in (*own, *more)}
    return run


@_with_options
def add(query: Query, *, force: Force = False, given: dict[str, Any]) -> None:
    """Subscribe to a query; prints the new id. Without a channel, alerts go to the log."""
    values = {"query": query, "channels": ["log"], "name": query[:60], "owner": os.environ.get("USER", "analyst")} | given
    with _opened() as (settings, table, guard):
        warn_of_unknown_actors(query, settings)
        token = secrets.token_urlsafe(24)
        made = subscriptions.add(table, _changes(**values), guard, now=datetime.now(UTC), token=token, force=force)
    typer.echo(made.id)
    _tell_keys(made, given)


@_with_options
def edit(
    subscription_id: Id,
    *,
    query: Annotated[str | None, typer.Option(help="A new query.")] = None,
    force: Force = False,
    given: dict[str, Any],
) -> None:
    """Change what is given; the rest stays."""
    changes = _changes(**given | ({"query": query} if query else {}))
    if given.get("quiet") == "none":
        changes["quiet"] = None
    with _opened() as (settings, table, guard):
        warn_of_unknown_actors(query or "", settings)
        changed = subscriptions.edit(table, subscription_id, changes, guard, now=datetime.now(UTC), force=force)
    if "channels" in changes:
        _tell_keys(changed, given)


def _tell_keys(subscription: Subscription, given: dict[str, Any]) -> None:
    """Say the keys of webhooks to whom they were not given."""
    for channel in subscription.channels:
        if channel.kind == "webhook" and "secret" not in given:
            typer.echo(f"{channel.address} is signed with the key {channel.secret}", err=True)


def pause(subscription_id: Id, resume: Annotated[bool, typer.Option("--resume", help="Go on.")] = False) -> None:
    """Stop alerts for a while (--resume: go on)."""
    with _opened() as (_, table, guard):
        subscriptions.edit(table, subscription_id, {"paused": not resume}, guard, now=datetime.now(UTC))


def remove(subscription_id: Id) -> None:
    """End a subscription."""
    with _opened() as (_, table, _guard):
        subscriptions.remove(table, subscription_id)


def list_(owner: Owner = None, as_json: Json = False) -> None:
    """List subscriptions, by owner and name."""
    with _opened() as (_, table, _guard):
        found = [s for s in subscriptions.all_of(table) if owner in (None, s.owner)]
    for s in found:
        state = ", ".join(filter(None, (s.signal, "paused" if s.paused else s.delivery)))
        typer.echo(_shown(s) if as_json else f"{s.id}  {s.owner}  {s.name}  [{state}]  {s.query}")


def show(subscription_id: Id) -> None:
    """Print one subscription as JSON, secrets hidden."""
    with _opened() as (_, table, _guard):
        typer.echo(_shown(subscriptions.get(table, subscription_id)))


def try_(query: Query, since: Annotated[str, typer.Option(help="30d, 12h or 2w.")] = "30d", as_json: Json = False) -> None:
    """Tell how often a query would have fired on what is indexed, by publication date."""
    from khabar.subscriptions_io import backtest, days_ago

    settings = load(os.environ)
    with open_store(settings) as store:
        found = backtest(store, query, since=days_ago(since, datetime.now(UTC)))
    if as_json:
        typer.echo(msgspec.json.encode(msgspec.structs.replace(found, newest=())).decode())
        return
    share = f"{found.total} of {found.indexed} articles ({found.share:.0%})"
    typer.echo(f"{share} in {found.stories} stories since {found.since:%Y-%m-%d}")
    for day, count in found.by_day.items():
        typer.echo(f"  {day}  {count:5}")
    for item in found.newest:
        typer.echo(f"  {item.tagged.article.outlet}: {item.tagged.article.title}")


def test(subscription_id: Id) -> None:
    """Send a test alert to every channel of a subscription, now; exit 1 if one fails."""
    from notify.senders import Senders

    with _opened() as (settings, table, guard):
        subscription = subscriptions.get(table, subscription_id)
        failed = Senders(settings, guard).test(subscription, now=datetime.now(UTC))
    for channel, reason in failed:
        typer.echo(f"{channel}: {reason}", err=True)
    every = len(subscription.channels)
    typer.echo(f"{every - len(failed)} of {every} channels took it")
    if failed:
        raise typer.Exit(1)


def _shown(subscription: Subscription) -> str:
    hidden = [msgspec.structs.replace(c, secret="…" if c.secret else "") for c in subscription.channels]
    return msgspec.json.encode(msgspec.structs.replace(subscription, channels=tuple(hidden))).decode()


def import_(file: Annotated[Path, typer.Argument(help="A TOML file as `export` writes.")], force: Force = False) -> None:
    """Add or replace the subscriptions of a TOML file; all of them or, if one is refused, none."""
    from khabar.subscriptions_io import import_toml

    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as e:
        raise SubscriptionError(str(file), f"cannot be read: {e.strerror if isinstance(e, OSError) else e}") from e
    with _opened() as (_, table, guard):
        draft = dict(table)
        imported = import_toml(text, str(file))
        for number, values in enumerate(imported, start=1):
            _put(draft, values, guard, force, f"{file}: subscription {number}")
        table.update({k: v for k, v in draft.items() if table.get(k) != v})
    typer.echo(f"{len(imported)} subscriptions")


def export() -> None:
    """Print all subscriptions as TOML."""
    from khabar.subscriptions_io import export_toml

    with _opened() as (_, table, _guard):
        typer.echo(export_toml(subscriptions.all_of(table)), nl=False)


def match(
    file: Annotated[Path, typer.Option("--subscriptions", help="JSONL {id, query}.", exists=True, dir_okay=False)],
) -> None:
    """Articles as JSONL on stdin; prints {subscription, article, spans} a match. Touches no store.

    A bad line is named on stderr and skipped; then the exit status is 1.
    """
    from khabar.cli import _alerts_match
    from streams import taggers

    settings = load(os.environ)
    tagger = taggers.make(settings.tagger, settings.gazetteer_dir)
    with file.open("rb") as lines:
        bad = _alerts_match.run(lines, sys.stdin.buffer, tagger, sys.stdout.buffer)
    if bad:
        raise typer.Exit(1)


def _put(table: Table, values: dict[str, Any], guard: Guard, force: bool, place: str) -> None:
    """Add or replace one imported subscription; the error says which."""
    now = datetime.now(UTC)
    try:
        if values.get("id") in table:
            subscriptions.edit(table, values["id"], values, guard, now=now, force=force)
        else:
            subscriptions.add(table, values, guard, now=now, token=secrets.token_urlsafe(24), force=force)
    except SubscriptionError as e:
        raise SubscriptionError(f"{place}: {e.field}", e.reason) from e
