"""A web server on loopback that does each wrong thing that feeds' servers do, one per path, over real sockets.

`FAULTS` maps a path's name to a function that is given the request and the connection. It speaks raw bytes, for most of
what it does is no valid HTTP.
"""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import json
import socket
import struct
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from email.utils import format_datetime
from typing import Final, Self

import brotli
import zstandard

ADDRESS: Final = "127.0.0.5"
"""Not 127.0.0.1: so that the guard can allow this one address and a redirect to loopback is still refused."""
OTHERS: Final = tuple(f"127.0.0.{n}" for n in range(8, 16))
"""The same server under other addresses: other hosts, as a poller counts them."""
RANGES: Final = ("127.0.0.5/32", "127.0.0.8/29")
"""What a guard must allow for this server to be reached."""
TEXT: Final = "أعلنت بلدية زليتن عن افتتاح مكتبة عامة جديدة في وسط المدينة بحضور عدد من الكتاب والقراء. " * 10


@dataclass
class Request:
    """One request: its path, its headers in lower case, and how often this path was asked before."""

    path: str
    headers: dict[str, str]
    count: int
    base: str
    writer: asyncio.StreamWriter

    async def send(self, body: bytes | str = b"", status: int | str = 200, **headers: str) -> None:
        """Send a whole answer and close."""
        data = body if isinstance(body, bytes) else body.encode()
        lines = {"Content-Type": "application/rss+xml", "Content-Length": str(len(data)), "Connection": "close"}
        lines |= {k.replace("_", "-"): v for k, v in headers.items()}
        head = "".join(f"{k}: {v}\r\n" for k, v in lines.items())
        await self.raw(f"HTTP/1.1 {status} x\r\n{head}\r\n".encode() + data)

    async def raw(self, data: bytes) -> None:
        """Send bytes as they are."""
        self.writer.write(data)
        await self.writer.drain()

    def reset(self) -> None:
        """End the connection with a RST."""
        sock = self.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


Fault = Callable[[Request], Awaitable[None]]
FAULTS: dict[str, Fault] = {}


def fault(function: Fault) -> Fault:
    """Register a fault under its function's name."""
    FAULTS[function.__name__] = function
    return function


def entry(number: int, **changed: str | None) -> str:
    """Return one good RSS item, with some of its elements changed or (None) left out."""
    parts: dict[str, str | None] = {
        "title": f"خبر {number}",
        "link": f"https://paper.example/{number}",
        "guid": f"id-{number}",
        "pubDate": "Fri, 01 Mar 2024 11:00:00 GMT",
        "description": TEXT,
    }
    return "<item>" + "".join(f"<{k}>{v}</{k}>" for k, v in (parts | changed).items() if v is not None) + "</item>"


def rss(*items: str, prolog: str = "", name: str = "عينة") -> str:
    """Return an RSS document of these items."""
    return f'{prolog}<rss version="2.0"><channel><title>{name}</title>{"".join(items)}</channel></rss>'


def _simple(name: str, body: bytes | str, status: int | str = 200, **headers: str) -> None:
    async def answer(request: Request) -> None:
        await request.send(body, status, **headers)

    FAULTS[name] = answer


def _redirect(name: str, target: str, status: int = 302) -> None:
    async def answer(request: Request) -> None:
        await request.send(b"", status, Location=target.format(base=request.base))

    FAULTS[name] = answer


GOOD: Final = rss(entry(1), entry(2))
_BOMB: Final = b"\0" * (64 * 1024 * 1024)
_simple("status_204", b"", 204)
for _status in (401, 403, 404, 410, 451, 500, 502):
    _simple(f"status_{_status}", b"x", _status)
