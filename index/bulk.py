"""Bulk writing, the parts that decide: what one operation is, how many go together, and what an answer means."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final, Literal

import msgspec

from index.elastic import LATER_TYPES, TRY_LATER

MAX_COUNT: Final = 250
MAX_BYTES: Final = 5 * 1024 * 1024
"""A request holds at most so many operations and (but for one larger alone) so many bytes."""

Verdict = Literal["created", "updated", "superseded", "later", "refused"]


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """One document to write; `position` is the place in the batch of what it comes from."""

    position: int
    id: str
    action: bytes
    source: bytes

    @property
    def size(self) -> int:
        """Bytes in the request."""
        return len(self.action) + len(self.source) + 2


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one operation; `reason` says why it was refused or must wait."""

    operation: Operation
    verdict: Verdict
    reason: str = ""


def operation(
    position: int, index: str, doc_id: str, source: dict[str, Any], *, rank: int | None = None, create: bool = False
) -> Operation:
    """Return the operation that writes `source`.

    With `rank` it replaces only what has at most that rank; with `create`, nothing.
    """
    action: dict[str, Any] = {"_index": index, "_id": doc_id}
    if rank is not None:
        action |= {"version": rank, "version_type": "external_gte"}
    return Operation(
        position=position,
        id=doc_id,
        action=msgspec.json.encode({"create" if create else "index": action}),
        source=msgspec.json.encode(source),
    )


def chunks(operations: Iterable[Operation]) -> Iterator[list[Operation]]:
    """Yield the operations in order, as many together as the two bounds allow."""
    chunk: list[Operation] = []
    size = 0
    for op in operations:
        if chunk and (len(chunk) >= MAX_COUNT or size + op.size > MAX_BYTES):
            yield chunk
            chunk, size = [], 0
        chunk.append(op)
        size += op.size
    if chunk:
        yield chunk


def judge(op: Operation, item: dict[str, Any]) -> Outcome:
    """Return what an item of a bulk answer says of its operation."""
    status, error = int(item.get("status", 0)), item.get("error")
    if not error:
        return Outcome(operation=op, verdict="created" if item.get("result") == "created" else "updated")
    kind, reason = str(error.get("type", "")), str(error.get("reason", ""))
    said = f"{kind}: {reason}" + (f" ({error['caused_by'].get('reason', '')})" if error.get("caused_by") else "")
    if status == 409 and kind == "version_conflict_engine_exception":
        return Outcome(operation=op, verdict="superseded")
    later = status in TRY_LATER or kind in LATER_TYPES
    return Outcome(operation=op, verdict="later" if later else "refused", reason=said)
