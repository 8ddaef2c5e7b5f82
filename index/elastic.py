"""The only module that knows elasticsearch-py: requests out, our own types and two errors back.

Everything else of this room speaks to a server through `Elastic.call` and `Elastic.bulk`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import elasticsearch
from elastic_transport import TransportError

from khabar.errors import KhabarError, RejectedError, UnavailableError
from khabar.settings import Settings

Json = dict[str, Any]
Params = Mapping[str, str] | None

TRY_LATER: Final = frozenset({401, 403, 408, 429, 500, 502, 503, 504})
"""Answers that another day may be others: no key or not enough rights yet, too busy, a block on the index, no master."""
LATER_TYPES: Final = frozenset(
    {"index_closed_exception", "index_not_found_exception", "cluster_block_exception", "unavailable_shards_exception"}
)
"""Errors that are 400 or 404 but are cured by whoever runs the server, not by changing the document."""
LOWEST, BELOW = (9, 0), (10, 0)
"""Versions of Elasticsearch that this release speaks to."""


class RefusedError(KhabarError):
    """The server read the request and refuses it: `status` and `kind` (its name of the error) say how."""

    def __init__(self, status: int, kind: str, reason: str) -> None:
        super().__init__(f"Elasticsearch refuses ({status} {kind}): {reason}")
        self.status, self.kind, self.reason = status, kind, reason


class Elastic:
    """A connection to one cluster, safe to share between threads."""

    def __init__(self, settings: Settings, *, timeout: float = 30.0) -> None:
        """Prepare to speak to `settings.elasticsearch_url`; nothing is sent yet. `timeout` is per request, in seconds."""
        self.url = settings.elasticsearch_url
        options: Json = {"request_timeout": timeout, "max_retries": 0, "retry_on_timeout": False}
        if settings.elasticsearch_api_key:
            options["api_key"] = settings.elasticsearch_api_key
        elif settings.elasticsearch_user:
            options["basic_auth"] = (settings.elasticsearch_user, settings.elasticsearch_password)
        if settings.elasticsearch_ca:
            options["ca_certs"] = str(settings.elasticsearch_ca)
        try:
            self._client = elasticsearch.Elasticsearch(self.url, **options)
        except (ValueError, OSError) as e:
            raise UnavailableError("elasticsearch", self.url, str(e)) from e

    def call(self, method: str, path: str, body: Any = None, *, missing_ok: bool = False, params: Params = None) -> Json | None:
        """Send one request; return the answer's JSON, or None for a 404 that was allowed.

        Raises UnavailableError where the same request may succeed later, RefusedError where it will not.
        """
        try:
            answer = self._client.perform_request(method, path, params=params, headers=_headers(body), body=body)
        except elasticsearch.UnsupportedProductError as e:
            raise UnavailableError("elasticsearch", self.url, e.message) from e
        except elasticsearch.ApiError as e:
            if e.status_code == 404 and missing_ok:
                return None
            raise self._error(e) from e
        except TransportError as e:
            raise UnavailableError("elasticsearch", self.url, f"{type(e).__name__}: {e.message}") from e
        found = answer.body
        return found if isinstance(found, dict) else {"answer": found}

    def bulk(self, lines: Sequence[bytes], params: Params = None) -> list[Json]:
        """Send the lines of one bulk request; return its items in order.

        Raises UnavailableError, and RejectedError if the server takes no request so large.
        """
        body = b"\n".join((*lines, b""))
        try:
            answer = self.call("POST", "/_bulk", body, params=params)
        except RefusedError as e:
            if e.status == 413:
                raise RejectedError(f"larger than Elasticsearch takes in one request: {len(body)} bytes") from e
            raise
        return [next(iter(item.values())) for item in (answer or {}).get("items", ())]

    def check_version(self) -> str:
        """Return the server's version; raises UnavailableError that names it if it does not fit."""
        try:
            answer = self.call("GET", "/") or {}
        except RefusedError as e:
            raise UnavailableError("elasticsearch", self.url, f"it does not speak like Elasticsearch 9 ({e.reason})") from e
        number = str(answer.get("version", {}).get("number", "unknown"))
        parts = tuple(int(p) for p in number.split(".")[:2] if p.isdigit())
        if not LOWEST <= parts < BELOW:
            raise UnavailableError("elasticsearch", self.url, f"its version is {number}; this release needs 9.x")
        return number

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def _error(self, error: elasticsearch.ApiError) -> KhabarError:
        kind, reason = _cause(error.body)
        if error.status_code in TRY_LATER or kind in LATER_TYPES:
            named = {401: "the key or password is wrong", 403: "the key has not the rights"}.get(error.status_code)
            said = f"{kind}: {reason}" if kind else f"status {error.status_code}"
            if named and kind == "security_exception":
                said = f"{named} ({reason})"
            return UnavailableError("elasticsearch", self.url, said)
        return RefusedError(error.status_code, kind, reason)


def _headers(body: Any) -> Mapping[str, str]:
    kind = "application/x-ndjson" if isinstance(body, bytes) else "application/json"
    return {"accept": "application/json", **({"content-type": kind} if body is not None else {})}


def _cause(body: Any) -> tuple[str, str]:
    """Return the name and the words of an error's body."""
    error = body.get("error") if isinstance(body, dict) else None
    if isinstance(error, dict):
        causes = error.get("root_cause") or [error]
        return str(error.get("type", "")), str(error.get("reason") or causes[0].get("reason", ""))
    return "", str(error or body or "")[:300]
