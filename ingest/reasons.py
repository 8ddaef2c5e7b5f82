"""The short names of what went wrong with a fetch, so that health and counters can be read and grouped."""

from __future__ import annotations

import socket
import ssl

import aiohttp

from ingest.body import BrokenBodyError, TooLargeError
from khabar.errors import RejectedError


class ForbiddenAddressError(OSError):
    """A connection to an address that must not be reached was refused before it was made."""


def reason_of(error: BaseException) -> str:
    """Return the name of what went wrong: one of a small set, never the error's own words."""
    if isinstance(error, TooLargeError):
        return "too_large"
    if isinstance(error, BrokenBodyError):
        return "broken_body"
    chain = _chain(error)
    if any(isinstance(e, ForbiddenAddressError | RejectedError) for e in chain):
        return "forbidden_address"
    for kinds, name in _NAMES:
        if any(isinstance(e, kinds) for e in chain):
            return name
    return "error"


def words_of(error: BaseException) -> str:
    """Return one line about `error` for people, at most 300 characters."""
    text = " ".join(str(error).split()) or type(error).__name__
    return text[:300]


def _chain(error: BaseException | None) -> list[BaseException]:
    found: list[BaseException] = []
    while error is not None and error not in found:
        found.append(error)
        inner = getattr(error, "os_error", None)
        error = inner if isinstance(inner, BaseException) and inner not in found else error.__cause__ or error.__context__
    return found


_NAMES: tuple[tuple[tuple[type[BaseException], ...], str], ...] = (
    ((ssl.SSLError, ssl.CertificateError, aiohttp.ClientConnectorCertificateError, aiohttp.ClientSSLError), "tls"),
    ((aiohttp.ClientConnectorDNSError, socket.gaierror), "dns"),
    ((aiohttp.ServerTimeoutError, TimeoutError), "timeout"),
    ((aiohttp.InvalidURL, UnicodeError), "bad_address"),
    ((aiohttp.ClientPayloadError,), "broken_body"),
    ((ConnectionRefusedError,), "refused"),
    ((aiohttp.ServerDisconnectedError, ConnectionResetError, BrokenPipeError), "disconnected"),
    ((aiohttp.ClientResponseError,), "bad_http"),
    ((aiohttp.ClientConnectionError, OSError), "connection"),
    ((ValueError,), "bad_http"),
)
"""First match wins."""
