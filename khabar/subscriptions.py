"""Subscriptions: what makes one valid, and adding, editing and removing them; the command line and the desk use the same.

They live in a table, subscription id → message: the compacted topic `subscriptions`, or a table of the SQLite file.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping
from datetime import datetime
from heapq import nsmallest
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo

import msgspec
import structlog

from khabar import schema
from khabar.errors import KhabarError, RejectedError
from khabar.netguard import Guard
from khabar.ports import Table
from khabar.query import narrows, parse
from khabar.schema import Channel, QuietHours, Subscription, stable_id

SIGNALS: Final = ("spike", "new", "silent", "reach")
"""Kinds beyond keywords; see streams/signals.py for what the query of each says."""
MAX_CHANNELS: Final = 10
EDITABLE: Final = frozenset(Subscription.__struct_fields__) - {"schema", "id", "created_at", "updated_at", "feed_token"}
_TIME: Final = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_MAIL: Final = re.compile(r"mailto:[^\s@/,;:<>\"]+@[^\s@/,;:<>\"]+")
_READS_FILES: Final = frozenset({"attach", "template"})
"""Parameters of Apprise addresses that name a file, or an address to fetch one from."""
_SIGNAL: Final = re.compile(r"spike|new|(silent|reach)(:[1-9]\d{0,3})?", re.ASCII)
_log = structlog.get_logger()


class SubscriptionError(KhabarError):
    """A subscription that is refused; `field` names what is wrong with it."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field, self.reason = field, reason


def check(subscription: Subscription, guard: Guard, *, force: bool = False) -> None:
    """Raise SubscriptionError (or QueryError, with the place) unless the subscription can be used.

    A query that nearly every article would match is refused unless `force`.
    """
    root = parse(subscription.query).root
    if subscription.signal and not _SIGNAL.fullmatch(subscription.signal):
        raise SubscriptionError(
            "signal", f"{subscription.signal!r} is none of {', '.join(SIGNALS)}, silent:24 (hours), reach:5 (outlets)"
        )
    if not subscription.signal and not force and not narrows(root):
        raise SubscriptionError("query", "it would match nearly every article; force it if that is wanted")
    if not subscription.name.strip() or not subscription.owner.strip():
        raise SubscriptionError("name" if subscription.owner.strip() else "owner", "it has none")
    if not 0 <= subscription.min_confidence <= 1:
        raise SubscriptionError("min_confidence", "it is a number from 0 to 1")
    if subscription.max_per_hour < 0:
        raise SubscriptionError("max_per_hour", "it is 0 (no limit) or more")
    if subscription.language not in ("ar", "en"):
        raise SubscriptionError("language", "messages are written in ar or en")
    if len(subscription.channels) > MAX_CHANNELS:
        raise SubscriptionError("channels", f"more than {MAX_CHANNELS}")
    for channel in subscription.channels:
        _check_channel(channel, guard)
    _check_times(subscription)


def _check_times(subscription: Subscription) -> None:
    if subscription.expires is not None and subscription.expires.tzinfo is None:
        raise SubscriptionError("expires", "it has no time zone")
    quiet = subscription.quiet
    if quiet is None:
        return
    if not _TIME.fullmatch(quiet.start) or not _TIME.fullmatch(quiet.end) or quiet.start == quiet.end:
        raise SubscriptionError("quiet", "start and end are two different times, HH:MM")
    try:
        ZoneInfo(quiet.zone)
    except (KeyError, ValueError, OSError) as e:
        raise SubscriptionError("quiet", f"there is no time zone {quiet.zone!r}, such as Africa/Tripoli") from e


