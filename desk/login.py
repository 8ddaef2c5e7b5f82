"""`/login`: the token once, then a cookie; `/health` for those who watch the watcher."""

from __future__ import annotations

import asyncio
from typing import Final

from aiohttp import web

from desk.feed import ADDRESS
from desk.reading import STORE
from desk.render import api, page
from desk.security import COOKIE, TOKEN, is_token, session

routes = web.RouteTableDef()

DAYS: Final = 30


@routes.get("/login")
async def form(request: web.Request) -> web.Response:
    """Show the form, or the desk where no token is asked."""
    if not request.app[TOKEN]:
        raise web.HTTPSeeOther("/")
    return page(request, "login.html", wrong=False)


@routes.post("/login")
async def sign_in(request: web.Request) -> web.Response:
    """Give the cookie for the token."""
    token = request.app[TOKEN]
    given = (await request.post()).get("token", "")
    if not token or not isinstance(given, str) or not is_token(given, token):
        await asyncio.sleep(0.5)  # a guess costs something
        return page(request, "login.html", status=403, wrong=True)
    answer = web.Response(status=303, headers={"Location": "/"})
    encrypted = request.secure or request.app[ADDRESS].startswith("https:")  # by the proxy in front, which asks in plain HTTP
    answer.set_cookie(COOKIE, session(token), max_age=DAYS * 86400, httponly=True, samesite="Strict", secure=encrypted, path="/")
    return answer


@routes.get("/health")
async def health(request: web.Request) -> web.Response:
    """{status: "ok"} when the store answers; raises UnavailableError (503) else."""
    await asyncio.to_thread(request.app[STORE].search, "", size=1)
    return api({"status": "ok"})
