"""Compressed bodies, opened under a cap: a bomb stops at the cap, not at the end of memory."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable
from typing import Final

import brotli
import zstandard

MAX_WINDOW: Final = 8 * 1024 * 1024
"""The largest zstd window that RFC 9659 lets a server use."""
_CHUNK: Final = 65536


class TooLargeError(Exception):
    """The body is larger than its cap once it is opened."""


class BrokenBodyError(Exception):
    """The body is not what its Content-Encoding says, or it ends too early."""


def opened(data: bytes, encodings: str, cap: int) -> bytes:
    """Return `data` with its Content-Encodings undone, last one first.

    Raises TooLargeError above `cap` bytes, BrokenBodyError for a broken stream or an encoding that was never asked for.
    """
    names = [n.strip().lower() for n in encodings.split(",") if n.strip()]
    for name in reversed(names[-4:]):
        if name in ("identity", ""):
            continue
        opener = _OPENERS.get(name)
        if opener is None:
            raise BrokenBodyError(f"unknown Content-Encoding {name[:40]!r}")
        try:
            data = opener(data, cap)
        except (zlib.error, brotli.error, zstandard.ZstdError, EOFError) as e:
            raise BrokenBodyError(f"{name}: {e}") from e
    if len(data) > cap:
        raise TooLargeError(f"more than {cap} bytes once opened")
    return data


def _gzip(data: bytes, cap: int) -> bytes:
    out: list[bytes] = []
    size = 0
    while data:
        member = zlib.decompressobj(wbits=47)  # 32 + 15: gzip or zlib, told by its header
        piece = member.decompress(data, cap + 1 - size)
        out.append(piece)
        size += len(piece)
        if size > cap:
            raise TooLargeError(f"more than {cap} bytes once opened")
        if not member.eof:
            raise EOFError("the stream ends too early")
        data = member.unused_data.lstrip(b"\0")
    return b"".join(out)


def _deflate(data: bytes, cap: int) -> bytes:
    try:
        return _gzip(data, cap)
    except zlib.error:  # some servers send deflate without the zlib header
        raw = zlib.decompressobj(wbits=-15)
        out = raw.decompress(data, cap + 1)
        if len(out) > cap:
            raise TooLargeError(f"more than {cap} bytes once opened") from None
        return out


def _brotli(data: bytes, cap: int) -> bytes:
    stream = brotli.Decompressor()
    out: list[bytes] = []
    size = 0
    for start in range(0, len(data), _CHUNK):
        piece = data[start : start + _CHUNK]
        while True:
            got = stream.process(piece, output_buffer_limit=_CHUNK * 4)
            out.append(got)
            size += len(got)
            if size > cap:
                raise TooLargeError(f"more than {cap} bytes once opened")
            if stream.can_accept_more_data():
                break
            piece = b""
    if not stream.is_finished():
        raise EOFError("the stream ends too early")
    return b"".join(out)


def _zstd(data: bytes, cap: int) -> bytes:
    reader = zstandard.ZstdDecompressor(max_window_size=MAX_WINDOW).stream_reader(io.BytesIO(data), read_across_frames=True)
    out = bytearray()
    while piece := reader.read(_CHUNK * 4):
        out += piece
        if len(out) > cap:
            raise TooLargeError(f"more than {cap} bytes once opened")
    if not out and data:
        raise EOFError("the stream ends too early")
    return bytes(out)


_OPENERS: Final[dict[str, Callable[[bytes, int], bytes]]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
}
ACCEPTED: Final = "gzip, deflate, br, zstd"
