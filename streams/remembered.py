"""What a step remembers by name, in pieces: adding to it costs the same however much there is, and it stays bounded."""

from __future__ import annotations

from typing import Any, Final
from zlib import crc32

import msgspec

from khabar.ports import Table

PIECES: Final = 2048
EACH: Final = 16
"""A piece keeps so many names, the latest put; all together some 30,000."""


class Remembered:
    """Values by name, in the keys of a table that begin with `root`; a value is whatever JSON holds."""

    def __init__(self, table: Table, root: str) -> None:
        self._table, self._root = table, root

    def get(self, name: str) -> Any:
        """Return the value of a name; None where it never was put or is forgotten."""
        return self._piece(self._key(name)).get(name)

    def put(self, name: str, value: Any) -> None:
        """Set the value of a name, which counts as the latest then; the oldest of its piece may be forgotten for it."""
        key = self._key(name)
        piece = self._piece(key)
        piece.pop(name, None)
        piece[name] = value
        if len(piece) > EACH:
            del piece[next(iter(piece))]
        self._table[key] = msgspec.json.encode(piece)

    def _key(self, name: str) -> str:
        return f"{self._root}/{crc32(name.encode('utf-8', 'surrogatepass')) % PIECES:03x}"

    def _piece(self, key: str) -> dict[str, Any]:
        stored = self._table.get(key)
        return msgspec.json.decode(stored) if stored is not None else {}
