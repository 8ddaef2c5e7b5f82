"""Subscriptions as a TOML file, and how often one would have fired on what is indexed."""

from __future__ import annotations

import tomllib
from collections import Counter
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec
import tomlkit

from khabar.ports import Store
from khabar.query import parse
from khabar.schema import CoverageItem, Subscription
from khabar.subscriptions import EDITABLE, SubscriptionError

PAGE: Final = 200
MOST: Final = 5000
"""A backtest looks at the newest so many matches; `total` counts all."""


class Backtest(msgspec.Struct, frozen=True, kw_only=True):
    """What a query would have found since `since`: how many in all, by day of publication (YYYY-MM-DD), and the newest.

    `indexed` is how many articles there are in that time.
    """

    query: str
    since: datetime
    total: int
    indexed: int
    stories: int
    by_day: dict[str, int]
    newest: tuple[CoverageItem, ...]

    @property
    def share(self) -> float:
        """The part of the articles of that time that match."""
        return self.total / self.indexed if self.indexed else 0.0


def backtest(store: Store, query: str, *, since: datetime, show: int = 10) -> Backtest:
    """Return what `query` finds among the articles published since then; raises QueryError, UnavailableError."""
    parse(query)
    after = f"after:{since.date().isoformat()}"
    ranged = f"({query}) {after}" if query.strip() else after
    by_day: Counter[str] = Counter()
    stories: set[str] = set()
    newest: list[CoverageItem] = []
    total, seen = 0, 0
    while seen < MOST:
        page = store.search(ranged, sort="newest", size=PAGE, offset=seen)
        total = page.total
        for hit in page.hits:
            article = hit.item.tagged.article
            by_day[(article.published or article.fetched_at).date().isoformat()] += 1
            stories.add(hit.item.story)
            if len(newest) < show:
                newest.append(hit.item)
        seen += len(page.hits)
        if not page.hits or seen >= total:
            break
    indexed = store.search(after, size=1).total
    return Backtest(
        query=query,
        since=since,
        total=total,
        indexed=indexed,
        stories=len(stories),
        by_day=dict(sorted(by_day.items())),
        newest=tuple(newest),
    )


def days_ago(text: str, now: datetime) -> datetime:
    """Return the time that 30d, 12h or 2w names before `now`; raises SubscriptionError."""
    units = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
    number, unit = text[:-1], text[-1:]
    if not number.isascii() or not number.isdigit() or len(number) > 4 or unit not in units:
        raise SubscriptionError("since", f"{text!r} is no length of time such as 30d, 12h or 2w")
    return now - int(number) * units[unit]


def export_toml(subscriptions: list[Subscription]) -> str:
    """Return the subscriptions as a TOML file that `import_toml` reads; what has its default value is left out.

    Channels' secrets are in it, the secret addresses of Atom feeds are not.
    """
    document = tomlkit.document()
    tables = tomlkit.aot()
    defaults = msgspec.to_builtins(Subscription(id="", owner="", name="", query=""))
    for subscription in subscriptions:
        plain = msgspec.to_builtins(subscription)
        table = tomlkit.table()
        for field in ("id", *sorted(EDITABLE)):
            value = plain.get(field)
            if value is not None and (field in ("id", "owner", "name", "query") or value != defaults.get(field)):
                table.add(field, value)
        tables.append(table)
    document.add("subscription", tables)
    return tomlkit.dumps(document)


def import_toml(text: str, name: str) -> list[dict[str, Any]]:
    """Return the values of each [[subscription]] of a TOML file; raises SubscriptionError that names the file `name`."""
    try:
        tables = tomllib.loads(text).get("subscription", [])
    except tomllib.TOMLDecodeError as e:
        raise SubscriptionError(name, f"not TOML: {e}") from e
    if not isinstance(tables, list) or not all(isinstance(t, dict) for t in tables):
        raise SubscriptionError(name, "it holds [[subscription]] tables")
    return tables
