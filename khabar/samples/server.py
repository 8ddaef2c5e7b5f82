"""Serves the sample outlets on loopback as a news site would: feeds with ETags, pages, and a second edition."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import structlog

from khabar.samples.outlets import Samples, feed, page

_log = structlog.get_logger()


class SampleSite:
    """The outlets' web site; `edition` is set to 2 to publish the corrections."""

    def __init__(self, samples: Samples, port: int) -> None:
        self.samples = samples
        self.edition = 1
        self.base = f"http://127.0.0.1:{port}"
        self._outlets = {o.id: o for o in samples.outlet}

    def feeds_toml(self) -> str:
        """Return the outlets as a feeds.toml, as `ingest` reads it."""
        return "".join(
            f'[[outlet]]\nid = "{o.id}"\nname_ar = "{o.name}"\nname_en = "{o.id}"\nkind = "{o.kind}"\ncountry = "{o.country}"\n'
            f'[[outlet.feed]]\nurl = "{self.base}/{o.id}/feed.xml"\n'
            for o in self.samples.outlet
        )

    def answer(self, path: str) -> tuple[str, bytes] | None:
        """Return the media type and bytes of `path`, None where there is nothing."""
        outlet_id, _, name = path.strip("/").partition("/")
        outlet = self._outlets.get(outlet_id)
        if outlet is None:
            return None
        reports = self.samples.of(outlet.id, self.edition)
        if name == "feed.xml":
            return feed(outlet, reports, self.base)
        found = [r for r in reports if f"{r.slug}.html" == name]
        return ("text/html; charset=utf-8", page(outlet, found[0])) if found else None


@contextmanager
def serving(samples: Samples) -> Iterator[SampleSite]:
    """Serve `samples` on a free port of 127.0.0.1 while the context lasts."""
    server = _Server(("127.0.0.1", 0), _Handler)
    site = server.site = SampleSite(samples, server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, name="sample outlets", daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    site: SampleSite

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002  # http.server's signature
        """Log as all of Khabar does: a reader that hangs up is no news."""
        _log.debug("sample outlet's reader hung up", reader=client_address)


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer with the document, 304 where the reader has it, or 404."""
        found = self.server.site.answer(self.path)
        if found is None:
            self._send(HTTPStatus.NOT_FOUND, "text/plain; charset=utf-8", b"no such sample\n", etag="")
            return
        media_type, body = found
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if self.headers.get("If-None-Match") == etag:
            self._send(HTTPStatus.NOT_MODIFIED, media_type, b"", etag=etag)
        else:
            self._send(HTTPStatus.OK, media_type, body, etag=etag)

    def _send(self, status: HTTPStatus, media_type: str, body: bytes, *, etag: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        if etag:
            self.send_header("ETag", etag)
        if status != HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the name is http.server's
        """Log as all of Khabar does."""
        _log.debug("sample outlet asked", request=format % args)
