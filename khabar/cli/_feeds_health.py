"""How `khabar feeds health` looks in a terminal: what needs a person as a table of the width there is, and sums below it."""

from __future__ import annotations

import shutil
import sys
import textwrap
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

import typer
from rich.cells import cell_len, set_cell_size

from ingest.health import Health

NARROW: Final = 100
WIDE: Final = 150
"""From so many columns on a table has more of them."""
MAY_BE_CUT: Final = frozenset({"feed", "outcome", "error", "outlet"})
CUT: Final = 12
"""Where there is no room, only these columns are cut, and not shorter than this."""
PIPED: Final = 200
"""The width where no terminal is."""
GAP: Final = "  "


def show(rows: Sequence[Health], now: datetime, *, all_: bool, width: int) -> None:
    """Print the feeds that are not simply good (`all_`: those too), then how many are how and how complete what came is.

    The outlet's name stands last, so that a terminal that turns Arabic round leaves the other cells where they are.
    """
    shown = [r for r in rows if all_ or r.condition != "good"]
    for line in _table(shown, now, width):
        typer.echo(line)
    typer.echo(", ".join(f"{n} {c}" for c, n in Counter(r.condition for r in rows).items()))
    for line in completeness(rows):
        typer.echo(textwrap.fill(line, width))


def terminal_width() -> int:
    """Return how wide the terminal is, PIPED where the output goes elsewhere."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else PIPED


def _table(rows: Sequence[Health], now: datetime, width: int) -> list[str]:
    if not rows:
        return []
    columns = [c for c in _columns(now) if c[1] <= width]
    lines = [[c[0] for c in columns], *([value(row) for *_, value in columns] for row in rows)]
    widths = [max(map(cell_len, cells)) for cells in zip(*lines, strict=True)]
    cut = [n for n, c in enumerate(columns) if c[0] in MAY_BE_CUT]
    too_wide = sum(widths) + len(GAP) * (len(widths) - 1) - width
    for _ in range(too_wide):
        widest = max(cut, key=widths.__getitem__)
        widths[widest] = max(CUT, widths[widest] - 1)
    return [
        GAP.join(_cell(text, size, right=c[2]) for text, size, c in zip(line, widths, columns, strict=True)).rstrip()
        for line in lines
    ] + [""]


def _cell(text: str, size: int, *, right: bool) -> str:
    short = text if cell_len(text) <= size else set_cell_size(text, size - 1) + "…"
    return " " * (size - cell_len(short)) + short if right else set_cell_size(short, size)


Column = tuple[str, int, bool, Callable[[Health], str]]
"""Heading, from which width on, whether right-justified, and a feed's cell."""


def _columns(now: datetime) -> list[Column]:
    return [
        ("condition", 0, False, lambda r: r.condition),
        ("feed", 0, False, lambda r: r.feed),
        ("last poll", 0, False, lambda r: clock_time(r.last_poll, now)),
        ("next", NARROW, False, lambda r: clock_time(r.next_poll, now)),
        ("outcome", 0, False, lambda r: f"{r.outcome} ×{r.failures}" if r.failures > 1 else r.outcome),
        ("entries", WIDE, True, lambda r: str(r.entries)),
        ("new", 0, True, lambda r: str(r.new)),
        ("text", WIDE, True, lambda r: str(r.full_text)),
        ("delay", WIDE, True, lambda r: span(r.delay_s)),
        ("gap", NARROW, True, lambda r: span(r.gap_s)),
        ("error", WIDE, False, lambda r: (r.error if r.error != r.outcome else "")[:40]),
        ("notes", WIDE, False, _notes),
        ("outlet", 0, False, lambda r: r.outlet_name),
    ]


def _notes(row: Health) -> str:
    notes = (("distrusted", row.distrust), ("missed", row.missed > 0), ("moved", bool(row.moved_to)), ("websub", row.websub))
    return " ".join(name for name, there in notes if there)


def completeness(rows: Sequence[Health]) -> list[str]:
    """Return lines that say what was seen, what of it was new, why the rest was not, and how late; none before a first poll."""
    entries, new, texts = (sum(getattr(r, n) for r in rows) for n in ("entries", "new", "full_text"))
    if not entries:
        return []
    skipped: Counter[str] = Counter()
    for row in rows:
        skipped.update(row.skipped)
    why = ", ".join(f"{n} {name}" for name, n in skipped.most_common())
    lines = [f"entries: {entries} listed, {new} new ({texts} texts from their pages); passed over: {why or 'none'}"]
    if missed := sum(r.missed for r in rows):
        lines.append(f"{missed} polls listed nothing that was known: entries before them may have been missed")
    delays = sorted(r.delay_s for r in rows if r.delay_s)
    if delays:
        lines.append(f"from an entry's date to its first sight: {span(delays[len(delays) // 2])} in the median feed")
    return lines


def clock_time(at: datetime | None, now: datetime) -> str:
    """Return a time as hours and minutes, with the day where it is not today's; UTC."""
    if at is None:
        return "-"
    return at.strftime("%H:%M" if at.date() == now.date() else "%m-%d %H:%M")


def span(seconds: float) -> str:
    """Return a duration in its fitting unit."""
    if not seconds:
        return "-"
    for most, unit, size in ((120, "s", 1), (7200, "min", 60), (172_800, "h", 3600)):
        if seconds < most:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds / 86400:.0f} d"
