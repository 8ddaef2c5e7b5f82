"""Serves the desk until it is told to stop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import structlog
from aiohttp import web

from desk.app import make_app
from desk.subscribed import OpenTable, no_subscriptions
from khabar.errors import SettingsError, UnavailableError
from khabar.netguard import Guard, is_loopback
from khabar.ports import Clock, Store
from khabar.settings import Settings

_log = structlog.get_logger()


def app_of(settings: Settings, store: Store, clock: Clock, subscriptions: OpenTable = no_subscriptions) -> web.Application:
    """Return the desk by the settings; raises SettingsError where it would listen beyond loopback without a token."""
    if not is_loopback(settings.desk_host) and len(settings.desk_token) < 16:
        raise SettingsError(
            f"KHABAR_DESK_TOKEN must have at least 16 characters where the desk listens beyond loopback (on {settings.desk_host})"
        )
    token = "" if is_loopback(settings.desk_host) else settings.desk_token
    networks = Guard(settings.allow_networks)
    address = settings.desk_address
    return make_app(store, clock=clock, token=token, address=address, subscriptions=subscriptions, networks=networks)


async def serve(
    settings: Settings,
    store: Store,
    clock: Clock,
    stop: asyncio.Event,
    ready: Callable[[str], None] = lambda _: None,
    *,
    subscriptions: OpenTable = no_subscriptions,
) -> None:
    """Serve until `stop` is set; `ready` is told the address once it answers.

    Raises SettingsError, and UnavailableError if the port is taken.
    """
    runner = web.AppRunner(app_of(settings, store, clock, subscriptions), access_log=None, shutdown_timeout=2)
    await runner.setup()
    try:
        site = web.TCPSite(runner, settings.desk_host, settings.desk_port)
        try:
            await site.start()
        except OSError as e:
            raise UnavailableError("desk", f"{settings.desk_host}:{settings.desk_port}", e.strerror or str(e)) from e
        host, port = runner.addresses[0][:2]
        address = f"http://{host}:{port}"
        _log.info("desk serving", address=address)
        ready(address)
        await stop.wait()
    finally:
        await runner.cleanup()
