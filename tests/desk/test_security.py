"""Who may ask the desk: loopback, the token, the cookie."""

import asyncio
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer

from desk.app import make_app
from desk.serve import app_of
from index.sqlite import SqliteStore
from khabar.errors import SettingsError
from khabar.settings import Settings
from tests.desk.conftest import NOW, Client


async def test_on_loopback_another_host_name_is_refused(desk: Client) -> None:
    for host, status in (("evil.example", 403), ("localhost:1", 200), ("[::1]:5", 200), ("127.0.0.1", 200), ("[", 403)):
        async with desk.get("/", headers={"Host": host}) as r:
            assert r.status == status, host


async def test_beyond_loopback_the_token_is_asked(store: SqliteStore) -> None:
    token = "a long enough token"
    async with TestClient(TestServer(make_app(store, clock=lambda: NOW, token=token))) as client:

        async def status(path: str, **headers: str) -> int:
            async with client.get(path, headers=headers, allow_redirects=False) as r:
                return r.status

        assert await status("/api/search") == 401
        assert await status("/", Accept="text/html") == 303
        assert await status("/articles/a1", Authorization="Bearer wrong") == 401
        assert await status("/articles/a1", Authorization=f"Bearer {token}") == 200
        assert await status("/health") == await status("/static/desk.css") == await status("/login") == 200
        async with client.post("/login", data={"token": "wrong"}) as r:
            assert r.status == 403
        async with client.post("/login", data={"token": token}, headers={"Origin": "https://evil.example"}) as r:
            assert r.status == 403
        async with client.post("/login", data={"token": token}, allow_redirects=False) as r:
            assert r.status == 303
            cookie = r.headers["Set-Cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Strict" in cookie
        assert token not in cookie
        assert await status("/articles/a1", Cookie=cookie.split(";")[0]) == 200
        assert "Secure" not in cookie


async def test_the_cookie_of_a_desk_behind_https_is_told_to_nobody_without(tmp_path: Path) -> None:
    store, token = SqliteStore(tmp_path / "k.db"), "t" * 20
    app = make_app(store, clock=lambda: NOW, token=token, address="https://desk.example.org")
    async with TestClient(TestServer(app)) as reader, reader.post("/login", data={"token": token}, allow_redirects=False) as r:
        assert "Secure" in r.headers["Set-Cookie"]
    store.close()


@pytest.mark.parametrize("header", [b"Authorization: Bearer \xff", b"Cookie: khabar-desk=\xff"])
async def test_a_token_that_is_no_text_is_a_wrong_one(store: SqliteStore, header: bytes) -> None:
    async with TestServer(make_app(store, clock=lambda: NOW, token="a long enough token")) as server:
        reader, writer = await asyncio.open_connection(server.host, server.port)
        writer.write(b"GET /api/search HTTP/1.1\r\nHost: desk\r\nConnection: close\r\n" + header + b"\r\n\r\n")
        assert (await reader.read()).startswith(b"HTTP/1.1 401 ")
        writer.close()
        await writer.wait_closed()


def test_the_desk_does_not_start_beyond_loopback_without_a_token(store: SqliteStore) -> None:
    for host, token in (("0.0.0.0", ""), ("192.0.2.7", "short"), ("example.org", "")):
        with pytest.raises(SettingsError, match="KHABAR_DESK_TOKEN"):
            app_of(Settings(desk_host=host, desk_token=token), store, lambda: NOW)
    for host in ("127.0.0.1", "::1", "localhost"):
        app_of(Settings(desk_host=host), store, lambda: NOW)
