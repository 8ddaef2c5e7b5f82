"""A mention while a field is read."""

from __future__ import annotations

import msgspec


class Claim(msgspec.Struct, frozen=True):
    """A mention in the matching text: its span there, whom it means, and the rule that says so."""

    start: int
    end: int
    actor: str
    rule: str
