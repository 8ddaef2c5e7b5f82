"""The order of the tagger's generations: a hash has none, so a store numbers them as it meets them."""

from __future__ import annotations

from typing import Final

from index.elastic import Elastic, RefusedError
from khabar.errors import UnavailableError

PER_VERSION: Final = 1_000_000
_DOC: Final = "generations"
_ATTEMPTS: Final = 20


def rank(version: int, generation: int) -> int:
    """Return the one number that orders (version, generation): an external version for Elasticsearch."""
    return version * PER_VERSION + generation


class Generations:
    """The numbers of generations, kept in one document that all writers share."""

    def __init__(self, elastic: Elastic, index: str) -> None:
        self._elastic, self._path, self._known = elastic, f"/{index}/_doc/{_DOC}", dict[str, int]()

    def number(self, generation: str) -> int:
        """Return the place of a generation, from 1; one not met before is now the newest. Raises UnavailableError."""
        for _ in range(_ATTEMPTS):
            if generation in self._known:
                return self._known[generation]
            found = self._elastic.call("GET", self._path, missing_ok=True) or {}
            hashes = list(found["_source"]["hashes"]) if found.get("found") else []
            if generation not in hashes and not self._append(hashes, generation, found):
                continue
            self._known = {h: n for n, h in enumerate(hashes, 1)}
        raise UnavailableError("elasticsearch", self._elastic.url, "the generations' document changes all the time")

    def _append(self, hashes: list[str], generation: str, found: dict[str, object]) -> bool:
        """Add one; return False if another writer was first."""
        hashes.append(generation)
        if found.get("found"):
            params = {"if_seq_no": str(found["_seq_no"]), "if_primary_term": str(found["_primary_term"])}
        else:
            params = {"op_type": "create"}
        params["require_alias"] = "true"
        try:
            self._elastic.call("PUT", self._path, {"hashes": hashes}, params=params)
        except RefusedError as e:
            if e.status == 409:
                return False
            raise
        return True
