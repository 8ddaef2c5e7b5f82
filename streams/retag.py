"""An article of the index, tagged again: what a newer gazetteer or grammar says of a text that was kept."""

from __future__ import annotations

from typing import Final

import msgspec

from khabar.ports import Tagger, Tags
from khabar.schema import CoverageItem

FIELDS: Final = Tags.__struct_fields__


def retagged(item: CoverageItem, tagger: Tagger, generation: str) -> CoverageItem | None:
    """Return `item` as `tagger` tags its article now, of the same version and of `generation`; None if nothing changed."""
    tags = tagger.tag(item.tagged.article)
    now = {field: getattr(tags, field) for field in FIELDS}
    if now == {field: getattr(item.tagged, field) for field in FIELDS}:
        return None
    return msgspec.structs.replace(item, tagged=msgspec.structs.replace(item.tagged, generation=generation, **now))
