"""The poller over real sockets, with a clock of its own: what is new, what is remembered, and only when it is saved."""

import asyncio
from contextlib import aclosing
from datetime import UTC, datetime

import pytest

from ingest.model import Feed
from tests.ingest.site import LONG, Site, Time, date, item, one_pass, polling, rss


async def test_a_feed_is_polled_remembered_and_asked_conditionally():
    site, table, time = Site(), {}, Time()
    async with polling(site, table, time) as (base, make):
        site.put("/feed", rss(base, item(1), item(2)), ETag='"a"')
        poller = make()
        [first] = await one_pass(poller)
        assert [a.title for a in first.articles] == ["خبر رقم 1", "خبر رقم 2"]
        assert first.result.outcome == "ok"
        assert first.articles[0].text_from == "entry"
        assert first.articles[0].published == datetime(2024, 3, 1, 11, 30, tzinfo=UTC)
        assert not first.articles[0].backfill
        assert await one_pass(poller) == []
        time.forward(hours=6)
        [second] = await one_pass(poller)
        assert (second.result.outcome, second.articles) == ("not_modified", ())


async def test_what_was_not_saved_comes_again_also_after_a_restart():
    site, table, time = Site(), {}, Time()
    async with polling(site, table, time) as (base, make):
        site.put("/feed", rss(base, item(1)), ETag='"a"')
        poller = make()
        [lost] = await one_pass(poller, save=False)
        assert table == {}
        [again] = await one_pass(poller, save=False)
        [restarted] = await one_pass(make())
        assert lost.articles == again.articles == restarted.articles
        assert await one_pass(make()) == []


async def test_a_run_that_broke_off_leaves_no_feed_unasked_by_the_next():
    site, time = Site(), Time()

    def feeds(base):
        return [Feed(id=f"f{n}", url=f"{base}/{n}", outlet="sample") for n in range(4)]

    async with polling(site, {}, time, feeds, concurrency=2) as (base, make):
        for n in range(4):
            site.put(f"/{n}", rss(base, item(n)))
        poller, stop, seen = make(), asyncio.Event(), set()
        async with aclosing(poller.run(stop)) as run:
            async for _ in run:
                break  # the store cannot be written: nothing is saved, one poll was handed over, others are under way or wait
        async with asyncio.timeout(30), aclosing(poller.run(stop)) as run:
            async for polled in run:
                poller.save(polled)
                seen.add(polled.feed.id)
                if len(seen) == 4:
                    break
        assert len(site.asked) > 4  # the one that was handed over is asked again


async def test_new_updated_seen_and_broken_entries_are_told_apart():
    site, table, time = Site(), {}, Time()
    async with polling(site, table, time) as (base, make):
        site.put("/feed", rss(base, item(1), item(2)))
        poller = make()
        [first] = await one_pass(poller)
        changed = item(1, title="خبر رقم 1 (تحديث)")
        site.put("/feed", rss(base, item(3), changed, item(2), item(3), ("", "/n/9", "", "", "")))
        time.forward(hours=6)
        [second] = await one_pass(poller)
        r = second.result
        assert (r.entries, r.new, r.updated, r.skipped) == (5, 1, 1, {"seen": 1, "double": 1, "empty_entry": 1})
        updated = next(a for a in second.articles if "تحديث" in a.title)
        old = next(a for a in first.articles if a.title == "خبر رقم 1")
        assert updated.id == old.id
        assert updated.content_hash != old.content_hash
        assert updated.fetched_at > old.fetched_at


async def test_an_entry_that_stands_as_it_stood_or_in_other_markup_is_seen():
    site, table, time = Site(), {}, Time()
    async with polling(site, table, time) as (base, make):
        site.put("/feed", rss(base, item(1), item(2)))
        poller = make()
        await one_pass(poller)
        site.put("/feed", rss(base, item(3), item(1, text=f"<p class='x'>{LONG}</p>"), item(2)))
        time.forward(hours=6)
        [second] = await one_pass(poller)
        assert (second.result.new, second.result.updated, second.result.skipped) == (1, 0, {"seen": 2})


