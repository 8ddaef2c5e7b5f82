"""The analysts' desk: its routes, a module each, and what all of them share."""

from __future__ import annotations

from importlib.resources import files
from typing import Final

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

from desk import actors, alerts, alerts_api, alerts_feed, api, article, coverage, feed, feeds, login, stories
from desk.reading import STORE
from desk.render import CLOCK, language, page
from desk.render import api as json_answer
from desk.security import TOKEN, guard, harden
from desk.subscribed import NETWORKS, RECENT, SUBSCRIPTIONS, OpenTable, Recent, no_subscriptions
from desk.words_query import told
from khabar.errors import UnavailableError
from khabar.netguard import Guard
from khabar.ports import Clock, Store
from khabar.query import QueryError
from khabar.subscriptions import SubscriptionError

MODULES: Final = (coverage, article, stories, actors, alerts, alerts_feed, alerts_api, feed, feeds, api, login)
"""Each has `routes`; a new page is a module here and a template."""

_log = structlog.get_logger()


def make_app(
    store: Store,
    *,
    clock: Clock,
    token: str = "",
    address: str = "",
    subscriptions: OpenTable = no_subscriptions,
    networks: Guard | None = None,
) -> web.Application:
    """Return the desk over `store`. With a `token` every request must show it; without one only loopback may ask.

    `address` is where readers reach the desk, for links in feeds. `subscriptions` opens their table for one request;
    `networks` says where webhooks may lead.
    """
    app = web.Application(middlewares=[failures, guard], client_max_size=256 * 1024)
    app[STORE], app[CLOCK], app[TOKEN], app[feed.ADDRESS] = store, clock, token, address.rstrip("/")
    app[SUBSCRIPTIONS], app[RECENT], app[NETWORKS] = subscriptions, Recent(), networks or Guard()
    app.on_response_prepare.append(harden)
    for module in MODULES:
        app.add_routes(module.routes)
    app.router.add_static("/static", str(files("desk").joinpath("static")))
    return app


@web.middleware
async def failures(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn what a handler raises into a page, or into {error, ...} below /api/."""
    try:
        return await handler(request)
    except QueryError as e:
        return _failed(request, 400, "bad_query", e.reason, position=e.position, suggestion=e.suggestion)
    except SubscriptionError as e:
        return _failed(request, 400, "bad_subscription", str(e), field=e.field)
    except UnavailableError as e:
        _log.warning("store unavailable", what=e.what, where=e.where, why=e.why)
        return _failed(request, 503, "unavailable", f"{e.what} does not answer now")
    except web.HTTPNotFound:
        return _failed(request, 404, "not_found", "there is nothing under this address")
    except web.HTTPException as e:
        if e.status < 400 or not _as_json(request):
            raise
        answer = json_answer({"error": (e.text or e.reason).strip()}, status=e.status)
        answer.headers.update({k: v for k, v in e.headers.items() if k in ("Allow", "WWW-Authenticate")})
        return answer
    except Exception:  # noqa: BLE001  # a fault of ours on one page is told as such, and the log has its trace
        _log.exception("desk.fault", path=request.path)
        return _failed(request, 500, "fault", "a fault of ours; the log has it")


def _as_json(request: web.Request) -> bool:
    return request.path.startswith(("/api/", "/health"))


def _failed(
    request: web.Request, status: int, key: str, why: str, *, position: int = -1, suggestion: str = "", field: str = ""
) -> web.Response:
    if _as_json(request):
        place = {"position": position, "suggestion": suggestion} if position >= 0 else {}
        in_words = {"told": told(why, language(request))} if place else {}
        return json_answer({"error": why, **in_words, **place, **({"field": field} if field else {})}, status=status)
    return page(request, "error.html", status=status, key=key, why=why, position=position, suggestion=suggestion)