_simple("status_999", b"x", "999")
_simple("too_many", b"", 429)
_simple("too_many_seconds", b"", 429, Retry_After="3600")
_simple("too_many_date", b"", 429, Retry_After="Fri, 01 Mar 2024 14:00:00 GMT")
_simple("too_many_for_ever", b"", 429, Retry_After="99999999")
_simple("too_many_nonsense", b"", 429, Retry_After="soon")
_simple("busy", b"", 503, Retry_After="600")
for _name, _target in (
    ("to_loopback", "http://127.0.0.1:9/"),
    ("to_loopback_v6", "http://[::1]:9/"),
    ("to_loopback_mapped", "http://[::ffff:127.0.0.1]:9/"),
    ("to_loopback_decimal", "http://2130706433:9/"),
    ("to_loopback_hex", "http://0x7f.1:9/"),
    ("to_localhost", "http://localhost:9/"),
    ("to_metadata", "http://169.254.169.254/latest/meta-data/"),
    ("to_metadata_mapped", "http://[::ffff:a9fe:a9fe]/latest/"),
    ("to_metadata_nat64", "http://[64:ff9b::a9fe:a9fe]/latest/"),
    ("to_private", "http://10.0.0.1/"),
    ("to_carrier", "http://100.64.0.1/"),
    ("to_zero", "http://0.0.0.0:9/"),
    ("to_link_local_v6", "http://[fe80::1]/"),
    ("to_file", "file:///etc/passwd"),
    ("to_ftp", "ftp://paper.example/feed"),
    ("to_user", "http://user:secret@paper.example/"),
    ("to_nowhere", "http://"),
    ("redirect_self", "{base}/redirect_self"),
    ("redirect_loop", "{base}/redirect_back"),
    ("redirect_back", "{base}/redirect_loop"),
    ("redirect_good", "{base}/good"),
):
    _redirect(_name, _target)
_redirect("moved_good", "{base}/good", 301)
_simple("redirect_without_location", b"", 302)
_simple("good", GOOD)
_simple("wrong_type", GOOD, Content_Type="image/png")
_simple("empty", b"")
_simple("blank", b" \n\n ")
_simple("html", "<!doctype html><html><head><title>x</title></head><body><p>صيانة</p></body></html>", Content_Type="text/html")
_simple("plain", "الموقع تحت الصيانة")
_simple("other_json", json.dumps({"a": [1, 2]}), Content_Type="application/json")
_simple("binary", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8)
_simple("gzip_good", gzip.compress(GOOD.encode()), Content_Encoding="gzip")
_simple("gzip_bomb", gzip.compress(_BOMB), Content_Encoding="gzip")
_simple("gzip_twice_bomb", gzip.compress(gzip.compress(_BOMB)), Content_Encoding="gzip, gzip")
_simple("brotli_bomb", brotli.compress(_BOMB, quality=1), Content_Encoding="br")
_simple("zstd_bomb", zstandard.compress(_BOMB), Content_Encoding="zstd")
_simple("gzip_broken", b"not gzip at all", Content_Encoding="gzip")
_simple("gzip_cut", gzip.compress(GOOD.encode())[:-20], Content_Encoding="gzip")
_simple("unknown_coding", GOOD, Content_Encoding="lzma")
_simple("twenty_megabytes", rss(*[entry(n, description=TEXT * 12) for n in range(1100)]))
_simple("many_entries", rss(*[entry(n, description="نص") for n in range(2500)]))
_simple("length_too_large", GOOD, Content_Length="999999")
_simple("length_too_small", GOOD, Content_Length=str(len(rss(entry(1)).encode()) - 20))
_simple("length_negative", GOOD, Content_Length="-5")
_simple("header_of_64k", GOOD, X_Long="a" * 65536)
_simple(
    "laughs",
    '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "ها">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "&a;" * 10}">' for n in range(9))
    + "]>"
    + rss(entry(1, title="&a8;خبر"), entry(2)),
)
_simple(
    "external_entity",
    '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + rss(entry(1, description="&x;" + TEXT)),
)
_simple("undeclared_1256", GOOD.encode("cp1256"))
_simple("lying_prolog", rss(entry(1), prolog='<?xml version="1.0" encoding="utf-8"?>').encode("cp1256"))
_simple("lying_header", GOOD, Content_Type="text/xml; charset=windows-1256")
_simple("utf_16", b"\xff\xfe" + GOOD.encode("utf-16-le"))
_simple("bad_xml", GOOD.replace("</description>", "</descripton>", 1))
_simple("cut_xml", GOOD[: len(GOOD) - 400])
_simple("bare_ampersand", rss(entry(1, title="طرابلس & بنغازي"), entry(2)))
_simple("controls", rss(entry(1, title="خبر\x00\x08 ناقص"), entry(2)))
_simple("deep", "<rss>" + "<a>" * 50_000)
_simple("script", rss(entry(1, title="&lt;script&gt;alert(1)&lt;/script&gt;خبر")))
_simple("reused_guid", rss(entry(1, guid="same"), entry(2, guid="same")))
_simple("reused_guid_only", rss(entry(1, guid="same", link=None), entry(2, guid="same", link=None, pubDate=None)))
_simple("double", rss(entry(1), entry(1), entry(1)))
_simple("no_link", rss(entry(1, link=None), entry(2, link=None, guid=None)))
_simple("no_date", rss(entry(1, pubDate=None), entry(2, pubDate="أمس")))
_simple("no_title", rss(entry(1, title=None), entry(2, title="")))
_simple("nothing_in_it", rss(entry(1, title=None, description=None), "<item/>", entry(2)))
_simple("future", rss(entry(1, pubDate="Fri, 01 Mar 2052 11:00:00 GMT"), entry(2)))
_simple("bad_links", rss(entry(1, link="javascript:alert(1)"), entry(2, link="http://[bad")))
_simple("no_entries", rss())


