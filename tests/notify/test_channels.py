"""Channels against real servers on loopback: a webhook that signs, hangs, fails, redirects; a mail server that dies."""

import email
import email.policy
import json
import socket
import threading
import time
from contextlib import contextmanager
from datetime import timedelta

import pytest
from aiosmtpd.controller import Controller

from khabar.compose import compose
from khabar.errors import SettingsError
from khabar.netguard import Guard
from khabar.schema import Channel
from khabar.settings import Settings
from notify import mail, webhook
from notify.outcome import Failed, Sent
from notify.senders import Senders
from tests.notify.helpers import T0, alert, sub
from tests.servers.web import Answer, WebServer

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")  # apprise imports it on 3.11 and 3.12

LOOPBACK = Guard(("127.0.0.0/8",))
MESSAGE = compose([alert()], sub(), key="key1", digest=False, desk="http://desk.example")


class Hook(WebServer):
    """A webhook receiver that answers with the next of `statuses` (then 200) and keeps what it got."""

    def __init__(self, *statuses, headers=None):
        self.got, self._statuses, self._headers = [], list(statuses), headers or {}
        super().__init__(self._take)
        self.url += "/hook"

    def _take(self, asked):
        self.got.append((dict(asked.headers), asked.body, asked.path))
        return Answer(self._statuses.pop(0) if self._statuses else 200, headers=self._headers)


def post(url, **kw):
    return webhook.post(url, "s3cret", MESSAGE, LOOPBACK, now=T0, **kw)


def test_a_webhook_is_signed_and_carries_its_key():
    with Hook() as hook:
        assert post(hook.url) == Sent()
    headers, body, _ = hook.got[0]
    assert headers["Idempotency-Key"] == "key1"
    signed, stamp = headers["X-Khabar-Signature"], headers["X-Khabar-Timestamp"]
    assert webhook.verify("s3cret", stamp, signed, body, T0)
    assert not webhook.verify("other", stamp, signed, body, T0)
    assert not webhook.verify("s3cret", stamp, signed, body + b" ", T0)
    assert not webhook.verify("s3cret", stamp, signed, body, T0 + timedelta(minutes=6))
    assert not webhook.verify("s3cret", "yesterday", signed, body, T0)
    sent = json.loads(body)
    assert sent["type"] == "alert"
    assert sent["alerts"][0]["spans"][0]["text"] == "للنف"


@pytest.mark.parametrize(("status", "final"), [(500, False), (404, False), (410, True), (302, False)])
def test_what_is_no_success_is_a_failure(status, final):
    with Hook(status, headers={"Location": "http://127.0.0.1:1/elsewhere"}) as hook:
        result = post(hook.url)
        assert isinstance(result, Failed)
        assert result.final is final
        assert str(status) in result.reason
        assert len(hook.got) == 1


def test_a_webhook_may_ask_for_a_longer_wait():
    with Hook(429, 503, headers={"Retry-After": "120"}) as hook:
        assert post(hook.url).wait == timedelta(seconds=120)


@contextmanager
def dripping():
    """A server that takes a connection and then gives one byte of an answer now and then, for ever."""
    listener = socket.create_server(("127.0.0.1", 0))
    stop = threading.Event()

    def serve():
        connection, _ = listener.accept()
        with connection:
            connection.sendall(b"HTTP/1.1 200 OK\r\nX-A: ")
            while not stop.wait(0.02):
                try:
                    connection.sendall(b"a")
                except OSError:
                    return

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
    finally:
        stop.set()
        listener.close()
        thread.join()


def test_a_webhook_that_hangs_is_left():
    with dripping() as url:
        assert "no answer within" in post(url, timeout=0.3).reason


def test_a_webhook_that_is_not_there_is_a_failure():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert isinstance(post(f"http://127.0.0.1:{port}/"), Failed)


def test_private_addresses_are_refused_for_good():
    for url in ("http://127.0.0.1:1/", "http://localhost:1/", "http://[::1]/"):
        result = webhook.post(url, "k", MESSAGE, Guard(), now=T0)
        assert isinstance(result, Failed)
        assert result.final
    senders = Senders(Settings(), Guard())
    for address in ("json://localhost:1/x", "json://2130706433:1/", "mailto://a:b@example.org?smtp=127.0.0.1"):
        result = senders.send(Channel(kind="apprise", address=address), MESSAGE, T0)
        assert isinstance(result, Failed)
        assert result.final
        assert "private" in result.reason


def test_a_services_secret_is_not_asked_of_a_name_server(monkeypatch):
    asked = []

    def no_names(host, *_, **__):
        asked.append(host)
        raise socket.gaierror(socket.EAI_NONAME, "no names here")

    monkeypatch.setattr(socket, "getaddrinfo", no_names)
    for address in (
        "tgram://170123456:AAEabcdefghijklmnopqrstuvwxyz012345678/1",
        "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#a",
    ):
        result = Senders(Settings(), Guard()).send(Channel(kind="apprise", address=address), MESSAGE, T0)
        assert isinstance(result, Failed)
        assert not result.final, result.reason
    assert asked
    assert not {h for h in asked if h.lower().startswith(("1701", "t1jj"))}


class Inbox:
    """What a mail server took; `replies` are answers to DATA instead of taking it; None ends the connection."""

    def __init__(self, *replies):
        self.mails, self.replies, self.goodbye = [], list(replies), "221 bye"

    async def handle_QUIT(self, _server, _session, _envelope):  # noqa: N802  # aiosmtpd asks for this name
        return self.goodbye

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # noqa: N802  # aiosmtpd asks for this name
        if address.startswith("nobody"):
            return "550 no such person"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, _session, envelope):  # noqa: N802  # aiosmtpd asks for this name
        reply = self.replies.pop(0) if self.replies else "250 OK"
        if reply is None:
            server.transport.abort()
            return "451 never seen"
        if reply.startswith("250"):
            self.mails.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        return reply


