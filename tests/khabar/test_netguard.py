"""The address guard: what may be reached, in every way of writing it."""

import socket

import pytest
from aiohttp.abc import AbstractResolver

from khabar.errors import RejectedError, SettingsError
from khabar.netguard import Guard, GuardedResolver


@pytest.mark.parametrize(
    ("address", "permitted"),
    [
        ("93.184.216.34", True),
        ("2606:4700::1111", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:93.184.216.34", True),
        ("2002:7f00:1::", False),
        ("64:ff9b::7f00:1", False),
        ("64:ff9b::5db8:d822", True),
        ("64:ff9b:1::7f00:1", False),
        ("::7f00:1", False),
        ("::ffff:224.0.0.1", False),
        ("fec0::1", False),
        ("5f00::1", False),
        ("ff0e::1", False),
        ("example", False),
    ],
)
def test_addresses(address, permitted):
    assert Guard().permits(address) is permitted


def test_a_private_network_may_be_allowed():
    guard = Guard(("127.0.0.0/8",))
    assert guard.permits("127.0.0.1")
    assert guard.permits("::ffff:127.0.0.1")
    assert not guard.permits("10.0.0.1")
    with pytest.raises(SettingsError, match="KHABAR_ALLOW_NETWORKS"):
        Guard(("127.0.0.0/99",))


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org/",
        "file:///etc/passwd",
        "http://",
        "//example.org/",
        "http://a:b@example.org/",
        "http://127.0.0.1/",
        "http://127.1/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://localhost:80/",
        "http://LOCALHOST./",
        "http://[::1]/",
        "http://[::1/",
        "http://example.org:99999/",
    ],
)
def test_refused_urls(url):
    with pytest.raises(RejectedError):
        Guard().check_url(url)


def test_a_url_that_may_be_fetched():
    assert Guard().check_url("https://Example.org:8443/x?y") == "example.org"


class Fixed(AbstractResolver):
    def __init__(self, *hosts):
        self.hosts = hosts

    async def resolve(self, host, port=0, family=socket.AF_INET):
        return [{"hostname": host, "host": h, "port": port, "family": family, "proto": 0, "flags": 0} for h in self.hosts]

    async def close(self):
        pass


async def test_a_name_that_leads_inside_is_refused_after_it_was_resolved():
    outside = GuardedResolver(Guard(), Fixed("93.184.216.34", "10.0.0.1"))
    assert [r["host"] for r in await outside.resolve("example.org")] == ["93.184.216.34"]
    with pytest.raises(RejectedError, match="private"):
        await GuardedResolver(Guard(), Fixed("10.0.0.1")).resolve("example.org")
