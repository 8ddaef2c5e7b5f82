"""What became of one attempt to deliver."""

from __future__ import annotations

from datetime import timedelta

import msgspec


class Sent(msgspec.Struct, frozen=True):
    """The channel took it."""


class Failed(msgspec.Struct, frozen=True):
    """It did not, and why. `final`: trying again is no use; `wait`: what the other side asked for, if it did."""

    reason: str
    final: bool = False
    wait: timedelta | None = None


Result = Sent | Failed
