"""A mention of an actor, as the other steps get it; apart from actors.py, which is compiled, for a struct cannot be."""

from __future__ import annotations

import msgspec

from khabar.schema import FieldName


class Found(msgspec.Struct, frozen=True, gc=False):
    """A mention: offsets into the original field; the span holds ال but no other clitic."""

    field: FieldName
    start: int
    end: int
    actor: str
    rule: str
