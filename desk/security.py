"""Who may ask, and what a browser may do with the answer.

On loopback nobody is asked for a token, but the Host must be a loopback name, so that no web site can reach the desk by
a name that resolves here (DNS rebinding). Beyond loopback every request needs the token: as a bearer, or as the cookie
that the sign-in page gives. What changes something must come from the desk's own pages (Origin).
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Final
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler

COOKIE: Final = "khabar-desk"
LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",  # with no-referrer a browser says Origin: null of our own forms too
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
OPEN: Final = frozenset({"/login", "/health", "/static/desk.css", "/static/desk.js", "/static/feed.css", "/static/icon.svg"})
"""What is answered without the token: what the sign-in page needs, and whether the desk is up."""
OPEN_BELOW: Final = "/feeds/"
"""Addresses that hold a secret of their own: feed readers cannot sign in."""

TOKEN: Final = web.AppKey("token", str)


def session(token: str) -> str:
    """Return the cookie that stands for `token`; the token itself is not in it."""
    return hmac.new(token.encode(), b"khabar desk session", hashlib.sha256).hexdigest()


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let a request through, or answer 401, 403 or (for a browser) with the sign-in page."""
    token = request.app[TOKEN]
    if token:
        if request.path not in OPEN and not request.path.startswith(OPEN_BELOW) and not _knows(request, token):
            if "text/html" in request.headers.get("Accept", "") and request.method == "GET":
                raise web.HTTPSeeOther("/login")
            raise web.HTTPUnauthorized(text="a token is needed\n", headers={"WWW-Authenticate": "Bearer"})
    elif _host(request.headers.get("Host", "")) not in LOOPBACK:
        raise web.HTTPForbidden(text="this desk answers on loopback only\n")
    if request.method not in ("GET", "HEAD") and not _own_page(request):
        raise web.HTTPForbidden(text="the request does not come from the desk's own pages\n")
    return await handler(request)


async def harden(_: web.Request, response: web.StreamResponse) -> None:
    """Set the security headers on every answer (a signal of aiohttp, so that errors have them too)."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)


def is_token(given: str, token: str) -> bool:
    """Compare in constant time; what was given may hold bytes that are no UTF-8, as aiohttp keeps them."""
    return hmac.compare_digest(given.encode("utf-8", "surrogateescape"), token.encode())


def _knows(request: web.Request, token: str) -> bool:
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and is_token(given.strip(), token):
        return True
    return is_token(request.cookies.get(COOKIE, ""), session(token))


def _own_page(request: web.Request) -> bool:
    """Return whether the page that asks is ours: a browser tells its origin, a script with the token need not."""
    origin, site = request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site")
    if origin is None:
        return site in (None, "none", "same-origin")
    if origin == "null":  # a browser that was told to keep addresses to itself; another's page can be null as well
        return site == "same-origin"
    return urlsplit(origin).netloc == request.headers.get("Host", "")


def _host(value: str) -> str:
    try:
        return urlsplit(f"//{value}").hostname or ""
    except ValueError:
        return ""
