"""The store of embedded mode: one SQLite file with what landed, the words it is found by, and the steps' state.

What is written is ordered by (version, generation): a generation's number is its place among those this file has met,
so that a message of an older one, delivered again, changes nothing.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable, ItemsView, Iterator, MutableMapping, Sequence, ValuesView
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, Literal

from index.fts import EVERYTHING, Compiled, compile_query, plain_words, utc
from index.sqlite_schema import connect
from khabar import schema
from khabar.errors import UnavailableError
from khabar.ports import Hit, Landed, Page, Sort, Table, WriteReport
from khabar.query import keywords
from khabar.schema import TOPICS, Alert, CoverageItem, PollResult, Rejected

Outcome = Literal["stored", "superseded"]

SCAN_PAGE: Final = 500
ORDERS: Final[dict[Sort, str]] = {
    "newest": "moment DESC, id",
    "oldest": "moment, id",
    "relevance": "score, moment DESC, id",
}
_ALL: Final = "SELECT row, 0.0 AS score, (SELECT count(*) FROM articles) AS total FROM articles"
_FOUND: Final = """
WITH found AS MATERIALIZED (SELECT row, id, moment FROM articles WHERE {where})
SELECT row, {score} AS score, (SELECT count(*) FROM found) AS total FROM found {ranked}"""
_RANKED: Final = "LEFT JOIN (SELECT rowid AS row, bm25(words, 3.0, 1.0) AS rank FROM words WHERE words MATCH ?) USING (row)"
"""The articles that match are looked for once, counted and cut to a page. A word of the title weighs three of the text;
bm25 is the lower the better."""
_NEWEST_POLLS: Final = """
WITH RECURSIVE feeds(feed) AS (
    SELECT min(feed) FROM polls
    UNION ALL SELECT (SELECT min(p.feed) FROM polls p WHERE p.feed > feeds.feed) FROM feeds WHERE feed IS NOT NULL
) SELECT (SELECT p.message FROM polls p WHERE p.feed = feeds.feed ORDER BY p.at DESC LIMIT 1) FROM feeds WHERE feed IS NOT NULL"""
"""Goes from feed to feed by the key; a GROUP BY would read every poll there is."""
_POLLS_KEPT: Final = timedelta(days=TOPICS["polls"].retention_days)
"""As long as Kafka keeps them in full mode."""


class SqliteStore:
    """A Store (khabar.ports) in one file. Each thread may use it; other processes open the file themselves (WAL)."""

    def __init__(self, path: Path) -> None:
        """Open or make the file; raises UnavailableError."""
        self.path = path
        self._db = connect(path)
        self._lock = threading.RLock()
        self._depth = 0

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make all writes inside one: all are durable at its end or none is. Nested ones join the outermost.

        Raises UnavailableError if the file cannot be written (locked, full, read-only).
        """
        with self._lock, self._guard():
            if self._depth:
                yield
                return
            self._db.execute("BEGIN IMMEDIATE")
            self._depth = 1
            try:
                yield
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:  # SQLite itself ends it after some errors, a full disk among them
                    self._db.execute("ROLLBACK")
                raise
            finally:
                self._depth = 0

    def table(self, name: str) -> Table:
        """Return the state table `name` of this file; what a transaction changed in it is undone with it."""
        return _StateTable(self, name)

    def write(self, batch: Sequence[Landed]) -> WriteReport:
        """Store a batch in one transaction; raises UnavailableError, and then nothing of it is stored."""
        with self.transaction():
            outcomes = [self._write_one(landed) for landed in batch]
        return WriteReport(stored=outcomes.count("stored"), superseded=outcomes.count("superseded"))

    def search(self, query: str, *, sort: Sort = "newest", size: int = 20, offset: int = 0) -> Page:
        """Return what matches `query` (khabar.query; "" is all); raises QueryError, UnavailableError."""
        compiled = compile_query(query)
        where, values = compiled.sql.where, compiled.sql.values
        if sort == "relevance" and compiled.ranked:
            sql, values = _FOUND.format(where=where, score="coalesce(rank, 0.0)", ranked=_RANKED), (*values, compiled.ranked)
        else:
            sort = "newest" if sort == "relevance" else sort
            sql = _ALL if where == EVERYTHING.where else _FOUND.format(where=where, score="0.0", ranked="")
        rows = self._rows(f"{sql} ORDER BY {ORDERS[sort]} LIMIT ? OFFSET ?", (*values, size, offset))
        total = rows[0][2] if rows else self._count(compiled)
        return Page(total=total, hits=tuple(self._hit(row, score, compiled) for row, score, _ in rows))

    def scan(self, query: str) -> Iterator[CoverageItem]:
        """Yield all that matches `query`, by id; raises QueryError, UnavailableError."""
        sql = compile_query(query).sql
        last = ""
        while rows := self._rows(
            f"SELECT id, item FROM articles WHERE id > ? AND ({sql.where}) ORDER BY id LIMIT {SCAN_PAGE}",  # noqa: S608  # where is ours, values are bound
            (last, *sql.values),
        ):
            yield from (schema.loads(item, CoverageItem) for _, item in rows)
            last = rows[-1][0]

    def get(self, article_id: str) -> CoverageItem | None:
        """Return the newest version of an article, or None."""
        rows = self._rows("SELECT item FROM articles WHERE id = ?", (article_id,))
        return schema.loads(rows[0][0], CoverageItem) if rows else None

    def alerts(self, *, size: int = 50, offset: int = 0, subscription: str = "") -> list[Alert]:
        """Return alerts, newest first; of one subscription if it is given."""
        of = "WHERE subscription = ?" if subscription else ""
        rows = self._rows(
            f"SELECT message FROM alerts {of} ORDER BY first_seen DESC, id LIMIT ? OFFSET ?",  # noqa: S608  # of is ours
            (*([subscription] if subscription else []), size, offset),
        )
        return [schema.loads(r[0], Alert) for r in rows]

    def polls(self) -> list[PollResult]:
        """Return the newest poll of every feed, by feed."""
        rows = self._rows(_NEWEST_POLLS, ())
        return [schema.loads(r[0], PollResult) for r in rows]

    def bury(self, letter: Rejected) -> None:
        """Keep a dead letter; raises UnavailableError."""
        with self.transaction():
            self._db.execute("INSERT INTO dead (message) VALUES (?)", (schema.dumps(letter),))

    def dead(self) -> list[tuple[int, Rejected]]:
        """Return the dead letters with their numbers, oldest first."""
        return [(n, schema.loads(m, Rejected)) for n, m in self._rows("SELECT number, message FROM dead ORDER BY number", ())]

    def forget_dead(self, number: int) -> None:
        """Remove a dead letter that was dealt with."""
        with self.transaction():
            self._db.execute("DELETE FROM dead WHERE number = ?", (number,))

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._db.close()

    def execute(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run one statement of ours inside a transaction; return its rows. Raises UnavailableError."""
        with self._lock:
            if self._depth:
                return self._rows(sql, values)
            with self.transaction():
                return self._rows(sql, values)

    def execute_many(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        """Run one statement of ours for each of `rows`, in one transaction. Raises UnavailableError."""
        with self.transaction():
            self._db.executemany(sql, rows)

    def read(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Return the rows of one SELECT of ours, without a transaction of its own. Raises UnavailableError."""
        return self._rows(sql, values)

    def _rows(self, sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        with self._lock:
            try:
                return self._db.execute(sql, values).fetchall()
            except sqlite3.Error as e:
                raise self._unavailable(e) from e

    def _unavailable(self, error: sqlite3.Error) -> UnavailableError:
        return UnavailableError("sqlite", str(self.path), str(error))

    @contextmanager
    def _guard(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as e:
            raise self._unavailable(e) from e

    def _count(self, compiled: Compiled) -> int:
        sql = f"SELECT count(*) FROM articles WHERE {compiled.sql.where}"  # noqa: S608  # where is ours, values are bound
        return int(self._rows(sql, compiled.sql.values)[0][0])

    def _hit(self, row: int, score: float, compiled: Compiled) -> Hit:
        ((message,),) = self._rows("SELECT item FROM articles WHERE row = ?", (row,))
        found = schema.loads(message, CoverageItem)
        return Hit(item=found, score=-score, highlights=compiled.highlights(found))

    def _write_one(self, landed: Landed) -> Outcome:
        if isinstance(landed, CoverageItem):
            return self._write_article(landed)
        message = schema.dumps(landed)
        if isinstance(landed, Alert):
            values = (landed.id, landed.subscription, utc(landed.first_seen), message)
            done = self._db.execute("INSERT OR IGNORE INTO alerts VALUES (?, ?, ?, ?)", values)
        else:
            done = self._db.execute("INSERT OR REPLACE INTO polls VALUES (?, ?, ?)", (landed.feed, utc(landed.at), message))
            self._db.execute("DELETE FROM polls WHERE feed = ? AND at < ?", (landed.feed, utc(landed.at - _POLLS_KEPT)))
        return "stored" if done.rowcount else "superseded"

    def _write_article(self, item: CoverageItem) -> Outcome:
        tagged, article = item.tagged, item.tagged.article
        generation = self._generation(tagged.generation)
        there = self._db.execute("SELECT row, version, generation FROM articles WHERE id = ?", (article.id,)).fetchone()
        if there and (there[1], there[2]) > (tagged.version, generation):
            return "superseded"
        if there:
            self._remove(there[0])
        moment = utc(article.published or article.fetched_at)
        row = self._db.execute(
            "INSERT INTO articles VALUES (?, ?, ?, ?, ?, ?)",
            (there[0] if there else None, article.id, tagged.version, generation, moment, schema.dumps(item)),
        ).lastrowid
        self._db.execute(
            "INSERT INTO words (rowid, title, text) VALUES (?, ?, ?)",
            (row, plain_words(article.title), plain_words(article.text)),
        )
        keys = [(name, value, row) for name, values in keywords(item).items() for value in values]
        self._db.executemany("INSERT INTO facets VALUES (?, ?, ?)", keys)
        self._db.executemany(
            "INSERT OR REPLACE INTO stances VALUES (?, ?, ?, ?, ?, ?, ?)",
            [(s.id, row, s.holder, s.target, s.polarity, s.act, s.confidence) for s in tagged.stances],
        )
        return "stored"

    def _remove(self, row: int) -> None:
        for sql in (
            "DELETE FROM articles WHERE row = ?",
            "DELETE FROM words WHERE rowid = ?",
            "DELETE FROM facets WHERE row = ?",
            "DELETE FROM stances WHERE row = ?",
        ):
            self._db.execute(sql, (row,))

    def _generation(self, generation: str) -> int:
        self._db.execute("INSERT OR IGNORE INTO generations (hash) VALUES (?)", (generation,))
        return int(self._db.execute("SELECT number FROM generations WHERE hash = ?", (generation,)).fetchone()[0])


_GET_MANY: Final = """
SELECT s.key, s.value FROM json_each(?) AS asked CROSS JOIN state AS s ON s.space = ? AND s.key = asked.value"""
_SET: Final = "INSERT OR REPLACE INTO state VALUES (?, ?, ?)"


class _StateTable(MutableMapping[str, bytes]):
    def __init__(self, store: SqliteStore, name: str) -> None:
        self._run: Callable[..., list[tuple[Any, ...]]] = store.execute
        self._run_many: Callable[..., None] = store.execute_many
        self._read: Callable[..., list[tuple[Any, ...]]] = store.read
        self._name = name

    def __getitem__(self, key: str) -> bytes:
        rows = self._read("SELECT value FROM state WHERE space = ? AND key = ?", (self._name, key))
        if not rows:
            raise KeyError(key)
        return bytes(rows[0][0])

    def get_many(self, keys: Sequence[str]) -> dict[str, bytes]:
        """Return the values of those keys that are there, by one statement (khabar.ports.BulkTable)."""
        return dict(self._read(_GET_MANY, (json.dumps(list(keys)), self._name))) if keys else {}

    def __setitem__(self, key: str, value: bytes) -> None:
        self._run(_SET, (self._name, key, value))

    def update(self, *args: Any, **kwargs: Any) -> None:
        """Set all keys of a mapping (or of pairs) in one transaction."""
        self._run_many(_SET, [(self._name, key, value) for key, value in dict(*args, **kwargs).items()])

    def __delitem__(self, key: str) -> None:
        if not self._run("DELETE FROM state WHERE space = ? AND key = ? RETURNING key", (self._name, key)):
            raise KeyError(key)

    def __iter__(self) -> Iterator[str]:
        return iter([r[0] for r in self._read("SELECT key FROM state WHERE space = ? ORDER BY key", (self._name,))])

    def items(self) -> ItemsView[str, bytes]:
        return self._all().items()  # one query; the mixin's view would ask for each key

    def values(self) -> ValuesView[bytes]:
        return self._all().values()

    def _all(self) -> dict[str, bytes]:
        return dict(self._read("SELECT key, value FROM state WHERE space = ? ORDER BY key", (self._name,)))

    def __len__(self) -> int:
        return int(self._read("SELECT count(*) FROM state WHERE space = ?", (self._name,))[0][0])
