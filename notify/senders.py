"""One attempt on one channel, whichever kind it is. Called from worker threads; never raises."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime

import apprise
import structlog

from khabar.compose import Outgoing, compose
from khabar.errors import RejectedError
from khabar.netguard import Guard
from khabar.schema import Alert, Channel, Subscription, stable_id
from khabar.settings import Settings
from notify import mail, webhook
from notify.outcome import Failed, Result, Sent

_log = structlog.get_logger()
_apprise_lock = threading.Lock()


class Senders:
    """Knows the settings that channels need. `send` may be called from several threads."""

    def __init__(self, settings: Settings, guard: Guard) -> None:
        """Raise SettingsError for a mail server that cannot be one."""
        self._guard = guard
        self._desk = settings.desk_address
        self._server = mail.server_of(settings.smtp_url) if settings.smtp_url else None
        self._kinds: dict[str, Callable[[Channel, Outgoing, datetime], Result]] = {
            "log": self._to_log,
            "webhook": lambda c, m, now: webhook.post(c.address, c.secret, m, self._guard, now=now),
            "apprise": self._to_apprise,
            "atom": lambda _c, _m, _now: Sent(),  # the desk serves the feed from the store; there is nothing to send
        }

    def send(self, channel: Channel, message: Outgoing, now: datetime) -> Result:
        """Try once and say what became of it."""
        try:
            return self._kinds[channel.kind](channel, message, now)
        except Exception as e:  # noqa: BLE001  # a library's fault on one channel is that channel's failure
            _log.exception("notify.fault", channel=channel.kind)
            return Failed(f"{type(e).__name__}: {e}")

    def test(self, subscription: Subscription, *, now: datetime) -> list[tuple[str, str]]:
        """Send a test alert to each channel of a subscription; return those that failed, with why."""
        alert = Alert(
            id=stable_id("test", subscription.id, now.isoformat()),
            subscription=subscription.id,
            owner=subscription.owner,
            name=subscription.name,
            query=subscription.query,
            type="test",
            title="تنبيه تجريبي" if subscription.language == "ar" else "A test alert",
            first_seen=now,
            reason=subscription.query,
        )
        failed: list[tuple[str, str]] = []
        for channel in subscription.channels:
            key = stable_id(alert.id, channel.kind, channel.address)
            message = compose([alert], subscription, key=key, digest=False, desk=self._desk)
            result = self.send(channel, message, now)
            if isinstance(result, Failed):
                failed.append((channel.kind, result.reason))
        return failed

    def _to_log(self, _channel: Channel, message: Outgoing, _now: datetime) -> Result:
        _log.info("alert", key=message.key, subject=message.subject, alerts=len(message.payload["alerts"]))
        return Sent()

    def _to_apprise(self, channel: Channel, message: Outgoing, now: datetime) -> Result:
        if channel.address.startswith("mailto:") and not channel.address.startswith("mailto://"):
            if self._server is None:
                return Failed("no mail server: set KHABAR_SMTP_URL")
            return mail.send(self._server, channel.address.removeprefix("mailto:"), message, now=now)
        with _apprise_lock:  # it loads its plugins on first use, which is not safe from several threads
            service = apprise.Apprise.instantiate(channel.address, suppress_exceptions=True)
        if service is None:
            return Failed("Apprise knows no such address", final=True)
        try:
            for host in _hosts(service):
                self._guard.check_resolved(host)
        except RejectedError as e:
            return Failed(e.reason, final=True)
        return _notify(service, message)


def _hosts(service: apprise.NotifyBase) -> list[str]:
    """Return the hosts that an address has a service connect to.

    Most services have a host of their own, and a secret stands where that of an address does: no name server is asked for it.
    """
    own = service.host if "host" in service.template_tokens else ""
    return [host for host in (own, getattr(service, "smtp_host", "")) if host]


def _notify(service: apprise.NotifyBase, message: Outgoing) -> Result:
    service.redirects = False  # they could lead where the address itself may not
    html = service.notify_format == apprise.NotifyFormat.HTML
    one = apprise.Apprise()
    one.add(service)
    taken = one.notify(
        title=message.subject,
        body=message.html if html else message.text,
        body_format=apprise.NotifyFormat.HTML if html else apprise.NotifyFormat.TEXT,
    )
    return Sent() if taken else Failed("the service did not take it")