def _check_channel(channel: Channel, guard: Guard) -> None:
    if channel.kind == "webhook":
        try:
            guard.check_url(channel.address)
        except RejectedError as e:
            raise SubscriptionError("channels", f"webhook {channel.address!r}: {e.reason}") from e
    elif channel.kind == "apprise" and "://" in channel.address:
        try:
            parts = urlsplit(channel.address)
            if not (parts.hostname or "").isdecimal():  # a bot's number is no address; where one is meant, `notify` finds out
                guard.check_literal(parts.hostname or "")
        except (RejectedError, ValueError) as e:
            raise SubscriptionError("channels", f"{channel.address!r}: {e}") from e
        if named := _READS_FILES & {k.strip().lower() for k, _ in parse_qsl(parts.query, keep_blank_values=True)}:
            raise SubscriptionError("channels", f"{channel.address!r}: {min(named)}= would read a file of this machine")
    elif channel.kind == "apprise" and not _MAIL.fullmatch(channel.address):
        raise SubscriptionError("channels", f"{channel.address!r} is neither mailto:someone@example.org nor an Apprise address")


def channel_of(text: str, secret: str = "") -> dict[str, str]:
    """Return the channel that `text` names: log, atom, an https:// webhook, mailto:someone@example.org, or an Apprise address.

    An Apprise address whose scheme is http or https is given as apprise:URL, a webhook may be given as webhook:URL.
    """
    if text in ("log", "atom"):
        return {"kind": text}
    kind, _, rest = text.partition(":")
    if kind in ("webhook", "apprise"):
        return {"kind": kind, "address": rest, "secret": secret}
    if kind in ("http", "https"):
        return {"kind": "webhook", "address": text, "secret": secret}
    return {"kind": "apprise", "address": text}


def channel_text(channel: Channel) -> str:
    """Return what `channel_of` reads as this channel, but for its secret."""
    if channel.kind in ("log", "atom"):
        return channel.kind
    return channel.address if channel_of(channel.address)["kind"] == channel.kind else f"{channel.kind}:{channel.address}"


def quiet_of(text: str) -> dict[str, str] | None:
    """Return the quiet hours that 22:00-07:00@Africa/Tripoli names (Tripoli's zone if none is); None for "none"."""
    if text in ("", "none"):
        return None
    hours, _, zone = text.partition("@")
    start, _, end = hours.partition("-")
    return {"start": start.strip(), "end": end.strip(), "zone": zone.strip() or QuietHours(start="", end="").zone}


def from_mapping(values: Mapping[str, Any], base: Subscription | None = None) -> Subscription:
    """Return a subscription of plain values (of a form, a TOML table, JSON), over those of `base`.

    Raises SubscriptionError for a field that there is not, or a value of the wrong type.
    """
    unknown = sorted(set(values) - EDITABLE - {"id"})
    if unknown:
        raise SubscriptionError(unknown[0], f"there is no such field; there are {', '.join(sorted(EDITABLE))}")
    given: dict[str, Any] = msgspec.to_builtins(base) if base else {"id": "", "owner": "", "name": "", "query": ""}
    try:
        return msgspec.convert({"kind": "subscription"} | given | dict(values), Subscription, strict=False)
    except msgspec.ValidationError as e:
        reason, _, where = str(e).partition(" - at `$.")
        raise SubscriptionError(re.split(r"[.\[`]", where)[0] or "subscription", reason) from e


def new_key() -> str:
    """Return a new key for a webhook's signatures: 192 random bits, as hex."""
    return secrets.token_hex(24)


def add(
    table: Table,
    values: Mapping[str, Any],
    guard: Guard,
    *,
    now: datetime,
    token: str,
    force: bool = False,
    new_key: Callable[[], str] = new_key,
) -> Subscription:
    """Check and keep a new subscription; return it. `token` is a new secret: the address of its Atom feed.

    A webhook without a key is given a `new_key`, which nobody can work out from that address. The subscription's id comes
    from owner, name and `now` unless given; one whose id is there already is refused.
    """
    draft = from_mapping(values)
    new_id = draft.id or stable_id(draft.owner, draft.name, now.isoformat())
    made = msgspec.structs.replace(draft, id=new_id, created_at=now, updated_at=now, feed_token=token)
    made = _signed(made, {}, new_key)
    check(made, guard, force=force)
    if new_id in table:
        raise SubscriptionError("id", f"there is a subscription {new_id!r} already")
    _keep(table, made)
    return made