@contextmanager
def mail_server(*replies):
    inbox = Inbox(*replies)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(inbox, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield inbox, f"smtp://127.0.0.1:{port}/?from=khabar@example.org"
    finally:
        controller.stop()


def test_a_mail_has_text_and_html_and_a_message_id_that_stays():
    with mail_server() as (inbox, url):
        senders = Senders(Settings(smtp_url=url), Guard())
        channel = Channel(kind="apprise", address="mailto:amal@example.org")
        assert senders.send(channel, MESSAGE, T0) == Sent()
        assert senders.send(channel, MESSAGE, T0 + timedelta(hours=1)) == Sent()
    first, second = inbox.mails
    assert first["Message-ID"] == second["Message-ID"] == "<key1@example.org>"
    assert first["To"] == "amal@example.org"
    assert "النفط" in first["Subject"]
    text, html = first.get_body(("plain",)).get_content(), first.get_body(("html",)).get_content()
    assert "إغلاق حقل الشرارة" in text
    assert 'dir="rtl"' in html
    assert "<mark" in html


def test_a_password_is_not_told_to_a_server_elsewhere_that_cannot_encrypt():
    with mail_server() as (inbox, url):
        server = mail.server_of(url.replace("//127.0.0.1", "//amal:secret@127.1"))  # an address that does not look like loopback
        refused = mail.send(server, "amal@example.org", MESSAGE, now=T0)
    assert isinstance(refused, Failed)
    assert "encrypt" in refused.reason
    assert inbox.mails == []


def test_a_mail_server_that_dies_in_mid_delivery_is_tried_again():
    with mail_server(None, "451 busy") as (inbox, url):
        server = mail.server_of(url)
        assert isinstance(mail.send(server, "amal@example.org", MESSAGE, now=T0), Failed)
        assert isinstance(mail.send(server, "amal@example.org", MESSAGE, now=T0), Failed)
        assert mail.send(server, "amal@example.org", MESSAGE, now=T0) == Sent()
        refused = mail.send(server, "nobody@example.org", MESSAGE, now=T0)
    assert len(inbox.mails) == 1
    assert isinstance(refused, Failed)
    assert refused.final
    gone = mail.send(server, "amal@example.org", MESSAGE, now=T0)
    assert isinstance(gone, Failed)
    assert not gone.final


def test_a_mail_that_was_taken_is_sent_whatever_the_goodbye():
    with mail_server() as (inbox, url):
        inbox.goodbye = "421 too busy for manners"
        assert mail.send(mail.server_of(url), "amal@example.org", MESSAGE, now=T0) == Sent()
    assert len(inbox.mails) == 1


def test_a_password_with_a_slash_is_not_told_where_the_address_is_refused():
    with pytest.raises(SettingsError, match="%2F") as e:
        Senders(Settings(smtp_url="smtp://amal:hunter2/x@mail.example.org:587"), Guard())
    assert "hunter2" not in str(e.value)
    assert e.value.__suppress_context__


@pytest.mark.parametrize("url", ["http://x", "smtp://", "smtp://h:99999", "smtp://[::1"])
def test_a_bad_mail_server_stops_the_start(url):
    with pytest.raises(SettingsError, match="KHABAR_SMTP_URL"):
        Senders(Settings(smtp_url=url), Guard())


def test_other_kinds():
    senders = Senders(Settings(), Guard())
    assert senders.send(Channel(kind="log"), MESSAGE, T0) == Sent()
    assert senders.send(Channel(kind="atom"), MESSAGE, T0) == Sent()
    assert isinstance(senders.send(Channel(kind="apprise", address="mailto:a@b.org"), MESSAGE, T0), Failed)
    assert senders.send(Channel(kind="apprise", address="nosuch://x"), MESSAGE, T0).final


def test_apprise_follows_no_redirect_whatever_the_address_asks():
    with Hook() as inside, Hook(302, 302, headers={"Location": inside.url}) as outside:
        for more in ("", "?redirect=yes"):
            address = outside.url.replace("http://", "json://") + more
            assert isinstance(Senders(Settings(), LOOPBACK).send(Channel(kind="apprise", address=address), MESSAGE, T0), Failed)
    assert (len(outside.got), inside.got) == (2, [])


def test_apprise_reaches_a_service():
    with Hook() as hook:
        address = hook.url.replace("http://", "json://")
        assert Senders(Settings(), LOOPBACK).send(Channel(kind="apprise", address=address), MESSAGE, T0) == Sent()
    assert "إغلاق حقل الشرارة" in json.loads(hook.got[0][1])["message"]


def test_a_test_alert_goes_to_every_channel_and_says_which_failed():
    with Hook() as hook:
        channels = (Channel(kind="webhook", address=hook.url, secret="k"), Channel(kind="apprise", address="mailto:a@b.org"))
        failed = Senders(Settings(), LOOPBACK).test(sub(channels=channels), now=T0)
    assert [kind for kind, _ in failed] == ["apprise"]
    assert json.loads(hook.got[0][1])["alerts"][0]["type"] == "test"


def test_the_clock_is_not_read_here():
    started = time.time()
    with Hook() as hook:
        post(hook.url)
    assert int(hook.got[0][0]["X-Khabar-Timestamp"]) == int(T0.timestamp()) != int(started)
