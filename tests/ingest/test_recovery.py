"""One feed whose server's answers are scripted: gone and back, moved, lying about what changed."""

from contextlib import asynccontextmanager, contextmanager

from ingest.model import Feed
from tests.ingest.site import Time, one_pass, says
from tests.ingest.test_hostile import HOUR, fetcher, poller_of
from tests.servers.hostile import FAULTS, GOOD, Hostile, entry, rss


@asynccontextmanager
async def scripted(answers):
    """One feed whose server's answers are given one by one; yields a function that polls it after some hours."""
    time, table, asked = Time(), {}, []

    async def feed(request):
        asked.append(request.headers)
        await answers[min(request.count, len(answers)) - 1](request)

    async with Hostile(extra={"feed": feed}) as server, fetcher() as fetch:
        poller = poller_of([Feed(id="feed", url=f"{server.base}/feed", outlet="o")], table, fetch, time)

        async def after(**delta):
            time.forward(**delta)
            polls = await one_pass(poller)
            return polls[0] if polls else None

        yield after, asked, time


NEWER = rss(entry(1), entry(2), entry(3))


async def test_gone_for_a_day_and_back():
    async with scripted([*[says(b"", 404)] * 7, says(GOOD)]) as (after, _, _):
        waits = []
        for _ in range(7):
            polled = await after(hours=6)
            waits.append((polled.state.next_poll - polled.result.at).total_seconds())
        assert waits == sorted(waits)
        assert waits[-1] <= 6 * HOUR
        back = await after(hours=6)
        assert (back.result.outcome, back.result.new, back.result.failures) == ("ok", 2, 0)


async def test_too_many_requests_for_an_hour_is_waited_for():
    async with scripted([says(b"", 429, Retry_After="3600"), says(GOOD)]) as (after, asked, _):
        assert (await after()).result.outcome == "http_429"
        assert await after(minutes=59) is None
        assert len(asked) == 1
        assert (await after(minutes=10)).result.new == 2


async def test_a_parked_feed_is_probed_after_a_week_and_comes_back():
    async with scripted([says(b"", 410), says(b"", 410), says(GOOD)]) as (after, asked, _):
        first = await after()
        assert first.state.parked_since is not None
        assert await after(days=6) is None
        still = await after(days=2)
        assert still.state.parked_since == first.state.parked_since
        back = await after(days=8)
        assert (back.result.new, back.state.parked_since, len(asked)) == (2, None, 3)


async def test_an_etag_that_stays_while_the_body_changes_is_trusted_no_more():
    async with scripted([says(GOOD, ETag='"1"'), says(NEWER, ETag='"1"'), says(NEWER, ETag='"1"')]) as (after, asked, _):
        await after()
        second = await after(hours=6)
        assert second.result.new == 1
        assert second.result.notes["distrusted"] == 1
        await after(hours=6)
        assert [h.get("if-none-match") for h in asked] == [None, '"1"', None]


async def test_a_304_that_hides_a_change_is_found_out_by_the_audit():
    same = says(b"", 304, ETag='"1"')
    async with scripted([says(GOOD, ETag='"1"'), same, same, says(NEWER, ETag='"1"')]) as (after, asked, _):
        await after()
        assert (await after(minutes=50)).result.outcome == "not_modified"
        polls = [await after(hours=12) for _ in range(2)]
        assert asked[-1].get("if-none-match") is None
        found = next(p for p in polls if p is not None and p.result.new)
        assert found.state.distrust


async def test_a_permanent_move_is_followed_and_remembered_after_a_week():
    async def old(request):
        await request.send(b"", 301, Location=f"{request.base}/good")

    async with scripted([old]) as (after, asked, _):
        first = await after()
        assert (first.result.new, first.state.moved_to.rpartition("/")[2]) == (2, "good")
        assert (await after(days=6)).state.url.endswith("/feed")
        moved = await after(days=2)
        assert moved.state.url.endswith("/good")
        assert moved.result.notes["address_changed"] == 1
        before = len(asked)
        await after(days=1)
        assert len(asked) == before


async def test_a_redirect_that_is_taken_back_within_a_week_moves_nothing():
    async def old(request):
        await request.send(b"", 301, Location=f"{request.base}/good")

    async with scripted([old, says(GOOD)]) as (after, _, _):
        await after()
        back = await after(days=1)
        assert (back.state.moved_to, back.state.moved_since) == ("", None)


async def test_a_move_that_leads_nowhere_in_the_end_is_undone():
    async def old(request):
        await request.send(b"", 301, Location=f"{request.base}/{'good' if request.count < 3 else 'double'}")

    with gone("good") as (go, back):
        async with scripted([old]) as (after, _, _):
            await after()
            assert (await after(days=8)).state.url.endswith("/good")
            go()
            failed = [await after(days=1) for _ in range(10)]
            assert [p.result.outcome for p in failed] == ["http_404"] * 10
            assert [p.state.url.rpartition("/")[2] for p in failed] == ["good"] * 9 + ["feed"]
            back()
            assert (await after(days=1)).result.outcome == "ok"


@contextmanager
def gone(name):
    """Take a good answer of the server away and bring it back."""
    answer = FAULTS[name]
    try:
        yield lambda: FAULTS.update({name: says(b"", 404)}), lambda: FAULTS.update({name: answer})
    finally:
        FAULTS[name] = answer
