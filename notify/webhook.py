"""Signed JSON webhooks.

    X-Khabar-Timestamp: seconds since 1970
    X-Khabar-Signature: v1=hex(HMAC-SHA256(secret, timestamp + "." + body))
    Idempotency-Key:    the same for each attempt to deliver the same thing

Redirects are not followed, since the other side could point them anywhere, and addresses go through khabar.netguard.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Final

import aiohttp
import msgspec

from khabar.compose import Outgoing
from khabar.errors import RejectedError
from khabar.netguard import Guard, GuardedResolver
from notify.outcome import Failed, Result, Sent

TIMEOUT_S: Final = 10.0
"""For the whole of one attempt, however slowly the answer drips."""
MAX_AGE: Final = timedelta(minutes=5)
MAX_WAIT_S: Final = 3600
_GONE: Final = 410


def signature(secret: str, timestamp: int, body: bytes) -> str:
    """Return the value of X-Khabar-Signature."""
    digest = hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()
    return f"v1={digest}"


def verify(secret: str, timestamp: str, signed: str, body: bytes, now: datetime) -> bool:
    """Return whether a received body is ours and at most MAX_AGE old: what a receiver does."""
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 12):
        return False
    fresh = abs(now.timestamp() - int(timestamp)) <= MAX_AGE.total_seconds()
    return fresh and hmac.compare_digest(signature(secret, int(timestamp), body), signed)


def post(address: str, secret: str, message: Outgoing, guard: Guard, *, now: datetime, timeout: float = TIMEOUT_S) -> Result:
    """Send a message to a webhook once; `timeout` is in seconds."""
    body = msgspec.json.encode(message.payload)
    timestamp = int(now.timestamp())
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Khabar-Webhook/1",
        "Idempotency-Key": message.key,
        "X-Khabar-Timestamp": str(timestamp),
        "X-Khabar-Signature": signature(secret, timestamp, body),
    }
    try:
        guard.check_url(address)
        return asyncio.run(_post(address, body, headers, guard, aiohttp.ClientTimeout(total=timeout)))
    except RejectedError as e:
        return Failed(e.reason, final=True)
    except TimeoutError:
        return Failed(f"no answer within {timeout:g} s")
    except (aiohttp.ClientError, OSError, ValueError) as e:
        return Failed(f"{type(e).__name__}: {e}")


async def _post(address: str, body: bytes, headers: dict[str, str], guard: Guard, limits: aiohttp.ClientTimeout) -> Result:
    connector = aiohttp.TCPConnector(resolver=GuardedResolver(guard), force_close=True)
    async with (
        aiohttp.ClientSession(connector=connector, timeout=limits, auto_decompress=False) as session,
        session.post(address, data=body, headers=headers, allow_redirects=False) as answer,
    ):
        if 200 <= answer.status < 300:
            return Sent()
        if 300 <= answer.status < 400:
            return Failed(f"it answered {answer.status}: redirects are not followed")
        return Failed(
            f"it answered {answer.status}", final=answer.status == _GONE, wait=_wait(answer.headers.get("Retry-After", ""))
        )


def _wait(header: str) -> timedelta | None:
    seconds = int(header) if header.isascii() and header.isdigit() and len(header) < 7 else 0
    return timedelta(seconds=min(seconds, MAX_WAIT_S)) if seconds else None
