"""What ingest remembers, in one Table: each feed's state, each article it brought, and the corrections it looks for.

Reads go to the table; writes are collected and given to the caller, who saves them once the articles are safe.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec
import structlog

from ingest.model import FeedState, Known
from khabar.ports import Table, get_many
from khabar.schema import Article

KEEP: Final = timedelta(days=180)
"""An article that a feed still lists after this is sent once more, and found to be unchanged downstream."""

FORGET_EVERY: Final = timedelta(days=1)
"""How often the articles of long ago are removed."""
FORGOT: Final = "forgot"
"""The key under which the table has the time when that was last done."""

log = structlog.get_logger()

_encode: Final = msgspec.msgpack.Encoder().encode


class Check(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An article whose page is asked again at `due`, to see whether it was corrected in silence.

    `article` is without its text; `text_hash` is that of its page's text, empty while the page was never read.
    """

    article: Article
    due: datetime
    stage: int = 0
    text_hash: str = ""
    etag: str = ""
    last_modified: str = ""


_state: Final = msgspec.msgpack.Decoder(FeedState).decode
_known: Final = msgspec.msgpack.Decoder(Known).decode
_checks: Final = msgspec.msgpack.Decoder(tuple[Check, ...]).decode


class Ledger:
    """Typed reading of the table, and the writes of one poll."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._forgot_at: datetime | None = None

    def feed(self, feed_id: str) -> FeedState | None:
        """Return the state of a feed, None for one that was never polled."""
        data = self._table.get(f"feed:{feed_id}")
        return None if data is None else _state(data)

    def feeds(self) -> Iterator[tuple[str, FeedState]]:
        """Return all feeds' states, also those of feeds that are no longer in the list."""
        for key in list(self._table):
            if key.startswith("feed:"):
                yield key.removeprefix("feed:"), _state(self._table[key])

    def article(self, article_id: str) -> Known | None:
        """Return what is known of an article, None for a new one."""
        data = self._table.get(f"art:{article_id}")
        return None if data is None else _known(data)

    def articles(self, article_ids: Sequence[str]) -> dict[str, Known]:
        """Return what is known of articles, by their ids; new ones are not in it."""
        found = get_many(self._table, [f"art:{i}" for i in article_ids])
        return {key.removeprefix("art:"): _known(data) for key, data in found.items()}

    def by_guids(self, guid_keys: Sequence[str]) -> dict[str, tuple[str, str]]:
        """Return (article id, its title) of the entries that GUIDs stood for when they were last seen in their feed."""
        found = get_many(self._table, [f"guid:{k}" for k in guid_keys])
        parts = {key.removeprefix("guid:"): data.decode().partition("\n") for key, data in found.items()}
        return {key: (article_id, title) for key, (article_id, _, title) in parts.items()}

    def checks(self, feed_id: str) -> tuple[Check, ...]:
        """Return the corrections that are looked for among a feed's articles."""
        data = self._table.get(f"check:{feed_id}")
        return () if data is None else _checks(data)

    def forget(self, now: datetime) -> int:
        """Remove articles seen longer ago than KEEP, and the GUIDs that stood for them; return how many articles."""
        keys = list(self._table)
        old = {k for k in keys if k.startswith("art:") and now - _known(self._table[k]).seen_at > KEEP}
        guids = [k for k in keys if k.startswith("guid:") and "art:" + self._table[k].decode().partition("\n")[0] in old]
        for key in (*old, *guids):
            del self._table[key]
        return len(old)

    def forget_daily(self, now: datetime) -> None:
        """Do `forget`, except on a day on which it was done, also by a process before this one."""
        if self._forgot_at is None and (data := self._table.get(FORGOT)) is not None:
            self._forgot_at = datetime.fromisoformat(data.decode())
        if self._forgot_at is not None and now - self._forgot_at < FORGET_EVERY:
            return
        self._forgot_at = now
        self._table[FORGOT] = now.isoformat().encode()
        log.info("ingest.forgot", articles=self.forget(now))

    def save(self, writes: dict[str, bytes | None]) -> None:
        """Apply the writes of a poll."""
        for key in [k for k, value in writes.items() if value is None]:
            self._table.pop(key, None)
        self._table.update({k: value for k, value in writes.items() if value is not None})


class Writes:
    """The writes of one poll, not yet applied."""

    def __init__(self) -> None:
        self.made: dict[str, bytes | None] = {}

    def feed(self, feed_id: str, state: FeedState) -> None:
        """Remember a feed's new state."""
        self.made[f"feed:{feed_id}"] = _encode(state)

    def article(self, article_id: str, known: Known) -> None:
        """Remember an article."""
        self.made[f"art:{article_id}"] = _encode(known)

    def guid(self, guid_key: str, article_id: str, title: str) -> None:
        """Remember which article a GUID stands for."""
        self.made[f"guid:{guid_key}"] = f"{article_id}\n{title}".encode()

    def checks(self, feed_id: str, checks: tuple[Check, ...]) -> None:
        """Remember the corrections to look for; none removes the record."""
        self.made[f"check:{feed_id}"] = _encode(checks) if checks else None