@fault
async def slow_loris(request: Request) -> None:
    """A byte of the header every tenth of a second."""
    for byte in b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nX-Padding: " + b"a" * 10_000:
        await request.raw(bytes([byte]))
        await asyncio.sleep(0.1)


@fault
async def slow_body(request: Request) -> None:
    """A good feed, a byte at a time."""
    await request.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n")
    for byte in GOOD.encode():
        await request.raw(bytes([byte]))
        await asyncio.sleep(0.1)


@fault
async def never_answers(request: Request) -> None:
    """Takes the request and says nothing."""
    await asyncio.sleep(60)


@fault
async def endless_body(request: Request) -> None:
    """Chunks for ever."""
    await request.raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        await request.raw(b"10000\r\n" + b"a" * 65536 + b"\r\n")


@fault
async def endless_headers(request: Request) -> None:
    """Header lines for ever."""
    await request.raw(b"HTTP/1.1 200 OK\r\n")
    for number in range(1_000_000):
        await request.raw(f"X-{number}: {'a' * 1000}\r\n".encode())


@fault
async def reset_at_once(request: Request) -> None:
    """RST instead of an answer."""
    request.reset()


@fault
async def reset_in_body(request: Request) -> None:
    """RST in the middle of a body."""
    await request.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + GOOD.encode())
    await asyncio.sleep(0.05)
    request.reset()


@fault
async def closed_at_once(request: Request) -> None:
    """Closes without an answer."""


@fault
async def not_http(request: Request) -> None:
    """Another protocol."""
    await request.raw(b"220 ftp.example ready\r\n\r\n")


@fault
async def bad_chunks(request: Request) -> None:
    """A chunk size that is no number."""
    await request.raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n")


@fault
async def endless_redirects(request: Request) -> None:
    """Each address leads to another."""
    await request.send(b"", 302, Location=f"{request.base}/endless_redirects?{request.count}")


@fault
async def not_modified_unasked(request: Request) -> None:
    """304 to a request that carried no validators."""
    await request.raw(b"HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n")


@dataclass
class Hostile:
    """The server. `extra` are paths that a test adds; `base` is its address once started."""

    extra: dict[str, Fault] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    base: str = ""
    others: tuple[str, ...] = ()

    async def __aenter__(self) -> Self:
        self._tasks: set[asyncio.Task[None]] = set()
        self._servers = [await asyncio.start_server(self._serve, address, 0) for address in (ADDRESS, *OTHERS)]
        bases = [f"http://{host}:{port}" for host, port in (s.sockets[0].getsockname() for s in self._servers)]
        self.base, self.others = bases[0], tuple(bases[1:])
        return self

    async def __aexit__(self, *_: object) -> None:
        for server in self._servers:
            server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            path = head[0].split(" ")[1].lstrip("/").partition("?")[0]
            self.counts[path] = self.counts.get(path, 0) + 1
            headers = {k.strip().lower(): v.strip() for k, _, v in (line.partition(":") for line in head[1:])}
            request = Request(path, headers, self.counts[path], self.base, writer)
            answer = self.extra.get(path) or FAULTS.get(path)
            await (answer(request) if answer else request.send(b"", 404))
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the client had enough, or the test is over
        finally:
            with contextlib.suppress(OSError):
                writer.close()


def http_date(at: object) -> str:
    """Return a datetime as HTTP writes it."""
    return format_datetime(at, usegmt=True)  # type: ignore[arg-type]  # callers pass a datetime
