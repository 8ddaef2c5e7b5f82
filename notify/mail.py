"""Mail: text and HTML, right to left, with a Message-ID that is the same each time it is tried.

Apprise makes a new Message-ID for each attempt, so that a repeat after a crash would look like another mail; therefore
plain mailto: channels go through the server of KHABAR_SMTP_URL here: smtp://user:password@host:587/?from=khabar@example.org
(smtps:// for TLS from the start, smtp:// asks for STARTTLS where the server offers it).
"""

from __future__ import annotations

import smtplib
import ssl
from contextlib import suppress
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit

import msgspec

from khabar.compose import Outgoing
from khabar.errors import SettingsError
from khabar.netguard import is_loopback
from notify.outcome import Failed, Result, Sent

TIMEOUT_S: Final = 20.0
_PERMANENT: Final = range(550, 555)


class Server(msgspec.Struct, frozen=True, kw_only=True):
    """The mail server of KHABAR_SMTP_URL."""

    host: str
    port: int
    sender: str
    user: str = ""
    password: str = ""
    tls: bool = False


def server_of(url: str) -> Server:
    """Return the server that an smtp:// or smtps:// URL names; raises SettingsError, which tells nothing of a password."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise SettingsError(
            "KHABAR_SMTP_URL: no address that can be read; in a password @ : / ? # are written %40 %3A %2F %3F %23"
        ) from None
    if parts.scheme not in ("smtp", "smtps") or not host:
        raise SettingsError("KHABAR_SMTP_URL must be smtp://user:password@host:587/?from=khabar@example.org")
    tls = parts.scheme == "smtps"
    return Server(
        host=host,
        port=port or (465 if tls else 587),
        sender=parse_qs(parts.query).get("from", [f"khabar@{host}"])[0],
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        tls=tls,
    )


def message_of(message: Outgoing, *, sender: str, to: str, now: datetime) -> EmailMessage:
    """Return the mail; its Message-ID comes from the message's key."""
    mail = EmailMessage(policy=SMTP)
    mail["Subject"] = message.subject
    mail["From"], mail["To"] = sender, to
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{message.key}@{sender.rpartition('@')[2] or 'khabar.invalid'}>"
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday replies
    mail.set_content(message.text, charset="utf-8", cte="base64")
    mail.add_alternative(message.html, subtype="html", charset="utf-8", cte="base64")
    return mail


def send(server: Server, to: str, message: Outgoing, *, now: datetime, timeout: float = TIMEOUT_S) -> Result:
    """Send one mail once; `timeout` in seconds is for each step of the conversation."""
    mail = message_of(message, sender=server.sender, to=to, now=now)
    try:
        smtp = _connect(server, timeout)
        try:
            smtp.send_message(mail)
        finally:
            _part(smtp)
    except smtplib.SMTPRecipientsRefused as e:
        code, why = next(iter(e.recipients.values()))
        return Failed(f"{to} is refused: {code} {why!r}", final=code in _PERMANENT)
    except smtplib.SMTPResponseException as e:
        return Failed(f"the mail server answered {e.smtp_code} {e.smtp_error!r}")
    except (smtplib.SMTPException, OSError) as e:
        return Failed(f"{type(e).__name__}: {e}")
    return Sent()


def _connect(server: Server, timeout: float) -> smtplib.SMTP:
    """Return a conversation in which the password, if there is one, was taken; raises SMTPException, OSError."""
    context = ssl.create_default_context()
    if server.tls:
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=timeout, context=context)
    else:
        smtp = smtplib.SMTP(server.host, server.port, timeout=timeout)
    try:
        _sign_in(smtp, server, context)
    except BaseException:
        smtp.close()
        raise
    return smtp


def _part(smtp: smtplib.SMTP) -> None:
    """End a conversation. What the server says to that, or that it says nothing, does not change what it took before."""
    with suppress(smtplib.SMTPException, OSError):
        smtp.quit()
    smtp.close()


def _sign_in(smtp: smtplib.SMTP, server: Server, context: ssl.SSLContext) -> None:
    smtp.ehlo()
    if not server.tls and smtp.has_extn("starttls"):
        smtp.starttls(context=context)
    elif server.user and not server.tls and not is_loopback(server.host):  # whoever sits between could have taken the offer away
        raise smtplib.SMTPNotSupportedError(f"{server.host} does not offer to encrypt, so it is told no password")
    if server.user:
        smtp.login(server.user, server.password)
