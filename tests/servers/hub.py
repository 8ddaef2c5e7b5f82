"""A WebSub hub on loopback: it verifies what is subscribed, and tells its subscribers of what is published."""

import asyncio
import hashlib
import hmac
from dataclasses import dataclass, field
from typing import Self

import aiohttp
from aiohttp import web


@dataclass
class Hub:
    """The hub. `subscriptions`: topic → (callback, secret) of whoever echoed the challenge; `refused` counts who did not."""

    lease_s: int = 86400
    subscriptions: dict[str, tuple[str, str]] = field(default_factory=dict)
    asked: int = 0
    refused: int = 0
    address: str = ""
    verified: asyncio.Event = field(default_factory=asyncio.Event)

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_post("/", self._subscribe)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.address = f"http://127.0.0.1:{self._runner.addresses[0][1]}/"
        self._client = aiohttp.ClientSession()
        self._tasks: set[asyncio.Task[None]] = set()
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.gather(*self._tasks)
        await self._client.close()
        await self._runner.cleanup()

    async def _subscribe(self, request: web.Request) -> web.Response:
        form = {k: str(v) for k, v in (await request.post()).items()}
        self.asked += 1
        task = asyncio.create_task(self._verify(form))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return web.Response(status=202)

    async def _verify(self, form: dict[str, str]) -> None:
        query = {
            "hub.mode": form["hub.mode"],
            "hub.topic": form["hub.topic"],
            "hub.challenge": "a challenge",
            "hub.lease_seconds": str(self.lease_s),
        }
        async with self._client.get(form["hub.callback"], params=query) as answer:
            if answer.status == 200 and await answer.text() == "a challenge":
                self.subscriptions[form["hub.topic"]] = (form["hub.callback"], form["hub.secret"])
                self.verified.set()
            else:
                self.refused += 1

    async def publish(self, topic: str, body: bytes, *, secret: str = "") -> int:
        """Push a body to the topic's subscriber, signed with its secret or another one; return the status it answers."""
        callback, agreed = self.subscriptions[topic]
        signature = hmac.new((secret or agreed).encode(), body, hashlib.sha256).hexdigest()
        async with self._client.post(callback, data=body, headers={"X-Hub-Signature": f"sha256={signature}"}) as answer:
            return answer.status
