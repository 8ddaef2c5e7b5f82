"""`khabar retag`: the articles of the index tagged again, after the gazetteer or the grammar has changed."""

from __future__ import annotations

import itertools
import os
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Annotated

import msgspec
import structlog
import typer

from khabar.errors import KhabarError
from khabar.ports import Store, Tagger
from khabar.schema import CoverageItem
from khabar.settings import load

BATCH = 200
"""So many articles are written at a time."""

_log = structlog.get_logger()


def register(app: typer.Typer) -> None:
    """Add `khabar retag`."""

    @app.command()
    def retag(
        since: Annotated[str, typer.Option(help="Articles published since then, YYYY-MM-DD.")],
        *,
        dry_run: Annotated[bool, typer.Option(help="Count what would change; write nothing.")] = False,
        as_json: Annotated[bool, typer.Option("--json", help="Print the counts as JSON.")] = False,
    ) -> None:
        """Tag the index's articles again, and write those whose tags changed. Raises no alerts; a second run changes nothing."""
        from khabar.cli._adapters import open_store
        from streams import taggers

        try:
            day = date.fromisoformat(since)
        except ValueError as e:
            raise KhabarError(f"--since {since}: not a date YYYY-MM-DD") from e
        settings = load(os.environ)
        with open_store(settings) as store:
            tagger = taggers.make(settings.tagger, settings.gazetteer_dir)
            counts = run(store, tagger, day, now=datetime.now(UTC), write=not dry_run)
        if as_json:
            sys.stdout.write(msgspec.json.encode(counts).decode() + "\n")
        else:
            sys.stdout.write(f"{counts['read']} read, {counts['changed']} changed{' (not written)' if dry_run else ''}\n")


def run(store: Store, tagger: Tagger, since: date, *, now: datetime, write: bool = True) -> Counter[str]:
    """Tag what was published since `since` again; return how many were read, changed, stored, superseded and refused.

    What is written bears the tagger's generation and `now`: a store orders generations by when it first saw them, so that a
    gazetteer taken back to an earlier state would else never replace what came between.
    Raises UnavailableError where the store does; what was written stays, and the same call may be made again.
    """
    from streams.retag import retagged

    counts: Counter[str] = Counter(read=0, changed=0)
    generation = f"{tagger.generation}-{now:%Y%m%dT%H%M%S}"
    for batch in _batches(store, since):
        changed = [new for new in (retagged(item, tagger, generation) for item in batch) if new]
        counts.update(read=len(batch), changed=len(changed))
        if write and changed:
            report = store.write(changed)
            counts.update(stored=report.stored, superseded=report.superseded, refused=len(report.refused))
            for refusal in report.refused:
                _log.warning("retag.refused", id=refusal.id, reason=refusal.reason)
    _log.info("retag", since=str(since), generation=tagger.generation, **counts)
    return counts


def _batches(store: Store, since: date) -> Iterator[list[CoverageItem]]:
    items = store.scan(f"after:{since}")
    while batch := list(itertools.islice(items, BATCH)):
        yield batch