async def test_an_address_that_is_listed_twice_is_one_article_and_does_not_change_with_each_poll():
    site, table, time = Site(), {}, Time()
    older, newer = ("عنوان", "/1", "1", date(10), LONG), ("عنوان", "/1", "2", date(11), LONG + "تحديث.")
    async with polling(site, table, time) as (base, make):
        poller = make()
        for n in range(3):
            site.put("/feed", rss(base, item(n + 5), older, newer))
            [polled] = await one_pass(poller)
            assert [a.text.endswith("تحديث.") for a in polled.articles] == [False, True] if n == 0 else [False]
            assert polled.result.skipped.get("double") == 1
            time.forward(hours=6)


async def test_a_changed_link_with_the_same_guid_is_the_same_article_and_a_reused_guid_is_not():
    site, table, time = Site(), {}, Time()
    async with polling(site, table, time) as (base, make):
        site.put("/feed", rss(base, ("عنوان", "/old", "7", "", LONG)))
        poller = make()
        [first] = await one_pass(poller)
        site.put("/feed", rss(base, ("عنوان", "/new", "7", "", LONG), ("خبر آخر", "/other", "7", "", LONG)))
        time.forward(hours=6)
        [second] = await one_pass(poller)
        assert second.result.skipped == {"seen": 1}
        assert [a.title for a in second.articles] == ["خبر آخر"]
        assert second.articles[0].id != first.articles[0].id


async def test_old_entries_of_a_first_poll_are_backfill():
    site, table, time = Site(), {}, Time()
    async with polling(site, table, time) as (base, make):
        old = [item(n, date="Mon, 05 Feb 2018 10:00:00 GMT") for n in range(1000)]
        site.put("/feed", rss(base, item(2000), *old))
        [first] = await one_pass(make())
        assert len(first.articles) == 1001
        assert [a.backfill for a in first.articles] == [False] + [True] * 1000
        assert first.articles[5].published.year == 2018


async def test_once_a_day_articles_of_long_ago_are_forgotten_with_their_guids(events):
    site, table, time = Site(), {}, Time()
    async with polling(site, table, time) as (base, make):
        site.put("/feed", rss(base, item(1), item(2)))
        poller = make()
        [first] = await one_pass(poller)
        time.forward(days=100)
        site.put("/feed", rss(base, item(3)))
        await one_pass(poller)
        assert {f"art:{a.id}" for a in first.articles} <= set(table)
        time.forward(days=100)
        site.put("/feed", rss(base, item(4)))
        await one_pass(poller)
        kept = sorted(k.partition(":")[0] for k in table)
        assert (kept.count("art"), kept.count("guid"), kept.count("feed")) == (2, 2, 1)
        assert not {f"art:{a.id}" for a in first.articles} & set(table)
        time.forward(hours=7)
        await one_pass(poller)
        await one_pass(make())  # a restart on the same day reads nothing through
        assert [e["articles"] for e in events if e["event"] == "ingest.forgot"] == [0, 0, 2]


async def test_two_feeds_of_one_outlet_send_an_article_once():
    site, table, time = Site(), {}, Time()

    def feeds(base):
        return [Feed(id=i, url=f"{base}/{i}", outlet="sample") for i in ("all", "part")]

    async with polling(site, table, time, feeds, concurrency=1) as (base, make):
        site.put("/all", rss(base, item(1)))
        site.put("/part", rss(base, item(1, text="قصير")))
        polls = await one_pass(make())
        assert [len(p.articles) for p in polls] == [1, 0]
        assert polls[1].result.skipped == {"other_feed": 1}


@pytest.mark.parametrize(
    ("status", "headers", "wait_h"),
    [
        (404, {}, (0.01, 0.04)),
        (429, {"Retry_After": "7200"}, (2, 2.2)),
        (503, {"Retry_After": "999999"}, (24, 26)),
        (410, {}, (168, 172)),
    ],
)
async def test_failures_wait_as_they_should(status, headers, wait_h):
    site, table, time = Site(), {}, Time()
    async with polling(site, table, time) as (_, make):
        site.put("/feed", "x", status=status, **headers)
        poller = make()
        [polled] = await one_pass(poller)
        assert (polled.result.outcome, polled.result.failures) == (f"http_{status}", 1)
        wait = (polled.state.next_poll - time.now).total_seconds() / 3600
        assert wait_h[0] <= wait <= wait_h[1]


