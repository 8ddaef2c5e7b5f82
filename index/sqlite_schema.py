"""The tables of the one SQLite file, and how it is opened."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Final

from index.sql_functions import install
from khabar.errors import UnavailableError

LAYOUT: Final = 1
"""Raised with every change of the tables; a file of another layout is refused by name."""

TABLES: Final = """
CREATE TABLE IF NOT EXISTS articles (
    row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, version INTEGER NOT NULL, generation INTEGER NOT NULL,
    moment TEXT NOT NULL, item BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS articles_moment ON articles (moment DESC, id);
CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5 (title, text, tokenize = 'ascii');
CREATE TABLE IF NOT EXISTS facets (
    name TEXT NOT NULL, value TEXT NOT NULL, row INTEGER NOT NULL, PRIMARY KEY (name, value, row)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS facets_row ON facets (row);
CREATE TABLE IF NOT EXISTS stances (
    id TEXT PRIMARY KEY, row INTEGER NOT NULL,
    holder TEXT NOT NULL, target TEXT NOT NULL, polarity TEXT NOT NULL, act TEXT NOT NULL, confidence REAL NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS stances_row ON stances (row);
CREATE INDEX IF NOT EXISTS stances_pair ON stances (holder, target, polarity);
CREATE TABLE IF NOT EXISTS alerts (
    id TEXT PRIMARY KEY, subscription TEXT NOT NULL, first_seen TEXT NOT NULL, message BLOB NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS alerts_time ON alerts (first_seen DESC);
CREATE INDEX IF NOT EXISTS alerts_of ON alerts (subscription, first_seen DESC);
CREATE TABLE IF NOT EXISTS polls (
    feed TEXT NOT NULL, at TEXT NOT NULL, message BLOB NOT NULL, PRIMARY KEY (feed, at)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS dead (number INTEGER PRIMARY KEY AUTOINCREMENT, message BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS generations (number INTEGER PRIMARY KEY, hash TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS state (
    space TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY (space, key)
) WITHOUT ROWID;
"""
"""`words` holds the folded words as they stand, one blank between two; the ascii tokenizer cuts nothing but those blanks,
as every other character of a word is a letter or digit. `moment` is when an article was published, where that is not
known when it was fetched. `facets` are the values that a query's fields ask for."""


def connect(path: Path) -> sqlite3.Connection:
    """Open (or make) the file at `path`; raises UnavailableError if that cannot be, or its layout is another."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False)
    except (sqlite3.Error, OSError) as e:
        raise UnavailableError("sqlite", str(path), str(e)) from e
    try:
        _prepare(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA cache_size = -65536")  # KiB
        layout = connection.execute("PRAGMA user_version").fetchone()[0]
        install(connection)
        if layout not in (0, LAYOUT):
            raise UnavailableError("sqlite", str(path), f"its layout is {layout}, this release reads {LAYOUT}")
        if layout == 0:
            connection.executescript(f"BEGIN IMMEDIATE; {TABLES} PRAGMA user_version = {LAYOUT}; COMMIT;")
    except sqlite3.Error as e:
        raise UnavailableError("sqlite", str(path), str(e)) from e