def edit(
    table: Table,
    subscription_id: str,
    changes: Mapping[str, Any],
    guard: Guard,
    *,
    now: datetime,
    force: bool = False,
    new_key: Callable[[], str] = new_key,
) -> Subscription:
    """Check and keep a changed subscription; return it. Raises SubscriptionError, also if there is none of that id.

    A webhook given without a key keeps the one that its address had, or is given a `new_key`.
    """
    old = get(table, subscription_id)
    keys = {c.address: c.secret for c in old.channels if c.kind == "webhook"}
    changed = msgspec.structs.replace(from_mapping(changes, old), id=subscription_id, updated_at=now)
    changed = _signed(changed, keys, new_key)
    check(changed, guard, force=force or not {"query", "signal"} & set(changes))
    _keep(table, changed)
    return changed


def _signed(subscription: Subscription, keys: Mapping[str, str], new_key: Callable[[], str]) -> Subscription:
    """Give each webhook without a key that of its address in `keys`, or a new one."""
    channels = [
        msgspec.structs.replace(c, secret=keys.get(c.address) or new_key()) if c.kind == "webhook" and not c.secret else c
        for c in subscription.channels
    ]
    return msgspec.structs.replace(subscription, channels=tuple(channels))


def _keep(table: Table, subscription: Subscription) -> None:
    table[subscription.id] = schema.dumps(subscription)


def get(table: Table, subscription_id: str) -> Subscription:
    """Return one subscription; raises SubscriptionError if there is none of that id."""
    try:
        return schema.loads(table[subscription_id], Subscription)
    except KeyError:
        raise SubscriptionError("id", f"there is no subscription {subscription_id!r}") from None


def remove(table: Table, subscription_id: str) -> None:
    """Forget a subscription; raises SubscriptionError if there is none of that id."""
    get(table, subscription_id)
    del table[subscription_id]


def all_of(table: Table) -> list[Subscription]:
    """Return all subscriptions by owner and name; one that cannot be read is logged and left out."""
    found = [s for key, value in table.items() if (s := _read(key, value)) is not None]
    return sorted(found, key=lambda s: (s.owner, s.name, s.id))


def page_of(table: Table, *, after: str, size: int) -> tuple[list[Subscription], str | None]:
    """Return the next `size` subscriptions by id after the id `after` ("": from the first), and after which to go on.

    That is None at the end. One that cannot be read is logged and left out, so that a page may hold fewer.
    """
    keys = nsmallest(size + 1, (key for key in table if key > after))
    found = [s for key in keys[:size] if (s := _read(key, table[key])) is not None]
    return found, keys[size - 1] if len(keys) > size else None


def _read(key: str, value: bytes) -> Subscription | None:
    try:
        return schema.loads(value, Subscription)
    except RejectedError as e:
        _log.warning("subscription.unreadable", subscription=key, why=e.reason)
        return None


def sync(table: Table, seen: dict[str, bytes], put: Callable[[Subscription], None], forget: Callable[[str], None]) -> None:
    """Tell `put` of each subscription that is new or other than in `seen`, `forget` of each that is gone; keep `seen`.

    How embedded mode's matcher learns of changes that another process made. One that cannot be read is logged.
    """
    now = dict(table.items())
    for gone in seen.keys() - now.keys():
        forget(gone)
        del seen[gone]
    for key, value in now.items():
        if seen.get(key) != value:
            seen[key] = value
            try:
                put(schema.loads(value, Subscription))
            except RejectedError as e:
                forget(key)
                _log.warning("subscription.unreadable", subscription=key, why=e.reason)