async def test_a_feed_that_falls_silent_says_so_once_a_silence():
    site, table, time = Site(), {}, Time()
    async with polling(site, table, time) as (base, make):
        poller, told = make(), []

        async def pass_time(hours, *items):
            site.put("/feed", rss(base, *items))
            for _ in range(hours):
                time.forward(hours=1)
                told.extend(p.result.notes.get("silent", 0) for p in await one_pass(poller))
            return sum(told)

        hourly = [item(n, date=f"Fri, 01 Mar 2024 {n:02}:00:00 GMT") for n in range(12)]
        assert await pass_time(20, *hourly) == 0
        assert await pass_time(60, *hourly) == 1
        assert await pass_time(10, item(99, date=""), *hourly) == 1
        assert await pass_time(99, item(99, date=""), *hourly) == 2


async def test_a_feed_that_is_dead_when_it_is_added_is_silent_at_once():
    site, table, time = Site(), {}, Time()
    async with polling(site, table, time) as (base, make):
        site.put("/feed", rss(base, *[item(n, date=f"{n + 1} Mar 2019 10:00:00 GMT") for n in range(9)]))
        [first] = await one_pass(make())
        assert (first.result.new, first.result.notes) == (9, {"silent": 1})
        assert first.state.last_new.year == 2019


async def test_a_push_while_the_feed_is_asked_is_not_lost():
    site, table, time = Site(), {}, Time()
    async with polling(site, table, time) as (base, make):
        site.put("/feed", rss(base, item(1)))
        poller = make()
        async for polled in poller.due_pass():
            poller.ask_now("f")
            poller.ask_now("stranger")
            poller.save(polled)
        assert poller.seconds_until_due() == 0
        site.put("/feed", rss(base, item(1), item(2)))
        [second] = await one_pass(poller)
        assert second.result.new == 1
        assert await one_pass(poller) == []
        poller.ask_now("f")
        assert poller.seconds_until_due() == 0


async def test_a_list_that_has_run_through_between_two_polls_says_that_entries_may_have_been_missed():
    site, table, time = Site(), {}, Time()
    async with polling(site, table, time) as (base, make):
        poller, notes = make(), []
        for listed in ([1, 2, 3], [3, 4, 5], [5, 6, 7], [11, 12, 13], [13], [14], []):
            site.put("/feed", rss(base, *map(item, listed)))
            [polled] = await one_pass(poller)
            notes.append(polled.result.notes.get("may_have_missed", 0))
            time.forward(hours=7)
        assert notes == [0, 0, 0, 1, 0, 0, 0]
        assert polled.state.missed == 1


async def test_an_entry_that_comes_back_later_is_the_one_it_was():
    site, table, time = Site(), {}, Time()
    async with polling(site, table, time) as (base, make):
        poller = make()
        site.put("/feed", rss(base, item(1), item(2)))
        await one_pass(poller)
        for items, skipped in (([item(2)], {"seen": 1}), ([item(1), item(2)], {"seen": 2})):
            site.put("/feed", rss(base, *items))
            time.forward(days=20)
            [polled] = await one_pass(poller)
            assert (polled.articles, polled.result.skipped) == ((), skipped)


async def test_what_a_feed_asks_for_holds_also_for_its_304s():
    site, table, time = Site(), {}, Time()
    async with polling(site, table, time, lambda base: [Feed(id="f", url=f"{base}/feed", outlet="o", kind="agency")]) as (
        base,
        make,
    ):
        busy = [item(n, date=f"Fri, 01 Mar 2024 11:{n:02}:00 GMT") for n in range(30)]
        site.put("/feed", rss(base, *busy).replace("<item>", "<ttl>60</ttl><item>", 1), ETag='"a"')
        poller = make()
        await one_pass(poller)
        time.forward(minutes=6)
        [second] = await one_pass(poller)
        assert second.result.outcome == "not_modified"
        assert 285 <= (second.state.next_poll - time.now).total_seconds() <= 315
