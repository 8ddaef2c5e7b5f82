"""Dates between which something holds: a role, an office, somebody's word for a body."""

from __future__ import annotations

from datetime import date


def holds(since: date | None, until: date | None, on: date | None) -> bool:
    """Return whether a date lies within bounds, both included; a missing one is open, an unknown date within all."""
    return on is None or ((since is None or since <= on) and (until is None or on <= until))
