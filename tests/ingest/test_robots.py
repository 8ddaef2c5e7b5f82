"""robots.txt: which rules hold for us, what a pattern matches, and how often the file is asked for."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from ingest import robots
from ingest.fetch import Failed, Fetched
from ingest.fulltext import default_rules
from ingest.hosts import Hosts
from ingest.model import Feed
from ingest.pages import Pages

ROBOTS = """
User-agent: bot-one
Disallow: /

User-agent: *
User-agent: other
Disallow: /private/   # a comment
Disallow: /*.pdf$
Allow: /private/open
Disallow: /أخبار/
"""


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/", True),
        ("/private/x", False),
        ("/private/open/x", True),
        ("/a.pdf", False),
        ("/a.pdf?x=1", True),
        ("/%D8%A3%D8%AE%D8%A8%D8%A7%D8%B1/1", False),
    ],
)
def test_robots_by_the_longest_rule(path, allowed):
    assert robots.parse(ROBOTS).allows("https://paper.example" + path) is allowed


def test_robots_that_name_us_are_ours():
    ours = robots.parse("User-agent: *\nDisallow:\n\nUser-agent: Khabar/1.0\nDisallow: /a\n")
    assert not ours.allows("https://x.example/a")
    assert robots.parse("nonsense").allows("https://x.example/a")
    assert not robots.DENY_ALL.allows("https://x.example/a")


@pytest.mark.parametrize(
    ("pattern", "path", "allowed"),
    [
        ("/a*/b", "/a/x/b/c", False),
        ("/a*/b", "/b/a", True),
        ("/*/print$", "/1/print/print", False),
        ("/*/print$", "/1/print/2", True),
        ("/ab*b$", "/ab", True),  # one letter cannot be two
        ("/ab*b$", "/abb", False),
        ("*", "/anything", False),
        ("/x$", "/x", False),
        ("/x$", "/xy", True),
    ],
)
def test_a_star_is_any_run_and_a_dollar_the_end(pattern, path, allowed):
    assert robots.parse(f"User-agent: *\nDisallow: {pattern}\n").allows("https://x.example" + path) is allowed


def test_a_pattern_full_of_stars_takes_no_longer_than_its_length():
    rules = robots.parse("User-agent: *\nDisallow: /" + "*a" * 200 + "*b\n")
    assert rules.allows("https://x.example/" + "a" * 5000)  # a backtracking matcher would not come back from this


class Web:
    """Answers by address, else 404; notes what was asked."""

    def __init__(self, **answers):
        self.answers, self.asked = answers, []

    async def get(self, url, **_):
        path = url.removeprefix("https://paper.example/")
        self.asked.append(path)
        body = self.answers.get(path)
        if isinstance(body, bytes):
            return Fetched(url=url, body=body, headers={"content-type": "text/html"})
        return Failed(reason=f"http_{body or 404}", status=body or 404, url=url)


class Time:
    now = datetime(2024, 3, 1, 12, tzinfo=UTC)

    def __call__(self):
        return self.now


FEED = Feed(id="paper", outlet="paper", url="https://paper.example/feed")


def pages_of(web, time):
    return Pages(web, Hosts(spacing_s=0, concurrency=2, tick=lambda: 0.0), default_rules(), time)


async def test_a_site_is_asked_for_its_robots_txt_once_however_many_pages_wait_for_it():
    web = Web(**{"robots.txt": b"User-agent: *\nDisallow: /n/\n"})
    pages = pages_of(web, Time())
    got = await asyncio.gather(*(pages.read(FEED, f"https://paper.example/n/{n}", "") for n in range(10)))
    assert {g.reason for g in got} == {"robots"}
    assert web.asked == ["robots.txt"]


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_a_robots_txt_that_a_server_could_not_give_is_asked_for_again_soon(status):
    web, time = Web(**{"robots.txt": status, "n/1": b"<p>x</p>"}), Time()
    pages = pages_of(web, time)
    assert (await pages.read(FEED, "https://paper.example/n/1", "")).reason == "robots"  # RFC 9309 2.3.1.4: until then nothing
    web.answers["robots.txt"] = 404
    time.now += timedelta(minutes=11)
    assert (await pages.read(FEED, "https://paper.example/n/1", "")).reason == "no_text"
    time.now += timedelta(hours=23)
    await pages.read(FEED, "https://paper.example/n/1", "")
    assert web.asked.count("robots.txt") == 2  # "there is none" holds for a day
